"""What Slack is sent, and what its answers mean."""

import json
from datetime import timedelta

import httpx
import pytest
from alert_builders import WEBHOOK_ID, a_message, a_notifier, an_alert
from builders import NOW, an_item, evidence

from monitor.alerts.digests import digests
from monitor.alerts.render import message
from monitor.model import Dead, Delivered, Fallback, Reason, Retry
from monitor.notify import slack
from monitor.testing.receivers import mentions, show_slack, slack_refusal

HOOK = a_notifier(url="https://hooks.slack.example/services/T0/B0/XXXXXXXXXXXXXXXX")


def request(whole=None, *, plain=False, now=NOW):
    return slack.request(whole or a_message(), HOOK, webhook_id=WEBHOOK_ID, now=now, plain=plain)


def payload(whole=None, **options):
    return json.loads(request(whole, **options).content)


def elements(sent):
    return [
        element
        for block in sent["blocks"]
        for part in block["elements"]
        for element in part.get("elements", [part])
    ]


def answered(status=200, body=b"ok", **headers):
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return slack.classify(status, httpx.Headers(named), body, now=NOW)


def test_a_message_reads_like_an_alert():
    assert show_slack(payload()).split("\n") == [
        "*HIGH* airspace · new story",
        "Trump says Venezuelan *airspace* is closed",
        "Wire · published 2025-11-30 21:04 UTC · +2 similar (UN News, DW)",
        "> Airlines were told to treat the *airspace* above Caracas as closed.",
        "matched airspace in title, summary",
        "Closure affects crews within hours.",
        "alert 3f2a9c1e",
    ]


def test_the_headline_links_to_the_item_with_what_matched_in_bold():
    links = [element for element in elements(payload()) if element["type"] == "link"]
    assert [(e["text"], e.get("style")) for e in links] == [
        ("Trump says Venezuelan ", None),
        ("airspace", {"bold": True}),
        (" is closed", None),
    ]
    assert {e["url"] for e in links} == {"https://wire.example/1?a=1&b=2"}


def test_the_page_of_the_alert_is_linked_when_there_is_one():
    sent = payload(message(an_alert(), public_url="https://monitor.example"))
    assert elements(sent)[-2]["url"].startswith("https://monitor.example/alerts/3f2a")


def test_nothing_is_unfurled_and_nothing_is_parsed():
    sent = payload()
    assert (sent["unfurl_links"], sent["unfurl_media"], sent["mrkdwn"]) == (False, False, False)
    assert "parse" not in sent
    assert "link_names" not in sent
    kinds = {element["type"] for element in elements(sent)}
    assert kinds == {"text", "link", "emoji", "plain_text"}


def test_the_fallback_escapes_three_characters_and_no_more():
    whole = a_message(title="""<!channel> & <@U1> "q" 'a' *b* _i_""")
    assert "&lt;!channel&gt; &amp; &lt;@U1&gt; \"q\" 'a' *b* _i_" in payload(whole)["text"]
    assert mentions(payload(whole)) == []


def test_a_fallback_that_grows_by_escaping_is_cut_to_its_limit():
    title = "&" * 600
    whole = message(an_alert(item=an_item("i", title=title), description="<" * 600))
    said = payload(whole)["text"]
    assert len(said) <= slack.MAX_TEXT
    assert said.endswith("…")
    assert said.removesuffix("…").endswith("&lt;")


def test_blocks_hold_feed_text_as_it_is():
    whole = a_message(title="<!channel> & <@U1> *b* <https://evil.example|x>")
    texts = [element.get("text") for element in elements(payload(whole))]
    assert "<!channel> & <@U1> *b* <https://evil.example|x>" in texts


@pytest.mark.parametrize(
    ("link", "sent_as"),
    [
        ("https://x.example/a|b>c d", "https://x.example/a%7Cb%3Ec%20d"),
        ("https://x.example/%7C?q=%20", "https://x.example/%7C?q=%20"),
    ],
)
def test_a_link_cannot_break_out_of_its_element(link, sent_as):
    links = [e for e in elements(payload(a_message(link=link))) if e["type"] == "link"]
    assert {e["url"] for e in links} == {sent_as}


@pytest.mark.parametrize("link", ["", "javascript:alert(1)", "https://x.example/" + "a" * 2_100])
def test_a_headline_without_a_usable_link_is_plain_text(link):
    assert not [e for e in elements(payload(a_message(link=link))) if e["type"] == "link"]


def test_an_item_without_title_or_summary_makes_a_whole_message():
    sent = payload(a_message(title="", link="https://x.example/"))
    assert slack_refusal(json.dumps(sent).encode()) == ""
    assert "untitled" in show_slack(sent)


def test_a_quote_begins_near_the_first_match():
    summary = "word " * 400 + "airspace closed"
    found = evidence("airspace", field="summary", start=2000, end=2008, text="airspace")
    shown = show_slack(payload(a_message(summary=summary, evidence=(found,))))
    assert "> …" in shown
    assert "*airspace*" in shown


