"""Laws of the loader: it never crashes, never loses a byte, never points beside what is meant."""

import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from xml.sax.saxutils import quoteattr

import pytest
import yaml
from config_builders import Folder, marked
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.config.editing import append_items, remove_item
from monitor.config.naming import default_names
from monitor.config.tree import MappingNode, ScalarNode, SequenceNode, TextFile
from monitor.config.values import read_duration, write_duration
from monitor.config.yaml_read import read_yaml
from monitor.errors import ConfigError
from monitor.feeds.opml import OpmlError, Outline, read_opml
from monitor.feeds.opml.write import write_opml

SHIPPED = (Path(__file__).parents[2] / "config.yaml").read_text(encoding="utf-8")

# What YAML and our files are made of, so that random texts get past the first character.
SCRAPS = [
    *"[]{}:,-?!&*|>%@`#'\"\\\n\t ~=/$",
    ": ", "- ", "\n  ", "\n    ", "<<: ", "&a ", "*a", "!!str ", "--- ", "${X}", "${X:-y}", "$${",
    "${file:x}", "sources", "url", "https://a.example/", "entities", "name", "watchlists", "match",
    "any", "all", "none", "entity", "notifiers", "type", "slack", "webhook", "secret", "notify",
    "poll", "min", "15m", "include", "*.yaml", "tests", "web", "listen", "x-a", "ab*", "=US", "/a(/",
    "马杜罗", "é", "\ufeff", "\u2028", "\x85", "\U0001f600", "yes", "1", "off",
]  # fmt: skip
scrappy = st.lists(st.sampled_from(SCRAPS), max_size=60).map("".join)


@st.composite
def damaged(draw):
    """The shipped file with a piece cut out and another put in."""
    start = draw(st.integers(0, len(SHIPPED)))
    end = draw(st.integers(start, min(len(SHIPPED), start + 80)))
    return SHIPPED[:start] + draw(scrappy) + SHIPPED[end:]


anything = st.binary(max_size=300) | (scrappy | damaged()).map(str.encode)


@pytest.fixture(scope="module")
def folder():
    with tempfile.TemporaryDirectory() as name:
        yield Folder(Path(name), {"X": "y"})


@settings(max_examples=100, deadline=None)
@given(data=anything)
def test_the_loader_raises_only_config_error_and_points_into_the_file(folder, data):
    try:
        problems = folder.load(data).warnings
    except ConfigError as error:
        problems = error.problems
    assert all(map(str, problems))
    lines = data.decode("utf-8-sig", "replace")
    for problem in problems:
        if problem.line:
            last = len(TextFile("", lines).lines)
            assert 1 <= problem.line <= last
            assert 1 <= problem.column < problem.end_column
            assert problem.column <= len(problem.source_line) + 1
    assert list(problems) == sorted(problems, key=lambda each: (each.line, each.column))


SPECIAL = "".join(chr(code) for code in (*range(32), 127) if chr(code) not in "\t\n")
values = st.text(st.characters(exclude_categories=["Cs"], exclude_characters=SPECIAL), max_size=60)


@settings(max_examples=100, deadline=None)
@given(value=values, written=st.sampled_from(['"${V}"', "'${V}'", "${V}", "|-\n      ${V}"]))
def test_a_value_arrives_through_a_reference_as_it_is(folder, value, written):
    folder.environ["V"] = value
    loaded = folder.load(f"watchlists:\n  w:\n    match: [a1]\n    description: {written}\n")
    assert loaded.settings.watchlists[0].description == value


@settings(max_examples=50, deadline=None)
@given(value=values)
def test_a_file_arrives_as_it_is_but_for_its_last_line_end(folder, value):
    folder.write("value", f"{value}\n".encode())
    loaded = folder.load("watchlists: {w: {match: [a1], description: '${file:value}'}}\n")
    assert loaded.settings.watchlists[0].description == value


# --- places -------------------------------------------------------------------------------------

words = st.text(
    st.characters(categories=["L", "N", "P", "S", "Zs"], include_characters="éß马😀\u0301"),
    min_size=1,
    max_size=12,
)
trees = st.dictionaries(
    words,
    st.recursive(
        words,
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(words, inner, max_size=4),
        max_leaves=15,
    ),
    max_size=5,
)


