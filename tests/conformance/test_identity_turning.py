"""An edit that brings a known item onto a watchlist is news of it; docs/identity-cases.md, 17."""

from dataclasses import replace
from datetime import timedelta

import pytest
from identity_builders import DAY, HOUR, MINUTE, OTHER_TEXT, TEXT, article, item, past, rss, show
from poller import Poller

from monitor.model import ItemOutcome, Source
from monitor.settings import AlertSettings
from monitor.testing.clock import Clock
from monitor.watch.rules import Watchlist
from monitor.watch.terms import parse_term

QUIET = "Weather: rain along the northern coasts"
LOUD = "Weather: Maduro stands in the rain"


def a_watchlist(name, *terms, none=()):
    return Watchlist(
        name=name,
        match=tuple(map(parse_term, terms)),
        none=tuple(map(parse_term, none)),
        notify=("desk",),
    )


WATCHLISTS = (
    a_watchlist("crisis", "Maduro", none=("cigar*",)),
    a_watchlist("flights", "airspace"),
)


@pytest.fixture
async def desk(tmp_path):
    """A monitor of two watchlists whose source was never polled."""
    async with Poller(tmp_path, more={"watchlists": WATCHLISTS}) as poller:
        yield poller


def crowd(desk, count=9):
    return [article(100 + n, at=past(desk, DAY), title=f"Sports day {n}") for n in range(count)]


def rulings(desk, number=1):
    """Return what became of an article by watchlist, with the reason and the alert."""
    [one] = [each for each in desk.items() if each.entry.guid.endswith(f"?p={number}")]
    [found] = desk.store.find(one.id)
    return {each.match.watchlist: each for each in found.rulings}


def reasons(desk):
    rows = sorted(desk.store.deliveries(), key=lambda row: row.id)
    return [row.message.data["alert"]["reason"] for row in rows]


async def test_case_17_an_edit_that_makes_an_item_match_for_the_first_time_alerts(desk):
    others = crowd(desk)
    await show(desk, article(1, title=QUIET, text=OTHER_TEXT), *others)
    visit = await show(desk, article(1, title=LOUD, text=OTHER_TEXT), *others)
    assert (visit.new, visit.alerts, desk.alerts()) == (0, 1, [LOUD])
    assert reasons(desk) == ["edited: now matches"]
    ruling = rulings(desk)["crisis"]
    assert (ruling.outcome, ruling.alert is not None) == (ItemOutcome.ALERTED, True)
    assert ruling.reason == "edited: now matches; before that no_match"
    for again in (QUIET, LOUD, f"{LOUD}, again"):
        await show(desk, article(1, title=again, text=OTHER_TEXT), *others)
    assert desk.alerts() == [LOUD]


@pytest.mark.parametrize("part", ["summary", "number"])
async def test_case_17_any_part_of_an_item_may_make_it_match(tmp_path, part):
    flights = a_watchlist("flights", "12 dead" if part == "number" else "airspace")
    async with Poller(tmp_path, more={"watchlists": (flights,)}) as desk:
        others = crowd(desk)
        before, after = {
            "summary": (TEXT, f"{TEXT} The airspace is closed."),
            "number": (f"{TEXT} 2 dead.", f"{TEXT} 12 dead."),
        }[part]
        await show(desk, article(1, title=QUIET, text=before), *others)
        await show(desk, article(1, title=QUIET, text=after), *others)
        assert desk.alerts() == [QUIET]


async def test_case_17_each_watchlist_is_judged_for_itself(desk):
    others = crowd(desk)
    await show(desk, *others)
    await show(desk, article(1, title=LOUD), *others)
    await show(desk, article(1, title=f"{LOUD} below a closed airspace"), *others)
    assert desk.alerts() == [LOUD, f"{LOUD} below a closed airspace"]
    assert {name: each.outcome for name, each in rulings(desk).items()} == {
        "crisis": ItemOutcome.ALERTED,
        "flights": ItemOutcome.ALERTED,
    }
    assert reasons(desk) == ["new story", "edited: now matches"]


