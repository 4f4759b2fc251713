"""A body becomes a Document, or a value that says why it is none.

Pure: never touches network, clock or disk, whatever the bytes say. It takes as long as feedparser
takes, which for some inputs is far too long: run it in a ParserPool.
"""

import io
import re
from collections.abc import Iterable
from dataclasses import replace

import feedparser

from monitor.feeds.mending import flaw, mend
from monitor.feeds.reading import hints, json_feed, marks, strict, web_page
from monitor.feeds.reading.decoding import decode
from monitor.feeds.reading.elements import relation
from monitor.feeds.reading.entities import EndlessError
from monitor.feeds.reading.entries import (
    MAX_ENTRIES,
    MOST_AUTHORS,
    Cuts,
    RawEntry,
    Said,
    both_ends,
    finish,
    heading,
    language_tag,
    problems,
)
from monitor.feeds.reading.inner_entries import without_inner_entries
from monitor.feeds.reading.mapped import Mapped, detail, dicts, value
from monitor.feeds.reading.nesting import MOST_TAGS, first_tags, nest
from monitor.feeds.reading.xml_text import DECLARATION, Prepared, prepare
from monitor.feeds.urls import absolute_link
from monitor.model import Document, ErrorKind, Failed, Parsed, Problem

_HTML_TYPES = {"text/html", "application/xhtml+xml"}
_TEXT_TYPES = _HTML_TYPES | {"text/plain", ""}
_PREFIXED = re.compile(r"<([A-Za-z][\w.-]{0,19}):(?:item|entry)[\s>]")


def parse(body: bytes, *, url: str = "", content_type: str = "", known: bytes = b"") -> Parsed:
    """Return what `body` holds: a Document, or Failed with the kind of failure.

    `url` is where it came from, after redirects; relative links are resolved against it. `known`
    are the marks of entries read before, which are left out. Never raises: feedparser 6.0.14 lets
    many kinds of exception escape, and any of them is `parse`.
    """
    try:
        return _parse(body, url, content_type, known)
    except EndlessError:
        return Failed(kind=ErrorKind.PARSE, message="its entities stand for too much text")
    except MemoryError:
        return Failed(kind=ErrorKind.PARSE, message="parsing it takes more memory than allowed")
    except Exception as fault:  # noqa: BLE001 - which ones escape feedparser can't be listed
        message = f"the parser could not cope with it ({type(fault).__name__})"
        return Failed(kind=ErrorKind.PARSE, message=message)


def _parse(body: bytes, url: str, content_type: str, known: bytes) -> Parsed:
    text, found = decode(body, content_type=content_type)
    if not text.lstrip(json_feed.AROUND):
        return Failed(kind=ErrorKind.EMPTY, message="the answer has no content")
    if json_feed.is_json(text):
        return _with_problems(_without_known(json_feed.read(text, url=url), known, url), found)
    return _with_problems(_read_xml(text, url, known), found)


def _read_xml(text: str, url: str, known: bytes) -> Parsed:
    """Return what `text` holds as it is, else prepared, else mended, else as feedparser has it."""
    document = strict.read(text, url=url, known=known)
    if document:
        return document
    prepared = prepare(text)
    if prepared is None:
        return web_page.classify(text, url=url)
    if not prepared.is_as_it_stood:
        document = strict.read(prepared.text, url=url, known=known)
        if document:
            return _with_problems(document, prepared.problems)
    if (fault := flaw(prepared.text)) is None:
        return _read_odd(prepared, text, url, known)
    return _read_ill_formed(_with_flaw(prepared, *fault), text, url, known)


def _read_odd(prepared: Prepared, text: str, url: str, known: bytes) -> Parsed:
    """Return what `prepared` says, which is well-formed, but for the entries inside others."""
    outer = without_inner_entries(prepared.text)
    if outer != prepared.text:
        document = strict.read(outer, url=url, known=known)
        if document:
            return _with_problems(document, prepared.problems)
    return read_leniently(replace(prepared, text=outer), text, url=url, known=known)


def _read_ill_formed(prepared: Prepared, text: str, url: str, known: bytes) -> Parsed:
    """Return what `prepared` says once its text is mended, or its tags are put in order as well."""
    mended = mend(prepared.text)
    if flaw(mended) is not None:
        within = first_tags(prepared.text)
        mended = nest(within)
        if within != prepared.text:
            message = (
                f"tags that fit badly, and more than {MOST_TAGS:,} of them: the rest is left out"
            )
            problem = Problem(kind="truncated", message=message)
            prepared = replace(prepared, problems=(*prepared.problems, problem))
    document = strict.read(mended, url=url, known=known)
    if document:
        return _with_problems(document, prepared.problems)
    return _read_odd(replace(prepared, text=mended), text, url, known)


