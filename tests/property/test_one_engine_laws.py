"""match, test, backtest, explain and the pipeline make the same of the same items."""

import tempfile
from collections import Counter
from dataclasses import replace
from datetime import timedelta

from builders import NOW
from hypothesis import given, settings
from hypothesis import strategies as st
from store_builders import PARTS, WIRE, a_poll, again, configure, key
from watch_builders import MADURO, a_watchlist, terms

from monitor.alerts.policy import Policy
from monitor.cli.given import by_name, make_item
from monitor.cli.rehearse import Rehearsal
from monitor.cli.trial import run_tests
from monitor.model import ItemId, Known, Sighting, Source
from monitor.pipeline import decider
from monitor.pipeline.gists import Gists
from monitor.settings import Settings
from monitor.store import Store
from monitor.stories.keys import title_key, untagged
from monitor.watch.counting import TermCounter
from monitor.watch.explain import explain
from monitor.watch.matcher import Matcher
from monitor.watch.rules import AllOf, AtLeast, EntityRef, Expectation, Near, NoneOf, Sample
from monitor.watch.tally import Tallies
from monitor.watch.words.text import normalised

WORDS = ["Maduro", "maduro", "Venezuela", "airspace", "closed", "cigars", "baseball", "US", "today"]
TERMS = st.sampled_from(terms("Venezuela", "airspace", "=US", "cigar*", '"closed"', "/clos./"))
RULES = st.one_of(
    TERMS,
    st.just(EntityRef(key="maduro")),
    st.lists(TERMS, min_size=2, max_size=3).map(lambda some: AllOf(rules=tuple(some))),
    TERMS.map(lambda term: AllOf(rules=(term, NoneOf(rules=terms("today"))))),
    st.lists(TERMS, min_size=2, max_size=4, unique=True).map(
        lambda some: AtLeast(count=2, rules=tuple(some))
    ),
    st.tuples(TERMS, TERMS).map(lambda two: Near(groups=((two[0],), (two[1],)), within=3)),
)
LISTS = st.builds(
    lambda name, rules, none, languages: a_watchlist(
        *rules, none=none, name=name, languages=languages
    ),
    name=st.just(""),
    rules=st.lists(RULES, min_size=1, max_size=3),
    none=st.sampled_from([(), ("baseball",), ("today", "cigar*")]),
    languages=st.sampled_from([(), ("en",), ("es",)]),
)
TEXTS = st.lists(st.sampled_from(WORDS), max_size=8).map(" ".join)
SAMPLES = st.builds(
    Sample,
    title=TEXTS.map(lambda text: text or "Nothing"),
    summary=TEXTS,
    source=st.just(WIRE),
    language=st.sampled_from(["en", "es"]),
)


def taken_by_the_pipeline(watchlists, items, options):
    """What the store rules after polls that found one item each."""
    entities = {"maduro": MADURO}
    matcher = Matcher(watchlists, entities)
    policy = Policy(alerts=options.alerts, watchlists={each.name: each for each in watchlists})
    gists = Gists()
    ruled = []
    with tempfile.TemporaryDirectory() as folder, Store.open(f"sqlite:///{folder}/m.db") as store:
        [state] = configure(store, WIRE)
        for at, item in items:
            keyed = replace(item, title_key=title_key(normalised(untagged(item.entry.title))))
            gist = gists.of(keyed, matcher.tongue(keyed).bends)
            sighting = Sighting(item=keyed, matches=matcher.match(keyed), gist=gist)
            record = a_poll(
                again(store, state), sighting, now=at, seen={item.keys[0]: Known(item=item.id)}
            )
            store.commit([record], decider(policy), **PARTS)
            [found] = store.find(item.id)
            ruled.append({x.match.watchlist: x.outcome.value for x in found.rulings})
    return ruled


@settings(max_examples=60, deadline=None)
@given(lists=st.lists(LISTS, min_size=1, max_size=3), samples=st.lists(SAMPLES, max_size=5))
def test_every_command_and_the_pipeline_agree(lists, samples):
    expected = [Expectation(sample=sample, expect="match") for sample in samples]
    watchlists = [
        replace(each, name=f"list-{at}", tests=tuple(expected)) for at, each in enumerate(lists)
    ]
    options = Settings(
        watchlists=tuple(watchlists), entities=(MADURO,), sources=(Source(url=WIRE, name="wire"),)
    )
    sources = by_name(options.sources)
    items = [
        (at, make_item(sample, sources, now=at, serial=number))
        for number, sample in enumerate(samples)
        for at in [NOW + timedelta(hours=number)]
    ]
    items = [
        (at, replace(item, id=ItemId(key(number)[:24]), keys=(key(number),)))
        for number, (at, item) in enumerate(items)
    ]
    polled = taken_by_the_pipeline(watchlists, items, options)

    rehearsal = Rehearsal(options, ())
    tallies = Tallies(each.name for each in watchlists)
    counter = TermCounter(rehearsal.matcher.watches)
    for (at, item), ruled in zip(items, polled, strict=True):
        rehearsed = rehearsal.take(item, at)
        told = {name: word.value for name, word in rehearsal.outcomes(rehearsed).items()}
        assert {name: word for name, word in told.items() if word != "no_match"} == ruled
        tallies.add(item, rehearsed.rulings, language=rehearsed.reading.language, at=at)
        counter.count(rehearsed.reading)
        for each in explain(rehearsal.matcher, item):
            fits = {"fired": {"alerted", "similar", "updated"}, "vetoed": {"vetoed"}}
            assert told[each.watchlist] in fits.get(each.outcome, {"no_match"})

    for name, tally in tallies.each.items():
        words = Counter(ruled[name] for ruled in polled if name in ruled)
        assert tally.alerts == words["alerted"]
        assert tally.matches == words["alerted"] + words["similar"] + words["updated"]
        fired = sum(x.passed for x in run_tests(options, watchlists) if x.watchlist == name)
        assert fired == tally.matches
    for counted, number in counter.counts.items():
        counts = tallies.each[counted.watchlist].by_term[counted.term]
        assert counted.vetoes or counts <= number
