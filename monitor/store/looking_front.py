"""What the store offers to whoever looks: items, their history, counts, failures."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

from monitor.model import Item, Sighting
from monitor.store import counting, history, items, lookups
from monitor.store.counting import Counts, FailingSource
from monitor.store.engine import Database
from monitor.store.history import Past, Rule, Ruled, Write
from monitor.store.lookups import Finding, NoticeFinding


class LookingFront:
    """The part of a Store that answers questions, and rules on what is stored."""

    _database: Database

    def find(
        self, wanted: str, *, link_key: str = "", is_link: Callable[[str], bool] | None = None
    ) -> tuple[Finding, ...]:
        """Find items by id or its beginning, by an alert's id, or by link; the newest first."""
        return lookups.find(self._database, wanted, link_key=link_key, is_link=is_link)

    def find_notices(self, wanted: str) -> tuple[NoticeFinding, ...]:
        """Find notices by id or its beginning; the newest first."""
        return lookups.find_notices(self._database, wanted)

    def items(self, *, since: datetime | None = None, limit: int | None = None) -> Iterator[Item]:
        """Yield items first seen since then, the newest first."""
        return items.read_items(self._database, since=since, limit=limit)

    def history(self, since: datetime) -> Iterator[Past]:
        """Yield items first seen since then, the oldest first."""
        return history.read_history(self._database, since=since)

    def count_history(self, since: datetime) -> int:
        """Count the items first seen since then."""
        return history.count_history(self._database, since=since)

    def rule_history(
        self, found: Sequence[Sighting], rule: Rule, write: Write | None = None
    ) -> Ruled:
        """Rule on stored items by watchlists that have not, and write that where wanted."""
        return history.rule_history(self._database, found, rule, write)

    def counts(self, now: datetime) -> Counts:
        """Count sources, items, alerts and deliveries."""
        return counting.count(self._database, now)

    def failing(self, limit: int) -> list[FailingSource]:
        """Return configured sources that fail, the longest failing first."""
        return counting.failing_sources(self._database, limit)
