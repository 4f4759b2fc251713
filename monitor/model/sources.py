"""Sources: how each is configured, and what is remembered of it between polls."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from monitor.model.words import Conditions, ErrorKind, Identity, SourceId


@dataclass(frozen=True, slots=True, kw_only=True)
class Auth:
    """Credentials for one source: a user with a password, or a bearer token."""

    user: str = ""
    password: str = field(default="", repr=False)
    bearer: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A feed that is polled, as configured. `name` is never empty."""

    url: str
    name: str
    tags: frozenset[str] = frozenset()
    every: timedelta | None = None  # None: the one for all sources, else adaptive
    language: str = ""  # BCP 47, "" when not said
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    auth: Auth | None = None
    verify_tls: bool = True
    priority: float = 1.0  # > 1 polls more often
    first_poll: Literal["remember", "alert"] = "remember"
    proxy: str = field(default="", repr=False)  # http://, socks5://; may hold a password
    user_agent: str = ""  # "": the monitor's own
    fulltext: bool = False  # read the article's own page as well
    identity: Identity | None = None  # None: learned


@dataclass(frozen=True, slots=True, kw_only=True)
class Rhythm:
    """How a source publishes and when it may be asked, learned from its polls.

    Counts decay; `counted_at` is their date. They change only with news, so that most polls leave
    the whole value as it is.
    """

    counted_at: datetime | None = None
    hours: tuple[float, ...] = ()  # new items by hour of the day, UTC
    days: tuple[float, ...] = ()  # new items by day of the week, Monday first
    burst: float = 0.0  # new items an hour, over the last hours alone
    matched: float = 0.0  # share of new items that were on a watchlist
    entries: int = 0  # in the last document
    ttl: timedelta | None = None  # the feed's own wishes: how often, and when not
    skip_hours: tuple[int, ...] = ()  # GMT
    skip_days: tuple[int, ...] = ()  # Monday is 0
    fresh_for: timedelta | None = None  # the server's, with its last answer: Cache-Control, Expires
    slowed: timedelta | None = None  # the wait that a rate limit left; each success halves it


@dataclass(frozen=True, slots=True, kw_only=True)
class Habits:
    """How a source's server and publisher behave, learned from what they did."""

    conditions: Conditions = "both"  # the validators that are worth sending
    unhonoured: int = 0  # times in a row that an unchanged document came although they were sent
    audited_at: datetime | None = None  # the last whole answer; 304s are trusted for a day after
    unchanged: int = 0  # 304s in a row since then; eight are as good as more
    belied_at: datetime | None = None  # when a 304 was proved false: validators are sent no more
    address: str = ""  # where it moved for good; "": it is at the source's url
    moved_to: str = ""  # where it says it moved for good, not yet believed
    moved_since: datetime | None = None
    moved_polls: int = 0
    identity: Identity = "guid"  # what names its items
    churned: int = 0  # documents in a row whose known items came under new guids
    gaps: int = 0  # documents that shared nothing with the one before
    gap_at: datetime | None = None
    rekeyed_at: datetime | None = None  # when all its items last came under new names
    newest: datetime | None = None  # the latest date of its items, none later than it was seen
    added: tuple[str, ...] = ()  # hashes of the words by which edits made its items match
    added_at: datetime | None = None  # when they last did


@dataclass(frozen=True, slots=True, kw_only=True)
class HostWish:
    """A server's wish to be left alone, which is for all sources of its host."""

    until: datetime
    said: bool  # it named the time; else the monitor chose one


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceState:
    """What the store remembers of a source between polls."""

    id: SourceId
    url: str
    host: str  # what is asked one at a time: its domain, or a name in `hosts`
    next_poll_at: datetime
    etag: str | None = None  # byte for byte as the server sent it (latin-1)
    last_modified: str | None = None
    validators_url: str | None = None  # the Fetched.url they came with; None: not known
    body_hash: str | None = None  # blake2b-128 hex of the decoded body last parsed
    first_success_at: datetime | None = None  # None: the next success is the first poll
    last_success_at: datetime | None = None
    last_polled_at: datetime | None = None
    last_new_at: datetime | None = None
    failures: int = 0  # in a row
    failing_since: datetime | None = None
    told_failing_at: datetime | None = None  # when system.source_failing was sent for it
    error_kind: ErrorKind | None = None  # of the last poll
    error: str = ""
    retry_after: datetime | None = None  # a standing wish of the server
    rate: float = 0.0  # new items an hour, decayed
    rhythm: Rhythm = Rhythm()
    habits: Habits = Habits()
    window: bytes = b""  # the marks of the last document's entries, 8 bytes each
    whole_at: datetime | None = None  # when a document was last read whole, known entries too
    poll_seq: int = 0  # fences two polls of one source
