"""Laws of identity: order means nothing, nothing distinct is lost, what was seen stays known."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from recognition_builders import Archive, titles

from monitor.feeds.identity import identify
from monitor.feeds.reading.parse import parse
from monitor.feeds.urls import canonical_link
from monitor.model import Document, Entry

NOW = datetime(2025, 11, 30, 21, tzinfo=UTC)

LINKS = [
    "",
    "https://x.example/",
    "https://x.example/1",
    "http://www.x.example/1/?utm_source=a",
    "https://x.example/1#b",
    "https://x.example/a-slug-12345",
    "https://x.example/another-12345",
]
DATES = [None, NOW, NOW - timedelta(days=1), NOW + timedelta(days=9)]
ENTRIES = st.builds(
    Entry,
    guid=st.sampled_from(["", "g", "h", "https://x.example/1"]),
    title=st.sampled_from(["", "A", "B"]),
    link=st.sampled_from(LINKS),
    summary=st.sampled_from(["", "s", "t"]),
    published=st.sampled_from(DATES),
)
DOCUMENTS = st.lists(ENTRIES, max_size=8)
MODES = st.sampled_from(["guid", "link", "title"])


def identified(entries, by="guid", link=""):
    return identify(Document(entries=tuple(entries), link=link), by=by)


def told(entry):
    """Return what tells an entry from others where guids count."""
    if entry.guid or entry.link:
        exact = canonical_link(entry.link, keep_fragment=True)
        last = entry.published or ("" if entry.title else entry.summary)
        return entry.guid, exact, entry.title, last
    date = entry.published if entry.title else None
    return entry.title, entry.summary, entry.content, date


def distinct(entries):
    return {told(entry) for entry in entries if any(told(entry))}


@settings(max_examples=100, deadline=None)
@given(DOCUMENTS, MODES, st.randoms(use_true_random=False), st.sampled_from(LINKS))
def test_the_order_of_entries_changes_no_name(entries, by, rng, link):
    shuffled = list(entries)
    rng.shuffle(shuffled)
    here, there = (identified(each, by, link).entries for each in (entries, shuffled))
    assert {named.own for named in here} == {named.own for named in there}


@settings(max_examples=100, deadline=None)
@given(DOCUMENTS, st.sampled_from(LINKS))
def test_no_two_distinct_entries_share_an_own_key_and_none_is_lost(entries, link):
    found = identified(entries, link=link).entries
    assert len({named.own for named in found}) == len(found)
    assert distinct(named.entry for named in found) == distinct(entries)


@settings(max_examples=100, deadline=None)
@given(DOCUMENTS, MODES)
def test_no_two_entries_of_one_document_share_a_key(entries, by):
    found = identified(entries, by)
    keys = [key for named in found.entries for key in named.keys]
    assert len(set(keys)) == len(keys)
    assert found.shared.isdisjoint(keys)
    assert all(len(named.keys) <= 3 for named in found.entries)


@settings(max_examples=100, deadline=None)
@given(DOCUMENTS, MODES)
def test_the_same_document_again_brings_nothing(entries, by):
    archive = Archive()
    archive.source = replace(archive.source, identity=by)
    archive.show(*entries)
    known = dict(archive.known)
    again = archive.show(*entries)
    assert (again.new, again.edits, archive.known) == ((), (), known)


@settings(max_examples=100, deadline=None)
@given(st.lists(ENTRIES.filter(lambda entry: entry.title or entry.summary), max_size=8), st.data())
def test_what_was_seen_is_known_in_any_later_part_of_the_document(entries, data):
    archive = Archive()
    archive.show(*entries)
    later = data.draw(st.lists(st.sampled_from(entries), unique_by=id)) if entries else []
    keys = [sighting.item.keys[0] for sighting in archive.show(*later).new]
    assert not keys


@settings(max_examples=100, deadline=None)
@given(DOCUMENTS, DOCUMENTS)
def test_an_entry_of_which_no_name_was_ever_seen_is_always_new(entries, more):
    archive = Archive()
    archive.show(*entries)
    known = set(archive.known)
    made = archive.show(*more)
    new = {key for sighting in made.new for key in sighting.item.keys}
    unheard = [named for named in identified(more).entries if known.isdisjoint(named.keys)]
    assert all(named.own in new for named in unheard)


@settings(max_examples=100, deadline=None)
@given(DOCUMENTS)
def test_every_item_has_an_identity_of_its_own(entries):
    made = Archive().show(*entries)
    assert len({sighting.item.id for sighting in made.new}) == len(made.new)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(st.integers(0, 30), max_size=8, unique=True), max_size=6))
def test_well_named_entries_are_news_once_however_they_come_and_go(documents):
    archive, seen = Archive(), set()
    for document in documents:
        made = archive.show(
            *[
                Entry(guid=f"g{n}", title=f"Title {n}", link=f"https://x.example/{n}")
                for n in document
            ]
        )
        assert titles(made) == [f"Title {n}" for n in document if n not in seen]
        seen |= set(document)


@settings(max_examples=50, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from("gh"), st.sampled_from("12"), st.sampled_from("AB")), max_size=6
    )
)
def test_parsing_again_changes_no_name(said):
    body = "".join(
        f"<item><guid>{guid}</guid><link>https://x.example/{n}</link><title>{title}</title></item>"
        for guid, n, title in said
    )
    whole = f"<rss version='2.0'><channel>{body}</channel></rss>".encode()
    first, again = (
        identify(parse(whole, url=url)) for url in ("https://a.example/", "http://b.example/f")
    )
    assert [named.keys for named in first.entries] == [named.keys for named in again.entries]
    assert len(first.entries) == len(set(said))
