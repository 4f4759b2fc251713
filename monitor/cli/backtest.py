"""`monitor backtest`."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import click

from monitor.cli.options import (
    asked,
    clock,
    config_option,
    json_option,
    load_config,
    print_json,
    say,
)
from monitor.cli.stored import open_stored
from monitor.errors import UsageError

if TYPE_CHECKING:
    from monitor.cli.rehearse import Rehearsal
    from monitor.cli.tallied import Figures
    from monitor.model import Item
    from monitor.settings import Settings

SIMULATED: Final = (
    "languages, sources, vetoes and possible matches",
    "stories: one alert for each, and its follow-ups",
)
STORED: Final = ("alerts.max_age", "first_poll")
NOT_SIMULATED: Final = (
    "stories from before the first item",
    "edits of an item",
    "silences and acknowledgements",
)
_NO_ITEMS: Final = (
    "no item is stored of that time: monitor run, or monitor poll now and then, stores them; "
    "or try the items of a file with --items FILE"
)
OF_A_FILE: Final = "first_poll and alerts.max_age, since items count as found when published"


class _Seen(NamedTuple):
    """An item, and when it was found."""

    item: "Item"
    at: datetime
    first_poll: bool = False


class Span(click.ParamType[timedelta]):
    """A duration as in the configuration: 90s, 15m, 6h, 30d."""

    name = "duration"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> timedelta:
        """Read the duration."""
        from pydantic_core import PydanticCustomError

        from monitor.config.values import read_duration

        if isinstance(value, timedelta):
            return value
        try:
            return read_duration(value)
        except PydanticCustomError as error:
            self.fail(f"{value}: {error.message()}", param, ctx)


@click.command(epilog="Example: monitor backtest venezuela-crisis --since 30d")
@click.argument("watchlists", nargs=-1)
@config_option
@json_option
@click.option("--since", type=Span(), metavar="DURATION", help="How far back; default 30d.")
@click.option("--items", "file", type=click.Path(path_type=Path), help="JSON lines; - for stdin.")
@click.option("--alert", is_flag=True, help="Send the alerts of one new watchlist; needs --since.")
@click.option("--yes", is_flag=True, help="With --alert: don't ask.")
def command(
    watchlists: tuple[str, ...],
    *,
    config_file: str | None,
    as_json: bool,
    since: timedelta | None,
    file: Path | None,
    alert: bool,
    yes: bool,
) -> int:
    """Show what watchlists would have done with stored items, or with those of a file.

    A watchlist under test need not run: it is enough that it stands in the configuration. Nothing
    is sent and nothing is stored, unless --alert asks for it: then what one watchlist finds in the
    items stored since, and has not ruled on, is alerted. Twice sends nothing twice.
    Exits 1 if nothing matches.
    """
    if file is not None and (since is not None or alert):
        raise UsageError("--items takes the items of a file; --since and --alert, stored ones")
    settings = load_config(config_file).settings
    if alert:
        from monitor.cli.afterwards import alert_afterwards

        if len(watchlists) != 1 or since is None:
            raise UsageError("--alert takes one watchlist and --since, as in --since 6h")
        return alert_afterwards(settings, watchlists[0], since, as_json=as_json, yes=yes)
    if file is not None:
        figures = _test_file(settings, watchlists, file)
    else:
        figures = _test_stored(settings, watchlists, since or timedelta(days=30))
        if not figures.tallies.items:
            say(_NO_ITEMS)
    _show(figures, as_json=as_json)
    return int(not any(tally.matches for tally in figures.tallies.each.values()))


def _test_file(settings: "Settings", names: tuple[str, ...], file: Path) -> "Figures":
    from monitor.cli.given import by_name, make_item, open_lines, read_samples
    from monitor.cli.rehearse import Rehearsal

    sources, now = by_name(settings.sources), clock()

    def seen(stream: Iterator[bytes]) -> Iterator[_Seen]:
        for serial, (_, sample, published) in enumerate(read_samples(stream, str(file))):
            at = published or now
            yield _Seen(make_item(sample, sources, now=at, published=published, serial=serial), at)

    rehearsal = Rehearsal(settings, names)
    size = None if str(file) == "-" or not file.is_file() else file.stat().st_size
    with open_lines(file) as stream, _progress(size) as advance:
        found = seen(_measured(stream, advance))
        return _count(rehearsal, found, SIMULATED, (*NOT_SIMULATED, OF_A_FILE))


def _test_stored(settings: "Settings", names: tuple[str, ...], since: timedelta) -> "Figures":
    from monitor.cli.rehearse import Rehearsal

    rehearsal, start = Rehearsal(settings, names), clock() - since
    with open_stored(settings.store.url) as store:
        total = store.count_history(start) if store and sys.stderr.isatty() else None
        with _progress(total) as advance:

            def seen() -> Iterator[_Seen]:
                for past in store.history(start) if store else ():
                    yield _Seen(past.item, past.item.first_seen, past.first_poll)
                    advance(1)

            return _count(rehearsal, seen(), (*SIMULATED, *STORED), NOT_SIMULATED)


def _count(
    rehearsal: "Rehearsal",
    found: Iterator[_Seen],
    simulated: tuple[str, ...],
    not_simulated: tuple[str, ...],
) -> "Figures":
    from monitor.cli.tallied import Figures
    from monitor.watch.counting import TermCounter
    from monitor.watch.tally import Tallies

    terms = TermCounter(rehearsal.matcher.watches)
    tallies = Tallies(watchlist.name for watchlist in rehearsal.watchlists)
    for item, at, first_poll in found:
        rehearsed = rehearsal.take(item, at, first_poll=first_poll)
        terms.count(rehearsed.reading)
        tallies.add(
            item,
            rehearsed.rulings,
            language=rehearsed.reading.language,
            at=at,
            alerts=rehearsed.alerts,
        )
    tallies.follow(rehearsal.finish())
    return Figures(tallies=tallies, terms=terms, simulated=simulated, not_simulated=not_simulated)


def _show(figures: "Figures", *, as_json: bool) -> None:
    from monitor.cli import tallied

    if as_json:
        print_json(tallied.as_json(figures))
        return
    blocks = (sys.stdout.encoding or "").lower().startswith("utf")
    for line in tallied.as_text(figures, blocks=blocks, verbose=asked("verbose")):
        click.echo(line)


# --- progress ---------------------------------------------------------------------------------


@contextmanager
def _progress(total: int | None) -> "Iterator[Any]":
    """Lend a function that is told how far the work is; a bar shows it to a person."""
    if not total or not sys.stderr.isatty() or asked("quiet"):
        yield lambda _: None
        return
    with click.progressbar(length=total, file=sys.stderr, update_min_steps=total // 200) as bar:
        yield bar.update


def _measured(stream: Any, advance: Any) -> Iterator[bytes]:
    for line in stream:
        yield line
        advance(len(line))
