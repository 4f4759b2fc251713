"""Which terms a rule waits for, so that most rules are never asked."""

from watch_builders import MADURO, a_watchlist, matches, terms

from monitor.watch.matcher import Matcher
from monitor.watch.plan import Planner
from monitor.watch.rules import AllOf, AnyOf, EntityRef, NoneOf
from monitor.watch.words.scanner import AutomatonScanner


def anchors(rule, *others):
    planner = Planner({"maduro": MADURO})
    plan = planner.plan(rule)
    for other in others:
        planner.plan(other)
    return [probe.term.written for probe in planner.anchors(plan)]


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


def test_fields_no_watchlist_reads_are_not_scanned():
    scanned = []

    class Watched(AutomatonScanner):
        def scan(self, tokens):
            scanned.append(" ".join(tokens))
            return super().scan(tokens)

    matcher = Matcher([a_watchlist("x", fields=("summary", "title"))], {}, scanner=Watched)
    matches(matcher, "one", summary="two", content="three", author="four")
    assert set(scanned) == {"one", "two"}
