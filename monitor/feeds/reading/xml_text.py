"""A feed's text becomes fit for an XML parser: no prolog, no forbidden characters, no cut entry.

Pure: never touches network, clock or disk. What goes here costs feedparser 6.0.14 more than
linear time (the XML declaration, blank lines before the root) or expands without limit (entities
of a DOCTYPE); tests/unit/test_feeds_parse.py says when it can stay.
"""

import re
from dataclasses import dataclass

from monitor.feeds.reading.entities import expand
from monitor.feeds.reading.surroundings import ENTRY_BEGIN, inner_feed, shown_feed
from monitor.model import Problem

DECLARATION = '<?xml version="1.0" encoding="utf-8"?>\n'

_FRONT = re.compile(r"\s*+(?:<\?xml[^>]*+>)?\s*+")
_ROOT = re.compile(r"<([A-Za-z_][\w.:-]*)")
_BLANK = re.compile(r"[\s\x00\ufeff]*")
_SUBSET_END = re.compile(r"\]\s*>")
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")

# References to characters XML forbids: controls, halves of surrogate pairs, noncharacters and
# numbers past the last code point, which make feedparser's loose parser raise; and those to
# controls that mean Windows-1252, as HTML reads them.
_BAD_REFERENCE = re.compile(
    r"&#(?:0*(\d|[12]\d|3[01]|1[2-5]\d|5[567]\d{3}|6553[45]|[1-9]\d{6,})"
    r"|[xX]0*([0189]?[0-9a-fA-F]|[dD][89a-fA-F][0-9a-fA-F]{2}|[fF]{3}[eEfF]|[1-9a-fA-F][0-9a-fA-F]{5,}))"
    r"(?![0-9a-fA-F]);?"
)
_PAIR = re.compile(
    r"&#(?:(5[56]\d{3})|[xX]([dD][89abAB][0-9a-fA-F]{2}));"
    r"&#(?:(5[67]\d{3})|[xX]([dD][c-fC-F][0-9a-fA-F]{2}));"
)
_WHITE = {9, 10, 13}

_FEEDS = {"rss", "feed", "rdf", "channel"}
_OUTER = {  # what stands around entries of each name: the root, and what begins and ends it
    "entry": ("feed", "<feed xmlns='http://www.w3.org/2005/Atom'>", "</feed>"),
    "item": ("rss", "<rss version='2.0'><channel>", "</channel></rss>"),
}
_LOST_ROOT_LENGTH = 200
_LOST_ROOT = re.compile(r"(?:</(channel|rss|feed|rdf:RDF)\s{0,20}>\s{0,20}){1,3}\Z", re.IGNORECASE)
_XHTML_FEED = re.compile(
    r"(<(?:rss|feed)\b[^<>]{0,2000}?)\sxmlns\s?=\s?[\"']http://www\.w3\.org/1999/xhtml/?[\"']",
    re.IGNORECASE,
)
_MARKED_DATE = re.compile(
    r"(<(?:\w{1,20}:)?(?:pubDate|date|published|updated|issued|modified)>)\s{0,20}<(\w{1,10})(?:\s[^<>]{0,200})?>"
    r"([^<>]{0,100})</\2>\s{0,20}(?=</)"
)

_ENTRY_END = re.compile(r"</(?:\w{1,20}:)?(?:item|entry)\s{0,20}>")


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """Text that begins with the root element, its local name in lower case, what was wrong."""

    text: str
    root: str
    lines_dropped: int
    problems: tuple[Problem, ...] = ()
    is_as_it_stood: bool = False  # nothing was taken away but the declaration


def prepare(text: str) -> Prepared | None:
    """Return `text` from its root element to the end of it, or None when it holds no feed's.

    Raises EndlessError where its entities stand for too much.
    """
    found = _ROOT.match(text, _skip_prolog(text))
    if found is None or _local(found[1]) not in _FEEDS | _OUTER.keys():
        text = shown_feed(text) or text
        found = inner_feed(text) or (found if found and _has_lost_root(text) else None)
    if found is None:
        return None
    body, root, kinds = _rooted(text[found.start() :], found[1])
    body = expand(body, text[: found.start()])
    if _FORBIDDEN.search(body):
        body = _FORBIDDEN.sub("", body)
        kinds.append(("control_characters", "characters that XML forbids were dropped"))
    if "&#" in body:
        body = _BAD_REFERENCE.sub(_mend_reference, _PAIR.sub(_join_pair, body))
    body = _XHTML_FEED.sub(r"\1", body, count=1) if _XHTML_FEED.match(body) else body
    body = _MARKED_DATE.sub(r"\1\3", body)
    # feedparser 6.0.14 takes a picture's caption for the entry's summary, which then stands as
    # content; test_a_pictures_caption_is_not_the_summary tells when this can go.
    if "media:description" in body:
        body = body.replace("<media:description", "<media:caption")
        body = body.replace("</media:description", "</media:caption")
    whole = _cut_to_whole_entries(body, root)
    if whole is not None:
        body = whole
        kinds.append(("truncated", f"it ends before </{root}>"))
    return Prepared(
        text=body,
        root=_local(root),
        lines_dropped=text.count("\n", 0, found.start()),
        problems=tuple(Problem(kind=kind, message=message) for kind, message in kinds),
        is_as_it_stood=text.endswith(body)
        and bool(_FRONT.fullmatch(text, 0, len(text) - len(body))),
    )


