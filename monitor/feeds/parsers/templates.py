"""What a child is asked of templates and answers: JSON, read as if it had been taken over.

Pure: never touches network, clock or disk.
"""

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from monitor.alerts.variables import MOST, Misfit
from monitor.feeds.parsers.children import Stopped

DEADLINE = timedelta(seconds=1)
MEMORY = 192 * 1024 * 1024  # bytes, of which Python and Jinja take some forty

_LISTED = 100  # of anything there may be many of
_STOPPED = {
    "waits": "it had to be stopped last time, and others like it are being rendered",
    "late": "it takes longer than {}",
    "ended": "it ended the process that rendered it ({})",
    "unusable": "what it says can't be used: {}",
}


def ask(source: str, given: Mapping[str, Any]) -> bytes:
    """Return the body of a request."""
    return json.dumps([source, given]).encode()


def encode(said: str | tuple[Misfit, ...]) -> bytes:
    """Return words, or why there are none, as JSON."""
    if isinstance(said, str):
        return json.dumps(said).encode()
    told = [[x.message, x.line, x.name, x.known[:_LISTED], x.absent] for x in said[:_LISTED]]
    return json.dumps(told).encode()


def decode(answer: bytes) -> str | tuple[Misfit, ...]:
    """Return what `encode` was given; raise ValueError for what it could not have written."""
    try:
        said = json.loads(answer)
        if isinstance(said, str):
            return _words(said)
        misfits = tuple(_to_misfit(*each) for each in said)
    except (TypeError, RecursionError) as wrong:
        raise ValueError(f"no answer of a template: {type(wrong).__name__}") from wrong
    if not 0 < len(misfits) <= _LISTED:
        raise ValueError("no answer of a template: it says nothing")
    return misfits


def stopped(by: Stopped) -> Misfit:
    """Return what is said of a template that had its process stopped."""
    return Misfit(message=_STOPPED[by.why].format(by.detail))


def _to_misfit(message: Any, line: Any, name: Any, known: Any, absent: Any) -> Misfit:
    if type(line) is not int or type(absent) is not bool or len(known) > _LISTED:
        raise TypeError
    return Misfit(
        message=_words(message),
        line=line,
        name=_words(name),
        known=tuple(map(_words, known)),
        absent=absent,
    )


def _words(said: Any) -> str:
    if not isinstance(said, str) or len(said) > MOST:
        raise TypeError
    return said
