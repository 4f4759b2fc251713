"""OPML as readers export it becomes feeds; what could blow up is refused."""

import pytest

from monitor.feeds.opml import MAX_BYTES, Listing, OpmlError, Outline, Skipped, read_opml

DOCUMENT = """\
<?xml version="1.0" encoding="ISO-8859-1"?>
<opml version="1.0">
  <head><title>Subscriptions</title></head>
  <body>
    <outline text="World" title="World news">
      <outline text="Am\xe9rica" type="rss" xmlUrl=" https://a.example/feed " language="es"
               category="/latam/wire,fast"/>
      <outline text="No feed" type="link" url="https://b.example/"/>
      <outline text="Deeper"><outline text="C" xmlURL="https://c.example/"/></outline>
    </outline>
    <outline text="Again"><outline text="Other title" xmlUrl="https://c.example/"/></outline>
  </body>
</opml>
""".encode("latin-1")


def test_feeds_come_in_order_with_title_language_folders_and_categories():
    assert read_opml(DOCUMENT).feeds == (
        Outline(
            url="https://a.example/feed",
            title="América",
            language="es",
            tags=("World news", "latam", "wire", "fast"),
            line=6,
            column=7,
        ),
        Outline(
            url="https://c.example/",
            title="C",
            tags=("World news", "Deeper", "Again"),
            line=9,
            column=30,
        ),
    )


def test_a_document_without_feeds_is_empty():
    assert read_opml(b"<opml version='2.0'><body/></opml>") == Listing(bare="it lists no feed")


def test_titles_are_one_printable_line():
    document = f'<opml><outline text="a&#10;b &#x202E; {"c" * 200}" xmlUrl="x"/></opml>'
    (outline,) = read_opml(document.encode()).feeds
    assert outline.title.startswith("a b c")
    assert outline.title.isprintable()
    assert len(outline.title) == 100


@pytest.mark.parametrize(
    ("document", "words"),
    [
        (b"", "not XML"),
        (b"<opml>", "cut off at line 1, before any feed"),
        (b"<opml>\n<body>\n<outline text='a' xmlUrl='https://a.exam", "cut off at line 3"),
        (b"<opml><outline></opml>", "not XML"),
        (b"<rss version='2.0'/>", "not OPML"),
        (b"<!DOCTYPE opml [<!ENTITY a 'b'>]><opml>&a;</opml>", "declares an entity"),
        (b"<!DOCTYPE opml [<!ENTITY % a SYSTEM 'b'> %a;]><opml/>", "declares an entity"),
        (b"<!DOCTYPE opml SYSTEM 'a' [<!ENTITY a SYSTEM 'b'>]><opml/>", "declares an entity"),
        (b"<opml>" + b"<outline text='a'>" * 32, "nested deeper than 32"),
        (b"<opml>" + b"<outline/>" * 100_001 + b"</opml>", "more than 100000 outlines"),
        (b" " * (MAX_BYTES + 1), "larger than"),
    ],
)
def test_what_is_no_opml_is_refused_with_a_reason(document, words):
    with pytest.raises(OpmlError, match=words):
        read_opml(document)


@pytest.mark.parametrize(
    "doctype",
    [
        "<!DOCTYPE opml>",
        "<!doctype opml>",
        '<!DOCTYPE opml PUBLIC "-//a//b"\n  "http://a.example/opml.dtd">',
        "<!DOCTYPE opml SYSTEM 'file:///etc/passwd'>",
        "<!DOCTYPE opml [<!ELEMENT opml (head, body)>]>",
    ],
)
def test_a_document_type_that_declares_no_entity_is_passed_over(doctype):
    feed = '<outline text="Caf&eacute;" xmlUrl="https://a.example/"/>'
    document = f"<?xml version='1.0'?>\n{doctype}\n<opml><body>{feed}</body></opml>"
    (outline,) = read_opml(document.encode()).feeds
    assert outline.title == "Café"
    assert outline.line == document.count("\n") + 1


def test_of_a_document_that_was_cut_off_what_is_whole_is_read():
    feeds = "".join(
        f'<outline text="A &amp; {n} > 0" xmlUrl="https://a.example/{n}00?a=1&b=2"/>\n'
        for n in range(3)
    )
    document = f'<opml version="2.0"><body><outline text="News">\n{feeds}</outline></body></opml>'
    whole = read_opml(document.encode())
    assert (len(whole.feeds), whole.cut_at) == (3, 0)
    for end in range(document.index("</opml>") + 6):
        try:
            listing = read_opml(document[:end].encode())
        except OpmlError:
            assert document.find("/>") + 2 > end
        else:
            assert listing.feeds == whole.feeds[: len(listing.feeds)]
            assert listing.feeds
            assert listing.cut_at == document[:end].rstrip().count("\n") + 1


