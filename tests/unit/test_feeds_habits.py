from dataclasses import replace
from datetime import timedelta

import pytest
from builders import NOW, a_state

from monitor.feeds.servers.habits import Question, ask, is_doubtful, is_false, learn, told
from monitor.model import ErrorKind, Failed, Fetched, Habits, NotModified
from monitor.settings import HostSettings

URL = "https://wire.example/feed"
NEW = "https://news.example/feed"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ETAG, DATE = '"1"', "Sun, 30 Nov 2025 18:00:00 GMT"
BODY_HASH = "0" * 32


def held(**changes):
    """A source whose validators are known and were last put to the test just now."""
    habits = changes.pop("habits", {})
    defaults = {
        "etag": ETAG,
        "last_modified": DATE,
        "validators_url": URL,
        "body_hash": BODY_HASH,
        "last_success_at": NOW - HOUR,
        "habits": Habits(**{"audited_at": NOW} | habits),
    }
    return a_state(**defaults | changes)


def whole(**changes):
    defaults = {
        "url": URL,
        "status": 200,
        "body": b"<rss/>",
        "etag": ETAG,
        "last_modified": DATE,
        "digest": BODY_HASH,
    }
    return Fetched(**defaults | changes)


def after(state, *outcomes, step=HOUR, start=NOW, **options):
    """Return the habits after these outcomes, an hour apart."""
    habits = state.habits
    for place, outcome in enumerate(outcomes, 1):
        now = start + step * place
        habits = learn(habits, with_habits(state, habits), outcome, now=now, **options)
    return habits


def with_habits(state, habits):
    return replace(state, habits=habits)


# --- what is asked


def test_both_validators_are_sent_to_the_address_they_came_from():
    assert ask(held(), None, NOW) == Question(
        url=URL, etag=ETAG, last_modified=DATE, validators_url=URL
    )


def test_a_source_without_validators_is_asked_plainly():
    assert ask(a_state(), None, NOW) == Question(url=URL)


@pytest.mark.parametrize(
    ("conditions", "etag", "modified"),
    [("both", ETAG, DATE), ("etag", ETAG, None), ("modified", None, DATE), ("none", None, None)],
)
def test_only_the_validators_that_are_worth_it_are_sent(conditions, etag, modified):
    question = ask(held(habits={"conditions": conditions}), None, NOW)
    assert (question.etag, question.last_modified) == (etag, modified)


def test_where_the_one_worth_sending_is_missing_the_other_is_sent():
    question = ask(held(last_modified=None, habits={"conditions": "modified"}), None, NOW)
    assert question.etag == ETAG


@pytest.mark.parametrize(
    ("learned", "said", "etag", "modified"),
    [
        ("both", "modified", None, DATE),
        ("etag", "modified", None, DATE),
        ("none", "both", None, None),
        ("both", "none", None, None),
        ("etag", None, ETAG, None),
    ],
)
def test_a_hosts_preset_counts_unless_its_server_lied(learned, said, etag, modified):
    preset = HostSettings(name="wire.example", conditions=said)
    question = ask(held(habits={"conditions": learned}), preset, NOW)
    assert (question.etag, question.last_modified) == (etag, modified)


def test_an_audit_is_due_within_a_day_however_late_the_last_poll_before_it_was():
    for number in range(200):
        state = held(id=number)
        assert ask(state, None, NOW + 16 * HOUR - timedelta(seconds=1)).etag == ETAG
        assert ask(state, None, NOW + 20 * HOUR) == Question(url=URL)


def test_audits_are_spread_over_the_sources():
    def hour_of_audit(state):
        return next(h for h in range(24 * 4) if not ask(state, None, NOW + h * HOUR / 4).etag)

    assert {hour_of_audit(held(id=number)) for number in range(100)} == set(range(65, 81)) | {64}


def test_a_preset_can_shorten_the_trust_in_validators():
    preset = HostSettings(name="wire.example", validators_for=2 * HOUR)
    assert ask(held(), preset, NOW + HOUR).etag == ETAG
    assert ask(held(), preset, NOW + 2 * HOUR).etag is None


def test_an_audit_dated_after_now_is_not_trusted():
    assert ask(held(), None, NOW - DAY).etag is None


def test_validators_of_an_earlier_release_are_audited_within_a_day_but_not_all_at_once():
    dates = set()
    for number in range(50):
        state = held(id=number, habits={"audited_at": None})
        assert ask(state, None, NOW).etag == ETAG
        habits = after(state, NotModified())
        assert NOW - 16 * HOUR < habits.audited_at <= NOW + HOUR
        dates.add(habits.audited_at)
    assert len(dates) == 50


