"""What is written becomes what the monitor runs on."""

from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path

import pytest
from config_builders import FEED, Folder

from monitor.config.load import find_config
from monitor.errors import ConfigError
from monitor.model import Auth, Severity
from monitor.settings import (
    AlertSettings,
    HealthSettings,
    LogSettings,
    NotifierSettings,
    PollSettings,
    Settings,
    StoreSettings,
    WebSettings,
)
from monitor.watch.rules import (
    AllOf,
    AnyOf,
    EntityRef,
    Expectation,
    NoneOf,
    Sample,
    SourceFilter,
    Watchlist,
)
from monitor.watch.terms import parse_term


@pytest.fixture
def settings(tmp_path):
    return lambda text: Folder(tmp_path).load(text).settings


def test_an_empty_file_has_the_defaults_of_the_settings(tmp_path):
    loaded = Folder(tmp_path).load("")
    assert loaded.settings == Settings(
        notifiers={"console": NotifierSettings(name="console", kind="console")},
        hosts=loaded.settings.hosts,  # those that come with the monitor
        health=HealthSettings(notify=("console",)),
        files=loaded.settings.files,
        digest=loaded.settings.digest,
    )
    assert [str(each.code) for each in loaded.warnings] == ["nothing-to-do", "nothing-to-do"]


def test_a_section_of_comments_alone_is_empty(settings):
    assert settings("sources:\n  # - https://a.example/\nnotifiers:\nnotify:\n").sources == ()


def test_every_setting_has_its_effect(settings):
    loaded = settings(
        """\
        alerts: {first_poll: alert, max_age: 12h}
        poll:
          every: 1h30m
          min: 90s
          max: 1d
          budget: 48/d
          timeout: 2.5s
          at_once: 8
          host_gap: 0s
          max_bytes: 1MiB
          contact: desk@wire.example
          allow_networks: [10.0.0.0/8, "fd00::/8", 192.0.2.1]
        store: {url: "postgresql+psycopg://me:pw@db/monitor", keep: 365d}
        web: {listen: "[::1]:80", token: tok}
        log: {level: warning, format: logfmt}
        """
    )
    assert loaded.alerts == AlertSettings(first_poll="alert", max_age=timedelta(hours=12))
    assert loaded.poll == PollSettings(
        every=timedelta(minutes=90),
        min=timedelta(seconds=90),
        max=timedelta(days=1),
        budget=2.0,
        timeout=timedelta(seconds=2.5),
        at_once=8,
        host_gap=timedelta(),
        max_bytes=1_048_576,
        contact="desk@wire.example",
        allow_networks=tuple(map(ip_network, ("10.0.0.0/8", "fd00::/8", "192.0.2.1"))),
    )
    assert loaded.store == StoreSettings(
        url="postgresql+psycopg://me:pw@db/monitor", keep=timedelta(days=365)
    )
    assert loaded.web == WebSettings(listen=("::1", 80), token="tok")
    assert loaded.log == LogSettings(level="warning", format="logfmt")


def test_the_pages_can_be_off(settings):
    assert settings("web: {listen: off}\n").web.listen is None


def test_a_source_has_all_that_is_said_of_it(settings):
    (source,) = settings(
        """\
        sources:
          - url: https://wire.example/feed.xml
            name: Wire
            tags: [official, fast]
            every: 10m
            language: en-GB
            headers: {X-Api-Key: abc}
            auth: {user: me, password: pw}
            verify_tls: no
            priority: 2.5
            first_poll: alert
        """
    ).sources
    assert (source.url, source.name, source.tags) == (FEED, "Wire", {"official", "fast"})
    assert (source.every, source.language) == (timedelta(minutes=10), "en-gb")
    assert (source.headers, source.auth) == (
        (("X-Api-Key", "abc"),),
        Auth(user="me", password="pw"),
    )
    assert (source.verify_tls, source.priority, source.first_poll) == (False, 2.5, "alert")


