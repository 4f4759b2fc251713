"""Names and the other ways they are written, for people to review."""

import pytest
from watch_builders import a_watchlist, matches, terms

from monitor.watch.matcher import Matcher
from monitor.watch.names import countries, key_for, suggest
from monitor.watch.names.parts import Kind
from monitor.watch.names.plain import plain_name
from monitor.watch.rules import Entity, EntityRef

needs_babel = pytest.mark.skipif(not countries.is_available(), reason="needs Babel (extra names)")


def aliases(name, **said):
    return [each.written for each in suggest(name, **said).aliases]


def ambiguous(name, **said):
    return [each.written for each in suggest(name, **said).ambiguous]


def finds(suggestion, title):
    """Tell whether the suggested entity, as it would be pasted, is found in a title."""
    entity = Entity(
        key="it",
        name=suggestion.name,
        aliases=terms(suggestion.name, *(each.written for each in suggestion.aliases)),
        ambiguous=terms(*(each.written for each in suggestion.ambiguous)),
    )
    return bool(matches(Matcher([a_watchlist(EntityRef(key="it"))], {"it": entity}), title))


def test_a_person_is_met_in_another_order_with_initials_and_by_the_surname():
    assert {"Maduro, Nicolás", "N. Maduro"} <= set(aliases("Nicolás Maduro"))
    assert "=Maduro" in ambiguous("Nicolás Maduro")


def test_a_name_given_with_the_surname_first_is_the_same_name():
    assert suggest("Maduro, Nicolás") == suggest("Nicolás Maduro")


def test_middle_names_and_second_surnames_are_dropped_as_the_language_has_them():
    assert "Nicolás Maduro" in aliases("Nicolás Maduro Moros")
    assert "Donald Trump" in aliases("Donald John Trump", language="en")
    assert "=von der Leyen" in ambiguous("Ursula Gertrud von der Leyen", language="de")


@pytest.mark.parametrize("name", ["Nicolás Maduro", "Olaf Müller", "Recep Tayyip Erdoğan"])
def test_what_the_matcher_finds_by_folding_is_not_listed(name):
    suggestion = suggest(name)
    assert suggestion.found_anyway
    listed = {each.written for each in suggestion.aliases}
    for spelling in suggestion.found_anyway:
        assert spelling not in listed
        assert finds(suggestion, f"On Monday {spelling} spoke")


def test_no_alias_is_found_by_those_before_it():
    for name in ("Volodymyr Zelenskyy", "Bashar al-Assad", "Nicolás Maduro Moros"):
        known = [name]
        for alias in aliases(name):
            assert not matches(Matcher([a_watchlist(*known)], {}), alias), alias
            known.append(alias)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Володимир Зеленський", "Volodymyr Zelensky"),
        ("Володимир Зеленський", "Volodymyr Zelenskyy"),
        ("Володимир Зеленський", "Volodymyr Zelenskiy"),
        ("Володимир Зеленський", "Volodymyr Zelenskyi"),
        ("Володимир Зеленський", "Wolodymyr Selenskyj"),
        ("Volodymyr Zelenskyy", "Володимир Зеленський"),
        ("Volodymyr Zelenskyy", "Wolodymyr Selenskyj"),
        ("Владимир Путин", "Vladimir Putin"),
        ("Алексей Навальный", "Alexei Navalny"),
        ("Александр Лукашенко", "Alexander Lukashenko"),
        ("Владимир Путин", "Wladimir Putin"),
        ("Владимир Путин", "Vladimir Poutine"),
        ("Евгений Пригожин", "Yevgeny Prigozhin"),
        ("Сергей Шойгу", "Sergey Shoygu"),
        ("Сергей Шойгу", "Sergei Shoigu"),
        ("Александар Вучић", "Aleksandar Vučić"),
        ("Κυριάκος Μητσοτάκης", "Kyriakos Mitsotakis"),
        ("Ντόρα Μπακογιάννη", "Dora Bakogianni"),
    ],
)
def test_names_are_found_in_the_letters_and_systems_that_news_use(name, expected):
    assert expected in aliases(name)


@pytest.mark.parametrize(
    ("name", "language", "expected"),
    [
        ("Nicolás Maduro", "es", "Николас Мадуро"),
        ("Nicolás Maduro", "es", "Ніколас Мадуро"),
        ("Delcy Rodríguez", "es", "Дельси Родригес"),
        ("Javier Milei", "es", "Хавьер Милей"),
        ("Hugo Chávez", "es", "Уго Чавес"),
        ("Olaf Scholz", "de", "Олаф Шольц"),
        ("Friedrich Merz", "de", "Фридрих Мерц"),
        ("Emmanuel Macron", "fr", "Эмманюэль Макрон"),
        ("Giorgia Meloni", "it", "Джорджа Мелони"),
        ("Jair Bolsonaro", "pt", "Жайр Болсонару"),
        ("Donald Tusk", "pl", "Дональд Туск"),
        ("Mateusz Morawiecki", "pl", "Матеуш Моравецкий"),
        ("Donald Trump", "en", "Дональд Трамп"),
        ("Pete Hegseth", "en", "Пит Хегсет"),
    ],
)
def test_names_are_spelled_by_ear_in_russian_where_their_language_has_a_rule(
    name, language, expected
):
    found = aliases(name, language=language)
    assert expected in [name, *found]


