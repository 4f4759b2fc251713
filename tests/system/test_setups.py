"""A running pipeline goes by another configuration from one poll to the next."""

import asyncio
import gc
import io
import weakref
from dataclasses import replace
from datetime import timedelta

from desk import rss
from poller import Poller

from monitor.cli.options import clock
from monitor.cli.program import open_pipeline
from monitor.config.load import load
from monitor.daemon import Daemon
from monitor.daemon.reloading import Reloader
from monitor.pipeline import set_up
from monitor.queue.memory import MemoryQueue
from monitor.store import Store
from monitor.testing.server import Answer
from monitor.watch.rules import Watchlist
from monitor.watch.terms import parse_term


def answering(*titles):
    return Answer(body=rss(*titles), headers=[("Content-Type", "application/rss+xml")])


def watching(settings, **lists):
    watchlists = tuple(
        Watchlist(name=name, match=(parse_term(term),), notify=("console",))
        for name, term in lists.items()
    )
    return replace(settings, watchlists=watchlists)


async def test_a_poll_in_flight_is_decided_by_what_it_was_matched_with(tmp_path):
    asked, go_on = asyncio.Event(), asyncio.Event()

    async def slow(_):
        asked.set()
        await go_on.wait()
        return answering("Maduro speaks", "Quiet day")

    async with Poller(tmp_path) as poller:
        poller.plays["/feed"] = answering("Quiet day")
        await poller.poll()
        poller.plays["/feed"] = slow
        poller.clock.advance(timedelta(hours=1))
        pipeline = poller.pipeline
        poll = asyncio.ensure_future(poller.poll())
        await asked.wait()
        pipeline.follow(set_up(watching(pipeline.settings, oil="Brent")))
        pipeline.follow(set_up(watching(pipeline.settings, gas="Henry Hub")))
        go_on.set()
        await poll
        assert poller.store.counts(poller.clock()).alerts == 1
        assert pipeline.settings.watchlists[0].name == "gas"


async def test_the_configuration_from_before_goes_and_its_languages_stay_ready(tmp_path):
    path = tmp_path / "config.yaml"
    text = "sources: [https://wire.example/feed.xml]\nwatchlists: {{crisis: [{}]}}\n"
    path.write_text(text.format("Maduro"))
    loaded = load(path, environ={})
    setup = set_up(loaded.settings)
    setup.matcher.prepare("pl")
    with Store.open(f"sqlite:///{tmp_path}/monitor.db") as store:
        async with open_pipeline(
            loaded.settings, store, out=io.StringIO(), setup=setup
        ) as pipeline:
            daemon = Daemon(
                pipeline, store, pipeline.writer, MemoryQueue(), loaded.settings, now=clock
            )
            reloader = Reloader(
                path=path,
                environ={},
                setup=setup,
                inputs=loaded.inputs,
                secrets=frozenset(),
                pipeline=pipeline,
                daemon=daemon,
                now=clock,
                hear=lambda *_: None,
            )
            del loaded, setup
            gone = []
            gc.disable()  # what goes in a circle would stay for good
            try:
                for term in ("Caracas", "airspace"):
                    gone.append(weakref.ref(pipeline.matcher))
                    path.write_text(text.format(term))
                    await reloader.reload()
                async with asyncio.timeout(30):
                    while any(each() for each in gone):
                        await asyncio.sleep(0.05)
            finally:
                gc.enable()
            assert pipeline.matcher.is_ready("pl")
            assert not pipeline.matcher.is_ready("hu")
            assert store.counts(clock()).sources_never_polled == 1
