"""Joining items to stories: CPU and memory on the real stream, and how well it is done.

The labels are those of the UCI News Aggregator, whose stories are broader than one event; the
figure is B-cubed F, beside that of joining equal headlines alone. How many copies are known again
is counted on items that `story_edits` edits, how many of a series are taken for copies on those
that it makes the next of one of.
"""

import csv
import gzip
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from random import Random

from benchmarks.matching import STREAM, Newsroom, resident, stream
from benchmarks.story_edits import EDITS, next_in_series
from benchmarks.table import Row, cpu_seconds
from monitor.model import (
    Entry,
    Gist,
    Item,
    ItemId,
    Sighting,
    SourceRef,
    Story,
    StoryBook,
    StoryId,
)
from monitor.pipeline.gists import Gists
from monitor.stories.gist import language_code
from monitor.stories.joining import join, what_remains
from monitor.stories.keys import title_key, untagged
from monitor.stories.member import Member, pack, unpack
from monitor.stories.shelf import MOST_ITEMS, Shelf
from monitor.watch.words.text import normalised

ITEMS = 10_000
ORIGINALS = 2_000
GOAL = 0.97
_LEAST_WORDS = 25  # of a text: shorter ones are headlines told twice
LABELLED = Path(STREAM.parent, "uci_news_aggregator_part.csv.gz")


def rows() -> list[Row]:
    if STREAM.exists():
        items = list(islice(stream(), ITEMS))
    else:
        newsroom = Newsroom(seed=2026)
        items = [newsroom.item(number) for number in range(ITEMS)]
    gists = Gists()
    told = [gists.of(item, item.language or "en") for item in items]

    def make_gists() -> None:
        for item in items:
            gists.of(item, item.language or "en")

    joining = _cost(lambda: _joined(items, told))
    keys = _cost(lambda: _joined(items, [None] * len(items)))
    found = [
        Row(
            stage="say what an item tells",
            ours=_cost(make_gists),
            unit="µs CPU/item",
            beside="joining by link and headline alone",
            reference=keys,
        ),
        Row(
            stage=f"join a story, {ITEMS:,} items in the window",
            ours=joining,
            unit="µs CPU/item",
            beside="joining by link and headline alone",
            reference=keys,
            goal="≤ 500",
        ),
    ]
    found += [*_full(items, told), *_edited(items, gists), *_serial(items, gists)]
    return found + (_labelled(gists) if LABELLED.exists() else [])


