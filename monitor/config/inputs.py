"""What a configuration was read from, as it was then; tells whether that is still so."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatch
from functools import cached_property
from glob import glob, has_magic
from hashlib import blake2b
from pathlib import Path

_MOST_LINKS = 40
MAX_BYTES = 64_000_000  # of a file: a list of a hundred thousand names with room to grow
NOT_THERE = b""  # in place of a digest: not there, not a plain file, or not to be read
_LENGTH = 8  # bytes of a digest that say how long the file is


@dataclass(frozen=True, kw_only=True)  # not slotted: it keeps the names it watches
class Inputs:
    """Files by what they held, and patterns by what they found; all paths are absolute.

    A file that was looked for and is not there counts too: it may come.
    """

    contents: Mapping[Path, bytes] = field(default_factory=dict)  # the digest of each file
    listings: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    # The sections that hold something, by the name of their file.
    held: Mapping[str, frozenset[str]] = field(default_factory=dict, compare=False)

    def now(self) -> "Inputs":
        """Return the same inputs as they are now. Reads every file."""
        return Inputs(
            contents={path: digest_of(path) for path in self.contents},
            listings={pattern: listed(pattern) for pattern in self.listings},
        )

    def thinned(self, later: "Inputs") -> bool:
        """Say whether a file lost a third or more of its length: it may be being written."""
        return any(
            _length(digest) * 3 <= _length(self.contents.get(path, NOT_THERE)) * 2
            for path, digest in later.contents.items()
            if digest != NOT_THERE and path in self.contents
        )

    def folders(self) -> set[Path]:
        """Return the folders in which something may happen that changes an input."""
        wanted = {place.parent for place in self._places}
        wanted |= {_base(pattern) for pattern in self.listings}
        return {_nearest(folder) for folder in wanted}

    def concerns(self, path: str) -> bool:
        """Say whether what happened at a path may have changed an input."""
        return path in self._names or any(
            fnmatch(path, pattern)
            or (path.startswith(f"{_base(pattern)}{os.sep}") and os.path.isdir(path))  # noqa: PTH112 - for every event
            for pattern in self.listings
        )

    @cached_property
    def _places(self) -> frozenset[Path]:
        return frozenset(place for path in self.contents for place in _ways(path))

    @cached_property
    def _names(self) -> frozenset[str]:
        places = {*self._places, *(_base(pattern) for pattern in self.listings)}
        folders = (folder for place in places for folder in place.parents)
        return frozenset(map(str, (*places, *folders)))


def digest(data: bytes) -> bytes:
    """Return what stands for a file's bytes."""
    return len(data).to_bytes(_LENGTH) + blake2b(data, digest_size=16).digest()


def _length(digest: bytes) -> int:
    return int.from_bytes(digest[:_LENGTH])


def digest_of(path: Path) -> bytes:
    """Return what stands for what a file holds now."""
    try:
        if not path.is_file():
            return NOT_THERE
        with path.open("rb") as file:
            return digest(file.read(MAX_BYTES + 1))
    except (OSError, ValueError):
        return NOT_THERE


def listed(pattern: str) -> tuple[str, ...]:
    """Return the paths that an absolute pattern finds."""
    return tuple(sorted(glob(pattern, recursive=True)))  # noqa: PTH207 - as includes are found


def _ways(path: Path) -> Iterator[Path]:
    """Yield every name on the way to a file: its own, and each link's that leads to it."""
    for _ in range(_MOST_LINKS):
        yield path
        link = next((each for each in (path, *path.parents) if os.path.islink(each)), None)  # noqa: PTH114 - it never raises
        if link is None:
            return
        yield link
        target = link.parent / link.readlink() / path.relative_to(link)
        path = Path(os.path.normpath(target))


def _base(pattern: str) -> Path:
    """Return the folder of a pattern before its first wildcard."""
    path = Path(pattern)
    return next(each for each in path.parents if not has_magic(str(each)))


def _nearest(folder: Path) -> Path:
    return next(each for each in (folder, *folder.parents) if os.path.isdir(each))  # noqa: PTH112 - it never raises
