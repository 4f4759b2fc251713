"""Documents of a feed as tests of identity publish them, poll by poll."""

from datetime import timedelta
from email.utils import format_datetime
from xml.sax.saxutils import escape

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MINUTE = timedelta(minutes=1)
TEXT = (
    "The president spoke to thousands of supporters gathered before the palace while soldiers"
    " closed every road leading out of the capital."
)
OTHER_TEXT = "Rain is expected along northern coasts tomorrow, followed by sunshine at the weekend."


def item(title="", *, guid="", link="", at=None, text="", more=""):
    """Return an entry of RSS; `at` is its date."""
    parts = {
        "title": escape(title),
        "guid": escape(guid),
        "link": escape(link),
        "pubDate": format_datetime(at) if at else "",
        "description": escape(text),
    }
    said = "".join(f"<{name}>{value}</{name}>" for name, value in parts.items() if value)
    return f"<item>{said}{more}</item>"


def rss(*items, more=""):
    channel = f"<title>Wire</title><link>https://wire.example/</link>{more}{''.join(items)}"
    return (
        '<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"'
        ' xmlns:fh="http://purl.org/syndication/history/1.0">'
        f"<channel>{channel}</channel></rss>"
    ).encode()


def article(number, *, at=None, title="", **changes):
    """Return an entry with a guid, a link, a title and a date of its own."""
    return item(
        title or f"Maduro, part {number} of the news",
        **{
            "guid": f"https://wire.example/?p={number}",
            "link": f"https://wire.example/story-{number}",
            "at": at,
            "text": f"{TEXT} Report {number}.",
        }
        | changes,
    )


async def show(desk, *items, after=HOUR, more="", path="/feed"):
    """Publish a document and poll it."""
    body = items[0] if len(items) == 1 and isinstance(items[0], bytes) else rss(*items, more=more)
    desk.publish(body, path)
    return await desk.poll(path, after=after)


def past(desk, age=HOUR):
    return desk.clock() - age
