"""What people chose, as values: the loader makes them, everything else only reads them.

Durations are timedeltas, sizes are bytes, addresses are parsed. Secrets are kept out of `repr`.
"""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from monitor.model import Conditions, Network, Severity, Source

if TYPE_CHECKING:
    from monitor.watch.rules import Entity, Watchlist


SIGNING_KEY_PREFIX = "whsec_"
SIGNING_KEY_BYTES = range(24, 65)


@dataclass(frozen=True, slots=True, kw_only=True)
class NotifierSettings:
    """One configured destination. Which fields count depends on `kind`."""

    name: str
    kind: str  # a name in notify.KINDS
    url: str = field(default="", repr=False)  # the address of a chat webhook is itself a secret
    secrets: tuple[str, ...] = field(
        default=(), repr=False
    )  # webhook: whsec_…, the first signs first
    token: str = field(default="", repr=False)  # slack, ntfy: of a bot or a user
    channel: str = ""  # slack with a token: #name or id; ntfy: the topic
    routing_key: str = field(default="", repr=False)  # pagerduty
    form: str = ""  # webhook: "" or cloudevents or cloudevents-binary
    server: str = ""  # email: host
    port: int = 0  # email
    tls: Literal["starttls", "tls", "none"] = "starttls"  # email
    user: str = ""  # email
    password: str = field(default="", repr=False)  # email
    sender: str = ""  # email: the address in From
    to: tuple[str, ...] = ()  # email: addresses
    allow_networks: tuple[Network, ...] = ()
    template: str = ""  # of the words, in the syntax of Jinja; "": our own
    title: str = ""  # email, ntfy, apprise: a template of the subject or title


@dataclass(frozen=True, slots=True, kw_only=True)
class QuietHours:
    """From when to when alerts wait, by the clocks of a zone; `end` before `start` is tomorrow."""

    start: time
    end: time
    zone: str = "UTC"  # IANA
    bypass: Severity = Severity.CRITICAL  # this and what is more urgent does not wait


@dataclass(frozen=True, slots=True, kw_only=True)
class Throttle:
    """How much a watchlist may say."""

    per_story: timedelta = timedelta(hours=6)  # between two follow-ups on another term or entity
    max_per_hour: int = 60  # the rest of the hour is told in one digest


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestSettings:
    """When alerts of some severities are told together, and to whom."""

    cron: str  # five fields
    zone: str = "UTC"  # IANA
    notify: tuple[str, ...] = ()  # notifiers, by name; none: those of each alert's watchlist
    severities: frozenset[Severity] = frozenset({Severity.LOW})


@dataclass(frozen=True, slots=True, kw_only=True)
class Escalation:
    """Who hears of an alert that nobody has acknowledged."""

    after: timedelta
    to: tuple[str, ...]  # notifiers, by name
    severities: frozenset[Severity] = frozenset({Severity.CRITICAL, Severity.HIGH})


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertSettings:
    """When an item may alert, and when that is told.

    `per_story`, `max_per_hour` and `quiet_hours` are what watchlists have that do not say; each
    watchlist carries its own, these included.
    """

    first_poll: Literal["remember", "alert"] = "remember"
    max_age: timedelta = timedelta(days=3)
    group_wait: timedelta = timedelta(0)
    per_story: timedelta = timedelta(hours=6)
    max_per_hour: int = 60
    inhibit: Literal["lower", "same", "never"] = "lower"
    digests: tuple[DigestSettings, ...] = ()
    quiet_hours: QuietHours | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PollSettings:
    """How sources are polled. `every` None means adaptive between `min` and `max`."""

    every: timedelta | None = None
    min: timedelta = timedelta(minutes=5)
    max: timedelta = timedelta(hours=4)
    budget: float = 1.0  # polls an hour for each adaptive source, in the mean over all
    timeout: timedelta = timedelta(seconds=20)  # over all hops
    at_once: int = 64
    per_host: int = 1  # sources of one host at once
    host_gap: timedelta = timedelta(seconds=1)
    max_bytes: int = 20_000_000  # decoded
    contact: str = ""
    proxy: str = field(default="", repr=False)  # of sources without one; may hold a password
    allow_networks: tuple[Network, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class HostSettings:
    """How the hosts under one name want to be asked. What is None is as everywhere else."""

    name: str  # example.org stands for itself and every host below it
    together: bool = False  # all of them count as one host: one gap, one limit
    gap: timedelta | None = None  # between two polls of the host
    min: timedelta | None = None  # between two polls of one source there
    forbidden_is_limit: bool = False  # 403 says what 429 says elsewhere
    conditions: Conditions | None = None  # the validators worth sending
    validators_for: timedelta | None = None  # how long validators are trusted
    advice: str = ""  # for people whose source fails there


@dataclass(frozen=True, slots=True, kw_only=True)
class HeartbeatSettings:
    """The address that is told that the monitor lives, so that its silence is noticed, if any."""

    url: str = field(default="", repr=False)  # who knows it can pretend to be this monitor
    every: timedelta = timedelta(minutes=5)
    allow_networks: tuple[Network, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthSettings:
    """Whom the monitor tells about itself, and when."""

    notify: tuple[str, ...] = ()  # notifiers, by name
    source_dead_after: timedelta = timedelta(hours=24)
    heartbeat: HeartbeatSettings = HeartbeatSettings()


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
    hosts: tuple[HostSettings, ...] = ()  # those people wrote, then those we ship
    health: HealthSettings = HealthSettings()
    store: StoreSettings = StoreSettings()
    web: WebSettings = WebSettings()
    log: LogSettings = LogSettings()
    files: tuple[Path, ...] = ()  # every file read, the first one named by the user
    digest: str = ""  # blake2b-128 hex over the files' bytes: which configuration runs


def signing_key_fault(secret: str) -> str:
    """Return what is wrong with a webhook's secret, without repeating it; "" where it can sign.

    Standard Webhooks 1.0.0 writes whsec_ and the base64 of 24 to 64 bytes. Its libraries disagree
    on base64 without padding or with bits left over, so only the form that all read alike counts.
    """
    if not secret.startswith(SIGNING_KEY_PREFIX):
        return f"a webhook secret begins with {SIGNING_KEY_PREFIX}"
    encoded = secret.removeprefix(SIGNING_KEY_PREFIX)
    try:
        key = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        key = None
    if key is None or base64.b64encode(key).decode() != encoded:
        return f"what follows {SIGNING_KEY_PREFIX} is not base64 with its padding"
    if len(key) not in SIGNING_KEY_BYTES:
        return f"a webhook secret has 24 to 64 bytes, and this one has {len(key)}"
    return ""
