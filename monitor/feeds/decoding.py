"""A document's bytes become text, whatever the labels on them say.

Pure: never touches network, clock or disk. The codecs are a fixed list: a label chosen by a
stranger must not reach Python's codec registry, where some decode in more than linear time.
"""

import codecs
import re

from monitor.model import Problem

_MARKS = (  # the longer first: the mark of UTF-32 begins with that of UTF-16
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_UNMARKED = tuple(  # how < and { look without a mark, XML 1.0 appendix F.1
    (char.encode(codec), codec)
    for char in "<{"
    for codec in ("utf-32-le", "utf-32-be", "utf-16-le", "utf-16-be")
)

# Labels and the codecs browsers read them with (WHATWG Encoding, 4.2): mostly supersets.
_CODECS = {
    "utf-8": "utf-8 utf8 unicode-1-1-utf-8",
    "cp1252": "us-ascii ascii iso-8859-1 iso8859-1 iso_8859-1 latin1 latin-1 l1 windows-1252"
    " cp1252 cp-1252 ansi",
    "iso8859-2": "iso-8859-2 iso8859-2 latin2",
    "iso8859-3": "iso-8859-3",
    "iso8859-4": "iso-8859-4",
    "iso8859-5": "iso-8859-5",
    "iso8859-6": "iso-8859-6",
    "iso8859-7": "iso-8859-7",
    "iso8859-8": "iso-8859-8 iso-8859-8-i",
    "cp1254": "iso-8859-9 latin5 windows-1254 cp1254",
    "iso8859-10": "iso-8859-10",
    "iso8859-13": "iso-8859-13",
    "iso8859-15": "iso-8859-15 iso8859-15 latin9",
    "cp1250": "windows-1250 cp1250",
    "cp1251": "windows-1251 cp1251 win-1251 cp-1251",
    "cp1253": "windows-1253 cp1253",
    "cp1255": "windows-1255 cp1255",
    "cp1256": "windows-1256 cp1256",
    "cp1257": "windows-1257 cp1257",
    "cp1258": "windows-1258 cp1258",
    "cp866": "ibm866 cp866",
    "cp874": "windows-874 tis-620 iso-8859-11",
    "koi8-r": "koi8-r koi8",
    "koi8-u": "koi8-u",
    "mac-roman": "macintosh x-mac-roman",
    "cp932": "shift_jis shift-jis sjis x-sjis windows-31j ms_kanji",
    "euc_jp": "euc-jp x-euc-jp",
    "iso2022_jp": "iso-2022-jp",
    "gb18030": "gb2312 gbk gb18030 x-gbk gb_2312-80",
    "big5hkscs": "big5 big5-hkscs x-x-big5",
    "cp949": "euc-kr ks_c_5601-1987 windows-949",
}
_CODEC = {label: codec for codec, labels in _CODECS.items() for label in labels.split()}

_HEAD = 1024  # bytes in which an XML declaration must stand
_DECLARED = re.compile(rb"<\?xml[^>]{0,300}?encoding\s*=\s*[\"']\s*([A-Za-z0-9._:-]{1,40})")
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([A-Za-z0-9._:-]{1,40})", re.IGNORECASE)
_ESCAPE = b"\x1b"


def decode(body: bytes, *, content_type: str = "") -> tuple[str, tuple[Problem, ...]]:
    """Return the text of `body`, and what was wrong with its labels or its bytes.

    A mark at the front decides; then whether the bytes are UTF-8, which no other text is by
    chance; then the XML declaration; then the charset of the Content-Type header.
    """
    for mark, codec in (*_MARKS, *_UNMARKED):
        if body.startswith(mark):
            text = body.decode(codec, "replace").removeprefix("\ufeff")
            return text, _bad_bytes(text, codec)
    labels = _labels(body, content_type)
    known = [_CODEC[label] for label in labels if label in _CODEC]
    if known[:1] == ["iso2022_jp"] and _ESCAPE in body:  # it hides in plain ASCII
        return _decode_as(body, known)
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        return _decode_as(body, [codec for codec in known if codec != "utf-8"])
    if labels and _CODEC.get(labels[0]) != "utf-8" and not body.isascii():
        return text, (_problem("bad_encoding_label", f"says it is {labels[0]}, but it is UTF-8"),)
    return text, ()


def _labels(body: bytes, content_type: str) -> list[str]:
    declared = _DECLARED.search(body, 0, _HEAD)
    charset = _CHARSET.search(content_type)
    labels = [declared[1].decode("ascii")] if declared else []
    labels += [charset[1]] if charset else []
    return [label.lower() for label in labels]


def _decode_as(body: bytes, candidates: list[str]) -> tuple[str, tuple[Problem, ...]]:
    for codec in candidates:
        try:
            return body.decode(codec), ()
        except UnicodeDecodeError:
            continue
    if candidates:
        text = body.decode(candidates[0], "replace")
        return text, _bad_bytes(text, candidates[0])
    # No label helps. Text that is UTF-8 but for a few bytes stays so; anything else is most
    # often Windows-1252, which decodes nearly every byte.
    text = body.decode("utf-8", "replace")
    beyond_ascii = len(text) - len(text.encode("ascii", "ignore"))
    if beyond_ascii >= 2 * text.count("\ufffd"):
        return text, _bad_bytes(text, "utf-8")
    why = _problem("bad_encoding_label", "is not the UTF-8 it should be; read as Windows-1252")
    return body.decode("cp1252", "replace"), (why,)


def _bad_bytes(text: str, codec: str) -> tuple[Problem, ...]:
    bad = text.count("\ufffd")
    return (_problem("bad_bytes", f"{bad} places are not valid {codec}"),) if bad else ()


def _problem(kind: str, message: str) -> Problem:
    return Problem(kind=kind, message=message)
