"""The items of the last days by what they tell: where a new one finds what is like it.

Holds no texts, only numbers. Memory is bounded: what is older than the window goes, and of more
items than the cap the oldest.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from heapq import nlargest
from math import log, sqrt
from operator import attrgetter, itemgetter

from monitor.model import Copy, Gist, ItemId, StoryId
from monitor.stories.copies import copy_kind, is_serial, shared_mass
from monitor.stories.member import Member
from monitor.stories.weights import Weights

WINDOW = timedelta(hours=72)
MOST_ITEMS = 100_000

_PROBES = 12  # heaviest terms of an item by which others are found
_LATEST = 200  # items looked at for one term
_COPIES = 8  # of those most alike, looked at whether one is the same text
_STORIES = 6  # compared in full
_MEMBERS = 3  # of each, those most alike
_CENTRE_TERMS = 40
_FROZEN = 200  # members after which a story's centre stays as it is


@dataclass(frozen=True, slots=True, kw_only=True)
class Alike:
    """A story that an item is like, from 0.0 to 1.0; `nearest` is its member most alike."""

    story: StoryId
    likeness: float
    shared: float  # what the terms weigh that stand in the nearest too
    nearest: Member


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What is like an item: stories, the most alike first, and the text it is a copy of."""

    stories: tuple[Alike, ...] = ()
    copy_of: Member | None = None
    copy: Copy | None = None
    serials: frozenset[StoryId] = frozenset()  # in which it is only the next of a series


@dataclass(slots=True, kw_only=True, eq=False)
class _Centre:
    members: list[Member] = field(default_factory=list)
    summed: int = 0  # members that are in the sums
    sums: dict[int, float] = field(default_factory=dict)
    unit: dict[int, float] = field(default_factory=dict)


