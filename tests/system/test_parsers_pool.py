"""Real parser processes meet documents that hang them, exhaust them or kill them."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.feeds.parsers.children import remember
from monitor.feeds.parsers.pool import ParserPool
from monitor.feeds.reading.parse import parse
from monitor.model import Document, ErrorKind, Failed

LONG = timedelta(seconds=60)  # no test waits for it
SHORT = timedelta(seconds=0.5)
MIB = 1024 * 1024

# feedparser, which has to read this because of the &, looks for an e-mail address in an author in
# quadratic time.
SLOW = b"<rss><channel><item><author>" + b"a" * 1_000_000 + b" & b</author></item></channel></rss>"
# Each level's base is joined to the one above: their lengths add up to two hundred megabytes.
HUNGRY = (
    b"<feed xmlns='http://www.w3.org/2005/Atom' xml:base='http://x.example/'>"
    + b"".join(b"<x xml:base='%s/'>" % (b"a" * 10_000) for _ in range(200))
    + b"</x>" * 200
    + b"</feed>"
)

linux = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")


def good(number=0, title="Story & more"):
    """Return a document, not well-formed for its &, so that a child must read it."""
    return (
        f"<rss version='2.0'><channel><title>W</title><item><title>{title} {number}</title>"
        f"<link>/{number}</link></item></channel></rss>"
    ).encode()


def simple(number=0):
    """Return a document that needs no child."""
    return good(number, title="Story")


def pids(pool):
    return {child.process.pid for child in pool._children if child.process.returncode is None}


async def until_busy(pool):
    """Wait until a child of the pool has taken a document."""
    while not any(child.documents for child in pool._children):
        await asyncio.sleep(0.01)


async def check_works(pool, times=1):
    for number in range(times):
        parsed = await pool.parse(good(number), url="https://x.example/feed")
        assert parsed == parse(good(number), url="https://x.example/feed")


async def test_a_child_answers_what_parsing_in_place_would():
    page = b"<html><head><title>Sign in</title></head></html>"
    latin = "<rss version='2.0'><channel><item><title>Niño</title></item></channel></rss>".encode(
        "cp1252"
    )
    async with ParserPool(1, deadline=LONG) as pool:
        for body in (good(), page, latin, b"", b"{", b"\x00" * 1000):
            given = {"url": "https://x.example/f", "content_type": "text/xml; charset=windows-1252"}
            assert await pool.parse(body, **given) == parse(body, **given)


async def test_a_simple_document_needs_no_child():
    async with ParserPool(1, deadline=LONG) as pool:
        parsed = await pool.parse(simple(), url="https://x.example/feed")
        assert parsed == parse(simple(), url="https://x.example/feed")
        assert parsed.path == "strict"
        assert pids(pool) == set()


@pytest.mark.parametrize("make", [good, simple])
async def test_known_entries_are_left_out_wherever_a_document_is_read(make):
    async with ParserPool(1, deadline=LONG) as pool:
        before = await pool.parse(make())
        assert len(before.entries) == 1
        after = await pool.parse(make(), known=before.marks)
        assert (after.entries, after.marks, after.title) == ((), before.marks, "W")


async def test_an_articles_page_is_read_in_a_child():
    pytest.importorskip("trafilatura")
    words = "The airspace over the sea was closed by the ministry this morning. " * 20
    page = f"<html><body><nav>Menu</nav><article><p>{words}</p></article></body></html>"
    async with ParserPool(1, deadline=LONG) as pool:
        text = await pool.extract(page.encode(), content_type="text/html")
        assert text.startswith("The airspace")
        assert "Menu" not in text
        assert len(pids(pool)) == 1


class Counting(ThreadPoolExecutor):
    jobs = 0

    def submit(self, *given, **named):
        self.jobs += 1
        return super().submit(*given, **named)


async def test_a_long_answer_is_read_off_the_loop_and_a_short_one_is_not():
    executor = Counting(1)
    asyncio.get_running_loop().set_default_executor(executor)
    item = b"<item><title>Story</title><description>%b</description></item>" % (b"word " * 200)
    huge = b"<rss version='2.0'><channel>" + item * 500 + b"</channel></rss>"
    async with ParserPool(1, deadline=LONG) as pool:
        assert await pool.parse(good()) == parse(good())
        assert executor.jobs == 0
        assert await pool.parse(huge) == parse(huge)
        assert executor.jobs == 1


async def test_a_document_that_hangs_its_parser_fails_and_holds_up_no_other():
    async with ParserPool(2, deadline=SHORT) as pool:
        async with asyncio.TaskGroup() as group:
            hung = group.create_task(pool.parse(SLOW))
            others = [group.create_task(pool.parse(good(n))) for n in range(20)]
        failed = hung.result()
        assert isinstance(failed, Failed)
        assert failed.kind is ErrorKind.PARSE
        assert failed.message == "parsing it took longer than 0.5 s"
        assert all(isinstance(task.result(), Document) for task in others)
        await check_works(pool, times=50)


OFFENDER = "https://slow.example/feed"


async def offend(pool, number=0):
    return await pool.parse(SLOW, url=f"{OFFENDER}{number}")


async def test_a_document_that_hung_its_parser_before_keeps_no_other_waiting():
    async with ParserPool(1, deadline=timedelta(seconds=2)) as pool:
        remember(pool._offenders, f"{OFFENDER}0")
        again = asyncio.ensure_future(offend(pool))
        while not pool._apart.empty():
            await asyncio.sleep(0)
        await check_works(pool, times=5)
        assert not again.done()
        assert "longer than 2 s" in (await again).message
        await check_works(pool)


async def test_of_documents_that_hung_their_parsers_only_one_is_parsed_at_a_time():
    async with ParserPool(3, deadline=SHORT) as pool:
        for number in range(3):
            remember(pool._offenders, f"{OFFENDER}{number}")
        tasks = [asyncio.ensure_future(offend(pool, number)) for number in range(3)]
        while not all(task.done() for task in tasks):
            assert pool._free.qsize() == 3
            await asyncio.sleep(0.01)
        messages = [task.result().message for task in tasks]
        assert any("longer than" in message for message in messages)
        assert any("stopped last time" in message for message in messages)
        await check_works(pool, times=5)


async def test_a_document_that_is_mended_is_an_offender_no_more():
    async with ParserPool(1, deadline=SHORT) as pool:
        await offend(pool)
        assert isinstance(await pool.parse(good(), url=f"{OFFENDER}0"), Document)
        assert not pool._offenders


async def test_no_more_offenders_areremembered_than_a_limit():
    async with ParserPool(1) as pool:
        for number in range(2_000):
            remember(pool._offenders, str(number))
        assert len(pool._offenders) == 1_024
        assert "1999" in pool._offenders


async def test_an_address_whose_document_was_flawed_is_not_tried_at_once_until_it_is_mended():
    async with ParserPool(1) as pool:
        for body in (good(1), simple(2), simple(3)):
            parsed = await pool.parse(body, url="https://x.example/f")
            assert parsed == parse(body, url="https://x.example/f")
        (child,) = pool._children
        assert child.documents == 2


async def test_no_more_flawed_addresses_areremembered_than_a_limit():
    async with ParserPool(1) as pool:
        for number in range(1_100):
            await pool.parse(good(), url=f"https://x.example/{number}")
        assert len(pool._flawed) == 1_024


async def test_a_document_that_exhausts_memory_fails_alone():
    async with ParserPool(1, deadline=LONG, memory=128 * MIB) as pool:
        await check_works(pool)
        failed = await pool.parse(HUNGRY)
        assert isinstance(failed, Failed)
        assert failed.kind is ErrorKind.PARSE
        assert "memory" in failed.message
        await check_works(pool, times=50)


async def test_a_child_killed_over_a_document_is_reported_and_replaced():
    async with ParserPool(1, deadline=LONG) as pool:
        async with asyncio.TaskGroup() as group:
            task = group.create_task(pool.parse(SLOW))
            await until_busy(pool)
            (pid,) = pids(pool)
            os.kill(pid, signal.SIGSEGV)
        assert isinstance(task.result(), Failed)
        assert "signal 11" in task.result().message
        await check_works(pool, times=50)


async def test_a_child_killed_while_idle_costs_no_document():
    async with ParserPool(1, deadline=LONG) as pool:
        await check_works(pool)
        (pid,) = pids(pool)
        os.kill(pid, signal.SIGKILL)
        while pids(pool):
            await asyncio.sleep(0.01)
        await check_works(pool)


async def test_a_caller_who_gives_up_leaves_no_answer_to_the_next():
    async with ParserPool(1, deadline=LONG) as pool:
        task = asyncio.ensure_future(pool.parse(SLOW))
        await until_busy(pool)
        (pid,) = pids(pool)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await check_works(pool)
        assert pid not in pids(pool)


async def test_a_caller_who_gives_up_in_the_queue_takes_no_process_away():
    async with ParserPool(1, deadline=SHORT) as pool:
        busy = asyncio.ensure_future(pool.parse(SLOW))
        await until_busy(pool)
        waiting = asyncio.ensure_future(pool.parse(good()))
        await asyncio.sleep(0)
        waiting.cancel()
        assert isinstance(await busy, Failed)
        await check_works(pool, times=3)


async def test_processes_start_when_needed_are_no_more_than_allowed_and_end_with_the_pool():
    async with ParserPool(2, deadline=LONG) as pool:
        assert pids(pool) == set()
        await check_works(pool, times=3)
        assert len(pids(pool)) == 1
        async with asyncio.TaskGroup() as group:
            for number in range(20):
                group.create_task(pool.parse(good(number)))
        assert len(pids(pool)) <= 2
        left = pids(pool)
    for pid in left:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


async def test_a_child_is_replaced_after_so_many_documents():
    async with ParserPool(1, deadline=LONG, recycle_after=2) as pool:
        seen = set()
        for _ in range(6):
            await check_works(pool)
            seen |= {child.process.pid for child in pool._children}
        assert len(seen) == 3


@linux
async def test_a_child_that_holds_a_quarter_of_its_memory_is_replaced():
    async with ParserPool(1, deadline=LONG, memory=72 * MIB) as pool:  # Python alone holds 20
        await check_works(pool)
        before = pids(pool)
        await check_works(pool)
        assert pids(pool).isdisjoint(before)


async def test_a_body_that_is_a_path_or_an_address_is_neither_opened_nor_fetched(tmp_path):
    feed = tmp_path / "feed.xml"
    feed.write_bytes(good())
    async with ParserPool(1, deadline=LONG) as pool:
        for body in (
            str(feed).encode(),
            b"/dev/zero",
            b"http://127.0.0.1:9/",
            b"file:///etc/hostname",
        ):
            failed = await pool.parse(body)
            assert isinstance(failed, Failed)
            assert failed.kind is ErrorKind.NOT_A_FEED


@linux
async def test_a_child_sees_no_secrets_and_may_do_little(monkeypatch):
    monkeypatch.setenv("SLACK_WEBHOOK_URL", "https://hooks.example/planted")
    async with ParserPool(1, deadline=LONG) as pool:
        await check_works(pool)
        (pid,) = pids(pool)
        process = Path("/proc") / str(pid)
        assert b"planted" not in process.joinpath("environ").read_bytes()
        limits = process.joinpath("limits").read_text()
        rows = {line[:26].strip(): line[26:].split()[:2] for line in limits.splitlines()}
        assert rows["Max address space"] == [str(1024 * MIB)] * 2
        assert rows["Max file size"] == ["0", "0"]
        assert rows["Max open files"] == ["16", "16"]
        assert rows["Max processes"] == ["0", "0"]
        assert {int(file.name) for file in process.joinpath("fd").iterdir()} == {0, 1, 2}


@linux
def test_children_end_when_the_daemon_is_killed():
    program = (
        "import asyncio\nfrom monitor.feeds.parsers.pool import ParserPool\n"
        "async def main():\n"
        "    pool = ParserPool(1)\n"
        "    await pool.parse(b'<rss/>')\n"
        "    print(*(child.process.pid for child in pool._children), flush=True)\n"
        "    await asyncio.sleep(60)\n"
        "asyncio.run(main())\n"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE) as parent:
        child = Path("/proc") / parent.stdout.readline().decode().strip()
        assert child.name.isdigit()
        parent.kill()
        parent.wait()
    while child.exists() and "State:\tZ" not in child.joinpath("status").read_text():
        time.sleep(0.01)


def test_the_pool_works_under_uvloop():
    uvloop = pytest.importorskip("uvloop")

    async def main():
        async with ParserPool(2, deadline=SHORT) as pool:
            assert isinstance(await pool.parse(SLOW), Failed)
            await check_works(pool, times=5)
            task = asyncio.ensure_future(pool.parse(SLOW))
            await until_busy(pool)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            await check_works(pool)

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(main())


@pytest.mark.parametrize(
    "answer", [r"\000\000\000\002\000{}", r"\000\000\000\002\000[]", r"\377\377\377\377\000"]
)
async def test_a_child_that_was_taken_over_can_only_fail_its_document(
    monkeypatch, tmp_path, answer
):
    taken = tmp_path / "python"
    lines = (
        "#!/bin/sh",
        r"printf '\006'",
        "head -c 20 >/dev/null",
        f"printf '{answer}'",
        "sleep 60",
    )
    taken.write_text("\n".join(lines))
    taken.chmod(0o700)
    monkeypatch.setattr(sys, "executable", str(taken))
    async with ParserPool(1, deadline=LONG) as pool:
        failed = await pool.parse(good())
        assert isinstance(failed, Failed)
        assert "can't be used" in failed.message
        while pids(pool):
            await asyncio.sleep(0.01)


async def test_a_parser_that_can_not_be_started_fails_the_document(monkeypatch):
    monkeypatch.setattr(sys, "executable", "/nonexistent/python")
    async with ParserPool(1) as pool:
        failed = await pool.parse(good())
    assert isinstance(failed, Failed)
    assert "could not be started" in failed.message
