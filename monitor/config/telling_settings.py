"""Options of when alerts are told become the settings that alerts go by. Pure."""

from collections.abc import Iterable
from datetime import time
from typing import Literal

from monitor.config.health import HeartbeatOptions
from monitor.config.telling import (
    AlertOptions,
    DigestOptions,
    EscalationOptions,
    QuietHoursOptions,
    ThrottleOptions,
)
from monitor.model import Severity
from monitor.settings import (
    AlertSettings,
    DigestSettings,
    Escalation,
    HeartbeatSettings,
    QuietHours,
    Throttle,
)


def to_alerts(options: AlertOptions) -> AlertSettings:
    """Return when items alert and when that is told."""
    return AlertSettings(
        first_poll=options.first_poll,
        max_age=options.max_age,
        group_wait=options.group_wait,
        per_story=options.per_story,
        max_per_hour=options.max_per_hour,
        inhibit=options.inhibit,
        digests=tuple(map(_digest, options.digest)),
        quiet_hours=to_quiet_hours(options.quiet_hours),
    )


def to_quiet_hours(given: QuietHoursOptions | Literal["off"]) -> QuietHours | None:
    """Return quiet hours, None for `off`."""
    if isinstance(given, str):
        return None
    return QuietHours(
        start=given.start, end=given.end, zone=given.zone, bypass=Severity(given.bypass)
    )


def to_throttle(own: ThrottleOptions, usual: AlertOptions) -> Throttle:
    """Return how much a watchlist may say, by its own words or the usual ones."""
    return Throttle(
        per_story=own.per_story or usual.per_story,
        max_per_hour=own.max_per_hour or usual.max_per_hour,
    )


def to_escalation(given: EscalationOptions | None) -> Escalation | None:
    """Return who hears of what nobody has acknowledged."""
    if given is None:
        return None
    return Escalation(
        after=given.after,
        to=tuple(dict.fromkeys(given.to)),
        severities=_severities(given.severities),
    )


def to_heartbeat(options: HeartbeatOptions) -> HeartbeatSettings:
    """Return where it is told that the monitor lives."""
    return HeartbeatSettings(
        url=options.url, every=options.every, allow_networks=tuple(options.allow_networks)
    )


def _digest(options: DigestOptions) -> DigestSettings:
    cron = options.cron or _daily(options.at)
    return DigestSettings(
        cron=cron,
        zone=options.zone,
        notify=tuple(dict.fromkeys(options.notify or ())),
        severities=_severities(options.severities),
    )


def _daily(at: time | None) -> str:
    assert at is not None, "the schema asks for at or cron"
    return f"{at.minute} {at.hour} * * *"


def _severities(given: Iterable[str]) -> frozenset[Severity]:
    return frozenset(map(Severity, given))
