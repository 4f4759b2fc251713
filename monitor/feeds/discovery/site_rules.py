"""Where sites of a known kind keep their feeds: rules from an address to feeds' addresses.

Pure: never touches network, clock or disk. A rule is data: which hosts, which path and query,
which feeds; `{0}` is the host and `{1}` the first thing the path's pattern holds.
"""
# ruff: noqa: E501 - a rule is a line, so that they read as a table

import re
from collections.abc import Iterator
from typing import TypeAlias
from urllib.parse import urlsplit

from monitor.feeds.urls import absolute_link, host_of

Rule: TypeAlias = tuple[str, str, str, tuple[str, ...]]  # hosts, path, what for people, feeds

_STACK = r"(?:.+\.stackexchange|stackoverflow|(?:.+\.)?serverfault|superuser|askubuntu)\.com|mathoverflow\.net"
_YOUTUBE = r"(?:www\.|m\.)?youtube\.com"
_REDDIT = r"(?:www\.|old\.|new\.|np\.)?reddit\.com"
_VIDEOS = "https://www.youtube.com/feeds/videos.xml"
_NAME = r"[^/?#]+"

# What these sites document, or have kept for many years.
_KNOWN: tuple[Rule, ...] = (
    (_YOUTUBE, r"/channel/(UC[\w-]{22})(?:[/?].*)?", "a YouTube channel's videos", (_VIDEOS + "?channel_id={1}",)),
    (_YOUTUBE, r"/(?:playlist|watch)\?(?:.*&)?list=([\w-]+).*", "a YouTube playlist", (_VIDEOS + "?playlist_id={1}",)),
    (_YOUTUBE, rf"/user/({_NAME})(?:[/?].*)?", "a YouTube user's videos", (_VIDEOS + "?user={1}",)),
    (_YOUTUBE, r".*", "YouTube, whose feeds need a channel's id", ()),
    (_REDDIT, r"/r/([\w+]+)/(new|rising|controversial|top|hot)/?(?:\?.*)?", "a subreddit", ("https://www.reddit.com/r/{1}/{2}/.rss",)),
    (_REDDIT, r"/(r/\w+/comments/\w+)(?:[/?].*)?", "a post's comments on Reddit", ("https://www.reddit.com/{1}/.rss",)),
    (_REDDIT, r"/r/([\w+]+)/?(?:\?.*)?", "a subreddit", ("https://www.reddit.com/r/{1}/.rss", "https://www.reddit.com/r/{1}/new/.rss")),
    (_REDDIT, r"/u(?:ser)?/([\w-]+)/m/(\w+)/?(?:\?.*)?", "a multireddit", ("https://www.reddit.com/user/{1}/m/{2}/.rss",)),
    (_REDDIT, r"/u(?:ser)?/([\w-]+)(?:[/?].*)?", "what a Reddit user writes", ("https://www.reddit.com/user/{1}/.rss",)),
    (_REDDIT, r"/domain/([\w.-]+)(?:[/?].*)?", "what Reddit links to there", ("https://www.reddit.com/domain/{1}/.rss",)),
    (_REDDIT, r"/?", "Reddit's front page", ("https://www.reddit.com/.rss",)),
    (r"(?:www\.)?github\.com", rf"/({_NAME}/{_NAME})/commits?/([^?#]+?)/?", "a branch's commits", ("https://github.com/{1}/commits/{2}.atom",)),
    (r"(?:www\.)?github\.com", rf"/({_NAME}/{_NAME})/tree/({_NAME})/?", "a branch's commits", ("https://github.com/{1}/commits/{2}.atom",)),
    (r"(?:www\.)?github\.com", rf"/({_NAME}/{_NAME})/(tags|wiki|discussions)(?:[/?].*)?", "what happens in a repository", ("https://github.com/{1}/{2}.atom",)),
    (r"(?:www\.)?github\.com", rf"/({_NAME}/{_NAME}?)(?:\.git)?(?:/releases.*|/?)", "a repository's releases, commits and tags",
        ("https://github.com/{1}/releases.atom", "https://github.com/{1}/commits.atom", "https://github.com/{1}/tags.atom")),
    (r"(?:www\.)?github\.com", r"/((?!(?:topics|features|about|login|explore|marketplace)\b)[\w-]+)/?", "what a GitHub user does", ("https://github.com/{1}.atom",)),
    (r"gist\.github\.com", r"/([\w-]+)/?", "a user's gists", ("https://gist.github.com/{1}.atom",)),
    (r"gitlab\..+", r"/((?!-/)[^?#]+?/[^?#]+?)(?:/-/.*|/?)", "a project's tags and activity", ("https://{0}/{1}/-/tags?format=atom", "https://{0}/{1}.atom")),
    (r"codeberg\.org|gitea\.com", rf"/({_NAME}/{_NAME})(?:/.*)?", "a repository's releases and activity", ("https://{0}/{1}/releases.rss", "https://{0}/{1}.rss")),
    (r"codeberg\.org|gitea\.com", rf"/({_NAME})/?", "what a user does", ("https://{0}/{1}.rss",)),
    (r"(?!www\.).+\.substack\.com", r".*", "a Substack newsletter", ("https://{0}/feed",)),
    (r"(?:www\.)?substack\.com", r"/@([\w-]+).*", "a Substack newsletter", ("https://{1}.substack.com/feed",)),
    (r"(?:www\.)?medium\.com", r"/(@[\w.-]+|tag/[\w-]+|(?!(?:feed|m|me|p|search|topic)\b)[\w-]+/tagged/[\w-]+)(?:[/?].*)?", "stories on Medium", ("https://medium.com/feed/{1}",)),
    (r"(?:www\.)?medium\.com", r"/((?!(?:feed|m|me|p|search|tag|topic)\b)[\w-]+)(?:[/?].*)?", "a publication on Medium", ("https://medium.com/feed/{1}",)),
    (r"(?!www\.).+\.medium\.com", r".*", "a publication on Medium", ("https://{0}/feed",)),
    (r".+\.wordpress\.com", r"/((?:category|tag|author)/[^?#]+?)/?(?:\?.*)?", "a part of a WordPress site", ("https://{0}/{1}/feed/", "https://{0}/feed/")),
    (r".+\.wordpress\.com", r".*", "a WordPress site", ("https://{0}/feed/",)),
    (r".+\.blogspot\..+", r"/search/label/([^?#/]+).*", "a label of a Blogger site", ("https://{0}/feeds/posts/default/-/{1}", "https://{0}/feeds/posts/default")),
    (r".+\.blogspot\..+", r".*", "a Blogger site", ("https://{0}/feeds/posts/default",)),
    (r"(?!www\.).+\.tumblr\.com", r".*", "a Tumblr site", ("https://{0}/rss",)),
    (r"(?:www\.)?tumblr\.com", r"/(?:blog/)?([\w-]+).*", "a Tumblr site", ("https://{1}.tumblr.com/rss",)),
    (r"(?!www\.).+\.(?:livejournal|dreamwidth)\.(?:com|org)", r".*", "a journal", ("https://{0}/data/rss",)),
    (r"bsky\.app", r"/profile/([\w.:-]+).*", "what someone posts on Bluesky", ("https://bsky.app/profile/{1}/rss",)),
    (r"news\.google\.com", r"/((?:search|topics|topstories|stories|publications)\b.*)", "a search or topic of Google News", ("https://news.google.com/rss/{1}",)),
    (r"news\.google\.com", r"/(?:home|foryou)?/?(\?.*)?", "Google News", ("https://news.google.com/rss{1}",)),
    (r"(?:www\.|export\.)?arxiv\.org", r"/(?:list|archive)/([\w.-]+).*", "a subject on arXiv", ("https://rss.arxiv.org/rss/{1}", "https://rss.arxiv.org/atom/{1}")),
    (_STACK, r"/questions/tagged/([^/?#]+).*", "questions with a tag", ("https://{0}/feeds/tag?tagnames={1}&sort=newest",)),
    (_STACK, r"/questions/(\d+).*", "a question's answers", ("https://{0}/feeds/question/{1}",)),
    (_STACK, r"/users/(\d+).*", "what a user writes", ("https://{0}/feeds/user/{1}",)),
    (_STACK, r"(?:/questions)?/?(?:\?.*)?", "a site's newest questions", ("https://{0}/feeds",)),
    (r"news\.ycombinator\.com", r".*", "Hacker News", ("https://news.ycombinator.com/rss",)),
    (r"lobste\.rs", r"/t/([\w,.-]+).*", "a tag of Lobsters", ("https://lobste.rs/t/{1}.rss",)),
    (r"lobste\.rs", r".*", "Lobsters", ("https://lobste.rs/rss",)),
    (r".+\.wikipedia\.org", r"/wiki/([^?#]+)", "changes of an article", ("https://{0}/w/index.php?title={1}&action=history&feed=atom",)),
    (r"store\.steampowered\.com", r"/(?:news/)?app/(\d+).*", "a game's news", ("https://store.steampowered.com/feeds/news/app/{1}",)),
    (r"(?:www\.)?vimeo\.com", r"/((?!(?:watch|categories|channels)\b)[a-zA-Z]\w+)/?(?:videos.*)?", "someone's videos", ("https://vimeo.com/{1}/videos/rss",)),
    (r"(?:www\.)?dailymotion\.com", r"/(?:user/)?((?!video\b)[\w-]+)/?", "someone's videos", ("https://www.dailymotion.com/rss/user/{1}",)),
    (r"(?:.+\.)?(?:twitter|x|facebook|instagram|threads|tiktok|linkedin)\.(?:com|net)|t\.me|telegram\.me", r".*", "a site that has no feeds", ()),
)  # fmt: skip

