"""Tells which watchlists an item is on, and by what evidence.

Pure. Built once from a configuration; each item is read once, and only the rules whose anchors
stand in it are asked.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import groupby
from typing import Final, NamedTuple

from monitor.model import FIELDS, Evidence, Field, Item, Match
from monitor.watch.evaluate import Finding, ask, is_possible
from monitor.watch.filters import refusals
from monitor.watch.plan import Plan, Planner, Probe
from monitor.watch.reading import Reading, read
from monitor.watch.scanner import Needle, Scanner, best_scanner
from monitor.watch.terms import AnyOf, Entity, Rule, Watchlist, requires_nothing

MAX_EVIDENCE: Final = 20  # for one watchlist; every term that counted comes first
_ORDER: Final = {field: number for number, field in enumerate(FIELDS)}
_RULE_BITS: Final = 32  # a rule's number: its watchlist's, then its own within it


class Watch(NamedTuple):
    """A watchlist with its plans ready; any of `plans` fires it, and `none` vetoes it."""

    watchlist: Watchlist
    plans: tuple[Plan, ...]
    none: Plan | None


class Matcher:
    """Matches items against watchlists. It never changes, so threads may share it."""

    def __init__(
        self,
        watchlists: Sequence[Watchlist],
        entities: Mapping[str, Entity],
        *,
        scanner: Callable[[Sequence[Needle]], Scanner] = best_scanner,
    ) -> None:
        """Plan every rule. Raises ValueError for an unknown entity or a rule without terms."""
        planner = Planner(entities)
        self.watches = [_watch(watchlist, planner) for watchlist in watchlists]
        wanted = {field for watchlist in watchlists for field in watchlist.fields}
        self._fields: tuple[Field, ...] = tuple(field for field in FIELDS if field in wanted)
        self._by_needle: dict[int, list[int]] = {}
        self._by_pattern: dict[Probe, list[int]] = {}
        for number, watch in enumerate(self.watches):
            for rule, plan in enumerate(watch.plans, number << _RULE_BITS):
                for anchor in planner.anchors(plan):
                    self._anchor(anchor, rule)
        self._scanner = scanner(planner.needles)

    def match(self, item: Item) -> tuple[Match, ...]:
        """Return the watchlists that fire on an item, and those that would but for a veto."""
        reading = self.read(item)
        rules = sorted(self._candidates(reading))
        matches = []
        for number, within in groupby(rules, lambda rule: rule >> _RULE_BITS):
            watch = self.watches[number]
            plans = [watch.plans[rule - (number << _RULE_BITS)] for rule in within]
            plans = [plan for plan in plans if is_possible(plan, reading.hits)]
            if plans and not refusals(watch.watchlist, item):
                match = _judge(watch, plans, reading)
                if match is not None:
                    matches.append(match)
        return tuple(matches)

    def read(self, item: Item) -> Reading:
        """Read the fields of an item that any watchlist looks at."""
        return read(item, self._fields, self._scanner)

    def _anchor(self, anchor: Probe, rule: int) -> None:
        if anchor.pattern is None:
            self._by_needle.setdefault(anchor.needle, []).append(rule)
        else:
            self._by_pattern.setdefault(anchor, []).append(rule)

    def _candidates(self, reading: Reading) -> set[int]:
        """Return the rules that may hold."""
        rules: set[int] = set()
        for needle in reading.hits:
            rules.update(self._by_needle.get(needle, ()))
        for probe, anchored in self._by_pattern.items():
            if reading.places(probe, self._fields):
                rules.update(anchored)
        return rules


def to_evidence(findings: list[Finding], reading: Reading) -> tuple[Evidence, ...]:
    """Return findings in the order of the text; of too many, each term's first before more."""
    ordered = sorted(set(findings), key=_in_text_order) if len(findings) > 1 else findings
    if len(ordered) > MAX_EVIDENCE:
        firsts: dict[tuple[str, str | None], Finding] = {}
        for finding in ordered:
            firsts.setdefault((finding.term, finding.entity), finding)
        kept = list(dict.fromkeys([*firsts.values(), *ordered]))[:MAX_EVIDENCE]
        ordered = sorted(kept, key=_in_text_order)
    return tuple(
        Evidence(
            term=term,
            field=place.field,
            start=place.start,
            end=place.end,
            text=reading.texts[place.field][place.start : place.end],
            entity=entity,
            note=note,
        )
        for term, place, entity, note in ordered
    )


def _in_text_order(finding: Finding) -> tuple[int, int, int, str, str]:
    place = finding.place
    return _ORDER[place.field], place.start, place.end, finding.term, finding.entity or ""


def _watch(watchlist: Watchlist, planner: Planner) -> Watch:
    match = tuple(_alternatives(watchlist.match))
    for rule in (*match, *watchlist.none):
        if requires_nothing(rule):
            raise ValueError(f"A rule of watchlist {watchlist.name!r} asks for no term at all.")
    none = planner.plan(AnyOf(rules=watchlist.none)) if watchlist.none else None
    return Watch(watchlist, tuple(map(planner.plan, match)), none)


def _alternatives(rules: Iterable[Rule]) -> Iterable[Rule]:
    """Yield the rules with every outer "any" taken apart, so that each part has its own anchor."""
    for rule in rules:
        if isinstance(rule, AnyOf):
            yield from _alternatives(rule.rules)
        else:
            yield rule


def _judge(watch: Watch, plans: Iterable[Plan], reading: Reading) -> Match | None:
    watchlist = watch.watchlist
    findings: list[Finding] = []
    for plan in plans:
        findings += ask(plan, reading, watchlist.fields).evidence()
    if not findings:
        return None
    return Match(
        watchlist=watchlist.name,
        severity=watchlist.severity,
        evidence=to_evidence(findings, reading),
        vetoed_by=vetoes(watch, reading),
    )


def vetoes(watch: Watch, reading: Reading) -> tuple[Evidence, ...]:
    """Return what stands in the item of a watchlist's `none`."""
    if watch.none is None:
        return ()
    return to_evidence(ask(watch.none, reading, watch.watchlist.fields).evidence(), reading)
