"""The commands, one file each, imported only when called so that `--help` answers at once."""

import atexit
import errno
import gc
import importlib
import os
import sys
from collections.abc import Sequence

import click

from monitor import __version__
from monitor.errors import MonitorError, UnreachableError

# name → (file of this folder, one line for --help)
COMMANDS = {
    "demo": ("demo", "See the whole product work, with no network and nothing kept."),
    "init": ("init", "Write a commented config.yaml here."),
    "run": ("run", "Poll, match and alert until stopped; the daemon, in the foreground."),
    "check": ("check", "Validate the configuration; --network also fetches each source."),
    "test": ("test", "Run the tests written in watchlists."),
    "poll": ("poll", "Poll once now what is due, deliver what results, and exit."),
    "parse": ("parse", "Show a feed as the monitor reads it."),
    "match": ("match", "Show which watchlists fire on given items, and why."),
    "backtest": ("backtest", "Show what watchlists would have done with stored items."),
    "explain": ("explain", "Say why an item did or did not alert."),
    "status": ("status", "Is it running; what fails, waits, is late."),
    "ack": ("ack", "Take note of an alert: its copies stay silent."),
    "unack": ("unack", "Take an acknowledgement back."),
    "silence": ("silence", "Mute a watchlist, an entity, a source or a story for a while."),
    "sources": ("sources", "List, add, remove and explain what is polled."),
    "entities": ("entities", "Suggest and import the names of who is watched."),
    "import": ("import_", "Add sources from OPML or a list of addresses."),
    "export": ("export", "Write the sources as OPML, a list or YAML."),
    "send-test": ("send_test", "Send a marked test alert through a notifier."),
    "deliveries": ("deliveries", "Show the outbox."),
    "config": ("config", "Show the effective configuration, secrets masked."),
    "schema": ("schema", "Print the JSON schema of the configuration, for editors."),
    "version": ("version", "Print the version."),
    "completion": ("completion", "Print the shell's completion script."),
}

OBJECTS_BEFORE_COLLECTING = 200_000
_UNWRITABLE = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EBADF})


class _Commands(click.Group):
    """Imports a command's file when the command is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order a new user meets them."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """Import and return one command."""
        del ctx
        if name not in COMMANDS:
            return None
        module = importlib.import_module(f"monitor.cli.{COMMANDS[name][0]}")
        command = module.command
        assert isinstance(command, click.Command)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command; of one that is none say which was probably meant."""
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as wrong:
            from monitor.config.problems import did_you_mean

            message = f"{wrong.message} {did_you_mean(args[0], COMMANDS).capitalize()}"
            raise click.UsageError(message.rstrip(), ctx) from None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands from the table, without importing them."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])


@click.group(
    cls=_Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Start with: monitor demo",
)
@click.version_option(__version__, message="%(version)s")
def cli() -> None:
    """Watch news feeds; send one signed alert per story, whatever happens."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command and exit: 0 done, 1 no, 2 usage, 3 unreachable, 78 configuration."""
    _start_lightly()
    try:
        code = cli.main(args=arguments, prog_name="monitor", standalone_mode=False)
        _flush()
    except click.exceptions.Exit as stop:
        code = stop.exit_code
    except click.Abort:
        code = 130
    except click.ClickException as wrong:
        wrong.show()
        code = wrong.exit_code
    except MonitorError as wrong:
        click.echo(_words(wrong), err=True)
        code = wrong.exit_code
    except BrokenPipeError:
        # The reader of our output has gone (`monitor … | head`); there is no one to tell.
        sys.stderr.close()
        code = 0
    except OSError as wrong:
        if not _is_of_output(wrong):
            raise
        _let_go()
        click.echo(f"error: the output can't be written: {wrong.strerror}", err=True)
        code = UnreachableError.exit_code
    sys.exit(code if isinstance(code, int) else 0)


def _words(wrong: MonitorError) -> str:
    return str(wrong) if wrong.exit_code == 78 else f"error: {wrong}"


def _flush() -> None:
    if sys.stdout:  # None where the caller has closed it
        sys.stdout.flush()


def _is_of_output(wrong: OSError) -> bool:
    """Tell whether what was printed can't be written: such an error names no file."""
    return wrong.filename is None and wrong.errno in _UNWRITABLE


def _let_go() -> None:
    # Or the interpreter would try once more while it ends, and say so in its own words.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _start_lightly() -> None:
    """Leave out work that a command which soon ends gains nothing from."""
    # Nearly all that a command makes stays until its end; looking through it frees nothing.
    gc.set_threshold(OBJECTS_BEFORE_COLLECTING)
    # The interpreter would look through it twice more while it ends, for a tenth of a second.
    atexit.register(gc.freeze)
    # httpx imports its own command line, and with it rich, wherever rich is installed; None is
    # Python's word for a module that isn't there. tests/system/test_starting.py holds it.
    sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]  # typeshed knows no None
    # pydantic would look for plugins of its own in the metadata of every installed package.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
