"""feedparser's dictionaries are asked for exactly one key, and for what should stand there.

Pure: never touches network, clock or disk. By themselves they answer some keys with the values of
others; and an odd document leaves anything anywhere.
"""

from typing import Any, TypeAlias

Mapped: TypeAlias = dict[str, Any]


def value(holder: Mapped, key: str) -> str:
    """Return the text under `key`, or ""."""
    found = dict.get(holder, key)
    return found if isinstance(found, str) else ""


def detail(holder: Mapped, key: str) -> Mapped:
    """Return the dictionary under `key`, or an empty one."""
    found = dict.get(holder, key)
    return found if isinstance(found, dict) else {}


def dicts(holder: Mapped, key: str) -> list[Mapped]:
    """Return the dictionaries of the list under `key`."""
    found = dict.get(holder, key)
    return [part for part in found if isinstance(part, dict)] if isinstance(found, list) else []
