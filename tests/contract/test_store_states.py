"""What is remembered of a source comes back as it was written, on every database."""

from dataclasses import replace
from datetime import timedelta

from builders import NOW
from store_builders import WIRE, a_poll, again, commit, configure

from monitor.model import ErrorKind, Habits, Rhythm

SHORE = "https://shore.example/rss"
HOUR = timedelta(hours=1)
RHYTHM = Rhythm(counted_at=NOW, hours=(0.5,) * 24, burst=1.25, ttl=HOUR, skip_hours=(1, 2))
HABITS = Habits(conditions="etag", unchanged=3, audited_at=NOW, moved_to=SHORE, gap_at=NOW)


def a_full_state(state):
    times = [
        "first_success_at",
        "last_success_at",
        "last_polled_at",
        "last_new_at",
        "failing_since",
        "told_failing_at",
        "retry_after",
        "whole_at",
        "next_poll_at",
    ]
    return replace(
        state,
        **{name: NOW + HOUR * number for number, name in enumerate(times)},
        etag='W/"ä"',
        last_modified="Sun, 30 Nov 2025 21:00:00 GMT",
        validators_url=WIRE,
        body_hash="ab" * 16,
        failures=3,
        error_kind=ErrorKind.TIMEOUT,
        error="it did not answer",
        rate=0.75,
        rhythm=RHYTHM,
        habits=HABITS,
        window=bytes(range(16)),
    )


def test_every_field_of_a_state_comes_back_however_it_is_asked_for(store):
    [state] = configure(store, WIRE)
    written = a_full_state(state)
    commit(store, a_poll(state, state=written))
    expected = replace(written, poll_seq=state.poll_seq + 1)
    assert store.source_states() == [expected]
    assert store.source_states([WIRE]) == [expected]
    assert store.due_sources(state.host, expected.next_poll_at) == [expected]


def test_a_source_that_was_never_polled_remembers_nothing(store):
    [state] = configure(store, WIRE)
    assert (state.rhythm, state.habits, state.window) == (Rhythm(), Habits(), b"")
    assert (state.etag, state.last_success_at, state.error_kind) == (None, None, None)


def test_polls_that_learned_nothing_leave_what_was_learned_beside_polls_that_did(store):
    wire, shore = configure(store, WIRE, SHORE)
    commit(store, *(a_poll(each, state=a_full_state(each)) for each in (wire, shore)))
    wire, shore = again(store, wire), again(store, shore)
    taught = replace(shore, habits=replace(HABITS, unchanged=4), window=b"12345678")
    commit(
        store,
        a_poll(wire, state=replace(wire, rate=0.5, etag='"2"'), learned=False),
        a_poll(shore, state=replace(taught, rate=0.25)),
    )
    assert again(store, wire) == replace(wire, rate=0.5, etag='"2"', poll_seq=wire.poll_seq + 1)
    assert again(store, shore) == replace(taught, rate=0.25, poll_seq=shore.poll_seq + 1)
