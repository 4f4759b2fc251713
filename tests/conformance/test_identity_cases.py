"""The cases of docs/identity-cases.md: which entries are one item, which are news, which are not.

The numbers are those of the page; behaviours of a poll that identity decides carry their own.
"""

import json
from datetime import timedelta

import pytest
from identity_builders import (
    DAY,
    HOUR,
    MINUTE,
    OTHER_TEXT,
    TEXT,
    article,
    item,
    past,
    rss,
    show,
)
from poller import Poller

from monitor.model import ItemOutcome, Source
from monitor.settings import HealthSettings
from monitor.testing.server import Answer


@pytest.fixture
async def desk(tmp_path):
    """A monitor whose source has been polled once, while it held a few old entries."""
    more = {"health": HealthSettings(notify=("desk",))}
    async with Poller(tmp_path, more=more) as poller:
        yield poller


def outcomes(desk):
    """Return what became of each item that matched, by title."""
    return {
        found.item.entry.title: found.rulings[0].outcome
        for each in desk.items()
        for found in desk.store.find(each.id)
        if found.rulings
    }


def reason(desk, title):
    [each] = [one for one in desk.items() if one.entry.title == title]
    return desk.store.find(each.id)[0].rulings[0].reason


def versions(desk, title):
    [each] = [one for one in desk.items() if one.entry.title == title]
    return desk.store.find(each.id)[0].versions


# --- names ------------------------------------------------------------------------------------


async def test_case_01_without_a_guid_the_link_names_an_item(desk):
    await show(desk, item("Maduro speaks", link="https://wire.example/a"))
    await show(desk, item("Maduro spoke", link="http://www.wire.example/a/?utm_source=rss"))
    assert desk.titles() == ["Maduro spoke"]
    await show(desk, item("Maduro leaves", link="https://wire.example/b"))
    assert desk.alerts() == ["Maduro leaves"]


@pytest.mark.parametrize("dated", [True, False])
async def test_case_02_with_a_title_alone_it_names_the_item_with_its_date_or_text(desk, dated):
    at = past(desk) if dated else None
    await show(desk, item("Maduro speaks", at=at, text="x"))
    await show(desk, item("Maduro speaks", at=at, text="x"), item("Maduro leaves", at=at))
    assert desk.alerts() == ["Maduro leaves"]
    assert len(desk.items()) == 2


@pytest.mark.parametrize("guid", ["", "   ", "\n\t"])
async def test_case_03_an_empty_guid_is_no_guid(desk, guid):
    entries = [
        f"<item><guid>{guid}</guid><title>Maduro {n}</title>"
        f"<link>https://wire.example/{n}</link></item>"
        for n in "ab"
    ]
    await show(desk, *entries)
    assert len(desk.items()) == 2


async def test_case_04_a_guid_is_trimmed_and_keeps_its_case(desk):
    await show(desk, item("Maduro 1", guid="Cafe\u0301 1"))
    await show(desk, "<item><title>Maduro 1</title><guid>\n <![CDATA[ Café 1 ]]>\n</guid></item>")
    assert len(desk.items()) == 1
    await show(desk, item("Maduro 2, of another kind", guid="CAFÉ 1"))
    assert len(desk.items()) == 2


async def test_case_05_entries_that_share_a_guid_are_told_apart_by_link_title_and_date(desk):
    at = past(desk)
    await show(desk, item("Weather", guid="w", at=at))
    entries = [
        item("Maduro speaks", guid="same", link="https://wire.example/1", at=at),
        item("Maduro speaks", guid="same", link="https://wire.example/2", at=at),
        item("Maduro leaves", guid="same", link="https://wire.example/2", at=at),
        item("Maduro leaves", guid="same", link="https://wire.example/2", at=at + MINUTE),
    ]
    await show(desk, *entries)
    assert len(desk.items()) == 5
    assert (await show(desk, *reversed(entries))).new == 0
    for entry in entries:
        assert (await show(desk, entry)).new == 0


async def test_case_06_guids_that_differ_in_their_fragment_are_two(desk):
    await show(desk, *[item(f"Maduro {n}", guid=f"https://wire.example/log#{n}") for n in "ab"])
    assert len(desk.items()) == 2


