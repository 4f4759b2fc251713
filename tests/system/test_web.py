"""The real server on loopback, asked over real sockets."""

import asyncio
import contextlib
import json
import signal
import socket
from dataclasses import dataclass

import httpx
import pytest

from monitor import metrics
from monitor.daemon import Health
from monitor.errors import UnreachableError, UsageError
from monitor.settings import WebSettings
from monitor.web import serve

FINE = Health(live=True, ready=True)
TOKEN = "a-token-of-some-length"


@dataclass
class Site:
    base: str
    port: int
    stop: asyncio.Event
    serving: asyncio.Task

    async def get(self, path, **headers):
        async with httpx.AsyncClient(trust_env=False, timeout=20) as client:
            return await client.get(self.base + path, headers=headers)


@contextlib.asynccontextmanager
async def site(health=lambda: FINE, *, host="127.0.0.1", token=""):
    stop = asyncio.Event()
    bound = asyncio.get_running_loop().create_future()
    async with asyncio.TaskGroup() as group:
        settings = WebSettings(listen=(host, 0), token=token)
        serving = group.create_task(serve(settings, health, stop, bound.set_result))
        address, port = await bound
        name = f"[{address}]" if ":" in address else address
        yield Site(f"http://{name}:{port}", port, stop, serving)
        stop.set()


# --- what is answered -------------------------------------------------------------------------


async def test_a_healthy_daemon_is_live_and_ready():
    async with site() as web:
        live, ready = await web.get("/healthz"), await web.get("/readyz")
    assert (live.status_code, live.json()) == (200, {"live": True, "degraded": False})
    assert (ready.status_code, ready.json()) == (200, {"ready": True, "reasons": []})


async def test_what_keeps_the_daemon_from_being_ready_is_said_in_words():
    async def unwell():
        return Health(live=True, ready=False, reasons=("the store can't be read",))

    async with site(unwell) as web:
        live, ready = await web.get("/healthz"), await web.get("/readyz")
    assert (live.status_code, live.json()) == (200, {"live": True, "degraded": True})
    assert ready.status_code == 503
    assert ready.json() == {"ready": False, "reasons": ["the store can't be read"]}


async def test_a_dead_scheduler_is_told_by_the_status():
    async with site(lambda: Health(live=False, ready=False)) as web:
        assert (await web.get("/healthz")).status_code == 503


async def test_metrics_come_in_the_text_format():
    metrics.PARSER_RESTARTS.inc()
    async with site() as web:
        answer = await web.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    names = {line.split("{")[0].split(" ")[0] for line in answer.text.splitlines()}
    assert {"monitor_build_info", "monitor_parser_restarts_total"} <= names
    assert not [name for name in names if name.endswith("_created")]


async def test_ipv6_loopback_answers_to_its_name():
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        pytest.skip("this machine has no IPv6 loopback")
    async with site(host="::1") as web:
        assert (await web.get("/healthz")).status_code == 200


# --- the gate ---------------------------------------------------------------------------------


async def test_every_answer_forbids_scripts_sniffing_referrers_and_caches():
    async with site() as web:
        answers = [await web.get(path) for path in ("/healthz", "/metrics", "/nothing-here")]
        answers.append(await web.get("/healthz", host="evil.example"))
    assert [answer.status_code for answer in answers] == [200, 200, 404, 421]
    for answer in answers:
        assert answer.headers["content-security-policy"].startswith("default-src 'none'")
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["cache-control"] == "no-store"
        assert "server" not in answer.headers


async def test_an_answer_that_fails_inside_is_dressed_like_the_others():
    def broken():
        raise LookupError("a secret detail")

    async with site(broken) as web:
        answer = await web.get("/readyz")
    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert answer.headers["x-content-type-options"] == "nosniff"


async def test_loopback_answers_to_its_own_names():
    async with site() as web:
        for name in ("127.0.0.1", "localhost", "LOCALHOST", "[::1]"):
            assert (await web.get("/metrics", host=f"{name}:{web.port}")).status_code == 200, name


