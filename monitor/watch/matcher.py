"""Tells which watchlists an item is on, and by what evidence.

Pure. Built once from a configuration; each item is read once, and only the rules whose anchors
stand in it are asked.
"""

from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Final, NamedTuple

from monitor.model import FIELDS, Evidence, Field, Item, Match
from monitor.watch.anchors import anchors, company
from monitor.watch.evaluate import Finding, ask, is_possible
from monitor.watch.filters import refusals
from monitor.watch.plan import Plan, Planner, Probe
from monitor.watch.reading import Place, Reading, read
from monitor.watch.rules import AnyOf, Entity, Rule, Watchlist, fields_of, requires_nothing
from monitor.watch.terms import Term
from monitor.watch.waiting import Waiting
from monitor.watch.words.detection import Tongue, detect, language_of
from monitor.watch.words.lexicon import Lexicon
from monitor.watch.words.scanner import Needle, Scanner, best_scanner

MAX_EVIDENCE: Final = 20  # for one watchlist; every term that counted comes first
_ORDER: Final = {field: number for number, field in enumerate(FIELDS)}


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
        detect: Callable[[str], Tongue] = detect,
    ) -> None:
        """Plan every rule. Raises ValueError for an unknown entity or a rule without terms.

        `detect` tells the language of a text that does not say it.
        """
        planner = Planner(entities)
        self.watches = [_watch(watchlist, planner) for watchlist in watchlists]
        wanted = {field for watchlist in watchlists for field in fields_of(watchlist)}
        self._fields: tuple[Field, ...] = tuple(field for field in FIELDS if field in wanted)
        self._plans = [plan for watch in self.watches for plan in watch.plans]
        self._owners = array("I")  # by rule: the watchlist it belongs to
        for number, watch in enumerate(self.watches):
            self._owners.extend([number] * len(watch.plans))
        self._patterns: dict[Probe, list[int]] = {}  # the rules that wait for a pattern
        self._waiting = Waiting(len(planner.needles), self._anchors(planner))
        self._company = [company(plan, planner.rate) for plan in self._plans]
        self._lexicon = Lexicon(planner.needles, planner.phrases, scanner=scanner)
        self._detect = detect

    def match(self, item: Item, tongue: Tongue | None = None) -> tuple[Match, ...]:
        """Return the watchlists that fire on an item, and those that would but for a veto.

        `tongue` is what `tongue` says of the item, where somebody has asked already.
        """
        return self.judge(self.read(item, tongue))

    def judge(self, reading: Reading) -> tuple[Match, ...]:
        """Return the same for an item that was read already."""
        matches = []
        for number, rules in groupby(self._candidates(reading), self._owners.__getitem__):
            watch = self.watches[number]
            plans = [self._plans[rule] for rule in rules]
            plans = [plan for plan in plans if is_possible(plan, reading.hits.needles)]
            if plans and not refusals(watch.watchlist, reading.item, reading.language):
                match = _judge(watch, plans, reading)
                if match is not None:
                    matches.append(match)
        return tuple(matches)

    def read(self, item: Item, tongue: Tongue | None = None) -> Reading:
        """Read the fields of an item that any watchlist looks at."""
        return read(item, self._fields, self._lexicon, tongue or self.tongue(item))

    def tongue(self, item: Item) -> Tongue:
        """Return the language an item is read in."""
        return language_of(item, self._detect)

    def is_ready(self, language: str) -> bool:
        """Say whether items in a language are matched at once."""
        return self._lexicon.is_ready(language)

    def prepare(self, language: str) -> None:
        """Make ready for items in a language, so that the first need not wait."""
        self._lexicon.prepare(language)

    def _anchors(self, planner: Planner) -> Iterator[tuple[int, int]]:
        """Yield needles with the rules that wait for them; keep those that wait for a pattern."""
        for rule, plan in enumerate(self._plans):
            for anchor in anchors(plan, planner.rate):
                if anchor.pattern is None:
                    yield anchor.needle, rule
                else:
                    self._patterns.setdefault(anchor, []).append(rule)

    def _candidates(self, reading: Reading) -> list[int]:
        """Return the rules that may hold, in their order."""
        needles, company = reading.hits.needles, self._company
        rules = set(self._waiting.behind(needles))
        for probe, waiting in self._patterns.items():
            if reading.places(probe, self._fields):
                rules.update(waiting)
        return sorted(
            rule for rule in rules if not company[rule] or not needles.isdisjoint(company[rule])
        )


def to_evidence(findings: list[Finding], reading: Reading) -> tuple[Evidence, ...]:
    """Return findings in the order of the text; of too many, each term's first before more.

    What counts at a place for several reasons is told once, with the surest.
    """
    ordered = findings
    if len(findings) > 1:
        found: dict[tuple[str, Place, str | None], Finding] = {}
        for finding in sorted(findings, key=_by_sureness):
            found.setdefault((finding.term, finding.place, finding.entity), finding)
        ordered = sorted(found.values(), key=_in_text_order)
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
        for term, place, entity, note, _ in ordered
    )


def _by_sureness(finding: Finding) -> tuple[bool, str]:
    return finding.possible, finding.note


def _in_text_order(finding: Finding) -> tuple[int, int, int, str, str]:
    place = finding.place
    return _ORDER[place.field], place.start, place.end, finding.term, finding.entity or ""


def _watch(watchlist: Watchlist, planner: Planner) -> Watch:
    match = tuple(_alternatives(watchlist.match))
    for rule in (*match, *watchlist.none):
        if not isinstance(rule, Term) and requires_nothing(rule):
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
    answers = [ask(plan, reading, watchlist.fields) for plan in plans]
    if not any(answer.holds for answer in answers):
        return None
    findings = [finding for answer in answers for finding in answer.evidence()]
    possible = not any(answer.sure for answer in answers)
    return Match(
        watchlist=watchlist.name,
        severity=watchlist.severity.lowered if possible else watchlist.severity,
        evidence=to_evidence(findings, reading),
        vetoed_by=vetoes(watch, reading),
        possible=possible,
    )


def vetoes(watch: Watch, reading: Reading) -> tuple[Evidence, ...]:
    """Return what stands in the item of a watchlist's `none`."""
    if watch.none is None:
        return ()
    return to_evidence(ask(watch.none, reading, watch.watchlist.fields).evidence(), reading)
