"""A scanner that was renewed finds what one built at once finds."""

from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.watch.words.renewing import renewed
from monitor.watch.words.scanner import DictionaryScanner, best_scanner

WORDS = st.sampled_from(["a", "ab", "abc", "b", "ba", "c", "ca"])
PHRASES = st.lists(WORDS, min_size=1, max_size=3)
NEEDLES = st.lists(
    st.tuples(PHRASES, st.booleans()).map(lambda it: f" {' '.join(it[0])}" + " " * it[1]),
    unique=True,
    max_size=12,
)


@settings(max_examples=100, deadline=None)
@given(
    histories=st.lists(NEEDLES, min_size=1, max_size=5),
    words=st.lists(WORDS, max_size=12),
    make=st.sampled_from([best_scanner, DictionaryScanner]),
    piece=st.integers(1, 6),
)
def test_pieces_find_what_one_scanner_finds_with_the_numbers_of_now(histories, words, make, piece):
    scanner = None
    for needles in histories:
        scanner = renewed(needles, scanner, make=make, piece=piece)
        whole = make(needles).scan(words) if needles else []
        assert sorted(scanner.scan(words)) == sorted(whole)
        assert scanner.glance(words) == {needle for needle, _, _ in whole}
        # One small piece beside those that are large, and those that are new.
        small = [each for each in scanner.pieces if 2 * len(each.needles) < piece]
        assert len(small) <= 1 + (len(histories) == 1)


def test_what_stays_is_not_built_again():
    needles = [f" word{number} " for number in range(100)]
    first = renewed(needles, None, piece=10)
    assert len(first.pieces) == 1
    second = renewed([*needles[1:], " new "], first, piece=10)
    assert second.pieces[0] is first.pieces[0]
    assert [len(each.needles) for each in second.pieces] == [100, 1]
    third = renewed([*needles[1:], " new ", " newer "], second, piece=10)
    assert [len(each.needles) for each in third.pieces] == [100, 2]
    fourth = renewed(needles[:40], third, piece=10)
    assert [len(each.needles) for each in fourth.pieces] == [10, 10, 10, 10]
