"""Lays out what a backtest counted: as JSON, and as text with a curve for people."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from monitor.cli.options import count, rfc3339
from monitor.watch.counting import Counted, TermCounter
from monitor.watch.tally import TOO_COMMON, Tallies, Tally

SHOWN: Final = 8  # terms, sources, languages
_WIDTH: Final = 72  # signs of a curve
_BLOCKS: Final = " ▁▂▃▄▅▆▇█"
_ASCII: Final = " .:-=+*#@"


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What was counted, and what the counting leaves out."""

    tallies: Tallies
    terms: TermCounter
    simulated: tuple[str, ...]
    not_simulated: tuple[str, ...]


# --- JSON -------------------------------------------------------------------------------------


def as_json(figures: Figures) -> dict[str, Any]:
    """Return everything as one JSON value."""
    days = figures.tallies.days()
    return {
        "items": figures.tallies.items,
        "first_day": days[0].isoformat() if days else None,
        "last_day": days[-1].isoformat() if days else None,
        "items_per_day": _per_day(days, figures.tallies.items_by_day),
        "watchlists": [_watchlist(tally, figures) for tally in figures.tallies.each.values()],
        "simulated": list(figures.simulated),
        "not_simulated": list(figures.not_simulated),
    }


def _watchlist(tally: Tally, figures: Figures) -> dict[str, Any]:
    days = figures.tallies.days()
    busiest = tally.busiest_hour
    terms = _terms(tally, figures.terms)
    return {
        "watchlist": tally.watchlist,
        "alerts": tally.alerts,
        "follow_ups": tally.follow_ups,
        "matches": tally.matches,
        "vetoed": tally.vetoed,
        "possible": tally.possible,
        "outcome": {word.value: number for word, number in tally.outcomes.most_common()},
        "alerts_per_day": _per_day(days, tally.alerts_by_day),
        "matches_per_day": _per_day(days, tally.matches_by_day),
        "busiest_hour": {"hour": rfc3339(busiest[0]), "alerts": busiest[1]} if busiest else None,
        "terms": terms,
        "never": [row["term"] for row in terms if not row["items"]],
        "too_common": [row["term"] for row in terms if row["share"] > TOO_COMMON],
        "sources": [
            {"source": name, "matches": number, "alerts": tally.alerts_by_source[name]}
            for name, number in tally.matches_by_source.most_common()
        ],
        "languages": [
            {"language": name, "matches": number}
            for name, number in tally.matches_by_language.most_common()
        ],
        "examples": [
            {"at": rfc3339(each.at), "title": each.title, "source": each.source}
            for each in tally.best_examples()
        ],
    }


def _per_day(days: Iterable[date], counted: Counter[date]) -> dict[str, int]:
    return {day.isoformat(): counted[day] for day in days}


def _terms(tally: Tally, terms: TermCounter) -> list[dict[str, Any]]:
    """Return a watchlist's terms, the most frequent first."""
    rows = [
        _term(counted, number, tally, terms.items)
        for counted, number in terms.counts.items()
        if counted.watchlist == tally.watchlist
    ]
    return sorted(rows, key=lambda row: -row["items"])


def _term(counted: Counted, number: int, tally: Tally, items: int) -> dict[str, Any]:
    return {
        "term": counted.term,
        "entity": counted.is_entity,
        "vetoes": counted.vetoes,
        "items": number,
        "share": round(number / items, 6) if items else 0.0,
        "matches": 0 if counted.vetoes else tally.by_term[counted.term],
    }


# --- text -------------------------------------------------------------------------------------


def as_text(figures: Figures, *, blocks: bool, verbose: bool) -> Iterator[str]:
    """Yield lines for people; without `blocks` the curve is drawn in ASCII."""
    tallies = figures.tallies
    days = tallies.days()
    span = f" from {days[0]} to {days[-1]} (UTC)" if days else ""
    yield f"{count(tallies.items, 'item')}{span}"
    for tally in tallies.each.values():
        yield ""
        yield from _figures(tally, figures, blocks=blocks, verbose=verbose)
    yield ""
    yield f"simulated: {'; '.join(figures.simulated)}"
    yield f"not simulated: {'; '.join(figures.not_simulated)}"


