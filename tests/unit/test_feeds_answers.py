from datetime import UTC, datetime, timedelta
from hashlib import blake2b

import pytest

from monitor.feeds.reading.parse import parse
from monitor.feeds.servers.answers import (
    MAX_FRESH,
    Head,
    as_limit,
    document,
    failure,
    fresh_for,
    host_until,
    not_modified,
    retry_after,
    validator,
)
from monitor.model import ErrorKind, Failed, Fetched
from monitor.settings import HostSettings

NOW = datetime(2025, 11, 30, 21, 0, tzinfo=UTC)
DATE = "Sun, 30 Nov 2025 18:00:00 GMT"  # a server whose clock is three hours behind
CHALLENGE = b"<!DOCTYPE html><html><script src=/cdn-cgi/challenge-platform/h/g></script></html>"


def a_head(status: int = 200, **headers: str) -> Head:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Head(
        url="https://wire.example/feed", host="wire.example", status=status, headers=named, now=NOW
    )


@pytest.mark.parametrize(
    ("wish", "expected"),
    [
        ("7200", timedelta(hours=2)),
        (" 60 ", timedelta(minutes=1)),
        ("0", timedelta()),
        ("2592000", timedelta(days=1)),
        ("9" * 5000, timedelta(days=1)),
        ("Sun, 30 Nov 2025 19:00:00 GMT", timedelta(hours=1)),
        ("Sunday, 30-Nov-25 18:10:00 GMT", timedelta(minutes=10)),
        ("Sun Nov 30 18:10:00 2025", timedelta(minutes=10)),
        ("Sun, 30 Nov 2025 17:00:00 GMT", timedelta()),
        ("Tue, 30 Nov 2027 18:00:00 GMT", timedelta(days=1)),
        ("-5", None),
        ("1.5", None),
        ("²", None),
        ("soon", None),
        ("Sun, 99 Nov 2025 18:00:00 GMT", None),
        ("Sun, 30 Nov 99999999999 18:00:00 GMT", None),
        ("", None),
    ],
)
def test_retry_after_is_read_as_seconds_or_by_the_servers_own_clock(wish, expected):
    assert retry_after({"retry-after": wish, "date": DATE}, NOW) == expected


def test_a_retry_after_date_without_a_date_header_counts_from_now():
    headers = {"retry-after": "Sun, 30 Nov 2025 21:30:00 GMT"}
    assert retry_after(headers, NOW) == timedelta(minutes=30)


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"cache-control": "max-age=14400"}, timedelta(hours=4)),
        ({"cache-control": "public, Max-Age=600"}, timedelta(minutes=10)),
        ({"cache-control": "max-age=600", "age": "100"}, timedelta(seconds=500)),
        ({"cache-control": "max-age=600", "age": "junk"}, timedelta(minutes=10)),
        ({"cache-control": 'max-age="600"'}, timedelta(minutes=10)),
        ({"cache-control": "s-maxage=60, max-age=600"}, timedelta(minutes=10)),
        ({"cache-control": "max-age=600, max-age=60"}, timedelta(minutes=10)),
        ({"cache-control": "max-age=999999999999999999999"}, MAX_FRESH),
        ({"cache-control": "max-age=600", "expires": "0"}, timedelta(minutes=10)),
        ({"expires": "Sun, 30 Nov 2025 18:20:00 GMT", "date": DATE}, timedelta(minutes=20)),
        ({"expires": "Sun, 30 Nov 2025 21:20:00 GMT"}, timedelta(minutes=20)),
        ({"cache-control": "max-age=0", "expires": "Sun, 30 Nov 2025 23:00:00 GMT"}, None),
        ({"cache-control": "max-age=600", "age": "700"}, None),
        ({"cache-control": "max-age=-1"}, None),
        ({"cache-control": "max-age=600, no-cache"}, None),
        ({"cache-control": "no-store"}, None),
        ({"cache-control": "s-maxage=600"}, None),
        ({"cache-control": ",,=;="}, None),
        ({"expires": "0"}, None),
        ({"expires": "Thu, 01 Jan 1970 00:00:00 GMT"}, None),
        ({}, None),
    ],
)
def test_freshness_comes_from_max_age_else_from_expires(headers, expected):
    assert fresh_for(headers, NOW) == expected


