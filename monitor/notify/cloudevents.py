"""Messages as CloudEvents 1.0, structured or binary. Pure.

Sources: the CloudEvents specification 1.0.2 and its HTTP protocol binding, section 3.
"""

from monitor.alerts.render import rfc3339, to_json
from monitor.alerts.wording import is_digest, is_own
from monitor.model import Message

SOURCE = "/news-feed-monitor"  # a URI reference; with the id it names an event

_PLAIN = frozenset(map(chr, range(0x21, 0x7F))) - {'"', "%"}


def structured(message: Message, *, identity: str) -> bytes:
    """Return the whole event as JSON; `identity` is the delivery's."""
    shape = {
        **attributes(message, identity=identity),
        "datacontenttype": "application/json",
        "data": message.data,
    }
    return to_json(shape)


def headers(message: Message, *, identity: str) -> dict[str, str]:
    """Return the attributes as headers, for a body that is the message's data alone."""
    said = attributes(message, identity=identity)
    return {f"ce-{name}": percent_encoded(value) for name, value in said.items()}


def attributes(message: Message, *, identity: str) -> dict[str, str]:
    """Return the event's context attributes."""
    return {
        "specversion": "1.0",
        "id": identity,
        "source": SOURCE,
        "type": message.type,
        "time": rfc3339(message.timestamp),
        "subject": _subject(message),
    }


def percent_encoded(value: str) -> str:
    """Return a value as a header holds it (HTTP binding, section 3.1.3.2)."""
    encoded = (
        char if char in _PLAIN else "".join(f"%{byte:02X}" for byte in char.encode())
        for char in value.encode("utf-8", "replace").decode()
    )
    return "".join(encoded)


def _subject(message: Message) -> str:
    data = message.data
    if is_digest(message):
        return f"digest/{data['digest']['id']}"
    if is_own(message):
        return f"notice/{data['id']}"
    return f"story/{data['story']['id']}/{data['watchlist']['name']}"
