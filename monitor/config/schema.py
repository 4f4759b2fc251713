"""The schema of a configuration: what may be written, what it means, and its defaults. Pure.

`monitor schema`, the reference page and the loader all read these models; a default is written as
people write it.
"""

from typing import Annotated, Any, Literal

from pydantic import Field, ValidationInfo, field_validator, model_validator

from monitor.config.addresses import (
    Listen,
    Networks,
    SourceProxy,
    StoreAddress,
    is_loopback,
)
from monitor.config.health import HealthOptions
from monitor.config.hosts import HostKey, HostOptions
from monitor.config.kinds import (
    Count,
    Duration,
    Every,
    Few,
    Key,
    OneOrMore,
    Options,
    Pause,
    Rate,
    Size,
    Text,
    Timeout,
)
from monitor.config.notifiers import NotifierItem
from monitor.config.problems import Code
from monitor.config.sources import SourceItem
from monitor.config.telling import AlertOptions
from monitor.config.terms import NotifierName
from monitor.config.values import write_duration, wrong
from monitor.config.watchlists import EntityOptions, WatchlistItem


class PollOptions(Options):
    """How sources are polled."""

    every: Every = Field(
        default="adaptive",
        validate_default=True,
        description="`adaptive` follows each source's own rhythm between `min` and `max`; a "
        "duration polls all at that interval.",
        examples=["15m"],
    )
    min: Duration = Field(
        default="5m",
        validate_default=True,
        description="The shortest adaptive interval.",
        examples=["2m"],
    )
    max: Duration = Field(
        default="4h",
        validate_default=True,
        description="The longest adaptive interval.",
        examples=["1d"],
    )
    budget: Rate = Field(
        default="1/h",
        validate_default=True,
        description="How often a source that brings one item an hour is polled. One that brings "
        "four is polled twice as often, always between min and max.",
        examples=["4/h"],
    )
    timeout: Timeout = Field(
        default="20s",
        validate_default=True,
        description="How long one poll may take, redirects included.",
        examples=["10s"],
    )
    at_once: Count = Field(
        default="64",
        validate_default=True,
        description="How many hosts are polled at the same time.",
        examples=["16"],
    )
    per_host: Few = Field(
        default="1",
        validate_default=True,
        description="How many sources of one host are polled at the same time.",
        examples=["2"],
    )
    host_gap: Pause = Field(
        default="1s",
        validate_default=True,
        description="The pause between two requests to one host.",
        examples=["5s"],
    )
    max_bytes: Size = Field(
        default="20MB",
        validate_default=True,
        description="The largest document that is read, unpacked.",
        examples=["5MB"],
    )
    proxy: SourceProxy = Field(
        default="",
        validate_default=True,
        description="Where the requests of sources go through that name no proxy of their own.",
        examples=["http://desk:${PROXY_PASSWORD}@proxy.example:3128"],
    )
    contact: Text = Field(
        default="",
        description="An address or a mailbox for the User-Agent, so that publishers can reach you.",
        examples=["desk@example.org"],
    )
    allow_networks: Networks = Field(
        default=[],
        validate_default=True,
        description="Private networks that sources may lie in; every other private address is "
        "refused. Link-local and cloud metadata addresses need a network of their own.",
        examples=[["10.0.0.0/8"]],
    )

    @field_validator("max", mode="after")
    @classmethod
    def _not_below_min(cls, longest: Any, info: ValidationInfo) -> Any:
        if "min" in info.data and info.data["min"] > longest:
            message = "poll.min is longer than poll.max"
            advice = f"poll.max is {write_duration(longest)}; lower the one or raise the other"
            raise wrong(Code.BAD_RANGE, message, advice, beside="min")
        return longest

    @field_validator("contact", mode="after")
    @classmethod
    def _one_line(cls, contact: str) -> str:
        if not contact.isascii() or not contact.isprintable():
            message = "the contact is sent in a header: one line of ASCII text"
            raise wrong(Code.BAD_HEADER, message, "write an address, as in desk@example.org")
        return contact


class StoreOptions(Options):
    """Where things are kept."""

    url: StoreAddress = Field(
        default="sqlite:///monitor.db",
        description="`sqlite:///FILE`, or `postgresql+psycopg://USER@HOST/DATABASE`.",
        examples=["postgresql+psycopg://monitor:${DB_PASSWORD}@db.example/monitor"],
    )
    keep: Duration = Field(
        default="90d",
        validate_default=True,
        description="How long items and alerts are kept.",
        examples=["1095d"],
    )


