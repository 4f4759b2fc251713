"""What becomes of a text when another outlet has it, and what its source writes the day after."""

import html
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from random import Random
from typing import Final, TypeAlias

from monitor.model import Entry

Edit: TypeAlias = Callable[[str, str, Random], tuple[str, str]]

_FILLERS: Final = ["however", "reportedly", "said", "officials", "new", "today", "also", "region"]
_SHARE = 0.07  # of the words that an editor changes
_NUMBER: Final = re.compile(r"(?<!\w)\d+(?!\w)")


def _cut_short(title: str, text: str, _: Random) -> tuple[str, str]:
    return title, text[: len(text) // 2]


def _framed(title: str, text: str, _: Random) -> tuple[str, str]:
    return title, f"(Agency) - {text} Read the full story on our site. Subscribe to our newsletter."


def _reworded(title: str, text: str, random: Random) -> tuple[str, str]:
    def edited(words: str) -> str:
        changed = (
            random.choice(_FILLERS) if random.random() < _SHARE else each for each in words.split()
        )
        return " ".join(changed)

    return edited(title), edited(text)


def _with_outlet(title: str, text: str, _: Random) -> tuple[str, str]:
    return f"{title} - The Daily Example", text


def _in_capitals(title: str, text: str, _: Random) -> tuple[str, str]:
    return title.upper(), text


def _under_another_headline(title: str, text: str, _: Random) -> tuple[str, str]:
    words = title.split()
    return " ".join(["Breaking:", *words[: max(3, len(words) * 2 // 3)]]), text


def _turned_round(title: str, text: str, random: Random) -> tuple[str, str]:
    sentences = re.split(r"(?<=[.!?]) ", text)
    random.shuffle(sentences)
    return title, " ".join(sentences)


def _with_markup(title: str, text: str, _: Random) -> tuple[str, str]:
    return title, f"<p>{html.escape(text).replace('. ', '.</p><p>&nbsp;')}</p>"


def _all_at_once(title: str, text: str, random: Random) -> tuple[str, str]:
    title, text = _reworded(title, text, random)
    return f"{title} | Example", f"{text[: len(text) * 2 // 3]} Follow us for more."


EDITS: Final[Mapping[str, Edit]] = {
    "cut short": _cut_short,
    "framed": _framed,
    "with words changed": _reworded,
    "with the outlet's name": _with_outlet,
    "in capitals": _in_capitals,
    "under another headline": _under_another_headline,
    "in another order": _turned_round,
    "with markup": _with_markup,
    "with all of that": _all_at_once,
}


def next_in_series(entry: Entry, random: Random) -> Entry | None:
    """Return what would follow in a series: other numbers in it; None where its title has none."""
    if not _NUMBER.search(entry.title):
        return None

    def following(found: re.Match[str]) -> str:
        return str(int(found[0]) + random.randint(1, 9)) if len(found[0]) < 9 else found[0]

    return replace(
        entry,
        title=_NUMBER.sub(following, entry.title),
        summary=_NUMBER.sub(following, entry.summary),
    )
