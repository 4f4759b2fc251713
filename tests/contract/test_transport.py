import asyncio
import gc
import os
import socket
import ssl
import sys
import tracemalloc
from asyncio.subprocess import PIPE
from contextlib import closing
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from pathlib import Path

import httpx
import pytest
import trustme
from visits import LOOPBACK, resolver_of

from monitor.feeds.transport import (
    BlockedAddress,
    GuardedTransport,
    NameNotFound,
    TlsError,
    Unsendable,
)
from monitor.feeds.transport.resolver import Resolver
from monitor.testing.server import Answer, LoopbackServer

MB = 1_000_000
NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout)


@pytest.fixture
async def transport():
    async with GuardedTransport() as made:
        yield made


def a_request(url: str, method: str = "GET", *, allow=LOOPBACK, verify=True, **options):
    extensions = {"allow_networks": allow, "verify_tls": verify}
    return httpx.Request(method, url, extensions=extensions, **options)


async def send(transport, url, method="GET", **options):
    """Return the answer with its whole raw body."""
    async with asyncio.timeout(10):
        response = await transport.handle_async_request(a_request(url, method, **options))
        try:
            return response, b"".join([data async for data in response.stream])
        finally:
            await response.aclose()


async def exchange(transport, raw: bytes, method="GET", **answer):
    async with LoopbackServer(lambda _: Answer(raw=raw, **answer)) as server:
        return await send(transport, server.url(), method)


# --- HTTP as it comes


@pytest.mark.parametrize(
    "raw",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello and what follows",
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhelloHTTP/1.1 404 X\r\nX: 1\r\n\r\n",
        b"HTTP/1.1 200\r\nContent-Length: 5\r\n\r\nhello",
        b"HTTP/1.1 200 OK\nContent-Length: 5\n\nhello",
        b"HTTP/1.0 200 OK\r\n\r\nhello",
        b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nhello",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3;x=y\r\nllo\r\n0\r\nT: 1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 9\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: identity\r\nContent-Length: 5\r\n\r\nhello",
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\nhello",
        b"HTTP/1.1 200 OK\r\nContent-Length: 5, 5\r\n\r\nhello",
        b"HTTP/1.1 200 OK\r\nbad name: 1\r\nContent-Length: 5\r\n\r\nhello",
        b"HTTP/1.1 200 OK\r\njunk\r\nContent-Length : 5\r\n\r\nhello",
        b"HTTP/1.1 200 OK\r\nX: a\r\n folded\r\nContent-Length: 5\r\n\r\nhello",
        (
            b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Hints\r\nLink: x\r\n\r\n"
            b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"
        ),
        b"HTTP/1.1 200 OK\r\nUpgrade: h2c\r\nConnection: Upgrade\r\nContent-Length: 5\r\n\r\nhello",
        b"HTTP/1.1 200 OK\r\n" + b"X-Many: 1\r\n" * 300 + b"Content-Length: 5\r\n\r\nhello",
        b"HTTP/1.1 200 OK\r\nX-Long: " + b"x" * 150_000 + b"\r\nContent-Length: 5\r\n\r\nhello",
    ],
)
@pytest.mark.parametrize("chunk", [0, 7])
async def test_sloppy_answers_are_read_as_they_are_meant(transport, raw, chunk):
    if chunk and len(raw) > 10_000:
        chunk = 1000
    response, body = await exchange(transport, raw, chunk=chunk)
    assert (response.status_code, body) == (200, b"hello")


@pytest.mark.parametrize("end", [b"\n\n", b"\r\n\r\n"])
async def test_a_sloppy_head_may_come_in_pieces(transport, end):
    raw = b"HTTP/1.1 200 OK\nbad name: 1\nX: 2\nY: 3\nContent-Length: 5" + end + b"hello"
    _, body = await exchange(transport, raw, chunk=len(raw) - 6, pause=0.01)
    assert body == b"hello"
    _, body = await exchange(transport, raw, chunk=30, pause=0.01)
    assert body == b"hello"


