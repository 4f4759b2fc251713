"""What docs/alerts.md shows is what a story makes; test_pages runs its blocks."""

import re
from datetime import datetime
from pathlib import Path

from builders import NOW
from case_builders import DAY, MINUTE, Telling

from monitor.alerts.cases import BETWEEN, LONGEST_BETWEEN
from monitor.alerts.news import ORDER, STEPS
from monitor.alerts.outlook import outlook
from monitor.model import ItemOutcome

PAGE = (Path(__file__).parents[2] / "docs" / "alerts.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```text\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


def as_shown(telling):
    lines = []
    for alert in telling.alerts:
        detail = f": {alert.detail}" if alert.detail else ""
        lines.append(f"{datetime.strftime(alert.created, '%H:%M')}  {alert.reason}{detail}\n")
    return "".join(lines)


def test_the_page_names_every_outcome_but_no_match():
    words = set(re.findall(r"^\| `(\w+)` \|", PAGE, re.MULTILINE))
    assert words == {each.value for each in ItemOutcome} - {"no_match"}


def test_the_page_names_every_reason_of_a_follow_up():
    section = PAGE.split("# What makes a follow-up")[1]
    reasons = re.findall(r"^\| ([a-z ]+) \| .* \| .* \|$", section, re.MULTILINE)
    assert set(reasons) - {"reason"} == {each.value for each in ORDER}
    assert ", ".join(map(str, STEPS)) in section
    assert f"At least {BETWEEN // MINUTE} minutes" in section
    assert f"up to {LONGEST_BETWEEN // MINUTE // 60} hours" in section


def test_forty_copies_are_told_as_the_page_shows():
    telling = Telling()
    for number in range(40):
        telling.say(after=3 * MINUTE * bool(number))
    telling.wait(DAY)
    shown, expected = as_shown(telling), BLOCKS[0]
    assert shown == expected


def test_a_rising_toll_is_told_as_the_page_shows():
    telling = Telling()
    for toll, after in ((27, 0), (28, 10), (31, 15), (35, 15), (40, 15)):
        title = f"Explosion at fuel depot in Caracas kills {toll}"
        telling.say(title, source="Wire", after=after * MINUTE, updates=True)
    telling.wait(DAY)
    assert as_shown(telling) == BLOCKS[1]


def test_what_explain_shows_of_a_case_is_what_the_page_shows():
    telling = Telling()
    telling.say()
    telling.say(after=2 * MINUTE)
    lists = telling.policy.watchlists
    standing, *following = outlook(
        telling.case(), telling.story, lists["crisis"], now=NOW + 2 * MINUTE
    )
    assert standing in BLOCKS[2]
    for line in following:
        assert f"next: {line}\n" in BLOCKS[2]
