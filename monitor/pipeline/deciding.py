"""What the store asks inside its transaction: stories first, then rulings."""

from collections.abc import Sequence

from monitor.alerts.policy import Policy, rule
from monitor.model import Decide, Decision, PollRecord, Sighting, StoryBook
from monitor.stories.duplicates import join


def decider(policy: Policy) -> Decide:
    """Return the decision the store takes inside its transaction: stories, then rulings."""

    def decide(record: PollRecord, new: Sequence[Sighting], book: StoryBook) -> Decision:
        joined, stories = join([sighting.item for sighting in new], book, now=record.now)
        rulings, alerts = rule(
            new,
            {item: stories[story] for item, story in joined.items()},
            set(book.alerted),
            record=record,
            policy=policy,
        )
        return Decision(joined=joined, stories=stories, rulings=rulings, alerts=alerts)

    return decide
