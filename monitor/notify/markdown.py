"""Text of feeds inside a chat's Markdown: it is shown as it is and does nothing. Pure.

Signs get a backslash; what no backslash stops comes apart at a space of no width.
"""

import re
from collections.abc import Iterable, Sequence

from monitor.alerts.excerpt import ELLIPSIS, boundary, cut
from monitor.alerts.wording import Listed
from monitor.notify.parts import Parts, Piece

_FIRST_LINE = 500  # code points, which escapes at most double

APART = "\u200b"  # zero width: what stands on its two sides is no longer one sign

_LIST = re.compile(r"^(?=[-+=]|\d{1,9}[.)])", re.MULTILINE)  # or a ruled line, or a heading
_ESCAPES = {ord(sign): f"\\{sign}" for sign in "\\`*_~|>[]()#"}
_CALLS = {ord(sign): f"{sign}{APART}" for sign in "@<"}
_ADDRESS = re.compile(r"(:(?=//)|www(?=\.))", re.IGNORECASE)


def escape(words: str) -> str:
    """Return words that are shown as they are and do nothing: no mention, no link, no look.

    Mentions and tags come apart behind their first sign, and addresses behind their scheme, so
    that no server fetches what a feed names.
    """
    return _LIST.sub(APART, _ADDRESS.sub(rf"\1{APART}", apart(words.translate(_ESCAPES))))


def apart(words: str) -> str:
    """Return words in which mentions and tags come apart behind their first sign."""
    return words.translate(_CALLS)


def pieces(words: Iterable[Piece]) -> str:
    """Return words with what matched in bold."""
    return "".join(bold(each) if matched else escape(each) for each, matched in words)


def bold(words: str) -> str:
    """Return words in bold; blanks around them stay outside, where the signs would fail."""
    inner = words.strip()
    if not inner:
        return words
    before, _, after = words.partition(inner)
    return f"{before}**{escape(inner)}**{after}"


def link(words: str, url: str) -> str:
    """Return words that lead to an address, or the words alone where there is none."""
    return f"[{escape(words)}]({_target(url)})" if url else escape(words)


def head(said: Parts) -> str:
    """Return the severity and what the message is about, in 800 code points at most."""
    return f"{bold(said.mark)} {fitting(said.about, 700)}".strip()


def row(each: Listed) -> str:
    """Return one alert of a digest on one line; what was cut to nothing is left out."""
    said = f"{bold(each.severity)} {escape(each.watchlist)}: {link(each.title, each.link)}"
    told = " · ".join(part for part in (each.source, each.news) if part)
    return f"{said} ({escape(told)})" if told else said


def within(words: Sequence[Piece], limit: int) -> str:
    """Return words with what matched in bold, or without where bold would take too much."""
    told = pieces(words)
    return told if len(told) <= limit else fitting("".join(w for w, _ in words), limit)


def body(said: Parts, room: int) -> str:
    """Return all below the headline, and where to read on, in `room` code points at most."""
    places = links(said)
    places = places if len(places) < room else ""
    room -= len(places) + 1
    if said.words:
        rest = fitting(_parted(said.words)[1], room)
        return "\n".join(each for each in (rest, places) if each)
    told = [fitting(said.byline, room // 3)]
    if said.quote:
        told.append(f"“{within(said.quote, room // 3)}”")
    for line in said.lines:
        left = room - sum(len(each) + 1 for each in told)
        told.append(fitting(line, max(0, left - 1)))
    return "\n".join(each for each in (*told, places) if each)


def opening(said: Parts, room: int) -> str:
    """Return what notifications show: the headline, or the first line of a template's words."""
    if said.words:
        return fitting(_parted(said.words)[0], room)
    return f"{head(said)}\n{within(said.headline, room)}"


def _parted(words: str) -> tuple[str, str]:
    """Return the first line, or as much of it as is one, and what follows it."""
    first, _, rest = words.partition("\n")
    if len(first) <= _FIRST_LINE:
        return first, rest.strip()
    at = boundary(first, _FIRST_LINE)
    return first[:at] + ELLIPSIS, f"{ELLIPSIS}{first[at:]}\n{rest}".strip()


def links(said: Parts) -> str:
    """Return where to read on, "" where there is nowhere."""
    places = (("read the article", said.link), ("details", said.page))
    return " · ".join(link(words, url) for words, url in places if url)


def fitting(words: str, limit: int) -> str:
    """Return the words escaped, cut so that they take `limit` code points at most."""
    room = min(len(words), limit)
    while len(told := escape(cut(words, room))) > limit:
        room -= max(1, (len(told) - limit) // 2)
    return told


def _target(url: str) -> str:
    """Return an address in which nothing ends a Markdown link or calls anybody."""
    scheme, _, rest = url.partition("://")
    host, slash, path = rest.partition("/")
    target = f"{scheme}://{host}{slash}{path.replace('@', '%40')}"
    return target.replace("(", "%28").replace(")", "%29")
