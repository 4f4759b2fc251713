"""What `monitor explain` shows of a message about the monitor's own work."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from monitor.cli.options import rfc3339

if TYPE_CHECKING:
    from monitor.store import NoticeFinding


def notice_json(found: "NoticeFinding") -> dict[str, Any]:
    """Return a notice as it was told, and by which message."""
    said, source = found.message.data, found.message.data.get("source") or {}
    return {
        "id": found.id,
        "type": found.message.type,
        "created": rfc3339(found.message.timestamp),
        "title": said["title"],
        "text": said["text"],
        "source": source.get("name"),
        "kind": said["kind"],
        "since": said["since"],
        "told_by": found.told_by,
    }


def notice_lines(notice: Mapping[str, Any]) -> Iterator[str]:
    """Yield a notice as lines for people."""
    yield f"{notice['type']}: {notice['title']}"
    yield f"  a message about the monitor's own work, of {notice['created']}"
    if notice["text"]:
        yield f"  {notice['text']}"
    if notice["told_by"] != notice["id"]:
        yield f"  told together with others by {notice['told_by']}"
