"""The schema of hosts: how those under one name want to be asked. Pure."""

import re
from typing import Annotated, Literal, TypeAlias

from pydantic import Field, PlainValidator

from monitor.config.kinds import ANY_SCALAR, Duration, Flag, Given, Options, Pause, Text, Words
from monitor.config.problems import Code, quote
from monitor.config.values import read_name, wrong
from monitor.feeds.urls import host_of

_HOST = re.compile(r"[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*")


def read_host(value: object) -> str:
    """Return the name of a host in the one spelling in which addresses are compared with it."""
    text = read_name(value)
    if _HOST.fullmatch(text) and host_of(f"https://{text}/") == text == value:
        return text
    meant = host_of(text) or host_of(f"https://{text.strip('*.').partition('/')[0]}/")
    advice = f"write {meant}; it stands for every host below it too" if meant else ""
    raise wrong(Code.BAD_HOST, f"{quote(text)} is not the name of a host", advice)


HostKey: TypeAlias = Annotated[str, PlainValidator(read_host), ANY_SCALAR, Words("host")]


class HostOptions(Options):
    """How the hosts under one name want to be asked. What is not given is as everywhere else.

    The name of a host stands for every host below it. The most exact name counts, alone.
    """

    gap: Annotated[Pause | None, Given] = Field(
        default=None,
        description="The pause between two requests; default: `poll.host_gap`.",
        examples=["65s"],
    )
    min: Annotated[Duration | None, Given] = Field(
        default=None,
        description="The shortest interval of a source there; default: `poll.min`.",
        examples=["15m"],
    )
    together: Flag = Field(
        default="no",
        validate_default=True,
        description="`yes` counts all hosts under the name as one: one pause, one limit.",
        examples=["yes"],
    )
    forbidden_is_limit: Flag = Field(
        default="no",
        validate_default=True,
        description="`yes` reads status 403 as a limit, as 429 is everywhere.",
        examples=["yes"],
    )
    conditions: Annotated[Literal["both", "etag", "modified", "none"] | None, Given] = Field(
        default=None,
        description="Which validators are worth sending; default: learned from the answers.",
        examples=["modified"],
    )
    validators_for: Annotated[Duration | None, Given] = Field(
        default=None,
        description="How long a server's word that nothing has changed is believed before the "
        "document is asked for whole; 16 to 20 hours where it is not shorter.",
        examples=["6h"],
    )
    advice: Text = Field(
        default="",
        description="What to tell people whose source fails there.",
        examples=["Ask the library's desk for a new key."],
    )
