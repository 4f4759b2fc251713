"""Laws of mending and of decoding: what is well made stays what it is, and nothing raises."""

from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from monitor.feeds.mending import flaw, mend
from monitor.feeds.reading.decoding import decode
from monitor.feeds.reading.inner_entries import without_inner_entries
from monitor.feeds.reading.nesting import nest

TEXTS = st.text(
    st.characters(blacklist_categories=["Cs", "Cc"], blacklist_characters="\ufffe\uffff"),
    max_size=20,
)
PIECES = st.lists(
    st.sampled_from(
        ["<title>", "</title>", "<item>", "</item>", "<link/>", "<![CDATA[", "]]>", "&", "&amp;", "&nbsp;", "&eacute",
         "&#38;", "<", ">", "<!--", "-->", "x:", "<x:y>", "</x:y>", " a='", "'", '"', "=", "é", "\n", "rss", "<?a b?>"]
    ) | TEXTS,
    max_size=25,
).map("".join)  # fmt: skip


@st.composite
def trees(draw, depth=3):
    leaf = not depth or draw(st.booleans())
    names = ["title", "link", "guid", "description"] if leaf else ["item", "entry", "x"]
    element = etree.Element(draw(st.sampled_from(names)))
    element.text = draw(TEXTS)
    for name in draw(st.lists(st.sampled_from("ab"), max_size=2)):
        element.set(name, draw(TEXTS))
    for child in [] if leaf else draw(st.lists(trees(depth - 1), max_size=2)):
        child.tail = draw(TEXTS)
        element.append(child)
    return element


@settings(max_examples=100, deadline=None)
@given(trees())
def test_what_is_well_formed_means_the_same_when_mended(tree):
    written = etree.tostring(tree, encoding="unicode")
    assert flaw(written) is None
    again = etree.fromstring(mend(written))
    assert etree.tostring(again, method="c14n") == etree.tostring(tree, method="c14n")


@settings(max_examples=100, deadline=None)
@given(PIECES)
def test_mending_never_raises_and_never_spoils_what_was_well_formed(text):
    broken = f"<rss>{text}</rss>"
    mended = mend(broken)
    if flaw(broken) is None:
        assert flaw(mended) is None


@settings(max_examples=100, deadline=None)
@given(trees())
def test_putting_tags_in_order_never_changes_what_is_well_formed(tree):
    written = etree.tostring(tree, encoding="unicode")
    assert nest(written) == written


TAGS = st.lists(
    st.sampled_from(
        ["<title>", "</title>", "</titel>", "<item>", "</item>", "<entry>", "</Entry >", "<link href=/1>", "<link/>", "<br>", "</br>",
         "<p>", "</p>", "</b>", "<a b=1 b='2' c d=\">", "<a b='x>", "<![CDATA[", "]]>", "]>", "<!--", "-->", "&", "&nbsp;", "&#38;", "<", ">",
         "<x:y z:a='1'>", "</x:y>", "</channel>", "<channel>", "</rss>", "<?a b?>", "<!a>", "é", "text", "'", '"', "\n", "/"]
    ),
    max_size=25,
).map("".join)  # fmt: skip


@settings(max_examples=100, deadline=None)
@given(TAGS)
def test_whatever_the_tags_what_is_put_in_order_is_well_formed_and_keeps_its_entries(text):
    broken = f"<rss><channel>{text}</channel></rss>"
    in_order = nest(broken)
    assert flaw(in_order) is None
    assert nest(in_order) == in_order


QUOTING = st.recursive(
    st.sampled_from(["<item/>", "<x a='>'/>", "<![CDATA[<item>]]>", "<!-- </item> -->", "<?x <entry> ?>", "text"]),
    lambda inner: st.builds(
        "<{0}>{1}</{0}>".format,
        st.sampled_from(["item", "entry", "feed", "x"]),
        st.lists(inner, max_size=4).map("".join),
    ),
    max_leaves=30,
)  # fmt: skip


@settings(max_examples=100, deadline=None)
@given(QUOTING)
def test_no_entry_is_left_in_another_and_none_is_lost_that_stood_outside(text):
    written = f"<rss><channel>{text}</channel></rss>"
    tree, outer = etree.fromstring(written), etree.fromstring(without_inner_entries(written))
    assert not outer.xpath("//*[self::item or self::entry]//*[self::item or self::entry]")
    outside = "//*[self::item or self::entry][not(ancestor::item or ancestor::entry)]"
    direct = "//*[self::item or self::entry][not(ancestor::*[not(self::item or self::entry)][ancestor::item or ancestor::entry])]"
    assert len(outer.xpath(outside)) == len(tree.xpath(direct))


ITEMS = st.lists(
    st.sampled_from(["<title>A</title>", "<title>A</titel>", "<title>A", "<link>/1", "<guid>1</gui>", "<b>x", "</p>", "<br>", "&"]),
    min_size=1,
    max_size=4,
)  # fmt: skip


@settings(max_examples=100, deadline=None)
@given(
    st.lists(ITEMS, min_size=1, max_size=5), st.sampled_from(["</item>", "", "</Item>", "</itme>"])
)
def test_no_entry_is_lost_or_invented_by_tags_that_are_wrong(items, end):
    inside = "".join(f"<item>t{''.join(item)}{end}" for item in items)
    in_order = etree.fromstring(nest(f"<rss><channel>{inside}</channel></rss>"))
    assert len(in_order.findall("channel/item")) == len(items)


@settings(max_examples=100, deadline=None)
@given(
    st.binary(max_size=200),
    st.sampled_from(["", "utf-8", "windows-1251", "shift_jis", "nonsense", "utf-7"]),
)
def test_any_bytes_are_text_of_characters(body, label):
    head = f"<?xml version='1.0' encoding='{label}'?>".encode()
    for given_body in (body, head + body):
        text, problems = decode(given_body, content_type=f"text/xml; charset={label}")
        assert text.encode("utf-8", "strict") is not None
        assert all(problem.message for problem in problems)


WESTERN = [
    "l’été",
    "déjà",
    "niño",
    "señal",
    "über",
    "größer",
    "não",
    "à",
    "ações",
    "«",
    "»",
    "—",
    "où",
    "cœur",
    "naïve",
    "façade",
    "the",
    "of",
    "and",
]


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.sampled_from(WESTERN), min_size=2).map(" ".join),
    st.sampled_from(["utf-8", "cp1252", "utf-16", "utf-8-sig"]),
    st.sampled_from(["", "utf-8", "iso-8859-1", "windows-1252", "no such charset"]),
)
def test_western_text_is_read_back_whatever_it_is_written_in_and_called(text, codec, label):
    written = f"<rss>{text}</rss>"
    body = written.encode(codec)
    assert decode(body, content_type=f"text/xml; charset={label}")[0] == written
