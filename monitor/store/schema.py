"""Brings a database to this release's tables, or says why it can't.

One SELECT tells that nothing is to be done; Alembic is loaded only when something is.
"""

import sqlite3
from contextlib import closing, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, text

from monitor.errors import StoreError
from monitor.store.engine import Database
from monitor.store.lock import ADVISORY_SCHEMA, hold_file

if TYPE_CHECKING:
    from alembic.config import Config

HEAD = "0003"  # the newest file in migrations/versions
MIGRATIONS = Path(__file__).parent / "migrations"
CHECKED_BYTES = 64 * 2**20


def prepare(database: Database, *, head: str = HEAD, migrations: Path = MIGRATIONS) -> None:
    """Create or upgrade the tables, all or nothing; a SQLite file with data is copied first.

    Raises StoreError where the database is newer than `head` or is another program's.
    """
    with database.read() as connection:
        version = _version(connection)
    if version == head:
        return
    scripts = _scripts(migrations)
    if version:
        _refuse_newer(scripts, version, database.place)
    file = database.path if version else None
    with hold_file(file, "upgrading it") if file else nullcontext():
        if file:
            _copy(file, file.with_name(f"{file.name}.before-{head}"))
        with database.write() as connection:
            _upgrade(connection, scripts, head)


def is_ready(database: Database) -> bool:
    """Tell whether the tables are those of this release, without changing anything."""
    with database.read() as connection:
        return _version(connection) == HEAD


def _version(connection: Connection) -> str | None:
    """Return the revision of the tables, None for an empty database."""
    inspector = inspect(connection)
    if inspector.has_table("alembic_version"):
        version: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
        return version
    if tables := inspector.get_table_names():
        raise StoreError(
            "store.url names a database that holds another program's tables "
            f"({', '.join(sorted(tables)[:3])}); give the monitor one of its own"
        )
    return None


def _scripts(migrations: Path) -> "Config":
    from alembic.config import Config

    scripts = Config()
    scripts.set_main_option("script_location", str(migrations).replace("%", "%%"))
    return scripts


def _refuse_newer(scripts: "Config", version: str, place: str) -> None:
    from alembic.script import ScriptDirectory

    known = {script.revision for script in ScriptDirectory.from_config(scripts).walk_revisions()}
    if version not in known:
        raise StoreError(
            f"{place} was written by a newer release (its tables are at {version}, this release "
            f"knows up to {max(known)}); install that release again, or change store.url"
        )


def _upgrade(connection: Connection, scripts: "Config", head: str) -> None:
    from alembic import command

    if connection.dialect.name == "postgresql":
        connection.execute(text(f"SELECT pg_advisory_xact_lock({ADVISORY_SCHEMA})"))
    # Another process may have been first while this one waited.
    if _version(connection) != head:
        scripts.attributes["connection"] = connection
        command.upgrade(scripts, head)


def _copy(file: Path, copy: Path) -> None:
    unfinished = copy.with_name(f"{copy.name}.part")
    try:
        unfinished.unlink(missing_ok=True)
        unfinished.touch(mode=0o600)
        with (
            closing(sqlite3.connect(file)) as source,
            closing(sqlite3.connect(unfinished)) as target,
        ):
            source.backup(target)
        unfinished.replace(copy)
    except (OSError, sqlite3.Error) as error:
        raise StoreError(
            f"{file} must be upgraded, but no copy can be made first ({error}); "
            f"make room in {file.absolute().parent}"
        ) from None


def refuse_damaged(database: Database) -> None:
    """Raise StoreError where SQLite finds its own structure broken.

    Larger files are not read through: it would keep the monitor from starting for many seconds.
    """
    if database.path and database.path.stat().st_size <= CHECKED_BYTES:
        with database.read() as connection:
            found = connection.scalar(text("PRAGMA quick_check(1)"))
        if found != "ok":
            raise StoreError(
                f"{database.place} is damaged ({found}); nothing was changed: "
                "move it away, restore a backup, or change store.url"
            )
