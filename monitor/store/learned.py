"""What was learned of a source, as one column: JSON of the fields that differ from their default.

Fields are text, numbers, tuples of numbers, times and durations. A field that this release does
not know is left out: what is learned is learned again.
"""

import json
from collections.abc import Callable
from dataclasses import fields
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, get_args, get_type_hints

from sqlalchemy import Dialect, Text, TypeDecorator

from monitor.store.columns import EPOCH, micros, to_json

# Most polls change nothing here, so most texts are met again.
REMEMBERED = 4096


class Learned(TypeDecorator[Any]):
    """A frozen dataclass whose fields all have defaults."""

    impl = Text
    cache_ok = True

    def __init__(self, kind: type[Any]) -> None:
        super().__init__()
        self.kind = kind
        self._readers = {name: _reader(hint) for name, hint in get_type_hints(kind).items()}
        self._decode = lru_cache(REMEMBERED)(self._read)

    def process_bind_param(self, value: Any, dialect: Dialect) -> str:
        """Turn the value into its text."""
        del dialect
        return encode(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        """Turn the text back into the value."""
        del dialect
        return self.decode(value or "{}")

    def decode(self, text: str) -> Any:
        """Return the value that `encode` made a text of."""
        return self._decode(text)

    def _read(self, text: str) -> Any:
        readers, said = self._readers, json.loads(text)
        return self.kind(**{name: readers[name](said[name]) for name in said if name in readers})


@lru_cache(REMEMBERED)
def encode(value: Any) -> str:
    """Return a learned value as text."""
    said = {
        field.name: _plain(now)
        for field in fields(value)
        if (now := getattr(value, field.name)) != field.default
    }
    return to_json(said)


def _plain(value: Any) -> Any:
    match value:
        case datetime():
            return micros(value)
        case timedelta():
            return value.total_seconds()
        case float():
            return round(value, 6)
        case tuple():
            return [_plain(part) for part in value]
        case _:
            return value


def _reader(hint: Any) -> Callable[[Any], Any]:
    kinds = {hint, *get_args(hint)}
    if datetime in kinds:
        return lambda number: EPOCH + timedelta(microseconds=number)
    if timedelta in kinds:
        return lambda seconds: timedelta(seconds=seconds)
    if getattr(hint, "__origin__", None) is tuple:
        return tuple
    return lambda value: value
