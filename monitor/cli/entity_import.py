"""Reads lists of others and writes what `monitor entities import` made of them."""

import gzip
import io
import os
import re
import stat
import sys
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, Final, cast

import click

from monitor.cli.options import asked, clock, count, print_json, say
from monitor.config.entity_files.choosing import Choice
from monitor.config.entity_files.lines import Unread, read_objects
from monitor.config.entity_files.placing import place
from monitor.config.entity_files.records import is_wanted, read_record
from monitor.config.entity_files.writing import MARK, ROOM, files_of
from monitor.config.intake import fault_of
from monitor.config.problems import did_you_mean
from monitor.config.values import read_key
from monitor.errors import UnreachableError, UsageError

SHOWN: Final = 5  # unusable lines that are told of
_GZIP: Final = b"\x1f\x8b"
_STEP: Final = 1 << 20  # bytes between two looks of the progress bar
_NO_ENTITY: Final = "neither FollowTheMoney nor Wikidata"


@dataclass(slots=True)
class Import:
    """What is wanted of the files, and what was found in them."""

    schemas: tuple[str, ...]
    topics: tuple[str, ...]
    languages: tuple[str, ...]
    limit: int | None
    choice: Choice = field(default_factory=Choice)
    unread: list[tuple[str, Unread]] = field(default_factory=list)  # the first, with the file
    unreadable: int = 0
    unwanted: int = 0
    useless: int = 0
    met: set[str] = field(default_factory=set)  # schemas of what is not wanted

    @property
    def is_full(self) -> bool:
        """Say whether as many entities were taken as are wanted."""
        return self.limit is not None and len(self.choice) >= self.limit

    @property
    def unmet(self) -> list[str]:
        """Return the wanted schemas where nothing is of any of them."""
        found = self.choice or self.useless or not self.unwanted
        met = {each.lower() for each in self.met}
        return [] if found else [each for each in self.schemas if each.lower() not in met]

    def read(self, name: str, stream: BinaryIO) -> None:
        """Take what is wanted from a stream. Raises UnreachableError if it ends inside a line."""
        for found in read_objects(stream):
            if self.is_full:
                return
            if isinstance(found, Unread):
                if found.cut:
                    raise UnreachableError(_broken_off(f"{name}:{found.line}"))
                self._note(name, found)
                continue
            line, value = found
            record = read_record(value, self.languages)
            if record is None:
                self._note(name, Unread(line=line, reason=_NO_ENTITY))
            elif not is_wanted(record, self.schemas, self.topics):
                self.unwanted += 1
                self.met.add(record.schema)
            elif not self.choice.take(record):
                self.useless += 1

    def _note(self, name: str, unread: Unread) -> None:
        self.unreadable += 1
        if len(self.unread) < SHOWN:
            self.unread.append((name, unread))


def import_files(files: Sequence[str], wanted: Mapping[str, Any], *, as_json: bool) -> int:
    """Write the entities of files; the exit code."""
    output = wanted["output"]
    watchlist = wanted["watchlist"] or ""
    if watchlist and (fault := fault_of(read_key, watchlist)):
        raise UsageError(f"--list: {fault}")
    if output and not wanted["force"] and Path(output).exists():
        raise UsageError(f"{output} is there already; --force overwrites it")
    run = Import(
        schemas=_several(wanted["schemas"]),
        topics=_several(wanted["topics"]),
        languages=_several(wanted["languages"]),
        limit=wanted["limit"],
    )
    for name in files:
        if not run.is_full:
            with _opened(name) as stream:
                run.read(name, stream)
    entities = list(run.choice.entities())
    head = f"{MARK} on {clock():%Y-%m-%d}.\n\n"
    parts = list(files_of(entities, head, watchlist, room=ROOM if output else sys.maxsize))
    written = _write(parts, Path(output), force=wanted["force"]) if output and parts else []
    names = sum(1 + len(each.aliases) + len(each.ambiguous) for each in entities)
    _report(run, entities=len(entities), names=names, written=written, as_json=as_json)
    if not output and not as_json:
        click.echo("".join(parts), nl=False)
    return int(not entities)


def _several(given: Sequence[str]) -> tuple[str, ...]:
    return tuple(part.strip() for each in given for part in each.split(",") if part.strip())


# --- reading ----------------------------------------------------------------------------------


