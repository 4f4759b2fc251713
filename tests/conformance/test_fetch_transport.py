"""Behaviours 46, 51 to 57, 59 and 60 of fetching, by number: what servers do on the wire."""

import asyncio
import gzip
import random
import ssl
import tracemalloc
import zlib
from datetime import UTC, datetime, timedelta
from functools import partial
from ipaddress import ip_network

import brotli
import pytest
import trustme
import zstandard
from visits import FEED, resolver_of, visit

from monitor.feeds.fetch.codings import ACCEPT_ENCODING
from monitor.feeds.transport import GuardedTransport
from monitor.model import ErrorKind, Failed, Fetched, NotModified
from monitor.testing.server import Answer, LoopbackServer

MB = 1_000_000
N = b"%d" % len(FEED)
OK = b"HTTP/1.1 200 OK\r\n"
LENGTH = b"Content-Length: " + N + b"\r\n"
CHUNKED = b"Transfer-Encoding: chunked\r\n"
SIZE = b"%x" % len(FEED)
END = b"0\r\n\r\n"

gz = partial(gzip.compress, mtime=0)


async def answered(raw: bytes, *, poll: dict | None = None, state: dict | None = None, **answer):
    """Visit a server that says `raw`, byte for byte, to everyone."""
    async with LoopbackServer(lambda _: Answer(raw=raw, **answer)) as server:
        return await visit(server.url(), poll=poll, **(state or {}))


async def encoded(body: bytes, encoding: str | None, **poll):
    """Visit a server that sends `body` with this Content-Encoding."""
    headers = () if encoding is None else (("Content-Encoding", encoding),)
    async with LoopbackServer(lambda _: Answer(headers=headers, body=body)) as server:
        return await visit(server.url(), poll=poll)


def a_context(ca: trustme.CA, *names: str, **dates) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ca.issue_cert(*names, **dates).configure_cert(context)
    return context


# --- 46


@pytest.mark.parametrize(
    "rest",
    [
        LENGTH + b"\r\n" + FEED,
        CHUNKED + b"\r\n" + SIZE + b"\r\n" + FEED + b"\r\n" + END,
        CHUNKED + b"\r\nnot even a chunk",
        b"Content-Length: 5\r\n\r\n",
        b"Content-Length: 5\r\nContent-Length: 6\r\n\r\n",
        b"Content-Encoding: gzip\r\n\r\n",
    ],
    ids=["length", "chunks", "no chunks", "length only", "two lengths", "encoded"],
)
async def test_46_a_304_has_no_body_whatever_it_sends(rest):
    raw = b'HTTP/1.1 304 Not Modified\r\nETag: "b"\r\n' + rest
    outcome = await answered(raw, state={"etag": '"a"'}, hang=True)
    assert isinstance(outcome, NotModified)


# --- 51


PACKED = {
    "gzip": gz(FEED),
    "GZIP": gz(FEED),
    "x-gzip": gz(FEED),
    "gzip, identity": gz(FEED),
    "gzip,gzip": gz(gz(FEED)),
    "gzip ": gz(FEED[:40]) + gz(FEED[40:]),
    "deflate": zlib.compress(FEED),
    "Deflate": zlib.compress(FEED, wbits=-15),
    "br": brotli.compress(FEED),
    "Br": brotli.compress(FEED, quality=1),
    "zstd": zstandard.compress(FEED),
    "ZStd": zstandard.compress(FEED[:40]) + zstandard.compress(FEED[40:]),
    "br, gzip": gz(brotli.compress(FEED)),
    "utf-8": FEED,
    "none": FEED,
    "identity": FEED,
    "": FEED,
}


@pytest.mark.parametrize("encoding", PACKED)
async def test_51_every_coding_gives_the_same_document(encoding):
    outcome = await encoded(PACKED[encoding], encoding)
    assert isinstance(outcome, Fetched), outcome
    assert outcome.body == FEED


