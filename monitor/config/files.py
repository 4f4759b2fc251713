"""Reads a configuration's files and those they include, and keeps them inside its folder."""

import glob
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path

from monitor.config.inputs import MAX_BYTES, NOT_THERE, digest
from monitor.config.problems import Code, Problem, quote
from monitor.config.references import Resolver
from monitor.config.tree import (
    LINE_END,
    MappingNode,
    ScalarNode,
    SequenceNode,
    TextFile,
    is_empty,
    problem_at,
    warning_at,
)
from monitor.config.yaml_read import read_yaml

MAX_FILES = 1_000
_HEAD = 8_192  # bytes in which one that no text holds tells that a file is none


@dataclass(slots=True)
class Collector:
    """Reads files, the first one named by the user, and what they include, each once."""

    folder: Path  # nothing outside it may be included; absolute, links resolved
    resolver: Resolver
    instead: Mapping[Path, bytes] = field(default_factory=dict)  # of what stands in these files
    trees: list[MappingNode] = field(default_factory=list)
    files: list[Path] = field(default_factory=list)
    names: list[str] = field(default_factory=list)  # of the files, as people know them
    problems: list[Problem] = field(default_factory=list)
    digest: blake2b = field(default_factory=lambda: blake2b(digest_size=16))
    reading: list[Path] = field(default_factory=list)  # resolved; the file and its includers
    seen: set[Path] = field(default_factory=set)
    contents: dict[Path, bytes] = field(default_factory=dict)  # what stands for each file's bytes
    listings: dict[str, tuple[str, ...]] = field(default_factory=dict)  # by absolute pattern

    def read(self, path: Path, name: str, asked: ScalarNode | None = None) -> None:
        """Read one file and what it includes; `asked` is the include that named it."""
        self.files.append(path)
        self.names.append(name)
        try:
            data = self.instead.get(path.resolve())
            data = _read_bytes(path) if data is None else data[: MAX_BYTES + 1]
        except OSError as error:
            self.contents[path.absolute()] = NOT_THERE
            self._refuse(name, asked, *_why_unreadable(path, error))
            return
        self.contents[path.absolute()] = digest(data)
        self.digest.update(len(data).to_bytes(8, "big") + data)
        if path.suffix.lower() in {".opml", ".xml"}:
            self._opml(name, data)
        else:
            self._yaml(path, name, data)

    def _yaml(self, path: Path, name: str, data: bytes) -> None:
        if len(data) > MAX_BYTES:
            message = f"the file is larger than {MAX_BYTES} bytes"
            self._refuse(name, None, Code.TOO_LARGE, message, "make several, and include them")
            return
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            self.problems.append(_not_utf8(name, data, error))
            return
        tree = read_yaml(TextFile(name, text))
        self.problems += tree.problems
        self.trees.append(tree.root)
        resolved = path.resolve()
        self.seen.add(resolved)
        self.reading.append(resolved)
        include = tree.root.value("include")
        for wanted in include.items if isinstance(include, SequenceNode) else [include]:
            if isinstance(wanted, ScalarNode):
                self._include(path.parent, wanted)
            elif wanted is not None:
                message = (
                    "an include is the name of a file, or a pattern such as watchlists.d/*.yaml"
                )
                advice = "write include: [watchlists.yaml, entities.yaml]"
                self.problems.append(problem_at(wanted, Code.WRONG_TYPE, message, advice))
        self.reading.pop()

    def _opml(self, name: str, data: bytes) -> None:
        from monitor.config.opml_tree import read_opml_tree  # few configurations include OPML

        tree = read_opml_tree(name, data)
        if isinstance(tree, Problem):
            self.problems.append(tree)
        else:
            self.trees.append(tree)

    def _include(self, beside: Path, wanted: ScalarNode) -> None:
        pattern = self.resolver.text(wanted)
        if wanted in self.resolver.broken or is_empty(wanted):
            return
        try:
            for path in self._matching(beside.resolve(), wanted, pattern):
                self._include_one(path, wanted)
        except (OSError, RuntimeError) as error:  # a name too long, a loop of links
            why = getattr(error, "strerror", None) or "a loop of links"
            message = f"{quote(wanted.text)} can't be looked up: {why}"
            self._wrong(wanted, Code.UNREADABLE, message, "look at the name and at its links")

    def _matching(self, beside: Path, wanted: ScalarNode, pattern: str) -> list[Path]:
        """Return the files a pattern means; a wildcard passes over those already read."""
        if not _normal(beside / pattern).is_relative_to(self.folder):
            self._wrong(wanted, Code.INCLUDE_OUTSIDE, *_OUTSIDE)
            return []
        if not glob.has_magic(pattern):
            return [_normal(beside / pattern)]
        # Path.glob knows no absolute patterns and calls other names hidden than a shell does.
        found = sorted(glob.glob(pattern, root_dir=beside, recursive=True))  # noqa: PTH207 - above
        if not found:
            message = f"no file matches {quote(wanted.text)}"
            self.problems.append(warning_at(wanted, Code.INCLUDE_NOTHING, message, _BESIDE))
        self.listings[f"{glob.escape(str(beside))}/{pattern}"] = tuple(
            f"{beside}/{x}" for x in found
        )
        paths = [_normal(beside / each) for each in found]
        for path in paths:
            if not path.is_file():
                self._pass_over(path, wanted)
        return [path for path in paths if path.is_file() and path.resolve() not in self.seen]

    def _pass_over(self, path: Path, wanted: ScalarNode) -> None:
        """Warn of what a wildcard finds and is no file, but not of folders that only hold some."""
        if path.is_dir() and path.suffix.lower() not in _SUFFIXES:
            return
        what = (
            "a folder"
            if path.is_dir()
            else "not a plain file"
            if path.exists()
            else "a link that leads nowhere"
        )
        message = f"{quote(str(path.relative_to(self.folder)))} is passed over: it is {what}"
        self.problems.append(warning_at(wanted, Code.UNREADABLE, message, "mend or remove it"))

    def _include_one(self, path: Path, wanted: ScalarNode) -> None:
        resolved = path.resolve()
        if not resolved.is_relative_to(self.folder):
            self._wrong(wanted, Code.INCLUDE_OUTSIDE, *_OUTSIDE)
        elif resolved in self.reading:
            chain = " → ".join(each.name for each in (*self.reading, resolved))
            self._wrong(wanted, Code.INCLUDE_CYCLE, "the file includes itself", chain)
        elif resolved in self.seen:
            return
        elif not resolved.is_file():
            self.contents[path.absolute()] = NOT_THERE
            self._wrong(wanted, *_why_no_file(resolved, wanted.text))
        elif len(self.files) >= MAX_FILES:
            message = f"more than {MAX_FILES} files are included"
            self._wrong(wanted, Code.TOO_LARGE, message, "put several into one file")
        else:
            self.seen.add(resolved)
            name = str(Path(self.names[0]).parent / path.relative_to(self.folder))
            # A name on disk may be bytes that no terminal or log can be given.
            self.read(path, name.encode("utf-8", "replace").decode(), wanted)

    def _wrong(self, node: ScalarNode, code: Code, message: str, advice: str = "") -> None:
        self.problems.append(problem_at(node, code, message, advice))

    def _refuse(
        self, name: str, asked: ScalarNode | None, code: Code, message: str, advice: str = ""
    ) -> None:
        if asked is not None:
            self._wrong(asked, code, message, advice)
        else:
            self.problems.append(Problem(file=name, code=code, message=message, help=advice))


