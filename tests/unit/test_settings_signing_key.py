"""What signs a webhook is read alike by the loader and by the signer."""

import base64

import pytest
from alert_builders import SECRET, a_message, a_notifier
from builders import NOW

from monitor.config.addresses import read_secret
from monitor.notify import webhook
from monitor.settings import signing_key_fault


def written(key):
    return "whsec_" + base64.b64encode(key).decode()


GOOD = [SECRET, written(bytes(32)), written(bytes(64)), written(b"\xff" * 25)]
BAD = [
    (SECRET.removeprefix("whsec_"), "begins with whsec_"),
    ("WHSEC_" + SECRET.removeprefix("whsec_"), "begins with whsec_"),
    ("whsec_not base64!", "not base64"),
    ("whsec_-_-_" + "A" * 32, "not base64"),
    ("whsec_é" + "A" * 32, "not base64"),
    (written(bytes(32)).rstrip("="), "with its padding"),
    (written(bytes(32)) + "=", "with its padding"),
    (written(bytes(32))[:-2] + "B=", "not base64"),
    (written(bytes(24)) + "\n", "not base64"),
    (written(bytes(23)), "this one has 23"),
    (written(bytes(65)), "this one has 65"),
    ("whsec_", "this one has 0"),
]


def signs(secret):
    siem = a_notifier("webhook", "https://siem.example/", secrets=(secret,))
    try:
        webhook.request(a_message(), siem, webhook_id="msg_1", now=NOW, plain=False)
    except ValueError:
        return False
    return True


def loads(secret):
    try:
        return read_secret(secret) == secret
    except ValueError:
        return False


@pytest.mark.parametrize("secret", GOOD)
def test_a_secret_of_the_right_form_is_taken_by_both(secret):
    assert signing_key_fault(secret) == ""
    assert signs(secret)
    assert loads(secret)


@pytest.mark.parametrize(("secret", "fault"), BAD)
def test_any_other_is_refused_by_both_without_being_repeated(secret, fault):
    said = signing_key_fault(secret)
    assert fault in said
    assert secret == "whsec_" or secret not in said
    assert not signs(secret)
    assert not loads(secret)
