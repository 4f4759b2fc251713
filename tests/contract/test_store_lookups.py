"""What people ask of the store, and what is removed in time, on every database."""

from datetime import timedelta

import pytest
from builders import NOW
from store_builders import (
    DAY,
    WIRE,
    a_poll,
    a_sighting_in,
    again,
    commit,
    configure,
    item_id,
    key,
    unknown,
)

from monitor.model import Dead, Delivered, DeliveryState, Known, PollOutcome

SHORE = "https://shore.example/rss"
KEEP = timedelta(days=90)


def guids(items):
    return [item.entry.guid for item in items]


def poll_each_hour(store, count):
    [state] = configure(store)
    for hour in range(count):
        now = NOW + timedelta(hours=hour)
        commit(store, a_poll(again(store, state), str(hour), now=now))


def deliver(store, verdict=None):
    delivery = store.claim("desk", now=NOW + KEEP, lease=DAY)
    store.settle(delivery, verdict or Delivered(), now=NOW + KEEP, next_attempt=None)


def read_document(store, state, *seen, now):
    """Poll a document that shows these guids, all of them known."""
    keys = {key(state.url, guid): Known(item=item_id(state.url, guid)) for guid in seen}
    commit(store, a_poll(again(store, state), seen=keys, now=now))


# --- items ------------------------------------------------------------------------------------


def test_items_come_newest_first_within_limit_and_time(store):
    poll_each_hour(store, 5)
    assert guids(store.items()) == ["4", "3", "2", "1", "0"]
    assert guids(store.items(limit=2)) == ["4", "3"]
    assert guids(store.items(since=NOW + timedelta(hours=3))) == ["4", "3"]


def test_items_seen_in_one_moment_are_each_read_once_over_many_pages(store):
    [state] = configure(store)
    commit(store, a_poll(state, *[str(n) for n in range(1201)]))
    assert sorted(guids(store.items()), key=int) == [str(n) for n in range(1201)]
    assert len(list(store.items(limit=700))) == 700


def test_reading_items_slowly_holds_up_nobody(store):
    poll_each_hour(store, 2)
    reading = store.items()
    next(reading)
    [state] = store.source_states()
    commit(store, a_poll(state, "late", now=NOW + DAY))
    assert guids(reading) == ["0"]


# --- find -------------------------------------------------------------------------------------


def test_links_of_items_are_looked_through_where_they_share_theirs(store):
    [state] = configure(store)
    commit(store, a_poll(state, "1", "2", "3"))
    links = [item.entry.link for item in store.items()]
    found = store.find("any", is_link=lambda link: link == links[0])
    assert [each.item.entry.link for each in found] == [link for link in links if link == links[0]]
    assert store.find("any", is_link=lambda _: False) == ()


def test_an_item_is_found_by_its_id_its_alerts_and_the_beginning_of_either(store):
    [state] = configure(store)
    [committed] = commit(store, a_poll(state, "1", "2"))
    wanted = item_id(WIRE, "1")
    alert = next(a for a in committed.alerts if a.item.id == wanted)
    for words in (wanted, wanted[:12], alert.id, alert.id[:8]):
        assert guids(each.item for each in store.find(words)) == ["1"]


def test_items_are_found_by_link_as_written_or_by_its_key(store):
    [state, other] = configure(store, WIRE, SHORE)
    link, link_key = "https://news.example/1?utm_source=rss", key("https://news.example/1")
    for each in (state, other):
        sighting = a_sighting_in(each, each.host, link=f"{link}&{each.host}", link_key=link_key)
        commit(store, a_poll(each, sighting))
    assert len(store.find(f"{link}&wire.example")) == 1
    assert len(store.find("https://news.example/1", link_key=link_key)) == 2


@pytest.mark.parametrize("wanted", ["", "nothing", "%", "https://nowhere.example/"])
def test_what_is_not_there_is_not_found(store, wanted):
    poll_each_hour(store, 1)
    assert store.find(wanted) == ()


def test_an_item_that_matched_nothing_is_found_without_rulings(store):
    [state] = configure(store)
    commit(store, a_poll(state, a_sighting_in(state, "1", matches=())))
    [finding] = store.find(item_id(WIRE, "1"))
    assert (finding.rulings, finding.alerts, finding.deliveries) == ((), (), ())
    assert finding.story.size == 1


