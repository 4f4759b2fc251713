"""The schema of chats: Slack, Discord, Teams, Mattermost and ntfy. Pure."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from monitor.config.addresses import Networks, NotifierAddress
from monitor.config.kinds import Given, Options
from monitor.config.notifiers.values import (
    NETWORKS,
    TEMPLATE,
    TITLE,
    BotToken,
    Channel,
    Template,
    Token,
    Topic,
    refuse_unencrypted,
)
from monitor.config.problems import Code
from monitor.config.values import wrong

NTFY = "https://ntfy.sh"


class SlackOptions(Options):
    """A Slack channel: through an incoming webhook, or as a bot that uses threads."""

    type: Literal["slack"] = Field(description="The kind of notifier.", examples=["slack"])
    url: Annotated[NotifierAddress | None, Given] = Field(
        default=None,
        description="The address Slack gave for the channel; it is a secret. With `token`: where "
        "the API is, if not at slack.com.",
        examples=["${SLACK_WEBHOOK_URL}"],
    )
    token: Annotated[BotToken | None, Given] = Field(
        default=None,
        description="A bot's token, with `channel`, in place of an address: follow-ups go into "
        "the thread of their story. It begins with xoxb-.",
        examples=["${SLACK_BOT_TOKEN}"],
    )
    channel: Annotated[Channel | None, Given] = Field(
        default=None,
        description="The channel a bot posts to: its id, or # and its name.",
        examples=["#desk"],
    )
    template: Template = TEMPLATE
    allow_networks: Networks = NETWORKS

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if self.token is None and self.url is None:
            advice = "write url: ${SLACK_WEBHOOK_URL}, or token: and channel:"
            raise wrong(Code.MISSING_OPTION, "“url” is missing", advice)
        if bool(self.token) != bool(self.channel):
            given, missing = ("token", "channel") if self.token else ("channel", "token")
            advice = "write token: ${SLACK_BOT_TOKEN} and channel: '#desk', or url: alone"
            message = f"“{given}” needs “{missing}” beside it"
            raise wrong(Code.MISSING_OPTION, message, advice, at=given)
        return self

    @model_validator(mode="after")
    def _encrypted(self) -> Self:
        if self.url is not None:
            _refuse_unencrypted(self, "a Slack address", "https://hooks.slack.com/services/…")
        return self


class DiscordOptions(Options):
    """A Discord channel, through a webhook."""

    type: Literal["discord"] = Field(description="The kind of notifier.", examples=["discord"])
    url: NotifierAddress = Field(
        description="The webhook's address; it is a secret. `?thread_id=…` behind it names a "
        "thread.",
        examples=["${DISCORD_WEBHOOK_URL}"],
    )
    template: Template = TEMPLATE
    allow_networks: Networks = NETWORKS

    @model_validator(mode="after")
    def _encrypted(self) -> Self:
        _refuse_unencrypted(self, "a Discord address", "https://discord.com/api/webhooks/…")
        return self


class TeamsOptions(Options):
    """A channel of Microsoft Teams, through a workflow that takes webhooks."""

    type: Literal["teams"] = Field(description="The kind of notifier.", examples=["teams"])
    url: NotifierAddress = Field(
        description="The workflow's address, with its signature; it is a secret and is sent as it "
        "stands.",
        examples=["${TEAMS_WEBHOOK_URL}"],
    )
    template: Template = TEMPLATE
    allow_networks: Networks = NETWORKS

    @model_validator(mode="after")
    def _encrypted(self) -> Self:
        _refuse_unencrypted(self, "a Teams address", "https://….logic.azure.com/workflows/…")
        return self


class MattermostOptions(Options):
    """A Mattermost channel, through an incoming webhook."""

    type: Literal["mattermost"] = Field(
        description="The kind of notifier.", examples=["mattermost"]
    )
    url: NotifierAddress = Field(
        description="The webhook's address; it is a secret.", examples=["${MATTERMOST_WEBHOOK_URL}"]
    )
    template: Template = TEMPLATE
    allow_networks: Networks = NETWORKS

    @model_validator(mode="after")
    def _encrypted(self) -> Self:
        _refuse_unencrypted(self, "a Mattermost address", "https://chat.example.org/hooks/…")
        return self


class NtfyOptions(Options):
    """Phones and desktops that follow a topic of ntfy."""

    type: Literal["ntfy"] = Field(description="The kind of notifier.", examples=["ntfy"])
    url: NotifierAddress = Field(
        default=NTFY, description="The server.", examples=["https://ntfy.example.org"]
    )
    topic: Topic = Field(
        description="The topic. On a public server whoever guesses it reads along: choose a long "
        "one.",
        examples=["newsdesk-7f3a91c2"],
    )
    token: Annotated[Token | None, Given] = Field(
        default=None,
        description="An access token, where the topic is protected.",
        examples=["${NTFY_TOKEN}"],
    )
    template: Template = TEMPLATE
    title: Template = TITLE
    allow_networks: Networks = NETWORKS

    @model_validator(mode="after")
    def _encrypted(self) -> Self:
        if self.token is not None:
            _refuse_unencrypted(self, "the server that is sent a token", NTFY)
        return self


def _refuse_unencrypted(
    options: SlackOptions | DiscordOptions | TeamsOptions | MattermostOptions | NtfyOptions,
    what: str,
    example: str,
) -> None:
    refuse_unencrypted(options.url or "", options.allow_networks, what=what, example=example)
