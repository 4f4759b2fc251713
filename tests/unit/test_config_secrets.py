"""No secret shows: not in an error, not in a warning, not in `monitor config`, not in a repr."""

import pytest
from config_builders import Folder

from monitor.config.describe import describe

PLANTED = "PlantedSecret1234567890123456789"  # as long as a routing key
# A webhook secret has a form of its own.
WEBHOOK_SECRET = "whsec_UGxhbnRlZFNlY3JldDEyMzQ1Njc4OTAx"

CONFIG = """\
sources:
  - url: https://wire.example/feed?key={feed_key}
    auth: {{bearer: {bearer}}}
    headers: {{X-Api-Key: {header}}}
  - url: https://b.example/
    auth: {{user: desk, password: {password}}}
    proxy: "socks5h://me:{proxy}@proxy.example"
poll: {{proxy: "http://me:{all_proxy}@proxy.example:3128"}}
watchlists: {{w: {{match: [a1], notify: [desk, siem]}}}}
notifiers:
  desk: {{type: slack, url: "https://hooks.slack.com/services/{slack}"}}
  siem: {{type: webhook, url: "https://siem.example/{path}", secret: "{secret}"}}
  bot: {{type: slack, channel: "#desk", token: "xoxb-{bot}"}}
  club: {{type: discord, url: "https://discord.example/{discord}"}}
  room: {{type: teams, url: "https://teams.example/workflows?sig={teams}"}}
  town: {{type: mattermost, url: "https://chat.example/hooks/{mattermost}"}}
  phone: {{type: ntfy, topic: news, token: "{ntfy}"}}
  pager: {{type: pagerduty, routing_key: "{pager}"}}
  mail: {{type: email, server: m.example, user: a, password: "{smtp}", from: a@b.example, to: c@d.example}}
  rest: {{type: apprise, url: "tgram://{apprise}/1"}}
store: {{url: "postgresql+psycopg://me:{database}@db/monitor"}}
web: {{token: {token}}}
"""
PLACES = (
    "bearer",
    "header",
    "password",
    "slack",
    "path",
    "secret",
    "database",
    "token",
    "proxy",
    "all_proxy",
    "bot",
    "discord",
    "teams",
    "mattermost",
    "ntfy",
    "pager",
    "smtp",
    "apprise",
)
HARMLESS = dict.fromkeys(PLACES, "abc") | {
    "feed_key": "abc",
    "secret": WEBHOOK_SECRET,
    "pager": "0123456789abcdef0123456789abcdef",
}


def planted(place, value=PLANTED):
    return CONFIG.format(**HARMLESS | {place: value})


def seen(loaded):
    """Everything people are shown of a configuration that loads."""
    return "\n".join(
        [
            *map(str, loaded.warnings),
            *(f"{option.path} {option.value} {option.origin}" for option in describe(loaded)),
            repr(loaded),
        ]
    )


@pytest.mark.parametrize("place", [place for place in PLACES if place != "secret"])
def test_a_secret_in_the_file_is_masked_and_handed_over_for_redaction(tmp_path, place):
    loaded = Folder(tmp_path).load(planted(place))
    assert PLANTED not in seen(loaded)
    assert any(PLANTED in secret for secret in loaded.secrets)


def test_a_webhook_secret_is_masked_and_handed_over(tmp_path):
    loaded = Folder(tmp_path).load(planted("secret", WEBHOOK_SECRET))
    assert WEBHOOK_SECRET not in seen(loaded)
    assert WEBHOOK_SECRET in loaded.secrets


@pytest.mark.parametrize("place", [*PLACES, "feed_key"])
def test_a_secret_from_outside_is_shown_as_its_reference(tmp_path, place):
    value = WEBHOOK_SECRET if place == "secret" else PLANTED
    folder = Folder(tmp_path, {"PLANTED": value})
    loaded = folder.load(
        planted(
            place,
            '"${PLANTED}"' if place in {"bearer", "header", "password", "token"} else "${PLANTED}",
        )
    )
    assert value in loaded.secrets
    shown = seen(loaded).replace(repr(loaded.settings), "") if place == "feed_key" else seen(loaded)
    assert value not in shown
    assert "${PLANTED}" in shown


