"""Laws of templates: what feeds say is data; what a template says is shown and does nothing."""

import json
from dataclasses import replace
from email import message_from_bytes
from email.policy import default
from html.parser import HTMLParser

import pytest
from alert_builders import WEBHOOK_ID, a_message, a_notifier
from builders import NOW
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.alerts.excerpt import printable_lines
from monitor.alerts.template import render
from monitor.alerts.variables import MOST, Misfit, variables
from monitor.feeds.parsers.templates import decode, encode
from monitor.model import Words
from monitor.notify import discord, mattermost, ntfy, pagerduty, slack, teams
from monitor.notify.letter import letter
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

SIGNS = [
    *("{{ 7 * 7 }}", "{% for", "{#", "#}", "}}", "{{ ''.__class__ }}", "{{ text }}"),
    *("<!channel>", "@everyone", "<@1>", "<at>x</at>", "[x](https://e.example)", "<https://e|x>"),
    *("https://e.example", "*", "`", "\\", "# ", "<b>", "&amp;", "\u202e", "\x00", "\ud800", "\n"),
]
wild = st.lists(st.sampled_from(SIGNS) | st.text(max_size=20), max_size=8).map("".join) | st.builds(
    lambda sign, times: sign * times, st.sampled_from(SIGNS), st.integers(0, 2_000)
)
CHATS = {
    "slack": (slack, slack_refusal, mentions),
    "discord": (discord, discord_refusal, discord_mentions),
    "teams": (teams, teams_refusal, teams_mentions),
    "mattermost": (mattermost, mattermost_refusal, mattermost_mentions),
}
HOOK = a_notifier(url="https://chat.example/services/T0/B0/X?sig=a%2b")


def worded(text="", title="", **fields):
    return replace(a_message(**fields), words=Words(text=text, title=title))


@bounded
@given(wild, wild)
def test_what_feeds_say_is_never_a_template(title, summary):
    whole = a_message(title=title, summary=summary)
    said = render("{{ item.title }}|{{ item.summary }}", variables(whole, now=NOW))
    item = whole.data["item"]
    assert said == f"{item['title']}|{item['summary']}"[: len(said)]


@bounded
@given(st.text(max_size=200) | wild)
def test_every_template_is_words_or_says_why_not(source):
    said = render(source, variables(a_message(), now=NOW))
    assert len(said) <= MOST if isinstance(said, str) else said
    assert decode(encode(said)) == said


@pytest.mark.parametrize("kind", CHATS)
@pytest.mark.parametrize("plain", [False, True])
@bounded
@given(words=wild)
def test_words_of_a_template_are_taken_and_call_nobody(kind, plain, words):
    module, refusal, called = CHATS[kind]
    content = module.request(
        worded(words), HOOK, webhook_id=WEBHOOK_ID, now=NOW, plain=plain
    ).content
    assert refusal(content) == ""
    assert called(json.loads(content)) == []
    assert "\u202e" not in content.decode()


class Tags(HTMLParser):
    def __init__(self):
        super().__init__()
        self.found = set()

    def handle_starttag(self, tag, attrs):
        self.found |= {tag, *(value for name, value in attrs if name == "href")}


@bounded
@given(words=wild, title=wild)
def test_words_in_a_mail_add_no_header_no_tag_and_no_link(words, title):
    desk = a_notifier("email", sender="Desk <desk@news.example>", to=("ann@x.example",))
    ours, theirs = (
        message_from_bytes(
            letter(whole, desk, webhook_id=WEBHOOK_ID, now=NOW, plain=False).as_bytes(),
            policy=default,
        )
        for whole in (a_message(link=""), worded(words, title, link=""))
    )
    assert set(theirs.keys()) == set(ours.keys())
    assert theirs["To"] == "ann@x.example"
    tags = Tags()
    tags.feed(theirs.get_body(preferencelist=("html",)).get_content())
    allowed = {"html", "body", "p", "br"}
    # Words that come to nothing leave the mail in ours.
    assert tags.found <= allowed or not printable_lines(words)


@bounded
@given(words=wild, title=wild)
def test_words_fit_the_smaller_receivers(words, title):
    whole = worded(words, title)
    phone = a_notifier("ntfy", channel="t")
    pager = a_notifier("pagerduty", routing_key="k" * 32)
    for module, settings_, limit in ((ntfy, phone, 8_192), (pagerduty, pager, 512_000)):
        content = module.request(
            whole, settings_, webhook_id=WEBHOOK_ID, now=NOW, plain=False
        ).content
        assert len(content) <= limit
        said = json.loads(content)
        assert "\n" not in said.get("title", "") + said.get("payload", {}).get("summary", "")


answers = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=12,
)


@bounded
@given(answers)
def test_an_answer_is_words_or_misfits_or_refused(answer):
    try:
        said = decode(json.dumps(answer).encode())
    except ValueError:
        return
    assert isinstance(said, str) or all(isinstance(each, Misfit) for each in said)
