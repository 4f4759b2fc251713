"""An alert becomes the contract's JSON, and lines for people."""

import json
from datetime import UTC, datetime, timedelta, timezone

from alert_builders import a_message, an_alert
from builders import NOW, an_item, evidence

from monitor.alerts import render
from monitor.alerts.policy import digest
from monitor.alerts.wording import byline, reasons, text
from monitor.model import Reason, SourceRef, Story, StoryId

SOURCE_LINE = (
    "Wire · published 2025-11-30 21:04 UTC · +2 similar (UN News, DW)"
    " · alert 3f2a9c1e5b7d8f0a1c2e4d6f"
)


def as_sent(whole):
    return json.loads(render.body(whole))


def test_the_message_is_the_contracts_object():
    assert as_sent(render.message(an_alert(), public_url="https://monitor.example/")) == {
        "type": "alert.created",
        "timestamp": "2025-11-30T21:04:00Z",
        "data": {
            "alert": {
                "id": "3f2a9c1e5b7d8f0a1c2e4d6f",
                "sequence": 1,
                "reason": "new story",
                "detail": None,
                "url": "https://monitor.example/alerts/3f2a9c1e5b7d8f0a1c2e4d6f",
            },
            "watchlist": {
                "name": "airspace",
                "severity": "high",
                "description": "Closure affects crews within hours.",
            },
            "story": {
                "id": "story-1",
                "size": 3,
                "sources": ["Wire", "UN News", "DW"],
                "first_seen": "2025-11-30T21:04:00Z",
            },
            "item": {
                "id": "item-1",
                "title": "Trump says Venezuelan airspace is closed",
                "summary": "Airlines were told to treat the airspace above Caracas as closed.",
                "link": "https://wire.example/1?a=1&b=2",
                "author": "A. Reporter",
                "source": {
                    "name": "Wire",
                    "url": "https://wire.example/feed",
                    "tags": ["a", "wire"],
                },
                "language": "en",
                "published": "2025-11-30T21:04:00Z",
                "first_seen": "2025-11-30T21:04:00Z",
            },
            "matches": [
                {
                    "term": "airspace",
                    "entity": None,
                    "field": "title",
                    "start": 22,
                    "end": 30,
                    "text": "airspace",
                },
                {
                    "term": "airspace",
                    "entity": None,
                    "field": "summary",
                    "start": 32,
                    "end": 40,
                    "text": "airspace",
                },
            ],
        },
    }


def test_what_is_absent_is_null():
    item = an_item("i", title="T", published=None, source=SourceRef(name="S", url=""))
    data = as_sent(render.message(an_alert(item=item, description="")))["data"]
    assert data["alert"]["url"] is None
    assert data["watchlist"]["description"] is None
    assert data["item"]["source"]["url"] is None
    absent = {key: data["item"][key] for key in data["item"] if data["item"][key] is None}
    assert sorted(absent) == ["author", "language", "link", "published", "summary"]


def test_times_of_other_zones_are_told_in_utc():
    caracas = timezone(timedelta(hours=-4))
    created = datetime(2025, 11, 30, 17, 4, 11, 987654, tzinfo=caracas)
    assert as_sent(render.message(an_alert(created=created)))["timestamp"] == "2025-11-30T21:04:11Z"


def test_the_body_is_compact_utf8_with_its_letters_readable():
    sent = render.body(a_message(title="Мадуро 马杜罗 🇻🇪 a/b"))
    assert "Мадуро 马杜罗 🇻🇪 a/b".encode() in sent
    assert b'": ' not in sent


def test_a_long_summary_is_cut_and_takes_its_matches_with_it():
    summary = "airspace " + "x" * 30_000 + " airspace"
    whole = a_message(
        summary=summary,
        evidence=(
            evidence("airspace", field="summary", start=0, end=8, text="airspace"),
            evidence("airspace", field="summary", start=30_010, end=30_018, text="airspace"),
            evidence("airspace", field="content", start=50_000, end=50_008, text="airspace"),
        ),
    )
    assert 10_000 < len(render.body(whole)) < render.MAX_BODY_BYTES
    shown = whole.data["item"]["summary"]
    assert shown.endswith("x…")
    assert [(m["field"], m["start"]) for m in whole.data["matches"]] == [
        ("summary", 0),
        ("content", 50_000),
    ]


