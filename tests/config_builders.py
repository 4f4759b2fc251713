"""A configuration from a text, and what is wrong with it."""

from collections.abc import Mapping
from pathlib import Path
from textwrap import dedent

from monitor.config.load import Loaded, load
from monitor.config.problems import Problem
from monitor.errors import ConfigError

FEED = "https://wire.example/feed.xml"
SECRET = "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIz"


class Folder:
    """A folder of configuration files."""

    def __init__(self, path: Path, environ: Mapping[str, str] | None = None) -> None:
        self.path = path
        self.environ = dict(environ or {})

    def write(self, name: str, text: str | bytes) -> Path:
        path = self.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else dedent(text).encode())
        return path

    def load(self, text: str | bytes | None = None) -> Loaded:
        if text is not None:
            self.write("config.yaml", text)
        return load(self.path / "config.yaml", environ=self.environ)

    def problems(self, text: str | bytes | None = None) -> list[Problem]:
        """What the loader refuses the text for; [] when it takes it."""
        found: list[Problem] = []
        try:
            self.load(text)
        except ConfigError as error:
            found += error.problems
        assert all(each.help for each in found), "a problem says what to do"
        return found

    def problem(self, text: str | bytes | None = None) -> Problem:
        """The one problem of a text."""
        problems = self.problems(text)
        assert len(problems) == 1, "\n".join(map(str, problems))
        return problems[0]

    def refused(self, text: str | bytes | None = None) -> list[tuple[str, int, int]]:
        """Code, line and column of each problem."""
        return [(str(each.code), each.line, each.column) for each in self.problems(text)]

    def warned(self, text: str | bytes | None = None) -> list[tuple[str, int, int]]:
        found = self.load(text).warnings
        assert all(each.help for each in found), "a warning says what to do"
        return [(str(each.code), each.line, each.column) for each in found]


def marked(problem: Problem) -> str:
    """The part of the source line that the carets stand under."""
    return problem.source_line[problem.column - 1 : problem.end_column - 1]
