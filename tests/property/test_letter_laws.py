"""Laws of mail: whatever a feed says, the mail is one, and says it to those it is for."""

from email import message_from_bytes
from email.policy import default
from html.parser import HTMLParser

from alert_builders import WEBHOOK_ID, a_message, a_notifier
from builders import NOW
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.notify.letter import letter

DESK = a_notifier("email", sender="Desk <desk@news.example>", to=("ann@x.example", "ben@x.example"))
HEADERS = {
    "From",
    "To",
    "Subject",
    "Date",
    "Message-ID",
    "References",
    "List-Id",
    "Auto-Submitted",
    "Importance",
    "MIME-Version",
    "Content-Type",
}
TEXTS = st.text() | st.text(alphabet="\r\n<>&\"'=?ab :\u2028\x85\x0b\x0c", max_size=60)


class Tags(HTMLParser):
    def __init__(self):
        super().__init__()
        self.found = set()

    def handle_starttag(self, tag, attrs):
        self.found |= {tag, *(f"{tag}.{name}" for name, _ in attrs)}


@settings(max_examples=100, deadline=None)
@given(title=TEXTS, summary=TEXTS, author=TEXTS, link=TEXTS)
def test_no_text_adds_a_header_a_tag_or_a_line_too_long(title, summary, author, link):
    whole = a_message(title=title, summary=summary, author=author, link=f"https://x.example/{link}")
    raw = letter(whole, DESK, webhook_id=WEBHOOK_ID, now=NOW, plain=False).as_bytes()
    read = message_from_bytes(raw, policy=default)
    assert set(read.keys()) == HEADERS
    assert read["To"] == "ann@x.example, ben@x.example"
    assert raw.isascii()
    assert max(map(len, raw.split(b"\r\n"))) <= 998
    assert read.defects == []
    assert raw == letter(whole, DESK, webhook_id=WEBHOOK_ID, now=NOW, plain=False).as_bytes()
    tags = Tags()
    tags.feed(read.get_body(preferencelist=("html",)).get_content())
    assert tags.found <= {"html", "body", "p", "strong", "h3", "blockquote", "a", "a.href"}
