"""Two workers on one store at the same time, on every database."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import create_engine, text
from store_builders import a_poll, a_sighting_in, again, commit, configure, decide_for

from monitor.errors import StoreError
from monitor.store import Store

SHORE = "https://shore.example/rss"
WIRE = "https://wire.example/feed"
# Long enough for the second worker to come as far as it can while the first one decides.
A_WHILE = 0.3
LEASE = timedelta(minutes=1)


@pytest.fixture
def both_at_once(open_store):
    """Return a function that commits a second record while the first is being decided."""

    def run(first, second):
        deciding, go_on = threading.Event(), threading.Event()

        def slowly(record, new, book):
            deciding.set()
            go_on.wait(A_WHILE)
            return decide_for("desk")(record, new, book)

        with ThreadPoolExecutor(2) as threads:
            one = threads.submit(commit, open_store(), first, decide=slowly)
            assert deciding.wait(30)
            two = threads.submit(commit, open_store(), second)
            return [*one.result(), *two.result()]

    return run


def test_two_workers_never_begin_one_story_twice(store, both_at_once):
    [wire, shore] = configure(store, WIRE, SHORE)
    title = "Venezuelan airspace is closed"
    results = both_at_once(
        a_poll(wire, a_sighting_in(wire, "1", title=title)),
        a_poll(shore, a_sighting_in(shore, "2", title=title)),
    )
    assert [len(each.alerts) for each in results] == [1, 0]
    assert len(store.deliveries()) == 1


def test_two_workers_never_store_one_poll_twice(store, both_at_once):
    [wire] = configure(store, WIRE)
    results = both_at_once(a_poll(wire, "1"), a_poll(wire, "1"))
    assert [each.accepted for each in results] == [True, False]
    assert len(list(store.items())) == 1


def test_two_workers_never_claim_at_one_destination_together(store, open_store):
    [wire] = configure(store, WIRE)
    commit(store, a_poll(wire, *[str(n) for n in range(8)]))
    barrier = threading.Barrier(4)

    def claim(worker: Store):
        barrier.wait(30)
        return worker.claim("desk", now=wire.next_poll_at, lease=LEASE)

    with ThreadPoolExecutor(4) as threads:
        claimed = list(threads.map(claim, [open_store() for _ in range(4)]))
    assert len([each for each in claimed if each]) == 1


@pytest.mark.postgres
def test_a_server_that_goes_away_in_the_middle_costs_one_group_and_no_more(postgres):
    url = postgres.cleared()

    def cut_off(record, new, book):
        engine = create_engine(url, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(
                text(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
            )
        engine.dispose()
        return decide_for("desk")(record, new, book)

    with Store.open(url) as store:
        [wire] = configure(store, WIRE)
        with pytest.raises(StoreError, match="can't be used"):
            commit(store, a_poll(wire, "1"), decide=cut_off)
        assert again(store, wire) == wire
        [committed] = commit(store, a_poll(wire, "1"))
        assert committed.new == 1
