"""What docs/watchlists.md promises of terms, near and languages holds; test_pages runs its blocks."""

import re
from pathlib import Path

import pytest
import yaml
from watch_builders import a_watchlist, found, matches

from monitor.config.shapes import KINDS
from monitor.watch.matcher import Matcher
from monitor.watch.query.tokens import NAME_FIELDS, TEXT_FIELDS
from monitor.watch.rules import Near
from monitor.watch.terms import parse_term
from monitor.watch.words.stems import LANGUAGES

PAGE = (Path(__file__).parents[2] / "docs" / "watchlists.md").read_text(encoding="utf-8")


def section(title):
    return re.split(r"^#+ ", PAGE.split(f"# {title}\n")[1], flags=re.MULTILINE)[0]


def rows(title):
    for line in section(title).splitlines():
        cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
        if cells and cells[0].startswith("`"):
            yield cells


TERMS = [
    pytest.param(yaml.safe_load(f"- {written}")[0], finds, misses, id=written)
    for cells, finds, misses in rows("Terms")
    for written in re.findall(r"`([^`]+)`", cells.replace(r"\|", "|"))
]


@pytest.mark.parametrize(("written", "finds", "misses"), TERMS)
def test_each_term_of_the_table_finds_what_it_says(written, finds, misses):
    matcher = Matcher([a_watchlist(written)], {})
    for text in finds.split(", "):
        assert matches(matcher, text, language="en"), text
    for text in misses.split(", "):
        assert not matches(matcher, text, language="en"), text


ENGLISH_NAMES = {
    "ar": "Arabic", "be": "Belarusian", "bg": "Bulgarian", "bs": "Bosnian", "ca": "Catalan",
    "cs": "Czech", "da": "Danish", "de": "German", "el": "Greek", "en": "English", "es": "Spanish",
    "et": "Estonian", "eu": "Basque", "fa": "Persian", "fi": "Finnish", "fr": "French", "ga": "Irish", "hi": "Hindi",
    "hr": "Croatian", "hu": "Hungarian", "hy": "Armenian", "id": "Indonesian", "it": "Italian",
    "lt": "Lithuanian", "mk": "Macedonian", "nb": "Norwegian", "ne": "Nepali", "nl": "Dutch",
    "nn": "Norwegian", "no": "Norwegian", "pl": "Polish", "pt": "Portuguese", "ro": "Romanian",
    "ru": "Russian", "sr": "Serbian", "sv": "Swedish", "ta": "Tamil", "tr": "Turkish",
    "uk": "Ukrainian", "yi": "Yiddish",
}  # fmt: skip


def test_the_page_names_every_language_whose_endings_are_known():
    names = {ENGLISH_NAMES[language] for language in LANGUAGES}
    [listed] = re.findall(r"endings of\n\n(.*?)\.\n\n", PAGE, re.DOTALL)
    assert set(re.split(r",\s+", listed)) == names


def test_the_page_names_every_rule_operator_and_field():
    assert all(f"`{kind}:" in section("Rules") for kind in KINDS)
    assert all(f"`{field}:" in section("Queries") for field in (*TEXT_FIELDS, *NAME_FIELDS))


def within(words, text):
    sides = tuple((parse_term(side),) for side in ("airspace", "closed"))
    return found(text, Near(within=words, groups=sides))


def test_near_counts_as_the_page_says():
    text = "The airspace above Venezuela is closed"
    assert within(4, text)
    assert not within(3, text)
    assert within(1, "Airspace closed")
    overlapping = Near(within=9, groups=((parse_term("Ford"),), (parse_term("Gerald Ford"),)))
    assert not found("Gerald Ford", overlapping)
