"""The vocabulary: what the data wears on its way from an address to a delivered alert.

Frozen values from the standard library only. Times are aware and UTC. Text fields of entries and
items are plain text, cleaned at the parser's border; offsets count code points in them.
"""

from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from ipaddress import IPv4Network, IPv6Network
from typing import Any, Literal, NewType, TypeAlias

SourceId = NewType("SourceId", int)
ItemId = NewType("ItemId", str)
StoryId = NewType("StoryId", str)
AlertId = NewType("AlertId", str)

Network: TypeAlias = IPv4Network | IPv6Network
Field: TypeAlias = Literal["title", "summary", "content", "author", "tags", "url"]
FIELDS: tuple[Field, ...] = ("title", "summary", "content", "author", "tags", "url")


class Severity(StrEnum):
    """How urgent a watchlist is. Compare by `rank`; the members themselves sort by spelling."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"

    @property
    def rank(self) -> int:
        """Return 0 for low up to 3 for critical."""
        return tuple(Severity).index(self)


class ErrorKind(StrEnum):
    """Why a poll failed; stable words in metrics, alerts and `--json`."""

    DNS = "dns"
    CONNECT = "connect"
    TLS = "tls"
    TIMEOUT = "timeout"
    RESET = "reset"
    TOO_LARGE = "too_large"
    BAD_ENCODING = "bad_encoding"
    REDIRECT = "redirect"
    HTTP_4XX = "http_4xx"
    HTTP_5XX = "http_5xx"
    RATE_LIMITED = "rate_limited"
    AUTH = "auth"
    GONE = "gone"
    BOT_CHALLENGE = "bot_challenge"
    NOT_A_FEED = "not_a_feed"
    HTML_WITH_FEED_LINK = "html_with_feed_link"
    PARSE = "parse"
    EMPTY = "empty"
    BLOCKED_ADDRESS = "blocked_address"


class PollOutcome(StrEnum):
    """What one visit to a source came to."""

    NEW = "new"
    UNCHANGED = "unchanged"
    FAILED = "failed"
    DEFERRED = "deferred"


class ItemOutcome(StrEnum):
    """What became of an item on a watchlist; the same word everywhere."""

    ALERTED = "alerted"
    SIMILAR = "similar"
    NO_MATCH = "no_match"
    VETOED = "vetoed"
    FIRST_POLL = "first_poll"
    TOO_OLD = "too_old"
    SILENCED = "silenced"
    HELD = "held"
    BUNDLED = "bundled"
    UPDATED = "updated"


class DeliveryState(StrEnum):
    """Where a row of the outbox stands."""

    PENDING = "pending"
    SENDING = "sending"
    DELIVERED = "delivered"
    RETRYING = "retrying"
    PARKED = "parked"
    DEAD = "dead"
    CANCELLED = "cancelled"


class Reason(StrEnum):
    """Why an alert leaves."""

    NEW_STORY = "new story"
    TEST = "test"


# --- sources ----------------------------------------------------------------------------------


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
    every: timedelta | None = None  # None: adaptive
    language: str = ""  # BCP 47, "" when not said
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    auth: Auth | None = None
    verify_tls: bool = True
    priority: float = 1.0  # > 1 polls more often
    first_poll: Literal["remember", "alert"] = "remember"


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceState:
    """What the store remembers of a source between polls."""

    id: SourceId
    url: str
    host: str
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
    error_kind: ErrorKind | None = None  # of the last poll
    error: str = ""
    retry_after: datetime | None = None  # a standing wish of the server
    rate: float = 0.0  # new items an hour, decayed
    poll_seq: int = 0  # fences two polls of one source


# --- fetching and parsing ---------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """A 2xx answer with its decoded body."""

    url: str  # where it came from, after redirects
    status: int
    body: bytes
    content_type: str = ""
    etag: str | None = None
    last_modified: str | None = None
    fresh_for: timedelta | None = None  # Cache-Control or Expires
    retry_after: timedelta | None = None
    digest: str = ""  # blake2b-128 hex of the body; "": not computed


@dataclass(frozen=True, slots=True, kw_only=True)
class NotModified:
    """A 304; validators it repeats replace the stored ones, absent ones stay."""

    etag: str | None = None
    last_modified: str | None = None
    fresh_for: timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """A poll that brought nothing, and why, in words for a person."""

    kind: ErrorKind
    message: str
    status: int | None = None
    retry_after: timedelta | None = None


Outcome: TypeAlias = Fetched | NotModified | Failed


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Something wrong in a document that could still be read."""

    kind: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What a document publishes, as parsed: cleaned plain text, checked links, UTC times."""

    guid: str = ""
    title: str = ""
    summary: str = ""
    content: str = ""
    link: str = ""  # absolute http(s) or ""
    author: str = ""
    tags: tuple[str, ...] = ()
    published: datetime | None = None
    updated: datetime | None = None
    language: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A feed document as parsed."""

    title: str = ""
    language: str = ""
    link: str = ""
    format: str = ""  # rss20, atom10, rss10, json11, … as feedparser names versions
    entries: tuple[Entry, ...] = ()
    problems: tuple[Problem, ...] = ()
    ttl: timedelta | None = None


