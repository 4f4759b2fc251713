"""What the store offers for sending: the outbox, its destinations, its deliveries."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from monitor.model import Delivery, DeliveryState, Notice, Standing, Verdict
from monitor.store import amending, claiming, deliveries, outbox, settling, standing
from monitor.store.engine import Database

if TYPE_CHECKING:
    from monitor.notify import Rate


class OutboxFront:
    """The part of a Store through which deliveries are sent, shown and amended."""

    _database: Database

    def due_destinations(self, now: datetime) -> list[str]:
        """Return the notifiers with something to send and nothing that holds them back."""
        return claiming.due_destinations(self._database, now)

    def free_at(self, notifier: str, now: datetime) -> datetime | None:
        """Return when a pause or the rate ends that holds back what is due by then."""
        return claiming.free_at(self._database, notifier, now)

    def claim(
        self,
        notifier: str,
        *,
        now: datetime,
        lease: timedelta,
        rate: "Rate | None" = None,
        bundles: bool = False,
    ) -> Delivery | None:
        """Take the next due row for sending: the most urgent, among equals the oldest.

        None while nothing is due, the destination is paused or parked, its `rate` lets nothing
        leave, or another row is being sent there. The row's attempts have been counted up. With
        `bundles` many waiting alerts are taken as one. Of a parked destination it is the oldest
        row, when the time for a probe has come.
        """
        return claiming.claim(
            self._database, notifier, now=now, lease=lease, rate=rate, bundles=bundles
        )

    def settle(
        self,
        delivery: Delivery,
        verdict: Verdict,
        *,
        now: datetime,
        next_attempt: datetime | None,
        standing: Standing | None = None,
        paused: datetime | None = None,
        took: timedelta = timedelta(0),
        notice: Notice | None = None,
        notify: tuple[str, ...] = (),
    ) -> frozenset[str]:
        """Write how the sending of a claimed row ended; see monitor.store.settling."""
        return settling.settle(
            self._database,
            delivery,
            verdict,
            now=now,
            next_attempt=next_attempt,
            standing=standing,
            paused=paused,
            took=took,
            notice=notice,
            notify=notify,
        )

    def pause(self, notifiers: Iterable[str], until: datetime) -> None:
        """Send nothing to destinations before `until`; a longer pause stays."""
        standing.pause(self._database, notifiers, until)

    def park(self, notifier: str, reason: str) -> int:
        """Hold back everything for a destination until `unpark`; return how many rows wait."""
        return standing.park(self._database, notifier, reason)

    def unpark(self, notifier: str) -> int:
        """Let a destination's parked rows go, at once; return how many."""
        return standing.unpark(self._database, notifier)

    def all_parked(self, notifiers: Iterable[str]) -> bool:
        """Tell whether there are such destinations and every one of them is parked."""
        return standing.all_parked(self._database, notifiers)

    def sync_destinations(self, configured: Mapping[str, str]) -> dict[str, int]:
        """Follow the configured notifiers, a fingerprint each; see monitor.store.standing."""
        return standing.sync_destinations(self._database, configured)

    def recover(self, now: datetime) -> int:
        """Make what a dead process was sending due again; only while holding the lock."""
        return outbox.recover(self._database, now)

    def deliveries(
        self,
        *,
        limit: int | None = None,
        state: DeliveryState | None = None,
        notifier: str | None = None,
    ) -> list[Delivery]:
        """Return rows of the outbox, the newest first."""
        return deliveries.read_deliveries(
            self._database, limit=limit, state=state, notifier=notifier
        )

    def deliveries_by_id(self, ids: Iterable[int]) -> list[Delivery]:
        """Return those of the rows that there are, in the order of their ids."""
        return deliveries.deliveries_by_id(self._database, ids)

    def replay(self, ids: Iterable[int], now: datetime) -> list[int]:
        """Send deliveries again that ended, under their webhook ids; return which."""
        return amending.replay(self._database, ids, now)

    def drop(self, ids: Iterable[int], reason: str) -> list[int]:
        """Give up deliveries that have not ended, for a reason; return which."""
        return amending.drop(self._database, ids, reason)
