"""Cases of docs/delivery-cases.md as a stranger sees them: real commands, loopback receivers."""

import json
import re
from collections import deque
from datetime import UTC, datetime, timedelta

import pytest
from desk import CONFIG, SECRET, Desk, rss
from standardwebhooks import Webhook, WebhookVerificationError

from monitor.testing.receivers import (
    DiscordReceiver,
    MattermostReceiver,
    TeamsReceiver,
    mentions,
    rate_limit,
    show_discord,
    show_mattermost,
    show_slack,
    show_teams,
)
from monitor.testing.receivers.mailbox import MailServer
from monitor.testing.receivers.pagerduty import PagerDutyReceiver, pagerduty_error
from monitor.testing.server import Answer, LoopbackServer

FAMILY = "👩\u200d👩\u200d👧\u200d👦"
ACCENTED = "e\u0301"
MAX_BLOCK_TEXT = 10_000
KEY = "0123456789abcdef0123456789abcdef"


@pytest.fixture
async def desk(tmp_path):
    async with Desk(tmp_path) as desk:
        yield desk


async def publish(desk, *titles, **options):
    """Poll a quiet feed, then one with these titles."""
    desk.publish("/wire", rss("Quiet day"))
    assert (await desk.run("poll", "--all")).code == 0
    desk.publish("/wire", rss(*titles, "Quiet day", **options))
    ran = await desk.run("poll", "--all", "--json")
    assert ran.code == 0
    return ran


async def states(desk):
    rows = (await desk.run("deliveries", "list", "--all", "--json")).json
    return {row["notifier"]: row for row in rows}


def with_notifiers(**more):
    """Return the desk's configuration with other notifiers and nobody to hear of their faults."""
    told = json.dumps(more).replace("{", "{{").replace("}", "}}")
    head, _, rest = CONFIG.partition("notifiers:\n")
    tail = rest[rest.index("poll:") :]
    return f"{head}notifiers: {told}\nnotify: {json.dumps(list(more))}\nhealth: {{{{notify: []}}}}\n{tail}"


def at(kind, url, **more):
    return {"type": kind, "url": url, "allow_networks": ["127.0.0.0/8"], **more}


def block_text(value):
    if isinstance(value, dict):
        own = value["text"] if isinstance(value.get("text"), str) else ""
        return own + "".join(map(block_text, value.values()))
    return "".join(map(block_text, value)) if isinstance(value, list) else ""


async def test_case_46_a_hostile_headline_of_a_feed_is_one_literal_message(desk):
    desk.configure()
    hostile = "Maduro <!channel> & <@U1> *b* <https://evil|x> \u202e" + "x" * 10_000
    desk.publish("/wire", rss("Quiet day"))
    await desk.run("poll", "--all")
    whole = rss(hostile, "Quiet day").replace(b"<title>Maduro ", b"<title>Maduro \x00")
    desk.publish("/wire", whole)
    await desk.run("poll", "--all")
    [payload] = desk.slack.received
    assert mentions(payload) == []
    assert "<!channel> & <@U1> *b* <https://evil|x>" in show_slack(payload)
    assert not set("\x00\u202e") & set(json.dumps(payload, ensure_ascii=False))
    assert "<" not in payload["text"]
    assert len(payload["text"]) <= 4_000
    assert len(block_text(payload["blocks"])) <= MAX_BLOCK_TEXT
    [receipt] = desk.siem.verified
    assert len(receipt.body) <= 20_000


async def test_case_47_sixty_stories_with_endless_headlines_are_lists_cut_between_characters(desk):
    """Every chat gets each story once, and nobody a piece of a character."""
    headlines = [
        f"Maduro story {number:02} " + (ACCENTED + FAMILY + f"{number} ") * 420
        for number in range(60)
    ]
    async with DiscordReceiver() as discord, TeamsReceiver() as teams, MattermostReceiver() as town:
        urls = {"discord": discord.url, "teams": teams.url, "mattermost": town.url}
        chats = {kind: at(kind, url) for kind, url in urls.items()}
        text = with_notifiers(slack=at("slack", desk.slack.url), **chats)
        desk.configure(text=text.replace("none: [baseball]", "throttle: {{max_per_hour: 1}}"))
        await publish(desk, *headlines)
        shown = {
            "slack": [show_slack(each) for each in desk.slack.received],
            "discord": [show_discord(each) for each in discord.received],
            "teams": [show_teams(each) for each in teams.received],
            "mattermost": [show_mattermost(each) for each in town.received],
        }
    for messages in shown.values():
        told = [number for each in messages for number in re.findall(r"story (\d\d)", each)]
        assert sorted(told) == [f"{number:02}" for number in range(60)]
        left = "".join(messages).replace(FAMILY, "").replace(ACCENTED, "")
        assert not set(left) & {"\u200d", "\u0301", *FAMILY}
    for payload in desk.slack.received:
        assert len(payload["blocks"]) <= 50
        assert len(block_text(payload["blocks"])) <= MAX_BLOCK_TEXT


async def test_cases_43_and_45_a_stranger_verifies_what_arrived_with_either_secret(desk):
    other = "whsec_" + "b3RoZXIgb3RoZXIgb3RoZXIgb3RoZXIgb3RoZXIh"
    url = desk.siem.url
    desk.configure(text=with_notifiers(siem=at("webhook", url, secret=[other, SECRET])))
    await publish(desk, "Мадуро Maduro / “马杜罗” 🇻🇪 e\u0301 \\ &")
    [request] = desk.siem.server.requests
    headers = {name.decode(): value.decode() for name, value in request.headers}
    for known in (other, SECRET):
        Webhook(known).verify(request.body, headers)
    again = json.dumps(json.loads(request.body))
    with pytest.raises(WebhookVerificationError):
        Webhook(SECRET).verify(again, headers)