async def test_case_06_links_that_differ_in_their_fragment_alone_are_two(desk):
    await show(desk, *[item(f"Maduro {n}", link=f"https://wire.example/log#{n}") for n in "ab"])
    assert len(desk.items()) == 2


async def test_case_07_a_link_that_all_entries_share_names_none(desk):
    def release(number):
        link = "https://wire.example/changelog"
        return item(f"Maduro release {number}", guid=f"v{number}", link=link, text=f"v{number}")

    await show(desk, release(1), release(2))
    for number in range(3, 7):
        assert (await show(desk, release(number))).alerts == 1
    assert len(desk.items()) == 6


async def test_case_07_a_link_with_a_new_guid_date_and_title_is_a_new_item(desk):
    link, at = "https://wire.example/latest", past(desk)
    await show(desk, item("Maduro speaks", guid="1", link=link, at=at))
    await show(desk, item("Maduro leaves", guid="2", link=link, at=at + MINUTE))
    await show(desk, item("Maduro returns", guid="3", link=link, at=at + 2 * MINUTE))
    assert desk.alerts() == ["Maduro leaves", "Maduro returns"]


def churning(desk, poll, count=6, **changes):
    return [
        article(n, at=desk.clock() - 9 * HOUR, **{"guid": f"{n}-{poll}"} | changes)
        for n in range(count)
    ]


async def test_case_08_guids_that_change_with_each_document_bring_no_news(desk):
    for poll in range(4):
        await show(desk, *churning(desk, poll))
    assert desk.alerts() == []
    assert len(desk.items()) == 6
    assert desk.state().habits.identity == "link"
    assert desk.notices() == ["system.feed_rekeyed"]
    # From now on a new title and date under a known link are no news either.
    at = desk.clock()
    await show(desk, *churning(desk, 5), article(9, title="Maduro leaves", guid="9-5", at=at))
    changed = article(0, title="Weather: Maduro in the rain", guid="0-6", at=at)
    await show(desk, changed, *churning(desk, 6)[1:])
    assert desk.alerts() == ["Maduro leaves"]


async def test_case_08_what_people_say_of_a_source_counts_before_what_was_learned(desk):
    await desk.configure(Source(url=desk.url("/feed"), name="feed", identity="link"))
    await show(desk, item("Maduro speaks", guid="1", link="https://wire.example/a"))
    await show(desk, item("Maduro spoke", guid="2", link="https://wire.example/a", text="x"))
    assert len(desk.items()) == 1


@pytest.mark.parametrize(
    "old",
    [
        {"guid": "http://wire.example/a", "link": "http://wire.example/a"},
        {"guid": "https://www.wire.example/a/", "link": "https://www.wire.example/a/"},
        {"guid": "https://old.example/?p=7", "link": "https://old.example/?p=7"},
    ],
)
async def test_case_09_a_migrated_item_is_known_by_its_link_or_its_title_and_date(desk, old):
    at = past(desk)
    await show(desk, item("Maduro speaks", at=at, text=TEXT, **old))
    new = {"guid": "https://wire.example/a", "link": "https://wire.example/a"}
    await show(desk, item("Maduro speaks", at=at, text=TEXT, **new))
    assert (len(desk.items()), desk.alerts()) == (1, [])
    await show(desk, item("Maduro spoke", at=at + DAY, text=TEXT, **new), after=HOUR)
    assert len(desk.items()) == 1


async def test_case_10_a_number_in_an_address_outlasts_the_headline_around_it(desk):
    def dw(slug, title, number, at):
        link = f"https://wire.example/en/{slug}/a-{number}"
        return item(title, guid=link, link=link, at=at, text=TEXT)

    at = past(desk)
    await show(desk, dw("maduro-speaks", "Maduro speaks", 74912345, at))
    await show(desk, dw("maduro-speaks-to-army", "Maduro speaks to army", 74912345, at))
    assert desk.titles() == ["Maduro speaks to army"]
    await show(desk, dw("maduro-speaks", "Maduro speaks again", 74912346, desk.clock()))
    assert desk.alerts() == ["Maduro speaks again"]


