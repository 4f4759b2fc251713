"""Opening, upgrading and holding a store, on every database."""

import fcntl
import os
import signal
import sqlite3
import stat
import subprocess
import sys
import threading
import time
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from builders import NOW
from sqlalchemy import create_engine, inspect, text
from store_builders import a_poll, commit, configure

from monitor.errors import StoreError
from monitor.store import Store, schema
from monitor.store.engine import open_database
from monitor.store.tables import metadata

HOLD = """
import sys
from monitor.store import Store
store = Store.open(sys.argv[1])
store.hold()
print("held", flush=True)
sys.stdin.read()
"""
NEXT = """
import sqlalchemy as sa
from alembic import op
revision = "9999"
down_revision = "{head}"

def upgrade():
    op.add_column("sources", sa.Column("mood", sa.Text))
    {more}
"""


@pytest.fixture
def empty_url(databases):
    return databases.new(ready=False)


@pytest.fixture
def store_url(databases):
    """Return a database of the test's own: here the tables themselves are changed."""
    return databases.new(ready=True)


@pytest.fixture
def next_release(tmp_path: Path):
    """Return a function that writes the migrations of a release with one more of them."""

    def write(more: str = "pass") -> dict[str, object]:
        scripts = tmp_path / f"migrations-{len(list(tmp_path.iterdir()))}"
        (scripts / "versions").mkdir(parents=True)
        released = ("0001_first_tables", "0002_learned", "0003_stories")
        for name in ("env.py", *(f"versions/{file}.py" for file in released)):
            (scripts / name).write_text((schema.MIGRATIONS / name).read_text())
        (scripts / "versions" / "9999_next.py").write_text(NEXT.format(head=schema.HEAD, more=more))
        return {"head": "9999", "migrations": scripts}

    return write


@pytest.fixture
def holder(store_url):
    child = subprocess.Popen(
        [sys.executable, "-c", HOLD, store_url],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert child.stdout.readline() == "held\n"
    yield child
    child.kill()
    child.communicate()


def columns(url: str, table: str) -> set[str]:
    engine = create_engine(url)
    try:
        return {column["name"] for column in inspect(engine).get_columns(table)}
    finally:
        engine.dispose()


def upgrade(url: str, release: dict[str, object]) -> None:
    database = open_database(url)
    try:
        schema.prepare(database, **release)
    finally:
        database.close()


def set_version(url: str, version: str) -> None:
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text(f"UPDATE alembic_version SET version_num = '{version}'"))
    engine.dispose()


def test_a_store_is_made_at_its_first_opening_and_keeps_what_was_written(empty_url):
    with Store.open(empty_url) as store:
        [state] = configure(store)
    with Store.open(empty_url) as store:
        commit(store, a_poll(state, "1"))
    with Store.open(empty_url) as store:
        assert [item.entry.guid for item in store.items()] == ["1"]


