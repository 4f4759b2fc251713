"""Laws of looking phrases up in any form, and of the sentences of a text."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from builders import an_item
from hypothesis import given, settings
from hypothesis import strategies as st
from watch_builders import a_watchlist, rules

from monitor.watch.matcher import Matcher
from monitor.watch.rules import Near
from monitor.watch.terms import TermKind, parse_term
from monitor.watch.words.inflection import is_inflected
from monitor.watch.words.lexicon import Lexicon
from monitor.watch.words.scanner import AutomatonScanner, DictionaryScanner
from monitor.watch.words.sentences import sentence_starts
from monitor.watch.words.stems import LANGUAGES
from monitor.watch.words.text import tokenise

bounded = settings(max_examples=100, deadline=None)

WRITTEN = (
    "sanctions sankcji Nicolása санкциями Maduro U.S. US München Goering ومادورو באיראן 马杜罗 ’s - "
    "Đoković strikes армії B-52s é ſ"
)
pieces = st.sampled_from(WRITTEN.split())
phrases = st.lists(pieces | st.text(min_size=1, max_size=6), min_size=1, max_size=4).map(" ".join)
tongues = st.sampled_from(sorted({*LANGUAGES, "", "zz"}))


def needle(phrase):
    return tokenise(phrase, addresses=True).joined


def a_lexicon(phrases, scanner=AutomatonScanner):
    by_needle = {needle(phrase): phrase for phrase in phrases if needle(phrase).strip()}
    return Lexicon(list(by_needle), list(by_needle.values()), scanner=scanner)


@bounded
@given(phrases, tongues)
def test_every_phrase_finds_itself_in_every_language(written, language):
    term = parse_term(f"x {written}".replace('"', "").replace("*", ""))
    if term.kind is TermKind.WORDS and "://" not in written:
        matcher = Matcher([a_watchlist(term)], {})
        assert matcher.match(an_item(title=term.text, language=language))


@bounded
@given(st.lists(phrases, max_size=5), phrases, tongues)
def test_what_is_found_without_a_language_is_found_in_every_language(known, text, language):
    lexicon, tokens = a_lexicon(known), tokenise(text)
    found = set(lexicon.look_up(tokens, ""))
    assert found <= set(lexicon.look_up(tokens, language))
    assert is_inflected(language) or found == set(lexicon.look_up(tokens, language))


@bounded
@given(st.lists(phrases, max_size=5), phrases, tongues)
def test_both_scanners_serve_a_lexicon_alike(known, text, language):
    one, other = (a_lexicon(known, scanner) for scanner in (AutomatonScanner, DictionaryScanner))
    tokens = tokenise(text)
    assert sorted(one.look_up(tokens, language)) == sorted(other.look_up(tokens, language))


@bounded
@given(st.lists(phrases, max_size=5), phrases, tongues)
def test_each_place_is_found_once_and_lies_inside_the_text(known, text, language):
    tokens = tokenise(text)
    found = [each[:3] for each in a_lexicon(known).look_up(tokens, language)]
    assert len(found) == len(set(found))
    assert all(0 <= first < after <= len(tokens.words) for _, first, after in found)


def test_threads_share_a_lexicon_that_none_of_them_has_prepared():
    words = [f"sankcj{ending}" for ending in ("a", "e", "i", "ę", "ą", "om", "ami", "ach")]
    tokens = tokenise(" ".join(words * 200))
    alone = list(a_lexicon(["sankcja"]).look_up(tokens, "pl"))
    assert len(alone) == 1600
    for _ in range(3):
        lexicon = a_lexicon(["sankcja"])
        with ThreadPoolExecutor(4) as pool:
            together = [pool.submit(lexicon.look_up, tokens, "pl") for _ in range(8)]
            found = list(pool.map(list, (each.result() for each in together)))
        assert found == [alone] * 8


# --- hostile texts: what is quadratic here would not come to an end ---------------------------------

HITS = 10_000


def test_a_term_without_end_is_near_another_only_where_the_other_stands():
    near = Near(groups=(rules("war", "wars"), rules("end")), within=3)
    (match,) = Matcher([a_watchlist(near)], {}).match(
        an_item(title="war " * HITS + "at an end", language="en")
    )
    assert [each.text for each in match.evidence] == ["war", "war", "end"]


def test_many_hits_within_a_long_reach_are_all_near():
    near = Near(groups=(rules("war"), rules("end"), rules("sky")), within=HITS)
    assert Matcher([a_watchlist(near)], {}).match(
        an_item(title="war end " * HITS + "sky", language="en")
    )


def test_many_rows_of_the_same_words_are_found_once_each():
    text = "air war " * HITS
    lexicon = a_lexicon(["air war", "air war air", "wars air", "air"])
    assert len(list(lexicon.look_up(tokenise(text), "en"))) == 4 * HITS - 2


@pytest.mark.parametrize("text", ["." * 50, "." * 100_000, "\n " * 100_000, '."' * 50_000])
def test_a_row_of_signs_holds_few_sentences(text):
    assert len(sentence_starts(text)) <= 2


# --- sentences -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("Out! says one", 2),
        ("Why? nobody knows", 2),
        ("“Stop!” he said", 1),
        ("so be it. or not", 1),
        ("What?! no", 2),
    ],
)
def test_a_call_or_a_question_ends_a_sentence_before_small_letters_too(text, sentences):
    assert len(sentence_starts(text)) == sentences


texts = st.lists(st.sampled_from([*"aZé .!?…。\n|•’»", "U.S. ", "Gen. ", "馬"]), max_size=20).map(
    "".join
)


@bounded
@given(texts)
def test_sentences_begin_at_0_and_then_farther_and_farther(text):
    starts = sentence_starts(text)
    assert starts[0] == 0
    assert starts == sorted(set(starts))
    assert starts[-1] <= len(text)


@bounded
@given(
    st.lists(st.sampled_from(["One ended", "The U.S. Navy came", "Gen. Ruiz spoke"]), min_size=1)
)
def test_plain_sentences_are_told_apart(sentences):
    text = ". ".join(sentences)
    assert [text[start:].split(".")[0][:3] for start in sentence_starts(text)] == [
        sentence.split(".")[0][:3] for sentence in sentences
    ]
