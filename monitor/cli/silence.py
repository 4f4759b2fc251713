"""`monitor silence`."""

import getpass
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import click

from monitor.cli.options import (
    asked,
    clock,
    config_option,
    count,
    json_option,
    load_config,
    print_json,
    rfc3339,
    say,
)
from monitor.errors import UsageError

if TYPE_CHECKING:
    from monitor.model import Silence
    from monitor.settings import Settings
    from monitor.store import Store

SUBCOMMANDS = ("add", "list", "end")


@click.group(invoke_without_command=True, epilog="Example: monitor silence list --all")
@config_option
@json_option
@click.pass_context
def command(ctx: click.Context, *, config_file: str | None, as_json: bool) -> None:
    """Mute a watchlist, an entity, a source or a story for a while."""
    # What was said before the subcommand counts for it too.
    said = {"config_file": config_file, "as_json": as_json}
    ctx.default_map = dict.fromkeys(SUBCOMMANDS, said)
    if ctx.invoked_subcommand is None:
        ctx.invoke(list_silences, config_file=config_file, as_json=as_json)


@command.command(
    "add",
    epilog='Example: monitor silence add --watchlist oil --for 2h --reason "OPEC meets all day"',
)
@config_option
@json_option
@click.option("--watchlist", default="", metavar="NAME", help="What this watchlist finds.")
@click.option("--entity", default="", metavar="KEY", help="What mentions this entity.")
@click.option(
    "--source", default="", metavar="NAME", help="What this source brings; or its address."
)
@click.option("--story", default="", metavar="ID", help="This story; an alert's id will do.")
@click.option("--for", "span", metavar="DURATION", help="For so long, as in 2h.")
@click.option("--until", "end", metavar="TIME", help="Until then, as in 2025-12-01T06:00Z.")
@click.option("--reason", required=True, metavar="WORDS", help="Why; every muted item carries it.")
@click.option("--by", default="", metavar="NAME", help="Who wants it; default: who is logged in.")
def add(
    *,
    config_file: str | None,
    as_json: bool,
    watchlist: str,
    entity: str,
    source: str,
    story: str,
    span: str | None,
    end: str | None,
    reason: str,
    by: str,
) -> int:
    """Mute what fits all that is named, until then. It works at once, also in a running monitor.

    What is muted is stored with the silence's number and reason, and never told later.
    """
    from monitor.model import Silence
    from monitor.store import Store

    now = clock()
    settings = load_config(config_file).settings
    if not (watchlist or entity or source or story):
        raise UsageError("name what to mute: --watchlist, --entity, --source or --story")
    if not reason.strip():
        raise UsageError("--reason says why, for everybody who misses an alert")
    _check("watchlist", watchlist, [each.name for each in settings.watchlists])
    _check("entity", entity, [each.key for each in settings.entities])
    wanted = Silence(
        id=0,
        watchlist=watchlist,
        entity=entity,
        source=_source(source, settings),
        story="",
        reason=" ".join(reason.split()),
        by=by or _user(),
        created=now,
        until=_until(span, end, now),
    )
    with Store.open(settings.store.url) as store:
        made = store.add_silence(replace(wanted, story=_story(story, store)))
    _show([made], now=now, as_json=as_json, one=True)
    return 0


@command.command("list", epilog="Example: monitor silence list --all -v")
@config_option
@json_option
@click.option("--all", "every", is_flag=True, help="Also those that have ended.")
def list_silences(
    config_file: str | None = None, *, as_json: bool = False, every: bool = False
) -> None:
    """List silences, the newest first; with -v how many items each has muted."""
    from monitor.store import Store

    now = clock()
    settings = load_config(config_file).settings
    with Store.open(settings.store.url) as store:
        found = store.silences(None if every else now)
        counts = (
            {each.id: store.count_silenced(each.id) for each in found} if asked("verbose") else {}
        )
    _show(found, now=now, as_json=as_json, counts=counts)
    if not found:
        say("nothing is silenced")


