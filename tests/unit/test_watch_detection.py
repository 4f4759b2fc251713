"""The language a text shows: short headlines in plain letters are English unless plainly not."""

import pytest

from monitor.watch.words.detection import Tongue, detect

pytest.importorskip("fasttext")


@pytest.mark.parametrize(
    "text",
    [
        "Tanker seized",
        "Strike Suspends Operations at Quebec Ski Resort",
        "Québec strike suspends operations",
        "“Tanker seized” – navy",
        "Maduro’s tanker seized…",
    ],
)
def test_a_short_headline_in_plain_letters_is_read_as_english(text):
    assert detect(text).bends == "en"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Łódź: strajk w szpitalu trwa już tydzień", "pl"),
        ("Мадуро задержан", "ru"),
        ("马杜罗被捕", "zh"),
        ("Prezydent Nicolas Maduro został pojmany przez żołnierzy", "pl"),
        ("Le président vénézuélien a été capturé par des soldats", "fr"),
        ("De Nederlandse regering heeft gisteren nieuwe maatregelen aangekondigd", "nl"),
    ],
)
def test_a_text_that_shows_its_language_is_read_in_it(text, language):
    assert detect(text) == Tongue(language, language)


def test_a_feed_that_alternates_has_each_text_told_by_itself():
    english = "Officials say that the talks went on while flights were diverted to Curaçao"
    polish = "Rozmowy trwały, a samoloty skierowano do Warszawy, mówią urzędnicy"
    told = [detect(text).said for text in (english, polish) * 3]
    assert told == ["en", "pl"] * 3


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Serial How I Met Your Mother wraca na ekrany po wielu latach, zapowiada stacja", "pl"),
        ("Die Serie The Walking Dead kommt im Herbst mit neuen Folgen in die Kinos", "de"),
        ("De film Gone with the Wind draait dit weekend in de bioscoop van onze stad", "nl"),
    ],
)
def test_a_title_in_english_is_not_what_its_text_is_read_in(text, language):
    assert detect(text).bends == language
