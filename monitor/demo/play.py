"""Plays the newsroom against the real daemon, and holds what arrives against what was promised."""

import asyncio
import os
import signal
import sys
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from monitor.demo import script
from monitor.demo.outlets import OUTLETS, Piece
from monitor.demo.script import Release
from monitor.testing.newsroom import Newsroom
from monitor.testing.receivers import SlackReceiver, WebhookReceiver, rate_limit, show_slack
from monitor.testing.server import LoopbackServer

SECRET = "whsec_bG9vcGJhY2sgbG9vcGJhY2sgbG9vcGJhY2shIQ=="  # noqa: S105 - for the loopback alone
PATHS = {outlet.slug: outlet.path for outlet in OUTLETS}
RATE_LIMIT_SECONDS = 2


class DaemonEndedError(Exception):
    """The daemon ended by itself, which it never should."""


@dataclass(frozen=True, slots=True)
class Promise:
    """One line of the table at the end."""

    text: str
    seen: str
    kept: bool


@dataclass(slots=True)
class Stage:
    """The newsroom, the two destinations, the daemon's process, and what was said of them."""

    folder: Path
    now: Callable[[], datetime]
    say: Callable[[str], None]
    newsroom: Newsroom
    slack: SlackReceiver
    siem: WebhookReceiver
    pieces: dict[str, list[Piece]] = field(default_factory=dict)
    promises: list[Promise] = field(default_factory=list)
    daemon: asyncio.subprocess.Process | None = None

    def publish(self, releases: Iterable[Release]) -> None:
        """Put each article at the top of its outlet's feed."""
        for release in releases:
            self.pieces.setdefault(release.slug, []).insert(0, release.piece)
        for outlet in OUTLETS:
            body, headers = outlet.document(tuple(self.pieces.get(outlet.slug, ())))
            self.newsroom.publish(outlet.path, body, headers)

    async def start_daemon(self) -> None:
        """Start `monitor run` as a process of its own, with its log in a file."""
        with (self.folder / "monitor.log").open("ab") as log:
            self.daemon = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "monitor",
                "run",
                "-c",
                "config.yaml",
                cwd=self.folder,
                stdout=log,
                stderr=log,
                env={**os.environ, "PYTHONUNBUFFERED": "1"},
            )

    async def end_daemon(self, how: signal.Signals) -> int | None:
        """Send the daemon a signal and return its exit code."""
        if self.daemon is None or self.daemon.returncode is not None:
            return self.daemon.returncode if self.daemon else None
        self.daemon.send_signal(how)
        return await self.daemon.wait()

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait until something is so. Raises DaemonEndedError if the daemon ends before it is."""
        while not condition():
            if self.daemon is not None and self.daemon.returncode is not None:
                raise DaemonEndedError
            await asyncio.sleep(0.02)

    async def quiet(self) -> None:
        """Let the daemon poll every feed twice more, so that what was to come has come."""
        alive = [path for path in PATHS.values() if path not in self.newsroom.down]
        before = {path: self.newsroom.count(path, 200, 304) for path in alive}
        await self.until(
            lambda: all(self.newsroom.count(p, 200, 304) >= before[p] + 2 for p in alive)
        )

    def titles(self, watchlist: str = "") -> list[str]:
        """Return the headlines that arrived at the webhook, in order, of one watchlist or all."""
        return [
            str(receipt.message["data"]["item"]["title"])
            for receipt in self.siem.verified
            if watchlist in ("", receipt.message["data"]["watchlist"]["name"])
        ]

    def promise(self, text: str, seen: str, *, kept: bool) -> None:
        """Note whether a promise was kept."""
        self.promises.append(Promise(text, seen, kept))


async def play(now: Callable[[], datetime], say: Callable[[str], None], seconds: float) -> bool:
    """Play the whole script within `seconds`; return whether every promise was kept."""
    with tempfile.TemporaryDirectory(prefix="monitor-demo-") as folder:
        newsroom = Newsroom()
        slack = SlackReceiver()
        siem = WebhookReceiver(secrets=(SECRET,), now=now)
        async with LoopbackServer(newsroom) as server, slack, siem:
            stage = Stage(Path(folder), now, say, newsroom, slack, siem)
            _write_config(stage, server)
            printer = asyncio.ensure_future(_print_alerts(stage))
            try:
                async with asyncio.timeout(seconds):
                    await _acts(stage)
            except TimeoutError:
                stage.promise("it ends in time", f"not within {seconds:g} s", kept=False)
            except DaemonEndedError:
                stage.promise("the daemon stays up", "it ended; its log is above", kept=False)
            finally:
                printer.cancel()
                await stage.end_daemon(signal.SIGKILL)
            kept = all(promise.kept for promise in stage.promises)
            if not kept:
                say((stage.folder / "monitor.log").read_text(errors="replace")[-4000:])
    _table(stage.promises, say)
    return kept


def _write_config(stage: Stage, server: LoopbackServer) -> None:
    sources = "\n".join(
        f'  - {{url: "{server.url(outlet.path)}", name: "{outlet.name}"}}' for outlet in OUTLETS
    )
    text = script.CONFIG.format(
        sources=sources, slack=stage.slack.url, webhook=stage.siem.url, secret=SECRET
    )
    (stage.folder / "config.yaml").write_text(text, encoding="utf-8")


async def _print_alerts(stage: Stage) -> None:
    shown = 0
    while True:
        for payload in stage.slack.received[shown:]:
            shown += 1
            stage.say("\n".join(f"    │ {line}" for line in show_slack(payload).split("\n")) + "\n")
        await asyncio.sleep(0.05)


async def _acts(stage: Stage) -> None:
    await _first_polls(stage)
    await _the_call(stage)
    await _the_closure(stage)
    await _the_outage(stage)
    await _the_crash(stage)
    await _the_end(stage)


async def _first_polls(stage: Stage) -> None:
    stage.say("Ten feeds in seven formats go on air at 127.0.0.1; `monitor run` starts.\n")
    stage.publish(script.backlog(stage.now()))
    await stage.start_daemon()
    await stage.until(lambda: all(stage.newsroom.count(p, 304) for p in PATHS.values()))
    read = sum(stage.newsroom.count(path, 200) == 1 for path in PATHS.values())
    stage.promise(
        "ten feeds, seven formats: each read once, then 304", f"{read} of 10", kept=read == 10
    )
    stage.promise(
        "what stood in a feed at first sight does not alert",
        f"{len(stage.siem.receipts)} alerts",
        kept=not stage.siem.receipts,
    )


async def _the_call(stage: Stage) -> None:
    stage.say("A wire has the call and three outlets follow; two articles try to fool us.\n")
    wire, *followers = script.the_call(stage.now())
    stage.publish([wire])
    await stage.until(lambda: len(stage.slack.received) >= 1)
    stage.publish([*followers, *script.the_decoys(stage.now())])
    await stage.until(lambda: len(stage.slack.received) >= 2 and len(stage.siem.verified) >= 2)
    await stage.quiet()
    titles = stage.titles("venezuela-crisis")
    stage.promise(
        "the call: one alert for three copies, one for the Spanish report",
        f"{len(titles)} alerts",
        kept=len(titles) == 2 and any("reconoce" in title for title in titles),
    )
    fooled = [title for title in stage.titles() if "cigars" in title or "Rovers" in title]
    stage.promise("maduro cigars, Maduro Rovers: nothing", f"{len(fooled)} alerts", kept=not fooled)


async def _the_closure(stage: Stage) -> None:
    stage.say("Slack answers 429 to the next alert; two outlets publish the closure.\n")
    stage.slack.script.append(rate_limit(RATE_LIMIT_SECONDS))
    before, asked = len(stage.slack.received), len(stage.slack.server.requests)
    stage.publish(script.the_closure(stage.now()))
    await stage.until(lambda: len(stage.slack.received) > before and bool(stage.titles("airspace")))
    first, second = (request.at for request in stage.slack.server.requests[asked : asked + 2])
    stage.promise(
        f"429 with Retry-After {RATE_LIMIT_SECONDS}: Slack is left alone, then gets it",
        f"{second - first:.1f} s later",
        kept=second - first >= RATE_LIMIT_SECONDS,
    )
    await stage.quiet()
    closures = len(stage.titles("airspace"))
    stage.promise("the closure, two outlets: one alert", f"{closures} alerts", kept=closures == 1)


async def _the_outage(stage: Stage) -> None:
    stage.say("Gulf Monitor goes dark, publishes while it is down, and comes back.\n")
    path = PATHS["gulf"]
    stage.newsroom.down.add(path)
    stage.publish(script.the_carrier(stage.now()))
    await stage.until(lambda: stage.newsroom.count(path, 500) >= 2)
    stage.newsroom.down.discard(path)
    await stage.until(lambda: bool(stage.titles("carriers")))
    news = len(stage.titles("carriers"))
    stage.promise(
        "a feed that died: its news alerts once it is back", f"{news} alerts", kept=news == 1
    )


async def _the_crash(stage: Stage) -> None:
    # What was sent has been noted by now: only a crash between the two may repeat a message.
    await stage.quiet()
    stage.say("kill -9; the letter to OPEC appears; the daemon starts again.\n")
    await stage.end_daemon(signal.SIGKILL)
    stage.publish(script.the_letter(stage.now()))
    await stage.start_daemon()
    await stage.until(lambda: bool(stage.titles("oil")))
    await stage.quiet()
    lost, twice = len(stage.titles("oil")) != 1, stage.siem.duplicates
    stage.promise(
        "kill -9: nothing lost, nothing twice",
        f"{int(lost)} lost, {twice} twice",
        kept=not lost and not twice,
    )


async def _the_end(stage: Stage) -> None:
    code = await stage.end_daemon(signal.SIGTERM)
    stage.promise("SIGTERM ends it cleanly", f"exit {code}", kept=code == 0)
    forged = sum(bool(receipt.refused) for receipt in stage.siem.receipts)
    stage.promise(
        "every webhook's signature holds", f"{len(stage.siem.verified)} verified", kept=not forged
    )
    stage.promise(
        "Slack and the webhook saw the same alerts",
        f"{len(stage.slack.received)} and {len(stage.siem.verified)}",
        kept=len(stage.slack.received) == len(stage.siem.verified),
    )


def _table(promises: list[Promise], say: Callable[[str], None]) -> None:
    width = max(len(promise.text) for promise in promises)
    say(f"{'promised':<{width}}   seen")
    for promise in promises:
        say(f"{promise.text:<{width}}   {'✓' if promise.kept else '✗'} {promise.seen}")
