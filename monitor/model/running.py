"""Which configuration the monitor runs by, and what became of the last attempt to change it."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected:
    """A changed configuration that could not be taken over."""

    at: datetime
    error: str  # the first mistake, on one line: place, code and message; secrets masked
    errors: int  # how many there are


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """The configuration that counts now."""

    file: str  # the first one, absolute
    digest: str  # of all files' bytes: Settings.digest
    loaded_at: datetime
    files: int
    sources: int
    watchlists: int
    rejected: Rejected | None = None  # a later change that does not count
    restart: tuple[str, ...] = ()  # options whose change counts only after a restart
