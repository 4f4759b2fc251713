"""One `monitor run` at a time on one store, told apart by the operating system.

The lock goes with the process that holds it, however that ends.
"""

import fcntl
import os
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, text

from monitor.errors import StoreError
from monitor.store.engine import Database

# Numbers of our own among PostgreSQL's advisory locks, which all programs of a database share.
ADVISORY_RUN = 7_236_402_001
ADVISORY_SCHEMA = 7_236_402_002
ADVISORY_STORIES = 7_236_402_003
# Whoever asks for the holder of a file takes its lock for an instant, and PostgreSQL learns a
# moment late that a client was killed; neither may refuse the next one.
PAUSES_SECONDS = (0.05, 0.15, 0.3, 0.5, 1.0, 0.0)


@contextmanager
def hold_file(file: Path, purpose: str) -> Iterator[None]:
    """Hold the lock beside a SQLite file. Raises StoreError naming the pid that has it."""
    path = _beside(file)
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise StoreError(f"{path} can't be opened ({error.strerror}); change its owner") from None
    try:
        if not _tried(lambda: _locked(descriptor)):
            holder = _written(descriptor)
            raise StoreError(
                f"{file} is in use by monitor run ({holder}); stop it before {purpose}"
            )
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        yield
    finally:
        os.close(descriptor)


def _beside(file: Path) -> Path:
    # Of the file itself, whatever link leads to it.
    real = file.resolve()
    return real.with_name(f"{real.name}.lock")


def file_holder(file: Path) -> str | None:
    """Return who holds the lock beside a SQLite file, as in "pid 123"; None if nobody does."""
    try:
        descriptor = os.open(_beside(file), os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return _written(descriptor)
    finally:
        os.close(descriptor)
    return None


def server_holder(database: Database) -> str | None:
    """Return who holds PostgreSQL's lock; None if nobody does."""
    with database.read() as connection:
        return _holder(connection)


def _tried(attempt: Callable[[], bool]) -> bool:
    for pause in PAUSES_SECONDS:
        if attempt():
            return True
        time.sleep(pause)
    return False


def _locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _written(descriptor: int) -> str:
    return f"pid {os.read(descriptor, 20).decode(errors='replace').strip() or 'unknown'}"


@contextmanager
def hold_server(database: Database) -> Iterator[None]:
    """Hold PostgreSQL's lock on a session of its own. Raises StoreError naming who has it."""
    engine = database.session(f"monitor run, pid {os.getpid()} on {socket.gethostname()}")
    try:
        with database.translated(), engine.connect() as connection:
            taken = text(f"SELECT pg_try_advisory_lock({ADVISORY_RUN})")
            if not _tried(lambda: bool(connection.scalar(taken))):
                raise StoreError(
                    f"{database.place} is in use by {_holder(connection) or 'another'}; stop it"
                )
            yield
    finally:
        engine.dispose()


def _holder(connection: Connection) -> str | None:
    # PostgreSQL shows a 64-bit advisory lock as two halves.
    found: str | None = connection.scalar(
        text(
            "SELECT application_name FROM pg_stat_activity JOIN pg_locks USING (pid) "
            "WHERE locktype = 'advisory' AND granted AND classid = :high AND objid = :low "
            "AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
        ),
        {"high": ADVISORY_RUN >> 32, "low": ADVISORY_RUN & 0xFFFFFFFF},
    )
    return found
