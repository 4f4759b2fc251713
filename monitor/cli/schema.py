"""`monitor schema`."""

import click

from monitor.cli.options import common_options


@click.command(epilog="Example: monitor schema > schema.json")
@common_options
def command() -> None:
    """Print the JSON schema of the configuration, for editors."""
    from importlib.resources import files

    click.echo(
        files("monitor.config").joinpath("schema.json").read_text(encoding="utf-8"), nl=False
    )
