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
_EXPLANATION = 2_000
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
    if is_own(whole):
        return _own_text(whole, now=now, paint=paint)
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


def is_own(whole: Message) -> bool:
    """Tell whether the monitor speaks of its own work and not of the world."""
    return whole.type.startswith("system.")


def headline(whole: Message) -> str:
    """Return a message's title on one line, whatever it is about."""
    return printable(whole.data["title"] if is_own(whole) else whole.data["item"]["title"])


def severity_word(whole: Message) -> str:
    """Return the severity in capitals, marked where the message is a test or the monitor's own."""
    if is_own(whole):
        return f"MONITOR {whole.data['severity'].upper()}"
    word = str(whole.data["watchlist"]["severity"]).upper()
    return f"TEST {word}" if whole.type == "test" else word


def topic(whole: Message) -> str:
    """Return in words what a message of the monitor's own is about."""
    return whole.type.rpartition(".")[2].replace("_", " ")


def own_byline(whole: Message, *, now: datetime) -> str:
    """Return which source a message of the monitor's own is about, since when, and how late."""
    source, since = whole.data["source"], whole.data["since"]
    parts = [printable(source["url"] or "")] if source else []
    if since:
        parts.append(f"since {_minute(since)} UTC")
    return " · ".join(part for part in [*parts, _delay(whole, now)] if part)


def byline(whole: Message, *, now: datetime) -> str:
    """Return who published it and when, who else tells it, and how late this message is."""
    item, story = whole.data["item"], whole.data["story"]
    parts = [cut(printable(item["source"]["name"]), _NAME)]
    if item["published"]:
        parts.append(f"published {_minute(item['published'])} UTC")
    if story["size"] > 1:
        others = [name for name in story["sources"] if name != item["source"]["name"]]
        named = ", ".join(cut(printable(name), _NAME) for name in others[:3])
        parts.append(f"+{story['size'] - 1} similar" + (f" ({named})" if named else ""))
    return " · ".join(part for part in [*parts, _delay(whole, now)] if part)


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


def _own_text(whole: Message, *, now: datetime, paint: Paint) -> str:
    data = whole.data
    lines = [
        f"{paint('severity', severity_word(whole))} {topic(whole)}",
        cut(printable(data["title"]), _HEADLINE),
        cut(printable(data["text"] or ""), _EXPLANATION),
        own_byline(whole, now=now),
        f"notice {data['id']}, about the monitor itself",
    ]
    return "\n".join(line for line in lines if line)


def _minute(moment: str) -> str:
    return moment[:16].replace("T", " ")


def _delay(whole: Message, now: datetime) -> str:
    late = now - whole.timestamp
    return f"delayed {late // timedelta(minutes=1)} min" if late > LATE else ""


def _told(name: str, seen: str) -> str:
    name, seen = cut(printable(name), _NAME), cut(printable(seen), _NAME)
    return name if name.casefold() == seen.casefold() else f"{name} “{seen}”"