@pytest.mark.parametrize(
    ("raw", "method"),
    [
        (b"HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\nhello", "GET"),
        (b"HTTP/1.1 304 Not Modified\r\nTransfer-Encoding: chunked\r\n\r\n", "GET"),
        (b"HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\nhello", "GET"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", "HEAD"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", "HEAD"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", "GET"),
    ],
)
async def test_some_answers_have_no_body_whatever_they_announce(transport, raw, method):
    _, body = await exchange(transport, raw, method, hang=True)
    assert body == b""


async def test_headers_come_byte_for_byte_and_in_any_case(transport):
    raw = b'HTTP/1.1 304 X\r\nETAG:  W/"\xe9, \xff"  \r\nlast-modified: never\r\n\r\n'
    response, _ = await exchange(transport, raw)
    assert response.headers["ETag"] == 'W/"\xe9, \xff"'
    assert response.headers["Last-Modified"] == "never"


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"HTTP/1.1 200",
        b"HTTP/1.1 200 OK\r\nContent-Len",
        b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!",
        b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nhello",
        b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999999\r\n\r\nhello",
        b"HTTP/1.1 101 Switching\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\nxyz",
        b"HTTP/1.1 101 Switching\r\nodd line\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\nxyz",
        b"HTTP/1.1 20 OK\r\nContent-Length: 5\r\n\r\nhello",
        b"<rss>no HTTP at all</rss>",
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"\x15\x03\x01\x00\x02\x02\x16",
        b"\r\n\r\n\r\n",
    ],
)
async def test_what_is_no_whole_answer_is_a_protocol_error(transport, raw):
    with pytest.raises(httpx.RemoteProtocolError, match=r"^127\.0\.0\.1 "):
        await exchange(transport, raw)


async def test_a_reset_connection_is_a_read_error(transport):
    with pytest.raises(httpx.ReadError, match="reset"):
        await exchange(transport, b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello", reset=True)


async def test_the_bytes_before_a_break_are_given_first(transport):
    raw = b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello"
    async with LoopbackServer(lambda _: Answer(raw=raw)) as server:
        response = await transport.handle_async_request(a_request(server.url()))
        await asyncio.sleep(0.05)
        stream = aiter(response.stream)
        assert await anext(stream) == b"hello"
        with pytest.raises(httpx.RemoteProtocolError, match="in the middle"):
            await anext(stream)
        await response.aclose()


@pytest.mark.parametrize(
    ("raw", "endless"),
    [
        (b"HTTP/1.1 200 OK\r\nX: ", b"x" * 10_000),
        (b"HTTP/1.1 200 OK\r\n", b"X: y\r\n" * 1000),
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 100),
        (b"", b"\r\n" * 1000),
        (b"HTTP/1.1 200 OK\r\nbad name: 1\r\n", b"x" * 10_000),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;", b"x" * 10_000),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"\r\n" * 10_000),
    ],
    ids=["value", "lines", "interim", "blank", "odd", "extension", "no chunk"],
)
async def test_endless_headers_end_at_the_cap(transport, raw, endless):
    with pytest.raises(httpx.RemoteProtocolError, match=r"headers|a chunk without a size"):
        await exchange(transport, raw, endless=endless)


@pytest.mark.parametrize("trailers", [b"T: " + b"x" * 10_000, b"T: x\r\n" * 1000])
async def test_endless_trailers_are_not_waited_for(transport, trailers):
    raw = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n"
    _, body = await exchange(transport, raw, endless=trailers)
    assert body == b"hello"


@pytest.mark.parametrize("lines", [b"X: y\r\n" * 1001, b"X: " + b"y" * 400_000 + b"\r\n"])
async def test_a_head_that_ends_may_still_be_too_large(transport, lines):
    raw = b"HTTP/1.1 200 OK\r\n" + lines + b"Content-Length: 5\r\n\r\nhello"
    with pytest.raises(httpx.RemoteProtocolError, match="headers"):
        await exchange(transport, raw)


