"""One attempt at a delivery, whatever its kind: the full form, and once the plain one."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import TextIO

import httpx

from monitor.model import Dead, Delivered, Fallback, Message, Retry
from monitor.notify import KINDS
from monitor.notify.post import Edge
from monitor.notify.redact import redact
from monitor.settings import NotifierSettings

DEADLINE = timedelta(seconds=15)


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """What an attempt came to. `body` is for people: one line, at most 1 KiB, no secrets."""

    verdict: Delivered | Retry | Dead
    status: int | None
    body: str
    elapsed: timedelta


async def send(
    message: Message,
    settings: NotifierSettings,
    *,
    webhook_id: str,
    parent: str = "",
    left: str = "",
    transport: httpx.AsyncBaseTransport,
    out: TextIO,
    now: Callable[[], datetime],
    colour: bool = False,
    deadline: timedelta = DEADLINE,
) -> Attempt:
    """Deliver a message once; what the receiver or the network does is a verdict, never raised.

    `deadline` is over everything, the plain form included. `webhook_id` is the delivery's, the
    same on every attempt. `parent` is the receiver's name for the message that told of the story
    first, where it gave one; `left` is that of the Retry which the attempt before ended in.
    `colour` says whether `out` is a terminal that shows it.
    """
    loop = asyncio.get_running_loop()
    start = loop.time()
    edge = Edge(
        transport=transport,
        out=out,
        now=now,
        colour=colour,
        deadline=start + deadline.total_seconds(),
    )
    deliver = partial(
        KINDS[settings.kind].deliver,
        message,
        settings,
        webhook_id=webhook_id,
        edge=edge,
        parent=parent,
        left=left,
    )
    answer = await deliver(plain=False)
    if isinstance(answer.verdict, Fallback):
        answer = await deliver(plain=True)
    verdict = answer.verdict
    if isinstance(verdict, Fallback):
        verdict = Dead(reason=verdict.reason)
    return Attempt(
        verdict=verdict,
        status=answer.status,
        body=redact(answer.body.decode("utf-8", "replace"), settings),
        elapsed=timedelta(seconds=loop.time() - start),
    )
