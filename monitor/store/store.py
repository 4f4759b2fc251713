"""The store: one object through which everything else reads and writes what must last."""

import random
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from datetime import datetime, timedelta
from types import TracebackType
from typing import TYPE_CHECKING, Self

from monitor.feeds.urls import host_of
from monitor.model import (
    Alert,
    AlertId,
    Case,
    Committed,
    Decide,
    Delivery,
    DeliveryState,
    ErrorKind,
    HostWish,
    Item,
    ItemId,
    Known,
    Message,
    Notice,
    PollRecord,
    Running,
    Sighting,
    Silence,
    Source,
    SourceId,
    SourceState,
    Standing,
    StoryId,
    Verdict,
)
from monitor.store import (
    amending,
    cases,
    claiming,
    commit,
    deliveries,
    history,
    hosts,
    items,
    keys,
    lookups,
    notices,
    outbox,
    prune,
    running,
    schema,
    settling,
    silences,
    sources,
    standing,
    timers,
    waiting,
)
from monitor.store.engine import Database, open_database
from monitor.store.gists import Shelves
from monitor.store.history import Past, Rule, Ruled, Write
from monitor.store.lock import file_holder, hold_file, hold_server, server_holder
from monitor.store.lookups import Counts, FailingSource, Finding, NoticeFinding

if TYPE_CHECKING:
    from monitor.notify import Rate


