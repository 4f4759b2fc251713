"""A source and what is remembered of it, without a store, so that tests show document by document."""

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from builders import NOW, a_source, a_state

from monitor.feeds.identity import Identified, identify
from monitor.feeds.identity.recognition import Memory, Recognised, doubts, names_by, recognise
from monitor.model import Document, Entry, Item, ItemId, Known, Source, SourceState

HOUR = timedelta(hours=1)


@dataclass(slots=True)
class Archive:
    """Remembers documents as the store does."""

    source: Source = field(default_factory=a_source)
    state: SourceState = field(default_factory=lambda: a_state(first_success_at=None))
    known: dict[str, Known] = field(default_factory=dict)
    items: dict[ItemId, Item] = field(default_factory=dict)
    now: Any = NOW

    def remember(self, document: Document) -> tuple[Identified, Memory]:
        shared: set[str] = set()
        while True:
            identified = identify(
                document, by=names_by(self.source, self.state), shared=frozenset(shared)
            )
            found = {key: self.known[key] for key in identified.keys if key in self.known}
            names_none = {key for key, each in found.items() if each.item is None}
            unusable = names_none & {named.own for named in identified.entries}
            if unusable <= shared:
                break
            shared |= unusable
        asked = doubts(identified, found)
        stored = {item: self.items[item] for item in asked if item in self.items}
        return identified, Memory(state=self.state, known=found, items=stored)

    def show(self, *entries: Entry, after: timedelta = HOUR, **document: Any) -> Recognised:
        """Poll a document with these entries."""
        self.now += after
        shown = Document(entries=entries, **document)
        identified, memory = self.remember(shown)
        made = recognise(shown, identified, memory, source=self.source, now=self.now)
        self._commit(made, len(entries))
        return made

    def _commit(self, made: Recognised, entries: int) -> None:
        for sighting in made.new:
            if sighting.item.keys[0] not in self.known:
                self.items[sighting.item.id] = sighting.item
        for edit in made.edits:
            stored = self.items.get(edit.item)
            if stored:
                kept = replace(edit.entry, guid=stored.entry.guid, published=stored.entry.published)
                self.items[edit.item] = replace(stored, entry=kept)
        self.known |= made.seen
        self.state = replace(
            self.state,
            habits=made.habits,
            first_success_at=self.state.first_success_at or self.now,
            last_success_at=self.now,
            last_new_at=self.now if made.new else self.state.last_new_at,
            rhythm=replace(self.state.rhythm, entries=entries),
        )


def titles(made: Recognised) -> list[str]:
    """Return the titles of what is new, in order."""
    return [sighting.item.entry.title for sighting in made.new]
