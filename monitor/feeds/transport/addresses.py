"""Say which addresses a name from outside may lead to: the public ones, and what is allowed.

Pure: a table by value, because the standard library calls many dangerous ranges global and its
answer changes between releases. The rows follow the IANA special-purpose registries (RFC 6890)
and the documented metadata addresses of cloud providers.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from socket import inet_aton
from typing import TypeAlias

from monitor.model import Network

Address: TypeAlias = IPv4Address | IPv6Address

PUBLIC_IPV6 = IPv6Network("2000::/3")  # RFC 4291 section 2.4; nothing else is assigned to hosts
METADATA = "a cloud metadata address"

# The first row that holds an address gives the reason, so the narrow rows come first.
DENIED: tuple[tuple[Network, str], ...] = (
    (IPv4Network("169.254.169.254"), METADATA),
    (IPv4Network("169.254.170.2"), METADATA),
    (IPv4Network("168.63.129.16"), METADATA),  # routable, yet every Azure host answers there
    (IPv4Network("100.100.100.200"), METADATA),
    (IPv4Network("192.0.0.192"), METADATA),
    (IPv4Network("0.0.0.0/8"), "an address of this host"),
    (IPv4Network("10.0.0.0/8"), "a private address"),
    (IPv4Network("100.64.0.0/10"), "an address shared by a provider's customers"),
    (IPv4Network("127.0.0.0/8"), "a loopback address"),
    (IPv4Network("169.254.0.0/16"), "a link-local address"),
    (IPv4Network("172.16.0.0/12"), "a private address"),
    (IPv4Network("192.0.0.0/24"), "an address reserved for protocols"),
    (IPv4Network("192.0.2.0/24"), "an address for documentation"),
    (IPv4Network("192.88.99.0/24"), "a 6to4 relay"),
    (IPv4Network("192.168.0.0/16"), "a private address"),
    (IPv4Network("198.18.0.0/15"), "an address for benchmarks"),
    (IPv4Network("198.51.100.0/24"), "an address for documentation"),
    (IPv4Network("203.0.113.0/24"), "an address for documentation"),
    (IPv4Network("224.0.0.0/4"), "a multicast address"),
    (IPv4Network("240.0.0.0/4"), "a reserved address"),
    (IPv6Network("fd00:ec2::254"), METADATA),
    (IPv6Network("fd20:ce::254"), METADATA),
    (IPv6Network("::"), "an address of this host"),
    (IPv6Network("::1"), "a loopback address"),
    (IPv6Network("::/96"), "an IPv4-compatible address"),
    (IPv6Network("::ffff:0:0:0/96"), "an address of an IPv4 translator"),
    (IPv6Network("64:ff9b:1::/48"), "an address of a local IPv4 translator"),
    (IPv6Network("2001::/32"), "a Teredo tunnel"),
    (IPv6Network("2001::/23"), "an address reserved for protocols"),
    (IPv6Network("2001:db8::/32"), "an address for documentation"),
    (IPv6Network("2002::/16"), "a 6to4 tunnel"),
    (IPv6Network("3ffe::/16"), "an address of a network that has ended"),
    (IPv6Network("3fff::/20"), "an address for documentation"),
    (IPv6Network("100::/64"), "an address that discards"),
    (IPv6Network("5f00::/16"), "an address for segment routing"),
    (IPv6Network("fc00::/7"), "a private address"),
    (IPv6Network("fe80::/10"), "a link-local address"),
    (IPv6Network("fec0::/10"), "a site-local address"),
    (IPv6Network("ff00::/8"), "a multicast address"),
)
_DENIED_IPV4 = tuple(row for row in DENIED if row[0].version == 4)
_DENIED_IPV6 = tuple(row for row in DENIED if row[0].version == 6)

# No network opens these that is wider: who opens all of a company's does not mean the machine's own
# segment, where clouds hand out its credentials.
_APART = (
    IPv4Network("169.254.0.0/16"),
    IPv6Network("fe80::/10"),
    *(network for network, reason in DENIED if reason == METADATA),
)

# RFC 4291 section 2.5.5.2 and RFC 6052 section 2.1: as good or bad as the IPv4 address inside.
_TRANSLATED = (IPv6Network("::ffff:0:0/96"), IPv6Network("64:ff9b::/96"))
_IPV4_IN_LAST_32_BITS = (
    *_TRANSLATED,
    IPv6Network("::/96"),
    IPv6Network("::ffff:0:0:0/96"),
    IPv6Network("64:ff9b:1::/48"),
)

# Reserved for names inside (RFC 6762 section 3, RFC 8375, ICANN's .internal), or used for them
# everywhere though nobody ever delegated them (RFC 6762 appendix G).
_INWARD_NAME = re.compile(
    r"[^.]+|(.+\.)?(local|internal|home\.arpa|intranet|private|corp|home|lan)", re.IGNORECASE
)
_PRIVATE = tuple(network for network, reason in DENIED if reason == "a private address")

_LOOPBACK_NAME = re.compile(r"(.+\.)?localhost\.?")  # RFC 6761 section 6.3


@lru_cache(maxsize=4_096)  # the hosts of the sources, which each poll looks at again
def literal(host: str) -> Address | None:
    """Return the address that a host is written as in full, None for any other text."""
    try:
        return ip_address(host)
    except ValueError:
        return None


def spelled(host: str) -> Address | None:
    """Return the address that a host stands for without a look-up, None for a name.

    That is one in any spelling that C libraries read, as in 127.1 and 0x7f000001, and localhost.
    """
    if _LOOPBACK_NAME.fullmatch(host):
        return IPv4Address("127.0.0.1")
    found = literal(host)
    if found is not None:
        return found
    try:
        return IPv4Address(inet_aton(host.rstrip(".")))
    except OSError:
        return None


def refusal(address: Address, allowed: Sequence[Network] = ()) -> str | None:
    """Say what kind of address forbids the connection; None where it may be made.

    An IPv4 address inside an IPv6 one has to pass by itself, whatever allows the outer one. Those
    that are link-local, or of a cloud's metadata, need a network that is so as a whole.
    """
    if not (allowed and any(_holds(network, address) for network in allowed)):
        reason = _reason(address)
        if reason is not None:
            return reason
    inner = _embedded(address) if isinstance(address, IPv6Address) else None
    return None if inner is None else refusal(inner, allowed)


def inward(name: str, allowed: Sequence[Network] = ()) -> str | None:
    """Say what kind of name forbids having another look it up; None where that may be done.

    Where it leads can't be known, so that a name inside needs a private network that is allowed.
    """
    if _INWARD_NAME.fullmatch(name.rstrip(".")) is None:
        return None
    if any(a.version == b.version and a.overlaps(b) for a in allowed for b in _PRIVATE):
        return None
    return "a name that only private networks know"


@lru_cache(maxsize=8_192)
def _holds(network: Network, address: Address) -> bool:
    """Tell whether a network that is allowed opens an address."""
    apart = [each for each in _APART if address in each]
    return address in network and (not apart or any(_lies_in(network, each) for each in apart))


def _lies_in(network: Network, other: Network) -> bool:
    if isinstance(network, IPv4Network):
        return isinstance(other, IPv4Network) and network.subnet_of(other)
    return isinstance(other, IPv6Network) and network.subnet_of(other)


@lru_cache(maxsize=8_192)  # each poll asks about the same dozen addresses of a name
def _reason(address: Address) -> str | None:
    rows = _DENIED_IPV4 if isinstance(address, IPv4Address) else _DENIED_IPV6
    for network, reason in rows:
        if address in network:
            return reason
    if isinstance(address, IPv4Address) or address in PUBLIC_IPV6:
        return None
    if any(address in network for network in _TRANSLATED):
        return None
    return "an address outside the public range"


@lru_cache(maxsize=8_192)
def _embedded(address: IPv6Address) -> IPv4Address | None:
    if int(address) <= 1:  # "::" and "::1" hold no IPv4 address
        return None
    if address.teredo is not None:
        return address.teredo[1]
    if address.sixtofour is not None:
        return address.sixtofour
    if any(address in network for network in _IPV4_IN_LAST_32_BITS):
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return None
