"""`monitor sources add`: from an address to an entry in a file."""

import asyncio
import os
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

from monitor.cli.options import load_config, print_json, say, start_logging
from monitor.config.addresses import read_agent, read_proxy, read_source_address
from monitor.config.changes import Listed, add_sources, find_source, listed_sources
from monitor.config.intake import fault_of, valid_name, web_address
from monitor.config.load import Loaded
from monitor.config.values import write_duration
from monitor.config.writing import Entry, Value
from monitor.errors import UnreachableError, UsageError
from monitor.feeds.redaction import redact_url
from monitor.model import ErrorKind, Failed, Source

if TYPE_CHECKING:
    from monitor.cli.seeking import Found, Search

RESTART = "monitor run follows from its next start"
OPTIONS = ("every", "language", "priority", "proxy", "user_agent")

# What a server that kept the search from an answer does, and what to do about it.
_BARRIERS = {
    ErrorKind.RATE_LIMITED: ("wants fewer requests", "try again later"),
    ErrorKind.AUTH: (
        "lets in nobody without credentials, or no program like this",
        "write the source into the configuration with auth:, or try another --user-agent",
    ),
    ErrorKind.BOT_CHALLENGE: (
        "asks for proof of a person",
        "look for the feed in a browser, or try another --user-agent or a --proxy",
    ),
    ErrorKind.HTTP_5XX: ("has trouble of its own", "try again later"),
    ErrorKind.TIMEOUT: ("did not answer in time", "try again later, or raise poll.timeout"),
    ErrorKind.DNS: ("can't be looked up", "look at its spelling"),
    ErrorKind.TLS: ("can't be trusted", "if it is your own, write it down with verify_tls: no"),
    ErrorKind.BLOCKED_ADDRESS: ("leads inside", "allow its network in poll.allow_networks"),
}

_COMMENTS = re.compile(r"comment", re.IGNORECASE)


def add_source(
    config_file: str | None, address: str, given: Mapping[str, Any], *, as_json: bool
) -> int:
    """Find the feed that is meant, write it into the configuration, and say so."""
    loaded = load_config(config_file)
    start_logging(loaded)
    url = web_address(address)
    if fault := fault_of(read_source_address, url):
        raise UsageError(f"{redact_url(address)}: {fault}")
    if known := find_source(loaded, url):
        return _tell_known(known, (), as_json=as_json)
    if given["no_fetch"]:
        return _add(loaded, _entry(loaded, url, "", given), (), as_json=as_json)
    search = _seek(loaded, url, given)
    if search.is_hopeless and "://" not in address:
        search = _seek(loaded, url.replace("https://", "http://", 1), given)
    if not search.found:
        return _tell_nothing(search, as_json=as_json)
    chosen = _choose(search.found, given["pick"])
    if chosen is None:
        return _tell_several(search.found, as_json=as_json)
    if known := find_source(loaded, chosen.url):
        return _tell_known(known, search.found, as_json=as_json)
    entry = _entry(loaded, chosen.url, chosen.document.title, given)
    return _add(loaded, entry, search.found, as_json=as_json)


# --- finding ----------------------------------------------------------------------------------


def _seek(loaded: Loaded, url: str, given: Mapping[str, Any]) -> "Search":
    from monitor.cli.seeking import seek

    for option, read in (("proxy", read_proxy), ("user_agent", read_agent)):
        if given[option] is not None and (fault := fault_of(read, given[option])):
            raise UsageError(f"--{option.replace('_', '-')}: {fault}")
    usual = loaded.settings.poll.proxy
    proxy = usual if given["proxy"] is None else read_proxy(given["proxy"])
    say(f"looking at {redact_url(url)} …")
    source = Source(url=url, name=url, proxy=proxy, user_agent=given["user_agent"] or "")
    return asyncio.run(seek(source, loaded.settings))


