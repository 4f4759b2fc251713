"""CPU of a hundred thousand rules of every kind, and of `match` and `backtest` with them.

The rules are made from a seed: names of two rare words, phrases in quotes, exact cases, beginnings,
choices, words near each other, queries. They are matched with the real stream where it lies beside
the repository, else with items made from a seed; languages are prepared when the first item of each
comes, as it is in a daemon.
"""

import json
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from datetime import timedelta
from functools import partial
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any

from ahocorasick_rs import AhoCorasick
from click.testing import CliRunner

from benchmarks.matching import STREAM, Newsroom, row, stream, text_of
from benchmarks.table import Row, cpu_seconds
from monitor.cli.backtest import command as backtest
from monitor.cli.match import command as match
from monitor.model import Item
from monitor.watch.matcher import Matcher
from monitor.watch.query import parse_query
from monitor.watch.rules import AllOf, AnyOf, Near, Rule, Watchlist
from monitor.watch.terms import Term, parse_term
from monitor.watch.words.text import tokenise

RULES = 100_000
A_LIST = 100  # rules


def rows() -> list[Row]:
    if STREAM.exists():
        items = list(islice(stream(), 0, 70_000, 3))
    else:
        newsroom = Newsroom(seed=2026)
        items = [newsroom.item(number) for number in range(10_000)]
    rules = list(islice(dense_rules(items), RULES))
    matcher = Matcher(list(watchlists(rules)), {})
    keywords = [written.strip('="*') for rule in rules for written in terms_of(rule)]
    bare = AhoCorasick([word.lower() for word in keywords], store_patterns=False)

    def scan() -> None:
        for item in items:
            bare.find_matches_as_indexes(text_of(item).lower(), overlapping=True)

    def match_all() -> None:
        for item in items:
            matcher.match(item)

    beside, reference = "bare ahocorasick_rs, lower case", cost(scan, items)
    first = cost(match_all, items, rounds=1)
    later = cost(match_all, items, rounds=2)
    return [
        row("match, 100,000 dense rules, languages prepared", first, beside, reference, "≤ 200"),
        row("the same, prepared before", later, beside, reference, "≤ 125"),
        *commands(items[:8_000], rules[:1_000]),
    ]


def commands(items: Sequence[Item], rules: Sequence[Rule]) -> Iterator[Row]:
    """Compare the commands that read a file of items with matching the same items alone."""
    with tempfile.TemporaryDirectory() as folder:
        config, file = Path(folder, "config.yaml"), Path(folder, "items.jsonl")
        lists = {
            each.name: [written for rule in each.match for written in terms_of(rule)]
            for each in watchlists(rules)
        }
        config.write_text(json.dumps({"sources": [], "watchlists": lists}))
        file.write_text("".join(map(line, items)))
        asked = ["-c", str(config), "--items", str(file), "--json"]
        terms = [parse_term(written) for each in lists.values() for written in each]
        matcher = Matcher(list(watchlists(terms)), {})
        alone = cost(lambda: [matcher.match(item) for item in items], items, rounds=2)
        for name, command in (("match", match), ("backtest", backtest)):
            whole = cost(partial(run, command, asked), items, rounds=2)
            yield row(f"{name} over a file, its start too", whole, "matching alone", alone)


def run(command: Any, arguments: Sequence[str]) -> None:
    done = CliRunner().invoke(command, arguments, standalone_mode=False)
    if done.exception is not None:
        raise done.exception


def cost(work: Callable[[], object], items: Sequence[Item], *, rounds: int = 3) -> float:
    """Microseconds of CPU for one item."""
    return cpu_seconds(work, rounds=rounds) / len(items) * 1e6


def line(item: Item) -> str:
    told = asdict(item.entry)
    given = {name: told[name] for name in ("title", "summary", "link")}
    published = (item.first_seen + timedelta(seconds=int(item.id))).isoformat()
    return f"{json.dumps(given | {'published': published, 'language': item.language})}\n"


def watchlists(rules: Sequence[Rule]) -> Iterator[Watchlist]:
    for number, start in enumerate(range(0, len(rules), A_LIST)):
        yield Watchlist(name=f"list {number}", match=tuple(rules[start : start + A_LIST]))


def dense_rules(items: Sequence[Item]) -> Iterator[Rule]:
    """Yield rules without end, of words the items hold: few hold the rare, many the others."""
    random = Random(2026)
    words = Counter(word for item in items for word in tokenise(text_of(item)).words)
    letters = {word: count for word, count in words.items() if len(word) > 4 and word.isalpha()}
    rare = [word for word, count in letters.items() if count <= 5]
    common = [word for word, count in letters.items() if 20 < count <= 200]

    def term(written: str, *of: Sequence[str]) -> Term:
        return parse_term(written.format(*map(random.choice, of)))

    while True:
        kind = random.random()
        if kind < 0.6:
            yield term("{} {}", rare, rare)
        elif kind < 0.7:
            yield term('"{} {}"', common, rare)
        elif kind < 0.8:
            yield term(random.choice(["={}ov", "{}k*"]), rare)
        elif kind < 0.87:
            either = AnyOf(rules=(term("{}", common), term("{}", common)))
            yield AllOf(rules=(term("{}", rare), either))
        elif kind < 0.94:
            names = (term("{} {}", rare, rare), term("{} {}", rare, rare))
            yield Near(groups=((term("{}", common),), names), within=6)
        else:
            asked = "{} AND ({} OR {}) AND NOT {}"
            yield parse_query(asked.format(*map(random.choice, (rare, common, rare, common))))


def terms_of(rule: Any) -> Iterator[str]:
    """Yield what a rule of these looks for, as it is written."""
    if isinstance(rule, Term):
        yield rule.written
    else:
        for part in rule.groups if isinstance(rule, Near) else getattr(rule, "rules", ()):
            for each in part if isinstance(part, tuple) else (part,):
                yield from terms_of(each)
