"""Matching by brute force: texts whose words are known, and a slow evaluator of every rule.

It shares nothing with the engine but the rule tree and the folding of single words.
"""

import itertools
import re
from itertools import chain

from builders import an_item

from monitor.model import SourceRef
from monitor.watch.rules import (
    AllOf,
    AnyOf,
    AtLeast,
    EntityRef,
    FromSource,
    InFields,
    InLanguage,
    Near,
    NoneOf,
)
from monitor.watch.terms import Term, TermKind
from monitor.watch.words.text import normalised

FIELDS = ("title", "summary", "tags")
WIRE = SourceRef(name="Wire", url="https://wire.example/feed", tags=frozenset({"wire"}))

SPELLED = [
    *("Maduro", "maduro", "Ricardo", "US", "us", "U.S.", "Łódź", "lodz", "cigars", "cigar"),
    *("strike", "Strikes", "striking", "struck", "organ", "organized", "马", "杜"),
    *("Müller", "Mueller", "muller", "مادورو", "ومادورو", "بالمادورو"),
]
BENT = [{"cigar", "cigars"}, {"strike", "strikes", "striking"}]  # in English
LONGER = {"Müller": "mueller"}  # what others write where folding gives "muller"
BEHIND_CLITICS = {"ومادورو": "مادورو", "بالمادورو": "مادورو"}


class Doc:
    """A text made of known words, so that its words need not be found again."""

    def __init__(self, fields, language=""):
        self.language = language
        self.texts = {}
        self.words = {}  # field -> [(spelled, start, end)]
        self.whole = {}  # the same, with U.S. as one
        self.sentences = {}  # field -> of each word, the sentence it stands in
        for field, pieces in zip(FIELDS, fields, strict=True):
            text, sentence, ended = "«", 0, False
            self.words[field], self.whole[field], self.sentences[field] = [], [], []
            for spelled, after in pieces:
                sentence += ended
                self.whole[field].append((spelled, len(text), len(text) + len(spelled)))
                for part in spelled.rstrip(".").split("."):
                    self.words[field].append((part, len(text), len(text) + len(part)))
                    self.sentences[field].append(sentence)
                    text += part + ("." if "." in spelled else "")
                text += after
                ended = after == "! "
            self.texts[field] = text

    def item(self):
        title, summary, tag = (self.texts[field] for field in FIELDS)
        return an_item(
            title=title, summary=summary, tags=(tag,), language=self.language, source=WIRE
        )

    def row(self, place):
        """Return the words [first, after) a place reaches over, and the sentence it begins in."""
        field, start, end = place
        starts = [word[1] for word in self.words[field]]
        first = max(0, sum(each <= start for each in starts) - 1)
        after = sum(each < end for each in starts)
        return first, after, self.sentences[field][first]


def folded(word):
    return normalised(word)


def longer(word):
    return LONGER.get(word, folded(word))


def bent(wanted, found):
    if folded(wanted) == folded(found):
        return True
    return any({folded(wanted), folded(found)} <= b for b in BENT)


def is_in_capitals(text):
    letters = [letter for letter in text if letter.isalpha()]
    return sum(map(str.isupper, letters)) > 0.8 * len(letters)


def is_row(wanted, words, kind, language, text):
    """Whether words of a text are the words of a term; True for as it is, "form" for otherwise."""
    if "U.S." in wanted and "U.S." not in words and "US" not in words:
        return False
    wanted, words = ([word.replace(".", "") for word in row] for row in (wanted, words))
    pairs = list(zip(wanted, words, strict=True))
    if kind is TermKind.EXACT_CASE:
        shouted = [word.upper() for word in wanted]
        return wanted == words or (shouted == words and is_in_capitals(text))
    if kind is TermKind.PREFIX:
        *rest, (last, found) = pairs
        return all(folded(w) == folded(f) for w, f in rest) and folded(found).startswith(
            folded(last)
        )
    if all(folded(w) == folded(f) for w, f in pairs):
        return True
    ways = [
        all(folded(w) == longer(f) for w, f in pairs),
        all(longer(w) == folded(f) for w, f in pairs),
        all(longer(w) == longer(f) for w, f in pairs),
        language == "en" and all(bent(w, f) for w, f in pairs),
        BEHIND_CLITICS.get(words[0]) == wanted[0]
        and all(folded(w) == folded(f) for w, f in pairs[1:]),
    ]
    return "form" if kind is TermKind.WORDS and any(ways) else False


def occurrences(term, doc, fields, kind=None):
    """Return the places of a term, each with whether it stands there as it is."""
    kind = kind or term.kind
    places = {}
    for field in fields:
        text = doc.texts[field]
        if kind is TermKind.PATTERN:
            for found in re.finditer(term.text, text, re.IGNORECASE):
                places[field, *found.span()] = True
            continue
        words, wanted = doc.whole[field], re.findall(r"[\w.]+", term.text)
        for first in range(len(words) - len(wanted) + 1):
            window = words[first : first + len(wanted)]
            how = is_row(wanted, [word[0] for word in window], kind, doc.language, text)
            if how:
                places[field, window[0][1], window[-1][2]] = how is True
    return places


