"""Texts become addresses: of sources, notifiers, networks, the pages, the store. Pure.

An address of a notifier or of the store may be a secret; messages about those never quote them.
"""

import re
from collections.abc import Sequence
from ipaddress import ip_address, ip_network
from typing import Annotated, TypeAlias
from urllib.parse import urlsplit

from pydantic import PlainValidator, WithJsonSchema

from monitor.config.kinds import Words, json_text
from monitor.config.problems import Code, nearest, quote
from monitor.config.values import text_of, wrong
from monitor.feeds.urls import host_of, is_http
from monitor.model import Network
from monitor.settings import signing_key_fault

PROXY_SCHEMES = ("http", "https", "socks5", "socks5h")
NO_PROXY = "none"

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+-]*)(?::/{0,3}|//)([^:]+\..*)", re.DOTALL)
_BARE_HOST = re.compile(r"[\w-]+(\.[\w-]+)+(:\d+)?(/.*)?")
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # RFC 9110, 5.6.2
_FIELD_VALUE = re.compile(r"[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?")
# What the monitor says itself; a second voice would break caching, framing or decoding.
_OWN_HEADERS = frozenset(
    {
        "host",
        "content-length",
        "transfer-encoding",
        "connection",
        "te",
        "upgrade",
        "accept-encoding",
        "if-none-match",
        "if-modified-since",
        "range",
    }
)


def read_source_address(value: object) -> str:
    """Return the http or https address of a source."""
    text = text_of(value, "an address")
    if not is_http(text):
        near = _suggestion(text)
        advice = f"did you mean {near} ?" if near else "write it as in https://example.org/feed.xml"
        discreet = "this is not a web address"
        raise wrong(
            Code.BAD_ADDRESS, f"{quote(text)} is not a web address", advice, discreet=discreet
        )
    _refuse_user(text, "write it under auth: {user: …, password: …}")
    return text


def read_notifier_address(value: object) -> str:
    """Return the http or https address of a webhook. Messages do not quote it."""
    text = text_of(value, "an address")
    if not is_http(text):
        advice = "write it as in https://example.org/hook"
        raise wrong(Code.BAD_ADDRESS, "this is not a web address", advice)
    _refuse_user(text, "a webhook is protected by its secret, which signs each message")
    return text


def read_heartbeat_address(value: object) -> str:
    """Return the http or https address of a heartbeat, or "" for none. Messages do not quote it."""
    text = text_of(value, "an address")
    if text and not is_http(text):
        advice = "write it as in https://hc.example.org/ping/your-uuid"
        raise wrong(Code.BAD_ADDRESS, "this is not a web address", advice)
    return text


def read_proxy(value: object) -> str:
    """Return the address of a proxy, or "" for none. Messages do not quote it."""
    text = text_of(value, "the address of a proxy")
    if text in {"", NO_PROXY}:
        return ""
    if not _is_proxy(text):
        advice = "write it as in http://proxy.example:3128 or socks5h://127.0.0.1:9050"
        raise wrong(Code.BAD_PROXY, "this is not the address of a proxy", advice)
    return text


def _is_proxy(text: str) -> bool:
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return False
    place = parts.netloc.rpartition("@")[2]
    return (
        parts.scheme in PROXY_SCHEMES
        and port != 0
        and is_http(f"http://{place}/")
        and text.isascii()
        and text.isprintable()
        and not (parts.path.strip("/") or parts.query or parts.fragment)
    )


def read_agent(value: object) -> str:
    """Return what may follow `User-Agent:`."""
    text = text_of(value, "a User-Agent")
    if not _FIELD_VALUE.fullmatch(text):
        message = "a User-Agent is one line of ASCII text"
        raise wrong(Code.BAD_HEADER, message, "leave the option out for the monitor's own")
    return text


def read_networks(value: object) -> tuple[Network, ...]:
    """Return networks written as 10.0.0.0/8; a single address is a network of one."""
    items = [value] if isinstance(value, str) else value
    if not isinstance(items, list):
        raise wrong(Code.WRONG_TYPE, "a list of networks is expected here", "as in [10.0.0.0/8]")
    return tuple(_network(item, at) for at, item in enumerate(items))


def read_listen(value: object) -> tuple[str, int] | None:
    """Return where the pages answer, or None for `off`."""
    text = text_of(value, "an address and a port, or off,")
    if text.lower() == "off":
        return None
    host, colon, port = text.rpartition(":")
    host = host.removeprefix("[").removesuffix("]") if host.startswith("[") else host
    if not colon or not host or not re.fullmatch(r"\d{1,5}", port) or int(port) > 65_535:
        advice = "write the address and the port, as in 127.0.0.1:8470, or off"
        message = f"{quote(text)} is no place to listen"
        raise wrong(Code.BAD_LISTEN, message, advice, discreet="this is no place to listen")
    return host, int(port)


def is_loopback(host: str) -> bool:
    """Tell whether only this machine reaches a host."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def is_within(host: str, networks: Sequence[Network]) -> bool:
    """Tell whether a host given by number, or localhost, lies in one of the networks."""
    try:
        number = ip_address("127.0.0.1" if host == "localhost" else host)
    except ValueError:
        return False
    return any(number.version == each.version and number in each for each in networks)


def read_store(value: object) -> str:
    """Return the address of the store. Messages do not quote it: it may hold a password."""
    text = text_of(value, "an address")
    if re.fullmatch(r"sqlite:///.+", text) or re.fullmatch(r"postgresql\+psycopg://.+", text):
        return text
    advice = "write sqlite:///FILE or postgresql+psycopg://USER@HOST/DATABASE"
    raise wrong(Code.BAD_STORE, "this is not the address of a store", advice)


def read_secret(value: object) -> str:
    """Return a secret of Standard Webhooks: whsec_ and the base64 of 24 to 64 bytes."""
    text = text_of(value, "a secret")
    if fault := signing_key_fault(text):
        advice = 'make one with: echo "whsec_$(openssl rand -base64 32)"'
        raise wrong(Code.BAD_SECRET, fault, advice)
    return text


def read_headers(value: object) -> tuple[tuple[str, str], ...]:
    """Return request headers. Messages quote names, never values."""
    if not isinstance(value, dict):
        message = "headers are written as “Name: value”, one on a line"
        raise wrong(
            Code.WRONG_TYPE, message, "as in {X-Api-Key: ${KEY}}, with quotes around ${KEY}"
        )
    return tuple((_header_name(name), _header_value(name, text)) for name, text in value.items())


def _header_name(name: str) -> str:
    if not _TOKEN.fullmatch(name):
        advice = "a name is letters, digits and “-”, as in X-Api-Key"
        raise wrong(Code.BAD_HEADER, f"{quote(name)} can't name a header", advice, at=name)
    if name.lower() in _OWN_HEADERS:
        advice = "take it out; user_agent: and auth: have options of their own"
        raise wrong(Code.BAD_HEADER, f"the monitor sends {quote(name)} itself", advice, at=name)
    return name


def _header_value(name: str, value: object) -> str:
    if not isinstance(value, str) or not _FIELD_VALUE.fullmatch(value):
        message = f"the value of {quote(name)} can't be sent"
        advice = "a header's value is one line of ASCII text"
        raise wrong(Code.BAD_HEADER, message, advice, at=name, on_value=True)
    return value


def _network(value: object, at: int) -> Network:
    text = text_of(value, "a network")
    try:
        return ip_network(text)
    except ValueError:
        pass
    try:
        advice = f"did you mean {ip_network(text, strict=False)}?"
    except ValueError:
        advice = "as in 10.0.0.0/8 or fd00::/8"
    message = f"{quote(text)} is not a network"
    raise wrong(Code.BAD_NETWORK, message, advice, discreet="this is not a network", at=at)


def _refuse_user(url: str, advice: str) -> None:
    if "@" in urlsplit(url).netloc:
        raise wrong(Code.BAD_ADDRESS, "an address may not hold a user or a password", advice)


def _suggestion(text: str) -> str:
    """Return the address that was probably meant, or ""."""
    scheme = _SCHEME.fullmatch(text)
    if scheme:
        known = nearest(scheme[1], ["http", "https"]) or "https"
        candidate = f"{known}://{scheme[2].strip()}"
    elif _BARE_HOST.fullmatch(text):
        candidate = f"https://{text}"
    else:
        candidate = text.replace(" ", "")
    return candidate if is_http(candidate) and "." in host_of(candidate) else ""


_HTTP = r"^https?://[^\s]+$"

SourceAddress: TypeAlias = Annotated[
    str, PlainValidator(read_source_address), json_text(_HTTP), Words("web address")
]
NotifierAddress: TypeAlias = Annotated[
    str, PlainValidator(read_notifier_address), json_text(_HTTP), Words("web address")
]
HeartbeatAddress: TypeAlias = Annotated[
    str, PlainValidator(read_heartbeat_address), json_text(f"{_HTTP}|^$"), Words("web address")
]
SourceProxy: TypeAlias = Annotated[
    str,
    PlainValidator(read_proxy),
    json_text(r"^(https?|socks5h?)://[^\s]+$|^none$|^$"),
    Words("address of a proxy, or `none`"),
]
AgentText: TypeAlias = Annotated[
    str, PlainValidator(read_agent), json_text(r"^[ -~]+$"), Words("text")
]
Networks: TypeAlias = Annotated[
    tuple[Network, ...],
    PlainValidator(read_networks),
    WithJsonSchema({"type": ["array", "string"], "items": {"type": "string"}}),
    Words("list of networks"),
]
Listen: TypeAlias = Annotated[
    tuple[str, int] | None,
    PlainValidator(read_listen),
    WithJsonSchema({"type": ["string", "boolean"]}),  # editors read `off` as a flag
    Words("address and port, or `off`"),
]
StoreAddress: TypeAlias = Annotated[
    str,
    PlainValidator(read_store),
    json_text(r"^(sqlite:///|postgresql\+psycopg://).+$"),
    Words("address of a database"),
]
WebhookSecret: TypeAlias = Annotated[
    str, PlainValidator(read_secret), json_text(r"^whsec_[A-Za-z0-9+/=]+$"), Words("secret")
]
Headers: TypeAlias = Annotated[
    tuple[tuple[str, str], ...],
    PlainValidator(read_headers),
    WithJsonSchema(
        {"type": "object", "additionalProperties": {"type": ["string", "number", "boolean"]}}
    ),
    Words("mapping of names to values"),
]
