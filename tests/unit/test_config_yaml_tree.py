"""YAML becomes texts with places, by either parser; what could blow up or surprise is refused."""

import pytest
import yaml

from monitor.config.tree import MappingNode, ScalarNode, SequenceNode, TextFile, find
from monitor.config.yaml_read import read_yaml

LOADERS = [pytest.param(yaml.CSafeLoader, id="c"), pytest.param(yaml.SafeLoader, id="pure")]


@pytest.fixture(params=LOADERS)
def read(request):
    return lambda text: read_yaml(TextFile("a.yaml", text), request.param)


def texts(node):
    if isinstance(node, ScalarNode):
        return node.text
    if isinstance(node, SequenceNode):
        return [texts(item) for item in node.items]
    return {key: texts(value) for key, (_, value) in node.entries.items()}


def codes(tree):
    return [str(problem.code) for problem in tree.problems]


@pytest.mark.parametrize(
    "text", ["NO", "no", "12:30", "010", "1.10", "2026", "2026-01-03", "null", "~", "0x1F", "1e3"]
)
def test_a_text_without_quotes_stays_text(read, text):
    assert texts(read(f"country: {text}\n").root) == {"country": text}


def test_places_point_at_what_is_written(read):
    root = read("a:\n  - b: [x, 'y z']\n    c: |\n      long\n").root
    item = find(root, ("a", 0, "b", 1))
    assert (item.line, item.column, item.end_line, item.end_column) == (1, 11, 1, 16)
    block = find(root, ("a", 0, "c"))
    assert (block.line, block.column) == (2, 7)


def test_columns_count_characters_whatever_their_bytes(read):
    root = read("a: ['马杜罗', 😀, Мадуро: x]\n").root
    assert find(root, ("a", 2, "Мадуро")).column == 22


def test_an_empty_file_and_one_of_comments_are_empty_mappings(read):
    for text in ("", "# nothing\n", "---\n"):
        tree = read(text)
        assert (texts(tree.root), tree.problems) == ({}, ())


def test_an_alias_brings_the_node_at_its_own_place(read):
    root = read("x-a: &a [one]\nb: *a\n").root
    assert find(root, ("b", 0)) is find(root, ("x-a", 0))


def test_a_merge_brings_what_is_not_given_and_the_first_of_several_wins(read):
    text = "x: &x {a: 1, b: 1}\ny: &y {b: 2, c: 2}\nz: {<<: [*x, *y], c: 3}\n"
    assert texts(find(read(text).root, ("z",))) == {"a": "1", "b": "1", "c": "3"}


def test_quotes_make_a_merge_sign_an_ordinary_name(read):
    assert texts(read("'<<': x\n").root) == {"<<": "x"}


def test_each_duplicate_is_told_and_the_first_one_counts(read):
    tree = read("a: 1\nb: 1\na: 2\nb: 2\n")
    assert texts(tree.root) == {"a": "1", "b": "1"}
    assert [(problem.line, problem.help) for problem in tree.problems] == [
        (3, "first given on line 1; YAML would silently keep the last one"),
        (4, "first given on line 2; YAML would silently keep the last one"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "!!python/object/apply:os.system [id]",
        "!!binary aGk=",
        "!!str a",
        "!secret x",
        "!include a.yaml",
    ],
)
def test_no_tag_is_let_in(read, text):
    assert codes(read(f"a: {text}\n")) == ["tag"]


@pytest.mark.parametrize(
    ("text", "severity", "column"),
    [
        ("a:\n  - &Maduro speaks\n", "error", 5),
        ("a: [&Maduro]\n", "error", 5),
        ("a: &slow speaks\n", "warning", 4),
        ("a: [&slow {b: c}]\n", "warning", 5),
    ],
)
def test_an_anchor_nobody_refers_to_is_a_warning_and_in_place_of_a_text_an_error(
    read, text, severity, column
):
    (problem,) = read(text).problems
    assert (problem.severity, problem.code, problem.column) == (severity, "unused-anchor", column)


@pytest.mark.parametrize("brackets", ["[]", "{}"])
def test_deep_nesting_ends_in_an_error_and_not_in_a_crash(read, brackets):
    opening = brackets[0] if brackets == "[]" else "{a: "
    assert codes(read("a: " + opening * 100_000)) in (["too-deep"], ["not-yaml"])
    assert codes(read("a: " + opening * 31 + brackets[1] * 31)) == []
    assert codes(read("a: " + opening * 32 + brackets[1] * 32)) == ["too-deep"]


def test_deep_nesting_by_indentation_is_refused_too(read):
    text = "".join(" " * depth + "a:\n" for depth in range(200))
    assert codes(read(text)) == ["too-deep"]


