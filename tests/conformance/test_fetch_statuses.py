"""Behaviours 29 to 38 and 43 to 46 of docs/fetching-cases.md: what a status means for a source.

31 and 35 stand with the pacing.
"""

from datetime import timedelta
from email.utils import format_datetime

import pytest
from builders import a_source
from desk import rss
from poller import Poller

from monitor.cli.poll import Held
from monitor.model import Auth, ErrorKind, PollOutcome
from monitor.settings import HealthSettings, HostSettings
from monitor.testing.server import Answer

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
PATHS = ["/world", "/sport", "/arts", "/science"]
HOSTS = [f"127.0.0.{number}" for number in range(2, 8)]
PUSHED = {"health": HealthSettings(notify=("desk",))}


@pytest.fixture
async def poller(tmp_path):
    async with Poller(tmp_path, more=PUSHED) as poller:
        yield poller


@pytest.fixture
async def brisk(tmp_path):
    """Poll every five minutes, so that a longer wait has another cause."""
    async with Poller(tmp_path, poll_settings={"every": 5 * MINUTE}) as poller:
        yield poller


def feed(poller, *titles):
    return rss(*titles or ["One"], published=poller.clock())


def status(code, **headers):
    named = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    return Answer(status=code, headers=named)


async def with_paths(poller, *paths):
    """Have one host with several sources, all polled well once."""
    await poller.configure(*[a_source(url=poller.url(path), name=path) for path in paths])
    for path in paths:
        poller.publish(feed(poller), path)
        await poller.poll(path)


def left_alone(poller, path="/feed"):
    """Return for how long a source is not asked."""
    return poller.state(path).next_poll_at - poller.clock()


# --- 29, 30, 32: limits


@pytest.mark.parametrize("code", [429, 503])
async def test_29_32_a_limit_holds_its_source_and_slows_the_others_of_its_host(brisk, code):
    await with_paths(brisk, *PATHS)
    brisk.play(status(code, Retry_After="7200"), PATHS[0])
    visit = await brisk.poll(PATHS[0])
    limited_at = brisk.clock()
    assert visit.kind is (ErrorKind.RATE_LIMITED if code == 429 else ErrorKind.HTTP_5XX)
    assert left_alone(brisk, PATHS[0]) >= 2 * HOUR
    made = await brisk.run(limited_at + 2 * HOUR - MINUTE)
    assert PATHS[0] not in {each.source.name for _, each in made}
    assert min(at for at, _ in made) >= limited_at + HOUR
    assert len({at for at, _ in made}) == len(made)


async def test_29_a_limit_ends_the_round_of_its_host_at_once(brisk):
    await with_paths(brisk, *PATHS)
    for path in PATHS:
        brisk.play(status(429, Retry_After="7200"), path)
    brisk.clock.advance(HOUR)
    before = len(brisk.servers["127.0.0.1"].requests)
    await brisk.pipeline.poll("127.0.0.1", Held())
    assert len(brisk.servers["127.0.0.1"].requests) == before + 1


async def test_29_other_hosts_are_not_slowed(brisk):
    await brisk.serve("127.0.0.2")
    other = brisk.url("/other", host="127.0.0.2")
    await brisk.configure(a_source(url=brisk.url(), name="feed"), a_source(url=other, name="other"))
    brisk.play(status(429, Retry_After="7200"))
    brisk.publish(feed(brisk), "/other")
    await brisk.poll()
    assert brisk.state("/other").next_poll_at <= brisk.clock()


async def test_29_a_host_that_names_no_time_is_left_alone_for_ten_minutes(brisk):
    await with_paths(brisk, *PATHS)
    brisk.play(status(429), PATHS[0])
    at = brisk.state(PATHS[0]).next_poll_at
    await brisk.poll(PATHS[0])
    assert min(left_alone(brisk, path) for path in PATHS[1:]) >= 10 * MINUTE
    assert brisk.clock() == at


