"""Visit a source once: a conditional GET, its redirects, its body, and what went wrong, as a value.

All hops and the body share one deadline, which stands still while a visit waits to be let in at
another host. Nothing but cancellation escapes, whatever a server does.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeAlias

import httpx

from monitor.feeds.fetch.body import read, read_start
from monitor.feeds.fetch.faults import failed
from monitor.feeds.fetch.hops import MAX_HOPS, STATUSES, Hop, Trail, follow
from monitor.feeds.fetch.request import Lines, host_in, origin, own_lines, start, validators
from monitor.feeds.redaction import redact_url
from monitor.feeds.servers import answers
from monitor.feeds.servers.habits import Question, ask
from monitor.feeds.urls import host_of
from monitor.model import ErrorKind, Failed, Outcome, Source, SourceState
from monitor.settings import PollSettings

# Called before a redirect is followed, with the address it leads to; a failure ends the visit.
Enter: TypeAlias = Callable[[str], Awaitable[Failed | None]]

# Given as a stream, since httpx looks for what to add to the lines of any other request.
_NOTHING = httpx.ByteStream(b"")
_PUZZLING = frozenset({403, 405, 429, 503})  # statuses that challenges for browsers come with


@dataclass(frozen=True, slots=True, kw_only=True)
class _Visit:
    """What stays the same over all hops."""

    host: str  # of the address asked; the address itself where it has none
    question: Question
    state: SourceState
    source: Source
    poll: PollSettings
    transport: httpx.AsyncBaseTransport
    now: Callable[[], datetime]
    enter: Enter | None
    deadline: asyncio.Timeout


async def fetch(
    state: SourceState,
    source: Source,
    poll: PollSettings,
    transport: httpx.AsyncBaseTransport,
    *,
    now: Callable[[], datetime],
    question: Question | None = None,
    enter: Enter | None = None,
) -> Outcome:
    """Fetch a source's document, unless it is the one its validators tell of.

    Without a question it is the one that the state's habits lead to. Validators are echoed byte
    for byte, and only to the address they came from. The source's own headers and credentials
    stay with the origin of its own url. `enter` lets a visit in where redirects lead. Messages are
    clean. Only cancellation is raised.
    """
    question = question or ask(state, None, now())
    host = host_of(question.url) or redact_url(question.url)
    visit = _Visit(
        host=host,
        question=question,
        state=state,
        source=source,
        poll=poll,
        transport=transport,
        now=now,
        enter=enter,
        deadline=asyncio.timeout(poll.timeout.total_seconds()),
    )
    try:
        async with visit.deadline:
            outcome = await _follow(visit)
    except TimeoutError:
        message = f"{host} did not answer whole within {poll.timeout.total_seconds():g} s"
        outcome = Failed(kind=ErrorKind.TIMEOUT, message=message)
    except Exception as error:  # noqa: BLE001 - whatever a server does, a poll ends with a value
        outcome = failed(error, host, question.url)
    return answers.presentable(outcome) if isinstance(outcome, Failed) else outcome


async def _follow(visit: _Visit) -> Outcome:
    """Go from hop to hop until one answers with something else than another address."""
    url, own = start(visit.question, visit.state, visit.source)
    secrets = own.secrets if origin(url) == own.origin else ()
    trail = Trail(url)
    while trail.hops <= MAX_HOPS:
        step = await _ask(visit, url, secrets)
        if not isinstance(step, Hop):
            outcome = _explained(step) if own.secrets and not secrets else step
            return trail.told(outcome)
        if not trail.goes(step):
            message = f"{host_in(url)} sends us round in a circle"
            return trail.told(Failed(kind=ErrorKind.REDIRECT, message=message))
        if origin(step.url) != origin(url):
            secrets = ()
        if refused := await _enter(visit, step.url):
            return trail.told(refused)
        url = step.url
    message = f"{visit.host} redirects more than {MAX_HOPS} times"
    return trail.told(Failed(kind=ErrorKind.REDIRECT, message=message))


async def _enter(visit: _Visit, url: httpx.URL) -> Failed | None:
    """Wait until a redirect may be followed; no server is to blame for the time that takes."""
    if visit.enter is None:
        return None
    loop, due = asyncio.get_running_loop(), visit.deadline.when()
    began = loop.time()
    visit.deadline.reschedule(None)
    refused = await visit.enter(str(url))
    visit.deadline.reschedule(due and due + loop.time() - began)
    return refused


async def _ask(
    visit: _Visit, url: httpx.URL, secrets: Lines, *, again: bool = False
) -> Outcome | Hop:
    """Send one request; return what it comes to, or where it leads."""
    conditions = validators(visit.question, url)
    lines = ((b"Host", url.netloc), *own_lines(visit.poll, visit.source))
    if secrets:
        own = {name.lower() for name, _ in secrets}
        lines = tuple([line for line in lines if line[0].lower() not in own])
    request = httpx.Request(
        "GET",
        url,
        headers=[*lines, *conditions, *secrets],
        stream=_NOTHING,
        extensions={
            "allow_networks": visit.poll.allow_networks,
            # Whoever accepts any certificate accepts it from this host, not from where it leads.
            "verify_tls": visit.source.verify_tls or host_in(url) != host_of(visit.source.url),
            "proxy": visit.source.proxy,
        },
    )
    response = await visit.transport.handle_async_request(request)
    try:
        if response.status_code != 304 or conditions:
            return await _read(visit, url, response, conditional=bool(conditions))
    finally:
        await response.aclose()
    if not again:
        return await _ask(visit, url, secrets, again=True)
    message = f"{host_in(url)} says that nothing has changed, which was not the question"
    return Failed(kind=ErrorKind.EMPTY, message=message, status=304)


async def _read(
    visit: _Visit, url: httpx.URL, response: httpx.Response, *, conditional: bool
) -> Outcome | Hop:
    """Turn an answer into an outcome, or into where it leads."""
    head = answers.Head(
        url=str(url),
        host=host_in(url),
        status=response.status_code,
        headers=_headers(response),
        now=visit.now(),
    )
    if head.status in STATUSES:
        return follow(url, head.status, head.headers.get("location", ""))
    if head.status == 304:
        return answers.not_modified(head)
    if 200 <= head.status < 300:
        body = await read(response, head, visit.poll.max_bytes)
        if isinstance(body, Failed):
            return body
        return answers.document(head, body, conditional=conditional)
    beginning = await read_start(response, head) if head.status in _PUZZLING else b""
    return answers.failure(head, beginning)


def _headers(response: httpx.Response) -> dict[str, str]:
    """Return the head with the first value of each name; Cache-Control's are joined."""
    headers: dict[str, str] = {}
    for name, value in response.headers.raw:
        key = name.decode("latin-1").lower()
        if key not in headers:
            headers[key] = value.decode("latin-1")
        elif key == "cache-control":
            headers[key] += "," + value.decode("latin-1")
    return headers


def _explained(outcome: Outcome) -> Outcome:
    """Say why a source with credentials is asked for some."""
    if not isinstance(outcome, Failed) or outcome.kind is not ErrorKind.AUTH:
        return outcome
    why = "the source's own were kept back, because its address redirects to another origin"
    return replace(outcome, message=f"{outcome.message}; {why}")
