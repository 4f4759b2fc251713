"""Runs the tests people write into their watchlists, with the daemon's own matcher."""

from collections.abc import Sequence
from dataclasses import dataclass

from monitor.cli.given import make_item
from monitor.cli.options import clock
from monitor.config.problems import did_you_mean
from monitor.errors import UsageError
from monitor.model import Item
from monitor.settings import Settings
from monitor.watch.explain import explain, lines
from monitor.watch.matcher import Matcher
from monitor.watch.terms import Expectation, Watchlist


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One test written in a watchlist and how it went."""

    watchlist: str
    title: str
    expect: str
    passed: bool
    why: tuple[str, ...]
    file: str
    line: int


def choose(settings: Settings, names: Sequence[str]) -> list[Watchlist]:
    """Return the watchlists named, or all. Raises UsageError for a name that is none."""
    known = {watchlist.name: watchlist for watchlist in settings.watchlists}
    for name in names:
        if name not in known:
            near = did_you_mean(name, known) or f"there are: {', '.join(known)}"
            raise UsageError(f"no watchlist is named “{name}”; {near}")
    return [known[name] for name in names] if names else list(settings.watchlists)


def run_tests(settings: Settings, names: Sequence[str]) -> list[Trial]:
    """Run the tests of the watchlists named, or of all."""
    watchlists = choose(settings, names)
    matcher = Matcher(watchlists, {entity.key: entity for entity in settings.entities})
    return [
        _try(matcher, watchlist, test, settings)
        for watchlist in watchlists
        for test in watchlist.tests
    ]


def _try(matcher: Matcher, watchlist: Watchlist, test: Expectation, settings: Settings) -> Trial:
    item = make_item(test.sample, settings.sources, now=clock())
    fired = any(
        match.watchlist == watchlist.name and not match.vetoed_by for match in matcher.match(item)
    )
    passed = fired == (test.expect == "match")
    return Trial(
        watchlist=watchlist.name,
        title=test.sample.title,
        expect=test.expect,
        passed=passed,
        why=() if passed else _why(matcher, watchlist, item),
        file=test.file,
        line=test.line,
    )


def _why(matcher: Matcher, watchlist: Watchlist, item: Item) -> tuple[str, ...]:
    told = (each for each in explain(matcher, item) if each.watchlist == watchlist.name)
    return tuple(line for each in told for line in lines(each))
