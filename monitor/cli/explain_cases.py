"""What `monitor explain` shows of cases: what was told of a story, and what would be told next."""

from collections.abc import Collection, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from monitor.cli.options import clock, rfc3339

if TYPE_CHECKING:
    from monitor.model import Case
    from monitor.settings import Settings
    from monitor.store import Finding, StoredAlert


def cases_json(
    finding: "Finding", settings: "Settings", watchlists: Collection[str]
) -> dict[str, Any]:
    """Return the cases of an item's story by watchlist, for those that have ruled on the item."""
    return {
        case.watchlist: _case(case, finding, settings)
        for case in finding.cases
        if case.watchlist in watchlists
    }


def case_lines(case: Mapping[str, Any] | None) -> Iterator[str]:
    """Yield a case as lines for people."""
    if case is None:
        return
    standing, *rest = case["outlook"]
    yield standing
    for alert in case["told"]:
        detail = f": {alert['detail']}" if alert["detail"] else ""
        yield f"  {alert['created']}  {alert['reason']}{detail} (alert {alert['id']})"
    for line in rest:
        yield f"  next: {line}"


def _case(case: "Case", finding: "Finding", settings: "Settings") -> dict[str, Any]:
    from monitor.alerts.outlook import outlook
    from monitor.alerts.resting import as_of

    now, story = clock(), finding.story
    by_name = {each.name: each for each in settings.watchlists}
    case = as_of(case, now)
    acked = case.acked
    return {
        "state": case.state.value,
        "opened": rfc3339(case.opened),
        "last_seen": rfc3339(case.last_seen),
        "due_at": rfc3339(case.due_at) if case.due_at else None,
        "held_until": rfc3339(case.held_until) if case.held_until else None,
        "similar": case.similar,
        "acknowledged": {"at": rfc3339(acked.at), "by": acked.by, "note": acked.note}
        if acked
        else None,
        "told": [_told(each) for each in finding.told if each.watchlist == case.watchlist],
        "outlook": list(outlook(case, story, by_name.get(case.watchlist), now=now))
        if story
        else [f"case {case.state}: its story was removed"],
    }


def _told(alert: "StoredAlert") -> dict[str, Any]:
    said = alert.message.data["alert"]
    return {
        "id": alert.id,
        "sequence": alert.sequence,
        "created": rfc3339(alert.created),
        "reason": alert.reason.value,
        "detail": said.get("detail"),
    }
