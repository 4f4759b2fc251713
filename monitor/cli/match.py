"""`monitor match`."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from monitor.cli.options import clock, config_option, json_option, load_config, print_json
from monitor.errors import UnreachableError, UsageError


@click.command(epilog='Example: monitor match --text "Venezuelan airspace is closed"')
@click.argument("watchlists", nargs=-1)
@config_option
@json_option
@click.option("--items", "file", type=click.Path(path_type=Path), help="JSON lines; - for stdin.")
@click.option("--text", help="A headline.")
def command(
    watchlists: tuple[str, ...],
    *,
    config_file: str | None,
    as_json: bool,
    file: Path | None,
    text: str | None,
) -> int:
    """Show which watchlists fire on given items, and why.

    Items are JSON lines with title, summary, content, link, published, source, language; all but
    title may be missing. They count as seen when they were published, in the file's order, by a
    monitor that starts with nothing remembered. One JSON object comes out per item;
    `duplicate_of` is the place in the file, from 0, of the item whose story this one joined.
    Exits 1 if nothing fires.
    """
    if (file is None) == (text is None):
        raise UsageError("give either --items FILE or --text “…”")
    from monitor.cli.rehearse import Rehearsal

    rehearsal = Rehearsal(load_config(config_file).settings, watchlists, clock())
    fired = False
    for given, where in _given(file, text):
        result = rehearsal.take(given, where)
        fired = fired or bool(result["matches"])
        if as_json or file:
            print_json(result)
        else:
            _show(result)
    return int(not fired)


def _given(file: Path | None, text: str | None) -> Iterator[tuple[dict[str, Any], str]]:
    if file is None:
        yield {"title": text}, "--text"
        return
    try:
        stream = sys.stdin.buffer if str(file) == "-" else file.open("rb")
    except OSError as wrong:
        raise UnreachableError(f"{file} can't be read: {wrong.strerror}") from None
    with stream:
        for number, line in enumerate(stream, 1):
            if line.strip():
                yield _object(line, f"{file}:{number}"), f"{file}:{number}"


def _object(line: bytes, where: str) -> dict[str, Any]:
    try:
        given = json.loads(line.decode())
    except UnicodeDecodeError as wrong:
        raise UsageError(f"{where}: not UTF-8: {wrong.reason}") from None
    except (ValueError, RecursionError) as wrong:
        raise UsageError(f"{where}: not JSON: {wrong}") from None
    if not isinstance(given, dict):
        raise UsageError(f"{where}: not a JSON object")
    return given


def _show(result: dict[str, Any]) -> None:
    for name, word in result["outcome"].items():
        click.echo(f"{name}: {word}")
    for match in result["matches"]:
        for hit in match["evidence"]:
            entity = f" (entity {hit['entity']})" if hit["entity"] else ""
            click.echo(
                f"  {match['watchlist']}: “{hit['text']}” in {hit['field']} "
                f"{hit['start']}–{hit['end']}, term {hit['term']}{entity}"
            )