@pytest.mark.parametrize("is_first", [True, False])
@pytest.mark.parametrize(
    "mark", ["utm_source=rss", "fbclid=1", "gclid=2", "ref=rss", "xtor=RSS-1", "at_medium=RSS"]
)
async def test_case_11_what_tracks_readers_is_no_part_of_a_link(desk, mark, is_first):
    plain = "https://wire.example/a?id=7"
    first, second = [f"{plain}&{mark}", plain][:: 1 if is_first else -1]
    await show(desk, item("Maduro speaks", link=first))
    await show(desk, item("Maduro speaks", link=second))
    [only] = desk.items()
    assert only.entry.link == first


async def test_case_12_redirectors_are_not_followed_and_the_guid_names_the_item(desk):
    await show(desk, item("Maduro speaks", guid="CBMi1", link=desk.url("/r/1")))
    await show(desk, item("Maduro speaks", guid="CBMi1", link=desk.url("/r/2")))
    assert len(desk.items()) == 1
    assert {each.target for each in desk.servers["127.0.0.1"].requests} == {"/feed"}


async def test_case_13_an_item_under_a_new_name_alerts_once(desk):
    await show(desk, item("Weather", guid="w"))
    title, at = "Maduro speaks in Caracas - BBC News", past(desk)
    await show(desk, item(title, guid="CBMi1", link="https://news.example/articles/CBMi1", at=at))
    again = {"guid": "CBMi2", "link": "https://news.example/articles/CBMi2"}
    await show(desk, item(title, **again, at=at + MINUTE, text=TEXT))
    assert desk.alerts() == [title]


async def test_case_14_one_guid_in_two_sources_is_two_items(desk):
    await desk.configure(*[Source(url=desk.url(p), name=p) for p in ("/a", "/b")])
    for path in ("/a", "/b"):
        await show(desk, item("Weather", guid="w"), path=path)
        await show(desk, item(f"Maduro in {path}", guid="1"), path=path)
    assert desk.alerts() == ["Maduro in /a", "Maduro in /b"]


@pytest.mark.parametrize("same", ["link", "title"])
async def test_case_15_and_16_one_story_in_several_sources_alerts_once(desk, same):
    await desk.configure(*[Source(url=desk.url(p), name=p) for p in ("/a", "/b")])
    for path in ("/a", "/b"):
        await show(desk, item("Weather", guid="w"), path=path)
    for path in ("/a", "/b"):
        link = "https://wire.example/1" if same == "link" else f"https://{path[1:]}.example/1"
        title = "Maduro closes the airspace" if same == "title" else f"Maduro {path}"
        await show(desk, item(title, guid=path, link=link), path=path)
    assert len(desk.alerts()) == 1
    [first, *_] = [each for each in desk.items() if "Maduro" in each.entry.title]
    assert desk.store.find(first.id)[0].story.sources == ("/a", "/b")


# --- edits ------------------------------------------------------------------------------------


async def test_case_17_an_edited_title_is_a_version_of_the_same_item(desk):
    await show(desk, article(0))
    await show(desk, article(0), article(1, title="Maduro closes the airspace"))
    visit = await show(desk, article(0), article(1, title="Maduro closes the whole airspace"))
    assert (visit.new, visit.alerts) == (0, 0)
    assert desk.alerts() == ["Maduro closes the airspace"]
    [version] = versions(desk, "Maduro closes the whole airspace")
    assert (version.title, version.changed) == ("Maduro closes the airspace", ("title",))
    assert version.at == desk.clock()


async def test_case_18_a_live_page_is_one_item_with_at_most_24_versions(desk):
    await show(desk, article(0))
    for update in range(30):
        text = f"{TEXT} At {update} o'clock {update} were counted."
        await show(desk, article(1, text=text, at=past(desk)), article(0))
    title = "Maduro, part 1 of the news"
    kept = versions(desk, title)
    assert (len(desk.items()), len(desk.alerts()), len(kept)) == (2, 1, 24)
    assert kept[0].changed == ("text", "numbers")
    assert (
        "29 were counted" in next(e for e in desk.items() if e.entry.title == title).entry.summary
    )


async def test_case_19_a_date_that_moves_is_no_edit_and_no_news(desk):
    await show(desk, article(0), article(1))
    for _ in range(3):
        await show(desk, article(0, at=desk.clock()), article(1, at=desk.clock()))
    assert desk.alerts() == []
    assert not versions(desk, "Maduro, part 1 of the news")


