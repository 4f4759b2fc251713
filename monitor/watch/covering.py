"""Says whether some terms and entities find everything that another one finds. Pure.

Only what the words themselves show counts: the same phrase, a phrase inside a longer one, the
beginning of a word, a name of an entity. Terms are known by their words, so many are asked at once.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Final, NamedTuple, TypeAlias

from monitor.model import Field
from monitor.watch.rules import Entity, EntityRef
from monitor.watch.terms import MIN_PREFIX, Term, TermKind
from monitor.watch.words.inflection import is_inflected, primary
from monitor.watch.words.stems import Stems
from monitor.watch.words.text import tokenise

Named: TypeAlias = Term | EntityRef
Fields: TypeAlias = frozenset[Field]

_DEFAULT_LANGUAGES: Final = ("en",)


class _Row(NamedTuple):
    """The words of a term; those of an exact case also as they are spelled."""

    kind: TermKind
    words: tuple[str, ...]
    spelled: tuple[str, ...]


class Cover:
    """Terms and entities, each looked for in some fields."""

    def __init__(self, entities: Mapping[str, Entity], languages: Iterable[str] = ()) -> None:
        """Begin without any. `languages` are those of the texts; for none given English is."""
        self._entities = entities
        known = filter(is_inflected, languages)
        self._languages = tuple(map(primary, known)) or _DEFAULT_LANGUAGES
        self._same: defaultdict[object, list[Fields]] = defaultdict(list)
        self._by_word: defaultdict[str, list[tuple[_Row, Fields]]] = defaultdict(list)

    def add(self, named: Named, fields: Fields) -> None:
        """Take a term, or the certain names of an entity."""
        if isinstance(named, EntityRef):
            self._same[named].append(fields)
            for alias in self._entities[named.key].aliases if named.key in self._entities else ():
                self.add(alias, fields)
        elif named.kind is TermKind.PATTERN:
            self._same[named.text].append(fields)
        else:
            row = _row(named)
            alone = row.kind is TermKind.PREFIX and len(row.words) == 1
            word = row.words[0][:MIN_PREFIX] if alone else row.words[0]
            self._by_word[word].append((row, fields))

    def holds(self, named: Named, fields: Fields) -> bool:
        """Say whether wherever this stands in some fields, something of the cover does too."""
        if isinstance(named, EntityRef):
            return self._is_same(named, fields) or self._holds_names(named.key, fields)
        if named.kind is TermKind.PATTERN:
            return self._is_same(named.text, fields)
        row = _row(named)
        return any(
            where >= fields and self._stands_in(broad, row, first)
            for first, word in enumerate(row.words)
            for broad, where in self._begins(word)
        )

    def _is_same(self, what: object, fields: Fields) -> bool:
        return any(where >= fields for where in self._same.get(what, ()))

    def _holds_names(self, key: str, fields: Fields) -> bool:
        entity = self._entities.get(key)
        return entity is not None and all(
            self.holds(name, fields)
            for name in (*entity.aliases, *map(_in_any_form, entity.ambiguous))
        )

    def _begins(self, word: str) -> Iterator[tuple[_Row, Fields]]:
        """Yield the terms that may stand where a word does."""
        for beginning in dict.fromkeys((word, *(word[:size] for size in range(1, MIN_PREFIX + 1)))):
            yield from self._by_word.get(beginning, ())

    def _stands_in(self, broad: _Row, narrow: _Row, first: int) -> bool:
        """Say whether a term finds what stands from a word of another on, whatever its form."""
        after = first + len(broad.words)
        words = narrow.words[first:after]
        is_open = narrow.kind is TermKind.PREFIX and after == len(narrow.words)
        is_same = words == broad.words and not is_open
        match broad.kind:
            case TermKind.WORDS:
                return is_same
            case TermKind.EXACT_FORM:
                return is_same and narrow.kind is not TermKind.WORDS
            case TermKind.EXACT_CASE:
                return is_same and narrow.spelled[first:after] == broad.spelled
            case _:
                return self._is_begun(broad.words, words, inflected=narrow.kind is TermKind.WORDS)

    def _is_begun(
        self, beginning: tuple[str, ...], words: tuple[str, ...], *, inflected: bool
    ) -> bool:
        *before, last = beginning
        if len(words) < len(beginning) or list(words[:-1]) != before:
            return False
        if not inflected:
            return words[-1].startswith(last)
        return not before and all(
            _stems(language)[words[-1]].startswith(last) for language in self._languages
        )


@cache
def _stems(language: str) -> Stems:
    return Stems(language)


def _row(term: Term) -> _Row:
    tokens = tokenise(term.text, addresses=True)
    words = tuple(tokens.words)
    exact = term.kind is TermKind.EXACT_CASE
    return _Row(term.kind, words, tokens.spellings(0, len(words)) if exact else ())


def _in_any_form(name: Term) -> Term:
    """Return an ambiguous name as it is found where there is context."""
    if name.kind is TermKind.EXACT_CASE:
        return Term(written=name.written, kind=TermKind.WORDS, text=name.text)
    return name
