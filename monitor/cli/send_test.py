"""`monitor send-test`."""

import asyncio
import secrets
import sys
from textwrap import indent

import click

from monitor.cli.options import (
    clock,
    colour_wanted,
    config_option,
    json_option,
    load_config,
    print_json,
    say,
    start_logging,
)
from monitor.config.problems import did_you_mean
from monitor.errors import StoreError, UsageError
from monitor.model import Delivered
from monitor.settings import NotifierSettings


@click.command(epilog="Example: monitor send-test desk")
@click.argument("notifier")
@config_option
@json_option
def command(notifier: str, *, config_file: str | None, as_json: bool) -> int:
    """Send a marked test alert through a notifier; print the answer and the verdict."""
    loaded = load_config(config_file)
    known = loaded.settings.notifiers
    if notifier not in known:
        near = did_you_mean(notifier, known) or f"there are: {', '.join(known)}"
        raise UsageError(f"no notifier is named “{notifier}”; {near}")
    start_logging(loaded)
    shown = asyncio.run(_send(known[notifier], as_json=as_json))
    if shown["verdict"] == "delivered":
        _reopen(loaded.settings.store.url, notifier)
    if as_json:
        print_json(shown)
    else:
        status = shown["status"] or "none"
        click.echo(f"{notifier}: {shown['verdict']} in {shown['seconds']} s, status {status}")
        for name in ("reason", "body", "template", "title"):
            if shown[name]:
                click.echo(f"  {name}: {shown[name]}")
        if shown["words"]:
            click.echo(indent(f"words sent:\n{indent(str(shown['words']), '  ')}", "  "))
    return 0 if shown["verdict"] == "delivered" else 3


def _reopen(url: str, notifier: str) -> None:
    from monitor.store import Store

    try:
        with Store.open(url) as store:
            waited = store.unpark(notifier)
    except StoreError as wrong:
        say(f"what is parked stays parked: {wrong}")
        return
    if waited:
        say(f"{waited} parked deliveries go out now")


async def _send(settings: NotifierSettings, *, as_json: bool) -> dict[str, object]:
    from monitor.alerts.render import test_message
    from monitor.alerts.wording import noted, text, titled
    from monitor.feeds.parsers.pool import ParserPool
    from monitor.feeds.transport import GuardedTransport
    from monitor.notify.send import send
    from monitor.pipeline.templating import Templating

    now, out = clock(), sys.stderr if as_json else sys.stdout
    async with GuardedTransport() as transport, ParserPool(1) as parsers:
        templating = Templating(parsers=parsers, now=clock)
        message = await templating.worded(test_message(settings.name, now), settings)
        attempt = await send(
            message,
            settings,
            webhook_id=f"msg_test_{int(now.timestamp())}_{secrets.token_hex(4)}",
            transport=transport,
            out=out,
            now=clock,
            colour=colour_wanted(out),
        )
    verdict = attempt.verdict
    return {
        "notifier": settings.name,
        "verdict": type(verdict).__name__.lower(),
        "reason": "" if isinstance(verdict, Delivered) else verdict.reason,
        "status": attempt.status,
        "body": attempt.body,
        "seconds": round(attempt.elapsed.total_seconds(), 3),
        "template": noted(message),  # why it was not used
        "title": titled(message),
        "words": text(message, now=now) if settings.template else "",
    }
