"""The president among real news of January 2026, where that data lies beside the repository."""

import gzip
import json
from pathlib import Path

import pytest
from builders import an_item
from watch_builders import on_maduro

from monitor.watch.text import tokenise

ITEMS = Path(__file__).parents[3] / "shared" / "data" / "venezuela_items_2026-01.jsonl.gz"


@pytest.mark.skipif(not ITEMS.exists(), reason="the real items are not here")
def test_nearly_every_real_mention_of_the_president_is_found():
    matcher = on_maduro()
    mentions = found = 0
    with gzip.open(ITEMS, "rt", encoding="utf-8") as stored:
        for item in map(json.loads, stored):
            title, summary = item["title"], item["summary"]
            if "maduro" in tokenise(f"{title}\n{summary}").words:
                mentions += 1
                found += bool(matcher.match(an_item(title=title, summary=summary)))
    assert mentions > 2000
    assert found / mentions >= 0.99
