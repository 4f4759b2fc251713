"""The items of the last days by what they tell: where a new one finds what is like it.

Holds no texts, only numbers. Memory is bounded: what is older than the window goes, and of more
items than the cap the oldest.
"""

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from heapq import nlargest
from itertools import islice
from math import log, sqrt
from operator import attrgetter, itemgetter

from monitor.model import Copy, Gist, ItemId, StoryId
from monitor.stories.copies import copy_kind, has_text, is_elsewhere, is_serial, shared_mass
from monitor.stories.member import Member, as_stored
from monitor.stories.weights import Weights

WINDOW = timedelta(hours=72)
MOST_ITEMS = 100_000

_PROBES = 12  # heaviest terms of an item by which others are found
_HEADLINE_ALONE = 0.3  # below which likeness is that of a short headline, and no text's
_LATEST = 100  # items looked at for one term
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
    serials: frozenset[StoryId] = frozenset()  # whose next it is, or which tell of another place


@dataclass(slots=True, kw_only=True, eq=False)
class _Centre:
    members: list[int] = field(default_factory=list)  # by their numbers, the oldest first
    topic: StoryId | None = None  # None where it is not known here
    summed: int = 0  # of them are in the sums
    sums: dict[int, float] = field(default_factory=dict)
    unit: dict[int, float] | None = None  # None where it must be made anew


