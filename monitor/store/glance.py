"""Whether a store is worth a look, told without the database library.

That takes longer to load than most configurations take to check.
"""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Final

_FILE: Final = "sqlite:///"
_COUNT: Final = "SELECT count(*) FROM (SELECT 1 FROM items LIMIT ?)"


def is_there(url: str) -> bool:
    """Say whether a store was ever made; yes where it takes more than a glance to tell."""
    return not url.startswith(_FILE) or Path(url.removeprefix(_FILE).partition("?")[0]).exists()


def may_hold(url: str, least: int) -> bool:
    """Say whether a store may hold so many items; yes where it takes more than a glance to tell."""
    if not url.startswith(_FILE) or "?" in url:
        return True
    path = Path(url.removeprefix(_FILE))
    if not path.is_file():
        return False
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as database:
            stored: int = database.execute(_COUNT, (least,)).fetchone()[0]
    except sqlite3.Error:
        return True
    return stored >= least
