"""When an alert is told that is not told at once: quiet hours, digests, the hourly rate. Pure.

Hours are the clock's, in UTC, so that whoever counts anew after a restart counts the same.
"""

from datetime import UTC, date, datetime, timedelta, tzinfo
from datetime import time as clock_time
from zoneinfo import ZoneInfo

from cronsim import CronSim

from monitor.model import Severity
from monitor.settings import DigestSettings, QuietHours

_DAY = timedelta(days=1)
_HOUR = timedelta(hours=1)


def zone_of(name: str) -> tzinfo:
    """Return a time zone of the IANA database; UTC needs none."""
    return UTC if name == "UTC" else ZoneInfo(name)


def held_until(hours: QuietHours, severity: Severity, now: datetime) -> datetime | None:
    """Return the end of the quiet hours that hold an alert now, UTC; None where none do.

    They last from the first time that the zone's clocks show `start` until the last time that
    they show `end`: an hour that the clocks repeat counts whole, and a time that they leave out
    is as much later as they were set forward.
    """
    if severity.rank >= hours.bypass.rank:
        return None
    zone = zone_of(hours.zone)
    today = now.astimezone(zone).date()
    further = _DAY if hours.end <= hours.start else timedelta(0)
    ends = []
    for day in (today - _DAY, today, today + _DAY):
        end = _last(day + further, hours.end, zone)
        if _first(day, hours.start, zone) <= now < end:
            ends.append(end)
    return max(ends, default=None)


def held_from(hours: QuietHours, severity: Severity, now: datetime) -> datetime | None:
    """Return when quiet hours next hold an alert, UTC; None where they never do or do so now."""
    if severity.rank >= hours.bypass.rank or held_until(hours, severity, now):
        return None
    zone = zone_of(hours.zone)
    today = now.astimezone(zone).date()
    starts = (_first(today + n * _DAY, hours.start, zone) for n in range(3))
    return next(each for each in starts if each > now)


def next_digest(digest: DigestSettings, now: datetime) -> datetime:
    """Return when a digest is told next, after now, UTC.

    A time that the clocks leave out is told when they have been set; one that they show twice is
    told once.
    """
    local = now.astimezone(zone_of(digest.zone))
    told = (due.astimezone(UTC) for due in CronSim(digest.cron, local))
    # cronsim 2.8 counts on from the first of two equal times of the clock, also from the second.
    return next(due for due in told if due > now)


def hour_of(now: datetime) -> datetime:
    """Return the beginning of the hour, UTC."""
    return now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)


def end_of_hour(now: datetime) -> datetime:
    """Return the end of the hour, UTC."""
    return hour_of(now) + _HOUR


def local_words(moment: datetime, zone: str) -> str:
    """Return a time to the minute as the clocks of a zone show it."""
    return f"{moment.astimezone(zone_of(zone)):%Y-%m-%d %H:%M} {zone}"


def _first(day: date, shown: clock_time, zone: tzinfo) -> datetime:
    return datetime.combine(day, shown.replace(fold=0), zone).astimezone(UTC)


def _last(day: date, shown: clock_time, zone: tzinfo) -> datetime:
    # Of a time left out the first reading is the later one, of a time shown twice the second.
    both = (datetime.combine(day, shown.replace(fold=fold), zone) for fold in (0, 1))
    return max(each.astimezone(UTC) for each in both)