async def test_another_name_pointed_at_loopback_is_refused():
    async with site() as web:
        for name in ("evil.example:{}", "127.0.0.1", "127.0.0.1.evil.example:{}", ""):
            answer = await web.get("/metrics", host=name.format(web.port))
            assert answer.status_code == 421, name
            assert "monitor_" not in answer.text


async def test_two_hosts_in_one_request_are_refused():
    async with site() as web:
        reader, writer = await asyncio.open_connection("127.0.0.1", web.port)
        own = f"Host: 127.0.0.1:{web.port}\r\n"
        writer.write(f"GET /metrics HTTP/1.1\r\n{own}Host: evil.example\r\n\r\n".encode())
        status = await reader.readline()
        writer.close()
    assert b" 421 " in status


async def test_with_a_token_everything_but_health_asks_for_it():
    wrong = ["Bearer", "Bearer wrong", f"Basic {TOKEN}", f"Bearer {TOKEN}x", "Bearer \u00fc"]
    async with site(token=TOKEN) as web:
        answers = [await web.get("/metrics", authorization=given.encode()) for given in wrong]
        answers += [await web.get(path) for path in ("/metrics", "/readyz", "/nothing-here")]
    for answer in answers:
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"] == "Bearer"
        assert "monitor_" not in answer.text


async def test_with_the_token_everything_answers():
    async with site(token=TOKEN) as web:
        answers = [
            await web.get("/healthz"),
            await web.get("/readyz", authorization=f"Bearer {TOKEN}"),
            await web.get("/metrics", authorization=f"bearer {TOKEN}"),
        ]
    assert [answer.status_code for answer in answers] == [200, 200, 200]


# --- where it listens -------------------------------------------------------------------------


@pytest.mark.parametrize("host", ["0.0.0.0", "::"])
async def test_an_address_others_can_reach_is_refused_without_a_token(host):
    with pytest.raises(UsageError, match=r"web\.token"):
        await serve(WebSettings(listen=(host, 0)), lambda: FINE, asyncio.Event())


async def test_an_address_others_can_reach_answers_to_any_name_with_the_token():
    async with site(host="0.0.0.0", token=TOKEN) as web:
        web.base = f"http://127.0.0.1:{web.port}"
        answer = await web.get("/readyz", host="monitor.example", authorization=f"Bearer {TOKEN}")
    assert answer.status_code == 200


async def test_a_port_in_use_is_named_in_a_sentence():
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(UnreachableError, match=rf"port {port} on 127\.0\.0\.1 is taken"):
            await serve(WebSettings(listen=("127.0.0.1", port)), lambda: FINE, asyncio.Event())


async def test_an_address_of_another_machine_is_named_in_a_sentence():
    with pytest.raises(UnreachableError, match=r"can't listen on 192\.0\.2\.1"):
        await serve(
            WebSettings(listen=("192.0.2.1", 8470), token=TOKEN), lambda: FINE, asyncio.Event()
        )


async def test_switched_off_it_returns_at_once():
    await serve(WebSettings(listen=None), lambda: FINE, asyncio.Event())


# --- the end ----------------------------------------------------------------------------------


async def test_it_leaves_the_signals_to_the_daemon():
    before = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)
    async with site() as web:
        await web.get("/healthz")
        assert (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)) == before


async def test_stopping_frees_the_port_even_with_an_idle_connection_open():
    async with site() as web:
        _, writer = await asyncio.open_connection("127.0.0.1", web.port)
        web.stop.set()
        await web.serving
        writer.close()
    with socket.create_server(("127.0.0.1", web.port)):
        pass


async def test_an_answer_under_way_is_finished_before_the_end():
    asked, go_on = asyncio.Event(), asyncio.Event()

    async def slow():
        asked.set()
        await go_on.wait()
        return FINE

    async with site(slow) as web, asyncio.TaskGroup() as group:
        answer = group.create_task(web.get("/readyz"))
        await asked.wait()
        web.stop.set()
        await asyncio.sleep(0)
        go_on.set()
    assert json.loads(answer.result().text)["ready"] is True
