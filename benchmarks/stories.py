"""Joining items to stories: CPU on the real stream, and how well on labelled headlines.

The labels are those of the UCI News Aggregator, whose stories are broader than one event; the
figure is B-cubed F, beside that of joining equal headlines alone.
"""

import csv
import gzip
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

from benchmarks.matching import STREAM, Newsroom, stream
from benchmarks.table import Row, cpu_seconds
from monitor.model import Entry, Gist, Item, ItemId, Sighting, SourceRef, StoryBook
from monitor.pipeline.gists import Gists
from monitor.stories.joining import join
from monitor.stories.keys import title_key
from monitor.stories.shelf import Shelf
from monitor.watch.words.text import normalised

ITEMS = 10_000
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
    return found + (_labelled(gists) if LABELLED.exists() else [])


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


def _joined(items: Sequence[Item], gists: Sequence[Gist | None]) -> list[str]:
    shelf, by_key, stories = Shelf(), {}, {}
    told = []
    for item, gist in zip(items, gists, strict=True):
        keyed = Item(
            id=item.id,
            keys=item.keys,
            source=item.source,
            entry=item.entry,
            first_seen=item.first_seen,
            language=item.language,
            title_key=title_key(normalised(item.entry.title)),
        )
        book = StoryBook(by_key=by_key, stories=stories, cases={}, shelf=shelf)
        made = join([Sighting(item=keyed, gist=gist)], book, now=item.first_seen)
        stories |= made.stories
        story = made.of_item[item.id]
        if keyed.title_key:
            by_key[keyed.title_key] = story
        told.append(story)
    return told


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
