"""What commands share: finding and loading the configuration, and how they speak."""

import os
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO, TypeVar

import click

if TYPE_CHECKING:
    from monitor.config.load import Loaded

F = TypeVar("F", bound=Callable[..., Any])


def config_option(function: F) -> F:
    """Add `-c FILE` to a command."""
    return click.option(
        "-c",
        "--config",
        "config_file",
        metavar="FILE",
        help="The configuration; else $MONITOR_CONFIG, else ./config.yaml.",
    )(function)


def json_option(function: F) -> F:
    """Add `--json` to a command."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON.")(function)


def noise_options(function: F) -> F:
    """Add `-v` and `--quiet` to a command."""
    function = click.option("--quiet", is_flag=True, help="Only say what is wrong.")(function)
    return click.option("-v", "--verbose", is_flag=True, help="Say more.")(function)


def load_config(config_file: str | None) -> "Loaded":
    """Find and load the configuration.

    Raises ConfigError with every mistake; warnings go to stderr.
    """
    from monitor.config.load import find_config, load

    path = find_config(config_file, os.environ, Path.cwd())
    return load(path, environ=os.environ)


def clock() -> datetime:
    """Return the time, aware and UTC."""
    return datetime.now(UTC)


def start_logging(loaded: "Loaded", *, verbose: bool = False, quiet: bool = False) -> None:
    """Configure the log as the configuration and the command line ask, secrets masked."""
    from monitor import logs

    level = "debug" if verbose else "error" if quiet else loaded.settings.log.level
    logs.configure(level, loaded.settings.log.format, sys.stderr)
    logs.register_secrets(loaded.secrets)


def rfc3339(time: datetime) -> str:
    """Return a UTC time as people and programs read it, to the second."""
    return time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def say(text: str) -> None:
    """Write a message for a person to stderr."""
    click.echo(text, err=True)


def colour_wanted(out: TextIO) -> bool:
    """Tell whether `out` is a terminal whose user has not refused colour."""
    return out.isatty() and "NO_COLOR" not in os.environ
