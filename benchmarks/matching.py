"""CPU to match an item from raw text, beside what else people match with, and what rules weigh.

The peers: a loop over compiled regexes, flashtext where it is installed, SQLite's FTS5 with a batch
of items indexed and each keyword asked, and a bare automaton in lower case.

The items are made from a seed: a title and a summary, about 80 words drawn as Zipf found them, one
in five with letters or quotes beyond ASCII. Where the real stream lies beside the repository, its
items are matched too.
"""

import gc
import gzip
import json
import re
import resource
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from itertools import accumulate, count, islice
from pathlib import Path
from random import Random

from ahocorasick_rs import AhoCorasick

from benchmarks.table import Row, cpu_seconds
from monitor.model import Entry, Item, ItemId, SourceRef
from monitor.watch.matcher import Matcher
from monitor.watch.rules import AllOf, AnyOf, Rule, Watchlist
from monitor.watch.terms import parse_term
from monitor.watch.words.scanner import AutomatonScanner, DictionaryScanner
from monitor.watch.words.text import tokenise

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
        return Item(
            id=ItemId(str(number)),
            keys=(),
            source=SOURCE,
            entry=entry,
            first_seen=SEEN,
            language="en",
        )

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
    return [
        beside_regexes("match, 1,000 keywords", one, few, items),
        *beside_flashtext("match, 1,000 keywords", one, few, items),
        beside_fts5("match, 1,000 keywords", one, few, items),
        beside_automaton("match, 1,000 keywords", one, few, items),
        beside_automaton("match, 100,000 keywords", other, many, items),
        scanning("scan words, 100,000 keywords", many, items),
        without_wheel("match, 100,000 keywords", other, many, items),
        *weighing(newsroom.rules(many), many),
        *beside_automaton_on_real_items(newsroom, few, many),
    ]


def beside_automaton_on_real_items(
    newsroom: Newsroom, few: Sequence[str], many: Sequence[str]
) -> Iterator[Row]:
    if STREAM.exists():
        real = list(islice(stream(), 0, 40_000, 20))
        for stage, keywords, goal in (
            ("match, 1,000 rules, real items", few, "≤ 125"),
            ("match, 100,000 rules, real items", many, "≤ 200"),
        ):
            matcher = matcher_of(newsroom.rules(keywords))
            for language in ("en", "pl", "de"):
                matcher.prepare(language)
            yield beside_automaton(stage, matcher, keywords, real, goal)


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


def beside_flashtext(
    stage: str, matcher: Matcher, keywords: Sequence[str], items: Sequence[Item]
) -> Iterator[Row]:
    """Nothing where it is not installed. It drops hits that overlap."""
    if find_spec("flashtext") is not None:
        processor = import_module("flashtext").KeywordProcessor()
        processor.add_keywords_from_list(list(keywords))
        ours = per_item(matcher.match, items)
        peer = per_item(lambda item: processor.extract_keywords(text_of(item)), items)
        yield row(stage, ours, "flashtext", peer)


def beside_fts5(
    stage: str, matcher: Matcher, keywords: Sequence[str], items: Sequence[Item]
) -> Row:
    def batch() -> None:
        with closing(sqlite3.connect(":memory:")) as database:
            database.execute(
                "CREATE VIRTUAL TABLE item USING fts5"
                "(text, tokenize = 'unicode61 remove_diacritics 2')"
            )
            texts = ((text_of(item),) for item in items)
            database.executemany("INSERT INTO item VALUES (?)", texts)
            for keyword in keywords:
                asked = database.execute("SELECT rowid FROM item(?)", (f'"{keyword}"',))
                asked.fetchall()

    peer = cpu_seconds(batch, rounds=2) / len(items) * 1e6
    ours = per_item(matcher.match, items)
    return row(stage, ours, f"SQLite FTS5, {len(items):,} items at once", peer)


def scanning(stage: str, keywords: Sequence[str], items: Sequence[Item]) -> Row:
    """Finding needles alone, in words that have been read already."""
    needles = [f" {keyword.lower()} " for keyword in keywords]
    bare = AhoCorasick(needles, store_patterns=False)
    scanner = AutomatonScanner(needles)
    words = {item.id: tokenise(text_of(item)).words for item in items}
    joined = {item.id: f" {' '.join(words[item.id])} " for item in items}
    ours = per_item(lambda item: scanner.scan(words[item.id]), items)
    peer = per_item(
        lambda item: bare.find_matches_as_indexes(joined[item.id], overlapping=True), items
    )
    return row(stage, ours, "bare ahocorasick_rs, words joined before", peer, "≤ 1.5 ×")


def weighing(rules: Sequence[Rule], keywords: Sequence[str]) -> Iterator[Row]:
    """What building and preparing take in time and memory, for as many rules as keywords."""
    needles = [f" {word.lower()} " for word in keywords]
    bare = cpu_seconds(lambda: AhoCorasick(needles, store_patterns=False))
    beside = "building bare ahocorasick_rs"
    before = resident()
    matcher = matcher_of(rules)
    prepared = [cpu_seconds(partial(matcher.prepare, one), rounds=1) for one in ("en", "pl")]
    memory = resident() - before
    del matcher
    built = cpu_seconds(lambda: matcher_of(rules))
    yield weight("build, 100,000 rules", built, "CPU s", beside, bare, "≤ 2")
    yield weight("prepare a language for them", max(prepared), "CPU s", beside, bare, "≤ 0.6")
    kilobytes = memory / len(rules) / 1000
    text = sum(map(len, keywords)) / len(rules) / 1000
    yield weight("memory, two languages", kilobytes, "KB/rule", "the text alone", text, "≤ 2")


def resident() -> int:
    """Bytes of memory this process holds now."""
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize()


def weight(stage: str, ours: float, unit: str, beside: str, reference: float, goal: str) -> Row:
    return Row(stage=stage, ours=ours, unit=unit, beside=beside, reference=reference, goal=goal)


def row(stage: str, ours: float, beside: str, reference: float, goal: str = "") -> Row:
    return weight(stage, ours, "µs CPU/item", beside, reference, goal)


def stream() -> Iterator[Item]:
    """Yield the items of the real stream."""
    with gzip.open(STREAM, "rt", encoding="utf-8") as stored:
        for number, line in enumerate(stored):
            told = json.loads(line)
            entry = Entry(title=told["title"], summary=told["summary"] or "", link=told["link"])
            yield Item(
                id=ItemId(str(number)),
                keys=(),
                source=SOURCE,
                entry=entry,
                first_seen=SEEN,
                language=told["lang"] or "",
            )
