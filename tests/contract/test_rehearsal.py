"""A rehearsal tells what the pipeline tells: the same alerts and follow-ups, at the same times."""

from dataclasses import replace
from datetime import timedelta
from functools import partial
from random import Random

import pytest
from builders import NOW
from store_builders import PARTS, a_poll, a_sighting_in, configure

from monitor.alerts.policy import Policy
from monitor.cli.rehearse import Rehearsal
from monitor.model import Alert, Sighting, Source
from monitor.pipeline.deciding import decide_due, decider
from monitor.pipeline.gists import Gists
from monitor.settings import Settings
from monitor.store import Store
from monitor.store.due_cases import next_due_case
from monitor.watch.matcher import Matcher
from monitor.watch.rules import Watchlist
from monitor.watch.terms import parse_term

URLS = [f"https://outlet-{number}.example/rss" for number in range(8)]
EVENTS = [
    "Explosion Amuay refinery kills {} workers gas leak storage tanks burning firefighters",
    "Airspace closed Caracas airlines cancel {} flights passengers stranded airport control",
    "Tanker seized Falcón coast navy boards {} crew detained shadow fleet escort",
]
CRISIS = Watchlist(
    name="crisis",
    match=tuple(map(parse_term, ("refinery", "explosion", "airspace", "tanker", "flights"))),
    notify=("desk",),
)


def items(states, seed: int):
    """Make headlines of some words of an event each, as outlets do, over a day and a half."""
    random, now = Random(seed), NOW
    for number in range(60):
        now += timedelta(minutes=random.choice([1, 2, 5, 20, 90]))
        toll = 27 + number // 9
        words = random.choice(EVENTS).format(toll).split()
        kept = sorted(random.sample(range(len(words)), k=random.randint(5, len(words))))
        title = " ".join(words[each] for each in kept)
        state = random.choice(states)
        item = a_sighting_in(state, f"{number}", title=title, now=now, matches=()).item
        entry = replace(item.entry, published=now)
        yield state, replace(item, entry=entry, language="en")


def told(alert: Alert):
    return alert.story.id, alert.sequence, alert.reason.value, alert.detail, alert.created


@pytest.mark.parametrize("seed", range(4))
def test_a_rehearsal_tells_what_the_pipeline_tells(tmp_path, seed):
    options = Settings(
        watchlists=(CRISIS,), sources=tuple(Source(url=url, name=url) for url in URLS)
    )
    policy = Policy(alerts=options.alerts, watchlists={"crisis": CRISIS})
    rehearsal, matcher, gists = Rehearsal(options, ()), Matcher([CRISIS], {}), Gists()
    rehearsed: list[Alert] = []
    polled: list[Alert] = []
    merged = 0

    with Store.open(f"sqlite:///{tmp_path}/m.db") as store:
        states = configure(store, *URLS)

        def decide(record, new, book):
            nonlocal merged
            made = decider(policy)(record, new, book)
            merged += len(made.merged)
            return made

        def tell_until(now):
            while True:
                with store._database.read() as connection:
                    due = next_due_case(connection)
                if due is None or due > now:
                    return
                waited = partial(decide_due, now=due, policy=policy)
                parts = {name: PARTS[name] for name in ("webhook_id", "message")}
                polled.extend(store.tell_due(waited, due, **parts).alerts)

        for state, item in items(states, seed):
            tell_until(item.first_seen)
            gist = gists.of(item, matcher.tongue(item).bends)
            sighting = Sighting(item=item, matches=matcher.match(item), gist=gist)
            [current] = store.source_states([state.url])
            record = a_poll(current, sighting, now=item.first_seen)
            polled.extend(store.commit([record], decide, **PARTS)[0].alerts)
            rehearsed += rehearsal.take(item, item.first_seen).alerts
        tell_until(NOW + timedelta(days=9))
        rehearsed += rehearsal.finish()

    assert [told(each) for each in rehearsed] == [told(each) for each in polled]
    assert {each.sequence for each in polled} > {1}, "follow-ups are among them"
    assert merged, "stories merged on the way"
