"""The query language: what each form means, and what is said of each mistake."""

import pytest
from builders import an_item
from watch_builders import a_watchlist, found, matches, terms

from monitor.model import SourceRef
from monitor.watch.explain import explain, lines
from monitor.watch.matcher import Matcher
from monitor.watch.query import MAX_DEPTH, QueryError, UnknownEntityError, parse_query
from monitor.watch.rules import (
    AllOf,
    AnyOf,
    AtLeast,
    EntityRef,
    FromSource,
    InFields,
    InLanguage,
    Near,
    NoneOf,
    requires_nothing,
)
from monitor.watch.terms import parse_term


def t(written):
    return parse_term(written)


def any_of(*rules):
    return AnyOf(rules=rules)


def all_of(*rules):
    return AllOf(rules=rules)


def near(within, *groups):
    return Near(within=within, groups=groups)


def in_title(rule):
    return InFields(fields=("title",), rule=rule)


A, B, C, D = terms("a1", "b1", "c1", "d1")
MEANINGS = [
    ("a1", A),
    ("regime change AND Venezuela", all_of(t("regime change"), t("Venezuela"))),
    ("war and peace", t("war and peace")),
    ("a1 OR b1 OR c1", any_of(A, B, C)),
    ("a1 OR b1 AND c1", any_of(A, all_of(B, C))),
    ("(a1 OR b1) AND c1", all_of(any_of(A, B), C)),
    ("a1 AND NOT b1", all_of(A, NoneOf(rules=(B,)))),
    ("a1 AND NOT (b1 OR c1)", all_of(A, NoneOf(rules=(any_of(B, C),)))),
    ("NOT a1 AND b1", all_of(NoneOf(rules=(A,)), B)),
    ("a1 NEAR/5 b1", near(5, (A,), (B,))),
    ("a1 NEAR/5 b1 NEAR/5 c1", near(5, (A,), (B,), (C,))),
    ("a1 NEAR/5 b1 AND c1 OR d1", any_of(all_of(near(5, (A,), (B,)), C), D)),
    ("(a1 OR b1) NEAR/100 entity:x", near(100, (A, B), (EntityRef(key="x"),))),
    ("entity:(x OR y) NEAR/9 a1", near(9, (EntityRef(key="x"), EntityRef(key="y")), (A,))),
    ("NOT (a1 NEAR/1 b1)", NoneOf(rules=(near(1, (A,), (B,)),))),
    ("ATLEAST/2(OPEC, Brent, barrel*)", AtLeast(count=2, rules=terms("OPEC", "Brent", "barrel*"))),
    ("ATLEAST/2(a1 OR b1 OR c1)", AtLeast(count=2, rules=(A, B, C))),
    ("ATLEAST/2 (a1 OR b1, c1, d1)", AtLeast(count=2, rules=(any_of(A, B), C, D))),
    ("ATLEAST/1(a1 NEAR/2 b1, (c1))", AtLeast(count=1, rules=(near(2, (A,), (B,)), C))),
    ("title:a1", in_title(A)),
    ("title: a1", in_title(A)),
    ("title:regime change", in_title(t("regime change"))),
    ('title:"cartel of the suns"', in_title(t('"cartel of the suns"'))),
    ("title:(a1 NEAR/5 b1) AND c1", all_of(in_title(near(5, (A,), (B,))), C)),
    ("title:(a1 AND lang:es)", in_title(all_of(A, InLanguage(language="es")))),
    ("title:entity:x", in_title(EntityRef(key="x"))),
    ("url:https://a1.example/b1", InFields(fields=("url",), rule=t("https://a1.example/b1"))),
    ("author:a1", InFields(fields=("author",), rule=A)),
    ("summary:a1 OR content:b1", any_of(InFields(fields=("summary",), rule=A), InFields(fields=("content",), rule=B))),
    ("tag:wire AND a1", all_of(any_of(InFields(fields=("tags",), rule=t('"wire"'), whole=True), FromSource(which="tag:wire")), A)),
    ('source:"BBC World" AND a1', all_of(FromSource(which="BBC World"), A)),
    ("a1 AND source:*.bbc.co.uk", all_of(A, FromSource(which="*.bbc.co.uk"))),
    ("a1 AND source:tag:wire", all_of(A, FromSource(which="tag:wire"))),
    ("a1 AND lang:pt-BR", all_of(A, InLanguage(language="pt-br"))),
    ("a1 AND lang:(es OR pt)", all_of(A, any_of(InLanguage(language="es"), InLanguage(language="pt")))),
    ('entity:"uss ford" OR entity:x', any_of(EntityRef(key="uss ford"), EntityRef(key="x"))),
    ('=US AND ="Case phrase" AND =United States', all_of(*terms("=US", '="Case phrase"', "=United States"))),
    (r"/flight (ban|ceiling)/ OR /24\/7 news/", any_of(*terms("/flight (ban|ceiling)/", r"/24\/7 news/"))),
    ("oil tank* OR 24/7 OR AC/DC OR w/o", any_of(*terms("oil tank*", "24/7", "AC/DC", "w/o"))),
    ("Maduro, Nicolás OR 马杜罗", any_of(*terms("Maduro, Nicolás", "马杜罗"))),
    ("Near East AND at least", all_of(*terms("Near East", "at least"))),
    ('"AND" OR "NEAR/5"', any_of(*terms('"AND"', '"NEAR/5"'))),
    ("a1\n  AND\tb1\u3000OR c1", any_of(all_of(A, B), C)),
]  # fmt: skip


