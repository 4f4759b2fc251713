"""One conversation with a mail server: encrypted as asked for, told recipient by recipient.

What a server says is a value; a fault of the connection is a verdict that knows whether the
message may have arrived. Sources: RFC 5321 (4.2, replies), RFC 3207 (STARTTLS), RFC 4954 (AUTH).
"""

import asyncio
import contextlib
import socket
import ssl
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from ipaddress import ip_address

import aiosmtplib

from monitor.feeds.transport import GuardedTransport
from monitor.feeds.transport.tls import tls_fault
from monitor.model import Dead, Fallback, Retry, Verdict
from monitor.notify.post import failure, unsendable
from monitor.notify.redact import redact
from monitor.settings import NotifierSettings

PORTS = {"starttls": 587, "tls": 465, "none": 25}
GOODBYE = timedelta(seconds=1)

_TOO_LARGE = 552
_CLOSING = 421
_WORDS = 200


class Unencrypted(Exception):  # noqa: N818 - it reads as what happened
    """It is configured that a server outside the opened networks is spoken to unencrypted."""


@dataclass(slots=True, kw_only=True)
class Conversation:
    """How far it came: what each recipient's server said, and whether the text was begun."""

    taken: list[str] = field(default_factory=list)
    later: dict[str, str] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    begun: bool = False  # what is lost from here on may have arrived
    done: bool = False  # the server has accepted it
    code: int | None = None
    words: str = ""  # the server's last ones
    fault: Verdict | None = None  # it ended early, and nobody has it for certain


async def converse(
    whole: bytes,
    settings: NotifierSettings,
    *,
    sender: str,
    recipients: Sequence[str],
    door: GuardedTransport,
    deadline: float,
) -> Conversation:
    """Hand a mail over to the server for these recipients until `deadline`, the loop's clock."""
    told = Conversation()
    try:
        async with asyncio.timeout_at(deadline), _session(door, settings) as client:
            await _address(client, sender, recipients, told, settings)
            if told.taken:
                told.begun = True
                reply = await client.data(whole)
                told.done, told.code, told.words = True, reply.code, reply.message
    except TimeoutError:
        told.fault = Retry(reason="timeout: no answer in time", maybe_sent=told.begun)
    except aiosmtplib.SMTPResponseException as refusal:
        told.code, told.words = refusal.code, _said(refusal)
        told.fault = _refusal(refusal, settings)
    except Exception as error:  # noqa: BLE001 - no server may stop the loop that delivers
        told.fault = _lost(error, settings, begun=told.begun)
    if told.done:  # however the goodbye went
        told.fault = None
    return told


@contextlib.asynccontextmanager
async def _session(
    door: GuardedTransport, settings: NotifierSettings
) -> AsyncIterator[aiosmtplib.SMTP]:
    """Open a connection that is encrypted and logged in as configured, and say goodbye."""
    port = settings.port or PORTS[settings.tls]
    connected = await door.connect(settings.server, port, allow_networks=settings.allow_networks)
    try:
        _check_peer(connected, settings)
    except Unencrypted:
        connected.close()
        raise
    client = aiosmtplib.SMTP(
        hostname=_server_name(settings),
        sock=connected,
        local_hostname=_own_name(connected),
        use_tls=settings.tls == "tls",
        start_tls=False,
        tls_context=door.trust(),
        timeout=None,
    )
    try:
        await client.connect()
        if settings.tls == "starttls":
            await _encrypt(client, settings)
        if settings.user:
            await client.login(settings.user, settings.password)
        yield client
        with contextlib.suppress(aiosmtplib.SMTPException, OSError):
            await client.quit(timeout=GOODBYE.total_seconds())
    finally:
        client.close()


async def _encrypt(client: aiosmtplib.SMTP, settings: NotifierSettings) -> None:
    try:
        await client.starttls(server_hostname=_server_name(settings))
    except aiosmtplib.SMTPResponseException as refusal:
        # Any code: it says nothing of the message, and the next connection may be encrypted.
        raise aiosmtplib.SMTPException(f"no encryption: {_said(refusal)}") from refusal


async def _address(
    client: aiosmtplib.SMTP,
    sender: str,
    recipients: Sequence[str],
    told: Conversation,
    settings: NotifierSettings,
) -> None:
    await client.mail(sender)
    for recipient in recipients:
        try:
            await client.rcpt(recipient)
        except aiosmtplib.SMTPRecipientRefused as refusal:
            if refusal.code == _CLOSING:
                raise
            told.code, told.words = refusal.code, _said(refusal)
            side = told.later if refusal.code < 500 else told.refused
            side[recipient] = redact(told.words, settings)[:_WORDS]
        else:
            told.taken.append(recipient)


def _check_peer(connected: socket.socket, settings: NotifierSettings) -> None:
    """Raise Unencrypted where a server outside the networks that were opened is not encrypted."""
    peer = ip_address(connected.getpeername()[0])
    if settings.tls == "none" and not any(peer in network for network in settings.allow_networks):
        raise Unencrypted(
            f"tls: none is for servers in notifiers.{settings.name}.allow_networks, "
            f"and {peer} is not in one"
        )


def _server_name(settings: NotifierSettings) -> str:
    """Return what the server's certificate has to be for: a name, or a number without brackets."""
    return settings.server.strip("[]").rstrip(".")


def _own_name(connected: socket.socket) -> str:
    # The host's own name may take a look-up, and often is none (RFC 5321, section 4.1.4).
    own = ip_address(connected.getsockname()[0])
    return f"[IPv6:{own}]" if own.version == 6 else f"[{own}]"


def _refusal(refusal: aiosmtplib.SMTPResponseException, settings: NotifierSettings) -> Verdict:
    """Say what a refusal means that concerns the message or everybody, not one recipient."""
    words = redact(_said(refusal), settings)[:_WORDS]
    if refusal.code < 500:
        return Retry(reason=f"later: {words}")
    if not isinstance(refusal, aiosmtplib.SMTPDataError):
        word = "auth" if isinstance(refusal, aiosmtplib.SMTPAuthenticationError) else "refused"
        return Dead(reason=f"{word}: {words}", scope="destination")
    if refusal.code == _TOO_LARGE:
        return Fallback(reason="too_large")
    return Dead(reason=f"rejected: {words}")


def _lost(error: Exception, settings: NotifierSettings, *, begun: bool) -> Verdict:
    """Say what it means that there was no conversation, or that it broke off."""
    tls = next((e for e in (error, error.__cause__) if isinstance(e, ssl.SSLError)), None)
    if tls is not None and not begun:
        return Retry(reason=f"not_sent: {tls_fault(tls, settings.server)}")
    if isinstance(error, Unencrypted):
        return unsendable(error, settings)
    if not isinstance(error, aiosmtplib.SMTPException | OSError):
        return failure(error, settings)
    words = redact(str(error) or type(error).__name__, settings)[:_WORDS]
    if begun:
        return Retry(reason=f"no_answer: {words}", maybe_sent=True)
    if isinstance(error, aiosmtplib.SMTPNotSupported):  # an address only some servers know
        return Dead(reason=f"unsendable: {words}", scope="destination")
    # Also what the server does not offer, such as STARTTLS: the next connection may find it.
    return Retry(reason=f"not_sent: {words}")


def _said(refusal: aiosmtplib.SMTPResponseException) -> str:
    if isinstance(refusal, aiosmtplib.SMTPAuthenticationError):
        # The server's words may repeat what it was sent, in any coding.
        return f"{refusal.code}, the server refused the login"
    return f"{refusal.code} {refusal.message}"
