"""Laws of identity: order means nothing, and nothing distinct is lost."""

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.feeds.identity import identify
from monitor.feeds.parse import parse
from monitor.feeds.urls import canonical_link
from monitor.model import Document, Entry, Source

NOW = datetime(2025, 11, 30, 21, tzinfo=UTC)
SOURCE = Source(url="https://news.example/rss", name="News")

LINKS = [
    "",
    "https://x.example/",
    "https://x.example/1",
    "http://www.x.example/1/?utm_source=a",
    "https://x.example/1#b",
]
ENTRIES = st.builds(
    Entry,
    guid=st.sampled_from(["", "g", "h", "https://x.example/1"]),
    title=st.sampled_from(["", "A", "B"]),
    link=st.sampled_from(LINKS),
    summary=st.sampled_from(["", "s", "t"]),
    published=st.sampled_from([None, NOW, NOW - timedelta(days=1), NOW + timedelta(days=9)]),
)
DOCUMENTS = st.lists(ENTRIES, max_size=8)


def identified(entries, link=""):
    return identify(SOURCE, Document(entries=tuple(entries), link=link), now=NOW)


def triple(entry):
    return entry.guid, canonical_link(entry.link, keep_fragment=True), entry.title


@settings(max_examples=100, deadline=None)
@given(DOCUMENTS, st.randoms(use_true_random=False), st.sampled_from(LINKS))
def test_the_order_of_entries_changes_no_identity(entries, rng, link):
    shuffled = list(entries)
    rng.shuffle(shuffled)
    here = {item.keys for item in identified(entries, link)}
    assert {item.keys for item in identified(shuffled, link)} == here


@settings(max_examples=100, deadline=None)
@given(DOCUMENTS, st.sampled_from(LINKS))
def test_no_two_distinct_entries_share_an_id_and_none_is_lost(entries, link):
    items = identified(entries, link)
    assert len({item.id for item in items}) == len(items)
    told = {triple(entry) for entry in entries if any(triple(entry))}
    assert {triple(item.entry) for item in items} >= told


@settings(max_examples=100, deadline=None)
@given(DOCUMENTS)
def test_no_two_items_of_one_document_share_a_key(entries):
    keys = [key for item in identified(entries) for key in item.keys]
    assert len(set(keys)) == len(keys)


@settings(max_examples=100, deadline=None)
@given(DOCUMENTS, st.data())
def test_what_was_seen_is_known_in_any_later_part_of_the_document(entries, data):
    later = data.draw(st.lists(st.sampled_from(entries), unique_by=id)) if entries else []
    seen = {key for item in identified(entries) for key in item.keys}
    assert all(not seen.isdisjoint(item.keys) for item in identified(later))


@settings(max_examples=100, deadline=None)
@given(DOCUMENTS, DOCUMENTS)
def test_what_was_seen_stays_known_when_more_comes(entries, more):
    seen = {key for item in identified(entries) for key in item.keys}
    told = {triple(entry) for entry in entries if any(triple(entry))}
    for item in identified([*more, *entries]):
        if triple(item.entry) in told and any(triple(item.entry)[:2]):
            assert not seen.isdisjoint(item.keys)


@settings(max_examples=50, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from("gh"), st.sampled_from("12"), st.sampled_from("AB")), max_size=6
    )
)
def test_parsing_again_changes_no_identity(said):
    body = "".join(
        f"<item><guid>{guid}</guid><link>https://x.example/{n}</link><title>{title}</title></item>"
        for guid, n, title in said
    )
    whole = f"<rss version='2.0'><channel>{body}</channel></rss>".encode()
    first, again = (
        identify(SOURCE, parse(whole, url=url), now=NOW)
        for url in ("https://a.example/", "http://b.example/f")
    )
    assert [item.keys for item in first] == [item.keys for item in again]
    assert len(first) == len(set(said))
