"""Items given by a person: a test in a watchlist, a line of JSON, a text on the command line."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from hashlib import blake2b
from typing import Any

from monitor.errors import UsageError
from monitor.feeds.dates import read_date
from monitor.feeds.identity import link_key
from monitor.feeds.plaintext import clean
from monitor.feeds.redaction import ref_of
from monitor.feeds.urls import canonical_link, host_of
from monitor.model import Entry, Item, ItemId, Source, SourceRef
from monitor.stories.duplicates import title_key
from monitor.watch.terms import Sample
from monitor.watch.text import normalised

TEXTS = ("title", "summary", "content", "link", "source", "language")


def read_sample(given: Mapping[str, Any], where: str) -> tuple[Sample, datetime | None]:
    """Return a JSON object's texts and its time.

    Raises UsageError, naming `where`, if a value is of the wrong kind or the title is missing.
    """
    for name in TEXTS:
        if not isinstance(given.get(name, ""), str | None):
            raise UsageError(f"{where}: “{name}” must be text")
    if not given.get("title"):
        raise UsageError(f"{where}: an item needs a “title”")
    texts = {name: clean(given.get(name) or "") for name in TEXTS}
    published = read_date(str(given["published"])) if given.get("published") else None
    return Sample(**texts), published


def make_item(
    sample: Sample,
    sources: Iterable[Source],
    *,
    now: datetime,
    published: datetime | None = None,
    serial: int = 0,
) -> Item:
    """Return the item a sample stands for.

    A `source` that is configured, by name or address, lends its tags and language; any other is
    taken as an address. Samples with the same text and `serial` have the same id.
    """
    source = next((s for s in sources if sample.source in (s.name, s.url)), None)
    reference = (
        ref_of(source)
        if source
        else SourceRef(name=host_of(sample.source) or sample.source, url=sample.source)
    )
    identity = blake2b(f"{serial}\0{sample!r}".encode(), digest_size=16).hexdigest()
    return Item(
        id=ItemId(identity),
        keys=(identity,),
        source=reference,
        entry=Entry(
            title=sample.title,
            summary=sample.summary,
            content=sample.content,
            link=sample.link,
            published=published,
        ),
        first_seen=now,
        language=sample.language or (source.language if source else ""),
        link_key=link_key(canonical_link(sample.link)) if sample.link else "",
        title_key=title_key(normalised(sample.title)),
    )
