"""Behaviours 18 to 28, 31 and 35 of docs/fetching-cases.md: when a source is asked again."""

import asyncio
from collections import Counter
from datetime import timedelta
from email.utils import format_datetime
from itertools import pairwise

import pytest
from builders import a_source
from poller import Poller

from monitor.cli.poll import Held
from monitor.daemon.watchdog import Watchdog
from monitor.settings import HealthSettings, PollSettings
from monitor.testing.server import Answer

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
SECOND = timedelta(seconds=1)
POLL = PollSettings()
TEN_MINUTES = {"every": 10 * MINUTE}


@pytest.fixture
async def poller(tmp_path):
    async with Poller(tmp_path) as poller:
        yield poller


def feed(poller, *, apart=HOUR, extra=""):
    """A feed of twelve items, so far apart, the last of them new."""
    items = "".join(
        f"<item><title>Item {n}</title><guid>{n}</guid><link>https://wire.example/{n}</link>"
        f"<pubDate>{format_datetime(poller.clock() - n * apart)}</pubDate></item>"
        for n in range(12)
    )
    return f"<rss version='2.0'><channel><title>W</title>{extra}{items}</channel></rss>".encode()


def answer(poller, *headers, **options):
    return Answer(body=feed(poller, **options), headers=headers)


async def first_wait(poller, *headers, **options):
    """Poll a feed that has these headers, and return how long it is left then."""
    poller.play(answer(poller, *headers, **options))
    await poller.poll()
    return poller.state().next_poll_at - poller.clock()


async def asked_within(poller, span):
    """Let time pass, and return how often the feed was asked."""
    before = len(poller.requests())
    await poller.run(span)
    return len(poller.requests()) - before


# --- 18 to 21: freshness


async def test_18_a_feed_is_not_asked_again_while_its_answer_is_fresh(poller):
    await first_wait(poller, ("Cache-Control", "max-age=14400"), ("Age", "400"))
    assert await asked_within(poller, 13_999 * SECOND) == 0
    assert await asked_within(poller, 1_000 * SECOND) == 1


async def test_18_freshness_told_with_a_304_counts_too(poller):
    poller.play(answer(poller, ("ETag", '"1"')))
    await poller.poll()
    fresh = (("ETag", '"1"'), ("Cache-Control", "max-age=14400"))
    poller.play(Answer(status=304, headers=fresh))
    await poller.poll()
    assert await asked_within(poller, 14_399 * SECOND) == 0
    assert await asked_within(poller, 2 * SECOND) == 1


@pytest.mark.parametrize(
    "lines",
    [
        ("max-age=0",),
        ("no-cache",),
        ("no-store, max-age=86400",),
        ("s-maxage=86400",),
        ("max-age=-1",),
        ("max-age=soon",),
        ("public",),
    ],
)
async def test_19_what_is_never_fresh_is_asked_in_its_own_rhythm(poller, lines):
    wait = await first_wait(poller, *(("Cache-Control", line) for line in lines))
    assert POLL.min <= wait < 2 * HOUR


@pytest.mark.parametrize(
    ("lines", "least"),
    [
        (("max-age=31536000",), DAY),
        (('max-age="28800"',), 8 * HOUR),
        (("public", "must-revalidate", "max-age=28800"), 8 * HOUR),
        (("MAX-AGE=28800, s-maxage=60",), 8 * HOUR),
    ],
)
async def test_19_a_year_counts_as_a_day_and_odd_spellings_are_understood(poller, lines, least):
    assert await first_wait(poller, *(("Cache-Control", line) for line in lines)) == least


@pytest.mark.parametrize("skew", [-3 * HOUR, timedelta(), 3 * HOUR])
async def test_20_expires_counts_by_the_servers_own_clock(poller, skew):
    theirs = poller.clock() + skew
    wait = await first_wait(
        poller,
        ("Date", format_datetime(theirs, usegmt=True)),
        ("Expires", format_datetime(theirs + 6 * HOUR, usegmt=True)),
    )
    assert wait == 6 * HOUR


async def test_21_max_age_wins_over_expires(poller):
    later = format_datetime(poller.clock() + 20 * HOUR, usegmt=True)
    wait = await first_wait(poller, ("Expires", later), ("Cache-Control", "max-age=18000"))
    assert wait == 5 * HOUR


async def test_18_an_interval_that_people_chose_is_kept_all_the_same(poller):
    await poller.configure(a_source(url=poller.url(), **TEN_MINUTES))
    assert await first_wait(poller, ("Cache-Control", "max-age=14400")) <= 11 * MINUTE


# --- 22 and 23: what the feed asks for


async def test_22_a_short_ttl_does_not_shorten_the_least_interval(poller):
    await poller.configure(a_source(url=poller.url(), priority=1e6))
    assert await first_wait(poller, extra="<ttl>1</ttl>") == POLL.min


