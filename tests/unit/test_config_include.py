"""Several files make one configuration; nothing outside its folder is read."""

import os

import pytest
from config_builders import FEED, Folder, marked

from monitor.config.inputs import MAX_BYTES
from monitor.config.load import load
from monitor.config.unread import store_url
from monitor.errors import ConfigError


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "etc").mkdir()
    return Folder(tmp_path / "etc")


def names(loaded):
    return sorted(watchlist.name for watchlist in loaded.settings.watchlists)


def test_sections_of_all_files_are_put_together(folder):
    folder.write(
        "lists/a.yaml", f"sources: [{FEED}]\nwatchlists: {{a: [a1]}}\nlog: {{level: debug}}\n"
    )
    folder.write("lists/b.yaml", "watchlists: {b: [entity: maduro]}\n")
    loaded = folder.load(
        "include: [lists/*.yaml]\nentities: {maduro: {name: Maduro}}\nlog: {format: json}\n"
    )
    assert names(loaded) == ["a", "b"]
    assert (loaded.settings.log.level, loaded.settings.log.format) == ("debug", "json")
    assert [source.url for source in loaded.settings.sources] == [FEED]


def test_what_a_wildcard_finds_and_is_no_file_is_told(folder):
    folder.write("d/a.yaml", "watchlists: {a: [a1]}\n")
    (folder.path / "d/lost.yaml").symlink_to("nowhere.yaml")
    (folder.path / "d/folder.yaml").mkdir()
    (folder.path / "d/folder").mkdir()
    os.mkfifo(folder.path / "d/pipe.yaml")
    loaded = folder.load("include: d/*\n")
    assert names(loaded) == ["a"]
    told = [each.message for each in loaded.warnings if each.code == "unreadable"]
    assert told == [
        "“d/folder.yaml” is passed over: it is a folder",
        "“d/lost.yaml” is passed over: it is a link that leads nowhere",
        "“d/pipe.yaml” is passed over: it is not a plain file",
    ]


def test_a_file_of_bytes_is_refused_without_them(folder):
    (folder.path / "a.yaml").write_bytes(b"\x89PNG\r\n\x1a\n\0\0\xff")
    [problem] = folder.problems("include: a.yaml\n")
    assert (problem.code, problem.line, problem.source_line) == ("not-utf-8", 0, "")


def test_a_pipe_is_no_configuration_and_nobody_waits_for_it(folder):
    path = folder.path / "config.yaml"
    os.mkfifo(path)
    with pytest.raises(ConfigError) as wrong:
        load(path, environ={})
    [problem] = wrong.value.problems
    assert (problem.code, problem.message) == ("unreadable", "this is not a plain file")
    assert store_url(path, environ={}) is None


def test_every_file_read_is_listed_and_each_byte_changes_the_digest(folder):
    folder.write("a.yaml", "watchlists: {a: [a1]}\n")
    first = folder.load("include: a.yaml\n").settings
    assert [path.name for path in first.files] == ["config.yaml", "a.yaml"]
    folder.write("a.yaml", "watchlists: {a: [a1]} \n")
    second = folder.load().settings
    assert first.digest != second.digest
    assert len(second.digest) == 32


def test_a_name_in_an_included_file_is_relative_to_that_file(folder):
    folder.write("lists/a.yaml", "include: [deeper/b.yaml, ../c.yaml]\n")
    folder.write("lists/deeper/b.yaml", "watchlists: {b: [b1]}\n")
    folder.write("c.yaml", "watchlists: {c: [c1]}\n")
    assert names(folder.load("include: lists/a.yaml\n")) == ["b", "c"]


def test_a_file_that_two_patterns_find_is_read_once(folder):
    folder.write("a.yaml", "watchlists: {a: [a1]}\n")
    assert names(folder.load("include: ['*.yaml', a.yaml, '?.yaml']\n")) == ["a"]


def test_the_same_name_in_two_files_is_told_with_both_places(folder):
    folder.write("a.yaml", "watchlists:\n  w: [a1]\nlog: {level: info}\nnotify: console\n")
    text = "include: a.yaml\nwatchlists: {w: [b1]}\nlog: {level: debug}\nnotify: [console]\n"
    problems = folder.problems(text)
    assert [(str(each.code), each.line, each.column) for each in problems] == [
        ("duplicate-name", 2, 3),
        ("duplicate-option", 3, 7),
        ("duplicate-option", 4, 1),
    ]
    assert {each.file for each in problems} == {str(folder.path / "a.yaml")}
    assert problems[0].help == f"first at {folder.path}/config.yaml:2:14"


def test_a_source_in_two_files_is_told_with_both_places(folder):
    folder.write("a.yaml", f"sources: [{FEED}]\n")
    problem = folder.problem(f"include: a.yaml\nsources: [{FEED}]\n")
    assert problem.code == "duplicate-source"
    assert problem.help == f"first at {folder.path}/config.yaml:2:11"


def test_a_pattern_without_a_file_is_a_warning(folder):
    assert folder.warned(
        f"include: ['lists/*.yaml']\nsources: [{FEED}]\nwatchlists: {{w: [a1]}}\n"
    ) == [("include-nothing", 1, 11)]


def test_files_that_include_each_other_are_refused(folder):
    folder.write("a.yaml", "include: b.yaml\n")
    folder.write("b.yaml", "include: a.yaml\n")
    problem = folder.problem("include: a.yaml\n")
    assert (problem.code, problem.file) == ("include-cycle", str(folder.path / "b.yaml"))
    assert problem.help == "config.yaml → a.yaml → b.yaml → a.yaml"


