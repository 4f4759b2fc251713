"""What fires a watchlist, what vetoes it, and the evidence it gives."""

import pytest
from builders import an_item
from watch_builders import MADURO, a_watchlist, found, matches, terms

from monitor.model import Severity, SourceRef
from monitor.watch.matcher import MAX_EVIDENCE, Matcher
from monitor.watch.reading import field_text
from monitor.watch.rules import AllOf, AnyOf, EntityRef, NoneOf, SourceFilter
from monitor.watch.terms import parse_term

VENEZUELA = AnyOf(rules=terms("Venezuela", "Caracas"))
CHANGE = AnyOf(rules=terms("amnesty", "regime change"))


# --- terms ---------------------------------------------------------------------------------------


def test_a_word_is_found_in_any_case_with_any_accents():
    assert found("MEDELLIN: Medellín, medellín's", "Medellín") == [
        "MEDELLIN",
        "Medellín",
        "medellín",
    ]


def test_only_whole_words_are_found():
    assert found("Airspace and aerospace", "space", "air") == []


def test_a_phrase_is_found_across_signs():
    assert found("A no–fly, zone", "no-fly zone") == ["no–fly, zone"]


def test_overlapping_terms_all_count():
    texts = found("Donald Trump Jr", "Trump", "Donald Trump", "Donald Trump Jr", "Trump Jr")
    assert texts == ["Donald Trump", "Donald Trump Jr", "Trump", "Trump Jr"]


def test_an_exact_case_is_told_from_other_cases():
    assert found("Us and the US' allies tell us", "=US") == ["US"]


def test_an_exact_case_keeps_its_accents():
    assert found("Peru PERÚ Perú PeRU\u0301", "=Perú") == ["Perú"]


def test_an_exact_case_does_not_hide_the_same_word_in_any_case():
    assert found("us and US", "=US", "us") == ["us", "US", "US"]


def test_a_beginning_finds_the_whole_word():
    assert found("Cigars, cigarette; Cigar-makers", "cigar*") == ["Cigars", "cigarette", "Cigar"]


def test_the_last_word_of_a_phrase_may_be_a_beginning():
    assert found("air traffic controllers", "air traffic control*") == ["air traffic controllers"]


@pytest.mark.parametrize(
    ("title", "term"),
    [
        ("美国总统谈马杜罗下台", "马杜罗"),
        ("大統領はマドゥロ氏と", "マドゥロ"),
        ("마두로가 떠났다", "마두로"),
        ("ประธานาธิบดีมาดูโรถูก", "มาดูโร"),
    ],
)
def test_names_are_found_inside_text_without_spaces(title, term):
    assert found(title, term) == [term]


def test_a_character_pair_in_another_order_is_not_the_name():
    assert found("马罗杜", "马杜罗") == []


def test_a_pattern_reads_the_original_text_in_any_case():
    assert found("Flight AA-1234 / aa 77", r"/aa[- ]\d+/") == ["AA-1234", "aa 77"]


def test_a_pattern_may_ask_for_its_case():
    assert found("us or US", "/(?-i)US/") == ["US"]


def test_the_border_of_a_pattern_is_a_border_in_every_script():
    text = "Мадуро, Мадуро, Мадуров, премадуро и Мадуро"
    assert found(text, r"/\bмадуро\b/") == ["Мадуро", "Мадуро", "Мадуро"]
    assert found("łódźi łódź", r"/(?-i)\błódź\b/") == ["łódź"]
    assert found("xUS USx", r"/\bUS/") == ["US"]
    assert found("xUS USx", r"/US\b/") == ["US"]


def test_a_word_in_a_pattern_is_of_any_script():
    assert found("Мадуро заявил", r"/мадур\w+\s\w+/") == ["Мадуро заявил"]
    assert found("Maduro\u00a0says", r"/maduro\ssays/") == ["Maduro\u00a0says"]
    assert found("№ 7: x_y", r"/[\w:]+/") == ["7:", "x_y"]
    assert found("a-b", r"/\w\W\w/") == ["a-b"]


def test_a_pattern_survives_half_a_character():
    assert found("\ud800 airspace", "/airspace/", "airspace") == ["airspace", "airspace"]


# --- rules ---------------------------------------------------------------------------------------


