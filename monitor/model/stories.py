"""What stories are compared by."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from monitor.model.words import ItemId


@dataclass(frozen=True, slots=True, kw_only=True)
class Gist:
    """What an item tells, as far as it is compared with others: numbers for words, no text.

    `terms` are CRC-32 values of its language and the stems of its words, those of the title
    first, each once; `counts` says how often each counts, 0 for those that only stand far down in
    the text. `figures` are such values for the numbers and dates of its title.
    """

    language: str  # ISO 639-1 or -3, "" where it is unknown
    terms: tuple[int, ...] = ()
    counts: bytes = b""  # one for each term
    titled: int = 0  # how many of the terms stand in the title
    figures: frozenset[int] = frozenset()
    dated: bool = False  # a day or a month is among the figures
    names: frozenset[int] = frozenset()  # terms of the title that its text writes as names
    # Which name stands between which words: its term, and above its 32 bits how it is spelled.
    slots: Mapping[int, int] = field(default_factory=dict)

    @property
    def title(self) -> frozenset[int]:
        """Return the terms of the title."""
        return frozenset(self.terms[: self.titled])


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """An item that says what another said: the same text, or its next version."""

    of: ItemId
    kind: Literal["duplicate", "update"]
