"""Lists that others keep become entities: what is kept, what is ambiguous, what is left out."""

import io
import json

import pytest

from monitor.config.entity_files import lines
from monitor.config.entity_files.choosing import NUMBERS, REPEATED, TOO_LONG, TOO_SHORT, Choice
from monitor.config.entity_files.lines import Unread, read_objects
from monitor.config.entity_files.records import is_wanted, read_record
from monitor.config.entity_files.writing import files_of


def money(name="Nicolás Maduro", *aliases, schema="Person", id="NK-1", **properties):
    """A FollowTheMoney object."""
    return {
        "id": id,
        "schema": schema,
        "caption": name,
        "properties": {"name": [name, *aliases], **properties},
    }


def wikidata(labels, aliases=None, **claims):
    """A Wikidata object."""
    return {
        "id": "Q19202",
        "labels": {key: {"language": key, "value": text} for key, text in labels.items()},
        "aliases": {
            key: [{"language": key, "value": text} for text in texts]
            for key, texts in (aliases or {}).items()
        },
        "claims": {
            claim: [{"mainsnak": {"datavalue": {"value": value}}} for value in values]
            for claim, values in claims.items()
        },
    }


def read(*objects):
    """What a file of these objects becomes."""
    choice = Choice()
    for each in objects:
        choice.take(read_record(each))
    return choice, list(choice.entities())


def one(*objects):
    _, entities = read(*objects)
    assert len(entities) == 1
    return entities[0]


def stream(*parts):
    return read_objects(io.BytesIO(b"".join(parts)))


# --- lines ------------------------------------------------------------------------------------


def test_lines_are_read_one_by_one_with_their_numbers_and_bad_ones_are_told_of():
    found = list(stream(b'{"a": 1}\n', b"\n", b"{broken\n", b"[1]\n", b"\xff\n", b'{"b": 2}'))
    assert [found[0], found[-1]] == [(1, {"a": 1}), (6, {"b": 2})]
    assert [(each.line, each.reason) for each in found[1:4]] == [
        (3, "not JSON: Expecting property name enclosed in double quotes"),
        (4, "not a JSON object"),
        (5, "not UTF-8"),
    ]


def test_a_dump_of_wikidata_is_an_array_an_entity_a_line():
    assert list(stream(b'[\n{"a": 1},\n{"b": 2}\n]\n')) == [(2, {"a": 1}), (3, {"b": 2})]


@pytest.mark.parametrize("indent", [None, 2])
def test_an_entity_data_file_is_taken_apart(indent):
    data = json.dumps({"entities": {"Q1": {"a": 1}, "Q2": {"b": 2}}}, indent=indent)
    assert [value for _, value in stream(data.encode())] == [{"a": 1}, {"b": 2}]


def test_deep_nesting_and_endless_numbers_are_unread_lines():
    deep, long = b"[" * 100_000, b'{"a": ' + b"9" * 10_000 + b"}"
    found = list(stream(deep, b"\n", long, b'\n{"b": 2}\n'))
    assert [type(each) for each in found] == [Unread, Unread, tuple]


@pytest.mark.parametrize(
    "end",
    [b'{"b": ', b'{"b": "\xd0', b'{"b": "x', b"{"],
)
def test_a_file_that_ends_inside_a_line_is_known(end):
    *_, last = stream(b'{"a": 1}\n', end)
    assert (last.line, last.cut) == (2, True)


def test_a_document_that_ends_in_the_middle_is_known():
    [cut] = stream(b"{\n", b'  "entities": {"Q1": {"id":')
    [wrong] = stream(b"{\n", b"  entities: {}\n}\n")
    assert (cut.cut, wrong.cut) == (True, False)


@pytest.mark.parametrize("end", [b'{"b": 2}', b"[1]", b"{broken\n", b"]"])
def test_a_last_line_that_is_whole_is_not_cut(end):
    found = list(stream(b'{"a": 1}\n', end))
    assert not any(isinstance(each, Unread) and each.cut for each in found)