_OUTSIDE = (
    "an included file must lie in the configuration's folder",
    "move it there; links that lead out of the folder don't count",
)

_BESIDE = "an include is looked for beside the file that names it"
_SUFFIXES = frozenset({".yaml", ".yml", ".opml", ".xml"})
_RIGHTS = "see who owns it and who may read it: ls -l"


def _read_bytes(path: Path) -> bytes:
    # Nobody may ever write to a pipe; those the shell gives, as in -c <(…), stand below /dev.
    if path.is_fifo() and not path.is_relative_to("/dev"):
        raise OSError("not a plain file")
    with path.open("rb") as file:
        return file.read(MAX_BYTES + 1)


def _why_unreadable(path: Path, error: OSError) -> tuple[Code, str, str]:
    if isinstance(error, FileNotFoundError):
        return Code.NO_FILE, "there is no such file", "write one with: monitor init"
    if isinstance(error, IsADirectoryError):
        return Code.UNREADABLE, "this is a folder", f"name its files: {path.name}/*.yaml"
    if path.is_fifo():
        return Code.UNREADABLE, "this is not a plain file", "name a file"
    return Code.UNREADABLE, f"it can't be read: {error.strerror or error}", _RIGHTS


def _why_no_file(path: Path, written: str) -> tuple[Code, str, str]:
    if path.is_dir():
        return Code.UNREADABLE, f"{quote(written)} is a folder", f"name its files: {written}/*.yaml"
    if path.exists():
        return Code.UNREADABLE, f"{quote(written)} is not a plain file", "name a file"
    return Code.INCLUDE_NOTHING, f"there is no file {quote(written)}", _BESIDE


def _not_utf8(name: str, data: bytes, error: UnicodeDecodeError) -> Problem:
    message, advice = "this is not UTF-8 text", "save the file as UTF-8"
    if b"\0" in data[:_HEAD]:  # its bytes would tell nobody anything
        return Problem(file=name, code=Code.NOT_UTF8, message=message, help=advice)
    file = TextFile(name, data.decode("utf-8", "replace"))
    before = LINE_END.split(data[: error.start].decode("utf-8", "replace"))
    line, column = len(before) - 1, len(before[-1])
    node = ScalarNode(file, line, column, line, column + 1, "")
    return problem_at(node, Code.NOT_UTF8, message, advice)


def _normal(path: Path) -> Path:
    """Return a path without `..`, its links left as they are."""
    return Path(os.path.normpath(path))
