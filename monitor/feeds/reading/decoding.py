"""A document's bytes become text, whatever the labels on them say.

Pure: never touches network, clock or disk. The codecs are a fixed list: a label chosen by a
stranger must not reach Python's codec registry, where some decode in more than linear time.
"""

import codecs
import re
from functools import partial

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
    "utf-8": "utf-8 utf8 utf_8 unicode-1-1-utf-8 x-unicode20utf8",
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

# What each language's text holds most of beyond ASCII, how much of it that is at least, and the
# codecs it is written in without a label. Where two read a text alike, the first one counts.
_HABITS = (
    ("éèêëàâäáåæøíìîïóòôöõúùûüñçãßœÉÀÁÅØÖÄÜ’‘“”–—«»…•€£°´¡¿ºª\xa0", 0.8, ("cp1252", "mac-roman")),
    ("ąćęłńóśźżáéíýčďěňřšťúůžőűöüăâîșțŁŚŻŹČŘŠŽÁÉ„”“’–—\xa0", 0.8, ("cp1250", "iso8859-2")),
    ("ığşçöüâİŞÇÖÜ’“”–—\xa0", 0.8, ("cp1254",)),
    ("оеаинтсрвлії", 0.5, ("cp1251", "koi8-u", "koi8-r", "iso8859-5", "cp866")),
    ("αοιετσηνυρ", 0.6, ("cp1253", "iso8859-7")),
    ("ויהלאמרתבש", 0.7, ("cp1255", "iso8859-8")),
    ("اليموتنرب", 0.6, ("cp1256", "iso8859-6")),
    ("านรอกเงมยลวดทตส่้ีัิะ์", 0.6, ("cp874",)),
    (
        "のにはをとがでたしてなるいうかられもこさんりあっきまよれスントルアイシリラクタロレー、。",
        0.35,
        ("cp932", "euc_jp"),
    ),
    (
        (
            "的一是不了在人有我他这中大来上国个到说们为子和地出道也时年得就那要下以生会自之过家学对可"
            "后小多天能好都没日于起还发成事只作当看文无开用主行方如前所本见经面公同三已从动两长，。美总统月"
        ),
        0.2,
        ("gb18030",),
    ),
    (
        (
            "的一是不了在人有我他這中大來上國個到說們為子和地出道也時年得就那要下以生會自之過家學對可"
            "後小多天能好都沒日於起還發成事只作當看文無開用主行方如前所本見經面公同三已從動兩長，。美總統月"
        ),
        0.2,
        ("big5hkscs",),
    ),
    ("이다는의에가을를고하한지은로사도기시대정인해어서자리나으", 0.25, ("cp949",)),
)
_LATIN = {"cp1252", "mac-roman", "cp1250", "iso8859-2", "cp1254"}
_ACCENTS = re.compile(r"[^\W\d_a-zA-Z]{3,}")
_MIXED = re.compile(r"[a-zA-Z][^\x00-\x7f]|[^\x00-\x7f][a-zA-Z]")
_BAD_BYTES = re.compile("[\udc80-\udcff]+")
_NOT_LATIN = re.compile("[^\x00-\u024f\u2000-\u206f]")
_SAMPLE = 2_048  # bytes of words beyond ASCII that a guess is made from
_FEW = 12  # bytes beyond ASCII; fewer are too few to doubt a label for
_LIKELY = 0.7  # of the share a language's text has at least
_FOREIGN_WORD = re.compile(rb"(?<![^<>&\s])[^<>&\s\x80-\xff]*+[\x80-\xff][^<>&\s]*+")

# How UTF-8 looks that was read as Windows-1252 and encoded again, and the way back.
_TWICE = b"\xc3"  # begins every character that the first byte of one became
_TWICE_RUN = re.compile(r"[^\x00-\x7f]+")
_BYTE_OF = {
    ord(bytes([byte]).decode("cp1252")): byte
    for byte in range(0x80, 0xA0)
    if byte not in {0x81, 0x8D, 0x8F, 0x90, 0x9D}
}

_HEAD = 1024  # bytes in which an XML declaration must stand
_DECLARED = re.compile(rb"<\?xml[^>]{0,300}?encoding\s*=\s*[\"']\s*([A-Za-z0-9._:-]{1,40})")
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([A-Za-z0-9._:-]{1,40})", re.IGNORECASE)
_ESCAPE = b"\x1b"


def decode(body: bytes, *, content_type: str = "") -> tuple[str, tuple[Problem, ...]]:
    """Return the text of `body`, and what was wrong with its labels or its bytes.

    A mark at the front decides; then whether the bytes are UTF-8, which no other text is by
    chance; then the XML declaration and the charset of the Content-Type header, the likelier one
    where they differ; then what its letters say.
    """
    for mark, codec in (*_MARKS, *_UNMARKED):
        if body.startswith(mark):
            text = body.decode(codec, "replace").removeprefix("\ufeff")
            return text, _bad_bytes(text, codec)
    labels = _labels(body, content_type)
    known = [_CODEC[label] for label in labels if label in _CODEC]
    if known[:1] == ["iso2022_jp"] and _ESCAPE in body:  # it hides in plain ASCII
        return _decode_as(body, "iso2022_jp")
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        return _decode_legacy(body, [codec for codec in known if codec != "utf-8"])
    if _TWICE in body and (once := _once(text)):
        return once, (_problem("mojibake", "was encoded as UTF-8 twice"),)
    if labels and _CODEC.get(labels[0]) != "utf-8" and not body.isascii():
        return text, (_problem("bad_encoding_label", f"says it is {labels[0]}, but it is UTF-8"),)
    return text, ()


