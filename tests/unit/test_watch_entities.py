"""Whether "Maduro" means the president: sentences that do and do not, and the rule that decided."""

import pytest
from watch_builders import MADURO, a_watchlist, found, matches, on_maduro, terms

from monitor.watch.matcher import Matcher
from monitor.watch.terms import Entity, EntityRef

MEANT = [
    "Maduro vows to resist as warships gather",
    "Trump and Maduro spoke by phone, officials say",
    "Trump says he told Maduro to leave",
    "Nicolás Maduro calls for talks",
    "Nicolas Maduro's allies leave the capital",
    "NICOLÁS MADURO ADDRESSES THE NATION",
    "nicolas maduro: a timeline",
    "Maduro’s inner circle under new sanctions",
    "Court papers name “Maduro, Nicolás” as a defendant",
    "MADURO OUT: CARACAS WAKES TO TANKS",
    "what next for maduro and venezuela?",
    "Maduro, Delcy Rodríguez and the generals",
    "Maduro-Trump call lasted fifteen minutes",
    "Who would follow Maduro?",
    "Brazil offers to host Maduro",
    "Maduro tells oil firm PDVSA to double output",
    "Мадуро заявил о готовности к переговорам",
    "特朗普与马杜罗通话",
    "マドゥロ大統領が演説",
    "마두로가 협상을 제안했다",
    "مادورو يدعو إلى الحوار",
    "मादुरो ने बातचीत की पेशकश की",
    "Is Nicolás Maduro Moros still in the palace?",
    "Caracas cigar shop owner backs Maduro",
    "Lawyers for Maduro ask for more time",
]

NOT_MEANT = [
    "best maduro cigars of the year",
    "Maduro cigars worth the price",
    "The Maduro wrapper explained",
    "A broadleaf Maduro and the tobacco that made it",
    "Five cigars: Connecticut, Habano, Maduro",
    "Ricardo Maduro looks back on his years in Honduras",
    "Ricardo Maduro, ex-president, on Venezuela and its neighbours",
    "A day at Madurodam with children",
    "Maduro family donated the park Madurodam",
    "Fried plantains: green or Maduro?",
    "how to fry a plátano maduro",
    "plátanos maduros con queso",
    "arroz con maduro, paso a paso",
    "un vino maduro y elegante",
    "el público maduro prefiere la radio",
    "un mercado maduro para los bancos",
    "queijo maduro de Minas",
    "Maduros and tostones, two ways",
    "MADURO CIGAR SALE ENDS SUNDAY",
    "Premature or mature? immaduro in Italian",
    "Plantain chips and sweet Maduro slices",
    "Tobacco report: Maduro leaf is up",
]


@pytest.mark.parametrize("title", MEANT)
def test_the_president_is_meant(title):
    assert matches(on_maduro(), title)


@pytest.mark.parametrize("title", NOT_MEANT)
def test_something_else_is_meant(title):
    assert matches(on_maduro(), title) == ()


def notes(matcher, title, **changes):
    return [
        (e.text, e.term, e.entity, e.note)
        for match in matches(matcher, title, **changes)
        for e in match.evidence
    ]


def test_a_full_name_counts_alone_and_is_company_for_the_short_one():
    assert notes(on_maduro(), "Nicolás Maduro: the cigars maduro smokes") == [
        ("Nicolás Maduro", "Nicolás Maduro", "maduro", ""),
        ("maduro", "=Maduro", "maduro", "ambiguous “maduro” stands with “Nicolás Maduro”"),
    ]


def test_context_may_stand_in_another_field():
    assert notes(on_maduro(), "MADURO FLEES", content="Long lines formed in Caracas.") == [
        ("MADURO", "=Maduro", "maduro", "ambiguous “MADURO” stands with “Caracas”")
    ]


def test_context_in_a_field_the_watchlist_does_not_read_is_no_context():
    titles = on_maduro(fields=("title",))
    assert notes(titles, "MADURO FLEES", content="Long lines formed in Caracas.") == []


def test_the_exact_case_counts_where_nothing_excludes_it():
    assert notes(on_maduro(), "Maduro speaks") == [
        (
            "Maduro",
            "=Maduro",
            "maduro",
            "ambiguous “Maduro” is in its exact case and nothing excludes it",
        )
    ]


def test_a_name_inside_an_excluded_one_never_counts_but_another_may():
    title = "Ricardo Maduro met Maduro in Caracas"
    ((text, *_),) = notes(on_maduro(), title)
    assert text == "Maduro"
    (match,) = matches(on_maduro(), title)
    assert match.evidence[0].start == title.rindex("Maduro")


def test_an_ambiguous_name_without_its_mark_is_exact_as_it_is_written():
    ford = Entity(
        key="ford",
        name="USS Gerald R. Ford",
        aliases=terms("USS Gerald R. Ford"),
        ambiguous=terms("Ford", "Fords*", "/ford class/"),
        context=terms("carrier"),
        exclude=terms("/pick-?up/"),
    )
    matcher = Matcher([a_watchlist(EntityRef(key="ford"))], {"ford": ford})
    assert [text for text, *_ in notes(matcher, "Ford leaves; ford; FORD")] == ["Ford"]
    assert [text for text, *_ in notes(matcher, "ford, a carrier")] == ["ford"]
    assert [text for text, *_ in notes(matcher, "Fordson; fordson")] == ["Fordson"]
    assert [text for text, *_ in notes(matcher, "the FORD class")] == ["FORD class"]
    assert notes(matcher, "Ford sells a new pickup") == []


def test_an_entity_can_be_part_of_a_rule_or_a_veto():
    key = EntityRef(key="maduro")
    assert found("Maduro speaks", key, none=("Caracas",)) == ["Maduro"]
    vetoing = Matcher([a_watchlist("airspace", none=(key,))], {"maduro": MADURO})
    (match,) = matches(vetoing, "Maduro on airspace")
    assert [(e.text, e.entity) for e in match.vetoed_by] == [("Maduro", "maduro")]