async def test_case_20_an_update_keeps_the_date_of_publication(desk):
    def atom(text, updated):
        return (
            '<feed xmlns="http://www.w3.org/2005/Atom"><title>Wire</title><id>w</id><entry>'
            f"<id>1</id><title>Maduro speaks</title><summary>{text}</summary>"
            f"<published>2025-11-30T08:00:00Z</published><updated>{updated}</updated>"
            "</entry></feed>"
        ).encode()

    await show(desk, atom("a few words", "2025-11-30T08:00:00Z"))
    await show(desk, atom("some more words", "2025-11-30T20:00:00Z"))
    [only] = desk.items()
    assert (only.entry.published.hour, only.entry.updated.hour) == (8, 20)
    assert len(versions(desk, "Maduro speaks")) == 1
    await show(desk, atom("some more words", "2025-11-30T22:00:00Z"))
    assert len(versions(desk, "Maduro speaks")) == 1


# --- coming and going -------------------------------------------------------------------------


@pytest.mark.parametrize("away", [HOUR, 100 * DAY, 170 * DAY])
async def test_case_21_an_item_that_returns_is_known(desk, away):
    await show(desk, article(1), article(2))
    await show(desk, article(2), article(3, title="Weather"))
    desk.store.prune(desk.clock() + away - 90 * DAY)
    await show(desk, article(1), article(2), after=away)
    assert desk.alerts() == []


async def test_case_22_an_item_removed_from_the_store_but_not_from_its_document_is_known(desk):
    await show(desk, article(1), article(2))
    for _ in range(9):
        await show(desk, article(1), article(3, title="Weather"), after=60 * DAY)
        desk.store.prune(desk.clock() - 90 * DAY)
    visit = await show(desk, article(1), article(4, title="Snow"))
    assert (desk.alerts(), visit.new) == ([], 1)


async def test_case_23_an_old_item_that_moves_up_after_a_deletion_is_late(desk):
    aged = [article(n, at=past(desk, (n + 1) * HOUR)) for n in range(8)]
    await show(desk, *aged[:6])
    await show(desk, *aged[1:7])
    title = "Maduro, part 6 of the news"
    assert (desk.alerts(), outcomes(desk)[title]) == ([], ItemOutcome.TOO_OLD)
    assert "moved up" in reason(desk, title)


async def test_case_23_an_item_published_late_into_a_growing_document_is_news(desk):
    await show(desk, *[article(n, at=past(desk, n * HOUR)) for n in range(1, 4)])
    old = article(9, title="Maduro, told late", at=past(desk, 9 * HOUR))
    await show(desk, *[article(n, at=past(desk, (n + 1) * HOUR)) for n in range(1, 4)], old)
    assert desk.alerts() == ["Maduro, told late"]


async def test_case_24_a_document_that_shrinks_and_grows_back_brings_no_news(desk):
    entries = [article(n) for n in range(6)]
    await show(desk, *entries)
    for part in ([], entries[:1], [], entries, entries[::-1]):
        await show(desk, *part)
    assert (desk.alerts(), len(desk.items())) == ([], 6)


async def test_case_25_entries_in_any_order_are_all_read_and_told_the_oldest_first(desk):
    await show(desk, *[article(n, at=past(desk, 9 * HOUR)) for n in range(3)])
    ages = {7: 3, 8: 1, 9: 2}
    fresh = [article(n, at=desk.clock() + HOUR - age * MINUTE) for n, age in ages.items()]
    known = [article(n, at=past(desk, 9 * HOUR)) for n in range(3)]
    await show(desk, known[0], fresh[0], known[1], fresh[1], known[2], fresh[2])
    assert desk.alerts() == [f"Maduro, part {n} of the news" for n in (7, 9, 8)]


# --- dates ------------------------------------------------------------------------------------


async def test_case_26_undated_items_count_from_when_they_were_first_seen(desk):
    await show(desk, article(0), article(1))
    await show(desk, article(2), article(0), article(1), after=30 * DAY)
    assert desk.alerts() == ["Maduro, part 2 of the news"]
    newest = desk.items()[-1]
    assert (newest.entry.published, newest.first_seen) == (None, desk.clock())


