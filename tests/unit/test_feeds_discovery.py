"""Which feeds an address or a page leads to, and in which order they are tried."""

import pytest

from monitor.feeds.discovery import MOST, candidates, known_places

SITE = "https://news.example/world/"


def page(head="", body=""):
    return f"<!doctype html><html><head><title>News</title>{head}</head><body>{body}</body></html>"


def link(href, title="", kind="application/rss+xml", rel="alternate"):
    return f'<link rel="{rel}" type="{kind}" title="{title}" href="{href}">'


def urls(found):
    return [candidate.url for candidate in found]


@pytest.mark.parametrize(
    "kind",
    [
        "application/rss+xml",
        "application/atom+xml",
        "application/feed+json",
        "application/rdf+xml",
        "APPLICATION/RSS+XML; charset=utf-8",
    ],
)
def test_a_page_names_its_feed_with_a_link(kind):
    (first, *_) = candidates(page(link("/feed", "Fr&eacute;d&nbsp;news", kind)), url=SITE)
    assert (first.url, first.title, first.sure) == (
        "https://news.example/feed",
        "Fréd news",
        "named",
    )


@pytest.mark.parametrize(
    "tag",
    [
        '<link rel="stylesheet" type="text/css" href="/feed.css">',
        '<link rel="alternate" hreflang="fr" href="/fr/">',
        '<link rel="alternate" type="application/json" href="/wp-json/x">',
        '<link rel="alternate" type="application/json+oembed" href="/oembed">',
        '<!-- <link rel="alternate" type="application/rss+xml" href="/hidden"> -->',
        '<link rel="alternate" type="application/rss+xml" href="javascript:alert(1)">',
        '<link rel="alternate" type="application/rss+xml">',
        "<!-- never closed " + link("/hidden"),
    ],
)
def test_what_is_no_link_to_a_feed_is_not_taken_for_one(tag):
    assert candidates(page(tag), url=SITE) == ()


def test_links_are_taken_in_their_order_but_those_of_comments_come_last():
    head = link("/comments/feed/", "Comments") + link("/one") + link("two", rel="home ALTERNATE")
    assert urls(candidates(page(head), url=SITE)) == [
        "https://news.example/one",
        "https://news.example/world/two",
        "https://news.example/comments/feed/",
    ]


def test_attributes_may_stand_without_quotes_in_any_order_and_hold_signs():
    head = "<LINK HREF=/feed?a=1&amp;b=2 TITLE='a > b' REL=alternate TYPE=application/rss+xml />"
    assert urls(candidates(page(head), url=SITE)) == ["https://news.example/feed?a=1&b=2"]


def test_links_are_relative_to_what_the_page_says():
    head = '<base href="https://cdn.example/site/">' + link("feed.xml")
    assert urls(candidates(page(head), url=SITE)) == ["https://cdn.example/site/feed.xml"]


def test_a_page_that_only_sends_its_readers_on_to_a_feed_leads_there():
    head = "<meta http-equiv='Refresh' content='0; URL=\"/news/rss.xml\"'>"
    (found,) = candidates(page(head), url=SITE)
    assert (found.url, found.sure) == ("https://news.example/news/rss.xml", "named")


def test_the_program_that_made_a_page_tells_where_its_feed_is():
    head = '<meta name="generator" content="WordPress 6.4.2">'
    (found,) = candidates(page(head), url=SITE)
    assert (found.url, found.sure) == ("https://news.example/feed/", "known")
    assert "WordPress" in found.why


def test_anchors_that_read_like_feeds_are_guesses():
    body = (
        '<a href="/feedback">Feedback</a><a href="/rss/world.xml">World</a>'
        '<a href="/x"><b>RSS</b> </a><a href="/y" type="application/atom+xml">All</a><a href=/about>About</a>'
    )
    found = candidates(page(body=body), url=SITE)
    assert urls(found) == [
        "https://news.example/rss/world.xml",
        "https://news.example/x",
        "https://news.example/y",
    ]
    assert {candidate.sure for candidate in found} == {"guessed"}


