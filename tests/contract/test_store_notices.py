"""News about the monitor itself: every notice kept, few messages, on every database."""

from dataclasses import replace
from datetime import timedelta

import pytest
from builders import NOW
from store_builders import DAY, PARTS, a_poll, again, commit, configure, decide_for

from monitor.alerts.notices import ALONE, GATHER, WITHIN
from monitor.alerts.policy import webhook_id
from monitor.model import (
    Dead,
    Delivered,
    DeliveryState,
    ErrorKind,
    Notice,
    Severity,
    SourceRef,
)

LEASE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)
MANY = 40


def a_notice(state, *, now=NOW, **changes):
    defaults = {
        "type": "system.source_failing",
        "source": SourceRef(name=state.host, url=state.url, tags=frozenset({"wire"})),
        "created": now,
        "severity": Severity.HIGH,
        "title": f"{state.host} fails",
        "text": "It has not answered since yesterday.",
        "kind": ErrorKind.CONNECT,
        "since": now - DAY,
    }
    return Notice(**defaults | changes)


def sources(count):
    return [f"https://wire{number:03}.example/feed" for number in range(count)]


def tell(store, *states, now=NOW, notify=("desk",), **changes):
    """Commit one group of failed polls, each with a notice of its source."""
    records = [
        a_poll(again(store, state), now=now, notices=(a_notice(state, now=now, **changes),))
        for state in states
    ]
    parts = PARTS | {"webhook_id": webhook_id}
    return store.commit(records, decide_for("desk"), notify=notify, **parts)


def send(store, notifier="desk", *, now):
    """Send everything that is due; return the messages."""
    sent = []
    while delivery := store.claim(notifier, now=now, lease=LEASE):
        store.settle(delivery, Delivered(), now=now, next_attempt=None)
        sent.append(delivery.message)
    return sent


def named(messages):
    """The sources that messages speak of, each as often as it is named."""
    return sorted(
        each["source"]["name"]
        for message in messages
        for each in message.data.get("notices", [message.data])
    )


def test_what_was_said_last_stays_the_last_when_the_clock_is_set_back(store):
    late = Notice(
        type="system.backlog", source=None, created=NOW, severity=Severity.HIGH, title="late",
        text="",
    )  # fmt: skip
    store.announce(late, ("desk",), webhook_id)
    back = timedelta(hours=-12)
    store.shift(back)
    now = NOW + back + timedelta(minutes=20)
    over = replace(late, type="system.backlog_recovered", created=now)
    store.announce(over, ("desk",), webhook_id)
    assert store.last_notice(("system.backlog", "system.backlog_recovered")) == (over.type, now)
    [told, _] = store.deliveries()[::-1]
    assert (told.created, told.message.timestamp) == (NOW + back, NOW)


def test_a_notice_is_found_by_its_id_with_the_message_that_told_of_it(store):
    states = configure(store, *sources(ALONE + 2))
    tell(store, *states)
    rows = {row.alert: row for row in store.deliveries()}
    assert len(rows) == ALONE + 1
    for alert, row in rows.items():
        [found] = store.find_notices(alert[:12])
        assert (found.id, found.told_by) == (alert, alert)
        assert [each.id for each in found.deliveries] == [row.id]
    assert store.find_notices("nothing") == store.find_notices("") == ()


def test_a_notice_is_a_message_to_every_notifier_named_for_it(store):
    [state] = configure(store)
    [committed] = tell(store, state, notify=("desk", "siem"))
    assert committed.destinations == {"desk", "siem"}
    assert committed.alerts == ()
    for notifier in ("desk", "siem"):
        [message] = send(store, notifier, now=NOW)
        assert (message.type, message.timestamp) == ("system.source_failing", NOW)
        assert message.data["source"] == {
            "name": "wire.example",
            "url": "https://wire.example/feed",
            "tags": ["wire"],
        }
        assert message.data["kind"] == "connect"
        assert message.data["since"] == "2025-11-29T21:04:00Z"
        assert message.data["severity"] == "high"


