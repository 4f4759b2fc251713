"""Undo content codings in bounded memory. Pure: bytes in, bytes out, whatever the chunking.

httpx's decoders give no bound, drop all but the first gzip member, and take a cut stream for a
whole one. Here a label is only a claim; the first bytes decide whether it is true.
"""

import re
import zlib
from collections.abc import Sequence

from monitor.model import ErrorKind

MAX_CODINGS = 2
MAX_MEMBERS = 4_096
SLICE_BYTES = 4_096  # decoded at once: it gives 4 MB at most before the limits are checked
SNIFF_BYTES = 64

_GZIP_MAGIC = b"\x1f\x8b\x08"  # RFC 1952 section 2.3; 8 is the only method there is
_GZIP = 31
_ZLIB = 15
_RAW_DEFLATE = -15
_NO_CODING = frozenset({"", "identity", "none", "utf-8", "utf8", "binary", "8bit", "7bit"})
_GZIP_NAMES = frozenset({"gzip", "x-gzip"})
# A document in an ASCII-like or UTF-16 encoding begins so; no gzip or zlib stream does.
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

    `encoding` is the value of Content-Encoding, "" without one. At most `max_raw` bytes are taken
    and `max_decoded` given; every method raises CodingError.
    """

    def __init__(self, encoding: str, max_raw: int, max_decoded: int) -> None:
        """Read the label; nothing is decided before the first bytes are there."""
        names = [name.strip().lower() for name in encoding.split(",")]
        self._codings = [name for name in names if name not in _NO_CODING]
        self._max_raw = max_raw
        self._max_decoded = max_decoded
        self._raw = 0
        self._decoded = 0
        self._start: bytes | None = b""  # None once the layers stand
        self._layers: Sequence[_Gzip | _Deflate] = ()

    def expect(self, length: int) -> None:
        """Refuse a body that is announced to be larger than what is taken."""
        if length > self._max_raw:
            raise _too_large(self._max_raw)

    def feed(self, data: bytes) -> bytes:
        """Take the next bytes of the body and return what they decode to."""
        self._raw += len(data)
        self.expect(self._raw)
        if self._start is not None:
            data = self._start + data
            if len(data) < SNIFF_BYTES:
                self._start = data
                return b""
            self._begin(data)
        return self._decode(data, self._layers)

    def finish(self) -> bytes:
        """Return what was still held back; refuse a body that ends too early."""
        rest = b""
        if self._start is not None:
            start = self._start
            self._begin(start)
            rest = self._decode(start, self._layers)
        if not all(layer.complete for layer in self._layers):
            raise _bad("compressed data that ends in the middle")
        return rest

    def _begin(self, start: bytes) -> None:
        self._start = None
        if len(self._codings) > MAX_CODINGS:
            raise _bad(f"a body encoded {len(self._codings)} times over")
        self._layers = _layers(self._codings, start)

    def _decode(self, data: bytes, layers: Sequence["_Gzip | _Deflate"]) -> bytes:
        """Pass the data through the layers in slices, so that no layer's output piles up."""
        if not layers:
            self._count(len(data))
            return data
        first, *inner = layers
        return b"".join(
            self._decode(first.decode(data[at : at + SLICE_BYTES], self._max_decoded), inner)
            for at in range(0, len(data), SLICE_BYTES)
        )

    def _count(self, length: int) -> None:
        self._decoded += length
        if self._decoded > self._max_decoded:
            raise _too_large(self._max_decoded)


class _Gzip:
    """One or more gzip members (RFC 1952 section 2.2); what follows them is dropped."""

    def __init__(self) -> None:
        self.complete = False
        self._member = zlib.decompressobj(_GZIP)
        self._members = 1
        self._held = b""  # the beginning of what may be another member
        self._over = False
        self._given = 0

    def decode(self, data: bytes, limit: int) -> bytes:
        parts = []
        while data and not self._over:
            if self._member.eof:
                data = self._next_member(data)
                continue
            part = _inflate(self._member, data, self._given, limit)
            self._given += len(part)
            parts.append(part)
            data = self._member.unused_data
            self.complete = self._member.eof
        return b"".join(parts)

    def _next_member(self, data: bytes) -> bytes:
        """Return the data from where the next member begins; b"" where that is not yet known."""
        data = self._held + data
        self._held = b""
        if len(data) < len(_GZIP_MAGIC) and _GZIP_MAGIC.startswith(data):
            self._held = data
            self.complete = False
            return b""
        self.complete = True
        if not data.startswith(_GZIP_MAGIC):
            self._over = True
            return b""
        self._members += 1
        if self._members > MAX_MEMBERS:
            raise _bad(f"more than {MAX_MEMBERS:,} gzip members")
        self._member = zlib.decompressobj(_GZIP)
        return data


class _Deflate:
    """One zlib (RFC 1950) or raw deflate (RFC 1951) stream; what follows it is dropped."""

    def __init__(self) -> None:
        self._stream: zlib._Decompress | None = None
        self._held = b""
        self._given = 0

    @property
    def complete(self) -> bool:
        return self._stream is not None and self._stream.eof

    def decode(self, data: bytes, limit: int) -> bytes:
        if self._stream is None:
            data = self._held + data
            if len(data) < 2:
                self._held = data
                return b""
            self._stream = zlib.decompressobj(_ZLIB if _is_zlib(data) else _RAW_DEFLATE)
        if self._stream.eof:
            return b""
        part = _inflate(self._stream, data, self._given, limit)
        self._given += len(part)
        return part


def _layers(codings: Sequence[str], start: bytes) -> list[_Gzip | _Deflate]:
    """Choose what undoes the codings, outermost first, from the label and the first bytes."""
    if not start or (codings and _is_plain(codings[-1], start)):
        return []
    if start.startswith(_GZIP_MAGIC):
        codings = [*codings[:-1], "gzip"]
    return [_layer(coding) for coding in reversed(codings)]


def _layer(coding: str) -> _Gzip | _Deflate:
    if coding in _GZIP_NAMES:
        return _Gzip()
    if coding == "deflate":
        return _Deflate()
    raise _bad(f"a body encoded as {coding[:40]!r}, which was not asked for")


def _is_plain(coding: str, start: bytes) -> bool:
    """Tell whether the body is a document as it stands, whatever its label says."""
    if not _TEXT.match(start):
        return False
    if coding != "deflate":
        return True
    try:  # a raw deflate stream may begin with any byte
        zlib.decompressobj(_RAW_DEFLATE).decompress(start, SNIFF_BYTES)
    except zlib.error:
        return True
    return False


def _is_zlib(start: bytes) -> bool:
    return start[0] & 15 == 8 and (start[0] << 8 | start[1]) % 31 == 0


def _inflate(stream: "zlib._Decompress", data: bytes, given: int, limit: int) -> bytes:
    room = limit - given
    try:
        part = stream.decompress(data, room + 1)
    except zlib.error as error:
        raise _bad(f"damaged compressed data ({error})") from error
    if len(part) > room:
        raise _too_large(limit)
    return part


def _bad(message: str) -> CodingError:
    return CodingError(ErrorKind.BAD_ENCODING, message)


def _too_large(limit: int) -> CodingError:
    return CodingError(ErrorKind.TOO_LARGE, f"more than {limit / 1_000_000:g} MB")
