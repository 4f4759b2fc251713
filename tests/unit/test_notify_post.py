"""What every kind that speaks HTTP has in common."""

import asyncio
import io

import httpx
import pytest
from alert_builders import WEBHOOK_ID, a_message, a_notifier, told
from builders import NOW

from monitor import __version__
from monitor.feeds.transport import BlockedAddress, GuardedTransport, Unsendable
from monitor.model import Dead, Delivered, Retry
from monitor.notify.post import Edge, post
from monitor.testing.server import Answer, LoopbackServer


class Telex:
    """A kind of notifier that nobody else knows: what it says, and how it is answered."""

    def request(self, message, settings, *, webhook_id, now, plain, parent=""):
        words = f"{webhook_id} {now:%H:%M} {plain}".encode()
        return httpx.Request("PUT", settings.url, content=words, headers={"X-Kind": "telex"})

    def classify(self, status, headers, body, *, now):
        return Delivered(ref=f"{status} {body.decode()} {now:%H:%M}")


class Broken(httpx.AsyncBaseTransport):
    """A transport that fails in one way."""

    def __init__(self, error):
        self.error = error

    async def handle_async_request(self, request):
        raise self.error


async def posted(transport, url):
    edge = Edge(
        transport=transport,
        out=io.StringIO(),
        now=lambda: NOW,
        colour=False,
        deadline=asyncio.get_running_loop().time() + 15,
    )
    settings = a_notifier("telex", url)
    return await post(Telex(), a_message(), settings, webhook_id=WEBHOOK_ID, plain=False, edge=edge)


async def test_a_kind_only_says_what_is_sent_and_what_an_answer_means():
    async with LoopbackServer(lambda _: Answer(body=b"so")) as server, GuardedTransport() as door:
        answer = await posted(door, server.url("/x"))
        [request] = server.requests
    assert answer.verdict == Delivered(ref="200 so 21:04")
    assert request.body == f"{WEBHOOK_ID} 21:04 False".encode()
    assert request.header("X-Kind") == "telex"
    assert request.header("User-Agent") == f"news-feed-monitor/{__version__}"
    assert request.header("Accept-Encoding") == "identity"


@pytest.mark.parametrize("kind", ["slack", "webhook"])
async def test_every_request_says_who_asks_and_wants_its_answer_as_it_is(kind):
    _, [request] = await told(kind, Answer(body=b"ok"))
    assert request.header("User-Agent") == f"news-feed-monitor/{__version__}"
    assert request.header("Accept-Encoding") == "identity"


async def test_the_guards_refusals_are_known_by_what_they_are():
    class Deeper(BlockedAddress):
        pass

    blocked = (await posted(Broken(Deeper("private")), "https://x.example/")).verdict
    assert isinstance(blocked, Retry)
    assert blocked.reason.startswith("blocked_address: private")
    unsendable = (await posted(Broken(Unsendable("no port 0")), "https://x.example/")).verdict
    assert unsendable == Dead(reason="unsendable: no port 0", scope="destination")


async def test_a_strangers_error_of_the_same_name_is_no_refusal_of_the_guard():
    stranger = type("BlockedAddress", (Exception,), {})("not ours")
    verdict = (await posted(Broken(stranger), "https://x.example/")).verdict
    assert verdict == Retry(reason="no_answer: not ours", maybe_sent=True)
