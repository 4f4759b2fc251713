"""`monitor check`."""

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
    say,
)
from monitor.errors import ConfigError

if TYPE_CHECKING:
    from monitor.config.load import Loaded
    from monitor.config.problems import Problem


@click.command(epilog="Example: monitor check -c config.yaml --network")
@config_option
@json_option
@click.option("--network", is_flag=True, help="Also fetch each source once.")
@click.option("--strict", is_flag=True, help="Exit 78 on warnings too.")
def command(*, config_file: str | None, as_json: bool, network: bool, strict: bool) -> int:
    """Validate the configuration and say everything that is wrong with it.

    Warnings are about what is valid and probably not meant; some are found only where a store with
    items is. With -v hints follow, which --strict does not count.
    """
    try:
        loaded = load_config(config_file)
    except ConfigError as wrong:
        if as_json:
            print_json([problem.as_json() for problem in wrong.problems])
            return wrong.exit_code
        raise
    from monitor.cli.stored_doubts import stored_doubts

    problems = [*loaded.warnings, *stored_doubts(loaded, clock())]
    told = [*problems, *_hints(loaded)] if asked("verbose") else problems
    if as_json:
        # With --network the sources follow, one JSON line each.
        print_json([problem.as_json() for problem in told])
    elif not asked("quiet"):
        for problem in told:
            say(str(problem))
        click.echo(_verdict(loaded, len(problems) if strict else 0))
    if strict and problems:
        return ConfigError.exit_code
    if network:
        from monitor.cli.reach import fetch_each

        return fetch_each(loaded.settings, as_json=as_json)
    return 0


def _verdict(loaded: "Loaded", counted: int) -> str:
    """Return what is said in the end; `counted` warnings are taken for errors."""
    settings = loaded.settings
    if counted:
        return f"{settings.files[0]} has {count(counted, 'warning')}, and --strict fails on them"
    counts = (
        count(len(settings.sources), "source"),
        count(len(settings.watchlists), "watchlist"),
        count(len(settings.notifiers), "notifier"),
    )
    return f"{settings.files[0]} is valid: {', '.join(counts)}"


def _hints(loaded: "Loaded") -> "list[Problem]":
    from monitor.config.rule_checks import hints

    return hints(loaded.settings, loaded.root)
