"""Polls of a loopback server, so that a test names only what it is about."""

from datetime import UTC, datetime, timedelta
from ipaddress import ip_network

from builders import a_source, a_state

from monitor.feeds.fetch import fetch
from monitor.feeds.transport import GuardedTransport
from monitor.feeds.transport.resolver import Resolver
from monitor.model import Outcome
from monitor.settings import PollSettings

NOW = datetime(2025, 11, 30, 21, 0, tzinfo=UTC)
LOOPBACK = (ip_network("127.0.0.0/8"), ip_network("::1/128"))
FEED = b'<?xml version="1.0"?><rss version="2.0"><channel><title>Wire</title></channel></rss>'


def resolver_of(names: dict[str, list[str]], **options) -> Resolver:
    """Know these names and no others."""

    def look_up(name: str) -> list[str]:
        if name not in names:
            raise OSError("no such name here")
        return names[name]

    return Resolver(look_up, **options)


async def visit(
    url: str,
    *,
    transport: GuardedTransport | None = None,
    poll: dict | None = None,
    source: dict | None = None,
    **state,
) -> Outcome:
    """Fetch `url` once, loopback allowed, within 5 seconds unless `poll` says otherwise."""
    settings = {"allow_networks": LOOPBACK, "timeout": timedelta(seconds=5)} | (poll or {})
    own = transport or GuardedTransport()
    try:
        return await fetch(
            a_state(**{"url": url, "host": "feed.example"} | state),
            a_source(url=url, **(source or {})),
            PollSettings(**settings),
            own,
            now=lambda: NOW,
        )
    finally:
        if transport is None:
            await own.aclose()
