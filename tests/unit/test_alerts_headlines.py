"""What headlines say beside what they tell."""

import pytest

from monitor.alerts.headlines import changed, figures, marks


@pytest.mark.parametrize(
    "title",
    [
        "Government denies closing its airspace",
        "Officials denied that the depot burned",
        "Report of a closed airspace is not true, says minister",
        "El gobierno desmiente el cierre del espacio aéreo",
        "Le ministre dément toute fermeture",
        "Ministerium dementiert Sperrung des Luftraums",
        "Il governo smentisce la chiusura",
        "Governo desmente fechamento do espaço aéreo",
        "МИД опроверг закрытие воздушного пространства",
        "الحكومة تنفي إغلاق المجال الجوي",
        "外交部否认关闭领空",
    ],
)
def test_a_denial_is_told_in_the_languages_of_most_news(title):
    assert marks(title) == {"denied"}


@pytest.mark.parametrize(
    "title",
    [
        "Correction: 26 dead in Caracas",
        "Corrección: 26 muertos en Caracas",
        "Rectificatif : 26 morts à Caracas",
        "Korrektur: 26 Tote in Caracas",
        "更正：26人死亡",
    ],
)
def test_a_correction_is_told_too(title):
    assert marks(title) == {"corrected"}


@pytest.mark.parametrize(
    "title",
    ["Maduro denied bail in New York", "Families denied entry", "Airspace closed", ""],
)
def test_what_somebody_was_denied_is_no_denial(title):
    assert marks(title) == frozenset()


def test_figures_are_numbers_but_no_years_and_no_times():
    title = "At 21:04 on 30 November 2025: 1,200 flee, 3.5 m homes dark, A320 grounded, 1.200 again"
    assert figures(title) == ("30", "1200", "3.5")


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ("Blast kills 27", "Blast kills 28", "27 → 28"),
        ("27 dead after blast", "Caracas blast: 31 dead, 12 missing", "27 → 31"),
        ("27 dead, 90 hurt", "28 dead, 104 hurt", "27 → 28, 90 → 104"),
        ("Blast kills 27", "Blast kills 27", ""),
        ("Blast kills 27", "Three days of mourning", ""),
        ("Blast kills dozens", "Blast kills 28", ""),
        ("War enters year 2024", "War enters year 2025", ""),
        ("1,200 flee", "1.300 flee", "1200 → 1300"),
    ],
)
def test_which_numbers_stand_in_place_of_others(before, after, words):
    assert changed(before, after) == words