@pytest.mark.parametrize(("query", "rule"), MEANINGS, ids=[query for query, _ in MEANINGS])
def test_a_query_means_its_rule_tree(query, rule):
    assert parse_query(query) == rule


# The query with what is marked between ⟦ ⟧, a part of the message or the help.
MISTAKES = [
    ("a1 ⟦Near/5⟧ b1", "did you mean “NEAR/5”"),
    ("a1 ⟦near/5⟧ b1", "“NEAR/5”"),
    ("a1 ⟦NEAR5⟧ b1", "“NEAR/5”"),
    ("a1 ⟦NEAR /7⟧ b1", "“NEAR/7”"),
    ("a1 ⟦NEAR 7⟧ b1", "“NEAR/7”"),
    ("a1 ⟦NEAR⟧ b1", "“NEAR/5”"),
    ("a1 ⟦NEAR/3f⟧ b1", "“NEAR/3”"),
    ("a1 ⟦w/3⟧ b1", "“NEAR/3”"),
    ('"a1 b1"⟦~7⟧', "NEAR/7"),
    ("⟦ATLEAST⟧(2, a1, b1)", "“ATLEAST/2(…, …)”"),
    ("⟦atleast/2⟧(a1, b1)", "“ATLEAST/2(…, …)”"),
    ("⟦At_Least2⟧(a1, b1)", "“ATLEAST/2(…, …)”"),
    ("⟦ATLEAST/2⟧", "list in parentheses"),
    ("⟦ATLEAST/3⟧(a1, b1)", "1 to 2"),
    ("⟦ATLEAST/0⟧(a1, b1)", "1 to 2"),
    ("⟦ATLEAST/" + "9" * 5000 + "⟧(a1, b1)", "1 to 2"),
    ("ATLEAST/1(a1⟦,⟧)", "missing after ,"),
    ("ATLEAST/1((a1⟦,⟧ b1), c1)", "stands in no list"),
    ("a1 ⟦&&⟧ b1", "“AND”"),
    ("a1 ⟦&⟧ b1", "“AND”"),
    ("a1 ⟦||⟧ b1", "“OR”"),
    ("⟦a1|b1⟧", "“OR”"),
    ("⟦!⟧ a1", "“NOT”"),
    ("a1 ⟦-b1⟧", "“AND NOT b1”"),
    ("a1 ⟦!b1⟧", "“AND NOT b1”"),
    ("⟦+a1⟧ b1", "“AND a1”"),
    ("a1 ⟦Or⟧ b1", "The word is “or”"),
    ("a1 ⟦NOT⟧ b1", "AND NOT"),
    ('a1 ⟦"b1 c1"⟧', "operator is missing"),
    ("a1 ⟦(⟧b1)", "operator is missing"),
    ('"a1" ⟦and⟧ b1', "“AND”"),
    ("a1 ⟦or⟧ (b1 AND c1)", "“OR”"),
    ('a1 AND b1 ⟦not⟧ "c1"', "“NOT”"),
    ("a1 ⟦title:⟧b1", "operator is missing"),
    ("a1 ⟦=US⟧", "operator is missing"),
    ("a1 AND source:BBC ⟦World⟧", "needs quotes"),
    ("⟦AND⟧ a1", "missing before AND"),
    ("a1 ⟦OR⟧", "missing after OR"),
    ("a1 ⟦AND⟧ OR b1", "missing after AND"),
    ("a1 AND (⟦OR⟧ b1)", "missing before OR"),
    ("a1 AND ⟦title:⟧", "missing after title:"),
    ("a1 AND ⟦NOT⟧", "missing after NOT"),
    ("a1 AND ⟦()⟧", "Nothing stands"),
    ("⟦(⟧a1 AND b1", "never closed"),
    ("a1 AND b1⟦)⟧", "No parenthesis is open"),
    ("a1 ⟦NEAR/0⟧ b1", "1 to 100"),
    ("a1 ⟦NEAR/101⟧ b1", "1 to 100"),
    ("a1 NEAR/5 b1 ⟦NEAR/6⟧ c1", "NEAR/5 here too"),
    ("a1 NEAR/1 a1 NEAR/1 a1 NEAR/1 a1 NEAR/1 a1 NEAR/1 a1 ⟦NEAR/1⟧ a1", "at most 6"),
    ("⟦NOT a1⟧ NEAR/5 b1", "NOT (one NEAR/5 other)"),
    ("⟦title:a1⟧ NEAR/5 b1", "title:(one NEAR/5 other)"),
    ("a1 NEAR/5 ⟦(b1 AND c1)⟧", "two rows"),
    ("a1 NEAR/5 ⟦(b1 NEAR/2 c1)⟧", "two rows"),
    ("a1 NEAR/5 ⟦(b1 OR ATLEAST/1(c1))⟧", "two rows"),
    ("a1 NEAR/5 ⟦lang:es⟧", "Join it with AND"),
    ("a1 NEAR/5 ⟦tag:wire⟧", "Join it with AND"),
    ("title:⟦summary:⟧a1", "can't stand within title:"),
    ("title:(a1 AND ⟦title:⟧b1)", "can't stand within title:"),
    ("lang:(es OR ⟦tag:⟧b1)", "can't stand within lang:"),
    ("⟦titel⟧:a1", "“title:”"),
    ("⟦tags⟧:a1", "“tag:”"),
    ("⟦site⟧:a1", "“source:”"),
    ("⟦Title⟧:a1", "“title:”"),
    ("⟦Breaking⟧: a1", "colon needs quotes"),
    ("lang:⟦spanish_text⟧ AND a1", "lang:es"),
    ("source:⟦/bbc/⟧ AND a1", "takes a name"),
    ('source:⟦""⟧ AND a1', "takes a name"),
    ("tag:⟦s*po⟧ AND a1", "whole tag"),
    ("entity:⟦madruo⟧", "No entity"),
    ('entity:"⟦uss frod⟧"', "No entity"),
    ("⟦ab*⟧ OR a1", "3 letters"),
    ("a1 OR air⟦*⟧space", "end of the last word"),
    ("a1 OR /⟦air(⟧/", "missing )"),
    ("a1 OR ⟦/⟧air", "never closed"),
    ("a1 OR /b/⟦c1/⟧", r"\/"),
    ('a1 OR ⟦"⟧b1', "never closed"),
    ('a1 OR "b1"⟦c1⟧', "follows the closing quote"),
    ("a1 OR ⟦--⟧", "no letters"),
    ("⟦⟧", "empty"),
    ("⟦ \n ⟧", "empty"),
    ("a" * 10_000 + "⟦b⟧", "10,000"),
    ("(" * MAX_DEPTH + "⟦(⟧a1", "64 levels"),
    ("NOT " * MAX_DEPTH + "⟦NOT⟧ a1", "64 levels"),
]  # fmt: skip


