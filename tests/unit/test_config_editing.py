"""A command changes a list in people's files, and nothing else in them."""

import pytest

from monitor.config.editing import EditError, append_items, remove_item

URL = "https://new.example/feed"
ENTRY = {"url": URL, "name": "New, really", "tags": ["wire", "a b"], "every": "10m"}
BLOCK = f"""\
  - url: {URL}
    name: New, really
    tags: [wire, a b]
    every: 10m
"""


def added(text, entry=URL):
    return append_items(text, "sources", [entry])


# What stands before, and after an address was added.
ADDED = [
    ("an empty file", "", f"sources:\n  - {URL}\n"),
    ("only a comment", "# mine\n", f"# mine\n\nsources:\n  - {URL}\n"),
    ("no such section", "poll: {min: 1m}", f"poll: {{min: 1m}}\n\nsources:\n  - {URL}\n"),
    ("an explicit end", "poll: {}\n...\n", f"poll: {{}}\n\nsources:\n  - {URL}\n...\n"),
    ("an empty section", "sources:\npoll: {}\n", f"sources:\n  - {URL}\npoll: {{}}\n"),
    (
        "an empty section with comments",
        "sources: # mine\n  # none yet\n\npoll: {}\n",
        f"sources: # mine\n  # none yet\n  - {URL}\n\npoll: {{}}\n",
    ),
    (
        "a list",
        "sources:\n  - a # first\n  - b\nz: 1\n",
        f"sources:\n  - a # first\n  - b\n  - {URL}\nz: 1\n",
    ),
    ("a list at the margin", "sources:\n- a\nz: 1\n", f"sources:\n- a\n- {URL}\nz: 1\n"),
    ("wide dashes", "sources:\n -   a\n", f"sources:\n -   a\n -   {URL}\n"),
    ("no last line end", "sources:\n  - a", f"sources:\n  - a\n  - {URL}\n"),
    ("Windows line ends", "sources:\r\n  - a\r\nz: 1", f"sources:\r\n  - a\r\n  - {URL}\r\nz: 1"),
    (
        "a comment on the last one",
        "sources:\n  - url: a\n    # every: 10m\n\n# next\nz: 1\n",
        f"sources:\n  - url: a\n    # every: 10m\n  - {URL}\n\n# next\nz: 1\n",
    ),
    (
        "a long text at the end",
        "sources:\n  - url: |\n      a\n\nz: 1\n",
        f"sources:\n  - url: |\n      a\n  - {URL}\n\nz: 1\n",
    ),
    (
        "a dash alone on its line",
        "sources:\n  - # mine\n    url: a\n",
        f"sources:\n  - # mine\n    url: a\n  - {URL}\n",
    ),
    (
        "anchors and aliases",
        "sources: &all\n  - &a a\n  - *a\n",
        f"sources: &all\n  - &a a\n  - *a\n  - {URL}\n",
    ),
    ("brackets", "sources: [a, b] # two\n", f'sources: [a, b, "{URL}"] # two\n'),
    ("empty brackets", "sources: []\n", f'sources: ["{URL}"]\n'),
    ("a last comma", "sources: [a,]\n", f'sources: [a, "{URL}",]\n'),
    (
        "brackets over lines",
        "sources: [\n  a, # first\n  b # last\n]\n",
        f'sources: [\n  a, # first\n  b, # last\n  "{URL}",\n]\n',
    ),
    ("JSON", '{"sources": ["a"], "poll": {}}', f'{{"sources": ["a", "{URL}"], "poll": {{}}}}'),
    ("JSON without it", '{"poll": {}}', f'{{"sources": ["{URL}"], "poll": {{}}}}'),
]


@pytest.mark.parametrize(
    ("before", "after"), [case[1:] for case in ADDED], ids=[c[0] for c in ADDED]
)
def test_an_item_is_added_in_the_way_the_list_is_written(before, after):
    assert added(before) == after


