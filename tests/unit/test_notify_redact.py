"""Secrets stay out of what people read."""

import base64

import pytest
from alert_builders import SECRET, a_notifier

from monitor.notify.redact import redact

TOKEN = "aB3dE5gH7jK9mN1pQ2sT4vW6"
URL = f"https://user:pa55word@hooks.slack.example/services/T0123456/B0123456/{TOKEN}?key=hush&n=1"
DESK = a_notifier(url=URL, secrets=(SECRET,))


@pytest.mark.parametrize(
    "said",
    [
        URL,
        f"no service at {TOKEN}",
        TOKEN.lower(),
        f"https:\\/\\/hooks.slack.example\\/services\\/T0123456\\/B0123456\\/{TOKEN}",
        f"https%3A%2F%2Fhooks%2Fservices%2FT0123456%2FB0123456%2F{TOKEN}",
        f"{TOKEN[:9]}\x00\u202e{TOKEN[9:]}",
        f"signed with {SECRET}",
        f"key {SECRET.removeprefix('whsec_')}",
        "key=hush",
        "pa55word",
    ],
)
def test_no_form_of_a_secret_passes(said):
    clean = redact(said, DESK).lower()
    for secret in (TOKEN, SECRET, SECRET[6:], "hush", "pa55word", "T0123456", "B0123456"):
        assert secret.lower() not in clean


def test_host_and_last_four_characters_may_be_seen():
    clean = redact(f"https://hooks.slack.example/services/T0123456/B0123456/{TOKEN}", DESK)
    assert clean == "https://hooks.slack.example…4vW6"


def test_common_words_of_an_api_stay_readable():
    siem = a_notifier("webhook", "https://siem.example/api/v1/hook")
    assert redact("the hook refused: api down", siem) == "the hook refused: api down"


def test_what_is_left_is_one_line_of_a_kibibyte():
    clean = redact("é\r\n" * 5_000, DESK)
    assert len(clean.encode()) <= 1024
    assert "\n" not in clean


@pytest.mark.parametrize("url", ["", "https://[bad/hook", "https://x.example/", "mailto:x"])
def test_addresses_of_any_kind_can_be_kept_secret(url):
    assert redact("nothing to hide here", a_notifier(url=url)) == "nothing to hide here"


def test_percent_encoded_tokens_are_known_in_plain_too():
    token = "aB+3/dE=5gH7jK9m"
    encoded = base64.b64encode(token.encode()).decode()
    settings = a_notifier(url=f"https://x.example/{encoded.replace('=', '%3D')}")
    assert encoded not in redact(f"got {encoded}", settings)


@pytest.mark.parametrize("option", ["token", "password", "routing_key"])
def test_the_secrets_of_every_kind_are_kept_out(option):
    settings = a_notifier("any", "https://x.example/", **{option: "xoxb-123-Abc"})
    assert redact("refused xoxb-123-Abc", settings) == "refused …"


def test_the_topic_of_ntfy_is_a_secret_and_the_channel_of_slack_is_none():
    said = '{"id":"x1","topic":"newsdesk-push"}'
    ntfy = a_notifier("ntfy", "https://ntfy.example/", channel="newsdesk-push")
    assert redact(said, ntfy) == '{"id":"x1","topic":"…"}'
    slack = a_notifier("slack", "https://slack.example/api/", channel="#newsdesk")
    assert redact("not in #newsdesk", slack) == "not in #newsdesk"


@pytest.mark.parametrize("segment", ["TPLSECRET", "desksecret", "qwzxvb"])
def test_a_short_token_of_letters_alone_is_kept_out(segment):
    settings = a_notifier("webhook", f"https://x.example/hooks/{segment}")
    assert redact(f"invalid_token {segment}", settings) == "invalid_token …"


@pytest.mark.parametrize(
    "path",
    ["services/webhooks", "api/v1/alerts/", "workflows/triggers/manual/paths/invoke", "v2/enqueue"],
)
def test_the_words_of_well_known_paths_stay_readable(path):
    settings = a_notifier("webhook", f"https://x.example/{path}")
    for word in path.strip("/").split("/"):
        assert redact(f"no {word} here", settings) == f"no {word} here"
