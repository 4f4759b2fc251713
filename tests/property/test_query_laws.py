"""Laws of queries: any text is read or refused at a place inside it; a printed tree reads back."""

from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.watch.query import QueryError, parse_query
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
from monitor.watch.terms import Term, parse_term

bounded = settings(max_examples=100, deadline=None)


def read_or_refused(text, **known):
    try:
        return parse_query(text, **known), None
    except QueryError as error:
        return None, error


# --- any text -------------------------------------------------------------------------------------

SCRAPS = [
    *'()",/\\=*:-~|&! \n', "AND", " AND ", " OR ", "NOT ", " NEAR/5 ", "NEAR/0", "Near/5", "NEAR",
    "ATLEAST/2(", "ATLEAST", "title:", "tag:", "lang:", "entity:", "source:", "titel:", "es", "a1",
    "barrel*", "=US", '"a b"', "/ab+/", "马杜罗", "\u3000", "\ud800", "é", "http://a.b/c", "~5",
]  # fmt: skip
scrappy = st.lists(st.sampled_from(SCRAPS) | st.characters(), max_size=30).map("".join)


@bounded
@given(scrappy)
def test_any_text_is_read_or_refused_at_a_place_inside_it(text):
    rule, error = read_or_refused(text)
    if error:
        assert 0 <= error.start <= error.end <= len(text)
        assert str(error).strip()
        assert error.help.strip()
    else:
        assert parse_query(printed(rule)) == rule


# --- any tree -------------------------------------------------------------------------------------

TEXT_FIELDS = ("title", "summary", "content", "author", "url")


def printed(rule):
    match rule:
        case AnyOf(rules=(InFields(fields=("tags",), rule=term), FromSource())):
            return f"tag:{term.written}"
        case AnyOf(rules=rules):
            return " OR ".join(map(enclosed, rules))
        case AllOf(rules=rules):
            return " AND ".join(map(enclosed, rules))
        case NoneOf(rules=(inner,)):
            return f"NOT {enclosed(inner)}"
        case Near(groups=groups, within=within):
            sides = [enclosed(g[0] if len(g) == 1 else AnyOf(rules=g)) for g in groups]
            return f" NEAR/{within} ".join(sides)
        case AtLeast(count=count, rules=(only,)):
            return f"ATLEAST/{count}({enclosed(only)})"
        case AtLeast(count=count, rules=rules):
            return f"ATLEAST/{count}({', '.join(map(printed, rules))})"
        case InFields(fields=(field,), rule=inner):
            return f"{field}:{enclosed(inner)}"
        case InLanguage(language=language):
            return f"lang:{language}"
        case FromSource(which=which):
            return f'source:"{which}"'
        case EntityRef(key=key):
            return f'entity:"{key}"'
        case Term(written=written):
            return written


def enclosed(rule):
    return printed(rule) if isinstance(rule, Term) else f"({printed(rule)})"


TERMS = ["airspace", "regime change", '"no-fly zone"', "=US", '="Red Sea"', "oil tank*", "/a (b|c)/", r"/a\/b/", "马杜罗", "at least"]  # fmt: skip
plain = st.sampled_from(TERMS).map(parse_term)
mentions = st.sampled_from(["maduro", "uss ford"]).map(lambda key: EntityRef(key=key))
conditions = st.sampled_from(
    [InLanguage(language="pt-br"), FromSource(which="BBC World"), FromSource(which="*.bbc.co.uk")]
)
tags = st.sampled_from(['"wire"', '"us politics"']).map(
    lambda written: AnyOf(
        rules=(
            InFields(fields=("tags",), rule=parse_term(written), whole=True),
            FromSource(which=f"tag:{written.strip(chr(34))}"),
        )
    )
)
choices = st.recursive(
    plain | mentions,
    lambda inner: st.lists(inner, min_size=2, max_size=3).map(lambda r: AnyOf(rules=tuple(r))),
    max_leaves=4,
)
groups = choices.map(lambda rule: rule.rules if isinstance(rule, AnyOf) else (rule,))
rows = st.builds(
    Near,
    groups=st.lists(groups, min_size=2, max_size=4).map(tuple),
    within=st.integers(1, 100),
)


def combined(parts):
    several = st.lists(parts, min_size=2, max_size=3).map(tuple)
    listed = st.lists(parts, min_size=1, max_size=3).map(tuple)
    return st.one_of(
        several.map(lambda rules: AnyOf(rules=rules)),
        several.map(lambda rules: AllOf(rules=rules)),
        parts.map(lambda rule: NoneOf(rules=(rule,))),
        listed.flatmap(
            lambda rules: st.integers(1, len(rules)).map(lambda n: AtLeast(count=n, rules=rules))
        ),
    )


def scoped(parts):
    fields = st.sampled_from(TEXT_FIELDS)
    return st.builds(lambda field, rule: InFields(fields=(field,), rule=rule), fields, parts)


inside_fields = st.recursive(plain | mentions | conditions | rows, combined, max_leaves=5)
trees = st.recursive(
    plain | mentions | conditions | tags | rows | scoped(inside_fields), combined, max_leaves=10
)


@bounded
@given(trees)
def test_a_printed_tree_reads_as_itself(rule):
    assert parse_query(printed(rule)) == rule


@bounded
@given(trees, st.sampled_from([" ", "\n\t ", "\u3000"]))
def test_blanks_around_signs_mean_nothing(rule, blank):
    text = printed(rule)
    if not any(sign in text for sign in ('"', "/a")):
        spaced = text.replace("(", f"({blank}").replace(")", f"{blank})")
        assert parse_query(f"{blank}{spaced}{blank}") == rule


@bounded
@given(trees, st.data())
def test_a_damaged_query_never_crashes(rule, data):
    text = printed(rule)
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    damaged = text[:start] + data.draw(scrappy) + text[end:]
    _, error = read_or_refused(damaged, entities={"maduro"})
    assert error is None or 0 <= error.start <= error.end <= len(damaged)
