"""Behaviours 1 to 17 of docs/fetching-cases.md: which validators are sent, and when not."""

import asyncio
import os
import signal
from datetime import timedelta
from multiprocessing import get_context

import pytest
from builders import a_source
from desk import rss
from poller import Poller
from store_builders import a_poll, commit

from monitor.model import ErrorKind, PollOutcome
from monitor.store import Store
from monitor.testing.server import Answer

HOUR = timedelta(hours=1)
ETAG = '"5f2d-62a1b9c0"'
DATE = "Sun, 30 Nov 2025 18:00:00 GMT"
OTHER_DATE = "Sun, 30 Nov 2025 19:00:00 GMT"
PAGE = b"<!doctype html><html><head><title>Sign in</title></head></html>"


@pytest.fixture
async def poller(tmp_path):
    async with Poller(tmp_path) as poller:
        yield poller


def feed(poller, *titles, ago=timedelta()):
    return rss(*titles or ["One"], published=poller.clock() - ago)


def sent(poller, place=-1):
    """Return the validators of a request, the last one unless told."""
    request = poller.requests()[place]
    return request.header("If-None-Match"), request.header("If-Modified-Since")


def conditional(poller):
    """Tell of each request so far whether it had a validator."""
    return [any(sent(poller, place)) for place in range(len(poller.requests()))]


def honest(body, *, etag=None, modified=None):
    """Answer 304 to the validators given, the ETag first, as RFC 9110 section 13.2.2 has it."""
    named = (("ETag", etag), ("Last-Modified", modified))
    headers = tuple((name, value) for name, value in named if value)

    def answer(request):
        match, since = request.header("If-None-Match"), request.header("If-Modified-Since")
        same = match == etag if match is not None else since is not None and since == modified
        if same:
            return Answer(status=304, headers=headers)
        return Answer(headers=headers, body=body)

    return answer


async def test_01_both_validators_go_back_as_they_came(poller):
    poller.play(honest(feed(poller), etag=ETAG, modified=DATE))
    await poller.polls(2)
    assert sent(poller) == (ETAG, DATE)


@pytest.mark.parametrize("etag", ['W/"a,b c"', "abc", '"x-gzip"', '"caf\xe9 \xff"', "''", '"'])
async def test_02_an_odd_etag_goes_back_verbatim(poller, etag):
    poller.publish(feed(poller), ETag=etag)
    await poller.poll()
    await poller.restart()
    await poller.poll()
    assert sent(poller) == (etag, None)


@pytest.mark.parametrize(
    "date", ["Sun, 30 Nov 2025 18:00:00 +0000", "Tue, 01 Jan 2041 00:00:00 GMT", "sun, 30 nov", "0"]
)
async def test_03_an_odd_date_goes_back_verbatim(poller, date):
    poller.publish(feed(poller), Last_Modified=date)
    await poller.poll()
    await poller.restart()
    await poller.poll()
    assert sent(poller) == (None, date)


@pytest.mark.parametrize(
    ("headers", "expected"),
    [({"ETag": ETAG}, (ETAG, None)), ({"Last_Modified": DATE}, (None, DATE)), ({}, (None, None))],
)
async def test_04_no_validator_is_invented(poller, headers, expected):
    poller.publish(feed(poller), **headers, Date=OTHER_DATE)
    await poller.polls(2)
    assert sent(poller) == expected


async def test_05_a_validator_that_a_later_answer_lacks_is_forgotten(poller):
    poller.publish(feed(poller), ETag=ETAG, Last_Modified=DATE)
    await poller.poll()
    poller.publish(feed(poller, "Two"), Last_Modified=DATE)
    await poller.polls(2)
    assert sent(poller) == (None, DATE)


async def test_06_new_validators_of_the_same_body_are_the_ones_sent_next(poller):
    body = feed(poller)
    poller.publish(body, ETag=ETAG, Last_Modified=DATE)
    await poller.poll()
    poller.publish(body, ETag='"2"', Last_Modified=OTHER_DATE)
    visit = await poller.poll()
    assert visit.outcome is PollOutcome.UNCHANGED
    await poller.poll()
    assert sent(poller) == ('"2"', OTHER_DATE)


@pytest.mark.parametrize(("etag", "date"), [('"2"', DATE), (ETAG, OTHER_DATE)])
async def test_07_if_one_validator_changes_both_are_taken_anew(poller, etag, date):
    poller.publish(feed(poller), ETag=ETAG, Last_Modified=DATE)
    await poller.poll()
    poller.publish(feed(poller, "Two"), ETag=etag, Last_Modified=date)
    await poller.polls(2)
    assert sent(poller) == (etag, date)


