"""Laws of messages, payloads, verdicts and retries, whatever the text or the answer."""

import base64
import hashlib
import hmac
import json
import random
import re
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import pairwise

import httpx
import pytest
from alert_builders import a_notifier, an_alert
from builders import NOW, an_item
from hypothesis import given, settings
from hypothesis import strategies as st
from standardwebhooks import Webhook

from monitor.alerts.excerpt import boundary, cut, printable, segments
from monitor.alerts.render import MAX_BODY_BYTES, body, message, minimal
from monitor.alerts.wording import text
from monitor.model import FIELDS, Dead, Delivered, Evidence, Fallback, Retry, SourceRef
from monitor.notify import slack, webhook
from monitor.notify.answers import LONGEST_WAIT, SHORTEST_WAIT, retry_after
from monitor.notify.retry import SCHEDULE, next_attempt
from monitor.settings import signing_key_fault
from monitor.testing.receivers import mentions, slack_refusal

UNPRINTABLE = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ud800-\udfff]"
)

bounded = settings(max_examples=80, deadline=None)

NASTY = [
    "<!channel>",
    "<@U1>",
    "&",
    "\u202e",
    "\x00",
    "\ud800",
    "👩\u200d👩\u200d👧",
    "🇻🇪",
    "e\u0301",
    "\u061c\u200e\u200f",
    "می\u200cخواهم",
    "\u200d",
    "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
]
short = st.text(max_size=30)
wild = st.one_of(
    short,
    st.lists(st.sampled_from(NASTY) | short, max_size=8).map("".join),
    st.builds(lambda words, times: words * times, short, st.integers(0, 4_000)),
)
HOOK = a_notifier(url="https://hooks.slack.example/services/T0/B0/X")


@st.composite
def alerts(draw):
    parts = {name: draw(wild) for name in ("title", "summary", "content", "author")}
    link = draw(
        st.sampled_from(["", "https://x.example/a b|c>", "https://x.example/" + "a" * 3000])
    )
    item = an_item(
        **parts,
        link=link,
        source=SourceRef(name=draw(wild), url=link, tags=frozenset([draw(wild)])),
    )
    evidence = []
    for _ in range(draw(st.integers(0, 12))):
        field = draw(st.sampled_from(FIELDS))
        whole = parts.get(field, link)
        start = draw(st.integers(0, len(whole)))
        end = draw(st.integers(start, len(whole)))
        piece = Evidence(term=draw(wild), field=field, start=start, end=end, text=whole[start:end])
        evidence += [piece] * draw(st.integers(1, 30))
    return an_alert(
        item=item, evidence=tuple(evidence), watchlist=draw(wild), description=draw(wild)
    )


@bounded
@given(alerts())
def test_a_body_is_small_stable_json_whatever_the_texts(alert):
    sent = body(message(alert, public_url="https://monitor.example"))
    assert len(sent) < MAX_BODY_BYTES
    assert sent == body(message(alert, public_url="https://monitor.example"))
    assert json.loads(sent)["data"]["item"]["id"] == alert.item.id


@bounded
@given(alerts())
def test_every_offset_into_a_shown_text_points_at_what_matched(alert):
    data = json.loads(body(message(alert)))["data"]
    for match in data["matches"]:
        assert match["end"] - match["start"] == len(match["text"])
        shown = data["item"].get(match["field"]) or ""
        beyond = match["end"] >= len(shown) and len(data["matches"]) == 1
        if shown and not beyond and match["field"] in {"title", "summary", "author"}:
            assert shown[match["start"] : match["end"]] == match["text"]


@bounded
@given(alerts())
def test_matches_stand_by_field_and_place(alert):
    matches = message(alert).data["matches"]
    places = [(FIELDS.index(m["field"]), m["start"]) for m in matches]
    assert places == sorted(places)


@bounded
@given(alerts())
def test_slack_takes_every_payload_and_nobody_is_called(alert):
    for plain in (False, True):
        sent = slack.request(message(alert), HOOK, webhook_id="m", now=NOW, plain=plain).content
        assert slack_refusal(sent) == ""
        payload = json.loads(sent)
        assert mentions(payload) == []
        assert 0 < len(payload["text"]) <= slack.MAX_TEXT
        assert len(payload.get("blocks", [])) <= 50
        blocks = json.dumps(payload.get("blocks", []), ensure_ascii=False)
        assert len(blocks) < 12_000
        assert not any(char in sent.decode() for char in "\u202e\u2066\x00\x1b")


@bounded
@given(alerts())
def test_the_text_is_one_block_of_printable_lines(alert):
    block = text(message(alert), now=NOW)
    lines = block.split("\n")
    assert all(lines)
    assert not any(UNPRINTABLE.search(line) for line in lines)
    assert len(block) < 10_000


