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

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TypeAlias

from monitor.feeds.identity import Named
from monitor.feeds.reading.marks import split
from monitor.feeds.redaction import redact_url
from monitor.model import (
    MARK_SIZE,
    Document,
    Edit,
    Habits,
    ItemId,
    ItemOutcome,
    Notice,
    Severity,
    Source,
    SourceRef,
    SourceState,
)

ENOUGH = 5  # entries; fewer show nothing about a document
NEARLY_ALL = 0.8
CHURNING = 2  # documents in a row
LATELY = timedelta(days=7)
# A document may show an entry some minutes after the date it carries.
GRACE = timedelta(minutes=10)

_REKEYED = "no newer than what was known of its source, whose items all came under new names"
_LATE = "it moved up at the end of its document, older than all that was known there"
_BEFORE_US = "it is from before its source was first polled"
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
        source=SourceRef(name=source.name, url=redact_url(source.url), tags=source.tags),
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
        past = [fate for fate in fates if not fate.item and _is_past(fate, state)]
        return {fate.named.own: held for fate in past}
    if len(document.entries) > _entries_before(state) or state.last_success_at is None:
        return {}
    if state.window and document.marks and state.window[-MARK_SIZE:] not in split(document.marks):
        return {}  # the last one was pushed out, so that nothing can have moved up behind it
    return _late(fates, before=state.last_success_at - GRACE)


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


def _is_before(fate: Fate, state: SourceState) -> bool:
    return _is_past(fate, state) and fate.named.entry.published != state.habits.newest


def _lately_rekeyed(habits: Habits, now: datetime) -> bool:
    return habits.rekeyed_at is not None and now - habits.rekeyed_at < LATELY


def _entries_before(state: SourceState) -> int:
    return len(state.window) // MARK_SIZE or state.rhythm.entries
