"""How many messages one story makes that forty, and four hundred, outlets repeat within two hours.

Ours is the real way from an item to the outbox, on a store and by a clock that jumps; beside it a
sender that tells each article, and Alertmanager's defaults. Where prometheus-alertmanager is on the
path it is run too, with every interval and the story sixty times as fast.
"""

import gzip
import json
import random
import re
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from hashlib import blake2b
from itertools import islice

from benchmarks.matching import STREAM
from benchmarks.messages_alertmanager import by_itself, by_rule
from benchmarks.table import Row
from monitor.alerts.policy import webhook_id
from monitor.alerts.render import message
from monitor.model import (
    Delivered,
    Entry,
    Item,
    ItemId,
    Known,
    PollOutcome,
    PollRecord,
    Sighting,
    Source,
    SourceRef,
)
from monitor.pipeline import Setup, set_up
from monitor.pipeline.deciding import decide_due
from monitor.pipeline.gists import Gists
from monitor.pipeline.setup import policy_of
from monitor.settings import Settings
from monitor.store import Store
from monitor.stories.keys import title_key, untagged
from monitor.stories.shelf import WINDOW
from monitor.watch.rules import Watchlist
from monitor.watch.terms import parse_term
from monitor.watch.words.text import normalised

BEGUN = datetime(2025, 11, 30, 14, 0, tzinfo=UTC)
STORY, AFTERWARDS = timedelta(hours=2), timedelta(hours=4)
TICK = timedelta(seconds=1)
REAL = STREAM.with_name("venezuela_items_2026-01.jsonl.gz")
_CAPTURE = re.compile(r"\b(?:captur|custody|seiz|detain|arrest)", re.IGNORECASE)

