"""An item as it is compared with others. Pure."""

import struct
from dataclasses import dataclass
from datetime import datetime

from monitor.model import ItemId, StoryId

_HEAD = struct.Struct("<2sBBBB")  # language, terms, of them weighed, in the title, figures
_DATED = 0x80


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
    title: frozenset[int]
    figures: frozenset[int]
    dated: bool

    @property
    def mass(self) -> float:
        """Return what all terms weigh together."""
        return sum(self.masses)


def pack(member: Member) -> bytes:
    """Return the part of a member that its item does not tell, about 8 bytes a term."""
    terms, weighed = len(member.terms), len(member.weights)
    figures = sorted(member.figures)
    head = _HEAD.pack(
        member.language.encode()[:2].ljust(2),
        terms,
        weighed,
        len(member.title),
        len(figures) | (_DATED if member.dated else 0),
    )
    numbers = (*member.terms, *sorted(member.title), *figures)
    return head + struct.pack(
        f"<{len(numbers)}I{weighed}e{terms}e", *numbers, *member.weights, *member.masses
    )


def unpack(
    packed: bytes, *, item: ItemId, story: StoryId, source: str, at: datetime, said_at: datetime
) -> Member:
    """Return the member that was packed."""
    language, terms, weighed, titled, flags = _HEAD.unpack_from(packed)
    figures = flags & ~_DATED
    count = terms + titled + figures
    told = struct.unpack_from(f"<{count}I{weighed}e{terms}e", packed, _HEAD.size)
    return Member(
        item=item,
        story=story,
        source=source,
        at=at,
        said_at=said_at,
        language=language.decode().strip(),
        terms=told[:terms],
        title=frozenset(told[terms : terms + titled]),
        figures=frozenset(told[terms + titled : count]),
        weights=told[count : count + weighed],
        masses=told[count + weighed :],
        dated=bool(flags & _DATED),
    )
