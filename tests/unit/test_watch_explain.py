"""What a person is told of why a watchlist did or did not fire."""

from builders import an_item
from watch_builders import MADURO, a_watchlist, terms

from monitor.model import SourceRef
from monitor.watch.explain import explain, lines, near_miss
from monitor.watch.matcher import Matcher
from monitor.watch.rules import AllOf, AnyOf, EntityRef, InFields, Near, NoneOf, SourceFilter

CRISIS = AllOf(rules=(AnyOf(rules=terms("Venezuela", "Caracas")), *terms("=US", "amnesty")))


def told(watchlist, title, **changes):
    matcher = Matcher([watchlist], {"maduro": MADURO})
    (explanation,) = explain(matcher, an_item(title=title, **changes))
    return lines(explanation)


def test_a_watchlist_that_fires_shows_what_was_found_where():
    assert told(a_watchlist("airspace", EntityRef(key="maduro")), "Maduro closes the airspace") == [
        "desk: fired",
        "  holds: airspace",
        "    “airspace” in title 18–26 (airspace)",
        "  holds: entity maduro",
        (
            "    “Maduro” in title 0–6 (=Maduro; ambiguous “Maduro” is in its exact case"
            " and nothing excludes it)"
        ),
    ]


def test_what_was_missing_is_named():
    assert told(a_watchlist(CRISIS, "airspace", "NOTAM"), "US offers Amnesty") == [
        "desk: no_match",
        "  does not hold: all of (one of Venezuela, Caracas), =US, amnesty",
        "    missing: one of Venezuela, Caracas",
        "  does not hold: one of airspace, NOTAM",
        "    missing: one of airspace, NOTAM",
    ]


def test_what_stands_in_the_way_is_named():
    rule = AllOf(rules=(*terms("Caracas"), NoneOf(rules=terms("baseball", "béisbol"))))
    assert told(a_watchlist(rule), "Baseball in Caracas") == [
        "desk: no_match",
        "  does not hold: all of Caracas, (none of baseball, béisbol)",
        "    in the way: baseball",
    ]


def test_a_veto_shows_what_vetoed():
    assert told(a_watchlist("Caracas", none=("baseball",)), "Baseball in Caracas") == [
        "desk: vetoed",
        "  holds: Caracas",
        "    “Caracas” in title 12–19 (Caracas)",
        "  vetoed by “Baseball” in title 0–8 (baseball)",
    ]


def test_an_ambiguous_name_that_did_not_count_says_why():
    entity = a_watchlist(EntityRef(key="maduro"))
    assert told(entity, "Maduro cigars")[1:] == [
        "  does not hold: entity maduro",
        "    ambiguous “Maduro” stands without context and “cigars” excludes it",
    ]
    assert told(entity, "un vino maduro")[2:] == [
        "    ambiguous “maduro” stands without context and is not in its exact case"
    ]
    assert told(entity, "Ricardo Maduro in Caracas")[2:] == [
        "    ambiguous “Maduro” is part of “Ricardo Maduro”, which is excluded"
    ]
    assert told(entity, "Lula speaks")[2:] == ["    missing: entity maduro"]


def test_doubts_are_told_inside_other_rules_too():
    rule = AnyOf(rules=(EntityRef(key="maduro"), *terms("PDVSA")))
    assert told(a_watchlist(AllOf(rules=(rule, *terms("cigar*")))), "Maduro cigars")[2:] == [
        "    missing: one of entity maduro, PDVSA",
        "    ambiguous “Maduro” stands without context and “cigars” excludes it",
    ]


def test_a_watchlist_that_does_not_read_the_item_says_so_and_what_it_would_find():
    watchlist = a_watchlist(
        "airspace",
        languages=("en", "es"),
        sources=SourceFilter(include=("*.bbc.co.uk",), exclude=("tag:sport",)),
    )
    source = SourceRef(name="Gol", url="https://gol.example/rss", tags=frozenset({"sport"}))
    assert told(watchlist, "airspace", language="pl", source=source) == [
        "desk: no_match",
        "  not read: language pl is not one of en, es",
        "  not read: source Gol is none of *.bbc.co.uk",
        "  not read: source filter excludes tag:sport",
        "  holds: airspace",
        "    “airspace” in title 0–8 (airspace)",
    ]


def test_long_lists_are_cut():
    words = [f"w{number}" for number in range(12)]
    assert told(a_watchlist(*words), "nothing")[1] == (
        "  does not hold: one of w0, w1, w2, w3, w4, w5, w6, w7 and 4 more"
    )


# --- near misses ------------------------------------------------------------------------------


def missed(watchlist, title, **changes):
    matcher = Matcher([watchlist], {"maduro": MADURO})
    (explanation,) = explain(matcher, an_item(title=title, **changes))
    return near_miss(explanation)


def test_the_rule_that_comes_closest_is_told_with_what_it_has_and_lacks():
    apart = Near(groups=(terms("airspace"), terms("closed")), within=2)
    assert missed(a_watchlist(CRISIS, apart), "US waits") == [
        "nearest: all of (one of Venezuela, Caracas), =US, amnesty",
        "  found: “US” in title 0–2 (=US)",
        "  missing: one of Venezuela, Caracas",
        "  missing: amnesty",
    ]
    assert missed(
        a_watchlist(CRISIS, apart), "US airspace over Caracas is closed", language="en"
    ) == [
        "nearest, read as en: airspace near closed within 2 words",
        "  “airspace” and “closed” stand 4 words apart in the title; at most 2 were asked for",
    ]


def test_a_term_that_stands_there_otherwise_says_how():
    assert missed(a_watchlist("=US", "Caracas"), "Tell us") == [
        "nearest: =US",
        "  =US: “us” in the title is not the exact case asked for",
    ]
    assert missed(a_watchlist("Gaza"), "Ceny gazu rosną", language="pl") == [
        "nearest, read as pl: Gaza",
        "  Gaza: “gazu” in the title is a form of it without the capital of the term",
    ]
    assert missed(a_watchlist("Caracas", fields=("title",)), "x", summary="In Caracas") == [
        "nothing that it looks for stands there: Caracas"
    ]
    in_titles = InFields(fields=("title",), rule=terms("Caracas")[0])
    assert missed(a_watchlist(in_titles, "zzz"), "x", summary="In Caracas") == [
        "nearest: Caracas in the title",
        "  Caracas: “Caracas” stands in the summary, which is not looked at",
    ]


def test_a_watchlist_that_does_not_read_the_item_says_only_that():
    watchlist = a_watchlist("Caracas", languages=("es",))
    assert missed(watchlist, "Caracas", language="pl") == ["not read: language pl is not one of es"]


def test_an_explanation_knows_the_language_and_what_is_only_possible():
    matcher = Matcher([a_watchlist(EntityRef(key="maduro"))], {"maduro": MADURO})
    (told,) = explain(matcher, an_item(title="Maduro speaks", language="en"))
    assert (told.possible, told.language, told.detected) == (True, "en", False)
    assert lines(told)[0] == "desk: fired, possible"
    spanish = "El presidente de la República habla esta noche a toda la nación desde Caracas"
    (told,) = explain(matcher, an_item(title=spanish))
    assert (told.possible, told.language, told.detected) == (False, "es", True)