# One event as desks write it; what an outlet makes of the wire's text is in `_reworded`.
_HEADLINES = (
    "Venezuela closes airspace to all flights after US warning",
    "Caracas shuts Venezuelan airspace following warning from Washington",
    "Venezuelan airspace closed to airlines, Maduro government says",
    "Maduro orders airspace over Venezuela closed",
    "Airlines turn back as Venezuela closes its airspace",
    "Venezuela bars all flights from its airspace after US alert",
    "All flights barred: Venezuela closes airspace amid US tensions",
    "US warning prompts Venezuela to close airspace to all flights",
)
_TEXT = (
    "Venezuela closed its airspace to all commercial flights on Sunday, hours after a US warning.",
    "The United States had told airlines of a potentially hazardous situation over the country.",
    "President Nicolás Maduro announced the closure in an address from Miraflores palace.",
    "Airlines including Iberia, TAP and Avianca had suspended services to Caracas earlier.",
    "The US aviation regulator cited heightened military activity around Venezuela.",
    "Passengers were stranded at Maiquetía airport, where departure boards showed cancellations.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """One outlet's article, and when it is seen."""

    at: datetime
    title: str
    summary: str


def rows() -> list[Row]:
    setup = set_up(
        Settings(
            watchlists=(
                Watchlist(
                    name="crisis",
                    match=(parse_term("airspace"), parse_term("Maduro")),
                    notify=("desk",),
                ),
            )
        )
    )
    stories = [
        (f"one story, {count} copies", wire_story(count), goal)
        for count, goal in ((40, "<= 4"), (400, "<= 4"))
    ]
    if REAL.exists():
        stories.append(("forty real reports of one capture", real_story(40), ""))
    found = []
    for stage, copies, goal in stories:
        ours, times = messages(copies, setup), [copy.at for copy in copies]
        beside = {
            "a sender for each article": len(copies),
            "Alertmanager's rule": by_rule(times),
        }
        if program := shutil.which("prometheus-alertmanager"):
            beside["Debian's Alertmanager"] = by_itself(program, times)
        found += [
            Row(stage=stage, ours=ours, unit="messages", beside=name, reference=number, goal=goal)
            for name, number in beside.items()
        ]
    return found


# --- the stories


def wire_story(count: int) -> list[Copy]:
    """Return copies of one wire story: half come within half an hour, the last after two."""
    rng = random.Random(2026)
    late = sorted(min(rng.expovariate(3), 1.0) for _ in range(count))
    return [Copy(at=BEGUN + part * STORY, **_reworded(rng)) for part in late]


def _reworded(rng: random.Random) -> dict[str, str]:
    title = rng.choice(_HEADLINES)
    if rng.random() < 0.4:
        title = rng.choice((f"{title} - live", f"BREAKING: {title}", f"{title}, officials say"))
    kept = [_TEXT[0], *rng.sample(_TEXT[1:], rng.randint(0, len(_TEXT) - 1))]
    own = ("", "Our correspondent reports. ", "(Updates with detail) ", "By staff and agencies. ")
    return {"title": title, "summary": rng.choice(own) + " ".join(kept)}


def real_story(count: int) -> list[Copy]:
    """Return the first reports of Maduro's capture as the stream has them, at its times."""
    with gzip.open(REAL, "rt", encoding="utf-8") as lines:
        items = [item for line in lines if (item := json.loads(line))["lang"][:2] == "en"]
    told = (i for i in items if "Maduro" in i["title"] and _CAPTURE.search(i["title"]))
    return [
        Copy(at=datetime.fromisoformat(i["seen"]), title=i["title"], summary=i["summary"])
        for i in islice(sorted(told, key=lambda item: item["seen"]), count)
    ]


# --- ours


def messages(copies: Sequence[Copy], setup: Setup) -> int:
    """Return how many messages the copies make on the way that items go, and the hours after."""
    sources = [
        Source(url=f"https://outlet-{n}.example/feed", name=f"Outlet {n}")
        for n in range(len(copies))
    ]
    with tempfile.TemporaryDirectory() as folder, Store.open(f"sqlite:///{folder}/m.db") as store:
        now = copies[0].at
        store.sync_sources(sources, now=now, rng=random.Random(1), spread=timedelta(0))
        states = {state.url: state for state in store.source_states()}
        gists, sent = Gists(), 0
        for number, (copy, source) in enumerate(zip(copies, sources, strict=True)):
            sent += _wait(store, setup, now, copy.at)
            now = copy.at
            sighting = _sighted(copy, source, number, setup, gists)
            record = PollRecord(
                outcome=PollOutcome.NEW,
                state=replace(states[source.url], last_success_at=now),
                source=source,
                now=now,
                sightings=(sighting,),
                seen={key: Known(item=sighting.item.id) for key in sighting.item.keys},
            )
            store.commit(
                [record],
                setup.decide,
                story_window=WINDOW,
                webhook_id=webhook_id,
                message=message,
            )
            sent += _deliver(store, now)
        return sent + _wait(store, setup, now, now + AFTERWARDS)


def _sighted(copy: Copy, source: Source, number: int, setup: Setup, gists: Gists) -> Sighting:
    link = f"https://outlet-{number}.example/{number}"
    key = blake2b(link.encode(), digest_size=16).hexdigest()
    entry = Entry(
        title=copy.title, summary=copy.summary, link=link, published=copy.at, language="en"
    )
    item = Item(
        id=ItemId(key[:24]),
        keys=(key,),
        source=SourceRef(name=source.name, url=source.url),
        entry=entry,
        first_seen=copy.at,
        language="en",
        link_key=key,
        title_key=title_key(normalised(untagged(copy.title))),
    )
    tongue = setup.matcher.tongue(item)
    matches = setup.matcher.match(item, tongue)
    return Sighting(item=item, matches=matches, gist=gists.of(item, tongue.bends))


def _wait(store: Store, setup: Setup, start: datetime, end: datetime) -> int:
    """Tell what becomes due in between, each at its time; return how many messages that was."""
    sent, policy = 0, policy_of(setup.settings)
    while (due := store.next_due()) and due <= end:
        now = max(due, start)
        decide = partial(decide_due, now=now, policy=policy)
        store.tell_due(decide, now, webhook_id=webhook_id, message=message)
        sent += _deliver(store, now)
        start = now + TICK
    return sent


def _deliver(store: Store, now: datetime) -> int:
    sent = 0
    while delivery := store.claim("desk", now=now, lease=timedelta(minutes=1)):
        store.settle(delivery, Delivered(), now=now, next_attempt=None)
        sent += 1
    return sent
