"""`monitor explain`."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from itertools import islice
from typing import TYPE_CHECKING, Any

import click

from monitor.cli.explain_notices import notice_json, notice_lines
from monitor.cli.options import (
    config_option,
    count,
    json_option,
    load_config,
    print_json,
    rfc3339,
    say,
)
from monitor.cli.stored import nothing_stored, open_stored
from monitor.model import AlertId, Delivery, Ruling

if TYPE_CHECKING:
    from monitor.model import Item
    from monitor.settings import Settings
    from monitor.store import Finding, Store, StoredAlert, Version
    from monitor.watch.explain import Explanation
    from monitor.watch.matcher import Matcher

_TITLES = 100_000  # items whose titles are looked through
_SHOWN = 5
_ENOUGH = 12  # digits of an id
_LINK = re.compile(r"https?://|[^\s/]+\.[^\s/]+/", re.IGNORECASE)


@click.command(epilog="Example: monitor explain https://example.org/the/article")
@click.argument("wanted", metavar="ITEM|URL|ALERT")
@config_option
@json_option
@click.option("--watchlist", metavar="NAME", help="Only of this watchlist.")
def command(wanted: str, *, config_file: str | None, as_json: bool, watchlist: str | None) -> int:
    """Say why an item did or did not alert, and what became of its deliveries.

    The item is named by its id or an alert's, or the beginning of one, or by its link however it
    is written. What happened is shown as it was stored; watchlists that made nothing of it are
    asked again. The id of a message about the monitor's own work explains that message.
    """
    from monitor.cli.trial import choose
    from monitor.watch.matcher import Matcher

    settings = load_config(config_file).settings
    asked_of = choose(settings, [watchlist] if watchlist else [])
    wanted = wanted.strip()
    titled: list[Item] = []
    with open_stored(settings.store.url) as store:
        findings = _find(store, wanted) if store else ()
        notices = store.find_notices(wanted) if store and not findings else ()
        if store and not findings and not notices:
            titled = _titled(store, wanted)
    matcher = Matcher(asked_of, {each.key: each for each in settings.entities})
    told = [_only(_explain(finding, matcher, settings), watchlist) for finding in findings]
    told += [
        {"notice": notice_json(each), "deliveries": [_delivery(row) for row in each.deliveries]}
        for each in notices
    ]
    if as_json:
        print_json(told)
    else:
        for each in told:
            _show(each)
    if not told:
        lines = [*_nothing(wanted, settings), *_called(titled)]
        say("\n".join(lines if store else [*lines, nothing_stored(settings.store.url)]))
    return int(not told)


def _find(store: "Store", wanted: str) -> "Sequence[Finding]":
    from monitor.config.intake import web_address
    from monitor.feeds.identity import link_key
    from monitor.feeds.urls import canonical_link

    if not _LINK.match(wanted):
        return store.find(wanted)
    scheme, colon, rest = web_address(wanted).partition(":")
    link = canonical_link(scheme.lower() + colon + rest)
    if not link:
        return ()
    # A link that many items share is no key; then all links are looked through.
    return store.find(link, link_key=link_key(link)) or store.find(
        link, is_link=lambda each: canonical_link(each) == link
    )


def _only(told: dict[str, Any], watchlist: str | None) -> dict[str, Any]:
    """Return what one watchlist made of an item; None: what all did."""
    if watchlist is None:
        return told
    return told | {
        part: [each for each in told[part] if each["watchlist"] == watchlist]
        for part in ("rulings", "deliveries")
    }


def _titled(store: "Store", wanted: str) -> "list[Item]":
    """Return the newest items whose titles hold a text."""
    sought = wanted.casefold()
    if not sought or _LINK.match(wanted):
        return []
    found = (item for item in store.items(limit=_TITLES) if sought in item.entry.title.casefold())
    return list(islice(found, _SHOWN))


def _called(items: "Sequence[Item]") -> list[str]:
    """Return lines that say how to ask for items that were asked for by their title."""
    if not items:
        return []
    told = [f"  monitor explain {each.id[:_ENOUGH]}  “{each.entry.title}”" for each in items]
    return ["these have it in their title:", *told]


def _nothing(wanted: str, settings: "Settings") -> list[str]:
    """Return what to say where nothing is called that, and what to try."""
    from monitor.config.checks import same_address
    from monitor.config.values import write_duration

    keep = write_duration(settings.store.keep)
    why = f"it was never seen, or is older than store.keep ({keep})"
    lines = [f"nothing stored is called “{wanted}”: {why}"]
    names = {each.name for each in settings.sources if wanted in {each.name, each.url}}
    names |= {x.name for x in settings.sources if same_address(x.url) == same_address(wanted)}
    if names:
        return [*lines, f"it is a source: try monitor sources why '{min(names)}'"]
    return [
        *lines,
        "try its link, the id of the item or the beginning of that, or the id of an alert;",
        "monitor deliveries --json shows the ids of alerts, monitor sources which feeds fail",
    ]


def _explain(finding: "Finding", matcher: "Matcher", settings: "Settings") -> dict[str, Any]:
    from monitor.cli.explain_cases import cases_json
    from monitor.cli.explain_stories import story_json
    from monitor.watch.explain import explain

    told = {each.watchlist: each for each in explain(matcher, finding.item)}
    reading = next(iter(told.values()), None)
    item = finding.item
    ruled = {ruling.match.watchlist for ruling in finding.rulings}
    alerts = {alert.id: alert for alert in finding.alerts}
    return {
        "item": {
            "id": item.id,
            "title": item.entry.title,
            "link": item.entry.link,
            "source": item.source.name,
            "published": rfc3339(item.entry.published) if item.entry.published else None,
            "first_seen": rfc3339(item.first_seen),
            "language": reading.language if reading else item.language,
            "detected": bool(reading and reading.detected),
        },
        "story": story_json(finding, matcher),
        "versions": [_version(version) for version in finding.versions],
        "rulings": [_ruling(each, told.get(each.match.watchlist)) for each in finding.rulings],
        "cases": cases_json(finding, settings, ruled),
        "no_match": {name: _why_not(told[name]) for name in told if name not in ruled},
        "deliveries": [
            _delivery(row) | {"type": row.message.type, "watchlist": watchlist}
            for row in finding.deliveries
            for watchlist in _told_of(row, alerts)
        ],
    }


def _told_of(row: "Delivery", alerts: Mapping[AlertId, "StoredAlert"]) -> list[str]:
    """Return the watchlists whose alerts on an item a delivery tells of."""
    told = row.message.data.get("alerts") or [row.message.data]
    ids = dict.fromkeys(each["alert"]["id"] for each in told)
    return [alerts[each].watchlist for each in ids if each in alerts]


def _version(version: "Version") -> dict[str, Any]:
    return {
        "until": rfc3339(version.at),
        "changed": list(version.changed),
        "title": version.title,
        "summary": version.summary,
        "content": version.content,
    }


def _why_not(told: "Explanation") -> list[str]:
    from monitor.watch.explain import lines

    # It has no ruling: the rules were others, or there were none, when the item came.
    new = told.outcome != "no_match"
    now = [f"  by its rules of now it is {told.outcome}; it was not asked then"] if new else []
    return now + lines(told)[1:]


def _ruling(ruling: Ruling, told: "Explanation | None") -> dict[str, Any]:
    return {
        "watchlist": ruling.match.watchlist,
        "severity": ruling.match.severity.value,
        "possible": bool(told and told.possible),
        "outcome": ruling.outcome.value,
        "reason": ruling.reason,
        "alert": ruling.alert,
        "evidence": [asdict(hit) for hit in ruling.match.evidence],
        "vetoed_by": [asdict(hit) for hit in ruling.match.vetoed_by],
    }


def _delivery(row: Delivery) -> dict[str, Any]:
    return {
        "id": row.id,
        "webhook_id": row.webhook_id,
        "notifier": row.notifier,
        "state": row.state.value,
        "attempts": row.attempts,
        "reason": row.reason,
        "next_attempt": rfc3339(row.next_attempt) if row.next_attempt else None,
    }


def _show(told: dict[str, Any]) -> None:
    if "notice" in told:
        _show_notice(told["notice"], told["deliveries"])
        return
    from monitor.cli.explain_cases import case_lines

    _show_item(told)
    for ruling in told["rulings"]:
        _show_ruling(ruling, told["deliveries"])
        for line in case_lines(told["cases"].get(ruling["watchlist"])):
            click.echo(f"  {line}")
    for watchlist, lines in told["no_match"].items():
        click.echo(f"{watchlist}: no_match")
        for line in lines:
            click.echo(line)


def _show_item(told: dict[str, Any]) -> None:
    from monitor.cli.explain_stories import story_lines

    item = told["item"]
    click.echo(f"“{item['title']}”")
    click.echo(f"  {item['source']}, first seen {item['first_seen']}, item {item['id']}")
    if item["language"]:
        how = ", told by its text" if item["detected"] else ""
        click.echo(f"  read as language {item['language']}{how}")
    for line in story_lines(told["story"]):
        click.echo(f"  {line}")
    for version in told["versions"]:
        changed = ", ".join(version["changed"])
        click.echo(f"  until {version['until']}: “{version['title']}” (changed then: {changed})")


def _show_ruling(ruling: dict[str, Any], deliveries: list[dict[str, Any]]) -> None:
    possible = f" (possible, so only {ruling['severity']})" if ruling["possible"] else ""
    click.echo(f"{ruling['watchlist']}: {ruling['outcome']} — {ruling['reason']}{possible}")
    for hit in ruling["evidence"]:
        note = f"; {hit['note']}" if hit["note"] else ""
        place = f"{hit['field']} {hit['start']}–{hit['end']}"
        click.echo(f"  “{hit['text']}” in {place}, term {hit['term']}{note}")
    for row in deliveries:
        if row["watchlist"] == ruling["watchlist"]:
            _show_delivery(row)


def _show_delivery(row: dict[str, Any]) -> None:
    reason = f", {row['reason']}" if row["reason"] else ""
    reason += ", in a digest" if row.get("type") == "alert.digest" else ""
    attempts = count(row["attempts"], "attempt")
    click.echo(f"  {row['notifier']}: {row['state']}, {attempts}{reason}")


def _show_notice(notice: dict[str, Any], deliveries: list[dict[str, Any]]) -> None:
    for line in notice_lines(notice):
        click.echo(line)
    for row in deliveries:
        _show_delivery(row)
    if notice["source"]:
        click.echo(f"  more: monitor sources why '{notice['source']}'")
