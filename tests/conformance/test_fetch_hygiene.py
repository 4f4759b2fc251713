"""Behaviours 47 to 50, 58 to 62 and 68 of docs/fetching-cases.md: what a request says, where it may go,
and that news is told once. What old items may not do stands with their identity.
"""

import base64
import ssl
from datetime import UTC, datetime, timedelta

import pytest
import trustme
from builders import a_source
from config_builders import Folder
from desk import rss
from poller import Poller
from visits import resolver_of

from monitor import __version__
from monitor.feeds.transport import GuardedTransport
from monitor.model import ErrorKind, PollOutcome
from monitor.settings import AlertSettings
from monitor.testing.server import Answer, LoopbackServer

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
PUBLIC_ONLY = {"allow_networks": ()}
HEADERS = {b"host", b"user-agent", b"accept", b"accept-encoding", b"connection"}
VALIDATORS = {b"if-none-match", b"if-modified-since"}


@pytest.fixture
async def poller(tmp_path):
    async with Poller(tmp_path) as poller:
        yield poller


def feed(poller, *titles, ago=timedelta()):
    return rss(*titles or ["One"], published=poller.clock() - ago)


def every_request(poller):
    return [request for server in poller.servers.values() for request in server.requests]


async def through_redirects(poller, **source):
    """Poll a source whose feed lies two hosts away."""
    second, third = await poller.serve("127.0.0.2"), await poller.serve("127.0.0.3")
    await poller.configure(a_source(url=poller.url("/feed?x=1"), name="feed", **source))
    for host, location in (("127.0.0.1", second.url("/b?y=2")), ("127.0.0.2", third.url("/c"))):
        headers = (("Location", location), ("Set-Cookie", "id=1; Path=/"))
        for path in ("/feed?x=1", "/b?y=2"):
            poller.play(Answer(status=302, headers=headers), path, host)
    poller.publish(feed(poller), "/c", Set_Cookie="id=2")
    await poller.poll(poller.sources[0].url)
    await poller.poll(poller.sources[0].url)
    return every_request(poller)


# --- 47 to 50: what a request says


async def test_47_no_cookie_is_ever_sent_back(poller):
    requests = await through_redirects(poller)
    assert len(requests) == 6
    assert all(request.header("Cookie") is None for request in requests)


async def test_48_a_request_says_nothing_else_and_nothing_else_is_requested(poller):
    requests = await through_redirects(poller)
    assert {request.method for request in requests} == {"GET"}
    assert {request.target for request in requests} == {"/feed?x=1", "/b?y=2", "/c"}
    for request in requests:
        assert {name.lower() for name, _ in request.headers} <= HEADERS | VALIDATORS
    assert len(requests) == 2 * 3


@pytest.mark.parametrize(
    ("contact", "source", "expected"),
    [
        ("", {}, f"news-feed-monitor/{__version__} (feed reader)"),
        ("https://d.example/bot", {}, f"news-feed-monitor/{__version__} (+https://d.example/bot)"),
        ("https://d.example/bot", {"user_agent": "Desk/1 (+https://d.example)"}, None),
        ("", {"headers": (("User-Agent", "Desk/1 (+https://d.example)"),)}, None),
    ],
)
async def test_49_the_agent_is_the_same_on_every_hop(tmp_path, contact, source, expected):
    async with Poller(tmp_path, poll_settings={"contact": contact}) as poller:
        requests = await through_redirects(poller, **source)
    agents = {request.header("User-Agent") for request in requests}
    assert agents == {expected or "Desk/1 (+https://d.example)"}


async def test_50_feeds_are_asked_for_by_name_and_anything_else_is_welcome(poller):
    poller.publish(feed(poller))
    await poller.poll()
    accept = poller.requests()[0].header("Accept")
    kinds = [kind.partition(";")[0].strip() for kind in accept.split(",")]
    assert kinds[:4] == [
        "application/atom+xml",
        "application/rss+xml",
        "application/rdf+xml",
        "application/feed+json",
    ]
    assert accept.endswith("*/*;q=0.1")
    assert "unknown" not in accept


# --- 58 to 60: where a request may go


@pytest.mark.parametrize("url", ["ftp://127.0.0.1/feed", "file:///etc/passwd", "gopher://x/"])
async def test_58_nothing_but_http_and_https_is_asked(poller, url):
    await poller.configure(a_source(url=url, name="odd"))
    visit = await poller.poll(url)
    assert (visit.outcome, visit.kind) == (PollOutcome.FAILED, ErrorKind.CONNECT)
    assert every_request(poller) == []


@pytest.mark.parametrize(
    ("url", "advice"),
    [
        ("ftp://a.example/feed", "did you mean https://a.example/feed"),
        ("https://zoe:s3cret@a.example/feed", "write it under auth:"),
    ],
)
def test_58_the_configuration_refuses_such_an_address(tmp_path, url, advice):
    [problem] = Folder(tmp_path).problems(f"sources: ['{url}']\n")
    assert problem.code == "bad-address"
    assert advice in problem.help
    assert "s3cret" not in str(problem)


@pytest.mark.parametrize("to", ["ftp://127.0.0.1/feed", "http://zoe:s3cret@127.0.0.1/feed"])
async def test_58_no_redirect_leads_to_such_an_address(poller, to):
    poller.play(Answer(status=302, headers=(("Location", to),)))
    visit = await poller.poll()
    assert (visit.outcome, visit.kind) == (PollOutcome.FAILED, ErrorKind.REDIRECT)
    assert len(every_request(poller)) == 1
    assert "s3cret" not in visit.message


