"""What a document says of one entry becomes an Entry: plain, cut to size, dated, linked.

Pure: never touches network, clock or disk. XML and JSON feeds share it, so that both keep the
same promises: clean text, absolute http(s) links, UTC times, bounded lengths.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from hashlib import blake2b
from itertools import islice
from typing import NamedTuple, TypeVar

from monitor.feeds.dates import read_date
from monitor.feeds.plaintext import clean, one_line, plain, readable
from monitor.feeds.urls import absolute_link
from monitor.model import Entry, Problem

MAX_ENTRIES = 5_000
MAX_TITLE = 1_024  # characters, here and below
MAX_SUMMARY = 65_536
MAX_CONTENT = 1_048_576
MAX_GUID = 4_096
MAX_AUTHOR = 512
MAX_TAGS = 50
MAX_TAG = 128
_MOST_LINKS = 50  # tried before an entry has none
MOST_AUTHORS = 50
_LONGEST_DATE = 100  # characters of one that is worth remembering
# What is read of a text before it is cut: markup may be most of it, but not all the rest.
_RAW_TIMES = 16

_SCHEME = re.compile(r"\s*[A-Za-z][A-Za-z0-9+.-]*:")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8}){0,4}")

T = TypeVar("T")
Cuts = Counter[str]  # kind of problem → how often it was met in one document

_WORDS = {
    "many_entries": f"entries left out, in the middle of more than {MAX_ENTRIES:,}",
    "long_title": f"titles cut to {MAX_TITLE:,} characters",
    "long_summary": f"summaries cut to {MAX_SUMMARY:,} characters",
    "long_content": f"contents cut to {MAX_CONTENT:,} characters",
    "long_guid": f"guids longer than {MAX_GUID:,} characters, whose rest is kept as a hash",
    "many_tags": f"entries with more than {MAX_TAGS} tags, of which the rest was left out",
    "bad_link": "entries with links of which none is an http(s) address",
    "relative_link": "entries with links that are relative to nobody knows what",
    "bad_date": "entries with dates that can't be read",
    "no_object": "entries left out because they are no JSON objects",
}


# Both are made for every entry; to make a frozen dataclass takes four times as long.
class Said(NamedTuple):
    """A text as the document holds it, and whether the document calls it HTML."""

    text: str = ""
    is_html: bool = False
    is_plain: bool = False  # beyond doubt, whatever it looks like


NOTHING = Said()


class RawEntry(NamedTuple):
    """One entry as the document says it. `links` and dates stand in the order of preference."""

    guid: str = ""
    title: Said = NOTHING
    summary: Said = NOTHING
    content: Said = NOTHING
    links: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    published: tuple[str, ...] = ()
    updated: tuple[str, ...] = ()
    language: str = ""


def finish(raw: RawEntry, *, base: str, language: str, cuts: Cuts) -> Entry:
    """Return the entry `raw` tells of; `cuts` counts what had to be left out.

    Links are resolved against `base`; `language` is the document's, for its dates.
    """
    own_language = language_tag(raw.language) if raw.language else ""
    summary, content = _texts(raw, cuts)
    return Entry(
        guid=_guid(raw.guid, cuts),
        title=_cut(_title(raw.title), MAX_TITLE, "long_title", cuts),
        summary=summary,
        content=content,
        link=_link(raw.links, base, cuts),
        author=_names(raw.authors) if raw.authors else "",
        tags=_tags(raw.tags, cuts) if raw.tags else (),
        published=_date(raw.published, own_language or language, cuts),
        updated=_date(raw.updated, own_language or language, cuts),
        language=own_language,
    )


def problems(cuts: Cuts) -> tuple[Problem, ...]:
    """Put into words what was counted."""
    return tuple(
        Problem(kind=kind, message=f"{_WORDS[kind]}: {count:,}")
        for kind, count in cuts.items()
        if count
    )


def both_ends(entries: Sequence[T]) -> list[T]:
    """Return at most MAX_ENTRIES entries: what is new stands first in most feeds, last in some."""
    if len(entries) <= MAX_ENTRIES:
        return list(entries)
    half = MAX_ENTRIES // 2
    return [*entries[:half], *entries[-half:]]


def heading(said: Said) -> str:
    """Return a document's title."""
    return _title(said)[:MAX_TITLE]