class Shelf:
    """Members by their terms, and the stories they make.

    It depends on nothing but the members it holds and their order: one that is filled anew after a
    restart, or by another process, answers exactly as this does.
    """

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
        """Return an item ready to be compared, in no story yet; what is too old is forgotten."""
        self._forget(at - self._window)
        masses = self._weights.weigh(gist)
        weights = [
            mass * (1 + log(count)) if count else 0.0
            for mass, count in zip(masses, gist.counts, strict=True)
        ]
        length = sqrt(sum([weight * weight for weight in weights])) or 1.0
        ranked = sorted(zip(weights, gist.terms, as_stored(masses), strict=True), reverse=True)
        mass_of = {term: mass for _, term, mass in ranked}
        return Member(
            item=item,
            story=StoryId(""),
            source=source,
            at=at,
            said_at=said_at,
            language=gist.language,
            terms=tuple([term for _, term, _ in ranked]),
            weights=as_stored([weight / length for weight, _, _ in ranked if weight]),
            masses=tuple([mass for _, _, mass in ranked]),
            title={term: mass_of[term] for term in sorted(gist.title)},
            figures=gist.figures,
            dated=gist.dated,
            names=gist.names,
            slots=gist.slots,
        )

    def find(self, asked: Member) -> Found:
        """Return the stories an item may belong to, and what it is a copy of.

        Stories in which it is the next of a series, or of another place, are not among them.
        """
        nearby = self._nearby(asked)
        mass_of = dict(zip(asked.terms, asked.masses, strict=True))
        kinds = (
            (member, copy_kind(asked, member, shared=shared_mass(mass_of, member)))
            for member in nearby[:_COPIES]
        )
        copied = next(((member, kind) for member, kind in kinds if kind), None)
        alike = self._alike(asked, nearby, mass_of)
        serials = frozenset(
            each.story
            for each in alike
            if is_serial(asked, each.nearest) or is_elsewhere(asked, each.nearest)
        )
        stories = [each for each in alike if each.story not in serials]
        stories.sort(key=attrgetter("likeness"), reverse=True)
        return Found(
            stories=tuple(stories),
            copy_of=copied[0] if copied else None,
            copy=Copy(of=copied[0].item, kind=copied[1]) if copied else None,
            serials=serials,
        )

    def told_last(self, story: StoryId) -> datetime | None:
        """Return when a story was last told, None where nothing of it is remembered."""
        centre = self._centres.get(story)
        return self._members[centre.members[-1]].at if centre else None

    def says_otherwise(self, asked: Member, story: StoryId) -> bool:
        """Tell whether an item has a text, and a story others, none of which is much like it."""
        centre = self._centres.get(story)
        if centre is None or not has_text(asked):
            return False
        own = dict(zip(asked.terms, asked.weights, strict=False))
        members = (self._members[number] for number in centre.members[-_LATEST:])
        likes = [_like(own, member) for member in members if has_text(member)]
        return bool(likes) and max(likes) < _HEADLINE_ALONE

    def topic(self, story: StoryId) -> StoryId | None:
        """Return the topic of a story, where it is known here."""
        centre = self._centres.get(story)
        return centre.topic if centre else None

    def put(self, member: Member, story: StoryId, topic: StoryId | None = None) -> None:
        """Remember an item as told in a story; of more than the cap the oldest is forgotten."""
        member.story = story
        number = self._next
        self._next += 1
        self._members[number] = member
        self._order.append(number)
        self._weights.count(member)
        for term, weight in _heaviest(member):
            self._by_term.setdefault(term, []).append((number, weight))
        centre = self._centres.setdefault(story, _Centre())
        centre.members.append(number)
        centre.topic = topic or centre.topic
        self._forget(member.at - self._window)

    def merge(self, story: StoryId, into: StoryId) -> None:
        """Remember what was told in one story as told in another."""
        left = self._centres.pop(story, None)
        if left is None:
            return
        for number in left.members:
            self._members[number].story = into
        there = self._centres.get(into, _Centre())
        members = sorted([*there.members, *left.members])
        self._centres[into] = _Centre(members=members, topic=there.topic)

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

    def _nearby(self, asked: Member) -> list[Member]:
        """Return the members that share heavy terms, the most alike first."""
        found: dict[int, float] = {}
        before = found.get
        for term, weight in _heaviest(asked):
            for number, theirs in self._by_term.get(term, ())[-_LATEST:]:
                found[number] = before(number, 0.0) + weight * theirs
        best = sorted(found, key=found.__getitem__, reverse=True)
        return [self._members[number] for number in best[: _STORIES * _MEMBERS * 2]]

    def _alike(
        self, asked: Member, nearby: Iterable[Member], mass_of: Mapping[int, float]
    ) -> list[Alike]:
        """Compare an item with the stories that its nearest members are of."""
        by_story: dict[StoryId, list[Member]] = {}
        for member in nearby:
            chosen = by_story.setdefault(member.story, [])
            if len(chosen) < _MEMBERS:
                chosen.append(member)
        own = dict(zip(asked.terms, asked.weights, strict=False))
        return [
            self._compare(own, mass_of, story, members)
            for story, members in islice(by_story.items(), _STORIES)
        ]

    def _compare(
        self,
        own: Mapping[int, float],
        mass_of: Mapping[int, float],
        story: StoryId,
        members: Sequence[Member],
    ) -> Alike:
        unit = self._unit(self._centres[story])
        by_centre = sum([weight * own[term] for term, weight in unit.items() if term in own])
        likes = [_like(own, member) for member in members]
        nearest = members[max(range(len(likes)), key=likes.__getitem__)]
        by_members = sum(likes) / len(likes)
        return Alike(
            story=story,
            likeness=(by_centre + by_members) / 2,
            shared=shared_mass(mass_of, nearest)[0],
            nearest=nearest,
        )

    def _unit(self, centre: _Centre) -> dict[int, float]:
        """Return the middle of a story's members, made when it is asked for."""
        late = centre.members[centre.summed : _FROZEN]
        for number in late:
            _sum_up(centre.sums, self._members[number], 1)
        if late or centre.unit is None:
            centre.summed += len(late)
            top = nlargest(_CENTRE_TERMS, centre.sums.items(), key=itemgetter(1, 0))
            length = sqrt(sum([weight * weight for _, weight in top])) or 1.0
            centre.unit = {term: weight / length for term, weight in top}
        return centre.unit

    def _leave(self, member: Member) -> None:
        centre = self._centres[member.story]
        del centre.members[0]  # the oldest of all is the oldest of its story
        if not centre.members:
            del self._centres[member.story]
        elif centre.summed:
            centre.summed -= 1
            centre.unit = None
            _sum_up(centre.sums, member, -1)


def _sum_up(sums: dict[int, float], member: Member, times: int) -> None:
    """Add a member's weights, or take them away: exactly, since they have few digits."""
    for term, weight in zip(member.terms, member.weights, strict=False):
        total = sums.get(term, 0.0) + times * weight
        if total:
            sums[term] = total
        else:
            sums.pop(term, None)


def _like(own: Mapping[int, float], member: Member) -> float:
    likeness = 0.0
    for term, weight in zip(member.terms, member.weights, strict=False):
        if term in own:
            likeness += weight * own[term]
    return likeness


def _heaviest(member: Member) -> list[tuple[int, float]]:
    return list(zip(member.terms[:_PROBES], member.weights, strict=False))