def _with_flaw(prepared: Prepared, what: str, line: int) -> Prepared:
    message = f"not well-formed XML: {what} near line {line + prepared.lines_dropped}"
    problem = Problem(kind="ill_formed", message=message)
    return replace(prepared, problems=(*prepared.problems, problem))


def _without_known(parsed: Parsed, known: bytes, url: str) -> Parsed:
    if isinstance(parsed, Failed):
        return parsed
    entries, all_marks = marks.unknown(parsed.entries, known, marks.context("json", url))
    return replace(parsed, entries=tuple(entries), marks=all_marks, path="json")


def read_leniently(prepared: Prepared, text: str, *, url: str = "", known: bytes = b"") -> Parsed:
    """Return what feedparser makes of a `text` that was `prepared`, flawed as it may be."""
    parsed = _feedparsed(prepared.text)
    if not parsed["entries"] and (prefixed := _PREFIXED.search(prepared.text)):
        without = re.sub(rf"<(/?){re.escape(prefixed[1])}:", r"<\1", prepared.text)
        parsed = _feedparsed(without)
    if not parsed["entries"] and not parsed["version"]:
        return web_page.classify(text, url=url)
    found = (*prepared.problems, *_ill_formed(parsed, prepared))
    is_flawed = any(problem.kind == "ill_formed" for problem in found)
    if is_flawed and not any(map(_says_something, parsed["entries"])):
        message = f"begins like a feed, but no entry could be read: {found[-1].message}"
        return Failed(kind=ErrorKind.PARSE, message=message)
    document = _document(parsed, prepared.text, url=url, known=known)
    return _with_problems(document, found)


def _says_something(entry: Mapped) -> bool:
    return any(value(entry, key) for key in ("title", "link", "id", "summary"))


def _feedparsed(text: str) -> Mapped:
    parsed: Mapped = feedparser.parse(
        # Bytes or text given directly would be opened as a file or fetched as an address.
        io.BytesIO((DECLARATION + text).encode()),
        # No content-location: with one, feedparser rewrites guids that look relative, and the
        # same guid would change when the feed moves. Links are resolved in `finish`.
        response_headers={"content-type": "application/xml; charset=utf-8"},
        sanitize_html=False,
        resolve_relative_uris=False,
    )
    return parsed


def _with_problems(parsed: Parsed, found: tuple[Problem, ...]) -> Parsed:
    if isinstance(parsed, Failed) or not found:
        return parsed
    return replace(parsed, problems=(*found, *parsed.problems))


def _ill_formed(parsed: Mapped, prepared: Prepared) -> Iterable[Problem]:
    """Yield what the XML parser said, with the line as the document counts it, if nobody has."""
    if not parsed["bozo"] or any(known.kind == "ill_formed" for known in prepared.problems):
        return
    fault = parsed["bozo_exception"]
    what = fault.getMessage() if hasattr(fault, "getMessage") else str(fault)
    line = fault.getLineNumber() if hasattr(fault, "getLineNumber") else None
    where = f" near line {line - 1 + prepared.lines_dropped}" if line else ""
    yield Problem(kind="ill_formed", message=f"not well-formed XML: {what}{where}"[:300])


def _document(parsed: Mapped, text: str, *, url: str, known: bytes) -> Document:
    feed = parsed["feed"]
    language = language_tag(value(feed, "language"))
    authors = _authors(feed)[:MOST_AUTHORS] if parsed["version"].startswith("atom") else []
    cuts: Cuts = Cuts(many_entries=max(0, len(parsed["entries"]) - MAX_ENTRIES))
    raws = [_raw(entry, tuple(authors)) for entry in both_ends(parsed["entries"])]
    links = [(value(link, "rel"), value(link, "href")) for link in dicts(feed, "links")]
    page = next(filter(None, (absolute_link(link, url) for link in _pages(feed))), "")
    origin = hints.origin(url, links, page)
    new, all_marks = marks.unknown(raws, known, marks.context("lenient", origin, language))
    entries = tuple(finish(raw, base=origin, language=language, cuts=cuts) for raw in new)
    skip_hours, skip_days = hints.written_skips(text)
    return Document(
        title=heading(_said(feed, "title")),
        language=language,
        link=page,
        format=parsed["version"] or "",
        entries=entries,
        problems=problems(cuts),
        ttl=hints.interval(
            ttl=value(feed, "ttl"),
            period=value(feed, "sy_updateperiod"),
            frequency=value(feed, "sy_updatefrequency"),
        ),
        skip_hours=skip_hours,
        skip_days=skip_days,
        older=hints.older(links, origin),
        complete="fh_complete" in feed,
        marks=all_marks,
        path="lenient",
    )


