"""A mail server for tests: it plays a script, command by command, and keeps what it takes."""

import asyncio
import re
import ssl
from collections import defaultdict, deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from types import TracebackType
from typing import Self

HANG_UP = ""  # in place of an answer: the connection ends without a word
SILENCE = "…"  # in place of an answer: none, and the connection stays open

_ANSWERS = {
    "GREETING": "220 loopback ESMTP",
    "HELO": "250 loopback",
    "STARTTLS": "220 go ahead",
    "AUTH": "235 welcome",
    "MAIL": "250 sender ok",
    "RCPT": "250 recipient ok",
    "DATA": "354 go ahead",
    "TEXT": "250 taken",
    "QUIT": "221 bye",
}
_ADDRESS = re.compile(r"<([^<>]*)>")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """What was taken. `encrypted` says whether the connection was."""

    sender: str
    recipients: tuple[str, ...]
    whole: bytes
    encrypted: bool

    @property
    def message(self) -> EmailMessage:
        """Return it parsed."""
        parsed = message_from_bytes(self.whole, policy=default)
        assert isinstance(parsed, EmailMessage)
        return parsed


@dataclass(slots=True)
class _Caller:
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    encrypted: bool = False
    sender: str = ""
    recipients: list[str] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class MailServer:
    """A loopback SMTP server.

    `script` holds, by command, answers to give instead of the usual ones, each once: a command is
    its verb, `RCPT someone@example.org`, `GREETING`, or `TEXT` for the message itself. With `tls`
    it offers STARTTLS, or speaks TLS from the start where `from_the_start`.
    """

    tls: ssl.SSLContext | None = None
    from_the_start: bool = False
    offers: Iterable[str] = ("AUTH PLAIN", "8BITMIME")
    script: defaultdict[str, deque[str]] = field(default_factory=lambda: defaultdict(deque))
    mails: list[Mail] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)
    port: int = 0
    _server: asyncio.Server | None = None
    _open: set[asyncio.StreamWriter] = field(default_factory=set)

    async def __aenter__(self) -> Self:
        context = self.tls if self.from_the_start else None
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=context)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self, _type: type[BaseException] | None, _e: BaseException | None, _tb: TracebackType | None
    ) -> None:
        if self._server is not None:
            self._server.close()
            for writer in tuple(self._open):
                writer.transport.abort()
            await self._server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        caller = _Caller(reader=reader, writer=writer, encrypted=self.from_the_start)
        self._open.add(writer)
        try:
            await self._answer(caller, "GREETING")
            while await self._turn(caller):
                pass
        except (OSError, asyncio.IncompleteReadError, EOFError):
            pass
        finally:
            self._open.discard(writer)
            writer.close()

    async def _turn(self, caller: _Caller) -> bool:
        """Answer one command; False where it was the last."""
        line = (await caller.reader.readuntil(b"\r\n"))[:-2].decode("latin-1")
        self.commands.append(line)
        verb = line.partition(" ")[0].upper()
        if verb == "EHLO":
            await self._say(caller, self._scripted("EHLO") or self._greeting(caller))
        elif await self._answer(caller, verb, _address(line) if verb == "RCPT" else ""):
            await self._follow(caller, verb, line)
        return verb != "QUIT"

    async def _follow(self, caller: _Caller, verb: str, line: str) -> None:
        """Do what a command asks that was answered with a yes."""
        match verb:
            case "STARTTLS" if self.tls is not None:
                await caller.writer.start_tls(self.tls)
                caller.encrypted = True
            case "MAIL":
                caller.sender, caller.recipients = _address(line), []
            case "RCPT":
                caller.recipients.append(_address(line))
            case "DATA":
                await self._take(caller)
            case _:
                pass

    def _greeting(self, caller: _Caller) -> str:
        secure = self.tls is not None and not caller.encrypted
        words = ["loopback", *self.offers, *(["STARTTLS"] if secure else [])]
        return "\r\n".join([*(f"250-{word}" for word in words[:-1]), f"250 {words[-1]}"])

    async def _take(self, caller: _Caller) -> None:
        text = await caller.reader.readuntil(b"\r\n.\r\n")
        whole = re.sub(rb"(?m)^\.\.", b".", text[:-3])
        mail = Mail(
            sender=caller.sender,
            recipients=tuple(caller.recipients),
            whole=whole,
            encrypted=caller.encrypted,
        )
        await self._answer(caller, "TEXT", accepting=mail)

    async def _answer(
        self, caller: _Caller, verb: str, about: str = "", *, accepting: Mail | None = None
    ) -> bool:
        """Say what the script has, or the usual; return whether that is a yes."""
        said = self._scripted(f"{verb} {about}".strip())
        if said is None:
            said = self._scripted(verb)
        if said is None:
            said = _ANSWERS.get(verb, "502 not known here")
        good = said.startswith(("2", "3"))
        # A server that dies before its answer has the message all the same.
        if accepting is not None and (good or said == HANG_UP):
            self.mails.append(accepting)
        await self._say(caller, said)
        return good

    def _scripted(self, command: str) -> str | None:
        answers = self.script.get(command)
        return answers.popleft() if answers else None

    async def _say(self, caller: _Caller, said: str) -> None:
        if said == SILENCE:
            await asyncio.Event().wait()
        if said == HANG_UP:
            raise EOFError
        caller.writer.write(said.encode("latin-1") + b"\r\n")
        await caller.writer.drain()


def show_mail(mail: Mail) -> str:
    """Return a mail as lines: its subject, then its plain text."""
    message = mail.message
    body = message.get_body(preferencelist=("plain",))
    assert isinstance(body, EmailMessage)
    return f"{message['Subject']}\n{body.get_content()}"


def _address(line: str) -> str:
    found = _ADDRESS.search(line)
    return found[1] if found else ""
