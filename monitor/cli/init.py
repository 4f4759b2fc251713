"""`monitor init`."""

from pathlib import Path

import click

from monitor.cli.options import common_options, say
from monitor.errors import UnreachableError


@click.command(epilog="Example: monitor init && monitor run")
@common_options
def command() -> int:
    """Write a commented config.yaml here; it runs as it is."""
    from importlib.resources import files

    path = Path("config.yaml")
    text = files("monitor.config").joinpath("template.yaml").read_text(encoding="utf-8")
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise UnreachableError(
            "config.yaml is here already; monitor init writes no other"
        ) from None
    except OSError as wrong:
        raise UnreachableError(f"config.yaml can't be written here: {wrong.strerror}") from None
    say("config.yaml written. Next: monitor check, then monitor run")
    return 0
