"""The schema of destinations: one mapping per kind of notifier. Pure."""

from typing import Annotated, Any, Literal, TypeAlias
from urllib.parse import urlsplit

from pydantic import BeforeValidator, Discriminator, Field, Tag, ValidationInfo, field_validator

from monitor.config.addresses import Networks, NotifierAddress, WebhookSecret, is_within
from monitor.config.kinds import OneOrMore, Options
from monitor.config.problems import Code, nearest, quote
from monitor.config.values import one_of, text_of, wrong
from monitor.model import Network

NETWORKS = Field(
    default=[],
    validate_default=True,
    description="Private networks this notifier may reach; every other private address is refused. "
    "Link-local and cloud metadata addresses need a network of their own.",
    examples=[["10.0.0.0/8"]],
)


class ConsoleOptions(Options):
    """Prints alerts where `monitor run` runs. One called `console` is always there."""

    type: Literal["console"] = Field(description="The kind of notifier.", examples=["console"])


class SlackOptions(Options):
    """A Slack channel, through an incoming webhook."""

    type: Literal["slack"] = Field(description="The kind of notifier.", examples=["slack"])
    url: NotifierAddress = Field(
        description="The address Slack gave for the channel; it is a secret.",
        examples=["${SLACK_WEBHOOK_URL}"],
    )
    allow_networks: Networks = NETWORKS

    @field_validator("allow_networks", mode="after")
    @classmethod
    def _encrypted(cls, networks: tuple[Network, ...], info: ValidationInfo) -> Any:
        """Refuse an unencrypted address, but for one inside a network that was opened."""
        url = urlsplit(info.data.get("url", "https:"))
        if url.scheme != "https" and not is_within(url.hostname or "", networks):
            message = "a Slack address begins with https://"
            advice = "copy it from Slack: https://hooks.slack.com/services/…"
            raise wrong(Code.BAD_ADDRESS, message, advice, beside="url")
        return networks


class WebhookOptions(Options):
    """Any receiver of Standard Webhooks: a JSON message, signed where a secret is given."""

    type: Literal["webhook"] = Field(description="The kind of notifier.", examples=["webhook"])
    url: NotifierAddress = Field(
        description="Where messages are posted.", examples=["https://siem.example.org/hook"]
    )
    secret: Annotated[list[WebhookSecret], OneOrMore()] = Field(
        default=[],
        description="Signs each message: `whsec_` and the base64 of 24 to 64 bytes. A list while "
        "secrets are rotated; receivers accept any of them.",
        examples=["${file:siem_secret}"],
    )
    allow_networks: Networks = NETWORKS


KINDS = ("console", "slack", "webhook")
LATER_KINDS = frozenset({"discord", "teams", "mattermost", "ntfy", "pagerduty", "email", "apprise"})


def _check_type(value: object) -> object:
    """Refuse a notifier whose kind is not known before its options are looked at."""
    if not isinstance(value, dict):
        raise wrong(Code.WRONG_TYPE, "a notifier is a mapping", "as in {type: console}")
    if "type" not in value:
        slip = next((key for key in value if nearest(key, ["type"])), None)
        if slip is not None:
            message = f"unknown option {quote(slip)}"
            raise wrong(Code.UNKNOWN_OPTION, message, "did you mean “type”?", at=slip)
        raise wrong(Code.MISSING_OPTION, "“type” is missing", f"write type: {KINDS[1]}")
    kind = text_of(value["type"], "a kind of notifier")
    if kind in LATER_KINDS:
        advice = f"{quote(kind)} is not in this version"
        message = f"{quote(kind)} is not one of {', '.join(KINDS)}"
        raise wrong(Code.NOT_ONE_OF, message, advice, at="type", on_value=True)
    if kind not in KINDS:
        raise one_of(kind, KINDS, at="type")
    return value


NotifierItem: TypeAlias = Annotated[
    Annotated[ConsoleOptions, Tag("<console>")]
    | Annotated[SlackOptions, Tag("<slack>")]
    | Annotated[WebhookOptions, Tag("<webhook>")],
    Discriminator(lambda value: f"<{value['type'].strip()}>" if isinstance(value, dict) else None),
    BeforeValidator(_check_type),
]
