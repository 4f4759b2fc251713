import pytest

from monitor.feeds.transport.proxies import Proxy, read_proxy


@pytest.mark.parametrize(
    ("url", "host", "port"),
    [
        ("http://proxy.example", "proxy.example", 80),
        ("https://proxy.example/", "proxy.example", 443),
        ("socks5://proxy.example", "proxy.example", 1080),
        ("socks5h://127.0.0.1:9050", "127.0.0.1", 9050),
        ("HTTP://Proxy.Example:3128", "proxy.example", 3128),
        ("http://[::1]:3128", "::1", 3128),
        ("http://bücher.example:3128", "xn--bcher-kva.example", 3128),
    ],
)
def test_a_proxy_is_read_with_the_usual_ports(url, host, port):
    proxy = read_proxy(url)
    assert (proxy.host, proxy.port) == (host, port)
    assert proxy.authorization == b""


def test_a_proxys_credentials_may_hold_any_character():
    proxy = read_proxy("http://desk%40wire:p%40ss%3A%2Fw%C3%B6rd@proxy.example:3128")
    assert (proxy.user, proxy.password) == ("desk@wire", "p@ss:/wörd")


def test_a_proxy_never_shows_its_password():
    proxy = read_proxy("http://desk:hunter2@[::1]:3128")
    assert "hunter2" not in repr(proxy) + proxy.name
    assert proxy.name == "[::1]:3128"


@pytest.mark.parametrize(("scheme", "looks_up"), [("socks5", False), ("socks5h", True)])
def test_only_socks5_is_given_numbers(scheme, looks_up):
    assert Proxy(scheme=scheme, host="proxy.example", port=1).looks_up is looks_up