def scalars(node):
    if isinstance(node, ScalarNode):
        yield node
    elif isinstance(node, SequenceNode):
        for item in node.items:
            yield from scalars(item)
    else:
        for key, value in node.entries.values():
            yield key
            yield from scalars(value)


def plain(node):
    if isinstance(node, MappingNode):
        return {key: plain(value) for key, (_, value) in node.entries.items()}
    return [plain(item) for item in node.items] if isinstance(node, SequenceNode) else node.text


def outline(node):
    return [(each.line, each.column, each.end_line, each.end_column) for each in scalars(node)]


@settings(max_examples=100, deadline=None)
@given(
    tree=trees,
    flow=st.sampled_from([True, False, None]),
    style=st.sampled_from([None, '"', "'"]),
    width=st.sampled_from([20, 1_000]),
)
def test_each_place_holds_its_text_and_both_parsers_agree(tree, flow, style, width):
    text = yaml.dump(
        tree, allow_unicode=True, default_flow_style=flow, default_style=style, width=width
    )
    # Texts that YAML reads as another type get quotes from dump; tags only where a style asks.
    file = TextFile("a.yaml", text)
    fast, slow = read_yaml(file, yaml.CSafeLoader), read_yaml(file, yaml.SafeLoader)
    assert fast.problems == slow.problems == ()
    assert plain(fast.root) == plain(slow.root) == tree
    assert outline(fast.root) == outline(slow.root)
    for node in scalars(fast.root):
        if node.line == node.end_line:
            written = file.lines[node.line][node.column : node.end_column]
            assert yaml.safe_load(f"- {written}\n") == [node.text] or written == node.text


@settings(max_examples=100, deadline=None)
@given(scrap=scrappy.filter(lambda text: not {"\t", "\ufeff"} & set(text)))
def test_both_parsers_refuse_the_same_texts_but_for_tabs_and_byte_order_marks(scrap):
    file = TextFile("a.yaml", scrap)
    fast, slow = read_yaml(file, yaml.CSafeLoader), read_yaml(file, yaml.SafeLoader)
    assert (
        bool(fast.problems) == bool(slow.problems)
        or fast.root.entries.keys() == slow.root.entries.keys()
    )


MAPPINGS = [
    "{}",
    "poll: {{{}}}",
    "sources: [{{url: 'https://a.example/', {}}}]",
    "sources:\n  - url: https://a.example/\n    auth:\n      user: a\n      {}",
    "entities:\n  马杜罗:\n    name: 马杜罗\n    {}",
    "watchlists: {{w: {{match: [a1], tests: {{match: [{{title: a, {}}}]}}}}}}",
    "watchlists:\n  w:\n    sources: {{{}}}\n    match: [a1]",
    "notifiers: {{n: {{type: slack, url: 'https://a.example/', {}}}}}",
]


@settings(max_examples=100, deadline=None)
@given(
    frame=st.sampled_from(MAPPINGS),
    name=st.from_regex(r"zz[a-zé马]{0,8}", fullmatch=True),
    comments=st.integers(0, 3),
)
def test_an_unknown_option_is_underlined_wherever_it_stands(folder, frame, name, comments):
    problem = folder.problem("# more\n" * comments + frame.format(f"{name}: [x]") + "\n")
    assert (problem.code, marked(problem)) == ("unknown-option", name)


# --- smaller laws -------------------------------------------------------------------------------


@given(seconds=st.integers(1, 10**9))
def test_a_duration_survives_being_written_and_read(seconds):
    assert read_duration(write_duration(timedelta(seconds=seconds))) == timedelta(seconds=seconds)


urls = st.builds(
    "{}://{}/{}{}".format,
    st.sampled_from(["http", "https"]),
    st.sampled_from(["a.example", "www.a.example", "b.example:81"]),
    st.lists(st.sampled_from(["rss", "news", "feed.xml", "world.rss", "%D0%B0"])).map("/".join),
    st.sampled_from(["", "?id=1", "?id=2"]),
)


