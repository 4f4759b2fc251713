"""What people chose, as values: the loader makes them, everything else only reads them.

Durations are timedeltas, sizes are bytes, addresses are parsed. Secrets are kept out of `repr`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from monitor.model import Network, Source

if TYPE_CHECKING:
    from monitor.watch.terms import Entity, Watchlist


@dataclass(frozen=True, slots=True, kw_only=True)
class NotifierSettings:
    """One configured destination. Which fields count depends on `kind`."""

    name: str
    kind: str  # console, slack, webhook
    url: str = field(default="", repr=False)  # the address of a chat webhook is itself a secret
    secrets: tuple[str, ...] = field(
        default=(), repr=False
    )  # webhook: whsec_…, the first signs first
    allow_networks: tuple[Network, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertSettings:
    """When an item may alert."""

    first_poll: Literal["remember", "alert"] = "remember"
    max_age: timedelta = timedelta(days=3)


@dataclass(frozen=True, slots=True, kw_only=True)
class PollSettings:
    """How sources are polled. `every` None means adaptive between `min` and `max`."""

    every: timedelta | None = None
    min: timedelta = timedelta(minutes=5)
    max: timedelta = timedelta(hours=4)
    budget: float = 1.0  # polls an hour for a source of average rate
    timeout: timedelta = timedelta(seconds=20)  # over all hops
    at_once: int = 64
    host_gap: timedelta = timedelta(seconds=1)
    max_bytes: int = 20_000_000  # decoded
    contact: str = ""
    allow_networks: tuple[Network, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreSettings:
    """Where things are kept, and how long."""

    url: str = field(default="sqlite:///monitor.db", repr=False)  # may hold a password
    keep: timedelta = timedelta(days=90)


@dataclass(frozen=True, slots=True, kw_only=True)
class WebSettings:
    """Where the pages answer; `listen` None means not at all."""

    listen: tuple[str, int] | None = ("127.0.0.1", 8470)
    token: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class LogSettings:
    """How the log looks. `auto` is readable on a terminal and logfmt elsewhere."""

    level: Literal["debug", "info", "warning", "error"] = "info"
    format: Literal["auto", "text", "logfmt", "json"] = "auto"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """A whole configuration, valid."""

    sources: tuple[Source, ...] = ()
    entities: tuple["Entity", ...] = ()
    watchlists: tuple["Watchlist", ...] = ()
    notifiers: Mapping[str, NotifierSettings] = field(default_factory=dict)
    alerts: AlertSettings = AlertSettings()
    poll: PollSettings = PollSettings()
    store: StoreSettings = StoreSettings()
    web: WebSettings = WebSettings()
    log: LogSettings = LogSettings()
    files: tuple[Path, ...] = ()  # every file read, the first one named by the user
    digest: str = ""  # blake2b-128 hex over the files' bytes: which configuration runs
