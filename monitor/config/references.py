"""Puts environment variables and files into texts: `${NAME}`, `${NAME:-default}`, `${file:PATH}`.

It works on parsed texts, never on raw YAML, so that no value can change a file's structure.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from monitor.config.inputs import digest_of
from monitor.config.problems import MOST, Code, Problem, did_you_mean, quote
from monitor.config.tree import (
    AnyNode,
    ScalarNode,
    SequenceNode,
    is_empty,
    problem_at,
)

MAX_FILE_BYTES = 65_536
SHORTEST_SECRET = 8  # shorter values, such as a port, are not hidden wherever they occur

_REFERENCE = re.compile(r"\$\$(?=\{)|\$\{([^{}]*)\}|\$\{")
_VARIABLE = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)(?::-(.*))?", re.DOTALL)
_UNTYPED = re.compile("[\x00-\x08\x0b-\x1f\x7f]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_FORMS = "write ${NAME}, ${NAME:-default} or ${file:PATH}; $${ stands for the signs ${ themselves"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """Where values come from: the environment, and the folders searched for secret files."""

    environ: Mapping[str, str] = field(repr=False)
    folders: tuple[Path, ...] = ()

    @classmethod
    def beside(cls, folder: Path, environ: Mapping[str, str]) -> "Outside":
        """Search systemd's credentials, then Docker's secrets, then the configuration's folder."""
        credentials = environ.get("CREDENTIALS_DIRECTORY")
        given = (Path(credentials),) if credentials else ()
        return cls(environ=environ, folders=(*given, Path("/run/secrets"), folder))


@dataclass(slots=True)
class Resolver:
    """Turns nodes into plain values; keeps what was wrong and what was put in."""

    outside: Outside
    problems: list[Problem] = field(default_factory=list)
    secrets: set[str] = field(default_factory=set, repr=False)
    broken: set[AnyNode] = field(default_factory=set)  # texts that have a problem already
    contents: dict[Path, bytes] = field(default_factory=dict)  # what stands for the files' bytes

    def plain(self, node: AnyNode) -> Any:
        """Return a node as dicts, lists and texts; None where a value is missing."""
        if isinstance(node, ScalarNode):
            return None if is_empty(node) else self.text(node)
        if isinstance(node, SequenceNode):
            return [self.plain(item) for item in node.items]
        return {key: self.plain(value) for key, (_, value) in node.entries.items()}

    def text(self, node: ScalarNode) -> str:
        """Return a text with what its references stand for."""
        value = node.text
        if "${" in value and not node.literal:
            value = _REFERENCE.sub(lambda found: self._replace(node, found), value)
        if _UNTYPED.search(value):
            message = f"{_shown(node)} holds a control character"
            self._wrong(node, Code.CONTROL_CHARACTER, message, "take it out; escapes make some too")
        elif _SURROGATE.search(value):
            message = f"{_shown(node)} holds bytes that are not UTF-8"
            self._wrong(node, Code.NOT_UTF8, message, "set it again, as UTF-8 text")
        return value

    def _replace(self, node: ScalarNode, found: re.Match[str]) -> str:
        if found[0] == "$$" or len(self.problems) >= MOST:
            return "$"
        inside = found[1] or ""
        variable = _VARIABLE.fullmatch(inside)
        value: str | None = None
        if inside.startswith("file:") and inside != "file:":
            value = self._file(node, found.span(), inside.removeprefix("file:"))
        elif variable:
            value = self._variable(node, found.span(), variable[1], variable[2])
        else:
            message = f"{quote(found[0])} is no reference"
            self._wrong(node, Code.BAD_REFERENCE, message, _FORMS, found.span())
        return value or ""

    def _variable(
        self, node: ScalarNode, span: tuple[int, int], name: str, default: str | None
    ) -> str | None:
        environ = self.outside.environ
        if name in environ and (environ[name] or default is None):
            return self._remember(environ[name])
        if name not in environ and f"{name}_FILE" in environ:
            return self._file(node, span, environ[f"{name}_FILE"])
        if default is not None:
            return default
        advice = did_you_mean(name, environ) or f"set it, or give a default: ${{{name}:-…}}"
        message = f"environment variable {name} is not set"
        self._wrong(node, Code.UNSET_VARIABLE, message, advice, span)
        return None

    def _file(self, node: ScalarNode, span: tuple[int, int], path: str) -> str | None:
        places = _candidates(self.outside.folders, path)
        found = next((place for place in places if _is_file(place)), None)
        for place in places[: places.index(found) + 1 if found else None]:
            self.contents.setdefault(place.absolute(), digest_of(place))
        if found is None:
            message = f"there is no file {quote(path)}"
            advice = "looked for " + ", ".join(str(place) for place in places)
            self._wrong(node, Code.NO_SECRET_FILE, message, advice, span)
            return None
        try:
            return self._remember(_read(found))
        except UnicodeDecodeError:
            message = f"the file {quote(str(found))} is not UTF-8 text"
            self._wrong(node, Code.NOT_UTF8, message, "save the file as UTF-8", span)
        except OSError as error:
            message = f"the file {quote(str(found))} can't be read: {error.strerror or error}"
            advice = "see who owns it and who may read it: ls -l"
            self._wrong(node, Code.NO_SECRET_FILE, message, advice, span)
        return None

    def _remember(self, value: str) -> str:
        if len(value) >= SHORTEST_SECRET:
            self.secrets.add(value)
        return value

    def _wrong(
        self,
        node: ScalarNode,
        code: Code,
        message: str,
        advice: str = "",
        span: tuple[int, int] | None = None,
    ) -> None:
        self.broken.add(node)
        if len(self.problems) < MOST:
            self.problems.append(problem_at(node, code, message, advice, span=span))


def has_references(node: AnyNode) -> bool:
    """Tell whether a text's value came from outside the file, in part or whole."""
    return isinstance(node, ScalarNode) and not node.literal and "${" in node.text


def _shown(node: ScalarNode) -> str:
    return f"the value of {quote(node.text)}" if has_references(node) else "this text"


def _candidates(folders: Sequence[Path], path: str) -> list[Path]:
    wanted = Path(path)
    return [wanted] if wanted.is_absolute() else [folder / wanted for folder in folders]


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):  # too long, a NUL, a loop of links
        return False


def _read(path: Path) -> str:
    with path.open("rb") as file:
        data = file.read(MAX_FILE_BYTES + 1)
    if len(data) > MAX_FILE_BYTES:
        raise OSError(f"it is larger than {MAX_FILE_BYTES} bytes")
    text = data.decode("utf-8")
    return text[: -2 if text.endswith("\r\n") else -1] if text.endswith("\n") else text
