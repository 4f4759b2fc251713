"""How much a word tells: the rarer, the more. Pure but for reading what ships with the program.

A word's share of the items is that of the language as a whole, which ships as data, mixed with
that of the last days, because on the day of a strike the country's name tells little.
"""

from collections import Counter
from functools import cache
from importlib.resources import files
from math import log

from monitor.model import Gist
from monitor.stories.gist import term
from monitor.stories.member import Member

COMMON = 0.1  # a word in more than this share of the items tells nothing

_RECENT_AT_MOST = 0.55  # of the mixture, where a language's background is known
_FEW = 600  # recent items that weigh half of that
_UNSEEN = 0.5  # how often a word that was never counted counts
_RAREST = 1e-5


class Weights:
    """The weights of words, in sight of the items that are counted now."""

    def __init__(self) -> None:
        """Begin without recent items."""
        self._items: Counter[str] = Counter()
        self._with: dict[str, dict[int, int]] = {}

    def count(self, member: Member) -> None:
        """Let an item count."""
        self._items[member.language] += 1
        counted = self._with.setdefault(member.language, {})
        for each in _weighed(member):
            counted[each] = counted.get(each, 0) + 1

    def discount(self, member: Member) -> None:
        """Let an item that was counted count no more."""
        counted = self._with[member.language]
        for each in _weighed(member):
            if counted[each] == 1:
                del counted[each]
            else:
                counted[each] -= 1
        self._items[member.language] -= 1
        if not self._items[member.language]:
            del self._items[member.language], self._with[member.language]

    def weigh(self, gist: Gist) -> list[float]:
        """Return the weight of each term of a gist by itself, however often it stands there."""
        recent, items = self._with.get(gist.language, {}), self._items[gist.language]
        background, total = frequencies(gist.language)
        most = _RECENT_AT_MOST if total else 1.0
        seen = most / (items + _FEW)
        known = (1 - seen * items) / total if total else 0.0
        shares = [
            background.get(each, _UNSEEN) * known + recent.get(each, 0) * seen
            for each in gist.terms
        ]
        return [0.0 if share > COMMON else -log(max(share, _RAREST)) for share in shares]


def _weighed(member: Member) -> tuple[int, ...]:
    return member.terms[: len(member.weights)]


@cache
def frequencies(language: str) -> tuple[dict[int, int], int]:
    """Return in how many of how many items of a language each term stood; none where unknown."""
    file = files("monitor.stories") / "frequencies" / f"{language}.txt"
    if not language.isalpha() or not file.is_file():
        return {}, 0
    lines = file.read_text("utf-8").splitlines()
    total = int(lines[0])
    pairs = (line.rsplit(" ", 1) for line in lines[1:])
    return {term(language, stem): int(count) for stem, count in pairs}, total
