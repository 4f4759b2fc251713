"""Laws of the services' answers: whatever arrives, there is a verdict, and only theirs is success."""

from datetime import timedelta

import httpx
from builders import NOW
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.model import Dead, Delivered, Fallback, Retry
from monitor.notify import ntfy, pagerduty, slack_bot

BODIES = st.binary(max_size=80) | st.sampled_from(
    [b"[]", b"{}", b'{"ok":1}', b'{"id":1}', b'{"error":[]}', b'{"code":"x"}', b"[" * 5_000]
)
WAITS = st.sampled_from(["", "1", "-1", "0.5", "1e9", "nan", "Wed, 21 Oct 2015 07:28:00 GMT"])


@settings(max_examples=100, deadline=None)
@given(st.sampled_from([ntfy, pagerduty, slack_bot]), st.integers(100, 599), WAITS, BODIES)
def test_every_answer_has_a_verdict_and_none_hammers(kind, status, wait, body):
    verdict = kind.classify(status, httpx.Headers({"Retry-After": wait}), body, now=NOW)
    assert isinstance(verdict, Delivered | Retry | Dead | Fallback)
    if isinstance(verdict, Delivered):
        assert status == 202
        assert kind is pagerduty
    if isinstance(verdict, Retry) and verdict.after is not None:
        assert timedelta(seconds=1) <= verdict.after <= timedelta(days=1)
