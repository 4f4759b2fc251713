"""Tells the same text published again from its next version, and from the next of a series. Pure.

A text is a copy where most of what either says, by the weight of its words, stands in the other:
copies are cut short, and something is put around them.
"""

from datetime import timedelta
from typing import Literal, TypeAlias

from monitor.stories.member import Member

CONTAINED = 0.78

_LEAST_MASS = 10.0  # of the smaller text; less is said by many
_SAME_TITLE = 0.3  # of one source: what it puts around all its texts is no reason
_SERIES = timedelta(hours=12)  # after which other figures in a title tell of another thing …
_REPEATED = timedelta(hours=18)  # … and the same title again of the next in a series

CopyKind: TypeAlias = Literal["duplicate", "update"]  # the same text, or its next version


def copy_kind(one: Member, other: Member) -> CopyKind | None:
    """Return in what way an item repeats one that is known, None where it does not."""
    if is_serial(one, other):
        return None
    if one.source == other.source and not _share_title(one, other):
        return None
    if not _is_contained(one, other):
        return None
    return "update" if _figures_differ(one, other) else "duplicate"


def is_serial(one: Member, other: Member) -> bool:
    """Tell whether two items that are alike are two of a series: rates, puzzles, countdowns."""
    apart = abs(one.said_at - other.said_at)
    if _figures_differ(one, other):
        if one.dated and other.dated:
            return True
        return one.source == other.source and apart >= _SERIES
    return one.source == other.source and apart >= _REPEATED and one.title == other.title


def _figures_differ(one: Member, other: Member) -> bool:
    """Tell whether both titles hold figures, and each some that the other lacks."""
    return not (one.figures <= other.figures or other.figures <= one.figures)


def _is_contained(one: Member, other: Member) -> bool:
    smaller = min(one.mass, other.mass)
    if smaller < _LEAST_MASS:
        return False
    known = set(other.terms)
    shared = sum([mass for term, mass in zip(one.terms, one.masses, strict=True) if term in known])
    return shared >= CONTAINED * smaller


def _share_title(one: Member, other: Member) -> bool:
    weight = dict(zip(one.terms, one.masses, strict=True))
    ours = sum([weight.get(term, 0.0) for term in one.title])
    both = sum([weight.get(term, 0.0) for term in one.title & other.title])
    return both >= _SAME_TITLE * ours
