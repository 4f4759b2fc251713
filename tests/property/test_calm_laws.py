"""Quiet hours and digests keep their hours in every zone, whatever its clocks do."""

from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from monitor.alerts.calm import end_of_hour, held_from, held_until, hour_of, next_digest
from monitor.model import Severity
from monitor.settings import DigestSettings, QuietHours

LAWS = settings(max_examples=100, deadline=None)
ZONES = sorted(available_timezones() - {"localtime", "Factory"})
LOW = Severity.LOW

zones = st.sampled_from(ZONES)
clock_times = st.builds(time, st.integers(0, 23), st.integers(0, 59))
moments = st.timedeltas(timedelta(0), timedelta(days=47 * 365)).map(
    lambda since: datetime(1990, 1, 1, tzinfo=UTC) + since
)


@st.composite
def changes(draw):
    """A zone and a moment near one at which its clocks are set."""
    zone = ZoneInfo(draw(zones))
    start = draw(moments)
    for _ in range(400):
        later = start + timedelta(days=1)
        if start.astimezone(zone).utcoffset() != later.astimezone(zone).utcoffset():
            return zone.key, start + draw(st.timedeltas(timedelta(0), timedelta(days=2)))
        start = later
    return zone.key, start


placed = st.one_of(st.tuples(zones, moments), changes())


@st.composite
def quiet(draw):
    zone, now = draw(placed)
    start, end = draw(clock_times), draw(clock_times)
    assume(start != end)
    return QuietHours(start=start, end=end, zone=zone), now


def is_inside(hours, now):
    """What the clocks of the zone say by themselves."""
    shown = now.astimezone(ZoneInfo(hours.zone)).time()
    if hours.start < hours.end:
        return hours.start <= shown < hours.end
    return shown >= hours.start or shown < hours.end


@LAWS
@given(quiet())
def test_what_is_held_is_held_for_a_while_and_then_told(case):
    hours, now = case
    until = held_until(hours, LOW, now)
    if until is None:
        return
    # A place that crossed the date line went through a day twice, or left one out.
    assert now < until <= now + timedelta(hours=50)
    assert held_until(hours, LOW, until) is None or is_inside(hours, until) or _overlaps(hours)


@LAWS
@given(quiet())
def test_whatever_comes_while_the_clocks_show_quiet_hours_is_held(case):
    hours, now = case
    zone = ZoneInfo(hours.zone)
    usual = {
        (now + timedelta(hours=step)).astimezone(zone).utcoffset() for step in range(-30, 31, 1)
    }
    held = held_until(hours, LOW, now)
    if len(usual) == 1:
        assert (held is not None) == is_inside(hours, now)
    elif is_inside(hours, now) and not _near_a_gap(hours, now):
        assert held is not None


@LAWS
@given(quiet())
def test_quiet_hours_hold_nothing_until_they_begin(case):
    hours, now = case
    begin = held_from(hours, LOW, now)
    if begin is None:
        assert held_until(hours, LOW, now)
        return
    assert now < begin
    steps = (now + step * (begin - now) / 50 for step in range(50))
    assert not any(held_until(hours, LOW, each) for each in steps)


@LAWS
@given(quiet(), st.timedeltas(timedelta(0), timedelta(hours=30)))
def test_nobody_is_told_of_the_later_one_first(case, more):
    hours, now = case
    first, second = (held_until(hours, LOW, at) or at for at in (now, now + more))
    assert first <= second or _overlaps(hours)


@LAWS
@given(quiet())
def test_what_is_as_urgent_as_the_bypass_is_never_held(case):
    hours, now = case
    for severity in Severity:
        for bypass in Severity:
            chosen = QuietHours(start=hours.start, end=hours.end, zone=hours.zone, bypass=bypass)
            if severity.rank >= bypass.rank:
                assert held_until(chosen, severity, now) is None


@LAWS
@given(placed, clock_times)
def test_a_daily_digest_comes_once_a_day_at_its_time(place, at):
    zone, now = place
    digest = DigestSettings(cron=f"{at.minute} {at.hour} * * *", zone=zone)
    told = [now]
    for _ in range(4):
        told.append(next_digest(digest, told[-1]))
    local = [moment.astimezone(ZoneInfo(zone)) for moment in told[1:]]
    assert told == sorted(set(told))
    assert len({moment.date() for moment in local}) == len(local)
    gaps = [later - earlier for earlier, later in pairwise(told[1:])]
    assert all(timedelta(hours=20) <= gap <= timedelta(hours=52) for gap in gaps)


@LAWS
@given(placed, clock_times, st.timedeltas(timedelta(0), timedelta(days=3)))
def test_whoever_asks_later_is_told_the_same_digest_or_a_later_one(place, at, more):
    zone, now = place
    digest = DigestSettings(cron=f"{at.minute} {at.hour} * * *", zone=zone)
    due = next_digest(digest, now)
    assert due > now
    asked = next_digest(digest, now + more)
    assert asked == due if now + more < due else asked > due


@LAWS
@given(moments)
def test_an_hour_holds_its_moments(now):
    assert hour_of(now) <= now < end_of_hour(now) == hour_of(now) + timedelta(hours=1)


def _overlaps(hours):
    """Quiet hours of nearly a day: the next begin before the clocks show the end again."""
    length = (hours.end.hour * 60 + hours.end.minute) - (hours.start.hour * 60 + hours.start.minute)
    return length % (24 * 60) > 18 * 60


def _near_a_gap(hours, now):
    """Whether the quiet hours begin at a time that the clocks left out shortly before."""
    zone = ZoneInfo(hours.zone)
    for days in (-1, 0, 1):
        day = now.astimezone(zone).date() + timedelta(days=days)
        begun = datetime.combine(day, hours.start, zone)
        if begun.astimezone(UTC).astimezone(zone).time() != hours.start:
            return True
    return False
