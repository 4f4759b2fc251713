"""What terms, nearness, counts and entities mean to the people who write them."""

import pytest
from builders import an_item
from watch_builders import MADURO, a_watchlist, matches
from watch_table import rows

from monitor.watch.matcher import Matcher
from monitor.watch.rules import AtLeast, EntityRef, Near
from monitor.watch.terms import parse_term


@pytest.mark.parametrize(("language", "term", "text", "expected"), rows())
def test_a_term_finds(language, term, text, expected):
    matcher = Matcher([a_watchlist(parse_term(term))], {})
    found = [e.text for m in matches(matcher, text, language=language) for e in m.evidence]
    assert found == [part for part in expected.split(", ") if part]


def fires(rule, title, language="en"):
    matcher = Matcher([a_watchlist(rule)], {"maduro": MADURO})
    return [
        e.text for m in matcher.match(an_item(title=title, language=language)) for e in m.evidence
    ]


CLOSED = (tuple(map(parse_term, ["airspace"])), tuple(map(parse_term, ["closed", "closure"])))


@pytest.mark.parametrize(
    ("options", "title", "expected"),
    [
        ({"within": 1}, "airspace closed", "airspace closed"),
        ({"within": 1}, "airspace is closed", ""),
        ({"within": 2}, "airspace is closed", "airspace closed"),
        ({"within": 2}, "closed its airspace", "closed airspace"),
        ({"within": 2, "ordered": True}, "closed its airspace", ""),
        ({"within": 2}, "airspaces: closing", "airspaces closing"),
        ({"within": 2}, "airspace. Closed shops", "airspace Closed"),
        ({"within": 2, "same_sentence": True}, "the airspace. Closed shops", ""),
        ({"within": 3, "same_sentence": True}, "the U.S. airspace is closed", "airspace closed"),
        ({"within": 3, "same_sentence": True}, "airspace of the U.S. closed", ""),
        (
            {"within": 9, "same_sentence": True},
            "airspace, says Gen. Ruiz, closed",
            "airspace closed",
        ),
        ({"within": 1}, "airspace—closed", "airspace closed"),
        ({"within": 1}, "closed airspace closed", "closed airspace closed"),
        ({"within": 1}, "closed shops, closed airspace", "closed airspace"),
    ],
)
def test_near_counts_words(options, title, expected):
    assert fires(Near(groups=CLOSED, **options), title) == expected.split()


def test_hits_that_overlap_are_not_near():
    groups = (tuple(map(parse_term, ["Trump"])), tuple(map(parse_term, ["Donald Trump"])))
    assert fires(Near(groups=groups, within=5), "Donald Trump") == []
    assert fires(Near(groups=groups, within=5), "Donald Trump, Trump") == ["Donald Trump", "Trump"]


@pytest.mark.parametrize(
    ("of", "title", "holds"),
    [
        (["OPEC", "Brent", "barrel*"], "OPEC and OPEC", False),
        (["OPEC", "Brent", "barrel*"], "OPEC barrels", True),
        (["OPEC", "opec", "Opec"], "OPEC", False),
        (["OPEC", "OPEC", "Brent"], "OPEC on Brent", True),
        (["oil", "oil price*"], "oil prices", False),
        (["oil", "oil price*"], "oil prices and oil", True),
        (["sanction", "sanctions"], "New sanctions", False),
        (["U.S.", "US"], "U.S.", False),
        (["a", "b", "c"], "b and a", True),
    ],
)
def test_at_least_two_counts_terms_in_different_places(of, title, holds):
    assert bool(fires(AtLeast(count=2, rules=tuple(map(parse_term, of))), title)) is holds


@pytest.mark.parametrize(
    ("language", "title", "expected"),
    [
        ("pl", "Sąd wezwał prezydenta Nicolasa Madury", ["Nicolasa Madury"]),
        ("pl", "USA pojmały Madurę. Wenezuela w szoku", ["Madurę"]),
        ("pl", "USA pojmały Madurę", []),
        ("hr", "Sud u New Yorku: Maduru čeka suđenje, Caracas šuti", ["Maduru"]),
        ("es", "Maduro y los plátanos maduros de Caracas", ["Maduro"]),
        ("ru", "Суд над Мадуро", ["Мадуро"]),
        ("", "Prezydent Nicolas Maduro został pojmany przez żołnierzy", ["Nicolas Maduro"]),
        ("en-US", "Według mediów zatrzymano Nicolasa Madurę i jego żonę", ["Nicolasa Madurę"]),
    ],
)
def test_an_entity_is_found_in_its_forms(language, title, expected):
    assert fires(EntityRef(key="maduro"), title, language) == expected


@pytest.mark.parametrize(
    ("said", "title"),
    [
        ("en-US", "Unia Europejska przygotowuje nowe sankcje wobec Rosji, mówią źródła"),
        ("", "Komisja zapowiada nałożenie dalszych sankcji na rosyjskie spółki"),
        ("pl", "Sankcjami grozi im prezydent"),
    ],
)
def test_a_text_is_read_in_the_language_it_shows(said, title):
    assert len(fires(parse_term("sankcja"), title, said)) == 1
