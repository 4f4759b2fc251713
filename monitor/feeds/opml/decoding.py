"""The bytes of an OPML document become text, whatever they say of themselves. Pure.

Exports are often declared in one encoding and written in another: what is UTF-8 is never that by
chance, so it counts before the declaration.
"""

import codecs
import re

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (b"<\0", "utf-16-le"),
    (b"\0<", "utf-16-be"),
)
_DECLARED = re.compile(rb"\s*<\?xml[^>]{0,99}?encoding\s*=\s*[\"']([A-Za-z0-9._-]{1,40})")
# Encodings of text that documents are written in; Python knows others that are none.
_KNOWN = re.compile(
    r"(?:iso-?8859|windows-|cp\d|koi8|shift|sjis|euc[-_]|gb|big5|mac|iso-2022-|tis-)", re.IGNORECASE
)
_USUAL = "windows-1252"  # what ISO-8859-1 and no declaration mean in practice (WHATWG Encoding)
_SWITCH = b"\x1b"  # begins a change of alphabet, in encodings whose bytes are ASCII throughout


def decode(data: bytes) -> str:
    """Return the text without a byte order mark; what can't be read of it is U+FFFD."""
    marked = next((name for mark, name in _MARKS if data.startswith(mark)), None)
    if marked is not None:
        return data.decode(marked, "replace").removeprefix("\ufeff")
    for encoding in (_declared(data),) if _SWITCH in data else ("utf-8", _declared(data)):
        try:
            return data.decode(encoding)
        except (UnicodeError, LookupError):
            continue
    return data.decode(_USUAL, "replace")


def _declared(data: bytes) -> str:
    found = _DECLARED.match(data)
    name = found[1].decode("ascii") if found else ""
    if name.lower() in {"gb2312", "gbk"}:
        return "gb18030"  # which holds both and more
    return name if _KNOWN.match(name) and name.lower() != "iso-8859-1" else _USUAL
