"""Terms and entities among real news of January 2026, where that data lies beside the repository."""

import gzip
import json
import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest
from builders import an_item
from watch_builders import a_watchlist, on_maduro

from monitor.watch.matcher import Matcher

DATA = Path(__file__).parents[3] / "shared" / "data"
STREAM = DATA / "rss_stream_2026-01-01_10.jsonl.gz"
VENEZUELA = DATA / "venezuela_items_2026-01.jsonl.gz"
pytestmark = pytest.mark.skipif(not STREAM.exists(), reason="the real items are not here")

# Every form by hand, of names of people and countries, common nouns and an acronym.
FORMS = {
    "Wenezuela": "wenezuel(?:a|i|ę|ą|o)",
    "Trump": "trump(?:a|owi|em|ie|y|ów|ami)?",
    "Rosja": "rosj(?:a|i|ę|ą|o)",
    "Iran": "iran(?:u|owi|em|ie)?",
    "Putin": "putin(?:a|owi|em|ie)?",
    "sankcja": "sankcj(?:a|e|i|ę|ą|om|ami|ach)",
    "Ukraina": "ukrai(?:na|ny|nie|nę|ną|no)",
    "Grenlandia": "grenlandi(?:a|i|ę|ą|o)",
    "atak": "atak(?:u|owi|iem|i|ów|om|ami|ach)?",
    "NATO": "nato",
}
MADURO = r"madur(?:o|y|ę|ą|a|em|owi|ze)s?|мадуро|马杜罗|مادورو"


def whole(forms):
    return re.compile(rf"(?<!\w)(?:{forms})(?!\w)", re.IGNORECASE)


def items(path):
    with gzip.open(path, "rt", encoding="utf-8") as stored:
        for told in map(json.loads, stored):
            yield told["title"], told["summary"] or "", told["lang"] or ""


def matched(matcher, title, summary, language):
    return matcher.match(an_item(title=title, summary=summary, content="", language=language))


@cache
def polish_counts():
    """Count by term, whether a form stands in an item, and whether the item matched."""
    matcher = Matcher([a_watchlist(term, name=term) for term in FORMS], {})
    forms = {term: whole(form) for term, form in FORMS.items()}
    counts = Counter()
    for title, summary, language in items(STREAM):
        if language.startswith("pl"):
            text = f"{title}\n{summary}"
            found = {match.watchlist for match in matched(matcher, title, summary, language)}
            counts.update((t, bool(form.search(text)), t in found) for t, form in forms.items())
    return counts


@pytest.mark.parametrize("term", FORMS)
def test_nearly_every_polish_form_is_found_and_hardly_anything_else(term):
    counts = polish_counts()
    there = counts[term, True, True] + counts[term, True, False]
    assert there > 50
    assert counts[term, True, True] >= 0.99 * there
    assert counts[term, False, True] <= 0.01 * there


def test_nearly_every_real_mention_of_the_president_is_found():
    matcher = on_maduro()
    mentions = [item for item in items(VENEZUELA) if whole(MADURO).search("\n".join(item[:2]))]
    assert len(mentions) > 2000
    assert sum(bool(matched(matcher, *item)) for item in mentions) >= 0.99 * len(mentions)