@pytest.mark.parametrize(
    "pattern", ["../secret.yaml", "../*.yaml", "{outside}", "lists/../../secret.yaml"]
)
def test_nothing_outside_the_folder_is_read(folder, pattern):
    outside = folder.write("../secret.yaml", "watchlists: {stolen: [a1]}\n")
    problem = folder.problem(f"include: ['{pattern.format(outside=outside.resolve())}']\n")
    assert problem.code == "include-outside"


def test_a_link_out_of_the_folder_is_refused(folder):
    outside = folder.write("../secret.yaml", "watchlists: {stolen: [a1]}\n")
    (folder.path / "linked.yaml").symlink_to(outside)
    (folder.path / "lists").symlink_to(outside.parent)
    for name in ("linked.yaml", "lists/secret.yaml", "lists/*.yaml", "*.yaml"):
        assert folder.problem(f"include: {name!r}\n").code == "include-outside"


def test_links_inside_the_folder_are_followed_as_kubernetes_lays_them(folder):
    folder.write("..2026/config.yaml", "include: lists/*.yaml\n")
    folder.write("lists/..2026/a.yaml", "watchlists: {a: [a1]}\n")
    (folder.path / "..data").symlink_to("..2026")
    (folder.path / "config.yaml").symlink_to("..data/config.yaml")
    (folder.path / "lists/a.yaml").symlink_to("..2026/a.yaml")
    assert names(folder.load()) == ["a"]


def test_a_folder_a_pipe_and_a_name_too_long_are_no_files(folder):
    folder.write("lists/a.yaml", "")
    os.mkfifo(folder.path / "pipe.yaml")
    problems = folder.problems(
        f"include:\n  - lists\n  - pipe.yaml\n  - {'x' * 5_000}\n  - '*.yaml'\n"
    )
    assert [(str(each.code), each.line) for each in problems] == [
        ("unreadable", 2),
        ("unreadable", 3),
        ("unreadable", 4),
        ("unreadable", 5),  # only doubtful
    ]
    assert "lists/*.yaml" in problems[0].help


def test_a_loop_of_links_is_an_error(folder):
    (folder.path / "a.yaml").symlink_to("a.yaml")
    assert folder.problem("include: a.yaml\n").code in {"unreadable", "include-nothing"}


def test_a_file_too_large_is_refused_unparsed(folder):
    os.truncate(folder.write("big.yaml", "a: [\n"), MAX_BYTES + 1)
    assert folder.problem("include: big.yaml\n").code == "too-large"


def test_no_more_than_a_thousand_files_are_read(folder):
    for number in range(1_000):
        folder.write(f"lists/{number:04}.yaml", "")
    problem = folder.problem("include: lists/*.yaml\n")
    assert (problem.code, problem.line) == ("too-large", 1)


def test_text_that_is_not_utf_8_is_refused_at_its_place(folder):
    folder.write("latin.yaml", "watchlists:\n  w: [a\xf1o]\n".encode("latin-1"))
    problem = folder.problem("include: latin.yaml\n")
    assert (problem.code, problem.line, problem.column) == ("not-utf-8", 2, 8)


def test_a_byte_order_mark_is_taken(folder):
    folder.write("config.yaml", b"\xef\xbb\xbfwatchlists: {w: [ab*]}\n")
    assert [marked(each) for each in folder.problems()] == ["ab*"]


OPML = """\
<?xml version="1.0" encoding="UTF-8"?>
<opml version="2.0">
  <head><title>Feeds</title></head>
  <body>
    <outline text="World">
      <outline type="rss" text="Wire" xmlUrl="https://wire.example/feed.xml" language="en"/>
      <outline type="rss" text="Copy" xmlUrl="https://copy.example/a"/>
      <outline type="rss" text="Copy" xmlUrl="https://copy.example/b"/>
    </outline>
    <outline text="Broken" xmlUrl="{broken}"/>
  </body>
</opml>
"""


def test_an_opml_file_adds_sources_with_their_folders_as_tags(folder):
    folder.write("feeds.opml", OPML.format(broken="https://x.example/a"))
    sources = {
        source.url: source for source in folder.load("include: feeds.opml\n").settings.sources
    }
    wire = sources["https://wire.example/feed.xml"]
    assert (wire.name, wire.tags, wire.language) == ("Wire", {"World"}, "en")
    assert sources["https://copy.example/a"].name == "copy.example/a"


def test_nothing_is_replaced_in_an_opml_file(folder):
    folder.write(
        "feeds.opml", OPML.format(broken="https://x.example/").replace("Broken", "${HOME}")
    )
    settings = folder.load("include: feeds.opml\n").settings
    assert "${HOME}" in {source.name for source in settings.sources}


def test_what_is_wrong_in_an_opml_file_is_told_at_its_line(folder):
    folder.write("feeds.opml", OPML.format(broken="feed.example.org/rss"))
    problem = folder.problem("include: feeds.opml\n")
    assert (problem.code, problem.line, problem.column) == ("bad-address", 10, 5)
    assert problem.file.endswith("feeds.opml")


def test_an_opml_file_that_is_cut_off_is_refused_lest_sources_be_dropped(folder):
    whole = OPML.format(broken="https://x.example/")
    folder.write("feeds.opml", whole[: whole.index("</opml>")])
    problem = folder.problem("include: feeds.opml\n")
    assert (problem.code, problem.line) == ("bad-opml", 11)
    assert "cut off" in problem.message


@pytest.mark.parametrize(
    "text", ["<opml>", "<rss/>", "{}", "<!DOCTYPE opml [<!ENTITY a 'b'>]><opml/>"]
)
def test_a_document_that_is_no_opml_is_refused(folder, text):
    folder.write("feeds.opml", text)
    assert folder.problem("include: feeds.opml\n").code == "bad-opml"
