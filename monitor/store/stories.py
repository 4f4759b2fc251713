"""The book of stories a group of polls may join, and what the group made of it."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Column, Connection, bindparam, func, select, text, update

from monitor.alerts.silences import follow
from monitor.model import (
    Case,
    Decision,
    Item,
    ItemId,
    Ruling,
    Silence,
    Story,
    StoryBook,
    StoryId,
)
from monitor.store.alerts import to_ruling
from monitor.store.bulk import Bulk, Lookup, MakeInsert, portions
from monitor.store.cases import cases_of, save_cases
from monitor.store.columns import AnyRow, distinct_keys, micros, to_json
from monitor.store.gists import Shelves
from monitor.store.lock import ADVISORY_STORIES
from monitor.store.sent import Sent
from monitor.store.silences import lasting
from monitor.store.tables import items, rulings, stories
from monitor.stories.shelf import Shelf


def _upsert(insert: MakeInsert) -> Any:
    new = insert(stories)
    return new.on_conflict_do_update(
        index_elements=[stories.c.id],
        set_={name: new.excluded[name] for name in ("last_seen", "size", "sources", "merged_into")},
    )


def _by(column: Column[Any]) -> Lookup:
    latest = func.max(items.c.first_seen)
    return Lookup(
        lambda keys: (
            select(column, items.c.story, latest)
            .where(column.in_(keys), items.c.first_seen >= bindparam("since"))
            .where(items.c.story.is_not(None))
            .group_by(column, items.c.story)
            # So that where a key was in two stories the later one counts.
            .order_by(latest, items.c.story)
        )
    )


# Most stories are told by one source, the same for all of a poll.
_names_to_json = lru_cache(maxsize=1024)(to_json)
_SAVE = Bulk(_upsert, names=stories.c.keys())
_BY_ID = select(stories).where(stories.c.id.in_(bindparam("ids", expanding=True)))
_STORIES_BY = {name: _by(items.c[name]) for name in ("link_key", "title_key")}


class _Stories(dict[StoryId, Story]):
    """Stories by id, read when they are asked for; `cases` learns what was told of them."""

    def __init__(self, connection: Connection, cases: dict[tuple[StoryId, str], Case]) -> None:
        super().__init__()
        self._connection = connection
        self._cases = cases
        self._absent: set[StoryId] = set()

    def learn(self, wanted: set[StoryId]) -> None:
        """Read stories that are not known yet, all at once, and those they have merged into."""
        new = wanted - self.keys() - self._absent
        if new:
            found = _read(self._connection, new)
            self.update(found)
            self._absent |= new - self.keys()
            self._cases |= cases_of(self._connection, new)
            self.learn({each.merged_into for each in found.values() if each.merged_into})

    def get(self, key: StoryId, default: Any = None) -> Any:
        """Return a story, stored or begun in this group."""
        self.learn({key})
        return super().get(key, default)


class OpenBook:
    """A StoryBook that grows as the records of one group are decided, one after another."""

    def __init__(
        self,
        by_key: dict[str, StoryId],
        known: _Stories,
        cases: dict[tuple[StoryId, str], Case],
        of_item: dict[ItemId, StoryId | None],
        ruled: dict[tuple[ItemId, str], Ruling],
        *,
        shelf: Shelf | None,
        silences: Sequence[Silence],
        sent: Sent,
    ) -> None:
        self._by_key = by_key
        self._stories = known
        self._cases = cases
        self._changed: list[Case] = []
        self._rows: dict[StoryId, tuple[Any, ...]] = {}
        self._merged: dict[StoryId, StoryId] = {}
        self._ruled = ruled
        self._silences = list(silences)
        self._sent = sent
        self.view = StoryBook(
            by_key=by_key,
            stories=known,
            cases=cases,
            of_item=of_item,
            ruled=ruled,
            shelf=shelf,
            silences=self._silences,
            sent=sent,
        )

    def fold(self, decision: Decision, new: Iterable[Item], *, now: datetime) -> None:
        """Let the records that follow see what this decision made."""
        for item in new:
            if story := decision.joined.get(item.id):
                self._by_key[item.link_key] = self._by_key[item.title_key] = story
        self._by_key.pop("", None)  # what has no key is like nothing else
        self._stories |= decision.stories
        last_seen = micros(now)
        self._merged |= decision.merged
        if decision.merged:
            self._silences[:] = follow(self._silences, decision.merged)
        self._rows |= {story.id: _row(story, last_seen) for story in decision.stories.values()}
        self._cases |= {(case.story, case.watchlist): case for case in decision.cases}
        self._changed += decision.cases
        for alert in decision.alerts:
            self._sent.add(alert)
        if self.view.of_item:
            self._ruled |= {(each.item, each.match.watchlist): each for each in decision.rulings}

    def save(self, connection: Connection) -> None:
        """Write the stories and cases begun or changed, each as it is at the end of the group."""
        _SAVE(connection, list(self._rows.values()))
        for story, older in self._merged.items():
            # So that whoever asks the store is led to what remains in one step.
            connection.execute(
                update(stories).where(stories.c.merged_into == story).values(merged_into=older)
            )
        save_cases(connection, self._changed)


def open_book(
    connection: Connection,
    new: Sequence[Item],
    *,
    since: datetime,
    edited: Sequence[ItemId] = (),
    shelves: Shelves | None = None,
    now: datetime,
) -> OpenBook:
    """Read the stories that the new items' keys were in since then, and those of edited items.

    With `shelves` what the items of the last days tell is at hand too. Silences are those that
    last beyond `now`.

    On PostgreSQL this waits until no other worker has a book open, or two of them could each
    begin the same story.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"SELECT pg_advisory_xact_lock({ADVISORY_STORIES})"))
    by_key = {
        key.hex(): StoryId(story)
        for name, lookup in _STORIES_BY.items()
        for key, story, _ in lookup(
            connection, distinct_keys(getattr(item, name) for item in new), since=micros(since)
        )
    }
    of_item = _stories_of(connection, edited)
    cases: dict[tuple[StoryId, str], Case] = {}
    known = _Stories(connection, cases)
    known.learn({*by_key.values(), *(story for story in of_item.values() if story)})
    shelf = shelves.open(connection, max(item.first_seen for item in new)) if shelves else None
    return OpenBook(
        by_key,
        known,
        cases,
        of_item,
        _ruled(connection, list(of_item)),
        shelf=shelf,
        silences=lasting(connection, now),
        sent=Sent(connection),
    )


