"""How a source's server behaves: which address to ask, which validators to send, what to believe.

Pure: never touches network, clock or disk.

A 304 is a claim. It is believed for 16 to 20 hours, a different time for each source; then one
request goes out without validators, an audit. Where the audit brings news under the very
validators that were held, a 304 was false. Where it brings news that a 304 before it should not
have hidden (dated before that 304, without a date, or after eight 304s), that is only a doubt: it
may have come since. Then the old validators are sent once more, and a 304 to them, now known to be
out of date, is the proof. A source with a proof gets no validators again.

Of servers that honour one validator alone, most ignore the date while an ETag stands beside it.
After three unchanged documents although both were sent, the date is sent alone, then the ETag
alone; what brings a 304 stays. If nothing does, both are sent and the search is over.

A permanent redirect is followed at once and believed late: when three polls over seven days or
more have agreed on a place and found the feed there; at once where only https took the place of
http on the same host, or where the old address now says that nothing is there. A place that was
believed and is lost twice in a row is given up for the configured address.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from monitor.feeds.redaction import redact_url
from monitor.model import (
    Conditions,
    ErrorKind,
    Failed,
    Fetched,
    Habits,
    NotModified,
    Outcome,
    SourceState,
)
from monitor.settings import HostSettings

BELIEVED_FOR = timedelta(hours=16)
BELIEVED_LONGER = timedelta(hours=4)  # for the source that waits longest
ENOUGH_304S = 8
UNHONOURED = 3
# After so many unhonoured requests of each kind the next kind is tried: both, modified, etag, both.
_NEXT_KIND: dict[tuple[Conditions, int], tuple[Conditions, int]] = {
    ("both", UNHONOURED): ("modified", UNHONOURED),
    ("modified", 2 * UNHONOURED): ("etag", 2 * UNHONOURED),
    ("etag", 3 * UNHONOURED): ("both", 3 * UNHONOURED),
    # A kind that brought a 304 once (which sets the count to 0) and has stopped to.
    ("modified", UNHONOURED): ("both", 0),
    ("etag", UNHONOURED): ("both", 0),
}
_SEARCH_OVER = 3 * UNHONOURED

AGREEING_POLLS = 3
AGREEING_FOR = timedelta(days=7)
_NOTHING_THERE = frozenset({404, 410})
_NO_FEED = frozenset({ErrorKind.NOT_A_FEED, ErrorKind.HTML_WITH_FEED_LINK})
_LOST = _NO_FEED | {ErrorKind.DNS, ErrorKind.GONE, ErrorKind.HTTP_4XX}
_GOLDEN = 0.6180339887498949  # its multiples fill [0, 1) evenly


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What a poll asks. The validators go to `validators_url` alone; "" stands for `url`."""

    url: str
    etag: str | None = None
    last_modified: str | None = None
    validators_url: str = ""


def ask(state: SourceState, preset: HostSettings | None, now: datetime) -> Question:
    """Return what to ask a source next; without validators where an audit is due."""
    if state.etag is None and state.last_modified is None:
        return Question(url=state.habits.address or state.url)
    if _audit_due(state, preset, now):
        return Question(url=state.habits.address or state.url)
    return ask_with_validators(state, preset)


def ask_with_validators(state: SourceState, preset: HostSettings | None = None) -> Question:
    """Return the question with what validators are worth sending, whether an audit is due or not.

    What was learned of this server counts before the preset of its host only where it is a lie.
    """
    habits = state.habits
    url, conditions = habits.address or state.url, habits.conditions
    if preset is not None and preset.conditions and conditions != "none":
        conditions = preset.conditions
    if conditions == "none":
        return Question(url=url)
    etag, modified = state.etag, state.last_modified
    if conditions == "etag" and etag:
        modified = None
    elif conditions == "modified" and modified:
        etag = None
    held_for = state.validators_url or ""
    return Question(url=url, etag=etag, last_modified=modified, validators_url=held_for)


def is_false(state: SourceState, fetched: Fetched) -> bool:
    """Tell whether news in this answer to an audit prove a 304 false: its validators are the old.

    For a `fetched` with news only. A body that merely differs loses nobody anything.
    """
    if not _is_audited(state, fetched):
        return False
    held, came = (state.etag, state.last_modified), (fetched.etag, fetched.last_modified)
    return held == came


def is_doubtful(state: SourceState, fetched: Fetched, published: Sequence[datetime | None]) -> bool:
    """Tell whether news of these dates, brought by an audit, may have been hidden by a 304."""
    if not (published and _is_audited(state, fetched)):
        return False
    last_304 = state.last_success_at
    hidden = (date is None or last_304 is None or date < last_304 for date in published)
    return state.habits.unchanged >= ENOUGH_304S or any(hidden)


def learn(
    habits: Habits,
    state: SourceState,
    outcome: Outcome,
    *,
    now: datetime,
    belied: bool = False,
) -> Habits:
    """Return the habits after a poll; `state` is what stood before it, `belied` the proof of a lie.

    A document that was fetched but is no feed comes as the parser's Failed.
    """
    match outcome:
        case NotModified():
            return _moved(_after_304(habits, state, now), state, outcome.moved_to, now)
        case Fetched():
            learned = _after_whole(habits, state, outcome, now=now, belied=belied)
            return _moved(learned, state, outcome.moved_to, now)
        case Failed():
            return _after_failure(habits, state, outcome)


