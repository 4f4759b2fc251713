"""The schema of when alerts are told: quiet hours, digests, throttles, escalation. Pure."""

from typing import Annotated, Any, Literal, Self, TypeAlias

from pydantic import Discriminator, Field, PlainValidator, Tag, WithJsonSchema, model_validator

from monitor.config.clocks import ClockTime, Cron, Zone
from monitor.config.kinds import (
    Count,
    Duration,
    Given,
    OneOrMore,
    OneOrMoreMappings,
    Options,
    Pause,
    Words,
)
from monitor.config.problems import Code, quote
from monitor.config.terms import NotifierName
from monitor.config.values import wrong

SeverityWord: TypeAlias = Literal["low", "medium", "high", "critical"]


class QuietHoursOptions(Options):
    """From when to when alerts wait; they are told in one digest when the quiet hours end.

    Where `to` is earlier than `from`, it is of the next day.
    """

    start: ClockTime = Field(alias="from", description="When they begin.", examples=["22:00"])
    end: ClockTime = Field(alias="to", description="When they end.", examples=["06:00"])
    zone: Zone = Field(
        default="UTC",
        validate_default=True,
        description="Whose clocks count, through every change of theirs.",
        examples=["Europe/Madrid"],
    )
    bypass: SeverityWord = Field(
        default="critical",
        description="Alerts of this severity and above are told at once all the same.",
        examples=["high"],
    )

    @model_validator(mode="after")
    def _not_empty(self) -> Self:
        if self.start == self.end:
            message = "quiet hours that begin when they end are either none or endless"
            advice = "write another time, or quiet_hours: off"
            raise wrong(Code.BAD_RANGE, message, advice, at="to", on_value=True)
        return self


def _kind_of_hours(value: Any) -> str:
    return "<off>" if isinstance(value, str) else "<hours>"


def _read_off(value: object) -> str:
    if value != "off":
        message = f"{quote(str(value))} is neither off nor quiet hours"
        advice = 'write off, or {from: "22:00", to: "06:00", zone: Europe/Madrid}'
        discreet = "this is neither off nor quiet hours"
        raise wrong(Code.NOT_ONE_OF, message, advice, discreet=discreet)
    return "off"


Off: TypeAlias = Annotated[
    Literal["off"],
    PlainValidator(_read_off),
    # Editors that speak YAML 1.1 read off as a flag.
    WithJsonSchema({"enum": ["off", False]}),
    Words("`off`"),
]
QuietHoursItem: TypeAlias = Annotated[
    Annotated[Off, Tag("<off>")] | Annotated[QuietHoursOptions, Tag("<hours>")],
    Discriminator(_kind_of_hours),
]


class ThrottleOptions(Options):
    """How much a watchlist may say. What is not given here is as under `alerts`."""

    per_story: Annotated[Duration | None, Given] = Field(
        default=None,
        description="How long no follow-up on a story is sent for another term or entity alone.",
        examples=["12h"],
    )
    max_per_hour: Annotated[Count | None, Given] = Field(
        default=None,
        description="How many alerts are told by themselves in one hour of the clock. The rest of "
        "that hour comes in lists; critical alerts always come by themselves.",
        examples=["20"],
    )


class DigestOptions(Options):
    """When alerts of some severities are told together instead of one by one."""

    at: Annotated[ClockTime | None, Given] = Field(
        default=None, description="At what time every day; or `cron`.", examples=["07:30"]
    )
    cron: Annotated[Cron | None, Given] = Field(
        default=None,
        description="When, as minute, hour, day, month and weekday; instead of `at`.",
        examples=["30 7 * * MON-FRI"],
    )
    zone: Zone = Field(
        default="UTC",
        validate_default=True,
        description="Whose clocks count.",
        examples=["Europe/Madrid"],
    )
    notify: Annotated[Annotated[list[NotifierName], OneOrMore()] | None, Given] = Field(
        default=None,
        description="Notifiers that get the digest; default: those of each alert's watchlist.",
        examples=[["desk"]],
    )
    severities: Annotated[list[SeverityWord], OneOrMore()] = Field(
        default=["low"],
        description="Alerts of these severities wait for the digest.",
        examples=[["low", "medium"]],
        min_length=1,
    )

    @model_validator(mode="after")
    def _one_time(self) -> Self:
        if self.at is None and self.cron is None:
            message = "a digest needs a time"
            raise wrong(Code.MISSING_OPTION, message, 'write at: "07:30", or cron: 30 7 * * *')
        if self.at is not None and self.cron is not None:
            message = "a digest has one time"
            raise wrong(Code.BAD_RANGE, message, "remove at: or cron:", at="cron")
        return self


class EscalationOptions(Options):
    """Who hears of an alert that nobody has acknowledged with `monitor ack`."""

    after: Duration = Field(description="How long an alert may be left lying.", examples=["15m"])
    to: Annotated[list[NotifierName], OneOrMore()] = Field(
        description="Notifiers that are told then, once.", examples=[["console"]], min_length=1
    )
    severities: Annotated[list[SeverityWord], OneOrMore()] = Field(
        default=["critical", "high"],
        description="Of which severities.",
        examples=[["critical"]],
        min_length=1,
    )


class AlertOptions(Options):
    """When an item may alert, and when that is told."""

    first_poll: Literal["remember", "alert"] = Field(
        default="remember",
        description="`remember` keeps the items of a source's first poll without alerting, so "
        "that a new source does not flood a channel.",
        examples=["alert"],
    )
    max_age: Duration = Field(
        default="3d",
        validate_default=True,
        description="Older items are stored and never alert.",
        examples=["12h"],
    )
    group_wait: Pause = Field(
        default="0s",
        validate_default=True,
        description="How long a story's first alert waits for more of the story; critical alerts "
        "never do.",
        examples=["2m"],
    )
    per_story: Duration = Field(
        default="6h",
        validate_default=True,
        description="`throttle.per_story` of the watchlists that do not say.",
        examples=["12h"],
    )
    max_per_hour: Count = Field(
        default="60",
        validate_default=True,
        description="`throttle.max_per_hour` of the watchlists that do not say.",
        examples=["20"],
    )
    inhibit: Literal["lower", "same", "never"] = Field(
        default="lower",
        description="Who has heard of a story from one watchlist is not told by others: by those "
        "of a `lower` severity, or also by those of the `same`.",
        examples=["same"],
    )
    digest: Annotated[list[DigestOptions], OneOrMoreMappings()] = Field(
        default=[],
        description="When alerts of some severities are told together; one digest or several.",
        examples=[{"at": "07:30", "zone": "Europe/Madrid", "severities": ["low"]}],
    )
    quiet_hours: QuietHoursItem = Field(
        default="off",
        description="Quiet hours of the watchlists that do not say; `off` for none.",
        examples=[{"from": "22:00", "to": "06:00", "zone": "Europe/Madrid"}],
    )
