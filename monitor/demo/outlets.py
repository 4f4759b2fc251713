"""Ten outlets, each publishing in its own format. Pure: an outlet becomes bytes.

The events are those of November and December 2025; every text is the project's own.
"""

import gzip
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from hashlib import blake2b
from xml.sax.saxutils import escape


@dataclass(frozen=True, slots=True)
class Piece:
    """One article: where it stands on its site, and what it says."""

    link: str
    title: str
    summary: str
    published: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlet:
    """A site with one feed."""

    slug: str
    name: str
    render: Callable[["Outlet", tuple[Piece, ...]], bytes]
    content_type: str
    language: str = "en"
    gzipped: bool = False

    @property
    def path(self) -> str:
        """Return where the feed stands on the loopback server."""
        return f"/{self.slug}/feed"

    def document(self, pieces: tuple[Piece, ...]) -> tuple[bytes, dict[str, str]]:
        """Return the feed as it goes on the wire, and its headers."""
        body = self.render(self, pieces)
        headers = {"Content-Type": self.content_type, "ETag": f'"{_tag(body)}"'}
        if self.gzipped:
            body = gzip.compress(body, mtime=0)
            headers["Content-Encoding"] = "gzip"
        return body, headers


def _tag(body: bytes) -> str:
    return blake2b(body, digest_size=8).hexdigest()


def _rss_item(piece: Piece) -> str:
    return (
        f"<item><title>{escape(piece.title)}</title><link>{escape(piece.link)}</link>"
        f"<guid>{escape(piece.link)}</guid><pubDate>{format_datetime(piece.published)}</pubDate>"
        f"<description>{escape(piece.summary)}</description></item>"
    )


def rss(outlet: Outlet, pieces: tuple[Piece, ...], encoding: str = "utf-8") -> bytes:
    """Write RSS 2.0."""
    items = "".join(map(_rss_item, pieces))
    text = (
        f'<?xml version="1.0" encoding="{encoding}"?><rss version="2.0"><channel>'
        f"<title>{escape(outlet.name)}</title><link>https://{outlet.slug}.example/</link>"
        f"<description>News</description><language>{outlet.language}</language>{items}"
        "</channel></rss>"
    )
    return text.encode(encoding)


def rss_latin1(outlet: Outlet, pieces: tuple[Piece, ...]) -> bytes:
    """Write RSS 2.0 in ISO-8859-1, as many older sites do."""
    return rss(outlet, pieces, "iso-8859-1")


def rss_with_content(outlet: Outlet, pieces: tuple[Piece, ...]) -> bytes:
    """Write RSS 2.0 whose text stands as HTML in content:encoded."""
    items = "".join(
        f"<item><title>{escape(p.title)}</title><guid isPermaLink='false'>{_tag(p.link.encode())}"
        f"</guid><link>{escape(p.link)}</link><pubDate>{format_datetime(p.published)}</pubDate>"
        f"<content:encoded><![CDATA[<p>{escape(p.summary)}</p>]]></content:encoded></item>"
        for p in pieces
    )
    return (
        '<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>'
        f"<title>{escape(outlet.name)}</title>{items}</channel></rss>"
    ).encode()


def rss_091(outlet: Outlet, pieces: tuple[Piece, ...]) -> bytes:
    """Write RSS 0.91: no guids, no dates."""
    items = "".join(
        f"<item><title>{escape(p.title)}</title><link>{escape(p.link)}</link>"
        f"<description>{escape(p.summary)}</description></item>"
        for p in pieces
    )
    return (
        f'<?xml version="1.0"?><rss version="0.91"><channel><title>{escape(outlet.name)}</title>'
        f"<link>https://{outlet.slug}.example/</link><description>Notes</description>"
        f"<language>en</language>{items}</channel></rss>"
    ).encode()


def rdf(outlet: Outlet, pieces: tuple[Piece, ...]) -> bytes:
    """Write RSS 1.0."""
    items = "".join(
        f'<item rdf:about="{escape(p.link)}"><title>{escape(p.title)}</title>'
        f"<link>{escape(p.link)}</link><description>{escape(p.summary)}</description>"
        f"<dc:date>{p.published.isoformat()}</dc:date></item>"
        for p in pieces
    )
    return (
        '<?xml version="1.0"?><rdf:RDF xmlns="http://purl.org/rss/1.0/" '
        'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f'<channel rdf:about="https://{outlet.slug}.example/"><title>{escape(outlet.name)}</title>'
        f"<link>https://{outlet.slug}.example/</link></channel>{items}</rdf:RDF>"
    ).encode()


def atom(outlet: Outlet, pieces: tuple[Piece, ...]) -> bytes:
    """Write Atom 1.0."""
    entries = "".join(
        f"<entry><id>tag:{outlet.slug}.example,2025:{_tag(p.link.encode())}</id>"
        f'<title>{escape(p.title)}</title><link rel="alternate" href="{escape(p.link)}"/>'
        f"<published>{p.published.isoformat()}</published>"
        f"<updated>{p.published.isoformat()}</updated>"
        f"<summary>{escape(p.summary)}</summary></entry>"
        for p in pieces
    )
    return (
        f'<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom" '
        f'xml:lang="{outlet.language}"><title>{escape(outlet.name)}</title>'
        f"<id>tag:{outlet.slug}.example,2025:feed</id>{entries}</feed>"
    ).encode()


def json_feed(outlet: Outlet, pieces: tuple[Piece, ...]) -> bytes:
    """Write JSON Feed 1.1."""
    items = [
        {
            "id": _tag(p.link.encode()),
            "url": p.link,
            "title": p.title,
            "content_text": p.summary,
            "date_published": p.published.isoformat(),
        }
        for p in pieces
    ]
    feed: Mapping[str, object] = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": outlet.name,
        "language": outlet.language,
        "items": items,
    }
    return json.dumps(feed, ensure_ascii=False).encode()


RSS_TYPE = "application/rss+xml"
OUTLETS = (
    Outlet(slug="andes-wire", name="Andes Wire", render=rss, content_type=RSS_TYPE),
    Outlet(
        slug="harbour-post",
        name="Harbour Post",
        render=atom,
        content_type="application/atom+xml",
    ),
    Outlet(
        slug="ledger", name="The Ledger", render=json_feed, content_type="application/feed+json"
    ),
    Outlet(
        slug="istmo",
        name="Diario del Istmo",
        render=rss_latin1,
        content_type=RSS_TYPE,
        language="es",
    ),
    Outlet(slug="skyways", name="Skyways", render=rdf, content_type="application/rdf+xml"),
    Outlet(
        slug="coastal",
        name="Coastal Herald",
        render=rss,
        content_type=RSS_TYPE,
        gzipped=True,
    ),
    Outlet(slug="leaf", name="Leaf & Band", render=rss_091, content_type="text/xml"),
    Outlet(slug="pitchside", name="Pitchside", render=atom, content_type="application/atom+xml"),
    Outlet(slug="gulf", name="Gulf Monitor", render=rss, content_type=RSS_TYPE),
    Outlet(slug="barrel", name="Barrel Report", render=rss_with_content, content_type="text/xml"),
)