def test_the_greek_spelling_of_a_spanish_name_is_met_with_and_without_its_accents():
    assert finds(suggest("Nicolás Maduro"), "Ο Νικολάς Μαδούρο στο Καράκας")


def test_a_spelling_that_does_not_tell_the_sound_gives_nothing_and_says_so():
    suggestion = suggest("Joe Biden", language="en")
    assert not any("Б" in each.written for each in suggestion.aliases)
    assert any("does not tell the sound" in note for note in suggestion.notes)
    assert any("--language" in note for note in suggest("Joe Biden").notes)


def test_arabic_names_are_met_in_their_usual_spellings():
    assad = suggest("Bashar al-Assad")
    for title in ("Bachar el-Assad", "Bashar Assad", "بشار الأسد", "Bashar al Asad"):
        assert finds(assad, f"“{title}”"), title
    assert "Muammar Gaddafi" in aliases("معمر القذافي")
    assert "Muhammad Salman" in aliases("Mohammed Salman")


def test_the_son_of_somebody_is_part_of_an_arabic_surname():
    prince = suggest("محمد بن سلمان")
    written = [each.written for each in prince.aliases]
    assert "Mohammed bin Salman" in written
    assert not any(each in written for each in ("محمد سلمان", "Mohammed Salman"))
    assert "=بن سلمان" in {each.written for each in prince.ambiguous}


def test_one_letter_is_told_to_be_a_name_of_many_texts():
    assert any("one letter" in note for note in suggest("X").notes)
    assert not any("one letter" in note for note in suggest("IS").notes)


def test_a_plain_western_name_with_one_part_that_is_also_arabic_stays_western():
    assert not any(each.why == "spelled otherwise" for each in suggest("Ali Smith").aliases)


def test_an_organisation_is_met_without_its_legal_form_and_by_its_initials():
    assert "Petróleos de Venezuela" in aliases("Petróleos de Venezuela, S.A.")
    assert "Acme Trading" in aliases("Acme Trading & Co. LLC")
    assert [each.written for each in suggest("Smith & Co.").ambiguous] == ["=Smith"]
    opec = suggest("Organization of the Petroleum Exporting Countries")
    assert opec.kind is Kind.ORGANISATION
    assert [each.written for each in opec.ambiguous] == ["=OPEC"]


def test_a_ship_is_met_with_part_of_its_name_and_without_its_prefix():
    ship = suggest("USS Gerald R. Ford")
    assert ship.kind is Kind.SHIP
    assert [each.written for each in ship.aliases] == ["USS Ford"]
    assert [each.written for each in ship.ambiguous] == ["=Gerald R. Ford"]
    assert "M/V Ever Given" in aliases("MV Ever Given")


def test_chinese_letters_are_left_to_wikidata():
    suggestion = suggest("习近平")
    assert not suggestion.aliases
    assert any("Wikidata" in note for note in suggestion.notes)


@needs_babel
def test_a_country_is_met_under_its_names_in_other_languages():
    for name in ("Venezuela", "Венесуэла", "委内瑞拉"):
        suggestion = suggest(name)
        assert suggestion.kind is Kind.COUNTRY
        for title in ("Wenezuela", "فنزويلا", "Венесуэла", "委内瑞拉", "베네수엘라", "Βενεζουέλα"):
            assert finds(suggestion, title), title


@needs_babel
def test_what_is_no_country_says_so():
    assert "CLDR knows no country of this name" in suggest("Atlantis", kind=Kind.COUNTRY).notes


def test_keys_are_plain_letters_in_whatever_script_the_name_is():
    assert key_for("Nicolás Maduro Moros") == "nicolas-maduro-moros"
    assert key_for("Володимир Зеленський") == "volodymyr-zelensky"
    assert key_for("Κυριάκος Μητσοτάκης") == "kyriakos-mitsotakis"
    assert key_for("习近平") == ""


@pytest.mark.parametrize("name", ["", "!!!", "123 456", '"*"'])
def test_what_has_no_letters_is_no_name(name):
    with pytest.raises(ValueError, match="no letters"):
        suggest(name)


@pytest.mark.parametrize(
    ("given", "plain"),
    [
        ("/re/", "re/"),
        ("=US Steel", "US Steel"),
        ("prefix*", "prefix"),
        ('Juan "El Mono" Pérez', "Juan El Mono Pérez"),
        ('=/"*Evil\x00\x1b[31m\u2028Corp', "Evil [31m Corp"),
        ("a\u200db\u00adc", "abc"),
        ("  two\n lines ", "two lines"),
    ],
)
def test_a_name_from_outside_is_no_term_but_its_words(given, plain):
    assert plain_name(given) == plain
