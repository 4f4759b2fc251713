"""A command loads what it needs and nothing else: that decides how soon it answers."""

from pathlib import Path

import httpx
import pytest
from desk import Desk, rss

LATER = {  # what only some configurations, or something to do, should load
    "alembic",
    "apscheduler",
    "feedparser",
    "monitor.daemon",
    "monitor.demo",
    "monitor.feeds.opml",
    "monitor.feeds.reading.strict",
    "monitor.notify",
    "monitor.testing",
    "monitor.web",
    "prometheus_client",
    "psycopg",
    "publicsuffixlist",
    "rich",
    "sqlalchemy.dialects.postgresql",
    "sqlalchemy.ext",
    "sqlalchemy.orm",
    "starlette",
    "trafilatura",
    "uvicorn",
}
NETWORK = {"httpx", "uvloop", "monitor.pipeline"}
STORE = {"sqlalchemy", "monitor.store"}
CONFIG = {"pydantic", "yaml", "monitor.config", "monitor.watch"}


@pytest.fixture
async def desk(tmp_path, monkeypatch):
    async with Desk(tmp_path) as desk:
        desk.publish("/wire", rss("Rain"))
        desk.configure()
        assert (await desk.run("poll", "--all")).code == 0
        # Python itself says on stderr what it imports; the parser processes don't get the wish.
        monkeypatch.setenv("PYTHONPROFILEIMPORTTIME", "1")
        yield desk


async def _loaded(desk: Desk, command: str) -> set[str]:
    ran = await desk.run(*command.split())
    lines = [line for line in ran.err.splitlines() if line.startswith("import time:")]
    assert len(lines) > 50, ran.err
    return {line.rpartition("|")[2].strip() for line in lines}


@pytest.mark.parametrize(
    ("command", "unneeded"),
    [
        ("--version", LATER | NETWORK | STORE | CONFIG),
        ("--help", LATER | NETWORK | STORE | CONFIG),
        ("completion bash", LATER | NETWORK | STORE | CONFIG),
        ("check", LATER | NETWORK | {"fasttext", "sqlalchemy"}),
        ("status", LATER | NETWORK),
        ("sources list", LATER | NETWORK),
        ("deliveries", LATER | NETWORK),
        ("poll --all", LATER),
    ],
)
async def test_a_command_loads_no_more_than_it_needs(desk, command, unneeded):
    assert await _loaded(desk, command) & unneeded == set()


async def test_the_parser_process_alone_knows_feedparser(desk):
    desk.publish("/wire", b"<rss><channel><item><title>Maduro & rain</title></item></channel>")
    loaded = await _loaded(desk, "poll --all")
    assert "monitor.feeds.reading.strict" in loaded
    assert "feedparser" not in loaded


def test_httpx_still_imports_its_command_line_by_itself():
    # When it no longer does, _start_lightly of monitor.cli needn't keep it from that.
    assert "from ._main import" in Path(httpx.__file__).read_text()