def test_all_needs_every_part():
    rule = AllOf(rules=(VENEZUELA, CHANGE))
    assert found("Amnesty in Caracas", rule) == ["Amnesty", "Caracas"]
    assert found("Amnesty in Peru", rule) == []


def test_the_parts_of_all_may_stand_in_different_fields():
    matcher = Matcher([a_watchlist(AllOf(rules=(VENEZUELA, CHANGE)))], {})
    (match,) = matches(matcher, "Amnesty!", summary="In Venezuela", content="Caracas")
    assert [(e.field, e.text) for e in match.evidence] == [
        ("title", "Amnesty"),
        ("summary", "Venezuela"),
        ("content", "Caracas"),
    ]


def test_a_phrase_never_crosses_fields():
    matcher = Matcher([a_watchlist("regime change")], {})
    assert matches(matcher, "The regime", summary="change is near") == ()


def test_none_inside_a_rule_forbids_without_a_veto():
    rule = AllOf(rules=(VENEZUELA, NoneOf(rules=terms("baseball", "Miss Venezuela"))))
    assert found("Caracas today", rule) == ["Caracas"]
    assert found("Baseball in Caracas", rule) == []


def test_rules_nest():
    rule = AllOf(rules=(VENEZUELA, AnyOf(rules=(AllOf(rules=terms("oil", "price*")), CHANGE))))
    assert found("Oil prices in Caracas", rule) == ["Oil", "prices", "Caracas"]
    assert found("Oil in Caracas", rule) == []


def test_evidence_tells_of_every_rule_that_holds_once():
    texts = found("Caracas amnesty", AllOf(rules=(VENEZUELA, CHANGE)), "Caracas", VENEZUELA)
    assert texts == ["Caracas", "amnesty"]


def test_a_veto_is_told_with_what_it_vetoed():
    matcher = Matcher([a_watchlist("Venezuela", none=("baseball", "Miss Venezuela"))], {})
    (match,) = matches(matcher, "Miss Venezuela", summary="and baseball")
    assert [e.text for e in match.evidence] == ["Venezuela"]
    assert [(e.field, e.text) for e in match.vetoed_by] == [
        ("title", "Miss Venezuela"),
        ("summary", "baseball"),
    ]
    assert matches(matcher, "Baseball") == ()


def test_a_rule_without_any_term_is_refused():
    with pytest.raises(ValueError, match="asks for no term"):
        Matcher([a_watchlist(NoneOf(rules=terms("baseball")))], {})
    with pytest.raises(ValueError, match="asks for no term"):
        Matcher([a_watchlist("x", none=(AnyOf(rules=(AllOf(rules=()),)),))], {})


def test_an_entity_that_is_not_there_is_refused():
    with pytest.raises(ValueError, match="'ghost'"):
        Matcher([a_watchlist(EntityRef(key="ghost"))], {"maduro": MADURO})


def test_a_matcher_without_watchlists_matches_nothing():
    assert matches(Matcher([], {}), "Maduro") == ()


# --- fields --------------------------------------------------------------------------------------


def test_only_the_fields_of_the_watchlist_count():
    lists = [
        a_watchlist("Caracas", name="titles", fields=("title",), none=("baseball",)),
        a_watchlist("Caracas", name="content", fields=("content",)),
    ]
    matcher = Matcher(lists, {})
    fired = matches(matcher, "Caracas", summary="baseball", content="baseball in Caracas")
    assert [(m.watchlist, [e.field for e in m.evidence], m.vetoed_by) for m in fired] == [
        ("titles", ["title"], ()),
        ("content", ["content"], ()),
    ]


def test_author_tags_and_address_can_be_watched():
    matcher = Matcher(
        [a_watchlist("Ana Díaz", "oil price", "maduro", fields=("author", "tags", "url"))], {}
    )
    item = an_item(
        title="",
        author="By Ana Diaz",
        tags=("Markets", "Oil price"),
        link="https://wire.example/world/maduro-speaks",
    )
    (match,) = matcher.match(item)
    assert [(e.field, e.text) for e in match.evidence] == [
        ("author", "Ana Diaz"),
        ("tags", "Oil price"),
        ("url", "maduro"),
    ]
    for evidence in match.evidence:
        text = field_text(item, evidence.field)
        assert text[evidence.start : evidence.end] == evidence.text


def test_an_address_inside_a_text_is_not_read():
    assert found("see https://wire.example/maduro now", "maduro") == []


