"""Fetches and parses each source once, for `monitor check --network`; nothing is stored."""

import asyncio
import json

import click

from monitor.cli.options import clock
from monitor.feeds.fetch import fetch
from monitor.feeds.parsers import ParserPool
from monitor.feeds.transport import GuardedTransport
from monitor.feeds.urls import host_of
from monitor.model import Failed, Fetched, Source, SourceId, SourceState
from monitor.settings import Settings


def fetch_each(settings: Settings, *, as_json: bool) -> int:
    """Say of each source whether it is a feed; return 1 if one is not."""
    return asyncio.run(_fetch_each(settings, as_json=as_json))


async def _fetch_each(settings: Settings, *, as_json: bool) -> int:
    slots = asyncio.Semaphore(settings.poll.at_once)
    async with GuardedTransport() as transport, ParserPool(2) as parsers:

        async def reach(source: Source) -> str:
            async with slots:
                state = SourceState(
                    id=SourceId(0), url=source.url, host=host_of(source.url), next_poll_at=clock()
                )
                answer = await fetch(state, source, settings.poll, transport, now=clock)
                if isinstance(answer, Fetched):
                    parsed = await parsers.parse(
                        answer.body, url=answer.url, content_type=answer.content_type
                    )
                    return parsed.message if isinstance(parsed, Failed) else ""
                return answer.message if isinstance(answer, Failed) else ""

        wrong = await asyncio.gather(*(reach(source) for source in settings.sources))
    for source, message in zip(settings.sources, wrong, strict=True):
        if as_json:
            click.echo(json.dumps({"source": source.name, "ok": not message, "message": message}))
        else:
            click.echo(f"{'failed' if message else 'ok':<7} {source.name}  {message}".rstrip())
    return int(any(wrong))
