"""The schema of sources: the feeds that are polled. Pure."""

from typing import Annotated, Any, Literal, Self, TypeAlias

from pydantic import Discriminator, Field, Tag, model_validator

from monitor.config.addresses import AgentText, Headers, SourceAddress, SourceProxy
from monitor.config.kinds import (
    Duration,
    Flag,
    Given,
    Language,
    Name,
    OneOrMore,
    Options,
    Text,
    Weight,
)
from monitor.config.problems import Code
from monitor.config.values import wrong


class AuthOptions(Options):
    """Credentials of a source: a user with a password, or a bearer token."""

    user: Text = Field(default="", description="The user, with `password`.", examples=["desk"])
    password: Text = Field(
        default="", description="The user's password.", examples=["${FEED_PASSWORD}"]
    )
    bearer: Text = Field(
        default="", description="A bearer token, in place of a user.", examples=["${file:token}"]
    )

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if bool(self.bearer) == bool(self.user) or bool(self.password) > bool(self.user):
            message = "auth takes a user with a password, or a bearer token"
            raise wrong(Code.BAD_AUTH, message, "as in {user: desk, password: ${FEED_PASSWORD}}")
        return self


class SourceOptions(Options):
    """A feed that is polled: RSS, Atom, RDF or JSON Feed. Its address alone is enough."""

    url: SourceAddress = Field(
        description="The feed's address.",
        examples=["https://news.un.org/feed/subscribe/en/news/all/rss.xml"],
    )
    name: Annotated[Name | None, Given] = Field(
        default=None,
        description="What alerts and commands call it; default: its host and path, shortened.",
        examples=["UN News"],
    )
    tags: Annotated[list[Text], OneOrMore()] = Field(
        default=[],
        description="Words that watchlists choose sources by.",
        examples=[["official", "wire"]],
    )
    every: Annotated[Duration | None, Given] = Field(
        default=None,
        description="A fixed interval between polls; default: `poll.every`.",
        examples=["10m"],
    )
    language: Language | Literal[""] = Field(
        default="", description="Its language, where the feed does not say.", examples=["en"]
    )
    headers: Headers = Field(
        default={},
        validate_default=True,
        description="Headers sent with each request to this origin.",
        examples=[{"X-Api-Key": "${FEED_KEY}"}],
    )
    auth: Annotated[AuthOptions | None, Given] = Field(
        default=None,
        description="Credentials, sent to this origin alone.",
        examples=[{"user": "desk", "password": "${FEED_PASSWORD}"}],
    )
    verify_tls: Flag = Field(
        default="yes",
        validate_default=True,
        description="`no` accepts any certificate; only for a host you run.",
        examples=["no"],
    )
    proxy: Annotated[SourceProxy | None, Given] = Field(
        default=None,
        description="Where its requests go through: an `http`, `https`, `socks5` or `socks5h` "
        "address, or `none`; default: `poll.proxy`.",
        examples=["socks5h://127.0.0.1:9050"],
    )
    user_agent: Annotated[AgentText | None, Given] = Field(
        default=None,
        description="What the monitor calls itself there; default: its own name and version.",
        examples=["Mozilla/5.0 (compatible; desk.example)"],
    )
    fulltext: Flag = Field(
        default="no",
        validate_default=True,
        description="`yes` also reads each new item's own page, so that watchlists see what the "
        "feed cuts off. Needs the extra `fulltext`.",
        examples=["yes"],
    )
    identity: Annotated[Literal["guid", "link", "title"] | None, Given] = Field(
        default=None,
        description="What tells its items apart; default: learned, beginning with `guid`.",
        examples=["link"],
    )
    priority: Weight = Field(
        default="1",
        validate_default=True,
        description="Above 1 it is polled more often than its rate of news asks for, below less.",
        examples=["2"],
    )
    enabled: Flag = Field(
        default="yes",
        validate_default=True,
        description="`no` keeps the source here without polling it.",
        examples=["no"],
    )
    first_poll: Annotated[Literal["remember", "alert"] | None, Given] = Field(
        default=None,
        description="What to do with the items of the first poll; default: `alerts.first_poll`.",
        examples=["alert"],
    )


def _kind_of_source(value: Any) -> str:
    return "<source>" if isinstance(value, dict) else "<address>"


SourceItem: TypeAlias = Annotated[
    Annotated[SourceAddress, Tag("<address>")] | Annotated[SourceOptions, Tag("<source>")],
    Discriminator(_kind_of_source),
]
