"""Says what an item tells, for comparing it with others: words become stems, stems numbers."""

import re
from typing import Final

from monitor.model import Gist, Item
from monitor.stories.calendar import CALENDAR
from monitor.stories.gist import FAR, NEAR, language_code, make_gist, term
from monitor.stories.keys import said_lately, untagged
from monitor.stories.slots import between, in_headline, is_sentence
from monitor.watch.words.stems import LANGUAGES, Stems
from monitor.watch.words.text import Tokens, tokenise

# Words behind another, and not behind the end of a sentence or the beginning of a quotation.
_INSIDE: Final = re.compile(r"(?<=[\w,;’'])\s(\w+)")
_ALL_NOUNS: Final = frozenset({"de", "lb"})  # languages that write every noun with a capital
_DATE: Final = re.compile(r"\b\d{1,2}[./-]\d{1,2}[./-]\d{2,4}\b")


class Gists:
    """Makes gists; it remembers the stems of words."""

    def __init__(self) -> None:
        """Begin without stems."""
        self._stems: dict[str, Stems] = {}

    def of(self, item: Item, language: str) -> Gist | None:
        """Return an item's gist in its language; None where it is too old to be told with others.

        `language` is a tag of any kind, "" where nobody knows it.
        """
        if not said_lately(item):
            return None
        entry, plain = item.entry, language_code(language)
        headline, text = untagged(entry.title), entry.summary or entry.content
        title = tokenise(headline)
        figures = [word.lstrip("0") or "0" for word in title.words if word.isdecimal()]
        days = [word for word in title.words if word in CALENDAR]
        return make_gist(
            self._cut(title, plain),
            self._cut(tokenise(text[:NEAR]), plain),
            self._cut(tokenise(text[NEAR:FAR]), plain),
            language=plain,
            figures=[*figures, *days],
            dated=bool(days) or _DATE.search(headline) is not None,
            names=self._names(text[:NEAR], plain),
            slots=self._slots(headline, text[:NEAR], plain),
        )

    def _slots(self, title: str, text: str, language: str) -> dict[str, tuple[str, str]]:
        """Return words of names by the words around them."""
        if language in _ALL_NOUNS:
            return {}
        told = [*(in_headline(title, text) if is_sentence(title) else ()), *between(text)]
        names = tokenise(" ".join(name for _, name in told))
        if len(names.words) != len(told):
            return {}
        words = zip(names.words, self._cut(names, language), strict=True)
        return dict(zip([around for around, _ in told], words, strict=True))

    def _names(self, text: str, language: str) -> list[str]:
        """Return what a text writes with a capital inside its sentences."""
        if language in _ALL_NOUNS:
            return []
        found = [word for word in _INSIDE.findall(text) if word[0].isupper()]
        return self._cut(tokenise(" ".join(found)), language) if found else []

    def words(self, item: Item, language: str) -> dict[int, str]:
        """Return an item's words, in small letters, by the terms they are in its gist."""
        plain = language_code(language)
        text = tokenise(f"{item.entry.title} {(item.entry.summary or item.entry.content)[:NEAR]}")
        stems = zip(self._cut(text, plain), text.raw, strict=True)
        return {term(plain, stem): word for stem, word in stems}

    def _cut(self, tokens: Tokens, language: str) -> list[str]:
        if language not in LANGUAGES:
            return tokens.words
        stems = self._stems.get(language)
        if stems is None:
            stems = self._stems[language] = Stems(language)
        return [stems[word] for word in tokens.raw]