@pytest.mark.parametrize(("apart", "least"), [(12 * HOUR, HOUR), (HOUR, POLL.min)])
async def test_22_a_long_ttl_is_heeded_for_an_hour_unless_the_feed_is_faster(poller, apart, least):
    await poller.configure(a_source(url=poller.url(), priority=1e6))
    assert await first_wait(poller, apart=apart, extra="<ttl>480</ttl>") == least


NIGHT = "".join(f"<hour>{hour}</hour>" for hour in range(8))


async def hours_asked(poller, days=3):
    """Return in which hours the feed is polled in the days after its first poll."""
    await poller.poll()
    return {at.hour for at, _ in await poller.run(days * DAY)}


async def test_23_hours_that_a_feed_skips_are_left_alone(poller):
    poller.play(answer(poller, apart=timedelta(), extra=f"<skipHours>{NIGHT}</skipHours>"))
    hours = await hours_asked(poller)
    assert not hours & set(range(8))
    assert {8, 12, 20} <= hours


async def test_23_but_not_if_it_publishes_in_them(poller):
    poller.play(answer(poller, extra=f"<skipHours>{NIGHT}</skipHours>"))
    poller.publish(feed(poller, apart=2 * HOUR, extra=f"<skipHours>{NIGHT}</skipHours>"))
    assert await hours_asked(poller) & {1, 3, 5, 7}


async def test_23_a_feed_that_skips_every_hour_is_polled(poller):
    every = "".join(f"<hour>{hour}</hour>" for hour in range(24))
    poller.play(answer(poller, apart=timedelta(), extra=f"<skipHours>{every}</skipHours>"))
    assert len(await hours_asked(poller)) > 12


async def test_23_days_that_a_feed_skips_are_left_alone(poller):
    weekend = "<skipDays><day>Saturday</day><day>Tuesday</day></skipDays>"
    poller.play(answer(poller, apart=timedelta(), extra=weekend))
    await poller.poll()  # on a Sunday
    days = {at.weekday() for at, _ in await poller.run(7 * DAY)}
    assert days == {0, 2, 3, 4, 6}


# --- 24 and 25: restarts and sleep


async def test_24_no_restart_makes_a_source_come_sooner(poller):
    await first_wait(poller)
    for _ in range(5):
        due = poller.state().next_poll_at
        await poller.restart()
        assert poller.state().next_poll_at == due
    assert await asked_within(poller, POLL.min - SECOND) == 0


@pytest.mark.parametrize(
    "played",
    [
        (Answer(status=500),) * 12,
        (Answer(status=410),) * 3,
        (Answer(status=429),) * 6,
    ],
)
async def test_24_nor_one_that_backs_off(poller, played):
    for each in played:
        poller.play(each)
        await poller.poll()
    due = poller.state().next_poll_at
    assert due > poller.clock() + POLL.max
    await poller.restart()
    assert poller.state().next_poll_at == due


async def test_24_nor_one_whose_answer_is_fresh(poller):
    await first_wait(poller, ("Cache-Control", "max-age=72000"))
    await poller.restart()
    assert await asked_within(poller, 71_999 * SECOND) == 0


async def test_24_a_reload_that_changes_nothing_moves_nothing(poller):
    await first_wait(poller)
    due = poller.state().next_poll_at
    await poller.pipeline.sync()
    assert poller.state().next_poll_at == due


async def test_24_two_polls_of_one_source_at_once_count_once(poller):
    poller.play(answer(poller))
    state, source = poller.state(), poller.sources[0]
    await asyncio.gather(*(poller.pipeline.visit(state, source) for _ in range(2)))
    assert len(poller.items()) == 12
    assert poller.state().poll_seq == state.poll_seq + 1


async def many(poller, count, **source):
    """Configure and poll so many sources on one host."""
    poller.plays |= {f"/feed{n}": answer(poller) for n in range(count)}
    await poller.configure(
        *(a_source(url=poller.url(f"/feed{n}"), name=f"feed{n}", **source) for n in range(count))
    )
    await poller.run(SECOND)


async def test_25_after_a_night_asleep_overdue_sources_are_spread_and_polled_once(poller):
    await many(poller, 40, every=HOUR)
    poller.clock.advance(12 * HOUR)
    await poller.pipeline.sync()
    due = sorted(state.next_poll_at - poller.clock() for state in poller.states())
    assert len(set(due)) == 40
    assert due[0] >= timedelta()
    assert 2 * SECOND < due[-1] - due[0] <= 4 * SECOND
    made = await poller.run(30 * MINUTE)
    assert Counter(visit.source.url for _, visit in made) == Counter(
        source.url for source in poller.sources
    )


# --- 26: many sources on one host


