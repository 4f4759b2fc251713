"""What edits make of known items: on which watchlists they are only now, and by whose words."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TypeAlias

from monitor.model import Edit, Habits, Item, Match, Sighting
from monitor.pipeline.additions import with_repeats

# As many as are matched between two turns of the loop; each edit is matched twice at most.
EDITS_PER_TURN = 10

Ask: TypeAlias = Callable[[Item], Awaitable[tuple[Item, tuple[Match, ...]]]]


async def turned(
    edits: Sequence[Edit], match: Ask, habits: Habits, *, now: datetime
) -> tuple[tuple[Edit, ...], Habits]:
    """Return the edits, each with what it made its item match, and what is learned from them.

    `match` completes an item and says what it matches.
    """
    told = []
    for done, edit in enumerate(edits, 1):
        told.append(await _with_matches(edit, match))
        if not done % EDITS_PER_TURN:
            await asyncio.sleep(0)
    if not any(edit.turned for edit in told):
        return tuple(told), habits
    return await asyncio.to_thread(with_repeats, told, habits, now=now)


async def _with_matches(edit: Edit, match: Ask) -> Edit:
    """Return an edit with what it made its item match, and what the item matches still."""
    if edit.before is None:
        return edit
    item, found = await match(_edited(edit.before, edit))
    listed = [each for each in found if not each.vetoed_by]
    if not listed:
        return edit
    # Under today's rules: a watchlist that came, or changed, since then is no work of the edit.
    _, matched = await match(edit.before)
    before = {each.watchlist for each in matched if not each.vetoed_by}
    fresh = tuple(each for each in listed if each.watchlist not in before)
    kept = tuple(each for each in listed if each.watchlist in before)
    return replace(
        edit,
        turned=Sighting(item=item, matches=fresh) if fresh else None,
        kept=Sighting(item=item, matches=kept) if kept else None,
    )


def _edited(before: Item, edit: Edit) -> Item:
    # Its date stays the one that is stored, as its identity does.
    entry = replace(edit.entry, published=before.entry.published)
    return replace(before, entry=entry, language=entry.language or before.language)
