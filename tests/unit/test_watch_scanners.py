"""One contract for every scanner: the same needles stand at the same words."""

import subprocess
import sys

import pytest

from monitor.watch.words.scanner import AutomatonScanner, DictionaryScanner, best_scanner
from monitor.watch.words.text import tokenise

SCANNERS = [AutomatonScanner, DictionaryScanner]


@pytest.fixture(params=SCANNERS)
def scan(request):
    def hits(needles, text):
        return sorted(request.param(needles).scan(tokenise(text).words))

    return hits


def test_overlapping_needles_are_all_found(scan):
    needles = [" trump ", " donald trump ", " donald ", " trump jr "]
    assert scan(needles, "Donald Trump Jr") == [
        (0, 1, 2),
        (1, 0, 2),
        (2, 0, 1),
        (3, 1, 3),
    ]


def test_a_needle_is_found_wherever_it_stands(scan):
    assert scan([" a "], "a b a a") == [(0, 0, 1), (0, 2, 3), (0, 3, 4)]


def test_a_phrase_may_overlap_itself(scan):
    assert scan([" a a "], "a a a") == [(0, 0, 2), (0, 1, 3)]


def test_a_phrase_cut_off_by_the_end_is_not_found(scan):
    assert scan([" a ", " a b c ", " a b "], "a b") == [(0, 0, 1), (2, 0, 2)]
    assert scan([" a ", " a b con"], "a") == [(0, 0, 1)]


def test_a_beginning_is_found_once_in_each_word(scan):
    assert scan([" cig", " ciga", " cigars "], "cig cigar cigars") == [
        (0, 0, 1),
        (0, 1, 2),
        (0, 2, 3),
        (1, 1, 2),
        (1, 2, 3),
        (2, 2, 3),
    ]


def test_a_phrase_may_end_in_a_beginning(scan):
    needles = [" air traffic con", " air traffic "]
    assert scan(needles, "air traffic controllers, air traffic") == [
        (0, 0, 3),
        (1, 0, 2),
        (1, 3, 5),
    ]


def test_words_beyond_ascii_are_counted_as_words(scan):
    assert scan([" 马 杜 罗 ", " e "], "总统马杜罗 é e") == [
        (0, 2, 5),
        (1, 5, 6),
        (1, 6, 7),
    ]


def test_nothing_is_found_without_needles_or_words(scan):
    assert scan([], "Donald Trump") == []
    assert scan([" a "], "") == []


def test_the_automaton_is_used_where_it_can_be():
    assert isinstance(best_scanner([" a "]), AutomatonScanner)


def test_the_dictionary_is_used_where_the_automaton_has_no_wheel():
    program = (
        "import sys; sys.modules['ahocorasick_rs'] = None\n"
        "from monitor.watch.words.scanner import best_scanner\n"
        "print(type(best_scanner([' a '])).__name__)"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert ran.stdout.strip() == "DictionaryScanner"


@pytest.mark.parametrize("scanner", [AutomatonScanner, DictionaryScanner])
def test_at_a_glance_no_phrase_reaches_over_an_empty_word(scanner):
    needles = [" a ", " a b ", " b c ", " con"]
    assert scanner(needles).glance(["a", "", "b", "c", "contra"]) == {0, 2, 3}
