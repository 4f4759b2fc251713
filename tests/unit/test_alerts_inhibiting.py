"""One destination is told a story once: by the weightiest of the watchlists that it fires."""

from dataclasses import replace

import pytest
from builders import NOW
from case_builders import HOUR, MINUTE
from watch_builders import a_watchlist, terms

from monitor.cli.given import make_item
from monitor.cli.rehearse import Rehearsal
from monitor.model import ItemOutcome, Severity
from monitor.settings import AlertSettings, QuietHours, Settings
from monitor.watch.rules import Sample

CLOSED = "Venezuela says its airspace is closed"
GROUNDED = "Airlines stay grounded: Venezuela says its airspace is closed"
SUMMARY = (
    "Caracas closed its airspace on Saturday after a warning from Washington's aviation agency."
)


def a_list(name, severity, *notify, words=("airspace",), **changes):
    made = a_watchlist(*terms(*words), name=name, **changes)
    return replace(made, severity=severity, notify=notify or ("desk",))


class Played:
    """Items of one story, each an hour after the one before."""

    def __init__(self, *lists, **alerts):
        options = Settings(watchlists=lists, alerts=AlertSettings(**alerts))
        self.rehearsal = Rehearsal(options, ())
        self.now = NOW
        self.told = []

    def read(self, title, *, after=HOUR):
        """Return what became of an item on each watchlist, and why."""
        self.now += after
        serial = len(self.told)
        summary = SUMMARY if "airspace" in title else ""
        outlet = f"https://{serial}.example/feed"
        sample = Sample(title=title, summary=summary, source=outlet)
        item = make_item(sample, {}, now=self.now, serial=serial)
        done = self.rehearsal.take(item, self.now)
        self.told.append({alert.watchlist: alert.notify for alert in done.alerts})
        ruled = {each.match.watchlist: each for each in done.rulings}
        return {name: (each.outcome, each.reason) for name, each in ruled.items()}


def test_the_lower_of_two_watchlists_spares_who_was_told_by_the_higher():
    played = Played(a_list("air", Severity.LOW), a_list("crisis", Severity.HIGH))
    ruled = played.read(CLOSED)
    assert played.told == [{"crisis": ("desk",)}]
    assert ruled["crisis"] == (ItemOutcome.ALERTED, "new story")
    outcome, reason = ruled["air"]
    assert outcome is ItemOutcome.SIMILAR
    assert reason == "new story; desk has heard of this story from crisis (high)"


def test_those_who_have_not_heard_are_told():
    played = Played(a_list("air", Severity.LOW, "desk", "siem"), a_list("crisis", Severity.HIGH))
    ruled = played.read(CLOSED)
    assert played.told == [{"air": ("siem",), "crisis": ("desk",)}]
    assert ruled["air"][0] is ItemOutcome.ALERTED
    assert "desk has heard" in ruled["air"][1]


def test_a_later_item_of_the_story_is_not_told_by_a_lower_one_either():
    lower = a_list("grounded", Severity.LOW, words=("grounded",))
    played = Played(lower, a_list("crisis", Severity.HIGH))
    played.read(CLOSED)
    assert played.read(GROUNDED)["grounded"][0] is ItemOutcome.SIMILAR
    assert "grounded" not in played.told[1]


def test_a_higher_one_is_told_after_a_lower_one():
    higher = a_list("grounded", Severity.CRITICAL, words=("grounded",))
    played = Played(a_list("air", Severity.LOW), higher)
    played.read(CLOSED)
    assert played.read(GROUNDED)["grounded"][0] is ItemOutcome.ALERTED
    assert played.told[1]["grounded"] == ("desk",)


@pytest.mark.parametrize(
    ("inhibit", "told"),
    [
        ("lower", {"air": ("desk",), "crisis": ("desk",)}),
        ("same", {"air": ("desk",)}),
    ],
)
def test_watchlists_of_one_severity_both_tell_unless_asked_not_to(inhibit, told):
    lists = (a_list("air", Severity.HIGH), a_list("crisis", Severity.HIGH))
    played = Played(*lists, inhibit=inhibit)
    played.read(CLOSED)
    assert played.told == [told]


def test_nobody_is_spared_where_that_is_turned_off():
    played = Played(a_list("air", Severity.LOW), a_list("crisis", Severity.HIGH), inhibit="never")
    played.read(CLOSED)
    assert played.told == [{"air": ("desk",), "crisis": ("desk",)}]


def test_another_story_is_told():
    played = Played(a_list("oil", Severity.LOW, words=("OPEC",)), a_list("crisis", Severity.HIGH))
    played.read(CLOSED)
    assert played.read("OPEC leaves its output as it is")["oil"][0] is ItemOutcome.ALERTED


def test_what_is_held_has_been_told_to_nobody():
    night = QuietHours(
        start=NOW.time(), end=(NOW + 8 * HOUR).time(), zone="UTC", bypass=Severity.CRITICAL
    )
    higher = replace(a_list("crisis", Severity.HIGH), quiet_hours=night)
    played = Played(a_list("air", Severity.LOW), higher)
    ruled = played.read(CLOSED, after=MINUTE)
    assert (ruled["crisis"][0], ruled["air"][0]) == (ItemOutcome.HELD, ItemOutcome.ALERTED)
    assert played.told == [{"air": ("desk",), "crisis": ()}]


def test_what_changes_a_story_is_told_by_the_list_that_saw_it():
    higher = a_list("tsunami", Severity.HIGH, words=("tsunami",))
    played = Played(a_list("quake", Severity.MEDIUM, words=("earthquake",)), higher)
    played.read("Earthquake kills 27 in northern Peru, tsunami feared")
    ruled = played.read("Earthquake kills 31 in northern Peru")
    assert ruled["quake"][0] is ItemOutcome.UPDATED
    assert played.told[1] == {"quake": ("desk",)}