async def test_case_17_an_item_that_matched_at_the_first_poll_stays_silent(desk):
    others = crowd(desk)
    await show(desk, article(1, title=LOUD), *others)
    await show(desk, article(1, title=f"{LOUD}, with umbrellas"), *others)
    assert desk.alerts() == []
    assert rulings(desk)["crisis"].outcome is ItemOutcome.FIRST_POLL


async def test_case_17_an_edit_that_ends_a_veto_alerts_and_both_are_told(desk):
    others = crowd(desk)
    await show(desk, *others)
    await show(desk, article(1, title="Maduro cigars, the best of them"), *others)
    assert rulings(desk)["crisis"].outcome is ItemOutcome.VETOED
    await show(desk, article(1, title="Maduro, the best of them"), *others)
    assert desk.alerts() == ["Maduro, the best of them"]
    ruling = rulings(desk)["crisis"]
    assert ruling.outcome is ItemOutcome.ALERTED
    assert not ruling.match.vetoed_by
    assert ruling.reason == (
        "edited: now matches; before that vetoed: “cigar*” stands in the title"
    )


async def test_case_17_a_watchlist_that_is_new_itself_makes_no_edit_news(desk):
    others = crowd(desk)
    await show(desk, article(1, title=f"{QUIET}, president"), *others)
    desk.more = {"watchlists": (*WATCHLISTS, a_watchlist("heads", "president"))}
    await desk.restart()
    await show(desk, article(1, title=f"{QUIET}, says president"), *others)
    assert desk.alerts() == []


async def test_case_17_an_old_edit_is_ruled_too_old(desk):
    others = crowd(desk)
    await show(desk, article(1, title=QUIET), *others)
    edited = "<atom:updated>2025-12-01T00:00:00Z</atom:updated>"
    await show(desk, article(1, title=LOUD, more=edited), *others, after=30 * DAY)
    assert desk.alerts() == []
    assert rulings(desk)["crisis"].outcome is ItemOutcome.TOO_OLD
    assert "past alerts.max_age" in rulings(desk)["crisis"].reason


async def test_case_17_an_edit_counts_from_when_it_was_made_not_from_the_publication(desk):
    others = crowd(desk)
    at = past(desk, 20 * DAY)
    await show(desk, article(1, title=QUIET, at=at), *others)
    await show(desk, article(1, title=LOUD, at=at), *others)
    assert desk.alerts() == [LOUD]
    [row] = desk.store.deliveries()
    assert row.message.data["item"]["published"].startswith(f"{at:%Y-%m-%d}")


async def test_case_17_edits_during_the_first_poll_belong_to_it(desk):
    await show(desk, rss(article(1, title=QUIET), *crowd(desk))[:-60])
    assert desk.state().first_success_at is None
    await show(desk, article(1, title=LOUD), *crowd(desk))
    assert desk.alerts() == []
    assert rulings(desk)["crisis"].outcome is ItemOutcome.FIRST_POLL


@pytest.mark.parametrize(("count", "alerts"), [(5, 5), (6, 0), (40, 0)])
async def test_case_17_a_handful_of_edits_alerts_and_a_change_of_the_whole_site_does_not(
    desk, count, alerts
):
    def site(footer):
        return [
            article(n, at=past(desk, n * MINUTE), title=f"Sports {n}", text=f"{TEXT} {n}. {foot}")
            for n in range(40)
            for foot in [footer.format(n) if n < count else ""]
        ]

    entries, changed = site(""), site("Report {} is about Maduro.")
    await show(desk, *entries)
    visit = await show(desk, *changed)
    assert (visit.new, visit.alerts, len(desk.alerts())) == (0, alerts, alerts)
    if not alerts:
        ruling = rulings(desk)["crisis"]
        assert ruling.outcome is ItemOutcome.FIRST_POLL
        assert f"{count - 1} others" in ruling.reason
        # What is edited by itself afterwards is news of another watchlist still.
        await show(desk, article(1, title="Sports 1: airspace closed"), *changed[2:], changed[0])
        assert desk.alerts() == ["Sports 1: airspace closed"]


