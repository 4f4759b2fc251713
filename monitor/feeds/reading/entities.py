"""The entities that a document declares for itself become the text they stand for, within bounds.

Pure: never touches network, clock or disk. Only names with a text of their own count: what stands
in another file is never asked for (XML 1.0, 4.2.2), and what would grow without limit is refused.
"""

import re

from monitor.feeds.mending import outside_cdata

_DECLARED = re.compile(r"<!ENTITY\s++([A-Za-z_][\w.-]{0,60})\s++(?:\"([^\"]*+)\"|'([^']*+)')\s*+>")
_REFERENCE = re.compile(r"&([A-Za-z_][\w.-]{0,60});")
_MOST_DECLARED = 1_000
_DEEPEST = 8  # references within references
_LONGEST = 20_000  # characters that one stands for
_MOST_ADDED = 1_000_000  # characters that all of a document's add to it


class EndlessError(Exception):
    """The entities of a document stand for more text than one that means well needs."""


def expand(body: str, prolog: str) -> str:
    """Return `body` with the references to what `prolog` declares replaced; raise EndlessError."""
    if "<!ENTITY" not in prolog:
        return body
    declared = _declared(prolog)
    if not declared:
        return body
    meant: dict[str, str] = {}
    added = 0

    def replaced(found: re.Match[str]) -> str:
        nonlocal added
        name = found[1]
        if name not in declared:
            return found[0]
        if name not in meant:
            meant[name] = _meaning(name, declared)
        added += len(meant[name])
        if added > _MOST_ADDED:
            raise EndlessError
        return meant[name]

    return outside_cdata(body, lambda text: _REFERENCE.sub(replaced, text))


def _declared(prolog: str) -> dict[str, str]:
    """Return what names stand for; where one is declared twice, the first counts."""
    declared: dict[str, str] = {}
    for found in _DECLARED.finditer(prolog):
        declared.setdefault(found[1], found[2] or found[3] or "")
        if len(declared) > _MOST_DECLARED:
            raise EndlessError
    return declared


def _meaning(name: str, declared: dict[str, str]) -> str:
    text = declared[name]
    for _ in range(_DEEPEST):
        if len(text) > _LONGEST:
            raise EndlessError
        further = _REFERENCE.sub(lambda found: declared.get(found[1], found[0]), text)
        if further == text:
            return text
        text = further
    raise EndlessError
