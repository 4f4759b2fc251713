"""The main text of an article's own page, without what stands around it on the site.

Pure: never touches network, clock or disk. trafilatura is an optional extra and heavy; it is
imported when the first page is read, in a parser child that can be killed.
"""

import re
from importlib.util import find_spec

from monitor.feeds.plaintext import plain
from monitor.feeds.reading.decoding import decode
from monitor.feeds.reading.entries import MAX_CONTENT

# HTML names its charset in the first kilobyte (WHATWG HTML, 4.2.5.4); some need a little more.
_HEAD = 4_096
_CHARSET = re.compile(
    rb"<meta[^<>]{0,200}?charset\s*=\s*[\"']?\s*([A-Za-z0-9._:-]{1,40})", re.IGNORECASE
)


def is_available() -> bool:
    """Tell whether the extra that reads article pages is installed; imports nothing."""
    return find_spec("trafilatura") is not None


def extract(page: bytes, *, content_type: str = "") -> str:
    """Return the article of a page as plain text of at most MAX_CONTENT characters.

    "" where the page holds none. Takes long, or raises anything, for pages made to do so.
    """
    from trafilatura import extract as main_text

    text, _ = decode(page, content_type=_labelled(page, content_type))
    found = main_text(text, include_comments=False)
    return plain(found or "", is_html=False)[:MAX_CONTENT].rstrip()


def _labelled(page: bytes, content_type: str) -> str:
    """Return the Content-Type, with the charset the page itself names where the header has none."""
    named = _CHARSET.search(page, 0, _HEAD)
    if named is None or "charset" in content_type.lower():
        return content_type
    return f"text/html; charset={named[1].decode('ascii')}"
