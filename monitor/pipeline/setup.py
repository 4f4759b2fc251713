"""What a configuration comes to once it runs: made away from the loop, put in place as one value.

A poll that began with one ends with it, so that its items are decided by the watchlists they were
matched with.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from monitor.alerts.policy import Policy
from monitor.model import Decide
from monitor.pipeline.deciding import decider
from monitor.settings import Settings
from monitor.watch.matcher import Matcher
from monitor.watch.words.renewing import PiecedScanner, renewed
from monitor.watch.words.scanner import Needle
from monitor.watch.words.stems import LANGUAGES


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """The settings, and what is derived from them for matching and deciding."""

    settings: Settings
    matcher: Matcher
    scanners: tuple[PiecedScanner, ...]  # the matcher's, in the order they were made
    decide: Decide


def set_up(settings: Settings, *, before: Setup | None = None) -> Setup:
    """Make a configuration ready; takes a second for ten thousand watchlists.

    What was ready `before` is ready again: every language that was met.
    """
    earlier = iter(before.scanners if before else ())
    made: list[PiecedScanner] = []

    def scanner(needles: Sequence[Needle]) -> PiecedScanner:
        made.append(renewed(needles, next(earlier, None)))
        return made[-1]

    entities = {each.key: each for each in settings.entities}
    matcher = Matcher(settings.watchlists, entities, scanner=scanner)
    for language in LANGUAGES:
        if before and before.matcher.is_ready(language):
            matcher.prepare(language)
    decide = decider(policy_of(settings))
    return Setup(settings=settings, matcher=matcher, scanners=tuple(made), decide=decide)


def policy_of(settings: Settings) -> Policy:
    """Return what decisions go by."""
    watchlists = {each.name: each for each in settings.watchlists}
    return Policy(alerts=settings.alerts, watchlists=watchlists, notify=settings.health.notify)