def test_the_only_match_stays_although_it_lies_in_the_part_cut_away():
    found = evidence("airspace", field="summary", start=30_000, end=30_008, text="airspace")
    whole = a_message(summary="x" * 30_000 + "airspace", evidence=(found, found))
    [match] = whole.data["matches"]
    assert (match["start"], match["text"]) == (30_000, "airspace")


def test_a_thousand_hits_leave_room_for_every_term():
    hits = [
        evidence(term, field="content", start=at + n * 10, end=at + n * 10 + 4, text=term)
        for term, at in (("gold", 0), ("iron", 10_000), ("zinc", 20_000))
        for n in range(400)
    ]
    whole = a_message(evidence=tuple(hits))
    assert {m["term"] for m in whole.data["matches"]} == {"gold", "iron", "zinc"}
    assert len(render.body(whole)) < render.MAX_BODY_BYTES


def test_a_long_summary_is_cut_between_characters():
    family = "👩\u200d👩\u200d👧\u200d👦"
    for shift in range(4):
        shown = a_message(summary="x" * shift + family * 3_000).data["item"]["summary"]
        assert shown[shift:-1].replace(family, "") == ""


def test_a_link_is_whole_or_absent():
    assert a_message(link="https://x.example/" + "a" * 5_000).data["item"]["link"] is None


def test_the_minimal_form_has_no_summary_and_leaves_the_original_alone():
    whole = a_message()
    assert render.minimal(whole).data["item"]["summary"] is None
    assert whole.data["item"]["summary"]
    assert render.minimal(whole).data["matches"] == whole.data["matches"]


def test_the_address_of_a_source_is_sent_as_its_reference_holds_it():
    # Where the reference is made, secrets are taken out of it; here nothing is added or mended.
    for url in ("https://wire.example/feed?key=…", "https://…@wire.example/a%2Fb?x=1&y=é#z"):
        item = an_item("i", title="T", source=SourceRef(name="Wire", url=url))
        assert as_sent(render.message(an_alert(item=item)))["data"]["item"]["source"]["url"] == url


def test_a_test_message_has_an_identity_like_any_alerts():
    one, same, other = (render.test_message(name, NOW).data for name in ("desk", "desk", "siem"))
    assert one["alert"]["id"] == same["alert"]["id"] == digest("test", "desk", NOW.isoformat())
    assert one["alert"]["id"] != other["alert"]["id"]


def test_a_test_message_says_that_it_is_one():
    whole = render.test_message("desk", NOW)
    assert whole.type == "test"
    assert whole.timestamp == NOW
    assert whole.data["alert"]["reason"] == Reason.TEST
    [match] = whole.data["matches"]
    assert whole.data["item"]["title"][match["start"] : match["end"]] == match["text"]
    assert text(whole, now=NOW).startswith("TEST LOW")


def test_the_text_tells_all_that_a_reader_needs():
    assert text(a_message(), now=NOW).split("\n") == [
        "HIGH airspace · new story",
        "Trump says Venezuelan airspace is closed",
        "matched airspace in title, summary",
        SOURCE_LINE,
        "https://wire.example/1?a=1&b=2",
        "Closure affects crews within hours.",
    ]


def test_the_text_marks_what_matched():
    def paint(part, words):
        return f"[{part}:{words}]"

    lines = text(a_message(), now=NOW, paint=paint).split("\n")
    assert lines[0].startswith("[severity:HIGH]")
    assert lines[1] == "Trump says Venezuelan [matched:airspace] is closed"


def test_the_reasons_name_the_entity_and_the_words_that_stood_there():
    whole = a_message(
        evidence=(
            evidence("Мадуро", entity="maduro", start=0, end=6, text="Maduro"),
            evidence("close*", start=7, end=13, text="closed"),
        )
    )
    assert reasons(whole) == ["maduro in title", "close* “closed” in title"]


def test_a_message_that_comes_late_says_so():
    assert "delayed" not in byline(a_message(), now=NOW + timedelta(minutes=9))
    assert byline(a_message(), now=NOW + timedelta(minutes=47, seconds=30)).endswith(
        "delayed 47 min"
    )


def test_a_story_of_one_item_is_similar_to_nothing():
    story = Story(id=StoryId("s"), first_seen=NOW, size=1, sources=("Wire",))
    assert "similar" not in byline(render.message(an_alert(story=story)), now=NOW)


def test_the_time_of_the_event_is_utc_even_when_read_back():
    assert a_message().timestamp.tzinfo is UTC
