"""Alerts on stored items by a watchlist that is new: `monitor backtest --alert`."""

import random
import sys
from collections.abc import Sequence
from datetime import timedelta

import click

from monitor.alerts.policy import Policy, webhook_id
from monitor.alerts.render import message
from monitor.cli.loop import run_loop
from monitor.cli.options import clock, colour_wanted, print_json, rfc3339, say
from monitor.cli.poll import Held
from monitor.cli.stored import nothing_stored, open_stored
from monitor.cli.trial import choose
from monitor.errors import UsageError
from monitor.feeds.parsers.pool import ParserPool
from monitor.feeds.transport import GuardedTransport
from monitor.model import Alert, Sighting
from monitor.pipeline.deciding import decider, decider_afterwards
from monitor.pipeline.delivering import Delivering
from monitor.settings import Settings
from monitor.store import Ruled, Store, Write, Writer
from monitor.stories.shelf import WINDOW as STORY_WINDOW
from monitor.watch.matcher import Matcher
from monitor.watch.rules import Watchlist

SHOWN = 10  # headlines


def alert_afterwards(
    settings: Settings, name: str, since: timedelta, *, as_json: bool, yes: bool
) -> int:
    """Alert on the items stored since that one watchlist has not ruled on; ask before, if at all.

    The first item of a story alerts, unless it is past alerts.max_age. Those of a source's first
    poll count too: whoever names the hours wants them.
    """
    [watchlist] = choose(settings, [name])
    policy = Policy(alerts=settings.alerts, watchlists={watchlist.name: watchlist})
    decide = decider_afterwards(policy, clock())
    with open_stored(settings.store.url) as store:
        if store is None:
            raise UsageError(nothing_stored(settings.store.url))
        found = _found(settings, watchlist, store, since)
        planned = store.rule_history(found, decide)
        if planned.alerts and not _agreed(planned.alerts, watchlist, yes=yes):
            return 1
        made = store.rule_history(found, decide, Write(webhook_id, message))
        _tell(made, as_json=as_json)
        if made.destinations:
            _deliver(settings, store, policy, made, as_json=as_json)
    return 0


def _found(
    settings: Settings, watchlist: Watchlist, store: Store, since: timedelta
) -> list[Sighting]:
    matcher = Matcher([watchlist], {each.key: each for each in settings.entities})
    return [
        Sighting(item=past.item, matches=matches)
        for past in store.history(clock() - since)
        if (matches := matcher.match(past.item))
    ]


def _agreed(alerts: Sequence[Alert], watchlist: Watchlist, *, yes: bool) -> bool:
    """Show what would be sent, and ask where nobody has agreed yet."""
    count = f"{len(alerts)} alert{'s' if len(alerts) > 1 else ''}"
    for alert in alerts[:SHOWN]:
        say(f"  {rfc3339(alert.item.first_seen)}  {alert.item.entry.title}")
    if len(alerts) > SHOWN:
        say(f"  and {len(alerts) - SHOWN:,} more")
    if yes:
        return True
    if not sys.stdin.isatty():
        raise UsageError(f"this would send {count}; say --yes where nobody can be asked")
    to = ", ".join(watchlist.notify)
    return click.confirm(f"Send {count} to {to}?", err=True)


def _tell(made: Ruled, *, as_json: bool) -> None:
    if as_json:
        print_json(
            [
                {
                    "alert": alert.id,
                    "watchlist": alert.watchlist,
                    "severity": alert.severity.value,
                    "item": alert.item.id,
                    "title": alert.item.entry.title,
                    "notify": list(alert.notify),
                }
                for alert in made.alerts
            ]
        )
        return
    words: dict[str, int] = {}
    for ruling in made.rulings:
        words[ruling.outcome.value] = words.get(ruling.outcome.value, 0) + 1
    told = ", ".join(f"{number:,} {word}" for word, number in words.items())
    click.echo(told or "nothing that the watchlist has not ruled on already")


def _deliver(
    settings: Settings, store: Store, policy: Policy, made: Ruled, *, as_json: bool
) -> None:
    """Send what was written, unless a daemon does."""
    holder = store.holder()
    if holder:
        say(f"monitor run ({holder}) sends them")
        return
    out = sys.stderr if as_json else sys.stdout

    async def send() -> None:
        writer = Writer(
            store,
            decider(policy),
            story_window=STORY_WINDOW,
            webhook_id=webhook_id,
            message=message,
            notify=settings.health.notify,
        )
        async with writer, GuardedTransport() as transport, ParserPool(1) as parsers:
            delivering = Delivering(
                settings=settings,
                store=store,
                writer=writer,
                transport=transport,
                parsers=parsers,
                now=clock,
                rng=random.Random(),
                out=out,
                colour=colour_wanted(out),
            )
            for destination in sorted(made.destinations):
                await delivering.deliver(destination, Held())

    run_loop(send())
