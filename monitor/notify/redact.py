"""Keep secrets out of everything people read about a delivery. Pure.

The address of a chat webhook is itself a secret: its host may be shown, its path never.
"""

import re
from functools import lru_cache
from urllib.parse import quote, unquote, urlsplit

from monitor.alerts.excerpt import printable
from monitor.settings import NotifierSettings

MAX_BYTES = 1024
_SHOWN = 4  # last characters of a long secret, enough to tell two apart
_LONG = 16
_SHORTEST = 6  # letters of a token in a path
# What stands in the paths of chats and receivers, and says nothing.
_COMMON = re.compile(
    r"(alert|automation|channel|event|integration|listener|message|notification|project|receiver"
    r"|service|topic|trigger|update|webhook|workflow)s?"
    r"|direct|enqueue|gateway|incoming|incomingwebhook|ingest|invoke|manual|notify|powerautomate"
    r"|publish",
    re.IGNORECASE,
)


def redact(words: str, settings: NotifierSettings) -> str:
    """Return the words on one line, at most 1 KiB of UTF-8, without the destination's secrets."""
    # What is removed as unprintable must not hide a secret from the pattern.
    clean = printable(words)
    # Whoever knows a topic of ntfy reads what is sent there.
    topic = settings.channel if settings.kind == "ntfy" else ""
    named = (settings.token, settings.password, settings.routing_key, topic)
    secrets = (*settings.secrets, *(secret for secret in named if secret))
    if (pattern := _pattern(settings.url, secrets)) is not None:
        clean = pattern.sub(_mask, clean)
    return clean.encode("utf-8", "replace")[:MAX_BYTES].decode("utf-8", "ignore")


def _mask(found: re.Match[str]) -> str:
    secret = found.group()
    return f"…{secret[-_SHOWN:]}" if len(secret) >= _LONG else "…"


@lru_cache(maxsize=256)
def _pattern(url: str, secrets: tuple[str, ...]) -> re.Pattern[str] | None:
    forms: set[str] = set()
    for part in _parts(url, secrets):
        plain = unquote(part)
        # As written, decoded, encoded, and with the slashes JSON may escape.
        forms |= {part, plain, quote(plain), quote(plain, safe=""), plain.replace("/", "\\/")}
    longest_first = sorted(forms, key=lambda form: (-len(form), form))
    return re.compile("|".join(map(re.escape, longest_first)), re.IGNORECASE) if forms else None


def _parts(url: str, secrets: tuple[str, ...]) -> set[str]:
    parts = set(secrets) | {secret.removeprefix("whsec_") for secret in secrets}
    try:
        split = urlsplit(url)
    except ValueError:
        return parts | {url}
    parts |= {segment for segment in split.path.split("/") if _tells(segment)}
    values = (pair.partition("=")[2] for pair in split.query.split("&"))
    parts |= {value for value in values if len(value) >= _SHOWN}
    parts |= {name for name in (split.username, split.password) if name}
    parts |= {whole for whole in (split.path, split.query) if len(whole) > 1}
    return {part for part in parts if part}


def _tells(word: str) -> bool:
    """Tell a token from a word of an API: with a digit in it, or long and not a common one."""
    if any(char.isdigit() for char in word):
        return len(word) >= _SHOWN
    return len(word) >= _SHORTEST and _COMMON.fullmatch(word) is None
