"""Which entries of a document are known, which are edited, and which are news.

Pure: never touches network, clock or disk.

An entry is known where its own key is, or where a weaker one is and other evidence agrees: the
same date or title below a known link, much the same text below a known title and date. It is
another item where its key names something older that has little in common with it: publishers use
a name again. Where the evidence is thin it is news, since an alert that comes twice does less
harm than one that never comes. What the document shows as a whole is upheaval.py's.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from monitor.feeds.identity import Identified, Named, another_key, to_item
from monitor.feeds.identity.likeness import agree, are_alike, changes, is_another, is_reused
from monitor.feeds.identity.upheaval import (
    QUIET,
    Fate,
    Held,
    Upheaval,
    has_new_names,
    held_back,
    held_back_of_page,
    held_back_when_filled,
    is_whole,
    known_by_words,
    learn,
    upheaval,
    with_newest,
)
from monitor.feeds.reading.marks import split
from monitor.model import (
    MARK_SIZE,
    Document,
    Edit,
    Entry,
    Habits,
    Identity,
    Item,
    ItemId,
    Known,
    Sighting,
    Source,
    SourceState,
)

_SHARED = Known(item=None)
FEW = 5  # a document with fewer entries may be a place that shows the latest one


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """What the store remembers of a source; of its `items` those that `doubts` asks for."""

    state: SourceState
    known: Mapping[str, Known]
    items: Mapping[ItemId, Item] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recognised:
    """What a document brings: `new` items in its order, not matched yet."""

    new: tuple[Sighting, ...]
    edits: tuple[Edit, ...]
    seen: Mapping[str, Known]
    habits: Habits
    happened: Upheaval = QUIET
    overlaps: bool = False  # some of it was known


def names_by(source: Source, state: SourceState) -> Identity:
    """Return what names the items of a source: what people said, else what was learned."""
    return source.identity or state.habits.identity


def is_plain(document: Document, identified: Identified, memory: Memory) -> bool:
    """Tell whether the changed entries of a document can be judged without the others.

    They can where nothing of them is known under any name, and none stands last: such a one may
    have moved up. A document that was read whole has no others.
    """
    if is_whole(document):
        return True
    if memory.known or identified.shared:
        return False
    return document.marks[-MARK_SIZE:] in split(memory.state.window)


def doubts(identified: Identified, known: Mapping[str, Known]) -> frozenset[ItemId]:
    """Return the known items whose stored text decides what an entry is."""
    found: set[ItemId | None] = set()
    for named in identified.entries:
        if known and _item_of_text(named, known) is None:
            own = _item_of(known, named.own)
            found |= {own} if own else set(_weak(named, known))
    return frozenset(item for item in found if item)


def recognise(
    document: Document,
    identified: Identified,
    memory: Memory,
    *,
    source: Source,
    now: datetime,
    refresh: bool = False,
    is_part: bool = False,
) -> Recognised:
    """Recognise a whole document, or the changed entries of one where they are plain.

    With `refresh` all its keys are seen anew, not only those that changed. One that `is_part` of
    the feed on purpose says nothing of what happened to the rest.
    """
    state, held = memory.state, dict[str, Held]()
    fates, happened, habits = _fates(identified, memory), QUIET, state.habits
    if is_whole(document) and not is_part:
        by_words = known_by_words(fates, memory.known)
        happened = upheaval(state, document, by_words)
        if has_new_names(state, by_words, happened, now=now):
            fates = by_words
        held = held_back(state, document, fates, happened, now=now)
        if source.first_poll == "remember":
            held |= held_back_when_filled(state, fates, now=now)
        habits = learn(state, fates, happened, now=now)
    habits = with_newest(habits, fates, now=now)
    made = _made(document, fates, memory, held, source=source, now=now, refresh=refresh)
    none = {key for key in identified.shared if refresh or memory.known.get(key) != _SHARED}
    seen = {**made.seen, **dict.fromkeys(none, _SHARED)}
    return replace(made, seen=seen, habits=habits, happened=happened)


def recognise_page(
    document: Document, identified: Identified, memory: Memory, *, source: Source, now: datetime
) -> Recognised:
    """Recognise a page of older entries, which says nothing of what happened to the feed."""
    fates = _fates(identified, memory)
    held = held_back_of_page(memory.state, fates)
    return _made(document, fates, memory, held, source=source, now=now, refresh=False)


# --- entries ----------------------------------------------------------------------------------


def _fates(identified: Identified, memory: Memory) -> list[Fate]:
    """Return the fate of each entry; no two are one item, unless both have a key of its own."""
    if not memory.known:
        return [Fate(named) for named in identified.entries]
    alone = len(identified.entries) < FEW
    fates = [_fate(named, memory, alone=alone) for named in identified.entries]
    taken = {fate.item for fate in fates if not fate.renamed}
    for at, fate in enumerate(fates):
        if fate.renamed and fate.item in taken:
            fates[at] = Fate(fate.named)
        taken.add(fate.item)
    return fates


def _fate(named: Named, memory: Memory, *, alone: bool) -> Fate:
    known, entry = memory.known, named.entry
    own, same = _item_of(known, named.own), _item_of_text(named, known)
    if same:
        return Fate(named, same, renamed=own is None)
    if own:
        return _fate_of_own(named, own, memory, alone=alone)
    place, title = _weak(named, known)
    for item, agrees in ((place, agree), (title, are_alike)):
        before = memory.items.get(item) if item else None
        if before and agrees(before.entry, entry) and not is_reused(before.entry, entry):
            return Fate(named, item, renamed=True, edit=_edit(before, entry))
    if place and place == title and place not in memory.items:
        return Fate(named, place, renamed=True)
    return Fate(named)


def _fate_of_own(named: Named, item: ItemId, memory: Memory, *, alone: bool) -> Fate:
    before, entry = memory.items.get(item), named.entry
    if before is None:
        # Its text is gone; only a date can tell that the name was used again.
        published, last_poll = entry.published, memory.state.last_success_at
        return Fate(named, None if published and last_poll and published > last_poll else item)
    # An entry without a page of its own may be such a place in a longer document.
    is_slot = alone or not named.link_key
    if is_reused(before.entry, entry, alone=is_slot) or _leads_on(named, before, memory):
        return Fate(named)
    return Fate(named, item, edit=_edit(before, entry))


def _leads_on(named: Named, before: Item, memory: Memory) -> bool:
    """Tell whether a guid now leads to something else at a place nobody knows."""
    if not named.place or named.place in memory.known:
        return False
    return is_another(before.entry, named.entry, last_poll=memory.state.last_success_at)


def _edit(before: Item, entry: Entry) -> Edit | None:
    changed = changes(before.entry, entry)
    return Edit(item=before.id, entry=entry, changed=changed, before=before) if changed else None


def _item_of(known: Mapping[str, Known], key: str) -> ItemId | None:
    found = known.get(key)
    return found.item if found else None


def _weak(named: Named, known: Mapping[str, Known]) -> tuple[ItemId | None, ItemId | None]:
    """Return what the weaker keys name: words without a date say little beside a new name."""
    counts = named.dated or not named.given
    title = _item_of(known, named.title) if counts else None
    return _item_of(known, named.place), title


def _item_of_text(named: Named, known: Mapping[str, Known]) -> ItemId | None:
    """Return the item that a key names with exactly this text."""
    own = known.get(named.own)
    if own and own.item and own.fingerprint in ("", named.fingerprint):
        return own.item
    for key, item in zip((named.place, named.title), _weak(named, known), strict=True):
        # Of the item that its own key names, a weaker key may hold the text before an edit.
        if item and item != (own and own.item) and known[key].fingerprint == named.fingerprint:
            return item
    return None


# --- what the store shall know ----------------------------------------------------------------


def _made(
    document: Document,
    fates: Sequence[Fate],
    memory: Memory,
    held: Mapping[str, Held],
    *,
    source: Source,
    now: datetime,
    refresh: bool,
) -> Recognised:
    known, new, edits = memory.known, [], dict[ItemId, Edit]()
    seen: dict[str, Known] = {}
    for fate in fates:
        named = fate.named
        if fate.item:
            seen |= _names_of_known(named, fate.item, known, refresh=refresh)
            if fate.edit:
                edits.setdefault(fate.item, fate.edit)
            continue
        item = _new_item(named, known, source, document, now)
        outcome, reason = held.get(named.own, (None, ""))
        new.append(Sighting(item=item, outcome=outcome, reason=reason))
        seen |= _names_of_new(named, item, known)
    return Recognised(
        new=tuple(new),
        edits=tuple(edits.values()),
        seen=seen,
        habits=memory.state.habits,
        overlaps=any(fate.item for fate in fates),
    )


def _new_item(
    named: Named, known: Mapping[str, Known], source: Source, document: Document, now: datetime
) -> Item:
    """Make an item whose first key is new to the source.

    Where a key of it names another item, its link would lead into that one's story.
    """
    keys = [key for key in named.keys if key not in known]
    is_apart = len(keys) == len(named.keys)
    if named.own in known:
        keys.insert(0, another_key(named))
    item = to_item(named, tuple(keys), source, document, now=now)
    return item if is_apart else replace(item, link_key="")


def _names_of_new(named: Named, item: Item, known: Mapping[str, Known]) -> dict[str, Known]:
    """Return its keys, and that those of other items name none; its own passes on to it."""
    mine = Known(item=item.id, fingerprint=named.fingerprint)
    if not known:
        return dict.fromkeys(item.keys, mine)
    before = _item_of(known, named.own)
    passed = {key: mine for key in named.keys if before and _item_of(known, key) == before}
    shared = {key: _SHARED for key in named.keys if _item_of(known, key) not in (None, before)}
    return shared | passed | dict.fromkeys(item.keys, mine)


def _names_of_known(
    named: Named, item: ItemId, known: Mapping[str, Known], *, refresh: bool
) -> dict[str, Known]:
    names = {}
    for key in named.keys:
        now = before = known.get(key)
        if before is None or before.item == item:
            now = Known(item=item, fingerprint=named.fingerprint)
        if now and (refresh or now != before):
            names[key] = now
    return names