async def test_58_credentials_in_an_address_are_sent_as_basic_and_never_shown(poller, caplog):
    url = poller.url("/feed").replace("//", "//zoe:s3cret@")
    await poller.configure(a_source(url=url, name="feed"))
    answers = [Answer(status=401), Answer(raw=b"junk"), Answer(status=302)]
    poller.play(lambda _: answers.pop(0))
    visits = await poller.polls(3, url)
    expected = "Basic " + base64.b64encode(b"zoe:s3cret").decode()
    assert {request.header("Authorization") for request in poller.requests()} == {expected}
    assert len(poller.requests()) == 3
    assert not any("s3cret" in visit.message for visit in visits)
    assert "s3cret" not in caplog.text
    assert all("s3cret" not in state.error for state in poller.states())


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.0.0.7",
        "192.168.1.1",
        "169.254.169.254",
        "::1",
        "fe80::1",
        "::ffff:10.1.1.1",
    ],
)
async def test_59_an_address_inside_is_refused_however_it_is_named(tmp_path, address):
    async with Poller(tmp_path, poll_settings=PUBLIC_ONLY) as poller:
        names = resolver_of({"feed.example": [address]})
        async with GuardedTransport(resolver=names) as transport:
            url = f"http://feed.example:{poller.servers['127.0.0.1'].port}/feed"
            await poller.configure(a_source(url=url, name="feed"))
            poller.pipeline._trust.transport = transport
            visit = await poller.poll(url)
        assert visit.kind is ErrorKind.BLOCKED_ADDRESS
        assert poller.servers["127.0.0.1"].accepted == 0


@pytest.fixture
async def secure():
    """A server whose certificate nobody here trusts."""
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(tls)
    body = rss("One", published=datetime(2025, 11, 30, tzinfo=UTC))
    async with LoopbackServer(lambda _: Answer(body=body), tls=tls) as server:
        yield server


async def test_60_a_certificate_nobody_vouches_for_is_refused_and_named(poller, secure):
    await poller.configure(a_source(url=secure.url("/feed"), name="feed"))
    visit = await poller.poll()
    assert visit.kind is ErrorKind.TLS
    assert "no authority known here has signed its certificate" in visit.message
    assert secure.requests == []


async def test_60_unless_its_source_says_otherwise(poller, secure):
    await poller.configure(a_source(url=secure.url("/feed"), name="feed", verify_tls=False))
    assert (await poller.poll()).new == 1


async def test_60_an_expired_certificate_is_named(poller):
    authority = trustme.CA()
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    past = datetime(2020, 1, 1, tzinfo=UTC)
    authority.issue_cert("127.0.0.1", not_before=past, not_after=past + DAY).configure_cert(tls)
    ours = ssl.create_default_context()
    authority.configure_trust(ours)
    async with (
        LoopbackServer(lambda _: Answer(body=b"x"), tls=tls) as server,
        GuardedTransport(tls=ours) as transport,
    ):
        await poller.configure(a_source(url=server.url("/feed"), name="feed"))
        poller.pipeline._trust.transport = transport
        visit = await poller.poll()
    assert visit.kind is ErrorKind.TLS
    assert "its certificate has expired" in visit.message


# --- 61, 62, 68: what is told


async def test_61_where_people_want_it_only_what_is_young_alerts(tmp_path):
    alerts = AlertSettings(first_poll="alert", max_age=6 * HOUR)
    async with Poller(tmp_path, more={"alerts": alerts}) as poller:
        url = poller.url()
        await poller.configure(a_source(url=url, name="feed", first_poll="alert"))
        young = feed(poller, "Maduro speaks in Caracas", ago=5 * HOUR)
        poller.publish(_merged(young, feed(poller, "Maduro spoke", ago=7 * HOUR)))
        visit = await poller.poll()
        assert (visit.new, visit.alerts) == (2, 1)
        assert poller.alerts() == ["Maduro speaks in Caracas"]


def _merged(first, second):
    """Return the first document with the items of both."""
    items = second.partition(b"<item>")[2].rpartition(b"</item>")[0]
    return first.replace(b"</channel>", b"<item>" + items + b"</item></channel>")


async def test_62_a_new_item_alerts_once_also_when_the_process_dies_before_it_is_sent(poller):
    poller.publish(feed(poller, "One"))
    await poller.poll()
    poller.publish(feed(poller, "One", "Maduro speaks"))
    await poller.poll()
    await poller.restart()
    await poller.polls(3)
    assert poller.alerts() == ["Maduro speaks"]


async def test_68_very_many_matching_items_of_a_few_stories_are_a_few_alerts(poller):
    poller.publish(feed(poller, "One"))
    await poller.poll()
    poller.clock.advance(HOUR)
    stories = ["Maduro speaks in Caracas", "Maduro closes the airspace", "Maduro meets his cabinet"]
    flood = feed(poller, *stories * 20, "One")
    for number in range(60):
        flood = flood.replace(b"'false'>Maduro", b"'false'>%d. Maduro" % number, 1)
        flood = flood.replace(b"wire.example/", b"wire.example./%d/" % number, 1)
    poller.publish(flood)
    visit = await poller.poll()
    assert (visit.new, visit.alerts) == (60, 3)
    assert sorted(poller.alerts()) == sorted(stories)
