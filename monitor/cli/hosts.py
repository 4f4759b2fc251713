"""Visits many hosts at once, each politely: one request after another, with the gap between."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import TypeVar

from monitor.errors import MonitorError

T = TypeVar("T")


async def visit_hosts(
    work: Iterable[tuple[str, T]],
    visit: Callable[[T], Awaitable[None]],
    *,
    at_once: int,
    gap: Callable[[T], timedelta],
) -> None:
    """Call `visit` for each (host, thing), so many hosts together."""
    by_host: dict[str, list[T]] = defaultdict(list)
    for host, thing in work:
        by_host[host].append(thing)
    slots = asyncio.Semaphore(at_once)

    async def one_host(things: list[T]) -> None:
        async with slots:
            for count, thing in enumerate(things):
                if count:
                    await asyncio.sleep(gap(thing).total_seconds())
                await visit(thing)

    with in_words():
        async with asyncio.TaskGroup() as group:
            for things in by_host.values():
                group.create_task(one_host(things))


@contextmanager
def in_words() -> Iterator[None]:
    """Raise the first MonitorError of a task group alone: it ended the others, and has words."""
    try:
        yield
    except* MonitorError as group:
        raise _first(group) from None


def _first(group: BaseExceptionGroup[MonitorError]) -> MonitorError:
    first = group.exceptions[0]
    return _first(first) if isinstance(first, BaseExceptionGroup) else first
