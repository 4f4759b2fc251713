"""Undo one coding of a body, a bounded piece at a time. Pure: bytes in, bytes out.

No piece is larger than a few megabytes, whatever the data promises, so that whoever takes them
can stop when there are too many. A piece may be empty.
"""

import zlib
from collections.abc import Callable, Generator, Iterator, Sequence
from typing import Protocol, TypeAlias

import brotli  # type: ignore[import-untyped]  # it ships no types
import zstandard

MAX_MEMBERS = 4_096
MAX_WINDOW_BYTES = 8 * 1024 * 1024  # of zstd in HTTP (RFC 9659 section 3)
PIECE_BYTES = 262_144  # zlib and brotli give about this much at once
ZSTD_SLICE_BYTES = 128  # zstd has no such bound: 4 bytes may give 128 KB (RFC 8878 section 3.1.1.2)

GZIP_MAGIC = b"\x1f\x8b\x08"  # RFC 1952 section 2.3; 8 is the only method there is
ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"  # RFC 8878 section 3.1.1
_SKIPPED_MAGICS = tuple(bytes([first]) + b"\x2a\x4d\x18" for first in range(0x50, 0x60))
_GZIP_BITS, _ZLIB_BITS, _RAW_BITS = 31, 15, -15


class Damaged(Exception):  # noqa: N818 - it reads as what happened
    """The data can't be decoded; the text ends "It sends …"."""


class Stream(Protocol):
    """A coding in the middle of being undone; `complete` where the data may end."""

    complete: bool

    def decode(self, data: bytes) -> Iterator[bytes]:
        """Give what the next bytes decode to; raise Damaged."""


Pieces: TypeAlias = Generator[bytes, None, bytes]  # returns what follows the end


class _Member(Protocol):
    """A stream that ends by itself: one gzip member, one zstd frame."""

    @property
    def ended(self) -> bool: ...

    def inflate(self, data: bytes) -> Pieces: ...


class _Zlib:
    def __init__(self, bits: int) -> None:
        self._stream = zlib.decompressobj(bits)

    @property
    def ended(self) -> bool:
        return self._stream.eof

    def inflate(self, data: bytes) -> Pieces:
        full = True
        while not self._stream.eof and (data or full):
            try:
                piece = self._stream.decompress(data, PIECE_BYTES)
            except zlib.error as error:
                raise _damaged(error) from error
            data, full = self._stream.unconsumed_tail, len(piece) == PIECE_BYTES
            yield piece
        return self._stream.unused_data


class _Frame:
    def __init__(self) -> None:
        opener = zstandard.ZstdDecompressor(max_window_size=MAX_WINDOW_BYTES)
        self._stream = opener.decompressobj()

    @property
    def ended(self) -> bool:
        return self._stream.eof

    def inflate(self, data: bytes) -> Pieces:
        for at in range(0, len(data), ZSTD_SLICE_BYTES):
            try:
                piece = self._stream.decompress(data[at : at + ZSTD_SLICE_BYTES])
            except zstandard.ZstdError as error:
                raise _damaged(error) from error
            yield piece
            if self._stream.eof:
                return self._stream.unused_data + data[at + ZSTD_SLICE_BYTES :]
        return b""


class _Members:
    """Members one after another, which count as one stream; what follows the last is dropped."""

    def __init__(self, magics: Sequence[bytes], new: Callable[[], _Member]) -> None:
        self.complete = False
        self._magics = tuple(magics)
        self._new = new
        self._member = new()
        self._members = 1
        self._held = b""  # the beginning of what may be another member
        self._over = False

    def decode(self, data: bytes) -> Iterator[bytes]:
        while data and not self._over:
            if self._member.ended:
                data = self._next_member(data)
            else:
                data = yield from self._member.inflate(data)
                self.complete = self._member.ended

    def _next_member(self, data: bytes) -> bytes:
        """Return the data from where the next member begins; b"" where that is not yet known."""
        data = self._held + data
        self._held = b""
        if any(magic != data and magic.startswith(data) for magic in self._magics):
            self._held = data
            self.complete = False
            return b""
        self.complete = True
        if not data.startswith(self._magics):
            self._over = True
            return b""
        self._members += 1
        if self._members > MAX_MEMBERS:
            raise Damaged(f"more than {MAX_MEMBERS:,} compressed pieces in a row")
        self._member = self._new()
        return data


class Deflate:
    """One zlib (RFC 1950) or raw deflate (RFC 1951) stream; what follows it is dropped."""

    def __init__(self) -> None:
        """Wait for two bytes that tell the one from the other."""
        self.complete = False
        self._stream: _Zlib | None = None
        self._held = b""

    def decode(self, data: bytes) -> Iterator[bytes]:
        """Give what the next bytes decode to; raise Damaged."""
        if self._stream is None:
            data = self._held + data
            if len(data) < 2:
                self._held = data
                return
            self._stream = _Zlib(_ZLIB_BITS if _is_zlib(data) else _RAW_BITS)
        if not self.complete:
            yield from self._stream.inflate(data)
            self.complete = self._stream.ended


class Brotli:
    """One brotli stream (RFC 7932). What follows it is damage: the library can't set it apart."""

    def __init__(self) -> None:
        """Begin; a window of 16 MB is the largest there is."""
        self.complete = False
        self._stream = brotli.Decompressor()

    def decode(self, data: bytes) -> Iterator[bytes]:
        """Give what the next bytes decode to; raise Damaged."""
        while data or not (self.complete or self._stream.can_accept_more_data()):
            try:
                piece: bytes = self._stream.process(data, output_buffer_limit=PIECE_BYTES)
            except brotli.error as error:
                raise _damaged(error) from error
            self.complete = self._stream.is_finished()
            data = b""
            yield piece


def gzip() -> Stream:
    """Begin a gzip stream of one or more members (RFC 1952 section 2.2)."""
    return _Members((GZIP_MAGIC,), lambda: _Zlib(_GZIP_BITS))


def zstd() -> Stream:
    """Begin a zstd stream of one or more frames (RFC 8878 section 3.1)."""
    return _Members((ZSTD_MAGIC, *_SKIPPED_MAGICS), _Frame)


def _is_zlib(start: bytes) -> bool:
    return start[0] & 15 == 8 and (start[0] << 8 | start[1]) % 31 == 0


def _damaged(error: Exception) -> Damaged:
    return Damaged(f"damaged compressed data ({error})")
