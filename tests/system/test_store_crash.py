"""A process killed at any point of a commit leaves all of it or nothing."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from store_builders import WIRE, a_poll, commit, configure, key, unknown

from monitor.store import Store

TESTS = str(Path(__file__).parent.parent)

# Forks a child for every point, so that the imports are paid for once. Each kills itself before
# one statement further than the last; then before COMMIT; then after it, leaving a mark.
EVERY_POINT = """
import os, pathlib, shutil, signal, sys
from sqlalchemy import Engine, event
from store_builders import a_poll, commit
from monitor.store import Store

def commit_and_die(file, statements_left):
    store = Store.open(f"sqlite:///{file}")
    [state] = store.source_states()

    def die_in_turn(*_):
        nonlocal statements_left
        statements_left -= 1
        if not statements_left:
            os.kill(os.getpid(), signal.SIGKILL)

    def count(connection, *_):
        connection.set_trace_callback(die_in_turn)  # SQLite calls it before each statement

    event.listen(Engine, "checkout", count)
    commit(store, a_poll(state, "1", "2", etag='"after"'))
    file.with_suffix(".committed").touch()
    os.kill(os.getpid(), signal.SIGKILL)

folder, point = pathlib.Path(sys.argv[1]), 0
while not list(folder.glob("*.committed")):
    point += 1
    file = folder / f"{point}.db"
    shutil.copy(folder / "before.db", file)
    if child := os.fork():
        os.waitpid(child, 0)
    else:
        commit_and_die(file, point)
"""
WITHOUT_END = """
import sys
from store_builders import a_poll, again, commit
from monitor.store import Store

store = Store.open(sys.argv[1])
[state] = store.source_states()
for number in range(10**6):
    guids = [f"{number}-{n}" for n in range(20)]
    commit(store, a_poll(again(store, state), *guids, etag=str(number)))
    print(number, flush=True)
"""


def start(code: str, argument: object) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", code, str(argument)],
        env=os.environ | {"PYTHONPATH": TESTS},
        stdout=subprocess.PIPE,
        text=True,
    )


@pytest.fixture(scope="module")
def crashed(tmp_path_factory) -> list[Path]:
    """Return the stores of processes that died, each one step further into the same commit."""
    folder = tmp_path_factory.mktemp("crashed")
    with Store.open(f"sqlite:///{folder}/before.db") as store:
        configure(store)
    child = start(EVERY_POINT, folder)
    child.communicate()
    assert child.returncode == 0
    return sorted(folder.glob("[0-9]*.db"), key=lambda file: int(file.stem))


def test_a_commit_that_returned_is_there_whole(crashed):
    with Store.open(f"sqlite:///{crashed[-1]}") as store:
        [state] = store.source_states()
        assert (state.etag, state.poll_seq) == ('"after"', 1)
        assert len(list(store.items())) == len(store.deliveries()) == 2


def test_a_commit_killed_before_its_end_leaves_nothing_and_its_repetition_the_same_ids(crashed):
    assert len(crashed) > 12
    with Store.open(f"sqlite:///{crashed[-1]}") as store:
        whole = {each.webhook_id for each in store.deliveries()}
    for file in crashed[:-1]:
        with Store.open(f"sqlite:///{file}") as store:
            [state] = store.source_states()
            assert (state.etag, state.poll_seq) == (None, 0)
            assert list(store.items()) == store.deliveries() == []
            assert len(unknown(store, state, key(WIRE, "1"), key(WIRE, "2"))) == 2
            commit(store, a_poll(state, "1", "2"))
            assert {each.webhook_id for each in store.deliveries()} == whole


@pytest.mark.parametrize("seed", range(3))
def test_kill_9_at_any_moment_loses_nothing_that_was_acknowledged(tmp_path, seed):
    url = f"sqlite:///{tmp_path}/monitor.db"
    with Store.open(url) as store:
        configure(store)
    child = start(WITHOUT_END, url)
    assert child.stdout
    child.stdout.readline()
    time.sleep(random.Random(seed).uniform(0, 0.2))
    child.send_signal(signal.SIGKILL)
    acknowledged = [0, *map(int, child.communicate()[0].split())]
    with Store.open(url) as store:
        [state] = store.source_states()
        last = int(state.etag or "-1")
        assert last - max(acknowledged) in {0, 1}
        # The validator and the items it stands for are one: none is ahead of the other.
        assert {item.entry.guid for item in store.items()} == {
            f"{number}-{n}" for number in range(last + 1) for n in range(20)
        }
