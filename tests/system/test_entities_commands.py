"""Entities suggested and imported by real processes, and matched then."""

import gzip
import json
import random
import re

import pytest
import yaml
from desk import Desk

CONFIG = "sources: [https://wire.example/feed]\ninclude: [s*.yaml]\n"
NAMES = 2_000


@pytest.fixture
async def desk(tmp_path):
    async with Desk(tmp_path) as desk:
        (tmp_path / "config.yaml").write_text(CONFIG)
        yield desk


def a_list(count):
    """A sanctions list, made up: people of two or three names, companies, ships."""
    rng = random.Random(2026)

    def word():
        letters = ("bcdfghklmnprstvz", "aeiou")
        return "".join(rng.choice(letters[n % 2]) for n in range(2 * rng.randint(2, 4))).title()

    for number in range(count):
        kind = ("Person", "Person", "Company", "Vessel")[number % 4]
        name = f"{word()} {word()}"
        aliases = [f"{name} {word()}"] if number % 3 else [f"{word()} {word()}"]
        yield {
            "id": f"NK-{number:05}",
            "schema": kind,
            "caption": name,
            "properties": {"name": [name], "alias": aliases, "topics": ["sanction"]},
        }


def lines(values):
    return "".join(json.dumps(value) + "\n" for value in values)


async def test_a_suggestion_can_be_pasted_as_it_is(desk):
    ran = await desk.run("entities", "suggest", "Nicolás Maduro", "Володимир Зеленський")
    assert ran.code == 0, ran.err
    assert "# name order" in ran.out
    (desk.folder / "s.yaml").write_text(f"{ran.out}\nwatchlists: {{w: [entity: nicolas-maduro]}}\n")
    checked = await desk.run("check")
    assert checked.code == 0, checked.err
    found = await desk.run("match", "--text", "Мадуро, Николас: портрет", "--json")
    assert found.json["matches"][0]["evidence"][0]["entity"] == "nicolas-maduro"


async def test_a_suggestion_is_json_too_and_no_name_is_a_usage_error(desk):
    ran = await desk.run("entities", "suggest", "Nicolás Maduro", "--json")
    assert ran.json[0]["key"] == "nicolas-maduro"
    assert {"written": "Maduro, Nicolás", "why": "name order"} in ran.json[0]["aliases"]
    assert (await desk.run("entities", "suggest", "!!!")).code == 2


async def test_a_sanctions_list_becomes_a_watchlist_that_fires(desk):
    people = list(a_list(NAMES))
    (desk.folder / "list.json").write_text(lines(people))
    ran = await desk.run("entities", "import", "list.json", "-o", "s.yaml", "--list", "sanctions")
    assert ran.code == 0, ran.err
    assert "2,000 entities" in ran.err
    checked = await desk.run("check")
    assert checked.code == 0, checked.err
    titles = [f"Police spoke with {each['caption']} on Monday" for each in people]
    (desk.folder / "items.jsonl").write_text(
        lines({"title": title} for title in [*titles, "The weather on Monday"])
    )
    matched = await desk.run("match", "--items", "items.jsonl")
    fired = [bool(line["matches"]) for line in matched.lines]
    assert fired == [True] * NAMES + [False]


async def test_a_gzipped_list_is_read_and_filtered(desk):
    data = lines(a_list(40)).encode()
    (desk.folder / "list.json.gz").write_bytes(gzip.compress(data))
    arguments = ("--schema", "Vessel,Company", "--topic", "sanction", "--limit", "7", "--json")
    ran = await desk.run("entities", "import", "list.json.gz", "-o", "s.yaml", *arguments)
    assert (ran.json["entities"], ran.json["files"]) == (7, ["s.yaml"])
    assert ran.json["unwanted"] > 0
    none = await desk.run("entities", "import", "list.json.gz", "--topic", "role.pep")
    assert (none.code, none.out) == (1, "")
    slip = await desk.run("entities", "import", "list.json.gz", "--schema", "Vesel")
    assert (slip.code, slip.out) == (1, "")
    assert "nothing is of the schema “Vesel”; did you mean “Vessel”?" in slip.err


async def test_stdin_and_stdout_will_do(desk):
    ran = await desk.run("entities", "import", "-", "--quiet", stdin=lines(a_list(3)))
    assert len(yaml.safe_load(ran.out)["entities"]) == 3
    assert ran.err == ""


