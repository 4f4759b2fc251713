"""Whether "Maduro" means the president: sentences that do and do not, and the rule that decided."""

import pytest
from builders import an_item
from watch_builders import MADURO, a_watchlist, found, matches, on_maduro, terms

from monitor.watch.explain import explain
from monitor.watch.matcher import Matcher
from monitor.watch.rules import Entity, EntityRef

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


def test_context_may_stand_in_a_field_the_watchlist_does_not_read():
    titles = on_maduro(fields=("title",))
    assert notes(titles, "MADURO FLEES", content="Long lines formed in Caracas.") == [
        ("MADURO", "=Maduro", "maduro", "ambiguous “MADURO” stands with “Caracas”")
    ]


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


# Sentences of our own about cigars, fruit, cheese, footballers, villages and other Maduros.
OTHERS = """
en | Tasting notes: a Nicaraguan maduro with pepper and cocoa
en | Why Maduro cigars taste sweeter than natural ones
en | Padrón 1964 Maduro review: a box worth the money
en | How long should a Connecticut Broadleaf maduro age?
en | Cigar of the year: San Andrés Maduro takes the crown
en | Our humidor picks: five Maduro smokes under ten dollars
en | A beginner's guide to wrappers, from Claro to Maduro
en | Tobacco growers expect a darker Maduro leaf this season
en | Fried sweet plantains (maduros) in twenty minutes
en | Maduros, black beans and rice: a Cuban supper
en | The ripe plantain, or maduro, is best when black
en | Plantain prices: green up, Maduro down
en | Madurodam reopens after its winter break
en | Miniature city Madurodam welcomes its millionth guest
en | Ricardo Maduro recalls his term in Tegucigalpa
en | Honduras ex-leader Ricardo Maduro turns eighty
en | Curaçao remembers George Maduro, hero of the Dutch resistance
en | George Maduro statue unveiled in The Hague
en | Conchita Maduro exhibition opens in Lisbon
en | Striker Maduro signs for second-division side
en | Hedwiges Maduro named assistant coach at Almere City
en | Hedwiges Maduro on life after Ajax and Valencia
en | Goalkeeper Maduro saves two penalties in shoot-out
en | Quincy Maduro wins silver in judo
en | In Maduro village, farmers await the rain
en | Maduro Dives offers reef trips off Bonaire
en | S.E.L. Maduro & Sons marks its anniversary in Willemstad
en | Maduro & Curiel's Bank raises its dividend
en | Colour of the season: maduro brown
en | A maduro finish for this guitar's neck
es | Receta: plátano maduro al horno con canela
es | Cómo saber si el aguacate está maduro
es | El mango maduro pierde vitamina C
es | Un vino maduro y redondo, dice el catador
es | El equipo más maduro de la liga
es | Tomates maduros para el gazpacho
es | Mercado maduro, crecimiento lento: el caso del móvil
es | Arroz con maduros, la receta de la abuela
es | Queso de oveja maduro, medalla de oro
es | Un hombre maduro debuta en el maratón
es | Cine: un director maduro vuelve a Cannes
es | Bosque maduro: por qué importa
es | Ricardo Maduro presenta sus memorias en Tegucigalpa
es | El delantero Maduro renueva hasta 2028
es | Habanos: la capa Maduro cumple veinte años
pt | Queijo maduro ganha prêmio em Minas
pt | Público maduro volta aos cinemas
pt | Zagueiro Maduro rescinde contrato
pt | Futebol mais maduro, diz o técnico
pt | Fruto maduro cai sozinho, lembra o agricultor
nl | Oorlogsheld George Maduro krijgt straat in Leiden
nl | Dagje uit: Madurodam met korting
nl | Hedwiges Maduro trainer van jong talent
it | Pomodoro maduro? In italiano si dice maturo
de | Zigarren: Maduro oder Claro?
de | Reife Kochbananen, maduros genannt, aus dem Ofen
pl | Cygara Maduro zdrożały przed świętami
pl | Hedwiges Maduro nowym trenerem młodzieży
fr | Le cigare Maduro, une affaire de patience
fr | Bananes plantains maduros, recette facile
"""


def test_of_other_maduros_hardly_any_alerts_as_if_it_were_the_president():
    rows = [line.split(" | ") for line in OTHERS.strip().splitlines()]
    fired = [match for lang, title in rows for match in matches(on_maduro(), title, language=lang)]
    assert len(rows) == 60
    assert sum(not match.possible for match in fired) == 0
    assert len(fired) <= 21  # each one severity lower, marked as possible


def test_what_speaks_for_a_name_or_against_it_is_looked_for_in_the_whole_item():
    matcher = on_maduro(fields=("title",))

    def judged(title, summary):
        return [match.possible for match in matcher.match(an_item(title=title, summary=summary))]

    assert judged("Maduro speaks", "The palace said nothing") == [True]
    assert judged("Maduro speaks", "Caracas said nothing") == [False]
    assert judged("Maduro speaks", "Nicolás Maduro said nothing") == [False]
    assert judged("Maduro speaks", "A cigar of the year") == []
    assert judged("The palace speaks", "Nicolás Maduro of Caracas") == []


@pytest.mark.parametrize(
    ("title", "full"),
    [
        ("Councillor Denise Maduro opens the new library", "Denise Maduro"),
        ("Former minister Miguel Poiares Maduro publishes an essay", "Poiares Maduro"),
        ("A goal by Jean-Luc Maduro sends the village club through", "Jean-Luc Maduro"),
        ("Maduro wins, and the village praises Denise Maduro", "Denise Maduro"),
    ],
)
def test_a_surname_behind_another_first_name_is_somebody_elses(title, full):
    (told,) = explain(on_maduro(), an_item(title=title))
    assert told.outcome == "no_match"
    (reason,) = told.rules[0].why_not
    assert reason == f"ambiguous “Maduro” stands without context and “{full}” is somebody else"


@pytest.mark.parametrize(
    ("title", "language"),
    [
        ("Capturing Maduro was the easy part of the plan", "en"),  # a sentence begins
        ("Analysis: Capturing Maduro was the easy part", "en"),
        ("Senators Say Seizing Maduro Was The Easy Part", "en"),  # title case
        ("Officials say President Maduro was on the plane", "en"),  # a title
        ("Officials say that on Friday Maduro was on the plane", "en"),
        ("Officials say that US Maduro policy was a plan", "en"),
        ("Officials cheer Trump’s Maduro policy and its plan", "en"),
        ("Officials say that Nicholas Maduro was on the plane", "en"),  # like his own first name
        ("Wie der Machthaber Maduro das Land verlassen hat", "de"),  # every noun has a capital
        ("Councillor Denise Maduro of Caracas opens the new library", "en"),  # context
    ],
)
def test_a_capital_before_a_surname_that_is_no_other_first_name_changes_nothing(title, language):
    assert matches(on_maduro(), title, language=language)


def test_whoever_is_named_in_full_in_one_field_is_meant_in_the_others():
    summary = "The striker Conor Maduro put Rovers ahead after an hour."
    assert matches(on_maduro(), "Maduro scores twice", summary=summary) == ()
    assert matches(on_maduro(), "Maduro scores twice", summary="The striker put Rovers ahead.")
    assert matches(on_maduro(), "Nicolás Maduro scores", summary=summary)
