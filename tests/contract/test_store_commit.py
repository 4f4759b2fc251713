"""What one group of polls leaves behind, on every database."""

from dataclasses import replace
from datetime import timedelta

import pytest
from builders import NOW, a_match, a_source, an_entry, evidence
from store_builders import (
    DAY,
    WIRE,
    a_poll,
    a_sighting_in,
    again,
    commit,
    configure,
    decide_for,
    key,
    naming,
    unknown,
)

from monitor.model import (
    Edit,
    ErrorKind,
    ItemId,
    ItemOutcome,
    Known,
    PollOutcome,
    Severity,
    SourceState,
)

SHORE = "https://shore.example/rss"


def test_every_field_of_a_sources_state_comes_back_as_it_was(store):
    [state] = configure(store)
    told = SourceState(
        id=state.id,
        url=state.url,
        host=state.host,
        next_poll_at=NOW + timedelta(minutes=7, microseconds=1),
        etag='W/"caf\xe9"',
        last_modified="Sun, 30 Nov 2025 21:04:00 GMT",
        validators_url="https://wire.example/moved",
        body_hash=key("body"),
        first_success_at=NOW - DAY,
        last_success_at=NOW,
        last_polled_at=NOW,
        last_new_at=NOW - timedelta(hours=1),
        failures=2,
        error_kind=ErrorKind.TIMEOUT,
        error="no answer within 20 s",
        retry_after=NOW + timedelta(hours=2),
        rate=1.25,
        poll_seq=state.poll_seq,
    )
    assert commit(store, a_poll(state, state=told))[0].accepted
    assert again(store, state) == replace(told, poll_seq=state.poll_seq + 1)


def test_an_item_comes_back_as_it_was(store):
    [state] = configure(store)
    sighting = a_sighting_in(
        state,
        "1",
        title="Мадуро: воздушное пространство закрыто 🛩",
        link="https://wire.example/1?a=1&b=2",
        tags=("Venezuela", "espacio aéreo"),
        keys=(key("guid"), key("link")),
        language="ru",
        link_key=key("link"),
    )
    commit(store, a_poll(state, sighting))
    [item] = store.items()
    assert item == sighting.item


def test_the_items_of_a_source_carry_its_present_name_and_tags(store):
    [state] = configure(store)
    commit(store, a_poll(state, "1"))
    renamed = a_source(url=WIRE, name="The Wire", tags=frozenset({"wire", "official"}))
    store.sync_sources([renamed], now=NOW, rng=__import__("random").Random(1))
    [item] = store.items()
    assert (item.source.name, item.source.tags) == ("The Wire", {"wire", "official"})


def test_the_second_of_two_polls_of_one_source_is_refused_whole(store):
    [state] = configure(store)
    first, second = a_poll(state, "1", etag='"1"'), a_poll(state, "2", etag='"2"')
    assert [each.accepted for each in commit(store, first)] == [True]
    assert [each.accepted for each in commit(store, second)] == [False]
    assert again(store, state).etag == '"1"'
    assert [item.entry.guid for item in store.items()] == ["1"]


def test_the_second_of_two_polls_of_one_source_is_refused_within_a_group_too(store):
    [state, other] = configure(store, WIRE, SHORE)
    results = commit(store, a_poll(state, "1"), a_poll(state, "2"), a_poll(other, "3"))
    assert [each.accepted for each in results] == [True, False, True]
    assert {item.entry.guid for item in store.items()} == {"1", "3"}


def test_a_poll_of_a_source_nobody_configured_is_refused(store):
    [state] = configure(store)
    ghost = replace(state, id=state.id + 1)
    assert not commit(store, a_poll(ghost, "1"))[0].accepted