# --- 304s, and whether they were true


def test_304s_are_counted_until_there_are_enough_and_then_change_nothing():
    state = held()
    habits = after(state, *[NotModified()] * 8)
    assert habits.unchanged == 8
    assert learn(habits, with_habits(state, habits), NotModified(), now=NOW + DAY) is habits


@pytest.mark.parametrize("conditional", [True, False])
def test_a_whole_answer_begins_the_count_anew(conditional):
    state = held(habits={"unchanged": 8, "audited_at": NOW - DAY})
    habits = learn(state.habits, state, whole(conditional=conditional), now=NOW)
    assert (habits.unchanged, habits.audited_at) == (0, NOW)


def test_what_has_no_validators_teaches_nothing():
    state = a_state()
    outcome = whole(etag=None, last_modified=None)
    assert learn(state.habits, state, outcome, now=NOW) is state.habits


def test_news_under_the_validators_that_were_held_prove_a_lie():
    state = held(habits={"unchanged": 1})
    news = whole(digest="f" * 32)
    assert is_false(state, news)
    assert not is_false(state, whole(digest="f" * 32, etag='"2"'))


@pytest.mark.parametrize(
    ("state", "fetched"),
    [
        (held(), whole()),  # no 304 stands between
        (held(habits={"unchanged": 1}), whole(conditional=True)),
        (held(habits={"unchanged": 1}), whole(url=NEW)),
    ],
)
def test_without_a_304_from_the_same_address_nothing_is_doubted(state, fetched):
    assert not is_false(state, fetched)
    assert not is_doubtful(state, fetched, [None])


@pytest.mark.parametrize(
    ("unchanged", "published", "doubtful"),
    [
        (1, [NOW - 2 * HOUR], True),  # before the last 304, an hour ago
        (1, [NOW - timedelta(minutes=30)], False),
        (1, [NOW - timedelta(minutes=30), NOW - DAY], True),
        (1, [None], True),
        (7, [NOW], False),
        (8, [NOW], True),
        (8, [], False),
    ],
)
def test_news_that_a_304_should_not_have_hidden_are_doubtful(unchanged, published, doubtful):
    state = held(habits={"unchanged": unchanged})
    assert is_doubtful(state, whole(etag='"2"'), published) is doubtful


def test_a_proof_ends_validators_for_good():
    state = held(habits={"unchanged": 8})
    habits = learn(state.habits, state, whole(), now=NOW, belied=True)
    assert (habits.conditions, habits.belied_at) == ("none", NOW)
    assert "without validators" in told(state.habits, habits)
    later = after(with_habits(state, habits), *[whole()] * 20)
    assert later.conditions == "none"
    assert ask(with_habits(state, later), None, NOW + DAY) == Question(url=URL)


# --- which validators a server honours


def unhonoured(times, **changes):
    return [whole(conditional=True, **changes)] * times


def test_each_validator_is_tried_alone_and_then_both_for_ever():
    state = held()
    kinds = [after(state, *unhonoured(times)).conditions for times in range(12)]
    assert kinds == ["both"] * 3 + ["modified"] * 3 + ["etag"] * 3 + ["both"] * 3


@pytest.mark.parametrize(("times", "kept"), [(3, "modified"), (6, "etag"), (9, "both")])
def test_what_brings_a_304_is_kept(times, kept):
    habits = after(held(), *unhonoured(times), NotModified(), *unhonoured(2))
    assert habits.conditions == kept


@pytest.mark.parametrize("times", [3, 6])
def test_what_no_longer_brings_a_304_is_given_up(times):
    habits = after(held(), *unhonoured(times), NotModified(), *unhonoured(3))
    assert (habits.conditions, habits.unhonoured) == ("both", 0)


@pytest.mark.parametrize(
    ("state", "outcome"),
    [
        (held(), whole(conditional=False)),
        (held(), whole(conditional=True, digest="f" * 32)),
        (held(last_modified=None), whole(conditional=True)),
        (held(etag=None), whole(conditional=True)),
    ],
)
def test_only_an_unchanged_document_in_spite_of_both_counts(state, outcome):
    assert after(state, *[outcome] * 5).conditions == "both"


# --- where it is


def at_new(**changes):
    return whole(**{"url": NEW, "moved_to": NEW} | changes)


def test_a_move_is_believed_after_three_polls_over_seven_days():
    state = held()
    assert after(state, *[at_new()] * 3, step=DAY).address == ""
    assert after(state, *[at_new()] * 2, step=8 * DAY).address == ""
    habits = after(state, *[at_new()] * 8, step=DAY)
    assert (habits.address, habits.moved_to) == (NEW, "")
    assert NEW in told(state.habits, habits)
    assert ask(with_habits(state, habits), None, NOW).url == NEW


