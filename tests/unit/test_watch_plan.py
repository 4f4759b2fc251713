"""Which terms a rule waits for, so that most rules are never asked."""

from watch_builders import MADURO, a_watchlist, matches, terms

from monitor.watch.anchors import anchors as anchors_of
from monitor.watch.anchors import company as company_of
from monitor.watch.matcher import Matcher
from monitor.watch.plan import Planner
from monitor.watch.rules import AllOf, AnyOf, AtLeast, EntityRef, FromSource, Near, NoneOf
from monitor.watch.words.scanner import AutomatonScanner


def anchors(rule, *others):
    planner = Planner({"maduro": MADURO})
    plan = planner.plan(rule)
    for other in others:
        planner.plan(other)
    return [probe.term.written for probe in anchors_of(plan, planner.rate)]


def test_any_waits_for_each_of_its_terms_once():
    assert anchors(AnyOf(rules=terms("airspace", "NOTAM", "=NOTAM", "/aa\\d+/"))) == [
        "airspace",
        "NOTAM",
        "/aa\\d+/",
    ]


def test_all_waits_for_its_rarest_part():
    long = AnyOf(rules=terms("regime change", "constitutional crisis"))
    assert anchors(AllOf(rules=(*terms("oil"), long, *terms("war*")))) == [
        "regime change",
        "constitutional crisis",
    ]


def test_a_part_that_many_rules_name_counts_as_common():
    rule = AllOf(rules=terms("Venezuela", "amnesty"))
    assert anchors(rule) == ["Venezuela"]
    assert anchors(rule, *terms("Venezuela") * 9) == ["amnesty"]


def test_two_characters_of_chinese_are_rarer_than_two_letters():
    assert anchors(AllOf(rules=terms("空域", "of it"))) == ["空域"]


def test_a_pattern_is_waited_for_only_where_nothing_else_can_be():
    assert anchors(AllOf(rules=terms("/airspace/", "a"))) == ["a"]
    assert anchors(AllOf(rules=terms("/airspace/"))) == ["/airspace/"]


def test_nothing_waits_for_what_must_not_stand():
    never = NoneOf(rules=terms("baseball"))
    assert anchors(AllOf(rules=(never, *terms("oil"), AllOf(rules=())))) == ["oil"]


def test_an_entity_waits_for_its_names_and_not_for_their_context():
    entity = EntityRef(key="maduro")
    assert anchors(AllOf(rules=(entity, *terms("regime change")))) == ["regime change"]
    names = anchors(AllOf(rules=(entity, *terms("on"))))
    assert "=Maduro" in names
    assert "Caracas" not in names


def company(rule):
    planner = Planner({"maduro": MADURO})
    plan = planner.plan(rule)
    return [planner.needles[needle] for needle in company_of(plan, planner.rate)]


def test_beside_its_anchors_a_rule_asks_for_one_of_its_next_rarest_part():
    few = AnyOf(rules=terms("embargo", "blockade", "EMBARGO"))
    both = AllOf(rules=(few, *terms("on", "regime change")))
    assert company(both) == [" embargo ", " blockade "]
    near = Near(groups=(terms("airspace"), terms("shut", "closed")), within=5)
    assert company(near) == [" shut ", " closed "]


def test_what_may_hold_without_any_term_is_no_company():
    either = AnyOf(rules=(*terms("wire"), FromSource(which="tag:wire")))
    assert company(AllOf(rules=(either, *terms("airspace")))) == []
    assert company(AllOf(rules=(NoneOf(rules=terms("cigar")), *terms("airspace")))) == []
    assert company(AllOf(rules=terms("/war/", "airspace"))) == []
    assert company(AtLeast(count=2, rules=terms("oil", "gas", "coal"))) == []
    assert company(AnyOf(rules=terms("oil", "gas"))) == []


def test_fields_no_watchlist_reads_are_not_scanned():
    scanned = []

    class Watched(AutomatonScanner):
        def glance(self, words):
            scanned.extend(filter(None, words))
            return super().glance(words)

    matcher = Matcher([a_watchlist("x", fields=("summary", "title"))], {}, scanner=Watched)
    matches(matcher, "one", summary="two", content="three", author="four")
    assert set(scanned) == {"one", "two"}
