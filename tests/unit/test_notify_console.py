"""Alerts on a terminal."""

import asyncio
import contextlib
import io
import os
from datetime import timedelta

import pytest
from alert_builders import a_message, a_notifier, an_alert, attempt

from monitor.alerts.render import message
from monitor.model import Delivered, Retry, Severity

CONSOLE = a_notifier("console")


async def test_an_alert_is_a_block_of_lines_and_an_empty_line():
    out = io.StringIO()
    told = await attempt(CONSOLE, out=out)
    assert told.verdict == Delivered()
    assert out.getvalue().startswith("HIGH airspace · new story\nTrump says")
    assert out.getvalue().endswith("\n\n")
    assert "\x1b" not in out.getvalue()


@pytest.mark.parametrize("severity", Severity)
async def test_colour_marks_the_severity_and_what_matched(severity):
    out = io.StringIO()
    await attempt(CONSOLE, message(an_alert(severity=severity)), out=out, colour=True)
    first, headline, *_ = out.getvalue().split("\n")
    assert first.startswith("\x1b[1;")
    assert f"m{severity.upper()}\x1b[0m " in first
    assert headline == "Trump says Venezuelan \x1b[1mairspace\x1b[0m is closed"


async def test_a_feed_cannot_move_the_cursor():
    out = io.StringIO()
    await attempt(CONSOLE, a_message(title="a\x1b[2J\x9b31m\rb\u202ec"), out=out)
    assert "\na[2J31m bc\n" in out.getvalue()


async def test_a_stream_that_knows_few_letters_still_gets_the_alert():
    raw = io.BytesIO()
    out = io.TextIOWrapper(raw, encoding="ascii")
    assert (await attempt(CONSOLE, a_message(title="Мадуро"), out=out)).verdict == Delivered()
    assert b"??????" in raw.getvalue()


async def test_a_closed_stream_is_tried_again():
    out = io.StringIO()
    out.close()
    verdict = (await attempt(CONSOLE, out=out)).verdict
    assert isinstance(verdict, Retry)
    assert verdict.reason.startswith("not_sent: ")
    assert verdict.scope == "destination"


@contextlib.contextmanager
def a_pipe():
    """A pipe's end to read from, unbuffered, and one to write text into."""
    reading, writing = os.pipe()
    out = os.fdopen(writing, "w", encoding="utf-8")
    reader = os.fdopen(reading, "rb", buffering=0)
    try:
        yield reader, out
    finally:
        reader.close()
        with contextlib.suppress(OSError):
            out.close()


def fill(out):
    os.set_blocking(out.fileno(), False)
    with contextlib.suppress(BlockingIOError):
        while True:
            os.write(out.fileno(), b"." * 4096)
    os.set_blocking(out.fileno(), True)


@pytest.mark.timeout(30)
async def test_a_reader_that_stops_reading_holds_up_nothing_else():
    turns = 0

    async def live():
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0.01)

    with a_pipe() as (reader, out):
        fill(out)
        other = asyncio.ensure_future(live())
        told = [await attempt(CONSOLE, out=out, deadline=timedelta(seconds=0.3)) for _ in range(2)]
        other.cancel()
        while b"3f2a9c1e" not in reader.read(65_536):
            pass
        assert (await attempt(CONSOLE, out=out)).verdict == Delivered()
    assert turns > 5
    for each in told:
        assert isinstance(each.verdict, Retry)
        assert each.verdict.reason.startswith("not_sent: ")
        assert (each.verdict.scope, each.verdict.maybe_sent) == ("destination", True)


async def test_a_reader_that_is_gone_is_tried_again():
    with a_pipe() as (reader, out):
        reader.close()
        verdict = (await attempt(CONSOLE, out=out)).verdict
    assert isinstance(verdict, Retry)
    assert verdict.reason.startswith("not_sent: ")
    assert verdict.scope == "destination"
