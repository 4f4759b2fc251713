"""What takes back or turns round what was told is told, and what tells it again is not."""

import pytest
from case_builders import HOUR, MINUTE, Telling

from monitor.alerts.resting import acknowledge
from monitor.model import Acknowledgement

# Told in nearly the same words, so they join one story; each takes back what the first says.
CONTRARY = [
    (
        "US seizes oil tanker Centuries off Barbados",
        "US releases oil tanker Centuries seized off Barbados",
    ),
    ("Machado detained in Caracas", "Machado released in Caracas"),
    ("Machado detained in Caracas", "Opposition leader Machado set free in Caracas"),
    ("Machado detained in Caracas", "Machado let go after hours of detention in Caracas"),
    ("Machado detained in Caracas", "Machado walks free in Caracas"),
    ("Machado detained in Caracas", "Machado, who was held in Caracas, released before dawn"),
    ("Maduro accepts exile in Turkey", "Maduro refuses exile in Turkey"),
    ("Maduro has left Venezuela, officials say", "Maduro has not left Venezuela, officials say"),
    ("Maduro has left Venezuela, officials say", "Maduro hasn’t left Venezuela, officials say"),
    ("Maduro has not left Venezuela, aide says", "Maduro has left Venezuela, aide says"),
    ("Iran closes Strait of Hormuz", "Iran has not closed Strait of Hormuz"),
    ("Iran closes Strait of Hormuz", "Strait of Hormuz remains open, says Iran"),
    ("Ex-president found guilty of fraud", "Ex-president found not guilty of fraud"),
    ("Maduro to plead guilty in New York", "Maduro pleads not guilty in New York"),
    ("Missile alert sent to residents of Oahu", "Missile alert on Oahu was a false alarm"),
    ("Missile alert sent to residents of Oahu", "False alarm: missile alert sent to Oahu"),
    ("US begins blockade of Venezuela", "US ends blockade of Venezuela"),
    ("US begins blockade of Venezuela", "US suspends blockade of Venezuela"),
    ("Trump approves strikes on Venezuela", "Trump halts strikes on Venezuela"),
    ("Airspace over Caracas closed", "Airspace over Caracas open again"),
    ("Iranian president killed in helicopter crash", "Iranian president survives helicopter crash"),
    ("Trump and Putin to meet in Budapest", "Trump-Putin meeting in Budapest postponed"),
    ("Summit in Budapest set for Monday", "Summit in Budapest put off"),
    ("Explosion at Amuay refinery", "'No truth' to reports of explosion at Amuay refinery"),
    ("Carrier Ford arrives in Caribbean", "Carrier Ford leaves Caribbean"),
    ("US deploys bombers to Puerto Rico", "US withdraws bombers from Puerto Rico"),
    ("Detienen a Machado en Caracas", "Liberan a Machado en Caracas"),
    ("Maduro ha salido de Venezuela", "Maduro no ha salido de Venezuela"),
    (
        "Venezuela prohíbe vuelos de aerolíneas",
        "Venezuela levanta la prohibición de vuelos de aerolíneas",
    ),
    ("Polícia prende general em Brasília", "Polícia solta general em Brasília"),
    ("Le Venezuela ferme son espace aérien", "L'espace aérien du Venezuela reste ouvert"),
    ("Maduro a quitté le Venezuela", "Maduro n'a pas quitté le Venezuela"),
    ("Venezuela schließt Luftraum", "Venezuela öffnet Luftraum wieder"),
    ("Venezuela schließt seinen Luftraum", "Luftraum über Venezuela wieder offen"),
    ("Maduro hat Venezuela verlassen", "Maduro hat Venezuela nicht verlassen"),
    ("Il Venezuela chiude lo spazio aereo", "Lo spazio aereo del Venezuela resta aperto"),
    ("Полиция задержала лидера протестов", "Лидера протестов отпустили из полиции"),
    ("Machado detained in Caracas", "CORRECTED-Machado questioned in Caracas"),
    ("Machado detained in Caracas", "CORRECTION-Machado questioned in Caracas"),
    ("Machado detained in Caracas", "UPDATE 1-CORRECTED-Machado questioned in Caracas"),
    ("Machado detained in Caracas", "REFILE-CORRECTED-Machado questioned in Caracas"),
    ("Machado detained in Caracas", "CORRECTED-(OFFICIAL)-Machado questioned in Caracas"),
    ("Machado detained in Caracas", "WITHDRAWN: Machado detained in Caracas"),
    ("Machado detained in Caracas", "RETRACTED: Machado detained in Caracas"),
    ("Machado detained in Caracas", "KILL: Machado detained in Caracas"),
]
AGAIN = [
    (
        "US seizes oil tanker Centuries off Barbados",
        "Tanker Centuries seized by US forces off Barbados",
    ),
    (
        "Machado detained in Caracas",
        "World leaders demand that Machado be released after Caracas arrest",
    ),
    ("Maduro captured, Trump says", "Trump releases photo of captured Maduro"),
    ("Photos show Maduro captured", "Photo of captured Maduro on warship released"),
    ("Iran closes Strait of Hormuz", "Could Strait of Hormuz be open again soon?"),
    ("Airspace over Caracas closed", "Open letter: what the closed airspace means for Caracas"),
    ("Carrier Ford arrives in Caribbean", "Carrier Ford arrives as strike leaves 40 in Caribbean"),
    (
        "Helicopter crash in Iran kills four",
        "Boy survives helicopter crash in Iran that killed four",
    ),
    ("Trump approves strikes on Venezuela", "Why Trump approves strikes on Venezuela, not Cuba"),
    ("US begins blockade of Venezuela", "Blockade of Venezuela begins, not only for tankers"),
    ("Explosion at Amuay refinery", "Kill: a thriller about the Amuay refinery explosion"),
    ("Explosion at Amuay refinery", "UPDATE 1-Explosion at Amuay refinery"),
    ("Venezuela schließt Luftraum", "Luftraum über Venezuela gesperrt"),
    ("Detienen a Machado en Caracas", "Piden que liberen a Machado, detenida en Caracas"),
]


