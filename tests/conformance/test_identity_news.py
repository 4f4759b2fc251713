"""What looks like something known, and is news: each alerts once, and once only.

The numbers are those of docs/identity-cases.md. They are the ways in which a feed's dates, names
and order have misled a reader that trusted them too far.
"""

from datetime import timedelta

import pytest
from identity_builders import DAY, HOUR, MINUTE, OTHER_TEXT, TEXT, article, item, past, rss, show
from poller import Poller

from monitor.settings import HealthSettings

WORDS = ["oil", "gas", "army", "navy", "court", "vote", "visa", "bank", "gold", "port"]
FRESH = [
    "Maduro orders oil tankers to leave the harbour",
    "Gas exports double, says Maduro's minister",
    "Army chief swears loyalty to Maduro",
    "Navy vessels sighted off Caracas as Maduro speaks",
    "Supreme court rejects an appeal against Maduro",
    "Opposition demands new vote without Maduro",
    "Visa bans for forty relatives of Maduro",
    "Central bank reserves shrink under Maduro",
    "Gold shipment linked to Maduro seized in Lisbon",
    "Fishermen flee a port that Maduro closed",
]
OTHER_BYTES = "<!-- the same in other bytes -->"


@pytest.fixture
async def desk(tmp_path):
    """A monitor whose source was never polled."""
    more = {"health": HealthSettings(notify=("desk",))}
    async with Poller(tmp_path, more=more) as poller:
        yield poller


def today(desk):
    """Return what a feed writes that dates its entries by days alone."""
    return desk.clock().replace(hour=0, minute=0, second=0, microsecond=0)


async def show_again(desk, *items):
    """Show entries a day later, when a document is read whole though nothing in it changed."""
    visit = await show(desk, *items, after=DAY, more=OTHER_BYTES)
    assert (visit.new, visit.alerts) == (0, 0)


# --- dates ------------------------------------------------------------------------------------


async def test_behaviour_66_new_entries_under_the_same_day_are_news(desk):
    desk.clock.now = desk.clock().replace(hour=6)
    day = today(desk)
    quiet = [article(n, at=day, title=f"Quiet morning {n}") for n in range(10)]
    fresh = [article(100 + n, at=day, title=title, text=title) for n, title in enumerate(FRESH)]
    await show(desk, *quiet, after=timedelta(0))
    await show(desk, *fresh, after=8 * HOUR)
    assert sorted(desk.alerts()) == sorted(FRESH)
    await show_again(desk, *fresh)
    assert (len(desk.alerts()), desk.notices()) == (10, [])


async def test_behaviour_66_a_date_ahead_of_its_time_does_not_make_what_follows_old(desk):
    def said(age):
        return desk.clock() - 5 * HOUR - age  # local time that is called GMT

    ahead = item("Summit", guid="s", link="https://wire.example/s", at=desk.clock() + 7 * DAY)
    quiet = [article(n, at=said(n * MINUTE), title=f"Quiet hour {n}") for n in range(9)]
    await show(desk, ahead, *quiet, after=timedelta(0))
    fresh = [
        article(100 + n, at=said(n * MINUTE - 4 * HOUR), title=title, text=title)
        for n, title in enumerate(FRESH)
    ]
    await show(desk, *fresh, after=4 * HOUR)
    assert sorted(desk.alerts()) == sorted(FRESH)
    await show_again(desk, *fresh)
    assert (len(desk.alerts()), desk.notices()) == (10, [])


async def test_case_09_a_title_that_comes_again_on_one_day_is_a_new_item(desk):
    def alert(name, text):
        link = f"https://wire.example/alerts/{name}"
        return item("Security alert", guid=name, link=link, at=today(desk), text=text)

    other = item("Weather", guid="w", link="https://wire.example/w", at=today(desk), text="Rain")
    await show(desk, alert("a", "A demonstration on Friday."), other, after=timedelta(0))
    again = alert("b", "Maduro: a demonstration on Friday night.")
    await show(desk, again, other)
    assert (desk.alerts(), len(desk.items())) == (["Security alert"], 3)
    await show_again(desk, again, other)
    assert (len(desk.alerts()), len(desk.items())) == (1, 3)


# --- names ------------------------------------------------------------------------------------


