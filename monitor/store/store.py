"""The store: one object through which everything else reads and writes what must last."""

import random
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from datetime import datetime, timedelta
from types import TracebackType
from typing import Self

from monitor.feeds.urls import host_of
from monitor.model import (
    Alert,
    AlertId,
    Committed,
    Decide,
    ErrorKind,
    HostWish,
    Item,
    ItemId,
    Known,
    Message,
    Notice,
    PollRecord,
    Running,
    Source,
    SourceId,
    SourceState,
)
from monitor.store import (
    cases,
    commit,
    hosts,
    items,
    keys,
    notices,
    outbox,
    prune,
    running,
    schema,
    sources,
    waiting,
)
from monitor.store.claiming import Claiming
from monitor.store.engine import Database, open_database
from monitor.store.gists import Shelves
from monitor.store.lock import file_holder, hold_file, hold_server, server_holder
from monitor.store.looking_front import LookingFront
from monitor.store.outbox_front import OutboxFront
from monitor.store.telling_front import TellingFront


class Store(OutboxFront, TellingFront, LookingFront):
    """Safe to read from any thread. Writes come from the Writer's thread, or alone in a command;
    only `prune` runs beside the Writer, in small transactions.

    Every method raises StoreError when the database can't be used.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._held = ExitStack()
        self._shelves = Shelves()

    @classmethod
    def open(cls, url: str) -> "Store":
        """Open a store, creating or upgrading its tables where needed.

        Raises StoreError, with what to do, for a URL that can't be used, a database that can't be
        reached, is damaged, newer than this release, or another program's.
        """
        database = open_database(url)
        try:
            schema.prepare(database)
        except BaseException:
            database.close()
            raise
        return cls(database)

    def close(self) -> None:
        """Give back the lock and close every connection."""
        self._held.close()
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def hold(self) -> None:
        """Become the one `monitor run` of this store until closed, and refuse a damaged file.

        Raises StoreError naming the process that is it already.
        """
        database = self._database
        if database.path:
            self._held.enter_context(hold_file(database.path, "starting another"))
            schema.refuse_damaged(database)
        else:
            self._held.enter_context(hold_server(database))

    def holder(self) -> str | None:
        """Return the `monitor run` that holds this store, as in "pid 123"; None if none does."""
        path = self._database.path
        return file_holder(path) if path else server_holder(self._database)

    # --- sources --------------------------------------------------------------------------

    def sync_sources(
        self,
        configured: Sequence[Source],
        *,
        now: datetime,
        rng: random.Random,
        spread: timedelta = timedelta(minutes=1),
        longest: timedelta = timedelta(days=1),
        group: Callable[[str], str] = host_of,
        furthest: Callable[[SourceState], datetime] | None = None,
    ) -> None:
        """Follow the configuration; what is new or overdue is spread over `spread`.

        `group` names what is asked one at a time, by address. An adaptive source that would wait
        longer than `longest` no longer does, unless `furthest` says that this is right.
        """
        sources.sync_sources(
            self._database,
            configured,
            now=now,
            rng=rng,
            spread=spread,
            longest=longest,
            group=group,
            furthest=furthest,
        )

    def due_hosts(self, now: datetime, limit: int) -> list[str]:
        """Return hosts with a source that is due, the longest waiting first."""
        return sources.due_hosts(self._database, now, limit)

    def due_sources(self, host: str, now: datetime) -> list[SourceState]:
        """Return a host's sources that are due, the longest waiting first."""
        return sources.due_sources(self._database, host, now)

    def host_kinds(self, host: str) -> dict[SourceId, ErrorKind | None]:
        """Return how the last poll of each configured source of a host failed, if it did."""
        return hosts.host_kinds(self._database, host)

    def host_wishes(self, now: datetime) -> dict[str, HostWish]:
        """Return which hosts want to be left alone at `now`, and until when."""
        return hosts.host_wishes(self._database, now)

    def source_states(self, urls: Sequence[str] | None = None) -> list[SourceState]:
        """Return the states of the configured sources, or of those named, configured or not."""
        return sources.source_states(self._database, urls)

    # --- polls ----------------------------------------------------------------------------

    def known(self, source: SourceId, wanted: Iterable[str]) -> dict[str, Known]:
        """Return what the keys name that the source has ever shown."""
        return keys.known(self._database, source, wanted)

    def items_by_id(self, ids: Iterable[ItemId]) -> dict[ItemId, Item]:
        """Return those of the items that are stored still."""
        return items.items_by_id(self._database, ids)

    def commit(
        self,
        records: Sequence[PollRecord],
        decide: Decide,
        *,
        story_window: timedelta,
        webhook_id: Callable[[AlertId, str], str],
        message: Callable[[Alert], Message],
        notify: tuple[str, ...] = (),
        claiming: Claiming | None = None,
    ) -> list[Committed]:
        """Write a group of polls in one transaction; see monitor.store.commit."""
        return commit.commit(
            self._database,
            records,
            decide,
            story_window=story_window,
            webhook_id=webhook_id,
            message=message,
            notify=notify,
            claiming=claiming,
            shelves=self._shelves,
        )

    def announce(
        self, notice: Notice, notify: tuple[str, ...], webhook_id: Callable[[AlertId, str], str]
    ) -> frozenset[str]:
        """Write a notice that no poll brought; return the notifiers with something to send now."""
        return notices.announce(self._database, notice, notify, webhook_id)

    # --- time -----------------------------------------------------------------------------

    def shift(self, delta: timedelta) -> None:
        """Move every planned poll, retry, lease and pause: the clock has stepped by `delta`."""
        with self._database.write() as connection:
            sources.shift_sources(connection, delta)
            outbox.shift_outbox(connection, delta)
            notices.shift_notices(connection, delta)
            cases.shift_cases(connection, delta)
            waiting.shift_waiting(connection, delta)

    def prune(self, before: datetime) -> int:
        """Remove what is older than `before` and owed to nobody; return how many items went."""
        return prune.prune(self._database, before)

    # --- for people -----------------------------------------------------------------------

    def tell_running(self, told: Running) -> None:
        """Keep which configuration `monitor run` goes by, in place of what was told before."""
        running.tell_running(self._database, told)

    def touch(self) -> None:
        """Write something; raises StoreError where nothing can be written."""
        running.touch(self._database)

    def running(self) -> Running | None:
        """Return what the last `monitor run` told of its configuration, whether it lives or not."""
        return running.read_running(self._database)
