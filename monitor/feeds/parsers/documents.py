"""What a child does with a document or a page; it takes as long as those who made them want.

Pure: never touches network, clock or disk.
"""

from monitor.feeds.parsers.fulltext import extract
from monitor.feeds.parsers.wire import asked, encode
from monitor.feeds.reading.parse import parse
from monitor.model import ErrorKind, Failed


def answer(head: bytes, body: bytes) -> bytes:
    """Return what was asked for, as `wire` writes it."""
    task, said = asked(head)
    if task == "extract":
        return encode(_extract(body, **said))
    known = bytes.fromhex(said.pop("known"))
    return encode(parse(body, known=known, **said))


def _extract(page: bytes, content_type: str) -> str | Failed:
    try:
        return extract(page, content_type=content_type)
    except MemoryError:
        message = "reading it takes more memory than allowed"
    except Exception as fault:  # noqa: BLE001 - which ones escape trafilatura can't be listed
        message = f"the page could not be read ({type(fault).__name__})"
    return Failed(kind=ErrorKind.PARSE, message=message)
