"""How long to leave a source that answers, before chance has its tenth.

Pure: never touches network, clock or disk.

The interval of a fixed source was chosen by people. For any other, `rhythm` says when a poll is
worth its price; people bound that by poll.min and poll.max, and what hosts, servers and feeds
wish only lengthens it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.feeds.pacing.rhythm import HOUR, covered, weight, worth_polling
from monitor.model import Rhythm, Source, SourceState
from monitor.settings import HostSettings, PollSettings

DAY = timedelta(days=1)
SPREAD = 0.1
LONGEST_WISH = DAY  # of a server: freshness, Retry-After
LONGEST_TTL = HOUR
AFTER_A_GAP = DAY  # how long a source that outran its polls is polled twice as often


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """What bears on the time to a source's next poll."""

    adapts: bool
    rule: timedelta  # the fixed interval, or when a poll is worth its price
    shortest: timedelta  # by people's will
    longest: timedelta
    wishes: tuple[tuple[str, timedelta], ...] = ()  # of others, by name: no sooner than that

    def spread(self, factor: float) -> timedelta:
        """Return the time to leave the source when chance makes `factor` of the rule."""
        wait = max(min(self.rule * factor, self.longest), self.shortest)
        return max(wait, *[wish for _, wish in self.wishes]) if self.wishes else wait


def interval(
    rate: float,
    rhythm: Rhythm,
    source: Source,
    poll: PollSettings,
    *,
    price: float,
    preset: HostSettings | None,
    outran: bool,
    now: datetime,
) -> Interval:
    """Return what bears on the time from an answer at `now` to the next poll.

    `rate` and `rhythm` are what is known after it; a source that outran its polls of late is
    polled twice as often.
    """
    chosen = fixed(source, poll, preset)
    if chosen:
        return Interval(
            adapts=False,
            rule=chosen,
            shortest=chosen * (1 - SPREAD),
            longest=chosen * (1 + SPREAD),
            wishes=_slowed(rhythm),
        )
    rule = worth_polling(
        rate, rhythm, now, weight=weight(source, rhythm), price=price, longest=poll.max
    )
    return Interval(
        adapts=True,
        rule=rule / 2 if outran else rule,
        shortest=_shortest(poll, preset),
        longest=poll.max,
        wishes=_wishes(rate, rhythm, poll),
    )


def fixed(source: Source, poll: PollSettings, preset: HostSettings | None) -> timedelta | None:
    """Return the interval that people chose; None where it adapts.

    A source's own is kept as it is; the one for all is no shorter than its host's preset.
    """
    if source.every or not poll.every:
        return source.every
    return max(poll.every, (preset and preset.min) or poll.every)


def bounds(
    rate: float, rhythm: Rhythm, poll: PollSettings, preset: HostSettings | None
) -> tuple[timedelta, timedelta]:
    """Return the shortest and the longest interval that an adaptive source may come to."""
    wishes = [wish for _, wish in _wishes(rate, rhythm, poll)]
    shortest = max([_shortest(poll, preset), *wishes])
    return shortest, max(shortest, min(poll.max, covered(rate, rhythm)))


def outran(state: SourceState, now: datetime) -> bool:
    """Tell whether entries came and went between two polls of late."""
    gap_at = state.habits.gap_at
    return gap_at is not None and now - gap_at < AFTER_A_GAP


def skipped_until(rhythm: Rhythm, at: datetime) -> datetime:
    """Return `at`, or the end of the hours in which the feed asks not to be polled (RSS 2.0).

    An hour or a day in which items were found is polled all the same, and so is a feed that wants
    to be polled in none.
    """
    if not rhythm.skip_hours and not rhythm.skip_days:
        return at
    hours = _unused(rhythm.skip_hours, rhythm.hours, of=24)
    days = _unused(rhythm.skip_days, rhythm.days, of=7)
    while at.hour in hours or at.weekday() in days:
        at = at.replace(minute=0, second=0, microsecond=0) + HOUR
    return at


def _unused(skipped: Sequence[int], counts: Sequence[float], *, of: int) -> set[int]:
    if len(set(skipped)) >= of:
        return set()
    return {each for each in skipped if not (counts and counts[each])}


def _shortest(poll: PollSettings, preset: HostSettings | None) -> timedelta:
    return max(poll.min, preset.min) if preset and preset.min else poll.min


def _wishes(rate: float, rhythm: Rhythm, poll: PollSettings) -> tuple[tuple[str, timedelta], ...]:
    found = _slowed(rhythm)
    if rhythm.fresh_for:
        found += (("freshness", min(rhythm.fresh_for, LONGEST_WISH)),)
    # A feed that publishes faster than its own ttl does not mean it.
    if rhythm.ttl and rate * (rhythm.ttl / HOUR) <= 1:
        found += (("ttl", min(rhythm.ttl, LONGEST_TTL, poll.max)),)
    return found


def _slowed(rhythm: Rhythm) -> tuple[tuple[str, timedelta], ...]:
    return (("limit", rhythm.slowed),) if rhythm.slowed else ()
