"""How hosts want to be asked: what comes with the monitor, and what people write instead."""

from datetime import timedelta

import pytest
import yaml
from config_builders import FEED, Folder
from jsonschema import Draft202012Validator

from monitor.config.checks import doubts
from monitor.config.describe import describe
from monitor.config.json_schema import json_schema
from monitor.config.presets import FILE, read_presets

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)


@pytest.fixture
def folder(tmp_path):
    return Folder(tmp_path, {"WORD": "PlantedSecret1234"})


def hosts(loaded):
    return {host.name: host for host in loaded.settings.hosts}


def test_what_comes_with_the_monitor_is_valid_and_known_to_editors():
    text = FILE.read_text(encoding="utf-8")
    assert Draft202012Validator(json_schema()).is_valid(yaml.safe_load(text))
    assert set(read_presets().chosen.model_fields_set) == {"hosts"}


def test_each_preset_says_what_to_do_where_a_source_fails(folder):
    for host in folder.load("").settings.hosts:
        assert host.advice.endswith("."), host.name
        assert "\n" not in host.advice


def test_the_presets_people_rely_on_are_there(folder):
    known = hosts(folder.load(""))
    assert known["reddit.com"].gap == 65 * SECOND
    assert known["reddit.com"].together
    assert known["reddit.com"].forbidden_is_limit
    assert known["youtube.com"].min == 15 * MINUTE
    assert known["youtube.com"].validators_for == timedelta(hours=6)
    assert known["livejournal.com"].conditions == "modified"
    assert {"github.com", "tumblr.com", "medium.com", "substack.com"} <= known.keys()


def test_a_host_of_ones_own_comes_before_them_and_one_of_the_same_name_replaces_it(folder):
    loaded = folder.load("hosts: {example.org: {gap: 0s}, reddit.com: {gap: 2s, min: 1h}}\n")
    first, second, *rest = loaded.settings.hosts
    assert (first.name, first.gap) == ("example.org", timedelta(0))
    assert (second.name, second.gap, second.min) == ("reddit.com", 2 * SECOND, timedelta(hours=1))
    assert not second.together
    assert "reddit.com" not in {host.name for host in rest}
    assert "youtube.com" in {host.name for host in rest}


def test_hosts_of_several_files_are_put_together_and_one_twice_shows_both(folder):
    folder.write("more.yaml", "hosts: {b.example: {gap: 2s}}\n")
    loaded = folder.load("include: more.yaml\nhosts: {a.example: {gap: 1s}}\n")
    assert {"a.example", "b.example"} <= hosts(loaded).keys()
    problem = folder.problem("include: more.yaml\nhosts: {b.example: {gap: 1s}}\n")
    assert (problem.code, problem.message) == (
        "duplicate-name",
        "the host “b.example” is defined twice",
    )
    assert "config.yaml:2:9" in problem.help


def test_the_effective_configuration_says_where_each_host_comes_from(folder):
    shown = {
        option.path: (option.value, option.origin.rpartition("/")[2])
        for option in describe(folder.load("hosts:\n  reddit.com: {gap: 2s}\n"))
    }
    assert shown["hosts.reddit.com.gap"] == ("2s", "config.yaml:2")
    assert "hosts.reddit.com.advice" not in shown
    assert shown["hosts.youtube.com.min"] == ("15m", "preset")
    assert shown["health.notify"] == (["console"], "default")
    assert shown["health.source_dead_after"] == ("24h", "default")


# --- the options that go with them ------------------------------------------------------------


def test_a_source_says_how_its_requests_go_and_what_names_its_items(folder):
    [source] = folder.load(
        f"""\
        sources:
          - url: {FEED}
            proxy: socks5h://127.0.0.1:9050
            user_agent: Desk/1.0
            fulltext: yes
            identity: link
        """
    ).settings.sources
    assert source.proxy == "socks5h://127.0.0.1:9050"
    assert (source.user_agent, source.fulltext, source.identity) == ("Desk/1.0", True, "link")


def test_the_proxy_of_all_sources_gives_way_to_ones_own_and_to_none(folder):
    loaded = folder.load(
        """\
        sources:
          - https://a.example/
          - {url: "https://b.example/", proxy: "socks5://b.example:1080"}
          - {url: "https://c.example/", proxy: none}
        poll: {proxy: "http://proxy.example:3128", per_host: 3}
        """
    )
    assert [source.proxy for source in loaded.settings.sources] == [
        "http://proxy.example:3128",
        "socks5://b.example:1080",
        "",
    ]
    assert loaded.settings.poll.per_host == 3


@pytest.mark.parametrize(
    "proxy", ["http://a.example", "https://u:p%40@a.example:1/", "socks5://[::1]:1080", "none"]
)
def test_a_proxy_is_an_address_with_a_scheme(folder, proxy):
    assert folder.problems(f"poll: {{proxy: '{proxy}'}}\n") == []


@pytest.mark.parametrize(
    "proxy",
    ["a.example:80", "socks4://a.example", "http://", "http://a.example/path", "http://a.example:0",
     "http://a.example:99999", "http://a b.example", "http://u:p@", "socks5://a.example?b"],
)  # fmt: skip
def test_what_is_no_proxy_is_refused_and_never_quoted(folder, proxy):
    problem = folder.problem(f"poll: {{proxy: '{proxy}'}}\n")
    assert problem.code == "bad-proxy"
    assert proxy not in problem.message


def test_people_hear_of_health_where_all_else_goes_unless_they_say(folder):
    desk = "notifiers: {desk: {type: console}}\n"
    assert folder.load(f"{desk}notify: desk\n").settings.health.notify == ("desk",)
    assert folder.load(f"{desk}health: {{notify: desk}}\n").settings.health.notify == ("desk",)
    assert folder.load(f"{desk}health: {{notify: []}}\n").settings.health.notify == ()
    loaded = folder.load("health: {source_dead_after: 6h}\n")
    assert loaded.settings.health.source_dead_after == timedelta(hours=6)


def test_a_notifier_that_only_hears_of_health_is_used(folder):
    text = "notifiers: {desk: {type: console}}\nwatchlists: {w: [a1]}\nhealth: {notify: desk}\n"
    warned = [code for code, _, _ in folder.warned(f"sources: [{FEED}]\n{text}")]
    assert warned == []


def missing(loaded, *extras):
    """Return the warnings there would be if these extras were not installed."""
    found = doubts(loaded.settings, loaded.root, missing=extras)
    return [each for each in found if "extra" in each.code]


def test_pages_that_can_not_be_read_are_a_warning_where_they_are_asked_for(folder):
    loaded = folder.load(
        f"sources:\n  - {{url: '{FEED}', fulltext: yes}}\n  - {{url: '{FEED}?2', fulltext: no}}\n"
    )
    [found] = missing(loaded, "fulltext")
    assert (str(found.code), found.line) == ("missing-extra", 2)
    assert "[fulltext]" in found.help


def test_a_notifier_that_can_not_send_is_a_warning_where_it_stands(folder):
    loaded = folder.load(
        "notifiers:\n"
        "  pager: {type: apprise, url: 'json://localhost/hook'}\n"
        "  desk: {type: console}\n"
    )
    [found] = missing(loaded, "apprise")
    assert (str(found.code), found.line) == ("missing-extra", 2)
    assert "“pager”" in found.message
    assert "[apprise]" in found.help
    assert not [each for each in loaded.warnings if "extra" in each.code]
