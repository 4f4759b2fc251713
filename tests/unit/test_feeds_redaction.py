import pytest

from monitor.feeds.redaction import redact_url


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://wire.example/feed", "https://wire.example/feed"),
        ("https://ann:s3cret@wire.example/feed", "https://***@wire.example/feed"),
        ("https://ann@wire.example:8443/", "https://***@wire.example:8443/"),
        ("https://a@b:c@wire.example/", "https://***@wire.example/"),
        ("https://ann:pa/ss@wire.example/feed", "https://***@wire.example/feed"),
        ("https://ann:pa?ss@wire.example/feed", "https://***@wire.example/feed"),
        ("https://ann:pa#ss@wire.example/feed", "https://***@wire.example/feed"),
        ("https://medium.example/@ann/feed", "https://medium.example/@ann/feed"),
        ("https://wire.example:8443/@ann", "https://wire.example:8443/@ann"),
        ("https://wire.example/?token=abc&lang=en", "https://wire.example/?token=***&lang=en"),
        ("https://wire.example/?ApiKey=abc", "https://wire.example/?ApiKey=***"),
        ("https://wire.example/?feed=0123456789abcdef01", "https://wire.example/?feed=***"),
        ("https://wire.example/?0123456789abcdef01", "https://wire.example/?***"),
        ("https://wire.example/?key=", "https://wire.example/?key="),
        ("https://wire.example/#access_token=abc", "https://wire.example/"),
        ("ann:s3cret@wire.example", "***@wire.example"),
        ("", ""),
    ],
)
def test_an_address_is_shown_without_its_secrets(url, shown):
    assert redact_url(url) == shown
