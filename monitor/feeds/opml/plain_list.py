"""A plain list of feeds, one address a line, becomes the feeds it names. Pure."""

import re

from monitor.feeds.opml import Outline

MAX_NAME = 100  # characters

_COMMENT = re.compile(r"(?:^|\s)#.*")


def read_list(text: str) -> tuple[Outline, ...]:
    """Return the feeds in order; nobody has checked the addresses.

    A name may follow the address after a blank. What begins with `#` is a comment, unless it is a
    part of the address.
    """
    feeds = []
    for number, line in enumerate(text.splitlines(), 1):
        said = _COMMENT.sub("", line).split(maxsplit=1)
        if said:
            name = " ".join(said[1].split())[:MAX_NAME] if len(said) > 1 else ""
            feeds.append(Outline(url=said[0], title=name, line=number, column=1))
    return tuple(feeds)