async def test_51_no_coding_is_asked_for_that_is_not_undone():
    async with LoopbackServer(lambda _: Answer(body=FEED)) as server:
        await visit(server.url())
    asked = server.requests[0].header("Accept-Encoding") or ""
    assert asked == ACCEPT_ENCODING.decode()
    assert {name.strip() for name in asked.split(",")} <= set(PACKED)


# --- 52


@pytest.mark.parametrize("encoding", ["gzip", "br", "zstd", "deflate", "x-unheard-of", "gzip, br"])
async def test_52_a_plain_document_under_a_false_label_is_read(encoding):
    outcome = await encoded(FEED, encoding)
    assert isinstance(outcome, Fetched), outcome
    assert outcome.body == FEED


@pytest.mark.parametrize("pack", ["gzip", "zlib", "zstd"])
@pytest.mark.parametrize("encoding", [None, "identity"])
async def test_52_a_compressed_document_without_a_label_is_read(pack, encoding):
    body = {
        "gzip": gz(FEED),
        "zlib": zlib.compress(FEED),
        "zstd": zstandard.compress(FEED),
    }[pack]
    outcome = await encoded(body, encoding)
    assert isinstance(outcome, Fetched), outcome
    assert outcome.body == FEED


# --- 53


def bomb(coding: str) -> bytes:
    zeros = bytes(MB)
    if coding == "br":
        packer = brotli.Compressor(quality=5)
        return b"".join(packer.process(zeros) for _ in range(100)) + packer.finish()
    if coding == "zstd":
        stream = zstandard.ZstdCompressor().compressobj()
        return b"".join(stream.compress(zeros) for _ in range(100)) + stream.flush()
    packed = zlib.compressobj(9, wbits=31)
    body = b"".join(packed.compress(zeros) for _ in range(100)) + packed.flush()
    return gz(body) if coding == "gzip, gzip" else body


@pytest.mark.parametrize("coding", ["gzip", "gzip, gzip", "br", "zstd"])
async def test_53_a_bomb_ends_at_the_cap_in_bounded_memory(coding):
    body = bomb(coding)
    tracemalloc.start()
    try:
        outcome = await encoded(body, coding, max_bytes=10 * MB)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert isinstance(outcome, Failed)
    assert outcome.kind is ErrorKind.TOO_LARGE
    assert peak < 40 * MB


# --- 54


@pytest.mark.parametrize(
    "raw",
    [
        OK + LENGTH + b"\r\n" + FEED[:-1],
        OK + LENGTH + b"Connection: keep-alive\r\n\r\n" + FEED[:-1],
        OK + LENGTH + b"\r\n",
        OK + CHUNKED + b"\r\n",
        OK + CHUNKED + b"\r\n" + SIZE + b"\r\n" + FEED[:-1],
        OK + CHUNKED + b"\r\n" + SIZE + b"\r\n" + FEED,
        OK + CHUNKED + b"\r\n" + SIZE + b"\r\n" + FEED + b"\r\n",
        OK + CHUNKED + b"\r\n" + SIZE + b"\r\n" + FEED + b"\r\n0",
    ],
)
@pytest.mark.parametrize("reset", [False, True], ids=["closed", "reset"])
async def test_54_a_body_that_is_cut_off_is_a_failure(raw, reset):
    outcome = await answered(raw, reset=reset)
    assert isinstance(outcome, Failed)
    assert outcome.kind is ErrorKind.RESET


@pytest.mark.parametrize("encoding", ["gzip", "br", "zstd", "deflate"])
async def test_54_a_compressed_body_that_is_cut_off_is_a_failure(encoding):
    outcome = await encoded(PACKED[encoding][:-4], encoding)
    assert isinstance(outcome, Failed)
    assert outcome.kind is ErrorKind.BAD_ENCODING


# --- 55


