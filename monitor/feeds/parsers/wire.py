"""What a parser child is asked and answers: JSON, safe to read even from one that was taken over.

Pure: never touches network, clock or disk.
"""

import json
from datetime import datetime, timedelta
from typing import Any, Literal, TypeAlias, get_args

from monitor.feeds.plaintext import is_clean
from monitor.feeds.reading import marks
from monitor.feeds.reading.entries import MAX_CONTENT
from monitor.feeds.urls import is_http
from monitor.model import MARK_SIZE, Document, Entry, ErrorKind, Failed, Parsed, Problem

Task: TypeAlias = Literal["parse", "extract"]
Path: TypeAlias = Literal["strict", "lenient", "json"]

_PATHS = set(get_args(Path))


def ask(task: Task, **arguments: str) -> bytes:
    """Return the head of a request; the body comes after it."""
    return json.dumps([task, arguments]).encode()


def asked(head: bytes) -> tuple[Task, dict[str, str]]:
    """Return what `ask` was given."""
    task, arguments = json.loads(head)
    return task, arguments


def encode(answer: Parsed | str) -> bytes:
    """Return `answer` as UTF-8 JSON: arrays in a fixed order, times in ISO 8601."""
    said: list[Any]
    match answer:
        case str():
            said = [answer]
        case Failed():
            said = [answer.kind, answer.message]
        case Document():
            said = _from_document(answer)
    return json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()


def decode(answer: bytes) -> Parsed:
    """Return what `encode` was given.

    Raises ValueError for anything it could not have written: other shapes, other types,
    characters the parser never lets through, links that are not http(s), times not in UTC.
    """
    try:
        said = json.loads(answer)
        return _to_failed(*said) if len(said) == 2 else _to_document(said)
    except (TypeError, AttributeError, RecursionError, OverflowError) as wrong:
        raise ValueError(f"no answer of a parser: {type(wrong).__name__}") from wrong


def decode_text(answer: bytes) -> str | Failed:
    """Return the text, or the failure, that `encode` was given; raise ValueError as `decode`."""
    try:
        said = json.loads(answer)
        if len(said) == 2:
            return _to_failed(*said)
        if type(said) is not list:
            raise TypeError
        (text,) = _texts(said)
    except (TypeError, AttributeError, RecursionError) as wrong:
        raise ValueError(f"no answer of a parser: {type(wrong).__name__}") from wrong
    if len(text) > MAX_CONTENT:
        raise ValueError("no answer of a parser: a text that is too long")
    return text


def _from_document(document: Document) -> list[Any]:
    return [
        [document.title, document.language, document.link, document.format, document.older],
        document.ttl.total_seconds() if document.ttl else None,
        [document.skip_hours, document.skip_days],
        document.complete,
        document.path,
        document.marks.hex(),
        [[problem.kind, problem.message] for problem in document.problems],
        list(map(_from_entry, document.entries)),
    ]


def _to_document(said: list[Any]) -> Document:
    texts, ttl, skips, complete, path, all_marks, problems, entries = said
    title, language, link, form, older = _texts(texts)
    hours, days = skips
    read = Document(
        title=title,
        language=language,
        link=_link(link),
        format=form,
        older=_link(older),
        ttl=None if ttl is None else timedelta(seconds=ttl),
        skip_hours=_numbers(hours, 24),
        skip_days=_numbers(days, 7),
        complete=complete,
        path=path,
        marks=bytes.fromhex(all_marks),
        problems=tuple(_to_problem(*_texts(problem)) for problem in problems),
        entries=tuple(_to_entry(*entry) for entry in entries),
    )
    if type(complete) is not bool or path not in _PATHS:
        raise ValueError("no answer of a parser: it was read in no way there is")
    if len(read.marks) % MARK_SIZE or len(read.marks) > MARK_SIZE * marks.MOST:
        raise ValueError("no answer of a parser: these are no marks")
    return read


def _to_failed(kind: str, message: str) -> Failed:
    return Failed(kind=ErrorKind(kind), message="".join(_texts([message])))


def _numbers(numbers: list[int], limit: int) -> tuple[int, ...]:
    """Return numbers that grow from 0 and stay under `limit`."""
    allowed = [number for number in range(limit) if number in numbers]
    if numbers != allowed or any(type(number) is not int for number in numbers):
        raise ValueError("no answer of a parser: these are no hours or days")
    return tuple(allowed)


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
