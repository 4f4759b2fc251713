"""The watchlists in docs/examples load without a warning and pass their own tests."""

import os
from pathlib import Path

import pytest

from monitor.cli.trial import run_tests
from monitor.config.load import load

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"


@pytest.fixture(scope="module")
def crisis():
    return load(EXAMPLES / "crisis.yaml", environ=os.environ)


def test_the_five_lists_of_the_crisis_load_without_a_warning(crisis):
    assert crisis.warnings == ()
    assert {each.name for each in crisis.settings.watchlists} == {
        "venezuela-crisis",
        "airspace-closures",
        "sanctions",
        "oil",
        "carriers",
    }


def test_each_of_them_passes_its_tests(crisis):
    lists = crisis.settings.watchlists
    trials = run_tests(crisis.settings, lists)
    assert [trial for trial in trials if not trial.passed] == []
    for watchlist in lists:
        expected = {test.expect for test in watchlist.tests}
        assert expected == {"match", "no_match"}, watchlist.name
