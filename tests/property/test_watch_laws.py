"""Laws of reading and matching, against any text and against a matcher by brute force."""

import re
from itertools import chain

from builders import an_item
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.watch.explain import explain
from monitor.watch.matcher import MAX_EVIDENCE, Matcher
from monitor.watch.patterns import Pattern, PatternError
from monitor.watch.scanner import AutomatonScanner, DictionaryScanner
from monitor.watch.terms import (
    AllOf,
    AnyOf,
    Entity,
    EntityRef,
    NoneOf,
    Term,
    TermError,
    TermKind,
    Watchlist,
    parse_term,
    requires_nothing,
)
from monitor.watch.text import normalised, tokenise

bounded = settings(max_examples=100, deadline=None)

# --- texts ---------------------------------------------------------------------------------------

PIECES = [
    *"aZß'’\"sS .,_-0½é🇻❤ \n",
    *"łİı ёйи е Σς אָ מادەٱ ـ मादु रो มำ马杜ドﾄﾞ가각ㄱㅏ ʼŉﷺㇰ㈠\u0345",
    *"\u0300\u0301\u0308\u0327\u064e\u05b8\u3099\u20e3\ufe0f\u200d\u200c\u200f\u00ad\u2060",
    "http://x.y/a",
    "https://",
    "'s",
    "’s ",
]
texts = st.lists(st.sampled_from(PIECES) | st.characters(), max_size=12).map("".join)


@bounded
@given(texts)
def test_words_read_again_give_themselves(text):
    assert normalised(normalised(text)) == normalised(text)


@bounded
@given(texts)
def test_every_span_points_at_its_word(text):
    tokens = tokenise(text)
    end = 0
    for word, span in zip(tokens.words, tokens.spans(len(text)), strict=True):
        assert end <= span[0] < span[1]
        assert normalised(text[slice(*span)]) == word
        end = span[1]


@bounded
@given(texts, texts)
def test_neighbours_change_no_word(one, other):
    before, after, together = tokenise(one), tokenise(other), tokenise(f"{one} {other}")
    assert together.words == before.words + after.words
    shift = len(one) + 1
    moved = [(start + shift, end + shift) for start, end in after.spans(len(other))]
    assert together.spans(shift + len(other)) == before.spans(len(one)) + moved


# --- terms and patterns --------------------------------------------------------------------------


def read_or_refused(read, written):
    try:
        return read(written), None
    except (TermError, PatternError) as error:
        return None, error


@bounded
@given(texts | st.text('ab*"=/ ', max_size=8))
def test_a_term_is_read_or_refused_at_a_place_inside_it(written):
    term, error = read_or_refused(parse_term, written)
    if error:
        assert 0 <= error.start <= error.end <= len(written)
    else:
        assert term.written == written.strip()


@bounded
@given(texts)
def test_a_term_finds_itself(written):
    term, error = read_or_refused(parse_term, written)
    if error or term.kind is TermKind.PATTERN or "://" in term.text:
        return
    matcher = Matcher([Watchlist(name="x", match=(term,))], {})
    (match,) = matcher.match(an_item(title=f"say {term.text}, they say", language=""))
    assert match.evidence


@bounded
@given(
    st.lists(
        st.sampled_from([r"\b", r"\w", r"\W", r"\s", r"\Q", r"\E", r"\pL", *"aé|()[]^$.*+?{2}-:"]),
        max_size=10,
    ).map("".join),
    texts,
)
def test_a_pattern_is_refused_or_finds_places_in_any_text(source, text):
    pattern, error = read_or_refused(Pattern, source)
    if error:
        assert 0 <= error.start <= error.end <= len(source)
        return
    end = 0
    for span in pattern.find(text, limit=5):
        assert end <= span[0] < span[1] <= len(text)
        end = span[1]


@bounded
@given(
    st.sampled_from(["a", "ab?", "a+b", "(?:a|é)b", "é", "a b", "a.b", "[ab]+", "[^a]b"]),
    st.sampled_from([("", ""), (r"\b", ""), ("", r"\b"), (r"\b", r"\b")]),
    st.text("abéBÉ ,", max_size=12),
)
def test_borders_are_those_of_python(body, borders, text):
    source = body.join(borders)
    if body.startswith("[^") and borders[0]:
        return  # it may begin with a sign, where the two differ by design
    expected = [found.span() for found in re.finditer(source, text, re.IGNORECASE)]
    assert Pattern(source).find(text, limit=99) == expected


# --- scanners ------------------------------------------------------------------------------------

