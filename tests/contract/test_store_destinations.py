"""Rates, bundles, probes and what people do to the outbox, on every database."""

from dataclasses import replace
from datetime import timedelta

from builders import NOW
from outbox_builders import LEASE, MINUTE, SECOND, news, put

from monitor.alerts.digests import MOST
from monitor.alerts.policy import webhook_id
from monitor.model import (
    Dead,
    Delivered,
    DeliveryState,
    Fallback,
    Notice,
    Reason,
    Retry,
    Severity,
    Standing,
)
from monitor.notify import Rate

SLOW = Rate(every=SECOND, burst=2)
DOWN = Retry(reason="http_5xx", maybe_sent=True)


def claim(store, notifier="desk", *, now=NOW, **how):
    return store.claim(notifier, now=now, lease=LEASE, **how)


def settle(store, delivery, verdict, *, now=NOW, next_attempt=None, **how):
    return store.settle(delivery, verdict, now=now, next_attempt=next_attempt, **how)


def deliver(store, notifier="desk", *, now=NOW, ref="", **how):
    delivery = claim(store, notifier, now=now, **how)
    settle(store, delivery, Delivered(ref=ref), now=now)
    return delivery


def several(store, count, *notify, first=0, **changes):
    put(store, *(news(number, *notify, **changes) for number in range(first, first + count)))


def by_state(store):
    return [row.state.value for row in store.deliveries()[::-1]]


# --- rates --------------------------------------------------------------------------------------


def test_no_message_leaves_before_the_rate_lets_it(store, open_store):
    several(store, 4)
    for _ in range(2):
        assert deliver(store, rate=SLOW)
    assert claim(store, rate=SLOW) is None
    assert store.due_destinations(NOW) == []
    assert store.free_at("desk", NOW) == NOW + SECOND
    # Another process keeps to it as well.
    other = open_store()
    assert claim(other, rate=SLOW, now=NOW + 0.9 * SECOND) is None
    assert deliver(other, rate=SLOW, now=NOW + SECOND)
    assert claim(other, rate=SLOW, now=NOW + SECOND) is None


def test_the_rate_counts_from_the_answer(store):
    several(store, 2)
    delivery = claim(store, rate=Rate(every=SECOND, burst=1))
    settle(store, delivery, Delivered(), now=NOW + 0.3 * SECOND, took=0.3 * SECOND)
    assert store.free_at("desk", NOW + 0.3 * SECOND) == NOW + 1.3 * SECOND


def test_what_is_due_when_a_pause_ends_waits_for_its_end(store):
    several(store, 1)
    limited = Retry(reason="rate_limited", after=SECOND, scope="destination", counts=False)
    settle(store, claim(store), limited, next_attempt=NOW + SECOND)
    assert store.free_at("desk", NOW) == NOW + SECOND
    settle(store, claim(store, now=NOW + SECOND), DOWN, next_attempt=NOW + MINUTE)
    assert store.free_at("desk", NOW + SECOND) is None


def test_the_most_urgent_gets_the_next_place(store):
    several(store, 3)
    for _ in range(2):
        deliver(store, rate=SLOW)
    several(store, 1, first=9, severity=Severity.CRITICAL)
    assert "009" in deliver(store, rate=SLOW, now=NOW + SECOND).message.data["item"]["title"]


def test_a_clock_step_moves_the_rate_and_the_probe(store):
    several(store, 3)
    for _ in range(2):
        deliver(store, rate=SLOW)
    hour = timedelta(hours=1)
    store.shift(-hour)
    assert claim(store, rate=SLOW, now=NOW - hour) is None
    assert claim(store, rate=SLOW, now=NOW - hour + SECOND)


def test_nothing_waits_for_a_rate_where_nothing_is_due(store):
    several(store, 1)
    deliver(store, rate=Rate(every=SECOND, burst=1))
    assert store.free_at("desk", NOW) is None


def test_a_shorter_pause_does_not_end_a_longer_one(store):
    several(store, 1)
    store.pause(["desk", "siem"], NOW + MINUTE)
    store.pause(["desk"], NOW + SECOND)
    assert store.due_destinations(NOW + SECOND) == []
    assert store.free_at("desk", NOW) == NOW + MINUTE


# --- bundles ------------------------------------------------------------------------------------


def titles(message):
    return [each["item"]["title"][-3:] for each in message.data["alerts"]]


