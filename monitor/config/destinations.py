"""Options of a notifier become the settings it sends by, and its secrets are named. Pure."""

from typing import Any
from urllib.parse import urlsplit

from monitor.config.notifiers import NotifierOptions
from monitor.config.references import SHORTEST_SECRET
from monitor.settings import NotifierSettings

# Options whose settings have another name.
_NAMED = {"type": "kind", "secret": "secrets", "format": "form", "topic": "channel"}
_SECRET = ("token", "password", "routing_key")
# Kinds that need nothing but their address: whoever knows it can post.
_SECRET_ADDRESS = frozenset({"slack", "webhook", "discord", "teams", "mattermost", "apprise"})


def to_notifier(name: str, options: NotifierOptions) -> NotifierSettings:
    """Return the settings of the notifier of this name."""
    given: dict[str, Any] = {
        _NAMED.get(option, option): _setting(value)
        for option, value in options
        if value is not None
    }
    if given.get("form") == "standard":
        given["form"] = ""
    return NotifierSettings(name=name, **given)


def _setting(value: Any) -> Any:
    return tuple(dict.fromkeys(value)) if isinstance(value, list) else value


def secrets_of(options: NotifierOptions) -> set[str]:
    """Return the values of a notifier that are never shown."""
    given = dict(options)
    found = {given.get(option) or "" for option in _SECRET} | set(given.get("secret", ()))
    if options.type in _SECRET_ADDRESS and not given.get("token"):
        split = urlsplit(given["url"])
        parts = (split.path.removeprefix("/"), split.query)
        found |= {given["url"], *(part for part in parts if len(part) >= SHORTEST_SECRET)}
    return found