small_words = st.text("ab", min_size=1, max_size=3)
needles = st.lists(
    st.tuples(st.lists(small_words, min_size=1, max_size=3), st.sampled_from([" ", ""])).map(
        lambda needle: f" {' '.join(needle[0])}{needle[1]}"
    ),
    unique=True,
    max_size=12,
)


@bounded
@given(needles, st.lists(small_words, max_size=15))
def test_both_scanners_find_what_brute_force_finds(needles, words):
    tokens = tokenise(" ".join(words))
    joined = tokens.joined
    expected = sorted(
        (number, joined.count(" ", 0, place), joined.count(" ", 0, place) + len(needle.split()))
        for number, needle in enumerate(needles)
        for place in range(len(joined))
        if joined.startswith(needle, place)
    )
    for scanner in AutomatonScanner, DictionaryScanner:
        assert sorted(map(tuple, scanner(needles).scan(tokens))) == expected


# --- the matcher against brute force ---------------------------------------------------------------

WORDS = [  # as spelled, as folded
    ("Maduro", "maduro"),
    ("maduro", "maduro"),
    ("Ricardo", "ricardo"),
    ("US", "us"),
    ("us", "us"),
    ("Łódź", "lodz"),
    ("lodz", "lodz"),
    ("cigars", "cigars"),
    ("cigar", "cigar"),
    ("马", "马"),
    ("杜", "杜"),
]
FIELDS = ("title", "summary", "tags")
written_words = st.lists(
    st.tuples(st.sampled_from(WORDS), st.sampled_from([" ", ", ", "’s ", " — "])), max_size=6
)


class Doc:
    """A text made of known words, so that its words need not be found again."""

    def __init__(self, fields):
        self.texts = {}
        self.words = {}  # field -> [(folded, spelled, start, end)]
        for field, pieces in zip(FIELDS, fields, strict=True):
            text = "«"
            self.words[field] = []
            for (spelled, folded), after in pieces:
                self.words[field].append((folded, spelled, len(text), len(text) + len(spelled)))
                text += spelled + after
            self.texts[field] = text

    def item(self):
        title, summary, tag = (self.texts[field] for field in FIELDS)
        return an_item(title=title, summary=summary, tags=(tag,))


docs = st.tuples(*[written_words] * len(FIELDS)).map(Doc)


def is_like(wanted, kind, word, *, last):
    folded, spelled = word[:2]
    if kind is TermKind.EXACT_CASE:
        return spelled == wanted
    wanted = normalised(wanted)
    return folded.startswith(wanted) if kind is TermKind.PREFIX and last else folded == wanted


def occurrences(term, doc, fields, kind=None):
    kind = kind or term.kind
    places = set()
    for field in fields:
        if kind is TermKind.PATTERN:
            for found in re.finditer(term.text, doc.texts[field], re.IGNORECASE):
                places.add((field, *found.span()))
            continue
        words, wanted = doc.words[field], term.text.split()
        for first in range(len(words) - len(wanted) + 1):
            window = words[first : first + len(wanted)]
            if all(
                is_like(w, kind, word, last=n == len(wanted) - 1)
                for n, (w, word) in enumerate(zip(wanted, window, strict=True))
            ):
                places.add((field, window[0][2], window[-1][3]))
    return places


def covered(place, others):
    return any(o[0] == place[0] and o[1] <= place[1] and place[2] <= o[2] for o in others)


def mentions(entity, doc, fields):
    def all_of(terms):
        return set(chain.from_iterable(occurrences(term, doc, fields) for term in terms))

    full, context, excluded = map(all_of, (entity.aliases, entity.context, entity.exclude))
    counted = {
        (term.written, place, entity.key)
        for term in entity.aliases
        for place in occurrences(term, doc, fields)
    }
    for term in entity.ambiguous:
        exact = occurrences(term, doc, fields, TermKind.EXACT_CASE)
        for place in occurrences(term, doc, fields, TermKind.WORDS):
            if covered(place, full) or covered(place, excluded):
                continue
            if full or context or (place in exact and not excluded):
                counted.add((term.written, place, entity.key))
    return counted


def judged(rule, doc, fields, entities):
    """Whether a rule holds, and by which (term, place, entity)."""
    match rule:
        case Term():
            found = {(rule.written, place, None) for place in occurrences(rule, doc, fields)}
            return bool(found), found
        case EntityRef(key=key):
            found = mentions(entities[key], doc, fields)
            return bool(found), found
    parts = [judged(part, doc, fields, entities) for part in rule.rules]
    evidence = set(chain.from_iterable(found for holds, found in parts if holds))
    match rule:
        case AnyOf():
            holds = any(holds for holds, _ in parts)
        case AllOf():
            holds = all(holds for holds, _ in parts)
        case NoneOf():
            holds, evidence = not any(holds for holds, _ in parts), set()
    return holds, evidence if holds else set()


