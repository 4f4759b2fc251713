"""Tells people and metrics what a poll or a delivery came to."""

import logging
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING

from monitor import metrics
from monitor.alerts.wording import is_own
from monitor.model import (
    Committed,
    Dead,
    Delivered,
    Delivery,
    DeliveryState,
    Document,
    ErrorKind,
    Failed,
    NotModified,
    Outcome,
    PollOutcome,
    PollRecord,
    Source,
    Verdict,
)

if TYPE_CHECKING:
    from prometheus_client import Counter

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """What one poll came to, for people and metrics."""

    source: Source
    outcome: PollOutcome
    next_poll: datetime
    status: int | None = None
    kind: ErrorKind | None = None
    message: str = ""
    entries: int = 0
    new: int = 0
    alerts: int = 0
    host_until: datetime | None = None  # the host's other sources were put off until then


def word(outcome: Outcome, new: int) -> PollOutcome:
    """Return the contract's word for a poll that stored `new` items."""
    if isinstance(outcome, Failed):
        return PollOutcome.DEFERRED if outcome.deferred else PollOutcome.FAILED
    return PollOutcome.NEW if new else PollOutcome.UNCHANGED


def report(
    record: PollRecord, outcome: Outcome, committed: Committed, document: Document | None
) -> Visit:
    """Put together what a poll came to."""
    if not committed.accepted:
        return Visit(
            source=record.source,
            outcome=PollOutcome.DEFERRED,
            next_poll=record.state.next_poll_at,
            message="another poll of this source was first; it counts",
        )
    failed = outcome if isinstance(outcome, Failed) else None
    status = 304 if isinstance(outcome, NotModified) else outcome.status
    return Visit(
        source=record.source,
        outcome=word(outcome, committed.new),
        next_poll=record.state.next_poll_at,
        status=status,
        kind=failed.kind if failed and not failed.deferred else None,
        message=failed.message if failed else "",
        entries=document.length if document else 0,
        new=committed.new,
        alerts=len(committed.alerts),
        host_until=None if record.limited_host else record.host_until,
    )


def count(
    visit: Visit, committed: Committed, due: datetime, now: datetime, *, quiet: bool = False
) -> None:
    """Write a poll into the metrics and the log; `quiet` where its failure was told already."""
    _polls(visit.outcome.value, visit.kind or "").inc()
    metrics.POLL_LAG_SECONDS.observe(max(0.0, (now - due).total_seconds()))
    if visit.new:
        metrics.ITEMS.inc(visit.new)
    for alert in committed.alerts:
        metrics.ALERTS.labels(watchlist=alert.watchlist, severity=alert.severity.value).inc()
    level = logging.WARNING if visit.kind and not quiet else logging.DEBUG
    if not log.isEnabledFor(level):
        return
    log.log(
        level,
        visit.message or "polled",
        extra={
            "source": visit.source.name,
            "outcome": visit.outcome.value,
            "kind": visit.kind or "",
            "new": visit.new,
            "alerts": visit.alerts,
        },
    )


@cache  # to find a counter by its labels costs ten times what counting costs
def _polls(outcome: str, kind: str) -> "Counter":
    return metrics.POLLS.labels(outcome=outcome, kind=kind)


def _verdict(verdict: Verdict) -> str:
    # The row waits with the others of a destination that is closed.
    if isinstance(verdict, Dead) and verdict.scope == "destination":
        return DeliveryState.PARKED.value
    return type(verdict).__name__.lower()


def count_delivery(delivery: Delivery, verdict: Verdict, now: datetime) -> None:
    """Write a settled delivery into the metrics and the log."""
    word = _verdict(verdict)
    metrics.DELIVERIES.labels(notifier=delivery.notifier, verdict=word).inc()
    if isinstance(verdict, Delivered):
        if not is_own(delivery.message):  # news of the monitor itself may wait for more of it
            late = max(0.0, (now - delivery.created).total_seconds())
            metrics.FEED_TO_ALERT_SECONDS.observe(late)
        return
    log.warning(
        "delivery %s: %s",
        word,
        verdict.reason,
        extra={
            "notifier": delivery.notifier,
            "alert": delivery.alert,
            "webhook_id": delivery.webhook_id,
        },
    )
