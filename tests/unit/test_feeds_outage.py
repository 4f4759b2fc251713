import random
from datetime import timedelta

import pytest
from builders import NOW

from monitor.feeds.servers.outage import Outage, is_unreached
from monitor.model import ErrorKind, Failed, Fetched, NotModified

MINUTE = timedelta(minutes=1)
UNREACHED = Failed(kind=ErrorKind.CONNECT, message="refused")
REACHED = NotModified()


def after(*noted, outage=None, start=NOW):
    """Note (host, outcome) pairs, a second apart."""
    outage = outage or Outage()
    for place, (host, outcome) in enumerate(noted):
        now = start + timedelta(seconds=place)
        outage.note(host, outcome, now, began=now)
    return outage


def all_of(outcome, count, start=0):
    return [(f"h{number}.example", outcome) for number in range(start, start + count)]


def test_three_hosts_that_fail_at_once_make_an_outage():
    assert not after(*all_of(UNREACHED, 2)).offline
    assert after(*all_of(UNREACHED, 3)).offline


def test_one_host_that_fails_again_and_again_does_not():
    assert not after(*[("h1.example", UNREACHED)] * 50).offline


@pytest.mark.parametrize(("hosts", "enough"), [(10, 5), (30, 15), (100, 20), (1000, 20)])
def test_of_many_hosts_half_must_fail_but_twenty_at_most(hosts, enough):
    outage = after(*all_of(REACHED, hosts))
    for place, (host, outcome) in enumerate(all_of(UNREACHED, enough), 1):
        assert not outage.offline
        outage.note(host, outcome, NOW + MINUTE, began=NOW + MINUTE)
        assert outage.offline is (place == enough)


@pytest.mark.parametrize(
    "outcome",
    [
        NotModified(),
        Fetched(url="https://h/", status=200, body=b"x"),
        Failed(kind=ErrorKind.HTTP_5XX, message="down", status=502),
        Failed(kind=ErrorKind.REDIRECT, message="a circle"),
        Failed(kind=ErrorKind.RESET, message="a part", status=206),
    ],
)
def test_any_answer_ends_it(outcome):
    outage = after(*all_of(UNREACHED, 9))
    outage.note("h5.example", outcome, NOW + MINUTE, began=NOW + MINUTE)
    assert not outage.offline
    assert not after(*all_of(UNREACHED, 2), outage=outage, start=NOW + 2 * MINUTE).offline


@pytest.mark.parametrize(
    "kind", [ErrorKind.DNS, ErrorKind.CONNECT, ErrorKind.TLS, ErrorKind.TIMEOUT, ErrorKind.RESET]
)
def test_whatever_keeps_a_host_from_answering_counts(kind):
    outcome = Failed(kind=kind, message="")
    assert is_unreached(outcome)
    assert after(*all_of(outcome, 3)).offline


def test_an_address_that_may_not_be_used_tells_nothing():
    blocked = Failed(kind=ErrorKind.BLOCKED_ADDRESS, message="private")
    assert not is_unreached(blocked)
    assert not after(*all_of(blocked, 30)).offline
    outage = after(*all_of(UNREACHED, 3))
    outage.note("inside.example", blocked, NOW + MINUTE, began=NOW + MINUTE)
    assert outage.offline


def test_failures_far_apart_are_failures_of_their_own():
    outage = Outage()
    for place, (host, outcome) in enumerate(all_of(UNREACHED, 20)):
        now = NOW + 6 * MINUTE * place
        outage.note(host, outcome, now, began=now)
    assert not outage.offline


def test_hosts_not_met_for_a_day_no_longer_count_among_all():
    outage = after(*all_of(REACHED, 1000))
    later = NOW + timedelta(days=2)
    assert after(*all_of(UNREACHED, 3), outage=outage, start=later).offline


def test_it_is_tried_again_in_a_minute_or_two_and_more_rarely_as_it_lasts():
    outage, rng = after(*all_of(UNREACHED, 3)), random.Random(1)
    begun = outage.since
    early = [outage.wait(begun + MINUTE, rng) for _ in range(200)]
    assert MINUTE <= min(early) < max(early) <= 2 * MINUTE
    assert len(set(early)) == 200
    late = [outage.wait(begun + timedelta(days=2), rng) for _ in range(200)]
    assert 10 * MINUTE <= min(late) < max(late) <= 20 * MINUTE


def test_slow_hosts_asked_together_with_those_that_answered_are_no_outage():
    outage = Outage()
    for number in range(10):
        outage.note(f"h{number}.example", REACHED, NOW + timedelta(seconds=1), began=NOW)
    for number in range(10, 40):
        outage.note(f"h{number}.example", UNREACHED, NOW + timedelta(seconds=20), began=NOW)
    assert not outage.offline
