"""PagerDuty's Events API v2: one incident for each story and watchlist.

Source: PagerDuty's reference of the Events API v2, its limits and its answers.
"""

from datetime import datetime, timedelta
from typing import Any, TypeAlias

import httpx

from monitor.alerts.excerpt import cut, printable
from monitor.alerts.render import rfc3339, to_json
from monitor.alerts.wording import (
    byline,
    digest_byline,
    headline,
    is_digest,
    is_own,
    listed,
    news,
    noted,
    own_byline,
    reasons,
    severity_word,
    topic,
    worded,
)
from monitor.model import Dead, Delivered, Message, Retry, Verdict
from monitor.notify.answers import judge, rate_limited, retry_after
from monitor.notify.parts import link
from monitor.settings import NotifierSettings

EVENTS = "https://events.pagerduty.com/v2/enqueue"
CLIENT = "news-feed-monitor"
MAX_BYTES = 512_000
MAX_KEY = 255
MAX_SUMMARY = 1_024
SHORTEST_PAUSE = timedelta(seconds=60)  # PagerDuty asks limited senders for minutes of peace

_NAME = 200
_SEVERITIES = {"critical": "critical", "high": "error", "medium": "warning", "low": "info"}
_RECOVERED = "_recovered"
_FAILED = ("_failing", "_failed")

Said: TypeAlias = dict[str, Any]


def request(
    message: Message,
    settings: NotifierSettings,
    *,
    webhook_id: str,
    now: datetime,
    plain: bool,
    parent: str = "",
) -> httpx.Request:
    """Build the event; the plain form has no details.

    Raises httpx.InvalidURL for an address that is none.
    """
    del webhook_id, parent  # the key of the story says which incident it is
    event: Said = {
        "routing_key": settings.routing_key,
        "event_action": _action(message),
        "dedup_key": dedup_key(message),
    }
    if event["event_action"] == "trigger":
        event |= {"client": CLIENT, "payload": _payload(message), **_links(message)}
        details = _details(message, now=now) | (
            {"template": note} if (note := noted(message)) else {}
        )
        whole = {**event, "payload": {**event["payload"], "custom_details": details}}
        if not plain and len(to_json(whole)) <= MAX_BYTES:
            event = whole
    return httpx.Request(
        "POST",
        settings.url or EVENTS,
        headers={"Content-Type": "application/json"},
        content=to_json(event),
    )


def dedup_key(message: Message) -> str:
    """Return the name of the incident: all alerts of a story on a watchlist share one.

    What recovers has the name of what failed, where it is one source or destination.
    """
    data = message.data
    if is_digest(message):
        return f"digest/{data['digest']['id']}"[:MAX_KEY]
    if not is_own(message):
        return f"{data['story']['id']}/{data['watchlist']['name']}"[:MAX_KEY]
    about, _ = _event(message)
    whose = data["source"]["url"] or data["source"]["name"] if data["source"] else ""
    return f"{about}/{whose or data.get('destination') or data['id']}"[:MAX_KEY]


def classify(status: int, headers: httpx.Headers, body: bytes, *, now: datetime) -> Verdict:
    """Say what an answer means: 202 took the event, and a key PagerDuty does not know never will.

    An event it finds wrong is dead; what it is too busy for comes again after a minute or more.
    """
    if status == httpx.codes.ACCEPTED:
        return Delivered()
    if status == httpx.codes.TOO_MANY_REQUESTS:
        asked = retry_after(headers.get("retry-after"), headers, now=now)
        return rate_limited(max(asked or SHORTEST_PAUSE, SHORTEST_PAUSE))
    if 200 <= status < 300:
        return Retry(reason="unexpected_status", maybe_sent=True)
    if status == httpx.codes.BAD_REQUEST and b"routing" in body.lower():
        return Dead(reason="auth: PagerDuty does not know this routing_key", scope="destination")
    return judge(status, headers, now=now)


def _action(message: Message) -> str:
    return "resolve" if is_own(message) and _event(message)[1] and _is_one(message) else "trigger"


def _is_one(message: Message) -> bool:
    # A summary of many is about no incident that is open.
    return "total" not in message.data


def _event(message: Message) -> tuple[str, bool]:
    """Return what a message of the monitor's own is about, and whether that is over."""
    kind = message.type.partition(".")[2]
    over = kind.endswith(_RECOVERED)
    for ending in (_RECOVERED, *_FAILED):
        kind = kind.removesuffix(ending)
    return kind, over


def _payload(message: Message) -> Said:
    data = message.data
    ours = f"{_about(message)}: {headline(message) or 'untitled'}"
    payload: Said = {
        "summary": cut(printable(worded(message)) or ours, MAX_SUMMARY),
        "source": _source(message),
        "severity": _severity(message),
        "timestamp": rfc3339(message.timestamp),
        "class": message.type,
    }
    if is_own(message) or is_digest(message):
        return payload
    return payload | {
        "component": cut(printable(data["watchlist"]["name"]), _NAME),
        "group": data["story"]["id"],
    }


def _about(message: Message) -> str:
    if is_own(message):
        return f"{severity_word(message)} {topic(message)}"
    if is_digest(message):
        return severity_word(message)
    return f"{severity_word(message)} {cut(printable(message.data['watchlist']['name']), _NAME)}"


def _source(message: Message) -> str:
    source = None if is_digest(message) or is_own(message) else message.data["item"]["source"]
    return cut(printable(source["name"]), _NAME) or CLIENT if source else CLIENT


def _severity(message: Message) -> str:
    word = severity_word(message).rpartition(" ")[2].lower()
    return _SEVERITIES.get(word, "warning")


def _details(message: Message, *, now: datetime) -> Said:
    data = message.data
    if is_digest(message):
        rows = {
            f"{number:02}": f"{each.severity} {each.watchlist}: {each.title} ({each.source})"
            + (f" {each.link}" if each.link else "")
            for number, each in enumerate(listed(message), 1)
        }
        return {"when": digest_byline(message, now=now), **rows}
    if is_own(message):
        explained = printable(data["text"] or "")
        return {"explained": explained, "when": own_byline(message, now=now), "notice": data["id"]}
    return {
        "news": news(message),
        "published": byline(message, now=now),
        "matched": "; ".join(reasons(message)),
        "summary": printable(data["item"]["summary"] or ""),
        "description": printable(data["watchlist"]["description"] or ""),
        "alert": data["alert"]["id"],
    }


def _links(message: Message) -> Said:
    if is_own(message) or is_digest(message):
        return {}
    links: Said = {}
    if page := link(message.data["alert"]["url"]):
        links["client_url"] = page
    if article := link(message.data["item"]["link"]):
        links["links"] = [{"href": article, "text": "the article"}]
    return links