@pytest.mark.parametrize(
    "value", ['"a"', 'W/"a,b c"', "abc", '"x-gzip"', '"\xe9\xff"', '"a\tb"', "  odd  ", "0"]
)
def test_a_validator_is_kept_as_it_came(value):
    assert validator({"etag": value}, "etag") == value


@pytest.mark.parametrize("value", ["", "a\nb", "a\0b", "a\x7f", "x" * 3000])
def test_a_validator_that_could_not_be_sent_back_is_none(value):
    assert validator({"etag": value}, "etag") is None


def test_a_document_carries_what_the_head_says():
    head = a_head(
        etag='"1"',
        last_modified=DATE,
        content_type="application/rss+xml",
        cache_control="max-age=60",
        retry_after="120",
    )
    assert document(head, b"<rss/>") == Fetched(
        url="https://wire.example/feed",
        status=200,
        body=b"<rss/>",
        content_type="application/rss+xml",
        etag='"1"',
        last_modified=DATE,
        digest=blake2b(b"<rss/>", digest_size=16).hexdigest(),
        fresh_for=timedelta(seconds=60),
        retry_after=timedelta(seconds=120),
    )


@pytest.mark.parametrize("body", [b"", b" \r\n\t "])
def test_a_document_without_content_is_empty(body):
    found = document(a_head(), body)
    assert isinstance(found, Failed)
    assert found.kind is ErrorKind.EMPTY


def test_a_304_gives_only_the_validators_it_repeats():
    assert not_modified(a_head(304, etag='"2"')).etag == '"2"'
    assert not_modified(a_head(304, etag='"2"')).last_modified is None


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (300, ErrorKind.REDIRECT),
        (305, ErrorKind.REDIRECT),
        (400, ErrorKind.HTTP_4XX),
        (401, ErrorKind.AUTH),
        (403, ErrorKind.AUTH),
        (404, ErrorKind.HTTP_4XX),
        (410, ErrorKind.GONE),
        (418, ErrorKind.HTTP_4XX),
        (429, ErrorKind.RATE_LIMITED),
        (451, ErrorKind.HTTP_4XX),
        (500, ErrorKind.HTTP_5XX),
        (502, ErrorKind.HTTP_5XX),
        (503, ErrorKind.HTTP_5XX),
        (999, ErrorKind.HTTP_5XX),
        (0, ErrorKind.HTTP_5XX),
    ],
)
def test_every_status_has_its_kind_and_keeps_retry_after(status, kind):
    found = failure(a_head(status, retry_after="600"), b"")
    assert (found.kind, found.status, found.retry_after) == (kind, status, timedelta(minutes=10))
    assert found.message.startswith("wire.example ")
    assert str(status) in found.message


@pytest.mark.parametrize(
    ("head", "body"),
    [
        (a_head(403, cf_mitigated="challenge"), b""),
        (a_head(503), CHALLENGE),
        (a_head(403), b"\n<html><script src='https://ct.captcha-delivery.com/c.js'></script>"),
        (a_head(405, x_amzn_waf_action="captcha"), b""),
    ],
)
def test_a_challenge_for_browsers_is_named(head, body):
    assert failure(head, body).kind is ErrorKind.BOT_CHALLENGE


@pytest.mark.parametrize(
    "mark",
    [
        "<script src=/cdn-cgi/challenge-platform/h/g>",
        "<script>window._cf_chl_opt={}",
        "<div class=cf-chl-widget>",
        "<title>Just a moment...</title>",
        "<script src=/_Incapsula_Resource?x>",
        "<div id=px-captcha>",
        "<script src=https://1.eu.token.awswaf.com/1/challenge.js>",
        "<script>AwsWafIntegration.getToken()",
        "<script>sucuri_cloudproxy_js=''",
        "<img src=/.well-known/ddos-guard/id/1>",
        "<script src=/.within.website/x/cmd/anubis/main.mjs>",
    ],
)
def test_the_same_marks_tell_a_challenge_with_any_status_and_in_any_reader(mark):
    page = f"<!doctype html><html>{mark}".encode()
    assert failure(a_head(403), page).kind is ErrorKind.BOT_CHALLENGE
    assert document(a_head(200), page).kind is ErrorKind.BOT_CHALLENGE
    assert parse(page).kind is ErrorKind.BOT_CHALLENGE


