"""A PagerDuty that checks events and keeps its incidents."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from monitor.testing.receivers.chat import ChatReceiver, as_json
from monitor.testing.server import Answer, Request

MAX_EVENT_BYTES = 512_000
MAX_KEY = 255
MAX_SUMMARY = 1_024
SEVERITIES = {"critical", "error", "warning", "info"}


@dataclass(slots=True, kw_only=True)
class PagerDutyReceiver(ChatReceiver):
    """A loopback Events API v2. `open` holds the keys of incidents nobody has resolved."""

    PATH: ClassVar[str] = "/v2/enqueue"
    KEY: ClassVar[str] = "0f1e2d3c4b5a69788796a5b4c3d2e1f0"

    open: set[str] = field(default_factory=set)

    def answer(self, request: Request) -> Answer:
        """Take an event, or refuse it as PagerDuty does."""
        if len(request.body) > MAX_EVENT_BYTES:
            return Answer(status=413)
        fault = pagerduty_refusal(request.body)
        event = {} if fault else json.loads(request.body)
        if not fault and event["routing_key"] != self.KEY:
            fault = "Invalid routing key"
        if fault:
            return pagerduty_error(fault)
        self.received.append(event)
        change = self.open.discard if event["event_action"] == "resolve" else self.open.add
        change(event["dedup_key"])
        said = {"status": "success", "message": "Event processed", "dedup_key": event["dedup_key"]}
        return as_json(said, status=202)


def pagerduty_error(fault: str) -> Answer:
    """Return PagerDuty's answer to an event that is wrong."""
    said = {"status": "invalid event", "message": "Event object is invalid", "errors": [fault]}
    return as_json(said, status=400)


def pagerduty_refusal(body: bytes) -> str:
    """Return what is wrong with an event, "" for a good one."""
    try:
        event = json.loads(body)
    except ValueError:
        return "JSON cannot be parsed"
    action, payload = event.get("event_action"), event.get("payload", {})
    triggers = action == "trigger"
    faults = {
        "event_action": action not in {"trigger", "acknowledge", "resolve"},
        "dedup_key": not 0 < len(event.get("dedup_key", "")) <= MAX_KEY,
        "summary": triggers and not 0 < len(payload.get("summary", "")) <= MAX_SUMMARY,
        "source": triggers and not payload.get("source"),
        "severity": triggers and payload.get("severity") not in SEVERITIES,
    }
    return ", ".join(name for name, wrong in faults.items() if wrong)


def show_pagerduty(event: Mapping[str, Any]) -> str:
    """Return an event as lines."""
    payload = event.get("payload", {})
    details = payload.get("custom_details", {})
    return "\n".join(
        [
            f"{event['event_action']} {event['dedup_key']}",
            f"{payload.get('severity', '')} {payload.get('summary', '')}",
            str(payload.get("source", "")),
            *(f"{name}: {words}" for name, words in details.items()),
        ]
    )