@pytest.mark.parametrize("at_once", [1, 5])
@pytest.mark.parametrize(
    "raw", [OK + LENGTH + b"\r\n" + FEED, b"HTTP/1.1 100 Continue\r\n\r\n" * 9]
)
async def test_55_an_answer_that_trickles_ends_at_the_deadline(raw, at_once):
    poll = {"timeout": timedelta(milliseconds=300)}
    outcome = await answered(raw, poll=poll, chunk=at_once, pause=0.05)
    assert isinstance(outcome, Failed)
    assert outcome.kind is ErrorKind.TIMEOUT


# --- 56


@pytest.mark.parametrize(
    ("raw", "endless", "kind"),
    [
        (OK + b"X: ", b"x" * 10_000, ErrorKind.RESET),
        (OK, b"X: y\r\n" * 1000, ErrorKind.RESET),
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 100, ErrorKind.RESET),
        (b"", b"\r\n" * 1000, ErrorKind.RESET),
        (OK + CHUNKED + b"\r\n5;", b"x" * 10_000, ErrorKind.RESET),
        (OK + CHUNKED + b"\r\n", b"\r\n" * 10_000, ErrorKind.RESET),
        (OK + b"\r\n", b"<rss>" * 10_000, ErrorKind.TOO_LARGE),
        (OK + CHUNKED + b"\r\n", b"8\r\n<channel\r\n" * 1000, ErrorKind.TOO_LARGE),
    ],
    ids=["value", "headers", "interim", "blank", "extension", "no chunks", "body", "chunks"],
)
async def test_56_what_has_no_end_ends_at_a_cap(raw, endless, kind):
    tracemalloc.start()
    try:
        outcome = await answered(raw, poll={"max_bytes": 200_000}, endless=endless)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert isinstance(outcome, Failed)
    assert outcome.kind is kind, outcome
    assert peak < 20 * MB


# --- 57


