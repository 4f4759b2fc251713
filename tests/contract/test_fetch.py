import asyncio
import base64
import gzip
import ssl
import zlib
from dataclasses import replace
from datetime import timedelta
from functools import partial
from hashlib import blake2b
from ipaddress import ip_network

import httpx
import pytest
import trustme
from builders import a_source, a_state
from visits import FEED, LOOPBACK, NOW, resolver_of, visit

from monitor import __version__
from monitor.feeds.fetch import fetch
from monitor.feeds.servers.answers import MAX_MESSAGE
from monitor.feeds.servers.habits import Question
from monitor.feeds.transport import GuardedTransport
from monitor.model import Auth, ErrorKind, Failed, Fetched, Habits, NotModified
from monitor.settings import PollSettings
from monitor.testing.server import Answer, LoopbackServer

# The same bytes in every process, so that tests are called the same in each.
gz = partial(gzip.compress, mtime=0)

MB = 1_000_000
LAST_MODIFIED = "Sun, 30 Nov 2025 18:00:00 GMT"


def saying(*answers: Answer) -> LoopbackServer:
    """Give these answers in turn, the last one for ever."""
    left = list(answers)
    return LoopbackServer(lambda _: left.pop(0) if len(left) > 1 else left[0])


def routed(**paths: Answer) -> LoopbackServer:
    """Answer by the first segment of the path."""
    return LoopbackServer(lambda request: paths[request.target.strip("/").partition("?")[0]])


def to(location: str, status: int = 302, **headers: str) -> Answer:
    named = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    return Answer(status=status, headers=(("Location", location), *named))


def resolving(host: str) -> GuardedTransport:
    return GuardedTransport(resolver=resolver_of({host: ["127.0.0.1"]}))


async def kind_of(*answers: Answer, **options) -> ErrorKind:
    async with saying(*answers) as server:
        outcome = await visit(server.url(), **options)
    assert isinstance(outcome, Failed), outcome
    return outcome.kind


# --- validators


async def test_a_document_comes_with_its_validators():
    headers = (("ETag", '"1"'), ("Last-Modified", LAST_MODIFIED), ("Cache-Control", "max-age=600"))
    async with saying(Answer(headers=headers, body=FEED)) as server:
        outcome = await visit(server.url("/feed"))
    assert outcome == Fetched(
        url=server.url("/feed"),
        status=200,
        body=FEED,
        etag='"1"',
        last_modified=LAST_MODIFIED,
        fresh_for=timedelta(minutes=10),
        digest=blake2b(FEED, digest_size=16).hexdigest(),
    )


async def test_a_first_visit_is_unconditional():
    async with saying(Answer(body=FEED)) as server:
        await visit(server.url())
    assert server.requests[0].header("If-None-Match") is None
    assert server.requests[0].header("If-Modified-Since") is None


@pytest.mark.parametrize(
    "etag", ['"1"', 'W/"a,b c"', "abc", '"x-gzip"', '"caf\xe9 \xff\x80"', "0", '"a\tb"', "'"]
)
@pytest.mark.parametrize(
    "modified", [LAST_MODIFIED, "sun, 30 nov 2041 18:00:00 +0000", "yesterday", "0"]
)
async def test_validators_are_sent_back_byte_for_byte(etag, modified):
    headers = (("ETag", etag), ("Last-Modified", modified))
    async with saying(Answer(headers=headers, body=FEED), Answer(status=304)) as server:
        first = await visit(server.url())
        await visit(server.url(), etag=first.etag, last_modified=first.last_modified)
    sent = dict(server.requests[1].headers)
    assert sent[b"If-None-Match"] == etag.encode("latin-1")
    assert sent[b"If-Modified-Since"] == modified.encode("latin-1")


@pytest.mark.parametrize(
    ("stored", "sent", "unsent"),
    [
        ({"etag": '"1"'}, "If-None-Match", "If-Modified-Since"),
        ({"last_modified": LAST_MODIFIED}, "If-Modified-Since", "If-None-Match"),
    ],
)
async def test_no_validator_is_invented(stored, sent, unsent):
    async with saying(Answer(status=304)) as server:
        await visit(server.url(), **stored)
    assert server.requests[0].header(sent)
    assert server.requests[0].header(unsent) is None


