"""What a watchlist tells of one story, read as the person who gets the messages."""

from dataclasses import replace

import pytest
from builders import NOW, a_match, a_record, an_item, evidence
from case_builders import BLAST, DAY, HOUR, MINUTE, Telling, a_policy

from monitor.alerts.outlook import outlook
from monitor.alerts.resting import acknowledge, drop, hold, unacknowledge
from monitor.alerts.ruling import CaseBook, rule
from monitor.alerts.turning import follow_edits
from monitor.model import (
    Acknowledgement,
    CaseState,
    Edit,
    ItemOutcome,
    Severity,
    Sighting,
    Silence,
    StoryBook,
    Waiting,
)

TOLL = "Explosion at fuel depot in Caracas kills {}"
DENIAL = "Government denies explosion at fuel depot in Caracas"


def next_told(telling, watchlist="crisis"):
    lists = telling.policy.watchlists
    case = telling.case(watchlist)
    return list(outlook(case, telling.story, lists[watchlist], now=telling.now))


def test_forty_copies_are_told_at_three_ten_and_thirty_sources():
    telling = Telling()
    for _ in range(40):
        telling.say(after=3 * MINUTE)
    assert [(reason, detail) for _, reason, detail in telling.told()] == [
        ("new story", ""),
        ("more sources", "told by 4 sources"),
        ("more sources", "told by 10 sources"),
        ("more sources", "told by 30 sources"),
    ]
    outcomes = [each.outcome for each in telling.rulings]
    assert outcomes.count(ItemOutcome.SIMILAR) == 36
    assert telling.case().similar == 36


def test_one_source_that_repeats_itself_is_one_source():
    telling = Telling()
    for _ in range(40):
        telling.say(source="Wire", after=3 * MINUTE)
    assert len(telling.alerts) == 1


def test_a_toll_that_rises_four_times_in_an_hour_is_told_from_what_was_told_last():
    telling = Telling()
    for toll, after in ((27, 0), (28, 10), (31, 15), (35, 15), (40, 15)):
        telling.say(TOLL.format(toll), source="Wire", after=after * MINUTE, updates=True)
    telling.wait(HOUR)
    assert telling.told() == [
        (0 * MINUTE, "new story", ""),
        (10 * MINUTE, "numbers changed", "27 → 28"),
        (30 * MINUTE, "numbers changed", "28 → 31"),
        (70 * MINUTE, "numbers changed", "31 → 40"),
    ]


def test_a_late_copy_that_still_says_the_old_number_is_no_news():
    telling = Telling()
    telling.say(TOLL.format(27))
    telling.say(TOLL.format(28), after=HOUR, updates=True)
    ruling = telling.say(TOLL.format(27), source="source 0", after=HOUR, updates=True)
    assert ruling.outcome is ItemOutcome.SIMILAR


def test_what_comes_too_soon_waits_and_leaves_in_one_follow_up():
    telling = Telling()
    telling.say()
    ruling = telling.say(TOLL.format(28), after=2 * MINUTE, updates=True)
    assert ruling.outcome is ItemOutcome.UPDATED
    assert ruling.reason == (
        "numbers changed: 27 → 28; told at 21:14 UTC with what comes until then"
    )
    telling.say(DENIAL, after=3 * MINUTE, terms=("Caracas", "PDVSA"))
    assert next_told(telling)[1] == (
        "a follow-up leaves at 2025-11-30 21:14 UTC: headline changed: denied; 27 → 28;"
        " also PDVSA; told by 3 sources"
    )
    telling.wait(HOUR)
    [_, follow_up] = telling.alerts
    assert follow_up.item.entry.title == DENIAL
    assert (follow_up.reason, follow_up.sequence) == ("headline changed", 2)
    assert follow_up.detail == "denied; 27 → 28; also PDVSA; told by 3 sources"
    assert ruling.alert == follow_up.id


def test_a_denial_does_not_wait_for_long_however_much_was_told():
    telling = Telling()
    for toll in (27, 28, 31, 35):
        telling.say(TOLL.format(toll), source="Wire", after=HOUR, updates=True)
    told_at = telling.alerts[-1].created
    telling.say(DENIAL, source="Wire", after=MINUTE)
    telling.wait(HOUR)
    assert telling.alerts[-1].detail == "denied"
    assert telling.alerts[-1].created - told_at <= 11 * MINUTE
    assert telling.say(DENIAL, source="Wire", after=HOUR).outcome is ItemOutcome.SIMILAR


