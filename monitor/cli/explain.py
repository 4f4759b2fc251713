"""`monitor explain`."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from monitor.cli.options import config_option, json_option, load_config, print_json, rfc3339, say
from monitor.model import Delivery, Ruling

if TYPE_CHECKING:
    from monitor.store import Finding, Version
    from monitor.watch.matcher import Matcher


@click.command(epilog="Example: monitor explain https://example.org/the/article")
@click.argument("wanted", metavar="ITEM|URL|ALERT")
@config_option
@json_option
def command(wanted: str, *, config_file: str | None, as_json: bool) -> int:
    """Say why an item did or did not alert, and what became of its deliveries.

    The item is named by its id or the beginning of it, by its link, or by an alert's id. What
    happened is shown as it was stored; watchlists that made nothing of it are asked again.
    """
    from monitor.feeds.identity import link_key
    from monitor.feeds.urls import canonical_link
    from monitor.store import Store
    from monitor.watch.matcher import Matcher

    settings = load_config(config_file).settings
    with Store.open(settings.store.url) as store:
        # A link that many items share is no key; then the address itself is looked for.
        is_link = wanted.startswith(("http://", "https://"))
        key = link_key(canonical_link(wanted)) if is_link else ""
        findings = store.find(wanted, link_key=key) or store.find(wanted)
    matcher = Matcher(settings.watchlists, {each.key: each for each in settings.entities})
    told = [_explain(finding, matcher) for finding in findings]
    if as_json:
        print_json(told)
    else:
        for each in told:
            _show(each)
    if not told:
        say(f"nothing stored is called “{wanted}”; it was never seen, or is older than store.keep")
    return int(not told)


def _explain(finding: "Finding", matcher: "Matcher") -> dict[str, Any]:
    from monitor.watch.explain import explain, lines

    item, story = finding.item, finding.story
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
        },
        "story": {"id": story.id, "size": story.size, "sources": list(story.sources)}
        if story
        else None,
        "versions": [_version(version) for version in finding.versions],
        "rulings": [_ruling(ruling) for ruling in finding.rulings],
        "no_match": {
            told.watchlist: lines(told)[1:]
            for told in explain(matcher, item)
            if told.watchlist not in ruled
        },
        "deliveries": [
            _delivery(row) | {"watchlist": alerts[row.alert].watchlist}
            for row in finding.deliveries
            if row.alert in alerts
        ],
    }


def _version(version: "Version") -> dict[str, Any]:
    return {
        "until": rfc3339(version.at),
        "changed": list(version.changed),
        "title": version.title,
        "summary": version.summary,
        "content": version.content,
    }


def _ruling(ruling: Ruling) -> dict[str, Any]:
    return {
        "watchlist": ruling.match.watchlist,
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
    _show_item(told)
    for ruling in told["rulings"]:
        _show_ruling(ruling, told["deliveries"])
    for watchlist, lines in told["no_match"].items():
        click.echo(f"{watchlist}: no_match")
        for line in lines:
            click.echo(line)


def _show_item(told: dict[str, Any]) -> None:
    item, story = told["item"], told["story"]
    click.echo(f"“{item['title']}”")
    click.echo(f"  {item['source']}, first seen {item['first_seen']}, item {item['id']}")
    if story:
        names = ", ".join(story["sources"])
        click.echo(f"  story {story['id']}: {story['size']} items from {names}")
    for version in told["versions"]:
        changed = ", ".join(version["changed"])
        click.echo(f"  until {version['until']}: “{version['title']}” (changed then: {changed})")


def _show_ruling(ruling: dict[str, Any], deliveries: list[dict[str, Any]]) -> None:
    click.echo(f"{ruling['watchlist']}: {ruling['outcome']} — {ruling['reason']}")
    for hit in ruling["evidence"]:
        note = f"; {hit['note']}" if hit["note"] else ""
        place = f"{hit['field']} {hit['start']}–{hit['end']}"
        click.echo(f"  “{hit['text']}” in {place}, term {hit['term']}{note}")
    for row in deliveries:
        if row["watchlist"] == ruling["watchlist"]:
            reason = f", {row['reason']}" if row["reason"] else ""
            click.echo(f"  {row['notifier']}: {row['state']}, {row['attempts']} attempts{reason}")
