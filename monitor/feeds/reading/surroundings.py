"""A feed's root is found where something else begins the text, unless the feed is only quoted.

Pure: never touches network, clock or disk. Time grows with the length of the text. Servers put
warnings before their feeds, and some wrap them in a page. A page or a text about feeds quotes one:
in a comment, a script, a text area, behind words on the same line or before others.
"""

import re

from monitor.feeds.plaintext import plain
from monitor.feeds.reading.page_tags import SEARCHED

ENTRY_BEGIN = re.compile(r"<(?:\w{1,20}:)?(?:item|entry)\b")

_FEED = re.compile(r"<((?:\w{1,20}:)?(?:rss|feed|rdf|channel))[\s>]", re.IGNORECASE)
_HIDING = "script style textarea template pre code xmp noscript title iframe object"
_HIDDEN_END = {name: re.compile(rf"</{name}\b", re.IGNORECASE) for name in _HIDING.split()}
_TAG = re.compile(
    r"<(?:(!--)|(!\[CDATA\[)|(?:/|!|\?)?([A-Za-z_][\w.:-]{0,60})"
    r"((?:[^<>\"']++|\"[^\"]{0,2000}+\"|'[^']{0,2000}+'|[\"'])*+)>)"
)
_HOLDS_XML = re.compile(r"type\s*=\s*[\"']?[\w.+-]+/[\w.+-]*xml", re.IGNORECASE)
_PAGES = {"html", "head", "body"}
_DOCTYPE_OF_PAGE = re.compile(r"<!doctype\s+html", re.IGNORECASE)
_NO_HOLDERS = {"stylesheet", "transform", "svg"}  # what stands in these is no feed of its own

_TITLE = re.compile(r"<title[^<>]{0,500}>[^<]{0,1000}</title", re.IGNORECASE)
_NOTICE = re.compile(  # as PHP writes them
    r"(?:PHP )?(?:Warning|Notice|Deprecated|(?:Fatal|Parse|Recoverable fatal) error"
    r"|Strict Standards)\s?:.{1,1000}? on line \d+"
)
_WORD = re.compile(r"[^\W\d_]{2}")
_LINE_BEGINS = re.compile(r"(?:\A|[\r\n>])[ \t\ufeff\x00]{0,3}\Z")
_QUOTE = re.compile(r"(?:[`'\"=(\[{]|(?:```|~~~)\w{0,20})\Z")
_DECLARATION_LAST = re.compile(r"<\?xml[^<>]{0,300}>[ \t\r\n]{0,9}\Z")
_MOST_BEFORE = 2_048  # characters of words before a feed, and below, behind it
_MOST_BEHIND = 500

_SHOWN_FEED = re.compile(r"&lt;(?:\w{1,20}:)?(?:rss|feed|RDF)(?:\s|&gt;|>)")
_SHOWN = (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&#39;", "'"), ("&amp;", "&"))


def inner_feed(text: str) -> re.Match[str] | None:
    """Find the root of the feed that `text` holds besides other things, its name in group 1."""
    found = _FEED.search(text, 0, SEARCHED) and _first_root(text)
    if not found:
        return None
    root, is_page = found
    has_entries = ENTRY_BEGIN.search(text, root.end())
    if not has_entries and (is_page or root[1].lower() not in {"rss", "feed"}):
        return None
    end = text.rfind(f"</{root[1]}")
    behind = text[text.find(">", end) + 1 :] if end >= 0 else ""
    return root if _is_main(text[: root.start()], behind, is_page=is_page) else None


def shown_feed(text: str) -> str:
    """Return the feed that a page shows as text and that makes up nearly all of it, or ""."""
    begun = _SHOWN_FEED.search(text)
    end = text.find(";" if "&gt;" in text else ">", text.rfind("&lt;/") + len("&lt;/")) + 1
    if begun is None or 5 * (end - begun.start()) < 4 * len(text):
        return ""
    shown = text[begun.start() : end]
    for written, meant in _SHOWN:
        shown = shown.replace(written, meant)
    return shown


def _first_root(text: str) -> tuple[re.Match[str], bool] | None:
    """Find the first root that is markup, not text, and tell whether a page's tags came before."""
    at, is_page = 0, bool(_DOCTYPE_OF_PAGE.search(text, 0, _MOST_BEFORE))
    while found := _TAG.search(text, at, SEARCHED):
        if root := _FEED.match(text, found.start()):
            return root, is_page
        comment, cdata, name, said = found.groups()
        local = (name or "").rpartition(":")[2].lower()
        if local in _NO_HOLDERS:
            return None
        is_page = is_page or local in _PAGES
        at = found.end()
        if comment or cdata:
            past = text.find("-->" if comment else "]]>", at)
            if past < 0:  # it hides the rest of a page; elsewhere it is a slip before the feed
                return None if is_page else _root_behind(text, at)
            at = past + 3
        elif local in _HIDDEN_END and found[0][1] != "/" and not _HOLDS_XML.search(said):
            closed = _HIDDEN_END[local].search(text, at)
            if closed is None:
                return None
            at = closed.end()
    return None


def _root_behind(text: str, at: int) -> tuple[re.Match[str], bool] | None:
    root = _FEED.search(text, at, at + _MOST_BEFORE)
    return (root, False) if root else None


def _is_main(before: str, behind: str, *, is_page: bool) -> bool:
    """Tell whether a feed is what a text is for, by what stands around it."""
    words_before, words_behind = _words(before), _words(behind)
    if not _WORD.search(words_before):
        return len(words_behind) <= _MOST_BEHIND
    before = _DECLARATION_LAST.sub("", before)
    return (
        not is_page
        and len(words_before) <= _MOST_BEFORE
        and not _WORD.search(words_behind)
        and _LINE_BEGINS.search(before) is not None
        and _QUOTE.search(before.rstrip()) is None
    )


def _words(markup: str) -> str:
    """Return what a reader would see of `markup`, without titles and programs' notices."""
    seen = plain(_TITLE.sub("", markup[: 2 * SEARCHED]), is_html=True)
    return _NOTICE.sub("", seen).strip()
