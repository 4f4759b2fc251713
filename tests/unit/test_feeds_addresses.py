from ipaddress import ip_address, ip_network

import pytest

from monitor.feeds.transport.addresses import refusal, spelled
from monitor.feeds.transport.resolver import system_lookup

NOT_PUBLIC = {
    "this host": ["0.0.0.0", "0.1.2.3", "::"],
    "private": ["10.0.0.7", "172.16.0.1", "172.31.255.255", "192.168.1.1", "fc00::1", "fd12::1"],
    "loopback": ["127.0.0.1", "127.255.255.254", "::1"],
    "link-local": ["169.254.1.1", "fe80::1", "fe80::1%eth0", "febf::1"],
    "cloud metadata": [
        "169.254.169.254",
        "169.254.170.2",
        "168.63.129.16",
        "100.100.100.200",
        "192.0.0.192",
        "fd00:ec2::254",
        "fd20:ce::254",
    ],
    "shared by a provider": ["100.64.0.1", "100.127.255.255"],
    "reserved": ["192.0.0.8", "240.0.0.1", "255.255.255.255", "2001:1::1", "2001:2::1"],
    "documentation": ["192.0.2.1", "198.51.100.1", "203.0.113.9", "2001:db8::1", "3fff::1"],
    "benchmarks": ["198.18.0.1", "198.19.255.255"],
    "multicast": ["224.0.0.1", "239.255.255.250", "ff02::1", "ff0e::1"],
    "6to4": ["192.88.99.1", "2002:7f00:1::", "2002:a9fe:a9fe::1", "2002:808:808::1"],
    "Teredo": ["2001::1", "2001:0:4136:e378:8000:63bf:3fff:fdd2"],
    "translator": ["64:ff9b:1::7f00:1", "64:ff9b:1:fffe::8.8.8.8", "::ffff:0:127.0.0.1"],
    "IPv4-compatible": ["::127.0.0.1", "::8.8.8.8"],
    "site-local": ["fec0::1", "feff::1"],
    "segment routing": ["5f00::1"],
    "discards": ["100::1"],
    "outside the public range": ["4000::1", "1::1", "e000::1"],
    "has ended": ["3ffe::1"],
}
PUBLIC = [
    "1.1.1.1",
    "8.8.8.8",
    "9.255.255.255",
    "11.0.0.0",
    "100.63.255.255",
    "100.128.0.0",
    "126.255.255.255",
    "172.15.255.255",
    "172.32.0.0",
    "198.17.255.255",
    "223.255.255.255",
    "2606:4700::1111",
    "2a00:1450::200e",
    "2001:4860:4860::8888",
    "::ffff:8.8.8.8",
    "64:ff9b::8.8.8.8",
]


@pytest.mark.parametrize(
    ("word", "address"), [(word, each) for word, all_ in NOT_PUBLIC.items() for each in all_]
)
def test_an_address_that_is_not_public_is_refused_with_its_reason(word, address):
    assert word in refusal(ip_address(address))


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_address_passes(address):
    assert refusal(ip_address(address)) is None


@pytest.mark.parametrize("inner", ["127.0.0.1", "10.0.0.7", "169.254.169.254", "168.63.129.16"])
@pytest.mark.parametrize("outer", ["::ffff:{}", "64:ff9b::{}"])
def test_an_ipv4_address_inside_an_ipv6_one_is_judged_by_itself(outer, inner):
    assert refusal(ip_address(outer.format(inner))) == refusal(ip_address(inner))


@pytest.mark.parametrize(
    "spelling",
    [
        "2130706433",
        "0x7f000001",
        "0x7f.1",
        "0177.0.0.1",
        "017700000001",
        "127.1",
        "127.0.1",
        "127.2",
    ],
)
def test_every_spelling_the_system_reads_as_loopback_is_refused(spelling):
    found = system_lookup(spelling)
    assert found
    assert all(refusal(ip_address(address)) == "a loopback address" for address in found)


def test_an_allowed_network_lets_its_addresses_through():
    allowed = (ip_network("10.0.0.0/8"), ip_network("::1/128"))
    assert refusal(ip_address("10.0.0.7"), allowed) is None
    assert refusal(ip_address("::ffff:10.0.0.7"), allowed) is None
    assert refusal(ip_address("::1"), allowed) is None
    assert refusal(ip_address("192.168.0.1"), allowed) is not None


@pytest.mark.parametrize(
    ("outer", "network"),
    [
        ("2002:a00:7::", "2002::/16"),
        ("64:ff9b:1::a00:7", "64:ff9b:1::/48"),
        ("::ffff:0:10.0.0.7", "::ffff:0:0:0/96"),
        ("2001::f5ff:fff8", "2001::/32"),
    ],
)
def test_allowing_a_tunnel_does_not_allow_the_private_address_inside(outer, network):
    tunnel = (ip_network(network),)
    assert refusal(ip_address(outer), tunnel) == "a private address"
    assert refusal(ip_address(outer), (*tunnel, ip_network("10.0.0.0/8"))) is None


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "127.1",
        "127.0.1",
        "2130706433",
        "0x7f.1",
        "0177.0.0.1",
        "127.0.0.1.",
        "localhost",
        "feed.localhost",
        "localhost.",
    ],
)
def test_every_spelling_of_a_loopback_address_is_known_without_a_look_up(host):
    assert spelled(host) == ip_address("127.0.0.1")


@pytest.mark.parametrize("host", ["feed.example", "localhost.example", "1.2.3.4.example", "", "x"])
def test_a_name_spells_no_address(host):
    assert spelled(host) is None


@pytest.mark.parametrize(
    ("network", "address", "opened"),
    [
        ("0.0.0.0/0", "169.254.169.254", False),
        ("0.0.0.0/0", "169.254.1.1", False),
        ("169.0.0.0/8", "169.254.1.1", False),
        ("169.254.0.0/16", "169.254.1.1", True),
        ("169.254.0.0/16", "169.254.169.254", True),
        ("169.254.169.254", "169.254.169.254", True),
        ("169.254.8.0/24", "169.254.169.254", False),
        ("100.64.0.0/10", "100.100.100.200", False),
        ("100.100.100.200", "100.100.100.200", True),
        ("0.0.0.0/0", "168.63.129.16", False),
        ("::/0", "fe80::1", False),
        ("fe80::/10", "fe80::1", True),
        ("::/0", "fd00:ec2::254", False),
        ("fd00::/8", "fd00:ec2::254", False),
        ("fd00:ec2::254", "fd00:ec2::254", True),
        ("fd00::/8", "fd00::1", True),
        ("0.0.0.0/0", "10.0.0.7", True),
        ("0.0.0.0/0", "127.0.0.1", True),
    ],
)
def test_link_local_and_metadata_addresses_open_only_to_a_network_that_is_one(
    network, address, opened
):
    assert (refusal(ip_address(address), [ip_network(network)]) is None) is opened


@pytest.mark.parametrize("outer", ["::ffff:169.254.169.254", "64:ff9b::169.254.169.254"])
def test_no_wide_network_opens_metadata_inside_an_ipv6_address(outer):
    wide = [ip_network("0.0.0.0/0"), ip_network("::/0")]
    assert refusal(ip_address(outer), wide) is not None
