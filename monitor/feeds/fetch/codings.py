"""Undo content codings in bounded memory. Pure: bytes in, bytes out, whatever the chunking.

httpx's decoders give no bound, drop all but the first gzip member, and take a cut stream for a
whole one. Here a label is only a claim; the first bytes of each layer decide whether it is true.
"""

import re
from collections.abc import Callable, Iterator

from monitor.feeds.fetch.inflating import (
    GZIP_MAGIC,
    ZSTD_MAGIC,
    Brotli,
    Damaged,
    Deflate,
    Stream,
    gzip,
    zstd,
)
from monitor.model import ErrorKind

ACCEPT_ENCODING = b"gzip, deflate, br, zstd"  # for requests: what is undone here

MAX_CODINGS = 3
SNIFF_BYTES = 64

_CODINGS: dict[str, Callable[[], Stream]] = {
    "gzip": gzip,
    "x-gzip": gzip,
    "deflate": Deflate,
    "br": Brotli,
    "zstd": zstd,
}
_NO_CODING = frozenset({"", "identity", "none", "utf-8", "utf8", "binary", "8bit", "7bit"})
_MAYBE_TEXT = frozenset({"deflate", "br"})  # these may begin with any byte
_ZLIB_STARTS = (b"\x78\x01", b"\x78\x9c", b"\x78\xda")  # RFC 1950 with a window of 32 KB
# A document in an ASCII-like or UTF-16 encoding begins so; no gzip, zlib or zstd stream does.
_TEXT = re.compile(rb"(?:\xef\xbb\xbf)?[\s\x00]*[<{\[]|\xfe\xff\x00|\xff\xfe[<{\[\s]\x00")


class CodingError(Exception):
    """The body can't be decoded, or not within its limits; `message` ends "It sends …"."""

    def __init__(self, kind: ErrorKind, message: str) -> None:
        """Take TOO_LARGE or BAD_ENCODING and the words."""
        super().__init__(message)
        self.kind = kind
        self.message = message


class Decoder:
    """Decode one body piece by piece.

    `encoding` is the value of Content-Encoding, "" without one. At most `max_raw` bytes are taken,
    and each layer may give `max_decoded`; every method raises CodingError.
    """

    def __init__(self, encoding: str, max_raw: int, max_decoded: int) -> None:
        """Read the label; nothing is decided before the first bytes are there."""
        names = [name.strip().lower() for name in encoding.split(",")]
        codings = [name for name in reversed(names) if name not in _NO_CODING]
        self._labels = len(codings)
        # The last layer has no label: what is inside may have been compressed once more.
        self._layers = [_Layer(name, max_decoded) for name in (*codings[:MAX_CODINGS], "")]
        self._max_raw = max_raw
        self._raw = 0

    def expect(self, length: int) -> None:
        """Refuse a body that is announced to be larger than what is taken."""
        if length > self._max_raw:
            raise _too_large(self._max_raw)

    def feed(self, data: bytes) -> bytes:
        """Take the next bytes of the body and return what they decode to."""
        self._raw += len(data)
        self.expect(self._raw)
        if self._labels > MAX_CODINGS:
            raise _bad(f"a body encoded {self._labels} times over")
        return b"".join(self._pass(data, 0))

    def finish(self) -> bytes:
        """Return what was still held back; refuse a body that ends too early."""
        return b"".join(
            part
            for place, layer in enumerate(self._layers)
            for piece in layer.finish()
            for part in self._pass(piece, place + 1)
        )

    def _pass(self, data: bytes, place: int) -> Iterator[bytes]:
        """Give what leaves the last layer, one piece after the other, so that nothing piles up."""
        if place == len(self._layers):
            yield data
            return
        for piece in self._layers[place].decode(data):
            yield from self._pass(piece, place + 1)


class _Layer:
    """One coding to undo, or none: the first bytes decide, beside the label."""

    def __init__(self, label: str, limit: int) -> None:
        self._label = label
        self._limit = limit
        self._given = 0
        self._start: bytes | None = b""  # None once it is decided
        self._stream: Stream | None = None

    def decode(self, data: bytes) -> Iterator[bytes]:
        if self._start is not None:
            data = self._start + data
            if len(data) < SNIFF_BYTES:
                self._start = data
                return
            self._begin(data)
        yield from self._give(data)

    def finish(self) -> Iterator[bytes]:
        if self._start:
            start = self._start
            self._begin(start)
            yield from self._give(start)
        if self._stream is not None and not self._stream.complete:
            raise _bad("compressed data that ends in the middle")

    def _begin(self, start: bytes) -> None:
        self._start = None
        self._stream = _stream(self._label, start)

    def _give(self, data: bytes) -> Iterator[bytes]:
        try:
            for piece in (data,) if self._stream is None else self._stream.decode(data):
                self._given += len(piece)
                if self._given > self._limit:
                    raise _too_large(self._limit)
                yield piece
        except Damaged as damage:
            raise _bad(str(damage)) from damage


def _stream(label: str, start: bytes) -> Stream | None:
    """Choose what undoes a layer that begins so; None where it is a document as it stands."""
    if start.startswith(GZIP_MAGIC):
        return gzip()
    if start.startswith(ZSTD_MAGIC):
        return zstd()
    if not label:
        return Deflate() if start.startswith(_ZLIB_STARTS) else None
    if _is_plain(label, start):
        return None
    if label in _CODINGS:
        return _CODINGS[label]()
    raise _bad(f"a body encoded as {label[:40]!r}, which was not asked for")


def _is_plain(label: str, start: bytes) -> bool:
    """Tell whether a layer is a document as it stands, whatever its label says."""
    if not _TEXT.match(start):
        return False
    if label not in _MAYBE_TEXT:
        return True
    try:
        next(_CODINGS[label]().decode(start[:SNIFF_BYTES]), None)
    except Damaged:
        return True
    return False


def _bad(message: str) -> CodingError:
    return CodingError(ErrorKind.BAD_ENCODING, message)


def _too_large(limit: int) -> CodingError:
    return CodingError(ErrorKind.TOO_LARGE, f"more than {limit / 1_000_000:g} MB")
