"""What was told of two stories stays told when they turn out to be one, on every database."""

from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from functools import partial

import pytest
from builders import NOW, a_match, evidence
from store_builders import PARTS, a_poll, a_sighting_in, configure, webhook_id
from story_builders import DAY, HOUR, LATER, MINUTE, ONE_END, OTHER_END, WHOLE

from monitor.alerts.policy import Policy
from monitor.alerts.render import message
from monitor.alerts.resting import acknowledge
from monitor.model import (
    Acknowledgement,
    Alert,
    CaseState,
    Delivered,
    Edit,
    ItemOutcome,
    Reason,
    Severity,
    Sighting,
    Silence,
)
from monitor.pipeline.deciding import decide_due, decider
from monitor.pipeline.gists import Gists
from monitor.settings import AlertSettings, QuietHours
from monitor.store import Store
from monitor.watch.rules import Watchlist

URLS = tuple(f"https://outlet-{number}.example/rss" for number in range(12))
NOBODY = ()
CRISIS = (a_match("crisis", evidence=(evidence("road"),)),)
BOTH = (*CRISIS, a_match("travel", evidence=(evidence("tourists"),)))


def a_policy(quiet=None, **alerts):
    names = ("crisis", "travel")
    lists = [Watchlist(name=each, match=(), notify=("desk",), quiet_hours=quiet) for each in names]
    return Policy(alerts=AlertSettings(**alerts), watchlists={each.name: each for each in lists})


@dataclass
class Desk:
    """A store whose sources publish one item each; what is due is told when it is."""

    store: Store
    policy: Policy = field(default_factory=a_policy)
    now: datetime = NOW
    count: int = 0
    alerts: list[Alert] = field(default_factory=list)

    def sighting(self, title, text, *, matches=CRISIS):
        [state] = self.store.source_states([URLS[self.count]])
        found = a_sighting_in(state, "1", title=title, matches=matches, now=self.now)
        self.count += 1
        entry = replace(found.item.entry, summary=text, published=self.now)
        item = replace(found.item, entry=entry, language="en")
        return state, replace(found, item=item, gist=Gists().of(item, "en"))

    def publish(self, told, *, after=MINUTE, **more):
        """Let time pass, and have the next source publish; return its item."""
        self.wait(after)
        state, sighting = self.sighting(*told, **more)
        self._commit(a_poll(state, sighting, now=self.now))
        return sighting.item.id

    def publish_together(self, *told):
        """Have several sources publish at once; return their items."""
        made = [self.sighting(*each) for each in told]
        self._commit(*(a_poll(state, each, now=self.now) for state, each in made))
        return [each.item.id for _, each in made]

    def wait(self, span):
        end = self.now + span
        while (due := self.store.next_due()) and due <= end:
            self.now = max(self.now, due)
            decide = partial(decide_due, now=self.now, policy=self.policy)
            told = self.store.tell_due(decide, self.now, webhook_id=webhook_id, message=message)
            self.alerts += told.alerts
        self.now = end

    def _commit(self, *records):
        parts = PARTS | {"message": message}
        for made in self.store.commit(records, decider(self.policy), **parts):
            self.alerts += made.alerts

    def finding(self, item):
        [found] = self.store.find(item)
        return found

    def story(self, item):
        return self.finding(item).story

    def case(self, item, watchlist="crisis"):
        return next(x for x in self.finding(item).cases if x.watchlist == watchlist)

    def outcomes(self, item):
        return [each.outcome for each in self.finding(item).rulings]

    def told(self):
        return [(each.sequence, each.reason) for each in self.alerts]


@pytest.fixture
def desk(store):
    configure(store, *URLS)
    return Desk(store)


FIRST = (1, Reason.NEW_STORY)


def test_two_stories_that_were_told_are_one_and_nothing_is_told_for_it(desk):
    older = desk.publish(ONE_END)
    younger = desk.publish(OTHER_END)
    begun = desk.story(older).id, desk.story(younger).id
    assert begun[0] != begun[1]
    whole = desk.publish(WHOLE)
    assert {desk.story(each).id for each in (older, younger, whole)} == {begun[0]}
    assert desk.story(younger).size == 3
    assert desk.told() == [FIRST, FIRST]
    assert desk.outcomes(whole) == [ItemOutcome.UPDATED]
    desk.wait(HOUR)
    assert desk.told() == [FIRST, FIRST, (2, Reason.MORE_SOURCES)]
    assert desk.alerts[-1].story.id == begun[0]
    later = desk.publish(LATER)
    assert desk.outcomes(later) == [ItemOutcome.SIMILAR]
    desk.wait(DAY)
    assert len(desk.alerts) == 3


