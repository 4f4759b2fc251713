"""Keeps the collector of garbage, and the freeing of much at once, from holding up the loop."""

import gc
import sys
import threading
import time
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

_AT_ONCE = 500  # objects, after which others may run
_OWNED = 4  # references to what only one other holds, seen from the walk below
_PATIENCE = 600.0  # seconds until what is still in use is given up on


@contextmanager
def much_to_keep() -> Iterator[None]:
    """Make what is to stay, without a collection in between that would go through all of it.

    Afterwards it is never looked through again: it holds no circles, and goes when it is let go.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def let_go(things: list[object], last: "weakref.ref[Any]") -> None:
    """Free things and all that only they hold, little by little, once `last` is used no more.

    Takes them out of the list, which must be all that holds them; of them and their parts only
    they themselves may hold `last`. To free half a million objects at once takes a tenth of a
    second in which no other thread runs.
    """
    threading.Thread(target=_free, args=(things, last), name="freeing", daemon=True).start()


def _free(things: list[object], last: "weakref.ref[Any]") -> None:
    until = time.monotonic() + _PATIENCE
    parts = _parts(things, last())
    things.clear()
    while last() is not None and time.monotonic() < until:
        time.sleep(0.1)
    parts.reverse()  # what holds the others goes first
    while parts:
        del parts[-_AT_ONCE:]
        time.sleep(0)


def _parts(things: list[object], last: object) -> list[object]:
    """Return all containers within the things; `last` and what is of the program are left out."""
    parts = list(things)
    shared: set[int] = set()
    for number, thing in enumerate(parts):  # it grows meanwhile
        if not number % _AT_ONCE:
            time.sleep(0)
        for part in gc.get_referents(thing):
            if not gc.is_tracked(part) or id(part) in shared or _is_program(part):
                continue
            if sys.getrefcount(part) > _OWNED:
                shared.add(id(part))
            parts.append(part)
    return [part for part in parts[len(things) :] if part is not last]


def _is_program(part: object) -> bool:
    return isinstance(part, type) or type(part).__name__ in {
        "module", "function", "builtin_function_or_method", "method", "cell", "frame",
    }  # fmt: skip
