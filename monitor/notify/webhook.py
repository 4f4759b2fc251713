"""Signed webhooks for machines, after Standard Webhooks 1.0.0."""

import base64
import binascii
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial

import httpx
from standardwebhooks import Webhook

from monitor import __version__
from monitor.alerts.render import body, minimal
from monitor.model import Delivered, Message, Verdict
from monitor.notify.answers import judge
from monitor.notify.post import Answer, Edge, post
from monitor.settings import NotifierSettings

USER_AGENT = f"news-feed-monitor/{__version__}"
SECRET_PREFIX = "whsec_"  # noqa: S105 - the mark of a secret, not one
SECRET_BYTES = range(24, 65)


async def deliver(
    message: Message,
    settings: NotifierSettings,
    *,
    webhook_id: str,
    plain: bool,
    edge: Edge,
) -> Answer:
    """Post the message; the plain form leaves out the item's summary."""
    make = partial(request, message, settings, webhook_id=webhook_id, now=edge.now(), plain=plain)
    return await post(make, classify, settings, edge)


def request(
    message: Message, settings: NotifierSettings, *, webhook_id: str, now: datetime, plain: bool
) -> httpx.Request:
    """Build the request; its body is byte for byte what is signed.

    `now` is the time of the attempt. Raises ValueError for a secret that is none and
    httpx.InvalidURL for an address that is none.
    """
    content = body(minimal(message) if plain else message)
    moment = now.astimezone(UTC)
    url = httpx.URL(settings.url)
    headers = {
        "Content-Type": "application/json",
        "User-Agent": USER_AGENT,
        "Accept-Encoding": "identity",
        "webhook-id": webhook_id,
        "webhook-timestamp": str(int(moment.timestamp())),
    }
    if settings.secrets:
        headers["webhook-signature"] = sign(
            content.decode(), settings.secrets, webhook_id=webhook_id, moment=moment
        )
    if url.userinfo:
        credentials = f"{url.username}:{url.password}".encode()
        headers["Authorization"] = f"Basic {base64.b64encode(credentials).decode()}"
    return httpx.Request("POST", url, headers=headers, content=content)


def sign(content: str, secrets: Sequence[str], *, webhook_id: str, moment: datetime) -> str:
    """Return one signature for each secret, space-separated; `moment` must be aware and UTC.

    Raises ValueError for a secret that is none. standardwebhooks 1.1.0 signs wrongly, without a
    word, where the body is bytes, the time not UTC, or the key not base64.
    """
    for secret in secrets:
        if fault := check_secret(secret):
            raise ValueError(fault)
    return " ".join(Webhook(secret).sign(webhook_id, moment, content) for secret in secrets)


def classify(status: int, headers: httpx.Headers, body: bytes, *, now: datetime) -> Verdict:
    """Say what an answer means: any 2xx took the message, whatever its body says."""
    del body
    return Delivered() if 200 <= status < 300 else judge(status, headers, now=now)


def check_secret(secret: str) -> str | None:
    """Return what is wrong with a signing secret without repeating it, or None."""
    if not secret.startswith(SECRET_PREFIX):
        return f"a signing secret begins with {SECRET_PREFIX}"
    encoded = secret.removeprefix(SECRET_PREFIX)
    try:
        key = base64.b64decode(encoded + "=" * (-len(encoded) % 4), validate=True)
    except (binascii.Error, ValueError):
        return f"what follows {SECRET_PREFIX} must be base64"
    if len(key) not in SECRET_BYTES:
        return f"a signing secret holds 24 to 64 bytes, this one {len(key)}"
    return None
