"""Feeds that others list become entries of `sources`, but for those that are there. Pure."""

import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from pydantic_core import PydanticCustomError

from monitor.config.addresses import read_source_address
from monitor.config.checks import same_address
from monitor.config.values import read_language, read_name
from monitor.config.writing import Entry, Value
from monitor.feeds.opml import Outline, Skipped
from monitor.feeds.redaction import redact_url
from monitor.feeds.urls import MAX_URL

_FEED_SCHEME = re.compile(r"feed:(?=https?://)|feed:(?://)?", re.IGNORECASE)
_HAS_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
LONGEST_SHOWN = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Unusable:
    """A feed that can't be a source. `line` counts from 1; `address` may be seen by people."""

    file: str
    line: int
    address: str
    reason: str


@dataclass(slots=True)
class Intake:
    """Takes feeds one by one, next to the sources that are there already."""

    addresses: frozenset[str]  # of known sources, in the form in which they are compared
    names: set[str]
    tags: tuple[str, ...] = ()  # of each new source
    entries: list[Entry] = field(default_factory=list)
    known: int = 0  # sources already
    repeated: int = 0  # listed more than once
    unusable: list[Unusable] = field(default_factory=list)
    _taken: set[str] = field(default_factory=set)

    def take(self, file: str, feed: Outline, *, named: bool = True) -> None:
        """Sort one feed in. Without `named` its title is not a name, as other feeds have it too."""
        url = web_address(feed.url)
        address = same_address(url)
        if reason := _fault(url, feed.url):
            self.skip(file, Skipped(address=feed.url, reason=reason, line=feed.line))
        elif address in self.addresses:
            self.known += 1
        elif address in self._taken:
            self.repeated += 1
        else:
            self._taken.add(address)
            self.entries.append(self._entry(url, feed, named=named))

    def skip(self, file: str, skipped: Skipped) -> None:
        """Note what can't be a source."""
        shown = redact_url(skipped.address)[:LONGEST_SHOWN]
        self.unusable.append(
            Unusable(file=file, line=skipped.line, address=shown, reason=skipped.reason)
        )

    def _entry(self, url: str, feed: Outline, *, named: bool) -> Entry:
        said: dict[str, Value] = {"url": url}
        name = valid_name(feed.title) if named else ""
        if name and name not in self.names:
            self.names.add(name)
            said["name"] = name
        if tags := tuple(dict.fromkeys((*feed.tags, *self.tags))):
            said["tags"] = tags
        if language := _language(feed.language):
            said["language"] = language
        return said if len(said) > 1 else url


_HOST_WITH_DOT = re.compile(r"https?://[^/?#]*[^/?#.][.:][^/?#.]")


def web_address(text: str) -> str:
    """Return the web address that a text stands for: `feed:` is http, no scheme is https."""
    text = text.strip()
    if _FEED_SCHEME.match(text):
        rest = _FEED_SCHEME.sub("", text, count=1)
        return rest if _HAS_SCHEME.match(rest) else f"http://{rest}"
    return text if _HAS_SCHEME.match(text) else f"https://{text}"


def shared_titles(feeds: Iterable[Outline]) -> frozenset[str]:
    """Return the titles that more than one feed has."""
    counts = Counter(feed.title for feed in feeds)
    return frozenset(title for title, count in counts.items() if count > 1)


def fault_of(read: Callable[[object], object], text: str) -> str:
    """Return why an option's reader refuses a text, without quoting it; "" where it does not."""
    try:
        read(text)
    except PydanticCustomError as error:
        told = error.context or {}
        return str(told["discreet"] or told["message"])
    return ""


def valid_name(title: str) -> str:
    """Return a title that can be a name, else ""."""
    return "" if fault_of(read_name, title) else title


def _fault(url: str, said: str) -> str:
    if not _HAS_SCHEME.match(said.strip()) and not _HOST_WITH_DOT.match(url):
        return "this is not a web address; write https:// before it if it is the name of a host"
    if len(url) > MAX_URL:
        return f"its address is longer than {MAX_URL} characters"
    return fault_of(read_source_address, url)


def _language(said: str) -> str:
    language = said.replace("_", "-")
    return "" if fault_of(read_language, language) else read_language(language)