def _full(items: Sequence[Item], gists: Sequence[Gist | None]) -> list[Row]:
    """Fill a shelf to its cap; tell what an item takes of memory, and what another one costs."""
    told = [(item, gist) for item, gist in zip(items, gists, strict=True) if gist]
    filling, asking = told[: len(told) * 9 // 10], told[len(told) * 9 // 10 :]
    before = resident()
    shelf, stored, now = Shelf(), 0, items[0].first_seen
    for number in range(MOST_ITEMS):
        item, gist = filling[number % len(filling)]
        at = now + timedelta(seconds=number)
        packed = pack(_weighed(shelf, item, gist, at))
        stored += len(packed)
        # As after a restart: of its own, it shares nothing with its copies.
        member = unpack(
            packed, item=item.id, story=StoryId(""), source=item.source.url, at=at, said_at=at
        )
        shelf.put(member, StoryId(str(number)))
    taken = resident() - before
    now += timedelta(seconds=MOST_ITEMS)

    def ask() -> None:
        for item, gist in asking:
            shelf.find(_weighed(shelf, item, gist, now))

    return [
        Row(
            stage=f"remember an item, {MOST_ITEMS:,} in the window",
            ours=taken / MOST_ITEMS / 1024,
            unit="KiB of memory/item",
            beside="KiB of it in the store",
            reference=stored / MOST_ITEMS / 1024,
        ),
        Row(
            stage=f"compare an item, {MOST_ITEMS:,} in the window",
            ours=cpu_seconds(ask, rounds=2) / len(asking) * 1e6,
            unit="µs CPU/item",
            beside="the goal",
            reference=500,
            goal="≤ 500",
        ),
    ]


def _edited(items: Sequence[Item], gists: Gists) -> list[Row]:
    """Have each of some items told again by another, an edit of each kind in turn."""
    shelf, random = Shelf(), Random(2026)
    # What editors put in is English here.
    originals = [
        item
        for item in items
        if len(item.entry.summary.split()) > _LEAST_WORDS
        and language_code(item.language or "en") == "en"
    ]
    known: Counter[str] = Counter()
    told: Counter[str] = Counter()
    for item in originals[:ORIGINALS]:
        _remember(shelf, item, gists)
    for number, item in enumerate(originals[:ORIGINALS]):
        kind = list(EDITS)[number % len(EDITS)]
        title, summary = EDITS[kind](item.entry.title, item.entry.summary, random)
        source = SourceRef(name="another", url="https://another.example/feed")
        entry = replace(item.entry, title=title, summary=summary)
        again = replace(item, id=ItemId(f"{item.id} again"), source=source, entry=entry)
        told[kind] += 1
        known[kind] += _copied(shelf, again, gists) is not None
    return [
        Row(
            stage=f"{told[kind]:,} items {kind}",
            ours=known[kind] / told[kind],
            unit="known again",
            beside="the goal",
            reference=GOAL,
            goal=f"≥ {GOAL}",
        )
        for kind in EDITS
    ]


def _serial(items: Sequence[Item], gists: Gists) -> list[Row]:
    """Have sources publish the next of what has a number in its headline, a day later."""
    shelf, random = Shelf(), Random(2026)
    series = [
        (item, entry)
        for item in items
        if len(item.entry.summary.split()) > _LEAST_WORDS
        and (entry := next_in_series(item.entry, random))
    ][:ORIGINALS]
    for item, _ in series:
        _remember(shelf, item, gists)
    wrong = same = 0
    for item, entry in series:
        at = item.first_seen + timedelta(days=1)
        told = replace(entry, published=at)
        after = replace(item, id=ItemId(f"{item.id} next"), entry=told, first_seen=at)
        wrong += _copied(shelf, after, gists) is not None
        words = set(normalised(entry.summary).split())
        before = set(normalised(item.entry.summary).split())
        same += len(words & before) >= 0.78 * min(len(words), len(before))
    return [
        Row(
            stage=f"{len(series):,} items that are the next in a series",
            ours=wrong / max(1, len(series)),
            unit="taken for copies",
            beside="0.78 of their words alone",
            reference=same / max(1, len(series)),
            goal="0",
        )
    ]


def _remember(shelf: Shelf, item: Item, gists: Gists) -> None:
    if gist := gists.of(item, item.language or "en"):
        shelf.put(_weighed(shelf, item, gist, item.first_seen), StoryId(item.id))


def _copied(shelf: Shelf, item: Item, gists: Gists) -> ItemId | None:
    """Return what an item repeats; it is remembered itself, with what is put around it."""
    gist = gists.of(item, item.language or "en")
    if gist is None:
        return None
    member = _weighed(shelf, item, gist, item.first_seen)
    found = shelf.find(member)
    shelf.put(member, StoryId(item.id))
    return found.copy.of if found.copy else None


def _weighed(shelf: Shelf, item: Item, gist: Gist, at: datetime) -> Member:
    return shelf.weigh(gist, item=item.id, source=item.source.url, at=at, said_at=at)


def _labelled(gists: Gists) -> list[Row]:
    items, stories = _headlines()
    ours = _joined(items, [gists.of(item, "en") for item in items])
    return [
        Row(
            stage=f"{len(items):,} labelled headlines",
            ours=f_score(stories, ours),
            unit="B-cubed F",
            beside="equal headlines alone",
            reference=f_score(stories, _joined(items, [None] * len(items))),
        )
    ]


def _joined(items: Sequence[Item], gists: Sequence[Gist | None]) -> list[StoryId]:
    shelf, told = Shelf(), []
    by_key: dict[str, StoryId] = {}
    stories: dict[StoryId, Story] = {}
    for item, gist in zip(items, gists, strict=True):
        keyed = Item(
            id=item.id,
            keys=item.keys,
            source=item.source,
            entry=item.entry,
            first_seen=item.first_seen,
            language=item.language,
            title_key=title_key(normalised(untagged(item.entry.title))),
        )
        book = StoryBook(by_key=by_key, stories=stories, cases={}, shelf=shelf)
        made = join([Sighting(item=keyed, gist=gist)], book, now=item.first_seen)
        stories |= made.stories
        story = made.of_item[item.id]
        if keyed.title_key:
            by_key[keyed.title_key] = story
        told.append(story)
    return [end.id if (end := what_remains(stories[each], stories)) else each for each in told]


def f_score(labels: Sequence[str], found: Sequence[str]) -> float:
    """Return the B-cubed F of a clustering beside a labelled one, from 0.0 to 1.0."""
    right, ours = _together(labels), _together(found)
    shared = [
        len(right[label] & ours[story]) / len(ours[story])
        for label, story in zip(labels, found, strict=True)
    ]
    caught = [
        len(right[label] & ours[story]) / len(right[label])
        for label, story in zip(labels, found, strict=True)
    ]
    precision, recall = sum(shared) / len(shared), sum(caught) / len(caught)
    return 2 * precision * recall / (precision + recall)


def _together(names: Iterable[str]) -> dict[str, set[int]]:
    members: defaultdict[str, set[int]] = defaultdict(set)
    for place, name in enumerate(names):
        members[name].add(place)
    return members


def _headlines() -> tuple[list[Item], list[str]]:
    with gzip.open(LABELLED, "rt", encoding="utf-8") as file:
        lines = [line for line in csv.DictReader(file) if (line["TIMESTAMP"] or "").isdigit()]
    lines.sort(key=lambda line: int(line["TIMESTAMP"]))
    items = [
        Item(
            id=ItemId(line["ID"]),
            keys=(line["ID"],),
            source=SourceRef(name=line["PUBLISHER"], url=line["HOSTNAME"]),
            entry=Entry(title=line["TITLE"], published=seen),
            first_seen=seen,
            language="en",
        )
        for line in lines
        for seen in [datetime.fromtimestamp(int(line["TIMESTAMP"]) / 1000, UTC)]
    ]
    return items, [line["STORY"] for line in lines]


def _cost(work: Callable[[], object]) -> float:
    return cpu_seconds(work, rounds=2) / ITEMS * 1e6