async def test_case_27_an_item_dated_in_the_future_alerts_now_and_keeps_its_date(desk):
    await show(desk, article(0))
    ahead = desk.clock() + 400 * DAY
    now = desk.clock() + HOUR - MINUTE
    await show(desk, article(1, title="Maduro ahead", at=ahead), article(2, at=now), article(0))
    assert desk.alerts() == ["Maduro, part 2 of the news", "Maduro ahead"]
    [future] = [each for each in desk.items() if each.entry.title == "Maduro ahead"]
    assert future.entry.published == ahead
    await show(desk, article(1, title="Maduro ahead", at=ahead), article(0))
    assert len(desk.alerts()) == 2


@pytest.mark.parametrize(
    "date", ["0", "-1", "0000-00-00 00:00:00", "Thu, 01 Jan 1970 00:00:00 GMT"]
)
async def test_case_28_a_date_that_is_none_does_not_make_an_item_old(desk, date):
    await show(desk, article(0))
    await show(desk, article(0), article(1, more=f"<pubDate>{date}</pubDate>"))
    assert desk.alerts() == ["Maduro, part 1 of the news"]
    assert desk.items()[-1].entry.published is None


async def test_case_29_a_date_without_a_zone_is_read_as_utc(desk):
    await show(desk, article(0, more="<pubDate>Sun, 30 Nov 2025 20:00:00</pubDate>"))
    published = desk.items()[0].entry.published
    assert (published.hour, published.utcoffset()) == (20, timedelta(0))


# --- names used again -------------------------------------------------------------------------


@pytest.mark.parametrize("dated", [True, False])
async def test_case_30_a_guid_that_stands_for_something_else_now_is_a_new_item(desk, dated):
    def headline(title, text):
        at = desk.clock() if dated else None
        return item(title, guid="top-story", link="https://wire.example/top", at=at, text=text)

    await show(desk, headline("Weather for the coming days", OTHER_TEXT))
    await show(desk, headline("Maduro speaks before the palace", TEXT))
    await show(desk, headline("Sunshine returns to northern coasts", OTHER_TEXT))
    third = "Nobody expected what followed when Maduro resigned on Tuesday"
    visit = await show(desk, headline(third, "A successor has yet to be named by the assembly."))
    assert (visit.new, visit.alerts) == (1, 1)
    assert desk.alerts() == ["Maduro speaks before the palace", third]
    assert (
        await show(desk, headline(third, "A successor has yet to be named by the assembly."))
    ).new == 0


async def test_case_30_a_text_that_changes_under_an_unchanged_date_is_an_edit(desk):
    at = past(desk)
    await show(desk, article(1, at=at, title="Maduro speaks tonight", text=TEXT))
    await show(desk, article(1, at=at, title="Quite another headline", text=OTHER_TEXT))
    assert len(desk.items()) == 1


async def test_case_31_an_entry_that_stands_there_twice_is_one_item(desk):
    await show(desk, article(0))
    visit = await show(desk, article(1), article(0), article(1))
    assert (visit.new, visit.alerts, len(desk.items())) == (1, 1, 2)


# --- sources ----------------------------------------------------------------------------------


async def test_case_32_a_source_that_moved_keeps_its_items(desk):
    await show(desk, article(0), article(1))
    moved = Answer(status=301, headers=(("Location", desk.url("/moved")),))
    desk.play(moved, "/feed")
    desk.publish(rss(article(2), article(0), article(1)), "/moved")
    visit = await desk.poll(after=HOUR)
    assert (visit.new, desk.alerts()) == (1, ["Maduro, part 2 of the news"])


async def test_case_32_a_new_address_written_by_people_is_polled_first_in_silence(desk):
    await show(desk, article(0))
    await desk.configure(Source(url=desk.url("/new"), name="feed"))
    await show(desk, article(0), article(1), path="/new")
    assert desk.alerts() == []
    await show(desk, article(2), article(0), article(1), path="/new")
    assert desk.alerts() == ["Maduro, part 2 of the news"]


async def test_case_33_a_source_that_left_and_returns_brings_no_news_that_was_known(desk):
    await show(desk, article(0), article(1))
    await desk.configure(Source(url=desk.url("/other"), name="other"))
    desk.clock.advance(DAY)
    await desk.configure(Source(url=desk.url("/feed"), name="feed"))
    await show(desk, article(0), article(1))
    assert desk.alerts() == []


