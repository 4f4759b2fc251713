import subprocess
import sys
from datetime import timedelta

import pytest

from monitor.feeds.servers.groups import gap_of, group_of, registered_domain, settings_for
from monitor.settings import HostSettings

REDDIT = HostSettings(name="reddit.com", together=True)
TUMBLR = HostSettings(name="tumblr.com", together=True)
OLD_REDDIT = HostSettings(name="old.reddit.com")
PAGES = HostSettings(name="github.io", together=True)
HOSTS = (REDDIT, TUMBLR, OLD_REDDIT, PAGES)


@pytest.mark.parametrize(
    ("url", "group"),
    [
        ("https://feeds.bbci.co.uk/news/rss.xml", "bbci.co.uk"),
        ("https://www.example.com/feed", "example.com"),
        ("http://example.com:8080/feed", "example.com"),
        ("https://EXAMPLE.com./feed", "example.com"),
        ("https://a.b.c.example.com/feed", "example.com"),
        ("https://someone.blogspot.com/feed", "someone.blogspot.com"),
        ("https://feed.bücher.example/", "xn--bcher-kva.example"),
        ("https://www.食狮.公司.cn/", "xn--85x722f.xn--55qx5d.cn"),
        ("https://www.city.kawasaki.jp/", "city.kawasaki.jp"),
        ("https://feeds.wire.unheard-of/", "wire.unheard-of"),
        ("http://localhost:8000/feed", "localhost"),
        ("http://intranet/feed", "intranet"),
        ("http://127.0.0.1:8000/feed", "127.0.0.1"),
        ("http://127.0.0.2/feed", "127.0.0.2"),
        ("http://[2606:4700::1]/feed", "2606:4700::1"),
        ("https://co.uk/", "co.uk"),
        ("feeds.bbci.co.uk", "bbci.co.uk"),
        ("127.0.0.1", "127.0.0.1"),
        ("", ""),
    ],
)
def test_the_group_of_a_source_is_the_domain_somebody_registered(url, group):
    assert group_of(url, ()) == group


@pytest.mark.parametrize(
    ("url", "group"),
    [
        ("https://staff.tumblr.com/rss", "tumblr.com"),
        ("https://www.reddit.com/r/news.rss", "reddit.com"),
        ("https://old.reddit.com/r/news.rss", "reddit.com"),
        ("https://someone.github.io/feed.xml", "github.io"),
        ("https://notreddit.com/feed", "notreddit.com"),
        ("https://reddit.com.example/feed", "com.example"),
    ],
)
def test_hosts_that_count_together_are_one_group(url, group):
    assert group_of(url, HOSTS) == group


def test_a_name_that_does_not_count_together_makes_no_group():
    hosts = (HostSettings(name="news.example.com"),)
    assert group_of("https://news.example.com/feed", hosts) == "example.com"


def test_the_longest_name_that_covers_a_host_gives_its_settings():
    assert settings_for("https://old.reddit.com/r/a.rss", HOSTS) is OLD_REDDIT
    assert settings_for("https://x.old.reddit.com/r/a.rss", HOSTS) is OLD_REDDIT
    assert settings_for("https://www.reddit.com/r/a.rss", HOSTS) is REDDIT
    assert settings_for("reddit.com", HOSTS) is REDDIT


@pytest.mark.parametrize("host", ["notreddit.com", "reddit.com.example", "com", "example.org", ""])
def test_a_host_that_no_name_covers_has_no_settings(host):
    assert settings_for(host, HOSTS) is None


def test_of_two_settings_for_one_name_the_first_counts():
    ours, theirs = HostSettings(name="example.org"), HostSettings(name="example.org", advice="x")
    assert settings_for("www.example.org", (theirs, ours)) is theirs


@pytest.mark.parametrize(
    ("settings", "seconds"),
    [
        (None, 5),
        (HostSettings(name="wire.example"), 5),
        (HostSettings(name="wire.example", gap=timedelta(seconds=30)), 30),
        (HostSettings(name="wire.example", gap=timedelta(0)), 0),
    ],
    ids=["no preset", "a preset without a gap", "a gap of its own", "no gap"],
)
def test_the_gap_of_a_host_is_its_presets_even_if_that_is_none(settings, seconds):
    assert gap_of(settings, timedelta(seconds=5)) == timedelta(seconds=seconds)


def test_the_list_of_suffixes_is_not_read_before_it_is_needed():
    code = (
        "import sys, monitor.feeds.servers.groups; assert 'publicsuffixlist' not in sys.modules;"
        "monitor.feeds.servers.groups.group_of('http://127.0.0.1/', ());"
        "assert 'publicsuffixlist' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_registered_domain_is_its_own():
    for host in ("feeds.bbci.co.uk", "a.b.github.io", "x.example", "[", "..", "a..b"):
        assert registered_domain(registered_domain(host)) == registered_domain(host)