@pytest.mark.parametrize(
    ("repeated", "expected"),
    [
        ((), (ETAG, DATE)),
        ((("ETag", '"2"'),), ('"2"', DATE)),
        ((("Last-Modified", OTHER_DATE),), (ETAG, OTHER_DATE)),
    ],
)
async def test_08_a_304_replaces_the_validators_it_names_and_no_others(poller, repeated, expected):
    poller.publish(feed(poller), ETag=ETAG, Last_Modified=DATE)
    await poller.poll()
    poller.play(Answer(status=304, headers=repeated))
    await poller.polls(2)
    assert sent(poller) == expected


async def test_09_the_first_poll_is_plain_and_the_second_conditional_after_a_restart_too(poller):
    poller.publish(feed(poller), ETag=ETAG)
    await poller.poll()
    await poller.restart()
    await poller.poll()
    assert conditional(poller) == [False, True]


def die_while_storing(database):
    """Store a poll with an item and a validator, and be killed between the two."""

    def die(*_):
        os.kill(os.getpid(), signal.SIGKILL)

    with Store.open(database) as store:
        [state] = store.source_states()
        commit(store, a_poll(state, "1", etag=ETAG), decide=die)


async def test_10_a_process_killed_between_items_and_validators_leaves_neither(poller):
    poller.publish(feed(poller, "Maduro speaks"), ETag=ETAG)
    database = f"sqlite:///{poller.folder}/monitor.db"
    killed = get_context("spawn").Process(target=die_while_storing, args=(database,))
    killed.start()
    await asyncio.to_thread(killed.join)
    assert killed.exitcode == -signal.SIGKILL
    assert (poller.state().etag, poller.items()) == (None, [])
    await poller.poll()
    assert sent(poller) == (None, None)
    assert (poller.state().etag, poller.titles()) == (ETAG, ["Maduro speaks"])


@pytest.mark.parametrize("body", [PAGE, b'{"version": "https://jsonfeed.org', b"<rss><chan"])
async def test_11_what_is_no_feed_leaves_no_validators(poller, body):
    poller.publish(body, ETag=ETAG, Last_Modified=DATE)
    await poller.polls(2)
    assert sent(poller) == (None, None)


async def test_11_a_page_between_two_feeds_leaves_the_feeds_validators(poller):
    poller.publish(feed(poller), ETag=ETAG)
    await poller.poll()
    poller.publish(PAGE, ETag='"page"')
    await poller.polls(2)
    assert sent(poller) == (ETAG, None)


async def test_12_what_a_redirect_says_of_itself_is_not_the_documents(poller):
    hop = (("Location", "/new"), ("ETag", '"hop"'), ("Last-Modified", OTHER_DATE))
    poller.play(Answer(status=302, headers=hop))
    poller.publish(feed(poller), "/new", ETag=ETAG)
    await poller.polls(2)
    assert sent(poller) == (None, None)
    assert poller.requests("/new")[-1].header("If-None-Match") == ETAG
    poller.play(Answer(status=302, headers=(("Location", "/newest"),)))
    poller.publish(feed(poller), "/newest")
    await poller.poll()
    assert poller.requests("/newest")[-1].header("If-None-Match") is None


async def test_13_an_address_given_twice_is_asked_once(poller):
    poller.publish(feed(poller))
    url = poller.url("/feed")
    await poller.configure(a_source(url=url, name="a"), a_source(url=url, name="b"))
    made = await poller.run(timedelta(minutes=1))
    assert len(made) == len(poller.requests()) == 1


@pytest.mark.parametrize(
    "headers", [{"Expires": "0"}, {"Cache_Control": "no-store"}, {"Cache_Control": "no-cache"}]
)
async def test_14_what_must_not_be_cached_is_still_asked_for_conditionally(poller, headers):
    poller.publish(feed(poller), ETag=ETAG, **headers)
    await poller.polls(2)
    assert sent(poller) == (ETAG, None)


def lying(body, headers=(("ETag", ETAG),)):
    """Answer 304 to whatever is conditional."""

    def answer(request):
        if request.header("If-None-Match") or request.header("If-Modified-Since"):
            return Answer(status=304)
        return Answer(headers=headers, body=body)

    return answer