WHOLE = {
    # the first line
    "no reason": b"HTTP/1.1 200\r\n" + LENGTH + b"\r\n" + FEED,
    "a blank for a reason": b"HTTP/1.1 200 \r\n" + LENGTH + b"\r\n" + FEED,
    "a reason that is not ASCII": b"HTTP/1.1 200 \xc3\xa7a va\r\n" + LENGTH + b"\r\n" + FEED,
    "two blanks": b"HTTP/1.1  200  OK\r\n" + LENGTH + b"\r\n" + FEED,
    "a tab": b"HTTP/1.1\t200\tOK\r\n" + LENGTH + b"\r\n" + FEED,
    "lower case": b"http/1.1 200 ok\r\n" + LENGTH.lower() + b"\r\n" + FEED,
    "no version": b"HTTP/1 200 OK\r\n" + LENGTH + b"\r\n" + FEED,
    "version 0.9": b"HTTP/0.9 200 OK\r\n" + LENGTH + b"\r\n" + FEED,
    "version 2": b"HTTP/2 200\r\n" + LENGTH + b"\r\n" + FEED,
    "version 1.10": b"HTTP/1.10 200 OK\r\n" + LENGTH + b"\r\n" + FEED,
    "blank lines first": b"\r\n\n\r\n" + OK + LENGTH + b"\r\n" + FEED,
    # the ends of lines
    "LF only": OK.replace(b"\r", b"") + LENGTH.replace(b"\r", b"") + b"\n" + FEED,
    "LF, then CRLF": b"HTTP/1.1 200 OK\n" + LENGTH + b"\r\n" + FEED,
    "CRLF, then LF": OK + LENGTH + b"\n" + FEED,
    "CR CR LF": b"HTTP/1.1 200 OK\r\r\n" + LENGTH + b"\r\r\n" + FEED,
    "a bare CR in a value": OK + b"X: a\rb\r\n" + LENGTH + b"\r\n" + FEED,
    "200 KB of CR in a value": (
        OK + b"X: a\r\n b" + b"\r" * 200_000 + b"c\r\n" + LENGTH + b"\r\n" + FEED
    ),
    "a NUL in a value": OK + b"X: a\0b\r\n" + LENGTH + b"\r\n" + FEED,
    # the headers
    "300 headers": OK + b"X-Many: 1\r\n" * 300 + LENGTH + b"\r\n" + FEED,
    "150 KB of headers": OK + b"X: " + b"x" * 150_000 + b"\r\n" + LENGTH + b"\r\n" + FEED,
    "a name with a blank": OK + b"bad name: 1\r\n" + LENGTH + b"\r\n" + FEED,
    "a blank before the colon": OK + LENGTH.replace(b":", b" :") + b"\r\n" + FEED,
    "no blank after the colon": OK + LENGTH.replace(b": ", b":") + b"\r\n" + FEED,
    "a line without a colon": OK + b"junk\r\n" + LENGTH + b"\r\n" + FEED,
    "a line with nothing but a colon": OK + b":\r\n: x\r\n" + LENGTH + b"\r\n" + FEED,
    "a second first line": OK + OK + LENGTH + b"\r\n" + FEED,
    "a name in UTF-8": OK + b"Zur\xc3\xbcck: ja\r\n" + LENGTH + b"\r\n" + FEED,
    "a value in latin-1": OK + b"X: caf\xe9\r\n" + LENGTH + b"\r\n" + FEED,
    "a folded line": OK + b"X: a\r\n b\r\n\tc\r\n" + LENGTH + b"\r\n" + FEED,
    "a folded length": OK + b"Content-Length:\r\n " + N + b"\r\n\r\n" + FEED,
    "a fold at the beginning": OK + b" X: y\r\n" + LENGTH + b"\r\n" + FEED,
    "a line of blanks": OK + b"X: y\r\n   \r\n" + LENGTH + b"\r\n" + FEED,
    # the length
    "one length twice": OK + LENGTH * 2 + b"\r\n" + FEED,
    "one length twice in a line": OK + b"Content-Length: " + N + b", " + N + b"\r\n\r\n" + FEED,
    "a length with zeros": OK + b"Content-Length: 000" + N + b"\r\n\r\n" + FEED,
    "an empty length": OK + b"Content-Length:\r\n\r\n" + FEED,
    "length and chunks": OK + LENGTH + CHUNKED + b"\r\n" + SIZE + b"\r\n" + FEED + b"\r\n" + END,
    "a false length and chunks": (
        OK + b"Content-Length: 3\r\n" + CHUNKED + b"\r\n" + SIZE + b"\r\n" + FEED + b"\r\n" + END
    ),
    "more than the length": OK + LENGTH + b"\r\n" + FEED + b"\r\n<!-- served by 7 -->",
    "another answer after the length": OK + LENGTH + b"\r\n" + FEED + b"HTTP/1.1 500 No\r\n\r\n",
    "no length, 1.0": b"HTTP/1.0 200 OK\r\n\r\n" + FEED,
    "no length, 1.1": OK + b"\r\n" + FEED,
    "no length, keep-alive": OK + b"Connection: keep-alive\r\n\r\n" + FEED,
    "no header at all": OK + b"\r\n" + FEED,
    "identity for a transfer": OK + b"Transfer-Encoding: identity\r\n" + LENGTH + b"\r\n" + FEED,
    # the chunks
    "chunks in 1.0": (
        b"HTTP/1.0 200 OK\r\n" + CHUNKED + b"\r\n" + SIZE + b"\r\n" + FEED + b"\r\n" + END
    ),
    "Chunked": OK + CHUNKED.upper() + b"\r\n" + SIZE + b"\r\n" + FEED + b"\r\n" + END,
    "chunked twice": OK + CHUNKED * 2 + b"\r\n" + SIZE + b"\r\n" + FEED + b"\r\n" + END,
    "capitals and zeros": (
        OK + CHUNKED + b"\r\n000" + SIZE.upper() + b"\r\n" + FEED + b"\r\n000\r\n\r\n"
    ),
    "an extension": OK + CHUNKED + b"\r\n" + SIZE + b';a="b"\r\n' + FEED + b"\r\n" + END,
    "no extension": OK + CHUNKED + b"\r\n" + SIZE + b" ;;\x00=,\r\n" + FEED + b"\r\n" + END,
    "blanks after the size": OK + CHUNKED + b"\r\n" + SIZE + b"    \r\n" + FEED + b"\r\n" + END,
    "blanks before the size": OK + CHUNKED + b"\r\n " + SIZE + b"\r\n" + FEED + b"\r\n" + END,
    "LF only in chunks": OK + CHUNKED + b"\r\n" + SIZE + b"\n" + FEED + b"\n0\n\n",
    "no end of line after a chunk": OK + CHUNKED + b"\r\n" + SIZE + b"\r\n" + FEED + END,
    "two ends of lines after a chunk": (
        OK + CHUNKED + b"\r\n" + SIZE + b"\r\n" + FEED + b"\r\n\r\n" + END
    ),
    "nothing after the last chunk": (OK + CHUNKED + b"\r\n" + SIZE + b"\r\n" + FEED + b"\r\n0\r\n"),
    "trailers": OK + CHUNKED + b"\r\n" + SIZE + b"\r\n" + FEED + b"\r\n0\r\nX: y\r\n\r\n",
    "trailers that are none": OK + CHUNKED + b"\r\n" + SIZE + b"\r\n" + FEED + b"\r\n0\r\n\x00\x01",
    "gzip for a transfer": (
        OK
        + b"Transfer-Encoding: gzip, chunked\r\n\r\n"
        + b"%x\r\n" % len(gz(FEED))
        + gz(FEED)
        + b"\r\n"
        + END
    ),
    # interim answers
    "100 first": b"HTTP/1.1 100 Continue\r\n\r\n" + OK + LENGTH + b"\r\n" + FEED,
    "103 first": b"HTTP/1.1 103 Hints\r\nLink: </x>\r\n\r\n" * 3 + OK + LENGTH + b"\r\n" + FEED,
    "an offer to leave HTTP": (
        OK + b"Upgrade: h2c\r\nConnection: Upgrade\r\n" + LENGTH + b"\r\n" + FEED
    ),
}