def _raw(entry: Mapped, inherited: tuple[str, ...]) -> RawEntry:
    """Return what feedparser found; `inherited` are the authors of an entry that names none."""
    # feedparser copies a content into an absent summary; a summary of its own has a detail.
    has_summary = "summary_detail" in entry
    title, title_detail = _said(entry, "title"), detail(entry, "title_detail")
    guid = value(entry, "id")
    # Where no guid stands, it is what RDF says the entry is about: the address of its page.
    about = guid if "guidislink" not in entry and _is_address(guid) else ""
    dates = [value(entry, key) for key in ("published", "created", "updated")]
    # Where an entry has no link, feedparser offers the guid, even one that is no address.
    written = {value(link, "href") for link in dicts(entry, "links")}
    pages = [link for link in _pages(entry) if link in written or _is_address(link)]
    return RawEntry(
        guid=guid,
        title=title if title.text else Said(text=value(entry, "itunes_title")),
        summary=_said(entry, "summary") if has_summary else Said(),
        content=_content(entry) if has_summary or "content" in entry else _last_resort(entry),
        links=(*pages, *_enclosures(entry), about),
        authors=_own_authors(entry) or inherited,
        tags=tuple(value(tag, "label") or value(tag, "term") for tag in dicts(entry, "tags")),
        published=tuple(dates),
        updated=(dates[2],),
        language=value(entry, "language") or value(title_detail, "language"),
    )


def _last_resort(entry: Mapped) -> Said:
    """Return a picture's caption or a podcast's subtitle, all the text that some entries have."""
    caption = Said(text=value(entry, "media_caption"))
    return caption if caption.text else _said(entry, "subtitle")


def _content(entry: Mapped) -> Said:
    """Return the longest of an entry's contents that are text."""
    texts = [
        content
        for content in dicts(entry, "content")
        if value(content, "type") in _TEXT_TYPES or "xml" in value(content, "type")
    ]
    longest = max(texts, key=lambda content: len(value(content, "value")), default={})
    return Said(text=value(longest, "value"), is_html=value(longest, "type") != "text/plain")


def _pages(holder: Mapped) -> list[str]:
    """Return the addresses of the page a feed or entry stands for, the likeliest first."""
    links = dicts(holder, "links")
    alternates = [link for link in links if relation(value(link, "rel")) == "alternate"]
    suitable = [link for link in alternates if value(link, "type") in _HTML_TYPES]
    chosen = [*suitable, {"href": value(holder, "link")}, *alternates]
    return [value(link, "href") for link in chosen]


def _is_address(text: str) -> bool:
    return text.lower().startswith(("http://", "https://"))


def _enclosures(entry: Mapped) -> list[str]:
    links = dicts(entry, "links")
    return [value(link, "href") for link in links if value(link, "rel") == "enclosure"]


def _own_authors(entry: Mapped) -> tuple[str, ...]:
    """Return an entry's authors, else those of the feed it was taken from (RFC 4287, 4.2.1)."""
    return tuple(_authors(entry)) or tuple(_authors(detail(entry, "source")))


def _authors(holder: Mapped) -> list[str]:
    named = [value(a, "name") or value(a, "email") for a in dicts(holder, "authors")]
    found = [_without_address(name) for name in named if name]
    return found or [author for author in [value(holder, "author")] if author]


def _without_address(name: str) -> str:
    """Undo what feedparser 6.0.14 leaves of `a@b.example (Name)`: `ple (Name`."""
    return name.rpartition("(")[2] if name.count("(") > name.count(")") else name


def _said(holder: Mapped, key: str) -> Said:
    kind = value(detail(holder, f"{key}_detail"), "type")
    return Said(text=value(holder, key), is_html=kind in _HTML_TYPES)
