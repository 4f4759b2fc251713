"""What a site's robots.txt says of its pages (RFC 9309), by the standard library's parser.

Pure: never touches network, clock or disk. The parser could fetch the file itself; it never does.
"""

import re
from datetime import timedelta
from urllib.robotparser import RobotFileParser

from monitor.model import ErrorKind, Failed, Fetched, Outcome

MAX_BYTES = 512_000  # RFC 9309 section 2.5 asks for 500 KiB at least
KNOWN_FOR = timedelta(days=1)  # at most, as section 2.4 has it
KNOWN_AT_LEAST = timedelta(hours=1)  # whatever the server says of its freshness
UNKNOWN_FOR = timedelta(minutes=10)

_NOTHING = "User-agent: *\nDisallow: /"
_TOO_MANY_REQUESTS = 429

# The parser of Python 3.11 to 3.14 raises ValueError for numbers that int() does not take.
_PACE = re.compile(r"\s*(?:crawl-delay|request-rate)\s*:", re.IGNORECASE)
_DELAY = re.compile(r"\s*crawl-delay\s*:\s*[0-9]{1,6}\s*(?:#.*)?", re.IGNORECASE)


class Rules:
    """What one origin lets whom read."""

    def __init__(self, text: str = "") -> None:
        """Read the file; without one everything is allowed."""
        self.size = len(text)
        self._parser = RobotFileParser()
        self._parser.parse([line for line in text.splitlines() if _is_readable(line)])

    def allow(self, agent: str, url: str) -> bool:
        """Tell whether the program that calls itself `agent` may read the page."""
        return self._parser.can_fetch(agent, url)

    def gap(self, agent: str) -> timedelta:
        """Return the time between two requests that the site asks for, zero where it does not."""
        return timedelta(seconds=float(self._parser.crawl_delay(agent) or 0))


def read(outcome: Outcome) -> tuple[Rules, timedelta]:
    """Return what an answer to the question for robots.txt means, and for how long.

    A site without the file allows everything; while a site can't say, nothing is allowed (RFC 9309
    sections 2.3.1.3 and 2.3.1.4).
    """
    match outcome:
        case Fetched():
            fresh_for = KNOWN_FOR if outcome.fresh_for is None else outcome.fresh_for
            good_for = min(KNOWN_FOR, max(KNOWN_AT_LEAST, fresh_for))
            return Rules(outcome.body.decode("utf-8", "replace")), good_for
        case Failed(kind=ErrorKind.EMPTY):
            return Rules(), KNOWN_FOR
        case Failed(status=int(status)) if 400 <= status < 500 and status != _TOO_MANY_REQUESTS:
            return Rules(), KNOWN_FOR
        case _:
            return Rules(_NOTHING), UNKNOWN_FOR


def _is_readable(line: str) -> bool:
    return _PACE.match(line) is None or _DELAY.fullmatch(line) is not None
