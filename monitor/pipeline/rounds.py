"""A round through what is due at one host: several sources at once, with the host's gap between."""

import asyncio
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from monitor.errors import StoreError
from monitor.model import SourceState
from monitor.pipeline.gaps import LONG_GAP_SECONDS
from monitor.queue import LeaseLost, Ticket

if TYPE_CHECKING:
    from monitor.pipeline import Pipeline


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """What it goes by; the pipeline may follow another configuration before it ends."""

    pipeline: "Pipeline"
    host: str
    ticket: Ticket

    async def take(self, due: Sequence[SourceState]) -> None:
        """Poll what is due, `poll.per_host` sources at once; give the ticket back for a long gap.

        Raises StoreError where a commit can't be made, LeaseLost where another has the host.
        """
        left = iter(due)
        try:
            async with asyncio.TaskGroup() as group:
                lanes = [
                    group.create_task(self._work_off(left))
                    for _ in range(self.pipeline.settings.poll.per_host)
                ]
        except* (StoreError, LeaseLost) as faults:
            raise faults.exceptions[0] from None
        # Not before the last one has ended: whoever gets the ticket next would poll beside it.
        wait = max(lane.result() for lane in lanes)
        if wait:
            await self.ticket.release(wait)

    async def _work_off(self, left: Iterator[SourceState]) -> float:
        """Poll one source after another; return in how many seconds to come back, 0: not at all."""
        pipeline = self.pipeline
        for state in left:
            source = pipeline.sources.get(state.url)
            if source is None:
                continue
            if gap := await self._wait_out(state):
                # The other sources are found due again when the host may be asked.
                return gap
            self.ticket.check()
            async with pipeline.slots:
                # A page of the host may have been read while this waited for its slot.
                if pause := max(0.0, pipeline.pause()) or await self._wait_out(state):
                    return pause
                visit = await pipeline.visit(state, source)
            if visit.host_until:
                deque(left, 0)  # the store has put off what is left
            pipeline.gaps.note(self.host)
            await self.ticket.extend()
        return 0.0

    async def _wait_out(self, state: SourceState) -> float:
        """Let a host's gap pass; return its seconds, at once, where that would take too long."""
        gap = self.pipeline.gaps.left(state)
        if gap > LONG_GAP_SECONDS:
            return gap
        if gap:
            await asyncio.sleep(gap)
        return 0.0
