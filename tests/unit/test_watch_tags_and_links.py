"""Tags stand each by itself, and links are read as people see them."""

import pytest
from watch_builders import a_watchlist, matches

from monitor.watch.matcher import Matcher

LINK = "https://wire.example/latin%20venezuela/v%C3%A9n%C3%A9zuela-1"


def found(term, *, field, **item):
    fired = matches(Matcher([a_watchlist(term, fields=(field,))], {}), "-", **item)
    return [(evidence.text, evidence.start) for match in fired for evidence in match.evidence]


def test_a_phrase_does_not_reach_from_tag_to_tag():
    assert found("oil price", field="tags", tags=("oil", "price war")) == []
    assert found("/oil.+price/", field="tags", tags=("oil", "price war")) == []
    assert found("price war", field="tags", tags=("oil", "price war")) == [("price war", 5)]


@pytest.mark.parametrize(
    ("term", "text"),
    [
        ("latin venezuela", "latin%20venezuela"),
        ("vénézuela", "v%C3%A9n%C3%A9zuela"),
        ("=vénézuela", "v%C3%A9n%C3%A9zuela"),
        ("wire", "wire"),
    ],
)
def test_a_link_is_decoded_and_its_places_are_those_of_the_link(term, text):
    assert (text, LINK.index(text)) in found(term, field="url", link=LINK)


@pytest.mark.parametrize("link", ["https://x.example/%", "https://x.example/%zz/%E9/%C3/a"])
def test_a_link_that_is_wrongly_encoded_is_read_as_far_as_it_goes(link):
    assert found("example", field="url", link=link) == [("example", link.index("example"))]