@pytest.mark.parametrize("links", [False, True], ids=["guids", "guids and links"])
async def test_case_50_two_hundred_items_and_then_under_new_names_are_one_summary(desk, links):
    desk.configure()
    hour_ago = datetime.now(UTC) - timedelta(hours=1)
    whole = rss(*(f"Maduro visits town {n * 7919}" for n in range(200)), published=hour_ago)
    desk.publish("/wire", whole)
    await desk.run("poll", "--all")
    assert desk.siem.verified == []
    renamed = whole.replace(b"<guid isPermaLink='false'>", b"<guid isPermaLink='false'>new ")
    desk.publish("/wire", renamed.replace(b"example/", b"example/new/") if links else renamed)
    await desk.run("poll", "--all")
    await desk.run("poll", "--all")
    assert [each.message["type"] for each in desk.siem.verified] == ["system.feed_rekeyed"]


async def test_case_17_a_short_pause_is_waited_for_by_a_single_poll(desk):
    desk.configure()
    desk.slack.script.append(rate_limit(2))
    await publish(desk, "Maduro speaks")
    first, second = desk.slack.server.requests
    assert second.at - first.at >= 2
    assert (await states(desk))["desk"]["state"] == "delivered"
    assert (await states(desk))["desk"]["attempts"] == 1


async def test_case_53_a_mail_server_of_ones_own_and_one_recipient_it_does_not_know(desk):
    async with MailServer() as server:
        server.script["RCPT ben@news.example"] = deque(["550 5.1.1 no such user"])
        mail = {
            "type": "email",
            "server": "127.0.0.1",
            "port": server.port,
            "tls": "none",
            "from": "monitor@news.example",
            "to": ["ann@news.example", "ben@news.example"],
            "allow_networks": ["127.0.0.0/8"],
        }
        desk.configure(text=with_notifiers(mail=mail))
        await publish(desk, "Maduro speaks")
        row = (await states(desk))["mail"]
        [taken] = server.mails
    assert taken.recipients == ("ann@news.example",)
    assert (row["state"], row["reason"]) == (
        "delivered",
        "refused: ben@news.example: 550 5.1.1 no such user",
    )


async def test_case_54_a_pager_refuses_is_busy_and_takes(desk):
    async with (
        PagerDutyReceiver() as refusing,
        PagerDutyReceiver() as busy,
        PagerDutyReceiver() as up,
    ):
        refusing.script.append(pagerduty_error("'payload.summary' is missing"))
        busy.script.append(Answer(status=429))
        pagers = {"refusing": refusing, "busy": busy, "up": up}
        desk.configure(
            text=with_notifiers(
                **{n: at("pagerduty", p.url, routing_key=p.KEY) for n, p in pagers.items()}
            )
        )
        await publish(desk, "Maduro speaks")
        rows = await states(desk)
        assert {name: row["state"] for name, row in rows.items()} == {
            "refusing": "dead",
            "busy": "retrying",
            "up": "delivered",
        }
        wait = datetime.fromisoformat(rows["busy"]["next_attempt"]) - datetime.now(UTC)
        assert wait > timedelta(seconds=30)
        [dead] = [row["id"] for row in rows.values() if row["state"] == "dead"]
        await desk.run("deliveries", "replay", str(dead))
        await desk.run("poll")
        assert refusing.open == up.open


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "[::1]", "2130706433", "169.254.169.254"]
)
async def test_case_55_an_address_in_a_private_network_is_never_asked(desk, host):
    async with LoopbackServer(lambda _: Answer(body=b"ok")) as server:
        url = f"http://{host}:{server.port}/hook"
        desk.configure(text=with_notifiers(siem={"type": "webhook", "url": url}))
        await publish(desk, "Maduro speaks")
        assert server.accepted == 0
    row = (await states(desk))["siem"]
    assert row["state"] == "retrying"
    assert row["reason"].startswith("blocked_address: ")


async def test_case_58_what_people_and_machines_are_shown_holds_no_secret(desk):
    token, key = "plantedtoken" * 3, "planted" * 4
    answers = {"gone": Answer(status=404, body=b"no_service"), "down": Answer(raw=b"", reset=True)}
    echo = Answer(status=400, body=f"no hook {token} {SECRET}".encode())
    async with LoopbackServer(lambda r: answers.get(r.target.split("/")[1], echo)) as server:
        notifiers = {
            name: at(kind, server.url(f"/{name}/{token}"))
            for name, kind in (("gone", "slack"), ("down", "slack"), ("odd", "discord"))
        }
        notifiers["siem"] = at("webhook", server.url(f"/x/{token}"), secret=SECRET)
        notifiers["bot"] = at("slack", server.url("/bot"), token=f"xoxb-{key}", channel="#desk")
        desk.configure(text=with_notifiers(**notifiers))
        ran = await publish(desk, "Maduro speaks")
        said = ran.out + ran.err
        numbers = [str(row["id"]) for row in (await states(desk)).values()]
        for command in (
            ["status", "--json"],
            ["deliveries", "list"],
            ["deliveries", "list", "--all", "--json"],
            *(["deliveries", "show", number, "--json"] for number in numbers),
            ["config", "--json"],
            ["send-test", "siem"],
            ["explain", "Maduro speaks"],
        ):
            ran = await desk.run(*command)
            said += ran.out + ran.err
    kept = (desk.folder / "monitor.db").read_bytes()
    for secret in (token, key, SECRET[6:]):
        assert secret not in said
        assert secret.encode() not in kept