async def test_a_304_gives_the_validators_it_repeats_and_no_others():
    headers = (("ETag", '"2"'), ("Cache-Control", "max-age=60"))
    async with saying(Answer(status=304, headers=headers)) as server:
        outcome = await visit(server.url(), etag='"1"', last_modified=LAST_MODIFIED)
    assert outcome == NotModified(etag='"2"', fresh_for=timedelta(minutes=1))


async def test_a_304_with_a_body_is_a_304():
    raw = b"HTTP/1.1 304 X\r\nContent-Length: 5\r\n\r\nhello"
    async with saying(Answer(raw=raw, hang=True)) as server:
        assert await visit(server.url(), etag='"1"') == NotModified()


async def test_a_304_nobody_asked_for_is_asked_again_once():
    async with saying(Answer(status=304), Answer(body=FEED)) as server:
        assert isinstance(await visit(server.url()), Fetched)
    assert len(server.requests) == 2
    async with saying(Answer(status=304)) as server:
        outcome = await visit(server.url())
    assert (outcome.kind, outcome.status) == (ErrorKind.EMPTY, 304)
    assert len(server.requests) == 2


@pytest.mark.parametrize("etag", ["a\x01b", "x" * 3000])
async def test_a_validator_that_could_not_be_sent_back_is_not_kept(etag):
    async with saying(Answer(headers=(("ETag", etag),), body=FEED)) as server:
        outcome = await visit(server.url())
    assert isinstance(outcome, Fetched)
    assert outcome.etag is None


async def test_all_lines_of_cache_control_count():
    headers = (("Cache-Control", "public"), ("Cache-Control", "max-age=600"))
    async with saying(Answer(headers=headers, body=FEED)) as server:
        assert (await visit(server.url())).fresh_for == timedelta(minutes=10)


async def test_an_answer_says_whether_validators_were_sent():
    async with saying(Answer(body=FEED)) as server:
        assert not (await visit(server.url())).conditional
        assert (await visit(server.url(), etag='"1"')).conditional
        assert not (await visit(server.url(), etag='"1"', validators_url="http://x/")).conditional


async def test_an_audit_sends_no_validators_though_it_holds_some():
    habits = Habits(audited_at=NOW - timedelta(days=2), unchanged=8)
    async with saying(Answer(body=FEED)) as server:
        outcome = await visit(server.url(), etag='"1"', last_modified="x", habits=habits)
    assert server.requests[0].header("If-None-Match") is None
    assert server.requests[0].header("If-Modified-Since") is None
    assert not outcome.conditional


async def test_a_second_etag_line_does_not_spoil_the_first():
    async with saying(Answer(headers=(("ETag", '"1"'), ("ETag", '"2"')), body=FEED)) as server:
        assert (await visit(server.url())).etag == '"1"'


# --- what is asked


async def test_a_request_says_who_asks_and_nothing_about_anyone_else():
    async with saying(Answer(headers=(("Set-Cookie", "id=1"),), body=FEED)) as server:
        await visit(server.url("/feed?x=1"), poll={"contact": "https://desk.example/bot"})
        await visit(server.url("/feed?x=1"))
    first, second = server.requests
    assert first.method == "GET"
    assert first.target == "/feed?x=1"
    agent = f"news-feed-monitor/{__version__}"
    assert first.header("User-Agent") == f"{agent} (+https://desk.example/bot)"
    assert second.header("User-Agent") == f"{agent} (feed reader)"
    assert first.header("Accept-Encoding") == "gzip, deflate, br, zstd"
    assert first.header("Accept").startswith("application/atom+xml, application/rss+xml")
    assert first.header("Accept").endswith("*/*;q=0.1")
    names = {name.lower() for name, _ in second.headers}
    assert names == {b"host", b"user-agent", b"accept", b"accept-encoding", b"connection"}


