"""`monitor deliveries`."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

import click

from monitor.alerts.wording import headline
from monitor.cli.backtest import Span
from monitor.cli.options import (
    clock,
    config_option,
    count,
    json_option,
    load_config,
    print_json,
    rfc3339,
    say,
)
from monitor.cli.stored import open_stored
from monitor.errors import UsageError
from monitor.model import Delivery, DeliveryState

if TYPE_CHECKING:
    from monitor.store import Store


@click.group(
    invoke_without_command=True, epilog="Example: monitor deliveries list --limit 20 --json"
)
@config_option
@json_option
@click.pass_context
def command(ctx: click.Context, *, config_file: str | None, as_json: bool) -> None:
    """Show the outbox: what was sent, what waits, what died and why."""
    # What was said before the subcommand counts for it too.
    said = {"config_file": config_file, "as_json": as_json}
    ctx.default_map = dict.fromkeys(("list", "show", "replay", "drop", "resume"), said)
    if ctx.invoked_subcommand is None:
        ctx.invoke(list_deliveries, config_file=config_file, as_json=as_json)


@command.command("list", epilog="Example: monitor deliveries list --notifier desk --state dead")
@config_option
@json_option
@click.option("--all", "every", is_flag=True, help="Show every row.")
@click.option(
    "--limit",
    type=click.IntRange(min=1),
    default=50,
    show_default=True,
    help="Show at most this many rows.",
)
@click.option("--notifier", metavar="NAME", help="Only what is for this notifier.")
@click.option(
    "--state", type=click.Choice([each.value for each in DeliveryState]), help="Only these."
)
def list_deliveries(
    config_file: str | None = None,
    *,
    as_json: bool = False,
    every: bool = False,
    limit: int = 50,
    notifier: str | None = None,
    state: str | None = None,
) -> None:
    """List deliveries, the newest first."""
    settings = load_config(config_file).settings
    with open_stored(settings.store.url) as store:
        # One that left the configuration may have rows that wait for it.
        if notifier and not (store and store.deliveries(limit=1, notifier=notifier)):
            _know(notifier, settings.notifiers)
        rows = (
            store.deliveries(
                limit=None if every else limit,
                notifier=notifier,
                state=DeliveryState(state) if state else None,
            )
            if store
            else []
        )
    if as_json:
        print_json([_json(row) for row in rows])
        return
    for row in rows:
        click.echo(_line(row))


@command.command("show", epilog="Example: monitor deliveries show 42")
@click.argument("number", metavar="ID", type=int)
@config_option
@json_option
def show(number: int, *, config_file: str | None, as_json: bool) -> int:
    """Show one delivery whole: how it stands and what it says. Exits 1 if there is none."""
    with _open(config_file) as store:
        found = store.deliveries_by_id([number])
    if not found:
        say(f"no delivery has the number {number}")
        return 1
    if as_json:
        print_json(_whole(found[0]))
        return 0
    for name, value in _whole(found[0]).items():
        if value not in (None, "") and name != "message":
            click.echo(f"{name.replace('_', ' '):<16} {value}")
    from monitor.alerts.wording import text

    click.echo(f"\n{text(found[0].message, now=clock())}")
    return 0


@command.command("replay", epilog="Example: monitor deliveries replay --dead --since 2h")
@click.argument("numbers", metavar="ID…", type=int, nargs=-1)
@config_option
@json_option
@click.option("--dead", is_flag=True, help="All that died, instead of those named.")
@click.option(
    "--since", type=Span(), metavar="DURATION", help="With --dead: only those made since, as in 2h."
)
@click.option("--notifier", metavar="NAME", help="With --dead: only those for this notifier.")
def replay(
    numbers: tuple[int, ...],
    *,
    config_file: str | None,
    as_json: bool,
    dead: bool,
    since: timedelta | None,
    notifier: str | None,
) -> int:
    """Send deliveries again that ended, each under its webhook id; it says how late it is.

    A running monitor sends them within a second; else `monitor poll` or the next run does.
    Exits 1 if there was nothing to send.
    """
    _refuse_mixed(numbers, dead=dead, filtered=since is not None or notifier is not None)
    now = clock()
    with _open(config_file) as store:
        if dead:
            rows = store.deliveries(state=DeliveryState.DEAD, notifier=notifier)
            numbers = tuple(row.id for row in rows if since is None or row.created >= now - since)
        done = store.replay(numbers, now)
        left = _left(store, numbers, done)
        waits = sum(row.state == DeliveryState.PARKED for row in store.deliveries_by_id(done))
    for row in left:
        say(f"{row.id} is {row.state}: it has not ended, so it is sent anyway")
    _name_missing(numbers, [*done, *(row.id for row in left)])
    if waits:
        say(f"{waits} of them wait: their notifier is parked (see `monitor deliveries resume`)")
    return _report(done, "sent again", as_json=as_json)


@command.command("drop", epilog="Example: monitor deliveries drop 41 42 --reason 'told by phone'")
@click.argument("numbers", metavar="ID…", type=int, nargs=-1, required=True)
@config_option
@json_option
@click.option("--reason", metavar="WORDS", required=True, help="Why; it is kept.")
def drop(numbers: tuple[int, ...], *, config_file: str | None, as_json: bool, reason: str) -> int:
    """Give up deliveries that have not arrived. Exits 1 if none was given up."""
    if not reason.strip():
        raise UsageError("say why: --reason 'told by phone'")
    with _open(config_file) as store:
        done = store.drop(numbers, f"dropped: {reason.strip()}")
        left = _left(store, numbers, done)
    for row in left:
        say(f"{row.id} is {row.state}, so it stays")
    _name_missing(numbers, [*done, *(row.id for row in left)])
    return _report(done, "given up", as_json=as_json)


@command.command("resume", epilog="Example: monitor deliveries resume desk")
@click.argument("notifier")
@config_option
@json_option
def resume(notifier: str, *, config_file: str | None, as_json: bool) -> int:
    """Let go what is parked for a notifier, at once."""
    from monitor.store import Store

    settings = load_config(config_file).settings
    _know(notifier, settings.notifiers)
    with Store.open(settings.store.url) as store:
        waited = store.unpark(notifier)
    if as_json:
        print_json({"notifier": notifier, "resumed": waited})
    else:
        click.echo(f"{notifier}: {waited} parked deliveries go out now")
    return 0


def _know(notifier: str, known: Iterable[str]) -> None:
    from monitor.config.problems import did_you_mean

    names = tuple(known)
    if notifier not in names:
        near = did_you_mean(notifier, names)
        raise UsageError(f"no notifier is named “{notifier}”; {near}".rstrip("; "))


def _open(config_file: str | None) -> "Store":
    from monitor.store import Store

    return Store.open(load_config(config_file).settings.store.url)


def _refuse_mixed(numbers: Sequence[int], *, dead: bool, filtered: bool) -> None:
    if dead == bool(numbers):
        raise UsageError("name deliveries by their numbers, or say --dead for all that died")
    if filtered and not dead:
        raise UsageError("--since and --notifier go with --dead")


def _left(store: "Store", numbers: Iterable[int], done: Sequence[int]) -> list[Delivery]:
    return store.deliveries_by_id(set(numbers).difference(done))


def _name_missing(numbers: Iterable[int], found: Iterable[int]) -> None:
    for number in sorted(set(numbers).difference(found)):
        say(f"no delivery has the number {number}")


def _report(done: Sequence[int], words: str, *, as_json: bool) -> int:
    if as_json:
        print_json({"ids": list(done)})
    else:
        click.echo(f"{len(done)} {'delivery' if len(done) == 1 else 'deliveries'} {words}")
    return 0 if done else 1


def _json(row: Delivery) -> dict[str, object]:
    return {
        "id": row.id,
        "webhook_id": row.webhook_id,
        "notifier": row.notifier,
        "alert": row.alert,
        "state": row.state.value,
        "attempts": row.attempts,
        "reason": row.reason,
        "next_attempt": rfc3339(row.next_attempt) if row.next_attempt else None,
        "created": rfc3339(row.created),
        "maybe_duplicate": row.maybe_duplicate,
    }


def _whole(row: Delivery) -> dict[str, object]:
    return _json(row) | {
        "replayed": rfc3339(row.replayed) if row.replayed else None,
        "bundle": row.bundle or None,
        "ref": row.ref,
        "message": {
            "type": row.message.type,
            "timestamp": rfc3339(row.message.timestamp),
            "data": dict(row.message.data),
        },
    }


def _line(row: Delivery) -> str:
    title = headline(row.message)
    waits = f"  next {rfc3339(row.next_attempt)}" if row.next_attempt else ""
    reason = f"  ({row.reason})" if row.reason else ""
    head = f"{row.id:>6}  {row.state:<9}  {row.notifier:<12}  {count(row.attempts, 'attempt')}"
    return f"{head}{waits}{reason}  {title}"
