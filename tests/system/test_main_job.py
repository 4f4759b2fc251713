"""From a feed to a signed alert, through real processes and real sockets."""

import json
import re
import signal
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from desk import CONFIG, Desk, rss

from monitor.testing.receivers import rate_limit
from monitor.testing.server import Answer


@pytest.fixture
async def desk(tmp_path):
    async with Desk(tmp_path) as desk:
        yield desk


async def test_a_new_item_reaches_slack_and_the_signed_webhook_once(desk):
    desk.publish("/wire", rss("Quiet day"))
    desk.configure()
    await desk.start()
    await desk.polled("/wire", 2)
    desk.publish("/wire", rss("Maduro speaks", "Quiet day"))
    await desk.until(lambda: desk.slack.received and desk.siem.verified)
    await desk.polled("/wire", 2)
    [receipt] = desk.siem.verified
    message = receipt.message
    assert message["type"] == "alert.created"
    assert message["data"]["item"]["title"] == "Maduro speaks"
    assert message["data"]["matches"][0] | {"end": 6} == message["data"]["matches"][0]
    assert len(desk.slack.received) == 1
    assert await desk.stop() == 0


async def test_what_stood_in_a_feed_at_first_sight_and_what_is_old_never_alert(desk):
    desk.publish("/wire", rss("Maduro spoke before"))
    desk.configure()
    await desk.start()
    await desk.polled("/wire", 2)
    old = rss("Maduro in an old piece", published=datetime.now(UTC) - timedelta(days=4))
    desk.publish("/wire", old)
    await desk.polled("/wire", 3)
    assert desk.titles() == []
    await desk.stop()


async def test_an_item_that_leaves_and_returns_stays_known(desk):
    desk.publish("/wire", rss("Quiet day"))
    desk.configure()
    await desk.start()
    await desk.polled("/wire", 2)
    desk.publish("/wire", rss("Maduro speaks"))
    await desk.until(lambda: desk.titles() == ["Maduro speaks"])
    desk.publish("/wire", rss("Something else"))
    await desk.polled("/wire", 2)
    desk.publish("/wire", rss("Maduro speaks", "Something else"))
    await desk.polled("/wire", 3)
    assert desk.titles() == ["Maduro speaks"]


async def test_two_sources_with_one_headline_give_one_alert(desk):
    for path in ("/wire", "/copy"):
        desk.publish(path, rss("Quiet day"))
    desk.configure(["/wire", "/copy"])
    await desk.start()
    await desk.polled("/wire", 2)
    await desk.polled("/copy", 2)
    for path in ("/wire", "/copy"):
        desk.publish(path, rss("Maduro speaks to the nation"))
    await desk.until(lambda: bool(desk.titles()))
    await desk.polled("/wire", 2)
    await desk.polled("/copy", 2)
    assert desk.titles() == ["Maduro speaks to the nation"]


async def test_a_rate_limited_destination_is_left_alone_and_then_gets_everything(desk):
    desk.publish("/wire", rss("Quiet day"))
    desk.configure()
    await desk.start()
    await desk.polled("/wire", 2)
    desk.slack.script.append(rate_limit(2))
    desk.publish("/wire", rss("Maduro one of two", "Maduro two of two"))
    await desk.until(lambda: len(desk.slack.received) == 2)
    first, second, *_ = desk.slack.server.requests
    assert second.at - first.at >= 2
    assert len(desk.siem.verified) == 2


async def test_a_refused_message_is_dead_with_its_reason_and_others_still_arrive(desk):
    desk.publish("/wire", rss("Quiet day"))
    desk.configure()
    await desk.start()
    await desk.polled("/wire", 2)
    desk.siem.script.append(Answer(status=422, body=b"no such field"))
    desk.publish("/wire", rss("Maduro one of two"))
    await desk.until(lambda: len(desk.slack.received) == 1)
    desk.publish("/wire", rss("Maduro two of two", "Maduro one of two"))
    await desk.until(lambda: desk.titles() == ["Maduro two of two"])
    await desk.stop()
    rows = (await desk.run("deliveries", "list", "--json")).json
    states = {(row["notifier"], row["state"]) for row in rows}
    assert states == {("desk", "delivered"), ("siem", "delivered"), ("siem", "dead")}
    assert any("422" in row["reason"] or "reject" in row["reason"] for row in rows if row["reason"])


async def test_a_second_daemon_on_the_same_store_is_refused(desk):
    desk.publish("/wire", rss("Quiet day"))
    desk.configure()
    await desk.start()
    await desk.polled("/wire", 1)
    second = await desk.run("run")
    assert second.code == 3
    assert str(desk.daemon.pid) in second.err
    status = await desk.run("status", "--json")
    assert status.json["running"] is True