# --- the same words for several items -----------------------------------------------------------


START = Clock().now - DAY
FOOTER = "Read more about Maduro."


def pages(count, footers, *, titles="Sports {}"):
    """Return a document of articles; `footers` maps a number to what stands below its text."""
    return [
        article(
            n,
            at=START - n * MINUTE,
            title=titles.format(n),
            text=f"{TEXT} Report {n}. {footers.get(n, '')}",
        )
        for n in range(count)
    ]


async def test_case_17_a_change_of_a_short_feeds_template_does_not_alert(desk):
    await show(desk, *pages(4, {}))
    await show(desk, *pages(4, dict.fromkeys(range(4), FOOTER)))
    assert desk.alerts() == []
    ruling = rulings(desk)["crisis"]
    assert ruling.outcome is ItemOutcome.FIRST_POLL
    assert "to other items of its source too" in ruling.reason
    # What is edited by itself afterwards is news still.
    closed = "The airspace was closed at noon."
    footers = dict.fromkeys(range(4), FOOTER) | {2: f"{closed} {FOOTER}"}
    await show(desk, *pages(4, footers))
    assert desk.alerts() == ["Sports 2"]


async def test_case_17_a_template_that_changes_a_few_items_a_poll_does_not_alert(desk):
    await show(desk, *pages(10, {}))
    for count in (3, 6, 9, 10):
        await show(desk, *pages(10, dict.fromkeys(range(count), FOOTER)))
    assert desk.alerts() == []


@pytest.mark.parametrize(("span", "alerts"), [(HOUR, 1), (30 * HOUR, 3)])
async def test_case_17_the_same_words_count_along_for_a_day(desk, span, alerts):
    await show(desk, *pages(10, {}))
    for count in (1, 2, 3):
        await show(desk, *pages(10, dict.fromkeys(range(count), FOOTER)), after=span)
        await desk.restart()
    assert desk.alerts() == ["Sports 0", "Sports 1", "Sports 2"][:alerts]


async def test_case_17_several_items_that_are_edited_in_their_own_words_alert(desk):
    await show(desk, *pages(4, {}))
    said = {
        0: "Maduro has left the country.",
        1: "Crowds cheer as Maduro leaves.",
        2: "Maduro.",  # which is too little to be a sign of a template
        3: "Maduro.",
    }
    await show(desk, *pages(4, said))
    assert sorted(desk.alerts()) == ["Sports 0", "Sports 1", "Sports 2", "Sports 3"]


async def test_case_17_news_beside_a_new_template_alerts(desk):
    await show(desk, *pages(4, {}))
    changed = pages(4, dict.fromkeys(range(4), FOOTER))
    first = pages(1, {0: FOOTER}, titles="Sports {}: Maduro plays")
    await show(desk, *first, *changed[1:])
    assert desk.alerts() == ["Sports 0: Maduro plays"]


async def test_case_17_an_article_that_stands_in_a_feed_twice_counts_once(desk):
    def twice(text):
        return [
            article(n, title="Crowds wait before the palace", text=f"{TEXT} {text}") for n in (1, 2)
        ]

    others = crowd(desk)
    await show(desk, *twice(""), *others)
    await show(desk, *twice("Maduro has left the country."), *others)
    assert desk.alerts() == ["Crowds wait before the palace"]


@pytest.mark.parametrize(("count", "alerts"), [(1, 1), (10, 0)])
async def test_case_17_of_a_site_that_moves_and_is_laid_out_anew_a_true_edit_alerts(
    desk, count, alerts
):
    at = past(desk)
    old = [article(n, at=at - n * MINUTE, title=f"Sports day {n}") for n in range(10)]
    new = [
        article(
            n,
            at=at - n * MINUTE,
            title=f"Sports day {n}",
            guid=f"https://new.example/{n}",
            link=f"https://new.example/story-{n}",
            text=f"{TEXT} Report {n}. {'Maduro.' if n < count else ''}",
        )
        for n in range(10)
    ]
    await show(desk, *old)
    await show(desk, *new)
    assert (len(desk.alerts()), len(desk.items())) == (alerts, 10)


