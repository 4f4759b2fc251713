"""`monitor version`."""

import platform

import click

from monitor import __version__
from monitor.cli.options import common_options, print_json


@click.command(epilog="Example: monitor version --json")
@common_options
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def command(*, as_json: bool) -> None:
    """Print the version."""
    if as_json:
        print_json({"version": __version__, "python": platform.python_version()})
    else:
        click.echo(__version__)
