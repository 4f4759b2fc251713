"""Templates of real notifiers, rendered in real children, sent to real sockets."""

import asyncio
import json
import logging
import signal
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta

import pytest
from alert_builders import a_message, a_notifier
from builders import NOW
from desk import Desk, rss
from mail_builders import a_mail_notifier
from outbox_builders import bench, news, put

from monitor.alerts.digests import digests
from monitor.alerts.render import message
from monitor.alerts.variables import variables
from monitor.feeds.parsers.pool import ParserPool
from monitor.pipeline.templating import Templating
from monitor.store import Store
from monitor.testing.clock import Clock
from monitor.testing.receivers import (
    DiscordReceiver,
    MattermostReceiver,
    SlackReceiver,
    TeamsReceiver,
    discord_mentions,
    mattermost_mentions,
    mentions,
    show_discord,
    show_mattermost,
    show_slack,
    show_teams,
    teams_mentions,
)
from monitor.testing.receivers.mailbox import MailServer, show_mail
from monitor.testing.receivers.ntfy import NtfyReceiver, ntfy_error, show_ntfy
from monitor.testing.receivers.pagerduty import PagerDutyReceiver, show_pagerduty

OURS = "Look: {{ item.title }}\n\nfrom {{ item.source.name }}, {{ story.size }} reports"
HOSTILE = "<!channel> @everyone <at>x</at> [x](https://e.example) <b>*x*</b> {{ 7 * 7 }}"
# It fits every sample, and not a story that many tell.
FAILS = "{% if story and story.size > 9 %}{{ item.titel }}{% else %}{{ text }}{% endif %}"
ENDLESS = "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}"
HUNGRY = "{{ 'a' * 200000000 }}"


@pytest.fixture
def store(tmp_path):
    with Store.open(f"sqlite:///{tmp_path}/monitor.db") as store:
        yield store


def given(**fields):
    return variables(a_message(**fields), now=NOW)


def crowded(number=1):
    alert = news(number)
    return replace(alert, story=replace(alert.story, size=12))


# --- what arrives ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "receiver", "show", "called"),
    [
        ("slack", SlackReceiver, show_slack, mentions),
        ("discord", DiscordReceiver, show_discord, discord_mentions),
        ("teams", TeamsReceiver, show_teams, teams_mentions),
        ("mattermost", MattermostReceiver, show_mattermost, mattermost_mentions),
        ("ntfy", NtfyReceiver, show_ntfy, lambda _: []),
        ("pagerduty", PagerDutyReceiver, show_pagerduty, lambda _: []),
    ],
)
async def test_a_template_gives_the_words_and_what_feeds_say_does_nothing(
    store, kind, receiver, show, called
):
    async with receiver() as there:
        desk = a_notifier(
            kind,
            there.url,
            template=OURS,
            channel=getattr(there, "TOPIC", ""),
            routing_key=getattr(there, "KEY", ""),
        )
        alert = news(1)
        entry = replace(alert.item.entry, title=HOSTILE, summary="Not asked for.")
        put(store, replace(alert, item=replace(alert.item, entry=entry)))
        async with bench(store, desk) as sending:
            await sending.send()
            assert sending.states() == ["delivered"]
        [payload] = there.received
    said = show(payload)
    assert "Look: " in said
    assert "3 reports" in said
    assert "7 * 7" in said.replace("\\", "")
    assert "49" not in said
    assert called(payload) == []
    assert kind == "pagerduty" or "Not asked for." not in said


async def test_mail_has_the_template_as_its_text_and_its_subject(store):
    async with MailServer() as server:
        desk = a_mail_notifier(
            server, tls="none", template=OURS, title="{{ item.title }}\nBcc: eve@x.example"
        )
        put(store, news(1))
        async with bench(store, desk) as sending:
            await sending.send()
            assert sending.states() == ["delivered"]
        [mail] = server.mails
    said = show_mail(mail)
    assert said.startswith("Airspace closed, report 001 Bcc: eve@x.example\nLook: Airspace closed")
    assert "Bcc" not in mail.message
    html = mail.message.get_body(preferencelist=("html",)).get_content()
    assert "<p>Look: Airspace closed, report 001</p>" in html


async def test_a_digest_is_told_by_the_template_too():
    [whole] = digests([a_message(title="One"), a_message(title="Two")], occasion="digest", identity="d", now=NOW)  # fmt: skip
    source = "{% for each in alerts %}\n* {{ each.item.title }}\n{% endfor %}"
    async with ParserPool(1) as parsers, DiscordReceiver() as there:
        templating = Templating(parsers=parsers, now=lambda: NOW)
        told = await templating.worded(whole, a_notifier("discord", there.url, template=source))
    assert told.words.text == "* One\n* Two\n"
    assert told.data == whole.data