async def test_26_a_host_is_asked_for_one_thing_at_a_time_with_the_gap_between(tmp_path):
    gap = 0.02  # seconds of the loop's own clock
    async with Poller(tmp_path, poll_settings={"host_gap": timedelta(seconds=gap)}) as poller:
        slow, quick = "127.0.0.1", "127.0.0.2"
        await poller.serve(quick)
        asked, most = 0, 0

        async def busy(_request):
            nonlocal asked, most
            asked += 1
            most = max(most, asked)
            await asyncio.sleep(0.01)
            asked -= 1
            return answer(poller)

        poller.plays |= {f"{slow}/feed{n}": busy for n in range(10)}
        poller.play(answer(poller), host=quick)
        urls = [poller.url(f"/feed{n}", slow) for n in range(10)] + [poller.url(host=quick)]
        await poller.configure(*(a_source(url=url, name=url) for url in urls))
        await asyncio.gather(*(poller.pipeline.poll(host, Held()) for host in (slow, quick)))
        times = [request.at for request in poller.servers[slow].requests]
        assert len(times) == 10
        assert most == 1
        assert all(later - earlier >= gap for earlier, later in pairwise(times))
        [other] = poller.servers[quick].requests
        assert other.at < times[-1]


# --- 27 and 28: chance, and clocks that are set


async def test_27_sources_added_together_drift_apart(poller):
    await many(poller, 60, every=HOUR)
    waits = sorted(state.next_poll_at - poller.clock() for state in poller.states())
    assert len(set(waits)) == 60
    assert 54 * MINUTE <= waits[0] < 57 * MINUTE
    assert 63 * MINUTE < waits[-1] <= 66 * MINUTE


@pytest.mark.parametrize("step", [-5 * HOUR, 5 * HOUR])
async def test_28_a_clock_that_is_set_neither_delays_a_poll_nor_hastens_it(poller, step):
    await poller.configure(a_source(url=poller.url(), **TEN_MINUTES))
    wait = await first_wait(poller)

    async def shift(delta):
        await poller.pipeline.writer.do(poller.store.shift, delta)

    watchdog = Watchdog(now=poller.clock, steady=lambda: 0.0, shift=shift, rearm=lambda: None)
    poller.clock.advance(step)
    await watchdog.notice()
    assert poller.state().next_poll_at - poller.clock() == wait


async def test_28_polls_follow_utc_and_no_local_clock(poller):
    await poller.configure(a_source(url=poller.url(), every=HOUR))
    poller.clock.now = poller.clock.now.replace(month=10, day=25)  # Europe's clocks go back
    await poller.pipeline.sync()
    poller.play(answer(poller))
    times = [at for at, _ in await poller.run(DAY)]
    assert all(54 * MINUTE <= later - earlier <= 66 * MINUTE for earlier, later in pairwise(times))


# --- 31 and 35: back to normal


async def test_31_a_limit_without_a_time_doubles_the_interval_and_fades_by_halves(poller):
    await poller.configure(a_source(url=poller.url(), **TEN_MINUTES))
    await first_wait(poller)
    poller.play(Answer(status=429))
    limited = []
    for _ in range(5):
        await poller.poll()
        limited.append(poller.state().next_poll_at - poller.clock())
    assert limited[0] >= 18 * MINUTE
    assert limited[1] >= HOUR
    assert all(2 * fewer <= more for fewer, more in pairwise(limited[1:]))
    poller.play(answer(poller))
    eased = []
    for _ in range(8):
        await poller.poll()
        eased.append(poller.state().next_poll_at - poller.clock())
    assert eased[:3] == [limited[-1] / 2, limited[-1] / 4, limited[-1] / 8]
    assert eased[-1] <= 11 * MINUTE


async def test_35_the_first_success_after_ten_failures_brings_back_the_interval(tmp_path):
    told = {"health": HealthSettings(notify=("desk",))}
    async with Poller(tmp_path, more=told) as poller:
        await poller.configure(a_source(url=poller.url(), **TEN_MINUTES))
        await first_wait(poller)
        poller.play(Answer(status=500))
        await poller.polls(10)
        assert poller.state().failures == 10
        poller.play(answer(poller))
        await poller.poll()
        assert poller.state().next_poll_at - poller.clock() <= 11 * MINUTE
        await poller.polls(3)
        assert poller.notices() == ["system.source_failing", "system.source_recovered"]


async def test_31_a_source_that_never_worked_is_asked_again_when_its_server_allows(tmp_path):
    async with Poller(tmp_path) as desk:
        desk.play(Answer(status=429, headers=(("Retry-After", "120"),)))
        await desk.poll()
        assert desk.state().next_poll_at - desk.clock() <= timedelta(minutes=10)
        desk.play(Answer(status=429))
        await desk.polls(3)
        assert desk.state().next_poll_at - desk.clock() <= timedelta(hours=5)
