"""Retry-After in every shape servers give it."""

from datetime import timedelta

import pytest
from builders import NOW

from monitor.notify.answers import LONGEST_WAIT, rate_limited, retry_after


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("2", 2),
        (" 2 ", 2),
        ("1.5", 1.5),
        ("0", 1),
        ("0.2", 1),
        ("86401", 86_400),
        ("1e9", 86_400),
        ("9" * 300, 86_400),
        ("Sun, 30 Nov 2025 21:04:30 GMT", 30),
        ("Sunday, 30-Nov-25 21:04:30 GMT", 30),
        ("Sun, 30 Nov 2025 17:05:00 -0400", 60),
        ("Sun, 30 Nov 2025 21:05:00", 60),
        ("Sat, 29 Nov 2025 21:04:30 GMT", 1),
        ("Mon, 30 Nov 2026 21:04:30 GMT", 86_400),
    ],
)
def test_a_wait_is_read_and_kept_within_a_second_and_a_day(value, seconds):
    assert retry_after(value, now=NOW) == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    "value",
    [None, "", "-1", "abc", "nan", "inf", "1_0", "٣", "1 minute", "30 Feb 2025", "Sun, 30 Nov"],
)
def test_what_says_nothing_leaves_the_wait_to_the_schedule(value):
    assert retry_after(value, now=NOW) is None


def test_a_wish_is_obeyed_without_using_up_an_attempt():
    assert rate_limited(LONGEST_WAIT).counts is False
    assert rate_limited(None).counts is True
