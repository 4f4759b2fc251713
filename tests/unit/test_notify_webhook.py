"""Webhooks: byte-exact, signed, and judged by their status."""

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta, timezone

import httpx
import pytest
from alert_builders import OLD_SECRET, SECRET, WEBHOOK_ID, a_message, a_notifier
from builders import NOW
from standardwebhooks import Webhook, WebhookVerificationError

from monitor.alerts.render import body
from monitor.model import Dead, Delivered, Fallback, Retry
from monitor.notify import webhook

SIEM = a_notifier("webhook", "https://siem.example/hook", secrets=(SECRET,))


def request(settings=SIEM, *, plain=False, now=NOW, whole=None):
    return webhook.request(
        whole or a_message(), settings, webhook_id=WEBHOOK_ID, now=now, plain=plain
    )


def answered(status, **headers):
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return webhook.classify(status, httpx.Headers(named), b"", now=NOW)


def test_the_published_vector_of_standard_webhooks_holds():
    signature = webhook.sign(
        '{"test": 2432232314}',
        ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"],
        webhook_id="msg_p5jXN8AQM9LWM0D4loKWxJek",
        moment=datetime.fromtimestamp(1614265330, UTC),
    )
    assert signature == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_the_headers_are_those_of_standard_webhooks():
    sent = request()
    assert sent.headers["content-type"] == "application/json"
    assert sent.headers["webhook-id"] == WEBHOOK_ID
    assert sent.headers["webhook-timestamp"] == str(int(NOW.timestamp()))


def test_the_signature_is_what_hmac_says_of_the_sent_bytes():
    sent = request(whole=a_message(title="Мадуро / 马杜罗 🇻🇪 e\u0301"))
    signed = f"{WEBHOOK_ID}.{int(NOW.timestamp())}.".encode() + sent.content
    digest = hmac.new(bytes(range(24)), signed, hashlib.sha256).digest()
    assert sent.headers["webhook-signature"] == f"v1,{base64.b64encode(digest).decode()}"
    assert sent.content == body(a_message(title="Мадуро / 马杜罗 🇻🇪 e\u0301"))


def test_a_clock_in_another_zone_signs_the_same():
    caracas = NOW.astimezone(timezone(timedelta(hours=-4)))
    assert request(now=caracas).headers == request().headers


def test_a_retry_has_the_same_id_and_body_and_a_new_time_and_signature():
    first, second = request(), request(now=NOW + timedelta(hours=2))
    assert (first.content, first.headers["webhook-id"]) == (
        second.content,
        second.headers["webhook-id"],
    )
    assert first.headers["webhook-timestamp"] != second.headers["webhook-timestamp"]
    assert first.headers["webhook-signature"] != second.headers["webhook-signature"]


def test_while_secrets_rotate_both_signatures_are_sent():
    both = a_notifier("webhook", SIEM.url, secrets=(SECRET, OLD_SECRET))
    now = datetime.now(UTC)
    sent = request(both, now=now)
    for secret in (SECRET, OLD_SECRET):
        Webhook(secret).verify(sent.content, dict(sent.headers))
    with pytest.raises(WebhookVerificationError):
        Webhook("whsec_" + "A" * 32).verify(sent.content, dict(sent.headers))


def test_without_a_secret_nothing_is_signed():
    sent = request(a_notifier("webhook", SIEM.url))
    assert "webhook-signature" not in sent.headers
    assert "webhook-id" in sent.headers


def test_a_name_and_password_in_the_address_become_basic_credentials():
    sent = request(a_notifier("webhook", "https://desk:p%40ss@siem.example/hook"))
    assert sent.headers["authorization"] == "Basic " + base64.b64encode(b"desk:p@ss").decode()


def test_the_address_is_kept_byte_for_byte():
    url = "https://siem.example/a%2Fb/%7e?sig=A%2bB%3d&x=a+b"
    assert request(a_notifier("webhook", url)).url.raw_path == b"/a%2Fb/%7e?sig=A%2bB%3d&x=a+b"


def test_the_plain_form_leaves_out_the_summary_and_is_signed_anew():
    sent = request(plain=True)
    assert json.loads(sent.content)["data"]["item"]["summary"] is None
    assert sent.headers["webhook-signature"] != request().headers["webhook-signature"]


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
def test_any_2xx_took_the_message(status):
    assert answered(status) == Delivered()


@pytest.mark.parametrize(
    ("status", "verdict"),
    [
        (400, Dead(reason="rejected")),
        (401, Dead(reason="auth", scope="destination")),
        (403, Dead(reason="auth", scope="destination")),
        (404, Retry(reason="not_found")),
        (408, Retry(reason="timeout")),
        (410, Dead(reason="gone", scope="destination")),
        (413, Fallback(reason="too_large")),
        (415, Dead(reason="rejected")),
        (422, Dead(reason="rejected")),
        (425, Retry(reason="too_early")),
        (500, Retry(reason="http_5xx", maybe_sent=True)),
        (504, Retry(reason="http_5xx", maybe_sent=True)),
        (199, Retry(reason="unexpected_status", maybe_sent=True)),
    ],
)
def test_every_other_status_has_its_verdict(status, verdict):
    assert answered(status) == verdict


def test_a_server_in_trouble_that_names_a_time_is_left_alone_until_then():
    verdict = answered(503, retry_after="120")
    assert (verdict.after, verdict.scope) == (timedelta(seconds=120), "destination")


@pytest.mark.parametrize("secret", [SECRET.removeprefix("whsec_"), SECRET + "=", "whsec_"])
def test_a_secret_that_is_none_never_signs(secret):
    with pytest.raises(ValueError, match=r"whsec_|24 to 64 bytes"):
        request(a_notifier("webhook", SIEM.url, secrets=(SECRET, secret)))
