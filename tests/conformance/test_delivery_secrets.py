"""Case 58 of docs/delivery-cases.md for services: a receiver that repeats a secret is not repeated."""

import logging

import pytest
from alert_builders import a_notifier, attempt

from monitor.testing.server import Answer, LoopbackServer

SECRET = "plantedsecretplantedsecret"
KINDS = {
    "slack": {"token": SECRET, "channel": "#desk"},
    "ntfy": {"token": SECRET, "channel": "topic"},
    "pagerduty": {"routing_key": SECRET},
    "webhook": {"form": "cloudevents-binary", "secrets": ("whsec_" + SECRET + "planted1",)},
}


@pytest.mark.parametrize("kind", sorted(KINDS))
@pytest.mark.parametrize("status", [200, 302, 400, 401, 429, 500])
async def test_case_58_no_secret_stands_in_a_verdict_a_body_or_a_log(kind, status, caplog):
    echo = Answer(status=status, body=f"you sent {SECRET}".encode())
    with caplog.at_level(logging.DEBUG):
        async with LoopbackServer(lambda _: echo) as server:
            seen = await attempt(a_notifier(kind, server.url("/hook"), **KINDS[kind]))
    said = getattr(seen.verdict, "reason", "") + seen.body + caplog.text
    assert SECRET not in said
