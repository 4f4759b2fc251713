"""One story as its watchlists tell it: items come, time passes, alerts leave."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from builders import NOW, a_match, a_record, an_item, evidence

from monitor.alerts.cases import due
from monitor.alerts.policy import Policy
from monitor.alerts.ruling import CaseBook, rule
from monitor.model import Alert, Case, Copy, ItemId, Severity, Sighting, SourceRef, Story, StoryId
from monitor.settings import AlertSettings
from monitor.watch.rules import Watchlist

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
BLAST = "Explosion at fuel depot in Caracas kills 27"


def a_policy(*, group_wait: timedelta = timedelta(0), **watchlist: Any) -> Policy:
    """Return a policy of two watchlists, crisis and oil; what is given is said by both."""
    lists = (Watchlist(name=n, match=(), notify=("desk",), **watchlist) for n in ("crisis", "oil"))
    return Policy(
        alerts=AlertSettings(group_wait=group_wait), watchlists={each.name: each for each in lists}
    )


@dataclass
class Telling:
    """Everything that becomes of one story; `alerts` leave in their order."""

    policy: Policy = field(default_factory=a_policy)
    now: datetime = NOW
    story: Story = field(
        default_factory=lambda: Story(id=StoryId("s"), first_seen=NOW, size=0, sources=())
    )
    cases: dict[Any, Case] = field(default_factory=dict)
    alerts: list[Alert] = field(default_factory=list)
    rulings: list[Any] = field(default_factory=list)
    items: dict[str, Sighting] = field(default_factory=dict)

    def wait(self, span: timedelta) -> None:
        """Let time pass; what is due leaves when it is."""
        end = self.now + span
        while waited := [c for c in self.cases.values() if c.due_at and c.due_at <= end]:
            case = min(waited, key=lambda each: (each.due_at, each.watchlist))
            self.now = max(self.now, case.due_at)
            self._tell(case)
        self.now = end

    def say(
        self,
        title: str = BLAST,
        *,
        source: str = "",
        after: timedelta = timedelta(0),
        severity: Severity = Severity.HIGH,
        terms: tuple[str, ...] = ("Caracas",),
        watchlist: str = "crisis",
        updates: bool = False,
    ) -> Any:
        """Have a source publish; return what became of it."""
        self.wait(after)
        number = len(self.items)
        source = source or f"source {number}"
        item = an_item(
            f"item-{number}",
            title=title,
            published=self.now,
            first_seen=self.now,
            source=SourceRef(name=source, url=f"https://{number}.example/feed"),
        )
        match = a_match(
            watchlist,
            severity=severity,
            evidence=tuple(evidence(term, end=1) for term in terms),
        )
        sighting = Sighting(item=item, matches=(match,))
        self.items[item.id] = sighting
        names = self.story.sources
        self.story = replace(
            self.story,
            size=self.story.size + 1,
            sources=names if source in names else (*names, source),
        )
        book = CaseBook(known=self.cases)
        rule(
            [sighting],
            {item.id: self.story},
            book,
            record=a_record(sighting, now=self.now),
            policy=self.policy,
            copies={item.id: Copy(of=ItemId("item-0"), kind="update")} if updates else {},
        )
        self.cases |= book.opened
        self.alerts += book.alerts
        self.rulings += book.rulings
        return book.rulings[-1]

    def case(self, watchlist: str = "crisis") -> Case:
        """Return what a watchlist has told."""
        return self.cases[self.story.id, watchlist]

    def told(self) -> list[tuple[timedelta, str, str]]:
        """Return when each alert left, why, and what was new in it."""
        return [(each.created - NOW, each.reason.value, each.detail) for each in self.alerts]

    def _tell(self, case: Case) -> None:
        sighting = self.items[case.item]
        [match] = sighting.matches
        alert, after = due(case, self.story, sighting.item, match, policy=self.policy, now=self.now)
        self.cases[case.story, case.watchlist] = after
        self.alerts += [alert] if alert else []
