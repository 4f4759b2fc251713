"""Whether a match becomes an alert, and the reason either way. Pure.

Every match on every watchlist ends in a ruling that is stored: nothing is dropped in silence.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import TYPE_CHECKING

from monitor.model import (
    AlertId,
    Item,
    ItemOutcome,
    Match,
    PollRecord,
    Sighting,
    StoryId,
)
from monitor.settings import AlertSettings

if TYPE_CHECKING:
    from monitor.watch.rules import Watchlist


# A document may show an item some minutes after the date it carries.
GRACE = timedelta(minutes=10)
# A source that could not be read for longer is back from the dead.
AWAY = timedelta(hours=24)
_DAY_HOURS = 24
BACKLOG = "it was in the source when it was first polled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What the rulings depend on beside the match itself."""

    alerts: AlertSettings
    watchlists: Mapping[str, "Watchlist"]
    notify: tuple[str, ...] = ()  # who hears of what a watchlist found that is gone


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


def judge(
    sighting: Sighting, match: Match, *, record: PollRecord, policy: Policy
) -> tuple[ItemOutcome, str] | None:
    """Return why a match of a new item is no news, whatever its story; None where it may be."""
    if match.vetoed_by:
        veto = match.vetoed_by[0]
        return ItemOutcome.VETOED, f"“{veto.term}” stands in the {veto.field}"
    item, max_age = sighting.item, policy.alerts.max_age
    if sighting.outcome:
        return sighting.outcome, sighting.reason
    if record.source.first_poll == "remember" and _is_backlog(item, record, max_age):
        return ItemOutcome.FIRST_POLL, backlog(record, "appeared", max_age)
    published = item.entry.published
    if published and record.now - published > max_age:
        return ItemOutcome.TOO_OLD, f"published {published:%Y-%m-%d %H:%M} UTC, past alerts.max_age"
    since, span = record.unread_since, away(record)
    if published and since and span and published <= since - GRACE:
        when = f"{published:%Y-%m-%d %H:%M} UTC"
        return ItemOutcome.TOO_OLD, (
            f"published {when}, before its source could not be read for {span}"
        )
    return None


def away(record: PollRecord) -> str | None:
    """Return for how long a source that is back could not be read; None where it was not away."""
    since = record.unread_since
    usual = record.source.every or timedelta(0)
    if since is None or record.first_poll or record.now - since <= max(AWAY, 2 * usual):
        return None
    hours = (record.now - since) // timedelta(hours=1)
    return f"{hours} hours" if hours < 2 * _DAY_HOURS else f"{hours // _DAY_HOURS} days"


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
