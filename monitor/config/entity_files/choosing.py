"""Records become entities: which names are certain, which ambiguous, which are no use.

Pure. A name is compared as the matcher folds it. It is ambiguous where the list calls it weak,
where another entity has it too, and, of one word, where it is a person's or part of a person's
name or an everyday word: with no context it would alert on half the news.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from monitor.config.entity_files.everyday import EVERYDAY
from monitor.config.entity_files.records import Record
from monitor.config.values import LONGEST_NAME
from monitor.watch.names import key_for
from monitor.watch.names.plain import plain_name
from monitor.watch.words.spellings import needs_writing_out, written_out
from monitor.watch.words.text import normalised, tokenise

SHORTEST: Final = 4  # letters; a character of Chinese counts for two
_MORE_THAN_ALPHABETS: Final = re.compile(
    "[\u2e80-\u9fff\uac00-\ud7ff\uf900-\ufaff\U00020000-\U0003ffff]"
)
_NOT_IN_KEYS: Final = re.compile(r"[^\w.-]+")
_LONGEST_ID: Final = 30  # as a part of a key
_LONGEST_RAW_ID: Final = 200

TOO_SHORT: Final = f"shorter than {SHORTEST} letters"
TOO_LONG: Final = f"longer than {LONGEST_NAME} characters"
NUMBERS: Final = "without letters"
REPEATED: Final = "found by another name of the same entity"
TOO_MANY: Final = "entities with more names than are read"


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """An entity to write. The name and the aliases are certain."""

    key: str
    name: str
    aliases: tuple[str, ...]
    ambiguous: tuple[str, ...]
    alone: bool  # an ambiguous name may count with nothing near


class _Name(NamedTuple):
    text: str
    words: str  # as the matcher compares it
    weak: bool


class _Taken(NamedTuple):
    """What is kept of a record until all are known."""

    key: str
    id: str
    names: tuple[_Name, ...]


@dataclass(slots=True)
class Choice:
    """Takes records one by one; `entities` tells what came of them all."""

    dropped: Counter[str] = field(default_factory=Counter)  # names, by the reason
    shared: int = 0  # names that more than one entity has
    weak: int = 0  # names that are ambiguous for another reason
    nameless: int = 0  # entities without one certain name
    _taken: dict[str, _Taken] = field(default_factory=dict)  # by the list's own id
    _owners: Counter[str] = field(default_factory=Counter)  # entities with a name
    _parts: set[str] = field(default_factory=set)  # of the names of persons

    def __len__(self) -> int:
        """Return how many entities have been taken."""
        return len(self._taken)

    def take(self, record: Record) -> bool:
        """Sort one record in; False where none of its names is of use.

        A second record with the same id brings more names of the same entity.
        """
        identity = record.id[:_LONGEST_RAW_ID] or f" {len(self._taken)}"
        before = self._taken.get(identity)
        known = before.names if before else ()
        names = tuple(self._names(record, known))
        self.dropped[TOO_MANY] += record.cut
        if not names and not known:
            return False
        self._owners.update(name.words for name in names)
        if record.schema == "Person":
            for name in names:
                self._parts.update(name.words.split())
        key = before.key if before else key_for(names[0].text)
        self._taken[identity] = _Taken(key, _identity(record.id), known + names)
        return True

    def entities(self) -> Iterator[Chosen]:
        """Yield the entities that have a certain name; counts those that have none."""
        self.shared = sum(count > 1 for count in self._owners.values())
        keys = Counter(each.key for each in self._taken.values())
        used: Counter[str] = Counter()
        for each in self._taken.values():
            certain = [name for name in each.names if not self._is_ambiguous(name)]
            others = [name for name in each.names if self._is_ambiguous(name)]
            self.weak += sum(self._owners[name.words] == 1 for name in others)
            if not certain and not any(map(_may_count_alone, others)):
                self.nameless += 1
                continue
            title = _title(each, certain)
            yield Chosen(
                key=_key(each, used, is_shared=keys[each.key] > 1),
                name=title,
                aliases=tuple(name.text for name in certain if name.text != title),
                ambiguous=tuple(spelling for name in others for spelling in _spellings(name.text)),
                alone=all(map(_may_count_alone, others)),
            )

    def _names(self, record: Record, known: tuple[_Name, ...]) -> Iterator[_Name]:
        """Yield the names that are of use and not known, each once as the matcher compares them."""
        found = {name.words for name in known}
        given = [*((text, False) for text in record.names), *((text, True) for text in record.weak)]
        for text, weak in given:
            name = plain_name(text) if len(text) <= 2 * LONGEST_NAME else text
            words = normalised(name)
            if reason := _fault(name, words):
                self.dropped[reason] += 1
            elif words in found:
                self.dropped[REPEATED] += 1
            else:
                found.add(words)
                if not name.isascii() and needs_writing_out(name):
                    found.add(" ".join(written_out(tokenise(name).raw)))
                yield _Name(name, words, weak)

    def _is_ambiguous(self, name: _Name) -> bool:
        return name.weak or self._owners[name.words] > 1 or self._says_little(name)

    def _says_little(self, name: _Name) -> bool:
        return " " not in name.words and (name.words in self._parts or name.words in EVERYDAY)


def _may_count_alone(name: _Name) -> bool:
    """Say whether an ambiguous name is worth an alert of its own: somebody of the list has it."""
    return not name.weak and " " in name.words


def _fault(name: str, words: str) -> str:
    if len(name) > LONGEST_NAME:
        return TOO_LONG
    if not any(map(str.isalpha, words)):
        return NUMBERS
    letters = sum(map(str.isalnum, words)) + len(_MORE_THAN_ALPHABETS.findall(words))
    return TOO_SHORT if letters < SHORTEST else ""


def _title(taken: _Taken, certain: list[_Name]) -> str:
    """Return what the entity is called: its own name, which must not be an ambiguous one.

    A name always counts; one with a number behind it counts where that stands too.
    """
    own = taken.names[0].text
    if certain and (certain[0].text == own or not certain[0].text.startswith("IMO ")):
        return certain[0].text
    mark = certain[0].text if certain else taken.id
    return f"{own[: LONGEST_NAME - len(mark) - 3]} ({mark})"


def _key(taken: _Taken, used: Counter[str], *, is_shared: bool) -> str:
    """Return a key that the order of the file does not change, as far as ids are unique."""
    key = candidate = f"{taken.key}-{taken.id}" if is_shared or not taken.key else taken.key
    while candidate in used:
        used[key] += 1
        candidate = f"{key}-{used[key]}"
    used[candidate] = 1
    return candidate


def _identity(given: str) -> str:
    """Return an id as a part of keys, whatever stands in it."""
    return _NOT_IN_KEYS.sub("-", given)[:_LONGEST_ID].strip("-._").lower() or "unnamed"


def _spellings(name: str) -> tuple[str, ...]:
    """Return a name in the cases it is printed in: an exact case in capitals would find little."""
    return (name, name.title()) if " " in name and name.isupper() else (name,)
