"""The JSON schema, the reference page and the template say what the loader does."""

import json
import subprocess
import sys
from importlib.resources import files

import pytest
import yaml
from config_builders import FEED, SECRET, Folder
from jsonschema import Draft202012Validator

from monitor.config.json_schema import json_schema, schema_text
from monitor.config.notifiers import EmailOptions, SlackOptions
from monitor.config.problems import Code
from monitor.config.reference import PAGE, SCHEMA, SECTIONS, reference
from monitor.config.schema import Configuration

FRESH = "stale; write it again with: python -m monitor.config.reference"


def test_the_schema_in_the_package_is_the_one_of_the_models():
    assert SCHEMA.read_text(encoding="utf-8") == schema_text(), FRESH


def test_the_reference_page_is_the_one_of_the_models():
    assert PAGE.read_text(encoding="utf-8") == reference(), FRESH


def test_the_schema_is_a_schema():
    Draft202012Validator.check_schema(json_schema())


def fits(text):
    """What an editor says of a text."""
    return Draft202012Validator(json_schema()).is_valid(yaml.safe_load(text) or {})


GOOD = [
    "",
    "sources:\n",
    f"x-a: {{b: c}}\nsources: [{FEED}, {{url: '{FEED}?2', tags: wire, every: 10m, verify_tls: no}}]",
    "watchlists: {w: [airspace, 2026, yes, 1.5, {any: [a1, {all: [b1, {none: [c1]}]}]}]}",
    "watchlists: {w: {match: airspace, none: b1, fields: title, languages: en, notify: console}}",
    "watchlists: {w: {match: [a1], tests: {match: a1, no_match: [{title: 2026}]}}}",
    "entities: {e: {name: Maduro, aliases: [007, Мадуро], ambiguous: '=Maduro'}}",
    "entities: {e: {name: Maduro, ambiguous_alone: no}}",
    "entities: {e: {name: Maduro, ambiguous_alone: lower}}",
    "watchlists: {w: [near: {within: 6, groups: [a1, [b1, 2025]], ordered: yes}]}",
    "watchlists: {w: [near: {within: '6', groups: [{any: [a1]}, b1], same_sentence: no}]}",
    "watchlists: {w: [at_least: {count: 2, of: [OPEC, 2025, {query: Brent OR crude}]}]}",
    f"notifiers: {{a: {{type: webhook, url: 'https://a.example/', secret: {SECRET}}}}}",
    f"notifiers: {{a: {{type: webhook, url: 'https://a.example/', secret: [{SECRET}]}}}}",
    "notifiers: {a: {type: slack, token: xoxb-1, channel: '#desk'}}",
    "notifiers: {a: {type: ntfy, topic: news, token: tk_1}}",
    "notifiers: {a: {type: webhook, url: 'https://a.example/', format: cloudevents-binary}}",
    "notifiers: {a: {type: email, server: m.example, port: 2525, from: a@b.example, to: c@d.example}}",
    "notifiers: {a: {type: apprise, url: 'tgram://token/chat'}}",
    "poll: {every: adaptive, at_once: 7, budget: 2/d, max_bytes: 5MB, allow_networks: 10.0.0.0/8}",
    "poll: {at_once: '${N:-7}', every: '${E:-1h}', max_bytes: '${S:-1MB}'}",
    "web: {listen: off}\nlog: {level: debug}",
    "watchlists: {w: airspace, v: {match: {any: [a1, b1]}, none: {all: [c1, d1]}}}",
    "alerts: {quiet_hours: off, digest: []}",
    "alerts: {quiet_hours: {from: '22:00', to: '6:00', zone: Europe/Madrid, bypass: high}}",
    "alerts: {digest: {at: '07:30', zone: Europe/Madrid, severities: low}}",
    "alerts: {digest: [{cron: 30 7 * * MON-FRI, notify: console, severities: [low, medium]}]}",
    "alerts: {group_wait: 2m, per_story: 1h, max_per_hour: 5}",
    "alerts: {max_per_hour: 1000000}",
    "notifiers: {a: {type: slack, token: xoxe.xoxb-1, channel: C0123}}",
    "watchlists: {w: {match: [a1], on_update: never, throttle: {max_per_hour: 5}, quiet_hours: off}}",
    "watchlists: {w: {match: [a1], escalate: {after: 15m, to: console, severities: critical}}}",
    "health: {heartbeat: {url: 'https://hc.example/uuid', every: 1m}}",
]
BAD = [
    "watchlists: {w: {match: {foo: 1}}}",
    "watchlists: {w: {match: a1, tests: [a b]}}",
    "sorces: []",
    "sources: [{name: a}]",
    f"sources: [{{url: '{FEED}', tag: a}}]",
    "sources: ['feeds.example.org/x']",
    "watchlists: {w: {severity: low}}",
    "watchlists: {w: {match: [a1], severity: hihg}}",
    "watchlists: {w: {match: [a1], fields: [titel]}}",
    "watchlists: {w: [near: {within: 6}]}",
    "watchlists: {w: [near: {within: 0, groups: [a1, b1]}]}",
    "watchlists: {w: [near: {within: 6, groups: [a1]}]}",
    "watchlists: {w: [at_least: {count: 0, of: [a1]}]}",
    "watchlists: {w: [at_least: {count: 1}]}",
    "watchlists: {w: [query: [a1]]}",
    "entities: {e: {name: Maduro, ambiguous_alone: yes}}",
    "watchlists: {w: [{any: [a1], none: [b1]}]}",
    "notifiers: {a: {type: slak}}",
    "notifiers: {a: {type: webhook, url: 'https://a.example/', secret: hunter2}}",
    "notifiers: {a: {type: webhook, url: 'https://a.example/', format: cloudevent}}",
    "notifiers: {a: {type: ntfy, topic: 'a b'}}",
    "notifiers: {a: {type: pagerduty, routing_key: short}}",
    "notifiers: {a: {type: email, server: m.example, to: c@d.example}}",
    "notifiers: {a: {type: email, server: m.example, from: desk, to: c@d.example}}",
    "poll: {timeout: 15}",
    "poll: {max_bytes: 20}",
    "poll: {at_once: 0}",
    "log: {format: xml}",
    "alerts: {quiet_hours: {from: '25:00', to: '06:00'}}",
    "alerts: {quiet_hours: {from: '22:00'}}",
    "alerts: {quiet_hours: never}",
    "alerts: {digest: {cron: 30 7}}",
    "watchlists: {w: {match: [a1], on_update: sometimes}}",
    "watchlists: {w: {match: [a1], escalate: {after: 15m}}}",
    "health: {heartbeat: {url: hc.example}}",
]