async def test_case_34_of_two_polls_at_once_one_counts(desk):
    await show(desk, article(0))
    desk.publish(rss(article(1), article(0)))
    state = desk.state()
    source = desk.pipeline.sources[state.url]
    first = await desk.pipeline.visit(state, source)
    second = await desk.pipeline.visit(state, source)
    assert [first.outcome, second.outcome] == ["new", "deferred"]
    assert len(desk.alerts()) == 1


async def test_case_35_a_post_without_a_title_matches_by_its_text(desk):
    await show(desk, item(guid="0", text="Hello"))
    posts = [item(guid=str(n), link=f"https://m.example/{n}", text=f"Maduro {n}!") for n in (1, 2)]
    await show(desk, *posts)
    assert len(desk.alerts()) == 2
    assert (await show(desk, *posts)).new == 0


async def test_case_36_rdf_json_and_podcasts_name_their_items_as_well(desk):
    rdf = (
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'
        ' xmlns="http://purl.org/rss/1.0/"><channel rdf:about="https://w.example/"><title>W</title>'
        "</channel>{}</rdf:RDF>"
    )
    about = '<item rdf:about="https://w.example/{0}"><title>Maduro {0}</title></item>'
    numbered = [{"id": n, "content_text": f"Maduro {n}"} for n in (7, 8)]
    json_feed = {"version": "https://jsonfeed.org/version/1.1", "title": "W", "items": numbered}
    sound = '<enclosure url="https://w.example/{0}.mp3" length="1" type="audio/mpeg"/>'
    kinds = {
        "/rdf": rdf.format(about.format(1) + about.format(2)).encode(),
        "/json": json.dumps(json_feed).encode(),
        "/pod": rss(*[item(f"Maduro {n}", more=sound.format(n)) for n in (1, 2)]),
    }
    await desk.configure(*[Source(url=desk.url(path), name=path) for path in kinds])
    for path, body in kinds.items():
        assert (await show(desk, body, path=path)).new == 2
        assert (await show(desk, body + b"\n", path=path)).new == 0
    guids = {each.entry.guid for each in desk.items() if each.source.name == "/json"}
    assert guids == {"7", "8"}
    podcast = [each.entry.link for each in desk.items() if each.source.name == "/pod"]
    assert sorted(podcast) == ["https://w.example/1.mp3", "https://w.example/2.mp3"]


async def test_case_36_an_entry_of_another_source_keeps_its_own_name(desk):
    body = (
        b'<feed xmlns="http://www.w3.org/2005/Atom"><title>Planet</title><id>p</id><entry>'
        b"<id>tag:a.example,2025:1</id><title>Maduro speaks</title><source><id>other</id>"
        b"<title>A</title></source></entry></feed>"
    )
    await show(desk, body)
    assert desk.items()[0].entry.guid == "tag:a.example,2025:1"


# --- behaviours of a poll that identity decides -----------------------------------------------


async def test_behaviour_61_a_first_poll_of_fifty_items_alerts_for_none(desk):
    visit = await show(desk, *[article(n, at=past(desk, n * MINUTE)) for n in range(50)])
    assert (visit.new, visit.alerts, desk.alerts()) == (50, 0, [])
    assert set(outcomes(desk).values()) == {ItemOutcome.FIRST_POLL}


async def test_behaviour_62_a_new_item_is_one_alert(desk):
    await show(desk, article(0))
    await show(desk, article(1), article(0))
    for _ in range(3):
        await show(desk, article(1), article(0))
    assert desk.alerts() == ["Maduro, part 1 of the news"]


async def test_behaviour_63_an_empty_document_between_two_full_ones_brings_no_news(desk):
    entries = [article(n, at=past(desk, n * HOUR)) for n in range(10)]
    for part in (entries, [], entries):
        await show(desk, *part)
    assert (desk.alerts(), desk.notices(), desk.state().habits.gaps) == ([], [], 0)


async def test_behaviour_64_an_item_that_leaves_and_comes_back_brings_no_news(desk):
    await show(desk, article(0), article(1))
    await show(desk, article(0))
    await show(desk, article(0), article(1))
    assert desk.alerts() == []