# What is usual for programs that run on anybody's host; only a look can tell.
_USUAL: tuple[Rule, ...] = (
    (r".+", r"/@([\w-]+)@([\w.-]+\.\w+)/?", "what someone posts on Mastodon", ("https://{2}/@{1}.rss",)),
    (r".+", r"/(@[\w-]+|tags/\w+)(?:/.*)?", "what is posted on Mastodon", ("https://{0}/{1}.rss",)),
    (r".+", r"/users/(\w+)(?:/.*)?", "what someone posts on Mastodon", ("https://{0}/@{1}.rss",)),
    (r".+", r"/c/([\w.@-]+?)(?:/videos)?/?", "a community of Lemmy, or a channel of PeerTube",
        ("https://{0}/feeds/c/{1}.xml?sort=New", "https://{0}/feeds/videos.xml?videoChannelName={1}")),
    (r".+", r"/a/([\w.@-]+?)(?:/.*)?", "an account of PeerTube", ("https://{0}/feeds/videos.xml?accountName={1}",)),
    (r".+", r"/(c/[\w-]+(?:/[\w-]+)?/\d+|t/[\w-]+/\d+|latest|categories)/?", "a forum (Discourse)", ("https://{0}/{1}.rss",)),
    (r".+", r"/((?:.+/)?(?:category|tag|author|topics?)/[^?#]+?)/?(?:\?.*)?", "a part of a WordPress site", ("https://{0}/{1}/feed/",)),
)  # fmt: skip

