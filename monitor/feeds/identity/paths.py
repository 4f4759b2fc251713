"""What the path of an address says of the article it leads to.

Pure: never touches network, clock or disk.
"""

import re
from urllib.parse import urlsplit

# An article keeps its number when a new headline changes the words around it in its address.
_NUMBER = re.compile(r"(?<![0-9])[0-9]{5,}(?![0-9A-Za-z])")
_DAY = re.compile(r"(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:[0-3][0-9])?")
_BETWEEN_WORDS = re.compile(r"[\W_]+")


def page_numbers(path: str) -> list[str]:
    """Return the numbers in a path that are long enough to be an article's, and are no days."""
    return [number for number in _NUMBER.findall(path) if not _DAY.fullmatch(number)]


def last_part(path: str) -> str:
    """Return what stands behind the last slash that something stands behind."""
    return path.rstrip("/").rpartition("/")[2]


def may_be_one_page(one: str, other: str) -> bool:
    """Tell whether two addresses that share a number, or all, may lead to one article.

    They do where it stands in their last part. Else what stands there must be the words of a
    headline before and after it was changed: half of them the same, and all figures.
    """
    paths = [urlsplit(link).path for link in (one, other)]
    parts = [last_part(path) for path in paths]
    is_last = any(map(page_numbers, parts)) or not all(map(page_numbers, paths))
    if is_last or parts[0] == parts[1]:
        return True
    words, others = ({word for word in _BETWEEN_WORDS.split(part) if word} for part in parts)
    figures = {word for word in words ^ others if any(map(str.isdigit, word))}
    return not figures and 2 * len(words & others) >= len(words | others)
