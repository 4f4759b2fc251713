"""Which numbers headlines tell, and which became which."""

import pytest

from monitor.alerts.headlines import changed, figures, tolls_in


def test_figures_are_numbers_but_no_years_and_no_times():
    title = "At 21:04 on 30 November 2025: 1,200 flee, 3.5 m homes dark, A320 grounded, 1.200 again"
    assert figures(title) == ("30", "1200", "3.5")


def test_numbers_of_scripts_without_spaces_and_of_other_digits_are_numbers():
    assert figures("秘鲁北部地震造成27人死亡，1,200人受伤") == ("27", "1200")
    assert figures("زلزله پرو ۲۷ کشته") == ("27",)
    assert figures("A320 and B2B grounded") == ()


@pytest.mark.parametrize(
    ("title", "told"),
    [
        ("27 dead, 31 injured, 4 missing", {"dead": "27", "hurt": "31", "missing": "4"}),
        ("Quake kills 27 and injures 1,031", {"dead": "27", "hurt": "1031"}),
        ("Death toll rises to 31 as 12 missing", {"dead": "31", "missing": "12"}),
        ("Toll rises from 27 to 31", {"dead": "31"}),
        ("Quake of magnitude 7 kills 31", {"dead": "31"}),
        ("27-year-old dies in blast", {}),
        ("Deaths up 5% in 2025", {}),
        ("31 schools closed after quake", {}),
        ("死者27人、負傷31人", {"dead": "27", "hurt": "31"}),
        ("地震已致27死31伤", {"dead": "27", "hurt": "31"}),
        ("地震造成31人死伤", {}),
    ],
)
def test_how_many_are_dead_hurt_and_missing(title, told):
    assert tolls_in(title) == told


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("秘鲁北部地震造成27人死亡", "31人死亡"),
        ("秘鲁北部地震造成27人死亡", "秘鲁地震死亡人数升至31人"),
        ("ペルー地震、死者27人", "ペルー北部の地震で31人死亡"),
        ("페루 지진으로 27명 사망", "페루 지진 사망자 31명으로 늘어"),
        (
            "Terremoto deja 27 muertos en Perú",
            "Sube a 31 la cifra de fallecidos por terremoto en Perú",
        ),
        ("Un séisme fait 27 morts au Pérou", "Pérou : le bilan grimpe à 31 morts et 90 blessés"),
        ("Erdbeben in Peru: 27 Tote", "Zahl der Toten nach Erdbeben in Peru steigt auf 31"),
        ("Terremoto mata 27 no Peru", "Sobe para 31 o número de mortos em terremoto no Peru"),
        ("Terremoto in Perù, 27 morti", "Perù, le vittime del sisma salgono a 31"),
        ("Trzęsienie ziemi w Peru: 27 ofiar", "Liczba zabitych w Peru wzrosła do 31"),
        (
            "При землетрясении в Перу погибли 27 человек",
            "Число погибших при землетрясении в Перу выросло до 31",
        ),
        ("Землетрус у Перу: 27 загиблих", "Кількість жертв землетрусу в Перу зросла до 31"),
        ("Peru'da deprem: 27 ölü", "Peru depreminde ölü sayısı 31'e yükseldi"),
        ("27 قتيلا في زلزال بيرو", "ارتفاع حصيلة قتلى زلزال بيرو إلى 31"),
        ("Aardbeving Peru: 27 doden", "Dodental aardbeving Peru stijgt naar 31"),
        ("Jordskalv i Peru: 27 döda", "Dödstalet i Peru stiger till 31"),
        ("Gempa Peru: 27 tewas", "Korban tewas gempa Peru naik jadi 31 orang"),
        ("पेरू भूकंप में 27 लोगों की मौत", "पेरू भूकंप: मृतकों की संख्या 31 हुई"),
        ("زلزله پرو ۲۷ کشته", "شمار کشته‌های زلزله پرو به ۳۱ نفر رسید"),
    ],
)
def test_a_toll_is_compared_in_whatever_words_of_twenty_languages(before, after):
    assert changed(before, after) == "27 → 31"


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ("Blast kills 27", "Blast kills 28", "27 → 28"),
        ("27 dead after blast", "Caracas blast: 31 dead, 12 missing", "27 → 31"),
        ("27 dead, 90 hurt", "28 dead, 104 hurt", "27 → 28, 90 → 104"),
        ("Blast kills 27", "Blast kills 27", ""),
        ("Blast kills 27", "Three days of mourning", ""),
        ("Blast kills dozens", "Blast kills 28", "dozens → 28"),
        ("Blast kills two hundred", "Blast kills two thousand", ""),
        ("War enters year 2024", "War enters year 2025", ""),
        ("1,200 flee", "1.300 flee", "1200 → 1300"),
        (
            "Earthquake kills 27 in northern Peru",
            "Death toll from Peru earthquake rises to 31",
            "27 → 31",
        ),
        ("27 dead, 31 injured in earthquake", "31 dead in earthquake", "27 → 31"),
        ("Blast kills 27", "31 hurt in blast", ""),
        ("Blast kills 27", "Blast injures 31", ""),
        ("12 missing after flood", "Flood: 15 still missing", "12 → 15"),
    ],
)
def test_which_numbers_stand_in_place_of_others(before, after, words):
    assert changed(before, after) == words
