"""`monitor sources`."""

import os
from typing import Any

import click
from click.shell_completion import CompletionItem

from monitor.cli.options import (
    clock,
    config_option,
    json_option,
    load_config,
    print_json,
    say,
)
from monitor.errors import MonitorError

SUBCOMMANDS = ("list", "add", "remove", "why")


@click.group(invoke_without_command=True, epilog="Example: monitor sources --failing")
@config_option
@json_option
@click.option("--failing", is_flag=True, help="Only those whose last poll failed.")
@click.pass_context
def command(ctx: click.Context, *, config_file: str | None, as_json: bool, failing: bool) -> None:
    """List, add, remove and explain what is polled."""
    # What was said before the subcommand counts for it too.
    said = {"config_file": config_file, "as_json": as_json}
    ctx.default_map = {name: dict(said) for name in SUBCOMMANDS} | {
        "list": said | {"failing": failing}
    }
    if ctx.invoked_subcommand is None:
        ctx.invoke(list_sources, config_file=config_file, as_json=as_json, failing=failing)


def _complete(ctx: click.Context, _option: click.Parameter, typed: str) -> list[CompletionItem]:
    """Offer the names of sources to a shell."""
    try:
        settings = load_config(ctx.params.get("config_file")).settings
    except MonitorError:
        return []
    return [CompletionItem(each.name) for each in settings.sources if each.name.startswith(typed)]


@command.command("list", epilog="Example: monitor sources list --failing --json")
@config_option
@json_option
@click.option("--failing", is_flag=True, help="Only those whose last poll failed.")
def list_sources(
    config_file: str | None = None, *, as_json: bool = False, failing: bool = False
) -> None:
    """Show each source: how it fares, how often it is polled, when it last brought news."""
    from monitor.cli.standing import line, standings

    rows = standings(load_config(config_file), now=clock())
    shown = [row for row in rows if row["failures"] or not failing]
    if as_json:
        print_json(shown)
        return
    for row in shown:
        click.echo(line(row))
    if not shown:
        say(
            "no source fails" if rows else "there are no sources; add one: monitor sources add SITE"
        )


@command.command("add", epilog="Example: monitor sources add bbc.co.uk --tag broadcaster")
@click.argument("address")
@config_option
@json_option
@click.option("--name", help="What alerts and commands call it; default: the feed's title.")
@click.option("--tag", "tags", multiple=True, help="A word to choose it by; may be repeated.")
@click.option("--every", help="A fixed interval, such as 10m.")
@click.option("--language", help="Its language, where the feed does not say.")
@click.option("--priority", type=float, help="Above 1 it is polled more often, below less.")
@click.option("--user-agent", help="What the monitor calls itself there.")
@click.option("--proxy", help="Where its requests go through.")
@click.option("--fulltext", is_flag=True, help="Also read each item's own page.")
@click.option("--pick", type=click.IntRange(1), help="Add this one of the feeds found, from 1.")
@click.option("--no-fetch", is_flag=True, help="Add the address as it is, without a look at it.")
def add(*, address: str, as_json: bool, config_file: str | None, **given: Any) -> int:
    """Add the feed at an address, or the feed of the site there.

    A page is searched for the feeds it names, then the places where sites keep them; no more than
    8 requests are made. With several that are equally good none is added unless --pick says which.
    Exits 1 if there is no feed, or the source is there already, and 3 if nothing can be reached.
    """
    from monitor.cli.adding import add_source

    return add_source(config_file, address, given, as_json=as_json)


@command.command("remove", epilog="Example: monitor sources remove 'UN News'")
@click.argument("source", shell_complete=_complete)
@config_option
@json_option
def remove(*, source: str, config_file: str | None, as_json: bool) -> int:
    """Take a source, by name or address, out of the file it stands in.

    What was stored of it stays. Exits 1 where it stands in an OPML file, which no command changes.
    """
    from monitor.cli.choosing import choose_source
    from monitor.config.changes import is_opml, remove_source

    loaded = load_config(config_file)
    wanted = choose_source(loaded, source)
    place = f"{wanted.file}:{wanted.line}"
    if is_opml(wanted.file):
        say(f"{place}: no command changes an OPML file; take the outline out there")
        return 1
    remove_source(loaded, wanted, environ=os.environ)
    if as_json:
        print_json({"removed": wanted.name or wanted.url, "file": wanted.file, "line": wanted.line})
    else:
        click.echo(f"removed {wanted.name or wanted.url} from {place}")
        say("monitor run follows from its next start")
    return 0


@command.command("why", epilog="Example: monitor sources why 'UN News'")
@click.argument("source", shell_complete=_complete)
@config_option
@json_option
def why(*, source: str, config_file: str | None, as_json: bool) -> int:
    """Explain when a source is polled, and what was learned of it.

    Exits 1 if it is not polled.
    """
    from monitor.cli.why import explain_source

    return explain_source(load_config(config_file), source, now=clock(), json_wanted=as_json)
