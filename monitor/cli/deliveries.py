"""`monitor deliveries`."""

import click

from monitor.alerts.wording import headline
from monitor.cli.options import config_option, count, json_option, load_config, print_json, rfc3339
from monitor.cli.stored import open_stored
from monitor.model import Delivery


@click.group(
    invoke_without_command=True, epilog="Example: monitor deliveries list --limit 20 --json"
)
@config_option
@json_option
@click.pass_context
def command(ctx: click.Context, *, config_file: str | None, as_json: bool) -> None:
    """Show the outbox: what was sent, what waits, what died and why."""
    # What was said before the subcommand counts for it too.
    ctx.default_map = {"list": {"config_file": config_file, "as_json": as_json}}
    if ctx.invoked_subcommand is None:
        ctx.invoke(list_deliveries, config_file=config_file, as_json=as_json)


@command.command("list", epilog="Example: monitor deliveries list --all")
@config_option
@json_option
@click.option("--all", "every", is_flag=True, help="Show every row.")
@click.option("--limit", default=50, show_default=True, help="Show at most this many rows.")
def list_deliveries(
    config_file: str | None = None, *, as_json: bool = False, every: bool = False, limit: int = 50
) -> None:
    """List deliveries, the newest first."""
    settings = load_config(config_file).settings
    with open_stored(settings.store.url) as store:
        rows = store.deliveries(limit=None if every else limit) if store else []
    if as_json:
        print_json([_json(row) for row in rows])
        return
    for row in rows:
        click.echo(_line(row))


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
    }


def _line(row: Delivery) -> str:
    title = headline(row.message)
    waits = f"  next {rfc3339(row.next_attempt)}" if row.next_attempt else ""
    reason = f"  ({row.reason})" if row.reason else ""
    head = f"{row.id:>6}  {row.state:<9}  {row.notifier:<12}  {count(row.attempts, 'attempt')}"
    return f"{head}{waits}{reason}  {title}"
