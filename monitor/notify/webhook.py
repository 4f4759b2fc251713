"""Signed webhooks for machines, after Standard Webhooks 1.0.0."""

import base64
from collections.abc import Sequence
from datetime import UTC, datetime

import httpx
from standardwebhooks import Webhook

from monitor.alerts.render import body, minimal
from monitor.model import Delivered, Message, Verdict
from monitor.notify.answers import judge
from monitor.settings import NotifierSettings, signing_key_fault


def request(
    message: Message,
    settings: NotifierSettings,
    *,
    webhook_id: str,
    now: datetime,
    plain: bool,
    parent: str = "",
) -> httpx.Request:
    """Build the request; its body is byte for byte what is signed.

    The plain form leaves out the item's summary; `now` is the time of the attempt. Raises
    ValueError for a secret that is none and httpx.InvalidURL for an address that is none.
    """
    del parent  # the message itself names its story
    content = body(minimal(message) if plain else message)
    moment = now.astimezone(UTC)
    url = httpx.URL(settings.url)
    headers = {
        "Content-Type": "application/json",
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
        if fault := signing_key_fault(secret):
            raise ValueError(fault)
    return " ".join(Webhook(secret).sign(webhook_id, moment, content) for secret in secrets)


def classify(status: int, headers: httpx.Headers, body: bytes, *, now: datetime) -> Verdict:
    """Say what an answer means: any 2xx took the message, whatever its body says."""
    del body
    return Delivered() if 200 <= status < 300 else judge(status, headers, now=now)
