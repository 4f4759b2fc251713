"""What nobody wants to hear of for a while. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from monitor.model import Item, Match, Silence, StoryId

PREFIX = "silence"  # a ruling's reason begins with it and the number of the silence


def silenced(
    silences: Iterable[Silence], match: Match, item: Item, story: StoryId, now: datetime
) -> Silence | None:
    """Return the silence that mutes a match now: of several the one that lasts longest."""
    fitting = (
        each
        for each in silences
        if each.created <= now < each.until and _fits(each, match, item, story)
    )
    return max(fitting, key=lambda each: (each.until, each.id), default=None)


def follow(silences: Iterable[Silence], merged: Mapping[StoryId, StoryId]) -> list[Silence]:
    """Return silences such that one of a story mutes what that has merged into."""
    return [replace(each, story=merged.get(StoryId(each.story), each.story)) for each in silences]


def words(silence: Silence) -> str:
    """Say why a match is muted, for a person."""
    return f"{mark(silence.id)} until {silence.until:%Y-%m-%d %H:%M} UTC: {silence.reason}"


def mark(number: int) -> str:
    """Return how the reason of every ruling by this silence begins."""
    return f"{PREFIX} {number}"


def _fits(silence: Silence, match: Match, item: Item, story: StoryId) -> bool:
    return (
        silence.watchlist in {"", match.watchlist}
        and silence.source in {"", item.source.name, item.source.url}
        and silence.story in {"", story}
        and (not silence.entity or any(e.entity == silence.entity for e in match.evidence))
    )
