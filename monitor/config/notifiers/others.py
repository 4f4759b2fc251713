"""The schema of the other destinations: terminals, machines, pagers and mailboxes. Pure."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from monitor.config.addresses import Networks, NotifierAddress, WebhookSecret
from monitor.config.kinds import Given, OneOrMore, Options, Text
from monitor.config.notifiers.values import (
    NETWORKS,
    TEMPLATE,
    TITLE,
    MailAddress,
    Port,
    RoutingKey,
    Server,
    Service,
    Template,
)
from monitor.config.problems import Code
from monitor.config.values import wrong

EVENTS = "https://events.pagerduty.com/v2/enqueue"


class ConsoleOptions(Options):
    """Prints alerts where `monitor run` runs. One called `console` is always there."""

    type: Literal["console"] = Field(description="The kind of notifier.", examples=["console"])
    template: Template = TEMPLATE


class WebhookOptions(Options):
    """Any receiver of Standard Webhooks: a JSON message, signed where a secret is given."""

    type: Literal["webhook"] = Field(description="The kind of notifier.", examples=["webhook"])
    url: NotifierAddress = Field(
        description="Where messages are posted.", examples=["https://siem.example.org/hook"]
    )
    secret: Annotated[list[WebhookSecret], OneOrMore(), Field(min_length=1)] = Field(
        default=[],
        description="Signs each message: `whsec_` and the base64 of 24 to 64 bytes. A list while "
        "secrets are rotated; receivers accept any of them.",
        examples=["${file:siem_secret}"],
    )
    format: Literal["standard", "cloudevents", "cloudevents-binary"] = Field(
        default="standard",
        description="How a message is wrapped: as it is, or as a CloudEvent in one JSON object or "
        "with its attributes in headers.",
        examples=["cloudevents"],
    )
    allow_networks: Networks = NETWORKS


class PagerDutyOptions(Options):
    """A PagerDuty service: one incident for each story."""

    type: Literal["pagerduty"] = Field(description="The kind of notifier.", examples=["pagerduty"])
    routing_key: RoutingKey = Field(
        description="The integration key of the service (Events API v2); it is a secret.",
        examples=["${PAGERDUTY_ROUTING_KEY}"],
    )
    url: NotifierAddress = Field(
        default=EVENTS,
        description="Where events are posted; accounts in Europe have another address.",
        examples=["https://events.eu.pagerduty.com/v2/enqueue"],
    )
    template: Template = TEMPLATE
    allow_networks: Networks = NETWORKS


class EmailOptions(Options):
    """Mailboxes, through a mail server that takes your messages."""

    type: Literal["email"] = Field(description="The kind of notifier.", examples=["email"])
    server: Server = Field(
        description="The mail server that sends for you.", examples=["smtp.example.org"]
    )
    port: Annotated[Port | None, Given] = Field(
        default=None,
        description="Its port; default: 587 with `starttls`, 465 with `tls`, 25 with `none`.",
        examples=[587],
    )
    tls: Literal["starttls", "tls", "none"] = Field(
        default="starttls",
        description="How the connection is encrypted: after a greeting, from its beginning, or not "
        "at all.",
        examples=["tls"],
    )
    user: Text = Field(
        default="", description="Whom to log in as, with `password`.", examples=["desk"]
    )
    password: Text = Field(
        default="", description="The user's password.", examples=["${SMTP_PASSWORD}"]
    )
    sender: MailAddress = Field(
        alias="from",
        description="The address messages come from.",
        examples=["News monitor <monitor@example.org>"],
    )
    to: Annotated[list[MailAddress], OneOrMore(), Field(min_length=1)] = Field(
        description="Who gets them.", examples=[["desk@example.org", "night@example.org"]]
    )
    template: Template = TEMPLATE
    title: Template = TITLE
    allow_networks: Networks = NETWORKS

    @model_validator(mode="after")
    def _login(self) -> Self:
        if bool(self.user) != bool(self.password):
            message = "a login is a user with a password"
            advice = "as in {user: desk, password: ${SMTP_PASSWORD}}, or neither"
            raise wrong(Code.BAD_AUTH, message, advice, at="user" if self.user else "password")
        if self.password and self.tls == "none":
            message = "a password is never sent without encryption"
            raise wrong(Code.BAD_AUTH, message, "write tls: starttls or tls: tls", at="tls")
        return self


class AppriseOptions(Options):
    """Any other service that Apprise knows; install `news-feed-monitor[apprise]` for it."""

    type: Literal["apprise"] = Field(description="The kind of notifier.", examples=["apprise"])
    url: Service = Field(
        description="The service's address as Apprise writes it; it is a secret.",
        examples=["${APPRISE_URL}"],
    )
    template: Template = TEMPLATE
    title: Template = TITLE
