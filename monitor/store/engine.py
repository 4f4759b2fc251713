"""One database, two ways in: `read` from any thread, `write` from one at a time.

Knows SQLite's and PostgreSQL's peculiarities so that no other file here has to, and turns what
the libraries raise into StoreError with what to do about it.
"""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import (
    ArgumentError,
    DBAPIError,
    SQLAlchemyError,
)

from monitor.errors import StoreError

# How long to wait for a server, or for another program's lock; the URL may say otherwise.
PATIENCE_SECONDS = 10
READERS = 4
# After a slow reader has let the write-ahead log grow, the next checkpoint cuts it back to this.
LOG_LIMIT_BYTES = 64 * 2**20
_DRIVERS = {"sqlite": "sqlite", "postgresql": "postgresql+psycopg"}


class UnavailableError(StoreError):
    """The database is locked, full or away: the same write will fail again just now."""


class Database:
    """Connections to one database; `path` is its file, None for PostgreSQL."""

    def __init__(self, url: URL) -> None:
        self.url = url
        self.path = _file_of(url)
        self.place = url.set(query={}).render_as_string(hide_password=True)
        self._identity: tuple[int, int] | None = None
        if self.path:
            _create_private(self.path, self.place)
            self._identity = _identity(self.path)
        try:
            self._writer = self._engine(readers=0)
            self._readers = self._engine(readers=READERS)
        except ModuleNotFoundError as missing:
            raise StoreError(
                f"{self.place}: the driver {missing.name} is not installed; "
                "pip install 'news-feed-monitor[postgres]'"
            ) from None
        self._driver: Any = self._writer.dialect.loaded_dbapi

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Lend a connection on which every statement sees what is committed by then."""
        with self.translated(), self._readers.connect() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Lend the writing connection inside a transaction, committed when the block ends well."""
        self._check_file()
        with self.translated(), self._writer.begin() as connection:
            if self.path:
                # Not as an engine's event: with one, each statement asks for listeners.
                connection.connection.cursor().execute("BEGIN IMMEDIATE")
            yield connection

    def session(self, name: str) -> Engine:
        """Return a separate PostgreSQL connection's engine, shown to others under `name`."""
        return create_engine(
            self.url,
            isolation_level="AUTOCOMMIT",
            pool_size=1,
            connect_args={"application_name": name},
        )

    def close(self) -> None:
        """Close every connection; the last one folds SQLite's log into the file."""
        self._readers.dispose()
        self._writer.dispose()

    @contextmanager
    def translated(self) -> Iterator[None]:
        """Turn what the libraries raise into StoreError."""
        try:
            yield
        except (SQLAlchemyError, self._driver.Error) as error:
            # The hot paths ask the driver itself, whose errors nobody has wrapped.
            told = error.orig if isinstance(error, DBAPIError) else error
            away = isinstance(told, (self._driver.OperationalError, self._driver.InterfaceError))
            raise _in_words(str(told).strip(), type(error), self.place, away=away) from error

    def _engine(self, *, readers: int) -> Engine:
        pool: dict[str, Any] = (
            {"pool_size": readers, "isolation_level": "AUTOCOMMIT"}
            if readers
            else {"pool_size": 1, "max_overflow": 0}
        )
        if self.path is None:
            return create_engine(
                self.url,
                paramstyle="format",  # positional, as the bulk writes need it
                pool_pre_ping=True,
                **pool,
            )
        engine = create_engine(self.url, **pool)
        event.listen(engine, "connect", _prepare_reader if readers else _prepare_writer)
        return engine

    def _check_file(self) -> None:
        # SQLite goes on writing into a file that was removed or replaced; all of it would be lost.
        if self.path and _identity(self.path) != self._identity:
            raise UnavailableError(
                f"{self.place} was removed or replaced while in use; restart to use what is there"
            )


def open_database(url: str) -> Database:
    """Make the connections for a store's URL. Raises StoreError for one that can't be used."""
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        parsed = URL.create("unknown")
    driver = _DRIVERS.get(parsed.drivername.partition("+")[0])
    if driver is None:
        raise StoreError(
            "store.url must begin with sqlite:/// or postgresql+psycopg://, "
            "for example sqlite:///monitor.db"
        )
    patience = {"timeout" if driver == "sqlite" else "connect_timeout": str(PATIENCE_SECONDS)}
    return Database(parsed.set(drivername=driver, query=patience | dict(parsed.query)))


def _file_of(url: URL) -> Path | None:
    if url.get_backend_name() != "sqlite":
        return None
    if not url.database or url.database == ":memory:" or url.database.startswith("file:"):
        raise StoreError("the store needs a file, for example sqlite:///monitor.db")
    return Path(url.database)


def _create_private(path: Path, place: str) -> None:
    # Made before SQLite would, so that nobody else may read it; SQLite gives its other files the
    # same mode. The process-wide umask is left alone: other threads create files too.
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
    except FileNotFoundError:
        raise StoreError(
            f"{place}: there is no directory {path.absolute().parent}; "
            "create it or change store.url"
        ) from None
    except OSError as error:
        raise StoreError(
            f"{place} can't be opened for writing ({error.strerror}); "
            "change its owner or mode, or store.url"
        ) from None


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino


def _prepare_writer(connection: sqlite3.Connection, record: object) -> None:
    del record
    # The driver would begin a deferred transaction, which fails at once instead of waiting when
    # it turns from reading to writing; Database.write begins an immediate one instead.
    connection.isolation_level = None
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute(f"PRAGMA journal_size_limit={LOG_LIMIT_BYTES}")


def _prepare_reader(connection: sqlite3.Connection, record: object) -> None:
    del record
    connection.execute("PRAGMA query_only=ON")


def _in_words(said: str, kind: type[Exception], place: str, *, away: bool) -> StoreError:
    words = said.partition("\n")[0] or kind.__name__
    if "not a database" in words or "malformed" in words:
        return StoreError(
            f"{place} is damaged or not a database ({words}); nothing was changed: move it away, "
            "restore a backup, or change store.url"
        )
    if not away:
        return StoreError(f"{place}: {words}")
    if "locked" in words:
        return UnavailableError(f"{place} is locked: another program has held it for too long")
    if "disk is full" in words:
        return UnavailableError(f"{place}: the disk is full; make room and it goes on by itself")
    return UnavailableError(f"{place} can't be used: {words}")