NOT_WHOLE = {
    "nothing": (b"", "before it answered"),
    "half a first line": (b"HTTP/1.1 2", "before it answered"),
    "half a head": (OK + b"Content-Le", "before it answered"),
    "blank lines": (b"\r\n\r\n\r\n", "before it answered"),
    "CR only": (b"HTTP/1.1 200 OK\rContent-Length: 5\r\rhello", "before it answered"),
    "only an interim answer": (b"HTTP/1.1 100 Continue\r\n\r\n", "before it answered"),
    "no HTTP": (FEED, "does not speak HTTP"),
    "SSH": (b"SSH-2.0-OpenSSH_9.2\r\n", "does not speak HTTP"),
    "TLS": (b"\x15\x03\x01\x00\x02\x02\x16", "does not speak HTTP"),
    "ICY": (b"ICY 200 OK\r\n\r\n" + FEED, "does not speak HTTP"),
    "a status of two digits": (b"HTTP/1.1 20 OK\r\n" + LENGTH + b"\r\n" + FEED, "no status"),
    "a status of four digits": (b"HTTP/1.1 2000 OK\r\n" + LENGTH + b"\r\n" + FEED, "no status"),
    "a status of zeros": (b"HTTP/1.1 000 OK\r\n" + LENGTH + b"\r\n" + FEED, "no status"),
    "no status": (b"HTTP/1.1 OK\r\n" + LENGTH + b"\r\n" + FEED, "no status"),
    "a switch of protocols": (
        b"HTTP/1.1 101 Switching\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\nxyz",
        "wants to leave HTTP",
    ),
    "two lengths": (OK + LENGTH + b"Content-Length: 6\r\n\r\n" + FEED, "two lengths"),
    "a negative length": (OK + b"Content-Length: -5\r\n\r\n" + FEED, "no number"),
    "a length in words": (OK + b"Content-Length: many\r\n\r\n" + FEED, "no number"),
    "a length in hexadecimal": (OK + b"Content-Length: 0x57\r\n\r\n" + FEED, "no number"),
    "a length without measure": (
        OK + b"Content-Length: 99999999999999999999999\r\n\r\n" + FEED,
        "no number",
    ),
    "less than the length": (OK + LENGTH + b"\r\n" + FEED[:-1], "in the middle"),
    "no chunks": (OK + CHUNKED + b"\r\n" + FEED + b"\n", "a chunk without a size"),
    "a chunk without a size": (OK + CHUNKED + b"\r\nzz\r\n" + FEED, "a chunk without a size"),
    "a negative size": (OK + CHUNKED + b"\r\n-5\r\n" + FEED, "a chunk without a size"),
    "a size with 0x": (OK + CHUNKED + b"\r\n0x5\r\n" + FEED, "a chunk without a size"),
    "a size without measure": (
        OK + CHUNKED + b"\r\nffffffffffffffffff\r\n" + FEED,
        "a chunk without a size",
    ),
    "a chunk that is too short": (
        OK + CHUNKED + b"\r\n5\r\n" + FEED + b"\r\n" + END,
        "a chunk without a size",
    ),
    "no last chunk": (
        OK + CHUNKED + b"\r\n" + SIZE + b"\r\n" + FEED + b"\r\n",
        "in the middle",
    ),
    "half a last chunk": (
        OK + CHUNKED + b"\r\n" + SIZE + b"\r\n" + FEED + b"\r\n0",
        "in the middle",
    ),
    "1,001 headers": (OK + b"X: y\r\n" * 1001 + LENGTH + b"\r\n" + FEED, "lines of headers"),
    "400 KB of headers": (
        OK + b"X: " + b"x" * 400_000 + b"\r\n" + LENGTH + b"\r\n" + FEED,
        "bytes",
    ),
}


