"""Items given by a person: a test in a watchlist, a line of JSON, a text on the command line."""

import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple, TypeAlias

from monitor.cli.oddities import tell_oddities
from monitor.cli.options import count
from monitor.errors import UnreachableError, UsageError
from monitor.feeds.dates import read_date
from monitor.feeds.identity import link_key
from monitor.feeds.plaintext import clean
from monitor.feeds.redaction import ref_of
from monitor.feeds.urls import canonical_link, host_of
from monitor.model import Entry, Item, ItemId, Source, SourceRef
from monitor.watch.rules import Sample

TEXTS = ("title", "summary", "content", "author", "link", "source", "language")


class Given(NamedTuple):
    """An item as it was given, what was read of it, and when it was published."""

    written: dict[str, Any]
    sample: Sample
    published: datetime | None


Sources: TypeAlias = Mapping[str, Source]


def by_name(sources: Iterable[Source]) -> Sources:
    """Return sources by what people call them: their names and their addresses."""
    known: dict[str, Source] = {}
    for source in sources:
        known.setdefault(source.name, source)
        known.setdefault(source.url, source)
    return known


def open_lines(file: Path) -> BinaryIO:
    """Open a file of JSON lines, `-` for stdin. Raises UnreachableError."""
    try:
        return sys.stdin.buffer if str(file) == "-" else file.open("rb")
    except OSError as wrong:
        raise UnreachableError(f"{file} can't be read: {wrong.strerror}") from None


def read_samples(stream: Iterable[bytes], name: str) -> Iterator[Given]:
    """Yield the items of JSON lines; what is odd in them is said once for each kind.

    Raises UsageError, with how many were read, for a line that is no item.
    """
    read, told = 0, set[str]()
    for number, line in enumerate(stream, 1):
        if not line.strip():
            continue
        where = f"{name}:{number}"
        try:
            given = _object(line, where)
            sample, published = read_sample(given, where)
        except UsageError as wrong:
            raise UsageError(f"{wrong}; {count(read, 'item')} before it were read") from None
        tell_oddities(given, published, where, told)
        yield Given(given, sample, published)
        read += 1


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


def read_sample(given: Mapping[str, Any], where: str) -> tuple[Sample, datetime | None]:
    """Return a JSON object's texts and its time.

    Raises UsageError, naming `where`, if a value is of the wrong kind or the title is missing.
    """
    texts = {}
    for name in TEXTS:
        text = given.get(name, "")
        if not isinstance(text, str | None):
            raise UsageError(f"{where}: “{name}” must be text")
        texts[name] = clean(text) if text else ""
    if not texts["title"]:
        raise UsageError(f"{where}: an item needs a “title”")
    published = read_date(str(given["published"])) if given.get("published") else None
    return Sample(**texts, tags=_tags(given.get("tags"), where)), published


def _tags(given: Any, where: str) -> tuple[str, ...]:
    """Return the tags of a JSON object; one text is one tag."""
    listed = [given] if isinstance(given, str) else given or []
    if not isinstance(listed, list) or not all(isinstance(each, str) for each in listed):
        raise UsageError(f"{where}: “tags” must be a list of texts")
    return tuple(filter(None, map(clean, listed)))


def make_item(
    sample: Sample,
    sources: Sources,
    *,
    now: datetime,
    published: datetime | None = None,
    serial: int = 0,
) -> Item:
    """Return the item a sample stands for.

    A `source` that is configured, by name or address, lends its tags and language; any other is
    taken as an address. Samples with the same text and `serial` have the same id. The key of the
    title is left to whoever reads its words.
    """
    source = sources.get(sample.source) if sample.source else None
    texts = "\0".join([str(serial), *(getattr(sample, name) for name in TEXTS), *sample.tags])
    identity = blake2b(texts.encode(), digest_size=16).hexdigest()
    return Item(
        id=ItemId(identity),
        keys=(identity,),
        source=ref_of(source) if source else _unknown(sample.source),
        entry=Entry(
            title=sample.title,
            summary=sample.summary,
            content=sample.content,
            link=sample.link,
            author=sample.author,
            tags=sample.tags,
            published=published,
        ),
        first_seen=now,
        language=sample.language or (source.language if source else ""),
        link_key=link_key(canonical_link(sample.link)) if sample.link else "",
    )


@lru_cache(maxsize=4096)
def _unknown(named: str) -> SourceRef:
    return SourceRef(name=host_of(named) or named, url=named)
