"""The words of a web address, read as people see it: v%C3%A9n%C3%A9zuela is vénézuela. Pure."""

import re
from typing import Final

from monitor.watch.words.text import Tokens, tokenise

_ENCODED: Final = re.compile("(?:%[0-9A-Fa-f]{2})+")


def link_words(link: str) -> Tokens:
    """Return the words of an address with their places in it as it stands."""
    encoded = list(_ENCODED.finditer(link))
    if not encoded:
        return tokenise(link, addresses=True)
    letters: list[str] = []
    places: list[int] = []  # by letter: where it stands in the link; at last the link's length
    at = 0
    for part in encoded:
        letters += link[at : part.start()]
        places += range(at, part.start())
        for letter, start in _decoded(part):
            letters.append(letter)
            places.append(start)
        at = part.end()
    letters += link[at:]
    places += range(at, len(link) + 1)
    tokens = tokenise("".join(letters), addresses=True)
    spans = tokens.spans(len(tokens.words))
    return Tokens.placed(
        link,
        tokens.spellings(0, len(spans)),
        [(places[start], places[end]) for start, end in spans],
        encoded=True,
    )


def _decoded(part: re.Match[str]) -> list[tuple[str, int]]:
    """Return the letters that a row of encoded bytes stands for, each with its place."""
    data = bytes.fromhex(part[0].replace("%", ""))
    text = data.decode("utf-8", "replace")
    sizes = [len(letter.encode()) if letter != "\ufffd" else 1 for letter in text]
    starts = [part.start() + 3 * sum(sizes[:number]) for number in range(len(text))]
    return list(zip(text, starts, strict=True))