@pytest.mark.parametrize("what", WHOLE)
@pytest.mark.parametrize("pieces", [False, True], ids=["at once", "in pieces"])
async def test_57_a_sloppy_answer_that_is_whole_gives_its_document(what, pieces):
    raw = WHOLE[what]
    chunk = random.Random(what).choice([1, 2, 3, 7, 11]) if pieces else 0
    outcome = await answered(raw, chunk=chunk if len(raw) < 10_000 else chunk * 1000)
    assert isinstance(outcome, Fetched), outcome
    assert outcome.body == FEED


@pytest.mark.parametrize("what", NOT_WHOLE)
@pytest.mark.parametrize("pieces", [False, True], ids=["at once", "in pieces"])
async def test_57_an_answer_that_is_not_whole_fails_by_name(what, pieces):
    raw, words = NOT_WHOLE[what]
    chunk = 7 if pieces else 0
    outcome = await answered(raw, chunk=chunk if len(raw) < 10_000 else chunk * 1000)
    assert isinstance(outcome, Failed), outcome
    assert outcome.kind is ErrorKind.RESET
    assert words in outcome.message
    assert outcome.message.startswith("127.0.0.1 ")


# --- 59


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.1.2.3", "169.254.169.254", "fe80::1", "fd00:ec2::254", "::ffff:127.0.0.1"],
)
@pytest.mark.parametrize("redirected", [False, True], ids=["at once", "by a redirect"])
async def test_59_an_address_that_is_not_public_is_refused_wherever_it_comes_from(
    address, redirected
):
    async with LoopbackServer(lambda _: Answer(body=FEED), host="127.0.0.1") as canary:
        inside = f"http://inside.example:{canary.port}/"
        door = Answer(status=302, headers=(("Location", inside),))
        async with LoopbackServer(lambda _: door, host="127.0.0.2") as server:
            names = {"inside.example": [address], "outside.example": ["127.0.0.2"]}
            url = f"http://outside.example:{server.port}/" if redirected else inside
            async with GuardedTransport(resolver=resolver_of(names)) as transport:
                outcome = await visit(
                    url,
                    transport=transport,
                    poll={"allow_networks": (ip_network("127.0.0.2/32"),)},
                )
    assert isinstance(outcome, Failed)
    assert outcome.kind is ErrorKind.BLOCKED_ADDRESS
    assert "poll.allow_networks" in outcome.message
    assert canary.accepted == 0


