"""What a running monitor tells of its configuration, and of itself without a poll."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from monitor.model import Notice, Rejected, Running, Severity

NOW = datetime(2025, 11, 30, 12, 0, 0, 123456, tzinfo=UTC)
RUNNING = Running(
    file="/etc/monitor/config.yaml",
    digest="0123456789abcdef",
    loaded_at=NOW,
    files=2,
    sources=3,
    watchlists=4,
)
NOTICE = Notice(
    type="system.config_rejected",
    source=None,
    created=NOW,
    severity=Severity.MEDIUM,
    title="The changed configuration is not taken over",
    text="config.yaml:1:1: error",
    count=1,
)


def announce(store, notice, notify=("desk", "siem")):
    return store.announce(notice, notify, lambda alert, notifier: f"{alert}/{notifier}")


def test_the_last_configuration_told_is_the_one_that_runs(store):
    assert store.running() is None
    store.tell_running(RUNNING)
    assert store.running() == RUNNING
    rejected = Rejected(at=NOW, error="config.yaml:1:1: a mistake", errors=2)
    later = replace(RUNNING, rejected=rejected, restart=("web.listen", "store.url"))
    store.tell_running(later)
    assert store.running() == later


def test_a_notice_without_a_source_goes_out_once(store):
    assert announce(store, NOTICE) == {"desk", "siem"}
    assert announce(store, NOTICE) == frozenset()
    [desk] = [row for row in store.deliveries() if row.notifier == "desk"]
    assert desk.message.type == "system.config_rejected"
    assert desk.message.data["source"] is None


def test_many_notices_without_a_source_are_summed_up(store):
    for number in range(8):
        created = NOW + timedelta(seconds=number)
        announce(store, replace(NOTICE, created=created, title=f"Mistake {number}"), ("desk",))
    rows = sorted(store.deliveries(), key=lambda row: row.id)
    summary = rows[-1].message.data
    assert summary["title"] == "3 changes of the configuration were rejected"
    assert "Mistake 7" in summary["text"]
    assert len(rows) == 6
