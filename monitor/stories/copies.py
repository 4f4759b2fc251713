"""Tells the same text published again from its next version, and from the next of a series. Pure.

A text is a copy where most of what either says, by the weight of its words, stands in the other:
copies are cut short, and something is put around them.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Literal, TypeAlias

from monitor.stories.gist import TERM_BITS, TERM_MASK
from monitor.stories.member import Member

CONTAINED = 0.78

_LEAST_MASS = 10.0  # of the smaller text; less is said by many
_LEAST_BODY = 30.0  # of what stands beside the title; less tells nothing of its own
_ALIKE_SPELLING = 0.47
_ALIKE_BODY = 0.3
_SAME_TITLE = 0.6  # of one source: what it puts around all its texts is no reason
_ALIKE_TITLE = 0.4
_TELLING = 5.0  # what a name weighs that is not in every other item
REPEATED = timedelta(hours=18)  # after which the same title is that of the next in a series

Shared: TypeAlias = tuple[float, float]  # what terms weigh that stand in two, in each of them
CopyKind: TypeAlias = Literal["duplicate", "update"]  # the same text, or its next version


def copy_kind(one: Member, other: Member, *, shared: Shared) -> CopyKind | None:
    """Return in what way an item repeats one that is known, None where it does not."""
    if not _is_contained(one, other, shared):
        return None
    if is_serial(one, other) or is_elsewhere(one, other):
        return None
    return "update" if _figures_differ(one, other) else "duplicate"


def shared_mass(mass_of: Mapping[int, float], other: Member) -> Shared:
    """Return what the terms weigh that stand in both; `mass_of` says it of those of the one."""
    ours = theirs = 0.0
    for term, mass in zip(other.terms, other.masses, strict=True):
        if term in mass_of:
            ours += mass_of[term]
            theirs += mass
    return ours, theirs


def _is_contained(one: Member, other: Member, shared: Shared) -> bool:
    """Tell whether one text stands in the other, each by its own weights.

    They differ: what a word weighs changes with every item that says it, most of all in the first.
    """
    ours, theirs = shared
    is_said_by_many = min(one.mass, other.mass) < _LEAST_MASS
    return not is_said_by_many and (
        ours >= CONTAINED * one.mass or theirs >= CONTAINED * other.mass
    )


def is_serial(one: Member, other: Member) -> bool:
    """Tell whether two items that are alike are two of a series: rates, puzzles, countdowns."""
    is_same_source = one.source == other.source
    if _figures_differ(one, other):
        # A source that has new figures edits its item; where it publishes another, that is one.
        return is_same_source or (one.dated and other.dated)
    apart = abs(one.said_at - other.said_at)
    is_repeated = apart >= REPEATED and one.title.keys() == other.title.keys()
    if not is_same_source:
        return is_repeated and not (has_text(one) or has_text(other))
    if not _share_title(one, other) or _is_one_template(one, other):
        return True  # under other headlines a source's words are those it puts everywhere
    return is_repeated


def is_elsewhere(one: Member, other: Member) -> bool:
    """Tell whether two items say much the same of different names: another town, another man.

    Each has a name in its headline and its text of which the other says nothing.
    """
    if _is_swapped(one, other):
        return True
    if not (one.names and other.names and _share_most(one, other)):
        return False
    return _has_own_name(one, other) and _has_own_name(other, one)


def _is_swapped(one: Member, other: Member) -> bool:
    """Tell whether each says its own name between the same words, and nothing of the other's."""
    return any(
        (ours & TERM_MASK) not in other.terms
        and (theirs & TERM_MASK) not in one.terms
        and not _is_spelled_alike(ours >> TERM_BITS, theirs >> TERM_BITS)
        for around, ours in one.slots.items()
        if (theirs := other.slots.get(around)) is not None
    )


def _is_spelled_alike(one: int, other: int) -> bool:
    """Tell whether two names may be one, written in two ways or with a letter lost."""
    return (one & other).bit_count() >= _ALIKE_SPELLING * (one | other).bit_count() > 0


def _has_own_name(one: Member, other: Member) -> bool:
    return any(one.title[name] >= _TELLING for name in one.names.difference(other.terms))


def _share_most(one: Member, other: Member) -> bool:
    both = sum([mass for term, mass in one.title.items() if term in other.title])
    return both >= _ALIKE_TITLE * min(sum(one.title.values()), sum(other.title.values()))


def _is_one_template(one: Member, other: Member) -> bool:
    """Tell whether two titles that share most differ in what they are about, as their texts do."""
    ours, theirs = one.title.keys(), other.title.keys()
    if ours <= theirs or theirs <= ours:
        return False
    least = min(_beside_title(one), _beside_title(other))
    return least < _LEAST_BODY or _beside_titles(one, other) < _ALIKE_BODY * least


def _beside_titles(one: Member, other: Member) -> float:
    """Return the weight of what two texts both say that stands in neither title."""
    ours = set(one.terms).difference(one.title, other.title)
    return sum([mass for term, mass in zip(other.terms, other.masses, strict=True) if term in ours])


def has_text(member: Member) -> bool:
    """Tell whether an item says more than its headline."""
    return _beside_title(member) >= _LEAST_BODY


def _beside_title(member: Member) -> float:
    """Return the weight of what a text says beside its title."""
    return member.mass - sum(member.title.values())


def _figures_differ(one: Member, other: Member) -> bool:
    """Tell whether both titles hold figures, and each some that the other lacks."""
    return not (one.figures <= other.figures or other.figures <= one.figures)


def _share_title(one: Member, other: Member) -> bool:
    both = sum([mass for term, mass in one.title.items() if term in other.title])
    return both >= _SAME_TITLE * sum(one.title.values())