async def test_an_endless_body_waits_for_its_reader_in_bounded_memory(transport):
    raw = b"HTTP/1.1 200 OK\r\n\r\n"
    async with LoopbackServer(lambda _: Answer(raw=raw, endless=bytes(65_536))) as server:
        response = await transport.handle_async_request(a_request(server.url()))
        tracemalloc.start()
        try:
            await asyncio.sleep(0.2)
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
        received = 0
        async for data in response.stream:
            received += len(data)
            if received > 20 * MB:
                break
        await response.aclose()
    assert peak < 4 * MB


# --- what is sent


async def test_a_request_goes_out_as_it_was_made_and_asks_to_close(transport):
    async with LoopbackServer(lambda _: Answer()) as server:
        await send(
            transport,
            server.url("/a%20b?x=%C3%A9"),
            "POST",
            headers=[(b"X-Odd", b"caf\xe9"), (b"Connection", b"keep-alive")],
            content=b"body",
        )
    request = server.requests[0]
    assert (request.method, request.target, request.body) == ("POST", "/a%20b?x=%C3%A9", b"body")
    assert request.header("Host") == f"127.0.0.1:{server.port}"
    assert request.header("X-Odd") == "caf\xe9"
    assert request.header("Content-Length") == "4"
    assert request.header("Connection") == "close"


async def test_a_streamed_body_is_sent_with_its_length(transport):
    async def pieces():
        yield b"bo"
        yield b"dy"

    async with LoopbackServer(lambda _: Answer()) as server:
        await send(transport, server.url(), "POST", content=pieces())
    assert server.requests[0].body == b"body"
    assert server.requests[0].header("Transfer-Encoding") is None


async def test_httpx_clients_may_use_it_too():
    async with (
        LoopbackServer(lambda _: Answer(body=b"hello")) as server,
        httpx.AsyncClient(transport=GuardedTransport()) as client,
    ):
        response = await client.get(server.url(), extensions={"allow_networks": LOOPBACK})
    assert response.text == "hello"


@pytest.mark.parametrize(
    ("name", "value"),
    [(b"X", b"a\r\nEvil: 1"), (b"X", b"a\nEvil: 1"), (b"X\r\nEvil", b"1"), (b"X", b"a\0b")],
)
async def test_a_header_can_not_break_out_of_its_line(transport, name, value):
    async with LoopbackServer(lambda _: Answer()) as server:
        with pytest.raises(Unsendable):
            await send(transport, server.url(), headers=[(name, value)])
    assert server.accepted == 0


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "ftp://127.0.0.1/",
        "http+unix://%2Fvar%2Frun%2Fdocker.sock/",
        "unix:///run/x.sock",
        "http:///x",
        "/feed",
        "http://127.0.0.1:0/",
        "http://127.0.0.1:65536/",
        "http://127.0.0.1:99999/",
        "http://127.0.0.1:-1/",
        "http://public.example\\@127.0.0.1/",
        "http://127.0.0.1%2f@public.example%00/",
        "http://a..b/",
        "http://%31%32%37.0.0.1/",
        "http://[fe80::1%25lo]/",
        "http://" + "a" * 64 + ".example/",
        "http://" + "a." * 150 + "example/",
    ],
)
async def test_only_plain_web_addresses_are_used(transport, url):
    with pytest.raises(Unsendable):
        await send(transport, url)


# --- where it goes


def fill(listening: socket.socket) -> list[socket.socket]:
    """Fill the backlog of a socket, so that the next connection is left waiting."""
    queued = []
    for _ in range(4):
        queued.append(socket.socket())
        queued[-1].setblocking(False)
        queued[-1].connect_ex(listening.getsockname())
    return queued


