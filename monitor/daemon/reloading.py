"""Takes over a changed configuration while the daemon runs, or keeps the one it has and says why.

A change is noticed by the system's events, by SIGHUP, and by reading all files again each minute.
What takes long happens in a thread; the loop only puts the result in place.
"""

import asyncio
import logging
import time
import weakref
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from monitor import metrics
from monitor.config.inputs import Inputs
from monitor.config.load import attempt
from monitor.config.problems import Problem
from monitor.daemon import Daemon
from monitor.daemon.differences import changed_sections, waiting_for_restart
from monitor.daemon.leisure import let_go, much_to_keep
from monitor.daemon.systemd import notify
from monitor.daemon.telling import Doubt, as_known, errors_of, notice_of, rejection
from monitor.daemon.watching import watching
from monitor.errors import ConfigError, StoreError
from monitor.model import Rejected, Running
from monitor.pipeline import Pipeline, Setup, set_up
from monitor.settings import Settings

log = logging.getLogger(__name__)

LOOK_EVERY = 60.0  # seconds; what no event told of
FIRST_LOOK = 1.0  # seconds; what changed before anybody watched has no event
QUIET = 0.3  # seconds in which nothing changed: whoever saves is done
SECOND_LOOK = 1.0  # seconds before what is wrong is believed: a file may be half written
THIN_QUIET = 5.0  # the same where a file is suddenly much shorter: the rest may be on its way
NEVER_QUIET = 10.0  # seconds after which a change is read although more come
NEVER_THIN = 60.0  # the same where a file is suddenly much shorter
TRY_AGAIN = 5.0  # seconds until the store is asked again to follow
_SOURCES = frozenset({"sources", "poll", "hosts"})  # what decides which are polled when


@dataclass(frozen=True, slots=True)
class _Prepared:
    """A configuration that was read and made ready, but is not in place yet."""

    setup: Setup
    changed: tuple[str, ...]  # the sections that differ from those that count
    warnings: tuple[Problem, ...]
    secrets: frozenset[str] = field(repr=False)
    remains: list[object]  # what was needed to read it


