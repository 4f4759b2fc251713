"""What tells the same event is one story, within its time; what only sounds like it is not."""

import pytest
from builders import NOW
from story_builders import ARTICLES, DAY, HOUR, Newsroom

from monitor.model import StoryBook
from monitor.stories.joining import join, stay

FERRY, PENSIONS = ARTICLES["en"]


@pytest.fixture
def room():
    return Newsroom()


REWORDED = {
    "en": (
        FERRY,
        (
            "210 rescued after ferry runs aground near Trapani",
            (
                "Coast guard helicopters lifted 210 passengers from a ferry that ran aground off"
                " Sicily in heavy seas when its engines failed near Trapani harbour."
            ),
        ),
    ),
    "es": (
        ARTICLES["es"][0],
        (
            "Evacuados cuatro pueblos de Ourense por un incendio forestal",
            (
                "El fuego, avivado por el viento, avanza por los montes de Galicia; la línea férrea"
                " con Zamora está cortada y los vecinos duermen en un polideportivo de Verín."
            ),
        ),
    ),
    "de": (
        ARTICLES["de"][0],
        (
            "Mulde zerstört Fußgängerbrücke in Grimma",
            (
                "Das Hochwasser der Mulde hat bei Grimma eine Brücke weggerissen. Im Landkreis gilt"
                " Katastrophenalarm, am Kloster Nimbschen liegen Sandsäcke."
            ),
        ),
    ),
    "pl": (
        ARTICLES["pl"][0],
        (
            "Pociąg z cysternami wykolejony koło Kutna, objazdy przez Łowicz",
            (
                "Przewróciły się wagony z olejem opałowym między Kutnem a Krośniewicami. Strażacy"
                " wywieźli mieszkańców gospodarstw do szkoły."
            ),
        ),
    ),
}


@pytest.mark.parametrize("language", REWORDED)
def test_another_outlets_own_words_join_the_story(room, language):
    for title, text in ARTICLES[language][1:]:
        room.publish(title, text, language=language)
    told, reworded = REWORDED[language]
    first = room.publish(*told, language=language)
    later = room.publish(*reworded, language=language, after=2 * HOUR)
    assert room.are_together(first, later)
    assert room.story(first).size == 2


def test_two_earthquakes_on_one_day_are_two_stories(room):
    chile = room.publish(
        "Magnitude 6.1 earthquake shakes northern Chile",
        "An earthquake of magnitude 6.1 struck near Iquique in northern Chile at a depth of 90"
        " kilometres. Miners were brought to the surface; no damage was reported.",
    )
    japan = room.publish(
        "Magnitude 6.4 earthquake shakes Hokkaido in Japan",
        "An earthquake of magnitude 6.4 struck off Kushiro on Japan's island of Hokkaido. Trains"
        " were halted and reactors checked; no tsunami warning was issued.",
    )
    assert not room.are_together(chile, japan)


def test_two_rulings_on_one_man_are_two_stories(room):
    bail = room.publish(
        "Judge in New York denies Maduro bail",
        "A federal judge in Manhattan ruled that the former president must stay in custody until"
        " his trial on drug charges, since he might flee.",
    )
    assets = room.publish(
        "London court unfreezes gold claimed by Maduro's bankers",
        "The High Court lifted an order that had kept thirty-one tonnes of bullion in the vaults of"
        " the Bank of England out of reach of the board named by Caracas.",
    )
    assert not room.are_together(bail, assets)


def test_what_is_of_a_larger_matter_names_the_story_that_began_it(room):
    first = room.publish(*FERRY)
    later = room.publish(
        "Sicily ferry company boss questioned by prosecutors",
        "Prosecutors in Trapani questioned the owner of the shipping company, whose lawyers deny"
        " that maintenance had been neglected. Unions called a strike at the docks in Palermo.",
        after=8 * HOUR,
    )
    other = room.publish(*PENSIONS)
    assert not room.are_together(first, later)
    assert room.story(later).topic == room.story(first).id
    assert room.story(other).topic is None
    assert room.story(first).topic is None


def test_after_72_hours_in_which_nobody_told_of_it_a_story_is_over(room):
    first = room.publish(*FERRY)
    soon = room.publish(*FERRY, after=71 * HOUR)
    late = room.publish(*FERRY, after=73 * HOUR)
    assert room.are_together(first, soon)
    assert not room.are_together(soon, late)
    assert room.kind(late) is None


