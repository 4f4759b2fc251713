"""What came is no feed: is it a page that names one, a bot check, or something else?

Pure: never touches network, clock or disk.
"""

import html
import re

from monitor.feeds.plaintext import one_line
from monitor.feeds.urls import absolute_link
from monitor.model import ErrorKind, Failed

SEARCHED = 262_144  # characters; a page names its feeds in the head

_TAG = re.compile(r"<(link|base)\b([^<>]{0,4000})>", re.IGNORECASE)
_ATTRIBUTE = re.compile(
    r"""([a-zA-Z-]{1,40})\s{0,20}=\s{0,20}(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))"""
)
_PAGE = re.compile(r"<!doctype html|<(?:html|head|body)[\s>]", re.IGNORECASE)
_TITLE = re.compile(r"<title[^<>]{0,500}>([^<]{0,300})", re.IGNORECASE)
_FEED_TYPES = {"application/rss+xml", "application/atom+xml", "application/feed+json"}

# What stands in pages that ask whether the visitor is a person, in lower case. Guards put some of
# it into a site's own pages as well, which is why a page's feed is looked for first.
_CHALLENGES = (
    "/cdn-cgi/challenge-platform/",
    "cf-chl-",
    "cf_chl_",
    "cf-browser-verification",
    "<title>just a moment...</title>",
    "<title>attention required! | cloudflare",
    "enable javascript and cookies to continue",
    "_incapsula_resource",
    "captcha-delivery.com",
    "px-captcha",
    "awswafintegration",
    ".awswaf.com/",
    "sucuri_cloudproxy",
    "ddos-guard",
    "/.within.website/x/cmd/anubis",
    "making sure you&#39;re not a bot",
    "making sure you're not a bot",
)


def is_bot_check(page: str, *, url: str) -> bool:
    """Tell whether a page asks if a person is there; one that names a feed is the site's own."""
    return classify(page, url=url).kind is ErrorKind.BOT_CHALLENGE


def classify(text: str, *, url: str) -> Failed:
    """Return why `text`, which is no feed, could have come from a feed's address."""
    head = text[:SEARCHED]
    feed = _feed_link(head, url)
    if feed:
        message = f"a web page, not a feed; its feed is at {feed}"
        return Failed(kind=ErrorKind.HTML_WITH_FEED_LINK, message=message)
    lower = head.lower()
    if any(mark in lower for mark in _CHALLENGES):
        message = (
            "the site asks whether a person is there (a bot check) instead of sending its feed"
        )
        return Failed(kind=ErrorKind.BOT_CHALLENGE, message=message)
    return Failed(kind=ErrorKind.NOT_A_FEED, message=_describe(head))


def _feed_link(head: str, url: str) -> str:
    base = url
    for name, inside in _TAG.findall(head):
        said = {key.lower(): a or b or c for key, a, b, c in _ATTRIBUTE.findall(inside)}
        href = html.unescape(said.get("href", "")[:4000])
        if name.lower() == "base":
            base = absolute_link(href, url) or base
        elif _names_feed(said) and (link := absolute_link(href, base)):
            return link
    return ""


def _names_feed(said: dict[str, str]) -> bool:
    rel = said.get("rel", "").lower().split()
    kind = said.get("type", "").partition(";")[0].strip().lower()
    return "alternate" in rel and kind in _FEED_TYPES


def _describe(head: str) -> str:
    if not _PAGE.search(head):
        return "neither RSS nor Atom nor JSON Feed"
    title = _TITLE.search(head)
    shown = one_line(title[1], is_html=True)[:100] if title else ""
    return f"a web page (“{shown}”), not a feed" if shown else "a web page, not a feed"