def test_the_migrations_make_exactly_the_tables_the_code_uses(store, store_url):
    engine = create_engine(store_url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        differences = compare_metadata(context, metadata)
    engine.dispose()
    assert differences == []


def test_head_is_the_newest_migration():
    scripts = Config()
    scripts.set_main_option("script_location", str(schema.MIGRATIONS))
    assert ScriptDirectory.from_config(scripts).get_current_head() == schema.HEAD


def test_a_new_store_may_be_opened_by_several_processes_at_once(empty_url):
    code = "import sys; from monitor.store import Store; Store.open(sys.argv[1]).close()"
    children = [subprocess.Popen([sys.executable, "-c", code, empty_url]) for _ in range(3)]
    assert [child.wait() for child in children] == [0, 0, 0]


def test_a_store_of_the_previous_release_is_upgraded_with_its_data(
    open_store, store_url, next_release
):
    [state] = configure(open_store())
    commit(open_store(), a_poll(state, "1"))
    upgrade(store_url, next_release())
    assert "mood" in columns(store_url, "sources")
    set_version(store_url, schema.HEAD)
    assert [item.entry.guid for item in open_store().items()] == ["1"]


def test_a_failing_upgrade_changes_nothing(open_store, store_url, next_release):
    configure(open_store())
    with pytest.raises(StoreError, match="nowhere"):
        upgrade(store_url, next_release('op.drop_column("nowhere", "x")'))
    assert "mood" not in columns(store_url, "sources")
    assert len(open_store().source_states()) == 1


def test_a_newer_store_is_refused(open_store, store_url):
    open_store().close()
    set_version(store_url, "0999")
    with pytest.raises(StoreError, match=r"newer release .*0999.*install that release again"):
        open_store()


def test_a_database_with_anothers_tables_is_refused_untouched(empty_url):
    engine = create_engine(empty_url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE bookmarks (url TEXT)"))
    with pytest.raises(StoreError, match=r"another program's tables \(bookmarks\)"):
        Store.open(empty_url)
    assert inspect(engine).get_table_names() == ["bookmarks"]
    engine.dispose()


def test_a_held_store_names_the_pid_that_holds_it(store, holder):
    with pytest.raises(StoreError, match=rf"in use by monitor run.*pid {holder.pid}\b"):
        store.hold()


def test_who_holds_a_store_can_be_asked(store, holder):
    assert f"pid {holder.pid}" in store.holder()
    assert f"pid {holder.pid}" in store.holder()
    holder.kill()
    holder.wait()
    # The server learns of a client's end a moment later.
    patience = time.monotonic() + 30
    while store.holder() and time.monotonic() < patience:
        time.sleep(0.01)
    assert store.holder() is None


def test_a_killed_holder_keeps_nobody_from_holding_the_store(store, holder):
    holder.kill()
    holder.wait()
    store.hold()


def test_asking_who_holds_a_store_keeps_nobody_from_holding_it(tmp_path):
    url, lock = f"sqlite:///{tmp_path}/monitor.db", tmp_path / "monitor.db.lock"
    with Store.open(url) as store, lock.open("w") as asking:
        fcntl.flock(asking, fcntl.LOCK_SH)
        threading.Timer(0.02, lambda: fcntl.flock(asking, fcntl.LOCK_UN)).start()
        store.hold()


def test_a_held_store_can_still_be_read_and_written(store, holder):
    configure(store)
    assert len(store.source_states()) == 1


def test_the_lock_is_free_after_kill_9(store, holder):
    holder.send_signal(signal.SIGKILL)
    holder.wait()
    store.hold()


def test_closing_gives_the_lock_back(open_store):
    first = open_store()
    first.hold()
    first.close()
    open_store().hold()


def test_an_upgrade_waits_for_nobody_but_says_who_is_running(tmp_path, next_release):
    url = f"sqlite:///{tmp_path}/monitor.db"
    with Store.open(url) as running:
        running.hold()
        with pytest.raises(StoreError, match=rf"pid {os.getpid()}\); stop it before upgrading"):
            upgrade(url, next_release())


def test_an_upgrade_of_a_file_leaves_a_copy_of_what_was(tmp_path, next_release):
    file = tmp_path / "monitor.db"
    with Store.open(f"sqlite:///{file}") as store:
        configure(store)
    upgrade(f"sqlite:///{file}", next_release())
    copy = tmp_path / "monitor.db.before-9999"
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    with Store.open(f"sqlite:///{copy}") as before:
        assert len(before.source_states()) == 1


def test_files_of_the_store_are_private(tmp_path):
    with Store.open(f"sqlite:///{tmp_path}/monitor.db") as store:
        store.hold()
        configure(store)
        modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}
    assert set(modes) == {f"monitor.db{end}" for end in ("", "-wal", "-shm", ".lock")}
    assert set(modes.values()) == {0o600}


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("sqlite:///{0}/no/such/monitor.db", "there is no directory .*create it"),
        ("sqlite:///{0}", r"can't be opened for writing \(Is a directory\)"),
        ("sqlite://", "needs a file"),
        ("sqlite:///:memory:", "needs a file"),
        ("mysql://localhost/monitor", "must begin with sqlite:/// or postgresql"),
        ("monitor.db", "must begin with sqlite:///"),
        ("postgresql://me:planted@127.0.0.1:1/monitor", "can't be used: .*refused"),
    ],
)
def test_a_url_that_cannot_be_used_is_refused_in_words(tmp_path, url, words):
    with pytest.raises(StoreError, match=words) as refused:
        Store.open(url.format(tmp_path))
    assert "planted" not in str(refused.value)


def test_a_file_that_is_no_database_is_refused_untouched(tmp_path):
    file = tmp_path / "monitor.db"
    file.write_text("sources:\n" * 1000)
    with pytest.raises(StoreError, match=r"not a database.*change store\.url"):
        Store.open(f"sqlite:///{file}")
    assert file.read_text() == "sources:\n" * 1000


def test_a_damaged_file_is_refused_before_anything_runs_on_it(tmp_path):
    file = tmp_path / "monitor.db"
    with Store.open(f"sqlite:///{file}") as store:
        states = configure(store, *[f"https://host-{n}.example/feed" for n in range(300)])
        commit(store, *[a_poll(state, "1") for state in states])
    with file.open("r+b") as raw:
        raw.seek(4096 * 30)
        raw.write(b"\xff" * 4096 * 20)
    with Store.open(f"sqlite:///{file}") as store, pytest.raises(StoreError, match="damaged"):
        store.hold()


def test_a_store_replaced_while_open_is_not_written_into_the_void(tmp_path):
    file = tmp_path / "monitor.db"
    with Store.open(f"sqlite:///{file}") as store:
        [state] = configure(store)
        file.rename(tmp_path / "moved.db")
        with pytest.raises(StoreError, match="removed or replaced while in use"):
            commit(store, a_poll(state, "1"))


def test_a_store_locked_by_another_program_says_so_and_recovers(tmp_path):
    file = tmp_path / "monitor.db"
    with Store.open(f"sqlite:///{file}?timeout=0.05") as store:
        with closing(sqlite3.connect(file, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            with pytest.raises(StoreError, match="locked: another program has held it"):
                configure(store)
        configure(store)


def test_reading_goes_on_while_something_is_written(tmp_path):
    file = tmp_path / "monitor.db"
    with Store.open(f"sqlite:///{file}") as store:
        configure(store)
        with closing(sqlite3.connect(file, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            assert store.due_hosts(NOW, 10) == ["wire.example"]


def test_a_store_can_be_named_without_loading_the_database_library():
    code = "import sys, monitor.store; assert 'sqlalchemy' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_opening_a_store_that_is_ready_loads_no_migrations(tmp_path):
    url = f"sqlite:///{tmp_path}/monitor.db"
    Store.open(url).close()
    code = (
        "import sys; from monitor.store import Store; Store.open(sys.argv[1]).close(); "
        "assert 'alembic' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code, url], check=True)
