"""What a person does to the outbox by `monitor deliveries`."""

import json

import click
import pytest
from builders import NOW
from click.testing import CliRunner
from outbox_builders import LEASE, a_destination, news, put

from monitor.cli.deliveries import command
from monitor.cli.options import clock
from monitor.cli.send_test import _send
from monitor.cli.status import command as status
from monitor.errors import UsageError
from monitor.model import Dead, Delivered
from monitor.store import Store
from monitor.testing.server import Answer, LoopbackServer

CONFIG = """\
sources: [https://wire.example/feed]
watchlists: {crisis: [Maduro]}
notifiers:
  desk: {type: webhook, url: "https://desk.example/hook"}
  siem: {type: webhook, url: "https://siem.example/hook"}
notify: [desk]
"""


@pytest.fixture
def store(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "config.yaml").write_text(CONFIG)
    with Store.open("sqlite:///monitor.db") as store:
        put(store, *(news(number, "desk", "siem") for number in range(2)))
        yield store


def run(*arguments):
    """Return the exit code, and what was said on stdout and on stderr."""
    ran = CliRunner().invoke(command, arguments, standalone_mode=False)
    if ran.exception:
        raise ran.exception
    return ran.return_value, ran.stdout, ran.stderr


def settle(store, notifier, verdict):
    delivery = store.claim(notifier, now=NOW, lease=LEASE)
    store.settle(delivery, verdict, now=NOW, next_attempt=None)
    return delivery


def test_rows_are_listed_by_notifier_and_state(store):
    settle(store, "desk", Dead(reason="rejected"))
    _, out, _ = run("list", "--notifier", "desk", "--state", "dead", "--json")
    [row] = json.loads(out)
    assert (row["notifier"], row["state"], row["reason"]) == ("desk", "dead", "rejected")
    assert len(json.loads(run("list", "--json")[1])) == 4
    assert len(json.loads(run("list", "--json", "--limit", "1")[1])) == 1


def test_a_misspelt_notifier_is_said_to_be_none(store):
    with pytest.raises(UsageError, match="no notifier is named “dsek”; did you mean “desk”"):
        run("list", "--notifier", "dsek")
    # One that left the configuration has rows all the same.
    put(store, news(7, "club"))
    assert len(json.loads(run("list", "--notifier", "club", "--json")[1])) == 1


@pytest.mark.parametrize("limit", ["-1", "0"])
def test_fewer_than_one_row_can_not_be_asked_for(store, limit):
    with pytest.raises(click.BadParameter):
        run("list", "--limit", limit)


def test_one_delivery_is_shown_with_what_it_says(store):
    code, out, _ = run("show", "1")
    assert code == 0
    assert "msg_" in out
    assert "report 000" in out
    _, out, _ = run("show", "1", "--json")
    assert json.loads(out)["message"]["type"] == "alert.created"
    code, _, said = run("show", "99")
    assert (code, said) == (1, "no delivery has the number 99\n")


def test_what_died_is_sent_again_under_its_id(store):
    dead = settle(store, "desk", Dead(reason="rejected"))
    settle(store, "siem", Dead(reason="rejected"))
    code, out, _ = run("replay", "--dead", "--notifier", "desk", "--json")
    assert (code, json.loads(out)) == (0, {"ids": [dead.id]})
    [row] = store.deliveries_by_id([dead.id])
    assert (row.state, row.webhook_id, row.attempts) == ("pending", dead.webhook_id, 0)


def test_only_what_died_lately_is_sent_again(store):
    settle(store, "desk", Dead(reason="rejected"))
    code, out, _ = run("replay", "--dead", "--since", "2h")
    assert (code, out) == (1, "0 deliveries sent again\n")


def test_what_has_not_ended_is_not_sent_twice(store):
    code, _, said = run("replay", "1", "99")
    assert code == 1
    assert "1 is pending: it has not ended" in said
    assert "no delivery has the number 99" in said


@pytest.mark.parametrize("wrong", [(), ("1", "--dead"), ("1", "--since", "2h")])
def test_a_replay_is_of_those_named_or_of_the_dead(store, wrong):
    with pytest.raises(UsageError):
        run("replay", *wrong)


def test_a_delivery_is_given_up_for_a_reason(store):
    there = settle(store, "desk", Delivered())
    code, out, said = run("drop", str(there.id), "2", "--reason", "told by phone")
    assert (code, out) == (0, "1 delivery given up\n")
    assert f"{there.id} is delivered, so it stays" in said
    [row] = store.deliveries_by_id([2])
    assert (row.state, row.reason) == ("cancelled", "dropped: told by phone")


def test_a_parked_notifier_is_let_go(store):
    settle(store, "desk", Dead(reason="gone", scope="destination"))
    assert store.due_destinations(NOW) == ["siem"]
    code, out, _ = run("resume", "desk")
    assert (code, out) == (0, "desk: 2 parked deliveries go out now\n")
    assert store.due_destinations(NOW) == ["desk", "siem"]
    with pytest.raises(UsageError, match="desk"):
        run("resume", "dsek")


def test_a_replay_for_a_parked_notifier_says_that_it_waits(store):
    dead = settle(store, "desk", Dead(reason="rejected"))
    settle(store, "desk", Dead(reason="gone", scope="destination"))
    code, _, said = run("replay", str(dead.id))
    assert code == 0
    assert "monitor deliveries resume" in said


def test_the_status_names_what_died_in_the_last_day_and_how_to_send_it_again(store):
    store.hold()
    assert CliRunner().invoke(status, [], standalone_mode=False).return_value == 0
    dead = store.claim("desk", now=clock(), lease=LEASE)
    store.settle(dead, Dead(reason="rejected"), now=clock(), next_attempt=None)
    ran = CliRunner().invoke(status, [], standalone_mode=False)
    assert ran.return_value == 1
    assert "1 delivery died in the last day" in ran.stdout
    assert "monitor deliveries replay --dead --since 2d" in ran.stdout


async def test_tests_within_one_second_have_an_id_each():
    async with LoopbackServer(lambda _: Answer(body=b"ok")) as server:
        at = a_destination("siem", server.url("/hook"))
        for _ in range(5):
            assert (await _send(at, as_json=True))["verdict"] == "delivered"
        assert len({each.header("webhook-id") for each in server.requests}) == 5


@pytest.mark.parametrize("name", ["list", "show", "replay", "drop", "resume"])
def test_every_command_helps_with_an_example(name):
    ran = CliRunner().invoke(command, [name, "--help"])
    assert "Example: monitor deliveries" in ran.output
