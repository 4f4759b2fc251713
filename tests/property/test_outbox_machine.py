"""Whatever receivers answer and whoever dies, every row ends as it should and in its turn."""

import random
import tempfile
from datetime import timedelta
from functools import cache
from pathlib import Path

from builders import NOW
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from outbox_builders import LEASE, SECOND, news, put

from monitor.model import Dead, Delivered, DeliveryState, Fallback, Retry, Severity
from monitor.notify import Rate
from monitor.notify.breaker import after, rest
from monitor.notify.retry import next_attempt
from monitor.store import Store

TTL = timedelta(hours=24)
RATE = Rate(every=SECOND, burst=3)
# A disk that is a piece of memory, where there is one: each step waits for the disk.
FAST = "/dev/shm" if Path("/dev/shm").is_dir() else None
ENDED = {DeliveryState.DELIVERED, DeliveryState.DEAD, DeliveryState.CANCELLED}
WAITING = {DeliveryState.PENDING, DeliveryState.RETRYING}
ANSWERS = {
    "arrives": Delivered(ref="7"),
    "down": Retry(reason="http_5xx", maybe_sent=True),
    "refused connection": Retry(reason="not_sent: refused"),
    "limited": Retry(reason="rate_limited", after=2 * SECOND, scope="destination", counts=False),
    "refuses": Dead(reason="rejected"),
    "closed": Dead(reason="auth", scope="destination"),
    "gone": Dead(reason="gone", scope="destination"),
}


