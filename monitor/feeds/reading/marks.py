"""Marks tell the entries of a document that were read before from those that are new.

Pure: never touches network, clock or disk. A mark is eight bytes over all that an entry's reading
depends on, so that one whose mark is known would come out as it did before and need not be read.
"""

from collections.abc import Sequence
from hashlib import blake2b, sha256
from typing import TypeVar

from monitor.model import MARK_SIZE

MOST = 2_000  # entries; a longer document has no marks and is read whole each time

T = TypeVar("T")


def split(marks: bytes) -> frozenset[bytes]:
    """Return the single marks that stand one after another in `marks`."""
    return frozenset(marks[at : at + MARK_SIZE] for at in range(0, len(marks), MARK_SIZE))


def context(*parts: object) -> bytes:
    """Return a key for marks: what entries inherit, which changes how all of them are read."""
    return blake2b(repr(parts).encode(), digest_size=32).digest()


def mark(said: bytes | memoryview, key: bytes) -> bytes:
    """Return the mark of an entry in the context `key`."""
    digest = sha256(key)  # most processors have it built in: twice as fast as blake2b
    digest.update(said)
    return digest.digest()[:MARK_SIZE]


def unknown(entries: Sequence[T], known: bytes, key: bytes) -> tuple[Sequence[T], bytes]:
    """Return the entries whose marks are not in `known`, and the marks of all.

    An entry's mark is made of its repr, which must say all there is to say of it.
    """
    if len(entries) > MOST:
        return entries, b""
    marks = [mark(repr(entry).encode(), key) for entry in entries]
    before = split(known)
    new = [entry for entry, one in zip(entries, marks, strict=True) if one not in before]
    return new, b"".join(marks)