def breakages(text):
    """The same file with a mistake on each of its lines in turn, and without any."""
    lines = text.splitlines()
    for number, line in enumerate(lines):
        for broken in (
            line.replace(":", "x:", 1),
            line + " : x",
            line.replace("{", "{zzz: 1, ", 1),
            line.replace("type: ", "typ: "),
            line.replace("url: ", "ulr: "),
            line.replace("secret: ", "secrt: "),
            line.replace("https://", ""),
            line.replace("https://", "http://"),
            line.replace('"', "", 1),
            line.replace("}", "", 1),
            "\t" + line,
            line + "\n" + line,
        ):
            if broken != line:
                yield "\n".join([*lines[:number], broken, *lines[number + 1 :]])


@pytest.mark.parametrize("place", PLACES)
def test_no_mistake_shows_a_secret_of_the_file(tmp_path, place):
    value = WEBHOOK_SECRET if place == "secret" else PLANTED
    folder = Folder(tmp_path)
    refused = 0
    for text in breakages(planted(place, value)):
        problems = folder.problems(text)
        refused += bool(problems)
        for problem in problems:
            assert value not in str(problem), problem
            assert value not in str(problem.as_json())
    assert refused > 50


OPTIONS = [
    "sources: ['{}']",
    "sources: [{{url: 'https://a.example/', every: '{}'}}]",
    "sources: [{{url: 'https://a.example/', verify_tls: '{}'}}]",
    "sources: [{{url: 'https://a.example/', priority: '{}'}}]",
    "sources: [{{url: 'https://a.example/', language: '{} '}}]",
    "sources: [{{url: 'https://a.example/', first_poll: '{}'}}]",
    "include: ['{}', '../{}', '*{}']",
    "watchlists: {{w: {{match: [a1], severity: '{}'}}}}",
    "watchlists: {{w: {{match: [a1], fields: ['{}']}}}}",
    "watchlists: {{w: ['a*{}', '\"{}', '/({}/', '=*{}']}}",
    "watchlists: {{w: [entity: '{}', '{}': '{}']}}",
    "watchlists: {{w: {{match: [a1], notify: '{}'}}}}",
    "watchlists: {{w: {{match: [a1], sources: {{include: '{}'}}}}}}\nsources: ['https://a.example/']",
    "notifiers: {{desk: {{type: '{}'}}}}",
    "notifiers: {{desk: {{type: slack, url: '{}'}}}}",
    "notifiers: {{desk: {{type: webhook, url: 'https://a.example/', secret: '{}'}}}}",
    "notifiers: {{desk: {{type: webhook, url: 'https://a.example/', secret: 'whsec_{}'}}}}",
    "notifiers: {{desk: {{type: webhook, url: 'https://a.example/', allow_networks: '{}'}}}}",
    "poll: {{every: '{}', min: '{}', budget: '{}', at_once: '{}', max_bytes: '{}', allow_networks: '{}'}}",
    "store: {{url: '{}'}}",
    "web: {{listen: '{}'}}",
    "log: {{level: '{}'}}",
    "sources: [{{url: 'https://a.example/', headers: {{X-A: 'é{}'}}}}]",
    "poll: {{contact: 'é{}'}}",
]  # fmt: skip


@pytest.mark.parametrize("text", OPTIONS)
def test_no_mistake_shows_a_value_from_outside(tmp_path, text):
    folder = Folder(tmp_path, {"PLANTED": PLANTED})
    written = text.replace("'{}': '{}'", "a1: '{}'").format(*["${PLANTED}"] * 9)
    problems = folder.problems(written) or list(folder.load().warnings)
    assert problems
    for problem in problems:
        assert PLANTED not in str(problem), problem
        assert PLANTED.lower() not in str(problem).lower()


def test_a_short_value_of_a_harmless_option_is_no_secret(tmp_path):
    folder = Folder(tmp_path, {"LEVEL": "debug", "PORT": "8470"})
    loaded = folder.load('log: {level: "${LEVEL}"}\nweb: {listen: "127.0.0.1:${PORT}"}\n')
    assert loaded.secrets == frozenset()


def test_no_name_of_a_source_holds_a_value_from_outside(tmp_path):
    folder = Folder(tmp_path, {"PLANTED": PLANTED})
    text = "sources: ['https://a.example/${PLANTED}/x', 'https://a.example/f?k=${PLANTED}', 'https://a.example/f?k=2']\n"
    names = [source.name for source in folder.load(text).settings.sources]
    assert not any(PLANTED in name for name in names)
    assert len(set(names)) == 3
