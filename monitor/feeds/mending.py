"""An ill-formed feed becomes, where that is certain, the well-formed one its publisher meant.

Pure: never touches network, clock or disk. Time grows with the length of the text. It is for
documents an XML parser has refused: a well-formed one would come out as it was, at a cost.
"""

import re
from collections.abc import Callable
from html import escape
from html.entities import html5
from xml.parsers import expat

_CDATA, _CDATA_END = "<![CDATA[", "]]>"

# A reference, or an ampersand that begins none.
_AMPERSAND = re.compile(
    r"&(?:(?:amp|lt|gt|quot|apos|#\d{1,7}|#[xX][0-9a-fA-F]{1,6});|([A-Za-z][A-Za-z0-9]{1,31})(;?)|)"
)
# A quoted value may hold signs, but no tag: a quote that is never closed would swallow those.
# It may hold tags where it is not long and what follows is another attribute or the tag's end.
_AFTER_VALUE = r"(?=\s*+/?>|\s++[A-Za-z_][\w:.-]{0,60}+=[\"'])"
QUOTED = (
    r"\"(?:[^\"<]++|<(?![/!A-Za-z_]))*+\"|'(?:[^'<]++|<(?![/!A-Za-z_]))*+'"
    rf"|(?<==)(?:\"[^\"]{{0,2000}}+\"|'[^']{{0,2000}}+'){_AFTER_VALUE}"
)
_NO_TAG = re.compile(
    rf"<(?![!?]|/\s*+[A-Za-z_]|[A-Za-z_][\w.:-]*+(?=[\s/>\"'])(?:[^<>\"']++|{QUOTED}|[\"'])*+>)"
)

_PREFIX = re.compile(r"(?:</?|\s)([A-Za-z_][\w.-]{0,40}):[A-Za-z_]")
_DECLARED = re.compile(r"\sxmlns:([A-Za-z_][\w.-]{0,40})\s*=")
_KNOWN = {
    "atom": "http://www.w3.org/2005/Atom",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "dcterms": "http://purl.org/dc/terms/",
    "itunes": "http://www.itunes.com/dtds/podcast-1.0.dtd",
    "media": "http://search.yahoo.com/mrss/",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rss": "http://purl.org/rss/1.0/",
    "slash": "http://purl.org/rss/1.0/modules/slash/",
    "sy": "http://purl.org/rss/1.0/modules/syndication/",
    "thr": "http://purl.org/syndication/thread/1.0",
    "wfw": "http://wellformedweb.org/CommentAPI/",
}
_MOST_PREFIXES = 100


def flaw(body: str) -> tuple[str, int] | None:
    """Return what an XML parser objects to first, and on which line of `body`; None if nothing.

    `body` begins with its root element: it declares no document type and thus no entities.
    """
    parser = expat.ParserCreate("utf-8", " ")
    try:
        parser.Parse(body.encode("utf-8", "replace"), True)  # noqa: FBT003 - expat takes it by position
    except expat.ExpatError as error:
        return expat.ErrorString(error.code) or "not well-formed", error.lineno
    return None


def mend(body: str) -> str:
    """Return `body`, which begins with its root element, with what XML refuses put right.

    Ampersands and less-than signs that are text are escaped, HTML's names become characters, and
    the prefixes nobody declared are declared. Tags and what stands in CDATA stay as they are.
    """
    return declare_prefixes(outside_cdata(body, _mend_text))


def outside_cdata(body: str, mended: Callable[[str], str]) -> str:
    """Return `body` with each stretch outside of CDATA as `mended` returns it."""
    parts: list[str] = []
    at = 0
    while (begun := body.find(_CDATA, at)) >= 0:
        end = body.find(_CDATA_END, begun)
        if end < 0:
            break
        parts += [mended(body[at:begun]), body[begun : end + len(_CDATA_END)]]
        at = end + len(_CDATA_END)
    return "".join([*parts, mended(body[at:])])


def _mend_text(text: str) -> str:
    return _NO_TAG.sub("&lt;", escape_ampersands(text))


def escape_ampersands(text: str) -> str:
    """Escape the ampersands that are text, and write HTML's names as their characters."""
    return _AMPERSAND.sub(_mend_ampersand, text) if "&" in text else text


def _mend_ampersand(found: re.Match[str]) -> str:
    name, end = found.group(1, 2)
    if name is None:
        return found[0] if len(found[0]) > 1 else "&amp;"
    # Without its semicolon a name counts only where no value follows, as in ?a=1&copy=3.
    follows = found.string[found.end() : found.end() + 1]
    meant = html5.get(name + end, "") if end or follows != "=" else ""
    return escape(meant) if meant else f"&amp;{name}{end}"


def declare_prefixes(body: str) -> str:
    """Declare on the root element, with which `body` begins, the prefixes nobody declared."""
    missing = {*_PREFIX.findall(body)} - {*_DECLARED.findall(body)} - {"xml", "xmlns"}
    end = body.find(">")
    if not missing or len(missing) > _MOST_PREFIXES or end < 0:
        return body
    at = end - (body[end - 1] == "/")
    declared = "".join(
        f' xmlns:{prefix}="{_KNOWN.get(prefix, f"urn:undeclared:{prefix}")}"'
        for prefix in sorted(missing)
    )
    return body[:at] + declared + body[at:]
