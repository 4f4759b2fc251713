"""`monitor config` shows what is in force, where it comes from, and no secret."""

import pytest
from config_builders import FEED, SECRET, Folder

from monitor.config.describe import describe


@pytest.fixture
def rows(tmp_path):
    def described(text, **environ):
        loaded = Folder(tmp_path, environ).load(text)
        return {
            option.path: (option.value, option.origin.replace(f"{tmp_path}/", ""))
            for option in describe(loaded)
        }

    return described


def test_each_setting_is_shown_with_its_place_or_as_the_default(rows):
    shown = rows("poll:\n  min: 2m\n")
    assert shown["poll.min"] == ("2m", "config.yaml:2")
    assert shown["poll.max"] == ("4h", "default")
    assert shown["web.listen"] == ("127.0.0.1:8470", "default")
    assert shown["notify"] == (["console"], "default")
    assert shown["notifiers.console.type"] == ("console", "default")


def test_what_is_given_of_sources_and_watchlists_is_shown_as_written(rows):
    shown = rows(
        f"""\
        sources:
          - {FEED}
          - {{url: "https://b.example/", name: B, every: 10m}}
        watchlists:
          short: [a1, {{any: [b1]}}]
          long:
            match: a1
            severity: high
        notify: console
        """
    )
    assert shown["sources[0].url"] == (FEED, "config.yaml:2")
    assert shown["sources[0].name"] == ("wire.example", "default")
    assert shown["sources[1].every"] == ("10m", "config.yaml:3")
    assert shown["sources[1].name"] == ("B", "config.yaml:3")
    assert shown["watchlists.short"] == (["a1", {"any": ["b1"]}], "config.yaml:5")
    assert shown["watchlists.long.severity"] == ("high", "config.yaml:8")
    assert shown["notify"] == ("console", "config.yaml:9")


def test_an_option_of_an_included_file_names_that_file(rows, tmp_path):
    Folder(tmp_path).write("poll.yaml", "poll: {min: 2m}\n")
    assert rows("include: poll.yaml\n")["poll.min"] == ("2m", "poll.yaml:1")


def test_a_reference_is_shown_by_its_value_only_where_that_is_no_secret(rows):
    shown = rows(
        'log: {level: "${LEVEL}"}\nweb: {listen: "${LISTEN:-127.0.0.1:1}"}\npoll: {contact: "${DESK}"}\n',
        LEVEL="debug",
        DESK="desk@wire.example",
    )
    assert shown["log.level"][0] == "debug"
    assert shown["web.listen"][0] == "127.0.0.1:1"
    assert shown["poll.contact"][0] == "${DESK}"


def test_a_long_secret_shows_its_end_and_a_short_one_nothing(rows):
    shown = rows(
        f"""\
        notifiers: {{a: {{type: webhook, url: "https://a.example/x", secret: {SECRET}}}}}
        notify: a
        web: {{token: short}}
        """
    )
    assert shown["notifiers.a.secret"][0] == "••••MTIz"
    assert shown["notifiers.a.url"][0] == "••••"
    assert shown["web.token"][0] == "••••"


def test_the_address_of_a_source_is_shown_without_its_secrets(rows):
    shown = rows(
        """\
        sources:
          - https://a.example/feed?key=s3cret
          - {url: "https://b.example/?token=abc&lang=en"}
          - "https://c.example/?key=${KEY}&token=abc"
        """,
        KEY="PlantedSecret",
    )
    assert shown["sources[2].url"][0] == "https://c.example/?key=${KEY}&token=***"
    assert shown["sources[0].url"] == ("https://a.example/feed?key=***", "config.yaml:2")
    assert shown["sources[1].url"][0] == "https://b.example/?token=***&lang=en"