async def test_a_failing_source_is_never_given_up_and_comes_back(desk):
    desk.publish("/wire", rss("Quiet day"))
    desk.configure()
    await desk.start()
    await desk.polled("/wire", 2)
    desk.newsroom.down.add("/wire")
    await desk.until(lambda: desk.newsroom.count("/wire", 500) >= 2)
    desk.publish("/wire", rss("Maduro speaks"))
    desk.newsroom.down.clear()
    await desk.until(lambda: desk.titles() == ["Maduro speaks"])


async def test_a_document_that_cannot_be_read_keeps_the_old_validators(desk):
    desk.publish("/wire", rss("Quiet day"))
    desk.configure()
    await desk.start()
    await desk.polled("/wire", 2)
    desk.publish("/wire", b"<html><body>Down for maintenance</body></html>")
    await desk.until(lambda: desk.newsroom.count("/wire", 200) >= 2)
    desk.publish("/wire", rss("Maduro speaks"))
    await desk.until(lambda: desk.titles() == ["Maduro speaks"])


async def test_secrets_are_in_no_log_and_no_command_output(desk):
    desk.publish("/wire", rss("Quiet day"))
    desk.configure()
    await desk.start()
    await desk.polled("/wire", 2)
    desk.slack.script.append(Answer(status=500, body=desk.slack.token.encode()))
    desk.publish("/wire", rss("Maduro speaks"))
    await desk.until(lambda: bool(desk.titles()))
    await desk.until(lambda: len(desk.slack.server.requests) >= 1)
    await desk.stop()
    said = (desk.folder / "log").read_text()
    for command in (["config"], ["config", "--json"], ["status"], ["deliveries", "list", "--json"]):
        ran = await desk.run(*command)
        said += ran.out + ran.err
    assert desk.slack.token not in said
    assert SECRET_PART not in said


SECRET_PART = "bG9vcGJhY2sgbG9vcGJhY2sgbG9vcGJhY2shIQ"


async def test_poll_prints_one_json_line_per_source_and_delivers(desk):
    desk.publish("/wire", rss("Quiet day"))
    desk.configure(["/wire", "/missing"])
    first = await desk.run("poll", "--all", "--json")
    assert first.code == 1
    by_url = {line["url"].rsplit("/", 1)[1]: line for line in first.lines}
    assert by_url["wire"]["outcome"] == "new"
    assert (
        by_url["missing"] | {"outcome": "failed", "status": 404, "kind": "http_4xx"}
        == by_url["missing"]
    )
    desk.publish("/wire", rss("Maduro speaks", "Quiet day"))
    wire = desk.server.url("/wire")
    second = await desk.run("poll", wire, "--json")
    [line] = second.lines
    assert (second.code, line["new"], line["entries"], line["alerts"]) == (0, 1, 2, 1)
    assert desk.titles() == ["Maduro speaks"]
    [line] = (await desk.run("poll", wire, "--json")).lines
    assert (line["outcome"], line["status"]) == ("unchanged", 304)


async def test_a_standing_retry_after_defers_a_named_poll_until_forced(desk):
    desk.configure()
    limited = Answer(status=429, headers=(("Retry-After", "3600"),))
    desk.server.handler = lambda _: limited
    [line] = (await desk.run("poll", "--all", "--json")).lines
    assert line["kind"] == "rate_limited"
    [line] = (await desk.run("poll", "--all", "--json")).lines
    assert line["outcome"] == "deferred"
    assert len(desk.server.requests) == 1
    [line] = (await desk.run("poll", "--all", "--json", "--force")).lines
    assert line["outcome"] == "failed"
    assert len(desk.server.requests) == 2


async def test_a_private_address_is_refused_unless_allowed(desk):
    desk.publish("/wire", rss("Quiet day"))
    desk.configure(text=CONFIG.replace(", allow_networks: [127.0.0.0/8]}}\nweb", "}}\nweb"))
    [line] = (await desk.run("poll", "--all", "--json")).lines
    assert line["kind"] == "blocked_address"
    assert desk.server.requests == []


async def test_explain_tells_the_whole_story_of_an_item(desk):
    desk.publish("/wire", rss("Quiet day"))
    desk.configure()
    await desk.run("poll", "--all")
    desk.publish("/wire", rss("Maduro plays baseball", "Maduro speaks", "Weather"))
    await desk.run("poll", "--all")
    rows = (await desk.run("explain", "--json", await _item_id(desk, "Maduro speaks"))).json
    assert json.dumps(rows).count("alerted") >= 1
    vetoed = await desk.run("explain", await _item_id(desk, "Maduro plays baseball"))
    assert "vetoed" in vetoed.out
    assert "baseball" in vetoed.out
    plain = await desk.run("explain", await _item_id(desk, "Weather"))
    assert "no_match" in plain.out
    assert (await desk.run("explain", "https://nowhere.example/x")).code == 1


async def _item_id(desk, title):
    import sqlite3

    with sqlite3.connect(desk.folder / "monitor.db") as database:
        [(found,)] = database.execute("select id from items where title = ?", (title,)).fetchall()
    database.close()
    return found


