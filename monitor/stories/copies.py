"""Tells the same text published again from its next version, and from the next of a series. Pure.

A text is a copy where most of what either says, by the weight of its words, stands in the other:
copies are cut short, and something is put around them.
"""

from datetime import timedelta
from typing import Literal, TypeAlias

from monitor.stories.member import Member

CONTAINED = 0.78

_LEAST_MASS = 10.0  # of the smaller text; less is said by many
_LEAST_BODY = 30.0  # of what stands beside the title; less tells nothing of its own
_SAME_TITLE = 0.6  # of one source: what it puts around all its texts is no reason
_REPEATED = timedelta(hours=18)  # after which the same title is that of the next in a series

CopyKind: TypeAlias = Literal["duplicate", "update"]  # the same text, or its next version


def copy_kind(one: Member, other: Member) -> CopyKind | None:
    """Return in what way an item repeats one that is known, None where it does not."""
    if is_serial(one, other):
        return None
    if not _is_contained(one, other):
        return None
    return "update" if _figures_differ(one, other) else "duplicate"


def is_serial(one: Member, other: Member) -> bool:
    """Tell whether two items that are alike are two of a series: rates, puzzles, countdowns."""
    is_same_source = one.source == other.source
    if _figures_differ(one, other):
        # A source that has new figures edits its item; where it publishes another, that is one.
        return is_same_source or (one.dated and other.dated)
    if is_same_source and (_is_one_template(one, other) or not _share_title(one, other)):
        return True  # under other headlines a source's words are those it puts everywhere
    apart = abs(one.said_at - other.said_at)
    return is_same_source and apart >= _REPEATED and one.title == other.title


def _is_one_template(one: Member, other: Member) -> bool:
    """Tell whether two items say the same of different things, and hardly anything else."""
    if one.title <= other.title or other.title <= one.title or not _share_title(one, other):
        return False
    return min(map(_beside_title, (one, other))) < _LEAST_BODY


def _beside_title(member: Member) -> float:
    """Return the weight of what a text says beside its title."""
    pairs = zip(member.terms, member.masses, strict=True)
    return sum([mass for term, mass in pairs if term not in member.title])


def _figures_differ(one: Member, other: Member) -> bool:
    """Tell whether both titles hold figures, and each some that the other lacks."""
    return not (one.figures <= other.figures or other.figures <= one.figures)


def shared_mass(one: Member, other: Member) -> float:
    """Return what the terms that stand in both weigh."""
    known = set(other.terms)
    return sum([mass for term, mass in zip(one.terms, one.masses, strict=True) if term in known])


def _is_contained(one: Member, other: Member) -> bool:
    smaller = min(one.mass, other.mass)
    return smaller >= _LEAST_MASS and shared_mass(one, other) >= CONTAINED * smaller


def _share_title(one: Member, other: Member) -> bool:
    weight = dict(zip(one.terms, one.masses, strict=True))
    ours = sum([weight.get(term, 0.0) for term in one.title])
    both = sum([weight.get(term, 0.0) for term in one.title & other.title])
    return both >= _SAME_TITLE * ours
