"""Strangers' markup becomes plain text that is safe to store, match and show.

Pure: never touches network, clock or disk. Every text that leaves the parser passes `clean`.
Time grows with the length of the text, whatever it holds.
"""

import html
import re
from functools import lru_cache
from html.entities import html5

# Controls, bidi embeddings and isolates (they reorder what a person reads), noncharacters and
# lone surrogates (databases and UTF-8 refuse them), and the byte order mark inside a text.
_BASIC = (
    "\x00-\x09\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff\ufdd0-\ufdef"
    "\ufffe\uffff"
)
_BEYOND = "".join(chr(plane << 16 | low) for plane in range(1, 17) for low in (0xFFFE, 0xFFFF))
_FORBIDDEN = re.compile(f"[{_BASIC}{_BEYOND}]")
# Single characters past the basic plane make a class slow: this one asks first, eight times faster.
_SUSPECT = re.compile(f"[{_BASIC}\U00010000-\U0010ffff]")
_LINE_BREAKS = re.compile("\r\n|[\r\x85\u2028\u2029]")
_ODD_BLANKS = re.compile("[\u1680\u2000-\u200a\u202f\u205f\u3000]")
_BLANKS = re.compile("  +")
_SPACES = re.compile("[\t\x0b\x0c\x1c-\x1f]")

# A whole tag or comment that holds no other < than its own, as nearly all do. The pattern can't
# backtrack or look past the next <, so that a text of nothing but < costs no more than another.
_TAG = re.compile(
    r"""<(?:(/?[a-zA-Z][^\s/<>]*+)"""
    r"""(?:>|(?:[^"'=<>]++(?:="[^"<]*+")?+|=\s*+(?:"[^"<]*+"|'[^'<]*+')?+|["'])*+>)"""
    r"""|!--(?:[^-<>]++|-(?!->))*+-->)"""
)
_TAG_OPEN = re.compile(r"<(?:(/?[a-zA-Z][^\s/<>]*+)|(!--)|(!\[CDATA\[)|[!?/])")
# A tag ends at the first > outside a quoted value.
_TAG_REST = re.compile(r"""(?:[^"'=>]++|=\s*+(?:"[^"]*+"|'[^']*+')?+|["'])*+>""")
_TAG_REST_LIMIT = 4096  # a longer tag ends at its first >, so that no tag costs more than this

_INLINE_NAMES = """
    a abbr acronym b bdi bdo big cite code data del dfn em font i ins kbd label mark nobr q rb rp
    rt ruby s samp small span strike strong sub sup time tt u var wbr
"""
_BLOCK_NAMES = """
    address article aside blockquote body br caption center dd details dialog dir div dl dt
    fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 header hr html img li main menu nav
    ol option p pre section select summary table tbody td tfoot th thead title tr ul
"""
_INLINE = frozenset(_INLINE_NAMES.split())
_BLOCK = frozenset(_BLOCK_NAMES.split())
_UNSEEN = {  # what stands inside is not text for a reader
    name: re.compile(rf"</{name}\b[^>]*>?", re.IGNORECASE)
    for name in ("script", "style", "template", "iframe", "svg")
}
_UNSEEN_EMPTY = re.compile(rf"<(?:{'|'.join(_UNSEEN)})\b[^<>]*/>", re.IGNORECASE)
_GAP: dict[str | None, str] = {None: ""}  # of a comment
_GAP |= {  # what each tag that is known leaves in the text, by its usual spellings
    spelling: "" if name in _INLINE else "\n"
    for name in (*_INLINE, *_BLOCK, *_UNSEEN)
    for spelling in (name, f"/{name}", name.upper(), f"/{name.upper()}")
}
_OPENS_UNSEEN = {spelling for name in _UNSEEN for spelling in (name, name.upper())}

HTML_NAMES = _INLINE | _BLOCK | _UNSEEN.keys()
_KNOWN = "|".join(sorted(HTML_NAMES))
_MARKUP = re.compile(
    rf"</(?:{_KNOWN})\s*>|<(?:br|hr|p|img|div|li)(?:\s[^<>]{{0,500}})?/?>|<!\[CDATA\[",
    re.IGNORECASE,
)
_REFERENCE = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|([a-zA-Z][a-zA-Z0-9]{1,31}));")
_HUGE_REFERENCE = re.compile(r"&#\d{8,};?")
_ANY_REFERENCE = re.compile(  # as browsers read them, without their semicolon too
    r"(&(?:#[0-9]{1,7};?|#[xX][0-9a-fA-F]{1,32};?|[^\t\n\f <&#;]{1,32};?))"
)


def clean(text: str) -> str:
    """Return `text` without the characters no reader needs and some database refuses.

    Line breaks of all kinds become a newline, other white controls a space.
    """
    if is_clean(text):
        return text
    return _FORBIDDEN.sub("", _SPACES.sub(" ", _LINE_BREAKS.sub("\n", text)))


def is_clean(text: str) -> bool:
    """Tell whether `clean` would return `text` as it is."""
    # What is forbidden is not printable; asking that first is twice as fast as any pattern.
    return (
        text.replace("\n", "").isprintable()
        or _SUSPECT.search(text) is None
        or _FORBIDDEN.search(text) is None
    )


