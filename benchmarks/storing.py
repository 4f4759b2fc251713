"""The store beside raw sqlite3: the same rows in the same tables, without the questions."""

import random
import sqlite3
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from pathlib import Path

from benchmarks.table import Row
from monitor.model import (
    Alert,
    Committed,
    Decision,
    Entry,
    Item,
    ItemId,
    Known,
    Message,
    PollOutcome,
    PollRecord,
    Sighting,
    Source,
    SourceId,
    SourceRef,
    SourceState,
    Story,
    StoryId,
)
from monitor.store import Store

NOW = datetime(2025, 11, 30, 21, 4, tzinfo=UTC)
ROUNDS, GROUPS, POLLS, ITEMS = 3, 20, 50, 20
SOURCES, SOURCES_OF_A_HOST, HOSTS_ASKED = 100_000, 3, 2000
SUMMARY = "Airlines were told to treat the airspace above Caracas as closed. " * 6


class Stopwatch:
    """Adds up wall and CPU seconds by name within a round and keeps the best round of each."""

    def __init__(self) -> None:
        self._round: dict[str, tuple[float, float]] = {}
        self._best: dict[str, tuple[float, float]] = {}

    @contextmanager
    def of(self, name: str) -> Iterator[None]:
        wall, cpu = time.perf_counter(), time.process_time()
        yield
        before = self._round.get(name, (0.0, 0.0))
        spent = (time.perf_counter() - wall, time.process_time() - cpu)
        self._round[name] = (before[0] + spent[0], before[1] + spent[1])

    def end_round(self) -> None:
        for name, (wall, cpu) in self._round.items():
            best = self._best.get(name, (wall, cpu))
            self._best[name] = (min(wall, best[0]), min(cpu, best[1]))
        self._round.clear()

    def wall(self, name: str) -> float:
        return self._best[name][0]

    def cpu(self, name: str) -> float:
        return self._best[name][1]


def rows() -> list[Row]:
    with tempfile.TemporaryDirectory() as folder:
        return [*new_items(Path(folder)), *unchanged(Path(folder)), *due(Path(folder))]


def new_items(folder: Path) -> Iterator[Row]:
    """Every item is new and begins a story; ours and raw take turns."""
    count, watch = GROUPS * POLLS * ITEMS, Stopwatch()
    for number in range(ROUNDS):
        ours, raw = folder / f"ours-{number}.db", folder / f"raw-{number}.db"
        with Store.open(f"sqlite:///{ours}") as store:
            states = configure(store, POLLS)
            for group in range(GROUPS):
                records, decide = a_group(states, group)
                with watch.of("ours"):
                    commit(store, records, decide)
        with Store.open(f"sqlite:///{raw}") as store:
            configure(store, POLLS)
        assert write_raw(raw, stored_groups(ours), watch) == count
        watch.end_round()
    figures = {
        "items/s": (count / watch.wall("ours"), count / watch.wall("raw"), ">= 25,000"),
        "µs CPU/item": (
            watch.cpu("ours") / count * 1e6,
            watch.cpu("raw") / count * 1e6,
            "<= 3 x",
        ),
    }
    for unit, (ours_figure, raw_figure, goal) in figures.items():
        yield Row(
            stage="store, groups of 50 polls x 20 new items",
            ours=ours_figure,
            unit=unit,
            beside="sqlite3 executemany",
            reference=raw_figure,
            goal=goal,
        )


def unchanged(folder: Path) -> Iterator[Row]:
    """Polls that change nothing but the source's state."""
    count, watch, path = GROUPS * POLLS, Stopwatch(), folder / "unchanged.db"
    with Store.open(f"sqlite:///{path}") as store:
        states = configure(store, POLLS)
        for number in range(ROUNDS * GROUPS):
            records = [a_poll(state, poll=number) for state in states]
            with watch.of("ours"):
                committed = commit(store, records, {})
            assert all(each.accepted for each in committed)
            if number % GROUPS == GROUPS - 1:
                watch.end_round()
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA synchronous=FULL")
        columns = ("next_poll_at", "last_polled_at", "poll_seq")
        update = f"UPDATE sources SET {', '.join(f'{c} = ?' for c in columns)} WHERE id = ?"
        for number in range(ROUNDS * GROUPS):
            rows = [(number, number, number, state.id) for state in states]
            with watch.of("raw"):
                connection.execute("BEGIN IMMEDIATE")
                connection.executemany(update, rows)
                connection.execute("COMMIT")
            if number % GROUPS == GROUPS - 1:
                watch.end_round()
    yield Row(
        stage="store, groups of 50 unchanged polls",
        ours=watch.cpu("ours") / count * 1e6,
        unit="µs CPU/poll",
        beside="sqlite3 executemany",
        reference=watch.cpu("raw") / count * 1e6,
    )


