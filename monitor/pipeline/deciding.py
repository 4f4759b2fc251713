"""What the store asks inside its transaction: stories first, then rulings."""

from collections.abc import Sequence
from dataclasses import replace

from monitor.alerts.policy import Policy, rule
from monitor.alerts.turning import rule_edits
from monitor.model import Decide, Decision, PollRecord, Sighting, StoryBook
from monitor.stories.duplicates import join, stay


def decider(policy: Policy) -> Decide:
    """Return the decision the store takes inside its transaction: stories, then rulings.

    First on what is new, then on the known items that an edit made match.
    """

    def decide(record: PollRecord, new: Sequence[Sighting], book: StoryBook) -> Decision:
        joined, stories = join([sighting.item for sighting in new], book, now=record.now)
        rulings, alerts = rule(
            new,
            {item: stories[story] for item, story in joined.items()},
            set(book.alerted),
            record=record,
            policy=policy,
        )
        made = Decision(joined=joined, stories=stories, rulings=rulings, alerts=alerts)
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
