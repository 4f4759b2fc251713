"""Stories, alerts and their deliveries, and what a notifier says of an answer."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, TypeAlias

from monitor.model.items import Evidence, Item, SourceRef
from monitor.model.words import AlertId, DeliveryState, ErrorKind, Reason, Severity, StoryId


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """Items that tell the same event."""

    id: StoryId
    first_seen: datetime
    size: int
    sources: tuple[str, ...]  # names, in the order they joined
    topic: StoryId | None = None  # the story that began the larger matter it is part of


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
    detail: str = ""  # what is new, in words for a person: "27 → 28", "told by 10 sources"


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """News about the monitor's own work rather than about the world: a `system.` message."""

    type: Literal[
        "system.source_failing",
        "system.source_recovered",
        "system.feed_rekeyed",
        "system.config_rejected",
    ]
    source: SourceRef | None  # None where it concerns the whole monitor
    created: datetime
    severity: Severity
    title: str  # one line for people
    text: str  # what happened, and what to do
    kind: ErrorKind | None = None  # of the failure
    since: datetime | None = None
    count: int = 0  # items concerned


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """It arrived. `ref` is the receiver's name for it, where it has one.

    `note` tells people of those who did not get it, where some did. Before `wait` has passed
    nothing more goes to the destination.
    """

    ref: str = ""
    note: str = ""
    wait: timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Retry:
    """Try again. With scope destination nothing goes there before `after` has passed.

    Where a part has arrived, `left` says in the kind's own words what has not: the next attempt is
    given it back.
    """

    reason: str
    after: timedelta | None = None  # None: the schedule decides
    scope: Literal["message", "destination"] = "message"
    counts: bool = True  # a rate limit does not use up an attempt
    maybe_sent: bool = False  # the request may have arrived although no answer did
    everywhere: bool = False  # the pause is for all destinations of this kind at the same host
    left: str = ""


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
