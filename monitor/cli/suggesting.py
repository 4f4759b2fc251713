"""Prints what `monitor entities suggest` found, as YAML that explains itself."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict

import click

from monitor.cli.options import print_json
from monitor.config.writing import written
from monitor.errors import UsageError
from monitor.watch.names import Suggestion, Variant, suggest
from monitor.watch.names.parts import Kind

_WIDTH = 40  # after which comments begin, where terms are shorter


def show_suggestions(
    names: Sequence[str], *, kind: str | None, language: str, as_json: bool
) -> int:
    """Print an entity for each name. Raises UsageError for what is no name."""
    found: dict[str, Suggestion] = {}
    for name in names:
        try:
            each = suggest(name, kind=Kind(kind) if kind else None, language=language)
        except ValueError as error:
            raise UsageError(f"“{name}” is no name: {error}") from None
        found.setdefault(each.key, each)
    if as_json:
        print_json([asdict(each) for each in found.values()])
        return 0
    click.echo("# Suggested by monitor entities suggest; keep what is right.")
    click.echo("entities:")
    for suggestion in found.values():
        for line in _lines(suggestion):
            click.echo(line)
    return 0


def _lines(suggestion: Suggestion) -> Iterator[str]:
    yield f"  {written(suggestion.key, flow=True)}:  # {suggestion.kind.value}"
    yield f"    name: {written(suggestion.name, flow=False)}"
    yield from _listed("aliases", suggestion.aliases)
    yield from _listed("ambiguous", suggestion.ambiguous)
    if suggestion.ambiguous:
        yield "    # An ambiguous name counts with a context term in the same item; an exclude term"
        yield "    # rules it out where there is none:"
        yield "    # context: [a place, a party]"
        yield "    # exclude: [a namesake]"
    if suggestion.found_anyway:
        anyway = ", ".join(suggestion.found_anyway)
        yield f"    # found anyway, so not listed: {anyway}"
    for note in suggestion.notes:
        yield f"    # {note}"


def _listed(option: str, variants: Sequence[Variant]) -> Iterator[str]:
    if variants:
        yield f"    {option}:"
    for each in variants:
        line = f"      - {written(each.written, flow=False)}"
        yield f"{line:<{_WIDTH}}  # {each.why}"
