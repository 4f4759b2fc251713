"""What came is no feed: is it a page that names one, a bot check, or something else?

Pure: never touches network, clock or disk.
"""

import re
from collections.abc import Iterator

from monitor.feeds.plaintext import one_line
from monitor.feeds.reading import page_tags
from monitor.feeds.reading.page_tags import Tag
from monitor.feeds.urls import absolute_link, host_of
from monitor.model import ErrorKind, Failed

SEARCHED = page_tags.SEARCHED

FEED_TYPES = {
    "application/rss+xml",
    "application/atom+xml",
    "application/rdf+xml",
    "application/feed+json",
    "application/x-rss+xml",
    "application/x.atom+xml",
    "text/rss+xml",
    "text/atom+xml",
}

# These name a feed only where the link's address or title does.
_VAGUE_TYPES = {"application/xml", "text/xml", "application/json"}
_FEED_TITLE = re.compile(r"\b(?:rss|atom|feed)\b", re.IGNORECASE)

NO_FEED = "neither RSS nor Atom nor JSON Feed"

_PAGE = re.compile(r"<!doctype html|<(?:html|head|body)[\s>]", re.IGNORECASE)
_OPML = re.compile(r"<opml[\s>]", re.IGNORECASE)  # has a head and a body too
_FEED_PATH = re.compile(r"(?:^|[/._?=-])(?:rss|rdf|atom|feeds?)(?:$|[/._?=&-])", re.IGNORECASE)
_REFRESH = re.compile(
    r"\s*+[\d.]*+\s*+[;,]?+\s*+(?:url\s*+=\s*+)?+[\"']?+\s*+([^\"'\s]++)", re.IGNORECASE
)

# What stands in pages that ask whether the visitor is a person, in lower case. Guards put some of
# it into a site's own pages as well, which is why a page's feed is looked for first.
_CHALLENGES = (
    "/cdn-cgi/challenge-platform/",
    "cf-chl-",
    "cf_chl_",
    "cf-browser-verification",
    "<title>just a moment...</title>",
    "<title>attention required! | cloudflare",
    "checking your browser before",
    "enable javascript and cookies to continue",
    "_incapsula_resource",
    "incapsula incident id",
    "pardon our interruption",
    "captcha-delivery.com",
    "px-captcha",
    "_pxappid",
    "awswafintegration",
    ".awswaf.com/",
    "sucuri_cloudproxy",
    "ddos-guard",
    "/_sec/cp_challenge",
    "vercel security checkpoint",
    "tspd_101",
    "slowaes.decrypt",
    "geo.captcha",
    "are you a robot?",
    "verify you are human",
    "verifying you are human",
    "confirm you are human",
    "unusual traffic from your computer network",
    "/.within.website/x/cmd/anubis",
    "making sure you&#39;re not a bot",
    "making sure you're not a bot",
)

# Other pages that stand in a feed's place: what they are, what marks them, in lower case.
_STANDINS = (
    (
        "a network's own page (a captive portal), which asks for a login before it lets anyone out",
        ("wispaccessgatewayparam", "captive portal", "captiveportal", "hotspot login"),
        re.compile(r"wi-?fi (?:login|access|portal)|network authentication|hotspot|captive"),
    ),
    (
        "a page that asks for consent first",
        ("//consent.", "//guce.", "/privacy-gate", "consentcheck"),
        re.compile(
            r"before you continue|\bconsent\b|cookie (?:settings|wall)|privacy (?:settings|gate)"
            r"|avant de continuer|bevor (?:sie|du) fort"
        ),
    ),
    (
        "the page of a domain that is parked or for sale",
        (
            "sedoparking", "parkingcrew", "parklogic", "hugedomains.com", "afternic.com",
            "bodis.com", "buy this domain", "domain is for sale", "domain may be for sale",
            "domain name is for sale", "domain is parked", "parked free", "domain has expired",
            "this domain name has been registered", "/lander",
        ),
        re.compile(r"domain (?:name )?(?:for sale|parked|expired)|parked domain"),
    ),
    (
        "a page that asks for a login",
        ('type="password"', "type='password'", "type=password"),
        re.compile(r"^(?:sign|log) ?(?:in|on)\b|\b(?:anmelden|iniciar sesión|connexion|log ?in)\b"),
    ),
)  # fmt: skip

