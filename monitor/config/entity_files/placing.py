"""Puts files where they belong, each in one step, and none in the place of another unasked."""

import os
import tempfile
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path

from monitor.errors import UnreachableError


def place(files: Mapping[Path, bytes], *, replace: bool) -> None:
    """Write all files, each whole; none of them before all are ready.

    Raises UnreachableError where one can't be written, or is there and may not be replaced.
    """
    with ExitStack() as stack:
        ready = []
        for path, data in files.items():
            if path.exists() and not replace:
                raise UnreachableError(f"{path} is there already; --force overwrites it")
            target = path.resolve()  # a link stays one
            try:
                ready.append((_temporary(target, data, stack), target))
            except OSError as error:
                raise _unwritable(path, error) from None
        for temporary, target in ready:
            try:
                temporary.replace(target)
            except OSError as error:
                raise _unwritable(target, error) from None


def _temporary(target: Path, data: bytes, stack: ExitStack) -> Path:
    """Write the data beside its place, with the mode a new file gets or the one it has."""
    descriptor, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    stack.callback(Path(name).unlink, missing_ok=True)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fchmod(descriptor, _mode(target))
        os.fsync(descriptor)
    return Path(name)


def _mode(target: Path) -> int:
    try:
        return target.stat().st_mode & 0o777
    except OSError:
        mask = os.umask(0)
        os.umask(mask)
        return 0o666 & ~mask


def _unwritable(path: Path, error: OSError) -> UnreachableError:
    return UnreachableError(f"{path} can't be written: {error.strerror or error}")
