"""When a delivery is tried again."""

import random
from datetime import timedelta

import pytest
from builders import NOW

from monitor.model import Retry
from monitor.notify import KINDS
from monitor.notify.retry import SCHEDULE, next_attempt

LATER = Retry(reason="http_5xx")


def again(verdict=LATER, *, attempts=1, age=timedelta(0), kind="webhook", seed=1):
    return next_attempt(
        verdict,
        attempts=attempts,
        created=NOW - age,
        now=NOW,
        rng=random.Random(seed),
        ttl=KINDS[kind].ttl,
    )


def test_the_first_retry_comes_after_about_five_seconds():
    waits = {again(seed=seed) - NOW for seed in range(200)}
    assert timedelta(seconds=4) <= min(waits) < timedelta(seconds=4.2)
    assert timedelta(seconds=5.8) < max(waits) <= timedelta(seconds=6)


@pytest.mark.parametrize("attempts", range(1, 10))
def test_each_wait_is_a_step_of_the_schedule_give_or_take_a_fifth(attempts):
    step = SCHEDULE[attempts - 1]
    assert 0.8 * step <= again(attempts=attempts) - NOW <= 1.2 * step


def test_after_the_schedule_ends_its_last_step_is_repeated():
    assert again(attempts=99) - NOW >= timedelta(hours=19)


@pytest.mark.parametrize("seconds", [1, 90, 86_400])
def test_a_wait_the_receiver_asked_for_is_kept_exactly(seconds):
    wish = Retry(reason="rate_limited", after=timedelta(seconds=seconds), counts=False)
    assert again(wish, attempts=7) == NOW + timedelta(seconds=seconds)


@pytest.mark.parametrize(("kind", "hours"), [("slack", 24), ("console", 24), ("webhook", 72)])
def test_a_delivery_expires_by_its_kind(kind, hours):
    life = timedelta(hours=hours)
    assert again(age=life - timedelta(minutes=1), kind=kind) is not None
    assert again(age=life, kind=kind) is None


def test_the_last_try_is_made_when_the_delivery_expires():
    age = timedelta(hours=17, minutes=42)
    assert again(attempts=8, age=age, kind="slack") == NOW + timedelta(hours=24) - age


@pytest.mark.parametrize("minutes", [0, 1, 23 * 60 + 59])
def test_a_wish_that_outlasts_the_expiry_is_kept_by_a_row_of_any_age(minutes):
    wish = Retry(reason="rate_limited", after=timedelta(days=1), scope="destination", counts=False)
    when = again(wish, age=timedelta(minutes=minutes), kind="slack")
    assert when == NOW + timedelta(days=1)


def test_after_a_wish_beyond_the_expiry_there_is_one_try_and_no_other():
    wish = Retry(reason="rate_limited", after=timedelta(hours=2))
    assert again(wish, age=timedelta(hours=23), kind="slack") == NOW + timedelta(hours=2)
    assert again(wish, age=timedelta(hours=25), kind="slack") is None
