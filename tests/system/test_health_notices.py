"""The daemon tells people when a source dies and when it lives again: once each."""

from desk import Desk, rss

from monitor.testing.server import Answer

GONE = Answer(status=410, body=b"gone")


def heard(desk):
    """What the webhook got about the monitor itself, verified."""
    messages = [receipt.message for receipt in desk.siem.verified]
    return [message for message in messages if message["type"].startswith("system.")]


def read(desk):
    """What Slack got about the monitor itself."""
    texts = [payload["text"] for payload in desk.slack.received]
    return [text for text in texts if text.startswith("MONITOR")]


async def commands_show(desk):
    rows = (await desk.run("deliveries", "list", "--json")).json
    assert {row["notifier"] for row in rows} == {"desk", "siem"}
    assert {row["state"] for row in rows} == {"delivered"}
    assert len({row["webhook_id"] for row in rows}) == 2
    assert "is gone" in (await desk.run("deliveries")).out
    status = (await desk.run("status", "--json")).json
    assert (status["alerts"], status["deliveries"]) == (0, {"delivered": 2})
    assert (await desk.run("explain", rows[0]["alert"])).code == 0


async def test_a_feed_that_is_gone_is_told_once_and_its_return_once(tmp_path):
    async with Desk(tmp_path) as desk:
        desk.publish("/wire", rss("Quiet"))
        desk.configure()
        await desk.start()
        await desk.polled("/wire", 1)
        desk.server.handler = lambda _: GONE
        await desk.until(lambda: heard(desk) and read(desk))
        await desk.stop()
        [told] = heard(desk)
        assert told["type"] == "system.source_failing"
        assert told["data"]["kind"] == "gone"
        assert told["data"]["source"]["url"] == desk.server.url("/wire")
        assert "source failing" in read(desk)[0]
        await commands_show(desk)

        desk.server.handler = desk.newsroom
        assert (await desk.run("poll", "--all")).code == 0
        await desk.start()
        await desk.polled("/wire", 2)
        assert [each["type"] for each in heard(desk)] == [told["type"], "system.source_recovered"]
        assert len(read(desk)) == 2
        assert len(desk.siem.verified) == 2