def test_a_notice_is_as_urgent_as_its_severity(store):
    [state] = configure(store)
    tell(store, state, severity=Severity.LOW)
    commit(store, a_poll(again(store, state), "1"))
    types = [message.type for message in send(store, now=NOW)]
    assert types == ["alert.created", "system.source_failing"]


def test_polls_without_notices_send_nothing_about_the_monitor(store):
    [state] = configure(store)
    [committed] = store.commit([a_poll(state)], decide_for("desk"), notify=("desk",), **PARTS)
    assert committed.destinations == frozenset()
    assert store.deliveries() == []


def test_a_refused_poll_tells_nothing(store):
    [state] = configure(store)
    poll = a_poll(state, notices=(a_notice(state),))
    parts = PARTS | {"notify": ("desk",)}
    first, second = store.commit([poll, poll], decide_for("desk"), **parts)
    assert (first.accepted, second.accepted) == (True, False)
    assert second.destinations == frozenset()
    assert len(store.deliveries()) == 1


def test_the_same_notice_again_is_not_sent_again(store):
    [state] = configure(store)
    tell(store, state)
    tell(store, state, now=NOW + SECOND, since=NOW - DAY)
    assert len(send(store, now=NOW + DAY)) == 1


def test_a_source_that_fails_again_later_is_news_again(store):
    [state] = configure(store)
    tell(store, state)
    tell(store, state, now=NOW + 3 * DAY)
    first, second = store.deliveries()
    assert first.webhook_id != second.webhook_id


def test_a_notice_is_stored_even_where_nobody_wants_to_hear_of_it(store):
    [state] = configure(store)
    [committed] = tell(store, state, notify=())
    assert committed.destinations == frozenset()
    tell(store, state, now=NOW + SECOND, since=NOW - DAY, notify=("desk",))
    assert store.deliveries() == []  # it was known


def test_the_first_few_leave_at_once_and_the_rest_in_one_message(store):
    states = configure(store, *sources(MANY))
    tell(store, *states)
    at_once = send(store, now=NOW)
    assert len(at_once) == ALONE
    assert send(store, now=NOW + GATHER - SECOND) == []
    [summary] = send(store, now=NOW + GATHER)
    assert summary.data["title"] == f"{MANY - ALONE} sources fail"
    assert summary.data["source"] is None
    assert named([*at_once, summary]) == sorted(state.host for state in states)


def test_what_fails_minutes_later_joins_the_message_that_waits(store):
    states = configure(store, *sources(MANY))
    for number, state in enumerate(states):
        tell(store, state, now=NOW + number * SECOND)
    sent = send(store, now=NOW + GATHER + MANY * SECOND)
    assert len(sent) == ALONE + 1
    assert sent[-1].data["total"] == MANY - ALONE
    assert named(sent) == sorted(state.host for state in states)


def test_a_message_on_its_way_never_changes(store):
    states = configure(store, *sources(MANY))
    tell(store, *states[:10])
    send(store, now=NOW)
    later = NOW + GATHER
    claimed = store.claim("desk", now=later, lease=LEASE)
    tell(store, *states[10:], now=later)
    [first] = [each for each in store.deliveries() if each.id == claimed.id]
    assert first.message == claimed.message
    store.settle(claimed, Delivered(), now=later, next_attempt=None)
    [second] = send(store, now=later + GATHER)
    assert second.data["total"] == MANY - 10


def test_kinds_of_news_are_not_mixed_and_do_not_wait_for_each_other(store):
    states = configure(store, *sources(MANY))
    tell(store, *states)
    send(store, now=NOW)
    tell(store, states[0], now=NOW + SECOND, type="system.source_recovered")
    [recovered] = send(store, now=NOW + SECOND)
    assert recovered.type == "system.source_recovered"
    [summary] = send(store, now=NOW + GATHER)
    assert summary.type == "system.source_failing"


