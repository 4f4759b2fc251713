"""Warnings that only what is stored can tell: terms that stand everywhere, silent watchlists."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from monitor.config.load import Loaded
from monitor.config.problems import Code, Problem, quote
from monitor.config.rule_checks import lonely_terms
from monitor.config.tree import nearest_key, warning_at
from monitor.store.glance import may_hold
from monitor.watch.counting import Counted, TermCounter
from monitor.watch.matcher import Matcher
from monitor.watch.tally import TOO_COMMON
from monitor.watch.terms import Term

if TYPE_CHECKING:
    from monitor.store.sample import Sample

SPAN: Final = timedelta(days=30)
SLACK: Final = timedelta(days=1)  # a store that is this much younger is old enough
MOST: Final = 5_000  # items that are looked at
ENOUGH: Final = 200  # items before a share of them means anything


def stored_doubts(loaded: Loaded, now: datetime) -> list[Problem]:
    """Return warnings about terms and watchlists; nothing where no store can be read."""
    settings = loaded.settings
    if not settings.watchlists or not may_hold(settings.store.url, ENOUGH):
        return []
    from monitor.store.sample import sample

    seen = sample(settings.store.url, since=now - SPAN, most=MOST)
    if seen is None or len(seen.items) < ENOUGH:
        return []
    matcher = Matcher(settings.watchlists, {each.key: each for each in settings.entities})
    terms = TermCounter(matcher.watches)
    matched: set[str] = set()
    for item in seen.items:
        reading = matcher.read(item)
        terms.count(reading)
        matched.update(match.watchlist for match in matcher.judge(reading))
    doubts = [*_frequent(loaded, terms), *_silent(loaded, seen, matched, now)]
    return sorted(doubts, key=lambda each: (each.file, each.line, each.column))


def _frequent(loaded: Loaded, terms: TermCounter) -> Iterator[Problem]:
    known = {(x.file, x.line, x.column) for x in loaded.warnings if x.code == Code.COMMON_WORD}
    for watchlist, place in lonely_terms(loaded.settings, loaded.root):
        assert isinstance(place.leaf, Term)
        share = terms.counts[Counted(watchlist.name, place.leaf.written)] / terms.items
        if share > TOO_COMMON:
            message = f"{place.shown} stands in {100 * share:.1f} % of {terms.items:,} stored items"
            advice = "combine it with others under all: or near:, or narrow sources: or fields:"
            problem = warning_at(place.node, Code.FREQUENT_TERM, message, advice, span=place.span)
            if (problem.file, problem.line, problem.column) not in known:
                yield problem


def _silent(loaded: Loaded, seen: "Sample", matched: set[str], now: datetime) -> Iterator[Problem]:
    if seen.oldest is None or seen.oldest > now - SPAN + SLACK:
        return
    for watchlist in loaded.settings.watchlists:
        if watchlist.name not in matched | seen.ruled:
            looked = f"{len(seen.items):,} of " if len(seen.items) < seen.stored else ""
            message = (
                f"{quote(watchlist.name)} matched nothing in {SPAN.days} days: no ruling is "
                f"stored, and none of {looked}{seen.stored:,} stored items matches it now"
            )
            advice = f"ask why one is not found: monitor match -v {watchlist.name} --text “…”"
            node = nearest_key(loaded.root, ("watchlists", watchlist.name))
            yield warning_at(node, Code.NEVER_MATCHED, message, advice)
