"""Polls and a small policy, so that tests of the store name only what they are about."""

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Any

from builders import NOW, a_match, a_source, an_entry

from monitor.model import (
    Alert,
    AlertId,
    Case,
    CaseState,
    Committed,
    Decision,
    Item,
    ItemId,
    ItemOutcome,
    Known,
    Message,
    PollOutcome,
    PollRecord,
    Reason,
    Ruling,
    Severity,
    Sighting,
    Source,
    SourceRef,
    SourceState,
    StoryBook,
)
from monitor.store import Store
from monitor.stories.joining import join
from monitor.stories.keys import title_key
from monitor.stories.shelf import WINDOW as STORY_WINDOW

WIRE = "https://wire.example/feed"
DAY = timedelta(days=1)


def key(*parts: object) -> str:
    return blake2b(repr(parts).encode(), digest_size=16).hexdigest()


def item_id(url: str, guid: str) -> ItemId:
    return ItemId(key(url, guid)[:24])


def configure(store: Store, *urls: str, now: datetime = NOW) -> list[SourceState]:
    """Configure sources, due now, and return their states in the order given."""
    sources = [a_source(url=url, name=url.split("/")[2]) for url in urls or (WIRE,)]
    store.sync_sources(sources, now=now, rng=random.Random(1), spread=timedelta(0))
    states = {state.url: state for state in store.source_states()}
    return [states[source.url] for source in sources]


def a_sighting_in(state: SourceState, guid: str, **changes: Any) -> Sighting:
    """Return a new item of a source; it matches the watchlist crisis unless `matches` says."""
    matches = changes.pop("matches", (a_match(),))
    title = changes.pop("title", f"Maduro speaks in Caracas about {guid}")
    entry = an_entry(
        guid=guid, title=title, **{k: changes.pop(k) for k in ("link", "tags") if k in changes}
    )
    item = Item(
        id=item_id(state.url, guid),
        keys=(key(state.url, guid),),
        source=SourceRef(name=state.host, url=state.url),
        entry=entry,
        first_seen=changes.pop("now", NOW),
        title_key=title_key(title.lower()),
    )
    return Sighting(item=replace(item, **changes), matches=matches)


def a_poll(of: SourceState, *found: str | Sighting, **changes: Any) -> PollRecord:
    """Return a poll that found these items, by guid; it is due again an hour later."""
    now = changes.pop("now", NOW)
    sightings = tuple(
        a_sighting_in(of, each, now=now) if isinstance(each, str) else each for each in found
    )
    defaults = {
        "outcome": PollOutcome.NEW if found else PollOutcome.UNCHANGED,
        "state": replace(
            of,
            next_poll_at=now + timedelta(hours=1),
            last_polled_at=now,
            etag=changes.pop("etag", of.etag),
            whole_at=now if sightings or changes.get("seen") else of.whole_at,
        ),
        "source": Source(url=of.url, name=of.host),
        "now": now,
        "sightings": sightings,
        "seen": {k: Known(item=each.item.id) for each in sightings for k in each.item.keys},
    }
    return PollRecord(**defaults | changes)


def unknown(store: Store, state: SourceState, *keys: str) -> set[str]:
    """Return those of the keys that the source has never shown."""
    return set(keys) - store.known(state.id, keys).keys()


def naming(*keys: str) -> dict[str, Known]:
    """Return what a poll says of keys that name an item each."""
    return {each: Known(item=ItemId(each[:24])) for each in keys}


def again(store: Store, state: SourceState) -> SourceState:
    """Return the state as it is stored now."""
    return store.source_states([state.url])[0]


def decide_for(*notify: str, severity: Severity = Severity.HIGH) -> Any:
    """Return a policy that alerts once for each story and watchlist."""

    def decide(record: PollRecord, new: Sequence[Sighting], book: StoryBook) -> Decision:
        told = join(new, book, now=record.now)
        joined, stories = told.of_item, told.stories
        alerted = set(book.cases)
        rulings, alerts, cases = [], [], []
        for sighting in new:
            story = stories[joined[sighting.item.id]]
            for match in sighting.matches:
                fresh = (story.id, match.watchlist) not in alerted
                alerted.add((story.id, match.watchlist))
                alert = Alert(
                    id=AlertId(key(story.id, match.watchlist)[:24]),
                    sequence=1,
                    reason=Reason.NEW_STORY,
                    watchlist=match.watchlist,
                    severity=severity,
                    description="",
                    story=story,
                    item=sighting.item,
                    evidence=match.evidence,
                    created=record.now,
                    notify=notify,
                )
                alerts += [alert] if fresh else []
                cases += [a_case(alert)] if fresh else []
                rulings.append(
                    Ruling(
                        item=sighting.item.id,
                        match=match,
                        outcome=ItemOutcome.ALERTED if fresh else ItemOutcome.SIMILAR,
                        reason="new story" if fresh else "the story has had its alert",
                        alert=alert.id if fresh else None,
                    )
                )
        return Decision(
            joined=joined,
            stories=stories,
            rulings=rulings,
            alerts=alerts,
            cases=cases,
            members=told.members,
            copies=told.copies,
        )

    return decide


def a_case(alert: Alert, **changes: Any) -> Case:
    """Return the case of a story's first alert, told just now."""
    defaults = {
        "story": alert.story.id,
        "watchlist": alert.watchlist,
        "state": CaseState.OPEN,
        "opened": alert.created,
        "last_seen": alert.created,
        "severity": alert.severity,
        "sequence": alert.sequence,
        "told_at": alert.created,
        "headline": alert.item.entry.title,
        "sources": len(alert.story.sources),
    }
    return Case(**defaults | changes)


def webhook_id(alert: AlertId, notifier: str) -> str:
    return f"msg_{alert}_{notifier}"


def message(alert: Alert) -> Message:
    return Message(
        type="alert.created",
        timestamp=alert.created,
        data={"alert": {"id": alert.id}, "item": {"title": alert.item.entry.title}},
    )


PARTS = {"story_window": STORY_WINDOW, "webhook_id": webhook_id, "message": message}


def commit(store: Store, *records: PollRecord, decide: Any = None) -> list[Committed]:
    """Commit records as one group; without a policy each new story alerts at `desk`."""
    return store.commit(records, decide or decide_for("desk"), **PARTS)