def _figures(tally: Tally, figures: Figures, *, blocks: bool, verbose: bool) -> Iterator[str]:
    days = figures.tallies.days()
    yield f"{tally.watchlist}: {count(tally.alerts, 'alert')}{_rate(tally, len(days))}"
    if tally.follow_ups:
        yield f"  {count(tally.follow_ups, 'follow-up')} on the same stories"
    if tally.alerts:
        yield from _curve(tally, days, blocks=blocks)
    yield f"  {_matches(tally, figures.tallies.items)}"
    yield from _term_lines(tally, figures.terms, verbose=verbose)
    if tally.matches:
        most = None if verbose else SHOWN
        yield f"  sources    {_ranked(tally.matches_by_source, most)}"
        yield f"  languages  {_ranked(tally.matches_by_language, most)}"
    for each in tally.best_examples():
        yield f"  {each.at:%Y-%m-%d %H:%M}  {each.title} ({each.source})"


def _rate(tally: Tally, days: int) -> str:
    busiest = tally.busiest_hour
    if not busiest:
        return ""
    hour, most = busiest
    return f", {tally.alerts / days:.1f} a day, at most {most} in an hour ({hour:%Y-%m-%d %H}:00)"


def _curve(tally: Tally, days: Sequence[date], *, blocks: bool) -> Iterator[str]:
    each = -(-len(days) // _WIDTH)  # days for one sign
    heights = [
        sum(tally.alerts_by_day[day] for day in days[start : start + each])
        for start in range(0, len(days), each)
    ]
    unit = "a day" if each == 1 else f"in {each} days"
    yield f"  {sparkline(heights, blocks=blocks)}  at most {max(heights):,} {unit}"


def sparkline(heights: Sequence[int], *, blocks: bool) -> str:
    """Draw one sign for each figure; what is not nothing never looks like it."""
    signs = _BLOCKS if blocks else _ASCII
    top, most = len(signs) - 1, max(heights, default=0)
    return "".join(signs[-(-height * top // most)] if height else signs[0] for height in heights)


def _matches(tally: Tally, items: int) -> str:
    share = f" ({_percent(tally.matches / items)} of items)" if tally.matches else ""
    parts = [f"{number:,} {word}" for word, number in tally.outcomes.most_common()]
    parts += [f"{tally.possible:,} possible"] if tally.possible else []
    return f"{count(tally.matches, 'match')}{share}" + (f": {', '.join(parts)}" if parts else "")


def _term_lines(tally: Tally, terms: TermCounter, *, verbose: bool) -> Iterator[str]:
    rows = _terms(tally, terms)
    found = [row for row in rows if row["items"]]
    never = [_named(row) for row in rows if not row["items"] and not row["vetoes"]]
    idle = [_named(row) for row in rows if not row["items"] and row["vetoes"]]
    most = len(rows) if verbose else SHOWN
    if found:
        yield "  terms      items    share  counted"
    for row in found[:most]:
        common = "  in more than 1 % of items" if row["share"] > TOO_COMMON else ""
        counted = "vetoes" if row["vetoes"] else f"{row['matches']:,}"
        figures = f"{row['items']:>15,}  {_percent(row['share']):>7}  {counted:>7}"
        yield f"  {figures}  {_named(row)}{common}"
    if len(found) > most:
        yield f"  {len(found) - most:,} more with -v"
    if never:
        yield f"  never found: {_listed(never, most)}"
    if idle:
        yield f"  vetoes never found: {_listed(idle, most)}"


def _named(row: dict[str, Any]) -> str:
    return f"entity {row['term']}" if row["entity"] else str(row["term"])


def _ranked(counted: Counter[str], most: int | None) -> str:
    return _listed([f"{name} {number:,}" for name, number in counted.most_common()], most)


def _listed(words: Sequence[str], most: int | None) -> str:
    left = len(words) - len(words[:most])
    return ", ".join(words[:most]) + (f" and {left:,} more" if left else "")


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %" if share >= 0.001 else f"{100 * share:.2g} %"
