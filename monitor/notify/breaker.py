"""When a destination is left alone, when one delivery may try it again, and what people hear of it.

Pure: the verdict on an attempt and the destination's standing before it give the one after it.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from monitor.model import Dead, Delivered, Notice, Retry, Severity, Standing, Verdict

FAILURES = 5  # in a row, over at least …
AT_LEAST = timedelta(minutes=2)
REFUSALS = 3  # in a row: then hardly each of the messages is at fault
NOT_FOUND_TRIES = 3  # of one message: receivers vanish for a moment while they are deployed
# After the first failure another message may be the one that goes through; after more, hardly.
FIRST_REST = timedelta(seconds=2)
LONGEST_REST = timedelta(seconds=30)
PROBES = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=15),
    timedelta(minutes=60),
)

# What says nothing of the destination: it is up, or the fault is ours.
_SAYS_NOTHING = frozenset({"rate_limited", "later", "too_early", "inside the monitor"})
# After these no probe goes by itself: asking again does harm, or can't help.
_FINAL = frozenset({"gone", "channel_is_archived", "is_archived", "unknown_webhook", "unsendable"})


def after(standing: Standing, verdict: Verdict, *, attempts: int, now: datetime) -> Standing:
    """Return how a destination stands after an attempt.

    `attempts` are the message's that counted, this one included.
    """
    match verdict:
        case Dead(reason=reason, scope="destination"):
            return _parked(standing, reason, now=now)
        case Retry() if standing.parked:
            return _probed(standing, verdict, now=now)
        case Retry(reason=reason) if _word(reason) in _SAYS_NOTHING:
            return standing
        case Retry(reason=reason):
            failed = replace(
                standing,
                failures=standing.failures + 1,
                failing_since=standing.failing_since or now,
            )
            return (
                _parked(failed, reason, now=now)
                if _is_down(failed, reason, attempts, now)
                else failed
            )
        case Delivered():
            return Standing()
        case _:
            # A message, or a form of one, was refused by a destination that is well.
            return _refused(standing, died=isinstance(verdict, Dead), now=now)


def rest(standing: Standing) -> timedelta:
    """Return how long nothing goes to a destination that failed again and again."""
    if standing.parked or standing.failures < 2:
        return timedelta(0)
    return min(FIRST_REST * 2.0 ** min(standing.failures - 2, 10), LONGEST_REST)


def is_final(reason: str) -> bool:
    """Tell whether a destination that said so is left alone until a person says otherwise."""
    return _word(reason) in _FINAL


def news(
    before: Standing, later: Standing, *, destination: str, now: datetime, reason: str = ""
) -> Notice | None:
    """Return what people are to hear of a change: that nothing arrives any more, or that it does.

    Between the two nothing is told, however often it is parked again. `reason` is the last
    attempt's, for a destination that is open and refuses message after message.
    """
    if before.parked_at is None and later.parked_at is not None:
        refuses = f"“{destination}” refuses every message: {reason}"
        return Notice(
            type="system.destination_failed",
            source=None,
            destination=destination,
            created=now,
            severity=Severity.HIGH,
            title=f"“{destination}” takes no messages: {later.parked}" if later.parked else refuses,
            text=_advice(destination, later) if later.parked else _died(destination),
            since=later.parked_at,
        )
    if before.parked_at is not None and later.parked_at is None:
        return Notice(
            type="system.destination_recovered",
            source=None,
            destination=destination,
            created=now,
            severity=Severity.LOW,
            title=f"“{destination}” takes messages again",
            text=_replay(destination)
            if before.refusals >= REFUSALS
            else "What waited for it is sent now, the most urgent first.",
            since=before.parked_at,
        )
    return None


def _advice(destination: str, standing: Standing) -> str:
    again = (
        f"One delivery tries it again after {_minutes(PROBES[0])}, then less and less often."
        if standing.probe_at
        else "Nothing tries it again by itself."
    )
    return (
        f"What is for it waits and is not lost. {again} "
        f"Once it is put right, `monitor deliveries resume {destination}` lets everything go; "
        "a change of its configuration does too."
    )


def _died(destination: str) -> str:
    return (
        f"The last {REFUSALS} messages for it died, and the next ones will: each is still tried. "
        f"`monitor deliveries list --notifier {destination} --state dead` shows them. "
        f"Put right what the reason says. {_replay(destination)}"
    )


def _replay(destination: str) -> str:
    return (
        f"`monitor deliveries replay --dead --since 1d --notifier {destination}` "
        "sends again what died in the last day."
    )


def _refused(standing: Standing, *, died: bool, now: datetime) -> Standing:
    refusals = standing.refusals + int(died)
    parked_at = None if standing.parked else standing.parked_at
    if refusals >= REFUSALS:
        parked_at = parked_at or now
    return Standing(refusals=refusals, parked_at=parked_at)


def _parked(standing: Standing, reason: str, *, now: datetime) -> Standing:
    failed = standing.probes + 1 if standing.parked else 0
    return replace(
        standing,
        parked=reason,
        parked_at=standing.parked_at or now,
        probes=failed,
        probe_at=None if is_final(reason) else now + _step(failed),
    )


def _probed(standing: Standing, verdict: Retry, *, now: datetime) -> Standing:
    failed = standing.probes + 1
    wait = max(_step(failed), verdict.after or timedelta(0))
    return replace(standing, parked=verdict.reason, probes=failed, probe_at=now + wait)


def _is_down(standing: Standing, reason: str, attempts: int, now: datetime) -> bool:
    if _word(reason) == "not_found" and attempts >= NOT_FOUND_TRIES:
        return True
    since = standing.failing_since or now
    return standing.failures >= FAILURES and now - since >= AT_LEAST


def _step(failed: int) -> timedelta:
    return PROBES[min(failed, len(PROBES) - 1)]


def _word(reason: str) -> str:
    return reason.partition(":")[0]


def _minutes(wait: timedelta) -> str:
    number = wait // timedelta(minutes=1)
    return f"{number} minute" if number == 1 else f"{number} minutes"
