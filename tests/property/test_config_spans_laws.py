"""A part of a value is underlined where it stands, however YAML wrote the value down."""

import re

import yaml
from config_builders import marked
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.config.problems import Code
from monitor.config.tree import TextFile, problem_at
from monitor.config.yaml_read import read_yaml

HIDING = re.compile(r"(?<!\\)(?:\\\\)*\\[xuUeabfrv0NLP_]")

words = st.text(
    st.characters(categories=["L", "N", "P", "S"], include_characters="'\"\\é马"),
    min_size=1,
    max_size=8,
)
blanks = st.sampled_from([" ", "  ", "\n"])
values = st.lists(st.tuples(words, blanks), min_size=1, max_size=12).map(
    lambda pieces: "".join(word + blank for word, blank in pieces).rstrip()
)


@settings(max_examples=100, deadline=None)
@given(
    value=values,
    style=st.sampled_from([None, '"', "'", "|", ">"]),
    width=st.sampled_from([20, 1_000]),
    data=st.data(),
)
def test_a_part_of_a_value_is_underlined_where_it_stands(value, style, width, data):
    text = yaml.dump(
        {"k": {"v": value}}, allow_unicode=True, default_style=style, width=width
    ).replace("!!str ", "")
    node = read_yaml(TextFile("a.yaml", text), yaml.CSafeLoader).root.value("k").value("v")
    assert node.text.rstrip() == value
    start = data.draw(st.sampled_from([n for n, sign in enumerate(value) if not sign.isspace()]))
    end = start + len(value[start:].split()[0])
    shown = marked(problem_at(node, Code.BAD_QUERY, "", span=(start, end)))
    expected = value[start:end]
    if HIDING.search(text):
        return  # the whole value is underlined
    assert shown in {expected, expected.replace("'", "''"), escaped(expected)}


def escaped(text):
    return text.replace("\\", "\\\\").replace('"', '\\"')