async def test_behaviour_65_an_old_item_that_slides_in_is_stored_and_told_of_as_too_old(desk):
    await show(desk, *[article(n, at=past(desk, n * HOUR)) for n in range(5)])
    old = article(9, title="Maduro in another year", at=past(desk, 365 * DAY))
    await show(desk, *[article(n, at=past(desk, n * HOUR)) for n in range(1, 5)], old)
    assert desk.alerts() == []
    assert outcomes(desk)["Maduro in another year"] == ItemOutcome.TOO_OLD


async def test_behaviour_66_a_document_with_nothing_known_is_a_gap(desk):
    await show(desk, *[article(n, at=past(desk, n * MINUTE)) for n in range(10)])
    at = desk.clock() + HOUR
    fresh = [article(n, at=at - n * MINUTE / 10) for n in range(20, 30)]
    visit = await show(desk, *fresh)
    assert (visit.new, len(desk.alerts())) == (10, 10)
    assert (desk.state().habits.gaps, desk.state().habits.gap_at) == (1, desk.clock())
    assert desk.notices() == []


def pages(desk, sizes, *, relation="prev-archive", at):
    """Publish a feed in pages: the newest items on the first, each page led on to the next."""
    number = 100
    for page, size in enumerate(sizes):
        older = f'<atom:link rel="{relation}" href="{desk.url(f"/page{page + 1}")}"/>'
        entries = [article(number + n, at=at - (number + n) * MINUTE / 100) for n in range(size)]
        number += size
        desk.publish(rss(*entries, more=older), f"/page{page}" if page else "/feed")


@pytest.mark.parametrize("relation", ["prev-archive", "next"])
async def test_behaviour_66_after_a_gap_older_pages_are_read_while_they_bring_news(desk, relation):
    await show(desk, *[article(n, at=past(desk, n * MINUTE)) for n in range(10)])
    at = desk.clock() + HOUR
    pages(desk, [6, 6, 6], relation=relation, at=at)
    await desk.poll(after=HOUR)
    assert len(desk.alerts()) == 18
    assert len(desk.requests("/page3")) == 1
    assert not any(each.header("If-None-Match") for each in desk.requests("/page1"))


async def test_behaviour_66_no_more_than_five_older_pages_are_read(desk):
    await show(desk, *[article(n, at=past(desk, n * MINUTE)) for n in range(10)])
    pages(desk, [5] * 9, at=desk.clock() + HOUR)
    await desk.poll(after=HOUR)
    assert [len(desk.requests(f"/page{n}")) for n in range(1, 8)] == [1, 1, 1, 1, 1, 0, 0]
    assert len(desk.alerts()) == 30


async def test_behaviour_66_reading_back_ends_where_something_is_known(desk):
    known = [article(n, at=past(desk, n * MINUTE)) for n in range(10)]
    await show(desk, *known)
    before_us = [article(900 + n, at=past(desk, 50 * HOUR)) for n in range(5)]
    at = desk.clock() + HOUR
    pages(desk, [6, 6], at=at)
    lost = article(500, at=at - 10 * MINUTE, title="Maduro, nearly lost")
    link = f'<atom:link rel="prev-archive" href="{desk.url("/page2")}"/>'
    desk.publish(rss(lost, *known, *before_us, more=link), "/page1")
    await desk.poll(after=HOUR)
    assert (len(desk.alerts()), desk.requests("/page2")) == (7, [])
    assert "Maduro, nearly lost" in desk.alerts()
    assert outcomes(desk)["Maduro, part 900 of the news"] == ItemOutcome.TOO_OLD


async def test_behaviour_66_a_document_that_says_it_is_complete_has_no_gap(desk):
    complete = "<fh:complete/>"
    await show(desk, *[article(n, at=past(desk)) for n in range(5)], more=complete)
    at = desk.clock() + HOUR
    await show(desk, *[article(n, at=at) for n in range(20, 25)], more=complete)
    assert (desk.state().habits.gaps, len(desk.alerts())) == (0, 5)


async def test_behaviour_66_no_other_host_is_asked_for_older_pages(desk):
    await desk.serve("127.0.0.2")
    await show(desk, *[article(n, at=past(desk, n * MINUTE)) for n in range(10)])
    at = desk.clock() + HOUR
    older = f'<atom:link rel="prev-archive" href="{desk.url("/more", "127.0.0.2")}"/>'
    await show(desk, *[article(n, at=at) for n in range(20, 30)], more=older)
    assert desk.requests("/more", "127.0.0.2") == []


