"""Cases 35 to 37 and 48 of docs/delivery-cases.md: real daemons that are killed, and a burst."""

import asyncio
import json
import random
import re
import signal
from collections import Counter, defaultdict

import pytest
from desk import CONFIG, Desk, rss

from monitor.testing.receivers import rate_limit, show_slack


@pytest.fixture
async def desk(tmp_path):
    async with Desk(tmp_path) as desk:
        yield desk


def reports(words):
    """The numbers of the reports that a text names."""
    return re.findall(r"report (\d{4})", words)


def told_at_slack(desk):
    """The reports in each message that Slack took, under the id that people see."""
    return [
        (payload["blocks"][-1]["elements"][0]["text"], reports(show_slack(payload)))
        for payload in desk.slack.received
    ]


def told_at_siem(desk):
    """The reports in each webhook, under its id."""
    return [
        (receipt.id, reports(json.dumps(receipt.message["data"]["item"]["title"])))
        for receipt in desk.siem.verified
    ]


def everything(told):
    return {report for _, listed in told for report in listed}


def ids_of(told):
    """The ids under which each report was told."""
    ids = defaultdict(set)
    for identity, listed in told:
        for report in listed:
            ids[report].add(identity)
    return ids


async def test_case_36_kill_9_at_random_moments_loses_nothing_and_repeats_only_with_the_same_id(
    desk,
):
    rng = random.Random(5)
    desk.slack.pace = 1.0
    desk.publish("/wire", rss("Quiet day"))
    desk.configure()
    await desk.start()
    await desk.polled("/wire", 2)
    published = []
    kills = 6
    for _ in range(kills):
        for _ in range(3):
            published.append(f"Maduro report {len(published):04} from the capital")
            desk.publish("/wire", rss(*reversed(published)))
            await asyncio.sleep(rng.uniform(0.05, 0.5))
        await desk.stop(signal.SIGKILL)
        await desk.start()
    wanted = everything([("", reports(" ".join(published)))])
    await desk.until(lambda: everything(told_at_siem(desk)) == wanted)
    await desk.until(lambda: everything(told_at_slack(desk)) == wanted)
    await desk.polled("/wire", 2)
    assert await desk.stop() == 0
    for told in (told_at_siem(desk), told_at_slack(desk)):
        assert all(len(ids) == 1 for ids in ids_of(told).values())
        repeats = len(told) - len({identity for identity, _ in told})
        assert repeats <= kills


async def test_case_35_what_was_stored_and_not_sent_is_sent_once_after_a_kill(desk):
    desk.publish("/wire", rss("Quiet day"))
    desk.configure()
    await desk.start()
    await desk.polled("/wire", 2)
    # Slack asks to be left alone, so what is stored meanwhile is not on its way.
    desk.slack.script.append(rate_limit(4))
    desk.publish("/wire", rss("Maduro one of two"))
    await desk.until(lambda: len(desk.slack.server.requests) == 1)
    desk.publish("/wire", rss("Maduro two of two", "Maduro one of two"))
    await desk.until(lambda: len(desk.siem.verified) == 2)
    await desk.polled("/wire", 1)  # by then it is written down that it arrived
    await desk.stop(signal.SIGKILL)
    assert desk.slack.received == []
    await desk.start()
    await desk.until(lambda: len(desk.slack.received) == 2)
    await desk.polled("/wire", 2)
    assert len(desk.slack.received) == 2
    assert desk.siem.duplicates == 0


async def test_case_37_an_answer_that_was_never_written_down_is_one_repeat_with_the_same_id(desk):
    desk.publish("/wire", rss("Quiet day"))
    desk.configure()
    await desk.start()
    await desk.polled("/wire", 2)
    answer = desk.siem.server.handler

    def answer_into_the_void(request):
        # The answer is on the wire before the daemon, which stands still, can read it.
        desk.daemon.send_signal(signal.SIGSTOP)
        desk.siem.server.handler = answer
        return answer(request)

    desk.siem.server.handler = answer_into_the_void
    desk.publish("/wire", rss("Maduro speaks", "Quiet day"))
    await desk.until(lambda: len(desk.siem.verified) == 1)
    await asyncio.sleep(0.2)
    await desk.stop(signal.SIGKILL)
    await desk.start()
    await desk.until(lambda: len(desk.siem.verified) == 2)
    await desk.polled("/wire", 2)
    first, second = desk.siem.verified
    assert (first.id, first.body) == (second.id, second.body)
    await desk.stop()
    rows = (await desk.run("deliveries", "list", "--json")).json
    [row] = [row for row in rows if row["notifier"] == "siem"]
    assert (row["state"], row["maybe_duplicate"]) == ("delivered", 1)


@pytest.mark.parametrize("max_per_hour", [10_000, 60])
async def test_case_48_a_burst_reaches_a_slack_that_takes_one_a_second_whole_and_once(
    desk, max_per_hour
):
    desk.slack.pace = 1.0
    desk.publish("/wire", rss("Quiet day"))
    desk.configure(
        text=CONFIG.replace("none: [baseball]", f"throttle: {{{{max_per_hour: {max_per_hour}}}}}")
    )
    await desk.start()
    await desk.polled("/wire", 2)
    titles = [f"Maduro report {number:04} from the capital" for number in range(200)]
    desk.publish("/wire", rss(*titles))
    wanted = set(reports(" ".join(titles)))
    await desk.until(lambda: everything(told_at_slack(desk)) == wanted)
    await desk.polled("/wire", 3)
    told = Counter(report for _, listed in told_at_slack(desk) for report in listed)
    assert set(told.values()) == {1}
    assert desk.slack.limited <= 1  # of the burst that Slack itself would take
    assert len(desk.slack.received) <= 15
