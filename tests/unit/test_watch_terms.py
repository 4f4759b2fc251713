"""How terms are written, and what is said of those nobody can mean."""

import pytest

from monitor.watch.rules import AllOf, AnyOf, EntityRef, NoneOf, requires_nothing
from monitor.watch.terms import Term, TermError, TermKind, parse_term


@pytest.mark.parametrize(
    ("written", "kind", "text"),
    [
        ("airspace", TermKind.WORDS, "airspace"),
        ("regime change", TermKind.WORDS, "regime change"),
        ("no-fly zone", TermKind.WORDS, "no-fly zone"),
        ("马杜罗", TermKind.WORDS, "马杜罗"),
        ("Maduro, Nicolás", TermKind.WORDS, "Maduro, Nicolás"),
        ('"no-fly zone"', TermKind.EXACT_FORM, "no-fly zone"),
        ("=US", TermKind.EXACT_CASE, "US"),
        ('="United States"', TermKind.EXACT_CASE, "United States"),
        ("=United States", TermKind.EXACT_CASE, "United States"),
        ("cigar*", TermKind.PREFIX, "cigar"),
        ("air traffic control*", TermKind.PREFIX, "air traffic control"),
        ("санкци*", TermKind.PREFIX, "санкци"),
        ("मादुर*", TermKind.PREFIX, "मादुर"),
        ("मादुरो*", TermKind.PREFIX, "मादुरो"),
        ("/airspace.*closed/", TermKind.PATTERN, "airspace.*closed"),
        ("/(?-i)US/", TermKind.PATTERN, "(?-i)US"),
        (r"/\bМадуро\w*\b/", TermKind.PATTERN, r"\bМадуро\w*\b"),
        ("and/or", TermKind.WORDS, "and/or"),
    ],
)
def test_a_term_is_read_by_its_marks(written, kind, text):
    assert parse_term(written) == Term(written=written, kind=kind, text=text)


def test_space_around_a_term_is_not_part_of_it():
    assert parse_term("  airspace \n").written == "airspace"


@pytest.mark.parametrize(
    ("written", "place", "says"),
    [
        ("", "", "empty"),
        ("  ", "  ", "empty"),
        ("us*", "us*", "3 letters"),
        ("carrier tf*", "tf*", "3 letters"),
        ("*", "*", "only at the end"),
        ("mad*uro", "*", "only at the end"),
        ("sanction* on oil", "*", "only at the end"),
        ("Maduro *", "*", "only at the end"),
        ("cigar**", "*", "only at the end"),
        ("cigar!*", "*", "only at the end"),
        ('"no-fly zone', '"', "do not enclose"),
        ('no-fly" zone', '"', "do not enclose"),
        ('the "big" one', '"', "do not enclose"),
        ('"', '"', "do not enclose"),
        ('="US', '"', "do not enclose"),
        ('"cigar*"', "*", "can't carry"),
        ("=Mad*", "*", "can't carry"),
        ('"=US"', "=", "inside the quotes"),
        ("==US", "=", "inside the quotes"),
        ("...", "...", "no letters"),
        ("=", "=", "no letters"),
        ('""', '""', "no letters"),
        ("🇻🇪", "🇻🇪", "no letters"),
        ("/airspace", "/airspace", "slash"),
        ("//", "//", "slash"),
        ("/", "/", "slash"),
        ("/a(b/", "a(b", "RE2"),
        (r"/(?=a)b/", r"(?=a)b", "RE2"),
        (r"/(a)\1/", r"(a)\1", "RE2"),
        ("/a*/", "a*", "empty text"),
        ("/^/", "^", "empty text"),
        (r"/\b/", r"\b", "empty text"),
        (r"/\b\b\b/", r"\b", "inside a pattern"),
        (r"/no\bfly/", r"\b", "inside a pattern"),
        (r"/x\By/", r"\B", "inside a pattern"),
        (r"/\bfoo|bar\b/", "|", "alternatives"),
        (r"/[^\W_]+x/", r"\W", "ASCII"),
        ("/" + "x" * 1001 + "/", "x", "longer than 1,000"),
        (r"/\w{80}/", r"\w{80}", "repetitions are written out"),
        (r"/\w{400}/", r"\w{400}", "too large"),
        ("/a\ud800/", "a\ud800", "RE2"),
    ],
)
def test_a_term_nobody_can_mean_is_refused_at_its_place(written, place, says):
    with pytest.raises(TermError) as caught:
        parse_term(written)
    error = caught.value
    assert says in str(error)
    assert written[error.start : error.end] == place
    assert error.help


def test_places_count_from_the_beginning_of_what_was_written():
    with pytest.raises(TermError) as caught:
        parse_term("  us* ")
    assert (caught.value.start, caught.value.end) == (2, 5)


def test_a_rule_that_only_forbids_requires_nothing():
    term = parse_term("airspace")
    without = NoneOf(rules=(term,))
    assert requires_nothing(without)
    assert requires_nothing(AnyOf(rules=(term, without)))
    assert requires_nothing(AllOf(rules=(without, without)))
    assert requires_nothing(AllOf(rules=()))
    assert not requires_nothing(term)
    assert not requires_nothing(EntityRef(key="maduro"))
    assert not requires_nothing(AllOf(rules=(without, term)))
    assert not requires_nothing(AnyOf(rules=(term, AllOf(rules=(term, without)))))