@given(
    found=st.lists(urls, unique=True, max_size=12),
    taken=st.sets(st.sampled_from(["a.example", "a.example/news", "b.example:81"])),
)
def test_default_names_are_all_different_and_none_is_taken(found, taken):
    names = default_names(found, taken=taken)
    assert set(names) == set(found)
    assert len(set(names.values())) == len(found)
    assert not taken & set(names.values())
    assert all(names.values())


SECTIONS = {
    "sources": "sources: [https://a.example/, {url: 'https://b.example/', name: B}]",
    "entities": "entities: {maduro: {name: Maduro}}",
    "a": "watchlists: {a: [a1, entity: maduro]}",
    "b": "watchlists: {b: {match: [b1], notify: desk}}",
    "notifiers": "notifiers: {desk: {type: console}}",
    "notify": "notify: [desk]",
    "min": "poll: {min: 1m}",
    "max": "poll: {max: 2h}",
}


@settings(max_examples=40, deadline=None)
@given(
    parts=st.lists(st.sampled_from(["x", "y", "z"]), min_size=len(SECTIONS), max_size=len(SECTIONS))
)
def test_it_does_not_matter_in_which_file_a_section_stands(folder, parts):
    texts = {"x": "include: [y.yaml, z.yaml]\n", "y": "", "z": ""}
    for part, section in zip(parts, SECTIONS.values(), strict=True):
        known = section.partition(":")[0]
        if f"\n{known}:" in f"\n{texts[part]}":
            return  # the same section twice in one file is another mistake
        texts[part] += f"{section}\n"
    for name in "yz":
        folder.write(f"{name}.yaml", texts[name])
    loaded = folder.load(texts["x"]).settings
    assert {source.url for source in loaded.sources} == {"https://a.example/", "https://b.example/"}
    assert {(each.name, each.notify) for each in loaded.watchlists} == {
        ("a", ("desk",)),
        ("b", ("desk",)),
    }
    assert (loaded.poll.min, loaded.poll.max) == (timedelta(minutes=1), timedelta(hours=2))


# --- editing ------------------------------------------------------------------------------------

ITEMS = [
    "- https://{n}.example/",
    "-   https://{n}.example/   # a comment",
    "- url: https://{n}.example/\n    # inside\n    name: N {n}\n    # below",
    "-\n    url: https://{n}.example/\n\n    tags: [a,\n      b]",
    "- {{url: https://{n}.example/, name: N {n}}}\n\n  # before the next",
    "- url: |-\n      https://{n}.example/",
    "- url: >-\n      https://{n}.example/\n    language: en\n",
    "- {{url: 'https://{n}.example/',\n     name: \"N: {n}\"}}",
]
block_lists = st.builds(
    lambda items, before, after, line_end: (
        f"{before}sources:\n"
        + "".join(f"  {item.format(n=n)}\n" for n, item in enumerate(items))
        + after
    ).replace("\n", line_end),
    st.lists(st.sampled_from(ITEMS), min_size=1, max_size=6),
    st.sampled_from(["", "# é马😀\n", "poll: {min: 1m}\n\n", "x-a: |\n  sources:\n    - a\n"]),
    st.sampled_from(["", "\n# end\n", "notify: console\n", "\n\nlog:\n  level: debug"]),
    st.sampled_from(["\n", "\r\n"]),
)
flow_lists = st.builds(
    lambda count, comma, gap, end: (
        "sources: ["
        + f",{gap}".join(f"'https://{n}.example/'" for n in range(count))
        + ("," if comma and count else "")
        + f"{end}] # all\nlog: {{level: debug}}\n"
    ),
    st.integers(0, 4),
    st.booleans(),
    st.sampled_from(["", " ", "\n  ", " # about it\n    "]),
    st.sampled_from(["", " ", "\n", " # last\n"]),
)
NEW = "https://new.example/"


def listed(text):
    """What is read as the sources of a text, and all the rest."""
    tree = read_yaml(TextFile("a.yaml", text))
    assert tree.problems == ()
    root = plain(tree.root)
    return root.pop("sources", []) or [], root