# How files that are no text begin, where their bytes are ASCII and thus survive decoding.
_FILES = (
    ("a PNG image", 1, "PNG\r\n"),
    ("a GIF image", 0, "GIF8"),
    ("a JPEG image", 6, "JFIF"),
    ("a JPEG image", 6, "Exif"),
    ("a WebP image", 8, "WEBP"),
    ("an icon", 0, "\x00\x00\x01\x00"),
    ("a PDF file", 0, "%PDF-"),
    ("a zip file", 0, "PK\x03\x04"),
    ("a gzip file", 0, "\x1f"),
    ("an MP3 file", 0, "ID3"),
    ("a video", 4, "ftyp"),
    ("an Ogg file", 0, "OggS"),
    ("a font", 0, "wOF"),
    ("an SQLite database", 0, "SQLite format 3"),
)
_XML = {
    "opml": "an OPML list of feeds, not a feed; `monitor import` takes it",
    "urlset": "a sitemap, not a feed",
    "sitemapindex": "an index of sitemaps, not a feed",
    "svg": "an SVG image, not a feed",
    "xsl:stylesheet": "a stylesheet, not a feed",
}
_ROOT = re.compile(r"<([A-Za-z_][\w.:-]{0,60})")
_MESSAGE = re.compile(
    r"<(?:\w+:)?(?:message|faultstring|error)\b[^<>]{0,200}>([^<]{1,300})<", re.IGNORECASE
)


def is_bot_check(page: str, *, url: str) -> bool:
    """Tell whether a page asks if a person is there; one that names a feed is the site's own."""
    return classify(page, url=url).kind is ErrorKind.BOT_CHALLENGE


def classify(text: str, *, url: str) -> Failed:
    """Return why `text`, which is no feed, could have come from a feed's address."""
    head = text[:SEARCHED]
    tags = list(page_tags.tags(head))
    onward = refreshed_to(tags, url)
    feed = next(feed_links(tags, url), "") or (onward if looks_like_feed(onward) else "")
    if feed:
        message = f"a web page, not a feed; its feed is at {feed}"
        return Failed(kind=ErrorKind.HTML_WITH_FEED_LINK, message=message)
    lower = head.lower()
    if any(mark in lower for mark in _CHALLENGES):
        message = (
            "the site asks whether a person is there (a bot check) instead of sending its feed"
        )
        return Failed(kind=ErrorKind.BOT_CHALLENGE, message=message)
    is_page = _PAGE.search(head) and not _OPML.search(head)
    what = _page(head, lower, url) if is_page else _other(head)
    where = f"; it sends its readers on to {onward}" if onward else ""
    return Failed(kind=ErrorKind.NOT_A_FEED, message=what + where)


def feed_links(tags: list[Tag], url: str) -> Iterator[str]:
    """Yield the addresses of the feeds that a page's links name."""
    base = page_tags.base_of(tags, url)
    for tag in tags:
        if names_feed(tag) and (link := absolute_link(tag.says("href"), base)):
            yield link


def names_feed(tag: Tag) -> bool:
    """Tell whether a tag is a link to a feed."""
    kind = tag.says("type").partition(";")[0].strip().lower()
    relations = tag.says("rel").lower().split()
    if tag.name != "link" or not {"alternate", "feed"} & {*relations}:
        return False
    if kind in _VAGUE_TYPES:
        place = tag.says("href").partition("?")[0].rpartition("//")[2]
        return bool(_FEED_TITLE.search(tag.says("title")) or looks_like_feed(f"x://x/{place}"))
    return kind in FEED_TYPES or (not kind and "feed" in relations)


def looks_like_feed(url: str) -> bool:
    """Tell whether an address reads like a feed's."""
    return _FEED_PATH.search(url.partition("://")[2].partition("/")[2]) is not None


def refreshed_to(tags: list[Tag], url: str) -> str:
    """Return where a page sends its readers by itself, "" where it does not."""
    for tag in tags:
        if tag.name == "meta" and tag.says("http-equiv").lower() == "refresh":
            found = _REFRESH.fullmatch(tag.says("content").rstrip("\"' "))
            return absolute_link(found[1], page_tags.base_of(tags, url)) if found else ""
    return ""


def _page(head: str, lower: str, url: str) -> str:
    """Say what a page is, by what marks it or by what it calls itself."""
    title = page_tags.title_of(head)
    shown = f" (“{title}”)" if title else ""
    searched = f"//{host_of(url)}/ {lower}"
    for what, marks, titles in _STANDINS:
        if any(mark in searched for mark in marks) or titles.search(title.lower()):
            return f"{what}{shown}, not a feed"
    return f"a web page{shown}, not a feed"


def _other(head: str) -> str:
    """Say what something else is: a file, another kind of XML, a program's message."""
    start = head[:64].lstrip("\ufeff")
    for what, at, mark in _FILES:
        if start.startswith(mark, at):
            return f"{what}, not a feed"
    root = _ROOT.search(head)
    if root and head.lstrip("\ufeff \t\r\n").startswith("<"):
        message = _MESSAGE.search(head)
        said = f"; it says “{one_line(message[1], is_html=True)[:200]}”" if message else ""
        return _XML.get(root[1].lower(), f"XML (<{root[1]}>), but not a feed") + said
    line = one_line(head.lstrip("\ufeff\x00 \t\r\n").partition("\n")[0][:200])
    if len(line) > 1 and "\ufffd" not in head:
        return f"{NO_FEED}: it says “{line}”"
    return NO_FEED
