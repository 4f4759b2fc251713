"""Every numbered behaviour of docs/fetching-cases.md stands there once and has a test."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
NUMBERS = set(range(1, 73))
ROW = re.compile(r"^\| (\d+) \|", re.MULTILINE)
TEST = re.compile(r"def test_(?:behaviour_)?((?:\d\d_)+)")


def test_every_number_has_its_row():
    rows = ROW.findall((ROOT / "docs" / "fetching-cases.md").read_text())
    assert [int(number) for number in rows] == sorted(NUMBERS)


def test_every_number_has_a_test():
    tested = {
        int(number)
        for file in (ROOT / "tests" / "conformance").glob("test_*.py")
        for numbers in TEST.findall(file.read_text())
        for number in re.findall(r"\d+", numbers)
    }
    assert sorted(NUMBERS - tested) == []