async def test_a_sources_own_headers_replace_ours():
    headers = (
        ("user-agent", "Desk/1"),
        ("X-Api-Key", "käse"),
        ("X-Desk", "Мадуро"),
        ("Cookie", "ok=1"),
    )
    async with saying(Answer(body=FEED)) as server:
        await visit(server.url(), source={"headers": headers})
    sent = server.requests[0]
    assert [v for k, v in sent.headers if k.lower() == b"user-agent"] == [b"Desk/1"]
    assert sent.header("X-Api-Key") == "k\xe4se"
    assert sent.header("X-Desk").encode("latin-1").decode() == "Мадуро"
    assert sent.header("Cookie") == "ok=1"


@pytest.mark.parametrize(
    ("auth", "userinfo", "expected"),
    [
        (
            Auth(user="zoe", password="pä:ss"),
            "",
            "Basic " + base64.b64encode("zoe:pä:ss".encode()).decode(),
        ),
        (Auth(bearer="t0ken"), "", "Bearer t0ken"),
        (None, "zoe:p%40ss@", "Basic " + base64.b64encode(b"zoe:p@ss").decode()),
        (Auth(bearer="t0ken"), "zoe:pass@", "Bearer t0ken"),
    ],
)
async def test_credentials_are_sent_and_never_shown(auth, userinfo, expected):
    async with saying(Answer(body=FEED), Answer(status=401), Answer(raw=b"junk")) as server:
        url = server.url("/feed").replace("//", f"//{userinfo}")
        outcomes = [await visit(url, source={"auth": auth}) for _ in range(3)]
    assert {request.header("Authorization") for request in server.requests} == {expected}
    assert outcomes[0].url == server.url("/feed")
    shown = f"{outcomes}"
    assert not any(secret in shown for secret in ("pä:ss", "p@ss", "p%40ss", "t0ken", "zoe"))


# --- redirects


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize(
    "location", ["/new", "new", "?x", "//{host}/new", "http://{host}/new#part"]
)
async def test_a_redirect_is_followed_to_a_document(status, location):
    async with LoopbackServer(lambda r: Answer(body=FEED) if seen(r) else first(r)) as server:
        host = f"127.0.0.1:{server.port}"

        def first(_request):
            return to(location.format(host=host), status)

        def seen(request):
            return request.target in {"/new", "/?x"}

        outcome = await visit(server.url("/"))
    assert isinstance(outcome, Fetched)
    assert outcome.url == server.url(server.requests[-1].target)
    assert {request.method for request in server.requests} == {"GET"}
    assert "#" not in server.requests[-1].target


@pytest.mark.parametrize("sent", ["/caf\xc3\xa9", "/caf\xe9", "/caf%C3%A9"])
async def test_a_redirect_beyond_ascii_is_read_as_utf8_or_else_as_latin_1(sent):
    async with routed(old=to(sent), **{"caf%C3%A9": Answer(body=FEED)}) as server:
        assert isinstance(await visit(server.url("/old")), Fetched)


async def test_no_more_than_five_redirects_are_followed():
    async with LoopbackServer(lambda r: to(f"/{int(r.target[1:]) + 1}")) as server:
        outcome = await visit(server.url("/0"))
    assert outcome.kind is ErrorKind.REDIRECT
    assert len(server.requests) == 6


async def test_five_redirects_are_followed():
    async with LoopbackServer(
        lambda r: Answer(body=FEED) if r.target == "/5" else to(f"/{int(r.target[1:]) + 1}")
    ) as server:
        assert isinstance(await visit(server.url("/0")), Fetched)


async def test_a_circle_is_seen_at_once():
    async with routed(a=to("/b"), b=to("/a#x")) as server:
        outcome = await visit(server.url("/a"))
    assert outcome.kind is ErrorKind.REDIRECT
    assert "circle" in outcome.message
    assert len(server.requests) == 2