def test_what_is_named_comes_before_what_is_guessed_and_each_address_once():
    body = '<a href="http://www.news.example/feed/">RSS</a><a href="/other.rss">Other</a>'
    found = candidates(page(link("/feed"), body), url=SITE)
    assert [(candidate.url, candidate.sure) for candidate in found] == [
        ("https://news.example/feed", "named"),
        ("https://news.example/other.rss", "guessed"),
    ]


def test_the_page_itself_is_no_candidate():
    assert candidates(page(link("")), url="https://news.example/rss") == ()
    assert candidates(page(link("/rss#top")), url="https://news.example/rss") == ()


def test_a_page_of_thousands_of_links_leads_to_few():
    head = "".join(link(f"/feed/{number}") for number in range(5_000))
    assert len(candidates(page(head), url=SITE)) == MOST


@pytest.mark.parametrize(
    "page_text",
    [
        "<link " * 20_000,
        f'<link rel="alternate" type="application/rss+xml" title="&#{"9" * 9_000};">',
        "<a href='" * 20_000,
        "<!--" * 50_000,
        '<a href="x" ' + "a=" * 50_000,
        "<meta http-equiv=refresh content='0;" + "url=" * 20_000 + "'>",
        "<meta http-equiv=refresh content='0" + " " * 200_000 + "a \"'>",
    ],
)
def test_a_hostile_page_ends_soon(page_text):
    assert candidates(page_text, url=SITE) == ()


CHANNEL = "UCabcdefghijklmnopqrstuv"


@pytest.mark.parametrize(
    "body",
    [
        f'<script>var x = {{"externalId": "{CHANNEL}"}}</script>',
        f'<link rel="canonical" href="https://www.youtube.com/channel/{CHANNEL}">',
        f'<meta itemprop="identifier" content="{CHANNEL}">',
    ],
)
def test_the_page_behind_a_youtube_handle_tells_its_channel(body):
    (found,) = candidates(page(body=body), url="https://www.youtube.com/@someone")
    assert found.url == f"https://www.youtube.com/feeds/videos.xml?channel_id={CHANNEL}"
    assert candidates(page(body=body), url=SITE) == ()


VIDEOS = "https://www.youtube.com/feeds/videos.xml"
KNOWN = [
    (f"https://www.youtube.com/channel/{CHANNEL}", f"{VIDEOS}?channel_id={CHANNEL}"),
    (f"https://m.youtube.com/channel/{CHANNEL}/videos?view=0", f"{VIDEOS}?channel_id={CHANNEL}"),
    ("https://www.youtube.com/playlist?list=PL12-_x", f"{VIDEOS}?playlist_id=PL12-_x"),
    ("https://www.youtube.com/watch?v=abc&list=PL12", f"{VIDEOS}?playlist_id=PL12"),
    ("https://www.youtube.com/user/someone", f"{VIDEOS}?user=someone"),
    ("https://www.reddit.com/r/worldnews", "https://www.reddit.com/r/worldnews/.rss"),
    ("https://old.reddit.com/r/world+oil/", "https://www.reddit.com/r/world+oil/.rss"),
    ("https://reddit.com/r/worldnews/new/?x=1", "https://www.reddit.com/r/worldnews/new/.rss"),
    (
        "https://www.reddit.com/r/oil/comments/abc/a_title/",
        "https://www.reddit.com/r/oil/comments/abc/.rss",
    ),
    ("https://www.reddit.com/u/someone/", "https://www.reddit.com/user/someone/.rss"),
    ("https://www.reddit.com/user/someone/m/oil", "https://www.reddit.com/user/someone/m/oil/.rss"),
    ("https://github.com/owner/repo", "https://github.com/owner/repo/releases.atom"),
    ("https://github.com/owner/repo.git", "https://github.com/owner/repo/releases.atom"),
    (
        "https://github.com/owner/repo/releases/tag/v1",
        "https://github.com/owner/repo/releases.atom",
    ),
    (
        "https://github.com/owner/repo/commits/main",
        "https://github.com/owner/repo/commits/main.atom",
    ),
    ("https://github.com/owner/repo/tree/dev", "https://github.com/owner/repo/commits/dev.atom"),
    ("https://github.com/owner/repo/tags", "https://github.com/owner/repo/tags.atom"),
    ("https://github.com/owner", "https://github.com/owner.atom"),
    ("https://gitlab.com/a/b/c/-/releases", "https://gitlab.com/a/b/c/-/tags?format=atom"),
    ("https://codeberg.org/owner/repo", "https://codeberg.org/owner/repo/releases.rss"),
    ("https://someone.substack.com/p/a-post", "https://someone.substack.com/feed"),
    ("https://medium.com/@someone/a-story-1", "https://medium.com/feed/@someone"),
    ("https://medium.com/the-desk/a-story-1", "https://medium.com/feed/the-desk"),
    ("https://medium.com/tag/oil", "https://medium.com/feed/tag/oil"),
    ("https://desk.medium.com/", "https://desk.medium.com/feed"),
    ("https://desk.wordpress.com/2025/11/", "https://desk.wordpress.com/feed/"),
    ("https://desk.wordpress.com/tag/oil/", "https://desk.wordpress.com/tag/oil/feed/"),
    ("https://desk.blogspot.com/", "https://desk.blogspot.com/feeds/posts/default"),
    ("https://desk.tumblr.com/post/1", "https://desk.tumblr.com/rss"),
    ("https://bsky.app/profile/desk.example", "https://bsky.app/profile/desk.example/rss"),
    (
        "https://news.google.com/search?q=oil&hl=en-US&gl=US&ceid=US:en",
        "https://news.google.com/rss/search?q=oil&hl=en-US&gl=US&ceid=US:en",
    ),
    ("https://news.google.com/topics/CAAq?hl=es", "https://news.google.com/rss/topics/CAAq?hl=es"),
    ("https://arxiv.org/list/cs.CL/recent", "https://rss.arxiv.org/rss/cs.CL"),
    (
        "https://stackoverflow.com/questions/tagged/rss",
        "https://stackoverflow.com/feeds/tag?tagnames=rss&sort=newest",
    ),
    ("https://math.stackexchange.com/", "https://math.stackexchange.com/feeds"),
]