@contextmanager
def _opened(name: str) -> Iterator[BinaryIO]:
    """Open a file, unpack it where it is packed, and show how far it is read."""
    try:
        with _file(name) as file:
            size = os.fstat(file.fileno())
            length = size.st_size if stat.S_ISREG(size.st_mode) else 0
            with _bar(name, length) as advance:
                counted = io.BufferedReader(_Counted(file, advance), _STEP)
                packed = counted.peek(2).startswith(_GZIP)
                stream = io.BufferedReader(gzip.GzipFile(fileobj=counted)) if packed else counted
                yield cast("BinaryIO", stream)
    except (EOFError, zlib.error, gzip.BadGzipFile):
        raise UnreachableError(_broken_off(name)) from None
    except OSError as error:
        raise UnreachableError(f"{name} can't be read: {error.strerror or error}") from None


def _broken_off(where: str) -> str:
    return f"{where} ends or breaks in the middle; load it again"


def _file(name: str) -> BinaryIO:
    return sys.stdin.buffer if name == "-" else Path(name).open("rb", buffering=0)


class _Counted(io.RawIOBase):
    """A file that tells how many bytes were read."""

    def __init__(self, file: BinaryIO, advance: Callable[[int], None]) -> None:
        super().__init__()
        self._file = file
        self._advance = advance

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self._file.read(len(buffer))
        buffer[: len(data)] = data
        self._advance(len(data))
        return len(data)


@contextmanager
def _bar(name: str, length: int) -> Iterator[Callable[[int], None]]:
    """Show how far it has come, on a terminal."""
    if not length or not sys.stderr.isatty() or asked("quiet"):
        yield lambda _: None
        return
    with click.progressbar(length=length, label=f"Reading {name}", file=sys.stderr) as bar:
        yield bar.update


# --- writing ----------------------------------------------------------------------------------


def _write(parts: Sequence[str], first: Path, *, force: bool) -> list[str]:
    """Write the parts: FILE, then FILE-2 and so on; earlier ones of ours that are left over go."""
    paths = [first, *(first.with_stem(f"{first.stem}-{n}") for n in range(2, len(parts) + 1))]
    for path in paths[1:]:
        if path.exists() and not _is_ours(path):
            raise UsageError(f"{path} is needed too, and is not a file of this command")
    place(dict(zip(paths, (part.encode() for part in parts), strict=True)), replace=force)
    if force:
        for path in _left_over(first, len(parts)):
            path.unlink(missing_ok=True)
    return list(map(str, paths))


def _left_over(first: Path, parts: int) -> Iterator[Path]:
    pattern = re.compile(re.escape(first.stem) + r"-([2-9]|[1-9]\d+)" + re.escape(first.suffix))
    for path in first.parent.iterdir():
        found = pattern.fullmatch(path.name)
        if found and int(found[1]) > parts and path.is_file() and _is_ours(path):
            yield path


def _is_ours(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(len(MARK)) == MARK.encode()


# --- telling ----------------------------------------------------------------------------------


def _report(
    run: Import, *, entities: int, names: int, written: Sequence[str], as_json: bool
) -> None:
    choice = run.choice
    dropped = {reason: number for reason, number in choice.dropped.most_common() if number}
    if as_json:
        print_json(
            {
                "entities": entities,
                "names": names,
                "files": list(written),
                "unwanted": run.unwanted,
                "without_names": run.useless,
                "only_ambiguous": choice.nameless,
                "shared": choice.shared,
                "weak": choice.weak,
                "dropped": dropped,
                "unreadable": run.unreadable,
                "first_unreadable": [
                    {"file": name, "line": each.line, "reason": each.reason}
                    for name, each in run.unread
                ],
            }
        )
        return
    for name, each in run.unread:
        click.echo(f"{name}:{each.line}: {each.reason}", err=True)
    if run.unreadable > len(run.unread):
        click.echo(f"… and {run.unreadable - len(run.unread)} more", err=True)
    for number, what in (
        (run.unreadable, "lines could not be used"),
        (run.unwanted, "entities are of another schema or topic"),
        (run.useless, "entities have no name that is of use"),
        (choice.nameless, "entities have ambiguous names alone, and are left out"),
        (choice.shared, "names belong to several entities, and are ambiguous"),
        (choice.weak, "names say too little by themselves, and are ambiguous"),
        *((number, f"names left out: {reason}") for reason, number in dropped.items()),
    ):
        if number:
            say(f"{number:>9,} {what}")
    figure, _, noun = count(entities, "entity").partition(" ")
    say(f"{figure:>9} {noun} with {count(names, 'name')}" + (" written" if written else ""))
    for word in run.unmet:
        near = did_you_mean(word, run.met) or f"there are: {', '.join(sorted(run.met))}"
        say(f"nothing is of the schema “{word}”; {near}")
    if written:
        say(f"include them: include: [{', '.join(Path(each).name for each in written)}]")