class Shelf:
    """Members by their terms, and the stories they make."""

    def __init__(self, *, window: timedelta = WINDOW, most: int = MOST_ITEMS) -> None:
        """Begin empty."""
        self._window = window
        self._most = most
        self._weights = Weights()
        self._members: dict[int, Member] = {}
        self._order: deque[int] = deque()
        self._by_term: dict[int, list[tuple[int, float]]] = {}
        self._centres: dict[StoryId, _Centre] = {}
        self._next = 0

    def __len__(self) -> int:
        """Return how many items are remembered."""
        return len(self._members)

    def weigh(
        self, gist: Gist, *, item: ItemId, source: str, at: datetime, said_at: datetime
    ) -> Member:
        """Return an item ready to be compared, in no story yet."""
        masses = self._weights.weigh(gist)
        weights = [
            mass * (1 + log(count)) if count else 0.0
            for mass, count in zip(masses, gist.counts, strict=True)
        ]
        length = sqrt(sum(weight * weight for weight in weights)) or 1.0
        ranked = sorted(zip(weights, gist.terms, masses, strict=True), reverse=True)
        return Member(
            item=item,
            story=StoryId(""),
            source=source,
            at=at,
            said_at=said_at,
            language=gist.language,
            terms=tuple([term for _, term, _ in ranked]),
            weights=tuple([weight / length for weight, _, _ in ranked if weight]),
            masses=tuple([mass for _, _, mass in ranked]),
            title=gist.title,
            figures=gist.figures,
            dated=gist.dated,
        )

    def find(self, asked: Member) -> Found:
        """Return the stories an item may belong to, and what it is a copy of.

        Stories in which it is the next of a series are not among them.
        """
        nearby = self._nearby(asked)
        kinds = ((member, copy_kind(asked, member)) for member in nearby[:_COPIES])
        copied = next(((member, kind) for member, kind in kinds if kind), None)
        by_story: dict[StoryId, list[Member]] = {}
        for member in nearby:
            chosen = by_story.setdefault(member.story, [])
            if len(chosen) < _MEMBERS:
                chosen.append(member)
        alike = [
            self._compare(asked, story, members)
            for story, members in list(by_story.items())[:_STORIES]
        ]
        serials = frozenset(each.story for each in alike if is_serial(asked, each.nearest))
        stories = [each for each in alike if each.story not in serials]
        stories.sort(key=attrgetter("likeness"), reverse=True)
        return Found(
            stories=tuple(stories),
            copy_of=copied[0] if copied else None,
            copy=Copy(of=copied[0].item, kind=copied[1]) if copied else None,
            serials=serials,
        )

    def put(self, member: Member, story: StoryId) -> None:
        """Remember an item as told in a story, and forget what is too old or too much."""
        member.story = story
        number = self._next
        self._next += 1
        self._members[number] = member
        self._order.append(number)
        self._weights.count(member)
        for term, weight in _heaviest(member):
            self._by_term.setdefault(term, []).append((number, weight))
        self._centres.setdefault(story, _Centre()).members.append(member)
        self._forget(member.at - self._window)

    def merge(self, story: StoryId, into: StoryId) -> None:
        """Remember what was told in one story as told in another."""
        left = self._centres.pop(story, None)
        if left is None:
            return
        centre = self._centres.setdefault(into, _Centre())
        for member in left.members:
            member.story = into
        # Behind those that are in its sums, to be summed in their turn.
        centre.members += left.members

    def _nearby(self, asked: Member) -> list[Member]:
        """Return the members that share heavy terms, the most alike first."""
        found: dict[int, float] = {}
        for term, weight in _heaviest(asked):
            for number, theirs in self._by_term.get(term, ())[-_LATEST:]:
                found[number] = found.get(number, 0.0) + weight * theirs
        best = nlargest(_STORIES * _MEMBERS * 2, found, key=found.__getitem__)
        return [self._members[number] for number in best]

    def _compare(self, asked: Member, story: StoryId, members: Sequence[Member]) -> Alike:
        own = dict(zip(asked.terms, asked.weights, strict=False))
        unit = self._unit(self._centres[story])
        by_centre = sum([weight * own[term] for term, weight in unit.items() if term in own])
        likes = [_like(own, member) for member in members]
        nearest = members[max(range(len(likes)), key=likes.__getitem__)]
        by_members = sum(likes) / len(likes)
        return Alike(
            story=story,
            likeness=(by_centre + by_members) / 2,
            shared=shared_mass(asked, nearest),
            nearest=nearest,
        )

    def _unit(self, centre: _Centre) -> dict[int, float]:
        """Return the middle of a story's members, made when it is asked for."""
        late = centre.members[centre.summed : _FROZEN]
        if late:
            for member in late:
                for term, weight in zip(member.terms, member.weights, strict=False):
                    centre.sums[term] = centre.sums.get(term, 0.0) + weight
            centre.summed += len(late)
            top = nlargest(_CENTRE_TERMS, centre.sums.items(), key=itemgetter(1))
            length = sqrt(sum([weight * weight for _, weight in top])) or 1.0
            centre.unit = {term: weight / length for term, weight in top}
        return centre.unit

    def _forget(self, before: datetime) -> None:
        while self._order:
            number = self._order[0]
            member = self._members[number]
            if len(self._order) <= self._most and member.at >= before:
                return
            self._order.popleft()
            del self._members[number]
            self._weights.discount(member)
            for term, weight in _heaviest(member):
                left = self._by_term[term]
                left.remove((number, weight))
                if not left:
                    del self._by_term[term]
            self._leave(member)

    def _leave(self, member: Member) -> None:
        centre = self._centres[member.story]
        # Its centre keeps what left: a story is the same when its beginning is three days old.
        centre.summed = max(0, centre.summed - 1)
        centre.members.remove(member)
        if not centre.members:
            del self._centres[member.story]


def _like(own: dict[int, float], member: Member) -> float:
    likeness = 0.0
    for term, weight in zip(member.terms, member.weights, strict=False):
        if term in own:
            likeness += weight * own[term]
    return likeness


def _heaviest(member: Member) -> list[tuple[int, float]]:
    return list(zip(member.terms[:_PROBES], member.weights, strict=False))
