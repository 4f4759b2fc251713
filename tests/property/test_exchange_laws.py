"""An answer is read the same in whatever pieces it comes, and as a strict reader reads it."""

import asyncio
import itertools
from dataclasses import dataclass

import h11
import httpx
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.feeds.transport.exchange import Exchange

CUTS = st.lists(st.integers(0, 2000), max_size=12)
TOKEN = st.text("abcXYZ019-_!#", min_size=1, max_size=12).map(str.encode)
VALUE = st.text("abc XYZ;=,/\"'\t", max_size=30).map(lambda text: text.strip().encode())
RESERVED = {b"content-length", b"transfer-encoding", b"connection", b"upgrade"}
HEADERS = st.lists(
    st.tuples(TOKEN, VALUE).filter(lambda pair: pair[0].lower() not in RESERVED), max_size=8
)
STATUS = st.integers(200, 599).filter(lambda status: status not in {204, 304})
BODY = st.binary(max_size=800) | st.text(max_size=300).map(str.encode)


@dataclass
class Wire:
    """As much of a transport as an exchange touches."""

    aborted: bool = False

    def abort(self):
        self.aborted = True

    def pause_reading(self):
        pass

    def resume_reading(self):
        pass


def read(raw: bytes, cuts=()):
    """Return status, headers, body and failure of an answer that comes in pieces."""

    async def come() -> tuple:
        exchange = Exchange(peer="x", has_body=True)
        exchange.connection_made(Wire())
        edges = [0, *sorted(min(cut, len(raw)) for cut in cuts), len(raw)]
        for start, end in itertools.pairwise(edges):
            exchange.data_received(raw[start:end])
        exchange.connection_lost(None)
        body, failure = b"", ""
        try:
            await exchange.answered()
            async for data in exchange:
                body += data
        except httpx.TransportError as error:
            failure = str(error)
        return exchange.status, exchange.headers, body, failure

    return asyncio.run(come())


def chunked(body: bytes, sizes: list[int]) -> bytes:
    parts, at = [], 0
    for size in [*sizes, len(body)]:
        piece = body[at : at + size]
        at += len(piece)
        if piece:
            parts.append(b"%x\r\n%b\r\n" % (len(piece), piece))
    return b"".join(parts) + b"0\r\n\r\n"


@st.composite
def answers(draw) -> bytes:
    """Draw a well-formed answer."""
    body = draw(BODY)
    lines = [b"HTTP/1.1 %d OK" % draw(STATUS), *(b": ".join(pair) for pair in draw(HEADERS))]
    match draw(st.sampled_from(["length", "chunks", "close"])):
        case "length":
            lines.append(b"Content-Length: %d" % len(body))
        case "chunks":
            lines.append(b"Transfer-Encoding: chunked")
            body = chunked(body, draw(st.lists(st.integers(1, 200), max_size=5)))
    interim = b"HTTP/1.1 103 Early\r\nLink: x\r\n\r\n" * draw(st.integers(0, 2))
    return interim + b"\r\n".join(lines) + b"\r\n\r\n" + body


def strictly(raw: bytes) -> tuple:
    """Read a well-formed answer with h11."""
    reader = h11.Connection(h11.CLIENT)
    reader.send(h11.Request(method="GET", target="/", headers=[("Host", "x")]))
    reader.send(h11.EndOfMessage())
    reader.receive_data(raw)
    status, headers, body = 0, [], b""
    while True:
        event = reader.next_event()
        if event is h11.NEED_DATA:
            reader.receive_data(b"")
        elif isinstance(event, h11.Response):
            status, headers = event.status_code, list(event.headers.raw_items())
        elif isinstance(event, h11.Data):
            body += bytes(event.data)
        elif isinstance(event, h11.EndOfMessage):
            return status, headers, body, ""


@settings(max_examples=100, deadline=None)
@given(raw=answers(), cuts=CUTS)
def test_a_well_formed_answer_is_read_as_a_strict_reader_reads_it(raw, cuts):
    assert read(raw, cuts) == strictly(raw)


@settings(max_examples=100, deadline=None)
@given(raw=answers(), at=st.integers(0, 2000), odd=st.binary(max_size=6), cut=CUTS, cuts=CUTS)
def test_the_pieces_never_change_what_is_read(raw, at, odd, cut, cuts):
    damaged = raw[:at] + odd + raw[at + (cut[0] % 5 if cut else 0) :]
    whole, pieces = read(damaged), read(damaged, cuts)
    assert (whole[0], whole[1], whole[3]) == (pieces[0], pieces[1], pieces[3])
    if not whole[3]:  # of a broken body more or less may have been given before the break
        assert whole[2] == pieces[2]


@settings(max_examples=100, deadline=None)
@given(raw=answers(), kept=st.floats(0, 1))
def test_a_cut_answer_with_a_known_end_is_never_taken_for_a_whole_one(raw, kept):
    if b"Content-Length:" in raw or b"Transfer-Encoding:" in raw:
        _, _, body, failure = read(raw[: int(len(raw) * kept)])
        assert failure or body == read(raw)[2]


@settings(max_examples=100, deadline=None)
@given(raw=st.binary(max_size=300) | st.binary(max_size=300).map(lambda b: b"HTTP/1.1 200 \n" + b))
def test_whatever_comes_ends_as_an_answer_or_a_failure_that_names_the_peer(raw):
    status, _, _, failure = read(raw)
    assert failure.startswith("x ") or 200 <= status <= 999
