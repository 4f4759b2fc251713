"""Stories go on after a restart, in every process, and after a failure, as if nothing had been."""

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from itertools import cycle
from random import Random

import pytest
from builders import NOW
from store_builders import a_poll, a_sighting_in, commit, configure, decide_for
from story_builders import ARTICLES, HOUR, MINUTE, ONE_END, OTHER_END, WHOLE, told_again

from monitor.model import Sighting
from monitor.pipeline.gists import Gists
from monitor.store import Store
from monitor.store.tables import copies

URLS = [f"https://outlet-{number}.example/rss" for number in range(6)]
EVENTS = [
    "Explosion Amuay refinery kills {} workers gas leak storage tanks burning firefighters dawn",
    "Airspace closed Caracas airlines cancel {} flights passengers stranded airport control tower",
    "Tanker seized Falcón coast navy boards {} crew detained shadow fleet escort frigate",
    "Ferry aground Trapani {} passengers rescued helicopters engines failed hull divers",
]


def stream(seed, count=70):
    """Return headlines of some words of an event each, as outlets do, over six days."""
    random, now = Random(seed), NOW
    for number in range(count):
        now += timedelta(minutes=random.choice([1, 5, 30, 60, 400]))
        words = random.choice(EVENTS).format(27 + number // 9).split()
        kept = sorted(random.sample(range(len(words)), k=random.randint(5, len(words))))
        title = " ".join(words[each] for each in kept)
        text = " ".join(random.sample(words, k=random.randint(0, len(words))))
        yield now, random.choice(URLS), f"{number}", title, text


def publish(store, now, url, guid, title, text, *, decide=None):
    """Have a source publish; return the item's id."""
    [state] = store.source_states([url])
    found = a_sighting_in(state, guid, title=title, matches=(), now=now)
    item = replace(
        found.item, entry=replace(found.item.entry, summary=text, published=now), language="en"
    )
    sighting = Sighting(item=item, matches=(), gist=Gists().of(item, "en"))
    commit(store, a_poll(state, sighting, now=now), decide=decide)
    return item.id


def all_told(store):
    """Return the story of each item by when they came, and the copies."""
    found = [(each.id, store.find(each.id)[0].story) for each in store.items()]
    with store._database.read() as connection:
        rows = connection.execute(copies.select().order_by(copies.c.item)).all()
    return found, [tuple(row) for row in rows]


def at_once(url, news):
    with Store.open(url) as store:
        configure(store, *URLS)
        for each in news:
            publish(store, *each)
        return all_told(store)


@pytest.mark.parametrize("seed", [1, 2])
def test_with_a_restart_after_every_poll_the_stories_are_the_same(databases, seed):
    news = list(stream(seed))
    expected = at_once(databases.cleared(), news)
    assert len({story.id for _, story in expected[0]}) < len(news) - 20
    assert expected[1], "copies are among them"
    url = databases.cleared()
    with Store.open(url) as store:
        configure(store, *URLS)
    for each in news:
        with Store.open(url) as store:
            publish(store, *each)
    with Store.open(url) as store:
        assert all_told(store) == expected


@pytest.mark.parametrize("seed", [3, 4])
def test_processes_that_take_turns_make_the_stories_that_one_makes(databases, seed):
    news = list(stream(seed))
    expected = at_once(databases.cleared(), news)
    url = databases.cleared()
    with ExitStack() as stack:
        stores = [stack.enter_context(Store.open(url)) for _ in range(3)]
        configure(stores[0], *URLS)
        for store, each in zip(cycle(stores), news, strict=False):
            publish(store, *each)
        assert all_told(stores[0]) == expected


def test_what_one_process_merges_the_other_knows_as_merged(store, open_store):
    configure(store, *URLS)
    other = open_store()
    first = publish(store, NOW, URLS[0], "1", *ONE_END)
    second = publish(store, NOW + MINUTE, URLS[1], "2", *OTHER_END)
    publish(other, NOW + HOUR, URLS[2], "3", "Rain along the northern coasts", "")
    publish(other, NOW + HOUR, URLS[3], "4", *WHOLE)
    last = publish(store, NOW + 2 * HOUR, URLS[4], "5", *OTHER_END)
    told = {store.find(each)[0].story for each in (first, second, last)}
    assert len(told) == 1
    assert told.pop().size == 4
    shelves = [each._shelves._shelf for each in (store, other)]
    assert len(set(map(len, shelves))) == 2, "one has yet to read what the other wrote last"
    assert {len(each._centres) for each in shelves} == {2}


def test_of_a_failed_transaction_nothing_is_remembered(databases):
    news = list(stream(5))

    def fail(record, new, book):
        decide_for("desk")(record, new, book)
        raise ValueError(record.state.url)

    expected = at_once(databases.cleared(), news)
    with Store.open(databases.cleared()) as store:
        configure(store, *URLS)
        for number, each in enumerate(news):
            if number % 7 == 3:
                with pytest.raises(ValueError, match="outlet"):
                    publish(store, *each, decide=fail)
            publish(store, *each)
        assert all_told(store) == expected


@pytest.mark.postgres
def test_workers_that_see_copies_in_the_same_moment_begin_one_story(postgres):
    url = postgres.cleared()
    title, text = ARTICLES["en"][0]
    barrier = threading.Barrier(4)

    def work(number):
        told = told_again("with a paragraph more", f"{title} {'now' * number}", text)
        with Store.open(url) as store:
            barrier.wait(30)
            return publish(store, NOW, URLS[number], "1", *told)

    with Store.open(url) as store:
        configure(store, *URLS)
    with ThreadPoolExecutor(4) as threads:
        items = list(threads.map(work, range(4)))
    with Store.open(url) as store:
        stories = {store.find(each)[0].story for each in items}
    assert [story.size for story in stories] == [4]
