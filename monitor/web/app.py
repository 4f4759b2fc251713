"""What the monitor answers over HTTP, and the gate every request passes first."""

from collections.abc import Awaitable, Callable, Collection
from hmac import compare_digest
from inspect import isawaitable
from typing import TYPE_CHECKING, TypeAlias

from starlette.applications import Starlette
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from monitor import metrics

if TYPE_CHECKING:
    from monitor.daemon import Health

AskHealth: TypeAlias = "Callable[[], Health | Awaitable[Health]]"

# Whoever restarts a dead daemon has no token, and learns no more than that it is dead.
OPEN_PATHS = frozenset({"/healthz"})
SAFE_HEADERS = {
    "content-security-policy": "default-src 'none'; base-uri 'none'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
}


def application(health: AskHealth, *, token: str = "", hosts: Collection[str] = ()) -> ASGIApp:
    """Return the whole application.

    With a token everything but /healthz asks for it. With `hosts`, requests for any other Host
    are refused: a page elsewhere may point its own name at a loopback address (DNS rebinding).
    """

    async def live(_: Request) -> Response:
        answer = await _ask(health)
        return JSONResponse(
            {"live": answer.live, "degraded": not answer.ready}, 200 if answer.live else 503
        )

    async def ready(_: Request) -> Response:
        answer = await _ask(health)
        body = {"ready": answer.ready, "reasons": list(answer.reasons)}
        return JSONResponse(body, 200 if answer.ready else 503)

    async def scrape(_: Request) -> Response:
        return Response(metrics.exposition(), headers={"content-type": metrics.CONTENT_TYPE})

    routes = [Route("/healthz", live), Route("/readyz", ready), Route("/metrics", scrape)]
    return _gated(Starlette(routes=routes), token=token.encode(), hosts=frozenset(hosts))


async def _ask(health: AskHealth) -> "Health":
    answer = health()
    return await answer if isawaitable(answer) else answer


def _gated(app: ASGIApp, *, token: bytes, hosts: frozenset[str]) -> ASGIApp:
    async def gate(scope: Scope, receive: Receive, send: Send) -> None:
        async def send_safely(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(SAFE_HEADERS)
            await send(message)

        answer = _refusal(scope, token=token, hosts=hosts) or app
        await answer(scope, receive, send_safely)

    return gate


def _refusal(scope: Scope, *, token: bytes, hosts: frozenset[str]) -> Response | None:
    headers = Headers(scope=scope)
    if hosts and not hosts.issuperset(map(str.lower, headers.getlist("host") or [""])):
        return PlainTextResponse("This address answers to its own name only.\n", 421)
    if token and scope["path"] not in OPEN_PATHS and not _carries(headers, token):
        return PlainTextResponse(
            "Send the token: Authorization: Bearer …\n", 401, {"www-authenticate": "Bearer"}
        )
    return None


def _carries(headers: Headers, token: bytes) -> bool:
    scheme, _, given = headers.get("authorization", "").partition(" ")
    return scheme.lower() == "bearer" and compare_digest(given.strip().encode("latin-1"), token)
