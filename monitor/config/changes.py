"""Adds sources to people's files and removes them; the loader decides whether the result stands.

A file is only replaced if what was meant, and nothing else, differs in what the loader makes of it.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import TypeAlias

from monitor.config.checks import same_address
from monitor.config.editing import EditError, append_items, remove_item
from monitor.config.load import Loaded, load
from monitor.config.references import has_references
from monitor.config.saving import create, rewrite
from monitor.config.tree import MappingNode, SequenceNode
from monitor.config.writing import Entry, in_lines
from monitor.errors import ConfigError, UnreachableError, UsageError
from monitor.model import Source
from monitor.settings import Settings

OPML = frozenset({".opml", ".xml"})
SHOWN = 3  # entries that a person is asked to write by hand

Environ: TypeAlias = Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A source as it is listed in a file, polled or not. `line` counts from 1."""

    url: str
    name: str  # "" for one that is not polled and has none of its own
    file: str  # as people know it
    line: int
    at: int  # its place in the list of that file, from 0
    outside: bool = False  # a part of its address came from outside the file


def listed_sources(loaded: Loaded) -> list[Listed]:
    """Return the sources of all files in order, those that are not polled included."""
    names = {source.url: source.name for source in loaded.settings.sources}
    sources = loaded.root.value("sources")
    counts: dict[str, int] = {}
    found = []
    for number, node in enumerate(sources.items if isinstance(sources, SequenceNode) else ()):
        value, file = loaded.values["sources"][number], node.file.name
        said = {"url": value} if isinstance(value, str) else value
        url = said["url"].strip()
        counts[file] = at = counts.get(file, -1) + 1
        name = (said.get("name") or names.get(url, "")).strip()
        address = node.value("url") if isinstance(node, MappingNode) else node
        found.append(
            Listed(
                url=url,
                name=name,
                file=file,
                line=node.line + 1,
                at=at,
                outside=address is not None and has_references(address),
            )
        )
    return found


def find_source(loaded: Loaded, wanted: str) -> Listed | None:
    """Return the source with this name, or with an address that comes to the same."""
    address = same_address(wanted)
    sources = listed_sources(loaded)
    by_name = (each for each in sources if each.name == wanted)
    by_url = (each for each in sources if same_address(each.url) == address)
    return next(by_name, None) or next(by_url, None)


def is_opml(file: str) -> bool:
    """Tell whether a file is a list of sources in OPML, which no command changes."""
    return Path(file).suffix.lower() in OPML


def home_of_sources(loaded: Loaded) -> str:
    """Return the file that new sources go to: the first with sources of its own, else the first."""
    files = [each.file for each in listed_sources(loaded) if not is_opml(each.file)]
    main = next(iter(loaded.paths))
    return main if main in files or not files else files[0]


def add_sources(
    loaded: Loaded, entries: Sequence[Entry], *, environ: Environ, into: str | None = None
) -> Listed:
    """Write entries into one of the configuration's files; return the first as it stands there.

    Raises UsageError where an entry is not valid, UnreachableError where the file can't be changed.
    """
    after = _edit(
        loaded,
        loaded.paths[into or home_of_sources(loaded)],
        lambda text: append_items(text, "sources", entries),
        environ=environ,
        meant=_Meant(added=_addresses(entries)),
        by_hand=in_lines(entries[:SHOWN], "  ", " ", "\n"),
    )
    [first, *_] = (each for each in listed_sources(after) if each.url == _address(entries[0]))
    return first


def add_file(
    loaded: Loaded, path: Path, entries: Sequence[Entry], *, head: str, environ: Environ
) -> None:
    """Write entries into a new file below `head`, and include it where no pattern does already.

    Raises as `add_sources` does; then there is no new file.
    """
    main = loaded.settings.files[0]
    name = str(path.resolve().relative_to(main.absolute().parent.resolve()))
    create(path, (head + append_items("", "sources", entries)).encode())
    try:
        there = _load(main, environ)
        if path.resolve() not in {each.resolve() for each in there.paths.values()}:
            _edit(
                loaded,
                main,
                lambda text: append_items(text, "include", [name]),
                environ=environ,
                meant=_Meant(added=_addresses(entries)),
                by_hand=f"include: [{name}]",
            )
    except BaseException:
        path.unlink()
        raise


def remove_source(loaded: Loaded, wanted: Listed, *, environ: Environ) -> None:
    """Take a source out of its file. Raises UnreachableError where that can't be changed."""
    _edit(
        loaded,
        loaded.paths[wanted.file],
        lambda text: remove_item(text, "sources", wanted.at),
        environ=environ,
        meant=_Meant(removed=frozenset({wanted.url})),
        by_hand=f"take out the entry in line {wanted.line}",
    )


# --- one change -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class _Meant:
    """The addresses of the sources that a change is about."""

    added: frozenset[str] = frozenset()
    removed: frozenset[str] = frozenset()


def _edit(
    loaded: Loaded,
    path: Path,
    change: Callable[[str], str],
    *,
    environ: Environ,
    meant: _Meant,
    by_hand: str,
) -> Loaded:
    """Change one file and return what the loader makes of the result."""
    results: list[Loaded] = []

    def check(data: bytes) -> None:
        results.append(_load(loaded.settings.files[0], environ, {path.resolve(): data}))
        _agree(loaded, results[0], meant, environ)

    try:
        rewrite(path, change, check)
    except EditError as error:
        load(loaded.settings.files[0], environ=environ)  # says if somebody broke it meanwhile
        message = f"{path} can't be changed by a command: {error}. Do it in an editor:"
        raise UnreachableError(f"{message}\n{by_hand}") from None
    return results[0]


def _load(
    config: Path, environ: Environ, instead: Mapping[Path, bytes] = MappingProxyType({})
) -> Loaded:
    try:
        return load(config, environ=environ, instead=instead)
    except ConfigError as error:
        message = "nothing is written, because the configuration would no longer be valid:"
        raise UsageError(f"{message}\n{error}") from None


def _agree(loaded: Loaded, after: Loaded, meant: _Meant, environ: Environ) -> None:
    """Raise EditError unless the change did what was meant and nothing else.

    Somebody may have changed a file since `loaded` was; then what stands there now counts.
    """
    if _is_meant(loaded, after, meant):
        return
    if not _is_meant(load(loaded.settings.files[0], environ=environ), after, meant):
        raise EditError("the way it is written would change what else it says")


def _is_meant(before: Loaded, after: Loaded, meant: _Meant) -> bool:
    old, new = _by_address(before), _by_address(after)
    kept = {url: source for url, source in old.items() if url not in meant.removed}
    return (
        new.keys() == kept.keys() | meant.added
        and all(new[url] == source for url, source in kept.items())
        and len(listed_sources(after))
        == len(listed_sources(before)) + len(meant.added) - len(meant.removed)
        and _rest(before.settings) == _rest(after.settings)
    )


def _by_address(loaded: Loaded) -> dict[str, Source]:
    # A name that nobody gave may change where another source is like it.
    return {source.url: replace(source, name="") for source in loaded.settings.sources}


def _rest(settings: Settings) -> Settings:
    """Return the settings without what a change is about, and without the places of all else."""
    untested = tuple(replace(each, tests=()) for each in settings.watchlists)
    return replace(settings, sources=(), watchlists=untested, files=(), digest="")


def _addresses(entries: Iterable[Entry]) -> frozenset[str]:
    return frozenset(map(_address, entries))


def _address(entry: Entry) -> str:
    return entry if isinstance(entry, str) else str(entry["url"])