def test_a_page_that_names_its_feed_is_no_challenge_whatever_its_guard_put_in():
    link = b"<link rel=alternate type=application/rss+xml href=/feed.xml>"
    page = CHALLENGE.replace(b"<html>", b"<html>" + link)
    assert isinstance(document(a_head(200), page), Fetched)
    assert parse(page, url="https://wire.example/").kind is ErrorKind.HTML_WITH_FEED_LINK


def test_a_challenge_that_calls_itself_a_document_is_named_too():
    assert document(a_head(200), CHALLENGE).kind is ErrorKind.BOT_CHALLENGE


def test_a_feed_that_writes_about_challenges_is_a_feed():
    feed = (
        b"<rss><channel><description>captcha-delivery.com explained</description></channel></rss>"
    )
    assert isinstance(document(a_head(200), feed), Fetched)


def test_a_403_without_a_challenge_is_about_access():
    assert failure(a_head(403), b"<html>Forbidden</html>").kind is ErrorKind.AUTH


def test_a_part_nobody_asked_for_is_a_failure_and_a_part_sent_on_purpose_a_document():
    assert document(a_head(206), b"<rss/>").kind is ErrorKind.RESET
    assert document(a_head(226), b"<rss/>").status == 226


REFUSED = Failed(kind=ErrorKind.AUTH, message="wire.example refuses us", status=403)
PRESET = HostSettings(name="wire.example", forbidden_is_limit=True)


@pytest.mark.parametrize(
    ("others", "limit"),
    [
        ([ErrorKind.AUTH, ErrorKind.AUTH], True),
        ([ErrorKind.RATE_LIMITED, ErrorKind.BOT_CHALLENGE, ErrorKind.AUTH], True),
        ([ErrorKind.AUTH], False),  # two sources may each want credentials
        ([], False),
        ([ErrorKind.AUTH, None], False),
        ([ErrorKind.AUTH, ErrorKind.HTTP_5XX, ErrorKind.AUTH], False),
    ],
)
def test_a_403_on_all_of_three_sources_or_more_is_a_limit(others, limit):
    found = as_limit(REFUSED, others, None)
    assert (found.kind is ErrorKind.RATE_LIMITED) is limit
    assert found.status == 403


def test_a_preset_makes_any_403_a_limit_and_no_other_status():
    assert as_limit(REFUSED, [None], PRESET).kind is ErrorKind.RATE_LIMITED
    wants_auth = failure(a_head(401), b"")
    assert as_limit(wants_auth, [], PRESET) == wants_auth
    challenged = failure(a_head(403, cf_mitigated="challenge"), b"")
    assert as_limit(challenged, [], PRESET) == challenged


@pytest.mark.parametrize(
    ("outcome", "wait"),
    [
        (failure(a_head(429, retry_after="300"), b""), timedelta(minutes=5)),
        (failure(a_head(429, retry_after="7200"), b""), timedelta(hours=1)),
        (failure(a_head(429), b""), timedelta(minutes=10)),
        (failure(a_head(429, retry_after="0"), b""), None),
        (failure(a_head(503, retry_after="300"), b""), timedelta(minutes=5)),
        (failure(a_head(503), b""), None),
        (failure(a_head(500, retry_after="300"), b""), None),
        (as_limit(REFUSED, [], PRESET), timedelta(minutes=10)),
        (not_modified(a_head(304)), None),
    ],
)
def test_a_limit_concerns_the_host_for_an_hour_at_most(outcome, wait):
    assert host_until(outcome, NOW) == (NOW + wait if wait else None)
