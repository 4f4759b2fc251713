"""Renders templates with a message of every sort, in a child process, as they will be later."""

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeAlias

from monitor.alerts.samples import NOW, samples
from monitor.alerts.variables import Misfit, variables
from monitor.feeds.parsers.pool import ParserPool

LONG = 5.0  # seconds after which, with something found, the rest is not tried

_GIVEN = {what: variables(message, now=NOW) for what, message in samples().items()}
FIRST = next(iter(_GIVEN))  # what does not fit this fits nothing

Found: TypeAlias = tuple[str, tuple[Misfit, ...]]


def tried(sources: Sequence[str]) -> list[Found]:
    """Return for each template the first sort of message it does not fit, and why; "" for none.

    Fewer than there are templates where some never end.
    """
    # A loop of its own: whoever loads may be inside one.
    with ThreadPoolExecutor(1, thread_name_prefix="templates") as thread:
        return thread.submit(asyncio.run, _try_all(sources)).result()


async def _try_all(sources: Sequence[str]) -> list[Found]:
    loop = asyncio.get_running_loop()
    began, found = loop.time(), list[Found]()
    async with ParserPool(1) as parsers:
        for source in sources:
            if loop.time() - began > LONG and any(misfits for _, misfits in found):
                break
            found.append(await _try(source, parsers))
    return found


async def _try(source: str, parsers: ParserPool) -> Found:
    for what, given in _GIVEN.items():
        said = await parsers.render(source, given)
        if not isinstance(said, str):
            return what, said
    return "", ()