def test_what_becomes_critical_leaves_at_once():
    telling = Telling()
    telling.say()
    telling.say(after=MINUTE, severity=Severity.CRITICAL)
    assert telling.told()[1] == (MINUTE, "more severe", "high → critical")


def test_a_rise_below_critical_waits_its_ten_minutes():
    telling = Telling()
    telling.say(severity=Severity.LOW)
    telling.say(after=MINUTE, severity=Severity.HIGH)
    telling.wait(HOUR)
    assert telling.told()[1] == (10 * MINUTE, "more severe", "low → high")
    assert telling.alerts[1].severity is Severity.HIGH


def test_another_term_in_a_headline_is_told_once_in_six_hours():
    telling = Telling()
    telling.say(source="Wire")
    for number in range(1, 8):
        telling.say(source="Wire", after=HOUR, terms=("Caracas", f"term {number}"))
    assert [(at, detail) for at, _, detail in telling.told()[1:]] == [
        (1 * HOUR, "also term 1"),
        (7 * HOUR, "also term 7"),
    ]


@pytest.mark.parametrize(("on_update", "alerts"), [("never", 1), ("numbers", 2), ("always", 2)])
def test_a_watchlist_says_whether_other_numbers_are_news(on_update, alerts):
    telling = Telling(policy=a_policy(on_update=on_update))
    telling.say(source="Wire")
    telling.say(TOLL.format(28), source="Wire", after=HOUR, updates=True)
    assert len(telling.alerts) == alerts


def test_a_second_watchlist_tells_the_same_story_for_itself():
    telling = Telling()
    telling.say()
    assert telling.say(watchlist="oil", after=MINUTE).outcome is ItemOutcome.ALERTED
    assert [(each.watchlist, each.sequence) for each in telling.alerts] == [
        ("crisis", 1),
        ("oil", 1),
    ]
    assert telling.alerts[0].id != telling.alerts[1].id


def test_a_first_alert_may_wait_for_more_of_its_story():
    telling = Telling(policy=a_policy(group_wait=2 * MINUTE))
    first = telling.say()
    assert first.outcome is ItemOutcome.ALERTED
    assert first.reason == "new story, told at 21:06 UTC with what comes until then"
    second = telling.say(after=MINUTE)
    assert second.reason == "story s has its first alert at 21:06 UTC"
    assert "its first alert leaves at 2025-11-30 21:06 UTC" in next_told(telling)[1]
    telling.wait(HOUR)
    [alert] = telling.alerts
    assert (alert.created, alert.id) == (NOW + 2 * MINUTE, first.alert)
    assert alert.story.sources == ("source 0", "source 1")


def test_what_overtakes_a_first_alert_that_waits_is_told_in_it():
    telling = Telling(policy=a_policy(group_wait=10 * MINUTE))
    telling.say("Earthquake kills 27", after=MINUTE)
    second = telling.say("Earthquake kills 31", after=4 * MINUTE)
    assert second.outcome is ItemOutcome.UPDATED
    assert second.reason == "numbers changed: 27 → 31; told in its first alert at 21:15 UTC"
    telling.say("CORRECTION: Earthquake kills 2", after=2 * MINUTE)
    telling.say("Earthquake kills 27", after=MINUTE)
    telling.wait(DAY)
    [alert] = telling.alerts
    assert telling.told() == [(11 * MINUTE, "new story", "corrected; 27 → 2")]
    assert alert.item.entry.title == "CORRECTION: Earthquake kills 2"
    assert (alert.sequence, alert.id) == (1, second.alert)
    assert telling.case().news == ()


def test_a_first_alert_that_waited_tells_the_last_toll_and_follow_ups_go_on_from_there():
    telling = Telling(policy=a_policy(group_wait=10 * MINUTE))
    for toll in (27, 29, 31):
        telling.say(f"Earthquake kills {toll}", source="Wire", after=MINUTE)
    telling.say("Earthquake kills 27", source="Wire", after=30 * MINUTE)
    telling.say("Death toll from earthquake now 35", source="Wire", after=HOUR)
    assert [(reason, detail) for _, reason, detail in telling.told()] == [
        ("new story", "27 → 31"),
        ("numbers changed", "31 → 35"),
    ]
    assert telling.alerts[0].item.entry.title == "Earthquake kills 31"


