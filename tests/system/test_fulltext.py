"""What only an article's own page says reaches the desk: a real daemon, real parser processes."""

from datetime import timedelta

from desk import CONFIG, Desk
from poller import Poller

from monitor.feeds.parsers.pool import ParserPool
from monitor.model import ErrorKind, Failed, Source
from monitor.testing.server import Answer

TEXT = CONFIG.replace("sources: {sources}", "sources: [{{url: {sources}, fulltext: yes}}]")
HTML = (("Content-Type", "text/html; charset=utf-8"),)
SUMMARY = "The president spoke before parliament about the economy and the border on Sunday."


def a_page(*paragraphs):
    body = "".join(f"<p>{words}</p>" for words in paragraphs)
    page = f"<!doctype html><html><body><article><h1>Report</h1>{body}</article></body></html>"
    return Answer(headers=HTML, body=page.encode())


class Outlet:
    """A site with a feed of headlines and pages of its own."""

    def __init__(self, desk):
        self.desk = desk
        self.pages = {}
        newsroom = desk.newsroom
        desk.server.handler = lambda request: self.pages.get(request.target) or newsroom(request)

    def publish(self, **titles):
        """Publish headlines, each by the name of its page."""
        items = "".join(
            f"<item><title>{title}</title><guid isPermaLink='false'>{page}</guid>"
            f"<link>{self.desk.server.url(f'/{page}')}</link></item>"
            for page, title in titles.items()
        )
        feed = f"<rss version='2.0'><channel><title>Wire</title>{items}</channel></rss>"
        self.desk.publish("/wire", feed.encode())

    def asked(self):
        return [request.target for request in self.desk.server.requests]


def configure(desk):
    desk.configure(text=TEXT.replace("{sources}", desk.server.url("/wire")))


async def test_a_term_that_stands_only_on_the_page_alerts(tmp_path):
    async with Desk(tmp_path) as desk:
        outlet = Outlet(desk)
        outlet.publish(quiet="A quiet day")
        configure(desk)
        await desk.start()
        await desk.polled("/wire", 1)
        outlet.pages["/speech"] = a_page(
            "A report from Caracas.", "Nicolás Maduro spoke on Sunday."
        )
        outlet.publish(speech="President speaks", quiet="A quiet day")
        await desk.until(lambda: desk.titles() == ["President speaks"])
        [receipt] = desk.siem.verified
        [match] = receipt.message["data"]["matches"]
        assert (match["field"], match["text"]) == ("content", "Maduro")
        explained = await desk.run("explain", receipt.message["data"]["alert"]["id"], "--json")
        assert explained.code == 0
        await desk.polled("/wire", 2)
        assert outlet.asked().count("/speech") == 1
        assert desk.titles() == ["President speaks"]


async def test_a_page_that_takes_too_long_to_read_is_given_up_and_the_next_is_read():
    huge = a_page(*[f"Paragraph {n} <a href='/{n}'>of</a> very many." for n in range(20_000)])
    async with ParserPool(1, deadline=timedelta(seconds=3)) as parsers:
        failed = await parsers.extract(huge.body, url="https://wire.example/huge")
        assert isinstance(failed, Failed)
        assert failed.kind is ErrorKind.PARSE
        text = await parsers.extract(a_page("Nicolás Maduro spoke on Sunday.").body)
        assert "Nicolás Maduro spoke on Sunday." in text


def a_feed(title, *, hour, name="page"):
    item = (
        f"<item><title>{title}</title><guid isPermaLink='false'>{name}</guid><link>/{name}</link>"
        f"<description>{SUMMARY}</description>"
        f"<pubDate>Sun, 30 Nov 2025 {hour}:00:00 GMT</pubDate></item>"
    )
    return f"<rss version='2.0'><channel><title>Wire</title>{item}</channel></rss>".encode()


async def test_an_edited_headline_is_the_same_item_and_keeps_its_pages_text(tmp_path):
    async with Poller(tmp_path) as poller:
        await poller.configure(Source(url=poller.url(), name="Wire", fulltext=True))
        poller.publish(a_feed("An old headline of another day", hour=10, name="old"))
        await poller.poll()
        paragraphs = [f"Sentence {n} says word{n} and other{n}." for n in range(200)]
        poller.play(a_page("Maduro spoke in Caracas.", *paragraphs), "/page")
        poller.publish(a_feed("President speaks before parliament", hour=20))
        await poller.poll()
        assert poller.alerts() == ["President speaks before parliament"]

        poller.publish(a_feed("Applause, boos after three hours", hour=21))
        await poller.poll()
        assert poller.alerts() == ["President speaks before parliament"]
        assert len(poller.requests("/page")) == 1
        _, item = poller.items()
        assert item.entry.title == "Applause, boos after three hours"
        assert "Maduro spoke in Caracas." in item.entry.content
