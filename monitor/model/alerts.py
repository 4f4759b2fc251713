"""Stories, alerts and their deliveries, and what a notifier says of an answer."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal, TypeAlias

from monitor.model.items import Evidence, Item, SourceRef
from monitor.model.words import (
    AlertId,
    CaseState,
    DeliveryState,
    ErrorKind,
    ItemId,
    Occasion,
    Reason,
    Severity,
    StoryId,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """Items that tell the same event."""

    id: StoryId
    first_seen: datetime
    size: int
    sources: tuple[str, ...]  # names, in the order they joined
    topic: StoryId | None = None  # the story that began the larger matter it is part of
    merged_into: StoryId | None = None  # the older one that turned out to be the same


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
class News:
    """One thing that a watchlist has not told of a story yet, and the item that brought it."""

    reason: Reason
    detail: str  # in words for a person: "27 → 28"
    item: ItemId


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledgement:
    """Somebody has taken note of an alert."""

    at: datetime
    by: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What a watchlist has told of one story, and what it will tell of it next.

    `item` is what the next alert is about, where one is due: the one with the weightiest news; of a
    pending case the last that brought any, else its first. `severity`, `terms`, `figures` and
    `marks` are those told or about to be told.
    """

    story: StoryId
    watchlist: str
    state: CaseState
    opened: datetime
    last_seen: datetime  # when an item last came to it
    severity: Severity
    sequence: int = 0  # of the last alert
    told_at: datetime | None = None  # when that was made
    due_at: datetime | None = None  # when the next one is, as far as there is something to tell
    held_until: datetime | None = None
    item: ItemId | None = None
    news: tuple[News, ...] = ()  # what waits to be told
    sources: int = 0  # that told the story when the watchlist last did
    similar: int = 0  # items that were only counted
    headline: str = ""  # last told; of a pending case its first
    terms: tuple[str, ...] = ()  # terms, and entities by their keys
    figures: tuple[str, ...] = ()  # numbers in its headlines, tolls by kind too: 27, dead:27
    marks: tuple[str, ...] = ()  # what its headlines were: denied; and the sides they named
    widened_at: datetime | None = None  # when another term or entity was last told
    acked: Acknowledgement | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """News about the monitor's own work rather than about the world: a `system.` message."""

    type: Literal[
        "system.source_failing",
        "system.source_recovered",
        "system.feed_rekeyed",
        "system.config_rejected",
        "system.destination_failed",
        "system.destination_recovered",
        "system.watchlist_flooding",
        "system.backlog",
        "system.backlog_recovered",
    ]
    source: SourceRef | None  # None where it concerns the whole monitor
    created: datetime
    severity: Severity
    title: str  # one line for people
    text: str  # what happened, and what to do
    kind: ErrorKind | None = None  # of the failure
    since: datetime | None = None
    count: int = 0  # items concerned
    subject: str = ""  # what it is about where that is no source: the name of a watchlist
    destination: str = ""  # the notifier it is about, by name


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """What nobody wants to hear of for a while: all of what it names must fit. "" names nothing."""

    id: int
    watchlist: str = ""
    entity: str = ""  # by its key
    source: str = ""  # by its name or its address
    story: str = ""
    reason: str
    by: str
    created: datetime
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """An alert that a notifier is told later, on an occasion, and not as soon as it is made."""

    alert: AlertId
    notifier: str
    occasion: Occasion
    due_at: datetime
    full_until: datetime | None = None  # before then it is told as soon as it fills a list


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What a notifier's template says in place of our own words; what is empty is told in ours."""

    text: str = ""
    title: str = ""
    note: str = ""  # that the template failed, one line below our own words


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What a notifier is asked to say: the contract's JSON object, section 4.

    `type` and `timestamp` head it; `data` is JSON-ready and never changes once stored, so that
    every attempt of a delivery says the same. `words` are made anew for each attempt.
    `waits_from` moves with a clock that is set; by it people are told how late a message is.
    """

    type: str
    timestamp: datetime  # of the event, not of the attempt
    data: Mapping[str, Any]
    words: Words = Words()
    waits_from: datetime | None = field(default=None, compare=False)  # None: `timestamp`


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How a destination fares. One that is parked takes nothing but a probe now and then.

    `parked_at` outlasts the parking: it says until something arrives that nothing has since. It
    is set too where message after message is refused, although the destination stays open.
    """

    failures: int = 0  # in a row
    refusals: int = 0  # messages in a row that died of what was said of each
    failing_since: datetime | None = None
    parked: str = ""  # why, "" while deliveries go there
    parked_at: datetime | None = None
    probes: int = 0  # that failed
    probe_at: datetime | None = None  # when the next may go; None: only a person lets one


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
    ref: str = ""  # the receiver's name for it, once it arrived
    left: str = ""  # what the attempt before left to do, in the kind's own words
    maybe_duplicate: int = 0  # attempts that may have arrived although nobody said so
    replayed: datetime | None = None  # when a person had it sent again: its age counts from then
    bundle: int | None = None  # the delivery under whose id several are told; 0: it goes alone
    parent: str = (
        ""  # of a claimed one: the ref of the first message of its story, where it has one
    )
    standing: Standing = Standing()  # of a claimed one's destination


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