@pytest.mark.parametrize(
    ("wish", "least", "most"),
    [
        (lambda now: format_datetime(now + 2 * HOUR, usegmt=True), 2 * HOUR, 2 * HOUR),
        (lambda _: "3600", HOUR, HOUR),
        (lambda now: format_datetime(now - DAY, usegmt=True), 4 * MINUTE, HOUR),
        (lambda _: "0", 4 * MINUTE, HOUR),
        (lambda _: "soon", 4 * MINUTE, HOUR),
        (lambda _: "-1", 4 * MINUTE, HOUR),
        (lambda _: "2592000", DAY, DAY),
    ],
    ids=["a date", "seconds", "a past date", "zero", "garbage", "negative", "thirty days"],
)
async def test_30_a_wish_is_read_as_it_is_meant_and_heeded_for_a_day_at_most(
    brisk, wish, least, most
):
    brisk.publish(feed(brisk))
    await brisk.poll()
    clock_of_server = brisk.state().next_poll_at
    brisk.play(
        status(
            429,
            Retry_After=wish(clock_of_server),
            Date=format_datetime(clock_of_server, usegmt=True),
        )
    )
    await brisk.poll()
    assert least - MINUTE <= left_alone(brisk) <= most + MINUTE


async def test_30_a_date_counts_by_the_servers_own_clock(brisk):
    skewed = brisk.clock() - 3 * HOUR
    brisk.play(
        status(
            429,
            Retry_After=format_datetime(skewed + 2 * HOUR, usegmt=True),
            Date=format_datetime(skewed, usegmt=True),
        )
    )
    await brisk.poll()
    assert left_alone(brisk) == 2 * HOUR


# --- 33: 403 as a limit


async def test_33_403_on_all_sources_of_a_host_is_a_limit(poller):
    await with_paths(poller, *PATHS)
    for path in PATHS:
        poller.play(status(403), path)
    kinds = [(await poller.poll(path)).kind for path in PATHS]
    assert kinds == [ErrorKind.AUTH] * 3 + [ErrorKind.RATE_LIMITED]
    visit = await poller.poll(PATHS[0])
    assert visit.kind is ErrorKind.RATE_LIMITED
    assert "taken for a limit, because it is refused like all sources there" in visit.message


async def test_33_403_on_one_of_many_is_about_access(poller):
    await with_paths(poller, *PATHS)
    poller.play(status(403), PATHS[0])
    assert (await poller.poll(PATHS[0])).kind is ErrorKind.AUTH
    assert (await poller.poll(PATHS[0])).kind is ErrorKind.AUTH


async def test_33_403_on_both_of_two_is_about_access(poller):
    await with_paths(poller, *PATHS[:2])
    for path in PATHS[:2]:
        poller.play(status(403), path)
    kinds = [(await poller.poll(path)).kind for path in PATHS[:2]]
    assert kinds == [ErrorKind.AUTH] * 2


async def test_33_a_preset_says_what_403_means_at_a_host(tmp_path):
    host = HostSettings(name="127.0.0.1", forbidden_is_limit=True, advice="Ask for a key.")
    async with Poller(tmp_path, more={"hosts": (host,)}) as poller:
        poller.play(status(403))
        assert (await poller.poll()).kind is ErrorKind.RATE_LIMITED


# --- 34: faults, and this machine's own


@pytest.mark.parametrize(
    "answer",
    [Answer(status=500), Answer(status=502), Answer(status=504), Answer(raw=b"", reset=True)],
    ids=["500", "502", "504", "reset"],
)
async def test_34_a_fault_is_asked_for_once_a_poll_and_ever_more_rarely(poller, answer):
    poller.play(answer)
    waits = []
    for failures in range(1, 13):
        await poller.poll()
        waits.append(left_alone(poller))
        assert len(poller.requests()) == failures
    assert all(5 * MINUTE <= wait <= DAY for wait in waits)
    assert max(waits[8:]) > 8 * max(waits[:2])
    assert len(set(waits)) == len(waits)


@pytest.mark.parametrize("host", ["127.0.0.99:1", "nowhere.invalid"])
async def test_34_so_is_a_host_that_is_not_there(poller, host):
    url = f"http://{host}/feed"
    await poller.configure(a_source(url=url))
    waits = []
    for _ in range(12):
        await poller.poll(url)
        waits.append(left_alone(poller, url))
    assert max(waits[8:]) > 8 * max(waits[:2])