@settings(max_examples=100, deadline=None)
@given(text=block_lists | flow_lists, name=words)
def test_an_added_source_is_the_last_and_all_else_stays(text, name):
    entry = {"url": NEW, "name": name}
    before, rest = listed(text)
    assert listed(append_items(text, "sources", [entry])) == ([*before, entry], rest)


@settings(max_examples=100, deadline=None)
@given(text=block_lists)
def test_adding_only_puts_something_in(text):
    changed = append_items(text, "sources", [NEW])
    at = changed.index(NEW)
    start = changed.rindex("\n", 0, at) + 1
    assert changed[:start] + changed[changed.index("\n", at) + 1 :] == text


@settings(max_examples=100, deadline=None)
@given(text=block_lists | flow_lists, data=st.data())
def test_what_is_removed_is_that_item_alone(text, data):
    before, rest = listed(text)
    if before:
        at = data.draw(st.integers(0, len(before) - 1))
        assert listed(remove_item(text, "sources", at)) == (before[:at] + before[at + 1 :], rest)


@settings(max_examples=100, deadline=None)
@given(text=block_lists)
def test_what_was_added_can_be_removed_again(text):
    changed = append_items(text, "sources", [NEW])
    assert remove_item(changed, "sources", len(listed(changed)[0]) - 1) == text


@settings(max_examples=100, deadline=None)
@given(name=values.filter(str.isprintable), flow=st.booleans())
def test_any_text_is_read_as_it_was_written(folder, name, flow):
    text = "sources: []\n" if flow else "sources:\n"
    entry = {"url": "https://a.example/", "tags": [name or "-"]}
    loaded = folder.load(append_items(text, "sources", [entry]))
    assert loaded.settings.sources[0].tags == {name or "-"}


# --- OPML ---------------------------------------------------------------------------------------

MARKUP = st.lists(
    st.sampled_from(
        ["<opml>", "</opml>", "<body>", "<outline ", "text='a' ", "xmlUrl='x' ", "/>", ">",
         "</outline>", "<!DOCTYPE a>", "&amp;", "&#0;", "<?xml version='1.0'?>", "\x00", "é", "<!--"]
    ),
    max_size=20,
).map(lambda parts: "".join(parts).encode())  # fmt: skip


@settings(max_examples=100, deadline=None)
@given(data=st.binary(max_size=200) | MARKUP)
def test_reading_opml_raises_only_opml_error(data):
    line = column = 1
    try:
        read_opml(data)
    except OpmlError as error:
        line, column = error.line, error.column
    assert min(line, column) >= 1


titles = st.text(st.characters(categories=["L", "N", "P"]), min_size=1, max_size=20)


@settings(max_examples=100, deadline=None)
@given(feeds=st.dictionaries(urls, st.tuples(titles, titles), max_size=8))
def test_what_is_written_as_opml_is_read_again(feeds):
    body = "".join(
        f"<outline text={quoteattr(tag)}><outline text={quoteattr(title)} xmlUrl={quoteattr(url)}/></outline>"
        for url, (title, tag) in feeds.items()
    )
    found = read_opml(f"<opml version='2.0'><body>{body}</body></opml>".encode())
    assert {each.url: (each.title, each.tags) for each in found.feeds} == {
        url: (title, (tag,)) for url, (title, tag) in feeds.items()
    }


tags = st.text(
    st.characters(categories=["L", "N", "P", "S"], include_characters=",/<&\"'"),
    min_size=1,
    max_size=20,
)


@settings(max_examples=100, deadline=None)
@given(feeds=st.dictionaries(urls, st.tuples(titles, st.sets(tags, max_size=4)), max_size=8))
def test_what_is_exported_is_imported_again(feeds):
    given_feeds = [
        Outline(url=url, title=title, language="en", tags=tuple(sorted(said)))
        for url, (title, said) in feeds.items()
    ]
    text = write_opml(given_feeds, title="a < b", now=datetime(2026, 11, 22, tzinfo=UTC))
    found = read_opml(text.encode())
    assert {each.url: (each.title, each.language, set(each.tags)) for each in found.feeds} == {
        each.url: (each.title, "en", set(each.tags)) for each in given_feeds
    }
