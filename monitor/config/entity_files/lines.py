"""A file of JSON lines, a dump or one document becomes objects, one at a time.

Pure but for the stream it is given. A line that is too long or is no JSON is told of and passed
over, and never held whole: the file may be anybody's.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO, Final

MAX_LINE: Final = 20_000_000  # bytes; the largest objects of Wikidata have four millions
MAX_DOCUMENT: Final = 64_000_000  # bytes of a file that is one object over many lines


@dataclass(frozen=True, slots=True, kw_only=True)
class Unread:
    """A line, from 1, that could not be read, and why; `cut` where the file ends inside it."""

    line: int
    reason: str
    cut: bool = False


def read_objects(stream: BinaryIO) -> Iterator[tuple[int, dict[str, Any]] | Unread]:
    """Yield each JSON object of a stream with its line, from 1, or why a line holds none.

    The commas and brackets of a dump count as nothing; an object named `entities` is taken apart
    (Wikidata's EntityData).
    """
    first = True
    for line, data in _lines(stream):
        text = data.strip().rstrip(b",")
        if first and text in {b"{", b'{"entities": {', b'{"entities":{'}:
            yield from _document(data + stream.read(MAX_DOCUMENT + 1))
            return
        first = first and not text
        if len(data) > MAX_LINE:
            yield Unread(line=line, reason=f"the line is longer than {MAX_LINE:,} bytes")
        elif text and text not in {b"[", b"]"}:
            yield from _objects(text, line, whole=data.endswith(b"\n"))


def _lines(stream: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """Yield lines with their numbers; of one that is too long only the beginning."""
    number = 0
    while data := stream.readline(MAX_LINE + 1):
        number += 1
        yield number, data.removeprefix(b"\xef\xbb\xbf") if number == 1 else data
        while len(data) > MAX_LINE and not data.endswith(b"\n"):
            data = stream.readline(MAX_LINE + 1)
            if not data:
                return


def _document(data: bytes) -> Iterator[tuple[int, dict[str, Any]] | Unread]:
    if len(data) > MAX_DOCUMENT:
        yield Unread(line=1, reason=f"one object of more than {MAX_DOCUMENT:,} bytes")
    else:
        yield from _objects(data, 1, whole=data.rstrip().endswith(b"}"))


def _objects(
    text: bytes, line: int, *, whole: bool
) -> Iterator[tuple[int, dict[str, Any]] | Unread]:
    try:
        value = json.loads(text)
    except UnicodeDecodeError:
        yield Unread(line=line, reason="not UTF-8", cut=not whole)
    except json.JSONDecodeError as error:
        place = line + error.lineno - 1
        yield Unread(line=place, reason=f"not JSON: {error.msg}", cut=not whole)
    except (ValueError, RecursionError):
        yield Unread(line=line, reason="not JSON that can be read")
    else:
        if not isinstance(value, dict):
            yield Unread(line=line, reason="not a JSON object")
        elif isinstance(value.get("entities"), dict):
            inner = value["entities"].values()
            yield from ((line, each) for each in inner if isinstance(each, dict))
        else:
            yield line, value
