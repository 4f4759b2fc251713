"""Every numbered case of docs/delivery-cases.md stands there and has a test that carries it."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
NUMBERS = set(range(1, 59))
ROW = re.compile(r"^\| (\d+) \|", re.MULTILINE)
TEST = re.compile(r"def test_case_(\d+)_")


def test_every_number_has_its_row():
    rows = ROW.findall((ROOT / "docs" / "delivery-cases.md").read_text())
    assert {int(number) for number in rows} == NUMBERS


def test_every_number_has_a_test():
    tested = {
        int(number)
        for file in (ROOT / "tests").glob("*/test_*.py")
        for number in TEST.findall(file.read_text())
    }
    assert sorted(NUMBERS - tested) == []
