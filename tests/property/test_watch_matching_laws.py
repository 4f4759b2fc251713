"""Laws of matching: the engine is brute force made fast, whatever the rules and the text."""

from itertools import chain

from hypothesis import given, settings
from hypothesis import strategies as st
from watch_brute_force import FIELDS, SPELLED, Doc, judged

from monitor.model import Severity
from monitor.watch.explain import explain
from monitor.watch.matcher import MAX_EVIDENCE, Matcher
from monitor.watch.rules import (
    AllOf,
    AnyOf,
    AtLeast,
    Entity,
    EntityRef,
    FromSource,
    InFields,
    InLanguage,
    Near,
    NoneOf,
    Watchlist,
    requires_nothing,
)
from monitor.watch.terms import parse_term
from monitor.watch.words.detection import Tongue
from monitor.watch.words.scanner import AutomatonScanner, DictionaryScanner

bounded = settings(max_examples=100, deadline=None)

# Few words at a time, the same in the rules and in the text, or hardly anything would be found.
vocabulary = st.lists(st.sampled_from(SPELLED), min_size=2, max_size=4, unique=True)
words = st.shared(vocabulary, key="words").flatmap(st.sampled_from)
written_words = st.lists(
    st.tuples(words, st.sampled_from([" ", ", ", "’s ", " — ", "! "])),
    max_size=7,
)
docs = st.builds(
    Doc, st.tuples(*[written_words] * len(FIELDS)), language=st.sampled_from(["", "en", "zz"])
)

phrases = st.lists(words, min_size=1, max_size=2).map(" ".join)
marked = phrases | phrases.map("={}".format) | phrases.map('"{}"'.format)
others = ["cig*", "lod*", "Ricardo mad*", "stri*", "/mad/", "/US|cigar/", "/o. /"]
some_terms = (marked | marked | st.sampled_from(others)).map(parse_term)
term_lists = st.lists(some_terms, max_size=3).map(tuple)
entities = st.builds(
    Entity,
    key=st.just("e"),
    name=st.just("E"),
    aliases=term_lists,
    ambiguous=st.lists(phrases.map("={}".format).map(parse_term), max_size=2).map(tuple),
    context=term_lists,
    exclude=term_lists,
    alone=st.sampled_from(["lower", "no"]),
)
named = st.just(EntityRef(key="e"))
nearness = st.builds(
    Near,
    groups=st.lists(
        st.lists(some_terms | named, min_size=1, max_size=2).map(tuple), min_size=2, max_size=3
    ).map(tuple),
    within=st.integers(1, 4),
    ordered=st.booleans(),
    same_sentence=st.booleans(),
)
some_fields = st.lists(st.sampled_from(FIELDS), min_size=1, unique=True).map(tuple)
conditions = st.sampled_from(
    [InLanguage(language="en"), FromSource(which="tag:wire"), FromSource(which="nobody")]
)


def combined(parts):
    lists = st.lists(parts, max_size=3).map(tuple)
    return st.one_of(
        st.builds(AnyOf, rules=lists),
        st.builds(AllOf, rules=lists),
        st.builds(NoneOf, rules=lists),
        st.builds(AtLeast, count=st.integers(1, 3), rules=lists),
        st.builds(InFields, fields=some_fields, rule=parts),
    )


some_rules = st.recursive(
    some_terms | named | nearness | conditions, combined, max_leaves=6
).filter(lambda rule: not requires_nothing(rule))
watchlists = st.builds(
    Watchlist,
    name=st.just("x"),
    match=st.lists(some_rules, max_size=3).map(tuple),
    none=st.lists(some_rules, max_size=2).map(tuple),
    severity=st.just(Severity.HIGH),
    fields=some_fields,
)


def a_matcher(lists, entity, scanner=AutomatonScanner):
    return Matcher(lists, {"e": entity}, scanner=scanner, detect=lambda _: Tongue("", ""))


def told(evidence):
    return {(e.term, (e.field, e.start, e.end), e.entity) for e in evidence}


def is_like_brute_force(match, watchlist, entity, doc):
    named = {"e": entity}
    fires, sure, found = judged(AnyOf(rules=watchlist.match), doc, watchlist.fields, named)
    _, _, vetoes = judged(AnyOf(rules=watchlist.none), doc, watchlist.fields, named)
    assert (match is not None) is fires
    if match is not None:
        assert match.possible is not sure
        assert match.severity is (Severity.HIGH if sure else Severity.MEDIUM)
        for evidence, expected in (match.evidence, found), (match.vetoed_by, vetoes):
            places = {finding[:3] for finding in expected}
            assert told(evidence) <= places
            assert len(evidence) == min(len(places), MAX_EVIDENCE)
            assert all(e.text == doc.texts[e.field][e.start : e.end] for e in evidence)


@settings(bounded, max_examples=300)
@given(st.lists(watchlists, min_size=1, max_size=3), entities, docs)
def test_the_matcher_is_brute_force_made_fast(lists, entity, doc):
    lists = [_changed(watchlist, name=str(n)) for n, watchlist in enumerate(lists)]
    matches = {match.watchlist: match for match in a_matcher(lists, entity).match(doc.item())}
    for watchlist in lists:
        is_like_brute_force(matches.get(watchlist.name), watchlist, entity, doc)


@settings(bounded, max_examples=300)
@given(nearness, entities, docs)
def test_nearness_is_that_of_all_combinations(rule, entity, doc):
    watchlist = Watchlist(name="x", match=(rule,), severity=Severity.HIGH, fields=FIELDS)
    match = next(iter(a_matcher([watchlist], entity).match(doc.item())), None)
    is_like_brute_force(match, watchlist, entity, doc)


@bounded
@given(st.lists(watchlists, min_size=1, max_size=3), entities, docs)
def test_the_scanner_makes_no_difference(lists, entity, doc):
    one, other = (
        a_matcher(lists, entity, scanner) for scanner in (AutomatonScanner, DictionaryScanner)
    )
    assert one.match(doc.item()) == other.match(doc.item())


@bounded
@given(st.lists(watchlists, min_size=1, max_size=2), entities, docs)
def test_preparing_languages_before_or_in_any_order_makes_no_difference(lists, entity, doc):
    cold, one, other = (a_matcher(lists, entity) for _ in range(3))
    for language in ("en", "pl", "zz"):
        one.prepare(language)
    for language in ("pl-PL", "en_GB"):
        other.prepare(language)
    assert cold.match(doc.item()) == one.match(doc.item()) == other.match(doc.item())


@bounded
@given(watchlists, entities, docs)
def test_explaining_agrees_with_matching(watchlist, entity, doc):
    watchlist = _changed(watchlist, languages=("en",))
    matcher = a_matcher([watchlist], entity)
    (explanation,) = explain(matcher, doc.item())
    match matcher.match(doc.item()):
        case ():
            assert explanation.outcome == "no_match"
            assert explanation.refusals or not any(rule.holds for rule in explanation.rules)
            assert all(rule.why_not for rule in explanation.rules if not rule.holds)
        case (match,):
            assert explanation.outcome == ("vetoed" if match.vetoed_by else "fired")
            shown = chain.from_iterable(rule.found for rule in explanation.rules)
            assert told(match.evidence) <= told(shown)
            assert explanation.vetoed_by == match.vetoed_by


def _changed(watchlist, **changes):
    return Watchlist(**{name: getattr(watchlist, name) for name in Watchlist.__slots__} | changes)
