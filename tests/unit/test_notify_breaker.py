"""When a destination is left alone, and when it is tried again."""

from datetime import timedelta

import pytest
from builders import NOW

from monitor.model import Dead, Delivered, Fallback, Retry, Standing
from monitor.notify import Rate
from monitor.notify.breaker import LONGEST_REST, after, news, rest

DOWN = Retry(reason="http_5xx", maybe_sent=True)
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)


def fail(times, every, *, verdict=DOWN, attempts=1):
    """Return the standing after so many failures, and when the last one was."""
    now, before = NOW, Standing()
    for number in range(times):
        now = NOW + number * every
        before = after(before, verdict, attempts=attempts, now=now)
    return before, now


def test_five_failures_in_a_row_over_two_minutes_park_a_destination():
    assert not fail(4, MINUTE)[0].parked
    parked, now = fail(5, 30 * SECOND)
    assert (parked.parked, parked.parked_at) == ("http_5xx", now)
    assert parked.probe_at == now + MINUTE


def test_many_failures_within_two_minutes_do_not():
    assert not fail(50, SECOND)[0].parked


def test_one_success_between_begins_the_count_again():
    failing, now = fail(4, MINUTE)
    assert after(failing, Delivered(), attempts=1, now=now) == Standing()


def test_a_message_refused_by_a_destination_that_is_well_ends_the_count_too():
    failing, now = fail(4, MINUTE)
    well = after(failing, Dead(reason="rejected"), attempts=1, now=now)
    assert (well.failures, well.failing_since, rest(well)) == (0, None, 0 * SECOND)


@pytest.mark.parametrize("reason", ["rate_limited", "later: greylisted", "inside the monitor: X"])
def test_what_says_nothing_of_the_destination_counts_for_nothing(reason):
    assert fail(9, MINUTE, verdict=Retry(reason=reason))[0] == Standing()


@pytest.mark.parametrize("reason", ["not_sent: refused", "no_answer: reset", "timeout: 15 s"])
def test_what_the_network_does_counts(reason):
    assert fail(5, MINUTE, verdict=Retry(reason=reason))[0].parked == reason


def test_probes_go_after_one_five_fifteen_and_then_every_sixty_minutes():
    standing, now = fail(5, MINUTE)
    waits = []
    for _ in range(5):
        waits.append((standing.probe_at - now) / MINUTE)
        now = standing.probe_at
        standing = after(standing, DOWN, attempts=9, now=now)
    assert waits == [1, 5, 15, 60, 60]


def test_a_probe_that_is_told_to_wait_longer_waits_longer():
    standing, now = fail(5, MINUTE)
    later = Retry(reason="http_5xx", after=timedelta(hours=3), scope="destination")
    assert after(standing, later, attempts=1, now=now).probe_at == now + timedelta(hours=3)


def test_a_probe_that_arrives_ends_it():
    standing, now = fail(5, MINUTE)
    assert after(standing, Delivered(), attempts=1, now=now) == Standing()


def test_a_probe_that_is_refused_for_what_it_says_ends_it_too():
    standing, now = fail(5, MINUTE)
    well = after(standing, Dead(reason="rejected"), attempts=1, now=now)
    assert (well.parked, well.parked_at, well.probe_at) == ("", None, None)


@pytest.mark.parametrize("reason", ["auth", "no_service", "channel_not_found", "no_workflow"])
def test_one_answer_that_closes_a_destination_parks_it_with_probes(reason):
    closed = Dead(reason=reason, scope="destination")
    standing = after(Standing(), closed, attempts=1, now=NOW)
    assert (standing.parked, standing.probe_at) == (reason, NOW + MINUTE)
    again = after(standing, closed, attempts=2, now=standing.probe_at)
    assert again.probe_at == NOW + 6 * MINUTE
    assert again.parked_at == NOW


@pytest.mark.parametrize(
    "reason", ["gone", "channel_is_archived", "unknown_webhook", "unsendable: no such scheme"]
)
def test_after_some_answers_no_probe_goes(reason):
    closed = Dead(reason=reason, scope="destination")
    assert after(Standing(), closed, attempts=1, now=NOW).probe_at is None


def test_a_webhook_that_is_not_found_is_parked_at_a_messages_third_try():
    missing = Retry(reason="not_found")
    second = after(Standing(), missing, attempts=2, now=NOW)
    assert not second.parked
    assert after(second, missing, attempts=3, now=NOW + 35 * SECOND).parked == "not_found"