def test_a_source_takes_what_it_does_not_say_from_the_sections(settings):
    (source,) = settings(
        f"sources: [{FEED}]\npoll: {{every: 15m}}\nalerts: {{first_poll: alert}}\n"
    ).sources
    assert (source.every, source.first_poll) == (None, "alert")  # poll.every counts by itself


def test_a_source_that_is_off_is_not_polled_but_still_checked(settings, tmp_path):
    text = f"sources:\n  - {{url: '{FEED}', enabled: no}}\n  - https://b.example/\n"
    assert [source.url for source in settings(text).sources] == ["https://b.example/"]
    assert Folder(tmp_path).refused(text + f"  - {FEED}\n") == [("duplicate-source", 4, 5)]


def test_an_entity_begins_with_its_name(settings):
    (entity,) = settings(
        """\
        entities:
          maduro:
            name: Nicolás Maduro
            aliases: [Мадуро, 'Nicolás Maduro']
            ambiguous: =Maduro
            context: [Caracas]
            exclude: [cigar*]
        """
    ).entities
    assert (entity.key, entity.name) == ("maduro", "Nicolás Maduro")
    assert entity.aliases == tuple(map(parse_term, ("Nicolás Maduro", "Мадуро")))
    assert entity.ambiguous == (parse_term("=Maduro"),)
    assert entity.exclude == (parse_term("cigar*"),)


def test_rules_nest_in_both_forms_of_a_watchlist(settings):
    entities = "entities: {maduro: {name: Maduro}}\n"
    rules = "[airspace, entity: maduro, {all: [Caracas, {any: [a1, b1]}, {none: [c1]}]}]"
    expected = (
        parse_term("airspace"),
        EntityRef(key="maduro"),
        AllOf(
            rules=(
                parse_term("Caracas"),
                AnyOf(rules=(parse_term("a1"), parse_term("b1"))),
                NoneOf(rules=(parse_term("c1"),)),
            )
        ),
    )
    short, long = settings(
        f"{entities}watchlists: {{s: {rules}, l: {{match: {rules}}}}}\n"
    ).watchlists
    assert short.match == long.match == expected
    assert short == Watchlist(name="s", match=expected, notify=("console",))


def test_a_watchlist_has_all_that_is_said_of_it(settings):
    loaded = settings(
        """\
        sources: [{url: "https://a.example/", tags: [wire]}]
        watchlists:
          w:
            description: Why it matters.
            severity: critical
            fields: [title, url, title]
            languages: [EN, es]
            sources: {include: tag:wire, exclude: ["*.a.example"]}
            match: airspace
            none: [baseball]
            notify: [desk]
            tests:
              match: Airspace closed
              no_match:
                - {title: Best maduro cigars, source: "https://cigars.example/feed", language: en}
        notifiers: {desk: {type: console}}
        """
    )
    (watchlist,) = loaded.watchlists
    file = str(loaded.files[0])
    assert watchlist == Watchlist(
        name="w",
        match=(parse_term("airspace"),),
        none=(parse_term("baseball"),),
        description="Why it matters.",
        severity=Severity.CRITICAL,
        fields=("title", "url"),
        languages=("en", "es"),
        sources=SourceFilter(include=("tag:wire",), exclude=("*.a.example",)),
        notify=("desk",),
        tests=(
            Expectation(sample=Sample(title="Airspace closed"), expect="match", line=13, file=file),
            Expectation(
                sample=Sample(
                    title="Best maduro cigars", source="https://cigars.example/feed", language="en"
                ),
                expect="no_match",
                line=15,
                file=file,
            ),
        ),
    )


def test_terms_that_yaml_would_change_stay_what_they_look_like(settings):
    (watchlist,) = settings("watchlists: {w: [NO, on, 12:30, 007, 2026-01-03, 1.10]}\n").watchlists
    assert [term.text for term in watchlist.match] == [
        "NO",
        "on",
        "12:30",
        "007",
        "2026-01-03",
        "1.10",
    ]


def test_watchlists_tell_the_top_level_notifiers_unless_they_say(settings):
    loaded = settings(
        """\
        watchlists: {a: [a1], b: {match: [b1], notify: console}, c: {match: [c1], notify: []}}
        notifiers: {desk: {type: console}}
        notify: [desk, desk]
        """
    )
    assert [watchlist.notify for watchlist in loaded.watchlists] == [("desk",), ("console",), ()]