def test_what_becomes_critical_while_it_waits_says_what_changed_meanwhile():
    telling = Telling(policy=a_policy(group_wait=10 * MINUTE))
    telling.say()
    telling.say(TOLL.format(31), after=MINUTE)
    telling.say(TOLL.format(31), after=MINUTE, severity=Severity.CRITICAL)
    assert telling.told() == [(2 * MINUTE, "new story", "27 → 31")]
    outcomes = [each.outcome for each in telling.rulings]
    assert outcomes == [ItemOutcome.ALERTED, ItemOutcome.UPDATED, ItemOutcome.UPDATED]


def test_a_watchlist_that_wants_no_numbers_hears_of_none_in_a_first_alert():
    telling = Telling(policy=a_policy(group_wait=10 * MINUTE, on_update="never"))
    telling.say()
    telling.say(TOLL.format(31), after=MINUTE)
    telling.wait(HOUR)
    assert telling.told() == [(10 * MINUTE, "new story", "")]


PERU = "Earthquake kills 27 in northern Peru"


@pytest.mark.parametrize(
    ("first", "then", "detail"),
    [
        (PERU, "Death toll from Peru earthquake rises to 31", "27 → 31"),
        ("27 dead, 31 injured in earthquake", "31 dead in earthquake", "27 → 31"),
        ("秘鲁北部地震造成27人死亡", "31人死亡", "27 → 31"),
        (PERU, "CORRECTION: Earthquake kills 2 in Peru", "corrected; 27 → 2"),
        ("12 missing in Peru flood", "Peru: 4 still missing in flood", "12 → 4"),
    ],
)
def test_another_outlet_tells_of_another_toll_in_its_own_words(first, then, detail):
    telling = Telling()
    telling.say(first, after=MINUTE)
    telling.say(then, after=HOUR)
    assert [each.detail for each in telling.alerts] == ["", detail]


@pytest.mark.parametrize(
    "late",
    [
        PERU,
        "Death toll from Peru earthquake at 28",
        "29 dead in Peru earthquake",
        "2 children among the dead in Peru",
        "Peru earthquake kills 31",
        "31 injured in Peru earthquake",
    ],
)
def test_a_late_copy_with_an_old_or_a_lower_toll_is_no_news(late):
    telling = Telling()
    telling.say(PERU, source="Wire")
    telling.say("Death toll from Peru earthquake rises to 31", source="Wire", after=HOUR)
    assert len(telling.alerts) == 2
    for updates in (False, True):
        ruling = telling.say(late, source="Wire", after=HOUR, updates=updates)
        assert (ruling.outcome, len(telling.alerts)) == (ItemOutcome.SIMILAR, 2)


def test_after_a_correction_a_toll_is_compared_with_what_was_corrected():
    telling = Telling()
    for title in (PERU, "CORRECTION: Earthquake kills 2 in Peru", PERU,
                  "Peru earthquake: 3 dead"):  # fmt: skip
        telling.say(title, source="Wire", after=HOUR)
    assert [each.detail for each in telling.alerts] == ["", "corrected; 27 → 2", "2 → 3"]


def test_two_tolls_that_wait_are_both_told_from_what_was_told():
    telling = Telling()
    telling.say("27 dead, 90 hurt in quake", source="Wire")
    telling.say("28 dead in quake", source="Wire", after=MINUTE)
    telling.say("104 hurt in quake", source="Wire", after=MINUTE)
    telling.say("31 dead in quake", source="Wire", after=MINUTE)
    telling.wait(HOUR)
    assert [each.detail for each in telling.alerts] == ["", "27 → 31, 90 → 104"]


def test_numbers_stored_without_what_they_count_are_read_by_the_headline_they_stood_in():
    telling = Telling()
    telling.say("27 dead, 31 injured in earthquake")
    key = telling.story.id, "crisis"
    telling.cases[key] = replace(telling.case(), figures=("27", "31"))
    telling.say("31 dead in earthquake", after=HOUR)
    assert telling.alerts[-1].detail == "27 → 31"


