"""Warnings about rules that are valid and probably not meant: where, and what to do."""

from pathlib import Path

import pytest

from monitor.config.load import load
from monitor.config.rule_checks import hints

SOURCES = "sources: [{url: https://a.example/rss, language: LANG}]\n"


def warnings(tmp_path: Path, text: str, *, language: str = "en"):
    file = tmp_path / "config.yaml"
    file.write_text(SOURCES.replace("LANG", language) + text)
    loaded = load(file, environ={})
    assert all(each.help for each in loaded.warnings), "a warning says what to do"
    return loaded, loaded.warnings


def told(tmp_path, text, **changes):
    """Each warning as (code, what the carets mark)."""
    _, found = warnings(tmp_path, text, **changes)
    return [
        (str(each.code), each.source_line[each.column - 1 : each.end_column - 1]) for each in found
    ]


def in_list(tmp_path, terms, **changes):
    return told(tmp_path, f"watchlists: {{desk: [{terms}]}}\n", **changes)


@pytest.mark.parametrize("word", ["the", "president", '"with"', "Said"])
def test_a_very_common_word_alone_is_doubtful(tmp_path, word):
    written = f"'{word}'" if '"' in word else word
    assert in_list(tmp_path, f"Caracas, {written}") == [("common-word", written)]


@pytest.mark.parametrize("word", ["Caracas", "the hague", "=The", "presidente"])
def test_a_rare_word_a_phrase_or_another_languages_word_is_not(tmp_path, word):
    assert in_list(tmp_path, word) == []


def test_a_common_word_beside_others_that_must_hold_too_is_fine(tmp_path):
    rules = "{all: [Caracas, the]}, {near: {within: 3, groups: [[Caracas], [the]]}}"
    assert in_list(tmp_path, rules) == []


def test_a_common_word_vetoes_everything_and_explains_every_name(tmp_path):
    text = (
        "entities: {maduro: {name: Nicolás Maduro, ambiguous: [=Maduro], context: [and]}}\n"
        "watchlists: {desk: {match: [entity: maduro], none: [the]}}\n"
    )
    assert told(tmp_path, text) == [("common-word", "and"), ("common-word", "the")]


def test_the_watchlists_languages_decide_what_is_common(tmp_path):
    text = "watchlists: {desk: {languages: [es], match: [presidente, said]}}\n"
    assert told(tmp_path, text) == [("common-word", "presidente")]


@pytest.mark.parametrize("acronym", ["US", "WHO", "IT", "ICE", "AID"])
def test_an_acronym_that_is_a_word_needs_its_case(tmp_path, acronym):
    loaded, [problem] = warnings(tmp_path, f"watchlists: {{desk: [{acronym}, =US, NOTAM]}}\n")
    assert str(problem.code) == "acronym-word"
    assert problem.help == f"write ={acronym} for capitals alone"
    assert "2 | watchlists: {desk: [" in str(problem)
    assert "^" * len(acronym) in str(problem)
    assert loaded.settings.watchlists


def test_words_of_a_language_nobody_watches_are_no_matter(tmp_path):
    assert in_list(tmp_path, "SI, ON", language="de") == []
    assert in_list(tmp_path, "SI", language="es") == [("acronym-word", "SI")]
    assert in_list(tmp_path, "SI, ON", language="''") == [
        ("acronym-word", "SI"),
        ("acronym-word", "ON"),
    ]


def test_a_prefix_that_takes_in_common_words_is_doubtful(tmp_path):
    assert in_list(tmp_path, "pres*, sanction*, the gover*") == [("common-prefix", "pres*")]


@pytest.mark.parametrize(
    ("words", "said"),
    [("poli*", "“police”, a word that stands"), ("minis*, x1", "a word that"), ("wom*", "a word")],
)
def test_one_common_word_is_told_of_in_the_singular(tmp_path, words, said):
    _, [problem] = warnings(tmp_path, f"watchlists: {{desk: [{words}]}}\n")
    assert said in problem.message


