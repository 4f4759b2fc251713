"""The words themselves: identities, outcomes, kinds of failure."""

from enum import StrEnum
from ipaddress import IPv4Network, IPv6Network
from typing import Literal, NewType, TypeAlias

SourceId = NewType("SourceId", int)
ItemId = NewType("ItemId", str)
StoryId = NewType("StoryId", str)
AlertId = NewType("AlertId", str)

Network: TypeAlias = IPv4Network | IPv6Network
Change: TypeAlias = Literal["title", "text", "numbers"]
Identity: TypeAlias = Literal["guid", "link", "title"]
Conditions: TypeAlias = Literal["both", "etag", "modified", "none"]
Occasion: TypeAlias = Literal[
    "quiet hours", "digest", "over the rate", "many at once", "escalation"
]  # on which alerts are told other than at once
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

    @property
    def lowered(self) -> "Severity":
        """Return the one below; low has none."""
        return tuple(Severity)[max(0, self.rank - 1)]


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


class CaseState(StrEnum):
    """Where a watchlist stands with one story."""

    PENDING = "pending"  # its first alert waits for more of the story
    OPEN = "open"
    HELD = "held"  # its last alert waits to be told with others, and what is new with it
    ACKED = "acked"  # somebody has taken note of it
    CLOSED = "closed"  # nothing came for so long that only what changes it would be news


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
    NOW_MATCHES = "edited: now matches"
    MORE_SOURCES = "more sources"
    NUMBERS = "numbers changed"
    HEADLINE = "headline changed"
    EDITED = "text changed"
    SEVERITY = "more severe"
    NEW_TERM = "matches more"
    ESCALATED = "nobody has acknowledged it"
    BACKTEST = "backtest"  # a person asked for what a new watchlist would have said
    TEST = "test"
