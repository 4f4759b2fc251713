"""What watchlists made of many items, in figures: by day, term, source and language.

Pure. Nothing of an item is kept but a few headlines, so that a year of items takes no more memory
than a day of them.
"""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from heapq import heappush, heappushpop
from typing import Final

from monitor.model import Alert, AlertId, Item, ItemOutcome, Ruling
from monitor.watch.words.inflection import primary

EXAMPLES: Final = 5
TOO_COMMON: Final = 0.01  # of all items: a term that stands in more tells nothing
_NOBODY: Final = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Example:
    """A headline that alerted, the more telling the more different terms it holds."""

    terms: int
    at: datetime = field(compare=False)
    number: int  # of the item, from 0, negative: of equals the first counts
    title: str = field(compare=False)
    source: str = field(compare=False)


@dataclass(slots=True, kw_only=True)
class Tally:
    """One watchlist's figures. Vetoed items are no matches; `by_term` counts evidence."""

    watchlist: str
    outcomes: Counter[ItemOutcome] = field(default_factory=Counter)
    alerts: int = 0  # first ones; what follows them on the same story counts apart
    follow_ups: int = 0
    possible: int = 0
    matches_by_day: Counter[date] = field(default_factory=Counter)
    alerts_by_day: Counter[date] = field(default_factory=Counter)
    alerts_by_hour: Counter[datetime] = field(default_factory=Counter)
    matches_by_source: Counter[str] = field(default_factory=Counter)
    alerts_by_source: Counter[str] = field(default_factory=Counter)
    matches_by_language: Counter[str] = field(default_factory=Counter)
    by_term: Counter[str] = field(default_factory=Counter)  # a term as written, or an entity's key
    examples: list[Example] = field(default_factory=list)

    @property
    def matches(self) -> int:
        """How many items matched and were not vetoed."""
        return self.outcomes.total() - self.vetoed

    @property
    def vetoed(self) -> int:
        """How many items its `none` held back."""
        return self.outcomes[ItemOutcome.VETOED]

    @property
    def busiest_hour(self) -> tuple[datetime, int] | None:
        """The hour with the most alerts, the first of equals, and how many."""
        if not self.alerts_by_hour:
            return None
        hour = min(self.alerts_by_hour, key=lambda each: (-self.alerts_by_hour[each], each))
        return hour, self.alerts_by_hour[hour]

    def best_examples(self) -> list[Example]:
        """Return the headlines kept, in the order of their times."""
        return sorted(self.examples, key=lambda each: (each.at, -each.number))

    def add(
        self,
        item: Item,
        ruling: Ruling,
        *,
        language: str,
        at: datetime,
        number: int,
        firsts: Collection[AlertId],
    ) -> None:
        """Count what became of an item; `number` is its place among all, from 0.

        `firsts` are first alerts that were made of it, whenever they are told.
        """
        match, source = ruling.match, item.source.name or _NOBODY
        self.outcomes[ruling.outcome] += 1
        if ruling.outcome is ItemOutcome.VETOED:
            return
        self.possible += match.possible
        self.matches_by_day[at.date()] += 1
        self.matches_by_source[source] += 1
        self.matches_by_language[primary(language) or _NOBODY] += 1
        terms = {hit.entity or hit.term for hit in match.evidence}
        self.by_term.update(terms)
        if ruling.outcome is ItemOutcome.ALERTED or ruling.alert in firsts:
            self.alerts += 1
            self.alerts_by_day[at.date()] += 1
            self.alerts_by_hour[at.replace(minute=0, second=0, microsecond=0)] += 1
            self.alerts_by_source[source] += 1
            title = item.entry.title
            self._keep(Example(terms=len(terms), at=at, number=-number, title=title, source=source))

    def _keep(self, example: Example) -> None:
        if len(self.examples) < EXAMPLES:
            heappush(self.examples, example)
        else:
            heappushpop(self.examples, example)


class Tallies:
    """The figures of several watchlists over the same items."""

    def __init__(self, watchlists: Iterable[str]) -> None:
        """Begin with nothing counted."""
        self.each = {name: Tally(watchlist=name) for name in watchlists}
        self.items_by_day: Counter[date] = Counter()

    @property
    def items(self) -> int:
        """How many items were counted."""
        return self.items_by_day.total()

    def add(
        self,
        item: Item,
        rulings: Collection[Ruling],
        *,
        language: str,
        at: datetime,
        alerts: Collection[Alert] = (),
    ) -> None:
        """Count one item and the alerts made until it was found, `at` that time, UTC."""
        number = self.items
        self.items_by_day[at.date()] += 1
        firsts = {alert.id for alert in alerts if alert.sequence == 1}
        for ruling in rulings:
            self.each[ruling.match.watchlist].add(
                item, ruling, language=language, at=at, number=number, firsts=firsts
            )
        self.follow(alerts)

    def follow(self, alerts: Iterable[Alert]) -> None:
        """Count those of the alerts that follow others on their story."""
        for alert in alerts:
            self.each[alert.watchlist].follow_ups += alert.sequence > 1

    def days(self) -> list[date]:
        """Return every day from the first to the last on which items were found."""
        if not self.items_by_day:
            return []
        first, last = min(self.items_by_day), max(self.items_by_day)
        return [first + timedelta(days=day) for day in range((last - first).days + 1)]