class Sending(RuleBasedStateMachine):
    """Two processes send to one destination that takes one message a second."""

    def __init__(self):
        super().__init__()
        self.folder = tempfile.TemporaryDirectory(dir=FAST)
        file = Path(self.folder.name, "monitor.db")
        file.write_bytes(empty_store())
        self.stores = [Store.open(f"sqlite:///{file}") for _ in range(2)]
        self.now, self.made = NOW, 0
        self.held = None  # the claim in flight, and until when
        self.orphans = []  # claims whose sender lost its lease
        self.told = {}  # by webhook id, what may have arrived under it
        self.left_at = []

    def teardown(self):
        try:
            self.let_everything_end()
        finally:
            for store in self.stores:
                store.close()
            self.folder.cleanup()

    @property
    def store(self):
        return self.stores[0]

    def rows(self):
        return {row.id: row for row in self.store.deliveries()}

    # --- what happens -------------------------------------------------------------------------

    @rule(count=st.integers(1, 14), severity=st.sampled_from(Severity))
    def alert(self, count, severity):
        first, self.made = self.made, self.made + count
        put(
            self.store,
            *(
                news(number, severity=severity, created=self.now)
                for number in range(first, self.made)
            ),
        )

    @rule(seconds=st.sampled_from([0, 1, 5, 31, 61, 301, 3601]))
    def wait(self, seconds):
        self.now += seconds * SECOND
        self.lose_leases()

    @rule(process=st.sampled_from([0, 1]), bundles=st.booleans())
    def claim(self, process, bundles):
        before = self.rows()
        due = self.stores[process].due_destinations(self.now)
        claimed = self.stores[process].claim(
            "desk", now=self.now, lease=LEASE, rate=RATE, bundles=bundles
        )
        assert (claimed is not None) == bool(due)
        if claimed is None:
            return
        assert self.held is None, "two claims at one destination"
        self.held = (claimed, self.now + LEASE)
        self.left_at.append(self.now)
        assert len([at for at in self.left_at if at > self.now - SECOND]) <= RATE.burst
        self.check_turn(claimed, before)
        self.check_words(claimed)

    @precondition(lambda self: self.held)
    @rule(answer=st.sampled_from(sorted(ANSWERS)))
    def settle(self, answer):
        claimed, _ = self.held
        self.held = None
        self.end(claimed, ANSWERS[answer])

    @precondition(lambda self: self.orphans)
    @rule(answer=st.sampled_from(["arrives", "down"]))
    def settle_late(self, answer):
        self.end(self.orphans.pop(), ANSWERS[answer])

    @rule()
    def die(self):
        if self.held:
            self.may_have_arrived(self.held[0])
        self.held = None
        self.orphans.clear()
        self.store.recover(self.now)

    @rule()
    def resume(self):
        self.store.unpark("desk")

    @rule(data=st.data())
    def drop_or_replay(self, data):
        rows = self.rows()
        if rows:
            number = data.draw(st.sampled_from(sorted(rows)))
            if rows[number].state in ENDED:
                self.store.replay([number], self.now)
            else:
                self.store.drop([number], "told by phone")

    # --- what must hold -----------------------------------------------------------------------

    @invariant()
    def every_row_is_somewhere(self):
        rows = self.rows()
        assert len(rows) == self.made
        standing = {DeliveryState.PARKED, DeliveryState.SENDING}
        for row in rows.values():
            assert row.state in ENDED | WAITING | standing
            if row.state in {DeliveryState.DEAD, DeliveryState.PARKED, DeliveryState.CANCELLED}:
                assert row.reason
        parked = any(row.state is DeliveryState.PARKED for row in rows.values())
        assert not (parked and any(row.state in WAITING for row in rows.values()))

    def check_turn(self, claimed, before):
        """Nothing more urgent, or as urgent and older, was due."""
        if claimed.standing.parked:
            open_rows = [row for row in before.values() if row.state not in ENDED]
            assert claimed.id == min(row.id for row in open_rows)
            return
        free = [row for row in before.values() if row.state is DeliveryState.PENDING]
        mine = (-urgency(claimed), claimed.id)
        assert all(mine <= (-urgency(row), row.id) for row in free)

    def check_words(self, claimed):
        """Once something may have arrived under a webhook id, no more is said under it."""
        said = words(claimed)
        assert said <= self.told.get(claimed.webhook_id, said)

    def may_have_arrived(self, claimed):
        self.told.setdefault(claimed.webhook_id, words(claimed))

    def end(self, claimed, verdict):
        now = self.now
        if isinstance(verdict, Delivered) or getattr(verdict, "maybe_sent", False):
            self.may_have_arrived(claimed)
        again = None
        if isinstance(verdict, Retry):
            again = next_attempt(
                verdict,
                attempts=claimed.attempts,
                created=claimed.replayed or claimed.created,
                now=now,
                rng=random.Random(1),
                ttl=TTL,
            )
        standing = after(claimed.standing, verdict, attempts=claimed.attempts, now=now)
        told = verdict
        if isinstance(verdict, Retry) and again is None:
            told = Dead(reason=f"expired: {verdict.reason}")
        elif isinstance(verdict, Dead) and verdict.scope == "message" and claimed.bundle:
            told = Fallback(reason=verdict.reason)
        pause = rest(standing)
        self.stores[1].settle(
            claimed,
            told,
            now=now,
            next_attempt=again,
            standing=standing,
            paused=now + pause if pause else None,
        )

    def lose_leases(self):
        if self.held and self.held[1] <= self.now:
            self.may_have_arrived(self.held[0])
            self.orphans.append(self.held[0])
            self.held = None

    def let_everything_end(self):
        """Once the receiver is well again all that is owed arrives."""
        self.die()
        self.store.unpark("desk")
        for _ in range(2 * self.made + 5):
            self.now += timedelta(hours=1)
            claimed = self.store.claim("desk", now=self.now, lease=LEASE, rate=RATE, bundles=True)
            if claimed is None and all(row.state in ENDED for row in self.rows().values()):
                return
            if claimed:
                self.end(claimed, ANSWERS["arrives"])
        assert all(row.state in ENDED for row in self.rows().values())


def urgency(row):
    about = row.message.data.get("digest") or row.message.data["watchlist"]
    return Severity(about["severity"]).rank


def words(delivery):
    data = delivery.message.data
    return {each["item"]["id"] for each in data.get("alerts", [data])}


@cache
def empty_store():
    """Return an empty store's file, made once: the tables take longer than a whole run."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "monitor.db")
        Store.open(f"sqlite:///{file}").close()
        return file.read_bytes()


TestSending = Sending.TestCase
TestSending.settings = settings(max_examples=40, stateful_step_count=25, deadline=None)
