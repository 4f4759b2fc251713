"""What templates may say and what they may not touch."""

import pytest
from alert_builders import a_message
from builders import NOW

from monitor.alerts.samples import samples
from monitor.alerts.template import render
from monitor.alerts.variables import MOST, NAMES, Misfit, variables


def said(source, **fields):
    return render(source, variables(a_message(**fields), now=NOW))


def misfit(source, **fields):
    [found] = said(source, **fields)
    return found


def test_a_template_has_the_parts_of_the_message_and_our_own_words():
    told = said("{{ type }} {{ item.title }} {{ item.source.name }} {{ text.splitlines()[1] }}")
    assert told == (
        "alert.created Trump says Venezuelan airspace is closed Wire"
        " Trump says Venezuelan airspace is closed"
    )


def test_every_sort_of_message_has_the_same_variables():
    for what, message in samples().items():
        given = variables(message, now=NOW)
        assert tuple(given) == NAMES or set(given) == set(NAMES), what
        assert given["text"]
        assert given["title"]


def test_lines_of_tags_alone_leave_no_empty_lines():
    source = "a\n{% if item %}\n  {% for each in matches %}\n- {{ each.term }}\n  {% endfor %}\n{% endif %}\nb"
    assert said(source) == "a\n- airspace\n- airspace\nb"


def test_nothing_is_escaped_here_because_each_receiver_has_its_own_signs():
    assert said("{{ item.title }}", title="<b> & 'x'") == "<b> & 'x'"


@pytest.mark.parametrize(
    "source",
    [
        "{{ ''.__class__.__mro__ }}",
        "{{ item.__class__ }}",
        "{{ 'x'.format.__globals__ }}",
        "{{ '{0.__class__}'.format(1) }}",
        "{{ ''|attr('__class__') }}",
        "{{ cycler.__init__.__globals__.os }}",
        "{{ self.__init__.__globals__ }}",
        "{{ item.update({'title': 'x'}) }}",
        "{{ item.pop('title') }}",
        "{{ story.sources.append('x') }}",
        "{% do item.clear() %}",
        "{% include '/etc/passwd' %}",
        "{% import 'x' as y %}",
        "{% extends 'x' %}",
        "{% set item.title = 'x' %}",
        "{{ range(10 ** 9) }}",
    ],
)
def test_the_sandbox_keeps_to_what_is_given(source):
    told = said(source)
    assert not isinstance(told, str)
    assert said("{{ item.title }} {{ story.sources|length }}", title="T") == "T 3"


@pytest.mark.parametrize(
    ("source", "line", "name"),
    [
        ("{{ itm.title }}", 1, "itm"),
        ("x\n{{ item.titel }}", 2, "titel"),
        ("x\n\n{% if matches %}{{ matches[7].term }}{% endif %}", 3, "7"),
        ("{% if false %}\n{{ itm }}{% endif %}", 2, "itm"),
    ],
)
def test_what_is_not_there_is_named_with_its_line(source, line, name):
    found = misfit(source)
    assert (found.line, found.name, found.absent) == (line, name, False)


def test_all_unknown_names_are_told_at_once():
    assert [each.name for each in said("{{ a }}\n{{ b }}{{ range(3) }}")] == ["a", "b"]


def test_what_is_there_instead_is_told():
    assert misfit("{{ itm }}").known == NAMES
    assert "title" in misfit("{{ item.titel }}").known


def test_what_this_message_lacks_is_no_slip():
    assert misfit("{{ digest.title }}").absent
    assert misfit("{{ item.published[:10] }}", published=None).absent


def test_a_fault_of_syntax_has_its_line():
    found = misfit("a\n{% if item %}\n{{ item.title")
    assert (found.line, found.name) == (3, "")
    assert "end of template" in found.message


def test_a_fault_of_a_filter_is_told_in_words():
    assert misfit("x\n{{ 1 / 0 }}") == Misfit(message="division by zero", line=2)


def test_words_are_cut_at_the_cap_however_they_come():
    assert len(said("{{ 'a' * 1000000 }}")) == MOST
    assert len(said("{% for each in range(90000) %}abc{% endfor %}")) == MOST


def test_a_template_within_itself_ends():
    assert (
        misfit("{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}").message
        == "it is nested too deeply"
    )