def test_an_item_whose_strongest_key_was_shown_is_not_written_again(store):
    [state] = configure(store)
    commit(store, a_poll(state, a_sighting_in(state, "1", keys=(key("guid"), key("link")))))
    repeated = a_sighting_in(state, "2", keys=(key("guid"), key("another link")))
    [committed] = commit(store, a_poll(again(store, state), repeated))
    assert (committed.accepted, committed.new, committed.alerts) == (True, 0, ())


def test_a_weaker_key_that_was_shown_does_not_hide_an_item(store):
    [state] = configure(store)
    commit(store, a_poll(state, a_sighting_in(state, "1", keys=(key("guid"), key("link")))))
    other = a_sighting_in(state, "2", keys=(key("new guid"), key("link")))
    assert commit(store, a_poll(again(store, state), other))[0].new == 1


def test_what_keys_name_comes_back_as_it_was(store):
    [state] = configure(store)
    told = {
        key("guid"): Known(item=ItemId("item"), fingerprint="00ff" * 4),
        key("link"): Known(item=ItemId("item")),
        key("shared"): Known(item=None),
    }
    commit(store, a_poll(state, seen=told))
    assert store.known(state.id, [*told, key("never shown")]) == told


def test_a_key_names_what_it_named_last(store):
    [state] = configure(store)
    for item in ("old", "new"):
        told = {key("link"): Known(item=ItemId(item), fingerprint="01" * 8)}
        commit(store, a_poll(again(store, state), seen=told))
        assert store.known(state.id, [key("link")]) == told


def an_edit(sighting, **said):
    changed = said.pop("changed", ("title",))
    return Edit(item=sighting.item.id, entry=an_entry(**said), changed=changed)


def edit(store, state, made, hours):
    now = NOW + timedelta(hours=hours)
    return commit(store, a_poll(again(store, state), edits=(made,), now=now))


def test_an_edited_item_has_its_new_text_and_a_version_of_what_it_said(store):
    [state] = configure(store)
    sighting = a_sighting_in(state, "1", title="Maduro speaks", link="https://wire.example/1")
    commit(store, a_poll(state, sighting))
    made = an_edit(
        sighting,
        guid="another",
        title="Maduro spoke",
        summary="5 dead",
        published=NOW + DAY,
        updated=NOW + DAY,
        changed=("title", "text", "numbers"),
    )
    [committed] = edit(store, state, made, hours=1)
    assert (committed.new, committed.alerts) == (0, ())
    [finding] = store.find(sighting.item.id)
    entry = finding.item.entry
    assert (entry.title, entry.summary, entry.updated) == ("Maduro spoke", "5 dead", NOW + DAY)
    assert (entry.guid, entry.published) == ("1", NOW)
    [version] = finding.versions
    assert (version.number, version.title, version.summary) == (1, "Maduro speaks", "")
    assert version.at == NOW + timedelta(hours=1)
    assert version.changed == ("title", "text", "numbers")
    assert len(finding.rulings) == len(finding.alerts) == 1


def test_an_edit_that_changes_nothing_leaves_no_version(store):
    [state] = configure(store)
    sighting = a_sighting_in(state, "1", title="Maduro speaks")
    commit(store, a_poll(state, sighting))
    edit(store, state, an_edit(sighting, title="Maduro speaks"), hours=1)
    assert store.find(sighting.item.id)[0].versions == ()


def test_an_edit_of_an_item_that_was_removed_changes_nothing(store):
    [state] = configure(store)
    ghost = a_sighting_in(state, "1")
    assert edit(store, state, an_edit(ghost, title="x"), hours=1)[0].accepted
    assert list(store.items()) == []


def test_after_24_versions_only_the_newest_text_is_kept(store):
    [state] = configure(store)
    sighting = a_sighting_in(state, "1", title="0")
    commit(store, a_poll(state, sighting))
    for number in range(1, 31):
        edit(store, state, an_edit(sighting, title=str(number)), hours=number)
    [finding] = store.find(sighting.item.id)
    assert finding.item.entry.title == "30"
    assert [version.title for version in finding.versions] == [str(n) for n in range(24)]


