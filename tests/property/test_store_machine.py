"""Whatever happens in whatever order, the outbox loses nothing and sends in turn."""

import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from builders import NOW
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule
from store_builders import a_poll, again, commit, configure, decide_for

from monitor.model import Dead, Delivered, Delivery, DeliveryState, Retry, Severity, Verdict
from monitor.store import Store

LEASE = timedelta(minutes=1)
AT_ONCE = datetime.min.replace(tzinfo=UTC)
WAITING = {DeliveryState.PENDING, DeliveryState.RETRYING}
OPEN = WAITING | {DeliveryState.SENDING}
# A disk that is a piece of memory, where there is one: each step waits for the disk.
FAST = "/dev/shm" if Path("/dev/shm").is_dir() else None

notifiers = st.sampled_from(["desk", "siem"])
processes = st.sampled_from(["a", "b"])
seconds = st.sampled_from([0, 5, 30, 61])
scopes = st.sampled_from(["message", "destination"])


@dataclass
class Expected:
    """What the outbox owes for one row."""

    notifier: str
    urgency: int
    state: DeliveryState
    due: datetime = AT_ONCE
    attempts: int = 0
    claims: int = 0


class Outbox(RuleBasedStateMachine):
    """Two processes, some of which die, against a model of what is owed."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory(dir=FAST)
        file = Path(self.folder.name, "monitor.db")
        file.write_bytes(empty_store())
        self.stores = {name: Store.open(f"sqlite:///{file}") for name in ("a", "b")}
        [self.source] = configure(self.stores["a"])
        self.now = NOW
        self.rows: dict[int, Expected] = {}
        self.claims: list[tuple[str, Delivery]] = []
        self.paused = {"desk": AT_ONCE, "siem": AT_ONCE}
        self.busy: dict[str, tuple[datetime, int]] = {}
        self.parked: set[str] = set()

    def teardown(self) -> None:
        try:
            self.nothing_is_lost_and_every_end_has_a_reason()
        finally:
            for store in self.stores.values():
                store.close()
            self.folder.cleanup()

    # --- what happens -------------------------------------------------------------------------

    @initialize()
    def begin(self) -> None:
        self.alert(count=2, severity=Severity.HIGH, process="a")

    @rule(count=st.integers(1, 2), severity=st.sampled_from(Severity), process=processes)
    def alert(self, count: int, severity: Severity, process: str) -> None:
        store = self.stores[process]
        guids = [f"{len(self.rows)}-{n}" for n in range(count)]
        poll = a_poll(again(store, self.source), *guids, now=self.now)
        commit(store, poll, decide=decide_for("desk", "siem", severity=severity))
        for delivery in store.deliveries(limit=2 * count):
            parked = delivery.notifier in self.parked
            state = DeliveryState.PARKED if parked else DeliveryState.PENDING
            self.rows[delivery.id] = Expected(delivery.notifier, -severity.rank, state)

    @rule(by=seconds)
    def wait(self, by: int) -> None:
        self.now += timedelta(seconds=by)

    @rule(hours=st.sampled_from([-30, -1, 1, 30]))
    def step_the_clock(self, hours: int) -> None:
        step = timedelta(hours=hours)
        self.stores["a"].shift(step)
        self.now += step
        for row in self.rows.values():
            row.due = later(row.due, step)
        self.paused = {name: later(until, step) for name, until in self.paused.items()}
        self.busy = {name: (until + step, row) for name, (until, row) in self.busy.items()}

    @rule(process=processes, notifier=notifiers)
    def claim(self, process: str, notifier: str) -> None:
        due = [name for name in ("desk", "siem") if self.next_in_turn(name)]
        assert self.stores[process].due_destinations(self.now) == due
        claimed = self.stores[process].claim(notifier, now=self.now, lease=LEASE)
        assert (claimed and claimed.id) == self.next_in_turn(notifier)
        if claimed:
            row = self.rows[claimed.id]
            row.state = DeliveryState.SENDING
            row.due = self.now + LEASE
            row.attempts += 1
            row.claims += 1
            self.busy[notifier] = (row.due, claimed.id)
            self.claims.append((process, claimed))

    @precondition(lambda self: self.claims)
    @rule(process=processes, data=st.data())
    def take_over_when_the_lease_is_lost(self, process: str, data: st.DataObject) -> None:
        _, lost = data.draw(st.sampled_from(self.claims))
        self.now += LEASE
        self.claim(process, lost.notifier)

    @precondition(lambda self: self.claims)
    @rule(data=st.data(), verdict=st.sampled_from(["delivered", "dead", "retry"]), scope=scopes)
    def settle(self, data: st.DataObject, verdict: str, scope: str) -> None:
        process, claimed = self.claims.pop(data.draw(st.integers(0, len(self.claims) - 1)))
        again_at = self.now + timedelta(seconds=data.draw(seconds))
        answer: Verdict = {
            "delivered": Delivered(),
            "dead": Dead(reason="gone", scope=scope),
            "retry": Retry(reason="later", scope=scope, counts=data.draw(st.booleans())),
        }[verdict]
        self.stores[process].settle(claimed, answer, now=self.now, next_attempt=again_at)
        self.expect(claimed, answer, again_at)

    @rule(processes=st.sampled_from(["a", "b", "ab"]))
    def die(self, processes: str) -> None:
        self.claims = [each for each in self.claims if each[0] not in processes]
        if processes == "ab":
            self.stores["a"].recover(self.now)
            self.expect_recovered()

    @rule(notifier=notifiers)
    def park_or_let_go(self, notifier: str) -> None:
        if notifier not in self.parked:
            self.stores["b"].park(notifier, "away")
            self.expect_parked(notifier)
            return
        parked = [row for row in self.of(notifier).values() if row.state is DeliveryState.PARKED]
        assert self.stores["b"].unpark(notifier) == len(parked)
        self.parked.discard(notifier)
        for row in parked:
            row.state, row.due = DeliveryState.PENDING, AT_ONCE

    # --- what must hold -----------------------------------------------------------------------

    def nothing_is_lost_and_every_end_has_a_reason(self) -> None:
        stored = {each.id: each for each in self.stores["b"].deliveries()}
        assert stored.keys() == self.rows.keys()
        assert len({each.webhook_id for each in stored.values()}) == len(stored)
        for each in stored.values():
            row = self.rows[each.id]
            assert (each.state, each.attempts) == (row.state, row.attempts)
            assert each.reason or each.state not in {DeliveryState.DEAD, DeliveryState.PARKED}

    # --- the model ----------------------------------------------------------------------------

    def of(self, notifier: str) -> dict[int, Expected]:
        return {each: row for each, row in self.rows.items() if row.notifier == notifier}

    def next_in_turn(self, notifier: str) -> int | None:
        busy_until, _ = self.busy.get(notifier, (AT_ONCE, 0))
        if notifier in self.parked or max(self.paused[notifier], busy_until) > self.now:
            return None
        rows = self.of(notifier).items()
        due = [
            (row.urgency, each) for each, row in rows if row.state in OPEN and row.due <= self.now
        ]
        return min(due)[1] if due else None

    def expect(self, claimed: Delivery, answer: Verdict, again_at: datetime) -> None:
        row, notifier = self.rows[claimed.id], claimed.notifier
        holds = row.claims == claimed.claims
        if holds and self.busy.get(notifier, (AT_ONCE, 0))[1] == claimed.id:
            del self.busy[notifier]
        failed = holds and row.state is DeliveryState.SENDING
        match answer:
            case Delivered():
                row.state = DeliveryState.DELIVERED
            case Dead(scope="destination") if failed:
                row.state = DeliveryState.RETRYING
                self.expect_parked(notifier)
            case Dead() if failed:
                row.state = DeliveryState.DEAD
            case Retry(scope=scope, counts=counts) if failed:
                row.state, row.due = DeliveryState.RETRYING, again_at
                row.attempts -= not counts
                if scope == "destination":
                    self.paused[notifier] = max(self.paused[notifier], again_at)
        if holds and notifier in self.parked:
            self.expect_parked(notifier)

    def expect_recovered(self) -> None:
        self.busy.clear()
        for row in self.rows.values():
            if row.state is DeliveryState.SENDING:
                row.state, row.due = DeliveryState.PENDING, self.now
        for notifier in self.parked:
            self.expect_parked(notifier)

    def expect_parked(self, notifier: str) -> None:
        self.parked.add(notifier)
        for row in self.of(notifier).values():
            if row.state in WAITING:
                row.state = DeliveryState.PARKED


def later(moment: datetime, step: timedelta) -> datetime:
    return moment if moment == AT_ONCE else moment + step


@cache
def empty_store() -> bytes:
    """Return an empty store's file, made once: the tables take longer than a whole run."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "monitor.db")
        Store.open(f"sqlite:///{file}").close()
        return file.read_bytes()


TestOutbox = Outbox.TestCase
TestOutbox.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
