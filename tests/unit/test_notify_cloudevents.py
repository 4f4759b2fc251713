"""Webhooks as CloudEvents, structured and binary, signed in each form."""

import json
from urllib.parse import unquote

import pytest
from alert_builders import SECRET, WEBHOOK_ID, a_message, a_notifier, an_alert, attempt
from builders import NOW
from hypothesis import given, settings
from hypothesis import strategies as st
from standardwebhooks import Webhook

from monitor.alerts.render import message
from monitor.model import Dead
from monitor.notify import webhook
from monitor.notify.cloudevents import percent_encoded
from monitor.testing.receivers import WebhookReceiver
from monitor.testing.server import Answer

FORMS = pytest.mark.parametrize("form", ["cloudevents", "cloudevents-binary"])


def request(form, whole=None):
    siem = a_notifier("webhook", "https://siem.example/hook", secrets=(SECRET,), form=form)
    return webhook.request(whole or a_message(), siem, webhook_id=WEBHOOK_ID, now=NOW, plain=False)


def test_the_structured_form_is_one_json_object():
    sent = request("cloudevents")
    event = json.loads(sent.content)
    assert sent.headers["content-type"].startswith("application/cloudevents+json")
    assert event.pop("data") == a_message().data
    assert event == {
        "specversion": "1.0",
        "id": WEBHOOK_ID,
        "source": "/news-feed-monitor",
        "type": "alert.created",
        "time": "2025-11-30T21:04:00Z",
        "subject": "story/story-1/airspace",
        "datacontenttype": "application/json",
    }


def test_the_binary_form_has_the_attributes_in_headers_and_the_data_as_body():
    sent = request("cloudevents-binary", message(an_alert(watchlist='Мадуро "x" 50%')))
    assert sent.headers["content-type"] == "application/json"
    assert "ce-datacontenttype" not in sent.headers
    assert sent.headers["ce-id"] == sent.headers["webhook-id"] == WEBHOOK_ID
    assert sent.headers["ce-type"] == "alert.created"
    assert sent.headers["ce-specversion"] == "1.0"
    assert unquote(sent.headers["ce-subject"]) == 'story/story-1/Мадуро "x" 50%'
    assert json.loads(sent.content)["watchlist"]["name"] == 'Мадуро "x" 50%'


def test_the_published_example_of_the_http_binding_holds():
    assert percent_encoded("Euro € 😀") == "Euro%20%E2%82%AC%20%F0%9F%98%80"


@settings(max_examples=100, deadline=None)
@given(st.text())
def test_whatever_is_encoded_can_be_read_again_and_stands_in_a_header(value):
    clean = value.encode("utf-8", "replace").decode()
    encoded = percent_encoded(value)
    assert unquote(encoded) == clean
    assert all("!" <= char <= "~" and char != '"' for char in encoded)


@FORMS
def test_the_signature_is_over_the_body_as_it_is_sent(form):
    sent = request(form)
    headers = {name: sent.headers[name] for name in sent.headers if name.startswith("webhook-")}
    expected = Webhook(SECRET).sign(WEBHOOK_ID, NOW, sent.content.decode())
    assert headers["webhook-signature"] == expected


@FORMS
async def test_a_receiver_that_verifies_takes_it(form):
    async with WebhookReceiver(secrets=(SECRET,), now=lambda: NOW) as receiver:
        siem = a_notifier("webhook", receiver.url, secrets=(SECRET,), form=form)
        await attempt(siem)
        assert len(receiver.verified) == 1


@FORMS
@pytest.mark.parametrize("status", [415, 422])
async def test_a_receiver_that_wants_another_form_refuses_the_message(form, status):
    async with WebhookReceiver(secrets=(), now=lambda: NOW) as receiver:
        receiver.script.append(Answer(status=status))
        seen = await attempt(a_notifier("webhook", receiver.url, form=form))
    assert seen.verdict == Dead(reason="rejected")


async def test_a_form_nobody_knows_is_the_destinations_fault():
    async with WebhookReceiver(secrets=(), now=lambda: NOW) as receiver:
        seen = await attempt(a_notifier("webhook", receiver.url, form="xml"))
    assert isinstance(seen.verdict, Dead)
    assert seen.verdict.scope == "destination"