def test_the_versions_of_an_item_go_with_it(store):
    [state] = configure(store)
    sighting = a_sighting_in(state, "1", title="0")
    commit(store, a_poll(state, sighting))
    edit(store, state, an_edit(sighting, title="1"), hours=1)
    later = NOW + 100 * DAY
    commit(store, a_poll(again(store, state), "2", now=later))
    assert store.prune(later) == 1
    returned = a_sighting_in(state, "3", id=sighting.item.id, matches=())
    commit(store, a_poll(again(store, state), returned))
    assert store.find(sighting.item.id)[0].versions == ()


def test_the_same_key_in_another_source_is_another_item(store):
    [state, other] = configure(store, WIRE, SHORE)
    commit(store, a_poll(state, "1"))
    assert unknown(store, other, key(WIRE, "1")) == {key(WIRE, "1")}


def test_an_entry_that_stands_twice_in_a_document_is_one_item(store):
    [state] = configure(store)
    once = a_sighting_in(state, "1", keys=(key("a"), key("b")))
    twice = a_sighting_in(state, "2", keys=(key("a"), key("c")))
    assert commit(store, a_poll(state, once, twice))[0].new == 1


def test_all_keys_of_a_document_are_known_afterwards(store):
    [state] = configure(store)
    keys = [key("old", each) for each in range(1200)]
    commit(store, a_poll(state, seen=naming(*keys)))
    assert unknown(store, state, *keys, key("x")) == {key("x")}


def test_a_story_told_by_two_sources_alerts_once(store):
    [state, other] = configure(store, WIRE, SHORE)
    title = "Venezuelan airspace is closed"
    [first] = commit(store, a_poll(state, a_sighting_in(state, "1", title=title)))
    later = NOW + timedelta(hours=1)
    [second] = commit(
        store, a_poll(other, a_sighting_in(other, "2", title=title, now=later), now=later)
    )
    assert (len(first.alerts), len(second.alerts)) == (1, 0)
    [finding] = store.find(first.alerts[0].item.id)
    assert finding.story.size == 2
    assert finding.story.sources == ("wire.example", "shore.example")


def test_records_of_one_group_see_the_stories_and_alerts_of_those_before_them(store):
    [state, other] = configure(store, WIRE, SHORE)
    title = "Venezuelan airspace is closed"
    results = commit(
        store,
        a_poll(state, a_sighting_in(state, "1", title=title)),
        a_poll(other, a_sighting_in(other, "2", title=title)),
    )
    assert [len(each.alerts) for each in results] == [1, 0]
    assert len(store.deliveries()) == 1
    assert {f.story.size for each in store.items() for f in store.find(each.id)} == {2}


def test_a_story_is_joined_by_link_as_well(store):
    [state, other] = configure(store, WIRE, SHORE)
    commit(store, a_poll(state, a_sighting_in(state, "1", link_key=key("link"))))
    [second] = commit(store, a_poll(other, a_sighting_in(other, "2", link_key=key("link"))))
    assert (second.new, second.alerts) == (1, ())


def test_a_story_is_over_when_its_window_has_passed(store):
    [state, other] = configure(store, WIRE, SHORE)
    title = "Venezuelan airspace is closed"
    commit(store, a_poll(state, a_sighting_in(state, "1", title=title)))
    later = NOW + timedelta(hours=73)
    sighting = a_sighting_in(other, "2", title=title, now=later)
    assert len(commit(store, a_poll(other, sighting, now=later))[0].alerts) == 1


