"""What a feed says of itself for those who poll it becomes times, hours and days.

Pure: never touches network, clock or disk.
"""

import re
from collections.abc import Iterable
from datetime import timedelta
from itertools import islice

from monitor.feeds.urls import absolute_link

_LONGEST = timedelta(days=1)
_PERIODS = {  # of the syndication module of RSS 1.0; a feed that names none means daily
    "hourly": timedelta(hours=1),
    "daily": timedelta(days=1),
    "weekly": timedelta(days=7),
    "monthly": timedelta(days=30),
    "yearly": timedelta(days=365),
}
_OLDER = ("prev-archive", "next")  # the likelier first
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_SKIPS = re.compile(r"<(hour|day)>([^<>]{1,20})</")
_SKIPS_BEGIN = re.compile(r"<skip(?:hours|days)>", re.IGNORECASE)
_SKIPS_END = re.compile(r"</skip", re.IGNORECASE)
_SKIPS_LENGTH = 2_000  # characters; twenty-four hours take no more


def interval(*, ttl: str, period: str, frequency: str) -> timedelta | None:
    """Return how often the feed wishes to be read, at most a day apart; None where it says nothing.

    RSS's ttl is minutes; updateFrequency is times in an updatePeriod.
    """
    wish = timedelta(minutes=_number(ttl))
    if not wish and (period.strip() or frequency.strip()):
        of = _PERIODS.get(period.strip().lower() or "daily", timedelta())
        wish = of / (_number(frequency) or 1)
    return min(wish, _LONGEST) if wish else None


def hours(texts: Iterable[str]) -> tuple[int, ...]:
    """Return the hours of skipHours, GMT; some write the last one as 24."""
    numbers = (_number(text) for text in texts if text.strip().isdecimal())
    return tuple(sorted({number % 24 for number in numbers if number <= 24}))


def days(texts: Iterable[str]) -> tuple[int, ...]:
    """Return the days of skipDays; Monday is 0."""
    said = {text.strip().lower() for text in texts}
    return tuple(number for number, name in enumerate(_DAYS) if name in said)


def written_skips(text: str) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return skipHours and skipDays of a feed's text: feedparser keeps the last of each."""
    said: dict[str, list[str]] = {"hour": [], "day": []}
    for begin in islice(_SKIPS_BEGIN.finditer(text), 2):
        part = text[begin.end() : begin.end() + _SKIPS_LENGTH]
        for name, value in _SKIPS.findall(_SKIPS_END.split(part)[0].lower()):
            said[name].append(value)
    return hours(said["hour"]), days(said["day"])


def older(links: Iterable[tuple[str, str]], url: str) -> str:
    """Return the page with what came before the feed's entries (RFC 5005), or "".

    `links` are pairs of relation and address; they are resolved against `url`.
    """
    said = {rel: absolute_link(href, url) for rel, href in links if rel in _OLDER}
    return next(filter(None, map(said.get, _OLDER)), "")


def origin(url: str, links: Iterable[tuple[str, str]], page: str) -> str:
    """Return what a feed's links are relative to: where it came from, else what it says of that.

    `url` is "" for a document out of a file; `links` are pairs of relation and address, `page` is
    the feed's own.
    """
    if url:
        return url
    own = (absolute_link(href) for rel, href in links if rel == "self")
    return next(filter(None, own), page)


def _number(text: str) -> int:
    text = text.strip()
    return int(text) if text.isdecimal() and len(text) < 7 else 0
