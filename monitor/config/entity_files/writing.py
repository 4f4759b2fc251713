"""Entities become files to include, an entity a line, none larger than a configuration's may be.

Pure. Every name is written by the configuration's own YAML writer, so that none is more than text.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from monitor.config.entity_files.choosing import Chosen
from monitor.config.inputs import MAX_BYTES
from monitor.config.writing import written

MARK: Final = "# Written by monitor entities import"
ROOM: Final = MAX_BYTES * 9 // 10  # bytes of a file


def files_of(
    entities: Sequence[Chosen], head: str, watchlist: str = "", room: int = ROOM
) -> Iterator[str]:
    """Yield files that hold the entities and, with a name for it, a watchlist of them all.

    What is too large for one file becomes several; more lists than one are numbered.
    """
    waiting = ""
    for section in _sections(entities, watchlist, room):
        if waiting and len(waiting.encode()) + len(section.encode()) > room:
            yield f"{head}{waiting}"
            waiting = ""
        waiting = f"{waiting}\n{section}" if waiting else section
    if waiting:
        yield f"{head}{waiting}"


def _sections(entities: Sequence[Chosen], watchlist: str, room: int) -> Iterator[str]:
    lines = map(_entity_line, entities)
    yield from (f"entities:\n{part}" for part in _filled(lines, room))
    if watchlist:
        rules = (f"      - entity: {written(each.key, flow=True)}\n" for each in entities)
        for number, part in enumerate(_filled(rules, room), 1):
            name = watchlist if number == 1 else f"{watchlist}-{number}"
            yield f"watchlists:\n  {written(name, flow=True)}:\n    match:\n{part}"


def _filled(lines: Iterable[str], room: int) -> Iterator[str]:
    """Yield lines together, so many bytes at a time."""
    part: list[str] = []
    size = 0
    for line in lines:
        length = len(line.encode())
        if part and size + length > room:
            yield "".join(part)
            part, size = [], 0
        part.append(line)
        size += length
    if part:
        yield "".join(part)


def _entity_line(entity: Chosen) -> str:
    options = [f"name: {written(entity.name, flow=True)}"]
    if entity.aliases:
        options.append(f"aliases: {written(entity.aliases, flow=True)}")
    if entity.ambiguous:
        options.append(f"ambiguous: {written(entity.ambiguous, flow=True)}")
        if not entity.alone:
            options.append('ambiguous_alone: "no"')
    return f"  {written(entity.key, flow=True)}: {{{', '.join(options)}}}\n"
