"""What the store asks inside its transaction: stories first, then rulings."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from monitor.alerts.policy import Policy, rule
from monitor.alerts.turning import rule_edits
from monitor.model import (
    Alert,
    Decide,
    Decision,
    PollOutcome,
    PollRecord,
    Reason,
    Ruling,
    Sighting,
    Source,
    SourceId,
    SourceState,
    Story,
    StoryBook,
    StoryId,
)
from monitor.stories.joining import join, stay

if TYPE_CHECKING:
    from monitor.store import Rule

_NOBODY = SourceState(
    id=SourceId(0), url="", host="", next_poll_at=datetime(1970, 1, 1, tzinfo=UTC)
)


def decider(policy: Policy) -> Decide:
    """Return the decision the store takes inside its transaction: stories, then rulings.

    First on what is new, then on the known items that an edit made match.
    """

    def decide(record: PollRecord, new: Sequence[Sighting], book: StoryBook) -> Decision:
        told = join(new, book, now=record.now)
        rulings, alerts = rule(
            new,
            {item: told.stories[story] for item, story in told.of_item.items()},
            set(book.alerted),
            record=record,
            policy=policy,
        )
        made = Decision(
            joined=told.of_item,
            stories=told.stories,
            rulings=rulings,
            alerts=alerts,
            copies=told.copies,
            members=told.members,
        )
        return _with_edits(record, new, made, book, policy) if book.of_item else made

    return decide


def _with_edits(
    record: PollRecord,
    new: Sequence[Sighting],
    made: Decision,
    book: StoryBook,
    policy: Policy,
) -> Decision:
    edits = [edit for edit in record.edits if edit.turned and edit.item in book.of_item]
    keys = {
        key: made.joined[each.item.id]
        for each in new
        for key in (each.item.link_key, each.item.title_key)
    }
    alerted = {(alert.story.id, alert.watchlist) for alert in made.alerts}
    after = replace(
        book,
        by_key={**book.by_key, **keys},
        stories={**book.stories, **made.stories},
        alerted=book.alerted | alerted,
    )
    told = stay([edit.turned.item for edit in edits if edit.turned], after, now=record.now)
    rulings, alerts = rule_edits(edits, told, after, record=record, policy=policy)
    begun = {alert.story.id: alert.story for alert in alerts if alert.story.id not in after.stories}
    return replace(
        made,
        stories={**made.stories, **begun},
        rulings=[*made.rulings, *rulings],
        alerts=[*made.alerts, *alerts],
    )


def decider_afterwards(policy: Policy, now: datetime) -> "Rule":
    """Return the same decision for items that are stored, and so in their stories, already.

    Whoever asks for it wants to hear of them, also of those from the first poll of a source.
    """
    record = given_record(Source(url="stored", name="stored"), now)

    def decide(
        found: Sequence[Sighting], stories: dict[str, Story], alerted: set[tuple[StoryId, str]]
    ) -> tuple[list[Ruling], list[Alert]]:
        rulings, alerts = rule(found, stories, alerted, record=record, policy=policy)
        words = "a backtest was asked to alert"
        told = [replace(each, reason=words) if each.alert else each for each in rulings]
        return told, [replace(alert, reason=Reason.BACKTEST) for alert in alerts]

    return decide


def given_record(
    source: Source, now: datetime, *sightings: Sighting, first_poll: bool = False
) -> PollRecord:
    """Return a poll that nobody made, for items that come from elsewhere."""
    return PollRecord(
        outcome=PollOutcome.NEW,
        state=_NOBODY,
        source=source,
        now=now,
        first_poll=first_poll,
        sightings=sightings,
    )
