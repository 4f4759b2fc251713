"""What the entries of a whole document show together, beyond what each is by itself.

Pure: never touches network, clock or disk.

Nearly all known under other names than before, or nearly all unknown though none is newer than
what was known: the feed was re-keyed, and what it held is no news. Only dates of the feed itself
are compared, since whole feeds are off by hours. New names with each
document: its guids churn and are trusted no more. Nothing known of a document, though the one
before it had entries: a gap, in which others may have come and gone. Unknown entries at the end
of a document that did not grow, older than all that is known in it: they moved up there, because
something newer was withdrawn.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TypeAlias

from monitor.alerts.policy import GRACE
from monitor.feeds.identity import Named, tells_time
from monitor.feeds.reading.marks import split
from monitor.feeds.redaction import ref_of
from monitor.model import (
    MARK_SIZE,
    Document,
    Edit,
    Habits,
    ItemId,
    ItemOutcome,
    Known,
    Notice,
    Severity,
    Source,
    SourceState,
)

ENOUGH = 5  # entries; fewer show nothing about a document
NEARLY_ALL = 0.8
CHURNING = 2  # documents in a row
LATELY = timedelta(days=7)
# A feed that was empty by mistake is not for longer; one that finds items finds them in this time.
EMPTY_BY_MISTAKE = timedelta(days=1)
FOUND_LATE = timedelta(hours=6)

_REKEYED = "no newer than what was known of its source, whose items all came under new names"
_LATE = "it moved up at the end of its document, older than all that was known there"
_BEFORE_US = "it is from before its source was first polled"
_FILLED = "its source was empty when it was first polled, and may have been so by mistake"
Held: TypeAlias = tuple[ItemOutcome, str]


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of one entry; it is new where it is no `item` yet."""

    named: Named
    item: ItemId | None = None
    renamed: bool = False  # known by a weaker key alone
    edit: Edit | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Upheaval:
    """What happened to a feed between two documents."""

    rekeyed: bool = False
    gap: bool = False


QUIET = Upheaval()


def is_whole(document: Document) -> bool:
    """Tell whether no entry of a document was left out as known."""
    return len(document.entries) == document.length


def known_by_words(fates: Sequence[Fate], known: Mapping[str, Known]) -> list[Fate]:
    """Take entries for what has the same words, and the same day where they have one.

    That is too little for one entry, and enough for many.
    """
    told, taken = [], {fate.item for fate in fates}
    for fate in fates:
        key = known.get(fate.named.title)
        item = key.item if key and key.fingerprint == fate.named.fingerprint else None
        is_one = fate.item is None and item not in taken
        told.append(Fate(fate.named, item, renamed=True) if item and is_one else fate)
        taken.add(item)
    return told


def has_new_names(
    state: SourceState, by_words: Sequence[Fate], happened: Upheaval, *, now: datetime
) -> bool:
    """Tell whether a source's items come under new names these days, as a move brings them.

    A document too short to show it does where not one of its entries kept its name.
    """
    short = 1 < len(by_words) < ENOUGH and all(fate.renamed for fate in by_words)
    return happened.rekeyed or short or _lately_rekeyed(state.habits, now)


def upheaval(state: SourceState, document: Document, fates: Sequence[Fate]) -> Upheaval:
    """Tell what happened to a feed, given the state of its source before this whole document."""
    entries = len(fates)
    if state.first_success_at is None or entries < ENOUGH:
        return QUIET
    if sum(fate.renamed for fate in fates) >= NEARLY_ALL * entries:
        return Upheaval(rekeyed=True)
    if any(fate.item for fate in fates):
        return QUIET
    # One is the newest itself; where many have its date, dates are too coarse to tell.
    if 1 + sum(_is_before(fate, state) for fate in fates) >= NEARLY_ALL * entries:
        return Upheaval(rekeyed=True)
    return Upheaval(gap=bool(_entries_before(state)) and not document.complete)


def learn(
    state: SourceState, fates: Sequence[Fate], happened: Upheaval, *, now: datetime
) -> Habits:
    """Return the habits of a source after a whole document."""
    habits = state.habits
    churned = habits.churned + 1 if habits.identity == "guid" and _has_churned(fates) else 0
    if churned >= CHURNING:
        habits = replace(habits, identity="link", churned=0)
    elif churned != habits.churned:
        habits = replace(habits, churned=churned)
    if happened.rekeyed:
        habits = replace(habits, rekeyed_at=now)
    if happened.gap:
        habits = replace(habits, gaps=habits.gaps + 1, gap_at=now)
    return habits


def with_newest(habits: Habits, fates: Sequence[Fate], *, now: datetime) -> Habits:
    """Return the habits with the latest date that an entry had."""
    dates = [date for fate in fates if (date := fate.named.entry.published)]
    # A date ahead of now is a slip or another zone's; it must not make what follows look old.
    latest = max((date for date in dates if date <= now), default=now if dates else None)
    if latest is None or (habits.newest and latest <= habits.newest):
        return habits
    return replace(habits, newest=latest)


