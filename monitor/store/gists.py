"""What the items of the last days tell, as rows: the shelf of stories outlives its process.

A shelf is filled from what was committed, also by other processes, before anything is compared
with it. Where a transaction failed it holds what never happened and is made anew.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, delete, func, select

from monitor.model import ItemId, StoryId
from monitor.store.bulk import Bulk
from monitor.store.columns import micros
from monitor.store.engine import Database
from monitor.store.tables import gists, stories
from monitor.stories.member import Member, pack, unpack
from monitor.stories.shelf import WINDOW, Shelf

_INSERT = Bulk(lambda insert: insert(gists))


class Shelves:
    """Keeps one shelf in step with the store."""

    def __init__(self) -> None:
        """Begin without one; it is filled when it is asked for."""
        self._shelf: Shelf | None = None
        self._last = 0

    def open(self, connection: Connection, now: datetime) -> Shelf:
        """Return the shelf with everything that was committed within the window."""
        if self._shelf is None:
            self._shelf, self._last = Shelf(), 0
        rows = connection.execute(
            select(gists, func.coalesce(stories.c.merged_into, gists.c.story).label("told_in"))
            .outerjoin(stories, stories.c.id == gists.c.story)
            .where(gists.c.id > self._last, gists.c.at >= now - WINDOW)
            .order_by(gists.c.id)
        )
        for row in rows:
            member = unpack(
                row.packed,
                item=ItemId(row.item),
                story=StoryId(row.told_in),
                source=row.source,
                at=row.at,
                said_at=row.said_at,
            )
            self._shelf.put(member, member.story)
            self._last = row.id
        return self._shelf

    def keep(self, connection: Connection, new: Sequence[Member]) -> None:
        """Write what the shelf holds already."""
        if not new:
            return
        _INSERT(
            connection,
            [
                {
                    "item": member.item,
                    "story": member.story,
                    "source": member.source,
                    "at": micros(member.at),
                    "said_at": micros(member.said_at),
                    "packed": pack(member),
                }
                for member in new
            ],
        )
        self._last = connection.scalar(select(func.max(gists.c.id))) or self._last

    def spoil(self) -> None:
        """Forget the shelf: what it holds may not have been committed."""
        self._shelf = None


def prune_gists(database: Database, now: datetime) -> None:
    """Remove what no shelf reads any more."""
    with database.write() as connection:
        connection.execute(delete(gists).where(gists.c.at < now - WINDOW))