async def test_lines_that_are_no_json_are_told_of_and_the_rest_is_read(desk):
    good = lines(a_list(2))
    (desk.folder / "list.json").write_text(f"{good}{{broken\n" + "[]\n" * 9 + '{"title": "x"}\n')
    ran = await desk.run("entities", "import", "list.json", "-o", "s.yaml")
    assert ran.code == 0
    assert "list.json:3: not JSON: " in ran.err
    assert "list.json:4: not a JSON object" in ran.err
    assert "… and 6 more" in ran.err
    assert "2 entities" in ran.err
    assert "Traceback" not in ran.err


async def test_a_file_is_overwritten_only_when_told_so(desk):
    (desk.folder / "list.json").write_text(lines(a_list(3)))
    (desk.folder / "s.yaml").write_text("# mine\n")
    refused = await desk.run("entities", "import", "list.json", "-o", "s.yaml")
    assert refused.code == 2
    assert "--force" in refused.err
    assert (desk.folder / "s.yaml").read_text() == "# mine\n"
    forced = await desk.run("entities", "import", "list.json", "-o", "s.yaml", "--force")
    assert forced.code == 0
    assert re.match(
        "# Written by monitor entities import on ", (desk.folder / "s.yaml").read_text()
    )
    assert sorted(path.name for path in desk.folder.iterdir()) == [
        "config.yaml", "list.json", "s.yaml",
    ]  # fmt: skip


async def test_parts_of_an_earlier_import_go_with_it_and_files_of_others_stay(desk):
    (desk.folder / "list.json").write_text(lines(a_list(3)))
    (desk.folder / "s-2.yaml").write_text("# Written by monitor entities import on 2026-01-01.\n")
    (desk.folder / "s-3.yaml").write_text("x-mine: 1\n")
    await desk.run("entities", "import", "list.json", "-o", "s.yaml", "--force")
    assert not (desk.folder / "s-2.yaml").exists()
    assert (desk.folder / "s-3.yaml").exists()


@pytest.mark.parametrize("content", [b"", b"\x1f\x8b\x08\x00broken"])
async def test_a_file_that_is_empty_or_cut_short_leaves_nothing_behind(desk, content):
    (desk.folder / "list.json").write_bytes(content)
    ran = await desk.run("entities", "import", "list.json", "-o", "s.yaml")
    assert ran.code == (3 if content else 1)
    assert "Traceback" not in ran.err
    assert not (desk.folder / "s.yaml").exists()


async def test_a_plain_file_that_ends_inside_a_line_is_refused(desk):
    (desk.folder / "list.json").write_text(lines(a_list(3))[:-20])
    ran = await desk.run("entities", "import", "list.json", "-o", "s.yaml")
    assert (ran.code, ran.err.count("\n")) == (3, 1)
    assert "list.json:3 ends or breaks in the middle" in ran.err
    assert not (desk.folder / "s.yaml").exists()


async def test_what_cannot_be_read_or_written_is_said_in_one_line(desk):
    missing = await desk.run("entities", "import", "nothing.json")
    assert (missing.code, missing.err.count("\n")) == (3, 1)
    (desk.folder / "list.json").write_text(lines(a_list(1)))
    nowhere = await desk.run("entities", "import", "list.json", "-o", "no/such/s.yaml", "--quiet")
    assert (nowhere.code, nowhere.err.count("\n")) == (3, 1)
    odd = await desk.run("entities", "import", "list.json", "--list", "a/b")
    assert odd.code == 2


async def test_wikidata_brings_the_names_that_no_rule_makes(desk):
    labels = {
        "en": "Nicolás Maduro",
        "zh": "尼古拉斯·马杜罗",
        "ja": "ニコラス・マドゥロ",
        "he": "ניקולס מדורו",
    }
    value = {
        "entities": {
            "Q19202": {
                "id": "Q19202",
                "labels": {key: {"language": key, "value": text} for key, text in labels.items()},
                "aliases": {"zh": [{"language": "zh", "value": "马杜罗"}]},
                "claims": {"P31": [{"mainsnak": {"datavalue": {"value": {"id": "Q5"}}}}]},
            }
        }
    }
    (desk.folder / "Q19202.json").write_text(json.dumps(value, ensure_ascii=False))
    ran = await desk.run("entities", "import", "Q19202.json", "-o", "s.yaml", "--list", "people")
    assert ran.code == 0, ran.err
    for title in ("马杜罗访问北京", "ニコラス・マドゥロ大統領"):
        assert (await desk.run("match", "--text", title)).code == 0, title
