"""Requests through proxies: what the proxy sees, what the target sees, what is refused."""

import asyncio
import re
import socket
import ssl
from base64 import b64encode
from contextlib import closing
from ipaddress import ip_network

import httpx
import pytest
import trustme
from visits import LOOPBACK, resolver_of, visit

from monitor.feeds.transport import (
    BlockedAddress,
    GuardedTransport,
    NameNotFound,
    ProxyRefused,
    TlsError,
    Unsendable,
)
from monitor.model import ErrorKind, Failed, Fetched
from monitor.testing.proxy import LoopbackProxy
from monitor.testing.server import Answer, LoopbackServer

CA = trustme.CA()
NAMES = {"feed.example": "127.0.0.1"}
ALL = ["http", "socks5", "socks5h"]


def serving(*names: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    CA.issue_cert(*names).configure_cert(context)
    return context


def a_transport() -> GuardedTransport:
    """Trust our authority; know no name but feed.example and proxy.example."""
    context = ssl.create_default_context()
    CA.configure_trust(context)
    known = {"feed.example": ["127.0.0.1"], "proxy.example": ["127.0.0.1"]}
    return GuardedTransport(resolver=resolver_of(known), tls=context)


def a_server(*, tls: bool = False) -> LoopbackServer:
    context = serving("feed.example") if tls else None
    return LoopbackServer(lambda _: Answer(body=b"hello" * 1000), tls=context)


async def get(url: str, proxy: str, *, allow=LOOPBACK, verify=True, **options) -> bytes:
    extensions = {"allow_networks": allow, "verify_tls": verify, "proxy": proxy}
    request = httpx.Request("GET", url, extensions=extensions, **options)
    async with asyncio.timeout(10), a_transport() as transport:
        response = await transport.handle_async_request(request)
        try:
            return b"".join([data async for data in response.stream])
        finally:
            await response.aclose()


@pytest.mark.parametrize("scheme", ALL)
@pytest.mark.parametrize("tls", [False, True], ids=["http target", "https target"])
@pytest.mark.parametrize("user", ["", "desk:se%3Acret@"], ids=["open", "with credentials"])
async def test_a_document_comes_through_every_kind_of_proxy(scheme, tls, user):
    proxy = LoopbackProxy(names=NAMES, **({"user": "desk", "password": "se:cret"} if user else {}))
    async with a_server(tls=tls) as server, proxy:
        url = f"http{'s' if tls else ''}://feed.example:{server.port}/a?b=c"
        assert await get(url, proxy.url(scheme, user)) == b"hello" * 1000
    request = server.requests[0]
    assert (request.target, server.accepted) == ("/a?b=c", 1)
    assert request.header("Host") == f"feed.example:{server.port}"
    assert request.header("Proxy-Authorization") is None
    looked_up = "127.0.0.1" if scheme == "socks5" else "feed.example"
    assert proxy.asked == [f"{looked_up}:{server.port}"]


@pytest.mark.parametrize("tls", [False, True], ids=["http target", "https target"])
async def test_a_proxy_may_be_spoken_to_in_tls(tls):
    proxy = LoopbackProxy(names=NAMES, tls=serving("proxy.example"))
    async with a_server(tls=tls) as server, proxy:
        url = f"http{'s' if tls else ''}://feed.example:{server.port}/"
        address = f"https://proxy.example:{proxy.port}"
        assert await get(url, address) == b"hello" * 1000
        with pytest.raises(TlsError, match=r"the proxy 127\.0\.0\.1:\d+ can't be trusted: .*for"):
            await get(url, proxy.url("https"), verify=False)


async def test_an_unencrypted_request_is_sent_whole_to_an_http_proxy():
    async with a_server() as server, LoopbackProxy(names=NAMES) as proxy:
        await get(f"http://feed.example:{server.port}/a", proxy.url("http", "u:p@"))
    head = proxy.heads[0]
    assert head.startswith(b"GET http://feed.example:%d/a HTTP/1.1\r\n" % server.port)
    assert b"Proxy-Authorization: Basic " + b64encode(b"u:p") in head


async def test_an_encrypted_request_shows_the_proxy_only_where_it_goes():
    async with a_server(tls=True) as server, LoopbackProxy(names=NAMES) as proxy:
        url = f"https://feed.example:{server.port}/secret"
        await get(url, proxy.url("http"), headers={"Authorization": "Bearer x"})
    goal = b"feed.example:%d" % server.port
    assert proxy.heads == [b"CONNECT %b HTTP/1.1\r\nHost: %b\r\n\r\n" % (goal, goal)]
    assert server.requests[0].header("Authorization") == "Bearer x"


@pytest.mark.parametrize("scheme", ALL)
async def test_the_targets_certificate_is_checked_through_a_proxy(scheme):
    server = LoopbackServer(lambda _: Answer(body=b"hello"), tls=serving("other.example"))
    async with server, LoopbackProxy(names=NAMES) as proxy:
        url = f"https://feed.example:{server.port}/"
        with pytest.raises(TlsError, match=r"feed\.example can't be trusted: .* another name"):
            await get(url, proxy.url(scheme))
        assert await get(url, proxy.url(scheme), verify=False) == b"hello"
    assert len(server.requests) == 1


# --- what is refused


@pytest.mark.parametrize("scheme", ALL)
@pytest.mark.parametrize(
    "host", ["127.0.0.1", "127.1", "0x7f.1", "2130706433", "[::1]", "localhost", "a.localhost."]
)
async def test_no_spelling_of_loopback_goes_through_a_proxy_unless_allowed(scheme, host):
    async with a_server() as server, LoopbackProxy() as proxy:
        with pytest.raises(BlockedAddress, match="a loopback address"):
            await get(f"http://{host}:{server.port}/", proxy.url(scheme), allow=())
        assert not proxy.asked
        if "localhost" not in host and ":" not in host:
            assert await get(f"http://{host}:{server.port}/", proxy.url(scheme))


INWARD = ["wiki", "wiki.", "printer.local", "git.corp.INTERNAL", "nas.home.arpa", "db.lan"]


@pytest.mark.parametrize("scheme", ["http", "socks5h"])
@pytest.mark.parametrize("host", INWARD)
async def test_a_proxy_is_not_given_a_name_inside_unless_private_networks_are_allowed(scheme, host):
    names = dict.fromkeys([host, host.lower(), host.rstrip(".")], "127.0.0.1")
    async with a_server() as server, LoopbackProxy(names=names) as proxy:
        url = f"http://{host}:{server.port}/"
        for networks in ((), LOOPBACK, (ip_network("8.8.8.0/24"),)):
            with pytest.raises(BlockedAddress, match="a name that only private networks know"):
                await get(url, proxy.url(scheme), allow=networks)
        assert not proxy.asked
        await get(url, proxy.url(scheme), allow=(ip_network("192.168.0.0/16"),))
        assert len(proxy.asked) == 1


@pytest.mark.parametrize("scheme", ["http", "socks5h"])
@pytest.mark.parametrize("host", ["10.0.0.7", "192.168.1.1", "169.254.169.254", "[fd12::1]"])
async def test_a_proxy_is_not_given_a_private_number_either(scheme, host):
    async with LoopbackProxy() as proxy:
        outcome = await visit(f"http://{host}/", source={"proxy": proxy.url(scheme)})
        assert isinstance(outcome, Failed)
        assert outcome.kind is ErrorKind.BLOCKED_ADDRESS
        assert not proxy.asked


@pytest.mark.parametrize("host", ["local.example", "news.internal.example", "abcdefgh.onion"])
async def test_a_name_that_only_sounds_like_one_inside_goes_through(host):
    async with a_server() as server, LoopbackProxy(names={host: "127.0.0.1"}) as proxy:
        assert await get(f"http://{host}:{server.port}/", proxy.url("socks5h"), allow=())


async def test_a_name_that_we_look_up_ourselves_may_not_lead_inside():
    async with a_server() as server, LoopbackProxy() as proxy:
        url = f"http://feed.example:{server.port}/"
        with pytest.raises(BlockedAddress, match=r"feed\.example leads to 127\.0\.0\.1"):
            await get(url, proxy.url("socks5"), allow=())
    assert not proxy.asked


@pytest.mark.parametrize(
    ("scheme", "refuse", "words"),
    [
        ("http", 403, "gives no connection to feed.example:443: it answered 403"),
        ("http", 502, "it answered 502"),
        ("socks5h", 2, "gives no connection to feed.example:443: its rules forbid it"),
        ("socks5h", 4, "the host can't be reached"),
        ("socks5", 5, "gives no connection to 127.0.0.1:443: the connection was refused"),
        ("socks5h", 99, "it gave no known reason"),
    ],
)
async def test_a_refusal_names_the_proxy_and_its_reason(scheme, refuse, words):
    async with LoopbackProxy(refuse=refuse) as proxy:
        with pytest.raises(ProxyRefused) as caught:
            await get("https://feed.example/", proxy.url(scheme, "desk:hunter2@"))
    assert str(caught.value).startswith(f"the proxy 127.0.0.1:{proxy.port} ")
    assert words in str(caught.value)
    assert isinstance(caught.value, httpx.ConnectError)


@pytest.mark.parametrize("scheme", ALL)
@pytest.mark.parametrize("tls", ["", "s"])
@pytest.mark.parametrize(
    ("user", "words"),
    [("", "wants credentials"), ("desk:hunter2@", "wants other credentials")],
    ids=["none", "wrong"],
)
async def test_missing_or_wrong_credentials_are_named_and_never_repeated(scheme, tls, user, words):
    async with LoopbackProxy(user="desk", password="right", names=NAMES) as proxy:
        with pytest.raises(ProxyRefused, match=words) as caught:
            await get(f"http{tls}://feed.example:1/", proxy.url(scheme, user))
    assert "hunter2" not in str(caught.value)
    assert not proxy.asked


@pytest.mark.parametrize(
    ("scheme", "raw", "words"),
    [
        ("http", b"", "closed the connection before it answered"),
        ("http", b"HTTP/1.1 200", "closed the connection before it answered"),
        ("http", b"SSH-2.0-OpenSSH_9.2\r\n", "does not speak HTTP"),
        ("http", b"HTTP/1.1 200 OK\r\n\r\nand then some", "said more than it was asked"),
        ("http", b"HTTP/1.1 nonsense\r\n\r\n", "no status"),
        ("socks5h", b"", "closed the connection before it answered"),
        ("socks5h", b"\x05", "closed the connection before it answered"),
        ("socks5h", b"\x04\x5a", "does not speak SOCKS 5"),
        ("socks5h", b"HTTP/1.1 400 Bad Request\r\n\r\n", "does not speak SOCKS 5"),
        ("socks5h", b"\x05\xff", "wants credentials"),
        ("socks5h", b"\x05\x02", "wants credentials"),
        ("socks5h", b"\x05\x00\x05\x01", "it has failed"),
    ],
)
async def test_a_proxy_that_talks_nonsense_is_named(scheme, raw, words):
    async with LoopbackProxy(raw=raw) as proxy:
        pattern = rf"^the proxy 127\.0\.0\.1:{proxy.port} .*{re.escape(words)}"
        with pytest.raises(httpx.ConnectError, match=pattern):
            await get("https://feed.example/", proxy.url(scheme))


@pytest.mark.parametrize("scheme", ["http", "https", "socks5", "socks5h"])
async def test_a_proxy_that_is_not_there_is_named(scheme):
    with closing(socket.socket()) as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
        with pytest.raises(httpx.ConnectError, match=rf"the proxy 127\.0\.0\.1:{port} can't be"):
            await get("https://feed.example/", f"{scheme}://u:p@127.0.0.1:{port}")


@pytest.mark.parametrize("scheme", ["socks5", "socks5h"])
async def test_a_target_that_asks_for_a_proxys_credentials_is_not_the_proxy(scheme):
    async with (
        LoopbackServer(lambda _: Answer(status=407, body=b"hello")) as server,
        LoopbackProxy(names=NAMES) as proxy,
    ):
        assert await get(f"http://feed.example:{server.port}/", proxy.url(scheme)) == b"hello"


async def test_a_proxys_name_that_leads_nowhere_is_said_to_be_unknown():
    with pytest.raises(NameNotFound, match=r"gone\.example can't be looked up"):
        await get("http://feed.example/", "http://gone.example:3128")


@pytest.mark.parametrize(
    "proxy",
    [
        "ftp://127.0.0.1:1",
        "127.0.0.1:3128",
        "http://",
        "http://127.0.0.1:0",
        "http://127.0.0.1:99999",
        "http://desk:hunter2@proxy example:1",
        "http://desk:hunter2@127.0.0.1:1/path",
        "socks5://" + "u" * 300 + ":hunter2@127.0.0.1:1",
        "http://[::1",
    ],
)
async def test_an_address_that_is_no_proxys_is_refused_without_being_repeated(proxy):
    with pytest.raises(Unsendable) as caught:
        await get("http://feed.example/", proxy)
    assert "hunter2" not in str(caught.value)
    assert "127.0.0.1" not in str(caught.value)


@pytest.mark.parametrize("scheme", ALL)
@pytest.mark.parametrize("steps", [0, 1, 3, 8, 20])
async def test_cancelling_on_the_way_leaves_no_connection_behind(scheme, steps):
    async with a_server(tls=True) as server, LoopbackProxy(names=NAMES) as proxy:
        url = f"https://feed.example:{server.port}/"
        async with asyncio.TaskGroup() as group:
            task = group.create_task(get(url, proxy.url(scheme)))
            for _ in range(steps):
                await asyncio.sleep(0)
            task.cancel()
        for _ in range(200):
            if not proxy._open:
                break
            await asyncio.sleep(0.01)
        assert not proxy._open


# --- as a source names it


async def test_a_source_is_visited_through_its_proxy():
    async with a_server() as server, LoopbackProxy(names=NAMES) as proxy:
        url = f"http://feed.example:{server.port}/"
        outcome = await visit(url, source={"proxy": proxy.url("socks5h")})
    assert isinstance(outcome, Fetched)
    assert proxy.asked == [f"feed.example:{server.port}"]


async def test_a_visit_that_a_proxy_stops_says_which_and_keeps_the_password():
    async with LoopbackProxy(user="desk", password="right") as proxy:
        address = proxy.url("http", "desk:hunter2@")
        outcome = await visit("https://feed.example/", source={"proxy": address})
    assert isinstance(outcome, Failed)
    assert outcome.kind is ErrorKind.CONNECT
    assert outcome.message == f"the proxy 127.0.0.1:{proxy.port} wants other credentials"


async def test_a_redirect_goes_through_the_same_proxy():
    async with a_server() as server, LoopbackProxy(names=NAMES) as proxy:
        there = f"http://feed.example:{server.port}/there"
        here = Answer(status=302, headers=(("Location", there),))
        async with LoopbackServer(lambda _: here) as door:
            url = f"http://feed.example:{door.port}/"
            assert isinstance(await visit(url, source={"proxy": proxy.url("http")}), Fetched)
    assert proxy.asked == [f"feed.example:{door.port}", f"feed.example:{server.port}"]
