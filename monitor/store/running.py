"""What `monitor run` goes by, for commands in other processes to show."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select, update

from monitor.model import Rejected, Running
from monitor.store.columns import to_json
from monitor.store.engine import Database
from monitor.store.tables import running

_ROW = 1


def tell_running(database: Database, told: Running) -> None:
    """Keep one configuration, in place of the one before."""
    said = asdict(told) | {"loaded_at": told.loaded_at.isoformat()}
    if told.rejected:
        said["rejected"]["at"] = told.rejected.at.isoformat()
    with database.write() as connection:
        connection.execute(delete(running))
        connection.execute(insert(running).values(id=_ROW, configuration=to_json(said)))


def touch(database: Database) -> None:
    """Write what is there already: whoever returns from it could have written more."""
    with database.write() as connection:
        connection.execute(update(running).values(configuration=running.c.configuration))


def read_running(database: Database) -> Running | None:
    """Return the configuration told last; None where none ever was."""
    with database.read() as connection:
        said: dict[str, Any] | None = connection.scalar(select(running.c.configuration))
    if said is None:
        return None
    at, rejected = datetime.fromisoformat(said["loaded_at"]), said["rejected"]
    if rejected:
        rejected = Rejected(**rejected | {"at": datetime.fromisoformat(rejected["at"])})
    return Running(
        **said | {"loaded_at": at, "rejected": rejected, "restart": tuple(said["restart"])}
    )