@pytest.mark.parametrize(
    "location",
    [
        "",
        "file:///etc/passwd",
        "gopher://127.0.0.1:70/_x",
        "data:text/xml,<rss/>",
        "javascript:alert(1)",
        "http://[::1",
        "http://x:y/",
        "http://ann:secret@127.0.0.1/",
        "http://public.example\\@127.0.0.1/",
        "\\\\127.0.0.1\\share",
        "http://\xe2\x93\x94xample.com/",
        "/" + "x" * 9000,
    ],
)
async def test_a_redirect_to_nowhere_fit_is_an_error_in_words(location):
    async with saying(to(location)) as server:
        outcome = await visit(server.url())
    assert outcome.kind is ErrorKind.REDIRECT
    assert outcome.message.startswith("127.0.0.1 redirects to ")
    assert "secret" not in outcome.message
    assert len(outcome.message) < 400


@pytest.mark.parametrize(
    "answer", [Answer(status=302), Answer(status=300), to("http://"), to("http:///same")]
)
async def test_a_redirect_that_leads_nowhere_is_an_error(answer):
    assert await kind_of(answer) is ErrorKind.REDIRECT


@pytest.mark.parametrize("port", [0, 65536, 99999])
async def test_a_redirect_to_an_impossible_port_is_an_error(port):
    assert await kind_of(to(f"http://127.0.0.1:{port}/")) in {ErrorKind.CONNECT, ErrorKind.REDIRECT}


@pytest.mark.parametrize(
    "host", ["127.0.0.2", "127.1", "2130706433", "0x7f.1", "inside.example", "[::ffff:127.0.0.2]"]
)
async def test_a_redirect_inside_reaches_nobody(host):
    names = resolver_of(
        {
            "feed.example": ["127.0.0.1"],
            "inside.example": ["127.0.0.2"],
            "127.1": ["127.0.0.2"],
            "2130706433": ["127.0.0.2"],
            "0x7f.1": ["127.0.0.2"],
        }
    )
    async with (
        LoopbackServer(lambda _: Answer(body=FEED), host="127.0.0.2") as canary,
        saying(to(f"http://{host}:{canary.port}/")) as server,
        GuardedTransport(resolver=names) as transport,
    ):
        outcome = await visit(
            f"http://feed.example:{server.port}/",
            transport=transport,
            poll={"allow_networks": (ip_network("127.0.0.1/32"),)},
        )
    assert outcome.kind is ErrorKind.BLOCKED_ADDRESS
    assert outcome.message.endswith("; poll.allow_networks can allow it")
    assert canary.accepted == 0


async def test_secrets_stay_with_the_origin_they_were_given_for():
    async with (
        routed(feed=Answer(body=FEED)) as other,
        routed(feed=to("/moved"), moved=to(other.url("/feed"))) as server,
    ):
        outcome = await visit(
            server.url("/feed"),
            source={"headers": (("X-Api-Key", "k"),), "auth": Auth(bearer="t")},
        )
    assert isinstance(outcome, Fetched)
    assert [request.header("X-Api-Key") for request in server.requests] == ["k", "k"]
    assert [request.header("Authorization") for request in server.requests] == ["Bearer t"] * 2
    assert other.requests[0].header("X-Api-Key") is None
    assert other.requests[0].header("Authorization") is None
    assert other.requests[0].header("User-Agent").startswith("news-feed-monitor/")


async def test_secrets_do_not_come_back_by_way_of_another_origin():
    async with (
        LoopbackServer(lambda _: to(back)) as other,
        routed(feed=to(other.url("/")), back=Answer(body=FEED)) as server,
    ):
        back = server.url("/back")
        await visit(server.url("/feed"), source={"auth": Auth(bearer="t")})
    assert [request.header("Authorization") for request in server.requests] == ["Bearer t", None]


async def test_a_refusal_after_the_credentials_were_kept_back_says_so():
    async with (
        saying(Answer(status=401)) as other,
        saying(to(other.url())) as server,
    ):
        outcome = await visit(server.url(), source={"auth": Auth(bearer="t")})
        without = await visit(server.url())
    assert outcome.kind is without.kind is ErrorKind.AUTH
    assert "kept back, because its address redirects to another origin" in outcome.message
    assert "kept back" not in without.message