def test_what_is_critical_waits_for_no_group():
    telling = Telling(policy=a_policy(group_wait=2 * MINUTE))
    telling.say(severity=Severity.CRITICAL)
    assert len(telling.alerts) == 1
    other = Telling(policy=a_policy(group_wait=2 * MINUTE))
    other.say()
    other.say(severity=Severity.CRITICAL, after=MINUTE)
    assert other.told() == [(MINUTE, "new story", "")]


def test_a_story_of_three_days_is_told_when_it_grows():
    telling = Telling()
    for _ in range(12):
        telling.say(after=6 * HOUR)
    assert [detail for _, _, detail in telling.told()] == [
        "",
        "told by 3 sources",
        "told by 10 sources",
    ]


def test_what_rested_for_a_day_is_closed_and_late_copies_are_only_counted():
    telling = Telling()
    telling.say()
    for _ in range(9):
        ruling = telling.say(after=25 * HOUR)
        assert ruling.outcome is ItemOutcome.SIMILAR
        assert ruling.reason == "story s has had its alert, and rested for a day"
    assert telling.case().state is CaseState.CLOSED
    assert "only what changes it is told" in next_told(telling)[1]
    telling.say(DENIAL, after=HOUR)
    assert telling.told()[1][1:] == ("headline changed", "denied")
    assert telling.case().state is CaseState.OPEN


def test_an_acknowledged_story_is_told_again_only_if_it_changes():
    telling = Telling()
    telling.say()
    key = telling.story.id, "crisis"
    acked = Acknowledgement(at=telling.now, by="Ana", note="called them")
    telling.cases[key] = acknowledge(telling.case(), acked)
    for _ in range(12):
        ruling = telling.say(after=5 * MINUTE)
    assert ruling.reason == "story s has had its alert, acknowledged by Ana"
    standing, rest = next_told(telling)
    assert standing.endswith("; acknowledged by Ana at 2025-11-30 21:04 UTC: called them")
    assert rest.startswith("only what changes it is told: other numbers in the place")
    telling.say(TOLL.format(31), after=MINUTE, updates=True)
    assert telling.told()[1] == (61 * MINUTE, "numbers changed", "27 → 31")


def test_sources_that_came_after_an_acknowledgement_are_told_with_the_next_once_it_is_taken_back():
    telling = Telling()
    telling.say()
    key = telling.story.id, "crisis"
    telling.cases[key] = acknowledge(telling.case(), Acknowledgement(at=telling.now))
    for _ in range(4):
        telling.say(after=5 * MINUTE)
    telling.cases[key] = unacknowledge(telling.case())
    assert next_told(telling)[1] == "a follow-up leaves with the next that tells it; now 5 sources"
    telling.say(after=MINUTE)
    assert telling.told()[-1][1:] == ("more sources", "told by 6 sources")


def test_an_acknowledgement_withdraws_what_waited():
    telling = Telling()
    for _ in range(3):
        telling.say(after=MINUTE)
    assert telling.case().due_at
    assert acknowledge(telling.case(), Acknowledgement(at=telling.now)).due_at is None


def test_what_is_new_of_a_held_alert_is_told_with_it():
    telling = Telling()
    telling.say()
    until = NOW + 8 * HOUR
    [alert] = telling.alerts
    waits = Waiting(alert=alert.id, notifier="desk", occasion="quiet hours", due_at=until)
    key = telling.story.id, "crisis"
    telling.cases[key] = hold(telling.case(), replace(alert, notify=()), [waits])
    for _ in range(20):
        telling.say(after=15 * MINUTE)
    assert next_told(telling)[-1] == "its last alert is told with others at 2025-12-01 05:04 UTC"
    telling.wait(8 * HOUR)
    [_, follow_up] = telling.alerts
    assert follow_up.created == until - 2 * MINUTE
    assert follow_up.detail == "told by 21 sources"


def test_a_case_whose_first_alert_was_dropped_begins_anew():
    telling = Telling(policy=a_policy(group_wait=HOUR))
    telling.say()
    telling.cases[telling.story.id, "crisis"] = drop(telling.case())
    telling.wait(2 * HOUR)
    assert telling.alerts == []
    telling.say()
    telling.wait(2 * HOUR)
    assert [each.sequence for each in telling.alerts] == [1]


