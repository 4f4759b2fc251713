"""What the pages tell people to type works: every YAML block loads, every command runs."""

import re
import shlex
from pathlib import Path

import pytest
from desk import Desk, rss

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")), ROOT / "deploy" / "README.md"]
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\((?!https?://|#)([^)#]+)")

# Commands that can't be run as they stand, each with what runs instead.
ELSEWHERE = {
    "make": "CI calls it; tests/system/test_demo.py plays the demo",
    "mkdir": "the test's own folder",
    "export": "set for every command below",
    "sudo": "needs a server; tests/docs/test_deploy.py checks the files it installs",
    "docker": "needs an engine; tests/docs/test_deploy.py checks the files it reads",
    "run": "never ends; tests/system/test_main_job.py runs it",
    "send-test": "sends to the real Slack; tests/system/test_commands.py sends to a loopback one",
}
# What the pages leave to the environment.
OUTSIDE = {
    "SLACK_WEBHOOK_URL": "https://hooks.slack.example/services/T/B/x",
    "SLACK_BOT_TOKEN": "xoxb-1",
    "DISCORD_WEBHOOK_URL": "https://discord.example/api/webhooks/1/x",
    "TEAMS_WEBHOOK_URL": "https://teams.example/workflows/x?sig=y",
    "MATTERMOST_WEBHOOK_URL": "https://chat.example/hooks/x",
    "NTFY_TOKEN": "tk_1",
    "PAGERDUTY_ROUTING_KEY": "0123456789abcdef0123456789abcdef",
    "SMTP_PASSWORD": "secret",
    "APPRISE_URL": "tgram://token/chat",
    "SIEM_SECRET": "whsec_bG9vcGJhY2sgbG9vcGJhY2sgbG9vcGJhY2shIQ==",
}
# Commands whose answer is no on a fresh desk.
ANSWERS_NO = {"status", "explain"}


def blocks(page, language):
    return [text for kind, text in BLOCK.findall(page.read_text()) if kind == language]


# One is generated; its examples are checked where it is made.
CONFIGURED = [page for page in PAGES if page.name != "configuration.md" and blocks(page, "yaml")]


def commands():
    for page in PAGES:
        for block in blocks(page, "console"):
            for line in block.splitlines():
                if line.startswith("$ "):
                    yield page.name, line[2:].split("#")[0].strip()


def test_every_link_leads_to_a_file():
    for page in PAGES:
        for target in LINK.findall(page.read_text()):
            assert (page.parent / target).exists(), f"{page.name} links to {target}"


@pytest.fixture
async def desk(tmp_path):
    async with Desk(tmp_path) as desk:
        yield desk


@pytest.mark.parametrize("page", CONFIGURED, ids=lambda page: page.name)
async def test_every_yaml_block_is_a_valid_configuration(desk, monkeypatch, page):
    for name, value in OUTSIDE.items():
        monkeypatch.setenv(name, value)
    for block in blocks(page, "yaml"):
        (desk.folder / "config.yaml").write_text(block)
        ran = await desk.run("check")
        assert ran.code == 0, f"{page.name}:\n{block}\n{ran.err}"
        assert (await desk.run("test")).code == 0, f"{page.name}:\n{block}"


async def test_every_command_runs_or_says_where_it_is_tried(desk):
    assert (await desk.run("init")).code == 0
    first_steps = (ROOT / "docs" / "first-steps.md").read_text()
    config = desk.folder / "config.yaml"
    config.write_text(_with_watchlist(config.read_text(), first_steps))
    (desk.folder / "feed.xml").write_bytes(rss("One"))
    for page, line in commands():
        words = shlex.split(line)
        if words[0] in ELSEWHERE or (words[0] == "cd" and len(words) == 2):
            continue
        assert words[0].endswith("monitor"), f"{page}: {line}"
        if words[1] in ELSEWHERE:
            continue
        # `init` has been called; it refuses to write over what is there.
        wanted = {3} if words[1] == "init" else {1} if words[1] in ANSWERS_NO else {0}
        ran = await desk.run(*(word.replace("NOTIFIER", "console") for word in words[1:]))
        assert ran.code in wanted, f"{page}: {line}\n{ran.out}{ran.err}"


def _with_watchlist(config, first_steps):
    [block] = [b for b in BLOCK.findall(first_steps) if "orinoco" in b[1] and b[0] == "yaml"]
    added = block[1].removeprefix("watchlists:\n")
    return config.replace("watchlists:\n", f"watchlists:\n{added}", 1)