def test_a_304_at_the_new_place_counts_as_well():
    outcomes = [at_new(), *[NotModified(moved_to=NEW)] * 7]
    assert after(held(), *outcomes, step=DAY).address == NEW


@pytest.mark.parametrize(
    "between",
    [
        whole(),
        NotModified(),
        at_new(moved_to="https://other.example/feed"),
        Failed(kind=ErrorKind.NOT_A_FEED, message="a page", status=200),
        Failed(kind=ErrorKind.HTML_WITH_FEED_LINK, message="a page", status=200),
        Failed(kind=ErrorKind.HTTP_4XX, message="nothing there", status=404, redirected=True),
    ],
)
def test_another_answer_in_between_begins_the_count_anew(between):
    outcomes = [*[at_new()] * 7, between, *[at_new()] * 7]
    assert after(held(), *outcomes, step=DAY).address == ""


def test_a_fault_on_the_way_does_not():
    fault = Failed(kind=ErrorKind.TIMEOUT, message="late")
    outcomes = [*[at_new()] * 4, fault, *[at_new()] * 4]
    assert after(held(), *outcomes, step=DAY).address == NEW


def test_a_page_is_no_place_to_move_to():
    page = Failed(kind=ErrorKind.NOT_A_FEED, message="a page", status=200)
    assert after(held(), *[page] * 20, step=DAY) == held().habits


@pytest.mark.parametrize(
    ("asked", "target", "believed"),
    [
        ("http://wire.example/feed", "https://wire.example/feed", True),
        ("http://wire.example/feed", "https://wire.example/feed/", True),
        ("http://wire.example:8080/feed?a=1", "https://wire.example:8443/feed?a=1", True),
        ("http://wire.example/feed", "https://wire.example/", False),
        ("http://wire.example/feed", "https://wire.example/feed?a=1", False),
        ("http://wire.example/feed", "https://www.wire.example/feed", False),
        ("https://wire.example/feed", "http://wire.example/feed", False),
    ],
)
def test_only_https_for_http_on_the_same_host_is_believed_at_once(asked, target, believed):
    state = held(url=asked)
    habits = after(state, whole(url=target, moved_to=target))
    assert bool(habits.address) is believed


@pytest.mark.parametrize("status", [404, 410])
def test_an_old_address_with_nothing_left_makes_the_new_one_count_at_once(status):
    kind = ErrorKind.GONE if status == 410 else ErrorKind.HTTP_4XX
    nothing = Failed(kind=kind, message="nothing", status=status)
    assert after(held(), at_new(), nothing).address == NEW
    assert after(held(), nothing).address == ""


LOST = [
    Failed(kind=ErrorKind.DNS, message="no such name"),
    Failed(kind=ErrorKind.GONE, message="gone", status=410),
    Failed(kind=ErrorKind.HTTP_4XX, message="nothing", status=404),
    Failed(kind=ErrorKind.NOT_A_FEED, message="a page", status=200),
    Failed(kind=ErrorKind.HTML_WITH_FEED_LINK, message="a page", status=200),
]


@pytest.mark.parametrize("failed", LOST, ids=lambda failed: failed.kind.value)
def test_a_place_that_is_lost_twice_in_a_row_is_given_up(failed):
    once = held(habits={"address": NEW})
    assert after(once, failed).address == NEW
    twice = held(habits={"address": NEW}, error_kind=failed.kind)
    habits = after(twice, failed)
    assert habits.address == ""
    assert "configured address again" in told(twice.habits, habits)


@pytest.mark.parametrize(
    "failed",
    [
        Failed(kind=ErrorKind.TIMEOUT, message="late"),
        Failed(kind=ErrorKind.TLS, message="expired"),
        Failed(kind=ErrorKind.HTTP_5XX, message="down", status=500),
        Failed(kind=ErrorKind.HTTP_4XX, message="no", status=451),
    ],
    ids=lambda failed: failed.kind.value,
)
def test_other_faults_leave_it_where_it_is(failed):
    state = held(habits={"address": NEW}, error_kind=failed.kind)
    assert after(state, failed, failed).address == NEW


def test_a_move_back_home_is_believed_at_once():
    state = held(habits={"address": NEW})
    assert after(state, whole(url=URL, moved_to=URL)).address == ""


def test_what_was_told_hides_secrets():
    words = told(Habits(), Habits(address="https://ann:pass@new.example/feed?token=t0ps3cr3t"))
    assert "pass" not in words
    assert "t0ps3cr3t" not in words
