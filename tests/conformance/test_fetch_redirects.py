"""Behaviours 39 to 43 of docs/fetching-cases.md: where redirects lead, and when that is believed."""

import ssl
from datetime import timedelta
from ipaddress import ip_network

import pytest
import trustme
from builders import a_source
from desk import rss
from poller import Poller

from monitor.model import Auth, ErrorKind, PollOutcome
from monitor.settings import PollSettings
from monitor.testing.server import Answer, LoopbackServer

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
PAGE = b"<!doctype html><html><head><title>Welcome</title></head></html>"


@pytest.fixture
async def poller(tmp_path):
    """Poll every twelve hours."""
    async with Poller(tmp_path, poll_settings={"every": 12 * HOUR}) as poller:
        yield poller


def feed(poller, *titles):
    return rss(*titles or ["One"], published=poller.clock())


def to(location, status=301):
    return Answer(status=status, headers=(("Location", location),))


def honest(poller, etag='"1"'):
    """Answer 304 to the ETag."""
    body = feed(poller)

    def answer(request):
        if request.header("If-None-Match") == etag:
            return Answer(status=304)
        return Answer(headers=(("ETag", etag),), body=body)

    return answer


def asked(poller):
    """Return the paths asked, in order."""
    return [request.target for request in poller.servers["127.0.0.1"].requests]


# --- 39, 40: for good, or not


@pytest.mark.parametrize("status", [301, 308])
async def test_39_a_move_is_followed_at_once_and_believed_after_a_week_of_agreement(poller, status):
    poller.play(to("/new", status))
    poller.play(honest(poller), "/new")
    assert (await poller.poll()).new == 1
    await poller.run(7 * DAY - HOUR)
    assert poller.state().habits.address == ""
    assert poller.requests()
    await poller.run(DAY)
    assert poller.state().habits.address == poller.url("/new")
    before = len(poller.requests())
    visits = await poller.polls(2)
    assert {visit.outcome for visit in visits} == {PollOutcome.UNCHANGED}
    assert 304 in {visit.status for visit in visits}
    assert len(poller.requests()) == before
    # It is still the same source: nothing it brought before is news.
    poller.publish(feed(poller, "One", "Two"), "/new")
    assert (await poller.poll()).new == 1


async def test_39_two_polls_a_week_apart_are_not_enough(poller):
    poller.play(to("/new"))
    poller.publish(feed(poller), "/new")
    await poller.poll()
    await poller.poll(after=8 * DAY)
    assert poller.state().habits.address == ""
    await poller.poll()
    assert poller.state().habits.address == poller.url("/new")


async def test_39_another_answer_in_between_begins_the_count_anew(poller):
    poller.publish(feed(poller), "/new")
    poller.play(to("/new"))
    await poller.run(6 * DAY)
    poller.publish(feed(poller))
    await poller.poll()
    poller.play(to("/new"))
    await poller.run(6 * DAY)
    assert poller.state().habits.address == ""


async def test_39_a_restart_loses_nothing_of_the_count(poller):
    poller.publish(feed(poller), "/new")
    poller.play(to("/new"))
    await poller.run(4 * DAY)
    await poller.restart()
    await poller.run(4 * DAY)
    assert poller.state().habits.address == poller.url("/new")


async def test_39_a_place_that_is_lost_is_given_up_for_the_configured_address(poller):
    poller.publish(feed(poller), "/new")
    poller.play(to("/new"))
    await poller.run(8 * DAY)
    poller.play(Answer(status=404), "/new")
    poller.publish(feed(poller, "Two"))
    await poller.polls(2)
    assert poller.state().habits.address == ""
    assert (await poller.poll()).new == 1


async def test_39_one_bad_day_of_the_new_place_changes_nothing(poller):
    poller.publish(feed(poller), "/new")
    poller.play(to("/new"))
    await poller.run(8 * DAY)
    poller.play(Answer(status=404), "/new")
    await poller.poll()
    poller.publish(feed(poller), "/new")
    await poller.poll()
    poller.play(Answer(status=404), "/new")
    await poller.poll()
    assert poller.state().habits.address == poller.url("/new")


async def test_39_https_in_place_of_http_is_believed_at_once(poller):
    authority = trustme.CA()
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("127.0.0.1").configure_cert(tls)
    async with LoopbackServer(lambda _: Answer(body=body), tls=tls) as secure:
        body = feed(poller)
        url = poller.url()
        await poller.configure(a_source(url=url, name="feed", verify_tls=False))
        poller.play(to(secure.url("/feed"), 308))
        await poller.polls(3)
        assert poller.state().habits.address == secure.url("/feed")
    assert len(poller.requests()) == 1
    assert len(secure.requests) == 3


async def test_39_credentials_do_not_follow_to_another_origin_even_when_it_is_believed(poller):
    other = await poller.serve("127.0.0.2")
    auth = Auth(bearer="s3cret")
    await poller.configure(a_source(url=poller.url(), name="feed", auth=auth, every=12 * HOUR))
    poller.play(to(other.url("/feed")), host="127.0.0.1")
    poller.publish(feed(poller), host="127.0.0.2")
    await poller.run(8 * DAY)
    assert poller.state().habits.address == other.url("/feed")
    await poller.poll()
    assert len(other.requests) > len(poller.requests())
    assert all(request.header("Authorization") is None for request in other.requests)
    assert all(request.header("Authorization") for request in poller.requests())