async def test_validators_go_only_to_the_address_they_came_from():
    async with routed(
        feed=to("/new", etag='"hop"'), new=Answer(headers=(("ETag", '"1"'),), body=FEED)
    ) as server:
        outcome = await visit(server.url("/feed"))
        assert outcome.etag == '"1"'
        await visit(server.url("/feed"), etag='"1"', validators_url=outcome.url)
        await visit(server.url("/feed"), etag='"1"', validators_url=server.url("/old"))
    sent = [request.header("If-None-Match") for request in server.requests[2:]]
    assert sent == [None, '"1"', None, None]


@pytest.mark.parametrize(
    ("statuses", "moved_to"),
    [
        ([301], "/1"),
        ([308, 301], "/2"),
        ([301, 302], "/1"),
        ([301, 302, 301], "/1"),
        ([302], ""),
        ([307, 308], ""),
        ([], ""),
    ],
)
@pytest.mark.parametrize("last", [Answer(body=FEED), Answer(status=304)])
async def test_how_far_a_move_is_for_good_is_told(statuses, moved_to, last):
    answers = {f"/{n}": to(f"/{n + 1}", status) for n, status in enumerate(statuses)}
    answers[f"/{len(statuses)}"] = last
    async with LoopbackServer(lambda request: answers[request.target]) as server:
        at = server.url(f"/{len(statuses)}")
        outcome = await visit(server.url("/0"), etag='"1"', validators_url=at)
        assert outcome.moved_to == (server.url(moved_to) if moved_to else "")


async def test_a_failure_says_whether_it_happened_somewhere_else():
    async with routed(old=to("/new", 301), new=Answer(status=404)) as server:
        assert (await visit(server.url("/old"))).redirected
        assert not (await visit(server.url("/new"))).redirected


async def test_a_place_that_is_believed_is_asked_without_what_was_meant_for_the_old():
    source = {"headers": (("X-Api-Key", "k"),), "auth": Auth(bearer="t")}
    async with saying(Answer(body=FEED)) as other, saying(Answer(body=FEED)) as server:
        old = server.url("/old").replace("//", "//zoe:pass@")
        here, there = Habits(address=server.url("/new")), Habits(address=other.url("/new"))
        await visit(old, source=source, habits=here)
        await visit(old, habits=here)
        await visit(old, source=source, habits=there)
    basic = "Basic " + base64.b64encode(b"zoe:pass").decode()
    assert [request.target for request in server.requests] == ["/new", "/new"]
    assert [request.header("Authorization") for request in server.requests] == ["Bearer t", basic]
    assert server.requests[0].header("X-Api-Key") == "k"
    [sent] = other.requests
    assert {name.lower() for name, _ in sent.headers} == {
        b"host",
        b"user-agent",
        b"accept",
        b"accept-encoding",
        b"connection",
    }


async def test_a_refusal_at_a_new_origin_says_that_credentials_were_kept_back():
    async with saying(Answer(status=401)) as other:
        outcome = await visit(
            "http://old.example/feed",
            source={"auth": Auth(bearer="t")},
            habits=Habits(address=other.url("/feed")),
        )
    assert "kept back" in outcome.message


async def test_an_agent_of_its_own_goes_wherever_a_source_leads():
    async with (
        routed(feed=Answer(body=FEED)) as other,
        routed(feed=to(other.url("/feed"))) as server,
    ):
        await visit(server.url("/feed"), source={"user_agent": "Desk/1"})
    assert server.requests[0].header("User-Agent") == "Desk/1"
    assert other.requests[0].header("User-Agent") == "Desk/1"


async def test_a_question_of_ones_own_is_asked_as_it_is():
    question = Question(url="", etag='"9"')
    async with saying(Answer(body=FEED)) as server:
        question = replace(question, url=server.url("/page?2"))
        async with GuardedTransport() as transport:
            outcome = await fetch(
                a_state(url=server.url(), etag='"1"'),
                a_source(url=server.url()),
                PollSettings(allow_networks=LOOPBACK),
                transport,
                now=lambda: NOW,
                question=question,
            )
    [sent] = server.requests
    assert (sent.target, sent.header("If-None-Match")) == ("/page?2", '"9"')
    assert outcome.url == server.url("/page?2")