@pytest.mark.parametrize(
    "validators",
    [
        (("ETag", ETAG), ("Last-Modified", DATE)),  # those that were held
        (("ETag", '"2"'), ("Last-Modified", OTHER_DATE)),
        (("ETag", '"2"'),),
    ],
    ids=["the same", "new", "one of them"],
)
async def test_15_news_that_304s_hid_are_found_within_a_day_and_304s_believed_no_more(
    poller, validators
):
    poller.publish(feed(poller), ETag=ETAG, Last_Modified=DATE)
    await poller.poll()
    begun = poller.clock()
    poller.play(lying(feed(poller, "One", "Maduro speaks"), validators))
    while "Maduro speaks" not in poller.titles():
        await poller.poll()
    assert poller.clock() - begun <= timedelta(days=1)
    assert len(poller.requests()) > 3
    habits = poller.state().habits
    assert (habits.conditions, habits.belied_at) == ("none", poller.clock())
    asked = len(poller.requests())
    await poller.polls(5)
    assert not any(conditional(poller)[asked:])
    await poller.restart()
    await poller.poll()
    assert not conditional(poller)[-1]


async def test_15_an_honest_server_is_audited_once_a_day_and_goes_on_being_believed(poller):
    poller.play(honest(feed(poller), etag=ETAG, modified=DATE))
    await poller.poll()
    for day in range(3):
        titles = [f"News of day {each}" for each in range(day + 1)]
        poller.play(honest(feed(poller, *titles), etag=f'"{day}"', modified=DATE))
        await poller.run(timedelta(days=1))
    assert poller.state().habits.conditions == "both"
    plain = [asked for asked in conditional(poller) if not asked]
    assert len(plain) <= 1 + 3
    assert len(poller.requests()) >= 3 * 6


async def test_15_a_doubt_is_settled_by_asking_once_more_with_the_old_validators(poller):
    poller.play(honest(feed(poller), etag=ETAG))
    await poller.poll()
    await poller.polls(2)
    # What is dated before the last 304 was written then; it may have been put online since.
    poller.clock.advance(timedelta(hours=20))
    poller.play(honest(feed(poller, "One", "Late", ago=timedelta(days=1)), etag='"2"'))
    await poller.poll(after=timedelta())
    assert "Late" in poller.titles()
    assert conditional(poller)[-2:] == [False, True]
    assert sent(poller) == (ETAG, None)
    assert poller.state().habits.conditions == "both"
    await poller.poll()
    assert sent(poller) == ('"2"', None)


async def test_16_news_under_an_old_date_are_found(poller):
    poller.publish(feed(poller), Last_Modified=DATE)
    await poller.poll()
    poller.publish(feed(poller, "One", "Two"), Last_Modified=DATE)
    visit = await poller.poll()
    assert (visit.outcome, visit.new) == (PollOutcome.NEW, 1)


def one_sided(body, name, value):
    """Honour one validator, if it comes alone."""
    headers = (("ETag", ETAG), ("Last-Modified", DATE))

    def answer(request):
        both = request.header("If-None-Match") and request.header("If-Modified-Since")
        if not both and request.header(name) == value:
            return Answer(status=304, headers=headers)
        return Answer(headers=headers, body=body)

    return answer


@pytest.mark.parametrize(
    ("name", "value", "found_after"),
    [("If-Modified-Since", DATE, 3), ("If-None-Match", ETAG, 6)],
)
async def test_17_a_server_that_honours_one_validator_alone_gets_that_one(
    poller, name, value, found_after
):
    poller.play(one_sided(feed(poller), name, value))
    await poller.polls(1 + found_after)
    visits = await poller.polls(4)
    assert [visit.status for visit in visits] == [304] * 4
    for request in poller.requests()[-4:]:
        assert request.header(name) == value
        others = {"If-None-Match", "If-Modified-Since"} - {name}
        assert request.header(others.pop()) is None


async def test_17_a_server_that_honours_none_is_tried_once_and_then_gets_both(poller):
    poller.publish(feed(poller), ETag=ETAG, Last_Modified=DATE)
    await poller.polls(30)
    kinds = [sent(poller, place) for place in range(1, 30)]
    assert kinds[:9] == [(ETAG, DATE)] * 3 + [(None, DATE)] * 3 + [(ETAG, None)] * 3
    assert {kind for kind in kinds[9:] if any(kind)} == {(ETAG, DATE)}


async def test_15_a_failure_is_no_audit(poller):
    poller.play(honest(feed(poller), etag=ETAG))
    await poller.polls(2)
    poller.clock.advance(timedelta(hours=20))
    poller.play(Answer(status=500))
    visit = await poller.poll()
    assert visit.kind is ErrorKind.HTTP_5XX
    poller.play(honest(feed(poller), etag=ETAG))
    await poller.poll()
    assert conditional(poller)[-2:] == [False, False]
