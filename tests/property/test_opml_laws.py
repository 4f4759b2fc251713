"""Whatever bytes are given as OPML: feeds or a refusal, never anything else."""

from contextlib import suppress

from hypothesis import example, given, settings
from hypothesis import strategies as st

from monitor.feeds.opml import OpmlError, read_opml

PIECES = st.sampled_from(
    ["<opml>", "</opml>", "<body>", "<outline ", 'text="A & B &nbsp;"', "xmlUrl='https://a.example/'",
     "url=x ", "type='rss' ", "htmlUrl='h' ", "/>", ">", "</outline>", "<?xml encoding='utf-16'?>",
     "<!DOCTYPE x>", "<![CDATA[", "]]>", "\ufeff", "\0", "\ud800", "é", "<opml", "&", "\n"]
)  # fmt: skip
ENCODINGS = st.sampled_from(["utf-8", "utf-16", "utf-16-le", "utf-32", "latin-1", "utf-7"])


@settings(max_examples=100, deadline=None)
@given(st.lists(PIECES, max_size=20).map("".join), ENCODINGS)
@example("<?xml encoding='punycode'?><opml/>", "utf-8")
def test_any_bytes_are_read_or_refused(text, encoding):
    for data in (text.encode(encoding, "replace"), text.encode("utf-8", "surrogatepass")):
        with suppress(OpmlError):
            assert all(each.url for each in read_opml(data).feeds)
