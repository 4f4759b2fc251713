"""Alerts on a terminal."""

import io

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
    assert verdict.reason.startswith("not_written")
