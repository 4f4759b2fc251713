"""Fetches and parses each source once, for `monitor check --network`; nothing is stored."""

from datetime import timedelta

import click

from monitor.cli.hosts import visit_hosts
from monitor.cli.loop import run_loop
from monitor.cli.options import clock, print_json
from monitor.feeds.fetch import fetch
from monitor.feeds.parsers.pool import ParserPool
from monitor.feeds.servers.groups import gap_of, group_of, settings_for
from monitor.feeds.transport import GuardedTransport
from monitor.feeds.urls import host_of
from monitor.model import Failed, Fetched, Source, SourceId, SourceState
from monitor.settings import Settings


def fetch_each(settings: Settings, *, as_json: bool) -> int:
    """Say of each source whether it is a feed; return 1 if one is not."""
    return run_loop(_fetch_each(settings, as_json=as_json))


async def _fetch_each(settings: Settings, *, as_json: bool) -> int:
    failed: list[str] = []
    async with GuardedTransport() as transport, ParserPool(2) as parsers:

        async def reach(source: Source) -> None:
            state = SourceState(
                id=SourceId(0), url=source.url, host=host_of(source.url), next_poll_at=clock()
            )
            answer: object = await fetch(state, source, settings.poll, transport, now=clock)
            if isinstance(answer, Fetched):
                answer = await parsers.parse(
                    answer.body, url=answer.url, content_type=answer.content_type
                )
            message = answer.message if isinstance(answer, Failed) else ""
            failed.extend([source.name] * bool(message))
            _show(source, message, as_json=as_json)

        def gap(source: Source) -> timedelta:
            return gap_of(settings_for(source.url, settings.hosts), settings.poll.host_gap)

        hosts = ((group_of(source.url, settings.hosts), source) for source in settings.sources)
        await visit_hosts(hosts, reach, at_once=settings.poll.at_once, gap=gap)
    return int(bool(failed))


def _show(source: Source, message: str, *, as_json: bool) -> None:
    if as_json:
        print_json({"source": source.name, "ok": not message, "message": message})
    else:
        click.echo(f"{'failed' if message else 'ok':<7} {source.name}  {message}".rstrip())