def test_a_denial_that_comes_later_is_told_once(desk):
    for told in (ONE_END, OTHER_END, WHOLE):
        last = desk.publish(told)
    desk.wait(HOUR)
    before = len(desk.alerts)
    title, text = LATER
    desk.publish((f"Police deny {title}", text))
    desk.wait(DAY)
    assert [each.reason for each in desk.alerts[before:]] == [Reason.HEADLINE]
    assert desk.alerts[-1].story.id == desk.story(last).id


def test_where_only_the_younger_was_told_its_count_goes_on(desk):
    older = desk.publish(ONE_END, matches=NOBODY)
    younger = desk.publish(OTHER_END)
    [first] = desk.alerts
    whole = desk.publish(WHOLE)
    assert desk.told() == [FIRST]
    desk.wait(HOUR)
    assert desk.told() == [FIRST, (2, Reason.MORE_SOURCES)]
    assert desk.alerts[-1].story.id == desk.story(older).id != first.story.id
    assert desk.case(whole).sequence == 2
    acked = Acknowledgement(at=desk.now, by="Ana")
    [found] = desk.store.amend_case(first.id, lambda each: acknowledge(each, acked))
    assert found.acked == acked
    assert desk.case(younger) == found


def test_a_follow_up_hangs_below_the_first_message_of_either(desk):
    desk.publish(ONE_END, matches=NOBODY)
    desk.publish(OTHER_END)
    claim = partial(desk.store.claim, "desk", lease=MINUTE)
    first = claim(now=desk.now)
    desk.store.settle(first, Delivered(ref="C1/17.1"), now=desk.now, next_attempt=None)
    desk.publish(WHOLE)
    desk.wait(HOUR)
    follow_up = claim(now=desk.now)
    assert follow_up.parent == "C1/17.1"
    assert follow_up.alert == desk.alerts[-1].id


def test_where_only_the_older_was_told_the_younger_is_told_no_more(desk):
    older = desk.publish(ONE_END)
    desk.publish(OTHER_END, matches=NOBODY)
    whole = desk.publish(WHOLE)
    assert desk.told() == [FIRST]
    assert desk.case(whole).story == desk.story(older).id
    assert len(desk.finding(whole).cases) == 1


def test_each_watchlist_keeps_what_it_told(desk):
    desk.publish(ONE_END)
    desk.publish(OTHER_END, matches=BOTH[1:])
    whole = desk.publish(WHOLE, matches=BOTH)
    assert desk.told() == [FIRST, FIRST]
    assert desk.case(whole, "crisis").sequence == desk.case(whole, "travel").sequence == 1


def test_two_that_wait_for_their_group_are_told_once(desk):
    desk.policy = a_policy(group_wait=5 * MINUTE)
    older = desk.publish(ONE_END)
    toll = desk.publish(OTHER_END)
    desk.publish(WHOLE)
    assert desk.case(older).state is CaseState.PENDING
    assert desk.case(older).due_at == NOW + 6 * MINUTE
    desk.wait(DAY)
    assert desk.told() == [FIRST]
    assert desk.alerts[0].detail == "14 missing"
    assert (desk.alerts[0].item.id, desk.alerts[0].created) == (toll, NOW + 6 * MINUTE)
    assert desk.alerts[0].story.size == 3


def test_one_that_waits_for_its_group_tells_only_its_toll_where_the_other_was_told(desk):
    desk.publish(ONE_END)
    desk.policy = a_policy(group_wait=5 * MINUTE)
    waits = desk.publish(OTHER_END, matches=CRISIS)
    desk.publish(WHOLE)
    assert desk.case(waits).state is CaseState.OPEN
    desk.wait(DAY)
    assert [(each.reason, each.detail) for each in desk.alerts] == [
        (Reason.NEW_STORY, ""),
        (Reason.NUMBERS, "14 missing; told by 3 sources"),
    ]


def test_one_that_is_more_severe_is_told_as_that(desk):
    desk.publish(ONE_END)
    desk.policy = a_policy(group_wait=5 * MINUTE)
    severe = (replace(CRISIS[0], severity=Severity.CRITICAL),)
    desk.publish(OTHER_END, matches=severe)
    assert desk.told() == [FIRST, FIRST], "what is critical waits for no group"
    whole = desk.publish(WHOLE, matches=severe)
    desk.wait(DAY)
    assert desk.case(whole).severity is Severity.CRITICAL
    assert Reason.SEVERITY not in [each.reason for each in desk.alerts]


@pytest.mark.parametrize("place", [0, 1])
def test_who_took_note_of_either_took_note_of_both(desk, place):
    desk.publish(ONE_END)
    desk.publish(OTHER_END)
    acked = Acknowledgement(at=desk.now, by="Ana")
    desk.store.amend_case(desk.alerts[place].id, lambda each: acknowledge(each, acked))
    whole = desk.publish(WHOLE, after=HOUR)
    found = desk.case(whole)
    assert (found.state, found.acked) == (CaseState.ACKED, acked)
    desk.wait(DAY)
    assert desk.told() == [FIRST, FIRST]


