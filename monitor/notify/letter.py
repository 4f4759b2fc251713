"""Write a message as mail: plain text, and the same as HTML that loads and runs nothing. Pure.

Sources: RFC 5322 (3.6.4, identities and threads), RFC 2919 (List-Id), RFC 3834 (Auto-Submitted).
"""

import re
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from html import escape

from monitor.alerts.excerpt import cut, printable
from monitor.alerts.policy import digest
from monitor.alerts.wording import (
    Listed,
    headline,
    is_digest,
    is_own,
    severity_word,
    text,
    titled,
    worded,
)
from monitor.model import Message
from monitor.notify.parts import Parts, Piece, link, parts
from monitor.settings import NotifierSettings

_POLICY = SMTP.clone(cte_type="7bit")  # any server takes it, without extensions
_SUBJECT = 200
_LABEL = 40
_URGENT = {"HIGH", "CRITICAL"}
_UNFIT = re.compile(r"[^a-z0-9]+")


def letter(
    message: Message,
    settings: NotifierSettings,
    *,
    webhook_id: str,
    now: datetime,
    plain: bool,
    parent: str = "",
) -> EmailMessage:
    """Return the mail; the plain form has no HTML.

    `parent` is the identity of the mail that told of the story first. Raises ValueError where a
    header can't be written.
    """
    domain = address_of(settings.sender).rpartition("@")[2]
    mail = EmailMessage(policy=_POLICY)
    mail["From"] = settings.sender
    mail["To"] = ", ".join(settings.to)
    mail["Subject"] = cut(titled(message) or _subject(message), _SUBJECT)
    mail["Date"] = format_datetime(now)
    mail["Message-ID"] = message_id(webhook_id, settings)
    for name, value in _thread(message, domain, parent).items():
        mail[name] = value
    mail["List-Id"] = f"<{_label(message)}.{domain}>"
    mail["Auto-Submitted"] = "auto-generated"
    if _URGENT & set(severity_word(message).split()):
        mail["Importance"] = "high"
    mail.set_content(text(message, now=now) + "\n")
    if not plain:
        mail.add_alternative(_html(parts(message, now=now), worded(message)), subtype="html")
        # Else it is drawn by lot, and no two attempts are alike; encoded text never holds "=_".
        mail.set_boundary(f"=_{digest('boundary', webhook_id)}")
    return mail


def message_id(webhook_id: str, settings: NotifierSettings) -> str:
    """Return the identity of a delivery's mail, the same on every attempt."""
    return f"<{webhook_id}@{address_of(settings.sender).rpartition('@')[2]}>"


def address_of(words: str) -> str:
    """Return the address in `Name <address>`; ValueError where it is none in ASCII."""
    address = parseaddr(words)[1]
    local, _, domain = address.rpartition("@")
    if not (local and domain and address.isascii()) or any(char in address for char in "<>\r\n "):
        raise ValueError(f"{words!r} is no mail address that every server takes")
    return address


def _thread(message: Message, domain: str, parent: str) -> dict[str, str]:
    """Return the headers by which mail programs put a story's messages together.

    All of them name a first message that was never sent: a thread holds without anything stored.
    """
    if is_own(message) or is_digest(message):
        return {}
    name = digest("thread", message.data["story"]["id"], message.data["watchlist"]["name"])
    root = f"<story.{name}@{domain}>"
    if message.type != "alert.updated":
        return {"References": root}
    references = f"{root} {parent}" if parent else root
    return {"In-Reply-To": parent or root, "References": references}


def _subject(message: Message) -> str:
    mark = f"[{severity_word(message)}]"
    if is_own(message) or is_digest(message):
        return f"{mark} {headline(message)}"
    name = printable(message.data["watchlist"]["name"])
    return f"{mark} {name}: {headline(message) or 'untitled'}"


def _label(message: Message) -> str:
    """Return what stands for a watchlist in the name of a list."""
    if is_own(message) or is_digest(message):
        return "news-feed-monitor"
    name = message.data["watchlist"]["name"]
    label = _UNFIT.sub("-", name.lower()).strip("-")[:_LABEL].strip("-")
    return f"{label or digest('list', name)}.news-feed-monitor"


def _html(said: Parts, words: str) -> str:
    paragraphs = _worded(said, words) if words else _paragraphs(said)
    shown = "\n".join(each for each in paragraphs if each)
    return f"<!DOCTYPE html>\n<html><body>\n{shown}\n</body></html>\n"


def _worded(said: Parts, words: str) -> list[str]:
    """Return a template's words, and where to read on: addresses among them are no links."""
    blocks = (escape(block).replace("\n", "<br>\n") for block in words.split("\n\n"))
    places = [
        _anchor(said.link, "read the article") if said.link else "",
        _anchor(said.page, escape(said.footer)),
    ]
    return [f"<p>{each}</p>" for each in (*blocks, *places) if each]


def _paragraphs(said: Parts) -> list[str]:
    rows = "\n".join(f"<li>{_row(each)}</li>" for each in said.rows)
    title = _anchor(said.link, "".join(map(_piece, said.headline)))
    quote = "".join(map(_piece, said.quote))
    return [
        f"<p><strong>{escape(said.mark)}</strong> {escape(said.about)}</p>",
        f"<h3>{title}</h3>",
        f"<ul>\n{rows}\n</ul>" if rows else "",
        f"<p>{escape(said.byline)}</p>" if said.byline else "",
        f"<blockquote>{quote}</blockquote>" if quote else "",
        *(f"<p>{escape(line)}</p>" for line in said.lines),
        f"<p>{_anchor(said.page, escape(said.footer))}</p>",
    ]


def _row(each: Listed) -> str:
    told = " · ".join(part for part in (each.source, each.news) if part)
    title = _anchor(link(each.link), escape(each.title))
    return (
        f"<strong>{escape(each.severity)}</strong> {escape(each.watchlist)}: "
        f"{title} ({escape(told)})"
    )


def _piece(piece: Piece) -> str:
    words, matched = piece
    return f"<strong>{escape(words)}</strong>" if matched else escape(words)


def _anchor(url: str, inner: str) -> str:
    return f'<a href="{escape(url)}">{inner}</a>' if url else inner
