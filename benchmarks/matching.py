"""CPU to match an item from raw text, beside a bare automaton and a loop over regexes.

The items are made from a seed: a title and a summary, about 80 words drawn as Zipf found them, one
in five with letters or quotes beyond ASCII. Where the real stream lies beside the repository, its
items are matched too.
"""

import gzip
import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import accumulate, count, islice
from pathlib import Path
from random import Random

from ahocorasick_rs import AhoCorasick

from benchmarks.table import Row, cpu_seconds
from monitor.model import Entry, Item, ItemId, SourceRef
from monitor.watch.matcher import Matcher
from monitor.watch.scanner import DictionaryScanner
from monitor.watch.terms import AllOf, AnyOf, Rule, Watchlist, parse_term

STREAM = Path(__file__).parents[2] / "shared" / "data" / "rss_stream_2026-01-01_10.jsonl.gz"
SYLLABLES = re.findall("..", "bakoritemaorvikadulengrapeluzitaveromsu")
SOURCE = SourceRef(name="Wire", url="https://wire.example/feed")
SEEN = datetime(2026, 1, 1, tzinfo=UTC)


class Newsroom:
    """Makes words, items and keywords from one seed."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        words: dict[str, None] = {}
        while len(words) < 30_000:
            syllables = self.random.choices(SYLLABLES, k=self.random.randint(1, 5))
            words["".join(syllables)] = None
        self.words = sorted(words, key=len)
        self.weights = list(accumulate(1 / rank for rank in range(1, len(words) + 1)))

    def text(self, length: int) -> str:
        words = self.random.choices(self.words, cum_weights=self.weights, k=length)
        words = [word.title() if self.random.random() < 0.2 else word for word in words]
        if self.random.random() < 0.2:
            words = [f"“{word}é”" if self.random.random() < 0.1 else word for word in words]
        return " ".join(words) + "."

    def item(self, number: int) -> Item:
        entry = Entry(title=self.text(12), summary=self.text(68))
        return Item(id=ItemId(str(number)), keys=(), source=SOURCE, entry=entry, first_seen=SEEN)

    def keywords(self, total: int) -> list[str]:
        """Return names of one to three rare words; most single ones are met in no item."""
        keywords: dict[str, None] = {}
        rare = self.words[2_000:]
        while len(keywords) < total:
            words = self.random.choices(rare, k=self.random.choice([1, 2, 2, 3]))
            if len(words) == 1 and self.random.random() < 0.8:
                words = ["".join(self.random.choices(SYLLABLES, k=5))]
            keywords[" ".join(words).title()] = None
        return list(keywords)

    def rules(self, keywords: Sequence[str]) -> list[Rule]:
        """Return as many rules: single terms, and pairs of choices that must both hold."""
        terms = [parse_term(keyword) for keyword in keywords]
        common = [parse_term(word) for word in self.words[20:1_000] if len(word) > 3]
        return [
            term
            if self.random.random() < 0.5
            else AllOf(
                rules=(
                    AnyOf(rules=(term, *self.random.sample(terms, 2))),
                    AnyOf(rules=tuple(self.random.sample(common, 3))),
                )
            )
            for term in terms
        ]


def rows() -> list[Row]:
    newsroom = Newsroom(seed=2026)
    items = [newsroom.item(number) for number in range(2_000)]
    few, many = newsroom.keywords(1_000), newsroom.keywords(100_000)
    one, other = matcher_of(map(parse_term, few)), matcher_of(map(parse_term, many))
    found = [
        beside_regexes("match, 1,000 keywords", one, few, items),
        beside_automaton("match, 1,000 keywords", one, few, items),
        beside_automaton("match, 100,000 keywords", other, many, items, goal="≤ 150"),
        beside_automaton("match, 100,000 rules", matcher_of(newsroom.rules(many)), many, items),
        without_wheel("match, 100,000 keywords", other, many, items),
        build("build, 100,000 keywords", many),
    ]
    if STREAM.exists():
        real = list(islice(stream(), 0, 40_000, 20))
        found.append(beside_automaton("match, 100,000 keywords, real items", other, many, real))
    return found


def matcher_of(rules: Iterable[Rule]) -> Matcher:
    """One watchlist for each rule."""
    lists = [Watchlist(name=str(number), match=(rule,)) for number, rule in zip(count(), rules)]
    return Matcher(lists, {})


def per_item(work: Callable[[Item], object], items: Sequence[Item], *, rounds: int = 3) -> float:
    """Microseconds of CPU for one item."""

    def all_items() -> None:
        for item in items:
            work(item)

    return cpu_seconds(all_items, rounds=rounds) / len(items) * 1e6


def text_of(item: Item) -> str:
    return f"{item.entry.title} | {item.entry.summary}"


def beside_regexes(
    stage: str, matcher: Matcher, keywords: Sequence[str], items: Sequence[Item]
) -> Row:
    compiled = [re.compile(rf"\b{re.escape(word)}\b", re.IGNORECASE) for word in keywords]

    def loop(item: Item) -> list[str]:
        text = text_of(item)
        return [regex.pattern for regex in compiled if regex.search(text)]

    ours = per_item(matcher.match, items)
    reference = per_item(loop, items[:100], rounds=2)
    return row(stage, ours, "a loop over compiled regexes", reference)


def beside_automaton(
    stage: str, matcher: Matcher, keywords: Sequence[str], items: Sequence[Item], goal: str = ""
) -> Row:
    bare = AhoCorasick([word.lower() for word in keywords], store_patterns=False)

    def scan(item: Item) -> object:
        return bare.find_matches_as_indexes(text_of(item).lower(), overlapping=True)

    ours = per_item(matcher.match, items)
    reference = per_item(scan, items)
    return row(stage, ours, "bare ahocorasick_rs, lower case", reference, goal)


def without_wheel(
    stage: str, matcher: Matcher, keywords: Sequence[str], items: Sequence[Item]
) -> Row:
    lists = [Watchlist(name=str(n), match=(parse_term(word),)) for n, word in enumerate(keywords)]
    alone = Matcher(lists, {}, scanner=DictionaryScanner)
    assert [alone.match(item) for item in items[:200]] == [matcher.match(i) for i in items[:200]]
    ours = per_item(alone.match, items)
    return row(
        f"{stage}, no wheel", ours, "the same with its automaton", per_item(matcher.match, items)
    )


def build(stage: str, keywords: Sequence[str]) -> Row:
    terms = [parse_term(word) for word in keywords]
    lists = [Watchlist(name="all", match=tuple(terms))]
    needles = [f" {word.lower()} " for word in keywords]
    return Row(
        stage=stage,
        ours=cpu_seconds(lambda: Matcher(lists, {})),
        unit="CPU s",
        beside="building bare ahocorasick_rs",
        reference=cpu_seconds(lambda: AhoCorasick(needles, store_patterns=False)),
        goal="≤ 1",
    )


def row(stage: str, ours: float, beside: str, reference: float, goal: str = "") -> Row:
    return Row(
        stage=stage, ours=ours, unit="µs CPU/item", beside=beside, reference=reference, goal=goal
    )


def stream() -> Iterator[Item]:
    """Yield the items of the real stream."""
    with gzip.open(STREAM, "rt", encoding="utf-8") as stored:
        for number, line in enumerate(stored):
            told = json.loads(line)
            entry = Entry(title=told["title"], summary=told["summary"], link=told["link"])
            yield Item(id=ItemId(str(number)), keys=(), source=SOURCE, entry=entry, first_seen=SEEN)
