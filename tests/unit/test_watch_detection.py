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
