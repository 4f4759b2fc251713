"""`monitor version`."""

import json
import platform

import click

from monitor import __version__


@click.command(epilog="Example: monitor version --json")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def command(*, as_json: bool) -> None:
    """Print the version."""
    if as_json:
        click.echo(json.dumps({"version": __version__, "python": platform.python_version()}))
    else:
        click.echo(__version__)
