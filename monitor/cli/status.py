"""`monitor status`."""

import os
from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

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
from monitor.cli.stored import nothing_stored, open_stored
from monitor.errors import ConfigError
from monitor.feeds.redaction import redact_url
from monitor.model import DeliveryState

if TYPE_CHECKING:
    from monitor.store import Store

SHOWN = 20  # failing sources
_ELSEWHERE = (
    "a monitor run that began with another store.url goes on with that store until it is restarted"
)


@click.command(epilog="Example: monitor status")
@config_option
@json_option
def command(*, config_file: str | None, as_json: bool) -> int:
    """Say whether the daemon runs, and what fails, waits or is late; exit 1 if it needs you."""
    url, configured, wrong = _configured(config_file)
    with open_stored(url) as store:
        status = _status(store, configured) if store else _nothing(configured)
    if not status["running"]:
        say(_ELSEWHERE if store else f"{nothing_stored(url)}\n{_ELSEWHERE}")
    if wrong and not status["running"]:
        raise wrong
    if as_json:
        print_json(status)
    else:
        _show(status)
    told = status["configuration"] or {}
    waiting = status["deliveries"].get(DeliveryState.PARKED.value) or status["died_lately"]
    needs_you = bool(wrong or told.get("rejected") or waiting)
    return int(not status["running"] or needs_you)


def _configured(
    config_file: str | None,
) -> tuple[str, Collection[str] | None, ConfigError | None]:
    """Return the store's address, the sources, and what is wrong with what can't be loaded.

    A daemon may run on by an earlier one, and that is just when people ask how it does.
    """
    try:
        settings = load_config(config_file).settings
        return settings.store.url, {source.url for source in settings.sources}, None
    except ConfigError as wrong:
        from monitor.config.load import find_config
        from monitor.config.unread import store_url

        url = store_url(find_config(config_file, os.environ, Path.cwd()), environ=os.environ)
        if url is None:
            raise
        return url, None, wrong


def _configuration(store: "Store") -> dict[str, Any] | None:
    running = store.running()
    if running is None:
        return None
    rejected = running.rejected
    return {
        "file": running.file,
        "digest": running.digest,
        "loaded_at": rfc3339(running.loaded_at),
        "files": running.files,
        "sources": running.sources,
        "watchlists": running.watchlists,
        "rejected": {
            "at": rfc3339(rejected.at),
            "error": rejected.error,
            "errors": rejected.errors,
        }
        if rejected
        else None,
        "restart": list(running.restart),
    }


def _nothing(configured: Collection[str] | None) -> dict[str, Any]:
    """Return how things stand where nothing was ever stored."""
    number = len(configured or ())
    return {
        "running": False,
        "holder": None,
        "configuration": None,
        "sources": {"configured": number, "ok": 0, "failing": 0, "never_polled": number},
        "next_poll": None,
        "items": 0,
        "alerts": 0,
        "deliveries": {},
        "died_lately": 0,
        "oldest_waiting_seconds": None,
        "failing": [],
    }


def _status(store: "Store", configured: Collection[str] | None) -> dict[str, Any]:
    """Return how things stand; of sources the configured ones count, met by a poll or not.

    None: nobody can tell which are, and those that the store polls count.
    """
    now = clock()
    counts = store.counts(now)
    holder = store.holder()
    states = {state.url: state for state in store.source_states()}
    configured = states.keys() if configured is None else configured
    polled = [x for x in states.values() if x.url in configured and x.last_polled_at]
    failing = [state for state in polled if state.failures]
    oldest = counts.oldest_pending
    return {
        "running": holder is not None,
        "holder": holder,
        "configuration": _configuration(store) if holder else None,
        "sources": {
            "configured": len(configured),
            "ok": len(polled) - len(failing),
            "failing": len(failing),
            "never_polled": len(configured) - len(polled),
        },
        "next_poll": rfc3339(counts.next_due) if counts.next_due else None,
        "items": counts.items,
        "alerts": counts.alerts,
        "deliveries": {
            state.value: number for state, number in counts.deliveries.items() if number
        },
        "died_lately": counts.died,
        "oldest_waiting_seconds": round(oldest.total_seconds()) if oldest else None,
        "failing": [
            {
                "source": source.name,
                "url": redact_url(source.url),
                "kind": source.kind,
                "message": source.message,
                "failures": source.failures,
                "since": rfc3339(source.since) if source.since else None,
            }
            for source in store.failing(SHOWN)
            if source.url in configured
        ],
    }


def _show_configuration(told: dict[str, Any]) -> None:
    files = f" and {told['files'] - 1} more" if told["files"] > 1 else ""
    click.echo(
        f"configuration: {told['file']}{files}, {told['digest'][:12]}, loaded {told['loaded_at']}: "
        f"{count(told['sources'], 'source')}, {count(told['watchlists'], 'watchlist')}"
    )
    if rejected := told["rejected"]:
        more = f" and {rejected['errors'] - 1} more" if rejected["errors"] > 1 else ""
        click.echo(f"  a change was not taken over at {rejected['at']}: {rejected['error']}{more}")
    if told["restart"]:
        click.echo(f"  counts only after a restart: {', '.join(told['restart'])}")


def _show(status: dict[str, Any]) -> None:
    sources = status["sources"]
    click.echo(f"running: {status['holder']}" if status["running"] else "not running")
    if status["configuration"]:
        _show_configuration(status["configuration"])
    click.echo(
        f"sources: {sources['configured']} configured, {sources['ok']} ok, "
        f"{sources['failing']} failing, {sources['never_polled']} never polled yet; "
        f"next poll {status['next_poll'] or 'none'}"
    )
    for source in status["failing"]:
        click.echo(f"  {source['source']}: {source['kind']}, {source['message']}")
        failed = f"{source['failures']} times since" if source["failures"] > 1 else "once, at"
        click.echo(f"    failed {failed} {source['since']}")
    states = ", ".join(f"{number} {state}" for state, number in status["deliveries"].items())
    click.echo(
        f"{count(status['items'], 'item')}, {count(status['alerts'], 'alert')}; "
        f"deliveries: {states or 'none'}"
    )
    if status["oldest_waiting_seconds"] is not None:
        click.echo(f"the oldest delivery has waited {status['oldest_waiting_seconds']} s")
    if status["deliveries"].get(DeliveryState.PARKED.value):
        click.echo(
            "parked deliveries wait for a destination to be put right; see docs/operation.md"
        )
    if died := status["died_lately"]:
        what = "delivery" if died == 1 else "deliveries"
        click.echo(
            f"{died} {what} died in the last day and did not arrive; "
            "see `monitor deliveries list --state dead`, and once the cause is put right "
            "`monitor deliveries replay --dead --since 2d`"
        )