@pytest.mark.parametrize("text", GOOD)
def test_editors_and_the_loader_take_the_same_texts(tmp_path, text):
    assert Folder(tmp_path).problems(text) == []
    assert fits(text)


@pytest.mark.parametrize("text", BAD)
def test_editors_and_the_loader_refuse_the_same_texts(tmp_path, text):
    assert Folder(tmp_path).problems(text)
    assert not fits(text)


def options():
    for section in SECTIONS:
        for model in section.models:
            for name, field in model.model_fields.items():
                yield pytest.param(section, model, name, field, id=f"{model.__name__}.{name}")


@pytest.mark.parametrize(("section", "model", "name", "field"), list(options()))
def test_every_option_says_what_it_does_and_shows_an_example(section, model, name, field):
    assert field.description.endswith(".")
    assert field.examples
    assert f"`{field.alias or name}`" in PAGE.read_text(encoding="utf-8")


# Where an option stands, and what it needs beside it.
FRAMES = {
    "Configuration": "{}",
    "SourceOptions": "sources: [{{url: 'https://a.example/', {}}}]",
    "AuthOptions": "sources: [{{url: 'https://a.example/', auth: {{user: a, {}}}}}]",
    "EntityOptions": "entities: {{e: {{name: Maduro, {}}}}}",
    "WatchlistOptions": "watchlists: {{w: {{match: [a1], {}}}}}",
    "ThrottleOptions": "watchlists: {{w: {{match: [a1], throttle: {{{}}}}}}}",
    "QuietHoursOptions": "watchlists: {{w: {{match: [a1], quiet_hours: {{from: '21:00', to: '07:00', {}}}}}}}",
    "EscalationOptions": "watchlists: {{w: {{match: [a1], escalate: {{after: 1m, to: console, {}}}}}}}",
    "DigestOptions": "alerts: {{digest: {{at: '07:00', {}}}}}",
    "HeartbeatOptions": "health: {{heartbeat: {{{}}}}}",
    "EntityRule": "watchlists: {{w: [{{{}}}]}}",
    "AnyRule": "watchlists: {{w: [{{{}}}]}}",
    "AllRule": "watchlists: {{w: [{{{}}}]}}",
    "NoneRule": "watchlists: {{w: [all: [a1, {{{}}}]]}}",
    "NearRule": "watchlists: {{w: [{{{}}}]}}",
    "NearOptions": "watchlists: {{w: [near: {{within: 5, groups: [a1, b1], {}}}]}}",
    "AtLeastRule": "watchlists: {{w: [{{{}}}]}}",
    "AtLeastOptions": "watchlists: {{w: [at_least: {{count: 1, of: [a1, b1], {}}}]}}",
    "QueryRule": "watchlists: {{w: [{{{}}}]}}",
    "SourceFilterOptions": "watchlists: {{w: {{match: [a1], sources: {{{}}}}}}}",
    "ExpectationOptions": "watchlists: {{w: {{match: [a1], tests: {{{}}}}}}}",
    "SampleOptions": "watchlists: {{w: {{match: [a1], tests: {{match: [{{title: a, {}}}]}}}}}}",
    "ConsoleOptions": "notifiers: {{n: {{type: console, {}}}}}",
    "SlackOptions": "notifiers: {{n: {{type: slack, url: 'https://a.example/', {}}}}}",
    "WebhookOptions": "notifiers: {{n: {{type: webhook, url: 'https://a.example/', {}}}}}",
    "DiscordOptions": "notifiers: {{n: {{type: discord, url: 'https://a.example/', {}}}}}",
    "TeamsOptions": "notifiers: {{n: {{type: teams, url: 'https://a.example/', {}}}}}",
    "MattermostOptions": "notifiers: {{n: {{type: mattermost, url: 'https://a.example/', {}}}}}",
    "NtfyOptions": "notifiers: {{n: {{type: ntfy, topic: a1, {}}}}}",
    "PagerDutyOptions": "notifiers: {{n: {{type: pagerduty, routing_key: '0123456789abcdef0123456789abcdef', {}}}}}",
    "EmailOptions": "notifiers: {{n: {{type: email, server: a.example, from: a@b.example, to: c@d.example, {}}}}}",
    "AppriseOptions": "notifiers: {{n: {{type: apprise, url: 'json://a', {}}}}}",
    "AlertOptions": "alerts: {{{}}}",
    "PollOptions": "poll: {{{}}}",
    "HostOptions": "hosts: {{example.org: {{{}}}}}",
    "HealthOptions": "health: {{{}}}",
    "StoreOptions": "store: {{{}}}",
    "WebOptions": "web: {{token: a, {}}}",
    "EngineOptions": "engine: {{{}}}",
    "LogOptions": "log: {{{}}}",
}
OUTSIDE = {
    "SLACK_WEBHOOK_URL": "https://hooks.slack.com/services/x",
    "SLACK_BOT_TOKEN": "xoxb-1",
    "DISCORD_WEBHOOK_URL": "https://discord.com/api/webhooks/1/x",
    "TEAMS_WEBHOOK_URL": "https://a.logic.azure.com/workflows/x?sig=y",
    "MATTERMOST_WEBHOOK_URL": "https://chat.example.org/hooks/x",
    "NTFY_TOKEN": "tk_1",
    "PAGERDUTY_ROUTING_KEY": "0123456789abcdef0123456789abcdef",
    "SMTP_PASSWORD": "a",
    "APPRISE_URL": "tgram://token/chat",
    "HEARTBEAT_URL": "https://hc.example/uuid",
    "FEED_PASSWORD": "a",
    "FEED_KEY": "a",
    "DB_PASSWORD": "a",
    "PROXY_PASSWORD": "a",
}