def test_what_is_held_over_night_is_told_in_the_morning(desk):
    night = QuietHours(start=time(20), end=time(6))
    desk.policy = a_policy(quiet=night)
    desk.publish(ONE_END)
    desk.publish(OTHER_END)
    whole = desk.publish(WHOLE, after=HOUR)
    assert desk.case(whole).state is CaseState.HELD
    assert [each.notify for each in desk.alerts] == [(), ()]
    desk.wait(timedelta(hours=7, minutes=50))
    assert desk.store.deliveries() == []
    desk.wait(HOUR)
    [delivery] = desk.store.deliveries()
    assert delivery.message.type == "alert.digest"
    assert len({each["alert"]["id"] for each in delivery.message.data["alerts"]}) >= 2


@pytest.mark.parametrize("at_once", [False, True])
def test_a_silence_of_the_younger_mutes_what_it_has_merged_into(desk, at_once):
    desk.publish(ONE_END, matches=NOBODY)
    younger = desk.publish(OTHER_END, matches=NOBODY)
    desk.store.add_silence(
        Silence(
            id=0,
            story=desk.story(younger).id,
            reason="known",
            by="Ana",
            created=NOW,
            until=NOW + DAY,
        )
    )
    if at_once:
        found = desk.publish_together(WHOLE, LATER)
    else:
        found = [desk.publish(WHOLE), desk.publish(LATER)]
    assert [desk.outcomes(each) for each in found] == [[ItemOutcome.SILENCED]] * 2
    assert desk.alerts == []
    [silence] = desk.store.silences()
    assert silence.story == desk.story(younger).id


def test_in_one_group_of_polls_two_ends_and_the_whole_are_one_story_told_once(desk):
    found = desk.publish_together(ONE_END, OTHER_END, WHOLE)
    assert len({desk.story(each).id for each in found}) == 1
    assert desk.story(found[0]).size == 3
    assert [each.sequence for each in desk.alerts] == [1, 1]
    assert len(desk.finding(found[0]).cases) == 1
    desk.publish(LATER)
    assert desk.story(found[0]).size == 4


def test_an_edit_of_what_the_younger_told_is_of_what_remains(desk):
    older = desk.publish(ONE_END)
    younger = desk.publish(OTHER_END)
    desk.publish(WHOLE)
    desk.wait(HOUR)
    before = desk.finding(younger).item
    entry = replace(before.entry, title=f"Police deny: {before.entry.title}")
    item = replace(before, entry=entry)
    edit = Edit(
        item=item.id,
        entry=entry,
        changed=("title",),
        before=before,
        kept=Sighting(item=item, matches=CRISIS),
    )
    [state] = desk.store.source_states([before.source.url])
    desk._commit(replace(a_poll(state, now=desk.now), edits=(edit,)))
    assert desk.story(younger) == desk.story(older)
    assert desk.story(younger).size == 3
    assert desk.alerts[-1].reason is Reason.HEADLINE
    assert desk.alerts[-1].story.id == desk.story(older).id


def test_explain_tells_of_the_story_that_remains_and_all_that_was_told(desk):
    desk.publish(ONE_END)
    younger = desk.publish(OTHER_END)
    desk.publish(WHOLE)
    found = desk.finding(younger)
    assert found.story.merged_into is None
    assert found.story.size == 3
    assert [each.id for each in found.told] == [each.id for each in desk.alerts]
    [named] = desk.store.stories_named(desk.alerts[1].id)
    assert named == desk.alerts[1].story.id


def test_what_remains_is_kept_as_long_as_what_has_merged_into_it(desk):
    desk.publish(ONE_END, matches=NOBODY)
    younger = desk.publish(OTHER_END)
    desk.publish(WHOLE, matches=NOBODY)
    remains = desk.story(younger).id
    desk.store.prune(desk.now + 100 * DAY)
    assert desk.story(younger).id == remains
    assert desk.case(younger).sequence == 1
    claimed = desk.store.claim("desk", now=desk.now, lease=MINUTE)
    desk.store.settle(claimed, Delivered(), now=desk.now, next_attempt=None)
    for _ in range(2):
        desk.store.prune(desk.now + 100 * DAY)
    assert desk.finding(younger).story is None


def test_the_message_of_a_follow_up_names_what_remains(desk):
    desk.publish(ONE_END, matches=NOBODY)
    desk.publish(OTHER_END)
    whole = desk.publish(WHOLE)
    desk.wait(HOUR)
    told = message(desk.alerts[-1]).data
    assert told["story"]["id"] == desk.story(whole).id
    assert told["story"]["size"] == 3