async def test_where_a_template_says_nothing_our_own_words_are_sent(store):
    async with SlackReceiver() as there:
        put(store, news(1))
        async with bench(store, a_notifier("slack", there.url, template="{% if digest %}x{% endif %}")) as sending:  # fmt: skip
            await sending.send()
        [payload] = there.received
    assert "matched" in show_slack(payload) or "new story" in show_slack(payload)
    assert "failed" not in show_slack(payload)


# --- what fails -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("template", "why"),
    [
        (FAILS, "there is no “titel” in it"),
        (ENDLESS, "it takes longer than 1 s"),
        (HUNGRY, "it takes more memory than it may"),
        ("{{ ''.__class__ }}", "unsafe"),
    ],
)
async def test_a_template_that_fails_still_delivers_with_a_note(store, template, why):
    async with SlackReceiver() as there:
        put(store, crowded())
        async with bench(store, a_notifier("slack", there.url, template=template)) as sending:
            [before] = sending.rows()
            await sending.send()
            [row] = sending.rows()
        [payload] = there.received
    assert (row.state.value, row.attempts, row.webhook_id) == ("delivered", 1, before.webhook_id)
    said = show_slack(payload)
    assert "Airspace closed, report 001" in said
    assert "the template of desk failed: " in said
    assert why in said
    assert "these are our own words" in said


async def test_a_failure_is_logged_once_an_hour_for_each_notifier(caplog):
    clock = Clock(now=NOW)
    whole = message(crowded())
    desk, phone = (a_notifier("slack", "https://x.example", name=n, template=FAILS) for n in "ab")
    async with ParserPool(1) as parsers:
        templating = Templating(parsers=parsers, now=clock)
        with caplog.at_level(logging.WARNING, logger="monitor.pipeline.templating"):
            for notifier in (desk, desk, phone, desk):
                assert (await templating.worded(whole, notifier)).words.note
            assert [each.notifier for each in caplog.records] == ["a", "b"]
            clock.advance(timedelta(hours=1))
            await templating.worded(whole, desk)
    assert [each.notifier for each in caplog.records] == ["a", "b", "a"]


async def test_one_that_never_ends_does_not_hold_up_the_others():
    async with ParserPool(1) as parsers:
        [misfit] = await parsers.render(ENDLESS, given(), owner="a")
        assert misfit.message == "it takes longer than 1 s"
        assert "a" in parsers._templates._offenders
        assert await parsers.render("{{ item.title }}", given(title="T"), owner="b") == "T"


async def test_one_that_takes_all_its_time_delays_no_message_of_another_notifier():
    async with ParserPool(1) as parsers:

        def said(source, owner):
            return parsers.render(source, given(title="T"), owner=owner)

        await asyncio.gather(said("x", "a"), said("x", "b"))  # the processes have started
        endless = asyncio.ensure_future(said(ENDLESS, "a"))
        await asyncio.sleep(0)
        assert await said("{{ item.title }}", "b") == "T"
        assert not endless.done()
        await endless


@pytest.mark.parametrize(
    "source",
    [
        "{{ 10 ** (10 ** 9) }}",
        "{% set ns = namespace(a=['x']) %}{% for i in range(60) %}{% set ns.a = ns.a + ns.a %}{% endfor %}",
        "{{ " + "(" * 5_000 + "1" + ")" * 5_000 + " }}",
        "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}",
    ],
)
async def test_nothing_a_template_does_reaches_the_parent(source):
    async with ParserPool(1) as parsers:
        assert not isinstance(await parsers.render(source, given()), str)
        assert await parsers.render("{{ item.title }}", given(title="T")) == "T"


async def test_what_is_too_long_is_cut():
    async with ParserPool(1) as parsers:
        said = await parsers.render("{% for a in range(90000) %}ab{% endfor %}", given())
    assert len(said) == 16_384
    assert said.endswith("…")


async def test_a_message_does_not_wait_behind_documents():
    slow = b"<rss><channel><item><author>" + b"a" * 1_000_000 + b" & b</author></item></channel></rss>"  # fmt: skip
    async with (
        ParserPool(1, deadline=timedelta(seconds=60)) as parsers,
        asyncio.TaskGroup() as all_,
    ):
        parsing = all_.create_task(parsers.parse(slow))
        assert await parsers.render("{{ item.title }}", given(title="T")) == "T"
        assert not parsing.done()
        parsing.cancel()