@pytest.mark.parametrize("by_day", [False, True], ids=["behind the newest", "dated by its day"])
async def test_behaviour_67_news_in_a_feed_that_renames_all_at_each_poll_alerts(desk, by_day):
    desk.clock.now = desk.clock().replace(hour=12)
    start, day = desk.clock(), today(desk)

    def named(poll, title, name, at):
        link = f"https://wire.example/{name}?session={poll}x"
        return item(title, guid=f"{poll}-{name}", link=link, at=at, text=f"{TEXT} {name}")

    def quiet(poll):
        return [
            named(poll, f"Quiet {word}", word, day if by_day else start - n * HOUR)
            for n, word in enumerate(WORDS)
        ]

    for poll in range(3):
        await show(desk, *quiet(poll), after=HOUR if poll else timedelta(0))
    assert desk.notices() == ["system.feed_rekeyed"]
    at = day if by_day else start - 20 * MINUTE
    for poll in range(3, 6):
        await show(desk, named(poll, "Maduro leaves the country", "new", at), *quiet(poll))
    assert (desk.alerts(), desk.notices()) == (
        ["Maduro leaves the country"],
        ["system.feed_rekeyed"],
    )


async def test_case_30_a_name_that_leads_on_to_another_page_each_time_is_a_new_item(desk):
    other = item("Weather", guid="w", at=past(desk))

    def latest(word, at):
        link = f"https://wire.example/statements/{word}"
        return item(f"Maduro, a statement on {word}", guid="latest", link=link, at=at), other

    await show(desk, *latest("oil", past(desk)), after=timedelta(0))
    for word in ("gas", "prisoners", "war"):
        document = latest(word, desk.clock() + 30 * MINUTE)
        await show(desk, *document)
        assert (await show(desk, *document)).new == 0
    await show_again(desk, *document)
    assert desk.alerts() == [f"Maduro, a statement on {w}" for w in ("gas", "prisoners", "war")]
    assert desk.notices() == []


@pytest.mark.parametrize("same", ["title", "link", "date"])
async def test_case_30_a_name_that_changes_in_two_ways_of_three_is_an_edit(desk, same):
    before = {"title": "Maduro, a statement on oil", "link": "https://wire.example/oil"}
    after = {"title": "Maduro, a statement on gas", "link": "https://wire.example/gas"}
    at = past(desk)
    others = [article(n, at=at, title=f"Weather {n}") for n in range(5)]
    await show(desk, item(**before, guid="1", at=at, text=TEXT), *others, after=timedelta(0))
    later = at if same == "date" else desk.clock() + 30 * MINUTE
    kept = {same: before[same]} if same in before else {}
    await show(desk, item(**after | kept, guid="1", at=later, text=TEXT), *others)
    assert (desk.alerts(), len(desk.items())) == ([], 6)


# --- order ------------------------------------------------------------------------------------


async def test_case_23_a_late_item_that_pushes_the_last_one_out_is_news(desk):
    window = [
        article(n, at=past(desk, (n + 1) * 6 * MINUTE), title=f"Quiet {n}") for n in range(20)
    ]
    late = article(99, at=past(desk, 119 * MINUTE), title="Maduro is captured")
    await show(desk, *window, after=timedelta(0))
    pushed = [*window[:-1], late]
    await show(desk, *pushed, after=12 * MINUTE)
    assert desk.alerts() == ["Maduro is captured"]
    await show_again(desk, *pushed)
    assert len(desk.alerts()) == 1


# --- numbers and places -----------------------------------------------------------------------


@pytest.mark.parametrize("given", [True, False], ids=["guids", "links alone"])
@pytest.mark.parametrize("section", ["section-10234", "10234", "news/2025/10234"])
async def test_case_10_a_number_of_a_section_does_not_make_two_articles_one(desk, section, given):
    at = past(desk)
    others = [article(n, at=at, title=f"Weather {n}") for n in range(5)]

    def told(name, title):
        link = f"https://wire.example/{section}/{name}"
        return item(title, guid=name if given else "", link=link, at=at, text=f"{TEXT} {name}")

    await show(desk, told("a", "Maduro, part 1 of the news"), *others, after=timedelta(0))
    await show(desk, told("b", "Maduro, part 2 of the news"), *others)
    assert (desk.alerts(), len(desk.items())) == (["Maduro, part 2 of the news"], 7)
    await show_again(desk, told("b", "Maduro, part 2 of the news"), *others)


async def test_case_10_a_number_before_the_words_of_a_headline_outlasts_them(desk):
    at = past(desk)
    others = [article(n, at=at, title=f"Weather {n}") for n in range(5)]

    def told(name, title):
        link = f"https://wire.example/news/article-15342121/{name}.html"
        return item(title, guid=link, link=link, at=at, text=TEXT)

    await show(desk, told("Maduro-speaks-tonight", "Maduro speaks tonight"), *others)
    await show(desk, told("Maduro-speaks-to-army-tonight", "Maduro speaks to army"), *others)
    assert (desk.alerts(), len(desk.items())) == ([], 6)
    assert "Maduro speaks to army" in desk.titles()