@dataclass(slots=True, kw_only=True)
class Reloader:
    """Watches the files of a running daemon's configuration.

    `hear` is told each configuration that counts, so that the log follows it. `warned` are the
    warnings that need no repeating.
    """

    path: Path
    environ: Mapping[str, str] = field(repr=False)
    setup: Setup
    inputs: Inputs
    secrets: frozenset[str] = field(repr=False)
    pipeline: Pipeline
    daemon: Daemon
    now: Callable[[], datetime]
    hear: Callable[[Settings, frozenset[str]], None]
    warned: frozenset[Doubt] = frozenset()  # what people were told of the configuration that counts
    running: Running = field(init=False)
    _started: Settings = field(init=False)
    _counting: Inputs = field(init=False)  # what the configuration that counts was read from
    _told: set[str] = field(default_factory=set)  # what people heard of since it was last right
    _behind: bool = False  # the store has not followed the sources yet
    _asked: bool = False
    _happened: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        """Begin with what was loaded at the start."""
        # Without what is large and never asked for again.
        self._started = replace(self.setup.settings, sources=(), entities=(), watchlists=())
        self.running = self._counts(self.setup.settings)
        self._counting = self.inputs

    def ask(self) -> None:
        """Have everything read again, changed or not."""
        self._asked = True
        self._happened.set()

    async def run(self, stop: asyncio.Event) -> None:
        """Follow the files until `stop` is set."""
        await self._publish()
        async with asyncio.TaskGroup() as group:
            following = group.create_task(self._follow_files())
            await stop.wait()
            following.cancel()

    async def _follow_files(self) -> None:
        while True:
            inputs, patience = self.inputs, FIRST_LOOK
            folders = await asyncio.to_thread(inputs.folders)
            with watching(inputs, self._happened.set):
                # A folder of theirs may have come meanwhile, to be watched as well.
                while inputs is self.inputs and folders == await asyncio.to_thread(inputs.folders):
                    await self._wait(patience)
                    # A busy machine may take longer to begin watching.
                    patience = min(3 * patience, LOOK_EVERY)
                    try:
                        await self._look()
                    except Exception:
                        log.exception("the configuration could not be looked at; trying again")
                        await asyncio.sleep(TRY_AGAIN)

    async def _wait(self, seconds: float) -> None:
        """Return when there may be something to do."""
        try:
            async with asyncio.timeout(min(seconds, TRY_AGAIN) if self._behind else seconds):
                await self._happened.wait()
        except TimeoutError:
            pass
        self._happened.clear()

    async def _look(self) -> None:
        if self._behind:
            await self._sync()
        if self._asked:
            self._asked = False
            await self.reload()
        elif await self._is_changed():
            await self._settle()
            await self.reload()

    async def _is_changed(self) -> bool:
        return await asyncio.to_thread(self.inputs.now) != self.inputs

    async def _settle(self) -> None:
        """Return when nothing changes any more, or never stops changing."""
        time_now = asyncio.get_running_loop().time
        began = since = time_now()
        last, quiet, longest = None, QUIET, NEVER_QUIET
        while time_now() - began < longest:
            seen = await asyncio.to_thread(self.inputs.now)
            if seen != last:
                last, since = seen, time_now()
                thin = self._counting.thinned(seen)
                quiet, longest = (THIN_QUIET, NEVER_THIN) if thin else (QUIET, NEVER_QUIET)
            elif time_now() - since >= quiet:
                return
            await asyncio.sleep(QUIET)

    # --- one reload -----------------------------------------------------------------------

    async def reload(self) -> None:
        """Read everything and take it over, or say what is wrong and keep what counts."""
        notify(f"RELOADING=1\nMONOTONIC_USEC={time.monotonic_ns() // 1000}")
        try:
            outcome = await self._load()
            if isinstance(outcome, ConfigError):
                await asyncio.sleep(SECOND_LOOK)
                if await self._is_changed():
                    self._happened.set()
                    return
                await self._reject(outcome)
            else:
                await self._take_over(outcome)
        finally:
            notify("READY=1")

    async def _load(self) -> _Prepared | ConfigError:
        with much_to_keep():
            outcome, self.inputs = await asyncio.to_thread(
                attempt, self.path, environ=self.environ, held=self._counting.held
            )
            if isinstance(outcome, ConfigError):
                return outcome
            setup = await asyncio.to_thread(set_up, outcome.settings, before=self.setup)
            changed = await asyncio.to_thread(changed_sections, self.setup.settings, setup.settings)
        remains: list[object] = [outcome.root, outcome.values]
        return _Prepared(setup, changed, outcome.warnings, outcome.secrets, remains)

    async def _take_over(self, new: _Prepared) -> None:
        before, self.setup = self.setup, new.setup
        self._counting = self.inputs
        settings = new.setup.settings
        # What is still in flight may name secrets of the configuration it began with.
        self.hear(settings, new.secrets | self.secrets)
        self.secrets = new.secrets
        self.pipeline.follow(new.setup)
        self.daemon.follow(settings)
        self._told.clear()
        self.running = self._counts(settings)
        self._say(new)
        self._behind |= not _SOURCES.isdisjoint(new.changed)
        await self._sync()
        await self._settle_destinations()
        await self._publish()
        last = weakref.ref(before.matcher)
        new.remains.append(before)
        del before
        let_go(new.remains, last)

    async def _sync(self) -> None:
        """Have the store follow the sources."""
        if not self._behind:
            return
        try:
            await self.pipeline.sync()
            await self.pipeline.reprice()
        except StoreError as fault:
            log.warning("the store can't follow the configuration yet: %s", fault)
        else:
            self._behind = False

    async def _settle_destinations(self) -> None:
        """Let go what a mended notifier held back; hold back what is for one that left."""
        try:
            await self.pipeline.sync_destinations()
        except StoreError as fault:
            # What is due for a notifier that left is parked when its turn comes.
            log.warning("deliveries can't follow the configuration: %s", fault)

    async def _reject(self, error: ConfigError) -> None:
        rejected = rejection(error, self.now())
        self.running = replace(self.running, rejected=rejected)
        for problem in errors_of(error):
            log.error("%s", problem)
        log.error(
            "the change is not taken over, the configuration from before goes on: %s",
            rejected.error,
        )
        await self._publish()
        if str(error) not in self._told:
            self._told.add(str(error))
            await self._announce(rejected, error)

    async def _announce(self, rejected: Rejected, error: ConfigError) -> None:
        try:
            await self.daemon.hint(await self.pipeline.writer.announce(notice_of(rejected, error)))
        except StoreError as fault:
            log.warning("nobody can be told of the configuration: %s", fault)

    # --- what is told ---------------------------------------------------------------------

    def _counts(self, settings: Settings) -> Running:
        return Running(
            file=str(self.path.absolute()),
            digest=settings.digest,
            loaded_at=self.now(),
            files=len(settings.files),
            sources=len(settings.sources),
            watchlists=len(settings.watchlists),
            restart=waiting_for_restart(self._started, settings),
        )

    def _say(self, new: _Prepared) -> None:
        settings = new.setup.settings
        for problem in new.warnings:
            if as_known(problem) not in self.warned:
                log.warning("%s", problem)
        self.warned = frozenset(map(as_known, new.warnings))
        log.info(
            "the configuration was reloaded",
            extra={
                "digest": settings.digest,
                "sources": len(settings.sources),
                "watchlists": len(settings.watchlists),
                "changed": ", ".join(new.changed) or "nothing",
            },
        )
        for option in self.running.restart:
            log.warning("%s has changed; that counts only after a restart", option)

    async def _publish(self) -> None:
        running = self.running
        metrics.CONFIG.info({"digest": running.digest})
        metrics.CONFIG_SUCCESSFUL.set(running.rejected is None)
        metrics.CONFIG_LOADED_SECONDS.set(running.loaded_at.timestamp())
        try:
            await self.pipeline.writer.do(self.pipeline.store.tell_running, running)
        except StoreError as fault:
            log.warning("the store can't keep which configuration runs: %s", fault)
