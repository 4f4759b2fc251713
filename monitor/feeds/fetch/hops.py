"""Where a redirect leads, and for how much of the way the move is for good."""

from contextlib import suppress
from dataclasses import dataclass, field, replace

import httpx

from monitor.feeds.fetch.request import host_in
from monitor.feeds.redaction import redact_url
from monitor.feeds.transport import DEFAULT_PORTS, Unsendable, destination
from monitor.model import ErrorKind, Failed, Outcome

MAX_HOPS = 5
MAX_URL = 8_192
STATUSES = frozenset({301, 302, 303, 307, 308})
PERMANENT = frozenset({301, 308})  # RFC 9110 sections 15.4.2 and 15.4.9


@dataclass(frozen=True, slots=True)
class Hop:
    """A redirect to an address that may be asked."""

    url: httpx.URL
    permanent: bool


@dataclass(slots=True)
class Trail:
    """The way from the address asked; what lies behind a temporary redirect has not moved."""

    start: httpx.URL
    hops: int = 0
    moved_to: str = ""
    _seen: set[str] = field(default_factory=set)
    _permanent: bool = True

    def goes(self, hop: Hop) -> bool:
        """Take a hop; False where that place was seen before."""
        url = str(hop.url)
        self.hops += 1
        if url in self._seen or url == str(self.start):
            return False
        self._seen.add(url)
        self._permanent = self._permanent and hop.permanent
        if self._permanent:
            self.moved_to = url
        return True

    def told(self, outcome: Outcome) -> Outcome:
        """Return the outcome with what the way to it says."""
        if not self.hops:
            return outcome
        if isinstance(outcome, Failed):
            return replace(outcome, redirected=True)
        return replace(outcome, moved_to=self.moved_to)


def follow(url: httpx.URL, status: int, location: str) -> Hop | Failed:
    """Resolve where a redirect leads; a failure where no one should go."""
    fault, target = None, None
    with suppress(httpx.InvalidURL, ValueError):
        target = url.join(_text(location)).copy_with(fragment=None)
    if target is None or not location or len(location) > MAX_URL or "\\" in location:
        fault = "to no usable address"
    elif target.scheme not in DEFAULT_PORTS or not target.raw_host:
        fault = "to something that is not http or https"
    elif target.userinfo:
        fault = "to an address with credentials in it"
    elif not _is_sendable(target):
        fault = "to an address that no host can have"
    if target and fault is None:
        return Hop(target, status in PERMANENT)
    where = f": {redact_url(_text(location))[:200]}" if location else ""
    message = f"{host_in(url)} redirects {fault}{where}"
    return Failed(kind=ErrorKind.REDIRECT, message=message, status=status)


def _is_sendable(url: httpx.URL) -> bool:
    """Tell whether a request could go there: the host is a name, to IDNA too (RFC 5891)."""
    try:
        destination(url)
        return bool(url.host)
    except (Unsendable, UnicodeError):
        return False


def _text(value: str) -> str:
    """Read a header's value as UTF-8, which is what servers mean, if it can be."""
    try:
        return value.encode("latin-1").decode("utf-8")
    except UnicodeDecodeError:
        return value
