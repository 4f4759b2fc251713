"""JSON Feed 1.0 and 1.1, read with patience for what publishers get wrong.

Pure: never touches network, clock or disk. Source: jsonfeed.org/version/1.1.
"""

import json
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from typing import Any, TypeAlias

from monitor.feeds.plaintext import one_line
from monitor.feeds.reading.entries import (
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

_VERSIONS = "jsonfeed.org/version/"
_NO_FEED = "neither RSS nor Atom nor JSON Feed"
AROUND = "\ufeff\x00 \t\r\n\x0b\x0c"  # blanks, and what some programs leave at the front
# Meant for scripts, JSON stands in a call, or behind a guard against one.
_BEGIN = re.compile(rf"[{AROUND}]*+(?:(?:\)\]\}}',?|[A-Za-z_$][\w.$]{{0,60}}+\()\s*+)?+(?=[{{\[])")
# Numbers stay as written: an id of 1.50 is "1.50", and one of 5,000 digits is harmless.
_JSON = json.JSONDecoder(strict=False, parse_int=str, parse_float=str, parse_constant=str)
_STRING_OR_STRAY = re.compile(  # a comma before an end, a comment
    r'("(?:[^"\\]++|\\.)*+(?:"|\\?\Z))|,(?=\s*+[\]}])|/\*(?:[^*]++|\*(?!/))*+\*/|//[^\n]*+',
    re.DOTALL,
)
_ITEMS = re.compile(r'"items"\s{0,20}:\s{0,20}\[')
_BETWEEN = re.compile(r"[\s,]*+")
_COMPLAINTS = ("message", "error_description", "detail", "error", "errors", "title", "reason")


def is_json(text: str) -> bool:
    """Tell whether `text` begins as JSON does."""
    return _BEGIN.match(text) is not None


def read(text: str, *, url: str) -> Parsed:
    """Return the document that `text` holds, or why it is no JSON feed.

    A list of items without a feed around it is read too, as is JSON with a comma too many, with
    text behind it, or cut off: then up to the last whole item.
    """
    text = _BEGIN.sub("", text, count=1).rstrip(AROUND)
    found: tuple[Problem, ...] = ()
    try:
        feed = _JSON.decode(text)
    except RecursionError:
        return Failed(kind=ErrorKind.PARSE, message="JSON that is nested too deeply to read")
    except ValueError as wrong:
        feed, found = _recovered(text, f"not quite JSON: {wrong}")
        if feed is None and text.startswith("["):  # as many messages of programs do
            return Failed(kind=ErrorKind.NOT_A_FEED, message=_NO_FEED)
        if feed is None:
            return Failed(kind=ErrorKind.PARSE, message=f"JSON that can't be read: {wrong}")
    feed = _as_feed(feed)
    if not isinstance(feed, dict) or not isinstance(feed.get("items"), list):
        return Failed(kind=ErrorKind.NOT_A_FEED, message=_describe(feed))
    document = _document(feed, url)
    return replace(document, problems=(*found, *document.problems))


def _as_feed(said: Any) -> Any:
    """Put around a list of items, a single item, and items by name, what should be there."""
    if isinstance(said, list) and any(map(_is_item, said)):
        return {"items": said}
    items = said.get("items") if isinstance(said, dict) else None
    if not isinstance(items, dict):
        return said
    inside = [*items.values()]
    if not _is_item(items) and any(map(_is_item, inside)):
        return said | {"items": inside}  # by their numbers or ids
    return said | {"items": [items]} if _is_item(items) else said


def _recovered(text: str, what: str) -> tuple[Any, tuple[Problem, ...]]:
    """Return what broken JSON holds; None where that can't be told."""
    text = _STRING_OR_STRAY.sub(lambda found: found[1] or "", text)
    with suppress(ValueError, RecursionError):
        return _JSON.raw_decode(text)[0], (Problem(kind="ill_formed", message=what),)
    begun = _ITEMS.search(text)
    if begun is None:
        return None, ()
    items: list[Any] = []
    at = begun.end()
    with suppress(ValueError, RecursionError):
        feed = _JSON.decode(text[:at] + "]}")
        while True:
            item, at = _JSON.raw_decode(text, _after_blanks(text, at))
            items.append(item)
    if not items:
        return None, ()
    return feed | {"items": items}, (Problem(kind="truncated", message="it ends within an item"),)


def _after_blanks(text: str, at: int) -> int:
    blanks = _BETWEEN.match(text, at)
    return blanks.end() if blanks else at


def _is_item(item: Any) -> bool:
    return (
        isinstance(item, dict)
        and any(_text(item, key) for key in ("id", "url"))
        and any(_text(item, key) for key in ("title", "content_html", "content_text"))
    )


def _describe(said: Any) -> str:
    """Say what JSON that is no feed says of itself: most often, what went wrong."""
    words = "" if _says_it_is_one(said) else _complaint(said)
    what = "JSON, but not a JSON Feed: it "
    if words:
        return f"{what}says “{words[:200]}”"
    has_items = isinstance(said, dict) and said.get("items") is not None
    return what + ("has items that are no list" if has_items else "has no items")


def _says_it_is_one(said: Any) -> bool:
    return isinstance(said, dict) and _VERSIONS in _text(said, "version")


def _complaint(said: Any, depth: int = 3) -> str:
    if isinstance(said, str):
        return one_line(said[:2_000], is_html=True)
    if isinstance(said, list):
        said = {"error": said[0]} if said else {}
    if not isinstance(said, dict) or not depth:
        return ""
    found = (_complaint(said.get(key), depth - 1) for key in _COMPLAINTS)
    return next(filter(None, found), "")


def _document(feed: Object, url: str) -> Document:
    cuts: Cuts = Cuts()
    base = url or _text(feed, "feed_url") or _text(feed, "home_page_url")
    inherited = tuple(_authors(feed))
    language = language_tag(_text(feed, "language"))
    objects = [item for item in feed["items"] if isinstance(item, dict)]
    cuts["no_object"] = len(feed["items"]) - len(objects)
    cuts["many_entries"] = max(0, len(objects) - MAX_ENTRIES)
    raws = (_raw(item, inherited) for item in both_ends(objects))
    entries = tuple(finish(raw, base=base, language=language, cuts=cuts) for raw in raws)
    version = _text(feed, "version")
    unlabelled = Problem(kind="no_version", message="the version does not name JSON Feed")
    return Document(
        title=heading(Said(text=_text(feed, "title"))),
        language=language,
        link=absolute_link(_text(feed, "home_page_url"), base),
        format="json10" if version.endswith("/version/1") else "json11",
        older=absolute_link(_text(feed, "next_url"), base),
        path="json",
        entries=entries,
        problems=(() if _VERSIONS in version else (unlabelled,)) + problems(cuts),
    )


def _raw(item: Object, inherited: tuple[str, ...]) -> RawEntry:
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
        authors=tuple(filter(None, _authors(item))) or inherited,
        tags=tuple(_tags(item)),
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


def _tags(item: Object) -> Iterator[str]:
    """Yield tags: a list of texts, of objects with names, or one text with commas."""
    said = item.get("tags")
    for tag in said.split(",") if isinstance(said, str) else _list(item, "tags"):
        if isinstance(tag, dict):
            yield _text(tag, "name")
        elif isinstance(tag, str):
            yield tag


def _as_link(guid: str) -> str:
    return guid if guid.startswith(("http://", "https://")) else ""


def _text(holder: Object, key: str) -> str:
    value = holder.get(key)  # numbers are strings by now
    return value if isinstance(value, str) else ""


def _list(holder: Object, key: str) -> list[Any]:
    value = holder.get(key)
    return value if isinstance(value, list) else []


def _objects(holder: Object, key: str) -> list[Object]:
    value = holder.get(key)
    values = [value] if isinstance(value, dict) else _list(holder, key)
    return [value for value in values if isinstance(value, dict)]