# --- bodies


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("gzip", gz(FEED)),
        ("X-GZIP", gz(FEED)),
        ("deflate", zlib.compress(FEED)),
        ("deflate", zlib.compress(FEED, wbits=-15)),
        ("gzip", gz(FEED[:40]) + gz(FEED[40:])),
        ("gzip, gzip", gz(gz(FEED))),
        ("gzip", FEED),
        ("utf-8", FEED),
        ("identity", gz(FEED)),
    ],
)
@pytest.mark.parametrize("chunk", [0, 5])
async def test_every_coding_gives_the_same_document(encoding, body, chunk):
    answer = Answer(headers=(("Content-Encoding", encoding),), body=body, chunk=chunk)
    async with saying(answer) as server:
        assert (await visit(server.url())).body == FEED


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ((("Content-Encoding", "gzip"),), gz(FEED)[:-9]),
        ((("Content-Encoding", "br"),), b"\x8b\x02\x80hello\x03"),
        ((("Content-Encoding", ", ".join(["gzip"] * 9)),), gz(FEED)),
    ],
)
async def test_a_damaged_or_unasked_coding_is_bad_encoding(headers, body):
    assert await kind_of(Answer(headers=headers, body=body)) is ErrorKind.BAD_ENCODING


@pytest.mark.parametrize(
    "answer",
    [
        Answer(headers=(("Content-Length", "50000000"),), hang=True),
        Answer(body=bytes(2 * MB)),
        Answer(raw=b"HTTP/1.1 200 OK\r\n\r\n", endless=b"<item/>" * 1000),
        Answer(headers=(("Content-Encoding", "gzip"),), body=gz(bytes(2 * MB))),
    ],
    ids=["announced", "sent", "endless", "bomb"],
)
async def test_what_is_too_large_ends_at_the_cap(answer):
    assert await kind_of(answer, poll={"max_bytes": MB}) is ErrorKind.TOO_LARGE


async def test_a_document_may_be_as_large_as_the_cap():
    body = FEED + bytes(MB - len(FEED))
    async with saying(Answer(body=body)) as server:
        assert (await visit(server.url(), poll={"max_bytes": MB})).body == body


@pytest.mark.parametrize(
    "answer",
    [Answer(), Answer(status=204), Answer(status=205), Answer(body=b" \n"), Answer(status=203)],
)
async def test_no_document_is_an_error(answer):
    assert await kind_of(answer) is ErrorKind.EMPTY


# --- failures


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (Answer(status=401), ErrorKind.AUTH),
        (Answer(status=403, body=b"no"), ErrorKind.AUTH),
        (Answer(status=403, headers=(("CF-Mitigated", "challenge"),)), ErrorKind.BOT_CHALLENGE),
        (Answer(status=503, body=b"<html>/cdn-cgi/challenge-platform/"), ErrorKind.BOT_CHALLENGE),
        (Answer(status=200, body=b"<html>/cdn-cgi/challenge-platform/"), ErrorKind.BOT_CHALLENGE),
        (Answer(status=404), ErrorKind.HTTP_4XX),
        (Answer(status=410), ErrorKind.GONE),
        (Answer(status=429), ErrorKind.RATE_LIMITED),
        (Answer(status=500), ErrorKind.HTTP_5XX),
        (Answer(status=503), ErrorKind.HTTP_5XX),
        (Answer(raw=b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n<rss"), ErrorKind.RESET),
        (Answer(raw=b"SSH-2.0-OpenSSH\r\n"), ErrorKind.RESET),
        (Answer(raw=b"", reset=True), ErrorKind.RESET),
    ],
)
async def test_each_failure_has_its_kind(answer, kind):
    assert await kind_of(answer) is kind


async def test_a_challenge_page_may_be_compressed():
    body = gz(b"<html>" + b" " * 5000 + b"/cdn-cgi/challenge-platform/")
    answer = Answer(status=403, headers=(("Content-Encoding", "gzip"),), body=body)
    assert await kind_of(answer) is ErrorKind.BOT_CHALLENGE


