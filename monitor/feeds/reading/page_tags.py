"""The tags of a web page that lead elsewhere: link, base, meta and a, with their attributes.

Pure: never touches network, clock or disk. Time grows with the length of the page.
"""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass

from monitor.feeds.plaintext import one_line
from monitor.feeds.urls import absolute_link

SEARCHED = 262_144  # characters; a page names its feeds in the head

_TAG = re.compile(
    r"""<(link|base|meta|a)(?=[\s/])((?:[^<>"']++|"[^"<]*+"|'[^'<]*+'|["'])*+)>""", re.IGNORECASE
)
_ATTRIBUTE = re.compile(r"""([a-zA-Z:-]{1,40})\s*+=\s*+(?:"([^"]*+)"|'([^']*+)'|([^\s"'>]++))""")
_TITLE = re.compile(r"<title[^<>]{0,500}>([^<]{0,300})", re.IGNORECASE)
_LONGEST = 4_000  # characters of a value; html.unescape raises on a number of more digits
_WORDS = 300  # characters of markup in which an anchor's words stand


@dataclass(frozen=True, slots=True, kw_only=True)
class Tag:
    """One tag: its name and attributes in lower case, their values decoded; `words` follow an a."""

    name: str
    attributes: dict[str, str]
    words: str = ""

    def says(self, attribute: str) -> str:
        """Return the value of an attribute, "" where it has none."""
        return self.attributes.get(attribute, "").strip()


def tags(page: str) -> Iterator[Tag]:
    """Yield a page's tags in their order, those in comments left out."""
    page = without_comments(page[:SEARCHED])
    for found in _TAG.finditer(page):
        name = found[1].lower()
        said = {
            key.lower(): html.unescape((a or b or c)[:_LONGEST])
            for key, a, b, c in _ATTRIBUTE.findall(found[2])
        }
        words = ""
        if name == "a":
            words = page[found.end() : found.end() + _WORDS].partition("</a")[0]
            words = one_line(words.partition("</A")[0], is_html=True)[:100]
        yield Tag(name=name, attributes=said, words=words)


def base_of(page_tags: list[Tag], url: str) -> str:
    """Return the address that a page's links are relative to."""
    bases = (absolute_link(tag.says("href"), url) for tag in page_tags if tag.name == "base")
    return next(filter(None, bases), url)


def title_of(page: str) -> str:
    """Return what a page calls itself, "" where it does not say."""
    title = _TITLE.search(page[:SEARCHED])
    return one_line(title[1], is_html=True)[:100] if title else ""


def without_comments(page: str) -> str:
    """Return a page without its comments; one that never ends hides what follows."""
    first, *rest = page.split("<!--")
    return "".join([first, *(part.partition("-->")[2] for part in rest)])
