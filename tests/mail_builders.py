"""A mail notifier, and an authority that signs the certificates of loopback servers."""

import ssl

import trustme
from alert_builders import a_notifier

from monitor.feeds.transport import GuardedTransport
from monitor.testing.receivers.mailbox import MailServer

ANN, BEN, EVA = "ann@desk.example", "ben@desk.example", "eva@desk.example"
AUTHORITY = trustme.CA()


def a_mail_notifier(loopback: MailServer, **changes):
    defaults = {
        "server": "127.0.0.1",
        "port": loopback.port,
        "sender": "News desk <monitor@news.example>",
        "to": (ANN,),
    }
    return a_notifier("email", **defaults | changes)


def a_certificate(name: str = "127.0.0.1") -> ssl.SSLContext:
    serving = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    AUTHORITY.issue_cert(name).configure_cert(serving)
    return serving


def a_trusting_transport(**options) -> GuardedTransport:
    trusting = ssl.create_default_context()
    AUTHORITY.configure_trust(trusting)
    return GuardedTransport(tls=trusting, **options)
