"""Read the head of an HTTP answer as it is meant, however it is written.

Pure: bytes in, values out. One connection carries one answer, so nothing follows it that a lenient
reading could mistake for another: a line that says nothing is left out, never the whole answer.
"""

import re
from dataclasses import dataclass

_STATUS = re.compile(rb"HTTP/\d+(?:\.\d+)?[ \t]+([1-9]\d\d)(?!\d)", re.IGNORECASE)
_END = re.compile(rb"\n\r{0,2}\n")
_FOLD = re.compile(rb"\r{0,2}\n[ \t]+")  # RFC 9112 section 5.2
_TOKEN = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # RFC 9110 section 5.6.2
_BLANKED = bytes.maketrans(b"\r\0", b"  ")  # RFC 9110 section 5.5
_LENGTH = re.compile(rb"\+?(\d{1,18})")
_BEGINNING = b"HTTP/"


class Malformed(Exception):  # noqa: N818 - it reads as what happened
    """This is no HTTP answer, or none whose end is known; the text follows the host's name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The status and the headers in their order, values without the blanks around them."""

    status: int
    headers: list[tuple[bytes, bytes]]

    @property
    def chunked(self) -> bool:
        """Tell whether the body comes in chunks (RFC 9112 section 7.1), in whatever version."""
        codings = b",".join(self._values(b"transfer-encoding")).lower()
        return b"chunked" in [coding.strip() for coding in codings.split(b",")]

    @property
    def length(self) -> int | None:
        """Return what Content-Length says, None without one (RFC 9110 section 8.6).

        The same number may be there several times; raise Malformed for two different ones and for
        what is no number, since nothing then tells a whole body from a cut one.
        """
        values = b",".join(self._values(b"content-length"))
        numbers = {number.strip() for number in values.split(b",")} - {b""}
        read = {int(found[1]) for found in map(_LENGTH.fullmatch, numbers) if found}
        if len(read) > 1:
            raise Malformed("gives two lengths for one answer")
        if numbers and not all(map(_LENGTH.fullmatch, numbers)):
            raise Malformed("gives a length that is no number")
        return read.pop() if read else None

    def _values(self, name: bytes) -> list[bytes]:
        return [value for key, value in self.headers if key.lower() == name]


def end_of_head(data: bytes | bytearray, searched: int = 0) -> int:
    """Return where the head ends that `data` begins with, -1 where that is not yet there.

    `searched` bytes are known to hold no end. Raise Malformed as soon as it can't be HTTP.
    """
    if not _BEGINNING.startswith(bytes(data[: len(_BEGINNING)]).upper()):
        raise Malformed("does not speak HTTP")
    found = _END.search(data, max(0, searched - 3))
    return found.end() if found else -1


def read_head(raw: bytes) -> Head:
    """Return what a head says; lines that are no headers are left out. Raise Malformed."""
    if b"\n " in raw or b"\n\t" in raw:
        raw = _FOLD.sub(b" ", raw)
    first, *lines = raw.split(b"\n")
    status = _STATUS.match(first)
    if status is None:
        raise Malformed("does not speak HTTP: its first line holds no status")
    headers = []
    for line in lines:
        name, colon, value = line.partition(b":")
        name = name.strip()
        if colon and _TOKEN.fullmatch(name):
            headers.append((name, value.translate(_BLANKED).strip(b" \t")))
    return Head(status=int(status[1]), headers=headers)
