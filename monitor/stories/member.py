"""An item as it is compared with others. Pure."""

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from monitor.model import ItemId, StoryId
from monitor.stories.gist import TERM_BITS, TERM_MASK

# Language, and how many terms, of them weighed, in the title, figures, names, slots.
_HEAD = struct.Struct("<3s6B")
_DATED = 0x80
_HALVES: Final[Sequence[float]] = struct.unpack("<65536e", struct.pack("<65536H", *range(65536)))


@dataclass(slots=True, kw_only=True, eq=False)
class Member:
    """One item. `terms` are ordered by `weights`, the heaviest first.

    The weights are of unit length together; `masses` are what each term weighs by itself, also
    of those that stand far down in the text and have no weight.
    """

    item: ItemId
    story: StoryId
    source: str  # its address
    at: datetime  # when it was seen first
    said_at: datetime  # when it was published, as far as that is known
    language: str
    terms: tuple[int, ...]
    weights: tuple[float, ...]  # fewer than terms: the rest weighs nothing
    masses: tuple[float, ...]
    title: Mapping[int, float]  # what each of its terms weighs by itself
    figures: frozenset[int]
    dated: bool
    names: frozenset[int]  # terms of the title that are names
    slots: Mapping[int, int]  # as in its gist

    @property
    def mass(self) -> float:
        """Return what all terms weigh together."""
        return sum(self.masses)


def as_stored(numbers: Sequence[float]) -> tuple[float, ...]:
    """Return numbers as they are read back from the store, where two bytes hold each."""
    return _halves(struct.pack(f"<{len(numbers)}e", *numbers), len(numbers))


def _halves(packed: bytes, count: int, offset: int = 0) -> tuple[float, ...]:
    """Return numbers of two bytes: always the same objects, a sixth of the memory of new ones."""
    return tuple([_HALVES[each] for each in struct.unpack_from(f"<{count}H", packed, offset)])


def pack(member: Member) -> bytes:
    """Return the part of a member that its item does not tell, about 8 bytes a term.

    Nothing of it is lost where weights and masses are `as_stored`.
    """
    terms, weighed = len(member.terms), len(member.weights)
    figures, names = sorted(member.figures), sorted(member.names)
    head = _HEAD.pack(
        member.language.encode().ljust(3),
        terms,
        weighed,
        len(member.title),
        len(figures) | (_DATED if member.dated else 0),
        len(names),
        len(member.slots),
    )
    said = [each & TERM_MASK for each in member.slots.values()]
    numbers = (*member.terms, *sorted(member.title), *figures, *names, *member.slots, *said)
    return head + struct.pack(
        f"<{len(numbers)}I{len(said)}Q{weighed}e{terms}e",
        *numbers,
        *[each >> TERM_BITS for each in member.slots.values()],
        *member.weights,
        *member.masses,
    )


def unpack(
    packed: bytes, *, item: ItemId, story: StoryId, source: str, at: datetime, said_at: datetime
) -> Member:
    """Return the member that was packed."""
    language, terms, weighed, titled, flags, named, slotted = _HEAD.unpack_from(packed)
    figures = flags & ~_DATED
    plain = terms + titled + figures + named
    told = struct.unpack_from(f"<{plain + 2 * slotted}I{slotted}Q", packed, _HEAD.size)
    numbers = _halves(packed, weighed + terms, _HEAD.size + 4 * plain + 16 * slotted)
    around, said = told[plain : plain + slotted], told[plain + slotted : plain + 2 * slotted]
    drawn = told[plain + 2 * slotted :]
    masses = numbers[weighed:]
    mass_of = dict(zip(told[:terms], masses, strict=True))
    return Member(
        item=item,
        story=story,
        source=source,
        at=at,
        said_at=said_at,
        language=language.decode().strip(),
        terms=told[:terms],
        title={term: mass_of[term] for term in told[terms : terms + titled]},
        figures=frozenset(told[terms + titled : plain - named]),
        names=frozenset(told[plain - named : plain]),
        slots={
            place: spelled << TERM_BITS | name
            for place, name, spelled in zip(around, said, drawn, strict=True)
        },
        weights=numbers[:weighed],
        masses=masses,
        dated=bool(flags & _DATED),
    )
