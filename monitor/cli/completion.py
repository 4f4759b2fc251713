"""`monitor completion SHELL`."""

import click
from click.shell_completion import get_completion_class

from monitor.cli.options import common_options


@click.command(epilog='Example: eval "$(monitor completion bash)"')
@common_options
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def command(shell: str) -> None:
    """Print the completion script of a shell."""
    from monitor.cli import cli

    kind = get_completion_class(shell)
    assert kind is not None
    click.echo(kind(cli, {}, "monitor", "_MONITOR_COMPLETE").source())