def test_an_entry_is_written_as_people_write_it():
    assert added("", ENTRY) == f"sources:\n{BLOCK}"
    assert added("sources:\n- a\n", ENTRY) == "sources:\n- a\n" + BLOCK.replace("\n  ", "\n")[2:]


def test_an_entry_in_brackets_is_written_as_json():
    wanted = '{"url": "https://a.example/", "name": "A", "tags": ["b"]}'
    entry = {"url": "https://a.example/", "name": "A", "tags": ["b"]}
    assert added("sources: []", entry) == f"sources: [{wanted}]"


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("NO", '"NO"'), ("2026", '"2026"'), ("12:30", '"12:30"'), ("null", '"null"'),
        ("a: b", '"a: b"'), ("a #b", '"a #b"'), ("- a", '"- a"'), ("“a”", '"“a”"'),
        ("Al Jazeera", "Al Jazeera"), ("Мадуро", "Мадуро"), ("BBC (World)", "BBC (World)"),
        ("${X}", '"$${X}"'), ('say "x"', '"say \\"x\\""'), ("24h news", "24h news"),
    ],
)  # fmt: skip
def test_a_text_gets_quotes_only_where_it_would_mean_something_else(text, written):
    entry = {"url": "https://a.example/", "name": text}
    assert added("", entry).splitlines()[2] == f"    name: {written}"


@pytest.mark.parametrize("text", ["sources: *all\n", "sources: &a\npoll: {}\n"])
def test_what_only_a_person_can_change_is_refused(text):
    with pytest.raises(EditError):
        added("x-all: &all [a]\n" * ("*" in text) + text)


def test_one_included_file_becomes_the_first_of_a_list():
    text = append_items("include: a.yaml # mine\n", "include", ["b.yaml"])
    assert text == "include: [a.yaml, b.yaml] # mine\n"
    assert append_items("include: 'a, b.yaml'\n", "include", ["c.yaml"]).startswith(
        'include: ["a, b.yaml", c.yaml]'
    )


# What stands before, which item goes, and what is left.
REMOVED = [
    ("the first", "sources:\n  - a # x\n  - b\n", 0, "sources:\n  - b\n"),
    ("the last", "sources:\n  - a\n  - b\nz: 1\n", 1, "sources:\n  - a\nz: 1\n"),
    ("the only one", "sources:\n  - a\nz: 1\n", 0, "sources:\nz: 1\n"),
    (
        "all its lines and the comments below it",
        "sources:\n  # above\n  - url: a\n    name: b\n    # every: 10m\n\n  # next\n  - c\n",
        0,
        "sources:\n  # above\n\n  # next\n  - c\n",
    ),
    ("Windows line ends", "sources:\r\n  - a\r\n  - b", 1, "sources:\r\n  - a\r\n"),
    ("an alias", "sources:\n- &a a\n- *a\n", 1, "sources:\n- &a a\n"),
    ("the first in brackets", "sources: [a, b]\n", 0, "sources: [b]\n"),
    ("the last in brackets", "sources: [a, b]\n", 1, "sources: [a]\n"),
    ("the last before a comma", "sources: [a, b,]\n", 1, "sources: [a,]\n"),
    ("the only one in brackets", "sources: [a,]\n", 0, "sources: []\n"),
    (
        "one of the lines in brackets",
        "sources: [\n  a, # first\n  b, # last\n]\n",
        1,
        "sources: [\n  a, # first\n   # last\n]\n",
    ),
    ("a line in brackets", "sources: [\n  a,\n  b,\n]\n", 1, "sources: [\n  a,\n]\n"),
]


@pytest.mark.parametrize(
    ("before", "at", "after"), [case[1:] for case in REMOVED], ids=[c[0] for c in REMOVED]
)
def test_an_item_goes_with_what_belongs_to_it(before, at, after):
    assert remove_item(before, "sources", at) == after


def test_nothing_is_removed_from_what_is_no_list():
    with pytest.raises(EditError):
        remove_item("x-a: &a [b]\nsources: *a\n", "sources", 0)