async def on_hosts(poller, hosts):
    """Have one source on each host, all polled well once; then the hosts go away."""
    for host in hosts:
        await poller.serve(host)
    poller.publish(feed(poller), "/news")
    sources = [a_source(url=poller.url("/news", host=host), name=host) for host in hosts]
    await poller.configure(*sources)
    for source in sources:
        await poller.poll(source.url)
    return [source.url for source in sources]


async def test_34_when_every_host_fails_at_once_this_machine_is_offline_and_no_source_pays(
    poller, caplog
):
    urls = await on_hosts(poller, HOSTS)
    for server in poller.servers.values():
        server._server.close()
    poller.clock.advance(4 * HOUR)
    visits = [await poller.poll(url, after=timedelta()) for url in urls]
    assert poller.pipeline.outage.offline
    states = [poller.state(url) for url in urls]
    assert [state.failures for state in states] == [1, 1, 0, 0, 0, 0]
    assert all(state.error_kind is None for state in states[2:])
    assert {visit.outcome for visit in visits} == {PollOutcome.FAILED}
    assert all("this machine seems to be offline" in visit.message for visit in visits[2:])
    waits = [left_alone(poller, url) for url in urls[2:]]
    assert all(MINUTE <= wait <= 2 * MINUTE for wait in waits)
    assert len(set(waits)) == len(waits)
    # An hour of it, then the network is back: everything is polled within minutes, not at once.
    await poller.run(HOUR)
    assert {poller.state(url).failures for url in urls} <= {0, 1}
    for server in poller.servers.values():
        await server.__aenter__()
    back = await poller.run(30 * MINUTE)
    first = {visit.source.name: at for at, visit in reversed(back) if not visit.kind}
    assert len(first) == len(set(first.values())) == len(urls)
    assert not poller.pipeline.outage.offline
    assert poller.notices() == []
    said = [record.message for record in caplog.records if record.levelname == "WARNING"]
    assert len([message for message in said if "offline" in message]) == 2


async def test_34_a_page_that_stands_in_for_the_whole_network_keeps_the_items(poller):
    urls = await on_hosts(poller, HOSTS)
    poller.publish(b"<html><head><title>Hotel Wi-Fi</title></head>Sign in</html>", "/news")
    poller.clock.advance(4 * HOUR)
    visits = [await poller.poll(url, after=timedelta()) for url in urls]
    assert {visit.kind for visit in visits} == {ErrorKind.NOT_A_FEED}
    assert all("Hotel Wi-Fi" in visit.message for visit in visits)
    poller.publish(feed(poller), "/news")
    assert len(poller.items()) == len(urls)


# --- 36 to 38: nothing there, gone, credentials


async def test_36_404_is_never_given_up(poller):
    poller.publish(feed(poller))
    await poller.poll()
    poller.play(status(404))
    made = await poller.run(30 * DAY)
    assert {visit.kind for _, visit in made} == {ErrorKind.HTTP_4XX}
    assert left_alone(poller) <= DAY
    poller.publish(feed(poller, "Two"))
    assert (await poller.poll()).new == 1


async def test_37_two_410s_are_a_death_that_is_told_once_and_a_200_revives(poller):
    poller.publish(feed(poller))
    await poller.poll()
    poller.play(status(410))
    assert (await poller.poll()).kind is ErrorKind.GONE
    assert left_alone(poller) < DAY
    assert poller.notices() == []
    await poller.poll()
    assert poller.notices() == ["system.source_failing"]
    assert left_alone(poller) >= 7 * DAY
    await poller.polls(3)
    assert left_alone(poller) >= 7 * DAY
    assert poller.notices() == ["system.source_failing"]
    poller.publish(feed(poller, "Two"))
    assert (await poller.poll()).new == 1
    assert poller.notices() == ["system.source_failing", "system.source_recovered"]
    assert left_alone(poller) < DAY