def plain(text: str, *, is_html: bool) -> str:
    """Return plain text: markup gone, references decoded, blanks folded, one line per block."""
    if is_html:
        text = text.replace("\n", " ").replace("\r", " ")
        if "<" in text or "&" in text:
            text = _without_markup(text)
    return _folded(text)


def one_line(text: str, *, is_html: bool = False) -> str:
    """Return plain text on a single line, as titles and names are."""
    return plain(text, is_html=is_html).replace("\n", " ")


def readable(text: str, *, is_html: bool) -> str:
    """Return plain text of a value whose label can't be trusted.

    Text labelled plain is read as HTML when it looks so. Text that held no tags and still looks
    like HTML once decoded was escaped twice by its publisher, and is read once more.
    """
    if "<" not in text and "&" not in text:
        return plain(text, is_html=is_html)
    first = plain(text, is_html=is_html or looks_like_html(text))
    if looks_like_html(first) and _MARKUP.search(text) is None:
        return plain(first, is_html=True)
    return first


def looks_like_html(text: str) -> bool:
    """Tell whether `text` holds a known tag or a known character reference."""
    if "<" in text and _MARKUP.search(text):
        return True
    return "&" in text and any(
        found[1] is None or f"{found[1]};" in html5 for found in _REFERENCE.finditer(text)
    )


def _folded(text: str) -> str:
    """Return `text` cleaned, its lines trimmed, none of them empty, single blanks within."""
    if "\xa0" in text or "\t" in text:
        text = text.replace("\xa0", " ").replace("\t", " ")
    # Printable text is clean, and its only blank is the space.
    if text.isprintable():
        text = text.strip(" ")
    else:
        if not text.replace("\n", "").isprintable():
            text = _ODD_BLANKS.sub(" ", clean(text))
        text = "\n".join(filter(None, map(str.strip, text.split("\n"))))
    return _BLANKS.sub(" ", text) if "  " in text else text


def _without_markup(source: str) -> str:
    """Return what a reader sees, with a newline where a block begins or ends."""
    pieces = _TAG.split(source)
    names = pieces[1::2]
    known = {*names}
    if not known <= _GAP.keys():
        names = [name and name.lower() for name in names]
        known = {*names}
    if not _OPENS_UNSEEN.isdisjoint(known):
        if source.count("<") > len(names) or _UNSEEN_EMPTY.search(source):
            return _decoded(_scan(source))
        _hide_unseen(pieces, names)
    if known <= _GAP.keys():
        pieces[1::2] = map(_GAP.__getitem__, names)
    else:
        pieces[1::2] = [_GAP.get(name, "") for name in names]
    text = "".join(pieces)
    return _decoded(_scan(source) if "<" in text else text)  # one is left that begins no tag


def _hide_unseen(pieces: list[str], names: list[str | None]) -> None:
    """Take from `pieces`, texts with a name between two, what stands in a script and its like."""
    closing = ""
    for at, name in enumerate(names):
        if not closing and name in _OPENS_UNSEEN:
            closing = f"/{name.lower()}"
        elif closing and name and name.lower() == closing:
            closing = ""
        elif closing:
            names[at] = None
        if closing:
            pieces[2 * at + 2] = ""


def _scan(source: str) -> str:
    """Do the same tag by tag, for comments, scripts, CDATA and odd tags."""
    pieces: list[str] = []
    at = 0
    while (opened := _TAG_OPEN.search(source, at)) is not None:
        pieces.append(source[at : opened.start()])
        name, comment, cdata = opened.groups()
        if name:
            at, gap = _skip_tag(source, opened.end(), name.lower())
            pieces.append(gap)
        elif cdata:
            at = opened.end()
        elif comment:  # one that never ends hides the rest, as in a browser
            at = _skip_past(source, "-->", opened.end(), otherwise=len(source))
        else:
            at = _skip_past(source, ">", opened.end(), otherwise=-1)
        if at < 0:  # nothing closes it: it was text, and so is all that follows
            at = opened.start()
            break
    pieces.append(source[at:])
    return "".join(pieces).replace("]]>", "")


def _skip_tag(source: str, at: int, name: str) -> tuple[int, str]:
    """Return where the text goes on after a tag, -1 if the tag never ends, and the gap it makes."""
    end = source.find(">", at) + 1
    if not end:
        return -1, ""
    inside = source[at : min(end, at + _TAG_REST_LIMIT)]
    if inside.count('"') % 2 or inside.count("'") % 2:
        rest = _TAG_REST.match(source, at, at + _TAG_REST_LIMIT)
        end = rest.end() if rest else end
    if name in _UNSEEN and source[end - 2] != "/":
        closed = _UNSEEN[name].search(source, end)
        end = closed.end() if closed else len(source)
    return end, _GAP.get(name, "")


def _skip_past(source: str, mark: str, at: int, *, otherwise: int) -> int:
    found = source.find(mark, at)
    return found + len(mark) if found >= 0 else otherwise


def _decoded(text: str) -> str:
    """Decode references to characters; html.unescape raises on one of thousands of digits."""
    if "&" not in text:
        return text
    if "&#" in text:
        text = _HUGE_REFERENCE.sub("", text)
    pieces = _ANY_REFERENCE.split(text)
    pieces[1::2] = map(_character, pieces[1::2])
    return "".join(pieces)


@lru_cache(maxsize=1_024)  # few of them make up nearly all
def _character(reference: str) -> str:
    return html.unescape(reference)
