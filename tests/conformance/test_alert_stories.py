"""One story, few messages: what real polls make of copies, edits and feeds that come back."""

from datetime import timedelta

import pytest
from identity_builders import DAY, HOUR, MINUTE, TEXT, article, past, rss, show
from poller import Poller

from monitor.model import ItemOutcome, Source
from monitor.settings import HealthSettings
from monitor.testing.server import Answer

TITLE = "Maduro says explosion at fuel depot kills {}"


@pytest.fixture
async def desk(tmp_path):
    """A monitor whose source was never polled."""
    heard = HealthSettings(notify=("desk",))
    async with Poller(tmp_path, more={"health": heard}) as poller:
        yield poller


def crowd(desk, count=9):
    return [article(100 + n, at=past(desk, DAY), title=f"Sports day {n}") for n in range(count)]


def told(desk):
    """Return the type, the reason and what is new of each message, in order."""
    rows = sorted(desk.store.deliveries(), key=lambda row: row.id)
    return [
        (row.message.type, row.message.data["alert"]["reason"], row.message.data["alert"]["detail"])
        for row in rows
        if row.message.type.startswith("alert.")
    ]


def story(number, toll=27, text=TEXT):
    return article(number, title=TITLE.format(toll), text=text)


async def test_case_49_forty_copies_in_two_hours_are_one_alert_and_three_follow_ups_at_most(desk):
    paths = [f"/outlet-{n}" for n in range(40)]
    outlets = [Source(url=desk.url(path), name=path) for path in paths]
    await desk.configure(*outlets)
    for path in paths:
        desk.publish(rss(*crowd(desk)), path)
        await desk.poll(path, after=timedelta(0))
    before = crowd(desk)
    for number, path in enumerate(paths):
        await show(desk, story(number), *before, path=path, after=3 * MINUTE)
    messages = told(desk)
    assert [kind for kind, _, _ in messages][:1] == ["alert.created"]
    assert {kind for kind, _, _ in messages[1:]} == {"alert.updated"}
    assert len(messages) <= 4
    assert messages[-1][1:] == ("more sources", "told by 30 sources")
    outcomes = [
        ruling.outcome for item in desk.items() for ruling in desk.store.find(item.id)[0].rulings
    ]
    assert len(outcomes) == 40
    assert outcomes.count(ItemOutcome.ALERTED) == 1


async def test_case_50_a_first_poll_is_silent_and_a_feed_with_new_names_is_one_notice(desk):
    items = [
        article(number, at=past(desk, HOUR) - number * MINUTE, title=f"Maduro, day {number}")
        for number in range(200)
    ]
    await show(desk, *items)
    assert told(desk) == []
    renamed = [each.replace("?p=", "?post=").replace("/story-", "/new/") for each in items]
    await show(desk, *renamed)
    assert told(desk) == []
    assert desk.notices() == ["system.feed_rekeyed"]
    assert len(desk.store.deliveries()) == 1


async def test_an_edit_with_another_number_is_a_follow_up_on_its_story(desk):
    others = crowd(desk)
    await show(desk, *others)
    await show(desk, story(1), *others)
    await show(desk, story(1, toll=28), *others)
    await show(desk, story(1, toll=28, text=f"{TEXT} More follows."), *others)
    assert told(desk) == [
        ("alert.created", "new story", None),
        ("alert.updated", "numbers changed", "27 → 28"),
    ]


async def test_an_edit_of_what_was_there_before_its_source_was_polled_is_silent(desk):
    others = crowd(desk)
    await show(desk, story(1), *others)
    await show(desk, story(1, toll=28), *others)
    assert told(desk) == []


async def test_a_site_that_changes_all_its_texts_makes_no_follow_ups(desk):
    titles = ["Maduro rides a horse in Lima", "Rivers rise, says Maduro", "Maduro sings opera",
              "Markets fall for Maduro", "Planes land without Maduro", "Maduro paints a wall",
              "Goats greet Maduro twice"]  # fmt: skip
    texts = [f"{title}. {number} people watched" for number, title in enumerate(titles)]

    def page(more=""):
        return [
            article(number, title=title, text=f"{text}. {more}")
            for number, (title, text) in enumerate(zip(titles, texts, strict=True))
        ]

    others = crowd(desk)
    await show(desk, *others)
    await show(desk, *page(), *others)
    count = len(told(desk))
    assert count
    await show(desk, *page("Read 5 of 900 stories"), *others)
    assert len(told(desk)) == count


async def test_a_feed_back_from_the_dead_tells_nothing_from_before_it_died(desk):
    others = crowd(desk)
    await show(desk, *others)
    died = desk.clock()
    desk.play(Answer(status=500))
    for _ in range(5):
        await desk.poll(after=10 * HOUR)
    old = article(1, title="Maduro opens a bridge", at=died - HOUR)
    new = article(2, title="Crowds gather as Maduro leaves", at=desk.clock() - HOUR)
    await show(desk, new, old, *others)
    assert desk.alerts() == ["Crowds gather as Maduro leaves"]
    [held] = [each for each in desk.items() if "bridge" in each.entry.title]
    [ruling] = desk.store.find(held.id)[0].rulings
    assert ruling.outcome is ItemOutcome.TOO_OLD
    assert "before its source could not be read for 2 days" in ruling.reason
