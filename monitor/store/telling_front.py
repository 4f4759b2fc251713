"""What the store offers for telling: cases, what is due without a poll, silences."""

from collections.abc import Callable, Sequence
from datetime import datetime

from monitor.model import Alert, AlertId, Case, Committed, Message, Silence, StoryId
from monitor.store import cases, notices, silences, timers
from monitor.store.engine import Database


class TellingFront:
    """The part of a Store through which cases, timers and silences are read and changed."""

    _database: Database

    def amend_case(self, alert: str, change: Callable[[Case], Case]) -> tuple[Case, ...]:
        """Change the case of an alert, named by its id or the beginning of it; return it.

        Several where the beginning is that of several, none where it is of none: unchanged.
        """
        return cases.amend_case(self._database, alert, change)

    def next_due(self) -> datetime | None:
        """Return when something is told next though no poll brings it; None: nothing waits."""
        return timers.next_due(self._database)

    def tell_due(
        self,
        decide: timers.DecideDue,
        now: datetime,
        *,
        webhook_id: Callable[[AlertId, str], str],
        message: Callable[[Alert], Message],
        notify: tuple[str, ...] = (),
    ) -> Committed:
        """Tell what has waited until now; see monitor.store.timers."""
        return timers.tell_due(
            self._database, decide, now, webhook_id=webhook_id, message=message, notify=notify
        )

    def last_notice(self, types: Sequence[str]) -> tuple[str, datetime] | None:
        """Return of which of these types the last notice was, and when."""
        return notices.last_notice(self._database, types)

    def add_silence(self, wanted: Silence) -> Silence:
        """Write a silence; return it with its number."""
        return silences.add_silence(self._database, wanted)

    def end_silence(self, number: int, now: datetime) -> Silence | None:
        """End a silence now; return it, None where none that lasts has this number."""
        return silences.end_silence(self._database, number, now)

    def silences(self, since: datetime | None = None) -> list[Silence]:
        """Return silences that last beyond `since`, or all, the newest first."""
        return silences.read_silences(self._database, since)

    def stories_named(self, wanted: str) -> list[StoryId]:
        """Return the stories whose id, or that of an alert of which, begins so; two at most."""
        return silences.stories_named(self._database, wanted)

    def count_silenced(self, number: int) -> int:
        """Return how many rulings a silence muted, as far as they are stored."""
        return silences.count_silenced(self._database, number)