def test_a_line_that_is_too_long_is_passed_over(monkeypatch):
    monkeypatch.setattr(lines, "MAX_LINE", 20)
    found = list(stream(b'{"a": "', b"x" * 100, b'"}\n{"b": 2}\n'))
    assert found == [Unread(line=1, reason="the line is longer than 20 bytes"), (2, {"b": 2})]


# --- records ----------------------------------------------------------------------------------


def test_a_follow_the_money_object_has_names_aliases_and_numbers():
    record = read_record(
        money(
            "OCEAN STAR",
            schema="Vessel",
            alias=["Star of the Sea"],
            imoNumber=["IMO9179701", "nonsense"],
            registrationNumber=["YV-2030"],
            topics=["sanction"],
            weakAlias=["Star"],
        )
    )
    assert record.names == ("OCEAN STAR", "Star of the Sea", "IMO 9179701", "YV-2030")
    assert (record.weak, record.topics) == (("Star",), {"sanction"})


def test_first_and_last_name_stand_in_where_there_is_no_name():
    value = money(firstName=["Nicolás"], lastName=["Maduro"], name=[])
    assert read_record(value | {"caption": None}).names == ("Nicolás Maduro",)


def test_wikidata_gives_labels_aliases_and_stated_names_in_the_languages_wanted():
    value = wikidata(
        {
            "fr": "Nicolas Maduro",
            "en": "Nicolás Maduro",
            "ru": "Николас Мадуро",
            "mul": "N. Maduro",
        },
        {"ru": ["Мадуро, Николас"], "en": ["Maduro Moros"]},
        P31=[{"id": "Q5"}],
        P1559=[{"text": "Nicolás Maduro Moros", "language": "es"}],
        P1813=[{"text": "Maduro", "language": "es"}],
    )
    record = read_record(value)
    assert (record.id, record.schema, record.names[0]) == ("Q19202", "Person", "Nicolás Maduro")
    assert {"Николас Мадуро", "Maduro Moros", "Nicolás Maduro Moros"} <= set(record.names)
    assert record.weak == ("Maduro",)
    assert read_record(value, ["ru"]).names == ("N. Maduro", "Николас Мадуро", "Мадуро, Николас")


@pytest.mark.parametrize(
    ("schema", "wanted", "kept"),
    [
        ("Person", (), True),
        ("Address", (), False),
        ("Company", ("Organization",), True),
        ("Person", ("Organization",), False),
        ("Vessel", ("person", "vessel"), True),
        ("Person", ("LegalEntity",), True),
    ],
)
def test_a_schema_takes_in_those_below_it(schema, wanted, kept):
    assert is_wanted(read_record(money(schema=schema)), wanted, ()) is kept


def test_a_topic_keeps_only_those_that_have_it():
    assert is_wanted(read_record(money(topics=["sanction"])), (), ("sanction", "crime"))
    assert not is_wanted(read_record(money(topics=["role.pep"])), (), ("sanction",))


def test_an_object_of_another_kind_is_no_record():
    assert read_record({"title": "News"}) is None


# --- choosing ---------------------------------------------------------------------------------


def test_the_first_name_is_the_entitys_and_its_key_comes_from_it():
    entity = one(money("Nicolás Maduro", "Nicolás Maduro Moros", "Мадуро Николас"))
    assert (entity.key, entity.name) == ("nicolas-maduro", "Nicolás Maduro")
    assert entity.aliases == ("Nicolás Maduro Moros", "Мадуро Николас")


def test_a_name_that_the_matcher_folds_into_another_is_left_out_and_counted():
    choice, entities = read(money("Olaf Müller", "OLAF MULLER", "Olaf Mueller", "O. Müller"))
    assert entities[0].aliases == ("O. Müller",)
    assert choice.dropped[REPEATED] == 2


