"""Short names for sources that have none, from their addresses. Pure."""

import re
from collections import Counter
from collections.abc import Collection, Sequence
from urllib.parse import unquote, urlsplit

LONGEST = 80

# Parts of a path that only say that this is a feed.
_NOISE = frozenset({"rss", "rss2", "feed", "feeds", "atom", "xml", "index", "default", "subscribe"})
_ENDING = re.compile(r"\.(?:xml|rss|atom|rdf|json|php|aspx?|html?)$", re.IGNORECASE)


def default_names(
    urls: Sequence[str], *, taken: Collection[str], hidden: Collection[str] = ()
) -> dict[str, str]:
    """Return a name for each address, all different and none in `taken`.

    A name is the host and what tells its feeds apart; those that still share one get all of the
    address but its scheme, or a number where that would show a secret. The order of the addresses
    only decides about numbers.
    """
    short = {url: _short(url) for url in urls}
    shared = Counter([*short.values(), *taken])
    wanted = {
        url: name if shared[name] == 1 else _long(url, hidden) or name
        for url, name in short.items()
    }
    used = set(taken)
    names: dict[str, str] = {}
    for url, name in wanted.items():
        safe = "source" if any(secret in name for secret in hidden) else name
        names[url] = _numbered(safe, used)
        used.add(names[url])
    return names


def _short(url: str) -> str:
    parts = urlsplit(url)
    steps = [step for step in unquote(parts.path).split("/") if step]
    if steps:
        steps[-1] = _ENDING.sub("", steps[-1])
    kept = [step for step in steps if step and step.lower() not in _NOISE]
    return _printable("/".join((_host(url), *kept)))


def _long(url: str, hidden: Collection[str]) -> str:
    """Return an address without its scheme, or "" where it shows a secret."""
    if any(secret in url for secret in hidden):
        return ""
    return _printable(re.sub(r"^https?://(www\.)?", "", url))


def _host(url: str) -> str:
    parts = urlsplit(url)
    host = (parts.hostname or "").removeprefix("www.")
    return f"{host}:{parts.port}" if parts.port else host


def _printable(name: str) -> str:
    return "".join(char if char.isprintable() else "?" for char in name)[:LONGEST]


def _numbered(name: str, used: Collection[str]) -> str:
    number, candidate = 1, name
    while candidate in used:
        number += 1
        candidate = f"{name} {number}"
    return candidate