def _choose(found: "Sequence[Found]", pick: int | None) -> "Found | None":
    """Return the feed that was picked, or the one that is better than all others."""
    if pick is not None:
        if pick > len(found):
            raise UsageError(f"--pick {pick}: only {len(found)} were found")
        return found[pick - 1]
    full = [each for each in found if each.document.entries] or found
    articles = [each for each in full if not _COMMENTS.search(f"{each.url} {each.document.title}")]
    # The same news in another format is no other feed.
    distinct = {each.contents: each for each in reversed(articles or full)}
    return next(iter(distinct.values())) if len(distinct) == 1 else None


# --- writing ----------------------------------------------------------------------------------


def _entry(loaded: Loaded, url: str, title: str, given: Mapping[str, Any]) -> Entry:
    taken = {each.name for each in listed_sources(loaded)}
    said: dict[str, Value] = {"url": url}
    name = valid_name(" ".join(title.split()))
    if given["name"] is not None or (name and name not in taken):
        said["name"] = given["name"] or name
    if given["tags"]:
        said["tags"] = given["tags"]
    said |= {option: given[option] for option in OPTIONS if given[option] is not None}
    if given["fulltext"]:
        said["fulltext"] = True
    return said if len(said) > 1 else url


def _add(loaded: Loaded, entry: Entry, found: "Sequence[Found]", *, as_json: bool) -> int:
    listed = add_sources(loaded, [entry], environ=os.environ)
    if as_json:
        added = {
            "source": listed.name,
            "url": redact_url(listed.url),
            "file": listed.file,
            "line": listed.line,
        }
        print_json({"added": added, "found": [each.as_json() for each in found]})
        return 0
    _list(found)
    click.echo(f"added {listed.name} ({redact_url(listed.url)}) to {listed.file}:{listed.line}")
    say(f"{RESTART}; its first poll only remembers what is there")
    return 0


# --- telling ----------------------------------------------------------------------------------


def _list(found: "Sequence[Found]") -> None:
    for number, each in enumerate(found, 1):
        told = each.as_json()
        newest = f", the newest {told['newest']}" if told["newest"] else ""
        click.echo(f"{number}. {told['title'] or '(no title)'}  {told['url']}")
        why = f"; {each.why}" if each.why else ""
        click.echo(f"   {told['format']}, {told['entries']} entries{newest}{why}")


def _tell_several(found: "Sequence[Found]", *, as_json: bool) -> int:
    if as_json:
        print_json({"added": None, "found": [each.as_json() for each in found]})
    else:
        _list(found)
    say("choose one: the same command with --pick N")
    return 1


def _tell_known(known: Listed, found: "Sequence[Found]", *, as_json: bool) -> int:
    if as_json:
        print_json({"added": None, "found": [each.as_json() for each in found]})
    name = known.name or redact_url(known.url)
    say(f"{name} is there already: {known.file}:{known.line}")
    return 1


def _tell_nothing(search: "Search", *, as_json: bool) -> int:
    """Say why nothing was found; 3 where nothing could be asked, else 1."""
    tried = [
        {"url": redact_url(url), "kind": failed.kind.value, "message": failed.message}
        for url, failed in search.failed
    ]
    if as_json:
        print_json({"added": None, "found": [], "tried": tried})
    for each in tried:
        say(f"  {each['url']}: {each['kind']}, {each['message']}")
    if search.barrier:
        url, failed = search.barrier
        raise UnreachableError(_advice(redact_url(url), failed))
    say("there is no feed; if you know one, add its own address")
    return 1


def _advice(url: str, failed: Failed) -> str:
    """Return what to do where a server kept the search from an answer."""
    what, advice = _BARRIERS.get(failed.kind, ("can't be reached", "try again later"))
    if failed.retry_after:
        advice = f"try again in {write_duration(failed.retry_after)}"
    skip = "; --no-fetch adds the address of a feed without a look at it"
    return f"{url} {what}; nothing is added. What to do: {advice}{skip}"
