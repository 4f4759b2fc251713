"""`monitor status`."""

from collections.abc import Collection
from typing import TYPE_CHECKING, Any

import click

from monitor.cli.options import clock, config_option, json_option, load_config, print_json, rfc3339
from monitor.feeds.redaction import redact_url
from monitor.model import DeliveryState

if TYPE_CHECKING:
    from monitor.store import Store

SHOWN = 20  # failing sources


@click.command(epilog="Example: monitor status")
@config_option
@json_option
def command(*, config_file: str | None, as_json: bool) -> int:
    """Say whether the daemon runs, and what fails, waits or is late; exit 1 if it needs you."""
    from monitor.store import Store

    settings = load_config(config_file).settings
    with Store.open(settings.store.url) as store:
        status = _status(store, {source.url for source in settings.sources})
    if as_json:
        print_json(status)
    else:
        _show(status)
    return int(not status["running"] or bool(status["deliveries"].get("parked")))


def _status(store: "Store", configured: Collection[str]) -> dict[str, Any]:
    """Return how things stand; of sources the configured ones count, met by a poll or not."""
    now = clock()
    counts = store.counts(now)
    holder = store.holder()
    polled = [x for x in store.source_states() if x.url in configured and x.last_polled_at]
    failing = [state for state in polled if state.failures]
    oldest = counts.oldest_pending
    return {
        "running": holder is not None,
        "holder": holder,
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


def _show(status: dict[str, Any]) -> None:
    sources = status["sources"]
    click.echo(f"running: {status['holder']}" if status["running"] else "not running")
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
        f"{status['items']} items, {status['alerts']} alerts; deliveries: {states or 'none'}"
    )
    if status["oldest_waiting_seconds"] is not None:
        click.echo(f"the oldest delivery has waited {status['oldest_waiting_seconds']} s")
    if status["deliveries"].get(DeliveryState.PARKED.value):
        click.echo(
            "parked deliveries wait for a destination to be put right; see docs/operation.md"
        )
