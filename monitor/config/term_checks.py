"""What is probably not meant in one valid term, wherever it stands. Pure."""

import re
from collections.abc import Iterator

from monitor.config.places import Placed
from monitor.config.problems import Code, Problem, quote
from monitor.config.tree import warning_at
from monitor.settings import Settings
from monitor.watch import lint
from monitor.watch.terms import Term


def term_doubts(each: Placed, languages: tuple[str, ...]) -> Iterator[Problem]:
    """Yield warnings about a term that counts by itself, in texts of some languages."""
    term = each.leaf
    assert isinstance(term, Term)
    if left := lint.left_of(term):
        message = f"{each.shown} is compared as {quote(left)}, for signs are not compared"
        advice = f"write a pattern, as in '/{re.escape(term.text.strip())}/'"
        yield doubt_at(each, Code.LOST_SIGNS, message, advice)
        return
    if language := lint.is_common(term, languages):
        message = f"{each.shown} is a very common {language} word, so nearly everything has it"
        advice = "leave it out, or combine it with others under all: or near:"
        yield doubt_at(each, Code.COMMON_WORD, message, advice)
    if language := lint.mistaken_for(term, languages):
        word = quote(term.text.lower())
        message = f"{each.shown} finds {word} too, an ordinary {language} word"
        yield doubt_at(each, Code.ACRONYM_WORD, message, f"write ={term.text} for capitals alone")
    if words := lint.common_beginnings(term, languages):
        listed = ", ".join(map(quote, words))
        which = "a word that stands" if len(words) == 1 else "words that stand"
        message = f"{each.shown} takes in {listed}, {which} nearly everywhere"
        yield doubt_at(
            each, Code.COMMON_PREFIX, message, "write more letters, or the words themselves"
        )


def spoken(settings: Settings) -> tuple[str, ...]:
    """Return the languages of the sources; all that are known where one does not say its own."""
    given = [source.language for source in settings.sources]
    return lint.known_languages(given if all(given) else ())


def doubt_at(each: Placed, code: Code, message: str, advice: str) -> Problem:
    """Return a warning with the place of a part of a rule."""
    return warning_at(each.node, code, message, advice, span=each.span)