@pytest.mark.parametrize(
    "answer",
    [
        Answer(status=403, headers=(("Content-Length", "10"),), reset=True),
        Answer(status=403, headers=(("Content-Encoding", "br"),), body=b"\x8b\x02\x80hello\x03"),
        Answer(raw=b"HTTP/1.1 403 X\r\n\r\n", endless=b"no" * 5000),
    ],
)
async def test_an_unreadable_error_page_does_not_hide_the_status(answer):
    assert await kind_of(answer) is ErrorKind.AUTH


async def test_a_cut_error_page_does_not_hide_the_status():
    raw = b"HTTP/1.1 404 X\r\nContent-Length: 99\r\n\r\n<html"
    assert await kind_of(Answer(raw=raw)) is ErrorKind.HTTP_4XX


async def test_a_certificate_nobody_signed_fails_unless_the_source_says_otherwise():
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(context)
    async with LoopbackServer(lambda _: Answer(body=FEED), tls=context) as server:
        refused = await visit(server.url())
        taken = await visit(server.url(), source={"verify_tls": False})
    assert refused.kind is ErrorKind.TLS
    assert refused.message == (
        "127.0.0.1 can't be trusted: no authority known here has signed its certificate"
    )
    assert isinstance(taken, Fetched)


async def test_a_certificate_accepted_of_a_source_is_not_accepted_of_where_it_redirects():
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(context)
    async with LoopbackServer(lambda _: Answer(body=FEED), tls=context, host="127.0.0.2") as there:
        away = Answer(status=301, headers=(("Location", there.url("/feed")),))
        near = Answer(status=301, headers=(("Location", "/near"),))
        async with LoopbackServer(
            lambda request: {"/": away, "/home": near}.get(request.target, Answer(body=FEED)),
            tls=context,
        ) as here:
            source = {"verify_tls": False}
            led_away = await visit(here.url("/"), source=source)
            stayed = await visit(here.url("/home"), source=source)
        assert there.requests == []
    assert isinstance(led_away, Failed)
    assert led_away.kind is ErrorKind.TLS
    assert led_away.message.startswith("127.0.0.2 can't be trusted")
    assert isinstance(stayed, Fetched)


async def test_a_header_that_would_break_out_of_its_line_is_not_sent():
    async with saying(Answer(body=FEED)) as server:
        outcome = await visit(server.url(), source={"headers": (("X", "a\r\nEvil: 1"),)})
    assert outcome.kind is ErrorKind.CONNECT
    assert server.accepted == 0


async def test_retry_after_is_kept_and_a_date_is_read_by_the_servers_clock():
    headers = (("Retry-After", "Sun, 30 Nov 2025 20:00:00 GMT"), ("Date", LAST_MODIFIED))
    async with saying(Answer(status=503, headers=headers)) as server:
        assert (await visit(server.url())).retry_after == timedelta(hours=2)
    async with saying(Answer(status=429, headers=(("Retry-After", "120"),))) as server:
        assert (await visit(server.url())).retry_after == timedelta(minutes=2)