@pytest.mark.parametrize("term", ["C++", "C#", "=C++", "'\"C#\"'", "'#1'"])
def test_a_term_that_loses_its_signs_to_one_letter_says_what_is_compared(tmp_path, term):
    _, problems = warnings(tmp_path, f"watchlists: {{desk: [Caracas, {term}]}}\n")
    [problem] = [each for each in problems if str(each.code) == "lost-signs"]
    letter = "1" if "1" in term else "c"
    assert f"compared as “{letter}”" in problem.message
    assert "pattern" in problem.help


def test_a_letter_that_is_a_word_somewhere_is_told_of_once(tmp_path):
    assert in_list(tmp_path, "C++", language="it") == [("lost-signs", "C++")]


def test_the_pattern_advised_for_lost_signs_finds_them(tmp_path):
    _, [problem] = warnings(tmp_path, "watchlists: {desk: [C++]}\n")
    pattern = problem.help.removeprefix("write a pattern, as in ")
    loaded, found = warnings(tmp_path, f"watchlists: {{desk: [{pattern}]}}\n")
    assert found == ()
    assert loaded.settings.watchlists[0].match[0].text == r"C\+\+"


@pytest.mark.parametrize("term", ["C", "G7", "C++ news", "马", "5G", "R&D", "/C#/"])
def test_a_term_that_keeps_more_than_a_letter_is_fine(tmp_path, term):
    assert in_list(tmp_path, f"Caracas, '{term}'") == []


# --- contradictions and repetitions -----------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "marked"),
    [
        ("{query: Orinoco AND NOT Orinoco}", "Orinoco"),
        ("{query: 'Orinoco AND NOT (oil OR ORINOCO)'}", "Orinoco"),
        ("{query: 'title:Orinoco AND NOT Orinoco'}", "Orinoco"),
        ("{query: '(oil OR gas) AND NOT (gas OR oil)'}", "oil"),
        ("{query: 'oil NEAR/3 price AND NOT price'}", "price"),
        ("{query: 'Caracas OR (oil AND NOT oil)'}", "oil"),
        ("{all: [Orinoco, {none: [Orinoco]}]}", "Orinoco"),
        ("{all: [=Orinoco, {none: [orinoco]}]}", "=Orinoco"),
        ("{all: [{entity: e}, {none: [{entity: e}]}]}", "e"),
        ("{all: [{at_least: {count: 2, of: [gas, oil]}}, {none: [oil]}]}", "oil"),
        ("{all: [Nicolás Maduro, {none: [Maduro]}]}", "Nicolás Maduro"),
        ('{query: \'"Nicolas Maduro" AND NOT "maduro"\'}', '"Nicolas Maduro"'),
        ("{all: [=Miss Venezuela, {none: [=Venezuela]}]}", "=Miss Venezuela"),
        ("{query: 'cigars AND NOT cigar*'}", "cigars"),
        ("{query: 'cigarette* AND NOT cigar*'}", "cigarette*"),
        ("{all: [{entity: e}, {none: [Byron]}]}", "e"),
        ("{all: [Lady Ada Byron, {none: [{entity: e}]}]}", "Lady Ada Byron"),
        (
            "{all: [x1, {near: {within: 3, groups: [[oil, crude oil], [x2]]}}, {none: [oil]}]}",
            "oil",
        ),
    ],
)
def test_a_rule_that_rules_out_what_it_asks_for_is_doubtful(tmp_path, rule, marked):
    text = f"entities: {{e: {{name: Ada Byron}}}}\nwatchlists: {{desk: [{rule}, {{entity: e}}]}}\n"
    assert told(tmp_path, text) == [("contradiction", marked)]
    text = text.replace("desk: [", "desk: {match: [x1], none: [")
    assert told(tmp_path, text.replace("]}\n", "]}}\n")) == [("contradiction", marked)]