def _local(name: str) -> str:
    return name.rpartition(":")[2].lower()


def _has_lost_root(text: str) -> bool:
    """Tell whether a text closes a feed that it never opened, around entries."""
    closed = _LOST_ROOT.search(text[-_LOST_ROOT_LENGTH:])
    return bool(closed and f"<{closed[1]}" not in text and ENTRY_BEGIN.search(text))


def _rooted(body: str, root: str) -> tuple[str, str, list[tuple[str, str]]]:
    """Return `body` with a root around it, the root's name, and what was wrong with either."""
    entries = ENTRY_BEGIN.findall(body) if _local(root) not in _FEEDS else []
    if _local(root) in _FEEDS or (_local(root) in _OUTER and len(entries) < 2):
        body, kinds = _cut_after_end(body, root)
        return body, root, kinds
    name, begin, end = _OUTER[_local(entries[0][1:])]
    ends = [found.end() for found in _ENTRY_END.finditer(body)]
    inside = body[: ends[-1]] if ends else _LOST_ROOT.sub("", body)
    problem = ("ill_formed", "its entries stand without the feed around them")
    return begin + inside + end, name, [problem]


def _cut_after_end(body: str, root: str) -> tuple[str, list[tuple[str, str]]]:
    """Return `body` up to the end of its root, and what to say of the text behind that."""
    second = re.search(rf"</{re.escape(root)}\s{{0,20}}>\s{{0,20}}(?=<\?xml)", body)
    at = second.start() if second else body.rfind(f"</{root}")
    end = body.find(">", at) + 1 if at >= 0 else 0
    tail = body[end:].strip(" \t\r\n\x00")
    if not end or (not second and ENTRY_BEGIN.search(tail)):
        return body, []
    if not tail or (tail.startswith("<!--") and tail.endswith("-->")):
        return body[:end], []
    problem = ("trailing", f"what stands after </{root}> was left out")
    return body[:end], [problem]


def _skip_prolog(text: str) -> int:
    """Return the place after declarations, comments, instructions and the DOCTYPE."""
    at = 0
    while True:
        blank = _BLANK.match(text, at)
        at = blank.end() if blank else at
        if text.startswith("<!--", at):
            end = _after(text, "-->", at)
        elif text.startswith("<?", at):
            end = _after(text, ">", at)
        elif text.startswith("<!", at):
            end = _after_doctype(text, at)
        else:
            return at
        if end < 0:
            return at
        at = end


def _after(text: str, mark: str, at: int) -> int:
    found = text.find(mark, at)
    return found + len(mark) if found >= 0 else -1


def _after_doctype(text: str, at: int) -> int:
    """Return the place after a DOCTYPE, its internal subset included, or -1."""
    end = _after(text, ">", at)
    subset = text.find("[", at, max(end, at))
    if subset < 0:
        return end
    closed = _SUBSET_END.search(text, subset)
    return closed.end() if closed else end


def _join_pair(found: re.Match[str]) -> str:
    """Write the character that two references to surrogates mean, as JavaScript writes it."""
    high, low = (
        int(decimal) if decimal else int(hexadecimal, 16)
        for decimal, hexadecimal in (found.group(1, 2), found.group(3, 4))
    )
    if not (0xD800 <= high < 0xDC00 <= low < 0xE000):
        return found[0]
    return chr(0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00))


def _mend_reference(found: re.Match[str]) -> str:
    digits, base = (found[1], 10) if found[1] else (found[2], 16)
    code = int(digits, base) if len(digits) <= 8 else -1
    if 0x80 <= code <= 0x9F:
        return bytes([code]).decode("cp1252", "ignore")
    allowed = code in _WHITE or 0x20 <= code <= 0xD7FF or 0xE000 <= code <= 0x10FFFF
    return found[0] if allowed and code not in {0xFFFE, 0xFFFF} else ""


def _cut_to_whole_entries(body: str, root: str) -> str | None:
    """Return a cut-off document up to its last whole entry; None when its root is closed.

    The entry that was being sent would otherwise come out half, under another identity than it
    has when it is whole.
    """
    if f"</{root}" in body or body.find(">") >= len(body.rstrip()) - 1:
        return None
    ends = [end.end() for end in _ENTRY_END.finditer(body)]
    if ends:
        return body[: ends[-1]]
    begun = ENTRY_BEGIN.search(body)
    return body[: begun.start()] if begun else body