# --- languages and sources -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("languages", "language", "reads"),
    [
        ((), "fr", True),
        (("en", "es"), "en", True),
        (("en",), "en-GB", True),
        (("en",), "EN_us", True),
        (("en",), "", True),
        (("en", "es"), "pl", False),
        (("en",), "enm", False),
        (("pt-BR",), "pt-br", True),
        (("pt-BR",), "pt", True),
        (("pt-BR",), "pt-PT", False),
    ],
)
def test_a_watchlist_reads_its_languages(languages, language, reads):
    matcher = Matcher([a_watchlist("Maduro", languages=languages)], {})
    assert bool(matches(matcher, "Maduro", language=language)) is reads


BBC = SourceRef(name="BBC World", url="https://feeds.bbc.co.uk/news", tags=frozenset({"wire"}))
BARE = SourceRef(name="Bare", url="https://bbc.co.uk:8443/rss")
OTHER = SourceRef(name="Sport", url="https://notbbc.co.uk/rss", tags=frozenset({"sport", "wire"}))
BROKEN = SourceRef(name="Broken", url="https://[half")


@pytest.mark.parametrize(
    ("include", "exclude", "read"),
    [
        ((), (), "BBC World, Bare, Sport, Broken"),
        (("tag:wire",), (), "BBC World, Sport"),
        (("tag:Wire",), ("tag:sport",), "BBC World"),
        (("*.bbc.co.uk",), (), "BBC World, Bare"),
        (("bbc.co.uk",), (), "Bare"),
        (("*.BBC.co.uk", "broken"), (), "BBC World, Bare, Broken"),
        (("bbc world",), (), "BBC World"),
        ((), ("*.bbc.co.uk",), "Sport, Broken"),
        (("nobody",), (), ""),
    ],
)
def test_a_watchlist_reads_its_sources(include, exclude, read):
    sources = SourceFilter(include=include, exclude=exclude)
    matcher = Matcher([a_watchlist("Maduro", sources=sources)], {})
    fired = [s.name for s in (BBC, BARE, OTHER, BROKEN) if matches(matcher, "Maduro", source=s)]
    assert ", ".join(fired) == read


def test_a_text_of_no_source_is_read_whatever_the_sources():
    sources = SourceFilter(include=("tag:wire",), exclude=("tag:sport",))
    matcher = Matcher([a_watchlist("Maduro", sources=sources)], {})
    assert matches(matcher, "Maduro", source=SourceRef(name="", url=""))


# --- evidence ------------------------------------------------------------------------------------


def test_evidence_names_the_term_as_written_and_its_place():
    matcher = Matcher([a_watchlist("cigar*", severity=Severity.LOW)], {})
    (match,) = matches(matcher, "“Cigars”")
    (evidence,) = match.evidence
    assert (evidence.term, evidence.field, evidence.text) == ("cigar*", "title", "Cigars")
    assert (evidence.start, evidence.end) == (1, 7)
    assert match.severity is Severity.LOW
    assert evidence.entity is None


def test_evidence_is_bounded_and_keeps_each_term():
    matcher = Matcher([a_watchlist("Maduro", "Caracas", "/zulia/")], {})
    (match,) = matches(matcher, "", content="Maduro " * 500 + "Caracas Zulia")
    assert len(match.evidence) == MAX_EVIDENCE
    assert [e.text for e in match.evidence[-2:]] == ["Caracas", "Zulia"]
    assert [e.start for e in match.evidence[:3]] == [0, 7, 14]


def test_watchlists_fire_in_their_order_each_on_its_own():
    lists = [a_watchlist(term, name=term) for term in ("Zulia", "Caracas", "Maduro", "Lima")]
    fired = matches(Matcher(lists, {}), "Maduro in Caracas, Zulia")
    assert [match.watchlist for match in fired] == ["Zulia", "Caracas", "Maduro"]


def test_the_same_rule_in_two_watchlists_is_read_by_each():
    rule = parse_term("Maduro")
    lists = [a_watchlist(rule, name="one"), a_watchlist(rule, name="two", none=("Caracas",))]
    one, two = matches(Matcher(lists, {}), "Maduro in Caracas")
    assert (one.vetoed_by, [e.text for e in two.vetoed_by]) == ((), ["Caracas"])