@pytest.mark.parametrize(("marked", "words"), MISTAKES, ids=[marked[:60] for marked, _ in MISTAKES])
def test_a_mistake_has_its_place_and_its_words(marked, words):
    query = marked.replace("⟦", "").replace("⟧", "")
    with pytest.raises(QueryError) as caught:
        parse_query(query, entities={"x", "uss ford"})
    error = caught.value
    shown = f"{query[: error.start]}⟦{query[error.start : error.end]}⟧{query[error.end :]}"
    assert shown == marked
    assert words.casefold() in f"{error} {error.help}".casefold()


def test_a_query_nests_as_deep_as_is_allowed():
    parse_query("(" * MAX_DEPTH + "a1" + ")" * MAX_DEPTH)
    parse_query("NOT " * MAX_DEPTH + "a1")


def test_the_deepest_query_is_matched_and_explained():
    half = MAX_DEPTH // 2
    matcher = Matcher([a_watchlist(parse_query("(a1 AND (b1 OR " * half + "c1" + "))" * half))], {})
    assert matches(matcher, "a1 c1")
    [explanation] = explain(matcher, an_item(title="a1"))
    assert lines(explanation)


def test_an_unknown_entity_is_told_from_other_mistakes():
    with pytest.raises(UnknownEntityError) as caught:
        parse_query("airspace AND entity:madruo", entities={"maduro"})
    assert caught.value.key == "madruo"
    assert parse_query("entity:madruo") == EntityRef(key="madruo")


