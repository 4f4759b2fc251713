"""Addresses as strangers write them become addresses that can be compared, keyed and shown.

Pure: never touches network, clock or disk.
"""

import re
from contextlib import suppress
from functools import lru_cache
from urllib.parse import SplitResult, urljoin, urlsplit

from monitor.feeds.plaintext import is_clean

MAX_URL = 2048  # characters; browsers and chat services stop near it

# Query parameters that say who sent the reader, never what is shown.
_TRACKING_PREFIXES = ("utm_", "at_", "ns_", "mtm_", "pk_", "hsa_", "_hs")
_TRACKING_NAMES = """
    fbclid gclid gclsrc dclid wbraid gbraid msclkid yclid twclid ttclid igshid mc_cid mc_eid
    mkt_tok _gl xtor ocid ito ftag ncid cmpid icid wprss maca s_cid guccounter
    __twitter_impression
"""
# These carry meaning elsewhere; only a value that names a feed makes them tracking.
_FEED_NAMES = "ref source src from feed via mod cmp partner emc traffic_source origin campaign"
_TRACKING = frozenset(_TRACKING_NAMES.split())
_TRACKING_IF_FEED = frozenset(_FEED_NAMES.split())
_FEED_VALUE = re.compile(r"(?:rss|feed|atom|xml)(?:$|[^a-z0-9])", re.IGNORECASE)

# An absolute address as nearly all are, which resolving would leave as it is: a route ten times
# faster, for the links of every entry.
_USUAL = re.compile(
    r"https?://([a-z0-9.-]+)(?:/[A-Za-z0-9._~/%&=+,@:!$\'()*-]*)?"
    r"(?:\?[A-Za-z0-9._~/%&=+,@:!$\'()*?-]+)?(?:#[A-Za-z0-9._~/%&=+,@:!$\'()*?-]+)?"
)
_BREAKS = re.compile(r"[\t\n\r]")
_UNSAFE = re.compile(r'[\x00-\x20"<>\\^`{|}\x7f-\xa0]')
_ESCAPED = re.compile(r"%([0-9A-Fa-f]{2})")
_KEPT_RAW = re.compile(r"[A-Za-z0-9._~-]")
_INVISIBLE = re.compile(r"[^!-~]+")


def is_http(url: str) -> bool:
    """Tell whether `url` is an absolute http or https address fit to be stored and shown."""
    if len(url) > MAX_URL or _UNSAFE.search(url) or not is_clean(url):
        return False
    return _split(url) is not None


def absolute_link(href: str, base: str = "") -> str:
    """Return `href` as an absolute http(s) address, resolved against `base`, or "".

    Backslashes are slashes, and blanks and characters that text may not hold are escaped, as in
    browsers (WHATWG URL, 4.4); an address longer than MAX_URL is dropped, since a part of it
    would lead elsewhere.
    """
    href = href.strip()
    if (usual := _USUAL.fullmatch(href)) and len(href) <= MAX_URL and _place(usual[1]):
        return href
    href = _BREAKS.sub("", href)
    if not href or len(href) > MAX_URL:
        return ""
    if "\\" in href:
        path, mark, rest = href.partition("?")
        href = path.replace("\\", "/") + mark + rest
    if href[:4].lower() == "www.":
        href = f"http://{href}"
    try:
        url = urljoin(base, href) if base else href
    except ValueError:
        return ""
    if url.startswith("//"):
        url = f"https:{url}"
    scheme, colon, rest = url.partition(":")
    url = scheme.lower() + colon + rest
    url = _UNSAFE.sub(lambda found: _escape(found[0]), url)
    if not is_clean(url):
        url = "".join(char if is_clean(char) else _escape(char) for char in url)
    return url if is_http(url) else ""


@lru_cache(maxsize=16_384)  # every poll asks it of its source
def host_of(url: str) -> str:
    """Return the host of an http(s) address, without the port; "" for any other text.

    It is the key under which requests are spaced out: lower case, in the ASCII form of IDNA (RFC
    3490) where the name has one, without the dot that ends a full name.
    """
    parts = _split(url)
    place = _place(parts.netloc) if parts else None
    return place[0] if place else ""


def canonical_link(url: str, *, keep_fragment: bool = False) -> str:
    """Return the form in which two spellings of one address are equal; "" if it is not http(s).

    https stands for both schemes; `www.`, default ports, a trailing slash, the fragment and
    tracking parameters go; percent-encoding is normalised (RFC 3986, 6.2.2); parameters are
    sorted by name. The result is a key, not an address to visit.
    """
    parts = _split(url)
    if parts is None:
        return ""
    authority = _authority(parts.netloc)
    path = _normal_escapes(parts.path).rstrip("/")
    query = _query(parts.query)
    fragment = _normal_escapes(parts.fragment) if keep_fragment else ""
    return f"https://{authority}{path}{query and '?' + query}{fragment and '#' + fragment}"


def _split(url: str) -> SplitResult | None:
    """Return the parts of an absolute http(s) address with a host and a port that can be."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    usable = parts.scheme in {"http", "https"} and _place(parts.netloc)
    return parts if usable else None


@lru_cache(maxsize=1_024)  # the links of one document lead to few hosts
def _place(netloc: str) -> tuple[str, int | None] | None:
    """Return the host, in one spelling for all of its, and the port; None where one can't be."""
    parts = SplitResult("", netloc, "", "", "")
    try:
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return None
    host = host.rstrip(".")
    if not host.isascii():
        with suppress(UnicodeError):  # no name DNS could hold: the spelling given is as good a key
            host = host.encode("idna").decode("ascii").lower().rstrip(".")
    return (host, port) if host and port != 0 else None


@lru_cache(maxsize=1_024)
def _authority(netloc: str) -> str:
    host, port = _place(netloc) or ("", None)
    while host.startswith("www.") and "." in host[4:]:
        host = host[4:]
    if ":" in host:
        host = f"[{host}]"
    return host if port in {None, 80, 443} else f"{host}:{port}"


def _query(query: str) -> str:
    if not query:
        return ""
    kept = [pair for pair in query.split("&") if pair and not _is_tracking(pair)]
    return "&".join(sorted(map(_normal_escapes, kept), key=lambda pair: pair.partition("=")[0]))


def _is_tracking(pair: str) -> bool:
    name, _, value = pair.partition("=")
    name = name.lower()
    return (
        name in _TRACKING
        or name.startswith(_TRACKING_PREFIXES)
        or (name in _TRACKING_IF_FEED and _FEED_VALUE.match(value) is not None)
    )


def _normal_escapes(text: str) -> str:
    """Decode escapes of unreserved characters, write the others in capitals, escape the rest."""
    if "%" in text:
        text = _ESCAPED.sub(_normal_escape, text)
    if text.isascii() and not _UNSAFE.search(text):
        return text
    return _INVISIBLE.sub(lambda found: _escape(found[0]), text)


def _normal_escape(found: re.Match[str]) -> str:
    char = chr(int(found[1], 16))
    return char if _KEPT_RAW.match(char) else found[0].upper()


def _escape(text: str) -> str:
    return "%" + text.encode("utf-8", "replace").hex("%").upper()
