"""Whatever comes to a story in whatever order, its watchlists tell it once, and rarely again."""

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

from case_builders import BLAST, DAY, HOUR, MINUTE, Telling, a_policy
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.alerts.cases import BETWEEN
from monitor.alerts.resting import acknowledge, unacknowledge
from monitor.model import Acknowledgement, CaseState, ItemOutcome, Reason, Severity

TITLES = [
    BLAST,
    "Explosion at fuel depot in Caracas kills 28",
    "Explosion at fuel depot in Caracas kills 31, 12 missing",
    "Death toll from Caracas depot explosion rises to 35",
    "2 dead, 31 injured in Caracas explosion",
    "Government denies explosion at fuel depot in Caracas",
    "Correction: explosion at fuel depot in Caracas kills 26",
    "",
]
items = st.fixed_dictionaries(
    {
        "title": st.sampled_from(TITLES),
        "source": st.sampled_from([f"outlet {n}" for n in range(30)]),
        "after": st.sampled_from([0, 1, 3, 9, 11, 45, 400, 1500]).map(lambda n: n * MINUTE),
        "severity": st.sampled_from([Severity.LOW, Severity.HIGH, Severity.CRITICAL]),
        "terms": st.sampled_from([("Caracas",), ("Caracas", "PDVSA"), ("Maduro",)]),
        "watchlist": st.sampled_from(["crisis", "oil"]),
        "updates": st.booleans(),
    }
)
policies = st.builds(
    a_policy,
    group_wait=st.sampled_from([timedelta(0), MINUTE, HOUR]),
    on_update=st.sampled_from(["never", "numbers", "always"]),
)
LAWS = settings(max_examples=100, deadline=None)


def play(policy, found):
    telling = Telling(policy=policy)
    for each in found:
        telling.say(**each)
    telling.wait(2 * DAY)
    return telling


@LAWS
@given(policies, st.lists(items, max_size=50))
def test_each_watchlist_tells_a_story_first_once_and_then_in_sequence(policy, found):
    telling = play(policy, found)
    for name in ("crisis", "oil"):
        mine = [each for each in telling.alerts if each.watchlist == name]
        assert [each.sequence for each in mine] == [*range(1, len(mine) + 1)]
        assert bool(mine) == any(each["watchlist"] == name for each in found)
    assert len({each.id for each in telling.alerts}) == len(telling.alerts)


@LAWS
@given(policies, st.lists(items, max_size=50))
def test_every_ruling_has_a_reason_and_every_follow_up_says_what_is_new(policy, found):
    telling = play(policy, found)
    assert len(telling.rulings) == len(found)
    assert all(each.reason for each in telling.rulings)
    follow_ups = [each for each in telling.alerts if each.sequence > 1]
    assert all(each.detail and each.reason is not Reason.NEW_STORY for each in follow_ups)
    told = {each.alert for each in telling.rulings if each.alert}
    assert told == {each.id for each in telling.alerts}


@LAWS
@given(policies, st.lists(items, max_size=50))
def test_the_same_items_give_the_same_alerts(policy, found):
    first, second = play(policy, found), play(policy, found)
    assert first.alerts == second.alerts
    assert first.cases == second.cases


@LAWS
@given(
    st.lists(st.integers(0, 6), min_size=39, max_size=39),
    st.integers(1, 40),
    st.sampled_from(TITLES[:3]),
)
def test_forty_copies_in_two_hours_make_one_alert_and_three_follow_ups_at_most(gaps, names, title):
    telling = Telling()
    telling.say(title)
    end = telling.now + 2 * HOUR
    for number, gap in enumerate(gaps):
        after = min(gap * MINUTE, end - telling.now)
        telling.say(title, source=f"outlet {number % names}", after=after)
    telling.wait(end - telling.now)
    assert len(telling.alerts) <= 4


@LAWS
@given(policies, st.lists(items, max_size=50))
def test_messages_of_a_case_lie_apart_unless_it_becomes_critical(policy, found):
    telling = play(policy, found)
    for name in ("crisis", "oil"):
        mine = [each for each in telling.alerts if each.watchlist == name]
        for before, after in pairwise(mine):
            rose = before.severity is not after.severity and after.severity is Severity.CRITICAL
            assert rose or after.created - before.created >= BETWEEN


@LAWS
@given(policies, st.lists(items, max_size=50))
def test_ordinary_news_of_two_hours_is_told_in_four_messages_at_most(policy, found):
    telling = play(policy, found)
    pressing = {Reason.HEADLINE, Reason.SEVERITY}
    for name in ("crisis", "oil"):
        mine = [each for each in telling.alerts if each.watchlist == name]
        for each in mine:
            until = each.created + 2 * HOUR
            window = [x for x in mine if each.created <= x.created < until]
            assert len([x for x in window if x.reason not in pressing]) <= 4


@LAWS
@given(policies, st.lists(items, max_size=30), st.lists(items, max_size=20))
def test_of_what_is_acknowledged_only_what_changes_it_is_told(policy, before, after):
    telling = Telling(policy=policy)
    for each in before:
        telling.say(**each)
    acked = Acknowledgement(at=telling.now, by="Ana")
    taken = [key for key, case in telling.cases.items() if case.sequence]
    for key in taken:
        telling.cases[key] = acknowledge(telling.cases[key], acked)
    known = {each.id for each in telling.alerts}
    for each in after:
        ruling = telling.say(**each)
        case = telling.case(each["watchlist"])
        if case.state is CaseState.ACKED:
            assert ruling.outcome is ItemOutcome.SIMILAR
    telling.wait(DAY)
    material = {Reason.SEVERITY, Reason.HEADLINE, Reason.NUMBERS}
    for name in ("crisis", "oil"):
        fresh = [x for x in telling.alerts if x.id not in known and x.watchlist == name]
        if fresh and (telling.story.id, name) in taken:
            assert fresh[0].reason in material


@LAWS
@given(policies, st.lists(items, min_size=1, max_size=20))
def test_an_acknowledgement_taken_back_leaves_the_case_open(policy, found):
    telling = play(policy, found)
    case = next(iter(telling.cases.values()))
    acked = acknowledge(case, Acknowledgement(at=telling.now))
    assert unacknowledge(acked) == replace(case, state=CaseState.OPEN)


@LAWS
@given(
    st.sampled_from([timedelta(0), MINUTE, HOUR]),
    st.lists(
        st.tuples(st.integers(1, 60), st.sampled_from(["kills {}", "{} dead", "toll at {}"])),
        min_size=1,
        max_size=30,
    ),
)
def test_whatever_tolls_come_in_whatever_order_the_highest_is_the_last_told(wait, tolls):
    telling = Telling(policy=a_policy(group_wait=wait))
    for toll, words in tolls:
        telling.say(f"Quake in Peru {words.format(toll)}", source="Wire", after=7 * MINUTE)
    telling.wait(DAY)
    first, highest = tolls[0][0], max(toll for toll, _ in tolls)
    changes = [each.detail for each in telling.alerts if each.detail]
    assert bool(changes) == (highest > first)
    if changes:
        assert changes[0].startswith(f"{first} → ")
        assert changes[-1].endswith(f" → {highest}")
