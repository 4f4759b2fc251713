"""What options of destinations hold: addresses of services and of people, ports, keys. Pure.

Most are secrets, or may hold one: messages never quote them.
"""

import re
from collections.abc import Sequence
from email.utils import parseaddr
from typing import Annotated, TypeAlias
from urllib.parse import urlsplit

from pydantic import Field, PlainValidator, WithJsonSchema

from monitor.config.addresses import is_within
from monitor.config.kinds import ANY_SCALAR, Words, json_text
from monitor.config.problems import Code, quote
from monitor.config.values import text_of, wrong
from monitor.model import Network

NETWORKS = Field(
    default=[],
    validate_default=True,
    description="Private networks this notifier may reach; every other private address is refused. "
    "Link-local and cloud metadata addresses need a network of their own.",
    examples=[["10.0.0.0/8"]],
)

TEMPLATE = Field(
    default=None,
    description="What messages say, in your own words: a template in the syntax of Jinja. Where it "
    "says nothing, our own words are sent. Variables: docs/notifiers.md.",
    examples=["{% if item %}{{ watchlist.name }}: {{ item.title }}{% endif %}"],
)
TITLE = Field(
    default=None,
    description="A template of the title or subject.",
    examples=["{% if item %}[{{ watchlist.severity }}] {{ item.title }}{% endif %}"],
)
LONGEST_TEMPLATE = 10_000

_MAIL = re.compile(r"[^\s<>@\"]+@[A-Za-z0-9.-]+")
_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?|\[?[0-9A-Fa-f:.]+\]?")
_TOPIC = re.compile(r"[-_A-Za-z0-9]{1,64}")
_KEY = re.compile(r"[A-Za-z0-9]{32}")
_SERVICE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://\S+")
_CHANNEL = re.compile(r"#?[^\s#,]{1,80}")
_TOKEN = re.compile(r"[\x21-\x7e]+")


def read_mail_address(value: object) -> str:
    """Return an e-mail address, with or without a name before it."""
    text = text_of(value, "an e-mail address")
    if not _MAIL.fullmatch(parseaddr(text)[1]) or "\n" in text:
        message, discreet = f"{quote(text)} is not an e-mail address", "this is no e-mail address"
        advice = "as in desk@example.org or Night desk <desk@example.org>"
        raise wrong(Code.BAD_ADDRESS, message, advice, discreet=discreet)
    return text


def read_server(value: object) -> str:
    """Return the name or number of a mail server."""
    text = text_of(value, "the name of a mail server")
    if not _HOST.fullmatch(text):
        message, discreet = f"{quote(text)} is not the name of a server", "this names no server"
        advice = "write the name alone, as in smtp.example.org; port: has an option of its own"
        raise wrong(Code.BAD_HOST, message, advice, discreet=discreet)
    return text


def read_port(value: object) -> int:
    """Return a port number."""
    text = text_of(value, "a port")
    if not re.fullmatch(r"[0-9]{1,5}", text) or not 1 <= int(text) <= 65_535:
        message, discreet = f"{quote(text)} is not a port", "this is not a port"
        raise wrong(Code.BAD_NUMBER, message, "write 587, 465 or 25", discreet=discreet)
    return int(text)


def read_topic(value: object) -> str:
    """Return a topic of ntfy."""
    text = text_of(value, "a topic")
    if not _TOPIC.fullmatch(text):
        message = "a topic is up to 64 letters, digits, “-” and “_”"
        raise wrong(Code.BAD_NAME, message, "write the topic alone; the server goes into url:")
    return text


def read_routing_key(value: object) -> str:
    """Return the integration key of a PagerDuty service."""
    text = text_of(value, "a routing key")
    if not _KEY.fullmatch(text):
        advice = "copy the integration key of an Events API v2 integration"
        raise wrong(Code.BAD_SECRET, "a routing key is 32 letters and digits", advice)
    return text


