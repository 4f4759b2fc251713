"""Laws of the chats: limits, literal text, nobody called, every alert of a digest, any answer."""

import json
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest
from alert_builders import a_notifier, an_alert
from builders import NOW, an_item
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.alerts.digests import digests
from monitor.alerts.render import message
from monitor.model import AlertId, Dead, Delivered, Evidence, Fallback, Reason, Retry, SourceRef
from monitor.notify import discord, mattermost, slack, teams
from monitor.notify.answers import LONGEST_WAIT, SHORTEST_WAIT
from monitor.testing.receivers import (
    discord_mentions,
    discord_refusal,
    mattermost_mentions,
    mattermost_refusal,
    mentions,
    slack_refusal,
    teams_mentions,
    teams_refusal,
)

bounded = settings(max_examples=60, deadline=None)

HOOK = a_notifier(url="https://chat.example/services/T0/B0/X?sig=a%2b")
SIGNS = ["<!channel>", "@everyone", "<@1>", "<at>x</at>", "[x](https://e.example)", "<https://e|x>"]
MARKUP = [
    *SIGNS,
    "*",
    "**",
    "_",
    "`",
    "~~",
    "||",
    "\\",
    "# ",
    "\u202e",
    "\x00",
    "\ud800",
    "👩\u200d👧",
]
short = st.text(max_size=20)
wild = st.one_of(
    short,
    st.lists(st.sampled_from(MARKUP) | short, max_size=8).map("".join),
    st.builds(lambda sign, times: sign * times, st.sampled_from(MARKUP), st.integers(0, 900)),
)
links = st.sampled_from(
    [
        "",
        "https://x.example/@everyone",
        "https://x.example/a_(b)|c>d",
        "https://x.example/" + "a(" * 900,
    ]
)


@st.composite
def alerts(draw):
    title, summary = draw(wild), draw(wild)
    source = SourceRef(name=draw(wild), url="https://x.example/feed")
    item = an_item(title=title, summary=summary, link=draw(links), author="", source=source)
    found = []
    for field, whole in (("title", title), ("summary", summary)):
        for start in range(0, len(whole), draw(st.integers(1, 50))):
            text = whole[start : start + 1]
            piece = Evidence(term="t", field=field, start=start, end=start + len(text), text=text)
            found.append(piece)
    follow_up = draw(st.booleans())
    return an_alert(
        item=item,
        evidence=tuple(found[:80]),
        watchlist=draw(wild),
        description=draw(wild),
        sequence=2 if follow_up else 1,
        reason=Reason.MORE_SOURCES if follow_up else Reason.NEW_STORY,
        detail=draw(wild) if follow_up else "",
    )


KINDS = {
    "slack": (slack, slack_refusal, mentions),
    "discord": (discord, discord_refusal, discord_mentions),
    "teams": (teams, teams_refusal, teams_mentions),
    "mattermost": (mattermost, mattermost_refusal, mattermost_mentions),
}


def shown(content):
    """Return what people see of a payload: where there are blocks, the text is for notifications."""
    payload = json.loads(content)
    return json.dumps(payload.get("blocks", payload), ensure_ascii=False)


EVERY_KIND = pytest.mark.parametrize("kind", KINDS)


def sent(kind, whole, *, plain=False):
    module, _, _ = KINDS[kind]
    return module.request(whole, HOOK, webhook_id="m", now=NOW, plain=plain).content


@EVERY_KIND
@bounded
@given(alerts(), st.booleans())
def test_every_payload_is_taken_and_nobody_is_called(kind, alert, plain):
    _, refusal, called = KINDS[kind]
    content = sent(kind, message(alert, public_url="https://m.example"), plain=plain)
    assert refusal(content) == ""
    assert called(json.loads(content)) == []
    assert not any(sign in content.decode() for sign in "\u202e\x00")
    assert len(content) <= teams.MAX_BYTES or kind != "teams"


@EVERY_KIND
@settings(max_examples=25, deadline=None)
@given(st.lists(alerts(), min_size=1, max_size=20), st.booleans())
def test_a_digest_is_taken_with_every_alert_in_it_once(kind, listed, plain):
    _, refusal, called = KINDS[kind]
    whole = [
        message(replace(each, id=AlertId(f"{n}"), watchlist=f"w{n:02d}x", created=NOW))
        for n, each in enumerate(listed)
    ]
    told = []
    for part in digests(whole, occasion="many at once", identity="d", now=NOW):
        content = sent(kind, part, plain=plain)
        assert refusal(content) == ""
        assert called(json.loads(content)) == []
        assert len(content) <= teams.MAX_BYTES or kind != "teams"
        told.append(shown(content))
    assert all("".join(told).count(f"w{n:02d}x:") == 1 for n in range(len(listed)))


@EVERY_KIND
@pytest.mark.parametrize("plain", [False, True])
@pytest.mark.parametrize("sign", ["*", "&", "<", "\\", "界", "👩\u200d👧", "w" * 7 + " "])
def test_twenty_alerts_with_the_longest_names_fit_one_message(kind, plain, sign):
    _, refusal, _ = KINDS[kind]
    name = sign * 200
    source = SourceRef(name=name, url="https://x.example/feed")
    item = an_item(title=name, source=source, link="https://x.example/" + "a(" * 300)
    alert = an_alert(item=item, watchlist=name, sequence=3, detail=name)
    whole = digests([message(alert)] * 20, occasion="digest", identity="d", now=NOW)
    assert whole
    for part in whole:
        content = sent(kind, part, plain=plain)
        assert refusal(content) == ""
        assert shown(content).count("HIGH") == len(part.data["alerts"]) + 1
        assert len(content) <= teams.MAX_BYTES or kind != "teams"


words = sorted(
    ["ok", "1", "", "returned HTTP error 429", "returned HTTP error 404", "returned HTTP error 099"]
)
json_values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | short,
    lambda inner: st.dictionaries(
        st.sampled_from(["id", "code", "retry_after", "global", "error", "message"]), inner
    ),
    max_leaves=6,
).map(lambda value: json.dumps(value).encode())
answers = st.tuples(
    st.integers(100, 999),
    st.dictionaries(
        st.sampled_from(["retry-after", "x-ratelimit-remaining", "x-ratelimit-reset-after"]),
        st.sampled_from(["0", "1.2", "1e9", "-1", "abc", ""]),
    ),
    st.binary(max_size=60) | st.sampled_from(words).map(str.encode) | json_values,
)


@EVERY_KIND
@bounded
@given(answers)
def test_every_answer_has_a_verdict_and_only_success_is_one(kind, answer):
    status, headers, said = answer
    module, _, _ = KINDS[kind]
    verdict = module.classify(status, httpx.Headers(headers), said, now=NOW)
    match verdict:
        case Delivered(wait=wait):
            assert 200 <= status < 300
            assert wait is None or SHORTEST_WAIT <= wait <= LONGEST_WAIT
        case Retry(after=after):
            assert after is None or timedelta(0) < after <= LONGEST_WAIT
            assert verdict.counts or (after is not None and verdict.scope == "destination")
        case Dead(reason=reason) | Fallback(reason=reason):
            assert reason
