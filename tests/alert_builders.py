"""Alerts, notifiers and a way to send, with defaults."""

import base64
import io
from ipaddress import ip_network
from typing import Any

from builders import NOW, an_item, evidence

from monitor.alerts.render import message
from monitor.feeds.transport import GuardedTransport
from monitor.model import Alert, AlertId, Message, Reason, Severity, SourceRef, Story, StoryId
from monitor.notify.send import Attempt, send
from monitor.settings import NotifierSettings
from monitor.testing.server import Answer, LoopbackServer, Request

LOOPBACK = (ip_network("127.0.0.0/8"),)
SECRET = "whsec_" + base64.b64encode(bytes(range(24))).decode()
OLD_SECRET = "whsec_" + base64.b64encode(bytes(range(100, 132))).decode()
TOKEN = "T0PLANTED/B0PLANTED/plantedtokenplantedtoken"
WEBHOOK_ID = "msg_0a1b2c3d"


def an_alert(**changes: Any) -> Alert:
    title = "Trump says Venezuelan airspace is closed"
    item = an_item(
        "item-1",
        title=title,
        summary="Airlines were told to treat the airspace above Caracas as closed.",
        link="https://wire.example/1?a=1&b=2",
        author="A. Reporter",
        language="en",
        source=SourceRef(
            name="Wire", url="https://wire.example/feed", tags=frozenset({"wire", "a"})
        ),
    )
    defaults = {
        "id": AlertId("3f2a9c1e5b7d8f0a1c2e4d6f"),
        "sequence": 1,
        "reason": Reason.NEW_STORY,
        "watchlist": "airspace",
        "severity": Severity.HIGH,
        "description": "Closure affects crews within hours.",
        "story": Story(
            id=StoryId("story-1"), first_seen=NOW, size=3, sources=("Wire", "UN News", "DW")
        ),
        "item": item,
        "evidence": (
            evidence("airspace", field="summary", start=32, end=40, text="airspace"),
            evidence("airspace", start=22, end=30, text="airspace"),
        ),
        "created": NOW,
        "notify": ("desk",),
    }
    return Alert(**defaults | changes)


def a_message(**changes: Any) -> Message:
    """Return the message of an alert; fields of its entry may be given, matches too."""
    matches = changes.pop("evidence", None)
    if not changes and matches is None:
        return message(an_alert())
    return message(an_alert(item=an_item("item-1", **changes), evidence=matches or ()))


def a_notifier(kind: str = "slack", url: str = "", **changes: Any) -> NotifierSettings:
    defaults = {"name": "desk", "kind": kind, "url": url, "allow_networks": LOOPBACK}
    return NotifierSettings(**defaults | changes)


async def attempt(
    settings: NotifierSettings,
    whole: Message | None = None,
    *,
    transport: GuardedTransport | None = None,
    **changes: Any,
) -> Attempt:
    """Send once through the guarded transport."""
    defaults = {"webhook_id": WEBHOOK_ID, "out": io.StringIO(), "now": lambda: NOW}
    async with transport or GuardedTransport() as door:
        return await send(whole or a_message(), settings, transport=door, **defaults | changes)


async def told(kind: str, *answers: Answer, **changes: Any) -> tuple[Attempt, list[Request]]:
    """Return the attempt and the requests a server saw that gave these answers in turn.

    The last answer is repeated; the notifier's address holds a token.
    """
    left = list(answers)
    secrets = changes.pop("secrets", ())
    async with LoopbackServer(lambda _: left.pop(0) if len(left) > 1 else left[0]) as server:
        settings = a_notifier(kind, server.url(f"/services/{TOKEN}"), secrets=secrets)
        return await attempt(settings, **changes), server.requests