async def test_37_a_single_410_is_forgotten(poller):
    poller.play(status(410))
    await poller.poll()
    poller.publish(feed(poller))
    await poller.poll()
    poller.play(status(410))
    await poller.poll()
    assert left_alone(poller) < DAY
    assert poller.notices() == []


async def test_37_a_source_that_never_worked_is_reported_a_day_after_its_first_poll(poller):
    poller.play(status(500))
    await poller.run(DAY - MINUTE)
    assert poller.notices() == []
    await poller.run(20 * DAY)
    assert poller.notices() == ["system.source_failing"]


async def test_38_401_names_what_is_missing_and_is_asked_ever_more_rarely(poller):
    poller.play(status(401, WWW_Authenticate="Basic"))
    visits = await poller.polls(8)
    assert {visit.kind for visit in visits} == {ErrorKind.AUTH}
    assert "`auth`" in visits[0].message
    assert len(poller.requests()) == 8
    assert left_alone(poller) > HOUR


async def test_38_credentials_stay_with_their_origin(poller):
    other = await poller.serve("127.0.0.2")
    auth = Auth(user="zoe", password="s3cret")
    await poller.configure(a_source(url=poller.url(), name="feed", auth=auth))
    poller.play(status(307, Location=other.url("/feed")), host="127.0.0.1")
    poller.publish(feed(poller), host="127.0.0.2")
    await poller.poll()
    assert poller.requests()[0].header("Authorization").startswith("Basic ")
    assert other.requests[0].header("Authorization") is None


# --- 44 to 46: answers without a document, parts, 304s


@pytest.mark.parametrize("code", [200, 203, 204, 205])
async def test_44_an_answer_without_a_document_is_a_failure_that_takes_nothing_away(poller, code):
    poller.publish(feed(poller, "One", "Two"))
    await poller.poll()
    state = poller.state()
    poller.play(Answer(status=code))
    assert (await poller.poll()).kind is ErrorKind.EMPTY
    assert poller.titles() == ["One", "Two"]
    assert poller.state().body_hash == state.body_hash
    poller.publish(feed(poller, "One", "Two"))
    assert (await poller.poll()).new == 0


@pytest.mark.parametrize("code", [203, 226])
async def test_44_a_copy_and_a_part_sent_on_purpose_are_documents(poller, code):
    poller.publish(feed(poller, "One", "Two"))
    await poller.poll()
    poller.play(Answer(status=code, body=feed(poller, "Three")))
    visit = await poller.poll()
    assert (visit.outcome, visit.new) == (PollOutcome.NEW, 1)
    poller.publish(feed(poller, "One", "Two", "Three"))
    assert (await poller.poll()).new == 0


async def test_44_a_part_that_nobody_asked_for_is_a_failure_and_leaves_no_validators(poller):
    headers = (("Content-Range", "bytes 0-99/5000"), ("ETag", '"part"'))
    poller.play(Answer(status=206, headers=headers, body=feed(poller)))
    visit = await poller.poll()
    assert (visit.kind, visit.status) == (ErrorKind.RESET, 206)
    assert poller.state().etag is None
    assert poller.items() == []


async def test_45_a_304_that_nobody_asked_for_is_asked_again_once(poller):
    poller.play(status(304))
    visit = await poller.poll()
    assert visit.outcome is PollOutcome.FAILED
    assert len(poller.requests()) == 2
    assert all(request.header("If-None-Match") is None for request in poller.requests())


async def test_45_and_the_second_answer_counts(poller):
    answers = [status(304), Answer(body=feed(poller))]
    poller.play(lambda _: answers.pop(0))
    assert (await poller.poll()).new == 1


async def test_46_the_body_of_a_304_is_ignored(poller):
    poller.publish(feed(poller), ETag='"1"')
    await poller.poll()
    head = b"HTTP/1.1 304 X\r\nContent-Length: 12\r\n\r\n"
    poller.play(Answer(raw=head + b"<rss></rss>\n"))
    visit = await poller.poll()
    assert (visit.outcome, visit.status) == (PollOutcome.UNCHANGED, 304)
    poller.publish(feed(poller, "Two"), ETag='"2"')
    assert (await poller.poll()).new == 1