@pytest.mark.parametrize("address", ["169.254.169.254", "100.100.100.200", "fe80::1"])
async def test_59_a_wide_network_opens_nothing_link_local_and_no_metadata(address):
    async with GuardedTransport(resolver=resolver_of({"wide.example": [address]})) as transport:
        wide = (ip_network("0.0.0.0/0"), ip_network("::/0"))
        outcome = await visit(
            "http://wide.example/", transport=transport, poll={"allow_networks": wide}
        )
    assert isinstance(outcome, Failed)
    assert outcome.kind is ErrorKind.BLOCKED_ADDRESS


async def test_59_a_name_that_changes_between_check_and_use_changes_nothing():
    answers = iter([["127.0.0.2"], ["127.0.0.1"]] * 20)
    resolver = resolver_of({}, fresh=timedelta())
    resolver._threads._lookup = lambda _: next(answers)
    async with (
        LoopbackServer(lambda _: Answer(body=FEED)) as canary,
        GuardedTransport(resolver=resolver) as transport,
    ):
        for _ in range(10):
            await visit(
                f"http://feed.example:{canary.port}/",
                transport=transport,
                poll={"allow_networks": (ip_network("127.0.0.2/32"),)},
            )
    assert canary.accepted == 0


# --- 60


CA = trustme.CA()
LONG_AGO = {
    "not_before": datetime(2019, 1, 1, tzinfo=UTC),
    "not_after": datetime(2020, 1, 1, tzinfo=UTC),
}


def self_signed() -> ssl.SSLContext:
    """Return a server's context whose certificate is its own authority's."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ca = trustme.CA()
    with ca.private_key_pem.tempfile() as key, ca.cert_pem.tempfile() as certificate:
        context.load_cert_chain(certificate, key)
    return context


@pytest.mark.parametrize(
    ("context", "words"),
    [
        (self_signed, "self-signed"),
        (lambda: a_context(CA, "feed.example", **LONG_AGO), "has expired"),
        (lambda: a_context(CA, "other.example"), "another name"),
        (lambda: a_context(trustme.CA(), "feed.example"), "no authority known here"),
    ],
    ids=["self-signed", "expired", "other name", "unknown authority"],
)
async def test_60_a_certificate_at_fault_is_named_and_may_be_accepted_by_source(context, words):
    trusted = ssl.create_default_context()
    CA.configure_trust(trusted)
    resolver = resolver_of({"feed.example": ["127.0.0.1"]})
    async with (
        LoopbackServer(lambda _: Answer(body=FEED), tls=context()) as server,
        GuardedTransport(resolver=resolver, tls=trusted) as transport,
    ):
        url = f"https://feed.example:{server.port}/"
        refused = await visit(url, transport=transport)
        assert not server.requests
        accepted = await visit(url, transport=transport, source={"verify_tls": False})
    assert isinstance(refused, Failed)
    assert refused.kind is ErrorKind.TLS
    assert words in refused.message
    assert isinstance(accepted, Fetched)


async def test_60_a_server_that_is_trusted_needs_no_word():
    trusted = ssl.create_default_context()
    CA.configure_trust(trusted)
    resolver = resolver_of({"feed.example": ["127.0.0.1"]})
    async with (
        LoopbackServer(lambda _: Answer(body=FEED), tls=a_context(CA, "feed.example")) as server,
        GuardedTransport(resolver=resolver, tls=trusted) as transport,
        asyncio.timeout(5),
    ):
        assert isinstance(
            await visit(f"https://feed.example:{server.port}/", transport=transport), Fetched
        )
