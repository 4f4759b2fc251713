"""`monitor config`."""

import json
from dataclasses import asdict

import click

from monitor.cli.options import config_option, json_option, load_config, print_json


@click.command(epilog="Example: monitor config --json")
@config_option
@json_option
def command(*, config_file: str | None, as_json: bool) -> None:
    """Show the effective configuration and where each value came from, secrets masked."""
    from monitor.config.describe import describe

    options = describe(load_config(config_file))
    if as_json:
        print_json([asdict(option) for option in options])
        return
    for option in options:
        value = json.dumps(option.value, ensure_ascii=False)
        click.echo(f"{option.path}: {value}  # {option.origin}")
