"""The schema of what the monitor tells about itself, and to whom. Pure."""

from typing import Annotated

from pydantic import Field

from monitor.config.addresses import HeartbeatAddress, Networks
from monitor.config.kinds import Duration, Given, OneOrMore, Options
from monitor.config.terms import NotifierName


class HeartbeatOptions(Options):
    """Where it is told that the monitor works, so that its silence is noticed elsewhere."""

    url: HeartbeatAddress = Field(
        default="",
        validate_default=True,
        description="An address of a service that raises the alarm when nobody asks for it any "
        "more; empty: none.",
        examples=["${HEARTBEAT_URL}"],
    )
    every: Duration = Field(
        default="5m",
        validate_default=True,
        description="How often it is asked for while everything works.",
        examples=["1m"],
    )
    allow_networks: Networks = Field(
        default=[],
        validate_default=True,
        description="Private networks that it may lie in.",
        examples=[["10.0.0.0/8"]],
    )


class HealthOptions(Options):
    """Whom the monitor tells about itself, and when."""

    notify: Annotated[Annotated[list[NotifierName], OneOrMore()] | None, Given] = Field(
        default=None,
        description="Notifiers that hear of sources that fail, come back or rename their items; "
        "default: the top-level `notify`.",
        examples=[["console", "desk"]],
    )
    source_dead_after: Duration = Field(
        default="24h",
        validate_default=True,
        description="How long a source may fail before that is told; ten times its own interval "
        "where that is longer.",
        examples=["6h"],
    )
    heartbeat: HeartbeatOptions = Field(
        default={"url": "", "every": "5m"},
        validate_default=True,
        description="A dead-man's switch.",
        examples=[{"url": "${HEARTBEAT_URL}"}],
    )