def test_deep_nesting_by_aliases_is_refused_too(read):
    text = "a0: &a0 [x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}]\n" for n in range(1, 900))
    assert codes(read(text)) == ["too-deep"]


def test_an_alias_bomb_is_refused(read):
    text = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n"
    text += "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 9))
    assert codes(read(text)) == ["too-large"]


def test_a_merge_bomb_is_refused(read):
    wide = ", ".join(f"k{n}: v" for n in range(1_000))
    text = f"a0: &a0 {{{wide}}}\n"
    text += "".join(f"a{n}: &a{n} {{<<: [{', '.join(['*a0'] * 50)}]}}\n" for n in range(1, 9))
    assert codes(read(text)) == ["too-large"]


def test_too_many_aliases_are_refused(read):
    text = "a: &a x\nb:\n" + "  - *a\n" * 1_001
    assert codes(read(text)) == ["too-large"]
    assert codes(read("a: &a x\nb:\n" + "  - *a\n" * 1_000)) == []


SLIPS = [
    ("a tab as indent", "a:\n\tb: 1\n", 2, 1, "indent with spaces, not tabs"),
    ("a tab before a dash", "a:\n  - x\n\t- y\n", 3, 1, "indent with spaces, not tabs"),
    ("a colon in a value", "a: Breaking: airspace closed\n", 1, 12, '"Breaking: airspace closed"'),
    ("a star and no name", "a:\n  - *\n", 2, 5, 'write "*"'),
    ("a star before words", "a:\n  - *maduro cigars\n", 2, 5, 'write "*maduro cigars"'),
    ("stars in a line", "a: [*maduro*]\n", 1, 5, 'write "*maduro*"'),
    ("an ampersand alone", "a:\n  - & sons\n", 2, 5, 'write "& sons"'),
    ("an at sign", "a:\n  - @desk\n", 2, 5, 'write "@desk"'),
    ("a percent sign", "a:\n  - %x\n", 2, 5, 'write "%x"'),
    ("a backquote", "a: `x`\n", 1, 4, 'write "`x`"'),
    ("a greater-than sign", "a:\n  - >foo\n", 2, 5, 'write ">foo"'),
    ("words after quotes", 'a:\n  - "no-fly zone" closed\n', 2, 19, "'\"no-fly zone\" closed'"),
    ("an apostrophe in single quotes", "a: 'it's'\n", 1, 8, "written twice"),
    ("an open quote", 'a: "xyz\nb: 1\n', 1, 4, "close it"),
    ("an open bracket", "a: [x, y\nb: 1\n", 1, 4, "write ] at its end"),
    ("an open brace", "a: {x: 1\nb: 1\n", 1, 4, "write } at its end"),
    ("a brace in a list", "a: [b}]\n", 1, 6, "close with ]"),
    ("a reference in braces", "a: {type: slack, url: ${X}}\n", 1, 23, 'write "${X}"'),
    ("no space after a colon", "a:\n  b:1\n  c: 2\n", 2, 3, "write b: 1"),
    ("a line without a colon", "a: 1\nfoo\nb: 2\n", 2, 1, "name: value"),
    ("uneven names", "a:\n    b: 1\n  c: 2\n", 3, 3, "below each other"),
    ("uneven dashes", "a:\n  - x\n - y\n", 3, 2, "below each other"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "line", "column", "advice"), [pytest.param(*case[1:], id=case[0]) for case in SLIPS]
)
def test_a_slip_in_the_yaml_is_explained(read, text, line, column, advice):
    (problem,) = read(text).problems
    assert (problem.code, problem.line, problem.column) == ("not-yaml", line, column), problem
    assert advice in problem.help, problem


def test_a_backslash_in_double_quotes_is_explained(read):
    (problem,) = read('a: "C:\\dir"\n').problems
    assert "single quotes" in problem.help


def test_what_was_read_before_a_slip_is_not_half_a_configuration(read):
    tree = read("a: 1\nb: [\n")
    assert isinstance(tree.root, MappingNode)
    assert not tree.root.entries


@pytest.mark.parametrize(
    "line",
    [
        "secret: whsec_abcdef: x",
        'url: "https://hooks.slack.com/services/T0/B0/abcdef" x',
        "- {user: a, password: abcdef: b}",
        "  X-Api-Key: abcdef: b",
        "token: [abcdef",
    ],
)
def test_a_line_that_is_no_yaml_does_not_show_its_secret(read, line):
    (problem,) = read(f"a:\n  {line}\n").problems
    assert "abcdef" not in str(problem)
    assert "•" in problem.source_line


def test_a_secret_given_twice_is_not_shown(read):
    (problem,) = read("a:\n  token: abcdef\n  token: ghijkl\n").problems
    assert "ghijkl" not in str(problem)