def test_a_failing_destination_is_asked_less_and_less_often():
    rests = [rest(fail(times, SECOND)[0]) / SECOND for times in range(8)]
    assert rests == [0, 0, 2, 4, 8, 16, 30, 30]
    assert LONGEST_REST == 30 * SECOND


def test_people_hear_once_that_nothing_arrives_and_once_that_it_does():
    parked, now = fail(5, MINUTE)
    told = news(Standing(), parked, destination="desk", now=now)
    assert (told.type, told.destination) == ("system.destination_failed", "desk")
    assert "monitor deliveries resume desk" in told.text
    still = after(parked, DOWN, attempts=9, now=now + MINUTE)
    assert news(parked, still, destination="desk", now=now) is None
    over = news(still, Standing(), destination="desk", now=now + MINUTE)
    assert (over.type, over.since) == ("system.destination_recovered", now)


def test_a_destination_let_go_by_hand_is_on_trial_until_something_arrives():
    trial = Standing(parked_at=NOW)
    assert news(trial, after(trial, DOWN, attempts=1, now=NOW), destination="desk", now=NOW) is None
    closed = after(trial, Dead(reason="gone", scope="destination"), attempts=1, now=NOW + MINUTE)
    assert closed.parked_at == NOW
    assert news(trial, closed, destination="desk", now=NOW) is None
    arrived = after(trial, Delivered(), attempts=1, now=NOW)
    assert news(trial, arrived, destination="desk", now=NOW).type == "system.destination_recovered"


WELL = Standing()


def refused(*verdicts, before=WELL):
    """Return each thing people hear while a destination answers so, and its standing then."""
    told = []
    for verdict in verdicts:
        later = after(before, verdict, attempts=1, now=NOW)
        reason = getattr(verdict, "reason", "")
        told.append(news(before, later, destination="desk", now=NOW, reason=reason))
        before = later
    return [each for each in told if each], before


NO = Dead(reason="redirect: put the final address into url")


def test_a_destination_that_refuses_three_messages_in_a_row_is_told_of_once():
    assert refused(NO, NO)[0] == []
    [told], standing = refused(NO, DOWN, NO, NO, NO, NO)
    assert told.type == "system.destination_failed"
    assert told.title == f"“desk” refuses every message: {NO.reason}"
    assert "monitor deliveries list --notifier desk --state dead" in told.text
    assert "monitor deliveries replay --dead --since 1d --notifier desk" in told.text
    assert (standing.parked, standing.probe_at, rest(standing)) == ("", None, 0 * SECOND)
    [over], standing = refused(Delivered(), before=standing)
    assert over.type == "system.destination_recovered"
    assert "monitor deliveries replay --dead" in over.text
    assert len(refused(NO, NO, NO, before=standing)[0]) == 1


def test_a_message_that_arrives_between_two_that_are_refused_ends_the_count():
    assert refused(NO, NO, Delivered(), NO, NO)[0] == []


def test_a_form_that_was_refused_is_no_message_that_died():
    told, standing = refused(NO, Fallback(reason="too_large"), NO)
    assert (told, standing.refusals) == ([], 2)


def test_a_rate_lets_a_burst_go_and_then_one_at_a_time():
    rate = Rate(every=SECOND, burst=3)
    ready, leaves = None, []
    now = NOW
    for _ in range(6):
        now = max(now, ready or now)
        leaves.append((now - NOW) / SECOND)
        ready = rate.after(ready, now)
    assert leaves == [0, 0, 0, 1, 2, 3]


def test_a_rate_that_was_not_used_for_long_gives_no_more_than_its_burst():
    rate = Rate(every=SECOND, burst=2)
    later = NOW + timedelta(days=1)
    first = rate.after(NOW, later)
    assert first <= later
    assert rate.after(first, later) == later + SECOND


def test_a_receiver_that_asked_for_a_pause_gets_no_burst_for_an_hour():
    rate = Rate(every=SECOND, burst=3)
    # A message that left late must not make the next one follow too soon.
    late = NOW + 0.4 * SECOND
    assert rate.after(NOW, late, limited_at=NOW) == late + SECOND
    later = NOW + timedelta(hours=2)
    assert rate.after(NOW, later, limited_at=NOW) <= later
