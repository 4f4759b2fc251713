"""What two entries have in common, and what a reader would notice between them.

Pure: never touches network, clock or disk.
"""

import re
from datetime import datetime

from monitor.alerts.policy import GRACE
from monitor.feeds.identity.paths import may_be_one_page
from monitor.model import Change, Entry

# Texts with fewer of their words in common than this tell of different things.
ALIKE = 0.3
SHORT_TITLE = 3  # words; shorter ones ("Breaking news") recur with something else below them

_WORDS = re.compile(r"\w+")
_FIGURES = re.compile(r"\d+(?:[.,:]\d+)*")
_UNSPACED = "\u2e80"  # from here on most scripts put no spaces between words
_COMMON_LENGTH = 3  # letters; most words that every text has are no longer


def are_alike(one: Entry, other: Entry) -> bool:
    """Tell whether two texts may tell of one thing."""
    return likeness(one, other) >= ALIKE


def agree(before: Entry, after: Entry) -> bool:
    """Tell whether two entries that lead to one place have their date or their title in common.

    One place they may share by a number alone, which can be that of many pages.
    """
    if not may_be_one_page(before.link, after.link):
        return False
    same_date = before.published is not None and before.published == after.published
    return same_date or (before.title != "" and before.title == after.title)


def is_reused(before: Entry, after: Entry, *, alone: bool = True) -> bool:
    """Tell whether a name stands for something else now: newer, with little in common.

    Where an entry is `alone` or nearly so in its document, as in a feed that shows the latest
    headline, it may be newer without saying so. Elsewhere it must have a newer date of its own: a
    date of change moves with every edit.
    """
    return _is_newer(before, after, alone=alone) and not are_alike(before, after)


def is_another(before: Entry, after: Entry, *, last_poll: datetime | None) -> bool:
    """Tell whether an entry that leads to another page now is another article, not an edit.

    It has another title, and a date since the last poll; without dates, little in common.
    """
    if before.title == after.title or last_poll is None:
        return False
    then, now, since = before.published, after.published, last_poll - GRACE
    if then is None:
        return (now is None or now > since) and not are_alike(before, after)
    return now is not None and then < last_poll and now > max(then, since)


def _is_newer(before: Entry, after: Entry, *, alone: bool) -> bool:
    then, now = before.published or before.updated, after.published or after.updated
    if then is None or now is None or now == after.updated:
        return alone and (then is None or now is None or now > then)
    return now > then


def likeness(one: Entry, other: Entry) -> float:
    """Return the share of the words of two entries that both have, from 0 to 1.

    Titles that say something count for themselves: the text below them may have grown or gone.
    """
    titles = _words(one.title), _words(other.title)
    texts = _words(_text(one)), _words(_text(other))
    if not all(texts):
        return 1.0  # there is nothing to tell them apart by
    if min(map(len, titles)) < SHORT_TITLE:
        return _shared(*texts)
    return max(_shared(*titles), _shared(*texts))


def changes(before: Entry, after: Entry) -> tuple[Change, ...]:
    """Return what a reader would notice between two texts of one entry."""
    found: list[Change] = []
    if before.title != after.title:
        found.append("title")
    if (before.summary, before.content) != (after.summary, after.content):
        found.append("text")
    if found and _figures(before) != _figures(after):
        found.append("numbers")
    return tuple(found)


def _text(entry: Entry) -> str:
    return f"{entry.title}\n{entry.summary}\n{entry.content}"


def _figures(entry: Entry) -> set[str]:
    return set(_FIGURES.findall(_text(entry)))


def _words(text: str) -> frozenset[str]:
    words = [part for word in _WORDS.findall(text.casefold()) for part in _parts(word)]
    telling = {word for word in words if len(word) > _COMMON_LENGTH or word >= _UNSPACED}
    return frozenset(telling or words)


def _parts(word: str) -> list[str]:
    if word < _UNSPACED or len(word) == 1:
        return [word]
    return [word[at : at + 2] for at in range(len(word) - 1)]


def _shared(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / len(one | other)