def test_a_story_takes_items_for_a_week_at_most(room):
    told = [room.publish(*FERRY, after=2 * DAY) for _ in range(6)]
    ages = [room.story(each).id for each in told]
    assert len(set(ages[:4])) == 1
    assert len(set(ages)) == 2
    assert ages[4] == ages[5]


def test_what_was_published_long_before_joins_by_link_and_headline_alone(room):
    first = room.publish(*FERRY, link_key="L")
    long_ago = room.now - 4 * DAY
    other = room.publish("Ferry off Sicily: what happened", FERRY[1], published=long_ago)
    linked = room.publish("Ferry drama", FERRY[1], published=long_ago, link_key="L")
    titled = room.publish(FERRY[0], "", published=long_ago)
    assert not room.are_together(first, other)
    assert room.are_together(first, linked, titled)
    assert len(room.shelf) == 1


def test_the_same_words_in_two_languages_are_two_stories(room):
    title, text = ARTICLES["es"][0]
    first = room.publish(title, text, language="es", title_key="")
    again = room.publish(title, text, language="pt", title_key="")
    assert not room.are_together(first, again)


def test_a_language_is_the_same_with_and_without_its_country(room):
    first = room.publish(*FERRY, language="en-GB", title_key="")
    again = room.publish(*FERRY, language="EN_us", title_key="")
    assert room.are_together(first, again)


def test_any_words_for_a_language_are_as_good_as_none(room):
    first = room.publish(*FERRY, language="Englisch, amerikanisch" * 20, title_key="")
    again = room.publish(*FERRY, language="../../etc", title_key="")
    assert room.are_together(first, again)


def test_without_a_shelf_links_and_headlines_join(room):
    room.remembers = False
    first = room.publish(*FERRY)
    again = room.publish(*FERRY)
    other = room.publish("Ferry off Sicily runs aground", FERRY[1])
    assert room.are_together(first, again)
    assert not room.are_together(first, other)


def test_nothing_new_is_nothing_joined():
    made = join([], StoryBook(by_key={}, stories={}), now=NOW)
    assert (made.of_item, made.stories, made.members) == ({}, {}, [])


def test_an_edited_item_stays_in_its_story_and_is_told_of_others(room):
    first = room.publish(*FERRY)
    other = room.publish(*PENSIONS)
    edited = room.sighting(*PENSIONS).item
    book = StoryBook(
        by_key=room.by_key, stories=room.stories, of_item={edited.id: room.of_item[first]}
    )
    [told] = stay([edited], book, now=room.now).values()
    assert [each.id for each in told] == [room.of_item[first], room.of_item[other]]


# --- alike, and not the same ------------------------------------------------------------------

ELSEWHERE = [
    (
        "Russian drone attack on Kharkiv kills three",
        "Three people were killed overnight when Russian drones hit flats in Kharkiv, rescuers say.",
        "Russian drone attack on Odesa kills three",
        "Three people were killed overnight when Russian drones hit flats in Odesa, rescuers say.",
    ),
    (
        "Car bomb kills 12 in Mogadishu",
        "At least 12 people died when a car bomb exploded near a hotel in Mogadishu, police said.",
        "Car bomb kills 12 in Baghdad",
        "At least 12 people died when a car bomb exploded near a hotel in Baghdad, police said.",
    ),
    (
        "Cierran el aeropuerto de Caracas por drones",
        "Las autoridades cerraron este martes el aeropuerto de Caracas tras avistar varios drones.",
        "Cierran el aeropuerto de Bogotá por drones",
        "Las autoridades cerraron este martes el aeropuerto de Bogotá tras avistar varios drones.",
    ),
]


@pytest.mark.parametrize(("title", "text", "other", "words"), ELSEWHERE)
def test_the_same_in_another_town_is_another_story_and_no_copy(room, title, text, other, words):
    language = "es" if "Cierran" in title else "en"
    first = room.publish(title, text, language=language)
    second = room.publish(other, words, language=language)
    again = room.publish(f"Reports: {title}", text, language=language)
    assert not room.are_together(first, second)
    assert room.are_together(first, again)