def _stories_of(connection: Connection, wanted: Sequence[ItemId]) -> dict[ItemId, StoryId | None]:
    return {
        ItemId(item): story
        for portion in portions(wanted)
        for item, story in connection.execute(
            select(items.c.id, items.c.story).where(items.c.id.in_(portion))
        )
    }


def _ruled(connection: Connection, wanted: Sequence[ItemId]) -> dict[tuple[ItemId, str], Ruling]:
    return {
        (ruling.item, ruling.match.watchlist): ruling
        for portion in portions(wanted)
        for ruling in map(
            to_ruling, connection.execute(select(rulings).where(rulings.c.item.in_(portion)))
        )
    }


def _read(connection: Connection, wanted: set[StoryId]) -> dict[StoryId, Story]:
    return {
        story.id: story
        for portion in portions(list(wanted))
        for story in map(to_story, connection.execute(_BY_ID, {"ids": portion}))
    }


def to_story(row: AnyRow) -> Story:
    """Turn a row into the story it was."""
    return Story(
        id=StoryId(row.id),
        first_seen=row.first_seen,
        size=row.size,
        sources=tuple(row.sources),
        topic=StoryId(row.topic) if row.topic else None,
        merged_into=StoryId(row.merged_into) if row.merged_into else None,
    )


def _row(story: Story, last_seen: int) -> tuple[Any, ...]:
    # In the order of the table's columns.
    names = _names_to_json(story.sources)
    first_seen = micros(story.first_seen)
    return story.id, first_seen, last_seen, story.size, names, story.topic, story.merged_into