def a_name(*addresses: str, **options) -> GuardedTransport:
    return GuardedTransport(resolver=resolver_of({"feed.example": list(addresses)}), **options)


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "127.1",
        "127.0.1",
        "127.2",
        "2130706433",
        "0x7f000001",
        "0x7f.1",
        "0177.0.0.1",
        "127.0.0.1.",
        "127。0。0。1",
        "localhost",
        "public.example@127.0.0.1",
        "public.example:80@127.0.0.1",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[::127.0.0.1]",
        "[64:ff9b::127.0.0.1]",
        "[2002:7f00:1::]",
    ],
)
async def test_no_spelling_of_loopback_reaches_it_unless_allowed(transport, host):
    async with LoopbackServer(lambda _: Answer()) as canary:
        with pytest.raises((BlockedAddress, NameNotFound, httpx.InvalidURL)):
            await send(transport, f"http://{host}:{canary.port}/", allow=())
    assert canary.accepted == 0


async def test_a_name_that_leads_inside_is_blocked_with_its_address_and_reason():
    async with a_name("10.0.0.7") as transport:
        with pytest.raises(BlockedAddress) as caught:
            await send(transport, "http://feed.example/", allow=())
    assert str(caught.value) == "feed.example leads to 10.0.0.7, a private address"


async def test_an_allowed_network_allows_no_other():
    async with LoopbackServer(lambda _: Answer()) as canary, a_name("127.0.0.1") as transport:
        url = f"http://feed.example:{canary.port}/"
        with pytest.raises(BlockedAddress):
            await send(transport, url, allow=(ip_network("127.0.0.2/32"),))
    assert canary.accepted == 0


async def test_of_several_addresses_only_the_good_ones_are_tried():
    async with (
        LoopbackServer(lambda _: Answer(body=b"hello"), host="127.0.0.2") as server,
        a_name("10.0.0.7", "127.0.0.1", "127.0.0.2") as transport,
    ):
        url = f"http://feed.example:{server.port}/"
        _, body = await send(transport, url, allow=(ip_network("127.0.0.2/32"),))
    assert body == b"hello"


async def test_an_address_that_takes_no_connection_gives_way_to_the_next():
    async with (
        LoopbackServer(lambda _: Answer(body=b"hello")) as server,
        a_name("::1", "127.0.0.3", "127.0.0.1") as transport,
    ):
        _, body = await send(transport, f"http://feed.example:{server.port}/")
    assert body == b"hello"


async def test_a_slow_address_is_not_waited_for_and_only_one_connection_is_used():
    with closing(socket.socket()) as full:
        full.bind(("127.0.0.3", 0))
        full.listen(0)
        port = full.getsockname()[1]
        queued = fill(full)
        async with (
            LoopbackServer(lambda _: Answer(body=b"hello"), port=port) as server,
            LoopbackServer(lambda _: Answer(body=b"hello"), host="127.0.0.2", port=port) as spare,
            a_name("127.0.0.3", "127.0.0.1", "127.0.0.2") as transport,
        ):
            _, body = await send(transport, f"http://feed.example:{port}/")
            assert body == b"hello"
            assert (server.accepted, spare.accepted) == (1, 0)
        for each in queued:
            each.close()


async def test_where_all_addresses_fail_the_last_failure_is_told():
    with closing(socket.socket()) as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
        async with a_name("::1", "127.0.0.3", "127.0.0.1") as transport:
            with pytest.raises(httpx.ConnectError, match=r"feed\.example .* Connection refused"):
                await send(transport, f"http://feed.example:{port}/")


async def test_tls_goes_to_the_first_address_that_takes_a_connection():
    async with a_server("feed.example") as server, trusting("127.0.0.3", "127.0.0.1") as transport:
        _, body = await send(transport, f"https://feed.example:{server.port}/")
    assert body == b"hello" * 100_000
    assert server.accepted == 1


async def test_a_name_that_changes_its_mind_after_the_check_is_not_asked_again():
    answers = iter([["127.0.0.2"], ["127.0.0.1"], ["127.0.0.2"], ["127.0.0.1"]] * 50)
    async with LoopbackServer(lambda _: Answer()) as canary:
        resolver = Resolver(lambda _: next(answers), fresh=timedelta())
        async with GuardedTransport(resolver=resolver) as transport:
            url = f"http://feed.example:{canary.port}/"
            for _ in range(20):
                with pytest.raises(httpx.ConnectError):
                    await send(transport, url, allow=(ip_network("127.0.0.2/32"),))
    assert canary.accepted == 0


