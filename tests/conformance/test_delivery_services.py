"""ntfy and PagerDuty, case 54 of docs/delivery-cases.md among it: what they say, and what it means."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from alert_builders import a_message, a_notifier, an_alert, attempt
from builders import NOW

from monitor.alerts.digests import digests
from monitor.alerts.notices import message as notice_message
from monitor.alerts.notices import summary
from monitor.alerts.render import message
from monitor.model import Dead, Delivered, Notice, Reason, Retry, Severity, SourceRef
from monitor.notify import ntfy, pagerduty
from monitor.notify.retry import next_attempt
from monitor.testing.receivers.ntfy import NtfyReceiver, ntfy_error, ntfy_refusal
from monitor.testing.receivers.pagerduty import PagerDutyReceiver, pagerduty_error
from monitor.testing.server import Answer

BUSY = Answer(status=429, body=b'{"code":42901}')
SEVERITIES = list(Severity)


@pytest.fixture
async def phone():
    async with NtfyReceiver() as receiver:
        yield receiver


@pytest.fixture
async def pager():
    async with PagerDutyReceiver() as receiver:
        yield receiver


async def pushed(phone, whole=None, **changes):
    given = {name: changes.pop(name) for name in ("now",) if name in changes}
    settings = a_notifier("ntfy", phone.url, channel=phone.TOPIC, **changes)
    return await attempt(settings, whole, **given)


async def paged(pager, whole=None, **changes):
    settings = a_notifier("pagerduty", pager.url, routing_key=pager.KEY, **changes)
    return await attempt(settings, whole)


def a_notice(kind, number=1):
    return notice_message(
        Notice(
            type=kind,
            source=SourceRef(name="Wire", url=f"https://wire{number}.example/feed"),
            created=NOW,
            severity=Severity.HIGH,
            title="Wire and its feed",
            text="Look at it.",
        )
    )


async def test_a_push_says_what_matters_and_opens_the_article(phone):
    told = await pushed(phone)
    assert told.verdict == Delivered(ref="n1")
    [push] = phone.received
    assert push["title"] == "HIGH airspace"
    assert push["click"] == "https://wire.example/1?a=1&b=2"
    assert "Trump says" in push["message"]


async def test_how_urgent_a_push_is_follows_the_severity(phone):
    for severity in SEVERITIES:
        await pushed(phone, message(an_alert(severity=severity)))
    assert [push["priority"] for push in phone.received] == [2, 3, 4, 5]


async def test_a_token_goes_with_every_push(phone):
    await pushed(phone, token="tk_plantedtoken")
    [request] = phone.server.requests
    assert request.header("authorization") == "Bearer tk_plantedtoken"


@pytest.mark.parametrize("letters", ["x", "空", "\N{PARTY POPPER}", '"', "\\"])
async def test_a_push_is_never_so_long_that_it_becomes_a_file(phone, letters):
    title = letters * 3_000
    whole = a_message(title=title, summary=title, author=title)
    assert isinstance((await pushed(phone, whole)).verdict, Delivered)
    [many] = digests([a_message(title=title)] * 20, occasion="digest", identity="x", now=NOW)
    assert isinstance((await pushed(phone, many)).verdict, Delivered)
    assert phone.received[1]["message"].count("airspace:") == 20


async def test_a_link_that_is_none_is_not_opened(phone):
    await pushed(phone, a_message(link="javascript:alert(1)"))
    assert "click" not in phone.received[0]


async def test_ntfy_names_no_time_to_wait_so_the_schedule_grows_from_five_seconds(phone):
    phone.script.append(BUSY)
    verdict = (await pushed(phone)).verdict
    assert verdict == Retry(reason="rate_limited", scope="destination")
    waits = [
        next_attempt(
            verdict, attempts=n, created=NOW, now=NOW, rng=Random(7), ttl=timedelta(days=1)
        )
        - NOW
        for n in (1, 2, 3)
    ]
    assert timedelta(seconds=5) <= waits[0] <= timedelta(seconds=6)
    assert waits[1] >= timedelta(seconds=30)
    assert waits[2] >= timedelta(minutes=2)


@pytest.mark.parametrize(("asked", "kept"), [("30", 30), ("1", 5)])
async def test_a_proxy_before_ntfy_may_name_a_time_of_five_seconds_or_more(phone, asked, kept):
    phone.script.append(replace(BUSY, headers=(("Retry-After", asked),)))
    verdict = (await pushed(phone)).verdict
    assert (verdict.after, verdict.counts) == (timedelta(seconds=kept), False)


async def test_a_used_up_day_waits_for_midnight_in_utc(phone):
    phone.script.append(ntfy_error(429, 42908, "limit reached: daily message quota reached"))
    evening = datetime(2025, 11, 30, 21, 30, tzinfo=UTC)
    verdict = (await pushed(phone, now=lambda: evening)).verdict
    assert (verdict.after, verdict.scope) == (timedelta(hours=2, minutes=30), "destination")
    assert not verdict.counts


@pytest.mark.parametrize(("status", "code"), [(401, 40101), (403, 40301)])
async def test_a_topic_one_may_not_write_to_is_the_destinations_fault(phone, status, code):
    phone.script.append(ntfy_error(status, code, "forbidden"))
    assert (await pushed(phone)).verdict == Dead(reason="auth", scope="destination")


async def test_a_portal_in_place_of_ntfy_took_nothing(phone):
    phone.script.append(Answer(body=b"<html>Sign in</html>"))
    verdict = (await pushed(phone)).verdict
    assert (verdict.reason, verdict.maybe_sent) == ("unexpected_body", True)


async def test_a_push_that_was_too_large_goes_out_as_its_headline(phone):
    phone.script.append(ntfy_error(413, 41301, "attachment too large"))
    assert isinstance((await pushed(phone)).verdict, Delivered)
    assert phone.received[0]["message"] == "Trump says Venezuelan airspace is closed"


def test_without_an_address_it_is_the_public_server():
    settings = a_notifier("ntfy", channel="t")
    sent = ntfy.request(a_message(), settings, webhook_id="w", now=NOW, plain=False)
    assert str(sent.url) == "https://ntfy.sh"
    assert ntfy_refusal(sent.content) == ""


async def test_case_54_a_202_is_a_delivery_and_a_replay_is_the_same_incident(pager):
    assert (await paged(pager)).verdict == Delivered()
    await paged(pager)
    assert pager.open == {"story-1/airspace"}
    event = pager.received[0]
    assert event == pager.received[1]
    assert event["links"][0]["href"] == "https://wire.example/1?a=1&b=2"
    assert event["payload"]["timestamp"].endswith("Z")


async def test_case_54_an_event_pagerduty_finds_wrong_is_dead(pager):
    pager.script.append(pagerduty_error("'payload.timestamp' is invalid"))
    assert (await paged(pager)).verdict == Dead(reason="rejected")


async def test_case_54_a_busy_pagerduty_is_left_alone_for_a_minute_at_least(pager):
    pager.script.extend([Answer(status=429), Answer(status=429, headers=(("Retry-After", "90"),))])
    assert (await paged(pager)).verdict.after == timedelta(seconds=60)
    second = (await paged(pager)).verdict
    assert (second.after, second.scope) == (timedelta(seconds=90), "destination")


async def test_a_key_pagerduty_does_not_know_is_the_destinations_fault(pager):
    told = await attempt(a_notifier("pagerduty", pager.url, routing_key="0" * 32))
    assert isinstance(told.verdict, Dead)
    assert told.verdict.scope == "destination"


async def test_a_failing_pagerduty_is_tried_again(pager):
    pager.script.append(Answer(status=503))
    verdict = (await paged(pager)).verdict
    assert (verdict.reason, verdict.maybe_sent) == ("http_5xx", True)


async def test_a_follow_up_belongs_to_the_incident_of_its_story(pager):
    await paged(pager)
    later = message(an_alert(sequence=2, reason=Reason.NUMBERS, detail="27 → 28"))
    await paged(pager, later)
    assert len(pager.open) == 1
    assert pager.received[1]["payload"]["custom_details"]["news"] == "numbers changed: 27 → 28"


async def test_how_severe_an_incident_is_follows_the_severity(pager):
    for severity in SEVERITIES:
        await paged(pager, message(an_alert(severity=severity)))
    said = [event["payload"]["severity"] for event in pager.received]
    assert said == ["info", "warning", "error", "critical"]


async def test_what_is_too_large_goes_out_without_details(pager):
    pager.script.append(Answer(status=413))
    assert isinstance((await paged(pager)).verdict, Delivered)
    assert "custom_details" not in pager.received[0]["payload"]


async def test_a_source_that_recovers_resolves_the_incident_of_its_failing(pager):
    await paged(pager, a_notice("system.source_failing"))
    await paged(pager, a_notice("system.source_failing", 2))
    await paged(pager, a_notice("system.source_recovered"))
    assert pager.open == {"source/https://wire2.example/feed"}


async def test_many_sources_that_recover_resolve_nothing_by_mistake(pager):
    many = summary([a_notice("system.source_recovered", n) for n in range(6)])
    assert isinstance((await paged(pager, many)).verdict, Delivered)
    assert pager.received[0]["event_action"] == "trigger"


async def test_long_names_keep_within_the_limits(pager):
    long = "w" * 2_000
    whole = message(an_alert(watchlist=long, story=replace(an_alert().story, sources=(long,))))
    assert isinstance((await paged(pager, whole)).verdict, Delivered)
    assert pagerduty.dedup_key(whole).startswith("story-1/www")
