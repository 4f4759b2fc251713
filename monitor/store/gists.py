"""What the items of the last days tell, as rows: the shelf of stories outlives its process.

A shelf is filled from what was committed, also by other processes, before anything is compared
with it. Where a transaction failed it holds what never happened and is made anew.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, bindparam, case, func, select

from monitor.model import ItemId, StoryId
from monitor.store.bulk import Bulk, Prepared, portions
from monitor.store.columns import micros
from monitor.store.tables import gists, stories
from monitor.stories.member import Member, pack, unpack
from monitor.stories.shelf import WINDOW, Shelf

_INSERT = Bulk(lambda insert: insert(gists))
# Built once: to build a statement costs as much as to run it.
_NEWER = Prepared(
    select(
        gists,
        func.coalesce(stories.c.merged_into, gists.c.story).label("told_in"),
        case((stories.c.merged_into.is_(None), func.coalesce(stories.c.topic, stories.c.id))).label(
            "topic"
        ),
    )
    .outerjoin(stories, stories.c.id == gists.c.story)
    .where(gists.c.id > bindparam("last"), gists.c.at >= bindparam("since"))
    .order_by(gists.c.id)
)
_LAST = Prepared(select(func.max(gists.c.id)))


class Shelves:
    """Keeps one shelf in step with the store."""

    def __init__(self) -> None:
        """Begin without one; it is filled when it is asked for."""
        self._shelf: Shelf | None = None
        self._last = 0

    def open(self, connection: Connection, now: datetime) -> Shelf:
        """Return the shelf with everything that was committed within the window."""
        shelf, begins = self._shelf, self._shelf is None
        if shelf is None:
            shelf, self._last = Shelf(), 0
        others = self._read_on(shelf, connection, now - WINDOW)
        if others and not begins:
            _merge(shelf, connection, others)
        self._shelf = shelf
        return shelf

    def _read_on(self, shelf: Shelf, connection: Connection, since: datetime) -> set[StoryId]:
        """Put onto the shelf what it does not hold yet; return the stories of that."""
        found: set[StoryId] = set()
        for row in _NEWER(connection, last=self._last, since=since):
            member = unpack(
                row.packed,
                item=ItemId(row.item),
                story=StoryId(row.told_in),
                source=row.source,
                at=row.at,
                said_at=row.said_at,
            )
            shelf.put(member, member.story, row.topic)
            self._last = row.id
            found.add(member.story)
        return found

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
        [(self._last,)] = _LAST(connection)

    def spoil(self) -> None:
        """Forget the shelf: what it holds may not have been committed."""
        self._shelf = None


def _merge(shelf: Shelf, connection: Connection, told: set[StoryId]) -> None:
    """Merge what other processes have merged: the item that showed it is in what remains."""
    for portion in portions(sorted(told)):
        merged = select(stories.c.id, stories.c.merged_into).where(
            stories.c.merged_into.in_(portion)
        )
        for story, into in connection.execute(merged):
            shelf.merge(StoryId(story), StoryId(into))