@pytest.mark.parametrize("query", ["NOT a1", "lang:es", "tag:wire", "a1 OR source:wire", "NOT a1 AND lang:es"])  # fmt: skip
def test_a_query_that_asks_for_no_term_can_be_told(query):
    assert requires_nothing(parse_query(query))


# --- queries at work ------------------------------------------------------------------------------

FINDS = [
    ("airspace NEAR/2 closed", "The airspace was closed", ["airspace", "closed"]),
    ("airspace NEAR/2 closed", "Closed: the airspace", ["Closed", "airspace"]),
    ("airspace NEAR/1 closed", "The airspace was closed", []),
    ("regime change AND Venezuela", "Venezuela: regime change", ["Venezuela", "regime change"]),
    ("regime change AND Venezuela", "Venezuela: change of regime", []),
    ("ATLEAST/2(OPEC, Brent, barrel*)", "OPEC: 2m barrels", ["OPEC", "barrels"]),
    ("ATLEAST/2(OPEC, Brent, barrel*)", "OPEC and OPEC+", []),
    ("entity:maduro NEAR/3 (oil OR crude)", "maduro, crude and ripe", []),
    ("entity:maduro NEAR/3 (oil OR crude)", "Nicolás Maduro sells crude", ["Nicolás Maduro", "crude"]),
    ("title:airspace AND NOT fees", "Airspace fees rise", []),
    ("author:airspace", "Airspace closed", []),
]  # fmt: skip


@pytest.mark.parametrize(("query", "title", "texts"), FINDS)
def test_a_query_finds_what_it_says(query, title, texts):
    assert found(title, parse_query(query)) == texts


def test_a_tag_of_a_query_is_the_items_or_its_sources():
    rule = parse_query("tag:wire AND airspace")
    matcher = Matcher([a_watchlist(rule)], {})
    source = SourceRef(name="BBC", url="https://bbc.example/", tags=frozenset({"wire"}))
    assert not matches(matcher, "Airspace closed")
    assert matches(matcher, "Airspace closed", tags=("Wire",))
    assert matches(matcher, "Airspace closed", source=source)
    assert not matches(matcher, "Airspace closed", tags=("wires",))
    assert not matches(matcher, "Airspace closed", tags=("open wire", "closed"))


def test_a_tag_of_a_query_may_be_the_beginning_of_one():
    matcher = Matcher([a_watchlist(parse_query("tag:olive* AND airspace"))], {})
    source = SourceRef(name="BBC", url="https://bbc.example/", tags=frozenset({"olives"}))
    assert matches(matcher, "Airspace closed", tags=("Olive oil",))
    assert matches(matcher, "Airspace closed", source=source)
    assert not matches(matcher, "Airspace closed", tags=("green olives",))