async def test_the_environments_proxies_are_not_asked(transport, monkeypatch):
    async with (
        LoopbackServer(lambda _: Answer()) as proxy,
        LoopbackServer(lambda _: Answer()) as to,
    ):
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, proxy.url())
        await send(transport, to.url())
    assert (proxy.accepted, to.accepted) == (0, 1)


async def test_an_unknown_name_is_said_to_be_unknown():
    async with a_name() as transport:
        with pytest.raises(NameNotFound, match=r"feed\.example can't be looked up"):
            await send(transport, "http://feed.example/")
        with pytest.raises(NameNotFound, match=r"other\.example"):
            await send(transport, "http://other.example/")


async def test_a_closed_port_is_a_connect_error(transport):
    with closing(socket.socket()) as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
        with pytest.raises(httpx.ConnectError, match="Connection refused") as caught:
            await send(transport, f"http://127.0.0.1:{port}/")
    assert isinstance(caught.value, NEVER_SENT)


async def test_a_connection_nobody_takes_is_a_connect_timeout():
    with closing(socket.socket()) as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        queued = fill(full)
        async with GuardedTransport(connect_timeout=timedelta(milliseconds=100)) as transport:
            with pytest.raises(httpx.ConnectTimeout):
                await send(transport, f"http://127.0.0.1:{full.getsockname()[1]}/")
        for each in queued:
            each.close()


# --- TLS

CA = trustme.CA()


def a_server(*names: str, ca: trustme.CA = CA, **options) -> LoopbackServer:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ca.issue_cert(*names, **options).configure_cert(context)
    return LoopbackServer(lambda _: Answer(body=b"hello" * 100_000), tls=context)


def trusting(*addresses: str) -> GuardedTransport:
    context = ssl.create_default_context()
    CA.configure_trust(context)
    return a_name(*(addresses or ["127.0.0.1"]), tls=context)


async def test_the_certificate_is_checked_against_the_name_not_the_address():
    async with a_server("feed.example") as server, trusting() as transport:
        _, body = await send(transport, f"https://feed.example:{server.port}/")
        assert body == b"hello" * 100_000
        _, body = await send(
            transport, f"https://feed.example.:{server.port}/".replace("e.:", "e:")
        )
    assert len(server.requests) == 2


@pytest.mark.parametrize(
    ("server", "words"),
    [
        (a_server("other.example"), "is for another name"),
        (a_server("feed.example", not_after=datetime(2020, 1, 1, tzinfo=UTC)), "has expired"),
        (
            a_server(
                "feed.example",
                not_before=datetime(2090, 1, 1, tzinfo=UTC),
                not_after=datetime(2091, 1, 1, tzinfo=UTC),
            ),
            "not valid yet",
        ),
        (a_server("feed.example", ca=trustme.CA()), "no authority known here"),
    ],
    ids=["other name", "expired", "too early", "unknown authority"],
)
async def test_a_certificate_at_fault_is_named(server, words):
    async with server, trusting() as transport:
        url = f"https://feed.example:{server.port}/"
        with pytest.raises(TlsError, match=words) as caught:
            await send(transport, url)
        assert isinstance(caught.value, NEVER_SENT)
        assert not server.requests
        _, body = await send(transport, url, verify=False)
        assert body.startswith(b"hello")


async def test_the_real_authorities_do_not_know_ours(transport):
    async with a_server("127.0.0.1") as server:
        with pytest.raises(TlsError, match="no authority known here"):
            await send(transport, server.url())


VISITOR = """
import asyncio, httpx, sys
from ipaddress import ip_network
from monitor.feeds.transport import GuardedTransport

async def main():
    network = {"allow_networks": (ip_network("127.0.0.0/8"),)}
    async with GuardedTransport() as transport:
        request = httpx.Request("GET", sys.argv[1], extensions=network)
        print((await transport.handle_async_request(request)).status_code)

asyncio.run(main())
"""


