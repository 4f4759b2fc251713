"""What commands share: finding and loading the configuration, and how they speak."""

import json
import os
import sys
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO, TypeVar

import click

if TYPE_CHECKING:
    from monitor.config.load import Loaded
    from monitor.settings import Settings

_encode = json.JSONEncoder(ensure_ascii=False).encode

F = TypeVar("F", bound=Callable[..., Any])


def config_option(function: F) -> F:
    """Add `-c FILE`, and what every command has, to a command."""
    return common_options(
        click.option(
            "-c",
            "--config",
            "config_file",
            metavar="FILE",
            help="The configuration; else $MONITOR_CONFIG, else ./config.yaml.",
        )(function)
    )


def common_options(function: F) -> F:
    """Add `-v` and `--quiet` to a command; they are kept aside for `say` and the log."""
    for flags, text in (
        (("--quiet",), "Only say what is wrong."),
        (("-v", "--verbose"), "Log what happens to stderr."),
    ):
        function = click.option(
            *flags, is_flag=True, expose_value=False, callback=_keep, help=text
        )(function)
    return function


def json_option(function: F) -> F:
    """Add `--json` to a command."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON.")(function)


def _keep(ctx: click.Context, option: click.Parameter, value: bool) -> None:  # noqa: FBT001 - click's
    name = f"monitor.{option.name}"
    ctx.meta[name] = ctx.meta.get(name, False) or value


def asked(name: str) -> bool:
    """Tell whether `verbose` or `quiet` was asked for."""
    return bool(click.get_current_context().meta.get(f"monitor.{name}"))


def load_config(config_file: str | None) -> "Loaded":
    """Find and load the configuration. Raises ConfigError with every mistake."""
    from monitor.config.load import find_config, load

    path = find_config(config_file, os.environ, Path.cwd())
    return load(path, environ=os.environ)


def clock() -> datetime:
    """Return the time, aware and UTC."""
    return datetime.now(UTC)


def start_logging(loaded: "Loaded", *, level: str = "error") -> None:
    """Send the log to stderr, secrets masked: from `level` on, all with -v, faults with --quiet."""
    set_logging(loaded.settings, loaded.secrets, level=level)


def set_logging(settings: "Settings", secrets: Iterable[str], *, level: str) -> None:
    """Do the same for settings by themselves."""
    from monitor import logs

    level = "debug" if asked("verbose") else "error" if asked("quiet") else level
    logs.configure(level, settings.log.format, sys.stderr)
    logs.register_secrets(secrets)


def count(number: int, noun: str) -> str:
    """Return a number with its noun, as in 1 item and 2,000 matches."""
    plural = f"{noun[:-1]}ies" if noun.endswith("ty") else f"{noun}{'e' * noun.endswith('ch')}s"
    return f"{number:,} {noun if number == 1 else plural}"


def rfc3339(time: datetime) -> str:
    """Return a UTC time as people and programs read it, to the second."""
    return time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def print_json(value: object) -> None:
    """Print one JSON value in one line to stdout."""
    click.echo(_json(value))


def write_json(value: object) -> None:
    """Do the same for one of very many: it is seen when there is enough of them, or no more."""
    sys.stdout.write(f"{_json(value)}\n")


def _json(value: object) -> str:
    text = _encode(value)
    # A lone surrogate, which JSON from outside may hold, has no UTF-8 but an escape.
    return text if text.isascii() or _encodes(text) else json.dumps(value)


def _encodes(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def say(text: str) -> None:
    """Write a message for a person to stderr, unless --quiet."""
    if not asked("quiet"):
        click.echo(text, err=True)


def colour_wanted(out: TextIO) -> bool:
    """Tell whether `out` is a terminal whose user has not refused colour."""
    return out.isatty() and "NO_COLOR" not in os.environ