def read_token(value: object) -> str:
    """Return a token that can stand in a header."""
    text = text_of(value, "a token")
    if not _TOKEN.fullmatch(text):
        message = "a token is one word of ASCII characters"
        raise wrong(Code.BAD_SECRET, message, "copy it again, as in ${SLACK_BOT_TOKEN}")
    return text


def read_bot_token(value: object) -> str:
    """Return the token of a Slack bot; one that changes by itself has xoxe. before it."""
    text = read_token(value)
    if not text.removeprefix("xoxe.").startswith("xoxb-"):
        message = "the token of a Slack bot begins with xoxb-"
        advice = "copy the “Bot User OAuth Token” of the app, as in ${SLACK_BOT_TOKEN}"
        raise wrong(Code.BAD_SECRET, message, advice)
    return text


def read_channel(value: object) -> str:
    """Return the name or the id of a Slack channel."""
    text = text_of(value, "a channel")
    if not _CHANNEL.fullmatch(text):
        message, discreet = f"{quote(text)} is not a channel", "this is not a channel"
        raise wrong(Code.BAD_NAME, message, "write its id, or '#' and its name", discreet=discreet)
    return text


def read_service(value: object) -> str:
    """Return an address as Apprise writes them."""
    text = text_of(value, "an address")
    if not _SERVICE.fullmatch(text):
        advice = "write it as Apprise does, as in tgram://TOKEN/CHAT"
        raise wrong(Code.BAD_ADDRESS, "this is no address of a service", advice)
    return text


def read_template(value: object) -> str:
    """Return a template as it stands; what it says is looked at once all of them are read."""
    text = text_of(value, "a template")
    if not text:
        raise wrong(Code.EMPTY_VALUE, "this template is empty", "write one, or remove the line")
    if len(text) > LONGEST_TEMPLATE:
        message = f"a template has at most {LONGEST_TEMPLATE:,} characters"
        raise wrong(Code.BAD_TEMPLATE, message, "shorten it")
    assert isinstance(value, str)
    return value


def refuse_unencrypted(url: str, networks: Sequence[Network], *, what: str, example: str) -> None:
    """Refuse an address whose secret all could read on its way, but inside an opened network."""
    split = urlsplit(url)
    if split.scheme != "https" and not is_within(split.hostname or "", networks):
        message = f"{what} begins with https://"
        advice = f"copy it as in {example}"
        raise wrong(Code.BAD_ADDRESS, message, advice, at="url", on_value=True)


MailAddress: TypeAlias = Annotated[
    str, PlainValidator(read_mail_address), json_text(r"@"), Words("e-mail address")
]
Server: TypeAlias = Annotated[
    str, PlainValidator(read_server), json_text(r"^[^/@\s]+$"), Words("name of a server")
]
Port: TypeAlias = Annotated[
    int,
    PlainValidator(read_port),
    WithJsonSchema({"type": ["integer", "string"], "minimum": 1, "maximum": 65_535}),
    Words("port"),
]
Topic: TypeAlias = Annotated[
    str, PlainValidator(read_topic), json_text(r"^[-_A-Za-z0-9]{1,64}$"), Words("topic")
]
RoutingKey: TypeAlias = Annotated[
    str, PlainValidator(read_routing_key), json_text(r"^[A-Za-z0-9]{32}$"), Words("routing key")
]
Token: TypeAlias = Annotated[
    str, PlainValidator(read_token), json_text(r"^[!-~]+$"), Words("token")
]
BotToken: TypeAlias = Annotated[
    str, PlainValidator(read_bot_token), json_text(r"^(xoxe\.)?xoxb-[!-~]*$"), Words("bot's token")
]
Channel: TypeAlias = Annotated[
    str, PlainValidator(read_channel), json_text(r"^#?[^\s#,]{1,80}$"), Words("channel")
]
Template: TypeAlias = Annotated[
    str | None, PlainValidator(read_template), ANY_SCALAR, Words("template")
]
Service: TypeAlias = Annotated[
    str,
    PlainValidator(read_service),
    json_text(r"^[A-Za-z][A-Za-z0-9+.-]*://\S+$"),
    Words("address of Apprise"),
]
