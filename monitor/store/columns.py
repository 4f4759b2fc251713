"""How values lie in columns: times as microseconds since 1970, keys as bytes, the rest as JSON.

Both databases hold the same bytes. Reads and conditions convert through the column types; the
bulk writes of one commit convert by hand with the same functions, which is several times faster.
"""

import json
from collections.abc import Collection, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any, TypeAlias

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Dialect,
    Integer,
    LargeBinary,
    Row,
    String,
    Text,
    TypeDecorator,
    type_coerce,
)

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
AnyRow: TypeAlias = Row[*tuple[Any, ...]]

KEY_BYTES = 16
# Made once: json.dumps would make another encoder for every value.
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode

# SQLite numbers rows by itself only where the column is spelled INTEGER.
RowId = BigInteger().with_variant(Integer(), "sqlite")
# Prefixes of ids are found by range, which needs the order of their bytes.
Id = String(64).with_variant(String(64, collation="C"), "postgresql")


def micros(moment: datetime) -> int:
    """Return an aware time as microseconds since 1970 UTC."""
    return (moment - EPOCH) // _MICROSECOND


def optional_micros(moment: datetime | None) -> int | None:
    """Return `micros(moment)`, or None for None."""
    return None if moment is None else micros(moment)


def to_json(value: Any) -> str:
    """Return compact JSON text."""
    return _encode(value)


def key_bytes(key: str) -> bytes:
    """Return the bytes of a key; raises ValueError where it isn't 32 hex digits."""
    raw = bytes.fromhex(key)
    if len(raw) != KEY_BYTES:
        raise ValueError(f"a key has {2 * KEY_BYTES} hex digits, unlike {key!r}")
    return raw


def optional_key(key: str) -> bytes | None:
    """Return `key_bytes(key)`, or None for the empty key."""
    return key_bytes(key) if key else None


def distinct_keys(keys: Iterable[str]) -> list[bytes]:
    """Return the bytes of each key that isn't empty, once."""
    return all_bytes(set(keys) - {""})


def all_bytes(keys: Collection[str]) -> list[bytes]:
    """Return `key_bytes` of each key, in their order."""
    raw = list(map(bytes.fromhex, keys))
    if set(map(len, raw)) <= {KEY_BYTES}:
        return raw
    return [key_bytes(key) for key in keys]


def moment(number: int) -> datetime:
    """Return the time that `micros` made a number of."""
    return EPOCH + timedelta(microseconds=number)


class Instant(TypeDecorator[datetime]):
    """An aware UTC time."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        """Turn a time into its number."""
        del dialect
        return optional_micros(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        """Turn the number back into a time."""
        del dialect
        return None if value is None else moment(value)


class Key(TypeDecorator[str]):
    """A key: hex in the model, half as many bytes here; NULL for the empty key."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> bytes | None:
        """Turn hex into bytes."""
        del dialect
        return optional_key(value or "")

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> str | None:
        """Turn bytes into hex."""
        del dialect
        return "" if value is None else value.hex()


class Keys(TypeDecorator[tuple[str, ...]]):
    """All keys of one item behind one another, the strongest first."""

    impl = LargeBinary
    cache_ok = True

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> tuple[str, ...]:
        """Cut the bytes into keys."""
        del dialect
        joined = (value or b"").hex()
        size = 2 * KEY_BYTES
        return tuple(joined[start : start + size] for start in range(0, len(joined), size))


class Json(TypeDecorator[Any]):
    """A JSON value, as text made by `to_json`."""

    impl = Text
    cache_ok = True

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        """Turn the text back into the value."""
        del dialect
        return None if value is None else json.loads(value)


def later(column: ColumnElement[Any], delta: timedelta) -> ColumnElement[Any]:
    """Return the SQL for a time column moved by `delta`; NULL stays NULL."""
    return type_coerce(column, BigInteger) + delta // _MICROSECOND
