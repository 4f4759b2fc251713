"""What people are told of a changed configuration that is doubtful or not taken over. Pure."""

from datetime import datetime
from typing import TypeAlias

from monitor.config.problems import Code, Problem
from monitor.errors import ConfigError
from monitor.logs import escape
from monitor.model import Notice, Rejected, Severity

Doubt: TypeAlias = tuple[str, str, str, str]


def as_known(problem: Problem) -> Doubt:
    """Return what a warning is known by again, wherever in its file it has moved."""
    return problem.file, problem.code, problem.message, problem.source_line


def errors_of(error: ConfigError) -> list[Problem]:
    """Return what is wrong, without what is only doubtful."""
    return [each for each in error.problems if each.severity == "error"]


def rejection(error: ConfigError, now: datetime) -> Rejected:
    """Return what is kept of a configuration that is not taken over."""
    wrong = errors_of(error)
    return Rejected(at=now, error=_in_one_line(wrong[0]), errors=len(wrong))


def notice_of(rejected: Rejected, error: ConfigError) -> Notice:
    """Return the message that says that a configuration is not taken over, and why."""
    wrong = errors_of(error)
    others = f" and {rejected.errors - 1} more" if rejected.errors > 1 else ""
    # By itself what is unfinished is valid, and `monitor check` knows of no time before.
    by_itself = all(each.code is Code.UNFINISHED for each in wrong)
    again = "" if by_itself else "; `monitor check` says this too"
    listed = "\n".join(map(str, wrong))
    return Notice(
        type="system.config_rejected",
        source=None,
        created=rejected.at,
        severity=Severity.MEDIUM,
        title=f"The changed configuration is not taken over: {rejected.error}{others}",
        text=f"{listed}\n\nThe one from before goes on{again}.",
        count=rejected.errors,
    )


def _in_one_line(problem: Problem) -> str:
    place = f"{problem.file}:{problem.line}:{problem.column}" if problem.line else problem.file
    return escape(f"{place}: {problem.message} [{problem.code}]")