@pytest.mark.parametrize(
    "rule",
    [
        "{query: 'Orinoco AND NOT title:Orinoco'}",
        "{query: 'Orinoco AND NOT \"Orinoco\"'}",
        "{query: 'Orinoco AND NOT =ORINOCO'}",
        "{query: 'Orinoco AND NOT Orinoco tea'}",
        "{query: '(oil OR gas) AND NOT oil'}",
        "{query: 'oil AND NOT (oil AND gas)'}",
        "{all: [{at_least: {count: 1, of: [gas, oil]}}, {none: [oil]}]}",
        "{all: [Maduro, {none: [Nicolás Maduro]}]}",
        "{query: 'regime change AND NOT \"regime change\"'}",
        "{query: 'Miss Venezuela AND NOT =VENEZUELA'}",
        "{query: 'cigar* AND NOT cigarette*'}",
        "{query: 'cigar* AND NOT cigar'}",
        "{query: 'army AND NOT army*'}",
        "{query: 'title:(Nicolás Maduro) AND NOT summary:Maduro'}",
        "{all: [x1, {near: {within: 3, groups: [[oil, gas], [x2]]}}, {none: [oil]}]}",
    ],
)
def test_a_rule_that_some_text_fulfils_is_no_contradiction(tmp_path, rule):
    assert in_list(tmp_path, rule) == []


def test_a_term_twice_in_one_list_is_told_of(tmp_path):
    assert in_list(tmp_path, "Caracas, oil, Caracas") == [("repeated-term", "Caracas")]
    assert in_list(tmp_path, "{at_least: {count: 2, of: [oil, gas, oil]}}") == [
        ("repeated-term", "oil")
    ]
    apart = "{all: [oil, Caracas]}, {all: [oil, gas]}, {near: {within: 3, groups: [oil, oil]}}"
    assert in_list(tmp_path, apart) == []


def test_terms_that_read_the_same_are_one_where_several_must_differ(tmp_path):
    count = "{{at_least: {{count: {}, of: [invasión, INVASION, {{any: [gas]}}]}}}}"
    assert in_list(tmp_path, count.format(2)) == []
    _, [problem] = warnings(tmp_path, f"watchlists: {{desk: [{count.format(3)}]}}\n")
    assert "and of 3 that must differ there are 2" in problem.message
    assert in_list(tmp_path, "OPEC, opec") == [("repeated-term", "opec")]
    assert in_list(tmp_path, "invasión, invasion") == [], "each is a word of another language"


def test_a_name_twice_in_one_entity_is_told_of(tmp_path):
    text = (
        "entities:\n"
        "  maduro: {name: Nicolás Maduro, aliases: [Мадуро, NICOLAS MADURO, '\"Nicolas Maduro\"'],"
        " ambiguous: [=Maduro, =MADURO], context: [oil, Oil]}\n"
        "watchlists: {desk: [{entity: maduro}]}\n"
    )
    assert told(tmp_path, text) == [("repeated-term", "NICOLAS MADURO"), ("repeated-term", "Oil")]


def test_a_term_in_two_groups_of_a_near_is_near_itself(tmp_path):
    groups = "{{near: {{within: 3, groups: [{}]}}}}"
    found = in_list(tmp_path, groups.format("[airspace], [closed, Airspace]"))
    assert found == [("shared-group", "Airspace")]
    assert in_list(tmp_path, groups.format("[oil, gas], [gas, oil]")) == []
    assert in_list(tmp_path, groups.format("[oil, gas], [gas, coal]")) == []


def test_a_term_in_a_query_is_marked_at_its_place(tmp_path):
    query = "{query: 'WHO OR title:(the OR Caracas) OR (airspace NEAR/60 closed)'}"
    assert in_list(tmp_path, query) == [
        ("acronym-word", "WHO"),
        ("common-word", "the"),
        ("wide-near", "NEAR/60"),
    ]


def test_a_near_over_a_paragraph_is_doubtful(tmp_path):
    rule = "{{near: {{within: {}, groups: [[airspace], [closed]]}}}}"
    assert in_list(tmp_path, rule.format(51)) == [("wide-near", "51")]
    assert in_list(tmp_path, rule.format(50)) == []


def test_a_name_that_two_entities_are_sure_of_is_doubtful(tmp_path):
    text = (
        "entities:\n"
        "  one: {name: Nicolás Maduro}\n"
        "  other: {name: Maduro, aliases: [NICOLAS MADURO]}\n"
        "watchlists: {desk: [{entity: one}, {entity: other}]}\n"
    )
    _, [problem] = warnings(tmp_path, text)
    assert str(problem.code) == "shared-alias"
    assert "entity one too" in problem.message
    assert "config.yaml:3:15" in problem.message
    assert problem.line == 4


