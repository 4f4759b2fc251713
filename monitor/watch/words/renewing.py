"""A scanner made anew from the one before, piece by piece: what stays is not built again.

Pure. An automaton is built in one call that holds up every thread, a tenth of a second for fifty
thousand needles; so, while others wait, only small ones are. Several are slower to search than one,
and what is there from the start is therefore one.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Final, NamedTuple

from monitor.watch.words.scanner import Hit, Needle, Scanner, best_scanner

PIECE: Final = 10_000  # needles; about 15 ms
_GONE: Final = -1


class Piece(NamedTuple):
    """Some needles and what finds them, by their order."""

    needles: Sequence[Needle]
    scanner: Scanner


class PiecedScanner:
    """Finds needles by several scanners; a needle that nobody asks for any more is passed over."""

    def __init__(self, needles: Sequence[Needle], pieces: Sequence[Piece]) -> None:
        """Take needles, numbered as they are given; each must be in one of the pieces."""
        numbers = {needle: number for number, needle in enumerate(needles)}
        self.pieces = pieces
        self._numbers = [
            [numbers.get(needle, _GONE) for needle in piece.needles] for piece in pieces
        ]

    def scan(self, words: Sequence[str]) -> list[Hit]:
        """Return every hit, in any order."""
        return [
            (numbers[needle], first, after)
            for piece, numbers in zip(self.pieces, self._numbers, strict=True)
            for needle, first, after in piece.scanner.scan(words)
            if numbers[needle] != _GONE
        ]

    def glance(self, words: Sequence[str]) -> set[int]:
        """Return the needles that stand in a row of folded words."""
        found = {
            numbers[needle]
            for piece, numbers in zip(self.pieces, self._numbers, strict=True)
            for needle in piece.scanner.glance(words)
        }
        return found - {_GONE}


def renewed(
    needles: Sequence[Needle],
    before: PiecedScanner | None,
    *,
    make: Callable[[Sequence[Needle]], Scanner] = best_scanner,
    piece: int = PIECE,
) -> PiecedScanner:
    """Return a scanner over needles, all different; whole where there was none before."""
    wanted = set(needles)
    kept = _kept(before.pieces, wanted, piece) if before else []
    for each in kept:
        wanted.difference_update(each.needles)
    left = [needle for needle in needles if needle in wanted]
    size = piece if before else max(1, len(left))
    fresh = [left[at : at + size] for at in range(0, len(left), size)]
    return PiecedScanner(needles, [*kept, *(Piece(each, make(each)) for each in fresh)])


def _kept(pieces: Iterable[Piece], wanted: Collection[Needle], size: int) -> list[Piece]:
    """Return the pieces worth keeping: large, and most of what they hold is wanted still.

    Small ones are put together with what is new, so that they never become many.
    """
    return [
        each
        for each in pieces
        if 2 * len(each.needles) >= size
        and 2 * sum(needle in wanted for needle in each.needles) >= len(each.needles)
    ]