@pytest.mark.parametrize("statuses", [(302,), (303,), (307,), (302, 301), (307, 308)])
async def test_40_what_is_behind_a_temporary_redirect_has_not_moved(poller, statuses):
    paths = [f"/hop{number}" for number in range(len(statuses))]
    for path, after, status in zip(["/feed", *paths], paths, statuses, strict=False):
        poller.play(to(after, status), path)
    poller.publish(feed(poller), paths[-1])
    await poller.run(20 * DAY)
    assert len(poller.requests()) >= 30
    habits = poller.state().habits
    assert (habits.address, habits.moved_to) == ("", "")


async def test_40_of_a_mixed_way_only_its_permanent_beginning_is_believed(poller):
    poller.play(to("/moved", 308))
    poller.play(to("/today", 302), "/moved")
    poller.publish(feed(poller), "/today")
    await poller.run(8 * DAY)
    assert poller.state().habits.address == poller.url("/moved")


# --- 41: redirects that lead nowhere


@pytest.mark.parametrize(
    ("location", "kind"),
    [
        ("/feed", ErrorKind.REDIRECT),  # a circle
        ("", ErrorKind.REDIRECT),
        ("ftp://127.0.0.1/feed", ErrorKind.REDIRECT),
        ("http://[::1", ErrorKind.REDIRECT),
        ("http://xn--/feed", ErrorKind.REDIRECT),
        ("http://xn--a.example/feed", ErrorKind.REDIRECT),
        ("//xn--a-ecp.example/feed", ErrorKind.REDIRECT),
        ("http://ex..ample/feed", ErrorKind.REDIRECT),
        ("http://host:99999/feed", ErrorKind.REDIRECT),
        ("http://10.0.0.7/feed", ErrorKind.BLOCKED_ADDRESS),
        ("http://169.254.169.254/latest", ErrorKind.BLOCKED_ADDRESS),
    ],
)
async def test_41_a_redirect_that_leads_nowhere_is_a_clean_failure(poller, location, kind):
    poller.publish(feed(poller), ETag='"1"')
    await poller.poll()
    poller.play(to(location))
    visit = await poller.poll()
    assert (visit.outcome, visit.kind) == (PollOutcome.FAILED, kind)
    assert visit.message.isprintable()
    assert poller.state().etag == '"1"'
    assert poller.titles() == ["One"]


async def test_41_more_than_five_hops_are_too_many(poller):
    for number in range(9):
        poller.play(to(f"/hop{number + 1}"), f"/hop{number}")
    poller.play(to("/hop0"))
    visit = await poller.poll()
    assert visit.kind is ErrorKind.REDIRECT
    assert len(asked(poller)) == 6


async def test_41_an_allowed_network_does_not_open_the_others(tmp_path):
    poll = {"allow_networks": (ip_network("127.0.0.1/32"),)}
    assert PollSettings(**poll).allow_networks
    async with Poller(tmp_path, poll_settings=poll) as poller:
        inside = await poller.serve("127.0.0.2")
        poller.play(to(inside.url("/feed")))
        assert (await poller.poll()).kind is ErrorKind.BLOCKED_ADDRESS
        assert inside.accepted == 0


# --- 42: pages in place of the feed


@pytest.mark.parametrize("status", [301, 302])
async def test_42_a_redirect_to_a_page_is_named_and_never_believed(poller, status):
    poller.publish(feed(poller, "One"))
    await poller.poll()
    poller.play(to("/", status))
    poller.publish(PAGE, "/")
    made = await poller.run(20 * DAY)
    assert {visit.kind for _, visit in made} == {ErrorKind.NOT_A_FEED}
    assert "Welcome" in made[0][1].message
    habits = poller.state().habits
    assert (habits.address, habits.moved_to) == ("", "")
    assert poller.titles() == ["One"]


@pytest.mark.parametrize(
    "tag",
    [
        b"<link rel=alternate type=application/rss+xml href=/new/rss.xml>",
        b"<meta http-equiv=refresh content='0; url=/new/rss.xml'>",
    ],
)
async def test_42_a_page_that_names_its_feed_is_an_advice_and_not_a_move(poller, tag):
    link = tag + b"</head>"
    poller.play(to("/moved"))
    poller.publish(PAGE.replace(b"</head>", link), "/moved")
    visit = await poller.poll()
    assert visit.kind is ErrorKind.HTML_WITH_FEED_LINK
    assert poller.url("/new/rss.xml") in visit.message
    await poller.run(20 * DAY)
    assert poller.state().habits.address == ""
    assert "/new/rss.xml" not in asked(poller)


# --- 43: nothing left at the old address


@pytest.mark.parametrize("status", [404, 410])
async def test_43_when_the_old_address_ends_the_tracked_place_counts_at_once(poller, status):
    poller.publish(feed(poller), "/new")
    poller.play(to("/new"))
    await poller.polls(2)
    poller.play(Answer(status=status))
    assert (await poller.poll()).outcome is PollOutcome.FAILED
    poller.publish(feed(poller, "Two"), "/new")
    visit = await poller.poll()
    assert (visit.outcome, visit.new) == (PollOutcome.NEW, 1)
    assert poller.state().failures == 0
    assert asked(poller)[-1] == "/new"


async def test_43_a_404_at_the_new_place_is_no_reason_to_go_there(poller):
    poller.publish(feed(poller), "/new")
    poller.play(to("/new"))
    await poller.polls(2)
    poller.play(Answer(status=404), "/new")
    await poller.poll()
    assert poller.state().habits.address == ""