def test_the_commonest_flaws_of_exports_are_forgiven_and_places_stay():
    document = """<?xml version="1.0" encoding="UTF-8"?>
<opml><body>
  <outline text="Oil & gas &nbsp;&eacute;" my:x="1" xmlUrl="https://x.example/?a=1&b=2"/>
</body></opml>"""
    (outline,) = read_opml(document.encode()).feeds
    assert (outline.title, outline.url) == ("Oil & gas é", "https://x.example/?a=1&b=2")
    assert (outline.line, outline.column) == (3, 3)


def test_what_mending_does_not_help_is_refused_for_its_first_flaw():
    with pytest.raises(OpmlError, match="not XML") as caught:
        read_opml(b"<opml>\n<outline text='a & b'>\n</opml>")
    assert caught.value.line == 2


def test_a_refusal_says_where():
    with pytest.raises(OpmlError) as caught:
        read_opml(b"<opml>\n  <body>\n  </bdy>\n</opml>")
    assert (caught.value.line, caught.value.column) == (3, 5)


ONE = '<opml><body><outline text="América 新聞 " xmlUrl="https://a.example/"/></body></opml>'


@pytest.mark.parametrize(
    ("declared", "written"),
    [
        ("UTF-8", "windows-1252"),
        ("UTF-8", "iso-8859-1"),
        ("ISO-8859-1", "utf-8"),
        ("utf-16", "utf-8"),
        ("nonsense", "utf-8"),
        ("zip", "utf-8"),
        ("UTF-8", "utf-16"),
        ("", "windows-1252"),
        ("Shift_JIS", "shift_jis"),
        ("ISO-2022-JP", "iso-2022-jp"),
        ("gb2312", "gb18030"),
        ("utf-16", "utf-16-be"),
    ],
)
def test_the_bytes_decide_where_the_declared_encoding_is_wrong(declared, written):
    title = "América" if written[:3] in {"win", "iso"} and "2022" not in written else "新聞"
    document = ONE.replace("América 新聞 ", title)
    if declared:
        document = f'<?xml version="1.0" encoding="{declared}"?>\n{document}'
    (outline,) = read_opml(document.encode(written)).feeds
    assert outline.title == title


@pytest.mark.parametrize(
    "before", ["\n\n", "\ufeff\n", "Here it is:\n", '<?xml version="1.7"?>\n', "\x0b"]
)
def test_what_stands_before_the_document_is_passed_over(before):
    document = f'{before}<?xml version="1.0"?>\n{ONE}'
    (outline,) = read_opml(document.encode()).feeds
    assert outline.url == "https://a.example/"
    assert outline.line == document.count("\n") + 1


def test_what_xml_can_not_hold_becomes_a_blank():
    (outline,) = read_opml(ONE.replace(" 新", "\x03新").encode()).feeds
    assert outline.title == "América 新聞"


@pytest.mark.parametrize("kind", ["", "rss", "RSS", "atom"])
def test_an_address_under_another_name_is_one(kind):
    document = (
        f'<opml version="1.1"><outline text="A" type="{kind}" url="https://a.example/"/></opml>'
    )
    assert [each.url for each in read_opml(document.encode()).feeds] == ["https://a.example/"]


def test_what_can_be_no_feed_is_skipped_with_a_reason():
    document = b"""<opml><body>
<outline text="Site" type="rss" htmlUrl="https://b.example/"/>
<outline text="Page" type="link" url="https://c.example/"/>
<outline text="Lost" type="rss"/>
<outline text="A note"/><outline text="Folder"><outline text="in it"/></outline>
</body></opml>"""
    site, page, lost = read_opml(document).skipped
    assert (site.address, site.line) == ("https://b.example/", 2)
    assert "a site and no feed" in site.reason
    assert page == Skipped(address="https://c.example/", reason="it is a link, not a feed", line=3)
    assert lost == Skipped(address="Lost", reason="it has no address", line=4)


def test_a_feed_that_is_named_again_is_counted():
    assert read_opml(DOCUMENT).repeated == 1