def told(before: Habits, after: Habits) -> str:
    """Return what people should hear of what was learned; "" for nothing."""
    if before is after:
        return ""
    if after.belied_at and not before.belied_at:
        return "its server said “not modified” (304) and hid news; it is asked without validators"
    if after.address != before.address:
        if after.address:
            return f"it moved for good, and is polled at {redact_url(after.address)}"
        return "it is polled at its configured address again"
    return ""


# --- validators


def _audit_due(state: SourceState, preset: HostSettings | None, now: datetime) -> bool:
    audited_at = state.habits.audited_at
    if audited_at is None:
        return False
    believed = BELIEVED_FOR + BELIEVED_LONGER * (state.id * _GOLDEN % 1)
    if preset is not None and preset.validators_for is not None:
        believed = min(believed, preset.validators_for)
    # A time ahead of now means that a clock was wrong, and tells nothing.
    return not audited_at <= now < audited_at + believed


def _is_audited(state: SourceState, fetched: Fetched) -> bool:
    """Tell whether the answer puts earlier 304s to the test: whole, unasked, from their address."""
    there = state.validators_url in (None, fetched.url)
    return there and not fetched.conditional and state.habits.unchanged > 0


def _after_304(habits: Habits, state: SourceState, now: datetime) -> Habits:
    if habits.unchanged >= ENOUGH_304S and habits.audited_at and not habits.unhonoured:
        return habits
    # Validators stored by an earlier release have no date, and must not all be audited at once.
    since = habits.audited_at or now - BELIEVED_FOR * (state.id * _GOLDEN % 1)
    unchanged = min(habits.unchanged + 1, ENOUGH_304S)
    return replace(habits, unchanged=unchanged, audited_at=since, unhonoured=0)


def _after_whole(
    habits: Habits, state: SourceState, fetched: Fetched, *, now: datetime, belied: bool
) -> Habits:
    if belied:
        return replace(
            habits, conditions="none", belied_at=now, audited_at=now, unchanged=0, unhonoured=0
        )
    if habits.conditions == "none" or not (fetched.etag or fetched.last_modified):
        return habits
    habits = replace(habits, audited_at=now, unchanged=0)
    if not _is_unhonoured(state, fetched) or _is_over(habits):
        return habits
    so_far = (habits.conditions, habits.unhonoured + 1)
    conditions, unhonoured = _NEXT_KIND.get(so_far, so_far)
    return replace(habits, conditions=conditions, unhonoured=unhonoured)


def _is_unhonoured(state: SourceState, fetched: Fetched) -> bool:
    both = state.etag is not None and state.last_modified is not None
    return both and fetched.conditional and fetched.digest == state.body_hash


def _is_over(habits: Habits) -> bool:
    return habits.conditions == "both" and habits.unhonoured >= _SEARCH_OVER


# --- addresses


def _moved(habits: Habits, state: SourceState, moved_to: str, now: datetime) -> Habits:
    """Count how often a feed was found where permanent redirects lead."""
    if moved_to == habits.moved_to:
        if not moved_to:
            return habits
        polls = min(habits.moved_polls + 1, AGREEING_POLLS)
        since = habits.moved_since or now
        if polls >= AGREEING_POLLS and now - since >= AGREEING_FOR:
            return _settled(habits, state, moved_to)
        return replace(habits, moved_polls=polls, moved_since=since)
    if not moved_to:
        return replace(habits, moved_to="", moved_since=None, moved_polls=0)
    if moved_to == state.url or _is_upgrade(habits.address or state.url, moved_to):
        return _settled(habits, state, moved_to)
    return replace(habits, moved_to=moved_to, moved_since=now, moved_polls=1)


def _after_failure(habits: Habits, state: SourceState, failed: Failed) -> Habits:
    nothing_there = failed.status in _NOTHING_THERE
    if nothing_there and habits.moved_to and not failed.redirected:
        return _settled(habits, state, habits.moved_to)
    if habits.address and _is_lost(failed) and state.error_kind in _LOST:
        return _settled(habits, state, "")
    if habits.moved_to and (nothing_there or failed.kind in _NO_FEED):
        return replace(habits, moved_to="", moved_since=None, moved_polls=0)
    return habits


def _settled(habits: Habits, state: SourceState, address: str) -> Habits:
    address = "" if address == state.url else address
    return replace(habits, address=address, moved_to="", moved_since=None, moved_polls=0)


def _is_lost(failed: Failed) -> bool:
    if failed.kind is ErrorKind.HTTP_4XX:
        return failed.status in _NOTHING_THERE
    return failed.kind in _LOST


def _is_upgrade(asked: str, target: str) -> bool:
    """Tell whether the target is the address asked with https for http; the port may differ."""
    old, new = urlsplit(asked), urlsplit(target)
    return (old.scheme, new.scheme) == ("http", "https") and (
        old.hostname,
        old.path.rstrip("/"),
        old.query,
    ) == (new.hostname, new.path.rstrip("/"), new.query)
