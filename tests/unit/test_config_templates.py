"""Mistakes in templates are found when they are loaded, at their own places."""

import pytest
from config_builders import Folder, marked

from monitor.config.describe import describe

SLACK = "notifiers:\n  desk:\n    type: slack\n    url: https://hooks.slack.com/services/x\n    template: "


@pytest.fixture
def folder(tmp_path):
    return Folder(tmp_path)


# Name, what follows `template: `, line, column, what the carets stand under, a part of the words.
MISTAKES = [
    ("unknown name", '"{{ itm.title }}"\n', 5, 19, "itm", "did you mean “item”?"),
    ("unknown field", "|\n      x\n      {{ item.titel }}\n", 7, 15, "titel", "did you mean “title”?"),
    ("unknown and far", "'{{ zzzzzz }}'\n", 5, 19, "zzzzzz", "there are: type, timestamp"),
    ("for alerts alone", '"{{ item.title }}"\n', 5, 24, "title", "{% if item %}"),
    ("part that may lack", '"{% if item %}{{ item.published[:9] }}{% endif %}"\n', 5, 16, "{% if item %}{{ item.published[:9] }}{% endif %}", "does not fit a follow-up"),
    ("open block", "|\n      {% if item %}\n      x\n", 7, 7, "x", "'endif'"),
    ("unknown filter", "|\n      x\n\n      {{ text|uper }}\n", 8, 15, "uper", "No filter named 'uper'"),
    ("folded", ">\n      some words and\n      {{ item.titel }}\n", 7, 15, "titel", "did you mean “title”?"),
    ("include", "\"{% include 'x' %}\"\n", 5, 16, "{% include 'x' %}", "can't include another"),
    ("unsafe", "\"{{ ''.__class__ }}\"\n", 5, 22, "__class__", "is unsafe"),
    ("too much memory", "\"{{ 'a' * 200000000 }}\"\n", 5, 15, "\"{{ 'a' * 200000000 }}\"", "more memory"),
    ("endless", '"{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}"\n', 5, 15, None, "takes longer than 1 s"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "line", "column", "under", "words"),
    [mistake[1:] for mistake in MISTAKES],
    ids=[mistake[0] for mistake in MISTAKES],
)
def test_a_mistake_has_its_place_and_its_words(folder, text, line, column, under, words):
    problem = folder.problem(SLACK + text)
    assert (str(problem.code), problem.line, problem.column) == ("bad-template", line, column)
    assert under is None or marked(problem) == under
    assert words in f"{problem.message}; {problem.help}"


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        ("{type: webhook, url: 'https://x.example/', template: x}", "no-template", "JSON that programs rely on"),
        ("{type: console, title: x}", "no-template", "ntfy, email, apprise"),
        ("{type: console, template: }", "empty-value", "no value"),
        ("{type: console, template: ' '}", "empty-value", "this template is empty"),
        ("{type: console, template: [x]}", "wrong-type", "write one text"),
        (f"{{type: console, template: '{'x' * 10_001}'}}", "bad-template", "at most 10,000"),
    ],
)  # fmt: skip
def test_a_template_where_none_can_stand_is_refused(folder, text, code, words):
    problem = folder.problem(f"notifiers: {{n: {text}}}\n")
    assert str(problem.code) == code
    assert words in f"{problem.message}; {problem.help}"


def test_mistakes_of_templates_are_told_with_all_others(folder):
    told = folder.refused(SLACK + '"{{ a }}{{ b }}"\n    zzz: 1\nsorces: []\n')
    assert [code for code, *_ in told] == ["bad-template", "bad-template", "unknown-option", "unknown-option"]  # fmt: skip


def test_what_comes_from_outside_is_not_shown(tmp_path):
    folder = Folder(tmp_path, {"WORDS": "{{ planted_secret }}"})
    problem = folder.problem(SLACK + '"${WORDS}"\n')
    assert (problem.line, problem.column) == (5, 15)
    assert marked(problem) == '"${WORDS}"'


def test_a_valid_template_counts_as_it_stands(folder):
    source = "{% if item %}\n{{ item.title }}\n{% endif %}\n"
    loaded = folder.load(
        SLACK
        + "|\n"
        + "".join(f"      {line}\n" for line in source.splitlines())
        + "notify: desk\n"
    )
    assert loaded.settings.notifiers["desk"].template == source
    shown = {option.path: option.value for option in describe(loaded)}
    assert shown["notifiers.desk.template"] == source


async def test_templates_are_tried_inside_a_running_loop_too(folder):
    assert folder.refused(SLACK + '"{{ itm }}"\n') == [("bad-template", 5, 19)]
