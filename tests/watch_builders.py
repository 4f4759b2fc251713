"""Terms, entities and watchlists with defaults, and the shortest way to match a text."""

from typing import Any

from builders import an_item

from monitor.model import Match
from monitor.watch.matcher import Matcher
from monitor.watch.rules import Entity, EntityRef, Rule, Watchlist
from monitor.watch.terms import Term, parse_term


def terms(*written: str) -> tuple[Term, ...]:
    return tuple(map(parse_term, written))


def rules(*given: Rule | str) -> tuple[Rule, ...]:
    """A string stands for a term."""
    return tuple(parse_term(rule) if isinstance(rule, str) else rule for rule in given)


def a_watchlist(*match: Rule | str, none: tuple[Rule | str, ...] = (), **changes: Any) -> Watchlist:
    return Watchlist(**{"name": "desk", "match": rules(*match), "none": rules(*none)} | changes)


MADURO = Entity(
    key="maduro",
    name="Nicolás Maduro",
    aliases=terms(
        "Nicolás Maduro",
        "Nicolás Maduro Moros",
        "Maduro, Nicolás",
        "Мадуро",
        "马杜罗",
        "マドゥロ",
        "마두로",
        "مادورو",
        "मादुरो",
    ),
    ambiguous=terms("=Maduro"),
    context=terms("Venezuela", "Wenezuela", "Caracas", "Miraflores", "PDVSA", "Delcy Rodríguez"),
    exclude=terms(
        "cigar*", "tobacco", "wrapper", "plantain*", "plátano*", "Madurodam", "Ricardo Maduro"
    ),
)


def on_maduro(**changes: Any) -> Matcher:
    return Matcher([a_watchlist(EntityRef(key="maduro"), **changes)], {"maduro": MADURO})


def matches(matcher: Matcher, title: str = "", **changes: Any) -> tuple[Match, ...]:
    return matcher.match(an_item(title=title, **changes))


def found(title: str, *match: Rule | str, **changes: Any) -> list[str]:
    """The texts a watchlist of these rules finds in a title; empty where it does not fire."""
    fired = matches(Matcher([a_watchlist(*match, **changes)], {"maduro": MADURO}), title)
    return [evidence.text for match in fired for evidence in match.evidence]
