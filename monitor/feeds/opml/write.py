"""Feeds become an OPML 2.0 document (opml.org/spec2.opml). Pure.

A feed stands in one folder, as most readers expect; its other tags are its category. What
`monitor.feeds.opml` reads from the document are the feeds that were given, with the same tags.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from email.utils import format_datetime
from xml.sax.saxutils import escape, quoteattr

from monitor.feeds.opml import Outline

_INDENT = "  "


def write_opml(feeds: Iterable[Outline], *, title: str, now: datetime) -> str:
    """Return the document; `now` is its date. A feed's folder is its first tag."""
    return "".join(
        [
            '<?xml version="1.0" encoding="UTF-8"?>\n<opml version="2.0">\n  <head>\n',
            f"    <title>{escape(title)}</title>\n",
            f"    <dateCreated>{format_datetime(now.astimezone(UTC), usegmt=True)}</dateCreated>\n",
            "  </head>\n  <body>\n",
            *_folders(feeds),
            "  </body>\n</opml>\n",
        ]
    )


def _folders(feeds: Iterable[Outline]) -> Iterator[str]:
    by_folders: dict[tuple[str, ...], list[tuple[Outline, tuple[str, ...]]]] = {}
    for feed in feeds:
        folders, categories = _placed(feed.tags)
        by_folders.setdefault(folders, []).append((feed, categories))
    for folders, inside in by_folders.items():
        for depth, folder in enumerate(folders, 2):
            name = quoteattr(folder)
            yield f"{_INDENT * depth}<outline text={name} title={name}>\n"
        for feed, categories in inside:
            yield _INDENT * (2 + len(folders)) + _outline(feed, categories)
        for depth in range(len(folders) + 1, 1, -1):
            yield f"{_INDENT * depth}</outline>\n"


def _placed(tags: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the folders of a feed and its categories, in which `,` and `/` separate."""
    folders = tuple(tag for tag in tags if "," in tag or "/" in tag)
    rest = tuple(tag for tag in tags if tag not in folders)
    return (folders, rest) if folders else (rest[:1], rest[1:])


def _outline(feed: Outline, categories: tuple[str, ...]) -> str:
    attributes = {
        "type": "rss",
        "text": feed.title,
        "title": feed.title,
        "xmlUrl": feed.url,
        "language": feed.language,
        "category": ",".join(categories),
    }
    said = (f"{name}={quoteattr(value)}" for name, value in attributes.items() if value)
    return f"<outline {' '.join(said)}/>\n"
