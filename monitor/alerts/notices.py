"""Turn news about the monitor's own work into messages, few enough to be read. Pure.

What concerns one source is one message. Where many sources are concerned at about the same time,
the first few messages are followed by one that sums up the rest.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from monitor.alerts.policy import digest
from monitor.alerts.render import NAME_BYTES, clip, rfc3339, source, to_json
from monitor.model import AlertId, Message, Notice, Severity

# This many messages of one type in so long a time leave at once, each about one source …
ALONE = 5
WITHIN = timedelta(hours=1)
# … and what comes beyond them gathers for so long into one.
GATHER = timedelta(minutes=10)

_TITLE_BYTES = 1_000
_TEXT_BYTES = 4_000
_LIST_BYTES = 10_000
_NAMED = 30  # sources in the text of a summary
_SHORT = ("source", "destination", "subject", "kind", "since", "count")
_HEADLINES = {
    "system.source_failing": "{} sources fail",
    "system.source_recovered": "{} sources answer again",
    "system.feed_rekeyed": "{} feeds came with new names for items that were known",
    "system.config_rejected": "{} changes of the configuration were rejected",
    "system.destination_failed": "{} destinations take no messages",
    "system.destination_recovered": "{} destinations take messages again",
    "system.watchlist_flooding": "{} watchlists match more than they may send in an hour",
    "system.backlog": "{} times deliveries were late",
    "system.backlog_recovered": "{} times late deliveries left",
}


def notice_id(notice: Notice) -> AlertId:
    """Return the identity of a notice; it derives from content, so a repeat has the same.

    What happens to a source again is another event: it began at another time.
    """
    began = notice.since or notice.created
    about = (notice.source.name, notice.source.url) if notice.source else ()
    whom = tuple(name for name in (notice.subject, notice.destination) if name)
    parts = (notice.type, *about, *whom, began.isoformat())
    return AlertId(digest("notice", *parts))


def message(notice: Notice) -> Message:
    """Return the JSON object of one notice."""
    data = {
        "id": notice_id(notice),
        "severity": notice.severity.value,
        "title": clip(notice.title, _TITLE_BYTES),
        "text": clip(notice.text, _TEXT_BYTES) or None,
        "source": source(notice.source) if notice.source else None,
        "destination": notice.destination or None,
        "subject": notice.subject or None,
        "kind": notice.kind.value if notice.kind else None,
        "since": rfc3339(notice.since) if notice.since else None,
        "count": notice.count,
    }
    return Message(type=notice.type, timestamp=notice.created, data=data)


def summary(messages: Sequence[Message]) -> Message:
    """Return one message in place of several of one type, the oldest first.

    Its identity is that of the first. It has the same fields as each of them, but no one source:
    `notices` holds as many of them as fit, `total` tells of how many it speaks.
    """
    if len(messages) == 1:
        return messages[0]
    said = [each.data for each in messages]
    data = {
        "id": said[0]["id"],
        "severity": max((each["severity"] for each in said), key=lambda word: Severity(word).rank),
        "title": _HEADLINES[messages[0].type].format(len(said)),
        "text": clip(_names(said), _TEXT_BYTES),
        "source": None,
        "destination": None,
        "subject": None,
        "kind": None,
        "since": min((each["since"] for each in said if each["since"]), default=None),
        "count": sum(each["count"] for each in said),
        "total": len(said),
        "notices": _listed(said),
    }
    latest = max(each.timestamp for each in messages)
    return Message(type=messages[0].type, timestamp=latest, data=data)


def _names(said: Sequence[Mapping[str, Any]]) -> str:
    kinds = Counter(each["kind"] for each in said if each["kind"])
    why = ", ".join(f"{kind} {number}" for kind, number in kinds.most_common())
    names = ", ".join(
        each["source"]["name"] if each["source"] else each["title"] for each in said[:_NAMED]
    )
    more = f" and {len(said) - _NAMED} more" if len(said) > _NAMED else ""
    return f"{why}: {names}{more}" if why else f"{names}{more}"


def _listed(said: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    room = _LIST_BYTES
    kept = []
    for each in said:
        short = {name: each[name] for name in _SHORT}
        short["title"] = clip(each["title"], NAME_BYTES)
        room -= len(to_json(short)) + 1
        if room < 0:
            break
        kept.append(short)
    return kept
