"""The normaliser: which texts read the same, and where each word stands."""

import pytest

from monitor.watch.words.text import normalised, tokenise


@pytest.mark.parametrize(
    ("text", "words"),
    [
        # case and accents
        ("Nicolás MADURO", "nicolas maduro"),
        ("Łódź", "lodz"),
        ("ŁÓDŹ", "lodz"),
        ("Đoković", "dokovic"),
        ("İstanbul", "istanbul"),
        ("ISTANBUL", "istanbul"),
        ("Diyarbakır", "diyarbakir"),
        ("straße STRASSE", "strasse strasse"),
        ("smørrebrød", "smorrebrod"),
        ("Þingvellir", "thingvellir"),
        ("Ægir œuvre", "aegir oeuvre"),
        ("Ħamrun", "hamrun"),
        ("Málaga decomposed: Ma\u0301laga", "malaga decomposed malaga"),
        ("Nguyễn Phú Trọng", "nguyen phu trong"),
        ("Μητσοτάκης ΜΗΤΣΟΤΑΚΗΣ", "μητσοτακησ μητσοτακησ"),
        # Cyrillic keeps its letters but for ё
        ("Пётр", "петр"),
        ("Алексей", "алексей"),
        ("Алексеи\u0306", "алексей"),
        ("Маду\u0301ро", "мадуро"),
        ("Зеленський Київ", "зеленський київ"),
        # possessives and apostrophes
        ("Maduro's", "maduro"),
        ("Maduro’s", "maduro"),
        ("MADURO'S", "maduro"),
        ("Maduro´s", "maduro"),
        ("José\u2019s Jose\u0301's", "jose jose"),
        ("Moros' men", "moros men"),
        ("O'Brien", "o brien"),
        ("l’Iran d'Ivoire", "l iran d ivoire"),
        ("зв'язок зв’язок звʼязок", "зв язок зв язок зв язок"),
        ("'s-Hertogenbosch", "s hertogenbosch"),
        ("it's so", "it so"),
        # signs part words
        ("no-fly zone", "no fly zone"),
        ("CVN-78", "cvn 78"),
        ("air_space #Maduro @who", "air space maduro who"),
        ("1½ litres", "1 litres"),
        ("CO₂ and ｆｕｌｌ ｗｉｄｔｈ", "co2 and full width"),
        # scripts without spaces: each character is a word
        ("马杜罗在加拉加斯", "马 杜 罗 在 加 拉 加 斯"),
        ("マドゥロ", "マ ド ゥ ロ"),
        ("ﾏﾄﾞｩﾛ", "マ ド ゥ ロ"),
        ("ト\u3099", "ド"),
        ("마두로가", "마 두 로 가"),
        ("마\u1103\u116e로", "마 두 로"),
        ("มาดูโร", "ม า ดู โ ร"),
        ("กำ", "ก ำ"),
        ("မာဒူရို", "မာ ဒူ ရို"),
        # marks that are part of the word stay, accents people leave out go
        ("मादुरो", "मादुरो"),
        ("মাদুরো", "মাদুরো"),
        ("மதுரோ", "மதுரோ"),
        ("مَادُورُو", "مادورو"),
        ("إيران أيران", "ايران ايران"),
        ("مادورو، ماـدورو", "مادورو مادورو"),
        ("فنزويلا کاراکاس", "فنزويلا كاراكاس"),
        ("שָׁלוֹם", "שלום"),
        ("٢٠٢٦ २०२६", "2026 2026"),
        # what nobody sees
        ("Ma\u00adduro Mad\u200duro Maduro\u200f", "maduro maduro maduro"),
        ("Mr\u00a0Maduro\u2009sa\u200bid so", "mr maduro said so"),
        ("1\ufe0f\u20e3 Maduro ❤\ufe0f🇻🇪👍🏽", "1 maduro"),
        ("🇻🇪", ""),
        ("", ""),
        ("ـ", ""),
        # addresses in running text are not read
        ("see https://example.com/maduro-airspace, now", "see now"),
        ("HTTP://EXAMPLE.COM/Maduro 马杜罗https://t.co/abc马", "马 杜 罗 马"),
    ],
)
def test_texts_are_read_as_these_words(text, words):
    assert normalised(text) == words


def test_spans_point_at_the_names_themselves():
    text = "“Maduro’s” men — Łódź, 马杜罗!"
    tokens = tokenise(text)
    assert [text[start:end] for start, end in tokens.spans(9)] == [
        "Maduro",
        "men",
        "Łódź",
        "马",
        "杜",
        "罗",
    ]
    assert text[slice(*tokens.span(3, 6))] == "马杜罗"


def test_spans_leave_out_invisible_characters_at_the_end_of_a_word():
    text = "Maduro\u200f مادورو\u200f"
    tokens = tokenise(text)
    assert [text[start:end] for start, end in tokens.spans(9)] == ["Maduro", "مادورو"]


def test_words_that_fold_to_nothing_do_not_shift_the_spans():
    text = "a ـ b é ـ c"
    tokens = tokenise(text)
    assert tokens.words == ["a", "b", "e", "c"]
    assert [text[start:end] for start, end in tokens.spans(9)] == ["a", "b", "é", "c"]


def test_addresses_can_be_asked_for():
    text = "https://example.com/world/maduro"
    tokens = tokenise(text, addresses=True)
    assert tokens.words == ["https", "example", "com", "world", "maduro"]
    assert text[slice(*tokens.span(4, 5))] == "maduro"


def test_spellings_keep_case_and_accents_in_composed_form():
    tokens = tokenise("NICOLA\u0301S Mad\u00aduro’s")
    assert tokens.spellings(0, 2) == ("NICOLÁS", "Maduro")


def test_a_word_without_end_is_folded_like_any_other():
    assert normalised("É" * 100_000) == "e" * 100_000


def test_more_different_words_than_are_remembered_are_folded_all_the_same():
    words = [f"é{number}" for number in range(70_000)]
    assert tokenise(" ".join(words)).words == [f"e{number}" for number in range(70_000)]
