"""Why a source is polled when it is, in words."""

import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from builders import a_source, a_state

from monitor.feeds.pacing.reasons import as_json, reasons
from monitor.model import ErrorKind, Habits, Rhythm
from monitor.settings import HostSettings, PollSettings

NOW = datetime(2025, 11, 30, 21, 4, tzinfo=UTC)  # a Sunday
HOUR = timedelta(hours=1)
STATE = a_state(rate=1.0, last_polled_at=NOW, last_success_at=NOW, next_poll_at=NOW + HOUR)
PRESET = HostSettings(name="example", min=3 * HOUR)
KEPT_BUSY = Rhythm(hours=(9.0,) * 24, days=(30.0,) * 7)


def why(state=STATE, *, poll=PollSettings(), preset=None, price=0.5, **source):  # noqa: B008 - frozen
    return reasons(state, a_source(**source), poll, price=price, preset=preset, now=NOW)


def bound(*args, **options):
    [word] = [each.word for each in why(*args, **options) if each.binds]
    return word


def learned(**rhythm):
    return replace(STATE, rhythm=Rhythm(**rhythm))


@pytest.mark.parametrize(
    ("word", "options"),
    [
        ("rule", {}),
        ("poll.min", {"price": 1e-6}),
        ("poll.max", {"price": 1e6}),
        ("host", {"preset": PRESET}),
        ("every", {"every": HOUR, "preset": PRESET}),
        ("poll.every", {"poll": PollSettings(every=HOUR)}),
        ("host", {"poll": PollSettings(every=HOUR), "preset": PRESET}),
        ("coverage", {"state": learned(entries=1)}),
        ("gap", {"state": replace(STATE, habits=Habits(gap_at=NOW - HOUR))}),
        ("freshness", {"state": learned(fresh_for=2 * HOUR)}),
        ("rule", {"state": learned(fresh_for=HOUR / 2)}),
        ("ttl", {"state": learned(ttl=HOUR), "price": 0.1}),
        ("limit", {"state": learned(slowed=2 * HOUR), "every": HOUR}),
        ("skip", {"state": learned(skip_hours=(22, 23))}),
        ("rule", {"state": replace(STATE, rhythm=replace(KEPT_BUSY, skip_hours=(22, 23)))}),
        ("back_off", {"state": replace(STATE, failures=2, error_kind=ErrorKind.DNS)}),
        ("retry_after", {"state": replace(STATE, failures=1, retry_after=NOW + HOUR)}),
    ],
)
def test_what_set_the_next_poll_is_named(word, options):
    assert bound(**options) == word


def test_everything_that_was_learned_is_told_with_its_number():
    rhythm = Rhythm(hours=(1.0,) * 24, days=(2.0,) * 7, burst=3.0, counted_at=NOW, matched=0.4)
    told = {each.word: each for each in why(replace(STATE, rhythm=rhythm), priority=2.0)}
    assert [told[word].value for word in ("rate", "profile", "burst", "weight", "price")] == [
        1.0, 1.0, 3.0, 2.8, 0.5,
    ]  # fmt: skip
    assert "priority 2" in told["weight"].text
    assert "40% of its new items" in told["weight"].text
    assert "21:00 UTC" in told["profile"].text
    assert "Sunday" in told["profile"].text


def test_floors_and_caps_are_told_even_where_they_do_not_bind():
    told = {each.word: each for each in why(learned(ttl=HOUR / 4), preset=PRESET)}
    assert [told[word].value for word in ("poll.min", "poll.max", "host", "ttl")] == [
        300, 14_400, 10_800, 900,
    ]  # fmt: skip
    assert "preset for example" in told["host"].text


def test_skipped_hours_are_told_by_the_clock():
    told = {each.word: each for each in why(learned(skip_hours=(2, 3), skip_days=(6,)))}
    assert told["skip"].value == "02:00, 03:00, Sunday"


def test_times_are_utc_and_spans_are_read_at_a_glance():
    told = {each.word: each for each in why()}
    assert told["next_poll"].value == "2025-11-30T22:04:00Z"
    assert told["last_poll"].value == "2025-11-30T21:04:00Z"
    assert re.fullmatch(r"rule 1h11m: .*", told["rule"].text)


def test_a_source_never_polled_has_reasons_too():
    told = {each.word for each in why(a_state(first_success_at=None))}
    assert "last_poll" not in told
    assert "next_poll" in told


def test_json_holds_what_binds_and_every_reason_by_its_word():
    value = json.loads(json.dumps(as_json(why(learned(fresh_for=2 * HOUR)))))
    assert value["bound_by"] == "freshness"
    assert value["reasons"]["freshness"]["value"] == 7200
    assert value["reasons"]["price"]["text"].startswith("a poll costs 0.5 item hours")
