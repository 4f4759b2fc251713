"""What an HTTP answer says of a delivery, where the kind has no words of its own. Pure."""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta

import httpx

from monitor.feeds.servers.answers import wait_until
from monitor.model import Dead, Fallback, Retry

SHORTEST_WAIT = timedelta(seconds=1)
LONGEST_WAIT = timedelta(hours=24)

# A receiver that is being deployed answers 404 for a while.
_LATER = {404: "not_found", 408: "timeout", 425: "too_early"}
_SECONDS = re.compile(r"\d{1,300}(\.\d{0,300})?(e\d{1,2})?", re.ASCII | re.IGNORECASE)


def judge(status: int, headers: httpx.Headers, *, now: datetime) -> Retry | Dead | Fallback:
    """Return what a status other than success means.

    The reason is a stable word; words for a person may follow after a colon.
    """
    if status == httpx.codes.TOO_MANY_REQUESTS:
        return rate_limited(retry_after(headers.get("retry-after"), headers, now=now))
    if status >= 500:
        # The receiver may have acted on the message before it failed.
        return _later("http_5xx", headers, now=now, maybe_sent=True)
    if status in _LATER:
        return _later(_LATER[status], headers, now=now)
    return _refused(status)


def rate_limited(wait: timedelta | None, *, everywhere: bool = False) -> Retry:
    """Return the pause a rate limit asks of the whole destination, or of all at its host.

    Where it names no time the attempt counts, so that the schedule grows and never hammers.
    """
    return Retry(
        reason="rate_limited",
        after=wait,
        scope="destination",
        counts=wait is None,
        everywhere=everywhere,
    )


def retry_after(
    value: str | None, headers: Mapping[str, str], *, now: datetime
) -> timedelta | None:
    """Return a Retry-After (RFC 9110 §10.2.3) as a wait of 1 s to 24 h; None where it says nothing.

    Fractions of seconds count, because chat services send them. A date is measured against the
    server's own clock, where `headers` tell it.
    """
    if value is None:
        return None
    words = value.strip()
    if _SECONDS.fullmatch(words):
        seconds = min(float(words), LONGEST_WAIT.total_seconds())
        return max(SHORTEST_WAIT, timedelta(seconds=seconds))
    wait = wait_until(words, headers, now)
    return None if wait is None else min(max(SHORTEST_WAIT, wait), LONGEST_WAIT)


def _later(
    reason: str, headers: httpx.Headers, *, now: datetime, maybe_sent: bool = False
) -> Retry:
    wait = retry_after(headers.get("retry-after"), headers, now=now)
    if wait is None:
        return Retry(reason=reason, maybe_sent=maybe_sent)
    return Retry(reason=reason, after=wait, scope="destination", maybe_sent=maybe_sent)


def _refused(status: int) -> Retry | Dead | Fallback:
    match status:
        case 401 | 403:
            return Dead(reason="auth", scope="destination")
        case 410:
            return Dead(reason="gone", scope="destination")
        case 413:
            return Fallback(reason="too_large")
        case _ if 300 <= status < 400:
            return Dead(
                reason="redirect: a delivery never follows one; put the final address into url"
            )
        case _ if 400 <= status < 500:
            return Dead(reason="rejected")
        case _:
            return Retry(reason="unexpected_status", maybe_sent=True)