async def test_an_operators_own_authority_is_trusted_by_ssl_cert_file(tmp_path):
    CA.cert_pem.write_to_path(tmp_path / "authority.pem")
    environment = {**os.environ, "SSL_CERT_FILE": str(tmp_path / "authority.pem")}
    async with a_server("127.0.0.1") as server:
        visitor = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", VISITOR, server.url()), env=environment, stdout=PIPE
        )
        said, _ = await visitor.communicate()
    assert said == b"200\n"


async def test_a_server_without_tls_is_a_tls_error(transport):
    async def refuse(_reader, writer):
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(refuse, "127.0.0.1", 0)
    async with server:
        with pytest.raises(TlsError, match="can't agree on TLS"):
            await send(transport, f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}/")


async def test_a_server_that_hangs_up_in_the_handshake_took_nothing():
    async def hang_up(_reader, writer):
        writer.close()

    server = await asyncio.start_server(hang_up, "127.0.0.1", 0)
    async with server, trusting() as transport:
        with pytest.raises(NEVER_SENT):
            await send(transport, f"https://feed.example:{server.sockets[0].getsockname()[1]}/")


async def test_a_body_that_ends_with_the_connection_is_whole_over_tls():
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    CA.issue_cert("feed.example").configure_cert(context)
    raw = b"HTTP/1.0 200 OK\r\n\r\n" + bytes(2 * MB)
    async with (
        LoopbackServer(lambda _: Answer(raw=raw), tls=context) as server,
        trusting() as transport,
    ):
        url = f"https://feed.example:{server.port}/"
        response = await transport.handle_async_request(a_request(url))
        await asyncio.sleep(0.1)  # the server has ended before anything is read
        body = b"".join([data async for data in response.stream])
        await response.aclose()
    assert len(body) == 2 * MB


async def test_a_server_may_leave_without_the_goodbye_of_tls():
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    CA.issue_cert("feed.example").configure_cert(context)

    def serve(listening: socket.socket) -> None:
        connection, _ = listening.accept()
        with context.wrap_socket(connection, server_side=True) as encrypted:
            encrypted.recv(65_536)
            encrypted.sendall(b"HTTP/1.0 200 OK\r\n\r\n" + bytes(100_000))

    with socket.create_server(("127.0.0.1", 0)) as listening:
        async with asyncio.TaskGroup() as group, trusting() as transport:
            group.create_task(asyncio.to_thread(serve, listening))
            url = f"https://feed.example:{listening.getsockname()[1]}/"
            _, body = await send(transport, url)
    assert len(body) == 100_000


# --- cancellation


OPEN_FILES = Path("/proc/self/fd")


def open_files() -> int:
    return len(list(OPEN_FILES.iterdir()))


@pytest.mark.skipif(not OPEN_FILES.is_dir(), reason="needs a list of open files")
@pytest.mark.parametrize("tls", [False, True])
@pytest.mark.parametrize("addresses", [["127.0.0.1"], ["127.0.0.3", "127.0.0.1"]], ids=len)
async def test_cancelling_at_any_time_closes_the_connection(tls, addresses):
    context = None
    if tls:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        CA.issue_cert("feed.example").configure_cert(context)
    async with (
        LoopbackServer(lambda _: Answer(raw=b"HTTP", hang=True), tls=context) as server,
        trusting(*addresses) as transport,
    ):
        url = f"http{'s' if tls else ''}://feed.example:{server.port}/"
        before = 0
        for steps in (50, *range(40)):  # the first one warms up
            async with asyncio.TaskGroup() as group:
                task = group.create_task(send(transport, url))
                for _ in range(steps):
                    await asyncio.sleep(0)
                task.cancel()
            await asyncio.sleep(0.02)
            for writer in tuple(server._open):
                writer.transport.abort()
            await asyncio.sleep(0.02)
            before = before or open_files()
            if open_files() > before:
                gc.collect()
            assert open_files() <= before