spelled = st.lists(st.sampled_from([spelled for spelled, _ in WORDS]), min_size=1, max_size=2)
phrases = spelled.map(" ".join)
plain_terms = phrases | phrases.map("={}".format) | phrases.map('"{}"'.format)
some_terms = (
    plain_terms | st.sampled_from(["cig*", "lod*", "Ricardo mad*", "/mad/", "/US|cigar/", "/o. /"])
).map(parse_term)
term_lists = st.lists(some_terms, max_size=3).map(tuple)
entities = st.builds(
    Entity,
    key=st.just("e"),
    name=st.just("E"),
    aliases=term_lists,
    ambiguous=st.lists(phrases.map("={}".format).map(parse_term), max_size=2).map(tuple),
    context=term_lists,
    exclude=term_lists,
)


def combined(parts):
    lists = st.lists(parts, max_size=3).map(tuple)
    return st.one_of(
        *(lists.map(lambda rules, of=of: of(rules=rules)) for of in (AnyOf, AllOf, NoneOf))
    )


some_rules = st.recursive(some_terms | st.just(EntityRef(key="e")), combined, max_leaves=6).filter(
    lambda rule: not requires_nothing(rule)
)
watchlists = st.builds(
    Watchlist,
    name=st.just("x"),
    match=st.lists(some_rules, max_size=3).map(tuple),
    none=st.lists(some_rules, max_size=2).map(tuple),
    fields=st.lists(st.sampled_from(FIELDS), min_size=1, unique=True).map(tuple),
)


def told(evidence):
    return {(e.term, (e.field, e.start, e.end), e.entity) for e in evidence}


@bounded
@given(st.lists(watchlists, min_size=1, max_size=3), entities, docs)
def test_the_matcher_is_brute_force_made_fast(lists, entity, doc):
    named = {"e": entity}
    item = doc.item()
    lists = [Watchlist(**_fields(w) | {"name": str(n)}) for n, w in enumerate(lists)]
    matcher = Matcher(lists, named)
    matches = {match.watchlist: match for match in matcher.match(item)}
    for watchlist in lists:
        fires, found = judged(AnyOf(rules=watchlist.match), doc, watchlist.fields, named)
        _, vetoes = judged(AnyOf(rules=watchlist.none), doc, watchlist.fields, named)
        assert (watchlist.name in matches) is fires
        if fires:
            match = matches[watchlist.name]
            for evidence, expected in (match.evidence, found), (match.vetoed_by, vetoes):
                assert told(evidence) <= expected
                assert len(evidence) == min(len(expected), MAX_EVIDENCE)
                assert all(e.text == doc.texts[e.field][e.start : e.end] for e in evidence)


@bounded
@given(st.lists(watchlists, min_size=1, max_size=3), entities, docs)
def test_the_scanner_makes_no_difference(lists, entity, doc):
    one = Matcher(lists, {"e": entity}, scanner=AutomatonScanner)
    other = Matcher(lists, {"e": entity}, scanner=DictionaryScanner)
    assert one.match(doc.item()) == other.match(doc.item())


@bounded
@given(watchlists, entities, docs, st.sampled_from(["", "en", "pl"]))
def test_explaining_agrees_with_matching(watchlist, entity, doc, language):
    watchlist = Watchlist(**_fields(watchlist) | {"languages": ("en",)})
    matcher = Matcher([watchlist], {"e": entity})
    item = an_item(**_entry(doc), language=language)
    (explanation,) = explain(matcher, item)
    match matcher.match(item):
        case ():
            assert explanation.outcome == "no_match"
            assert explanation.refusals or not any(rule.holds for rule in explanation.rules)
            assert all(rule.why_not for rule in explanation.rules if not rule.holds)
        case (match,):
            assert explanation.outcome == ("vetoed" if match.vetoed_by else "fired")
            shown = chain.from_iterable(rule.found for rule in explanation.rules)
            assert told(match.evidence) <= told(shown)
            assert explanation.vetoed_by == match.vetoed_by


def _fields(watchlist):
    return {name: getattr(watchlist, name) for name in Watchlist.__slots__}


def _entry(doc):
    title, summary, tag = (doc.texts[field] for field in FIELDS)
    return {"title": title, "summary": summary, "tags": (tag,)}