def test_after_a_quiet_hour_news_leaves_at_once_again(store):
    states = configure(store, *sources(MANY))
    tell(store, *states[1:])
    later = NOW + GATHER + WITHIN
    send(store, now=later)
    tell(store, states[0], now=later)
    assert named(send(store, now=later)) == [states[0].host]


def test_a_flood_over_a_day_is_few_messages_that_name_every_source(store):
    states = configure(store, *sources(300))
    minute, sent = timedelta(minutes=1), []
    for number in range(0, 300, 2):
        now = NOW + number * 4 * minute
        tell(store, *states[number : number + 2], now=now)
        sent += send(store, now=now)
    sent += send(store, now=now + GATHER)
    hours = 300 * 4 // 60
    assert len(sent) <= hours * (ALONE + WITHIN // GATHER + 1)
    assert named(sent) == sorted(state.host for state in states)


def test_what_waits_for_a_parked_destination_still_grows(store):
    states = configure(store, *sources(MANY))
    tell(store, states[0])
    store.park("desk", "no_service")
    tell(store, *states[1:10])
    tell(store, *states[10:], now=NOW + GATHER)
    assert {each.state for each in store.deliveries()} == {DeliveryState.PARKED}
    store.unpark("desk")
    sent = send(store, now=NOW + GATHER)
    assert len(sent) == ALONE + 1
    assert named(sent) == sorted(state.host for state in states)


def test_a_summary_for_other_notifiers_is_not_joined(store):
    states = configure(store, *sources(MANY))
    tell(store, *states[:10])
    tell(store, *states[10:], notify=("desk", "siem"))
    [summary] = send(store, "siem", now=NOW + GATHER)
    assert summary.data["total"] == MANY - 10


def test_a_summary_that_gathers_is_not_late_before_its_time(store):
    tell(store, *configure(store, *sources(MANY)))
    send(store, now=NOW)
    assert store.counts(NOW + GATHER - SECOND).oldest_pending is None
    assert store.counts(NOW + GATHER).oldest_pending == GATHER


def test_notices_are_neither_alerts_nor_items(store):
    [state] = configure(store)
    tell(store, state)
    counts = store.counts(NOW)
    assert (counts.alerts, counts.items) == (0, 0)
    assert counts.deliveries[DeliveryState.PENDING] == 1
    [delivery] = store.deliveries()
    assert store.find(delivery.alert) == ()


def test_a_notice_stays_while_its_delivery_is_owed_and_goes_with_it(store):
    states = configure(store, *sources(MANY))
    tell(store, *states)
    send(store, now=NOW)
    store.prune(NOW + DAY)
    [summary] = send(store, now=NOW + GATHER)
    assert summary.data["total"] == MANY - ALONE
    store.prune(NOW + DAY)
    assert store.deliveries() == []
    tell(store, states[0])  # forgotten, so it is new
    assert len(store.deliveries()) == 1


@pytest.mark.parametrize("verdict", [Dead(reason="rejected"), Delivered()])
def test_a_settled_notice_is_settled_like_any_delivery(store, verdict):
    [state] = configure(store)
    tell(store, state)
    delivery = store.claim("desk", now=NOW, lease=LEASE)
    store.settle(delivery, verdict, now=NOW, next_attempt=None)
    assert store.due_destinations(NOW + DAY) == []


def test_a_notice_arrives_with_the_news_of_its_poll_or_not_at_all(store):
    [state] = configure(store)

    def fail(*_):
        raise ZeroDivisionError

    poll = replace(a_poll(state, "1"), notices=(a_notice(state),))
    with pytest.raises(ZeroDivisionError):
        store.commit([poll], fail, notify=("desk",), **PARTS)
    assert store.deliveries() == []
    store.commit([poll], decide_for("desk"), notify=("desk",), **PARTS)
    assert len(store.deliveries()) == 2
