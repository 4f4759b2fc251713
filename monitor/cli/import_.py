"""`monitor import`."""

import os
import re
import sys
from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from monitor.cli.options import (
    asked,
    clock,
    config_option,
    json_option,
    load_config,
    print_json,
    say,
)
from monitor.errors import UnreachableError, UsageError

if TYPE_CHECKING:
    from monitor.config.intake import Intake
    from monitor.config.load import Loaded
    from monitor.config.writing import Entry
    from monitor.feeds.opml import Listing

MANY = 100  # new sources that get a file of their own
SHOWN = 20  # unusable lines that are printed

_XML = re.compile(rb"(?:\xef\xbb\xbf)?\s*<|\xff\xfe|\xfe\xff|\0<")


@click.command(epilog="Example: monitor import feeds.opml --tag imported")
@click.argument("files", nargs=-1, required=True, metavar="FILE…")
@config_option
@json_option
@click.option("--tag", "tags", multiple=True, help="Tag each new source; may be repeated.")
@click.option("--into", metavar="FILE", help="The file of the configuration that they go to.")
@click.option("--dry-run", is_flag=True, help="Say what would be added, and write nothing.")
def command(
    files: tuple[str, ...],
    *,
    config_file: str | None,
    as_json: bool,
    tags: tuple[str, ...],
    into: str | None,
    dry_run: bool,
) -> int:
    """Add the sources of OPML files or plain lists that are not configured yet.

    FILE is OPML 1 or 2, whose folders become tags, or a text with one address a line and perhaps
    a name behind it; - is stdin. The sources join those in the configuration. More than 100 go to
    a new file beside it, which is then included; --into names another. Exits 1 if there is
    nothing to import.
    """
    loaded = load_config(config_file)
    intake = _sort(loaded, [(name, _read(name)) for name in files], tags)
    where = ""
    if intake.entries and not dry_run:
        if len(intake.entries) > MANY:
            say("checking the configuration with them …")
        where = _write(loaded, intake.entries, into=into, origin=files[0])
    _report(intake, where=where, as_json=as_json, dry_run=dry_run)
    return int(not intake.entries and not intake.known)


# --- reading ----------------------------------------------------------------------------------


def _read(name: str) -> "Listing":
    from monitor.feeds.opml import Listing, OpmlError, read_opml
    from monitor.feeds.opml.plain_list import read_list

    try:
        data = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    except OSError as error:
        raise UnreachableError(f"{name} can't be read: {error.strerror}") from None
    try:
        if _XML.match(data):
            return read_opml(data)
        feeds = read_list(data.decode("utf-8-sig"))
        bare = "it holds no address" if data.strip() else "it is empty"
        return Listing(feeds=feeds, bare="" if feeds else bare)
    except OpmlError as error:
        raise UsageError(f"{name}:{error.line}:{error.column}: {error}") from None
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise UsageError(f"{name}:{line}: this is neither OPML nor UTF-8 text") from None


def _sort(
    loaded: "Loaded", given: "Sequence[tuple[str, Listing]]", tags: tuple[str, ...]
) -> "Intake":
    from monitor.config.changes import listed_sources
    from monitor.config.checks import same_address
    from monitor.config.intake import Intake, shared_titles

    there = listed_sources(loaded)
    intake = Intake(
        addresses=frozenset(same_address(each.url) for each in there),
        names={each.name for each in there},
        tags=tags,
        repeated=sum(listing.repeated for _, listing in given),
    )
    for file, listing in given:
        for skipped in listing.skipped:
            intake.skip(file, skipped)
        if words := _oddity(listing):
            click.echo(f"{file}{words}", err=True)
    listed = [(file, feed) for file, listing in given for feed in listing.feeds]
    shared = shared_titles(feed for _, feed in listed)
    with _bar(listed) as feeds:
        for file, feed in feeds:
            intake.take(file, feed, named=feed.title not in shared)
    return intake


def _oddity(listing: "Listing") -> str:
    """Return what people must hear of a file that can be read, "" where there is nothing to say."""
    if listing.cut_at:
        advice = "what stands whole before that is taken; for the rest export it again"
        return f":{listing.cut_at}: the file seems cut off here; {advice}"
    return f": nothing to import: {listing.bare}" if listing.bare else ""


def _bar(given: Sequence[Any]) -> Any:
    """Show how far it has come, on a terminal."""
    if not sys.stderr.isatty() or asked("quiet"):
        return nullcontext(given)
    return click.progressbar(given, label="Importing", file=sys.stderr)


# --- writing ----------------------------------------------------------------------------------


def _write(loaded: "Loaded", entries: "Sequence[Entry]", *, into: str | None, origin: str) -> str:
    """Write the entries and return the name of the file they went to."""
    from monitor.config.changes import add_file, add_sources, home_of_sources

    folder = loaded.settings.files[0].absolute().parent.resolve()
    if into is None and len(entries) <= MANY:
        path = loaded.paths[home_of_sources(loaded)]
    else:
        path = folder / into if into else _free(folder, origin)
    name = next(
        (name for name, each in loaded.paths.items() if each.resolve() == path.resolve()), None
    )
    if name is not None:
        add_sources(loaded, entries, environ=os.environ, into=name)
        return name
    _refuse_odd(path, folder)
    head = f"# Imported by monitor import on {clock():%Y-%m-%d}.\n\n"
    add_file(loaded, path, entries, head=head, environ=os.environ)
    return str(path.relative_to(folder))


def _free(folder: Path, origin: str) -> Path:
    """Return the path of a file that is not there yet, named after what is imported."""
    stem = re.sub(r"[^\w.-]+", "-", Path(origin).stem).strip("-.") or "imported"
    paths = (folder / f"{stem}{number}.yaml" for number in ("", *(f"-{n}" for n in range(2, 1000))))
    return next(path for path in paths if not path.exists())


def _refuse_odd(path: Path, folder: Path) -> None:
    if path.suffix not in {".yaml", ".yml"} or not path.resolve().is_relative_to(folder):
        message = "--into names a .yaml file in the configuration's folder or below"
        raise UsageError(message)
    if path.exists():
        message = f"{path.name} is there, but the configuration does not include it"
        raise UsageError(f"{message}; name it under include:, or name another")


# --- telling ----------------------------------------------------------------------------------


def _report(intake: "Intake", *, where: str, as_json: bool, dry_run: bool) -> None:
    if as_json:
        print_json(
            {
                "added": 0 if dry_run else len(intake.entries),
                "new": len(intake.entries),
                "known": intake.known,
                "repeated": intake.repeated,
                "unusable": [
                    {"file": x.file, "line": x.line, "address": x.address, "reason": x.reason}
                    for x in intake.unusable
                ],
                "file": where or None,
            }
        )
        return
    for each in intake.unusable[:SHOWN]:
        click.echo(f"{each.file}:{each.line}: {each.reason}: {each.address}", err=True)
    if len(intake.unusable) > SHOWN:
        click.echo(f"… and {len(intake.unusable) - SHOWN} more", err=True)
    twice = f"{intake.repeated} listed twice, " if intake.repeated else ""
    verb = "would be added" if dry_run else "added"
    place = f" to {where}" if where else ""
    click.echo(
        f"{len(intake.entries)} {verb}{place}, {intake.known} known already, {twice}"
        f"{len(intake.unusable)} unusable"
    )
    if where:
        say("they are polled from the next start of monitor run")