def covered(place, others):
    return any(o[0] == place[0] and o[1] <= place[1] and place[2] <= o[2] for o in others)


def mentions(entity, doc, fields):
    """Return (term, place, entity, possible) of every name that counts."""

    nearby = {*fields, "title", "summary"}

    def all_of(terms):
        return set(chain.from_iterable(occurrences(term, doc, nearby) for term in terms))

    full, context, excluded = map(all_of, (entity.aliases, entity.context, entity.exclude))
    counted = {
        (term.written, place, entity.key, False)
        for term in entity.aliases
        for place in occurrences(term, doc, fields)
    }
    for term in entity.ambiguous:
        exact = occurrences(term, doc, fields, TermKind.EXACT_CASE)
        for place, as_it_is in occurrences(term, doc, fields, TermKind.WORDS).items():
            has_capital = doc.texts[place[0]][place[1]].isupper() or not term.text[0].isupper()
            if covered(place, full) or covered(place, excluded) or not (as_it_is or has_capital):
                continue
            if full or context:
                counted.add((term.written, place, entity.key, False))
            elif place in exact and not excluded and entity.alone == "lower":
                counted.add((term.written, place, entity.key, True))
    return counted


def is_near(rule, row, doc):
    """Whether hits, one of each group in the order of the groups, stand as a rule asks."""
    if len({place[0] for _, place, *_ in row}) > 1:
        return False
    rows = [doc.row(place) for _, place, *_ in row]
    if not rule.ordered:
        rows.sort()
    return all(
        1 <= later[0] - earlier[1] + 1 <= rule.within
        and (not rule.same_sentence or earlier[2] == later[2])
        for earlier, later in itertools.pairwise(rows)
    )


def apart(parts):
    """How many parts have a place of their own at most, where places that overlap are one."""
    heaps = []
    for place in sorted({finding[1] for found in parts for finding in found}):
        if heaps and heaps[-1][-1][0] == place[0] and max(p[2] for p in heaps[-1]) > place[1]:
            heaps[-1].append(place)
        else:
            heaps.append([place])

    def most(rest, taken):
        if not rest:
            return 0
        part, *others = rest
        if not part:
            return 1 + most(others, taken)
        own = {n for n, heap in enumerate(heaps) for finding in part if finding[1] in heap}
        return max(most(others, taken), *(1 + most(others, taken | {n}) for n in own - taken), 0)

    return most(list(parts), frozenset())


def meaning(rule):
    match rule:
        case Term(kind=TermKind.PATTERN, text=text):
            return "/", text
        case Term(kind=kind, text=text):
            exact = text if kind is TermKind.EXACT_CASE else ""
            return kind, tuple(map(folded, re.findall(r"\w+", text))), exact
        case EntityRef(key=key):
            return key
        case _:
            return rule


def judged(rule, doc, fields, entities):
    """Return whether a rule holds, whether surely, and by which findings."""
    match rule:
        case Term():
            found = {(rule.written, p, None, False) for p in occurrences(rule, doc, fields)}
            return bool(found), bool(found), found
        case EntityRef(key=key):
            found = mentions(entities[key], doc, fields)
            return bool(found), any(not possible for *_, possible in found), found
        case InFields(fields=own, rule=inner):
            return judged(inner, doc, own, entities)
        case InLanguage(language=language):
            return (doc.language == language,) * 2 + (set(),)
        case FromSource(which=which):
            return (which == "tag:wire",) * 2 + (set(),)
        case Near(groups=groups):
            found = [judged(AnyOf(rules=group), doc, fields, entities)[2] for group in groups]
            rows = [row for row in itertools.product(*found) if is_near(rule, row, doc)]
            sure = any(not any(possible for *_, possible in row) for row in rows)
            return bool(rows), sure, set(chain.from_iterable(rows))
    parts = [judged(part, doc, fields, entities) for part in rule.rules]
    evidence = set(chain.from_iterable(found for holds, _, found in parts if holds))
    match rule:
        case AnyOf():
            least = 1
        case AllOf():
            least = len(parts)
        case AtLeast(count=count, rules=rules):
            least = count
            different: dict = {}
            for each, part in zip(map(meaning, rules), parts, strict=True):
                different.setdefault(each, part)
            evidence = set(chain.from_iterable(part[2] for part in different.values() if part[0]))
            holding = [part for part in different.values() if part[0]]
            sure = [part for part in holding if part[1]]
            holds, surely = (apart([part[2] for part in each]) >= least for each in (holding, sure))
            return holds, surely, evidence if holds else set()
        case NoneOf():
            holds = not any(holds for holds, *_ in parts)
            return holds, holds, set()
    holds, sure = (sum(part[n] for part in parts) >= least for n in (0, 1))
    return holds, holds and sure, evidence if holds else set()
