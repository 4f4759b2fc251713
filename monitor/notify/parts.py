"""What a chat message says, in parts that each chat puts into its own form. Pure.

Every part is printable and cut; none is escaped, because each chat escapes in its own way.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeAlias, TypeVar

from monitor.alerts.excerpt import cut, printable, segments
from monitor.alerts.wording import (
    Listed,
    byline,
    digest_byline,
    headline,
    is_digest,
    is_own,
    listed,
    news,
    noted,
    own_byline,
    reasons,
    severity_word,
    spans,
    topic,
    worded,
)
from monitor.model import Message

MAX_LINK = 2_000

_HEADLINE = 300
_QUOTE = 600
_LEAD = 120  # what is shown of the summary before its first match
_NAME = 100
_DESCRIPTION = 500
_EXPLANATION = 2_000
_SHORT_ID = 8
_WORDS = 4_000  # of a template

# What would end the address early where it stands in a link of any chat's markup.
_IN_LINKS = str.maketrans(
    {"|": "%7C", "<": "%3C", ">": "%3E", " ": "%20", '"': "%22", "\\": "%5C", "`": "%60"}
)

Piece: TypeAlias = tuple[str, bool]  # words, and whether they matched
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """A message taken apart; what it has nothing to say about is empty."""

    severity: str  # low, medium, high or critical; "" of what the monitor says of itself
    mark: str  # the severity in capitals, marked where the message is no first alert
    about: str  # watchlist and news, or what the monitor speaks of
    headline: tuple[Piece, ...]
    link: str  # of the headline
    quote: tuple[Piece, ...]  # of the summary
    byline: str  # who published it and when
    lines: tuple[str, ...]  # below the quote: what matched, what the watchlist is for
    page: str  # the alert's own page
    rows: tuple[Listed, ...]  # of a digest
    footer: str
    words: str = ""  # of a template, in lines: they stand for all above but link and page


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """The code points that each part of a listed alert may take; a longer link is left out."""

    title: int
    name: int
    news: int
    link: int


# From the widest to one in which twenty alerts fit the smallest message of any chat.
SHARES = (
    Share(title=200, name=80, news=200, link=MAX_LINK),
    Share(title=160, name=60, news=120, link=500),
    Share(title=120, name=40, news=80, link=300),
    Share(title=100, name=40, news=60, link=200),
    Share(title=80, name=30, news=40, link=140),
    Share(title=60, name=24, news=0, link=100),
    Share(title=60, name=24, news=0, link=0),
    Share(title=36, name=12, news=0, link=0),
    Share(title=16, name=6, news=0, link=0),
)


def parts(message: Message, *, now: datetime) -> Parts:
    """Return what a message says; `now` is the time of the attempt."""
    if is_own(message):
        said = _own(message, now)
    else:
        said = _digest(message, now) if is_digest(message) else _alert(message, now)
    if words := worded(message):
        return replace(said, words=cut(words, _WORDS), rows=())
    return replace(said, lines=_said(*said.lines, noted(message)))


def link(address: str | None) -> str:
    """Return an address that may stand in a link, or "" where there is none to show."""
    url = printable(address or "").translate(_IN_LINKS)
    return url if url.startswith(("https://", "http://")) and len(url) <= MAX_LINK else ""


def widest(
    rows: Sequence[Listed], tell: Callable[[list[Listed]], T], fits: Callable[[T], bool]
) -> T:
    """Return the alerts of a digest as `tell` says them, with titles as long as `fits` allows.

    No alert is left out: where even the shortest titles do not fit, they are told all the same.
    """
    told = tell(list(rows))
    for share in SHARES:
        told = tell([_shortened(row, share) for row in rows])
        if fits(told):
            break
    return told


def _shortened(row: Listed, share: Share) -> Listed:
    address = link(row.link)
    return replace(
        row,
        title=cut(row.title, share.title),
        watchlist=cut(row.watchlist, share.name),
        source=cut(row.source, share.name),
        news=cut(row.news, share.news),
        link=address if len(address) <= share.link else "",
    )


def _own(message: Message, now: datetime) -> Parts:
    data = message.data
    explained = cut(printable(data["text"] or ""), _EXPLANATION)
    return Parts(
        severity="",
        mark=severity_word(message),
        about=topic(message),
        headline=_plain(headline(message) or topic(message)),
        link="",
        quote=(),
        byline="",
        lines=_said(explained, own_byline(message, now=now)),
        page="",
        rows=(),
        footer=f"notice {_short(data['id'])}, about the monitor itself",
    )


def _digest(message: Message, now: datetime) -> Parts:
    about = message.data["digest"]
    return Parts(
        severity=about["severity"],
        mark=severity_word(message),
        about="",
        headline=_plain(headline(message)),
        link="",
        quote=(),
        byline="",
        lines=_said(digest_byline(message, now=now)),
        page="",
        rows=tuple(listed(message)),
        footer=f"digest {_short(about['id'])}",
    )


def _alert(message: Message, now: datetime) -> Parts:
    data = message.data
    item, watchlist, alert = data["item"], data["watchlist"], data["alert"]
    title = segments(item["title"], spans(message, "title"), limit=_HEADLINE)
    return Parts(
        severity=watchlist["severity"],
        mark=severity_word(message),
        about=f"{cut(printable(watchlist['name']), _NAME)} · {news(message)}",
        headline=tuple(title) or (("untitled", False),),
        link=link(item["link"]),
        quote=_quote(message),
        byline=byline(message, now=now),
        lines=_said(
            f"matched {'; '.join(reasons(message)) or 'without evidence'}",
            cut(printable(watchlist["description"] or ""), _DESCRIPTION),
        ),
        page=link(alert["url"]),
        rows=(),
        footer=f"alert {_short(alert['id'])}",
    )


def _quote(message: Message) -> tuple[Piece, ...]:
    summary = message.data["item"]["summary"] or ""
    found = spans(message, "summary")
    first = min((start for start, _ in found if start < len(summary)), default=0)
    start = max(0, first - _LEAD) if first > _QUOTE - _LEAD else 0
    return tuple(segments(summary, found, limit=_QUOTE, start=start))


def _plain(words: str) -> tuple[Piece, ...]:
    return ((cut(words, _HEADLINE), False),)


def _said(*lines: str) -> tuple[str, ...]:
    return tuple(line for line in lines if line)


def _short(identity: str) -> str:
    return cut(printable(identity), _SHORT_ID + 1).removesuffix("…")