def test_entities_that_nobody_asks_for_share_one_warning(tmp_path):
    text = (
        "entities: {a: {name: Ada A}, b: {name: Bob B}, c: {name: Cid C}, d: {name: Dan D}}\n"
        "watchlists: {desk: [{query: 'entity:a NEAR/3 Caracas'}, {all: [x1, {none: [{entity: b}]}]}]}\n"
    )
    _, [problem] = warnings(tmp_path, text)
    assert (str(problem.code), problem.line) == ("unused-entity", 2)
    assert "“c”, “d”" in problem.message


# --- none -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("match", "none", "vetoed"),
    [
        ("baseball player", "baseball", ["baseball player"]),
        ("BASEBALL, Caracas", "Baseball", ["BASEBALL"]),
        ("cigar smoke", "cigar*", ["cigar smoke"]),
        ("{all: [Miss Venezuela, crown]}", "Miss Venezuela", ["Miss Venezuela"]),
        ("{query: 'Caracas OR title:football'}", "{any: [football, baseball]}", ["football"]),
        ("US troops", "=us", []),
        ("cigar*", "cigars", []),
        ("Venezuela", "Miss Venezuela", []),
        ("Venezuela", "{all: [Venezuela, baseball]}", []),
        ("Venezuela", "{all: [Venezuela, {none: [Caracas]}]}", []),
        ("{query: 'url:football'}", "football", []),
    ],
)
def test_a_veto_of_ones_own_term_is_proved_by_matching_it(tmp_path, match, none, vetoed):
    text = f"watchlists: {{desk: {{match: [{match}], none: [{none}]}}}}\n"
    assert told(tmp_path, text) == [("self-veto", each) for each in vetoed]


@pytest.mark.parametrize(
    ("match", "none", "vetoed"),
    [
        ("entity: e", "entity: e", ["e"]),
        ("entity: e", "Byron", ["e"]),
        ("entity: e", "Ada Byron", []),
        ("Lady Ada Byron", "entity: e", ["Lady Ada Byron"]),
        ("Byron", "entity: e", []),
        ("{query: 'title:entity:e'}", "entity: e", ["e"]),
    ],
)
def test_a_veto_of_all_an_entitys_names_is_told_of(tmp_path, match, none, vetoed):
    text = (
        "entities: {e: {name: Ada Byron, aliases: [Lady Byron], context: [x1]}}\n"
        f"watchlists: {{desk: {{match: [{match}], none: [{none}]}}, all: [{{entity: e}}]}}\n"
    )
    assert told(tmp_path, text) == [("self-veto", each) for each in vetoed]


def test_other_forms_veto_in_the_languages_a_watchlist_says(tmp_path):
    text = "watchlists: {desk: {languages: [LANG], match: [sankcja], none: [sankcje]}}\n"
    assert told(tmp_path, text.replace("LANG", "pl")) == [("self-veto", "sankcja")]
    assert told(tmp_path, text.replace("[LANG]", "[pl, xx]")) == []


# --- hints ------------------------------------------------------------------------------------


def hinted(tmp_path, text):
    loaded, _ = warnings(tmp_path, text)
    return [(str(each.code), each.source_line[each.column - 1 : each.end_column - 1])
            for each in hints(loaded.settings, loaded.root)]  # fmt: skip


def test_a_term_that_another_covers_is_hinted_at(tmp_path):
    text = (
        "watchlists:\n"
        "  desk:\n"
        "    match: [Venezuela, Venezuela crisis, =Caracas, Caracas, cigar*, any: [old cigars]]\n"
        "    tests: {match: [x]}\n"
    )
    assert hinted(tmp_path, text) == [
        ("covered-term", "Venezuela crisis"),
        ("covered-term", "=Caracas"),
        ("covered-term", "old cigars"),
    ]


def test_what_must_hold_together_covers_nothing(tmp_path):
    text = (
        "watchlists:\n"
        "  desk: {match: [{all: [oil, oil price]}, oil tanker fire], tests: {match: [x]}}\n"
    )
    assert hinted(tmp_path, text) == []


def test_a_watchlist_without_tests_is_hinted_at(tmp_path):
    assert hinted(tmp_path, "watchlists: {desk: [Caracas]}\n") == [("no-tests", "desk")]