def test_many_waiting_alerts_are_claimed_as_one_message_that_tells_each_once(store):
    several(store, 30)
    claimed = claim(store, bundles=True)
    rows = store.deliveries()[::-1]
    assert (claimed.id, claimed.webhook_id) == (rows[0].id, rows[0].webhook_id)
    assert claimed.message.type == "alert.digest"
    assert claimed.message.data["digest"]["occasion"] == "many at once"
    assert sorted(titles(claimed.message)) == [f"{n:03}" for n in range(MOST)]
    assert by_state(store) == ["sending"] * MOST + ["pending"] * 10
    settle(store, claimed, Delivered(ref="7", note="two were away"))
    assert by_state(store) == ["delivered"] * MOST + ["pending"] * 10
    first, second = store.deliveries_by_id([rows[0].id, rows[1].id])
    assert (first.ref, first.reason) == ("7", "two were away")
    assert (second.ref, second.reason) == ("", f"told in the bundle of delivery {first.id}")
    # Ten are left, which are few enough to be told one by one.
    assert claim(store, bundles=True).message.type == "alert.created"


def test_ten_are_told_one_by_one_and_so_is_everything_where_nothing_is_bundled(store):
    several(store, 10)
    assert claim(store, bundles=True).bundle is None
    several(store, 30, "siem", first=100)
    assert claim(store, "siem").bundle is None


def test_critical_alerts_and_notices_are_never_bundled(store):
    several(store, 15, severity=Severity.CRITICAL)
    assert claim(store, bundles=True).bundle is None
    notice = Notice(
        type="system.source_failing", source=None, created=NOW, severity=Severity.HIGH,
        title="", text="",
    )  # fmt: skip
    several(store, 15, "siem", first=100, severity=Severity.LOW)
    store.announce(notice, ("siem",), webhook_id)
    assert claim(store, "siem", bundles=True).message.type == "system.source_failing"


def test_what_may_have_arrived_by_itself_is_not_told_again_in_a_bundle(store):
    several(store, 20)
    alone = claim(store)
    settle(store, alone, DOWN, next_attempt=NOW)
    again = claim(store, bundles=True)
    assert (again.id, again.bundle, again.maybe_duplicate) == (alone.id, None, 1)


def test_a_bundle_that_failed_waits_as_a_whole_and_says_the_same_again(store, open_store):
    several(store, 12)
    first = claim(store, bundles=True)
    settle(store, first, DOWN, next_attempt=NOW + SECOND)
    several(store, 5, first=50)
    waiting = store.deliveries(state=DeliveryState.RETRYING)
    assert {(row.bundle, row.next_attempt) for row in waiting} == {(first.id, NOW + SECOND)}
    store.recover(NOW)
    second = claim(open_store(), now=NOW + SECOND, bundles=True)
    assert (second.webhook_id, second.message) == (first.webhook_id, first.message)
    assert second.attempts == 2


def test_a_bundle_whose_sender_died_is_sent_again_the_same(store):
    several(store, 12)
    lost = claim(store, bundles=True)
    again = claim(store, now=NOW + LEASE, bundles=True)
    assert (again.webhook_id, again.message) == (lost.webhook_id, lost.message)
    assert {row.maybe_duplicate for row in store.deliveries()} == {1}
    settle(store, lost, Delivered(), now=NOW + LEASE)
    assert set(by_state(store)) == {"delivered"}


def test_a_bundle_that_is_refused_is_told_one_by_one(store):
    several(store, 12)
    settle(store, claim(store, bundles=True), Fallback(reason="invalid_form"))
    assert set(by_state(store)) == {"pending"}
    for _ in range(12):
        assert deliver(store, bundles=True).message.type == "alert.created"
    assert set(by_state(store)) == {"delivered"}


def test_a_bundle_that_expires_dies_with_each_of_its_rows(store):
    several(store, 12)
    settle(store, claim(store, bundles=True), Dead(reason="expired: http_5xx"))
    assert {(row.state.value, row.reason) for row in store.deliveries()} == {
        ("dead", "expired: http_5xx")
    }


def test_a_bundle_for_a_closed_destination_is_parked_and_comes_back_whole(store):
    several(store, 12)
    first = claim(store, bundles=True)
    settle(store, first, Dead(reason="auth", scope="destination"))
    assert set(by_state(store)) == {"parked"}
    assert store.unpark("desk") == 12
    assert claim(store, bundles=True).message == first.message


def test_a_dropped_row_leaves_its_bundle(store):
    several(store, 12)
    first = claim(store, bundles=True)
    settle(store, first, DOWN, next_attempt=NOW)
    assert store.drop([first.id], "told by phone") == [first.id]
    second = claim(store, bundles=True)
    assert second.webhook_id != first.webhook_id
    assert len(titles(second.message)) == 11
    settle(store, second, Delivered())
    assert by_state(store) == ["cancelled"] + ["delivered"] * 11