class Store:
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
            shelves=self._shelves,
        )

    def announce(
        self, notice: Notice, notify: tuple[str, ...], webhook_id: Callable[[AlertId, str], str]
    ) -> frozenset[str]:
        """Write a notice that no poll brought; return the notifiers with something to send now."""
        return notices.announce(self._database, notice, notify, webhook_id)

    # --- outbox ---------------------------------------------------------------------------

    def due_destinations(self, now: datetime) -> list[str]:
        """Return the notifiers with something to send and nothing that holds them back."""
        return claiming.due_destinations(self._database, now)

    def free_at(self, notifier: str, now: datetime) -> datetime | None:
        """Return when a pause or the rate ends that alone keeps due rows from being sent."""
        return claiming.free_at(self._database, notifier, now)

    def claim(
        self,
        notifier: str,
        *,
        now: datetime,
        lease: timedelta,
        rate: "Rate | None" = None,
        bundles: bool = False,
    ) -> Delivery | None:
        """Take the next due row for sending: the most urgent, among equals the oldest.

        None while nothing is due, the destination is paused or parked, its `rate` lets nothing
        leave, or another row is being sent there. The row's attempts have been counted up. With
        `bundles` many waiting alerts are taken as one. Of a parked destination it is the oldest
        row, when the time for a probe has come.
        """
        return claiming.claim(
            self._database, notifier, now=now, lease=lease, rate=rate, bundles=bundles
        )

    def settle(
        self,
        delivery: Delivery,
        verdict: Verdict,
        *,
        now: datetime,
        next_attempt: datetime | None,
        standing: Standing | None = None,
        paused: datetime | None = None,
        notice: Notice | None = None,
        notify: tuple[str, ...] = (),
    ) -> frozenset[str]:
        """Write how the sending of a claimed row ended; see monitor.store.settling."""
        return settling.settle(
            self._database,
            delivery,
            verdict,
            now=now,
            next_attempt=next_attempt,
            standing=standing,
            paused=paused,
            notice=notice,
            notify=notify,
        )

    def pause(self, notifiers: Iterable[str], until: datetime) -> None:
        """Send nothing to destinations before `until`; a longer pause stays."""
        standing.pause(self._database, notifiers, until)

    def park(self, notifier: str, reason: str) -> int:
        """Hold back everything for a destination until `unpark`; return how many rows wait."""
        return standing.park(self._database, notifier, reason)

    def unpark(self, notifier: str) -> int:
        """Let a destination's parked rows go, at once; return how many."""
        return standing.unpark(self._database, notifier)

    def all_parked(self, notifiers: Iterable[str]) -> bool:
        """Tell whether there are such destinations and every one of them is parked."""
        return standing.all_parked(self._database, notifiers)

    def sync_destinations(self, configured: Mapping[str, str]) -> dict[str, int]:
        """Follow the configured notifiers, a fingerprint each; see monitor.store.standing."""
        return standing.sync_destinations(self._database, configured)

    def recover(self, now: datetime) -> int:
        """Make what a dead process was sending due again; only while holding the lock."""
        return outbox.recover(self._database, now)

    # --- cases ----------------------------------------------------------------------------

    def amend_case(self, alert: str, change: Callable[[Case], Case]) -> tuple[Case, ...]:
        """Change the case of an alert, named by its id or the beginning of it; return it.

        Several where the beginning is that of several, none where it is of none: unchanged.
        """
        return cases.amend_case(self._database, alert, change)

    # --- what is told without a poll --------------------------------------------------------

    def next_due(self) -> datetime | None:
        """Return when something is told next though no poll brings it; None: nothing waits."""
        return timers.next_due(self._database)

    def tell_due(
        self,
        decide: timers.DecideDue,
        now: datetime,
        *,
        webhook_id: Callable[[AlertId, str], str],
        message: Callable[[Alert], Message],
        notify: tuple[str, ...] = (),
    ) -> Committed:
        """Tell what has waited until now; see monitor.store.timers."""
        return timers.tell_due(
            self._database, decide, now, webhook_id=webhook_id, message=message, notify=notify
        )

    def last_notice(self, types: Sequence[str]) -> tuple[str, datetime] | None:
        """Return of which of these types the last notice was, and when."""
        return notices.last_notice(self._database, types)

    def add_silence(self, wanted: Silence) -> Silence:
        """Write a silence; return it with its number."""
        return silences.add_silence(self._database, wanted)

    def end_silence(self, number: int, now: datetime) -> Silence | None:
        """End a silence now; return it, None where none that lasts has this number."""
        return silences.end_silence(self._database, number, now)

    def silences(self, since: datetime | None = None) -> list[Silence]:
        """Return silences that last beyond `since`, or all, the newest first."""
        return silences.read_silences(self._database, since)

    def stories_named(self, wanted: str) -> list[StoryId]:
        """Return the stories whose id, or that of an alert of which, begins so; two at most."""
        return silences.stories_named(self._database, wanted)

    def count_silenced(self, number: int) -> int:
        """Return how many rulings a silence muted, as far as they are stored."""
        return silences.count_silenced(self._database, number)

    # --- time -----------------------------------------------------------------------------

    def shift(self, delta: timedelta) -> None:
        """Move every planned poll, retry, lease and pause: the clock has stepped by `delta`."""
        with self._database.write() as connection:
            sources.shift_sources(connection, delta)
            outbox.shift_outbox(connection, delta)
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

    def deliveries(
        self,
        *,
        limit: int | None = None,
        state: DeliveryState | None = None,
        notifier: str | None = None,
    ) -> list[Delivery]:
        """Return rows of the outbox, the newest first."""
        return deliveries.read_deliveries(
            self._database, limit=limit, state=state, notifier=notifier
        )

    def deliveries_by_id(self, ids: Iterable[int]) -> list[Delivery]:
        """Return those of the rows that there are, in the order of their ids."""
        return deliveries.deliveries_by_id(self._database, ids)

    def replay(self, ids: Iterable[int], now: datetime) -> list[int]:
        """Send deliveries again that ended, under their webhook ids; return which."""
        return amending.replay(self._database, ids, now)

    def drop(self, ids: Iterable[int], reason: str) -> list[int]:
        """Give up deliveries that have not ended, for a reason; return which."""
        return amending.drop(self._database, ids, reason)

    def find(
        self, wanted: str, *, link_key: str = "", is_link: Callable[[str], bool] | None = None
    ) -> tuple[Finding, ...]:
        """Find items by id or its beginning, by an alert's id, or by link; the newest first."""
        return lookups.find(self._database, wanted, link_key=link_key, is_link=is_link)

    def find_notices(self, wanted: str) -> tuple[NoticeFinding, ...]:
        """Find notices by id or its beginning; the newest first."""
        return lookups.find_notices(self._database, wanted)

    def items(self, *, since: datetime | None = None, limit: int | None = None) -> Iterator[Item]:
        """Yield items first seen since then, the newest first."""
        return items.read_items(self._database, since=since, limit=limit)

    def history(self, since: datetime) -> Iterator[Past]:
        """Yield items first seen since then, the oldest first."""
        return history.read_history(self._database, since=since)

    def count_history(self, since: datetime) -> int:
        """Count the items first seen since then."""
        return history.count_history(self._database, since=since)

    def rule_history(
        self, found: Sequence[Sighting], rule: Rule, write: Write | None = None
    ) -> Ruled:
        """Rule on stored items by watchlists that have not, and write that where wanted."""
        return history.rule_history(self._database, found, rule, write)

    def counts(self, now: datetime) -> Counts:
        """Count sources, items, alerts and deliveries."""
        return lookups.count(self._database, now)

    def failing(self, limit: int) -> list[FailingSource]:
        """Return configured sources that fail, the longest failing first."""
        return lookups.failing_sources(self._database, limit)
