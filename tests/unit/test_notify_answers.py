"""Retry-After in every shape servers give it."""

from datetime import timedelta

import httpx
import pytest
from builders import NOW

from monitor.notify import slack
from monitor.notify.answers import LONGEST_WAIT, judge, rate_limited, retry_after


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
    assert retry_after(value, {}, now=NOW) == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    "value",
    [None, "", "-1", "abc", "nan", "inf", "1_0", "٣", "1 minute", "30 Feb 2025", "Sun, 30 Nov"],
)
def test_what_says_nothing_leaves_the_wait_to_the_schedule(value):
    assert retry_after(value, {}, now=NOW) is None


UNTIL = "Sun, 30 Nov 2025 21:04:30 GMT"


@pytest.mark.parametrize(
    ("clock", "seconds"),
    [
        ("Sun, 30 Nov 2025 21:04:00 GMT", 30),
        ("Sun, 30 Nov 2025 21:02:30 GMT", 120),
        ("Sun, 30 Nov 2025 20:04:30 GMT", 3_600),
        ("Sun, 30 Nov 2025 21:09:00 GMT", 1),
        ("Thu, 01 Jan 1970 00:00:00 GMT", 86_400),
        ("once upon a time", 30),
    ],
)
def test_a_date_is_measured_against_the_servers_own_clock(clock, seconds):
    expected = timedelta(seconds=seconds)
    assert retry_after(UNTIL, {"date": clock}, now=NOW) == expected
    headers = httpx.Headers({"Retry-After": UNTIL, "Date": clock})
    assert judge(429, headers, now=NOW).after == expected
    assert judge(503, headers, now=NOW).after == expected
    assert slack.classify(429, headers, b"", now=NOW).after == expected


def test_seconds_are_the_same_by_any_clock():
    clock = {"date": "Thu, 01 Jan 1970 00:00:00 GMT"}
    assert retry_after("1.5", clock, now=NOW) == timedelta(seconds=1.5)


def test_a_wish_is_obeyed_without_using_up_an_attempt():
    assert rate_limited(LONGEST_WAIT).counts is False
    assert rate_limited(None).counts is True
