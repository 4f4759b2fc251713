"""News about the monitor itself, as messages, as text, and as Slack and webhooks get it."""

import io
import json
from dataclasses import replace
from datetime import timedelta
from typing import get_args, get_type_hints

import pytest
from alert_builders import SECRET, WEBHOOK_ID, a_notifier, attempt
from builders import NOW
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.alerts.notices import message, notice_id, summary
from monitor.alerts.render import MAX_BODY_BYTES, body, minimal
from monitor.alerts.wording import headline, text
from monitor.model import Delivered, ErrorKind, Notice, Severity, SourceRef
from monitor.notify import slack, webhook
from monitor.testing.receivers import mentions, show_slack, slack_refusal

HOOK = a_notifier(url="https://hooks.slack.example/services/T0/B0/X")
SIEM = a_notifier("webhook", "https://siem.example/hook", secrets=(SECRET,))
TYPES = get_args(get_type_hints(Notice)["type"])


def a_notice(name="Wire", **changes):
    defaults = {
        "type": "system.source_failing",
        "source": SourceRef(
            name=name, url="https://wire.example/feed", tags=frozenset({"wire", "a"})
        ),
        "created": NOW,
        "severity": Severity.HIGH,
        "title": f"{name} has not answered for 25 hours",
        "text": "wire.example can't be reached: Connection refused",
        "kind": ErrorKind.CONNECT,
        "since": NOW - timedelta(hours=25),
        "count": 0,
    }
    return Notice(**defaults | changes)


def a_summary(count, **changes):
    return summary([message(a_notice(f"Wire {number}", **changes)) for number in range(count)])


def sent_to_slack(whole, *, plain=False):
    return slack.request(whole, HOOK, webhook_id=WEBHOOK_ID, now=NOW, plain=plain).content


def payload(whole):
    return json.loads(sent_to_slack(whole))


def test_a_notice_says_what_happened_to_which_source_since_when():
    said = json.loads(body(message(a_notice())))
    identity = said["data"].pop("id")
    assert said == {
        "type": "system.source_failing",
        "timestamp": "2025-11-30T21:04:00Z",
        "data": {
            "severity": "high",
            "title": "Wire has not answered for 25 hours",
            "text": "wire.example can't be reached: Connection refused",
            "source": {"name": "Wire", "url": "https://wire.example/feed", "tags": ["a", "wire"]},
            "destination": None,
            "subject": None,
            "kind": "connect",
            "since": "2025-11-29T20:04:00Z",
            "count": 0,
        },
    }
    assert len(identity) == 24


def test_the_identity_is_that_of_the_event_and_not_of_its_words():
    same = a_notice(title="Wire fails", text="", created=NOW + timedelta(minutes=1))
    assert notice_id(same) == notice_id(a_notice())


@pytest.mark.parametrize(
    "changes",
    [
        {"type": "system.source_recovered"},
        {"since": NOW},
        {"since": None},
        {"source": SourceRef(name="Wire", url="https://wire.example/other")},
    ],
)
def test_another_event_has_another_identity(changes):
    assert notice_id(a_notice(**changes)) != notice_id(a_notice())


def test_one_message_needs_no_summary():
    assert a_summary(1) == message(a_notice("Wire 0"))


def test_a_summary_counts_and_names_sources_and_kinds():
    gone = [message(a_notice(f"Old {n}", kind=ErrorKind.GONE)) for n in range(2)]
    away = [message(a_notice(f"Wire {n}")) for n in range(35)]
    data = summary([*gone, *away]).data
    assert data["title"] == "37 sources fail"
    assert data["text"].startswith("connect 35, gone 2: Old 0, Old 1, Wire 0, ")
    assert data["text"].endswith(" and 7 more")
    assert (data["total"], data["source"], data["kind"]) == (37, None, None)
    assert data["notices"][0]["source"]["name"] == "Old 0"
    assert data["notices"][0]["kind"] == "gone"


def test_a_summary_is_as_severe_as_its_worst_and_as_old_as_its_first():
    first = a_notice(severity=Severity.LOW, since=NOW - timedelta(days=3))
    last = a_notice(severity=Severity.CRITICAL, created=NOW + timedelta(minutes=5), count=2)
    whole = summary([message(first), message(last)])
    assert whole.timestamp == NOW + timedelta(minutes=5)
    assert whole.data["severity"] == "critical"
    assert whole.data["since"] == "2025-11-27T21:04:00Z"
    assert whole.data["count"] == 2


