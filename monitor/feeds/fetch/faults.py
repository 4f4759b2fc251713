"""Put what stopped a visit into words: the kind of failure, and a message without secrets."""

import httpx

from monitor.feeds.redaction import redact_url
from monitor.feeds.transport import BlockedAddress, NameNotFound, TlsError
from monitor.model import ErrorKind, Failed

PERMISSION = "poll.allow_networks"  # what opens a private network; a command may have another

_KINDS: tuple[tuple[type[Exception], ErrorKind], ...] = (  # the first that fits
    (BlockedAddress, ErrorKind.BLOCKED_ADDRESS),
    (NameNotFound, ErrorKind.DNS),
    (TlsError, ErrorKind.TLS),
    (httpx.TimeoutException, ErrorKind.TIMEOUT),
    (httpx.ConnectError, ErrorKind.CONNECT),
    (httpx.TransportError, ErrorKind.RESET),
)


def failed(error: Exception, host: str, url: str) -> Failed:
    """Return the failure that an exception of a visit to `url` stands for."""
    kind = next((kind for known, kind in _KINDS if isinstance(error, known)), None)
    if kind is not None:
        advice = f"; {PERMISSION} can allow it" if isinstance(error, BlockedAddress) else ""
        return Failed(kind=kind, message=f"{str(error) or type(error).__name__}{advice}")
    if isinstance(error, httpx.InvalidURL):
        message = f"{redact_url(url)} is no usable address"
        return Failed(kind=ErrorKind.CONNECT, message=message)
    message = f"{host} led to an error of our own ({type(error).__name__})"
    return Failed(kind=ErrorKind.RESET, message=message)