@pytest.mark.parametrize("dated", [True, False])
async def test_behaviour_67_a_site_that_moves_is_one_notice_and_no_alert(desk, dated):
    def site(host, count=10):
        return [
            article(
                n,
                at=past(desk, (n + 1) * HOUR) if dated else None,
                guid=f"https://{host}/?p={n}",
                link=f"https://{host}/story-{n}",
            )
            for n in range(count)
        ]

    old, new = site("old.example"), site("new.example")
    await show(desk, *old, after=timedelta(0))
    await show(desk, *new)
    assert (desk.alerts(), desk.notices()) == ([], ["system.feed_rekeyed"])
    assert len(desk.items()) == 10
    await show(desk, article(50, title="Maduro leaves", at=desk.clock()), *new)
    assert (desk.alerts(), len(desk.notices())) == (["Maduro leaves"], 1)


async def test_behaviour_67_a_feed_in_which_all_is_named_anew_is_one_notice_and_no_alert(desk):
    await show(desk, *[article(n, at=past(desk, (n + 1) * HOUR)) for n in range(8)])
    renamed = [
        article(50 + n, at=past(desk, (n + 2) * HOUR), title=f"Maduro, {n} otherwise")
        for n in range(8)
    ]
    news = article(99, title="Maduro leaves", at=desk.clock() + 50 * MINUTE)
    await show(desk, news, *renamed)
    assert (desk.alerts(), desk.notices()) == (["Maduro leaves"], ["system.feed_rekeyed"])
    assert outcomes(desk)["Maduro, 3 otherwise"] == ItemOutcome.FIRST_POLL
    assert "new names" in reason(desk, "Maduro, 3 otherwise")


# --- what is read of a document ---------------------------------------------------------------


class Readings:
    """A parser pool that notes how many marks it was given each time."""

    def __init__(self, parsers):
        self.parsers = parsers
        self.known = []

    async def parse(self, body, *, known=b"", **about):
        self.known.append(len(known) // 8)
        return await self.parsers.parse(body, known=known, **about)


@pytest.fixture
def readings(desk):
    pipeline = desk.pipeline
    pipeline.parsers = Readings(pipeline.parsers)
    pipeline._visiting = pipeline._visit_by()
    return pipeline.parsers.known


async def test_of_a_document_with_a_plainly_new_entry_only_that_is_read(desk, readings):
    await show(desk, article(0), article(1))
    visit = await show(desk, article(2), article(0), article(1))
    assert readings == [0, 2]
    assert (visit.new, visit.entries, visit.alerts) == (1, 3, 1)


async def test_a_document_with_an_edited_entry_is_read_whole(desk, readings):
    await show(desk, article(0), article(1))
    await show(desk, article(0, title="Maduro spoke"), article(1))
    assert readings == [0, 2, 0]
    assert len(versions(desk, "Maduro spoke")) == 1


async def test_a_document_whose_last_entry_is_new_is_read_whole(desk, readings):
    await show(desk, article(0), article(1))
    await show(desk, article(0), article(1), article(2))
    assert readings == [0, 2, 0]


async def test_once_a_day_a_document_is_read_whole_and_its_keys_are_seen(desk, readings):
    await show(desk, article(0), article(1))
    first = desk.clock()
    await show(desk, article(2), article(0), article(1), after=23 * HOUR)
    assert desk.state().whole_at == first
    await show(desk, article(3), article(2), article(0), article(1), after=HOUR)
    assert desk.state().whole_at == desk.clock()
    assert readings == [0, 2, 0]


async def test_after_a_broken_document_the_next_one_is_read_whole(desk, readings):
    await show(desk, article(0), article(1))
    broken = rss(article(2), article(0), article(1))[:-60]
    await show(desk, broken)
    assert desk.state().window == b""
    await show(desk, article(2), article(0), article(1))
    assert readings[-1] == 0
    assert desk.alerts() == ["Maduro, part 2 of the news"]


async def test_a_large_document_is_judged_as_a_small_one_is(desk):
    entries = [article(n, at=past(desk, n * MINUTE)) for n in range(400)]
    await show(desk, *entries)
    await show(desk, article(900, at=desk.clock() + HOUR), *entries[:-1])
    assert desk.alerts() == ["Maduro, part 900 of the news"]
