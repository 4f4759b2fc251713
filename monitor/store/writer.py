"""The one thread that writes: polls that finish together are committed together.

A commit is a wait for the disk, so whatever gathers during one goes into the next. Nothing waits
on purpose.
"""

import asyncio
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from queue import Empty, SimpleQueue
from types import TracebackType
from typing import Any, ParamSpec, Self, TypeVar

from monitor.errors import StoreError
from monitor.model import (
    Alert,
    AlertId,
    Committed,
    Decide,
    Decision,
    Delivery,
    Message,
    Notice,
    PollRecord,
    Sighting,
    StoryBook,
    Verdict,
)
from monitor.store.claiming import Claiming
from monitor.store.engine import UnavailableError
from monitor.store.store import Store
from monitor.store.timers import DecideDue

# How many jobs are taken at once, and so how many polls one transaction holds at most.
GROUP = 50

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Poll:
    future: asyncio.Future[Any]
    record: PollRecord
    decide: Decide


@dataclass(frozen=True, slots=True)
class _Call:
    future: asyncio.Future[Any]
    function: Callable[[], Any]


@dataclass(frozen=True, slots=True)
class _Answer:
    future: asyncio.Future[Any]
    value: Any = None
    error: Exception | None = None


class Writer:
    """Commits polls and runs every other write; use it as an async context manager.

    Leaving the context writes what is waiting first.
    """

    def __init__(
        self,
        store: Store,
        decide: Decide,
        *,
        story_window: timedelta,
        webhook_id: Callable[[AlertId, str], str],
        message: Callable[[Alert], Message],
        notify: tuple[str, ...] = (),
    ) -> None:
        """Keep what every commit needs; `notify` are the notifiers that hear of notices."""
        self._commit = partial(
            store.commit, story_window=story_window, webhook_id=webhook_id, message=message
        )
        self._announce = partial(store.announce, webhook_id=webhook_id)
        self._settle = store.settle
        self._tell_due = partial(store.tell_due, webhook_id=webhook_id, message=message)
        self.claiming: Claiming | None = None  # nobody sends at once, unless somebody says so
        self.follow(decide, notify=notify)
        self._jobs: SimpleQueue[_Poll | _Call | None] = SimpleQueue()
        self._open = False

    async def __aenter__(self) -> Self:
        self._loop = asyncio.get_running_loop()
        self._ended = asyncio.Event()
        self._open = True
        threading.Thread(target=self._run, name="store-writer", daemon=True).start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._open = False
        self._jobs.put(None)
        await self._ended.wait()

    def follow(self, decide: Decide, *, notify: tuple[str, ...]) -> None:
        """Decide by another configuration from now on, and tell its notifiers of notices."""
        self.decide = decide
        self._notify = notify

    async def announce(self, notice: Notice) -> frozenset[str]:
        """Write a notice that no poll brought; return the notifiers with something to send now."""
        return await self.do(self._announce, notice, self._notify)

    async def commit(self, record: PollRecord, decide: Decide | None = None) -> Committed:
        """Return when the record is on disk, with the others of its group.

        `decide` is what to decide it by where that is not what is followed now: its items were
        matched before.
        Raises what the decision raised for this record, and StoreError when nothing can be
        written; the record then left no trace.
        """
        how = decide or self.decide
        committed: Committed = await self._put(partial(_Poll, record=record, decide=how))
        return committed

    async def settle(
        self, delivery: Delivery, verdict: Verdict, *, notice: Notice | None = None, **ended: Any
    ) -> frozenset[str]:
        """Write how a delivery ended; see Store.settle. Returns who will hear of the notice."""
        how = partial(self._settle, notify=self._notify, notice=notice, **ended)
        return await self.do(how, delivery, verdict)

    async def tell_due(self, decide: DecideDue, now: datetime) -> Committed:
        """Write what waited until now; return what came of it."""
        return await self.do(self._tell_due, decide, now, notify=self._notify)

    async def do(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run another of the store's writes in this thread and return its result."""
        result: T = await self._put(partial(_Call, function=partial(function, *args, **kwargs)))
        return result

    async def _put(self, job: Callable[[asyncio.Future[Any]], _Poll | _Call]) -> Any:
        if not self._open:
            raise StoreError("the writer is closed; nothing can be stored any more")
        future: asyncio.Future[Any] = self._loop.create_future()
        self._jobs.put(job(future))
        return await future

    # --- in the thread --------------------------------------------------------------------

    def _run(self) -> None:
        more = True
        while more:
            jobs = self._take()
            more = None not in jobs
            if polls := [job for job in jobs if isinstance(job, _Poll)]:
                self._tell(self._write(polls))
            for job in jobs:
                if isinstance(job, _Call):
                    self._tell([_call(job)])
        self._schedule(self._ended.set)

    def _take(self) -> list[_Poll | _Call | None]:
        jobs = [self._jobs.get()]
        while len(jobs) < GROUP:
            try:
                jobs.append(self._jobs.get_nowait())
            except Empty:
                break
        return jobs

    def _write(self, polls: Sequence[_Poll]) -> list[_Answer]:
        try:
            results = self._commit(
                [poll.record for poll in polls],
                _decide_each(polls),
                notify=self._notify,
                claiming=self.claiming,
            )
        except UnavailableError as error:
            return [_Answer(poll.future, error=error) for poll in polls]
        except Exception as error:  # noqa: BLE001 - whatever it is, the caller gets it
            if len(polls) == 1:
                return [_Answer(polls[0].future, error=error)]
            # One record spoils its group; alone, only it fails.
            return [answer for poll in polls for answer in self._write([poll])]
        return [_Answer(p.future, value=r) for p, r in zip(polls, results, strict=True)]

    def _tell(self, answers: Sequence[_Answer]) -> None:
        # One call wakes the loop for the whole group.
        self._schedule(_resolve, answers)

    def _schedule(self, callback: Callable[..., object], *args: Any) -> None:
        try:
            self._loop.call_soon_threadsafe(callback, *args)
        except RuntimeError:
            # The loop was closed without leaving the context; nobody waits for an answer.
            self._open = False


def _decide_each(polls: Sequence[_Poll]) -> Decide:
    """Return one decision for a group, in which each record is decided by its own."""
    by_record = {id(poll.record): poll.decide for poll in polls}

    def decide(record: PollRecord, new: Sequence[Sighting], book: StoryBook) -> Decision:
        return by_record[id(record)](record, new, book)

    return decide


def _call(job: _Call) -> _Answer:
    try:
        return _Answer(job.future, value=job.function())
    except Exception as error:  # noqa: BLE001 - whatever it is, the caller gets it
        return _Answer(job.future, error=error)


def _resolve(answers: Iterable[_Answer]) -> None:
    for answer in answers:
        if answer.future.done():  # its caller was cancelled
            continue
        if answer.error is None:
            answer.future.set_result(answer.value)
        else:
            answer.future.set_exception(answer.error)