def test_names_that_say_too_little_are_left_out_with_a_reason():
    choice, entities = read(money("Nicolás Maduro", "Nik", "1234567", "马杜罗", "x" * 101, "马"))
    assert entities[0].aliases == ("马杜罗",)
    assert (choice.dropped[TOO_SHORT], choice.dropped[NUMBERS], choice.dropped[TOO_LONG]) == (
        2,
        1,
        1,
    )


def test_weak_aliases_and_single_words_are_ambiguous_and_never_count_alone():
    entity = one(money("Nicolás Maduro", "Maduro", weakAlias=["El Conductor"]))
    assert entity.aliases == ()
    assert entity.ambiguous == ("Maduro", "El Conductor")
    assert not entity.alone


def test_a_company_called_after_an_everyday_word_or_a_person_is_ambiguous_another_is_not():
    choice, entities = read(
        money("Horizon", "Horizon Trading LLC", schema="Company", id="a"),
        money("Wagner", "Wagner Group", schema="Organization", id="b"),
        money("Richard Wagner", id="c"),
        money("Rosneft", schema="Company", id="d"),
    )
    assert [each.ambiguous for each in entities] == [("Horizon",), ("Wagner",), (), ()]
    assert entities[3].name == "Rosneft"
    assert choice.weak == 2


def test_a_name_of_two_entities_is_ambiguous_in_both_and_may_count_alone():
    choice, entities = read(
        money("OMAR HASSAN", "Omar Hassan al-Kufi", id="a"), money("Omar Hassan", id="NK-b")
    )
    assert choice.shared == 1
    assert [each.name for each in entities] == ["Omar Hassan al-Kufi", "Omar Hassan (nk-b)"]
    assert [each.ambiguous for each in entities] == [
        ("OMAR HASSAN", "Omar Hassan"),
        ("Omar Hassan",),
    ]
    assert all(each.alone for each in entities)
    assert [each.key for each in entities] == ["omar-hassan-a", "omar-hassan-nk-b"]


def test_an_entity_with_nothing_but_one_ambiguous_word_is_left_out_and_counted():
    choice, entities = read(money("Ahmed"))
    assert (choice.nameless, entities) == (1, [])


def test_a_ship_with_an_everyday_name_is_known_by_its_number():
    entity = one(money("HOPE", schema="Vessel", imoNumber=["9179701"]))
    assert (entity.name, entity.aliases) == ("HOPE (IMO 9179701)", ("IMO 9179701",))
    assert entity.ambiguous == ("HOPE",)


def test_an_entity_that_comes_twice_is_one_with_the_names_of_both():
    choice, entities = read(
        money("Nicolás Maduro", id="Q1"), money("NICOLAS MADURO", "Maduro Moros", id="Q1")
    )
    assert [(each.name, each.aliases) for each in entities] == [
        ("Nicolás Maduro", ("Maduro Moros",))
    ]
    assert choice.shared == 0


def test_keys_do_not_depend_on_the_order_of_the_file():
    people = [money("Omar Hassan", f"Omar {n}assan", id=f"NK-{n}") for n in "abc"]
    assert {each.key for each in read(*people)[1]} == {each.key for each in read(*people[::-1])[1]}


# --- writing ----------------------------------------------------------------------------------


def test_what_is_too_large_for_one_file_becomes_several():
    _, entities = read(
        *(money(f"Person Numberless {'abcdefgh'[n]}{n}xy", id=str(n)) for n in range(8))
    )
    whole = list(files_of(entities, "# head\n\n", "desk"))
    parts = list(files_of(entities, "# head\n\n", "desk", room=300))
    assert len(whole) == 1
    assert len(parts) > 3
    assert all(part.startswith("# head\n\n") and len(part) < 400 for part in parts)
    assert sum(part.count("name:") for part in parts) == 8
    assert "  desk-2:\n" in "".join(parts)