def language_tag(text: str) -> str:
    """Return a BCP 47 tag such as en-GB, or "" for anything that can't be one."""
    tag = text.strip().replace("_", "-")
    return tag if _LANGUAGE.fullmatch(tag) else ""


def _title(said: Said) -> str:
    raw = said.text[: _RAW_TIMES * MAX_TITLE]
    return readable(raw, is_html=said.is_html).replace("\n", " ")


def _texts(raw: RawEntry, cuts: Cuts) -> tuple[str, str]:
    """Return summary and content, neither said twice.

    A summary too long to be one is the content, where the document has no other.
    """
    summary = _read(raw.summary)
    content = "" if raw.content == raw.summary else _read(raw.content)
    if content == summary:
        content = ""
    if len(summary) > MAX_SUMMARY and not content:
        summary, content = "", summary
    return (
        _cut(summary, MAX_SUMMARY, "long_summary", cuts),
        _cut(content, MAX_CONTENT, "long_content", cuts),
    )


def _cut(text: str, limit: int, kind: str, cuts: Cuts) -> str:
    if len(text) <= limit:
        return text
    cuts[kind] += 1
    return text[:limit].rstrip()


def _guid(text: str, cuts: Cuts) -> str:
    """Return the guid trimmed, its case kept; one too long stays unlike any other by its hash."""
    text = clean(text.strip())
    if len(text) <= MAX_GUID:
        return one_line(text)
    cuts["long_guid"] += 1
    return one_line(text[: MAX_GUID - 32]) + blake2b(text.encode(), digest_size=16).hexdigest()


def _link(links: Iterable[str], base: str, cuts: Cuts) -> str:
    first = ""
    for link in islice(links, _MOST_LINKS):
        if found := _absolute(link, base):
            return found
        first = first or link
    if first:
        cuts["bad_link" if base or _SCHEME.match(first) else "relative_link"] += 1
    return ""


def _absolute(link: str, base: str) -> str:
    # Most links need no base, and joining is most of what they cost.
    return absolute_link(link, "" if link.startswith(("https://", "http://")) else base)


def _names(names: Iterable[str]) -> str:
    given = islice(dict.fromkeys(names), MOST_AUTHORS)
    shown = dict.fromkeys(_name(name, MAX_AUTHOR) for name in given)
    return ", ".join(filter(None, shown))[:MAX_AUTHOR].rstrip()


def _name(text: str, limit: int) -> str:
    if len(text) <= MAX_TAG:
        return _short_name(text)
    return _read_name(text[: _RAW_TIMES * limit])[:limit].rstrip()


@lru_cache(maxsize=1_024)  # a feed has few authors and tags, and says them again and again
def _short_name(text: str) -> str:
    return _read_name(text)


def _read_name(text: str) -> str:
    return one_line(text, is_html="&" in text or "<" in text)


def _tags(tags: Iterable[str], cuts: Cuts) -> tuple[str, ...]:
    shown: dict[str, None] = {}
    for tag in dict.fromkeys(tags):
        name = _name(tag, MAX_TAG)
        if name and name not in shown:
            if len(shown) == MAX_TAGS:
                cuts["many_tags"] += 1
                break
            shown[name] = None
    return tuple(shown)


def _date(candidates: Iterable[str], language: str, cuts: Cuts) -> datetime | None:
    said_one = False
    for text in filter(str.strip, candidates):
        if found := _read_date(text, language):
            return found
        said_one = True
    if said_one:
        cuts["bad_date"] += 1
    return None


def _read_date(text: str, language: str) -> datetime | None:
    if len(text) > _LONGEST_DATE:
        return read_date(text, language=language)
    return _read_short_date(text, language)


@lru_cache(maxsize=256)  # an entry says most of its dates twice
def _read_short_date(text: str, language: str) -> datetime | None:
    return read_date(text, language=language)


def _read(said: Said) -> str:
    if not said.text:
        return ""
    text = said.text[: _RAW_TIMES * MAX_CONTENT]
    return plain(text, is_html=False) if said.is_plain else readable(text, is_html=said.is_html)
