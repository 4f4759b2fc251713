"""Whether a match becomes an alert, and the reason either way. Pure.

Every match on every watchlist ends in a ruling that is stored: nothing is dropped in silence.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import TYPE_CHECKING

from monitor.model import (
    Alert,
    AlertId,
    Item,
    ItemOutcome,
    Match,
    PollRecord,
    Reason,
    Ruling,
    Sighting,
    Story,
    StoryId,
)
from monitor.settings import AlertSettings

if TYPE_CHECKING:
    from monitor.watch.rules import Watchlist


# A document may show an item some minutes after the date it carries.
GRACE = timedelta(minutes=10)
BACKLOG = "it was in the source when it was first polled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What the rulings depend on beside the match itself."""

    alerts: AlertSettings
    watchlists: Mapping[str, "Watchlist"]


def digest(*parts: str) -> str:
    """Return 24 hex digits that stand for these parts, the same wherever they are made."""
    return blake2b("\0".join(parts).encode(), digest_size=12).hexdigest()


def alert_id(story: StoryId, watchlist: str, sequence: int) -> AlertId:
    """Return the identity of an alert; it derives from content, so a repeat has the same."""
    return AlertId(digest("alert", story, watchlist, str(sequence)))


def webhook_id(alert: AlertId, notifier: str) -> str:
    """Return the `webhook-id` of an alert at one notifier, the same on every attempt."""
    return f"msg_{digest('delivery', alert, notifier)}"


def said_at(item: Item) -> datetime:
    """Return when an item was published as far as it is known: never after it was first seen."""
    return min(item.entry.published or item.first_seen, item.first_seen)


def backlog(record: PollRecord, came: str, max_age: timedelta) -> str:
    """Say why what `came` (“appeared”, “was edited”) before a first poll is no news."""
    read_at = record.partly_read_at
    if read_at is None:
        return BACKLOG
    unwatched = f"it {came} while its source was not watched, or not whole"
    since = f"since {read_at:%Y-%m-%d %H:%M} UTC"
    if record.now - read_at > max_age:
        return f"{unwatched}, {since}, which is longer than alerts.max_age"
    return f"{unwatched}, {since}, and no date says that it did so after that"


def rule(
    sightings: Sequence[Sighting],
    stories: Mapping[str, Story],
    alerted: set[tuple[StoryId, str]],
    *,
    record: PollRecord,
    policy: Policy,
) -> tuple[list[Ruling], list[Alert]]:
    """Rule on each match of each new item.

    `stories` maps an item's id to its story; `alerted` holds the (story, watchlist) pairs that
    have had their alert, and grows by those made here.
    """
    rulings: list[Ruling] = []
    alerts: list[Alert] = []
    for sighting in sightings:
        item, story = sighting.item, stories[sighting.item.id]
        for match in sighting.matches:
            outcome, reason = _judge(sighting, match, story, alerted, record=record, policy=policy)
            alert = None
            if outcome is ItemOutcome.ALERTED:
                alerted.add((story.id, match.watchlist))
                alert = new_alert(item, match, story, record.now, policy)
                alerts.append(alert)
            rulings.append(
                Ruling(
                    item=item.id,
                    match=match,
                    outcome=outcome,
                    reason=reason,
                    alert=alert.id if alert else None,
                )
            )
    return rulings, alerts


def _judge(
    sighting: Sighting,
    match: Match,
    story: Story,
    alerted: set[tuple[StoryId, str]],
    *,
    record: PollRecord,
    policy: Policy,
) -> tuple[ItemOutcome, str]:
    if match.vetoed_by:
        veto = match.vetoed_by[0]
        return ItemOutcome.VETOED, f"“{veto.term}” stands in the {veto.field}"
    item = sighting.item
    if sighting.outcome:
        return sighting.outcome, sighting.reason
    if record.source.first_poll == "remember" and _is_backlog(item, record, policy.alerts.max_age):
        return ItemOutcome.FIRST_POLL, backlog(record, "appeared", policy.alerts.max_age)
    published = item.entry.published
    if published and record.now - published > policy.alerts.max_age:
        return ItemOutcome.TOO_OLD, f"published {published:%Y-%m-%d %H:%M} UTC, past alerts.max_age"
    if (story.id, match.watchlist) in alerted:
        return ItemOutcome.SIMILAR, f"story {story.id} has had its alert"
    return ItemOutcome.ALERTED, Reason.NEW_STORY.value


def new_alert(
    item: Item,
    match: Match,
    story: Story,
    now: datetime,
    policy: Policy,
    *,
    reason: Reason = Reason.NEW_STORY,
) -> Alert:
    """Make a watchlist's first alert on a story."""
    watchlist = policy.watchlists[match.watchlist]
    return Alert(
        id=alert_id(story.id, match.watchlist, 1),
        sequence=1,
        reason=reason,
        watchlist=match.watchlist,
        severity=match.severity,
        description=watchlist.description,
        story=story,
        item=item,
        evidence=match.evidence,
        created=now,
        notify=watchlist.notify,
    )


def _is_backlog(item: Item, record: PollRecord, max_age: timedelta) -> bool:
    """Tell whether an item was there before its source was read for the first time.

    What was read in part before, too long ago for anything since then to be news now, is as if it
    had not been read.
    """
    published, read_at = item.entry.published, record.partly_read_at
    if not record.first_poll:
        return False
    if not (published and read_at) or record.now - read_at > max_age:
        return True
    return published <= read_at - GRACE
