"""Edits are versions of an item, whichever way they go; docs/identity-cases.md, 17 to 20 and 30."""

from datetime import timedelta

import pytest
from poller import Poller

PLACES = [
    "Lima",
    "Quito",
    "Bogota",
    "Santiago",
    "Madrid",
    "Lisbon",
    "Warsaw",
    "Berlin",
    "Oslo",
    "Paris",
    "Rome",
    "Vienna",
    "Prague",
]


def entry_words(n):
    return f"Quiet talks in {PLACES[n % 13]} about {PLACES[(n * 5) % 13]} and {n} others"


def atom(*entries):
    body = "".join(
        f"<entry><id>urn:x:{n}</id><link href='https://wire.example/{n}'/>"
        f"<title>{title}</title><updated>{updated:%Y-%m-%dT%H:%M:%SZ}</updated></entry>"
        for n, title, updated in entries
    )
    feed = f"<feed xmlns='http://www.w3.org/2005/Atom'><title>Wire</title>{body}</feed>"
    return feed.encode()


@pytest.fixture
async def desk(tmp_path):
    async with Poller(tmp_path) as desk:
        yield desk


def page(desk, headline, minutes):
    """Return a document of twenty, whose first headline is this, changed so many minutes ago."""
    now = desk.clock()
    rest = [(n, entry_words(n), now.replace(hour=1)) for n in range(2, 21)]
    return atom((1, headline, now - timedelta(minutes=minutes)), *rest)


async def test_a_headline_written_anew_among_others_is_an_edit_whatever_its_date_of_change(desk):
    desk.publish(atom(*[(n, entry_words(n), desk.clock().replace(hour=1)) for n in range(2, 21)]))
    await desk.poll()
    for headline in ("Maduro speaks to parliament", "Caracas awaits a decision", "Silence falls"):
        desk.clock.advance(timedelta(hours=1))
        desk.publish(page(desk, headline, 2))
        await desk.poll(after=timedelta(hours=1))
    assert desk.alerts() == ["Maduro speaks to parliament"]
    assert len(desk.items()) == 20
    assert "Silence falls" in desk.titles()


async def test_an_edit_that_is_taken_back_is_seen(desk):
    shown = []
    for headline in ("First words", "Second words", "First words", "First words"):
        desk.publish(page(desk, headline, 5))
        await desk.poll(after=timedelta(hours=1))
        shown.append(next(t for t in desk.titles() if t.endswith(" words")))
    assert shown == ["First words", "Second words", "First words", "First words"]