class EngineOptions(Options):
    """What hands out the work."""

    url: Literal["embedded"] = Field(
        default="embedded",
        description="`embedded`: this process does all of it, with nothing else to run.",
        examples=["embedded"],
    )


class WebOptions(Options):
    """Where health and metrics answer."""

    listen: Listen = Field(
        default="127.0.0.1:8470",
        validate_default=True,
        description="An address and a port, or `off`. Any other than this machine's own "
        "(loopback) needs `token`.",
        examples=["0.0.0.0:8470", "off"],
    )
    token: Text = Field(
        default="",
        validate_default=True,
        description="What a request must carry where others can reach the address.",
        examples=["${file:web_token}"],
    )

    @model_validator(mode="before")
    @classmethod
    def _without_pages(cls, given: Any) -> Any:
        """Pass over an empty `public_url`: there are no pages in this version to link to."""
        if isinstance(given, dict) and given.get("public_url") == "":
            return {name: value for name, value in given.items() if name != "public_url"}
        return given

    @field_validator("token", mode="after")
    @classmethod
    def _guarded(cls, token: str, info: ValidationInfo) -> str:
        listen = info.data.get("listen")
        if listen and not token and not is_loopback(listen[0]):
            message = "others can reach this address, so it needs web.token"
            advice = "set web.token, or listen on 127.0.0.1"
            raise wrong(Code.OPEN_WITHOUT_TOKEN, message, advice, beside="listen")
        return token


class LogOptions(Options):
    """How the log looks."""

    level: Literal["debug", "info", "warning", "error"] = Field(
        default="info",
        description="The least important lines that are written.",
        examples=["debug"],
    )
    format: Literal["auto", "text", "logfmt", "json"] = Field(
        default="auto",
        description="`auto` is text on a terminal and logfmt elsewhere.",
        examples=["json"],
    )


class Configuration(Options):
    """A file. Each included file has the same form; their sections are put together."""

    sources: list[SourceItem] = Field(
        default=[],
        description="The feeds that are polled; an address is enough.",
        examples=[["https://feeds.bbci.co.uk/news/world/rss.xml"]],
    )
    include: Annotated[list[Text], OneOrMore()] = Field(
        default=[],
        description="More files, by name or pattern, relative to this one and inside the folder "
        "of the first. OPML files add sources.",
        examples=[["watchlists.d/*.yaml", "feeds.opml"]],
    )
    entities: dict[Key, EntityOptions] = Field(
        default={},
        description="Names with aliases, for rules to refer to by their key.",
        examples=[{"maduro": {"name": "Nicolás Maduro", "aliases": ["Мадуро"]}}],
    )
    watchlists: dict[Key, WatchlistItem] = Field(
        default={},
        description="What to look for, by name.",
        examples=[{"airspace": ["airspace", "NOTAM"]}],
    )
    notifiers: dict[Key, NotifierItem] = Field(
        default={},
        description="Where alerts go, by name. `console` is always there.",
        examples=[{"desk": {"type": "slack", "url": "${SLACK_WEBHOOK_URL}"}}],
    )
    notify: Annotated[list[NotifierName], OneOrMore()] = Field(
        default=["console"],
        description="Notifiers of the watchlists that do not say.",
        examples=[["console", "desk"]],
    )
    alerts: AlertOptions = Field(
        default_factory=AlertOptions,
        description="When an item may alert.",
        examples=[{"max_age": "12h"}],
    )
    poll: PollOptions = Field(
        default_factory=PollOptions,
        description="How sources are polled.",
        examples=[{"every": "15m"}],
    )
    hosts: dict[HostKey, HostOptions] = Field(
        default={},
        description="How hosts want to be asked, by name; an entry replaces the one that comes "
        "with the monitor under that name. `monitor config` shows both.",
        examples=[{"example.org": {"gap": "10s", "min": "30m"}}],
    )
    health: HealthOptions = Field(
        default_factory=HealthOptions,
        description="Whom the monitor tells about itself, and when.",
        examples=[{"notify": ["console"]}],
    )
    store: StoreOptions = Field(
        default_factory=StoreOptions,
        description="Where things are kept.",
        examples=[{"keep": "30d"}],
    )
    engine: EngineOptions = Field(
        default_factory=EngineOptions,
        description="What hands out the work.",
        examples=[{"url": "embedded"}],
    )
    web: WebOptions = Field(
        default_factory=WebOptions,
        description="Where health and metrics answer.",
        examples=[{"listen": "off"}],
    )
    log: LogOptions = Field(
        default_factory=LogOptions, description="How the log looks.", examples=[{"level": "debug"}]
    )
