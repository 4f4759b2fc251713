"""Which rules wait for which needle: two packed rows of numbers instead of a list for each needle.

Pure.
"""

from array import array
from collections.abc import Iterable
from itertools import accumulate
from typing import Final

_BITS: Final = 32  # of a rule's number, below its needle's


class Waiting:
    """Rules by needle; both are numbers from 0."""

    def __init__(self, needles: int, anchors: Iterable[tuple[int, int]]) -> None:
        """Sort pairs of a needle and a rule that waits for it."""
        pairs = sorted(needle << _BITS | rule for needle, rule in anchors)
        counts = [0] * (needles + 1)
        for pair in pairs:
            counts[(pair >> _BITS) + 1] += 1
        self._starts = array("I", accumulate(counts))
        self._rules = array("I", (pair & (1 << _BITS) - 1 for pair in pairs))

    def behind(self, needles: Iterable[int]) -> list[int]:
        """Return the rules that wait for any of some needles."""
        found: list[int] = []
        starts, rules = self._starts, self._rules
        for needle in needles:
            start, end = starts[needle], starts[needle + 1]
            if start < end:
                found += rules[start:end]
        return found
