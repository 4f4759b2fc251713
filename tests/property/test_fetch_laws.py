"""Whatever bytes a server sends, a visit ends with one of three values."""

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from visits import FEED, resolver_of, visit

from monitor.feeds.plaintext import one_line
from monitor.feeds.servers.answers import MAX_MESSAGE
from monitor.feeds.transport import GuardedTransport
from monitor.model import Failed, Fetched, NotModified
from monitor.testing.server import Answer, LoopbackServer

TEXT = st.text(st.characters(max_codepoint=255), max_size=30).map(lambda t: t.encode("latin-1"))
NAMES = st.sampled_from(
    [
        "Location",
        "ETag",
        "Last-Modified",
        "Content-Length",
        "Transfer-Encoding",
        "Content-Encoding",
        "Retry-After",
        "Date",
        "Cache-Control",
        "Age",
        "Expires",
        "Connection",
        "Upgrade",
        "Content-Type",
        "Set-Cookie",
        "CF-Mitigated",
    ]
).map(str.encode)
VALUES = TEXT | st.sampled_from(
    [
        b"gzip",
        b"deflate",
        b"br",
        b"chunked",
        b"close",
        b"0",
        b"5",
        b"-1",
        b"9" * 30,
        b"upgrade",
        b"/",
        b"//",
        b"http://[",
        b"http://127.0.0.1:1/",
        b"file:///",
        b"http://\xff/",
        b"max-age=5",
    ]
)
HEADS = st.builds(
    lambda version, status, headers, end: (
        b"%b %d X\r\n%b%b"
        % (version, status, b"".join(b"%b: %b\r\n" % header for header in headers), end)
    ),
    st.sampled_from([b"HTTP/1.1", b"HTTP/1.0", b"HTTP/2", b"http/1.1", b"ICY"]),
    st.sampled_from([200, 204, 206, 301, 302, 304, 401, 403, 404, 410, 429, 503, 101, 100, 0, 999]),
    st.lists(st.tuples(NAMES | TEXT, VALUES), max_size=8),
    st.sampled_from([b"\r\n"] * 5 + [b"\n", b"", b"\r\n\r\n"]),
)
NOWHERE = GuardedTransport(resolver=resolver_of({}))
BODIES = st.binary(max_size=200) | st.sampled_from(
    [b"<rss/>", b"5\r\nhello\r\n0\r\n\r\n", b"ffffffffffffffffff\r\n", b"\x1f\x8b\x08", b"{}"]
)


@settings(max_examples=100, deadline=None)
@given(
    raw=st.builds(bytes.__add__, HEADS, BODIES) | st.binary(max_size=300),
    chunk=st.sampled_from([0, 0, 3, 17]),
    reset=st.sampled_from([False] * 5 + [True]),
)
async def test_whatever_a_server_sends_a_visit_ends_with_a_value(raw, chunk, reset):
    answer = Answer(raw=raw, chunk=chunk, reset=reset)
    async with LoopbackServer(lambda _: answer) as server:
        poll = {"timeout": timedelta(seconds=1)}
        outcome = await visit(server.url(), poll=poll, etag='"1"')
    assert isinstance(outcome, Fetched | NotModified | Failed)
    if isinstance(outcome, Failed):
        assert outcome.message
        assert len(outcome.message) <= MAX_MESSAGE
        assert one_line(outcome.message) == outcome.message
        assert "error of our own" not in outcome.message


@settings(max_examples=50, deadline=None)
@given(statuses=st.lists(st.sampled_from([301, 302, 303, 307, 308]), max_size=5))
async def test_a_move_is_for_good_as_far_as_every_hop_says_so(statuses):
    last = len(statuses)

    def answer(request):
        place = int(request.target[1:])
        if place == last:
            return Answer(body=FEED)
        return Answer(status=statuses[place], headers=(("Location", f"/{place + 1}"),))

    async with LoopbackServer(answer) as server:
        outcome = await visit(server.url("/0"))
        permanent = [status in {301, 308} for status in statuses]
        prefix = permanent.index(False) if False in permanent else last
        assert outcome.url == server.url(f"/{last}")
        assert outcome.moved_to == (server.url(f"/{prefix}") if prefix else "")


@settings(max_examples=100, deadline=None)
@given(url=st.text(max_size=60) | st.text(max_size=40).map("http://{}".format))
async def test_whatever_stands_where_an_address_should_a_visit_ends_with_a_value(url):
    poll = {"allow_networks": (), "timeout": timedelta(milliseconds=200)}
    outcome = await visit(url, transport=NOWHERE, poll=poll)
    assert isinstance(outcome, Failed)
    assert one_line(outcome.message) == outcome.message
    assert "error of our own" not in outcome.message