@pytest.mark.parametrize(("url", "feed"), KNOWN)
def test_a_known_site_needs_no_page_and_no_guess(url, feed):
    found = known_places(url)
    assert found[0].url == feed
    assert {candidate.sure for candidate in found} == {"known"}
    assert feed in urls(candidates(page(), url=url))


@pytest.mark.parametrize(
    "url", ["https://www.youtube.com/@someone", "https://t.me/s/desk", "https://x.com/desk"]
)
def test_where_a_known_site_has_no_feed_to_offer_nothing_is_guessed(url):
    assert known_places(url) == ()


@pytest.mark.parametrize(
    ("url", "feed"),
    [
        ("https://social.example/@someone", "https://social.example/@someone.rss"),
        ("https://social.example/@someone@home.example", "https://home.example/@someone.rss"),
        ("https://social.example/tags/oil", "https://social.example/tags/oil.rss"),
        ("https://lemmy.example/c/world", "https://lemmy.example/feeds/c/world.xml?sort=New"),
        (
            "https://tube.example/a/desk/videos",
            "https://tube.example/feeds/videos.xml?accountName=desk",
        ),
        ("https://news.example/category/world/", "https://news.example/category/world/feed/"),
    ],
)
def test_what_programs_on_any_host_usually_have_is_guessed_first(url, feed):
    first = known_places(url)[0]
    assert (first.url, first.sure) == (feed, "guessed")


def test_usual_places_are_beside_the_address_and_then_at_the_root():
    found = urls(known_places("https://news.example/blog/index.html?x=1#top"))
    assert found[:4] == [
        "https://news.example/blog/feed",
        "https://news.example/blog/rss",
        "https://news.example/blog/rss.xml",
        "https://news.example/feed",
    ]
    for path in ("rss", "rss.xml", "atom.xml", "feed.xml", "index.xml", "feeds/posts/default"):
        assert f"https://news.example/{path}" in found


@pytest.mark.parametrize(
    "url", ["", "ftp://x.example/", "news.example", "javascript:x", "http://["]
)
def test_what_is_no_address_leads_nowhere(url):
    assert known_places(url) == ()
