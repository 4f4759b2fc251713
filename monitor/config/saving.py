"""Replaces a file that people write: checked first, in one step, its mode and owner kept.

A symbolic link stays one; what it leads to is replaced. Two of us at once wait for each other; an
editor that saves meanwhile wins, and we say so.
"""

import codecs
import fcntl
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from monitor.errors import UnreachableError


def rewrite(path: Path, change: Callable[[str], str], check: Callable[[bytes], None]) -> None:
    """Put the changed text in the place of a file's own.

    `check` is given the new bytes and raises where they may not be written. Raises
    UnreachableError where the file can't be replaced, or was changed by somebody else meanwhile.
    """
    target = path.resolve()
    with _locked(target):
        before = _read(target)
        mark = codecs.BOM_UTF8 if before.startswith(codecs.BOM_UTF8) else b""
        try:
            text = before.removeprefix(mark).decode()
        except UnicodeDecodeError:
            raise UnreachableError(f"{path} is not UTF-8 text any more") from None
        after = mark + change(text).encode()
        if after == before:
            return
        check(after)
        if _read(target) != before:
            raise UnreachableError(f"{path} was changed meanwhile; nothing is written, try again")
        _replace(target, after)


def create(path: Path, data: bytes) -> None:
    """Write a file that is not there yet. Raises UnreachableError."""
    try:
        with path.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise _unwritable(path, error) from None


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise UnreachableError(f"{path} can't be read: {error.strerror}") from None


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Hold the lock of the file that has this name now; it may change while we wait for it."""
    while True:
        try:
            descriptor = os.open(path, os.O_RDONLY)
        except OSError as error:
            raise UnreachableError(f"{path} can't be read: {error.strerror}") from None
        try:
            with suppress(OSError):  # a file system that knows no locks
                fcntl.flock(descriptor, fcntl.LOCK_EX)
            if _is(path, descriptor):
                yield
                return
        finally:
            os.close(descriptor)


def _is(path: Path, descriptor: int) -> bool:
    with suppress(OSError):
        return os.path.samestat(path.stat(), os.fstat(descriptor))
    return False


def _replace(path: Path, data: bytes) -> None:
    was = path.stat()
    # Whoever may write into the folder could replace a file that is marked as not to be written.
    if not was.st_mode & 0o222 or not os.access(path, os.W_OK):
        raise UnreachableError(f"{path} can't be written: it is read-only; allow it with chmod u+w")
    try:
        descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    except OSError as error:
        raise _unwritable(path, error) from None
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            new = os.fstat(descriptor)
            if (was.st_uid, was.st_gid) != (new.st_uid, new.st_gid):
                os.fchown(descriptor, was.st_uid, was.st_gid)
            os.fchmod(descriptor, was.st_mode & 0o7777)
            os.fsync(descriptor)
        temporary.replace(path)
    except OSError as error:
        raise _unwritable(path, error) from None
    finally:
        temporary.unlink(missing_ok=True)
    _settle(path.parent)


def _settle(folder: Path) -> None:
    """Make the new name of the file outlast a power cut, where the file system can."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _unwritable(path: Path, error: OSError) -> UnreachableError:
    return UnreachableError(f"{path} can't be written: {error.strerror or error}")
