"""What a child does with a template; it takes as long as whoever wrote it wants.

Pure: never touches network, clock or disk.
"""

import json

from monitor.alerts.template import render
from monitor.feeds.parsers.templates import encode


def answer(head: bytes, body: bytes) -> bytes:
    """Return what the template says, or why not, as `templates` writes it."""
    del head  # there is one thing to do
    source, given = json.loads(body)
    return encode(render(source, given))