@pytest.mark.parametrize(("first", "then"), CONTRARY)
def test_the_contrary_of_what_was_told_is_told_once_even_of_what_was_acknowledged(first, then):
    telling = Telling()
    telling.say(first, source="a")
    acked = Acknowledgement(at=telling.now)
    telling.cases[telling.story.id, "crisis"] = acknowledge(telling.case(), acked)
    telling.say(then, source="b", after=HOUR)
    for _ in range(3):
        telling.say(then, source="b", after=HOUR)
    telling.wait(HOUR)
    reasons = [reason for _, reason, _ in telling.told()]
    assert reasons == ["new story", "headline changed"]


@pytest.mark.parametrize(("first", "again"), AGAIN)
def test_what_tells_the_same_in_other_words_is_no_news(first, again):
    telling = Telling()
    telling.say(first, source="a")
    telling.say(again, source="b", after=HOUR)
    telling.wait(HOUR)
    assert [reason for _, reason, _ in telling.told()] == ["new story"]


def test_ten_outlets_that_tell_of_a_release_in_their_own_words_make_one_follow_up():
    telling = Telling()
    telling.say("US seizes oil tanker Centuries off Barbados", source="a")
    for words in ("releases", "frees", "lets go", "has released", "sets free") * 2:
        telling.say(f"US {words} oil tanker Centuries off Barbados", source="b", after=20 * MINUTE)
    assert [detail for _, _, detail in telling.told()] == ["", "undone"]


@pytest.mark.parametrize(
    ("first", "then", "detail"),
    [
        ("US seizes oil tanker", "US seizes second oil tanker off Venezuela", "second tanker"),
        ("US seizes oil tanker", "US seizes another oil tanker off Venezuela", "second tanker"),
        ("US seizes second oil tanker", "US seizes third oil tanker", "third tanker"),
        ("EEUU incauta un petrolero", "EEUU incauta otro petrolero", "second petrolero"),
        ("US seizes third oil tanker", "US seizes another oil tanker", None),
        ("US seizes 5th oil tanker", "US seizes fifth oil tanker", None),
        ("US seizes oil tanker", "Venezuela protests for a second day over oil tanker", None),
        ("Dozens killed in blast", "Hundreds killed in blast", "dozens → hundreds"),
        ("Dozens killed in blast", "41 killed in blast", "dozens → 41"),
        ("Hundreds killed in blast", "41 killed in blast", None),
        ("27 killed in blast", "Dozens killed in blast", None),
        ("Blast kills thirty", "Blast kills ninety", "30 → 90"),
        ("Blast kills thirty", "Blast kills thirty-four", "30 → 34"),
        ("Blast kills four", "Blast kills 4", None),
        (
            "US sanctions four companies over oil",
            "US sanctions six companies over oil",
            "4 → 6",
        ),
        ("Mueren cuatro en Lima", "Mueren siete en Lima", "4 → 7"),
        ("Vier Tote in Lima", "Sieben Tote in Lima", "4 → 7"),
        ("Quatre morts à Lima", "Huit morts à Lima", "4 → 8"),
        ("Quatro mortos em Lima", "Oito mortos em Lima", "4 → 8"),
        ("Quattro morti a Lima", "Sette morti a Lima", "4 → 7"),
    ],
)
def test_numbers_in_words_and_another_of_the_same_are_news(first, then, detail):
    telling = Telling()
    telling.say(first, source="a")
    telling.say(then, source="b", after=HOUR)
    telling.wait(HOUR)
    assert [each for _, _, each in telling.told()[1:]] == ([detail] if detail else [])


def test_the_first_toll_of_a_story_is_news_and_so_is_what_it_rises_to():
    telling = Telling()
    telling.say("Dam bursts above Petrópolis", source="a")
    telling.say("Dam burst above Petrópolis: 41 dead, 12 hurt", source="b", after=20 * MINUTE)
    telling.say("Dam burst above Petrópolis: 57 dead, 30 hurt", source="b", after=HOUR)
    telling.say("Dam burst above Petrópolis: 41 dead", source="b", after=HOUR)
    assert [detail for _, _, detail in telling.told()] == [
        "",
        "41 dead, 12 hurt",
        "41 → 57, 12 → 30",
    ]


def test_a_first_toll_that_waits_is_told_as_it_is_by_then():
    telling = Telling()
    telling.say("Dam bursts above Petrópolis", source="a")
    telling.say("Dam burst above Petrópolis: 41 dead", source="b", after=MINUTE)
    telling.say("Dam burst above Petrópolis: 57 dead", source="b", after=MINUTE)
    telling.wait(HOUR)
    assert [detail for _, _, detail in telling.told()] == ["", "57 dead"]


def test_a_number_that_is_no_toll_or_an_age_is_no_first_toll():
    telling = Telling()
    telling.say("Turncoat Ames dies in prison", source="a")
    telling.say("Ames, who sold secrets, dies at 84", source="b", after=HOUR)
    telling.say("Turncoat Ames, 84, dies in prison", source="b", after=HOUR)
    telling.say("Ames dies after 31 years in prison", source="b", after=HOUR)
    assert len(telling.alerts) == 1
