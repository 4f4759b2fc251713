"""`monitor parse`."""

import asyncio
from dataclasses import replace
from ipaddress import ip_network
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from monitor.cli.options import clock, common_options, json_option, print_json, rfc3339
from monitor.errors import UnreachableError, UsageError
from monitor.model import (
    Document,
    ErrorKind,
    Failed,
    Fetched,
    Network,
    Source,
    SourceId,
    SourceState,
)

if TYPE_CHECKING:
    from monitor.feeds.identity import Named


@click.command(epilog="Example: monitor parse https://feeds.bbci.co.uk/news/world/rss.xml")
@common_options
@click.argument("place", metavar="FILE|URL")
@json_option
@click.option(
    "--allow-network",
    "networks",
    multiple=True,
    metavar="CIDR",
    help="Private addresses that may be reached, such as 10.0.0.0/8.",
)
def command(place: str, *, as_json: bool, networks: tuple[str, ...]) -> int:
    """Show a feed as the monitor reads it; exit 1 if it is none."""
    allowed = tuple(_network(text) for text in networks)
    is_address = place.lower().startswith(("http://", "https://"))
    shown = asyncio.run(_parse(place, allowed, None if is_address else _read(Path(place))))
    if as_json:
        print_json(shown)
    else:
        _show(shown)
    return int(shown["outcome"] == "failed")


def _network(text: str) -> Network:
    try:
        return ip_network(text, strict=False)
    except ValueError:
        raise UsageError(f"--allow-network: “{text}” is no network such as 10.0.0.0/8") from None


def _read(path: Path) -> bytes | Failed:
    """Return what a file holds, uncompressed within the bounds of an answer's body."""
    from monitor.feeds.fetch.codings import CodingError, Decoder
    from monitor.settings import PollSettings

    most = PollSettings().max_bytes
    try:
        with path.open("rb") as file:
            said = file.read(most + 1)
    except OSError as wrong:
        raise UnreachableError(f"{path} can't be read: {wrong.strerror}") from None
    decoder = Decoder("", most, most)
    try:
        return decoder.feed(said) + decoder.finish()
    except CodingError as error:
        return Failed(kind=error.kind, message=f"{path} holds {error.message}")


async def _parse(
    place: str, allowed: tuple[Network, ...], body: bytes | Failed | None
) -> dict[str, Any]:
    from monitor.feeds.identity import identify
    from monitor.feeds.parsers.pool import ParserPool

    source = Source(url=place, name=place)
    if isinstance(body, Failed):
        return _result(body)
    fetched = (
        await _get(source, allowed) if body is None else Fetched(url="", status=200, body=body)
    )
    if isinstance(fetched, Failed):
        return _result(fetched)
    async with ParserPool(1) as parsers:
        parsed = await parsers.parse(
            fetched.body, url=fetched.url, content_type=fetched.content_type
        )
    if isinstance(parsed, Failed):
        return _result(parsed)
    return _result(parsed, identify(parsed).entries)


async def _get(source: Source, allowed: tuple[Network, ...]) -> Fetched | Failed:
    from monitor.feeds.fetch import fetch
    from monitor.feeds.fetch.faults import PERMISSION
    from monitor.feeds.transport import GuardedTransport
    from monitor.settings import PollSettings

    state = SourceState(id=SourceId(0), url=source.url, host="", next_poll_at=clock())
    async with GuardedTransport() as transport:
        answer = await fetch(
            state, source, PollSettings(allow_networks=allowed), transport, now=clock
        )
    assert isinstance(answer, Fetched | Failed), "nothing was sent that a 304 could answer"
    if isinstance(answer, Failed) and answer.kind is ErrorKind.BLOCKED_ADDRESS:
        # This command reads no configuration.
        message = answer.message.replace(PERMISSION, "--allow-network CIDR")
        return replace(answer, message=message)
    return answer


def _result(parsed: Document | Failed, entries: "tuple[Named, ...]" = ()) -> dict[str, Any]:
    failed = parsed if isinstance(parsed, Failed) else None
    document = parsed if isinstance(parsed, Document) else Document()
    return {
        "outcome": "failed" if failed else "ok",
        "error": {"kind": failed.kind.value, "message": failed.message} if failed else None,
        "feed": {
            "title": document.title,
            "language": document.language,
            "link": document.link,
            "format": document.format,
        },
        "entries": [_entry(named, document.language) for named in entries],
        "problems": [{"kind": p.kind, "message": p.message} for p in document.problems],
    }


def _entry(named: "Named", language: str) -> dict[str, Any]:
    entry = named.entry
    return {
        "guid": entry.guid,
        "title": entry.title,
        "summary": entry.summary,
        "content": entry.content,
        "link": entry.link,
        "author": entry.author,
        "tags": list(entry.tags),
        "published": rfc3339(entry.published) if entry.published else None,
        "updated": rfc3339(entry.updated) if entry.updated else None,
        "language": entry.language or language,
        "keys": list(named.keys),
    }


def _show(shown: dict[str, Any]) -> None:
    if shown["error"]:
        click.echo(f"not read ({shown['error']['kind']}): {shown['error']['message']}")
        return
    feed = shown["feed"]
    count = len(shown["entries"])
    click.echo(f"{feed['title'] or '(no title)'}  {feed['format']}, {count} entries")
    for problem in shown["problems"]:
        click.echo(f"  {problem['kind']}: {problem['message']}")
    for entry in shown["entries"]:
        click.echo(f"  {entry['published'] or 'undated':<20}  {entry['title'] or '(no title)'}")
        click.echo(f"  {'':<20}  {entry['link'] or entry['guid']}")
