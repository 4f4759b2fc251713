"""What one request says: to which address, who asks, with which validators and secrets."""

from base64 import b64encode
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

import httpx

import monitor
from monitor.feeds.fetch.codings import ACCEPT_ENCODING
from monitor.feeds.servers.habits import Question
from monitor.feeds.transport import DEFAULT_PORTS
from monitor.model import Source, SourceState
from monitor.settings import PollSettings

Lines: TypeAlias = tuple[tuple[bytes, bytes], ...]
Origin: TypeAlias = tuple[str, bytes, int]

ACCEPT = (
    b"application/atom+xml, application/rss+xml, application/rdf+xml, application/feed+json,"
    b" application/xml;q=0.9, text/xml;q=0.9, application/json;q=0.8, */*;q=0.1"
)
KEPT_ADDRESSES = 16_384  # about a kilobyte each
_AGENT = "user-agent"


@dataclass(frozen=True, slots=True)
class Own:
    """The lines that only the origin of a source's url may see."""

    secrets: Lines
    origin: Origin | None = None  # without secrets nothing is compared


def start(question: Question, state: SourceState, source: Source) -> tuple[httpx.URL, Own]:
    """Return the first address, free of credentials, and the lines that only its origin may see."""
    url = _address(question.url)
    home = url if question.url == state.url else _address(state.url)
    lines = [
        (as_bytes(name), as_bytes(value)) for name, value in source.headers if not _is_agent(name)
    ]
    auth = source.auth
    if auth is not None and auth.bearer:
        lines.append((b"Authorization", b"Bearer " + as_bytes(auth.bearer)))
    elif auth is not None or home.userinfo:
        user, password = (auth.user, auth.password) if auth else (home.username, home.password)
        pair = b64encode(f"{user}:{password}".encode())
        lines.append((b"Authorization", b"Basic " + pair))
    if url.userinfo or url.fragment:
        url = url.copy_with(userinfo=b"", fragment=None)
    return url, Own(tuple(lines), origin(home)) if lines else Own(())


def validators(question: Question, url: httpx.URL) -> Lines:
    """Return the question's validators as they came, if they are this address's."""
    if question.etag is None and question.last_modified is None:
        return ()
    if question.validators_url and question.validators_url != str(url):
        return ()
    named = (
        (b"If-None-Match", question.etag),
        (b"If-Modified-Since", question.last_modified),
    )
    return tuple((name, as_bytes(value)) for name, value in named if value)


def own_lines(poll: PollSettings, source: Source) -> Lines:
    """Return the lines that every hop sees."""
    given = source.user_agent
    if source.headers and not given:
        given = next((value for name, value in source.headers if _is_agent(name)), "")
    return _own_lines(poll.contact, given)


def origin(url: httpx.URL) -> Origin | None:
    """Return what must be equal for secrets to go along; None where there is no host to trust."""
    if url.scheme not in DEFAULT_PORTS:
        return None
    return url.scheme, url.raw_host, url.port or DEFAULT_PORTS[url.scheme]


def host_in(url: httpx.URL) -> str:
    """Return the host in its ASCII form, for messages."""
    return url.raw_host.decode("ascii")


def as_bytes(text: str) -> bytes:
    """Encode a header's value: as it came if it came from one, else as UTF-8."""
    try:
        return text.encode("latin-1")
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace")


@lru_cache(maxsize=KEPT_ADDRESSES)
def _address(url: str) -> httpx.URL:
    """Read an address; that costs a twentieth of a poll, and most are met again."""
    return httpx.URL(url)


def _is_agent(name: str) -> bool:
    return name.lower() == _AGENT


@lru_cache(maxsize=64)
def _own_lines(contact: str, agent: str) -> Lines:
    """Return the lines; one contact and a few agents serve a whole configuration."""
    if not agent:
        who = f"+{contact}" if contact else "feed reader"
        agent = f"news-feed-monitor/{monitor.__version__} ({who})"
    return (
        (b"User-Agent", as_bytes(agent)),
        (b"Accept", ACCEPT),
        (b"Accept-Encoding", ACCEPT_ENCODING),
    )