def _labels(body: bytes, content_type: str) -> list[str]:
    declared = _DECLARED.search(body, 0, _HEAD)
    charset = _CHARSET.search(content_type)
    labels = [declared[1].decode("ascii")] if declared else []
    labels += [charset[1]] if charset else []
    return [label.lower() for label in labels]


def _decode_legacy(body: bytes, labelled: list[str]) -> tuple[str, tuple[Problem, ...]]:
    """Decode what is not UTF-8. A label is believed unless the letters clearly say otherwise."""
    sample = _sample(body)
    if _is_mostly_utf8(sample):  # but for a few bytes
        return _decode_mixed(body)
    if not labelled:
        codec = _guess(sample) or "cp1252"
        why = _problem("bad_encoding_label", f"is not the UTF-8 it should be; read as {codec}")
        return body.decode(codec, "replace"), (why,)
    usable = [codec for codec in labelled if _decodes(body, codec)] or labelled[:1]
    codec = max(usable, key=lambda codec: _score(sample, codec)) if len(usable) > 1 else usable[0]
    # Latin 1 is what servers say who know nothing.
    if codec == "cp1252" and not _is_short(sample) and _score(sample, codec) < _LIKELY:
        guessed = _guess(sample) or codec
        why = _problem("bad_encoding_label", f"is not the {codec} it says it is but {guessed}")
        return body.decode(guessed, "replace"), (why,) if guessed != codec else ()
    return _decode_as(body, codec)


def _is_mostly_utf8(sample: bytes) -> bool:
    text = sample.decode("utf-8", "replace")
    beyond_ascii = len(text) - len(text.encode("ascii", "ignore"))
    return beyond_ascii >= 2 * text.count("\ufffd")


def _decode_mixed(body: bytes) -> tuple[str, tuple[Problem, ...]]:
    """Decode UTF-8 into which texts in Windows-1252 were put as they were."""
    text = _BAD_BYTES.sub(_of_windows, body.decode("utf-8", "surrogateescape"))
    left = _bad_bytes(text, "utf-8")
    return text, left or (_problem("bad_bytes", "is UTF-8, and in places Windows-1252"),)


def _of_windows(found: re.Match[str]) -> str:
    """Return what bad bytes mean in Windows-1252, if Latin text stands around them."""
    text = bytes(ord(char) - 0xDC00 for char in found[0]).decode("cp1252", "replace")
    around = found.string[max(0, found.start() - 1) : found.end() + 1].replace(found[0], "")
    is_usual = all(char in _HABITS[0][0] for char in text)
    return text if is_usual and not _NOT_LATIN.search(around) else "\ufffd" * len(text)


def _decodes(body: bytes, codec: str) -> bool:
    try:
        body.decode(codec)
    except UnicodeDecodeError:
        return False
    return True


def _decode_as(body: bytes, codec: str) -> tuple[str, tuple[Problem, ...]]:
    text = body.decode(codec, "replace")
    return text, _bad_bytes(text, codec)


def _sample(body: bytes) -> bytes:
    """Return words with bytes beyond ASCII, which are parts of characters in every codec."""
    words: list[bytes] = []
    length = 0
    for word in _FOREIGN_WORD.finditer(body):
        words.append(word[0][:_SAMPLE])
        length += len(words[-1])
        if length >= _SAMPLE:
            break
    return b" ".join(words)


def _guess(sample: bytes) -> str:
    """Return the codec under which `sample` reads most like a language, or ""."""
    if _is_short(sample) and _score(sample, "cp1252") >= _LIKELY:
        return "cp1252"
    written_in = [codec for _, _, written in _HABITS for codec in written]
    best = max(written_in, key=partial(_score, sample))
    return best if _score(sample, best) >= _LIKELY else ""


def _is_short(sample: bytes) -> bool:
    return sum(byte >= 0x80 for byte in sample) < _FEW


def _score(sample: bytes, codec: str) -> float:
    """Return how much `sample`, read with `codec`, is like its languages: 1 if it is."""
    text = sample.decode(codec, "replace")
    for usual, share, written in _HABITS:
        if codec in written:
            # Latin words are not made of accents alone, and others hold no Latin letters.
            text = (_ACCENTS if codec in _LATIN else _MIXED).sub("\ufffd\ufffd\ufffd", text)
            letters = [char for char in text if char > "\x7f"]
            known = [char for char in letters if char in usual]
            return min(1.0, len(known) / max(1, len(letters)) / share)
    return 0.0


def _once(text: str) -> str:
    """Return text that was encoded twice as it was before; "" if any of it was not."""
    meant: dict[str, str] = {}
    for found in _TWICE_RUN.finditer(text):
        run = found[0]
        if run not in meant:
            try:
                meant[run] = run.translate(_BYTE_OF).encode("latin-1").decode("utf-8")
            except UnicodeError:
                return ""
    return _TWICE_RUN.sub(lambda found: meant[found[0]], text)


def _bad_bytes(text: str, codec: str) -> tuple[Problem, ...]:
    bad = text.count("\ufffd")
    return (_problem("bad_bytes", f"{bad} places are not valid {codec}"),) if bad else ()


def _problem(kind: str, message: str) -> Problem:
    return Problem(kind=kind, message=message)