# --- commands -------------------------------------------------------------------------------


@pytest.fixture
async def desk(tmp_path):
    async with Desk(tmp_path) as desk:
        yield desk


NOTIFIERS = """\
notifiers:
  desk:
    type: slack
    url: "{slack}"
    allow_networks: [127.0.0.0/8]
    template: |
      {{% if item %}}
      Look: {{{{ item.title }}}}
      {{% endif %}}
notify: [desk]
"""


async def test_send_test_shows_the_words_it_sent(desk):
    desk.configure(text=NOTIFIERS)
    ran = await desk.run("send-test", "desk", "--json")
    words = "Look: Test alert for desk: nothing has happened"
    assert (ran.code, ran.json["words"], ran.json["template"]) == (0, words, "")
    shown = await desk.run("send-test", "desk")
    assert f"words sent:\n    {words}\n" in shown.out
    assert words in json.dumps(desk.slack.received)


async def test_send_test_repeats_no_topic_of_ntfy(desk):
    async with NtfyReceiver() as there:
        push = {"type": "ntfy", "url": there.url, "topic": there.TOPIC}
        told = {"notifiers": {"push": push | {"allow_networks": ["127.0.0.0/8"]}}}
        config = json.dumps(told | {"notify": ["push"], "log": {"level": "debug"}})
        desk.configure(text=config.replace("{", "{{").replace("}", "}}"))
        for options in ((), ("--json",)):
            ran = await desk.run("send-test", "push", *options)
            assert ran.code == 0
            assert "delivered" in ran.out
            assert there.TOPIC not in ran.out + ran.err
        [first, _] = there.received
        assert first["topic"] == there.TOPIC
        there.script.append(ntfy_error(403, 40301, f"forbidden: {there.TOPIC}"))
        ran = await desk.run("send-test", "push")
        assert ran.code == 3
        assert there.TOPIC not in ran.out + ran.err


async def test_check_says_where_a_template_is_wrong_and_never_hangs(desk):
    wrong = NOTIFIERS.replace("item.title", "item.titel")
    desk.configure(text=wrong)
    ran = await desk.run("check")
    assert ran.code == 78
    assert "config.yaml:8:21: error: in this template: there is no “titel” in it" in ran.err
    assert "did you mean “title”?" in ran.err
    endless = ENDLESS.replace("{", "{{").replace("}", "}}")
    desk.configure(text=NOTIFIERS.replace("Look: ", endless))
    ran = await desk.run("check")
    assert ran.code == 78
    assert "it takes longer than 1 s" in ran.err


async def test_a_daemon_tells_in_the_templates_words_and_keeps_them_from_a_bad_reload(desk):
    sources = "sources: {sources}\nwatchlists: {{w: [Maduro]}}\npoll: {{every: 1s, min: 1s, host_gap: 0s, allow_networks: [127.0.0.0/8]}}\nweb: {{listen: off}}\n"
    desk.publish("/wire", rss("Quiet day"))
    desk.configure(text=sources + NOTIFIERS)
    await desk.start()
    await desk.polled("/wire", 2)
    desk.configure(text=sources + NOTIFIERS.replace("item.title", "item.titel"))
    await desk.until(lambda: "is not taken over" in (desk.folder / "log").read_text())
    assert "did you mean “title”?" in (desk.folder / "log").read_text()
    desk.publish("/wire", rss("Quiet day", "Maduro speaks"))
    await desk.until(lambda: "Look: Maduro speaks" in json.dumps(desk.slack.received))
    assert await desk.stop(signal.SIGTERM) == 0


def test_nobody_without_templates_loads_what_renders_them(tmp_path):
    (tmp_path / "config.yaml").write_text("notifiers: {a: {type: console}}\n")
    program = (
        "import sys, os, pathlib\n"
        "from monitor.config.load import load\n"
        "load(pathlib.Path('config.yaml'), environ={})\n"
        "assert not {'jinja2', 'asyncio'} & set(sys.modules)\n"
        "pathlib.Path('config.yaml').write_text('notifiers: {a: {type: console, template: x}}')\n"
        "load(pathlib.Path('config.yaml'), environ={})\n"
        "assert 'jinja2' not in sys.modules, 'only a child knows it'\n"
    )
    subprocess.run([sys.executable, "-c", program], cwd=tmp_path, check=True)
