"""The case of two stories that turned out to be one says what both had to say, once."""

from dataclasses import replace
from datetime import timedelta

import pytest
from builders import NOW

from monitor.alerts.cases import BEFORE_DIGEST
from monitor.alerts.merging import merge_cases, one_case
from monitor.alerts.ruling import CaseBook
from monitor.model import Acknowledgement, Case, CaseState, ItemId, News, Reason, Severity, StoryId

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def a_case(story="older", **changes):
    defaults = {
        "story": StoryId(story),
        "watchlist": "crisis",
        "state": CaseState.OPEN,
        "opened": NOW,
        "last_seen": NOW,
        "severity": Severity.HIGH,
        "sequence": 1,
        "told_at": NOW,
        "sources": 1,
    }
    return Case(**defaults | changes)


def pending(item, story="older", **changes):
    return a_case(
        story,
        **{
            "state": CaseState.PENDING,
            "sequence": 0,
            "told_at": None,
            "sources": 0,
            "item": ItemId(item),
            "news": (News(reason=Reason.NEW_STORY, detail="", item=ItemId(item)),),
            "due_at": NOW + 5 * MINUTE,
        }
        | changes,
    )


def waiting(*reasons, **changes):
    news = tuple(News(reason=each, detail=each.value, item=ItemId(each.name)) for each in reasons)
    return a_case(**{"news": news, "item": news[0].item, "due_at": NOW + HOUR} | changes)


def both(one, other):
    """Return the case of both, which is the same in either order."""
    found = one_case(one, other)
    again = one_case(other, one)
    ends = {"terms": (), "figures": (), "marks": ()}
    assert replace(found, **ends) == replace(again, **ends)
    return found


def test_of_two_that_wait_the_first_is_told_when_it_was_to_be():
    found = both(pending("a"), pending("b", opened=NOW + MINUTE, due_at=NOW + 2 * MINUTE))
    assert (found.state, found.item, found.opened) == (CaseState.PENDING, "a", NOW)
    assert found.due_at == NOW + 2 * MINUTE
    assert [each.item for each in found.news] == ["a"]


def test_one_that_waits_is_no_news_where_the_other_was_told():
    found = both(a_case(), pending("b"))
    assert (found.sequence, found.news, found.due_at, found.item) == (1, (), None, None)


def test_one_that_waits_and_is_more_severe_is_news_as_that():
    found = both(a_case(), pending("b", severity=Severity.CRITICAL))
    [news] = found.news
    assert (news.reason, news.detail, found.item) == (Reason.SEVERITY, "high → critical", "b")
    assert (found.severity, found.due_at) == (Severity.CRITICAL, NOW + 5 * MINUTE)


def test_what_overtook_one_that_waits_is_told_in_the_first_alert_of_both():
    words = News(reason=Reason.NUMBERS, detail="27 → 31", item=ItemId("later"))
    first = News(reason=Reason.NEW_STORY, detail="", item=ItemId("later"))
    overtaken = {
        "news": (first, words),
        "headline": "Quake kills 27",
        "figures": ("27", "dead:27", "31", "dead:31"),
    }
    plain = {"headline": "Quake kills 27", "figures": ("27", "dead:27")}
    found = both(pending("a", **plain), pending("later", opened=NOW + MINUTE, **overtaken))
    assert [(each.reason, each.detail) for each in found.news] == [
        (Reason.NEW_STORY, ""),
        (Reason.NUMBERS, "27 → 31"),
    ]
    assert (found.state, found.item) == (CaseState.PENDING, "later")
    told = both(a_case(**plain), pending("later", **overtaken))
    assert [(each.reason, each.detail) for each in told.news] == [(Reason.NUMBERS, "27 → 31")]
    known = a_case(headline="Quake kills 31", figures=("27", "dead:27", "31", "dead:31"))
    assert both(known, pending("later", **overtaken)).news == ()


def test_a_denial_that_waits_is_news_where_the_other_was_told():
    denial = pending("b", headline="Minister denies quake", marks=("denied",))
    [news] = both(a_case(), denial).news
    assert (news.reason, news.detail, news.item) == (Reason.HEADLINE, "denied", "b")
    assert both(a_case(marks=("denied",)), denial).news == ()


def test_what_both_have_to_tell_is_told_together():
    later = NOW + 2 * HOUR
    found = both(
        waiting(Reason.NUMBERS, due_at=later, told_at=NOW + MINUTE, sequence=3, similar=2),
        waiting(Reason.NEW_TERM, Reason.MORE_SOURCES, similar=5),
    )
    assert [each.reason for each in found.news] == [
        Reason.NUMBERS,
        Reason.NEW_TERM,
        Reason.MORE_SOURCES,
    ]
    assert (found.item, found.due_at, found.sequence) == ("NUMBERS", NOW + HOUR, 3)
    assert (found.told_at, found.similar) == (NOW + MINUTE, 7)


@pytest.mark.parametrize("told_at", [NOW, NOW + 9 * MINUTE])
def test_who_took_note_of_one_hears_only_what_changes_both(told_at):
    acked = Acknowledgement(at=NOW, by="Ana")
    found = both(
        a_case(state=CaseState.ACKED, acked=acked, told_at=told_at),
        waiting(Reason.NUMBERS, Reason.MORE_SOURCES),
    )
    assert (found.state, found.acked) == (CaseState.ACKED, acked)
    assert [each.reason for each in found.news] == [Reason.NUMBERS]
    quiet = both(a_case(state=CaseState.ACKED, acked=acked), waiting(Reason.MORE_SOURCES))
    assert (quiet.news, quiet.due_at, quiet.item) == ((), None, None)


def test_what_is_held_for_a_digest_tells_nothing_long_before_it():
    until = NOW + 8 * HOUR
    held = a_case(state=CaseState.HELD, held_until=until, told_at=NOW + MINUTE)
    rested = waiting(Reason.NUMBERS, state=CaseState.CLOSED)
    assert both(held, rested).due_at == until - BEFORE_DIGEST


def test_terms_figures_and_marks_of_both_count_as_told():
    one = a_case(terms=("oil",), figures=("27",), marks=("denied",))
    found = one_case(one, a_case("b", terms=("gas", "oil"), figures=("28",)))
    assert set(found.terms) == {"oil", "gas"}
    assert set(found.figures) == {"27", "28"}
    assert found.marks == ("denied",)


def test_what_was_told_of_the_younger_is_told_of_the_older_from_then_on():
    case = waiting(Reason.NUMBERS, story="younger")
    book = CaseBook(known={("younger", "crisis"): case})
    merge_cases(book, {StoryId("younger"): StoryId("older")}, ["crisis", "oil"])
    moved, left = book.case("older", "crisis"), book.case("younger", "crisis")
    assert moved == replace(case, story="older")
    assert (left.state, left.due_at, left.item, left.news) == (CaseState.CLOSED, None, None, ())
    assert len(book.opened) == 2


def test_a_case_that_never_told_anything_and_will_not_is_left_where_it_is():
    muted = a_case("younger", state=CaseState.CLOSED, sequence=0)
    book = CaseBook(known={("younger", "crisis"): muted})
    merge_cases(book, {StoryId("younger"): StoryId("older")}, ["crisis"])
    assert book.opened == {}
    told = a_case("older")
    book = CaseBook(known={("older", "crisis"): muted, ("younger", "crisis"): told})
    merge_cases(book, {StoryId("younger"): StoryId("older")}, ["crisis"])
    assert book.case("older", "crisis") == replace(told, story="older")
