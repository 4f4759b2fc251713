"""Where the time begins from which a source brings news; docs/identity-cases.md, 33 and 61."""

from datetime import timedelta

import pytest
from identity_builders import DAY, HOUR, MINUTE, article, item, past, rss, show
from poller import Poller

from monitor.model import ItemOutcome, Source
from monitor.testing.server import Answer


@pytest.fixture
async def desk(tmp_path):
    """A monitor whose source was never polled."""
    async with Poller(tmp_path) as poller:
        yield poller


def outcomes(desk):
    return {
        found.item.entry.title: found.rulings[0].outcome
        for each in desk.items()
        for found in desk.store.find(each.id)
        if found.rulings
    }


def hits(desk, count, *, age=None, first=0):
    """Return results of a search; without an age they have no dates."""
    return [
        article(n, at=None if age is None else desk.clock() - age - n * MINUTE / 10)
        for n in range(first, first + count)
    ]


# --- empty at first ---------------------------------------------------------------------------


@pytest.mark.parametrize("dated", [True, False])
@pytest.mark.parametrize("polls", [1, 3])
async def test_behaviour_61_what_appears_in_a_search_that_found_nothing_is_news(desk, dated, polls):
    for _ in range(polls):
        await show(desk)
    age = -timedelta(minutes=50) if dated else None
    await show(desk, *hits(desk, 3, age=age))
    assert len(desk.alerts()) == 3
    await show(desk, *hits(desk, 1, first=9), *hits(desk, 3, age=age))
    assert len(desk.alerts()) == 4


async def test_behaviour_61_any_number_of_items_since_an_empty_first_document_is_news(desk):
    await show(desk)
    await show(desk, *hits(desk, 12, age=-50 * MINUTE))
    assert len(desk.alerts()) == 12


async def test_behaviour_61_what_a_search_finds_some_hours_late_is_news(desk):
    await show(desk)
    await show(desk, *hits(desk, 2, age=2 * HOUR))
    assert len(desk.alerts()) == 2


@pytest.mark.parametrize("age", [None, 2 * HOUR, DAY])
async def test_behaviour_61_a_feed_that_was_empty_by_mistake_alerts_for_nothing_old(desk, age):
    await show(desk)
    await show(desk, *hits(desk, 30, age=age))
    assert desk.alerts() == []
    assert set(outcomes(desk).values()) == {ItemOutcome.FIRST_POLL}
    await show(desk, article(99, title="Maduro leaves"), *hits(desk, 30, age=age))
    assert desk.alerts() == ["Maduro leaves"]


async def test_behaviour_61_a_feed_that_stays_empty_for_days_is_no_mistake(desk):
    for _ in range(3):
        await show(desk, after=DAY)
    await show(desk, *hits(desk, 12))
    assert len(desk.alerts()) == 12


# --- broken at first --------------------------------------------------------------------------


async def test_behaviour_61_after_a_broken_first_document_only_what_is_newer_is_news(desk):
    old = [article(n, at=past(desk, n * HOUR)) for n in range(4)]
    await show(desk, rss(*old)[:-400])
    assert desk.state().first_success_at is None
    fresh = article(50, title="Maduro leaves", at=desk.clock() + 30 * MINUTE)
    undated = article(51, title="Maduro, some day")
    await show(desk, fresh, undated, *old)
    assert desk.alerts() == ["Maduro leaves"]
    await show(desk, article(52, title="Maduro, any day"), fresh, undated, *old)
    assert desk.alerts() == ["Maduro leaves", "Maduro, any day"]


async def test_behaviour_61_a_broken_and_empty_first_document_is_no_look_at_the_feed(desk):
    await show(desk, rss()[:-20])
    assert desk.state().first_success_at is None
    await show(desk, *hits(desk, 3))
    assert desk.alerts() == []


# --- a part sent on purpose -------------------------------------------------------------------


async def test_behaviour_66_a_part_sent_on_purpose_is_no_gap_and_no_document(desk):
    known = [article(n, at=past(desk, n * MINUTE)) for n in range(10)]
    await show(desk, *known)
    before = desk.state()
    part = [article(50 + n, at=desk.clock() + 30 * MINUTE) for n in range(6)]
    desk.play(Answer(status=226, body=rss(*part)))
    visit = await desk.poll(after=HOUR)
    assert (visit.new, len(desk.alerts())) == (6, 6)
    after = desk.state()
    assert after.habits.gaps == 0
    assert (after.window, after.whole_at) == (before.window, before.whole_at)
    assert after.rhythm.entries == 10
    assert (await show(desk, *part, *known)).new == 0
    assert (len(desk.alerts()), desk.notices()) == (6, [])


async def test_behaviour_67_a_part_with_entries_of_old_dates_is_no_rekeyed_feed(desk):
    await show(desk, *[article(n, at=past(desk, n * MINUTE)) for n in range(10)])
    part = [article(50 + n, at=past(desk, (n + 1) * MINUTE)) for n in range(6)]
    desk.play(Answer(status=226, body=rss(*part)))
    await desk.poll(after=HOUR)
    assert (len(desk.alerts()), desk.notices()) == (6, [])


# --- away and back ----------------------------------------------------------------------------


async def away(desk, span):
    await desk.configure(Source(url=desk.url("/other"), name="other"))
    desk.clock.advance(span)
    await desk.configure(Source(url=desk.url("/feed"), name="feed"))


@pytest.mark.parametrize(("span", "alerts"), [(5 * HOUR, 1), (2 * DAY, 1), (60 * DAY, 0)])
async def test_case_33_of_what_came_while_a_source_was_away_a_while_alone_is_news(
    desk, span, alerts
):
    known = [article(n, at=past(desk, (n + 1) * HOUR)) for n in range(4)]
    await show(desk, *known)
    await away(desk, span)
    missed = article(50, title="Maduro leaves", at=past(desk))
    older = article(51, title="Maduro in the old days", at=desk.clock() - span - 3 * HOUR)
    undated = article(52, title="Maduro, some day")
    await show(desk, missed, undated, older, *known)
    assert desk.alerts() == ["Maduro leaves"][:alerts]
    found = outcomes(desk)
    assert found["Maduro in the old days"] is ItemOutcome.FIRST_POLL
    assert found["Maduro, some day"] is ItemOutcome.FIRST_POLL
    await show(desk, article(53, title="Maduro returns"), missed, undated, older, *known)
    assert desk.alerts()[alerts:] == ["Maduro returns"]


@pytest.mark.parametrize(
    ("span", "words"),
    [(5 * HOUR, "no date says that it did so after"), (60 * DAY, "longer than alerts.max_age")],
)
async def test_case_33_the_reason_says_that_nobody_watched(desk, span, words):
    await show(desk, *hits(desk, 4, age=HOUR))
    read_at = desk.clock()
    await away(desk, span)
    await show(desk, article(52, title="Maduro, some day"), *hits(desk, 4, age=HOUR))
    [missed] = [each for each in desk.items() if each.entry.title == "Maduro, some day"]
    [found] = desk.store.find(missed.id)
    reason = found.rulings[0].reason
    assert reason.startswith("it appeared while its source was not watched")
    assert f"since {read_at:%Y-%m-%d %H:%M} UTC" in reason
    assert words in reason


async def test_case_33_what_alerted_before_a_source_was_away_does_not_again(desk):
    await show(desk, item("Weather", guid="w"))
    news = article(1, title="Maduro leaves", at=desk.clock() + 30 * MINUTE)
    await show(desk, news)
    await away(desk, 2 * HOUR)
    await show(desk, news)
    assert desk.alerts() == ["Maduro leaves"]
