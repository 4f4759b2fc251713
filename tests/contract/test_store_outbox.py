"""Claiming and settling deliveries, on every database."""

from dataclasses import replace
from datetime import timedelta

import pytest
from builders import NOW
from store_builders import a_poll, again, commit, configure, decide_for

from monitor.model import Dead, Delivered, DeliveryState, Retry, Severity

LEASE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)


def alert(store, *guids, notify=("desk",), severity=Severity.HIGH, now=NOW):
    """Have each item alert at these notifiers."""
    [state] = configure(store)
    decide = decide_for(*notify, severity=severity)
    commit(store, a_poll(again(store, state), *guids, now=now), decide=decide)


def claim(store, notifier="desk", now=NOW):
    return store.claim(notifier, now=now, lease=LEASE)


def settle(store, delivery, verdict, *, now=NOW, next_attempt=None):
    store.settle(delivery, verdict, now=now, next_attempt=next_attempt)


def states(store):
    return {each.message.data["item"]["title"][-1]: each.state for each in store.deliveries()}


def guid(delivery):
    return delivery and delivery.message.data["item"]["title"][-1]


def test_a_claimed_row_is_being_sent_and_counts_an_attempt(store):
    alert(store, "1")
    claimed = claim(store)
    assert (claimed.state, claimed.attempts) == (DeliveryState.SENDING, 1)
    assert claimed.webhook_id == f"msg_{claimed.alert}_desk"
    assert store.deliveries() == [claimed]


def test_what_was_delivered_is_never_claimed_again(store):
    alert(store, "1")
    settle(store, claim(store), Delivered())
    assert claim(store, now=NOW + timedelta(days=1)) is None
    assert states(store) == {"1": DeliveryState.DELIVERED}
    assert store.due_destinations(NOW + timedelta(days=1)) == []


def test_nothing_else_is_claimed_at_a_destination_while_one_row_is_being_sent(store, open_store):
    alert(store, "1", "2")
    assert guid(claim(store)) == "1"
    assert claim(open_store()) is None
    assert store.due_destinations(NOW) == []


def test_destinations_do_not_wait_for_each_other(store):
    alert(store, "1", notify=("desk", "siem"))
    assert claim(store, "desk")
    assert store.due_destinations(NOW) == ["siem"]
    assert claim(store, "siem")


def test_the_most_urgent_goes_first_and_among_equals_the_oldest(store):
    alert(store, "1", "2", severity=Severity.LOW)
    alert(store, "3", severity=Severity.CRITICAL, now=NOW + SECOND)
    alert(store, "4", "5", severity=Severity.HIGH, now=NOW + SECOND)
    order = []
    while delivery := claim(store, now=NOW + LEASE):
        order.append(guid(delivery))
        settle(store, delivery, Delivered())
    assert order == ["3", "4", "5", "1", "2"]


def test_a_retry_waits_for_its_time_and_others_go_ahead(store):
    alert(store, "1", "2")
    again_at = NOW + timedelta(seconds=5)
    settle(store, claim(store), Retry(reason="HTTP 500"), next_attempt=again_at)
    [waiting] = store.deliveries(state=DeliveryState.RETRYING)
    assert (waiting.reason, waiting.next_attempt, waiting.attempts) == ("HTTP 500", again_at, 1)
    other = claim(store)
    assert guid(other) == "2"
    settle(store, other, Delivered())
    assert claim(store, now=again_at - SECOND) is None
    retried = claim(store, now=again_at)
    assert (guid(retried), retried.attempts) == ("1", 2)
    assert retried.webhook_id == waiting.webhook_id


def test_a_rate_limit_gives_the_attempt_back_and_pauses_the_whole_destination(store):
    alert(store, "1", "2", notify=("desk", "siem"))
    until = NOW + timedelta(seconds=30)
    limit = Retry(reason="rate limited", scope="destination", counts=False)
    settle(store, claim(store), limit, next_attempt=until)
    assert claim(store, now=until - SECOND) is None
    assert store.due_destinations(until - SECOND) == ["siem"]
    assert store.due_destinations(until) == ["desk", "siem"]
    assert claim(store, now=until).attempts == 1


def test_dead_keeps_its_reason_and_frees_the_destination(store):
    alert(store, "1", "2")
    settle(store, claim(store), Dead(reason="invalid_payload"))
    [dead] = store.deliveries(state=DeliveryState.DEAD)
    assert (dead.reason, dead.next_attempt) == ("invalid_payload", None)
    assert guid(claim(store)) == "2"


def test_a_dead_destination_parks_its_rows_and_those_to_come(store):
    alert(store, "1", "2", notify=("desk", "siem"))
    settle(store, claim(store), Dead(reason="no_service", scope="destination"))
    alert(store, "3", notify=("desk", "siem"))
    parked = store.deliveries(state=DeliveryState.PARKED)
    assert {(each.notifier, each.reason) for each in parked} == {("desk", "no_service")}
    assert [guid(each) for each in parked] == ["3", "2", "1"]
    assert claim(store) is None
    assert store.due_destinations(NOW) == ["siem"]
    assert store.unpark("desk") == 3
    assert guid(claim(store)) == "1"


