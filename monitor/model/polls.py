"""The unit of work: what one poll found, and what became of it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, TypeAlias

from monitor.model.alerts import Alert, Case, Delivery, Notice, Silence, Story, Waiting
from monitor.model.items import Edit, Item, Known, Match, Sighting
from monitor.model.sources import Source, SourceState
from monitor.model.stories import Copy
from monitor.model.words import AlertId, ItemId, ItemOutcome, PollOutcome, StoryId

if TYPE_CHECKING:
    from monitor.stories.member import Member
    from monitor.stories.shelf import Shelf


@dataclass(frozen=True, slots=True, kw_only=True)
class PollRecord:
    """Everything one poll found; the store commits it whole or not at all.

    `state` is the source's next state; `state.poll_seq` is the number that was read, and the
    store refuses the record if another poll has moved it on. `sightings` are the items that were
    unknown when the poll looked, `edits` the known ones whose text changed; `seen` maps keys of
    the entries that were read to what they name: those that are new or name something else now,
    and all of them where `state.whole_at` is `now`. `host_until` is a server's wish to be left
    alone that concerns the other sources of its host too, or of `limited_host` where redirects led
    there; `limit_said` tells whether it named the time. `notices` are what people must hear.
    `learned` is False where the state's rhythm, habits and window are those that were read.
    `first_poll` lasts until a whole document was read; with `partly_read_at` an earlier poll read
    a broken one, and what was published since then is news. `unread_since` is when the poll before
    this one succeeded.
    """

    outcome: PollOutcome
    state: SourceState
    source: Source
    now: datetime
    first_poll: bool = False
    partly_read_at: datetime | None = None
    unread_since: datetime | None = None
    sightings: tuple[Sighting, ...] = ()
    seen: Mapping[str, Known] = field(default_factory=dict)
    edits: tuple[Edit, ...] = ()
    notices: tuple[Notice, ...] = ()
    host_until: datetime | None = None
    limited_host: str = ""
    limit_said: bool = True
    learned: bool = True


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
    `cases` holds by story and watchlist what was told of them. `silences` are those that have not
    ended; `sent` counts by watchlist and hour (its beginning) the alerts told at once. Of the
    known items that an edit made match, `of_item` holds the stories and `ruled` what they were
    ruled by watchlist; one that was removed is in neither.
    """

    by_key: Mapping[str, StoryId]
    stories: Mapping[StoryId, Story]
    cases: Mapping[tuple[StoryId, str], Case] = field(default_factory=dict)
    of_item: Mapping[ItemId, StoryId | None] = field(default_factory=dict)
    ruled: Mapping[tuple[ItemId, str], Ruling] = field(default_factory=dict)
    silences: Sequence[Silence] = ()
    sent: Mapping[tuple[str, datetime], int] = field(default_factory=dict)
    shelf: "Shelf | None" = None  # what the items of the last days tell; joining fills it


@dataclass(frozen=True, slots=True, kw_only=True)
class DueCase:
    """A case that has waited long enough; what was removed since it began to wait is None."""

    case: Case
    story: Story | None
    item: Item | None
    match: Match | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What the policy made of one poll's news; the store writes it and updates its book."""

    joined: Mapping[ItemId, StoryId]  # the story each new item joined or began
    stories: Mapping[StoryId, Story]  # the stories begun or grown, as they are now
    rulings: Sequence[Ruling] = ()
    cases: Sequence[Case] = ()  # those begun or changed
    alerts: Sequence[Alert] = ()  # their `notify` is told at once
    waiting: Sequence[Waiting] = ()  # and these later
    notices: Sequence[Notice] = ()
    copies: Mapping[ItemId, Copy] = field(default_factory=dict)
    merged: Mapping[StoryId, StoryId] = field(default_factory=dict)  # into which that remains
    members: Sequence["Member"] = ()  # what the book's shelf now remembers of the new items


Decide: TypeAlias = Callable[[PollRecord, Sequence[Sighting], StoryBook], Decision]


@dataclass(frozen=True, slots=True, kw_only=True)
class Committed:
    """What the store made of one PollRecord."""

    accepted: bool  # False: another poll of this source was first
    new: int = 0
    alerts: tuple[Alert, ...] = ()
    destinations: frozenset[str] = frozenset()  # notifiers that now have something to send
    claimed: tuple[Delivery, ...] = ()  # of that, what was taken for sending at once