# --- places that show one thing after another -------------------------------------------------


@pytest.mark.parametrize("dated", ["updated", "not at all"])
async def test_case_30_a_name_without_a_page_tells_one_thing_after_another(desk, dated):
    texts = {
        "Maduro speaks before the palace": TEXT,
        "Maduro resigned on Tuesday afternoon": "A successor has yet to be named by lawmakers.",
        "Maduro boards an aircraft": "Havana confirms that it expects one visitor more.",
    }
    rest = [(f"urn:x:{n}", f"Weather {n}", f"Rain in town {n}.", DAY) for n in range(8)]

    def document(title):
        entries = [("urn:top", title, texts[title], timedelta()), *rest]
        return "".join(
            f"<entry><id>{name}</id><title>{title}</title><summary>{text}</summary>"
            + (
                f"<updated>{desk.clock() - age:%Y-%m-%dT%H:%M:%SZ}</updated>"
                if dated == "updated"
                else ""
            )
            + "</entry>"
            for name, title, text, age in entries
        )

    def feed(title):
        head = '<feed xmlns="http://www.w3.org/2005/Atom"><title>Wire</title>'
        return f"{head}{document(title)}</feed>".encode()

    for title in texts:
        await show(desk, feed(title))
    assert desk.alerts() == list(texts)[1:]


async def test_case_30_an_article_that_reaches_its_place_some_minutes_late_is_a_new_item(desk):
    others = [article(n, at=past(desk, n * HOUR), title=f"Weather {n}") for n in range(1, 8)]

    def top(word, at):
        link = f"https://wire.example/statements/{word}"
        return item(f"Maduro, a statement on {word}", guid="top", link=link, at=at, text=TEXT)

    await show(desk, top("oil", past(desk)), *others, after=timedelta(0))
    desk.clock.advance(10 * MINUTE)
    published = past(desk, 15 * MINUTE)  # before the last poll, and not shown by it
    await show(desk, top("gas", published), *others, after=timedelta(0))
    assert desk.alerts() == ["Maduro, a statement on gas"]


async def test_case_30_an_undated_name_that_leads_to_something_else_is_a_new_item(desk):
    others = [article(n, title=f"Weather {n}") for n in range(7)]

    def top(word, text):
        link = f"https://wire.example/statements/{word}"
        return item(f"Maduro on {word}", guid="top", link=link, text=text)

    await show(desk, top("oil", TEXT), *others, after=timedelta(0))
    await show(desk, top("gas", OTHER_TEXT), *others)
    assert desk.alerts() == ["Maduro on gas"]
    await show_again(desk, top("gas", OTHER_TEXT), *others)


# --- feeds that move --------------------------------------------------------------------------


def site(host, names, *, at=None):
    """Return a feed's entries as a site under this name publishes them."""
    return [
        item(
            f"Maduro and the {word}",
            guid=f"https://{host}/?p={word}",
            link=f"https://{host}/{word}",
            at=at,
            text=f"{TEXT} {word}",
        )
        for word in names
    ]


async def test_behaviour_67_a_short_feed_without_dates_that_moves_brings_no_news(desk):
    await show(desk, *site("old.example", WORDS[:3]), after=timedelta(0))
    await show(desk, *site("new.example", WORDS[:3]))
    assert (desk.alerts(), len(desk.items())) == ([], 3)
    await show(desk, *site("new.example", [WORDS[5], *WORDS[:2]]))
    assert desk.alerts() == [f"Maduro and the {WORDS[5]}"]


async def test_behaviour_67_what_a_broken_document_hid_of_a_move_is_no_news(desk):
    await show(desk, *site("old.example", WORDS), after=timedelta(0))
    moved = site("new.example", WORDS)
    cut = rss(*moved)
    await show(desk, cut[: cut.index(b"Maduro and the visa")])
    assert desk.notices() == ["system.feed_rekeyed"]
    await show(desk, *moved)
    assert (desk.alerts(), len(desk.items())) == ([], 10)


async def test_behaviour_67_news_of_the_newest_day_in_a_site_that_moves_alerts(desk):
    desk.clock.now = desk.clock().replace(hour=12)
    day = today(desk)
    await show(desk, *site("old.example", WORDS[:9], at=day), after=timedelta(0))
    await show(desk, *site("new.example", [WORDS[9], *WORDS[:8]], at=day))
    assert (desk.alerts(), len(desk.items())) == ([f"Maduro and the {WORDS[9]}"], 10)