def test_a_match_beyond_what_is_left_of_the_summary_leaves_its_beginning():
    found = evidence("airspace", field="summary", start=30_000, end=30_008, text="airspace")
    shown = show_slack(payload(a_message(summary="x" * 30_000 + "airspace", evidence=(found,))))
    assert "> xxx" in shown
    assert "matched airspace in summary" in shown


def test_many_matches_in_a_headline_with_a_long_link_stay_within_the_limits():
    title = "oil " * 60
    found = tuple(evidence("oil", start=4 * n, end=4 * n + 3, text="oil") for n in range(60))
    sent = payload(a_message(title=title, link="https://x.example/" + "a" * 1_500, evidence=found))
    assert slack_refusal(json.dumps(sent).encode()) == ""


def test_the_plain_form_is_the_text_alone():
    sent = payload(plain=True)
    assert "blocks" not in sent
    assert "https://wire.example/1?a=1&amp;b=2" in sent["text"]


def test_a_digest_lists_its_alerts_as_links_within_the_limits():
    alerts = [
        a_message(
            title=f"Event {n:02d} " + "w" * 300, link=f"https://wire.example/{n:02d}" + "a" * 500
        )
        for n in range(20)
    ]
    for whole in digests(alerts, occasion="digest", identity="d", now=NOW):
        sent = payload(whole)
        assert len(sent["blocks"]) <= 50
        told = sent["blocks"][0]["elements"][1]["elements"]
        assert len(told) == len(whole.data["alerts"])
        said = json.dumps(sent["blocks"], ensure_ascii=False)
        words = [e.get("text", "") + e.get("url", "") for part in told for e in part["elements"]]
        assert sum(map(len, words)) < 10_000
        assert said.count("Event ") == len(whole.data["alerts"])
        assert sent["text"].count("Event ") == len(whole.data["alerts"])
        assert len(sent["text"]) <= slack.MAX_TEXT


def test_a_follow_up_says_what_is_new():
    later = an_alert(sequence=2, reason=Reason.MORE_SOURCES, detail="now 12 outlets")
    first = show_slack(payload(message(later))).split("\n")[0]
    assert first == "*UPDATE HIGH* airspace · more sources: now 12 outlets"


def test_a_late_message_says_how_late():
    assert "delayed 47 min" in show_slack(payload(now=NOW + timedelta(minutes=47)))


def test_only_200_with_exactly_ok_took_the_message():
    assert answered() == Delivered()
    assert answered(200, b"ok\n") == Retry(reason="unexpected_body", maybe_sent=True)
    assert answered(204, b"") == Retry(reason="unexpected_body", maybe_sent=True)


def test_a_closing_word_behind_200_is_not_believed():
    assert answered(200, b"invalid_token").reason == "unexpected_body"


@pytest.mark.parametrize(
    "word",
    ["no_service", "no_active_hooks", "channel_is_archived", "invalid_token", "team_disabled"],
)
@pytest.mark.parametrize("status", [403, 404, 410, 400, 500])
def test_the_word_counts_before_the_status(word, status):
    assert answered(status, word.encode()) == Dead(reason=word, scope="destination")
    as_json = json.dumps({"ok": False, "error": word}).encode()
    assert answered(status, as_json) == Dead(reason=word, scope="destination")


@pytest.mark.parametrize("word", ["invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long"])
def test_refused_blocks_are_worth_a_plain_try(word):
    assert answered(400, word.encode()) == Fallback(reason=word)


@pytest.mark.parametrize("word", ["invalid_payload", "no_text", "too_many_attachments"])
def test_a_refused_message_leaves_the_destination_open(word):
    assert answered(400, word.encode()) == Dead(reason=word)


@pytest.mark.parametrize(
    ("body", "headers", "after"),
    [
        (b"", {"retry_after": "30"}, 30),
        (b'{"ok":false,"error":"rate_limited","retry_after":1.5}', {}, 1.5),
        (b'{"retry_after":7}', {"retry_after": "3"}, 7),
        (b'{"retry_after":2}', {"retry_after": "3"}, 3),
    ],
)
def test_a_rate_limit_pauses_the_destination_for_the_longer_of_its_two_wishes(body, headers, after):
    verdict = answered(429, body, **headers)
    assert verdict == Retry(
        reason="rate_limited",
        after=timedelta(seconds=after),
        scope="destination",
        counts=False,
    )


def test_a_rate_limit_that_names_no_time_counts_so_that_the_schedule_grows():
    verdict = answered(429, b"rate_limited")
    assert (verdict.after, verdict.counts, verdict.scope) == (None, True, "destination")


def test_trouble_inside_slack_is_tried_again():
    assert answered(500, b"rollup_error") == Retry(reason="rollup_error", maybe_sent=True)
    assert answered(503, b"<html>") == Retry(reason="http_5xx", maybe_sent=True)


def test_json_that_is_no_object_and_json_bombs_are_unknown_words():
    for body in (b"[1]", b"null", b"[" * 60_000, b"1" * 5_000, b'{"retry_after":{}}'):
        assert answered(200, body).reason == "unexpected_body"
