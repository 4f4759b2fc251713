"""Opens what is stored for commands that only look: they make no database."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from monitor.store.glance import is_there

if TYPE_CHECKING:
    from monitor.store import Store


@contextmanager
def open_stored(url: str) -> "Iterator[Store | None]":
    """Lend the store; None where nothing was ever stored. Raises StoreError as Store.open does."""
    if not is_there(url):
        yield None
        return
    from monitor.store import Store

    with Store.open(url) as store:
        yield store


def nothing_stored(url: str) -> str:
    """Return a sentence that says that there is no store."""
    return f"nothing is stored yet: there is no {url}; monitor run and monitor poll fill it"