def test_the_outlook_says_what_would_be_told_next_and_when():
    telling = Telling()
    telling.say()
    later = "from 2025-11-30 21:14 UTC on"
    assert next_told(telling) == [
        "case open, begun 2025-11-30 21:04 UTC: 1 alert",
        "a follow-up leaves at 3 sources; now 1",
        f"{later}: a denial or a correction in a headline, or a higher severity",
        f"{later}: other numbers in the place of those told, a higher or a first toll",
        f"{later}: another term or entity in a headline",
        "it closes at 2025-12-01 21:04 UTC if nothing more comes",
    ]
    telling.wait(DAY)
    assert next_told(telling)[0].startswith("case closed, begun")


def test_a_headline_told_is_named_by_the_item_that_brought_it():
    telling = Telling()
    telling.say(BLAST)
    telling.say("Refinery burns in Caracas", after=HOUR, terms=("Caracas", "PDVSA"))
    assert telling.alerts[1].item.entry.title == "Refinery burns in Caracas"


def an_edit(number, title, *, changed=("title", "numbers"), before=BLAST):
    entry = an_item(f"item-{number}", title=before, published=NOW).entry
    after = replace(entry, title=title)
    item = an_item(f"item-{number}", title=title, published=NOW)
    return Edit(
        item=item.id,
        entry=after,
        changed=changed,
        before=replace(item, entry=entry),
        kept=Sighting(item=item, matches=(a_match(evidence=(evidence("Caracas", end=1),)),)),
    )


def followed(telling, *edits):
    """Return what edits make of a story, an hour later."""
    now = telling.now + HOUR
    book = CaseBook(known=telling.cases)
    follow_edits(
        edits,
        {edit.item: (telling.story,) for edit in edits},
        StoryBook(by_key={}, stories={}, cases={}),
        book,
        record=a_record(now=now),
        policy=telling.policy,
    )
    return [each.detail for each in book.alerts]


def test_an_edit_with_another_number_is_a_follow_up():
    telling = Telling()
    telling.say()
    assert followed(telling, an_edit(0, TOLL.format(28))) == ["27 → 28"]


@pytest.mark.parametrize(("on_update", "detail"), [("numbers", []), ("always", [f"was “{BLAST}”"])])
def test_another_headline_is_told_where_a_watchlist_asks_for_it(on_update, detail):
    telling = Telling(policy=a_policy(on_update=on_update))
    telling.say()
    assert followed(telling, an_edit(0, "Depot in Caracas burns", changed=("title",))) == detail


def test_a_site_that_edits_all_its_items_at_once_tells_nothing_new():
    telling = Telling()
    telling.say()
    edits = [an_edit(number, TOLL.format(28)) for number in range(6)]
    assert followed(telling, *edits) == []
    grown = [an_edit(number, BLAST, changed=("text",)) for number in range(1, 7)]
    assert followed(telling, an_edit(0, TOLL.format(28)), *grown) == ["27 → 28"]


def test_an_edit_that_says_the_contrary_below_the_same_headline_is_told():
    telling = Telling()
    telling.say("Maduro: what we know")
    edit = an_edit(0, "Maduro: what we know", changed=("text",), before="Maduro: what we know")
    was = replace(edit.before.entry, summary="Maduro has left Caracas, an aide said. More soon.")
    now = replace(edit.entry, summary="Maduro has not left Caracas, an aide said. More soon.")
    kept = replace(edit.kept, item=replace(edit.kept.item, entry=now))
    edited = replace(edit, entry=now, kept=kept, before=replace(edit.before, entry=was))
    assert followed(telling, edited) == ["denied"]


def test_an_edit_of_a_story_that_was_never_told_is_silent():
    assert followed(Telling(), an_edit(0, TOLL.format(28))) == []


def test_what_a_silence_mutes_is_no_news_and_begins_no_case():
    silence = Silence(
        id=7,
        watchlist="crisis",
        reason="known",
        by="Ana",
        created=NOW - HOUR,
        until=NOW + HOUR,
    )
    sighting = Sighting(item=an_item("item-0"), matches=(a_match(),))
    book = CaseBook(silences=[silence])
    telling = Telling()
    rule(
        [sighting],
        {sighting.item.id: telling.story},
        book,
        record=a_record(sighting),
        policy=telling.policy,
    )
    assert [each.outcome for each in book.rulings] == [ItemOutcome.SILENCED]
    assert book.rulings[0].reason.endswith("UTC: known")
    assert (book.opened, book.alerts) == ({}, [])
