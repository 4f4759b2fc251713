"""`monitor match`."""

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from monitor.cli.options import (
    asked,
    clock,
    config_option,
    json_option,
    load_config,
    print_json,
    write_json,
)
from monitor.errors import UsageError
from monitor.model import ItemOutcome, Match

if TYPE_CHECKING:
    from monitor.cli.given import Given
    from monitor.cli.rehearse import Rehearsal, Rehearsed

_SEARCHED = ("title", "summary", "content", "author", "tags")


@click.command(epilog='Example: monitor match --text "Venezuelan airspace is closed"')
@click.argument("watchlists", nargs=-1)
@config_option
@json_option
@click.option("--items", "file", type=click.Path(path_type=Path), help="JSON lines; - for stdin.")
@click.option("--text", help="A headline. With -v also what is missing where a watchlist is quiet.")
def command(
    watchlists: tuple[str, ...],
    *,
    config_file: str | None,
    as_json: bool,
    file: Path | None,
    text: str | None,
) -> int:
    """Show which watchlists fire on given items, and why.

    Items are JSON lines with title, summary, content, author, tags, link, published, source,
    language; all but title may be missing. They count as seen when they were published, in the
    file's order, by a monitor that starts with nothing remembered. One JSON object comes out per
    item, with its texts as they were searched; `duplicate_of` is the place in the file, from 0, of
    the item whose story this one joined.
    Exits 1 if nothing fires.
    """
    if (file is None) == (text is None):
        raise UsageError("give either --items FILE or --text “…”")
    from monitor.cli.given import by_name, make_item
    from monitor.cli.rehearse import Rehearsal

    settings = load_config(config_file).settings
    rehearsal, sources, now = Rehearsal(settings, watchlists), by_name(settings.sources), clock()
    # Whoever writes to stdin may wait for each answer; of a file nobody does.
    tell = print_json if file is None or str(file) == "-" else write_json
    fired = False
    for serial, (given, sample, published) in enumerate(_given(file, text)):
        seen = published or now
        item = make_item(sample, sources, now=seen, published=published, serial=serial)
        rehearsed = rehearsal.take(item, seen)
        fired = fired or any(not match.vetoed_by for match in rehearsed.matches)
        if as_json or file:
            tell(_result(given, rehearsed, rehearsal))
        else:
            _show(rehearsed, rehearsal)
    return int(not fired)


def _given(file: Path | None, text: str | None) -> "Iterator[Given]":
    from monitor.cli.given import Given, open_lines, read_sample, read_samples

    if file is None:
        written = {"title": text}
        yield Given(written, *read_sample(written, "--text"))
        return
    with open_lines(file) as stream:
        yield from read_samples(stream, str(file))


def _result(
    given: dict[str, Any], rehearsed: "Rehearsed", rehearsal: "Rehearsal"
) -> dict[str, Any]:
    """Return the contract's form (section 3, `match`).

    The item's texts are those that were searched, so that the evidence's places are theirs.
    """
    entry = rehearsed.reading.item.entry
    searched = {name: getattr(entry, name) for name in _SEARCHED if given.get(name)}
    return {
        "item": given | searched,
        "matches": [_match(match) for match in rehearsed.matches if not match.vetoed_by],
        "story": rehearsed.story,
        "duplicate_of": rehearsed.duplicate_of,
        "outcome": rehearsal.outcomes(rehearsed),
    }


def _match(match: Match) -> dict[str, Any]:
    told: dict[str, Any] = {
        "watchlist": match.watchlist,
        "severity": match.severity.value,
        "evidence": [asdict(hit) for hit in match.evidence],
    }
    return told | {"possible": True} if match.possible else told


def _show(rehearsed: "Rehearsed", rehearsal: "Rehearsal") -> None:
    from monitor.cli.pointing import pointed

    matches = {match.watchlist: match for match in rehearsed.matches}
    for name, outcome in rehearsal.outcomes(rehearsed).items():
        match = matches.get(name)
        note = f", possible, so only {match.severity}" if match and match.possible else ""
        word = "would alert" if outcome is ItemOutcome.ALERTED else outcome
        click.echo(f"{name}: {word}{note}")
        if match:
            texts = rehearsed.reading.texts
            hits = [*pointed(match.evidence, texts)]
            hits += pointed(match.vetoed_by, texts, role="vetoed by ")
            for line in hits:
                click.echo(f"  {line}")
        elif asked("verbose"):
            _show_miss(name, rehearsed, rehearsal)


def _show_miss(name: str, rehearsed: "Rehearsed", rehearsal: "Rehearsal") -> None:
    from monitor.watch.explain import explain_one, near_miss

    watch = next(each for each in rehearsal.matcher.watches if each.watchlist.name == name)
    for line in near_miss(explain_one(watch, rehearsed.reading)):
        click.echo(f"  {line}")
