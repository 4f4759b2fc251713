"""What `monitor export` writes is read again, whatever its form."""

from datetime import timedelta

import pytest
from config_builders import Folder

from monitor.cli.export import FORMS
from monitor.config.intake import Intake
from monitor.feeds.opml import read_opml
from monitor.feeds.opml.plain_list import read_list
from monitor.model import Source

SOURCES = (
    Source(url="https://a.example/", name="A: Wire", tags=frozenset({"wire", "a/b"})),
    Source(
        url="https://b.example/?a=1&b=2",
        name="Nicolás “B” <b>",
        language="es",
        every=timedelta(minutes=90),
        priority=2.5,
        fulltext=True,
        verify_tls=False,
        identity="link",
        user_agent="Desk/1.0",
        first_poll="alert",
    ),
)


def imported(feeds):
    intake = Intake(addresses=set(), names=set())
    for feed in feeds:
        intake.take("feeds", feed)
    return intake.entries


def test_yaml_keeps_every_option(tmp_path):
    loaded = Folder(tmp_path).load(FORMS["yaml"](SOURCES))
    assert loaded.settings.sources == SOURCES


def test_opml_keeps_name_tags_and_language():
    first, second = imported(read_opml(FORMS["opml"](SOURCES).encode()).feeds)
    assert (first["name"], set(first["tags"])) == ("A: Wire", {"wire", "a/b"})
    assert (second["name"], second["language"]) == ("Nicolás “B” <b>", "es")


def test_a_list_keeps_names():
    entries = imported(read_list(FORMS["list"](SOURCES)))
    assert [(each["url"], each["name"]) for each in entries] == [
        (source.url, source.name) for source in SOURCES
    ]


@pytest.mark.parametrize(("form", "empty"), [("opml", "<body>"), ("list", ""), ("yaml", "[]")])
def test_nothing_is_a_valid_document_all_the_same(form, empty):
    assert empty in FORMS[form](())
    assert form != "opml" or read_opml(FORMS[form](()).encode()).feeds == ()
