"""What a feed says is told from what its articles' pages said."""

from builders import NOW, a_state, an_entry, an_item

from monitor.feeds.identity import Identified, Named
from monitor.feeds.identity.page_text import as_fed, with_pages
from monitor.feeds.identity.recognition import Memory
from monitor.model import Edit, ItemId, Known

PAGE = "The whole text of the article as it stands on its own page."
ID = ItemId("item-1")


def named(entry, own="1" * 32):
    return Named(
        entry=entry,
        own=own,
        place="",
        title="",
        fingerprint="",
        link_key="",
        given=True,
        dated=True,
    )


def remembered(stored, entry):
    """What the memory holds of a stored entry when the feed says `entry`."""
    memory = Memory(
        state=a_state(),
        known={"1" * 32: Known(item=ID)},
        items={ID: an_item(ID, **stored)},
    )
    return as_fed(memory, Identified(entries=(named(entry),))).items[ID].entry


def edited(stored, entry):
    edit = Edit(item=ID, entry=entry, changed=("title",))
    [after] = with_pages([edit], {ID: an_item(ID, **stored)})
    return after.entry


def test_the_pages_text_counts_as_what_the_feed_says_now():
    assert remembered({"content": PAGE}, an_entry(content="Short.")).content == "Short."
    assert remembered({"content": PAGE}, an_entry()).content == ""


def test_everything_else_stays_as_it_is_stored():
    before = remembered({"content": PAGE, "title": "Before", "summary": "S"}, an_entry())
    assert (before.title, before.summary, before.published) == ("Before", "S", NOW)


def test_a_shorter_content_was_the_feeds_own():
    entry = an_entry(content=PAGE + PAGE)
    assert remembered({"content": PAGE}, entry).content == PAGE


def test_an_edit_keeps_the_pages_text():
    after = edited({"content": PAGE}, an_entry(title="After", content="Short."))
    assert (after.title, after.content) == ("After", PAGE)


def test_an_edit_with_more_text_has_its_own():
    assert edited({"content": PAGE}, an_entry(content=PAGE + PAGE)).content == PAGE + PAGE


def test_what_is_not_remembered_stays_as_it_is():
    edit = Edit(item=ID, entry=an_entry(content="Short."), changed=("text",))
    assert with_pages([edit], {}) == (edit,)
    memory = Memory(state=a_state(), known={})
    assert as_fed(memory, Identified(entries=(named(an_entry()),))).items == {}
