"""Says, once for each kind, what a given item holds that counts for nothing."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from monitor.cli.options import say
from monitor.config.intake import fault_of
from monitor.config.problems import did_you_mean, quote
from monitor.config.values import read_language

KNOWN: Final = frozenset(
    {
        "title", "summary", "content", "author", "tags", "link", "published", "source", "language",
    }
)  # fmt: skip


def tell_oddities(
    given: Mapping[str, Any], published: datetime | None, where: str, told: set[str]
) -> None:
    """Say what is odd of a JSON object, but what is in `told`, which grows by it."""
    for kind, sentence in _odd(given, published):
        if kind not in told:
            told.add(kind)
            say(f"{where}: warning: {sentence} (said once)")


def _odd(given: Mapping[str, Any], published: datetime | None) -> Iterator[tuple[str, str]]:
    for name in given.keys() - KNOWN:
        near = did_you_mean(name, KNOWN) or "it counts for nothing"
        yield f"key {name}", f"an item has no {quote(name)}; {near}"
    if given.get("published") and published is None:
        time = quote(str(given["published"]))
        yield (
            "published",
            f"“published” is no time that can be read: {time}; it counts as not given",
        )
    language = given.get("language")
    if isinstance(language, str) and language and fault_of(read_language, language):
        yield "language", f"“language” is no language code, as in en or pt-BR: {quote(language)}"