# --- prune ------------------------------------------------------------------------------------


def test_old_items_go_with_their_rulings_alerts_and_stories(store):
    [state] = configure(store)
    commit(store, a_poll(state, "1"))
    read_document(store, state, "2", now=NOW + KEEP)
    deliver(store)
    assert store.prune(NOW + DAY) == 1
    assert list(store.items()) == []
    assert store.deliveries() == []
    assert store.find(item_id(WIRE, "1")) == ()
    assert store.counts(NOW).alerts == 0


def test_what_is_younger_stays(store):
    [state] = configure(store)
    commit(store, a_poll(state, "1"))
    read_document(store, state, "2", now=NOW + KEEP)
    deliver(store)
    assert store.prune(NOW) == 0
    [finding] = store.find(item_id(WIRE, "1"))
    assert finding.story
    assert len(finding.rulings) == len(finding.alerts) == len(finding.deliveries) == 1


def test_many_old_items_go_in_one_call(store):
    [state] = configure(store)
    sightings = [a_sighting_in(state, str(n), matches=()) for n in range(1100)]
    commit(store, a_poll(state, *sightings))
    read_document(store, state, "new", now=NOW + KEEP)
    assert store.prune(NOW + KEEP) == 1100


def test_an_item_that_stands_in_the_document_still_is_kept(store):
    [state] = configure(store)
    commit(store, a_poll(state, "1", "2"))
    read_document(store, state, "1", now=NOW + KEEP)
    assert store.prune(NOW + KEEP) == 1
    assert guids(store.items()) == ["1"]


def test_a_document_that_never_changes_keeps_its_items_and_keys(store):
    [state] = configure(store)
    commit(store, a_poll(state, "1"))
    for months in range(1, 25):
        unchanged = a_poll(again(store, state), now=NOW + months * timedelta(days=30))
        commit(store, unchanged)
    assert store.prune(NOW + timedelta(days=700)) == 0
    assert not unknown(store, state, key(WIRE, "1"))


def test_an_item_that_returns_after_it_was_removed_is_not_news(store):
    [state] = configure(store)
    commit(store, a_poll(state, "1"))
    read_document(store, state, "2", now=NOW + KEEP)
    assert store.prune(NOW + KEEP) == 1
    returned = a_poll(again(store, state), "1", now=NOW + KEEP + DAY)
    [committed] = commit(store, returned)
    assert (committed.new, committed.alerts) == (0, ())


def test_keys_are_forgotten_half_a_year_after_their_items(store):
    [state] = configure(store)
    commit(store, a_poll(state, "1"))
    read_document(store, state, "2", now=NOW + DAY * 400)
    store.prune(NOW + timedelta(days=180))
    assert not unknown(store, state, key(WIRE, "1"))
    store.prune(NOW + timedelta(days=181))
    assert unknown(store, state, key(WIRE, "1")) == {key(WIRE, "1")}


def test_a_key_seen_again_is_remembered_from_then_on(store):
    [state] = configure(store)
    commit(store, a_poll(state, "1"))
    read_document(store, state, "1", now=NOW + timedelta(days=100))
    read_document(store, state, "2", now=NOW + timedelta(days=500))
    store.prune(NOW + timedelta(days=270))
    assert not unknown(store, state, key(WIRE, "1"))


def test_what_is_still_to_be_delivered_is_kept_with_its_message(store):
    [state] = configure(store)
    commit(store, a_poll(state, "1"))
    read_document(store, state, "2", now=NOW + KEEP)
    store.park("desk", "no_service")
    store.prune(NOW + KEEP)
    [parked] = store.deliveries(state=DeliveryState.PARKED)
    assert parked.message.data["item"]["title"].endswith("1")
    store.unpark("desk")
    deliver(store, Dead(reason="gone"))
    store.prune(NOW + KEEP)
    assert store.deliveries() == []


def test_a_poll_that_failed_forgets_nothing(store):
    [state] = configure(store)
    commit(store, a_poll(state, "1"))
    failed = a_poll(again(store, state), outcome=PollOutcome.FAILED, now=NOW + KEEP)
    commit(store, failed)
    assert store.prune(NOW + KEEP) == 0
