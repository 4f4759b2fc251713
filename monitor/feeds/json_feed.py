"""JSON Feed 1.0 and 1.1, read with patience for what publishers get wrong.

Pure: never touches network, clock or disk. Source: jsonfeed.org/version/1.1.
"""

import json
from collections.abc import Iterator
from typing import Any, TypeAlias

from monitor.feeds.entries import (
    MAX_ENTRIES,
    Cuts,
    RawEntry,
    Said,
    both_ends,
    finish,
    heading,
    language_tag,
    problems,
)
from monitor.feeds.urls import absolute_link
from monitor.model import Document, ErrorKind, Failed, Parsed, Problem

Object: TypeAlias = dict[str, Any]


def read(text: str, *, url: str) -> Parsed:
    """Return the document that `text` holds, or why it is no JSON feed."""
    try:
        # Numbers stay as written: an id of 1.50 is "1.50", and one of 5,000 digits is harmless.
        feed = json.loads(
            text.strip("\ufeff\x00 \t\r\n\x0b\x0c"),
            strict=False,
            parse_int=str,
            parse_float=str,
            parse_constant=str,
        )
    except RecursionError:
        return Failed(kind=ErrorKind.PARSE, message="JSON that is nested too deeply to read")
    except ValueError as wrong:
        return Failed(kind=ErrorKind.PARSE, message=f"JSON that can't be read: {wrong}")
    if not isinstance(feed, dict) or not isinstance(feed.get("items"), list):
        return Failed(
            kind=ErrorKind.NOT_A_FEED, message="JSON, but not a JSON Feed: it has no items"
        )
    return _document(feed, url)


def _document(feed: Object, url: str) -> Document:
    cuts: Cuts = Cuts()
    base = url or _text(feed, "feed_url")
    language = language_tag(_text(feed, "language"))
    objects = [item for item in feed["items"] if isinstance(item, dict)]
    cuts["no_object"] = len(feed["items"]) - len(objects)
    cuts["many_entries"] = max(0, len(objects) - MAX_ENTRIES)
    raws = map(_raw, both_ends(objects))
    entries = tuple(finish(raw, base=base, language=language, cuts=cuts) for raw in raws)
    version = _text(feed, "version")
    unlabelled = Problem(kind="no_version", message="the version does not name JSON Feed")
    return Document(
        title=heading(Said(text=_text(feed, "title"))),
        language=language,
        link=absolute_link(_text(feed, "home_page_url"), base),
        format="json10" if version.endswith("/version/1") else "json11",
        entries=entries,
        problems=(() if "jsonfeed.org/version/" in version else (unlabelled,)) + problems(cuts),
    )


def _raw(item: Object) -> RawEntry:
    as_html = _text(item, "content_html")
    guid = _text(item, "id")
    published, updated = _text(item, "date_published"), _text(item, "date_modified")
    enclosures = (_text(file, "url") for file in _objects(item, "attachments"))
    return RawEntry(
        guid=guid,
        title=Said(text=_text(item, "title")),
        summary=Said(text=_text(item, "summary")),
        content=Said(
            text=as_html or _text(item, "content_text"),
            is_html=bool(as_html),
            is_plain=not as_html,
        ),
        links=(_text(item, "url"), _text(item, "external_url"), _as_link(guid), *enclosures),
        authors=tuple(_authors(item)),
        tags=tuple(tag for tag in _list(item, "tags") if isinstance(tag, str)),
        published=(published, updated),
        updated=(updated,),
        language=_text(item, "language"),
    )


def _authors(item: Object) -> Iterator[str]:
    """Yield the names of 1.1's `authors`, 1.0's `author`, or a bare name in either's place."""
    for key in ("authors", "author"):
        said = item.get(key)
        for author in said if isinstance(said, list) else [said]:
            if isinstance(author, dict):
                yield _text(author, "name")
            elif isinstance(author, str):
                yield author


def _as_link(guid: str) -> str:
    return guid if guid.startswith(("http://", "https://")) else ""


def _text(holder: Object, key: str) -> str:
    value = holder.get(key)  # numbers are strings by now
    return value if isinstance(value, str) else ""


def _list(holder: Object, key: str) -> list[Any]:
    value = holder.get(key)
    return value if isinstance(value, list) else []


def _objects(holder: Object, key: str) -> list[Object]:
    return [value for value in _list(holder, key) if isinstance(value, dict)]
