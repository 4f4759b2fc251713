"""What an edit that makes a known item match leaves behind, on every database."""

from dataclasses import replace
from datetime import timedelta

import pytest
from builders import NOW, a_match, evidence
from store_builders import a_poll, a_sighting_in, again, commit, configure

from monitor.alerts.policy import Policy
from monitor.model import Edit, ItemId, ItemOutcome, Severity, Sighting
from monitor.pipeline import decider
from monitor.settings import AlertSettings
from monitor.watch.rules import Watchlist
from monitor.watch.terms import parse_term

HOUR = timedelta(hours=1)
NAMES = ("airspace", "crisis")
WATCHLISTS = {
    name: Watchlist(name=name, match=(parse_term(name),), notify=("desk",)) for name in NAMES
}
DECIDE = decider(Policy(alerts=AlertSettings(), watchlists=WATCHLISTS))


def matches(*names):
    return tuple(a_match(watchlist=name, severity=Severity.HIGH) for name in names)


def turning(sighting, *names, title="The airspace is closed"):
    """Return an edit that brings the item onto these watchlists."""
    before = sighting.item
    entry = replace(before.entry, title=title)
    after = replace(before, entry=entry, title_key="ab" * 16)
    return Edit(
        item=before.id,
        entry=entry,
        changed=("title",),
        before=before,
        turned=Sighting(item=after, matches=matches(*names)),
    )


def poll(store, state, *sightings, after=HOUR, **fields):
    record = a_poll(again(store, state), *sightings, now=NOW + after, **fields)
    [committed] = commit(store, record, decide=DECIDE)
    return committed


def rulings(store, sighting):
    [found] = store.find(sighting.item.id)
    return {each.match.watchlist: each for each in found.rulings}


@pytest.fixture
def silent(store):
    """A source with an item that matched nothing."""
    [state] = configure(store)
    sighting = a_sighting_in(state, "1", title="Nothing happens", matches=())
    poll(store, state, sighting, after=timedelta(0))
    return state, sighting


def test_an_edit_that_makes_an_item_match_alerts_in_its_own_story(store, silent):
    state, sighting = silent
    committed = poll(store, state, edits=(turning(sighting, "airspace"),))
    [alert] = committed.alerts
    [found] = store.find(sighting.item.id)
    assert (alert.reason, alert.story.id) == ("edited: now matches", found.story.id)
    assert committed.destinations == {"desk"}
    assert [each.reason for each in found.alerts] == ["edited: now matches"]
    assert [row.alert for row in found.deliveries] == [alert.id]
    assert rulings(store, sighting)["airspace"].outcome is ItemOutcome.ALERTED
    assert found.item.title_key == "ab" * 16


def test_an_edit_alerts_once_for_each_watchlist_however_often_it_is_found(store, silent):
    state, sighting = silent
    assert len(poll(store, state, edits=(turning(sighting, "airspace"),)).alerts) == 1
    for hours in (2, 3):
        made = turning(sighting, "airspace", "crisis", title=f"The airspace closed at {hours}")
        poll(store, state, edits=(made,), after=hours * HOUR)
    assert len(store.find(sighting.item.id)[0].alerts) == 2
    assert set(rulings(store, sighting)) == set(NAMES)


def test_of_two_records_that_found_the_same_edit_one_alerts(store, silent):
    state, sighting = silent
    record = a_poll(again(store, state), now=NOW + HOUR, edits=(turning(sighting, "crisis"),))
    results = commit(store, record, record, decide=DECIDE)
    assert [(each.accepted, len(each.alerts)) for each in results] == [(True, 1), (False, 0)]


def test_a_veto_gives_way_and_no_other_ruling_does(store):
    [state] = configure(store)
    vetoed = replace(a_match(watchlist="crisis"), vetoed_by=(evidence(term="cigar*"),))
    sighting = a_sighting_in(state, "1", matches=(vetoed, *matches("airspace")))
    poll(store, state, sighting, after=timedelta(0))
    before = rulings(store, sighting)
    assert before["crisis"].outcome is ItemOutcome.VETOED
    committed = poll(store, state, edits=(turning(sighting, *NAMES),))
    assert committed.alerts[0].watchlist == "crisis"
    after = rulings(store, sighting)
    assert after["airspace"] == before["airspace"]
    assert after["crisis"].outcome is ItemOutcome.ALERTED
    assert not after["crisis"].match.vetoed_by
    assert "before that vetoed" in after["crisis"].reason


def test_an_item_that_was_removed_does_not_alert(store, silent):
    state, sighting = silent
    ghost = turning(sighting, "crisis")
    gone = ItemId("0" * 32)
    item = replace(ghost.turned.item, id=gone)
    ghost = replace(ghost, item=gone, turned=replace(ghost.turned, item=item))
    assert poll(store, state, edits=(ghost,)).alerts == ()


def test_what_is_new_and_what_is_edited_in_one_document_is_told_once(store, silent):
    state, sighting = silent
    made = turning(sighting, "crisis")
    new = a_sighting_in(state, "2", title=made.entry.title, matches=matches("crisis"))
    new = replace(new, item=replace(new.item, title_key="ab" * 16))
    committed = poll(store, state, new, edits=(made,))
    assert [alert.item.id for alert in committed.alerts] == [new.item.id]
    assert rulings(store, sighting)["crisis"].outcome is ItemOutcome.SIMILAR
