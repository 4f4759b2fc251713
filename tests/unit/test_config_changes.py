"""Commands change people's files only where the loader agrees, and only in what was meant."""

import stat
from pathlib import Path

import pytest
from config_builders import Folder

from monitor.config.changes import (
    add_file,
    add_sources,
    find_source,
    home_of_sources,
    listed_sources,
    remove_source,
)
from monitor.config.load import load
from monitor.errors import ConfigError, UnreachableError, UsageError

NEW = "https://new.example/"
LIST = "sources:\n  - https://a.example/\n"


@pytest.fixture
def folder(tmp_path):
    return Folder(tmp_path)


@pytest.fixture
def config(tmp_path):
    return tmp_path / "config.yaml"


def add(config, *entries, **how):
    loaded = load(config, environ={})
    return add_sources(loaded, entries or [{"url": NEW, "name": "New"}], environ={}, **how)


def remove(folder, wanted):
    loaded = folder.load()
    remove_source(loaded, find_source(loaded, wanted), environ={})


LAYOUTS = {
    "only comments": "# nothing yet\n",
    "no sources": "watchlists: {w: [a1]}",
    "empty sources": "sources:   # none yet\nwatchlists: {w: [a1]}\n",
    "brackets": "sources: [https://a.example/, https://b.example/]\n",
    "Windows": "sources:\r\n  - https://a.example/\r\nlog: {level: info}\r\n",
    "a mark before the text": "\ufeffsources:\n- https://a.example/\n",
    "anchors": "x-a: &slow {every: 1h}\nsources:\n  - {<<: *slow, url: https://a.example/}\n",
    "JSON": '{"sources": ["https://a.example/"]}\n',
    "tests of watchlists": f"{LIST}watchlists: {{w: {{match: [a1], tests: {{match: [a1]}}}}}}\n",
}


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
def test_what_is_added_can_be_removed_whatever_the_layout(folder, config, layout):
    config.write_bytes(layout.encode())
    place = add(config)
    assert (place.name, place.url, place.file) == ("New", NEW, str(config))
    changed = config.read_bytes().decode()
    assert NEW in changed.splitlines()[place.line - 1]
    assert changed.count("\r\n") == (changed.count("\n") if "\r" in layout else 0)
    remove(folder, NEW)
    assert NEW not in [each.url for each in listed_sources(folder.load())]
    if "- " in layout:
        assert config.read_bytes() == layout.encode()


def test_a_list_that_only_an_alias_stands_for_is_left_to_a_person(config):
    text = "x-all: &all [https://a.example/]\nsources: *all\n"
    config.write_text(text)
    with pytest.raises(UnreachableError, match=f"refers to an anchor(.|\n)*url: {NEW}"):
        add(config)
    assert config.read_text() == text


def test_a_list_that_something_else_uses_too_is_left_to_a_person(config):
    text = "x-a: &a\n  sources:\n    - https://a.example/\n<<: *a\n"
    config.write_text(text)
    with pytest.raises(UnreachableError, match="would change what else"):
        add(config)
    assert config.read_text() == text


def test_an_entry_that_others_refer_to_is_not_removed(folder, config):
    text = f"sources:\n  - &a {{url: {NEW}, every: 1h}}\n  - {{<<: *a, url: https://b.example/}}\n"
    config.write_text(text)
    with pytest.raises(UsageError, match="no anchor"):
        remove(folder, NEW)
    assert config.read_text() == text


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ({"url": NEW, "every": "10"}, "10 of what"),
        ({"url": NEW, "name": "A"}, "another source has this name"),
        ({"url": "https://A.example/#x"}, "given twice"),
        ({"url": NEW, "language": "english!"}, "language code"),
    ],
)
def test_what_would_not_be_valid_is_not_written(config, entry, words):
    text = "sources:\n  - {url: https://a.example/, name: A}\n"
    config.write_text(text)
    with pytest.raises(UsageError, match=words):
        add(config, entry)
    assert config.read_text() == text


def test_a_wrong_configuration_is_told_as_such(config):
    config.write_text("sorces: []\n")
    with pytest.raises(ConfigError):
        add(config)


# --- the file -----------------------------------------------------------------------------------


def test_a_read_only_file_stays_as_it_is(config):
    config.write_text(LIST)
    config.chmod(0o444)
    with pytest.raises(UnreachableError, match="read-only"):
        add(config)
    assert config.read_text() == LIST


def test_the_mode_of_a_file_and_a_link_to_it_stay(folder, config):
    real = folder.write("real/mine.yaml", LIST)
    real.chmod(0o640)
    config.symlink_to(real)
    add(config)
    assert config.is_symlink()
    assert stat.S_IMODE(real.stat().st_mode) == 0o640
    assert NEW in real.read_text()
    assert [each.name for each in real.parent.iterdir()] == ["mine.yaml"]


def test_new_sources_join_the_first_file_that_has_some(folder, config):
    folder.write("feeds.opml", "<opml><outline xmlUrl='https://o.example/'/></opml>")
    more = folder.write("feeds.yaml", LIST)
    loaded = folder.load("include: [feeds.opml, feeds.yaml]\n")
    assert Path(home_of_sources(loaded)).name == "feeds.yaml"
    assert Path(add(config).file).name == "feeds.yaml"
    remove(folder, "https://a.example/")
    assert more.read_text() == f"sources:\n  - url: {NEW}\n    name: New\n"


def test_a_source_that_is_switched_off_is_listed_and_can_be_removed(folder, config):
    config.write_text(f"{LIST}  - {{url: https://b.example/, enabled: no, name: B}}\n")
    assert find_source(folder.load(), "B").line == 3
    remove(folder, "B")
    assert config.read_text() == LIST


# --- a file of their own ------------------------------------------------------------------------


def add_own(config, path, *urls):
    add_file(load(config, environ={}), path, urls, head="# new\n", environ={})


def test_a_new_file_is_included(folder, config):
    config.write_text("include: a.yaml   # mine\n")
    folder.write("a.yaml", LIST)
    add_own(config, folder.path / "b.yaml", NEW)
    assert config.read_text() == "include: [a.yaml, b.yaml]   # mine\n"
    assert (folder.path / "b.yaml").read_text() == f"# new\nsources:\n  - {NEW}\n"
    assert len(folder.load().settings.sources) == 2


def test_a_new_file_that_a_pattern_includes_needs_no_line(folder, config):
    config.write_text("include: more.d/*.yaml\n")
    (folder.path / "more.d").mkdir()
    add_own(config, folder.path / "more.d" / "b.yaml", NEW)
    assert config.read_text() == "include: more.d/*.yaml\n"


@pytest.mark.parametrize("url", ["https://a.example/", "ftp://b.example/"])
def test_a_new_file_that_would_not_be_valid_is_not_there(folder, config, url):
    config.write_text(LIST)
    with pytest.raises(UsageError):
        add_own(config, folder.path / "b.yaml", url)
    assert not (folder.path / "b.yaml").exists()
    assert config.read_text() == LIST


def test_a_file_that_is_there_is_not_overwritten(folder, config):
    config.write_text(LIST)
    folder.write("b.yaml", "poll: {}\n")
    with pytest.raises(UnreachableError):
        add_own(config, folder.path / "b.yaml", NEW)
    assert (folder.path / "b.yaml").read_text() == "poll: {}\n"