def test_rulings_alerts_and_deliveries_are_found_with_their_item(store):
    [state] = configure(store)
    seen = evidence("Maduro", entity="maduro", note="in its exact case")
    vetoed = a_match("sport", vetoed_by=(evidence("baseball", field="summary"),))
    sighting = a_sighting_in(state, "1", matches=(a_match(evidence=(seen,)), vetoed))
    [committed] = commit(store, a_poll(state, sighting), decide=decide_for("desk", "siem"))
    [finding] = store.find(sighting.item.id)
    assert finding.item == sighting.item
    assert [ruling.match for ruling in finding.rulings] == list(sighting.matches)
    assert {ruling.outcome for ruling in finding.rulings} == {ItemOutcome.ALERTED}
    assert {alert.id for alert in finding.alerts} == {alert.id for alert in committed.alerts}
    assert len(finding.deliveries) == 4
    assert committed.destinations == {"desk", "siem"}


def test_the_message_of_a_delivery_is_what_was_rendered_at_the_commit(store):
    [state] = configure(store)
    title = "“Мадуро” & <b>co</b> 🛩 \\ speaks"
    [committed] = commit(store, a_poll(state, a_sighting_in(state, "1", title=title)))
    [delivery] = store.deliveries()
    assert delivery.message.type == "alert.created"
    assert delivery.message.timestamp == NOW
    assert delivery.message.data == {
        "alert": {"id": committed.alerts[0].id},
        "item": {"title": title},
    }


def test_a_policy_that_fails_leaves_no_trace_of_the_whole_group(store):
    [state, other] = configure(store, WIRE, SHORE)

    def decide(record, new, book):
        if record.state.id == other.id:
            raise ZeroDivisionError
        return decide_for("desk")(record, new, book)

    with pytest.raises(ZeroDivisionError):
        commit(store, a_poll(state, "1", etag='"1"'), a_poll(other, "2"), decide=decide)
    assert again(store, state) == state
    assert list(store.items()) == []
    assert store.deliveries() == []
    assert len(unknown(store, state, key(WIRE, "1"))) == 1


def test_a_second_alert_of_one_identity_is_refused_aloud(store):
    [state] = configure(store)
    commit(store, a_poll(state, "1"))

    def forgetful(record, new, book):
        decision = decide_for("desk")(record, new, book)
        alert = store.find(key(WIRE, "1")[:24])[0].alerts[0]
        return replace(decision, alerts=[replace(decision.alerts[0], id=alert.id)])

    with pytest.raises(Exception, match=r"UNIQUE|duplicate key"):
        commit(store, a_poll(again(store, state), "2"), decide=forgetful)


def test_a_failed_poll_keeps_what_was_known_and_says_since_when(store):
    [state] = configure(store)
    commit(store, a_poll(state, "1"))
    for hours in (1, 2):
        now = NOW + timedelta(hours=hours)
        failed = replace(
            again(store, state),
            failures=hours,
            failing_since=NOW + timedelta(hours=1),
            error_kind=ErrorKind.DNS,
            error="x" * 9000,
        )
        commit(store, a_poll(failed, state=failed, now=now, outcome=PollOutcome.FAILED))
    [failing] = store.failing(10)
    assert (failing.kind, failing.failures) == (ErrorKind.DNS, 2)
    assert failing.since == NOW + timedelta(hours=1)
    assert len(failing.message) == 500
    well = replace(again(store, state), failures=0, error_kind=None, error="")
    commit(store, a_poll(well, now=NOW + timedelta(hours=3)))
    assert store.failing(10) == []


def test_a_validator_too_long_to_keep_is_forgotten_not_cut(store):
    [state] = configure(store)
    commit(store, a_poll(state, etag=f'"{"x" * 5000}"'))
    assert again(store, state).etag is None


def test_the_severity_orders_the_outbox(store):
    [state, other] = configure(store, WIRE, SHORE)
    commit(store, a_poll(state, "1"), decide=decide_for("desk", severity=Severity.LOW))
    commit(store, a_poll(other, "2"), decide=decide_for("desk", severity=Severity.CRITICAL))
    claimed = store.claim("desk", now=NOW, lease=timedelta(minutes=1))
    assert claimed.message.data["item"]["title"].endswith("2")
