"""Take the secrets out of an address before people or logs see it. Pure; never raises."""

import re

from monitor.model import Source, SourceRef

HIDDEN = "***"
LONG = 16  # a query value of this length is more likely a token than the name of a section

_TELLING = re.compile(
    r"auth|code|credential|hash|jwt|key|pass|pwd|secret|session|sid|sig|token|user", re.IGNORECASE
)
_HOST_AND_PORT = re.compile(r"(\[[^\]]*\]|[^:\[\]]*)(:\d*)?")
_PARAMETER = re.compile(r"[^&;]+")


def redact_url(url: str) -> str:
    """Return the address without user, password, fragment, and query values that may be secret."""
    address, _, _ = _without_userinfo(url).partition("#")
    place, mark, query = address.partition("?")
    return place + mark + _PARAMETER.sub(_hide, query)


def ref_of(source: Source) -> SourceRef:
    """Return what items and notices say of a source."""
    return SourceRef(name=source.name, url=redact_url(source.url), tags=source.tags)


def _without_userinfo(url: str) -> str:
    """Hide what stands before the host, also where an unescaped password hides the host."""
    scheme, slashes, rest = url.partition("//") if "//" in url else ("", "", url)
    authority = re.split(r"[/?#]", rest, maxsplit=1)[0]
    if "@" in authority:
        rest = HIDDEN + rest[authority.rindex("@") :]
    elif "@" in rest and not _HOST_AND_PORT.fullmatch(authority):
        rest = HIDDEN + rest[rest.rindex("@") :]
    return scheme + slashes + rest


def _hide(parameter: re.Match[str]) -> str:
    name, equals, value = parameter.group().rpartition("=")
    secret = _TELLING.search(name) or len(value) >= LONG
    return f"{name}{equals}{HIDDEN if secret and value else value}"
