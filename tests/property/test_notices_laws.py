"""Whatever fails in whatever order, every notice is told once, and few messages tell of them."""

import tempfile
from collections import Counter
from datetime import timedelta
from functools import cache
from pathlib import Path

from builders import NOW
from hypothesis import given, settings
from hypothesis import strategies as st
from store_builders import DAY, PARTS, a_poll, again, configure, decide_for

from monitor.alerts.notices import ALONE, GATHER, WITHIN
from monitor.alerts.policy import webhook_id
from monitor.model import Delivered, ErrorKind, Notice, Retry, Severity, SourceRef
from monitor.store import Store

LEASE = timedelta(minutes=1)
FAST = "/dev/shm" if Path("/dev/shm").is_dir() else None
SOURCES = 8  # so many that a summary names all of them

groups = st.lists(st.integers(0, SOURCES - 1), min_size=1, max_size=SOURCES, unique=True)
waits = st.sampled_from([0, 1, 300, 601, 3_601]).map(lambda seconds: timedelta(seconds=seconds))
sendings = st.sampled_from(["none", "claim", "fail", "send"])
days = st.lists(st.tuples(waits, groups, sendings), max_size=8)


@cache
def empty_store():
    with tempfile.TemporaryDirectory(dir=FAST) as folder:
        file = Path(folder, "monitor.db")
        Store.open(f"sqlite:///{file}").close()
        return file.read_bytes()


def a_notice(state, now):
    return Notice(
        type="system.source_failing",
        source=SourceRef(name=state.host, url=state.url),
        created=now,
        severity=Severity.MEDIUM,
        title=f"{state.host} fails",
        text="",
        kind=ErrorKind.DNS,
        since=now,
    )


def named(message):
    said = message.data.get("notices", [message.data])
    return [(each["source"]["name"], each["since"]) for each in said]


class Desk:
    """A store, what was made known to it, and what was sent."""

    def __init__(self, store):
        self.store = store
        self.states = configure(store, *(f"https://{n}.example/feed" for n in range(SOURCES)))
        self.told, self.sent, self.seen = Counter(), Counter(), {}

    def tell(self, group, now):
        records = []
        for number in group:
            state = again(self.store, self.states[number])
            notice = a_notice(state, now)
            records.append(a_poll(state, now=now, notices=(notice,)))
            self.told[state.host, now.isoformat(timespec="seconds").replace("+00:00", "Z")] = 1
        parts = PARTS | {"webhook_id": webhook_id}
        self.store.commit(records, decide_for(), notify=("desk",), **parts)

    def send(self, how, now):
        while how != "none" and (delivery := self.store.claim("desk", now=now, lease=LEASE)):
            # Every attempt says the same.
            assert self.seen.setdefault(delivery.webhook_id, delivery.message) == delivery.message
            if how == "claim":
                return
            verdict = Delivered() if how == "send" else Retry(reason="http_5xx")
            self.store.settle(delivery, verdict, now=now, next_attempt=now + LEASE)
            if how == "send":
                self.sent.update(named(delivery.message))
            how = "none" if how == "fail" else how


@settings(max_examples=50, deadline=None)
@given(days)
def test_every_notice_is_told_once_by_few_messages(steps):
    with tempfile.TemporaryDirectory(dir=FAST) as folder:
        file = Path(folder, "monitor.db")
        file.write_bytes(empty_store())
        store = Store.open(f"sqlite:///{file}")
        desk, now = Desk(store), NOW
        for wait, group, sending in steps:
            now += wait + timedelta(seconds=1)
            desk.tell(group, now)
            desk.send(sending, now)
        made = len(store.deliveries())
        desk.send("send", now + DAY)
        store.close()
    assert desk.sent == desk.told
    hours = (now - NOW) // WITHIN + 1
    assert made <= hours * (ALONE + WITHIN // GATHER) + ALONE
