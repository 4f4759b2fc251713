"""What a parser child is asked and answers: JSON, safe to read even from one that was taken over.

Pure: never touches network, clock or disk.

A request: the lengths of the head and of the body (4 bytes each, big-endian), the head (JSON: the
arguments of `parse`), the body. An answer: its length (4 bytes), a byte that is 1 when the child
has grown and will exit, and the answer. The child says READY once, before the first request.
"""

import json
import struct
from datetime import datetime, timedelta
from typing import Any

from monitor.feeds.plaintext import is_clean
from monitor.feeds.urls import is_http
from monitor.model import Document, Entry, ErrorKind, Failed, Parsed, Problem

REQUEST = struct.Struct(">II")
ANSWER = struct.Struct(">I?")
READY = b"\x06"


def encode(parsed: Parsed) -> bytes:
    """Return `parsed` as UTF-8 JSON: arrays in a fixed order, times in ISO 8601."""
    said: list[Any]
    match parsed:
        case Failed():
            said = [parsed.kind, parsed.message]
        case Document():
            said = [
                [parsed.title, parsed.language, parsed.link, parsed.format],
                parsed.ttl.total_seconds() if parsed.ttl else None,
                [[problem.kind, problem.message] for problem in parsed.problems],
                list(map(_from_entry, parsed.entries)),
            ]
    return json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()


def decode(answer: bytes) -> Parsed:
    """Return what `encode` was given.

    Raises ValueError for anything it could not have written: other shapes, other types,
    characters the parser never lets through, links that are not http(s), times not in UTC.
    """
    try:
        said = json.loads(answer)
        if len(said) == 2:
            kind, message = said
            return Failed(kind=ErrorKind(kind), message="".join(_texts([message])))
        texts, ttl, problems, entries = said
        title, language, link, form = _texts(texts)
        return Document(
            title=title,
            language=language,
            link=_link(link),
            format=form,
            ttl=None if ttl is None else timedelta(seconds=ttl),
            problems=tuple(_to_problem(*_texts(problem)) for problem in problems),
            entries=tuple(_to_entry(*entry) for entry in entries),
        )
    except (TypeError, AttributeError, RecursionError, OverflowError) as wrong:
        raise ValueError(f"no answer of a parser: {type(wrong).__name__}") from wrong


def _from_entry(entry: Entry) -> list[Any]:
    return [
        [
            entry.guid,
            entry.title,
            entry.summary,
            entry.content,
            entry.link,
            entry.author,
            entry.language,
        ],
        entry.tags,
        entry.published.isoformat() if entry.published else None,
        entry.updated.isoformat() if entry.updated else None,
    ]


def _to_entry(texts: list[str], tags: list[str], published: Any, updated: Any) -> Entry:
    guid, title, summary, content, link, author, language = _texts(texts)
    return Entry(
        guid=guid,
        title=title,
        summary=summary,
        content=content,
        link=_link(link),
        author=author,
        language=language,
        tags=tuple(_texts(tags)),
        published=_time(published),
        updated=_time(updated),
    )


def _to_problem(kind: str, message: str) -> Problem:
    return Problem(kind=kind, message=message)


def _texts(texts: list[str]) -> list[str]:
    if not is_clean("".join(texts)):  # join raises TypeError where one is no text
        raise ValueError("no answer of a parser: it holds forbidden characters")
    return texts


def _link(link: str) -> str:
    if link and not is_http(link):
        raise ValueError("no answer of a parser: a link that is not http(s)")
    return link


def _time(text: Any) -> datetime | None:
    if text is None:
        return None
    time = datetime.fromisoformat(text)
    if time.utcoffset() != timedelta():
        raise ValueError("no answer of a parser: a time that is not in UTC")
    return time
