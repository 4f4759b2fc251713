"""Says when a source is polled and why, and what was learned of it."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

import click

from monitor.cli.choosing import choose_source
from monitor.cli.options import print_json, say
from monitor.cli.standing import duration, standing, written
from monitor.cli.stored import open_stored
from monitor.config.load import Loaded
from monitor.feeds.pacing.price import common_price
from monitor.feeds.pacing.reasons import as_json, reasons
from monitor.feeds.redaction import redact_url
from monitor.feeds.servers.groups import settings_for
from monitor.model import HostWish, Source, SourceState
from monitor.settings import HostSettings, PollSettings, Settings

_SAID_ELSEWHERE = frozenset({"last_poll", "next_poll"})


def explain_source(loaded: Loaded, wanted: str, *, now: datetime, json_wanted: bool) -> int:
    """Print all that bears on the polls of one source; return 1 if it is not polled."""
    place = choose_source(loaded, wanted)
    source = next((each for each in loaded.settings.sources if each.url == place.url), None)
    if source is None:
        say(f"{place.file}:{place.line}: this source has enabled: no, so it is not polled")
        return 1
    with open_stored(loaded.settings.store.url) as store:
        states = store.source_states() if store else []
        wishes = store.host_wishes(now) if store else {}
    state = next((each for each in states if each.url == source.url), None)
    poll = loaded.settings.poll
    told = standing(source, state, place, poll, now=now) | _chosen(source, poll)
    told |= _host(settings_for(source.url, loaded.settings.hosts))
    if state is not None:
        wish = wishes.get(state.host)
        told |= _learned(state) | _reasons(
            state, source, states, loaded.settings, wish=wish, now=now
        )
    if json_wanted:
        print_json(told)
    else:
        _show(told)
    return 0


def _chosen(source: Source, poll: PollSettings) -> dict[str, Any]:
    """Return what people chose that bears on its polls."""
    every = source.every or poll.every
    return {
        "every_seconds": round(every.total_seconds()) if every else None,
        "priority": source.priority,
        "fulltext": source.fulltext,
        "proxied": bool(source.proxy),
        "identity": source.identity,
    }


def _host(own: HostSettings | None) -> dict[str, Any]:
    """Return whose wishes count at its host, and what to do where it fails there."""
    return {"host": own.name if own else None, "advice": own.advice if own else ""}


def _learned(state: SourceState) -> dict[str, Any]:
    habits, rhythm = state.habits, state.rhythm
    return {
        "items_per_hour": round(state.rate, 3),
        "matched_share": round(rhythm.matched, 3),
        "entries": rhythm.entries,
        "last_success": written(state.last_success_at),
        "first_poll": state.first_success_at is None,
        "retry_after": written(state.retry_after),
        "validators": {
            "etag": state.etag,
            "last_modified": state.last_modified,
            "sent": habits.conditions,
            "last_whole_answer": written(habits.audited_at),
            "unchanged_since": habits.unchanged,
            "belied": written(habits.belied_at),
        },
        "address": redact_url(habits.address) if habits.address else None,
        "moving_to": redact_url(habits.moved_to) if habits.moved_to else None,
        "moving_since": written(habits.moved_since),
        "learned_identity": habits.identity,
        "gaps": habits.gaps,
        "last_gap": written(habits.gap_at),
        "rekeyed": written(habits.rekeyed_at),
        "told_failing": written(state.told_failing_at),
    }


def _reasons(
    state: SourceState,
    source: Source,
    states: Iterable[SourceState],
    settings: Settings,
    *,
    wish: HostWish | None,
    now: datetime,
) -> dict[str, Any]:
    """Return why it is polled when it is, at the price that all sources make together."""

    def preset(url: str) -> HostSettings | None:
        return settings_for(url, settings.hosts)

    sources, poll = {each.url: each for each in settings.sources}, settings.poll
    return as_json(
        reasons(
            state,
            source,
            poll,
            price=common_price(states, sources, poll, preset=preset, now=now),
            preset=preset(source.url),
            host_until=wish.until if wish else None,
            now=state.last_polled_at or now,
        )
    )


def _show(told: dict[str, Any]) -> None:
    click.echo(f"{told['source']}  {told['url']}  ({told['file']}:{told['line']})")
    for name, words in _lines(told):
        click.echo(f"  {name and name + ':':<12} {words}")


def _lines(told: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield what is said of a source, each with the word it stands under."""
    yield "state", told["state"].replace("_", " ") + _fault(told)
    if told["failures"] and told["advice"]:
        yield "advice", told["advice"]
    if "validators" not in told:
        yield "next poll", "once monitor run or monitor poll has met it in the configuration"
        return
    yield "next poll", f"{told['next_poll']}{_spread(told)}"
    for word, reason in told["reasons"].items():
        if word not in _SAID_ELSEWHERE:
            yield "decides" if word == told["bound_by"] else "because", reason["text"]
    yield "last poll", f"{told['last_polled'] or 'never'}, last news {told['last_new'] or 'never'}"
    yield "validators", _validators(told["validators"])
    chosen = told["identity"]
    yield "identity", f"{chosen}, chosen" if chosen else f"{told['learned_identity']}, learned"
    yield from _moves(told)
    if told["gaps"]:
        yield "gaps", f"{told['gaps']}, the last at {told['last_gap']}: news may have been missed"
    if told["rekeyed"]:
        yield "renamed", f"all its items came under new names at {told['rekeyed']}"


def _spread(told: dict[str, Any]) -> str:
    """Return how long after the last poll the next is: near the interval, as chance has it."""
    if not told["last_polled"] or not told["next_poll"]:
        return ""
    last, following = map(datetime.fromisoformat, (told["last_polled"], told["next_poll"]))
    seconds = round((following - last).total_seconds())
    return f", {duration(seconds)} after the last" if seconds > 0 else ""


def _fault(told: dict[str, Any]) -> str:
    if not told["failures"]:
        return ""
    times = f"{told['failures']} times" if told["failures"] > 1 else "once"
    return f": {told['kind']}, {times} since {told['failing_since']}: {told['message']}"


def _validators(said: dict[str, Any]) -> str:
    held = [
        f"{name} {value}"
        for name, value in (("ETag", said["etag"]), ("Last-Modified", said["last_modified"]))
        if value
    ]
    if said["belied"]:
        return f"sent no more: at {said['belied']} a 304 was found to have hidden news"
    if not held:
        return "the server gives none"
    kinds = {"etag": "; only the ETag is sent", "modified": "; only the date is sent"}
    whole = said["last_whole_answer"]
    since = f"; {said['unchanged_since']} × 304 since the whole answer at {whole}" if whole else ""
    return ", ".join(held) + kinds.get(said["sent"], "") + since


def _moves(told: dict[str, Any]) -> Iterator[tuple[str, str]]:
    if told["address"]:
        yield "moved", f"for good, to {told['address']}; write that into {told['file']}"
    if told["moving_to"]:
        yield "moving", f"to {told['moving_to']} since {told['moving_since']}, not yet believed"
    if told["retry_after"]:
        yield "wish", f"the server asked to be left alone until {told['retry_after']}"