async def test_a_taken_port_ends_run_with_a_sentence_and_exit_3(desk):
    desk.configure(text=CONFIG.replace("listen: off", f'listen: "127.0.0.1:{desk.server.port}"'))
    ran = await desk.run("run")
    assert ran.code == 3
    assert "is taken" in ran.err
    assert "Traceback" not in ran.err


async def test_a_first_document_that_was_cut_off_does_not_make_the_rest_news(desk):
    hour_ago = datetime.now(UTC) - timedelta(hours=1)
    whole = rss("Maduro one", "Maduro two", "Maduro three", published=hour_ago)
    desk.publish("/wire", whole[: whole.index(b"Maduro three")])
    desk.configure()
    await desk.start()
    await desk.until(lambda: desk.newsroom.count("/wire", 200) >= 1)
    desk.publish("/wire", whole)
    await desk.polled("/wire", 2)
    desk.publish("/wire", rss("Maduro four", "Maduro one", "Maduro two", "Maduro three"))
    await desk.until(lambda: bool(desk.titles()))
    await desk.polled("/wire", 2)
    assert desk.titles() == ["Maduro four"]


async def test_an_empty_first_document_does_not_make_yesterdays_items_news(desk):
    desk.publish("/wire", rss())
    desk.configure()
    await desk.run("poll", "--all")
    yesterday = datetime.now(UTC) - timedelta(days=1)
    desk.publish("/wire", rss("Maduro one", "Maduro two", published=yesterday))
    [line] = (await desk.run("poll", "--all", "--json")).lines
    assert (line["new"], line["alerts"]) == (2, 0)


async def test_a_day_of_retry_after_costs_one_request_and_no_alert(desk):
    desk.publish("/wire", rss("Quiet day"))
    desk.configure()
    await desk.run("poll", "--all")
    desk.slack.script.extend([rate_limit(90_000)] * 5)
    desk.publish(
        "/wire", rss("Maduro one of three", "Maduro two of three", "Maduro three of three")
    )
    await desk.run("poll", "--all")
    assert len(desk.slack.server.requests) == 1
    rows = (await desk.run("deliveries", "--json")).json
    assert {row["state"] for row in rows if row["notifier"] == "desk"} == {"retrying", "pending"}


async def test_a_closed_destination_keeps_its_alerts_until_send_test_gets_through(desk):
    desk.publish("/wire", rss("Quiet day"))
    desk.configure()
    await desk.start()
    await desk.polled("/wire", 2)
    desk.slack.script.append(Answer(status=404, body=b"no_service"))
    desk.publish("/wire", rss("Maduro one of two", "Maduro two of two"))
    await desk.until(lambda: len(desk.siem.verified) >= 2)  # the notice that desk fails comes too
    await desk.until(lambda: "takes no messages" in (desk.folder / "log").read_text())
    assert (await desk.run("status")).code == 1
    assert desk.slack.received == []
    sent = await desk.run("send-test", "desk")
    assert (sent.code, "2 parked deliveries" in sent.err) == (0, True)
    await desk.until(lambda: len(desk.slack.received) == 3)


async def test_one_store_through_a_link_is_one_store(desk):
    desk.publish("/wire", rss("Quiet day"))
    desk.configure()
    await desk.start()
    await desk.polled("/wire", 1)
    (desk.folder / "linked.db").symlink_to("monitor.db")
    config = desk.folder / "config.yaml"
    config.write_text(config.read_text() + 'store: {url: "sqlite:///linked.db"}\n')
    assert (await desk.run("run")).code == 3


async def test_a_key_in_a_sources_address_stays_in_the_house(desk):
    desk.publish("/wire?key=s3cr3tkey99", rss("Quiet day"))
    desk.configure(["/wire?key=s3cr3tkey99", "/gone?key=s3cr3tkey99"])
    said = (await desk.run("poll", "--all", "--json")).out
    desk.publish("/wire?key=s3cr3tkey99", rss("Maduro speaks"))
    said += (await desk.run("poll", "--all", "--json")).out
    for command in (["status", "--json"], ["status"], ["config"], ["deliveries", "--json"]):
        ran = await desk.run(*command)
        said += ran.out + ran.err
    [receipt] = desk.siem.verified
    assert "s3cr3tkey99" not in said + receipt.body.decode() + json.dumps(desk.slack.received)


async def test_sigterm_while_starting_is_a_clean_end(desk):
    desk.configure()
    await desk.start()
    status = Path(f"/proc/{desk.daemon.pid}/status")

    def hears_sigterm():
        caught = re.search(r"^SigCgt:\s*([0-9a-f]+)", status.read_text(), re.MULTILINE)[1]
        return int(caught, 16) >> (signal.SIGTERM - 1) & 1

    await desk.until(hears_sigterm)
    assert await desk.stop() == 0
