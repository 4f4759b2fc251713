"""What had been told in an item's story when it came: what it may have joined that story for."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Connection, or_, select

from monitor.model import Copy, Item, ItemId
from monitor.store.columns import AnyRow
from monitor.store.items import SELECT_ITEMS, to_item
from monitor.store.tables import copies, items, stories

MOST = 200  # the latest before it


@dataclass(frozen=True, slots=True, kw_only=True)
class Kin:
    """The items of a story that were there before another, the latest first; what that copies."""

    earlier: tuple[Item, ...] = ()
    copy: Copy | None = None


# A story begins when the poll that found its first item is written.
_POLL = timedelta(minutes=10)


def kin_of(connection: Connection, item: AnyRow, story: AnyRow | None) -> Kin:
    """Return what an item may have joined its story for, as far as it is stored still."""
    if story is None:
        return Kin()
    parts = select(stories.c.id).where(
        or_(stories.c.id == story.id, stories.c.merged_into == story.id)
    )
    # By age, of which there is an index; a story lasts for days.
    rows = connection.execute(
        SELECT_ITEMS.where(items.c.first_seen.between(story.first_seen - _POLL, item.first_seen))
        .where(items.c.story.in_(connection.scalars(parts).all()), items.c.id != item.id)
        .order_by(items.c.first_seen.desc(), items.c.id)
        .limit(MOST)
    )
    copied = connection.execute(select(copies).where(copies.c.item == item.id)).first()
    return Kin(
        earlier=tuple(map(to_item, rows)),
        copy=Copy(of=ItemId(copied.of), kind=copied.kind) if copied else None,
    )