async def test_case_17_an_edit_that_repeats_what_was_told_is_similar(desk):
    await desk.configure(*[Source(url=desk.url(p), name=p) for p in ("/a", "/b")])
    others = crowd(desk)
    told = "Maduro leaves the country by night"
    for path in ("/a", "/b"):
        await show(
            desk, article(1, title=QUIET, link=f"https://{path[1]}.example/1"), *others, path=path
        )
    await show(desk, article(2, title=told, link="https://a.example/2"), *others, path="/a")
    await show(desk, article(1, title=told, link="https://b.example/1"), *others, path="/b")
    assert desk.alerts() == [told]
    # And what repeats an edit that was told of is similar to it.
    later = "Maduro returns to the country at dawn"
    await show(desk, article(1, title=later, link="https://b.example/1"), *others, path="/b")
    assert desk.alerts() == [told]


async def test_case_17_what_repeats_a_headline_that_alerted_after_an_edit_is_similar(desk):
    await desk.configure(*[Source(url=desk.url(p), name=p) for p in ("/a", "/b")])
    others = crowd(desk)
    await show(desk, article(1, title=QUIET), *others, path="/a")
    await show(desk, *others, path="/b")
    await show(desk, article(1, title=LOUD), *others, path="/a")
    copied = article(7, title=LOUD, link="https://b.example/7", guid="7")
    await show(desk, copied, *others, path="/b")
    assert desk.alerts() == [LOUD]


async def test_case_17_a_poll_that_is_made_twice_alerts_once(desk):
    others = crowd(desk)
    await show(desk, article(1, title=QUIET), *others)
    desk.publish(rss(article(1, title=LOUD), *others))
    state = desk.state()
    source = desk.pipeline.sources[state.url]
    visits = [await desk.pipeline.visit(state, source) for _ in range(2)]
    assert [visit.outcome for visit in visits] == ["unchanged", "deferred"]
    await desk.restart()
    await show(desk, article(1, title=LOUD), *others, more="<!-- other bytes -->")
    assert desk.alerts() == [LOUD]


async def test_case_17_an_item_whose_story_was_removed_begins_it_again(desk):
    others = crowd(desk)
    await show(desk, article(1, title=QUIET), *others)
    for _ in range(3):
        await show(desk, article(1, title=QUIET), *others, after=40 * DAY)
        desk.store.prune(desk.clock() - 90 * DAY)
    await show(desk, article(1, title=LOUD), *others)
    assert desk.alerts() == [LOUD]
    [found] = desk.store.find(next(e for e in desk.items() if e.entry.title == LOUD).id)
    assert found.story is not None


async def test_case_17_an_edit_on_an_older_page_is_kept_and_alerts(desk):
    known = [article(n, at=past(desk, n * MINUTE), title=f"Sports day {n}") for n in range(10)]
    await show(desk, *known)
    at = desk.clock() + HOUR
    fresh = [article(50 + n, at=at - n * MINUTE, title=f"Snow {n}") for n in range(8)]
    older = f'<atom:link rel="prev-archive" href="{desk.url("/page1")}"/>'
    edited = article(0, at=past(desk), title="Sports day 0: Maduro plays")
    desk.publish(rss(edited, *known[1:]), "/page1")
    await show(desk, *fresh, more=older)
    assert desk.alerts() == ["Sports day 0: Maduro plays"]


async def test_first_poll_alert_lets_edits_of_the_first_poll_alert_too(tmp_path):
    async with Poller(tmp_path, more={"alerts": AlertSettings()}) as desk:
        [source] = desk.sources
        await desk.configure(replace(source, first_poll="alert"))
        await show(desk, item(QUIET, guid="1"), after=timedelta(0))
        await show(desk, item(LOUD, guid="1"))
        assert desk.alerts() == [LOUD]