def due(folder: Path) -> Iterator[Row]:
    """What the scheduler and then the poll lane ask, with every source due."""
    watch, path = Stopwatch(), folder / "due.db"
    where = "WHERE inactive_since IS NULL AND next_poll_at <= 1e18"
    with (
        Store.open(f"sqlite:///{path}") as store,
        closing(sqlite3.connect(path)) as connection,
    ):
        configure(store, SOURCES)
        for _ in range(ROUNDS):
            with watch.of("hosts"):
                hosts = store.due_hosts(NOW, SOURCES)
            with watch.of("raw hosts"):
                connection.execute(f"SELECT host FROM sources {where}").fetchall()
            asked = hosts[:HOSTS_ASKED]
            with watch.of("sources"):
                found = sum(len(store.due_sources(host, NOW)) for host in asked)
            with watch.of("raw sources"):
                for host in asked:
                    one = f"SELECT * FROM sources {where} AND host = ?"
                    connection.execute(one, (host,)).fetchall()
            watch.end_round()
    assert len(hosts) == -(-SOURCES // SOURCES_OF_A_HOST)
    for stage, name, sources in (
        ("hosts that are due", "hosts", SOURCES),
        ("sources due at a host", "sources", found),
    ):
        yield Row(
            stage=f"store, {stage}, 100,000 due",
            ours=watch.cpu(name) / sources * 1e6,
            unit="µs CPU/due source",
            beside="sqlite3, bare rows",
            reference=watch.cpu(f"raw {name}") / sources * 1e6,
            goal="<= 20",
        )


def configure(store: Store, count: int) -> list[SourceState]:
    sources = [
        Source(url=f"https://wire-{n // SOURCES_OF_A_HOST}.example/{n}", name=f"Wire {n}")
        for n in range(count)
    ]
    store.sync_sources(sources, now=NOW, rng=random.Random(1), spread=timedelta(0))
    return store.source_states()


def a_group(
    states: Sequence[SourceState], number: int
) -> tuple[list[PollRecord], dict[SourceId, Decision]]:
    """Return polls of new items and what the policy makes of each."""
    now = NOW + timedelta(seconds=number)
    found = {
        state.id: tuple(a_sighting(state, f"{number}/{n}", now) for n in range(ITEMS))
        for state in states
    }
    records = [a_poll(state, found[state.id], poll=number) for state in states]
    return records, {source: a_decision(found[source], now) for source in found}


def a_decision(new: Sequence[Sighting], now: datetime) -> Decision:
    joined = {each.item.id: StoryId(each.item.id) for each in new}
    stories = {
        story: Story(id=story, first_seen=now, size=1, sources=("Wire",))
        for story in joined.values()
    }
    return Decision(joined=joined, stories=stories)


def a_poll(state: SourceState, sightings: tuple[Sighting, ...] = (), *, poll: int) -> PollRecord:
    now = NOW + timedelta(seconds=poll)
    return PollRecord(
        outcome=PollOutcome.NEW if sightings else PollOutcome.UNCHANGED,
        state=replace(
            state,
            next_poll_at=now + timedelta(hours=1),
            last_polled_at=now,
            poll_seq=state.poll_seq + poll,
        ),
        source=Source(url=state.url, name=state.host),
        now=now,
        sightings=sightings,
        seen={
            key: Known(item=sighting.item.id, fingerprint=sighting.item.id[:16])
            for sighting in sightings
            for key in sighting.item.keys
        },
    )


def a_sighting(state: SourceState, guid: str, now: datetime) -> Sighting:
    name = f"{state.url}/{guid}"
    entry = Entry(
        guid=name,
        title=f"Venezuelan airspace is closed, part {guid}",
        summary=SUMMARY,
        link=name,
        author="A. Reporter",
        published=now,
    )
    item = Item(
        id=ItemId(digest("item", name)[:24]),
        keys=(digest("guid", name), digest("link", name)),
        source=SourceRef(name=state.host, url=state.url),
        entry=entry,
        first_seen=now,
        language="en",
        link_key=digest("link", name),
        title_key=digest("title", name),
    )
    return Sighting(item=item)


def commit(
    store: Store, group: Sequence[PollRecord], decisions: Mapping[SourceId, Decision]
) -> list[Committed]:
    def no_message(alert: Alert) -> Message:
        raise AssertionError(alert)

    return store.commit(
        group,
        lambda record, _new, _book: decisions[record.state.id],
        story_window=timedelta(hours=72),
        webhook_id=lambda alert, notifier: f"{alert}{notifier}",
        message=no_message,
    )


def stored_groups(path: Path) -> list[list[tuple[str, list[tuple[object, ...]]]]]:
    """Read back what was written, as inserts for each table in the groups they came in."""
    times = {"items": "first_seen", "item_keys": "last_seen", "stories": "first_seen"}
    groups = []
    with closing(sqlite3.connect(path)) as connection:
        for number in range(GROUPS):
            at = int((NOW + timedelta(seconds=number)).timestamp()) * 10**6
            group = []
            for table, column in times.items():
                found = connection.execute(
                    f"SELECT * FROM {table} WHERE {column} = ?", (at,)
                ).fetchall()
                marks = ", ".join("?" * len(found[0]))
                group.append((f"INSERT INTO {table} VALUES ({marks})", found))
            groups.append(group)
    return groups


def write_raw(
    path: Path, groups: list[list[tuple[str, list[tuple[object, ...]]]]], watch: Stopwatch
) -> int:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA synchronous=FULL")
        with watch.of("raw"):
            for group in groups:
                connection.execute("BEGIN IMMEDIATE")
                for statement, rows in group:
                    connection.executemany(statement, rows)
                connection.execute("COMMIT")
        return int(connection.execute("SELECT count(*) FROM items").fetchone()[0])


def digest(*parts: str) -> str:
    return blake2b("\0".join(parts).encode(), digest_size=16).hexdigest()
