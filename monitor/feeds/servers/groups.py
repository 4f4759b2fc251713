"""Say which sources ask the same organisation, and how the hosts under a name want to be asked.

Pure: never touches network or clock; the list of public suffixes comes with its library and is
read once, when the first name is looked at.
"""

from collections.abc import Sequence
from datetime import timedelta
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from monitor.feeds.urls import host_of
from monitor.settings import HostSettings

if TYPE_CHECKING:
    from publicsuffixlist import PublicSuffixList


def group_of(url_or_host: str, hosts: Sequence[HostSettings]) -> str:
    """Return the name under which requests are spaced out and limits are shared.

    It is the name in `hosts` that covers the host and counts all below it `together`; else the
    domain that somebody registered (publicsuffix.org: example.co.uk, someone.github.io); else, for
    a number or a single label, the host itself. Ports make no difference.
    """
    host = _host(url_or_host)
    covering = _covering(host, [settings for settings in hosts if settings.together])
    return covering.name if covering else registered_domain(host)


def settings_for(url_or_host: str, hosts: Sequence[HostSettings]) -> HostSettings | None:
    """Return the settings with the longest name that covers the host, the first of equals."""
    return _covering(_host(url_or_host), hosts)


def gap_of(settings: HostSettings | None, usual: timedelta) -> timedelta:
    """Return the pause between two requests to a host; a preset of 0 counts as any other."""
    return usual if settings is None or settings.gap is None else settings.gap


@lru_cache(maxsize=16_384)
def registered_domain(host: str) -> str:
    """Return the part of a name that somebody registered; the host itself where there is none."""
    if ":" in host or host[-1:].isdigit():  # an address: no top-level domain ends with a digit
        return host
    return _suffixes().privatesuffix(host) or host


def _covering(host: str, hosts: Sequence[HostSettings]) -> HostSettings | None:
    best: HostSettings | None = None
    for settings in hosts:
        name = settings.name
        if host.endswith(name) and (best is None or len(name) > len(best.name)):
            above = host[: -len(name)]
            if not above or above[-1] == ".":
                best = settings
    return best


def _host(url_or_host: str) -> str:
    return host_of(url_or_host) if "/" in url_or_host else url_or_host


@cache
def _suffixes() -> "PublicSuffixList":
    from publicsuffixlist import PublicSuffixList  # 60 ms that only the first name pays

    return PublicSuffixList()
