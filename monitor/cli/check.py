"""`monitor check`."""

import click

from monitor.cli.options import asked, config_option, json_option, load_config, print_json, say
from monitor.errors import ConfigError


@click.command(epilog="Example: monitor check -c config.yaml --network")
@config_option
@json_option
@click.option("--network", is_flag=True, help="Also fetch each source once.")
@click.option("--strict", is_flag=True, help="Exit 78 on warnings too.")
def command(*, config_file: str | None, as_json: bool, network: bool, strict: bool) -> int:
    """Validate the configuration and say everything that is wrong with it."""
    try:
        loaded = load_config(config_file)
    except ConfigError as wrong:
        if as_json:
            print_json([problem.as_json() for problem in wrong.problems])
            return wrong.exit_code
        raise
    problems = loaded.warnings
    if as_json:
        # With --network the sources follow, one JSON line each.
        print_json([problem.as_json() for problem in problems])
    elif not asked("quiet"):
        for problem in problems:
            say(str(problem))
        settings = loaded.settings
        click.echo(
            f"{settings.files[0]} is valid: {len(settings.sources)} sources, "
            f"{len(settings.watchlists)} watchlists, {len(settings.notifiers)} notifiers"
        )
    if strict and problems:
        return ConfigError.exit_code
    if network:
        from monitor.cli.reach import fetch_each

        return fetch_each(loaded.settings, as_json=as_json)
    return 0