@command.command("end", epilog="Example: monitor silence end 3")
@click.argument("number", type=int, metavar="ID")
@config_option
@json_option
def end(*, number: int, config_file: str | None, as_json: bool) -> int:
    """End a silence now. Exits 1 if none that lasts has this number."""
    from monitor.store import Store

    now = clock()
    settings = load_config(config_file).settings
    with Store.open(settings.store.url) as store:
        ended = store.end_silence(number, now)
    if ended is None:
        say(f"no silence {number} lasts; monitor silence list shows those that do")
        return 1
    _show([ended], now=now, as_json=as_json, one=True)
    return 0


def _check(what: str, name: str, known: list[str]) -> None:
    """Refuse a name that nothing has: such a silence would mute nothing."""
    from monitor.config.problems import did_you_mean, quote

    if name and name not in known:
        near = did_you_mean(name, known)
        raise UsageError(f"no {what} is called {quote(name)}" + (f"; {near}" if near else ""))


def _source(given: str, settings: "Settings") -> str:
    """Return the name of a source given by its name or address."""
    named = {name: each.name for each in settings.sources for name in (each.url, each.name)}
    _check("source", given, list(named))
    return named[given] if given else ""


def _story(given: str, store: "Store") -> str:
    """Return the id of a story given by its own or an alert's, or by the beginning of one."""
    if not given:
        return ""
    found = store.stories_named(given)
    if len(found) == 1:
        return found[0]
    if found:
        raise UsageError(f"“{given}” begins the ids of several stories; give more of it")
    raise UsageError(f"no story or alert is called “{given}”; monitor explain shows their ids")


def _until(span: str | None, end: str | None, now: datetime) -> datetime:
    if (span is None) == (end is None):
        raise UsageError("say how long: --for 2h, or --until 2025-12-01T06:00Z")
    until = now + _span(span) if span is not None else _moment(end or "")
    if until <= now:
        raise UsageError("the silence would end before it begins")
    return until


def _span(text: str) -> timedelta:
    from pydantic_core import PydanticCustomError

    from monitor.config.values import read_duration

    try:
        return read_duration(text)
    except PydanticCustomError as wrong:
        raise UsageError(f"--for: {wrong}") from None


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        message = f"--until: “{text}” is not a time; write it as in 2025-12-01T06:00Z"
        raise UsageError(message) from None
    if moment.tzinfo is None:
        raise UsageError("--until: of which zone? end with Z for UTC, or with an offset as +01:00")
    return moment.astimezone(UTC)


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # nobody has this number, as in a container
        return ""


def _show(
    silences: "list[Silence]",
    *,
    now: datetime,
    as_json: bool,
    one: bool = False,
    counts: dict[int, int] | None = None,
) -> None:
    if as_json:
        rows = [_json(each, now, counts or {}) for each in silences]
        print_json(rows[0] if one else rows)
        return
    for each in silences:
        click.echo(_line(each, now, counts or {}))


def _json(silence: "Silence", now: datetime, counts: dict[int, int]) -> dict[str, object]:
    counted = {"muted": counts[silence.id]} if silence.id in counts else {}
    return {
        "id": silence.id,
        "watchlist": silence.watchlist or None,
        "entity": silence.entity or None,
        "source": silence.source or None,
        "story": silence.story or None,
        "reason": silence.reason,
        "by": silence.by or None,
        "created": rfc3339(silence.created),
        "until": rfc3339(silence.until),
        "lasts": now < silence.until,
        **counted,
    }


def _line(silence: "Silence", now: datetime, counts: dict[int, int]) -> str:
    from monitor.alerts.excerpt import printable

    about = " and ".join(
        f"{name} {value}"
        for name in ("watchlist", "entity", "source", "story")
        if (value := getattr(silence, name))
    )
    verb = "until" if now < silence.until else "ended"
    by = f" by {silence.by}" if silence.by else ""
    muted = f"; muted {count(counts[silence.id], 'item')}" if silence.id in counts else ""
    words = f"{about}, {verb} {rfc3339(silence.until)}{by}: {silence.reason}{muted}"
    return f"{silence.id:>4}  {printable(words)}"
