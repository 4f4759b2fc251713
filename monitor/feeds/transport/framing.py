"""Say where the body of an HTTP answer ends (RFC 9112 section 6.3).

Pure: bytes in, bytes out, whatever the chunking. What follows the end is dropped.
"""

import re
from typing import Protocol

from monitor.feeds.transport.heads import Head, Malformed

MAX_SIZE_LINE = 16_384

# Hexadecimal digits; an extension after them may be written in any way.
_SIZE = re.compile(rb"[ \t]*([0-9A-Fa-f]{1,15})(?![0-9A-Za-z])")


class Framing(Protocol):
    """How a body is laid out; `ended` once all of it has come."""

    ended: bool

    def feed(self, data: bytes) -> bytes:
        """Return the body's part of the next bytes; raise Malformed."""

    def closed(self) -> bool:
        """Tell whether the body is whole if the connection ends here."""


class Length:
    """A body of as many bytes as the head says."""

    def __init__(self, length: int) -> None:
        """Take the length in bytes; nothing has ended before it has come."""
        self._left = length
        self.ended = length == 0

    def feed(self, data: bytes) -> bytes:
        """Return the next bytes up to the length."""
        data = data[: self._left]
        self._left -= len(data)
        self.ended = self._left == 0
        return data

    def closed(self) -> bool:
        """Tell whether all has come."""
        return self.ended


class Chunks:
    """A body in chunks (RFC 9112 section 7.1), which the one of no bytes ends.

    What stands after a chunk's size and after the last chunk says nothing to us and may be wrong
    or missing; each size is needed.
    """

    def __init__(self) -> None:
        """Wait for the first size."""
        self.ended = False
        self._left = 0  # of the chunk
        self._line = b""  # the beginning of a line with a size

    def feed(self, data: bytes) -> bytes:
        """Return what the next bytes hold of the body; raise Malformed."""
        data = self._line + data
        self._line = b""
        pieces = []
        at = 0
        while at < len(data) and not self.ended:
            if self._left:
                piece = data[at : at + self._left]
                self._left -= len(piece)
                at += len(piece)
                pieces.append(piece)
                continue
            end = data.find(b"\n", at)
            if end < 0:
                self._line = data[at:]
                break
            self._size(data[at:end])
            at = end + 1
        if len(self._line) > MAX_SIZE_LINE:
            raise Malformed("sends a chunk without a size")
        return b"".join(pieces)

    def closed(self) -> bool:
        """Tell whether the last chunk has come."""
        return self.ended

    def _size(self, line: bytes) -> None:
        if not line.strip(b"\r"):
            return  # the end of the chunk before
        size = _SIZE.match(line)
        if size is None:
            raise Malformed("sends a chunk without a size")
        self._left = int(size[1], 16)
        self.ended = self._left == 0


class UntilClose:
    """A body that ends with the connection."""

    ended = False

    def feed(self, data: bytes) -> bytes:
        """Return the bytes."""
        return data

    def closed(self) -> bool:
        """Tell that it is whole, since nothing says otherwise."""
        return True


def framing(head: Head) -> Framing:
    """Return how the body after `head` is laid out; raise Malformed where nothing tells.

    Chunks count for more than a length, and 204 and 304 have no body whatever they announce.
    """
    if head.status in {204, 304}:
        return Length(0)
    if head.chunked:
        return Chunks()
    length = head.length
    return UntilClose() if length is None else Length(length)
