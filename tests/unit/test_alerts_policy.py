"""Every match ends in a ruling with a reason."""

from datetime import timedelta

import pytest
from builders import NOW, a_match, a_record, a_sighting, a_source, evidence

from monitor.alerts.policy import Policy, alert_id, webhook_id
from monitor.alerts.ruling import CaseBook, rule
from monitor.model import ItemOutcome, Story, StoryId
from monitor.settings import AlertSettings
from monitor.watch.rules import Watchlist

STORY = Story(id=StoryId("s"), first_seen=NOW, size=1, sources=("Wire",))
POLICY = Policy(
    alerts=AlertSettings(max_age=timedelta(days=3)),
    watchlists={
        "crisis": Watchlist(name="crisis", match=(), description="Why", notify=("desk", "siem"))
    },
)


def ruled(*sightings, known=None, story=STORY, **record):
    book = CaseBook(known=known or {})
    rule(
        sightings,
        dict.fromkeys((each.item.id for each in sightings), story),
        book,
        record=a_record(*sightings, **record),
        policy=POLICY,
    )
    return book.rulings[-1], book.alerts


def told(sighting=None):
    """Return the cases after a first alert."""
    book = CaseBook()
    first = sighting or a_sighting("first")
    rule([first], {first.item.id: STORY}, book, record=a_record(first), policy=POLICY)
    return book.opened


def test_the_first_match_of_a_story_alerts():
    ruling, [alert] = ruled(a_sighting())
    assert ruling.outcome is ItemOutcome.ALERTED
    assert ruling.alert == alert.id
    assert (alert.reason, alert.sequence, alert.notify) == ("new story", 1, ("desk", "siem"))
    assert alert.description == "Why"


def test_a_later_copy_is_similar():
    ruling, alerts = ruled(a_sighting(), known=told())
    assert (ruling.outcome, alerts) == (ItemOutcome.SIMILAR, [])


def test_two_copies_in_one_poll_make_one_alert():
    ruling, alerts = ruled(a_sighting("a"), a_sighting("b"))
    assert (ruling.outcome, len(alerts)) == (ItemOutcome.SIMILAR, 1)


def test_the_first_poll_remembers_and_does_not_alert():
    ruling, alerts = ruled(a_sighting(), first_poll=True)
    assert (ruling.outcome, alerts) == (ItemOutcome.FIRST_POLL, [])


def test_a_source_may_ask_for_alerts_from_its_first_poll():
    ruling, _ = ruled(a_sighting(), first_poll=True, source=a_source(first_poll="alert"))
    assert ruling.outcome is ItemOutcome.ALERTED


def test_after_a_broken_first_document_only_what_was_published_since_is_news():
    partly = {"first_poll": True, "partly_read_at": NOW - timedelta(hours=1)}
    before, _ = ruled(a_sighting(published=NOW - timedelta(hours=2)), **partly)
    undated, _ = ruled(a_sighting(published=None), **partly)
    since, _ = ruled(a_sighting(published=NOW - timedelta(minutes=5)), **partly)
    assert (before.outcome, undated.outcome) == (ItemOutcome.FIRST_POLL, ItemOutcome.FIRST_POLL)
    assert since.outcome is ItemOutcome.ALERTED


def test_an_item_past_max_age_never_alerts():
    ruling, alerts = ruled(a_sighting(published=NOW - timedelta(days=3, seconds=1)))
    assert (ruling.outcome, alerts) == (ItemOutcome.TOO_OLD, [])
    assert "2025-11-27" in ruling.reason


@pytest.mark.parametrize("published", [None, NOW - timedelta(days=3), NOW + timedelta(hours=4)])
def test_an_undated_a_recent_and_a_future_item_alert(published):
    ruling, _ = ruled(a_sighting(published=published))
    assert ruling.outcome is ItemOutcome.ALERTED


def test_a_veto_names_the_term_that_vetoed():
    match = a_match(vetoed_by=(evidence("baseball"),))
    ruling, alerts = ruled(a_sighting(matches=(match,)))
    assert (ruling.outcome, alerts) == (ItemOutcome.VETOED, [])
    assert "baseball" in ruling.reason


def test_ids_derive_from_content_and_differ_by_destination():
    assert alert_id(STORY.id, "crisis", 1) == alert_id(STORY.id, "crisis", 1)
    assert alert_id(STORY.id, "crisis", 1) != alert_id(STORY.id, "other", 1)
    first = alert_id(STORY.id, "crisis", 1)
    assert webhook_id(first, "desk") != webhook_id(first, "siem")
    assert "." not in webhook_id(first, "desk")
