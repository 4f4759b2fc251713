"""Signed webhooks for machines, after Standard Webhooks 1.0.0.

The message comes as the contract has it, or as a CloudEvent; it is signed in each form.
"""

import base64
from collections.abc import Sequence
from datetime import UTC, datetime

import httpx
from standardwebhooks import Webhook

from monitor.alerts.render import body, minimal, to_json
from monitor.model import Delivered, Message, Verdict
from monitor.notify import cloudevents
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
    said, content = _formed(
        minimal(message) if plain else message, settings.form, webhook_id=webhook_id
    )
    moment = now.astimezone(UTC)
    url = httpx.URL(settings.url)
    headers = {
        **said,
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


def _formed(message: Message, form: str, *, webhook_id: str) -> tuple[dict[str, str], bytes]:
    """Return the headers that belong to a form, and the body; ValueError for an unknown form."""
    match form:
        case "":
            return {"Content-Type": "application/json"}, body(message)
        case "cloudevents":
            said = {"Content-Type": "application/cloudevents+json; charset=utf-8"}
            return said, cloudevents.structured(message, identity=webhook_id)
        case "cloudevents-binary":
            said = {"Content-Type": "application/json"}
            event = cloudevents.headers(message, identity=webhook_id)
            return said | event, to_json(message.data)
        case _:
            raise ValueError(f"a webhook knows no form {form!r}")


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
