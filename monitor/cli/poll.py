"""`monitor poll`."""

import asyncio
import sys
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import click

from monitor import metrics
from monitor.cli.hosts import visit_hosts
from monitor.cli.loop import run_loop
from monitor.cli.options import (
    clock,
    config_option,
    json_option,
    load_config,
    print_json,
    rfc3339,
    start_logging,
)
from monitor.errors import UsageError
from monitor.feeds.redaction import redact_url
from monitor.model import PollOutcome, Source, SourceState
from monitor.settings import Settings

if TYPE_CHECKING:
    from monitor.config.load import Loaded
    from monitor.pipeline import Pipeline


# For a turn at a host where others are redirected to as well: nobody else waits for a command.
PATIENCE_SECONDS = 600.0
LONGEST_WAIT_SECONDS = 5.0  # for a receiver that takes so many messages and no more
LONGEST_WAITS_SECONDS = 60.0  # for one that goes on so


@click.command(epilog="Example: monitor poll 'UN News' --json")
@click.argument("sources", nargs=-1)
@config_option
@json_option
@click.option("--all", "every", is_flag=True, help="Poll every source, due or not.")
@click.option("--force", is_flag=True, help="Poll even what a Retry-After defers.")
def command(
    sources: tuple[str, ...],
    *,
    config_file: str | None,
    as_json: bool,
    every: bool,
    force: bool,
) -> int:
    """Poll once now what is due, deliver what results, and exit.

    SOURCES are names or addresses; they and --all are polled whatever their interval says.
    Exits 1 if a poll failed.
    """
    loaded = load_config(config_file)
    wanted = _wanted(loaded, sources, every=every)
    start_logging(loaded)
    metrics.leave_out()
    reports = run_loop(_poll(loaded.settings, wanted, force=force, as_json=as_json))
    return int(any(report["outcome"] == PollOutcome.FAILED for report in reports))


def _wanted(loaded: "Loaded", names: Sequence[str], *, every: bool) -> list[Source] | None:
    """Return the sources asked for, or None for those that are due."""
    if every:
        return list(loaded.settings.sources)
    if not names:
        return None
    from monitor.cli.choosing import choose_source

    chosen = {each.url: each for each in (choose_source(loaded, name) for name in names)}
    found = [source for source in loaded.settings.sources if source.url in chosen]
    for off in chosen.keys() - {source.url for source in found}:
        place = chosen[off]
        raise UsageError(f"{place.file}:{place.line}: this source has enabled: no")
    return found


async def _poll(
    settings: Settings, wanted: list[Source] | None, *, force: bool, as_json: bool
) -> list[dict[str, Any]]:
    from monitor.cli.program import open_pipeline
    from monitor.store import Store

    reports: list[dict[str, Any]] = []
    # With --json stdout is for JSON lines alone, so what the console notifier says goes aside.
    out = sys.stderr if as_json else sys.stdout
    with Store.open(settings.store.url) as store:
        async with open_pipeline(
            settings,
            store,
            out=out,
            spread=timedelta(0),
            patience=PATIENCE_SECONDS,
            forced=force,
        ) as pipeline:

            async def visit(state: SourceState) -> None:
                wished = None if force else _wished(state, pipeline)
                reports.append(await _visit(pipeline, state, wished))
                _show(reports[-1], as_json=as_json)

            states = store.source_states()
            await pipeline.reprice(states)
            chosen = _chosen(states, pipeline.sources, wanted)
            await visit_hosts(
                ((state.host, state) for state in chosen),
                visit,
                at_once=settings.poll.at_once,
                gap=pipeline.gap,
            )
            await pipeline.tell_due()
            await asyncio.gather(
                *(_deliver(pipeline, name) for name in store.due_destinations(clock()))
            )
    return reports


async def _deliver(pipeline: "Pipeline", destination: str) -> None:
    """Send what is due, at the receiver's pace; what would take too long is left to others."""
    patience = LONGEST_WAITS_SECONDS
    while True:
        wait = await pipeline.deliver(destination, Held())
        patience -= wait
        if not 0 < wait <= LONGEST_WAIT_SECONDS or patience < 0:
            return
        await asyncio.sleep(wait)


class Held:
    """The ticket of a command that works alone: nothing else hands out its keys."""

    lane = key = ""
    attempt = 1

    def check(self) -> None:
        """Find the lease good."""

    async def extend(self) -> None:
        """Need no longer lease."""

    async def done(self) -> None:
        """Have nothing to give back."""

    async def release(self, delay: float) -> None:
        """Have nothing to give back."""
        del delay


def _chosen(
    states: Iterable[SourceState], sources: dict[str, Source], wanted: list[Source] | None
) -> list[SourceState]:
    now = clock()
    configured = [state for state in states if state.url in sources]
    if wanted is None:
        return [state for state in configured if state.next_poll_at <= now]
    urls = {source.url for source in wanted}
    return [state for state in configured if state.url in urls]


def _wished(state: SourceState, pipeline: "Pipeline") -> datetime | None:
    """Return until when a server wants to be left alone, if it does."""
    wishes = [each for each in (state.retry_after, pipeline.wish(state)) if each]
    return max((each for each in wishes if each > clock()), default=None)


async def _visit(
    pipeline: "Pipeline", state: SourceState, wished: datetime | None
) -> dict[str, Any]:
    source = pipeline.sources[state.url]
    report: dict[str, Any] = {"source": source.name, "url": redact_url(source.url)}
    if wished:
        # An answer to another of the host's sources may have put it off since it was read.
        [state] = await pipeline.read(pipeline.store.source_states, [state.url])
        until = rfc3339(wished)
        return report | {
            "outcome": PollOutcome.DEFERRED.value,
            "status": None,
            "kind": None,
            "message": f"the server asked not to be polled before {until}; --force polls anyway",
            "new": 0,
            "entries": 0,
            "alerts": 0,
            "next_poll": rfc3339(state.next_poll_at),
        }
    visit = await pipeline.visit(state, source)
    return report | {
        "outcome": visit.outcome.value,
        "status": visit.status,
        "kind": visit.kind.value if visit.kind else None,
        "message": visit.message,
        "new": visit.new,
        "entries": visit.entries,
        "alerts": visit.alerts,
        "next_poll": rfc3339(visit.next_poll),
    }


def _show(report: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        print_json(report)
        return
    detail = report["message"] or f"{report['new']} new, {report['alerts']} alerts"
    click.echo(f"{report['outcome']:<9} {report['source']}: {detail}")
