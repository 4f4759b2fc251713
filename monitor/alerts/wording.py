"""Say a message in words, for a terminal or a chat. Pure.

What is returned is printable: nothing unseen, nothing that reorders, whole characters.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, TypeAlias

from monitor.alerts.excerpt import cut, printable, printable_lines, segments
from monitor.model import Field, Message

LATE = timedelta(minutes=10)

_HEADLINE = 500
_LISTED = 200  # of each title in a digest
_EXPLANATION = 2_000
_NAME = 80
_REASONS = 6

_MARKS = {"test": "TEST", "alert.updated": "UPDATE", "alert.digest": "DIGEST"}

Part: TypeAlias = Literal["severity", "matched"]
Paint: TypeAlias = Callable[[Part, str], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One alert of a digest; everything is printable and cut."""

    severity: str  # in capitals
    watchlist: str
    title: str
    source: str
    news: str  # "" where it is the story's first alert
    link: str  # "" where there is none to show


def unpainted(_part: Part, words: str) -> str:
    """Return the words as they are."""
    return words


def text(whole: Message, *, now: datetime, paint: Paint = unpainted) -> str:
    """Return the message as one block of lines for a terminal or a plain chat message.

    What a template says stands for all of it. `paint` gives the severity and what matched their
    look; what it is handed is printable.
    """
    if words := worded(whole):
        return words
    if is_own(whole):
        block = _own_text(whole, now=now, paint=paint)
    elif is_digest(whole):
        block = _digest_text(whole, now=now, paint=paint)
    else:
        block = _alert_text(whole, now=now, paint=paint)
    return "\n".join(part for part in (block, noted(whole)) if part)


def worded(whole: Message) -> str:
    """Return what a template says of the message in lines, "" where our own words are sent."""
    return printable_lines(whole.words.text)


def noted(whole: Message) -> str:
    """Return on one line that a template failed, "" where none did."""
    return printable(whole.words.note)


def titled(whole: Message) -> str:
    """Return the title that a template gives the message, "" where we give it ours."""
    return printable(whole.words.title).strip()


def is_own(whole: Message) -> bool:
    """Tell whether the monitor speaks of its own work and not of the world."""
    return whole.type.startswith("system.")


def is_digest(whole: Message) -> bool:
    """Tell whether a message lists alerts instead of being one."""
    return whole.type == "alert.digest"


def headline(whole: Message) -> str:
    """Return a message's title on one line, whatever it is about."""
    if is_digest(whole):
        return printable(_part_title(whole))
    return printable(whole.data["title"] if is_own(whole) else whole.data["item"]["title"])


def news(whole: Message) -> str:
    """Return why an alert leaves and, of a follow-up, what is new."""
    return _news(whole.data["alert"])


def severity_word(whole: Message) -> str:
    """Return the severity in capitals, marked where the message is a test or the monitor's own."""
    if is_own(whole):
        return f"MONITOR {whole.data['severity'].upper()}"
    about = whole.data["digest" if is_digest(whole) else "watchlist"]
    word = str(about["severity"]).upper()
    mark = _MARKS.get(whole.type)
    return f"{mark} {word}" if mark else word


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


def listed(whole: Message) -> list[Listed]:
    """Return what a digest lists, in its order."""
    return [_listed(each) for each in whole.data["alerts"]]


def digest_byline(whole: Message, *, now: datetime) -> str:
    """Return from when to when a digest's alerts are, and how late it is."""
    about = whole.data["digest"]
    span = f"{_minute(about['from'])} to {_minute(about['until'])} UTC"
    return " · ".join(part for part in (span, _delay(whole, now)) if part)


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


def _alert_text(whole: Message, *, now: datetime, paint: Paint) -> str:
    data = whole.data
    item, watchlist = data["item"], data["watchlist"]
    head = paint("severity", severity_word(whole))
    why = "; ".join(reasons(whole))
    lines = [
        f"{head} {printable(watchlist['name'])} · {news(whole)}",
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


def _digest_text(whole: Message, *, now: datetime, paint: Paint) -> str:
    rows = [f"{paint('severity', severity_word(whole))} {headline(whole)}"]
    for each in listed(whole):
        told = f"{each.source} · {each.news}" if each.news else each.source
        rows.append(f"{paint('severity', each.severity)} {each.watchlist}: {each.title} ({told})")
        rows.append(f"  {each.link}" if each.link else "")
    rows.append(f"{digest_byline(whole, now=now)} · digest {whole.data['digest']['id']}")
    return "\n".join(row for row in rows if row)


def _listed(alert: Mapping[str, Any]) -> Listed:
    item, watchlist, said = alert["item"], alert["watchlist"], alert["alert"]
    return Listed(
        severity=str(watchlist["severity"]).upper(),
        watchlist=cut(printable(watchlist["name"]), _NAME),
        title=cut(printable(item["title"]), _LISTED) or "untitled",
        source=cut(printable(item["source"]["name"]), _NAME),
        news="" if said["sequence"] == 1 else _news(said),
        link=printable(item["link"] or ""),
    )


def _news(alert: Mapping[str, Any]) -> str:
    detail = cut(printable(alert.get("detail") or ""), _LISTED)
    return f"{alert['reason']}: {detail}" if detail else str(alert["reason"])


def _part_title(whole: Message) -> str:
    about = whole.data["digest"]
    part = f", part {about['part']} of {about['parts']}" if about["parts"] > 1 else ""
    return f"{about['title']}{part}"


def _minute(moment: str) -> str:
    return moment[:16].replace("T", " ")


def _delay(whole: Message, now: datetime) -> str:
    late = now - (whole.waits_from or whole.timestamp)
    return f"delayed {late // timedelta(minutes=1)} min" if late > LATE else ""


def _told(name: str, seen: str) -> str:
    name, seen = cut(printable(name), _NAME), cut(printable(seen), _NAME)
    return name if name.casefold() == seen.casefold() else f"{name} “{seen}”"