def test_long_alerts_make_smaller_bundles(store):
    item = news(0).item
    put(
        store,
        *(
            news(
                number,
                item=replace(
                    item,
                    entry=replace(item.entry, title="long " * 90, link="https://x/" + "y" * 700),
                ),
            )
            for number in range(40)
        ),
    )
    told = 0
    for second in range(40):
        delivery = claim(store, now=NOW + second * SECOND, bundles=True)
        if delivery is None:
            break
        told += len(delivery.message.data["alerts"]) if delivery.bundle else 1
        assert delivery.message.data.get("digest", {"parts": 1})["parts"] == 1
        settle(store, delivery, Delivered(), now=NOW + second * SECOND)
    assert told == 40


# --- stories ------------------------------------------------------------------------------------


def test_a_follow_up_is_told_under_the_message_that_told_of_the_story_first(store):
    several(store, 1, "desk", "siem")
    deliver(store, ref="C1:100.1")
    deliver(store, "siem")
    put(store, news(0, "desk", "siem", sequence=2, reason=Reason.NUMBERS))
    assert deliver(store, ref="C1:200.2").parent == "C1:100.1"
    assert deliver(store, "siem").parent == ""
    put(store, news(0, sequence=3), news(1, sequence=2))
    assert [deliver(store).parent for _ in range(2)] == ["C1:100.1", ""]


def test_a_bundle_is_nobodys_parent(store):
    several(store, 12)
    settle(store, claim(store, bundles=True), Delivered(ref="C1:100.1"))
    put(store, news(0, sequence=2))
    assert claim(store).parent == ""


def test_what_an_attempt_left_to_do_is_given_to_the_next_ones(store):
    several(store, 1)
    settle(store, claim(store), Retry(reason="later", left="b@x"), next_attempt=NOW)
    second = claim(store)
    assert second.left == "b@x"
    settle(store, second, DOWN, next_attempt=NOW)
    assert claim(store).left == "b@x"


# --- probes -------------------------------------------------------------------------------------


def parked(store, reason="http_5xx", *, now=NOW, probe_at=NOW + MINUTE, **how):
    """Have the next delivery park its destination."""
    standing = Standing(failures=5, parked=reason, parked_at=now, probe_at=probe_at)
    verdict = Retry(reason=reason)
    return settle(
        store, claim(store, now=now), verdict, now=now, next_attempt=now, standing=standing, **how
    )


def test_the_oldest_row_probes_when_its_time_has_come_and_lets_the_others_go(store, open_store):
    several(store, 3)
    parked(store)
    several(store, 1, first=9, severity=Severity.CRITICAL)
    assert by_state(store) == ["parked"] * 4
    assert claim(store, now=NOW + 59 * SECOND) is None
    assert store.due_destinations(NOW + 59 * SECOND) == []
    at = NOW + MINUTE
    store = open_store()
    assert store.due_destinations(at) == ["desk"]
    probe = claim(store, now=at)
    assert "000" in probe.message.data["item"]["title"]
    assert probe.standing.parked == "http_5xx"
    assert claim(store, now=at) is None
    settle(store, probe, Delivered(), now=at, standing=Standing())
    assert by_state(store) == ["delivered"] + ["pending"] * 3
    assert "009" in deliver(store, now=at).message.data["item"]["title"]
    assert "001" in deliver(store, now=at).message.data["item"]["title"]


def test_a_probe_that_fails_is_parked_again(store):
    several(store, 2)
    parked(store)
    at = NOW + MINUTE
    probe = claim(store, now=at)
    later = Standing(failures=6, parked="timeout", parked_at=NOW, probes=1, probe_at=at + MINUTE)
    settle(store, probe, Retry(reason="timeout"), now=at, next_attempt=at, standing=later)
    assert by_state(store) == ["parked"] * 2
    assert {row.reason for row in store.deliveries()} == {"timeout", "http_5xx"}
    assert claim(store, now=at + 59 * SECOND) is None
    assert claim(store, now=at + MINUTE).id == probe.id


def test_a_probe_whose_sender_died_goes_again(store):
    several(store, 2)
    parked(store)
    probe = claim(store, now=NOW + MINUTE)
    later = NOW + MINUTE + LEASE
    assert store.due_destinations(later) == ["desk"]
    assert claim(store, now=later).id == probe.id
    store.recover(later)
    assert claim(store, now=later).id == probe.id


def test_a_destination_without_a_time_for_a_probe_waits_for_a_person(store):
    several(store, 2)
    parked(store, "gone", probe_at=None)
    assert store.due_destinations(NOW + timedelta(days=9)) == []
    assert store.unpark("desk") == 2
    assert claim(store)


def test_who_was_let_go_or_parked_meanwhile_stays_so(store):
    several(store, 2)
    sending = claim(store)
    store.park("desk", "no_destination")
    failing = Standing(failures=1, failing_since=NOW)
    settle(store, sending, DOWN, next_attempt=NOW, standing=failing)
    assert by_state(store) == ["parked"] * 2
    assert claim(store) is None


