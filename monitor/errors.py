"""The exceptions callers can act on.

MonitorError
├── ConfigError      a file a person wrote is wrong (exit 78); carries the problems, all of them
├── UsageError       a command was asked for something that isn't there (exit 2)
├── StoreError       the store can't be opened, is newer, or is in use (exit 3)
└── UnreachableError something needed can't be reached or written (exit 3)

Expected outcomes, such as a feed that answers 404, are values in monitor.model.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from monitor.config.problems import Problem


class MonitorError(Exception):
    """Say in one sentence what is wrong and what to do."""

    exit_code = 1


class UsageError(MonitorError):
    """A name or an argument that means nothing here."""

    exit_code = 2


class StoreError(MonitorError):
    """The store can't be opened, is of a newer release, or is in use."""

    exit_code = 3


class UnreachableError(MonitorError):
    """Something that must be reached or written can't be."""

    exit_code = 3


class ConfigError(MonitorError):
    """One or more files people wrote are wrong; `problems` lists every mistake."""

    exit_code = 78

    def __init__(self, problems: Sequence["Problem"]) -> None:
        """Keep the problems in the order of their places."""
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))
