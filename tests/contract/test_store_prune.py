"""What stories, cases and copies are kept by goes when nobody needs it, and not before."""

from dataclasses import replace
from datetime import timedelta

from builders import NOW
from sqlalchemy import func, select
from store_builders import DAY, WIRE, a_poll, a_sighting_in, commit, configure

from monitor.alerts.policy import Policy
from monitor.model import StoryBook
from monitor.pipeline.deciding import decide_due, decider
from monitor.pipeline.gists import Gists
from monitor.settings import AlertSettings
from monitor.store.due_cases import due_cases
from monitor.store.tables import cases, copies, gists, items, stories
from monitor.watch.rules import Watchlist

SHORE = "https://shore.example/feed"
TITLE = "Explosion at fuel depot in Caracas kills twenty seven workers"
TEXT = "Firefighters fought the flames at the Catia refinery until dawn, said governor Ortega."
CRISIS = Watchlist(name="crisis", match=(), notify=("desk",))


def a_policy(group_wait=timedelta(0)):
    return Policy(alerts=AlertSettings(group_wait=group_wait), watchlists={"crisis": CRISIS})


def publish(store, url=WIRE, *, at=NOW, title=TITLE, policy=None):
    [state] = store.source_states([url])
    found = a_sighting_in(state, title, title=title, now=at)
    entry = replace(found.item.entry, summary=TEXT, published=at)
    item = replace(found.item, entry=entry)
    sighting = replace(found, item=item, gist=Gists().of(item, "en"))
    commit(store, a_poll(state, sighting, now=at), decide=decider(policy or a_policy()))


def leave(store, at):
    """Let every source show a document without anything known."""
    for state in store.source_states():
        commit(store, a_poll(state, now=at, seen={}, state=replace(state, whole_at=at)))


def count(store, table):
    with store._database.read() as connection:
        return connection.scalar(select(func.count()).select_from(table))


def test_what_stories_are_compared_by_goes_after_three_days_whatever_is_kept(store):
    configure(store)
    publish(store)
    publish(store, at=NOW + 2 * DAY, title="Airspace closed over Caracas until Friday noon")
    store.prune(NOW - 90 * DAY)
    assert count(store, gists) == 2
    publish(store, at=NOW + 4 * DAY, title="Tanker seized off the coast of Falcón at dawn")
    store.prune(NOW - 90 * DAY)
    assert count(store, gists) == 2
    assert count(store, items) == 3


def test_that_an_item_is_a_copy_goes_with_the_item(store):
    configure(store, WIRE, SHORE)
    publish(store)
    publish(store, SHORE)
    assert count(store, copies) == 1
    store.prune(NOW + 10 * DAY)
    assert count(store, copies) == 1, "it stands in its source's document"
    leave(store, NOW + DAY)
    assert store.prune(NOW + 10 * DAY) == 2
    assert count(store, copies) == 0


def test_what_a_case_will_tell_is_kept_until_it_was_told(store):
    configure(store)
    policy = a_policy(group_wait=30 * DAY)
    publish(store, policy=policy)
    leave(store, NOW + DAY)
    assert store.prune(NOW + 20 * DAY) == 0
    assert (count(store, items), count(store, stories), count(store, cases)) == (1, 1, 1)
    with store._database.read() as connection:
        waited = due_cases(connection, NOW + 30 * DAY)
    book = StoryBook(by_key={}, stories={})
    [alert] = decide_due(waited, book, now=NOW + 30 * DAY, policy=policy).alerts
    assert alert.item.entry.title == TITLE
