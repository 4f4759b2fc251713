"""Runs the tests people write into their watchlists, with the daemon's own matcher."""

from collections.abc import Sequence
from dataclasses import dataclass

from monitor.cli.given import Sources, by_name, make_item
from monitor.cli.options import clock
from monitor.cli.pointing import pointed
from monitor.config.problems import did_you_mean
from monitor.errors import UsageError
from monitor.model import Evidence
from monitor.settings import Settings
from monitor.watch.explain import explain_one, near_miss
from monitor.watch.matcher import Matcher, Watch
from monitor.watch.rules import Expectation, Watchlist


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One test written in a watchlist and how it went. `why` is for people, where it failed."""

    watchlist: str
    title: str
    expect: str  # match, no_match
    passed: bool
    outcome: str  # fired, vetoed, no_match
    possible: bool  # it fired only by ambiguous names that nothing explains
    evidence: tuple[Evidence, ...]
    vetoed_by: tuple[Evidence, ...]
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
    return [known[name] for name in dict.fromkeys(names)] if names else list(settings.watchlists)


def run_tests(settings: Settings, watchlists: Sequence[Watchlist]) -> list[Trial]:
    """Run the tests of some watchlists, in their order."""
    tested = [watchlist for watchlist in watchlists if watchlist.tests]
    matcher = Matcher(tested, {entity.key: entity for entity in settings.entities})
    sources = by_name(settings.sources)
    return [
        _try(matcher, watch, test, sources)
        for watch in matcher.watches
        for test in watch.watchlist.tests
    ]


def _try(matcher: Matcher, watch: Watch, test: Expectation, sources: Sources) -> Trial:
    reading = matcher.read(make_item(test.sample, sources, now=clock()))
    name = watch.watchlist.name
    match = next((each for each in matcher.judge(reading) if each.watchlist == name), None)
    outcome = "no_match" if match is None else "vetoed" if match.vetoed_by else "fired"
    passed = (outcome == "fired") == (test.expect == "match")
    why: list[str] = []
    if match and not passed:
        why = [*pointed(match.evidence, reading.texts)]
        why += pointed(match.vetoed_by, reading.texts, role="vetoed by ")
    elif not passed:
        why = near_miss(explain_one(watch, reading))
    return Trial(
        watchlist=name,
        title=test.sample.title,
        expect=test.expect,
        passed=passed,
        outcome=outcome,
        possible=bool(match and match.possible),
        evidence=match.evidence if match else (),
        vetoed_by=match.vetoed_by if match else (),
        why=tuple(why),
        file=test.file,
        line=test.line,
    )