def test_slack_without_tls_is_taken_inside_a_network_that_was_opened(settings):
    notifier = settings(
        """\
        notifiers:
          desk: {type: slack, url: "http://127.0.0.1:9/x", allow_networks: [127.0.0.0/8]}
        notify: desk
        """
    ).notifiers["desk"]
    assert (notifier.kind, notifier.url) == ("slack", "http://127.0.0.1:9/x")


@pytest.mark.parametrize(
    ("urls", "names"),
    [
        (["https://feeds.bbci.co.uk/news/world/rss.xml"], ["feeds.bbci.co.uk/news/world"]),
        (["https://www.aljazeera.com/xml/rss/all.xml"], ["aljazeera.com/all"]),
        (["https://wire.example/"], ["wire.example"]),
        (["http://127.0.0.1:8001/a.rss"], ["127.0.0.1:8001/a"]),
        (["https://a.example/feed?id=1", "https://a.example/feed?id=2"], ["a.example/feed?id=1", "a.example/feed?id=2"]),
        (["http://a.example/feed", "https://a.example/feed"], ["a.example/feed", "a.example/feed 2"]),
    ],
)  # fmt: skip
def test_a_source_without_a_name_is_called_by_its_address(settings, urls, names):
    assert [source.name for source in settings(f"sources: {urls}\n").sources] == names


def test_a_name_that_is_given_is_never_taken_by_another_source(settings):
    text = f"sources: [{FEED}, {{url: 'https://b.example/', name: wire.example}}]\n"
    assert [source.name for source in settings(text).sources] == [
        "wire.example/feed.xml",
        "wire.example",
    ]


@pytest.mark.parametrize(
    ("text", "warning"),
    [
        ("watchlists: {w: {match: [a1], sources: {include: ['tag:wier']}}}\n", ("unknown-source", 2, 51)),
        ("watchlists: {w: {match: [a1], sources: {exclude: Wier}}}\n", ("unknown-source", 2, 50)),
        ("watchlists: {w: [a1]}\nnotifiers: {desk: {type: console}}\n", ("unused-notifier", 3, 13)),
        ("watchlists: {w: [entity: e]}\nentities: {e: {name: Ford, ambiguous: [=Ford]}}\n", ("never-ambiguous", 3, 40)),
        ("watchlists:\n", ("nothing-to-do", 1, 1)),
    ],
)  # fmt: skip
def test_what_is_probably_not_meant_is_a_warning(tmp_path, text, warning):
    sources = f"sources: [{{url: '{FEED}', name: Wire, tags: wire}}]\n"
    assert Folder(tmp_path).warned(sources + text) == [warning]


# --- which file ---------------------------------------------------------------------------------


def test_the_file_named_wins_over_the_variable_and_that_over_the_folder(tmp_path):
    for name in ("a.yaml", "b.yaml", "config.yaml"):
        (tmp_path / name).write_text("")
    environ = {"MONITOR_CONFIG": str(tmp_path / "b.yaml")}
    assert find_config("a.yaml", environ, tmp_path) == Path("a.yaml")
    assert find_config(None, environ, tmp_path) == tmp_path / "b.yaml"
    assert find_config(None, {"MONITOR_CONFIG": ""}, tmp_path) == Path("config.yaml")


@pytest.mark.parametrize("argument", [None, "other.yaml"])
def test_a_file_that_is_not_there_leads_to_monitor_init(tmp_path, argument):
    with pytest.raises(ConfigError, match="monitor init") as caught:
        find_config(argument, {}, tmp_path)
    (problem,) = caught.value.problems
    assert (problem.code, problem.line) == ("no-file", 0)
    assert caught.value.exit_code == 78


def test_a_folder_is_no_configuration(tmp_path):
    (tmp_path / "config.yaml").mkdir()
    problem = Folder(tmp_path).problem()
    assert (problem.code, problem.help) == ("unreadable", "name its files: config.yaml/*.yaml")
