"""A problem reads like a compiler's: place, sentence, line, carets, help."""

import pytest

from monitor.config.problems import Code, Problem, did_you_mean, nearest, quote


def a_problem(**changes):
    defaults = {
        "file": "watchlists.d/venezuela.yaml",
        "line": 12,
        "column": 5,
        "end_column": 10,
        "code": Code.UNKNOWN_OPTION,
        "message": "unknown option “alias”",
        "help": "did you mean “aliases”?",
        "source_line": "    alias: [Maduro]",
    }
    return Problem(**defaults | changes)


def carets_of(problem):
    line, carets = str(problem).splitlines()[1:3]
    return line, carets


def test_a_problem_shows_its_line_with_carets_and_a_help():
    assert str(a_problem()).splitlines() == [
        "watchlists.d/venezuela.yaml:12:5: error: unknown option “alias”  [unknown-option]",
        "  12 |     alias: [Maduro]",
        "     |     ^^^^^",
        "     = help: did you mean “aliases”?",
    ]


def test_a_problem_of_a_whole_file_has_no_line():
    problem = a_problem(line=0, column=0, end_column=0, source_line="", help="")
    assert str(problem) == (
        "watchlists.d/venezuela.yaml: error: unknown option “alias”  [unknown-option]"
    )


def test_the_json_form_has_the_promised_names():
    assert a_problem().as_json() == {
        "file": "watchlists.d/venezuela.yaml",
        "line": 12,
        "col": 5,
        "end": 10,
        "code": "unknown-option",
        "message": "unknown option “alias”",
        "help": "did you mean “aliases”?",
        "severity": "error",
    }


def test_carets_stand_under_wide_characters():
    line, carets = carets_of(a_problem(column=2, end_column=5, source_line="[马杜罗, x]", line=1))
    assert carets == "    |  ^^^^^^"
    assert line == "  1 | [马杜罗, x]"


def test_carets_stand_behind_tabs_and_combining_marks():
    _, carets = carets_of(a_problem(column=6, end_column=7, source_line="\te\u0301a x", line=1))
    assert carets == "    | \t   ^"


def test_a_long_line_is_cut_around_the_place():
    source = "a" * 5_000 + " wrong " + "b" * 5_000
    line, carets = carets_of(a_problem(column=5_002, end_column=5_007, source_line=source))
    assert len(line) < 120
    assert line[carets.index("^") : carets.rindex("^") + 1] == "wrong"


def test_a_line_can_not_steer_the_terminal():
    shown = str(a_problem(source_line="    alias: \x1b[31m\u202e\r"))
    assert not {"\x1b", "\u202e", "\r"} & set(shown)


def test_a_quotation_is_cut_and_printable():
    assert quote("a" * 1_000) == "“" + "a" * 59 + "…”"
    assert "\x1b" not in quote("\x1b[2J")


@pytest.mark.parametrize(
    ("word", "meant"),
    [("severty", "severity"), ("nmae", "name"), ("Tags", "tags"), ("kevel", "level")],
)
def test_a_slip_finds_the_word_meant(word, meant):
    known = ["severity", "name", "tags", "level", "match", "fields"]
    assert did_you_mean(word, known) == f"did you mean “{meant}”?"


def test_what_is_no_slip_finds_nothing():
    assert did_you_mean("colour", ["severity", "name"]) == ""
    assert nearest("x" * 1_000_000, ["x" * 1_000_000]) is None


def test_codes_are_unique_lower_case_words_with_a_meaning():
    assert len({str(code) for code in Code}) == len(Code)
    for code in Code:
        assert str(code).replace("-", "").replace("8", "").islower()
        assert code.meaning.endswith(".")
