"""`monitor ack` and `monitor unack`."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from monitor.cli.options import (
    clock,
    config_option,
    json_option,
    load_config,
    print_json,
    rfc3339,
    say,
)

if TYPE_CHECKING:
    from monitor.model import Case


@click.command(epilog='Example: monitor ack 3f2a9c1e --by Ana --note "desk has called them"')
@click.argument("alert")
@config_option
@json_option
@click.option("--by", default="", metavar="NAME", help="Who has taken note.")
@click.option("--note", default="", metavar="WORDS", help="What others shall know.")
def command(alert: str, *, config_file: str | None, as_json: bool, by: str, note: str) -> int:
    """Take note of an alert: its story is told again only if what it tells changes.

    That is: other numbers, a denial or a correction in a headline, a higher severity. Copies are
    only counted, and nobody is called because the alert was left lying.
    ALERT is its id or the beginning of it. Exits 1 if there is no such alert.
    """
    from monitor.alerts.resting import acknowledge
    from monitor.model import Acknowledgement

    acked = Acknowledgement(at=clock(), by=by, note=note)
    return _amend(
        alert, lambda case: acknowledge(case, acked), config_file=config_file, as_json=as_json
    )


@click.command(epilog="Example: monitor unack 3f2a9c1e")
@click.argument("alert")
@config_option
@json_option
def undo(alert: str, *, config_file: str | None, as_json: bool) -> int:
    """Take an acknowledgement back: follow-ups on the story leave as before.

    ALERT is its id or the beginning of it. Exits 1 if there is no such alert.
    """
    from monitor.alerts.resting import unacknowledge

    return _amend(alert, unacknowledge, config_file=config_file, as_json=as_json)


def _amend(
    alert: str, change: "Callable[[Case], Case]", *, config_file: str | None, as_json: bool
) -> int:
    from monitor.store import Store

    settings = load_config(config_file).settings
    with Store.open(settings.store.url) as store:
        found = store.amend_case(alert.strip(), change) if alert.strip() else ()
    if len(found) != 1:
        if as_json:
            print_json([])
        say(_unclear(alert, found))
        return 1
    [case] = found
    if as_json:
        print_json([_json(case)])
    else:
        click.echo(_line(case))
    return 0


def _unclear(alert: str, found: "tuple[Case, ...]") -> str:
    if found:
        return f"“{alert}” begins the ids of {len(found)} alerts; give more of it"
    return f"no alert is called “{alert}”; monitor deliveries --json shows the ids of alerts"


def _json(case: "Case") -> dict[str, Any]:
    acked = case.acked
    return {
        "story": case.story,
        "watchlist": case.watchlist,
        "state": case.state.value,
        "acknowledged": {"at": rfc3339(acked.at), "by": acked.by, "note": acked.note}
        if acked
        else None,
    }


def _line(case: "Case") -> str:
    about = f"{case.watchlist}, story {case.story}"
    if case.acked:
        return f"{about}: acknowledged; it is told again only if what it tells changes"
    return f"{about}: {case.state}"
