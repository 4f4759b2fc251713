"""Notices that files of the configuration may have changed, by the system's own events.

Folders are watched rather than files: editors and Kubernetes put another file in place of the one
that was read. Where the system has no events to give, the folders are looked through instead.
"""

import asyncio
import logging
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType

from watchfiles import Change, watch

from monitor.config.inputs import Inputs

log = logging.getLogger(__name__)

STEP = 50  # milliseconds
LOOK_EVERY = 2_000  # milliseconds, where there are no events
_ROUSE = 1_000  # milliseconds between two looks at whether to go on

# Another machine's changes cause no events here.
_REMOTE = frozenset(
    {"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "virtiofs", "vboxsf", "ceph", "glusterfs", "afs"}
)
_MOUNTS = Path("/proc/self/mounts")
_ESCAPES = MappingProxyType({r"\040": " ", r"\011": "\t", r"\012": "\n", r"\134": "\\"})


@contextmanager
def watching(inputs: Inputs, told: Callable[[], None]) -> Iterator[None]:
    """Call `told` in the running loop after each event that concerns the inputs, until left."""
    loop, stop = asyncio.get_running_loop(), threading.Event()

    def tell() -> None:
        if not stop.is_set():
            told()

    def run() -> None:
        for _ in _events(inputs, stop):
            try:
                loop.call_soon_threadsafe(tell)
            except RuntimeError:  # the loop has ended meanwhile
                return

    threading.Thread(target=run, name="config-watcher", daemon=True).start()
    try:
        yield
    finally:
        stop.set()


def _events(inputs: Inputs, stop: threading.Event) -> Iterator[object]:
    """Yield after each event; look through the folders where the system gives none."""
    folders: set[Path] = set()
    try:
        folders = inputs.folders()
        remote = remote_among(folders)
        if remote:
            log.info("%s is on another machine; it is looked through every two seconds", remote)
        yield from _watch(folders, inputs, stop, polling=remote is not None)
    except Exception as fault:  # noqa: BLE001 - limits, and what a kernel may refuse besides
        if stop.is_set():
            return
        log.warning("files can't be watched (%s); they are looked through instead", fault)
        yield from _look_through(folders, inputs, stop)


def _look_through(
    folders: Iterable[Path], inputs: Inputs, stop: threading.Event
) -> Iterator[object]:
    try:
        yield from _watch(folders, inputs, stop, polling=True)
    except Exception as fault:  # noqa: BLE001 - the reload that looks each minute is left
        log.warning("folders can't be looked through either: %s", fault)


def _watch(
    folders: Iterable[Path], inputs: Inputs, stop: threading.Event, *, polling: bool
) -> Iterator[object]:
    def concerns(_: Change, path: str) -> bool:
        return inputs.concerns(path)

    yield from watch(
        *sorted(folders),
        watch_filter=concerns,
        debounce=STEP,
        step=STEP,
        stop_event=stop,
        rust_timeout=_ROUSE,
        force_polling=polling or None,  # None: as WATCHFILES_FORCE_POLLING says
        poll_delay_ms=LOOK_EVERY,
        recursive=False,
        ignore_permission_denied=True,
    )


def remote_among(folders: Iterable[Path], mounts: Path = _MOUNTS) -> Path | None:
    """Return one of the folders that lies on a network file system; None where none is known to."""
    try:
        lines = [line.split() for line in mounts.read_text(errors="replace").splitlines()]
    except OSError:
        return None
    kinds = {_unescaped(line[1]): line[2] for line in lines if len(line) > 2}
    for folder in folders:
        around = next((str(each) for each in (folder, *folder.parents) if str(each) in kinds), "/")
        if kinds.get(around, "").removeprefix("fuse.") in _REMOTE:
            return folder
    return None


def _unescaped(text: str) -> str:
    for written, sign in _ESCAPES.items():
        text = text.replace(written, sign)
    return text
