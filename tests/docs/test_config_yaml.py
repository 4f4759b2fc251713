"""The shipped config.yaml: valid, quiet, honest about defaults, and its own tests pass."""

import json
import re
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft202012Validator

from monitor.config.describe import describe
from monitor.config.load import load
from monitor.config.reference import SCHEMA
from monitor.model import Entry, Item, ItemId, SourceRef
from monitor.settings import PollSettings
from monitor.watch.matcher import Matcher

ROOT = Path(__file__).parents[2]
SHIPPED = ROOT / "config.yaml"


@pytest.fixture(scope="module")
def text():
    return SHIPPED.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def loaded():
    return load(SHIPPED, environ={})


def test_it_is_valid_without_a_warning_or_a_variable(loaded):
    assert loaded.warnings == ()


def test_editors_find_its_schema_and_agree_with_it(text):
    first, _, _ = text.partition("\n")
    assert first == f"# yaml-language-server: $schema={SCHEMA.relative_to(ROOT)}"
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    assert Draft202012Validator(schema).is_valid(yaml.safe_load(text))


def test_it_reads_public_feeds_over_https_and_prints_on_the_console(loaded):
    assert len(loaded.settings.sources) >= 8
    assert all(source.url.startswith("https://") for source in loaded.settings.sources)
    assert set(loaded.settings.notifiers) == {"console"}


def test_what_it_calls_a_default_is_one(loaded, tmp_path):
    path = tmp_path / "config.yaml"
    path.write_text("")
    empty = load(path, environ={}).settings
    assert loaded.settings.poll == empty.poll == PollSettings()
    for section in ("alerts", "health", "store", "web", "log"):
        assert getattr(loaded.settings, section) == getattr(empty, section)


def test_it_shows_every_setting(loaded):
    sections = ("alerts.", "poll.", "health.", "store.", "web.", "log.")
    hidden = [
        option.path
        for option in describe(loaded)
        if option.path.startswith(sections) and option.origin == "default"
    ]
    assert hidden == []


def an_item(sample):
    source = SourceRef(name=sample.source or "Wire", url=sample.source or "https://wire.example/")
    entry = Entry(
        title=sample.title, summary=sample.summary, content=sample.content, link=sample.link
    )
    return Item(
        id=ItemId("1"), keys=(), source=source, entry=entry, language=sample.language,
        first_seen=None,
    )  # fmt: skip


def cases_of(path):
    settings = load(path, environ={}).settings
    for watchlist in settings.watchlists:
        for test in watchlist.tests:
            yield pytest.param(watchlist, test, id=f"{watchlist.name}:{test.line}")


@pytest.fixture(scope="module")
def matcher(loaded):
    settings = loaded.settings
    return Matcher(settings.watchlists, {entity.key: entity for entity in settings.entities})


@pytest.mark.parametrize(("watchlist", "test"), list(cases_of(SHIPPED)))
def test_each_of_its_own_tests_passes(matcher, watchlist, test):
    fired = {
        match.watchlist for match in matcher.match(an_item(test.sample)) if not match.vetoed_by
    }
    assert (watchlist.name in fired) == (test.expect == "match")


def test_every_watchlist_is_tested_both_ways(loaded):
    for watchlist in loaded.settings.watchlists:
        assert {test.expect for test in watchlist.tests} == {"match", "no_match"}


@pytest.mark.parametrize(
    "start", ["  # desk:", "  # siem:", "# include:", "    # every:", "    # fulltext:"]
)
def test_what_is_commented_out_is_valid_when_it_is_not(text, tmp_path, start):
    lines = text.splitlines()
    first = next(n for n, line in enumerate(lines) if line.startswith(start))
    indent = start[: start.index("#")]
    for number in range(first, len(lines)):
        deeper = lines[number].startswith(f"{indent}#   ")
        if number > first and not deeper:
            break
        lines[number] = lines[number].replace("# ", "", 1)
    (tmp_path / "watchlists.d").mkdir()
    (tmp_path / "watchlists.d" / "more.yaml").write_text("")
    (tmp_path / "feeds.opml").write_text("<opml/>")
    (tmp_path / "siem_secret").write_text("whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIz\n")
    path = tmp_path / "config.yaml"
    path.write_text("\n".join(lines))
    environ = {"SLACK_WEBHOOK_URL": "https://hooks.slack.com/services/T/B/x"}
    load(path, environ=environ)


def blocks():
    page = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")
    return re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)


@pytest.mark.parametrize("block", blocks())
def test_the_examples_of_the_reference_are_valid(tmp_path, block):
    path = tmp_path / "config.yaml"
    path.write_text(block)
    load(path, environ={})
