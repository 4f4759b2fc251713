"""Tells what is probably half written from what was emptied on purpose. Pure.

Whoever saves a file may first cut it to nothing, or stop after the name of a section. Both are
valid, and taking them over while the monitor runs would lose what it watches.
"""

from collections.abc import Iterable, Iterator, Mapping

from monitor.config.problems import Code, Problem, quote
from monitor.config.tree import MappingNode, is_empty, problem_at


def held_by(trees: Iterable[MappingNode]) -> dict[str, frozenset[str]]:
    """Return the sections of each file that hold something, by the name of the file."""
    return {
        tree.file.name: frozenset(
            name for name, (_, value) in tree.entries.items() if not is_empty(value)
        )
        for tree in trees
    }


def unfinished(
    trees: Iterable[MappingNode], held: Mapping[str, frozenset[str]]
) -> Iterator[Problem]:
    """Yield an error for each file and section that held something before and is empty now."""
    for tree in trees:
        before = held.get(tree.file.name, frozenset())
        if before and not tree.entries:
            yield Problem(
                file=tree.file.name,
                code=Code.UNFINISHED,
                message=f"the file held {', '.join(sorted(before))}, and nothing is left in it",
                help="finish it; to be rid of what it held, write that section as “name: {}”",
            )
        for name, (key, value) in tree.entries.items():
            if name in before and is_empty(value):
                message = f"{quote(name)} held something, and nothing is left in it"
                advice = f"finish it; to be rid of what it held, remove the line “{name}:”"
                yield problem_at(key, Code.UNFINISHED, message, advice)
