"""Laws of imported names: whatever they are, they come back as the words they are, and only that."""

import io
import json
import tempfile
from pathlib import Path

import pytest
from config_builders import Folder
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.config.entity_files.choosing import Choice
from monitor.config.entity_files.lines import Unread, read_objects
from monitor.config.entity_files.records import is_wanted, read_record
from monitor.config.entity_files.writing import files_of
from monitor.watch.names import suggest
from monitor.watch.names.plain import plain_name
from monitor.watch.terms import TermKind, parse_term
from monitor.watch.words.text import normalised, tokenise

# What terms, YAML, references and folding are made of.
SCRAPS = [
    *"/=*\"'`´’[]{}:,-?!&|>%@#\\\n\t ~$._",
    ": ", " #", "${X}", "${file:x}", "- ", "\u200d", "\u200c", "\u00ad", "\ufeff", "\x00", "\x1b",
    "\x85", "\u2028", "\u202e", "\ud800", "\ue000", "\u0301", "\u0e33", "ß", "İ", "ı", "ﬁ", "½", "Ä",
    "'s", "’S", "http://a.example/b", "no", "null", "1", "0x1", "2026-01-01", "US", "Maduro",
    "Nicolás", "Мадуро", "马杜罗", "مادورو", "마두로", "मादुरो", "𝐀", "\U0001f600", "<<", "&a", "!!str ",
]  # fmt: skip
scrappy = st.lists(st.sampled_from(SCRAPS), max_size=12).map("".join)
names = scrappy | st.text(max_size=30)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | names,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3),
    max_leaves=8,
)
FIELDS = ["name", "alias", "weakAlias", "firstName", "lastName", "imoNumber", "topics"]
people = st.fixed_dictionaries(
    {"id": names, "schema": st.sampled_from(["Person", "Company", "Vessel"])},
    optional={
        "caption": names,
        "properties": st.dictionaries(st.sampled_from(FIELDS), st.lists(names, max_size=4)),
    },
)
odd = st.fixed_dictionaries(
    {},
    optional={
        "id": json_values, "schema": json_values, "caption": json_values, "properties": json_values,
        "labels": json_values, "aliases": json_values, "claims": json_values,
    },
)  # fmt: skip


@pytest.fixture(scope="module")
def folder():
    with tempfile.TemporaryDirectory() as name:
        yield Folder(Path(name))


@settings(max_examples=100, deadline=None)
@given(text=names)
def test_a_plain_name_is_a_term_of_the_same_words(text):
    plain = plain_name(text)
    words = tokenise(text, addresses=True).words
    assert tokenise(plain, addresses=True).words == words
    assert plain.isprintable()
    if words:
        assert parse_term(plain).kind is TermKind.WORDS
        assert parse_term(plain).written == plain
    assert plain_name(plain) == plain


@settings(max_examples=100, deadline=None)
@given(values=st.lists(people, max_size=6))
def test_whatever_the_names_the_written_file_loads_and_gives_their_words_back(folder, values):
    choice = Choice()
    given_words = set()
    for value in values:
        record = read_record(value)
        choice.take(record)
        texts = map(plain_name, (*record.names, *record.weak))
        given_words.update(normalised(text) for text in texts)
    entities = list(choice.entities())
    files = list(files_of(entities, "# head\n\n", "all of them"))
    loaded = folder.load("\n".join([*files, "sources: []"]).encode()).settings
    assert [each.key for each in loaded.entities] == [each.key for each in entities]
    for entity, chosen in zip(loaded.entities, entities, strict=True):
        read_back = [normalised(term.text) for term in (*entity.aliases, *entity.ambiguous)]
        meant = [*map(normalised, (chosen.name, *chosen.aliases, *chosen.ambiguous))]
        assert list(dict.fromkeys(read_back)) == list(dict.fromkeys(meant))
        assert all(term.kind is TermKind.WORDS for term in (*entity.aliases, *entity.ambiguous))
        assert set(read_back) - {normalised(chosen.name)} <= given_words
    if entities:
        assert len(loaded.watchlists[0].match) == len(entities)


@settings(max_examples=100, deadline=None)
@given(value=odd)
def test_anything_may_stand_anywhere_in_an_object(value):
    record = read_record(value)
    if record is not None:
        is_wanted(record, ["Person"], ["sanction"])
        choice = Choice()
        choice.take(record)
        list(files_of(list(choice.entities()), ""))


@settings(max_examples=100, deadline=None)
@given(parts=st.lists(st.binary(max_size=20) | json_values.map(lambda v: json.dumps(v).encode())))
def test_any_bytes_are_objects_or_told_of_with_their_line(parts):
    data = b"\n".join(parts)
    for found in read_objects(io.BytesIO(data)):
        line = found.line if isinstance(found, Unread) else found[0]
        assert 1 <= line <= data.count(b"\n") + 1


@settings(max_examples=60, deadline=None)
@given(
    text=names, language=st.sampled_from(["", "es", "en", "fr", "de", "it", "pt", "pl", "ru", "uk"])
)
def test_a_suggestion_is_terms_whatever_the_name(folder, text, language):
    try:
        suggestion = suggest(text, language=language)
    except ValueError:
        assert not any(map(str.isalpha, normalised(plain_name(text))))
        return
    assert suggestion.name.isprintable()
    for variant in (*suggestion.aliases, *suggestion.ambiguous):
        parse_term(variant.written)
        assert variant.why.isprintable()
        assert variant.written.isprintable()
