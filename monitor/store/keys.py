"""Keys: the names under which a source is known to have shown items, whether kept or not."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select

from monitor.model import Known, SourceId
from monitor.store.bulk import Bulk, Lookup, MakeInsert
from monitor.store.columns import all_bytes, distinct_keys, micros
from monitor.store.engine import Database
from monitor.store.tables import item_keys

_FIND = Lookup(
    lambda keys: select(item_keys.c.key, item_keys.c.item, item_keys.c.fingerprint).where(
        item_keys.c.source_id == bindparam("source"), item_keys.c.key.in_(keys)
    )
)


def _name(insert: MakeInsert) -> Any:
    statement = insert(item_keys)
    told = {name: statement.excluded[name] for name in ("last_seen", "item", "fingerprint")}
    return statement.on_conflict_do_update(index_elements=["source_id", "key"], set_=told)


_NAME = Bulk(_name, names=item_keys.c.keys())


def known(database: Database, source: SourceId, keys: Iterable[str]) -> dict[str, Known]:
    """Return what the keys name that the source has ever shown."""
    with database.read() as connection:
        return {
            bytes(key).hex(): Known(
                item=item, fingerprint=bytes(fingerprint).hex() if fingerprint else ""
            )
            for key, item, fingerprint in _FIND(connection, distinct_keys(keys), source=source)
        }


def shown(connection: Connection, source: SourceId, keys: Iterable[str]) -> set[str]:
    """Return those of the keys that the source has ever shown."""
    found = _FIND(connection, distinct_keys(keys), source=source)
    return {bytes(key).hex() for key, _, _ in found}


def name_items(
    connection: Connection, seen: Iterable[tuple[SourceId, datetime, Mapping[str, Known]]]
) -> None:
    """Write what keys name from now on, and when they were seen."""
    rows: list[tuple[Any, ...]] = []
    for source, now, keys in seen:
        at = micros(now)
        rows += [
            (source, key, at, each.item, bytes.fromhex(each.fingerprint) or None)
            for key, each in zip(all_bytes(keys), keys.values(), strict=True)
        ]
    _NAME(connection, rows)