def notice(
    source: Source, before: Habits, held: int, entries: int, *, now: datetime
) -> Notice | None:
    """Return what people must hear of a re-keyed feed of which `held` items were held back.

    None where nothing was, and the like has happened lately: a feed whose names change each time.
    """
    if _lately_rekeyed(before, now) and not held:
        return None
    kept = f"{held} of them are stored and did not alert" if held else "all of them were recognised"
    return Notice(
        type="system.feed_rekeyed",
        source=ref_of(source),
        created=now,
        severity=Severity.LOW,
        title=f"{source.name} gives new names to its items",
        text=(
            f"All or nearly all of the {entries} entries in its document came under new names, as "
            f"when a site moves: {kept}. What is newer than that alerts as always."
        ),
        count=entries,
    )


def held_back(
    state: SourceState,
    document: Document,
    fates: Sequence[Fate],
    happened: Upheaval,
    *,
    now: datetime,
) -> dict[str, Held]:
    """Return what is to be held back of a whole document, by own keys, with the reason.

    Where names change again and again, what is unknown among recognised entries is news.
    """
    again = any(fate.item for fate in fates) and _lately_rekeyed(state.habits, now)
    if happened.rekeyed and not again:
        held = (ItemOutcome.FIRST_POLL, _REKEYED)
        # Beside recognised ones, an entry of the newest day may be of a later hour of it.
        is_past = _is_plainly_past if any(fate.item for fate in fates) else _is_past
        past = [fate for fate in fates if not fate.item and is_past(fate, state)]
        return {fate.named.own: held for fate in past}
    if len(document.entries) > _entries_before(state) or state.last_success_at is None:
        return {}
    if state.window and document.marks and state.window[-MARK_SIZE:] not in split(document.marks):
        return {}  # the last one was pushed out, so that nothing can have moved up behind it
    return _late(fates, before=state.last_success_at - GRACE)


def held_back_when_filled(
    state: SourceState, fates: Sequence[Fate], *, now: datetime
) -> dict[str, Held]:
    """Return the same for the first entries of a feed that was empty when it was first polled.

    That was a look at it: what appears is news. But what is older was there, and so was what does
    not say that it is newer, where there is more of it than comes at once.
    """
    since = state.first_success_at
    had = state.last_new_at or _entries_before(state) or any(fate.item for fate in fates)
    if since is None or had or now - since > EMPTY_BY_MISTAKE:
        return {}
    fresh = since - GRACE
    unsaid = [f for f in fates if not (date := f.named.entry.published) or date <= fresh]
    if len(unsaid) <= ENOUGH:
        until = since - FOUND_LATE
        unsaid = [f for f in unsaid if (date := f.named.entry.published) and date < until]
    held = (ItemOutcome.FIRST_POLL, _FILLED)
    return {fate.named.own: held for fate in unsaid}


def held_back_of_page(state: SourceState, fates: Sequence[Fate]) -> dict[str, Held]:
    """Return the same for a page of older entries, which may reach back before our time."""
    since = state.first_success_at
    if since is None:
        return {}
    held = (ItemOutcome.TOO_OLD, _BEFORE_US)
    past = {
        fate.named.own: held
        for fate in fates
        if not fate.item and (date := fate.named.entry.published) and date < since
    }
    return _late(fates, before=since) | past


def _has_churned(fates: Sequence[Fate]) -> bool:
    """Tell whether nearly all new guids of a document are other names of known items."""
    guids = [
        fate
        for fate in fates
        if fate.named.entry.guid and fate.named.given and (fate.renamed or not fate.item)
    ]
    renamed = sum(fate.renamed for fate in guids)
    return len(guids) >= ENOUGH and renamed >= NEARLY_ALL * len(guids)


def _late(fates: Sequence[Fate], *, before: datetime) -> dict[str, Held]:
    """Return new entries behind all known ones, dated before all of them and `before`."""
    known = [fate for fate in fates if fate.item]
    dates = [fate.named.entry.published for fate in known]
    oldest = min((date for date in dates if date), default=None)
    if oldest is None:
        return {}
    tail = fates[max(at for at, fate in enumerate(fates) if fate.item) + 1 :]
    limit = min(oldest, before)
    held = (ItemOutcome.TOO_OLD, _LATE)
    return {
        fate.named.own: held
        for fate in tail
        if (date := fate.named.entry.published) and date < limit
    }


def _is_past(fate: Fate, state: SourceState) -> bool:
    published, newest = fate.named.entry.published, state.habits.newest
    return bool(published and newest and published <= newest)


def _is_plainly_past(fate: Fate, state: SourceState) -> bool:
    published = fate.named.entry.published
    return _is_before(fate, state) or (_is_past(fate, state) and tells_time(published))


def _is_before(fate: Fate, state: SourceState) -> bool:
    return _is_past(fate, state) and fate.named.entry.published != state.habits.newest


def _lately_rekeyed(habits: Habits, now: datetime) -> bool:
    return habits.rekeyed_at is not None and now - habits.rekeyed_at < LATELY


def _entries_before(state: SourceState) -> int:
    return len(state.window) // MARK_SIZE or state.rhythm.entries
