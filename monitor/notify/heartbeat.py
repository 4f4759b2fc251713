"""One GET to the address that watches over the monitor."""

import asyncio
import io
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

import httpx

from monitor.model import Delivered, Retry, Verdict
from monitor.notify.post import Edge, ask
from monitor.notify.redact import redact
from monitor.settings import HeartbeatSettings, NotifierSettings

DEADLINE = timedelta(seconds=10)


async def ping(
    settings: HeartbeatSettings,
    transport: httpx.AsyncBaseTransport,
    *,
    now: Callable[[], datetime],
) -> str:
    """Ask the address once; return what went wrong without its secrets, "" where nothing did."""
    about = NotifierSettings(
        name="heartbeat", kind="", url=settings.url, allow_networks=settings.allow_networks
    )
    edge = Edge(
        transport=transport,
        out=io.StringIO(),
        now=now,
        colour=False,
        deadline=asyncio.get_running_loop().time() + DEADLINE.total_seconds(),
    )
    try:
        request = httpx.Request("GET", settings.url)
    except (httpx.InvalidURL, ValueError) as error:
        return redact(str(error), about)
    verdict = (await ask(request, about, edge=edge, classify=_classify)).verdict
    fault = "" if isinstance(verdict, Delivered) else verdict.reason
    # The words are those of a notifier; this is none.
    return fault.replace("notifiers.heartbeat.allow_networks", "health.heartbeat.allow_networks")


def _classify(status: int, headers: Mapping[str, str], body: bytes, *, now: datetime) -> Verdict:
    del headers, body, now
    return Delivered() if httpx.codes.is_success(status) else Retry(reason=f"HTTP {status}")