@pytest.mark.parametrize(("section", "model", "name", "field"), list(options()))
def test_every_example_is_valid(tmp_path, section, model, name, field):
    folder = Folder(tmp_path, OUTSIDE)
    folder.write("siem_secret", SECRET)
    for file in ("token", "web_token"):
        folder.write(file, "abc")
    folder.write("feeds.opml", "<opml/>")
    for example in field.examples:
        text = yaml.safe_load(FRAMES[model.__name__].format("zzz: 0")) or {}
        option = field.alias or name
        written = json.loads(
            json.dumps(text).replace('"zzz": 0', f'"{option}": {json.dumps(example)}')
        )
        if model is Configuration:
            written = {name: example}
        if name in {"within", "groups", "count", "of"}:
            [rule] = written["watchlists"]["w"][0].values()
            rule[name] = example
        written.setdefault("entities", {"maduro": {"name": "Maduro"}})
        written.setdefault("notifiers", {"desk": {"type": "console"}})
        if name == "bearer":
            written["sources"][0]["auth"].pop("user")
        if name == "cron":
            written["alerts"]["digest"].pop("at")
        # What is given in pairs.
        partners = {"token": "channel", "channel": "token", "user": "password", "password": "user"}
        if model in {SlackOptions, EmailOptions} and name in partners:
            written["notifiers"]["n"][partners[name]] = "xoxb-abc"
        assert folder.problems(json.dumps(written)) == []


def test_every_code_is_in_the_reference():
    page = PAGE.read_text(encoding="utf-8")
    assert all(f"| `{code}` |" in page for code in Code)


def test_the_template_of_init_is_valid_and_gives_no_warning(tmp_path):
    text = files("monitor.config").joinpath("template.yaml").read_text(encoding="utf-8")
    assert Folder(tmp_path).load(text).warnings == ()
    assert fits(text)


def test_loading_needs_no_database_network_or_feed_library():
    program = (
        "import sys; from pathlib import Path; from monitor.config.load import load;"
        "load(Path('config.yaml'), environ={});"
        "print(*{'sqlalchemy', 'httpx', 'feedparser', 'starlette', 'ahocorasick_rs'} & set(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=PAGE.parents[1],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == ""
