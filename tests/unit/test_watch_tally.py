"""What a backtest counts, and how it is drawn."""

from datetime import date, timedelta

import pytest
from builders import NOW, a_match, an_item, evidence
from watch_builders import MADURO, a_watchlist, rules, terms

from monitor.cli.tallied import Figures, as_json, as_text, sparkline
from monitor.model import ItemOutcome, Ruling, SourceRef
from monitor.watch.counting import Counted, TermCounter
from monitor.watch.matcher import Matcher
from monitor.watch.rules import AllOf, EntityRef, InFields, Near, NoneOf
from monitor.watch.tally import EXAMPLES, Tallies

HOUR = timedelta(hours=1)


def ruling(item, outcome, *words, **changes):
    found = tuple(evidence(word) for word in words or ("Maduro",))
    return Ruling(
        item=item.id, match=a_match(evidence=found, **changes), outcome=outcome, reason=""
    )


def tallied(*given):
    """Tally (hours after the start, outcome, terms …) of one watchlist."""
    tallies = Tallies(["crisis"])
    for number, (hours, outcome, *words) in enumerate(given):
        item = an_item(f"item-{number}", title=f"Title {number}")
        ruled = [ruling(item, outcome, *words)] if outcome else []
        tallies.add(item, ruled, language="en-GB", at=NOW + hours * HOUR)
    return tallies


def counted(watchlist, *titles, **fields):
    matcher = Matcher([watchlist], {"maduro": MADURO})
    counter = TermCounter(matcher.watches)
    for title in titles:
        counter.count(matcher.read(an_item(title=title, language="en", **fields)))
    return {each.term: number for each, number in counter.counts.items()}


# --- figures ----------------------------------------------------------------------------------


def test_days_without_items_are_days_too():
    tallies = tallied((0, ItemOutcome.ALERTED), (72, None))
    assert [day.day for day in tallies.days()] == [30, 1, 2, 3]
    assert tallies.each["crisis"].alerts_by_day == {date(2025, 11, 30): 1}
    assert Tallies(["crisis"]).days() == []


def test_vetoed_items_are_no_matches_and_every_outcome_is_counted():
    alerted, similar, vetoed = ItemOutcome.ALERTED, ItemOutcome.SIMILAR, ItemOutcome.VETOED
    tally = tallied((0, alerted), (1, similar), (2, vetoed), (3, None)).each["crisis"]
    assert (tally.matches, tally.alerts, tally.vetoed) == (2, 1, 1)
    assert tally.matches_by_language == {"en": 2}


def test_the_busiest_hour_is_the_first_of_equals():
    alerts = [(hours, ItemOutcome.ALERTED) for hours in (0, 0, 5, 5, 9)]
    hour, most = tallied(*alerts).each["crisis"].busiest_hour
    assert (hour, most) == (NOW.replace(minute=0), 2)
    assert tallied((0, ItemOutcome.SIMILAR)).each["crisis"].busiest_hour is None


def test_the_most_telling_headlines_are_kept_in_the_order_of_their_times():
    few = [(hours, ItemOutcome.ALERTED) for hours in range(20)]
    rich = (30, ItemOutcome.ALERTED, "Maduro", "Caracas", "airspace")
    examples = tallied(*few, rich).each["crisis"].best_examples()
    assert len(examples) == EXAMPLES
    assert [each.title for each in examples] == [f"Title {n}" for n in (0, 1, 2, 3, 20)]


# --- terms ------------------------------------------------------------------------------------


def test_a_term_counts_wherever_it_stands_and_once_for_an_item():
    rule = AllOf(rules=terms("Caracas", "=US", "cigar*"))
    assert counted(a_watchlist(rule), "Caracas, Caracas!", "us in Caracas", "Cigars") == {
        "Caracas": 2,
        "=US": 0,
        "cigar*": 1,
    }


