"""Whatever servers answer and in whatever order, what is learned of them keeps these promises."""

from dataclasses import replace
from datetime import timedelta

from builders import NOW, a_state
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from monitor.feeds.servers.habits import ENOUGH_304S, ask, learn
from monitor.model import ErrorKind, Failed, Fetched, NotModified

HOME = "http://wire.example/feed"
SECURE = "https://wire.example/feed"
PLACES = st.sampled_from(["", "", SECURE, "https://a.example/feed", "https://b.example/feed"])
VALIDATORS = st.sampled_from([None, '"1"', '"2"'])
LOST = {ErrorKind.DNS, ErrorKind.GONE, ErrorKind.NOT_A_FEED, ErrorKind.HTML_WITH_FEED_LINK}
FAILURES = st.one_of(
    st.builds(
        Failed,
        kind=st.sampled_from([*LOST, ErrorKind.TIMEOUT, ErrorKind.TLS, ErrorKind.HTTP_5XX]),
        message=st.just("failed"),
        redirected=st.booleans(),
    ),
    st.builds(
        lambda status, redirected: Failed(
            kind=ErrorKind.GONE if status == 410 else ErrorKind.HTTP_4XX,
            message="failed",
            status=status,
            redirected=redirected,
        ),
        st.sampled_from([400, 404, 410]),
        st.booleans(),
    ),
)


class Server(RuleBasedStateMachine):
    """A source, its server, and a ledger kept by other means than the habits."""

    def __init__(self):
        super().__init__()
        self.now = NOW
        self.state = a_state(url=HOME)
        self.whole_at = None  # the last whole answer with validators
        self.said = []  # (time, moved_to) of the successes since they last agreed
        self.belied = False

    @rule(hours=st.integers(min_value=1, max_value=72))
    def time_passes(self, hours):
        self.now += timedelta(hours=hours)

    @rule(
        etag=VALIDATORS,
        modified=VALIDATORS,
        body=st.sampled_from("ab"),
        moved_to=PLACES,
        belied=st.sampled_from([False] * 9 + [True]),
    )
    def it_answers_whole(self, etag, modified, body, moved_to, belied):
        question = ask(self.state, None, self.now)
        conditional = bool(question.etag or question.last_modified)
        outcome = Fetched(
            url=moved_to or question.url,
            status=200,
            body=b"x",
            etag=etag,
            last_modified=modified,
            digest=body,
            conditional=conditional,
            moved_to=moved_to,
        )
        self.belied |= belied
        if etag or modified:
            self.whole_at = self.now
        self.takes(outcome, moved_to, belied=belied, body_hash=body)
        self.state = replace(self.state, etag=etag, last_modified=modified)

    @rule(moved_to=PLACES)
    def it_answers_304(self, moved_to):
        question = ask(self.state, None, self.now)
        if question.etag or question.last_modified:
            self.takes(NotModified(moved_to=moved_to), moved_to)

    @rule(failed=FAILURES)
    def it_fails(self, failed):
        before = self.state.habits
        tracked = [place for _, place in self.said[-1:]]
        twice = self.state.error_kind in LOST | {ErrorKind.HTTP_4XX}
        after = learn(before, self.state, failed, now=self.now)
        if after.address != before.address:
            came = after.address and [after.address] == tracked and failed.status in (404, 410)
            home = not after.address and before.address and twice
            assert (came and not failed.redirected) or home
        if after.moved_to != before.moved_to:
            assert after.moved_to == ""
            self.said = []
        self.state = replace(self.state, habits=after, error_kind=failed.kind)

    def takes(self, outcome, moved_to, *, belied=False, **changes):
        before = self.state.habits
        after = learn(before, self.state, outcome, now=self.now, belied=belied)
        if self.said and self.said[-1][1] != moved_to:
            self.said = []
        self.said.append((self.now, moved_to))
        if after.address != before.address:
            agreed = len(self.said) >= 3 and self.now - self.said[0][0] >= timedelta(days=7)
            upgrade = (before.address or HOME, moved_to) == (HOME, SECURE)
            assert after.address == moved_to
            assert agreed or upgrade
        if after.moved_to != before.moved_to and not after.moved_to:
            self.said = []
        self.state = replace(
            self.state, habits=after, error_kind=None, last_success_at=self.now, **changes
        )

    @invariant()
    def no_validator_is_invented(self):
        question = ask(self.state, None, self.now)
        assert question.etag in (None, self.state.etag)
        assert question.last_modified in (None, self.state.last_modified)

    @invariant()
    def a_day_after_the_last_whole_answer_the_next_is_asked_for(self):
        if self.whole_at and self.now - self.whole_at >= timedelta(hours=20):
            question = ask(self.state, None, self.now)
            assert (question.etag, question.last_modified) == (None, None)

    @invariant()
    def within_hours_of_it_what_is_held_is_sent(self):
        held = self.state.etag or self.state.last_modified
        recent = self.whole_at and self.now - self.whole_at < timedelta(hours=16)
        if held and recent and not self.belied:
            question = ask(self.state, None, self.now)
            assert question.etag or question.last_modified

    @invariant()
    def who_lied_is_never_believed_again_and_who_did_not_is(self):
        assert (self.state.habits.conditions == "none") is self.belied
        assert bool(self.state.habits.belied_at) is self.belied

    @invariant()
    def counts_are_small(self):
        habits = self.state.habits
        assert 0 <= habits.unchanged <= ENOUGH_304S
        assert 0 <= habits.unhonoured <= 9
        assert 0 <= habits.moved_polls <= 3
        assert habits.address != HOME


TestServer = Server.TestCase
TestServer.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
