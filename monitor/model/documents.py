"""What a poll brings: an answer, the document in it, its entries."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, TypeAlias

from monitor.model.words import ErrorKind

MARK_SIZE = 8  # bytes
PART = 226  # IM Used


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """A 2xx answer with its decoded body."""

    url: str  # where it came from, after redirects
    status: int
    body: bytes
    content_type: str = ""
    etag: str | None = None
    last_modified: str | None = None
    fresh_for: timedelta | None = None  # Cache-Control or Expires
    retry_after: timedelta | None = None
    digest: str = ""  # blake2b-128 hex of the body; "": not computed
    conditional: bool = False  # validators were sent, and the server answered whole
    moved_to: str = ""  # where permanent redirects alone lead from the address asked

    @property
    def is_part(self) -> bool:
        """Tell whether it holds only what is new since the document that was named (RFC 3229)."""
        return self.status == PART


@dataclass(frozen=True, slots=True, kw_only=True)
class NotModified:
    """A 304; validators it repeats replace the stored ones, absent ones stay."""

    etag: str | None = None
    last_modified: str | None = None
    fresh_for: timedelta | None = None
    moved_to: str = ""  # as in Fetched


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """A poll that brought nothing, and why, in words for a person."""

    kind: ErrorKind
    message: str
    status: int | None = None
    retry_after: timedelta | None = None
    redirected: bool = False  # the address asked sent us on; what failed is somewhere else
    host: str = ""  # under which what failed is asked, where that is not the source's own
    deferred: timedelta | None = None  # that host was not asked, and is not to be for so long


Outcome: TypeAlias = Fetched | NotModified | Failed


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Something wrong in a document that could still be read."""

    kind: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What a document publishes, as parsed: cleaned plain text, checked links, UTC times."""

    guid: str = ""
    title: str = ""
    summary: str = ""
    content: str = ""
    link: str = ""  # absolute http(s) or ""
    author: str = ""
    tags: tuple[str, ...] = ()
    published: datetime | None = None
    updated: datetime | None = None
    language: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A feed document as parsed."""

    title: str = ""
    language: str = ""
    link: str = ""
    format: str = ""  # rss20, atom10, rss10, json11, … as feedparser names versions
    entries: tuple[Entry, ...] = ()  # those that were not left out as known
    problems: tuple[Problem, ...] = ()
    ttl: timedelta | None = None  # RSS ttl, or what sy:updatePeriod says
    skip_hours: tuple[int, ...] = ()  # GMT
    skip_days: tuple[int, ...] = ()  # Monday is 0
    older: str = ""  # the page with what came before: RFC 5005 prev-archive or next
    complete: bool = False  # RFC 5005 fh:complete: it lists everything there is
    marks: bytes = b""  # MARK_SIZE bytes for each entry of the document, left out or not
    path: Literal["strict", "lenient", "json"] = "lenient"  # how it was read

    @property
    def length(self) -> int:
        """Return the number of entries published, those left out as known among them."""
        return max(len(self.entries), len(self.marks) // MARK_SIZE)

    @property
    def is_broken(self) -> bool:
        """Tell whether entries may be missing: it was cut off, or only parts could be read."""
        kinds = {problem.kind for problem in self.problems}
        return "truncated" in kinds or ("ill_formed" in kinds and self.path == "lenient")


Parsed: TypeAlias = Document | Failed