def test_every_kind_of_rule_is_looked_into():
    near = Near(groups=(rules("airspace"), rules("closed", "shut")), within=3)
    inside = InFields(fields=("url",), rule=rules("wire")[0])
    watchlist = a_watchlist(
        near, AllOf(rules=(inside, NoneOf(rules=terms("drill")))), "/clos.d/", none=("baseball",)
    )
    link = "https://wire.example/1"
    assert counted(watchlist, "Wire: airspace closed", "A drill of baseball", link=link) == {
        "airspace": 1, "closed": 1, "shut": 0, "wire": 2, "drill": 1, "/clos.d/": 1, "baseball": 1,
    }  # fmt: skip


def test_the_names_of_an_entity_count_as_one():
    titles = ("Nicolás Maduro", "Maduro", "Maduro, Nicolás", "cigars")
    assert counted(a_watchlist(EntityRef(key="maduro")), *titles) == {"maduro": 3}


def test_terms_of_a_veto_are_told_apart():
    matcher = Matcher([a_watchlist("Caracas", none=("Caracas",))], {})
    assert set(TermCounter(matcher.watches).counts) == {
        Counted("desk", "Caracas"),
        Counted("desk", "Caracas", vetoes=True),
    }


# --- layout -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("heights", "drawn"),
    [([], ""), ([0, 0], "  "), ([1], "█"), ([0, 1, 100], " ▁█"), ([4, 8], "▄█")],
)
def test_what_is_not_nothing_never_looks_like_it(heights, drawn):
    assert sparkline(heights, blocks=True) == drawn
    plain = sparkline(heights, blocks=False)
    assert plain.isascii()
    assert [sign == " " for sign in plain] == [height == 0 for height in heights]


def figures(*titles, watchlist=None):
    matcher = Matcher([watchlist or a_watchlist("Caracas", "airspace", name="crisis")], {})
    counter, tallies = TermCounter(matcher.watches), Tallies(["crisis"])
    for day, title in enumerate(titles):
        item = an_item(title=title, source=SourceRef(name="Wire", url=""))
        reading = matcher.read(item)
        counter.count(reading)
        ruled = [
            Ruling(item=item.id, match=match, outcome=ItemOutcome.ALERTED, reason="")
            for match in matcher.judge(reading)
        ]
        tallies.add(item, ruled, language="en", at=NOW + timedelta(days=day))
    return Figures(tallies=tallies, terms=counter, simulated=("all",), not_simulated=("none",))


def test_figures_are_laid_out_for_people():
    text = "\n".join(as_text(figures("Caracas", "Weather", "Caracas"), blocks=False, verbose=False))
    assert (
        text
        == """\
3 items from 2025-11-30 to 2025-12-02 (UTC)

crisis: 2 alerts, 0.7 a day, at most 1 in an hour (2025-11-30 21:00)
  @ @  at most 1 a day
  2 matches (66.7 % of items): 2 alerted
  terms      items    share  counted
                2   66.7 %        2  Caracas  in more than 1 % of items
  never found: airspace
  sources    Wire 2
  languages  en 2
  2025-11-30 21:04  Caracas (Wire)
  2025-12-02 21:04  Caracas (Wire)

simulated: all
not simulated: none"""
    )


def test_a_long_time_is_drawn_with_several_days_for_a_sign():
    text = list(as_text(figures(*["Caracas"] * 100), blocks=True, verbose=False))
    assert "at most 2 in 2 days" in text[3]
    assert text[3].count("█") == 50


def test_a_list_too_long_is_cut_but_for_those_who_ask():
    watchlist = a_watchlist(*[f"word{n}" for n in range(30)], name="crisis")
    given = figures("word1", watchlist=watchlist)
    short = "\n".join(as_text(given, blocks=True, verbose=False))
    assert "and 21 more" in short
    assert "word29" in "\n".join(as_text(given, blocks=True, verbose=True))
    assert len(as_json(given)["watchlists"][0]["never"]) == 29


def test_nothing_at_all_is_no_division_by_nothing():
    told = as_json(figures())
    assert (told["items"], told["first_day"], told["watchlists"][0]["alerts"]) == (0, None, 0)
    assert next(as_text(figures(), blocks=True, verbose=True)) == "0 items"