@pytest.mark.parametrize("kind", TYPES)
def test_every_type_can_be_summed_up(kind):
    whole = a_summary(3, type=kind, kind=None)
    assert whole.type == kind
    assert whole.data["title"].startswith("3 ")
    assert whole.data["text"] == "Wire 0, Wire 1, Wire 2"


def test_at_a_terminal_it_is_marked_as_the_monitors_own():
    whole = message(a_notice())
    assert text(whole, now=NOW).split("\n") == [
        "MONITOR HIGH source failing",
        "Wire has not answered for 25 hours",
        "wire.example can't be reached: Connection refused",
        "https://wire.example/feed · since 2025-11-29 20:04 UTC",
        f"notice {notice_id(a_notice())}, about the monitor itself",
    ]
    assert headline(whole) == "Wire has not answered for 25 hours"


def test_a_message_that_comes_late_says_so():
    assert "delayed 60 min" in text(message(a_notice()), now=NOW + timedelta(hours=1))


async def test_the_console_shows_it_and_colours_its_severity():
    out = io.StringIO()
    told = await attempt(a_notifier("console"), message(a_notice()), out=out, colour=True)
    assert told.verdict == Delivered()
    assert out.getvalue().startswith("\x1b[1;31mMONITOR HIGH\x1b[0m source failing\nWire has")


def test_slack_shows_it_as_the_monitors_own():
    whole = message(a_notice())
    assert show_slack(payload(whole)).split("\n") == [
        "*MONITOR HIGH* source failing",
        "Wire has not answered for 25 hours",
        "wire.example can't be reached: Connection refused",
        "https://wire.example/feed · since 2025-11-29 20:04 UTC",
        f"notice {notice_id(a_notice())[:8]}, about the monitor itself",
    ]
    assert slack_refusal(sent_to_slack(whole)) == ""


def test_slack_shows_a_summary():
    shown = show_slack(payload(a_summary(3)))
    assert "3 sources fail\nconnect 3: Wire 0, Wire 1, Wire 2\nsince 2025" in shown


def test_a_webhook_is_signed_like_any_other_and_has_a_shorter_form():
    whole = a_summary(3)
    full, short = (
        webhook.request(whole, SIEM, webhook_id=WEBHOOK_ID, now=NOW, plain=plain)
        for plain in (False, True)
    )
    assert full.content == body(whole)
    assert full.headers["webhook-signature"].startswith("v1,")
    said = json.loads(short.content)["data"]
    assert (said["title"], said["text"]) == ("3 sources fail", None)
    assert "notices" not in said


wild = st.one_of(
    st.text(max_size=30),
    st.lists(st.sampled_from(["<!channel>", "<@U1>", "&", "\u202e", "\x00", "\x1b[2J"])).map(
        "".join
    ),
    st.builds(lambda words, times: words * times, st.text(max_size=9), st.integers(0, 4_000)),
)
notices = st.builds(
    a_notice,
    name=wild,
    type=st.just("system.source_failing"),
    title=wild,
    text=wild,
    kind=st.sampled_from([None, *ErrorKind]),
    since=st.sampled_from([None, NOW]),
    source=st.builds(
        SourceRef,
        name=wild,
        url=st.sampled_from(["", "https://x.example/" + "a" * 3_000, "https://x.example/<a|b>"]),
        tags=st.frozensets(wild, max_size=3),
    ),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(notices, min_size=1, max_size=40))
def test_whatever_it_says_every_destination_can_take_it(made):
    whole = summary([message(each) for each in made])
    assert len(body(whole)) < MAX_BODY_BYTES
    assert len(body(minimal(whole))) < MAX_BODY_BYTES / 2
    for plain in (False, True):
        sent = sent_to_slack(whole, plain=plain)
        assert slack_refusal(sent) == ""
        assert mentions(json.loads(sent)) == []
    shown = text(whole, now=NOW)
    assert "\x1b" not in shown
    assert "\u202e" not in shown


def test_what_is_cut_from_a_summary_is_only_the_list():
    whole = a_summary(300)
    assert whole.data["total"] == 300
    assert 20 < len(whole.data["notices"]) < 300
    assert replace(whole, data={}) == replace(message(a_notice("Wire 0")), data={})


def test_a_notice_about_a_destination_names_it_and_is_about_it_alone():
    failed = a_notice(type="system.destination_failed", source=None, destination="desk")
    assert message(failed).data["destination"] == "desk"
    assert notice_id(failed) != notice_id(replace(failed, destination="siem"))