def test_a_failed_destination_is_told_of_through_the_others_alone(store):
    several(store, 2)
    store.park("pager", "gone")
    notice = Notice(
        type="system.destination_failed", source=None, destination="desk", created=NOW,
        severity=Severity.HIGH, title="desk takes nothing", text="", since=NOW,
    )  # fmt: skip
    told = parked(store, notice=notice, notify=("desk", "siem", "pager"))
    assert told == {"siem"}
    assert [row.notifier for row in store.deliveries()] == ["siem", "desk", "desk"]
    assert claim(store, "siem").message.data["destination"] == "desk"


def test_who_holds_the_news_of_a_failure_gets_that_of_its_end_too_although_it_is_closed(store):
    several(store, 2)
    failed = Notice(
        type="system.destination_failed", source=None, destination="desk", created=NOW,
        severity=Severity.HIGH, title="desk takes nothing", text="", since=NOW,
    )  # fmt: skip
    store.park("pager", "gone")
    parked(store, notice=failed, notify=("desk", "siem", "pager"))
    store.park("siem", "gone")
    later = NOW + MINUTE
    over = replace(failed, type="system.destination_recovered", created=later)
    probe = claim(store, now=later)
    told = settle(
        store, probe, Delivered(), now=later, standing=Standing(), notice=over,
        notify=("desk", "siem", "pager"),
    )  # fmt: skip
    assert told == frozenset()
    held = [row.message.type for row in store.deliveries(notifier="siem")[::-1]]
    assert held == ["system.destination_failed", "system.destination_recovered"]
    assert store.deliveries(notifier="pager") == []
    store.unpark("siem")
    assert [deliver(store, "siem", now=later).message.type for _ in range(2)] == held


# --- people -------------------------------------------------------------------------------------


def test_a_replay_keeps_the_webhook_id_and_counts_anew(store):
    several(store, 3)
    first = claim(store)
    settle(store, first, Dead(reason="rejected"))
    later = NOW + timedelta(days=5)
    missing = 999
    assert store.replay([first.id, first.id + 1, missing], later) == [first.id]
    again = claim(store, now=later)
    assert (again.webhook_id, again.attempts, again.replayed) == (first.webhook_id, 1, later)
    assert again.claims == 2


def test_what_is_sent_again_is_late_only_from_then_on(store):
    several(store, 1)
    first = claim(store)
    settle(store, first, Dead(reason="rejected"))
    later = NOW + timedelta(days=5)
    store.replay([first.id], later)
    assert store.counts(later + MINUTE).oldest_pending == MINUTE


def test_a_replay_for_a_parked_destination_waits_with_the_others(store):
    several(store, 2)
    dead = claim(store)
    settle(store, dead, Dead(reason="rejected"))
    parked(store)
    store.replay([dead.id], NOW)
    assert by_state(store) == ["parked", "parked"]


def test_only_what_is_not_on_its_way_and_not_there_can_be_dropped(store):
    several(store, 3)
    there = deliver(store)
    sending = claim(store)
    rows = [there.id, sending.id, sending.id + 1]
    assert store.drop(rows, "told by phone") == [sending.id + 1]
    [dropped] = store.deliveries(state=DeliveryState.CANCELLED)
    assert dropped.reason == "told by phone"
    settle(store, sending, Delivered())
    assert claim(store) is None


def test_deliveries_are_listed_by_notifier_and_state(store):
    several(store, 2, "desk", "siem")
    deliver(store)
    assert len(store.deliveries(notifier="siem")) == 2
    assert len(store.deliveries(notifier="desk", state=DeliveryState.PENDING)) == 1


# --- configuration ------------------------------------------------------------------------------


def test_a_changed_notifier_is_tried_at_once_and_an_unchanged_one_is_not(store):
    several(store, 1, "desk", "siem")
    store.sync_destinations({"desk": "aa", "siem": "bb"})
    for name in ("desk", "siem"):
        settle(store, claim(store, name), Dead(reason="gone", scope="destination"))
    store.sync_destinations({"desk": "aa", "siem": "cc"})
    assert store.due_destinations(NOW) == ["siem"]


def test_rows_of_a_notifier_that_left_are_parked_counted_and_come_back(store):
    several(store, 2)
    assert store.sync_destinations({"desk": "aa"}) == {}
    assert store.sync_destinations({}) == {"desk": 2}
    assert {row.reason for row in store.deliveries()} == {
        "no_destination: no notifier is named “desk” now"
    }
    assert store.sync_destinations({"desk": "aa"}) == {}
    assert set(by_state(store)) == {"pending"}
