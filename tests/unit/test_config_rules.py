"""Every form of a rule becomes its tree; the contract's whole example loads."""

import pytest
from config_builders import Folder
from watch_builders import terms

from monitor.config.describe import describe
from monitor.watch.query import parse_query
from monitor.watch.rules import AllOf, AnyOf, AtLeast, EntityRef, Near, NoneOf

A, B, C = terms("a1", "b1", "c1")
RULES = [
    ("{near: {within: 6, groups: [a1, b1]}}", Near(within=6, groups=((A,), (B,)))),
    ("{near: {within: 1, groups: [[a1, b1], [c1]], ordered: yes}}", Near(within=1, groups=((A, B), (C,)), ordered=True)),
    ("{near: {within: 100, groups: [a1, {entity: e}], same_sentence: yes}}", Near(within=100, groups=((A,), (EntityRef(key="e"),)), same_sentence=True)),
    ("{near: {within: 6, groups: [{any: [a1, b1]}, [{entity: e}, c1]]}}", Near(within=6, groups=((AnyOf(rules=(A, B)),), (EntityRef(key="e"), C)))),
    ("{near: {within: 6, groups: [2025, 007]}}", Near(within=6, groups=tuple((t,) for t in terms("2025", "007")))),
    ("{at_least: {count: 2, of: [a1, b1, c1]}}", AtLeast(count=2, rules=(A, B, C))),
    ("{at_least: {count: 1, of: [NO, {near: {within: 2, groups: [a1, b1]}}]}}", AtLeast(count=1, rules=(*terms("NO"), Near(within=2, groups=((A,), (B,)))))),
    ("{query: 'a1 NEAR/5 b1 AND NOT c1'}", AllOf(rules=(Near(within=5, groups=((A,), (B,))), NoneOf(rules=(C,))))),
    ("{all: [a1, {query: NOT b1}]}", AllOf(rules=(A, NoneOf(rules=(B,))))),
    ("{query: 2025}", parse_query("2025")),
]  # fmt: skip


@pytest.mark.parametrize(("written", "rule"), RULES, ids=[written for written, _ in RULES])
def test_a_form_becomes_its_tree_in_match_and_in_none(tmp_path, written, rule):
    text = f"entities: {{e: {{name: Maduro}}}}\nwatchlists: {{w: {{match: [{written}], none: [{written}]}}}}\n"
    [watchlist] = Folder(tmp_path).load(text).settings.watchlists
    assert watchlist.match == (rule,)
    assert watchlist.none == (rule,)


@pytest.mark.parametrize(
    ("one", "several"),
    [
        ("airspace", "[airspace]"),
        ("{match: airspace}", "{match: [airspace]}"),
        ("{match: {any: [a1, b1]}}", "{match: [{any: [a1, b1]}]}"),
        ("{match: a1, none: {all: [b1, c1]}}", "{match: [a1], none: [{all: [b1, c1]}]}"),
    ],
)
def test_one_rule_stands_for_a_list_of_one(tmp_path, one, several):
    def watchlists(written):
        loaded = Folder(tmp_path).load(f"watchlists: {{w: {written}}}\n")
        return loaded.settings.watchlists

    assert watchlists(one) == watchlists(several)


def test_a_doubt_in_a_rule_alone_is_shown_in_its_place(tmp_path):
    text = "watchlists: {w: {match: {any: [Caracas, the]}}, v: the}\n"
    warnings = Folder(tmp_path).load(text).warnings
    places = [(each.column, each.end_column) for each in warnings if each.code == "common-word"]
    assert places == [(41, 44), (52, 55)]


def test_an_ambiguous_name_alone_is_worth_what_its_entity_says(tmp_path):
    text = "entities: {a: {name: A1}, b: {name: B1, ambiguous_alone: no}}\n"
    entities = Folder(tmp_path).load(text).settings.entities
    assert [each.alone for each in entities] == ["lower", "no"]


def test_the_configuration_in_force_shows_rules_as_written(tmp_path):
    text = """\
    watchlists:
      short: [near: {within: 6, groups: [airspace, [closed, closure]]}]
      long:
        match: [query: oil]
    """
    loaded = Folder(tmp_path).load(text)
    shown = {option.path: option.value for option in describe(loaded)}
    near = {"within": "6", "groups": ["airspace", ["closed", "closure"]]}
    assert shown["watchlists.short"] == [{"near": near}]
    assert shown["watchlists.long.match"] == [{"query": "oil"}]


CONTRACT = """\
entities:
  maduro:
    name: Nicolás Maduro
    aliases: [Nicolás Maduro Moros, "Maduro, Nicolás", Мадуро, 马杜罗, مادورو]
    ambiguous: [=Maduro]           # counts only with context nearby, or in its exact case and without any exclude
    context: [Venezuela, Caracas, Miraflores, PDVSA]
    exclude: [cigar*, plantain*, Madurodam, Ricardo Maduro]

watchlists:
  airspace: [airspace, NOTAM, "no-fly zone"]               # shortest form: any of these
  venezuela-crisis:
    description: Closure or strikes affect crews within hours.    # shown in the alert
    severity: high                 # low | medium | high | critical     (default medium)
    fields: [title, summary]       # default title, summary, content; also author, tags, url
    languages: [en, es]            # default all
    sources: {include: [tag:wire, "*.bbc.co.uk"], exclude: [tag:sport]}   # by tag, name or host glob
    match:                         # any of these rules fires
      - entity: maduro
      - all: [Venezuela, {any: [amnesty, regime change]}]
      - near: {within: 6, groups: [[airspace], [closed, closure]]}   # words apart; ordered, same_sentence optional
      - at_least: {count: 2, of: [OPEC, Brent, barrel*]}
      - query: 'title:"cartel of the suns" OR (airspace NEAR/5 closed AND lang:es)'
    none: [baseball, Miss Venezuela]           # vetoes the whole watchlist
    notify: [desk]                 # default: top-level notify
    tests:
      match: ["Trump says Venezuelan airspace is closed"]
      no_match: [{title: "Best maduro cigars of 2026", source: https://cigars.example/feed}]

notifiers:
  desk: {type: slack, url: "https://hooks.slack.com/services/T/B/x"}
"""


def test_the_contracts_watchlists_load(tmp_path):
    settings = Folder(tmp_path).load(CONTRACT).settings
    crisis = settings.watchlists[1]
    kinds = [type(rule).__name__ for rule in crisis.match]
    assert kinds == ["EntityRef", "AllOf", "Near", "AtLeast", "AnyOf"]
    assert len(crisis.tests) == 2
