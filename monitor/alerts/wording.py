"""Say a message in words, for a terminal or a chat. Pure.

What is returned is printable: nothing unseen, nothing that reorders, whole characters.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Literal, TypeAlias

from monitor.alerts.excerpt import cut, printable, segments
from monitor.model import Field, Message

LATE = timedelta(minutes=10)

_HEADLINE = 500
_NAME = 80
_REASONS = 6

Part: TypeAlias = Literal["severity", "matched"]
Paint: TypeAlias = Callable[[Part, str], str]


def unpainted(_part: Part, words: str) -> str:
    """Return the words as they are."""
    return words


def text(whole: Message, *, now: datetime, paint: Paint = unpainted) -> str:
    """Return the message as one block of lines for a terminal or a plain chat message.

    `paint` gives the severity and what matched their look; what it is handed is printable.
    """
    data = whole.data
    item, watchlist = data["item"], data["watchlist"]
    head = paint("severity", severity_word(whole))
    why = "; ".join(reasons(whole))
    lines = [
        f"{head} {printable(watchlist['name'])} · {data['alert']['reason']}",
        "".join(
            paint("matched", piece) if matched else piece
            for piece, matched in segments(item["title"], spans(whole, "title"), limit=_HEADLINE)
        ),
        f"matched {why}" if why else "",
        f"{byline(whole, now=now)} · alert {data['alert']['id']}",
        printable(item["link"] or ""),
        cut(printable(watchlist["description"] or ""), _HEADLINE),
    ]
    return "\n".join(line for line in lines if line)


def severity_word(whole: Message) -> str:
    """Return the severity in capitals, marked where the message is only a test."""
    word = str(whole.data["watchlist"]["severity"]).upper()
    return f"TEST {word}" if whole.type == "test" else word


def byline(whole: Message, *, now: datetime) -> str:
    """Return who published it and when, who else tells it, and how late this message is."""
    item, story = whole.data["item"], whole.data["story"]
    parts = [cut(printable(item["source"]["name"]), _NAME)]
    if item["published"]:
        parts.append(f"published {item['published'][:16].replace('T', ' ')} UTC")
    if story["size"] > 1:
        others = [name for name in story["sources"] if name != item["source"]["name"]]
        named = ", ".join(cut(printable(name), _NAME) for name in others[:3])
        parts.append(f"+{story['size'] - 1} similar" + (f" ({named})" if named else ""))
    late = now - whole.timestamp
    if late > LATE:
        parts.append(f"delayed {late // timedelta(minutes=1)} min")
    return " · ".join(part for part in parts if part)


def reasons(whole: Message) -> list[str]:
    """Return what matched and in which fields, one phrase for each term or entity."""
    found: dict[str, tuple[str, list[str]]] = {}
    for match in whole.data["matches"]:
        name = match["entity"] or match["term"]
        _, fields = found.setdefault(name, (match["text"], []))
        if match["field"] not in fields:
            fields.append(match["field"])
    phrases = [
        f"{_told(name, seen)} in {', '.join(fields)}" for name, (seen, fields) in found.items()
    ]
    more = len(phrases) - _REASONS
    return [*phrases[:_REASONS], f"{more} more"] if more > 0 else phrases


def spans(whole: Message, field: Field) -> list[tuple[int, int]]:
    """Return the [start, end) of every match in one field."""
    return [(m["start"], m["end"]) for m in whole.data["matches"] if m["field"] == field]


def _told(name: str, seen: str) -> str:
    name, seen = cut(printable(name), _NAME), cut(printable(seen), _NAME)
    return name if name.casefold() == seen.casefold() else f"{name} “{seen}”"
