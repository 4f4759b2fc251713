"""Counts in how many items each term of a watchlist stands, whether its rule holds or not. Pure."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from monitor.model import Field
from monitor.watch.matcher import Watch
from monitor.watch.plan import (
    Choice,
    Condition,
    Mention,
    Neither,
    Plan,
    Probe,
    Proximity,
    Scope,
    Several,
)
from monitor.watch.reading import Reading


class Wanted(NamedTuple):
    """A term that a rule looks for, in the fields it is looked for in."""

    probe: Probe
    fields: tuple[Field, ...]
    entity: str | None = None  # the entity it names


class Counted(NamedTuple):
    """What is counted as one: a term, or all names of an entity together."""

    watchlist: str
    term: str  # as written; the entity's key where it is one
    is_entity: bool = False
    vetoes: bool = False  # it stands in `none`


def wanted(  # noqa: C901, PLR0912 - a case for each kind of rule
    plan: Plan, fields: tuple[Field, ...]
) -> Iterator[Wanted]:
    """Yield every term that a plan looks for; of an entity its names alone."""
    match plan:
        case Probe():
            yield Wanted(plan, fields)
        case Choice(parts=parts):
            yield from (Wanted(probe, fields) for probe in plan.probes)
            for part in parts:
                yield from wanted(part, fields)
        case Several(parts=parts) | Neither(parts=parts):
            for part in parts:
                yield from wanted(part, fields)
        case Proximity(groups=groups):
            for group in groups:
                yield from wanted(group, fields)
        case Scope(rule=rule, part=part):
            yield from wanted(part, rule.fields)
        case Mention(rule=rule, aliases=aliases, names=names):
            for probe, _, _ in wanted(aliases, fields):
                yield Wanted(probe, fields, rule.key)
            yield from (Wanted(name.forms, fields, rule.key) for name in names)
        case Condition():
            return


class TermCounter:
    """Counts over readings; each term once for an item."""

    def __init__(self, watches: Sequence[Watch]) -> None:
        """Note which terms wait for which needle."""
        self.items = 0
        self.counts: Counter[Counted] = Counter()
        self._by_needle: defaultdict[int, dict[tuple[Counted, Wanted], None]] = defaultdict(dict)
        self._patterns: dict[tuple[Counted, Wanted], None] = {}
        for watch in watches:
            for plan in watch.plans:
                self._note(watch, plan, vetoes=False)
            if watch.none is not None:
                self._note(watch, watch.none, vetoes=True)

    def _note(self, watch: Watch, plan: Plan, *, vetoes: bool) -> None:
        for each in wanted(plan, watch.watchlist.fields):
            written = each.entity or each.probe.term.written
            counted = Counted(watch.watchlist.name, written, bool(each.entity), vetoes)
            self.counts.setdefault(counted, 0)
            places = self._by_needle[each.probe.needle] if each.probe.pattern is None else None
            (self._patterns if places is None else places)[counted, each] = None

    def count(self, reading: Reading) -> None:
        """Count one item."""
        self.items += 1
        standing = {
            counted
            for needle in reading.hits
            for counted, sought in self._by_needle.get(needle, ())
            if _stands(sought, reading)
        }
        for counted, sought in self._patterns:
            if reading.places(sought.probe, sought.fields):
                standing.add(counted)
        self.counts.update(standing)


def _stands(sought: Wanted, reading: Reading) -> bool:
    probe, fields = sought.probe, sought.fields
    text = probe.term.text
    is_plain = probe.bends and not probe.spelling and "tags" not in fields
    if is_plain and text.islower() and not any(map(str.isdigit, text)):
        return any(spot.field in fields for spot in reading.hits[probe.needle])
    return bool(reading.places(probe, fields))
