from datetime import timedelta

import pytest
from builders import NOW, a_source, a_state

from monitor.feeds.servers.vitality import tell
from monitor.model import ErrorKind, SourceState
from monitor.settings import HealthSettings

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SOURCE = a_source(url="https://wire.example/feed?token=t0ps3cr3t", tags=frozenset({"wire"}))


def failing(since=25 * HOUR, kind=ErrorKind.HTTP_5XX, **changes) -> SourceState:
    defaults = {
        "failures": 9,
        "failing_since": NOW - since,
        "error_kind": kind,
        "error": "wire.example has trouble of its own (500 Internal Server Error)",
    }
    return a_state(**defaults | changes)


def told(state, *, before=None, dead_after=DAY, interval=HOUR, advice=""):
    return tell(
        before or state,
        state,
        SOURCE,
        HealthSettings(source_dead_after=dead_after),
        interval=interval,
        now=NOW,
        advice=advice,
    )


def test_a_source_that_fails_for_a_day_is_reported_once():
    state, [notice] = told(failing())
    assert notice.type == "system.source_failing"
    assert (notice.kind, notice.count) == (ErrorKind.HTTP_5XX, 9)
    assert notice.since == NOW - 25 * HOUR
    assert "500 Internal Server Error" in notice.text
    assert state.told_failing_at == NOW
    assert told(state) == (state, ())


def test_before_that_it_is_not():
    assert told(failing(23 * HOUR)) == (failing(23 * HOUR), ())


def test_two_failures_with_silence_between_are_no_failing_source():
    """The monitor was off for two days: nobody looked, so that nothing failed in them."""
    before = failing(timedelta(), failures=1)
    after = failing(2 * DAY, failures=2)
    assert told(after, before=before) == (after, ())
    _, [notice] = told(failing(2 * DAY, failures=3), before=after)
    assert notice.type == "system.source_failing"


@pytest.mark.parametrize(
    ("interval", "dead_after", "since", "dead"),
    [
        (4 * HOUR, DAY, 39 * HOUR, False),
        (4 * HOUR, DAY, 40 * HOUR, True),
        (2 * DAY, DAY, 6 * DAY, False),  # ten intervals are 20 days; seven are enough
        (2 * DAY, DAY, 7 * DAY, True),
        (HOUR, 10 * DAY, 9 * DAY, False),  # people asked for more patience
        (HOUR, 10 * DAY, 10 * DAY, True),
    ],
)
def test_a_slow_source_has_ten_of_its_own_intervals_but_no_more_than_a_week(
    interval, dead_after, since, dead
):
    _, notices = told(failing(since), interval=interval, dead_after=dead_after)
    assert bool(notices) is dead


def test_a_source_that_is_gone_twice_in_a_row_is_reported_at_once():
    first = failing(timedelta(), ErrorKind.GONE, failures=1)
    second = failing(timedelta(minutes=5), ErrorKind.GONE, failures=2)
    assert told(first, before=a_state()) == (first, ())
    _, [notice] = told(second, before=first)
    assert notice.title == "Wire is gone"
    assert "once a week" in notice.text


def test_a_410_after_another_failure_is_the_first():
    before = failing(timedelta(), failures=1)
    after = failing(timedelta(minutes=5), ErrorKind.GONE, failures=2)
    assert told(after, before=before) == (after, ())


def test_the_first_success_after_a_report_is_reported_once():
    well = a_state(told_failing_at=NOW - DAY)
    state, [notice] = told(well)
    assert notice.type == "system.source_recovered"
    assert notice.since == NOW - DAY
    assert told(state) == (state, ())


def test_a_success_after_a_failure_that_nobody_heard_of_is_no_news():
    assert told(a_state(), before=failing()) == (a_state(), ())


def test_a_notice_names_its_source_without_secrets_and_gives_the_hosts_advice():
    _, [notice] = told(failing(), advice="Ask for a key.")
    assert notice.source.name == "Wire"
    assert "t0ps3cr3t" not in notice.source.url
    assert "Ask for a key." in notice.text
