"""Ten days of real news through the watchlists of docs/examples: messages with stories and without.

Three senders get the same items in the order in which they were seen: one that sends each matching
item, one that joins equal links and equal headlines, and ours. `python -m benchmarks.replay` prints
each day as well; beside the other benchmarks only the sums stand.
"""

import gzip
import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import TypeAlias

from benchmarks.matching import STREAM
from benchmarks.table import Row
from monitor.cli.given import make_item, read_sample
from monitor.cli.rehearse import Rehearsal
from monitor.config.load import load
from monitor.feeds.urls import host_of
from monitor.model import Alert, Item, ItemOutcome, Sighting, Story, StoryBook, StoryId
from monitor.stories.joining import join
from monitor.stories.keys import title_key, untagged
from monitor.watch.words.text import normalised

CRISIS = Path(__file__).parents[1] / "docs" / "examples" / "crisis.yaml"
COLUMNS = ("items", "by link and headline", "alerts", "follow-ups")

Counts: TypeAlias = dict[str, dict[date, Counter[str]]]  # by watchlist and day, for each column


def rows() -> list[Row]:
    return [
        Row(
            stage=f"replay, {watchlist}",
            ours=total["alerts"] + total["follow-ups"],
            unit="messages in ten days",
            beside=beside,
            reference=total[column],
        )
        for watchlist, days in (replay() if STREAM.exists() else {}).items()
        for total in [sum(days.values(), Counter())]
        for beside, column in (
            ("a message for each item", "items"),
            ("equal links and headlines joined", "by link and headline"),
        )
    ]


def replay() -> Counts:
    """Count what each watchlist makes of the stream; a message counts on the day it leaves."""
    rehearsal, plain = Rehearsal(load(CRISIS, environ={}).settings, ()), Plain()
    counts: Counts = {each.name: defaultdict(Counter) for each in rehearsal.watchlists}
    for item in items():
        now, story = item.first_seen, plain.join(item)
        rehearsed = rehearsal.take(item, now)
        for ruling in rehearsed.rulings:
            if ruling.outcome is not ItemOutcome.VETOED:
                watchlist = ruling.match.watchlist
                counted = counts[watchlist][now.date()]
                counted["items"] += 1
                counted["by link and headline"] += plain.is_first(story, watchlist)
        _count(rehearsed.alerts, counts)
    _count(rehearsal.finish(), counts)
    return counts


def items() -> Iterator[Item]:
    """Yield the stream's items as they were seen, each from its feed."""
    with gzip.open(STREAM, "rt", encoding="utf-8") as stored:
        told = sorted(map(json.loads, stored), key=lambda each: str(each["seen"]))
    for serial, each in enumerate(told):
        source = each["feed"] or host_of(each["link"])
        given = each | {"source": source, "language": each["lang"], "title": each["title"] or "-"}
        sample, published = read_sample(given, f"item {serial}")
        seen = datetime.fromisoformat(each["seen"])
        item = make_item(sample, {}, now=seen, published=published, serial=serial)
        yield replace(item, title_key=title_key(normalised(untagged(item.entry.title))))


class Plain:
    """Joins items whose links or headlines are equal, as far apart as stories may be."""

    def __init__(self) -> None:
        self._by_key: dict[str, StoryId] = {}
        self._stories: dict[StoryId, Story] = {}
        self._told: set[tuple[StoryId, str]] = set()

    def join(self, item: Item) -> StoryId:
        book = StoryBook(by_key=self._by_key, stories=self._stories, cases={})
        joined = join([Sighting(item=item)], book, now=item.first_seen)
        self._stories |= joined.stories
        story = joined.of_item[item.id]
        self._by_key |= {key: story for key in (item.link_key, item.title_key) if key}
        return story

    def is_first(self, story: StoryId, watchlist: str) -> bool:
        """Tell whether a watchlist has not heard of a story, and note that it has."""
        is_new = (story, watchlist) not in self._told
        self._told.add((story, watchlist))
        return is_new


def _count(alerts: Sequence[Alert], counts: Counts) -> None:
    for alert in alerts:
        column = "alerts" if alert.sequence == 1 else "follow-ups"
        counts[alert.watchlist][alert.created.date()][column] += 1


def show(counts: Counts) -> str:
    """Lay the sums out as one table in Markdown, and below it the days: items → alerts."""
    lines = [f"| watchlist | {' | '.join(COLUMNS)} |", f"|---|{'---:|' * len(COLUMNS)}"]
    for watchlist, days in counts.items():
        total = sum(days.values(), Counter())
        cells = " | ".join(f"{total[column]:,}" for column in COLUMNS)
        lines.append(f"| {watchlist} | {cells} |")
    lines += ["", f"| day | {' | '.join(counts)} |", f"|---|{'---:|' * len(counts)}"]
    for day in sorted({day for days in counts.values() for day in days}):
        cells = " | ".join(_cell(days[day]) for days in counts.values())
        lines.append(f"| {day:%-d %b} | {cells} |")
    return "\n".join(lines)


def _cell(day: Counter[str]) -> str:
    if not day:
        return "–"
    more = f" + {day['follow-ups']}" if day["follow-ups"] else ""
    return f"{day['items']:,} → {day['alerts']:,}{more}"


if __name__ == "__main__":
    print(show(replay()) if STREAM.exists() else "the stream is not here")