@pytest.mark.parametrize(
    "answer",
    [
        Answer(hang=True, raw=b""),
        Answer(hang=True, raw=b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n<rss"),
        Answer(body=FEED, chunk=1, pause=0.05),
        Answer(raw=b"HTTP/1.1 200 OK\r\nX-A: 1\r\n" * 100, chunk=1, pause=0.05),
        Answer(raw=b"HTTP/1.1 100 Continue\r\n\r\n" * 100, chunk=25, pause=0.05),
    ],
    ids=["silent", "stalled", "drip", "drip in the head", "continue"],
)
async def test_one_deadline_covers_everything(answer):
    async with saying(answer) as server:
        outcome = await visit(server.url(), poll={"timeout": timedelta(milliseconds=200)})
    assert outcome.kind is ErrorKind.TIMEOUT
    assert "0.2 s" in outcome.message


async def test_the_deadline_covers_all_hops():
    async with LoopbackServer(
        lambda r: Answer(status=302, delay=0.1, headers=(("Location", r.target + "x"),))
    ) as server:
        outcome = await visit(server.url(), poll={"timeout": timedelta(milliseconds=250)})
    assert outcome.kind is ErrorKind.TIMEOUT


async def test_an_unknown_name_and_a_closed_port_are_said_in_words():
    async with GuardedTransport(resolver=resolver_of({"feed.example": ["127.0.0.1"]})) as transport:
        unknown = await visit("http://nowhere.example/", transport=transport)
        closed = await visit("http://feed.example:1/", transport=transport)
    assert unknown.kind is ErrorKind.DNS
    assert "nowhere.example can't be looked up" in unknown.message
    assert closed.kind is ErrorKind.CONNECT
    assert "feed.example can't be reached: Connection refused" in closed.message


async def test_a_private_address_says_what_allows_it():
    names = resolver_of({"feed.example": ["10.0.0.7"]})
    async with GuardedTransport(resolver=names) as transport:
        outcome = await visit("http://feed.example/", transport=transport)
    assert outcome.kind is ErrorKind.BLOCKED_ADDRESS
    assert outcome.message == (
        "feed.example leads to 10.0.0.7, a private address; poll.allow_networks can allow it"
    )


@pytest.mark.parametrize(
    "url", ["http://ann:pa/ss@feed.example/", "http://[::1", "", "feed", "file:///etc/passwd"]
)
async def test_an_address_that_is_none_is_a_failure_without_secrets(url):
    outcome = await visit(url)
    assert outcome.kind is ErrorKind.CONNECT
    assert "pa" not in outcome.message.replace("passwd", "")


class Broken(httpx.AsyncBaseTransport):
    async def handle_async_request(self, request):
        raise KeyError("secret")


async def test_even_a_fault_of_our_own_is_a_value_without_secrets():
    outcome = await visit("http://feed.example/", transport=Broken())
    assert outcome.kind is ErrorKind.RESET
    assert outcome.message == "feed.example led to an error of our own (KeyError)"


@pytest.mark.parametrize(
    "raw",
    [
        b"HTTP/1.1 302 X\r\nLocation: gopher://x/%b\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 302 X\r\nLocation: http://u:p@x/%b\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 404 %b\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 200 X\r\nContent-Encoding: %b\r\nContent-Length: 1\r\n\r\nx",
    ],
    ids=["location", "location with credentials", "reason phrase", "coding"],
)
@pytest.mark.parametrize(
    "bytes_sent",
    [b"\x1b[2J", b"\x07", b"a\x00b", b"\x9b31m", b"\xc2\x9b31m", "a\u202eb".encode(), b"\x85x"],
)
async def test_no_byte_of_a_server_upsets_the_terminal_a_message_is_shown_on(raw, bytes_sent):
    async with saying(Answer(raw=raw % bytes_sent)) as server:
        outcome = await visit(server.url())
    assert isinstance(outcome, Failed)
    assert outcome.message.isprintable()


async def test_a_message_is_short_however_much_the_server_says():
    location = "gopher://" + "x" * 180
    host = ".".join(["a" * 60] * 4)
    async with saying(to(location)) as server, resolving(host) as transport:
        outcome = await visit(f"http://{host}:{server.port}/", transport=transport)
    assert outcome.kind is ErrorKind.REDIRECT
    assert len(outcome.message) == MAX_MESSAGE


@pytest.mark.parametrize("stored", ["", "stored.example"])
async def test_a_failure_names_the_host_of_the_address_whatever_is_stored(stored):
    async with LoopbackServer(lambda r: to(f"/{int(r.target[1:]) + 1}")) as server:
        turned = await visit(server.url("/0"), host=stored)
    async with saying(Answer(raw=b"", hang=True)) as server:
        late = await visit(server.url(), host=stored, poll={"timeout": timedelta(milliseconds=100)})
    broken = await visit("http://Feed.Example./", host=stored, transport=Broken())
    assert turned.message == "127.0.0.1 redirects more than 5 times"
    assert late.message == "127.0.0.1 did not answer whole within 0.1 s"
    assert broken.message.startswith("feed.example led to an error")


async def test_cancellation_passes_through():
    async with saying(Answer(raw=b"", hang=True)) as server:
        task = asyncio.create_task(visit(server.url()))
        while not server.requests:
            await asyncio.sleep(0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