@bounded
@given(alerts(), st.integers(0, 4_000_000_000))
def test_what_is_sent_is_what_is_signed_byte_for_byte(alert, seconds):
    now = datetime.fromtimestamp(seconds, UTC)
    secrets = tuple(
        "whsec_" + base64.b64encode(bytes([n]) * size).decode() for n, size in ((1, 24), (2, 64))
    )
    siem = a_notifier("webhook", "https://siem.example/", secrets=secrets)
    for plain in (False, True):
        whole = message(alert)
        sent = webhook.request(whole, siem, webhook_id="msg_1", now=now, plain=plain)
        assert sent.content == body(minimal(whole) if plain else whole)
        signed = f"msg_1.{sent.headers['webhook-timestamp']}.".encode() + sent.content
        expected = [
            hmac.new(base64.b64decode(secret[6:]), signed, hashlib.sha256).digest()
            for secret in secrets
        ]
        assert sent.headers["webhook-signature"].split(" ") == [
            f"v1,{base64.b64encode(digest).decode()}" for digest in expected
        ]


@bounded
@given(st.binary(max_size=80))
def test_a_checked_secret_signs_as_the_library_reads_it(key):
    secret = "whsec_" + base64.b64encode(key).decode()
    assert (signing_key_fault(secret) == "") == (24 <= len(key) <= 64)
    if not signing_key_fault(secret):
        assert Webhook(secret)._whsecret == key


@bounded
@given(short)
def test_any_secret_is_checked_without_an_error(secret):
    assert signing_key_fault(secret)
    assert signing_key_fault(f"whsec_{secret}")


answers = st.tuples(
    st.integers(100, 999),
    st.dictionaries(
        st.sampled_from(["retry-after", "content-type", "location"]),
        st.text(st.characters(min_codepoint=32, max_codepoint=255), max_size=40),
    ),
    st.one_of(
        st.binary(max_size=200),
        st.sampled_from(sorted(slack._CLOSED | slack._FORM_REFUSED | slack._RATE)).map(str.encode),
        st.recursive(
            st.none() | st.booleans() | st.floats() | st.integers() | short,
            lambda inner: (
                st.lists(inner, max_size=3)
                | st.dictionaries(st.sampled_from(["error", "retry_after", "ok"]), inner)
            ),
            max_leaves=6,
        ).map(lambda value: json.dumps(value).encode()),
    ),
)


@pytest.mark.parametrize("kind", [slack, webhook])
@bounded
@given(answers)
def test_every_answer_has_a_verdict_and_only_success_is_one(kind, answer):
    status, headers, said = answer
    verdict = kind.classify(status, httpx.Headers(headers, encoding="latin-1"), said, now=NOW)
    match verdict:
        case Delivered():
            assert 200 <= status < 300
            assert kind is webhook or (status, said) == (200, b"ok")
        case Retry(after=after, scope=scope):
            assert after is None or SHORTEST_WAIT <= after <= LONGEST_WAIT
            assert verdict.counts or (after is not None and scope == "destination")
        case Dead(reason=reason) | Fallback(reason=reason):
            assert reason
            assert not 200 <= status < 300


dates = st.datetimes(timezones=st.just(UTC)).map(lambda when: format_datetime(when, usegmt=True))


@bounded
@given(st.text(max_size=60) | st.floats().map(str) | st.integers().map(str) | dates, short | dates)
def test_any_retry_after_is_a_bounded_wait_or_nothing(value, date):
    wait = retry_after(value, {"date": date}, now=NOW)
    assert wait is None or SHORTEST_WAIT <= wait <= LONGEST_WAIT


@bounded
@given(
    st.integers(-1, 40),
    st.timedeltas(timedelta(0), timedelta(days=5)),
    st.none() | st.timedeltas(SHORTEST_WAIT, LONGEST_WAIT),
    st.sampled_from([timedelta(hours=24), timedelta(hours=72)]),
    st.integers(0, 2**32),
)
def test_a_next_attempt_lies_ahead_and_only_a_wish_outlasts_the_expiry(
    attempts, age, after, life, seed
):
    created = NOW - age
    verdict = Retry(reason="x", after=after)
    when = next_attempt(
        verdict, attempts=attempts, created=created, now=NOW, rng=random.Random(seed), ttl=life
    )
    if age >= life:
        assert when is None
    elif after is not None:
        assert when == NOW + after
    else:
        step = SCHEDULE[min(max(attempts - 1, 0), len(SCHEDULE) - 1)]
        assert NOW < when <= created + life
        assert when == created + life or 0.8 * step <= when - NOW <= 1.2 * step


@bounded
@given(wild, st.integers(0, 200), st.integers(0, 200))
def test_a_cut_keeps_a_beginning_and_its_limit(words, limit, at):
    short_form = cut(words, limit)
    assert len(short_form) <= limit
    assert short_form == words or words.startswith(short_form[:-1])
    place = boundary(words, at)
    assert 0 <= place <= min(at, len(words))
    assert boundary(words, place) == place or at - place == 0


@bounded
@given(
    wild,
    st.lists(st.tuples(st.integers(-5, 99), st.integers(-5, 99)), max_size=6),
    st.integers(0, 50),
)
def test_segments_alternate_and_say_the_printable_text(words, found, start):
    pieces = segments(words, found, limit=100_000, start=start)
    assert all(piece for piece, _ in pieces)
    assert all(a[1] != b[1] for a, b in pairwise(pieces))
    first = boundary(words, start)
    said = "".join(piece for piece, _ in pieces).removeprefix("…" if first else "")
    assert said.replace(" ", "") == printable(words[first:]).replace(" ", "")