Parsed: TypeAlias = Document | Failed


# --- items and matches ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceRef:
    """What an item says of where it came from; `url` is redacted, since receivers see it."""

    name: str
    url: str
    tags: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """An entry stored once. `keys` identify it within its source, the strongest first."""

    id: ItemId
    keys: tuple[str, ...]
    source: SourceRef
    entry: Entry
    first_seen: datetime
    language: str = ""  # the entry's, else the feed's, else the source's
    link_key: str = ""  # canonical link, hashed; "" without a link
    title_key: str = ""  # normalised title, hashed; "" where it is too short to tell stories apart


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One reason a watchlist fired: `text` stands at [start, end) of the item's field.

    For `tags` the field's plain text is the tags joined by ", "; for `url` it is the link.
    """

    term: str  # as written in the YAML
    field: Field
    start: int
    end: int
    text: str
    entity: str | None = None
    note: str = ""  # why an ambiguous name counted, for people


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """An item on a watchlist. With `vetoed_by` the watchlist's `none` (or an exclude) held it."""

    watchlist: str
    severity: Severity
    evidence: tuple[Evidence, ...]
    vetoed_by: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """An item found in a document together with what it matched."""

    item: Item
    matches: tuple[Match, ...] = ()


# --- stories, alerts, deliveries --------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """Items that tell the same event."""

    id: StoryId
    first_seen: datetime
    size: int
    sources: tuple[str, ...]  # names, in the order they joined


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """A watchlist's news about one story."""

    id: AlertId
    sequence: int
    reason: Reason
    watchlist: str
    severity: Severity
    description: str
    story: Story
    item: Item
    evidence: tuple[Evidence, ...]
    created: datetime
    notify: tuple[str, ...]  # notifiers, by name


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What a notifier is asked to say: the contract's JSON object, section 4.

    `type` and `timestamp` head it; `data` is JSON-ready and never changes once stored, so that
    every attempt of a delivery says the same.
    """

    type: str
    timestamp: datetime  # of the event, not of the attempt
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One message to one notifier: a row of the outbox."""

    id: int
    webhook_id: str
    notifier: str
    alert: AlertId
    state: DeliveryState
    attempts: int
    reason: str
    next_attempt: datetime | None
    created: datetime
    message: Message
    claims: int = 0  # how often it was taken for sending; tells a lost lease from one's own


# --- what a notifier's classifier says of an answer -------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """It arrived. `ref` is the receiver's name for it, where it has one."""

    ref: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Retry:
    """Try again. With scope destination nothing goes there before `after` has passed."""

    reason: str
    after: timedelta | None = None  # None: the schedule decides
    scope: Literal["message", "destination"] = "message"
    counts: bool = True  # a rate limit does not use up an attempt
    maybe_sent: bool = False  # the request may have arrived although no answer did


@dataclass(frozen=True, slots=True, kw_only=True)
class Dead:
    """It will never be taken. With scope destination, nothing sent there will be."""

    reason: str
    scope: Literal["message", "destination"] = "message"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fallback:
    """This form was refused; the notifier's plainer form is worth one more try."""

    reason: str


Verdict: TypeAlias = Delivered | Retry | Dead | Fallback


# --- the unit of work -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class PollRecord:
    """Everything one poll found; the store commits it whole or not at all.

    `state` is the source's next state; `state.poll_seq` is the number that was read, and the
    store refuses the record if another poll has moved it on. `sightings` are the items that were
    unknown when the poll looked; `seen` are the keys of all entries in the document.
    `first_poll` lasts until a whole document was read; with `partly_read_at` an earlier poll read
    a broken one, and what was published since then is news.
    """

    outcome: PollOutcome
    state: SourceState
    source: Source
    now: datetime
    first_poll: bool = False
    partly_read_at: datetime | None = None
    sightings: tuple[Sighting, ...] = ()
    seen: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """What became of one item on one watchlist, and why, in words for a person."""

    item: ItemId
    match: Match
    outcome: ItemOutcome
    reason: str
    alert: AlertId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryBook:
    """What the store knows of the stories a poll's items may join.

    `by_key` maps a link_key or title_key seen within the story window to its story;
    `alerted` holds (story, watchlist) for every alert sent.
    """

    by_key: Mapping[str, StoryId]
    stories: Mapping[StoryId, Story]
    alerted: AbstractSet[tuple[StoryId, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What the policy made of one poll's new items; the store writes it and updates its book."""

    joined: Mapping[ItemId, StoryId]  # the story each new item joined or began
    stories: Mapping[StoryId, Story]  # the stories begun or grown, as they are now
    rulings: Sequence[Ruling] = ()
    alerts: Sequence[Alert] = ()


Decide: TypeAlias = Callable[[PollRecord, Sequence[Sighting], StoryBook], Decision]


@dataclass(frozen=True, slots=True, kw_only=True)
class Committed:
    """What the store made of one PollRecord."""

    accepted: bool  # False: another poll of this source was first
    new: int = 0
    alerts: tuple[Alert, ...] = ()
    destinations: frozenset[str] = frozenset()  # notifiers that now have something to send