# What a page says it was made with, and where that keeps its feed.
_MAKERS = (
    ("WordPress", "/feed/"),
    ("Ghost", "/rss/"),
    ("Hugo", "/index.xml"),
    ("Jekyll", "/feed.xml"),
    ("Blogger", "/feeds/posts/default"),
    ("Hexo", "/atom.xml"),
    ("Drupal", "/rss.xml"),
    ("Discourse", "/latest.rss"),
    ("Wix.com", "/blog-feed.xml"),
    ("Squarespace", "/?format=rss"),
    ("Joomla", "/?format=feed&type=rss"),
    ("TYPO3", "/rss.xml"),
)  # fmt: skip
_CHANNEL = re.compile(
    r'"(?:externalId|channelId|browseId)":\s{0,5}"(UC[\w-]{22})"|youtube\.com/channel/(UC[\w-]{22})'
    r'|itemprop="(?:identifier|channelId)" content="(UC[\w-]{22})"'
)


def is_known_site(url: str) -> bool:
    """Tell whether there are rules for a host, so that guesses would only waste requests."""
    host = host_of(url)
    return any(re.fullmatch(hosts, host) for hosts, *_ in _KNOWN)


def known(url: str) -> Iterator[tuple[str, str]]:
    """Yield the feeds that a site of a known kind has for an address, and what they are."""
    return _apply(_KNOWN, url)


def usual(url: str) -> Iterator[tuple[str, str]]:
    """Yield the feeds that usual programs would have for an address, and what they are."""
    return _apply(_USUAL, url)


def of_maker(generator: str, url: str) -> Iterator[tuple[str, str]]:
    """Yield where the program that made a page keeps its feed."""
    for maker, path in _MAKERS:
        if maker.lower() in generator.lower() and (feed := absolute_link(path, url)):
            yield feed, f"where {maker} keeps its feed"


def in_page(page: str, url: str) -> Iterator[tuple[str, str]]:
    """Yield the feed of the YouTube channel whose page this is."""
    if re.fullmatch(_YOUTUBE, host_of(url)) and (found := _CHANNEL.search(page)):
        channel = found[1] or found[2] or found[3]
        yield f"{_VIDEOS}?channel_id={channel}", "a YouTube channel's videos"


def _apply(rules: tuple[Rule, ...], url: str) -> Iterator[tuple[str, str]]:
    """Yield what the first rule that fits an address says."""
    host = host_of(url)
    if not host:
        return
    parts = urlsplit(url)
    where = parts.path + (f"?{parts.query}" if parts.query else "")
    for hosts, path, what, feeds in rules:
        if re.fullmatch(hosts, host) and (found := re.fullmatch(path, where or "/")):
            for feed in feeds:
                yield feed.format(host, *(group or "" for group in found.groups())), what
            return