# A headline, the same in other words, a text with a gap, and two names for the gap.
SWAPPED = [
    (
        "Missile hits market, killing six",
        "Missile strike on market kills six",
        "A missile hit a crowded market in the town of {} on Saturday, killing six people.",
        ("Sloviansk", "Kramatorsk"),
    ),
    (
        "Gunmen storm church in Nigeria",
        "Church stormed by gunmen in Nigeria",
        "Gunmen stormed a church in the village of {} during mass and abducted dozens, police said.",
        ("Kurmin Wali", "Eruku"),
    ),
    (
        "US strikes port in Venezuela",
        "Port in Venezuela struck by US",
        "US forces struck the port of {} in Venezuela early on Saturday. Smoke rose over it.",
        ("La Guaira", "Puerto Cabello"),
    ),
    (
        "US seizes tanker off Venezuela",
        "Tanker off Venezuela seized by US",
        "The Coast Guard boarded and seized the oil tanker {} off Venezuela, officials said.",
        ("Skipper", "Centuries"),
    ),
    (
        "Cierran un aeropuerto por drones",
        "Drones obligan a cerrar un aeropuerto",
        "Las autoridades cerraron el aeropuerto de {} durante horas tras avistar drones.",
        ("Aalborg", "Billund"),
    ),
]


@pytest.mark.parametrize("is_same_headline", [True, False])
@pytest.mark.parametrize(("title", "reworded", "text", "names"), SWAPPED)
def test_another_name_in_the_same_place_of_the_text_is_another_story(
    room, title, reworded, text, names, is_same_headline
):
    language = "es" if "Cierran" in title else "en"
    first = room.publish(title, text.format(names[0]), language=language)
    other = title if is_same_headline else reworded
    second = room.publish(other, text.format(names[1]), language=language)
    again = room.publish(reworded, text.format(names[0]), language=language)
    assert not room.are_together(first, second)
    assert room.are_together(first, again)


@pytest.mark.parametrize(
    ("one", "other"), [("Zaporizhzhia", "Zaporizhia"), ("Kharkiv", "Kharkov"), ("Verín", "Vern")]
)
def test_a_name_spelled_in_another_way_is_the_same_name(room, one, other):
    text = "Rockets damaged the thermal power plant of {} overnight, engineers told reporters."
    first = room.publish("Rockets damage power plant", text.format(one))
    second = room.publish("Power plant damaged by rockets", text.format(other))
    assert room.are_together(first, second)


def test_other_people_who_speak_of_it_make_no_other_story(room):
    text = (
        "The tanker ran aground near Rotterdam and spilled oil, {} said. Two tugs are on their way."
    )
    first = room.publish("Tanker aground near Rotterdam", text.format("harbour master Jan Bakker"))
    second = room.publish("Tanker spills oil near port", text.format("mayor Carola Schouten"))
    assert room.are_together(first, second)


def test_an_equal_headline_long_after_the_last_one_is_another_event(room):
    title = "Explosions heard in Caracas"
    first = room.publish(title)
    soon = room.publish(title, after=17 * HOUR)
    next_day = room.publish(title, after=19 * HOUR)
    assert room.are_together(first, soon)
    assert not room.are_together(first, next_day)


def test_headlines_of_one_source_that_share_most_are_two_stories_where_their_texts_share_little(
    room,
):
    first = room.publish(
        "How to watch Hawks vs Raptors: live stream, TV channel",
        "The Raptors host the Hawks on Monday night and look for a season sweep at home in Toronto.",
        source="desk",
    )
    second = room.publish(
        "How to watch Knicks vs Celtics: live stream, TV channel",
        "New York returns after three wins in a row; Boston misses two injured guards this week.",
        source="desk",
    )
    assert not room.are_together(first, second)


@pytest.mark.parametrize("tag", ["WRAPUP 3-", "UPDATE 1-CORRECTED-", "RPT-", "PIX ", "1st LD "])
def test_what_agencies_write_before_a_headline_is_no_part_of_it(room, tag):
    first = room.publish("Trump confirms call with Maduro", "He spoke on Air Force One on Sunday.")
    second = room.publish(f"{tag}Trump confirms call with Maduro", "A build-up goes on at sea.")
    assert room.are_together(first, second)


def test_a_headline_that_many_use_joins_no_other_text(room):
    title = "What we know so far"
    first = room.publish(title, FERRY[1])
    second = room.publish(title, PENSIONS[1])
    again = room.publish(title, FERRY[1])
    assert not room.are_together(first, second)
    assert room.are_together(first, again)


def test_a_flash_of_two_words_is_one_story_for_two_hours(room):
    first = room.publish("Maduro captured", "")
    again = room.publish("Maduro captured", "")
    room.now += 3 * HOUR
    later = room.publish("Maduro captured", "")
    assert room.are_together(first, again)
    assert not room.are_together(first, later)


def test_a_page_whose_headline_is_rewritten_is_one_story(room):
    first = room.publish(*FERRY, link_key="L", source="wire")
    edited = room.publish(
        "Dozens of children among the rescued", FERRY[1], link_key="L", source="wire"
    )
    assert room.are_together(first, edited)