def test_a_commit_for_a_parked_destination_names_no_work(store):
    [state] = configure(store)
    store.park("desk", "no notifier is named “desk” now")
    [committed] = commit(store, a_poll(state, "1"), decide=decide_for("desk", "siem"))
    assert committed.destinations == {"siem"}
    assert store.park("desk", "still none") == 0
    [parked] = store.deliveries(state=DeliveryState.PARKED)
    assert parked.reason == "no notifier is named “desk” now"


def test_parking_by_hand_holds_back_what_waits_and_lets_it_go_again(store):
    alert(store, "1", "2")
    assert store.park("desk", "the desk is moving") == 2
    assert claim(store) is None
    assert store.unpark("desk") == 2
    assert claim(store)


def test_a_row_whose_lease_has_passed_is_claimed_again_with_the_same_id(store, open_store):
    alert(store, "1")
    lost = claim(store)
    assert claim(store, now=NOW + LEASE - SECOND) is None
    taken = claim(open_store(), now=NOW + LEASE)
    assert (taken.webhook_id, taken.attempts) == (lost.webhook_id, 2)


def test_who_lost_the_lease_settles_no_failure(store):
    alert(store, "1")
    late = claim(store)
    claim(store, now=NOW + LEASE)
    for verdict in (Dead(reason="late"), Retry(reason="late")):
        settle(store, late, verdict, now=NOW + LEASE, next_attempt=NOW)
    assert states(store) == {"1": DeliveryState.SENDING}
    assert claim(store, now=NOW + LEASE) is None


def test_what_arrived_has_arrived_even_when_the_lease_was_lost(store):
    alert(store, "1", "2")
    late = claim(store)
    taken = claim(store, now=NOW + LEASE)
    settle(store, late, Delivered(), now=NOW + LEASE)
    settle(store, taken, Retry(reason="HTTP 500"), now=NOW + LEASE, next_attempt=NOW)
    assert states(store)["1"] == DeliveryState.DELIVERED
    assert guid(claim(store, now=NOW + LEASE)) == "2"


def test_who_settles_late_does_not_open_the_destination_to_a_second_sender(store):
    alert(store, "1")
    late = claim(store)
    alert(store, "2", severity=Severity.CRITICAL)
    assert guid(claim(store, now=NOW + LEASE)) == "2"
    settle(store, late, Retry(reason="HTTP 500"), now=NOW + LEASE, next_attempt=NOW)
    assert states(store)["1"] == DeliveryState.RETRYING
    assert claim(store, now=NOW + LEASE) is None


def test_an_attempt_given_back_does_not_let_an_older_claim_settle(store):
    alert(store, "1")
    late = claim(store)
    second = claim(store, now=NOW + LEASE)
    settle(store, second, Retry(reason="limit", counts=False), next_attempt=NOW)
    third = claim(store, now=NOW + LEASE)
    assert third.attempts == second.attempts
    settle(store, late, Dead(reason="late"), now=NOW + LEASE)
    settle(store, second, Dead(reason="late"), now=NOW + LEASE)
    assert states(store) == {"1": DeliveryState.SENDING}


def test_a_late_settlement_within_the_lease_of_nobody_else_still_counts(store):
    alert(store, "1")
    delivery = claim(store)
    settle(store, delivery, Dead(reason="gone"), now=NOW + 2 * LEASE)
    assert states(store) == {"1": DeliveryState.DEAD}


def test_recovery_makes_what_a_dead_process_was_sending_due_at_once(store):
    alert(store, "1", notify=("desk", "siem"))
    claim(store, "desk")
    assert store.recover(NOW + SECOND) == 1
    assert claim(store, now=NOW + SECOND).attempts == 2


def test_a_clock_step_moves_retries_pauses_and_leases(store):
    alert(store, "1", notify=("desk", "siem", "pager"))
    until = NOW + timedelta(minutes=5)
    pause = Retry(reason="rate limited", scope="destination")
    settle(store, claim(store, "desk"), pause, next_attempt=until)
    settle(store, claim(store, "siem"), Retry(reason="HTTP 500"), next_attempt=until)
    claim(store, "pager")
    hour = timedelta(hours=1)
    store.shift(-hour)
    assert store.due_destinations(NOW - hour) == []
    assert store.due_destinations(NOW - hour + LEASE) == ["pager"]
    assert store.due_destinations(until - hour) == ["desk", "pager", "siem"]


@pytest.mark.parametrize("verdict", [Delivered(), Dead(reason="gone"), Retry(reason="HTTP 500")])
def test_settling_a_row_that_is_no_more_changes_nothing(store, verdict):
    alert(store, "1")
    delivery = claim(store)
    settle(store, replace(delivery, id=delivery.id + 1), verdict)
    assert states(store) == {"1": DeliveryState.SENDING}


def test_the_outbox_is_counted_and_listed_newest_first(store):
    alert(store, "1", "2", "3")
    settle(store, claim(store), Delivered())
    counts = store.counts(NOW + timedelta(hours=2))
    assert counts.deliveries[DeliveryState.DELIVERED] == 1
    assert counts.deliveries[DeliveryState.PENDING] == 2
    assert counts.deliveries[DeliveryState.DEAD] == 0
    assert counts.oldest_pending == timedelta(hours=2)
    assert (counts.alerts, counts.items) == (3, 3)
    assert [guid(each) for each in store.deliveries(limit=2)] == ["3", "2"]
