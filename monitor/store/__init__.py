"""What must outlast the process: sources, items, stories, alerts and the outbox.

The only room that speaks SQL. Rows stay inside; callers get values of monitor.model. The names
load when they are asked for, so that a command which opens no store pays for no database library.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from monitor.store.claiming import Claiming
    from monitor.store.counting import Counts, FailingSource
    from monitor.store.history import Past, Rule, Ruled, Write
    from monitor.store.lookups import Finding, NoticeFinding, StoredAlert
    from monitor.store.store import Store
    from monitor.store.versions import Version
    from monitor.store.writer import Writer

_HOMES = {
    "Claiming": "claiming",
    "Counts": "counting",
    "FailingSource": "counting",
    "Finding": "lookups",
    "NoticeFinding": "lookups",
    "Past": "history",
    "Rule": "history",
    "Ruled": "history",
    "StoredAlert": "lookups",
    "Store": "store",
    "Version": "versions",
    "Write": "history",
    "Writer": "writer",
}

__all__ = [
    "Claiming",
    "Counts",
    "FailingSource",
    "Finding",
    "NoticeFinding",
    "Past",
    "Rule",
    "Ruled",
    "Store",
    "StoredAlert",
    "Version",
    "Write",
    "Writer",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
