"""Dates as feeds write them become aware UTC times, or None where nothing can be trusted.

Pure: never touches network, clock or disk. An invented date is worse than none: what cannot be a
date, what leaves the day open, and what lies outside 1990 to 2100 is None.
"""

import re
import unicodedata
from contextlib import suppress
from datetime import UTC, datetime, timedelta

EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
LATEST = datetime(2101, 1, 1, tzinfo=UTC)

_LONGEST = 100  # characters; no date is longer

# How nearly all dates are written (RFC 5322 and RFC 3339), for a route ten times faster.
_USUAL_WORDS = re.compile(
    r"(?:[A-Z][a-z]{2}, )?([0-9]{1,2}) ([A-Z][a-z]{2}) ([0-9]{4}) ([0-9]{2}:[0-9]{2}:[0-9]{2}) "
    r"(?:GMT|UTC|([+-](?:0[0-9]|1[0-3])[0-5][0-9]))"
)
_USUAL_ISO = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{3}(?:[0-9]{3})?)?"
    r"(?:Z|[+-](?:0[0-9]|1[0-3]):[0-5][0-9])"
)
_SIXTIETHS = r"(\d{2}|(?<=:)\d(?!\d))"  # minutes or seconds; some write 10:0:0
_HALF = r"\s*([ap])\.?\s?m\b\.?"
_ISO = re.compile(
    r"(\d{4})(?:([-/.])\s?(\d{1,2})\2\s?(\d{1,2})\.?(?!\d)|(\d{2})(\d{2})"
    r"|\s?[年년]\s?(\d{1,2})\s?[月월]\s?(\d{1,2})\s?[日일])"
    r"(?:(?:[T\s_,]+|(?<=\d{8})|(?<=[日일]))(\d{1,2})"
    rf"(?::?{_SIXTIETHS})?(?::?{_SIXTIETHS}(?:[.,](\d{{1,9}})\d*)?)?"
    rf"(?:{_HALF})?)?\s*(\S.*)?",
    re.IGNORECASE,
)
_WEEK = re.compile(r"(\d{4})(-?)W(\d{2})\2([1-7])(?![\d-])")  # ISO 8601, 4.1.4.2
_EPOCH = re.compile(r"(\d{9,10})(?:\.\d+)?|(\d{10})(?:\d{3}|\d{6})|/Date\((\d{10})\d{3}\D.*")
_NUMERIC = re.compile(r"(?<!\d)(\d{1,2})([-/.])\s?(\d{1,2})\2\s?(\d{4}|(?<=[/.])\d{2})(?!\d)")
_TIME = re.compile(
    r"(?<![\d:.,])(\d{1,2})"
    rf"(?:(?::|\s?h\s?){_SIXTIETHS}(?::{_SIXTIETHS}(?:[.,](\d{{1,9}})\d*)?)?|\.(\d{{2}})(?![\d.])"
    rf"|(?=\s?h\b|\s*uhr\b|{_HALF.replace('(', '(?:')}))(?:{_HALF})?",
    re.IGNORECASE,
)
_OFFSET = re.compile(r"([+\-\u2212])(\d{1,2})(?::?(\d{2}))?(?!\d)")
_NUMBER = re.compile(r"\d+")
_WORD = re.compile(r"[^\W\d_]+")
_REMARK = re.compile(r"\([^()]*\)")

# English, French, German, Spanish, Portuguese, Italian, Russian; Dutch, Swedish, Danish and
# Norwegian; Polish, Czech, Romanian; Turkish; Ukrainian.
_MONTHS = """
    january jan janvier janv enero ene januar janner janeiro gennaio gen января январь янв
    januari stycznia styczen sty ledna leden ianuarie ian ocak oca січня січ /
    february feb fevrier fevr fev febrero februar feber fevereiro febbraio февраля февраль фев
    февр februari lutego luty lut unora unor februarie subat sub лютого лют /
    march mar mars marzo marz mrz marco марта март мар maart mrt marts marca marzec brezna
    brezen martie mart березня бер /
    april apr avril avr abril abr aprile апреля апрель апр kwietnia kwiecien kwi dubna duben
    aprilie nisan nis квітня кві /
    may mai mayo maio maggio mag мая май mei maj maja kvetna kveten mayis травня тра /
    june jun juin junio juni junho giugno giu июня июнь июн czerwca czerwiec cze cervna cerven
    iunie iun haziran haz червня чер /
    july jul juillet juil julio juli julho luglio lug июля июль июл lipca lipiec lip cervence
    cervenec iulie iul temmuz tem липня лип /
    august aug aout agosto ago августа август авг augustus augusti sierpnia sierpien sie srpna
    srpen agustos agu серпня сер /
    september sep sept septembre septiembre set setembro settembre сентября сентябрь сен сент
    wrzesnia wrzesien wrz zari septembrie eylul eyl вересня вер /
    october oct octobre octubre oktober okt outubro out ottobre ott октября октябрь окт
    pazdziernika pazdziernik paz rijna rijen octombrie ekim eki жовтня жов /
    november nov novembre noviembre novembro ноября ноябрь ноя нояб listopada listopad lis
    listopadu noiembrie noi kasim kas листопада лис /
    december dec decembre diciembre dic dezember dez dezembro dicembre декабря декабрь дек
    desember des grudnia grudzien gru prosince prosinec decembrie aralik ara грудня гру
"""


def _plain_word(word: str) -> str:
    decomposed = unicodedata.normalize("NFKD", word.lower())
    bare = "".join(char for char in decomposed if not unicodedata.combining(char))
    return bare.replace("ı", "i").replace("ł", "l")


_MONTH = {
    _plain_word(name): number
    for number, names in enumerate(_MONTHS.split("/"), 1)
    for name in names.split()
}

_ZONE_NAMES = {  # minutes east of Greenwich
    0: "z ut utc gmt wet",
    60: "bst west cet mez wat",
    120: "cest mesz eet cat sast",
    180: "eest msk мск eat trt idt",
    210: "irst",
    240: "gst msd",
    300: "pkt",
    330: "ist",
    345: "npt",
    420: "ict wib",
    480: "hkt sgt pht awst",
    540: "jst kst",
    570: "acst",
    600: "aest",
    630: "acdt",
    660: "aedt",
    720: "nzst",
    780: "nzdt",
    -150: "ndt",
    -180: "adt art brt clst",
    -210: "nst",
    -240: "ast edt clt vet",
    -300: "est et cdt cot pet",
    -360: "cst mdt",
    -420: "mst pdt",
    -480: "pst pt akdt",
    -540: "akst",
    -600: "hst",
}
_ZONES = {name: minutes for minutes, names in _ZONE_NAMES.items() for name in names.split()}
_ZONES_BY_LANGUAGE = {  # the same letters mean another zone where this language is spoken
    ("he", "ist"): 120,
    ("ga", "ist"): 60,
    ("zh", "cst"): 480,
    ("bn", "bst"): 360,
}
_FARTHEST = 14 * 60  # minutes; no zone is farther from Greenwich


def read_date(text: str, *, language: str = "") -> datetime | None:
    """Return the time that `text` says, aware and UTC, or None.

    RFC 822 and 5322 with their obsolete forms, ISO 8601, RFC 3339, asctime, numeric dates, month
    names in sixteen languages, seconds and milliseconds since 1970. Without a zone, or with one
    that is not known, it is read as UTC. `language` (BCP 47) settles what the letters leave open:
    05/11/2025, and zones such as IST.
    """
    text = text[: _LONGEST + 1].strip()
    if not text or len(text) > _LONGEST:
        return None
    try:
        found = _read_usual(text) or _read_epoch(text)
        if found is None:
            # Full-width signs become plain ones, and letters with marks one character.
            text = _REMARK.sub(" ", unicodedata.normalize("NFKC", text)).strip()
            found = _read_iso(text, language) or _read_words(text, language)
    except (ValueError, OverflowError):  # the 31st of June, 25:00, a zone past the year 9999
        return None
    return found if found and EARLIEST <= found < LATEST else None


def _read_usual(text: str) -> datetime | None:
    """Read the two usual forms; None for any other, and for what needs a second look."""
    if not _USUAL_ISO.fullmatch(text):
        found = _USUAL_WORDS.fullmatch(text)
        month = _MONTH.get(found[2].lower()) if found else None
        if not found or not month:
            return None
        day, _, year, clock, zone = found.groups()
        text = f"{year}-{month:02}-{day:0>2}T{clock}{zone or 'Z'}"
    with suppress(ValueError):
        date = datetime.fromisoformat(text)
        return date if date.tzinfo is UTC else date.astimezone(UTC)
    return None


def _read_epoch(text: str) -> datetime | None:
    found = _EPOCH.fullmatch(text)
    return datetime.fromtimestamp(int(found[1] or found[2] or found[3]), UTC) if found else None


def _read_iso(text: str, language: str) -> datetime | None:
    """Read a date that begins with its year."""
    found = _ISO.fullmatch(_WEEK.sub(_of_week, text, count=1) if "W" in text[4:6] else text)
    if not found:
        return None
    year, _, *days, hour, minute, second, fraction, half, rest = found.groups()
    if rest and hour is None and not (_OFFSET.match(rest) or rest in "Zz"):
        return None  # a day, and then something that is neither a time nor a zone
    month, day = filter(None, days)
    date = datetime(int(year), int(month), int(day), tzinfo=UTC)
    clock = _since_midnight(hour, minute, second, fraction, half or "")
    return date + clock - _offset(rest or "", language)


def _of_week(found: re.Match[str]) -> str:
    """Write a date of weeks as one of months; raise ValueError for a week no year has."""
    year, _, week, day = found.groups()
    return datetime.fromisocalendar(int(year), int(week), int(day)).strftime("%Y-%m-%d")


def _read_words(text: str, language: str) -> datetime | None:
    """Read a date whose parts stand in any order: names, numbers, a time, a zone after it."""
    time = _TIME.search(text)
    rest = text[time.end() :] if time else ""
    clock = timedelta()
    if time:
        hour, minute, second, fraction, dotted, half = time.groups()
        clock = _since_midnight(hour, minute or dotted, second, fraction, half or "")
    offset = _OFFSET.search(rest)
    without = text[: time.start()] + " " + _OFFSET.sub(" ", rest, count=1) if time else text
    day = _read_day(without, language)
    if day is None:
        return None
    return day + clock - _offset(rest[offset.start() :] if offset else rest, language)


def _read_day(text: str, language: str) -> datetime | None:
    numeric = _NUMERIC.search(text)
    if numeric:
        first, separator, second, year = numeric.groups()
        return _read_numeric(int(first), int(second), _full_year(year), separator, language)
    # Where a weekday is spelled like a month (mar. is martes, mardi, March), the month comes last.
    months = [_MONTH[word] for word in map(_plain_word, _WORD.findall(text)) if word in _MONTH]
    numbers = [number for number in _NUMBER.findall(text) if len(number) <= 4]
    if not months or len(numbers) != 2:
        return None
    day, year = sorted(numbers, key=lambda number: len(number) > 2)
    return datetime(_full_year(year), months[-1], int(day), tzinfo=UTC)


def _read_numeric(
    first: int, second: int, year: int, separator: str, language: str
) -> datetime | None:
    """Read 22/11/2025. Where day and month could be swapped, the language must settle it."""
    main, _, region = language.lower().partition("-")
    if first > 12 or first == second or separator == ".":
        return datetime(year, second, first, tzinfo=UTC)
    if second > 12 or region == "us":
        return datetime(year, first, second, tzinfo=UTC)
    if main in {"", "en"} and region not in {"gb", "ie", "au", "nz", "in", "za"}:
        return None
    return datetime(year, second, first, tzinfo=UTC)


def _since_midnight(
    hour: str | None, minute: str | None, second: str | None, fraction: str | None, half: str = ""
) -> timedelta:
    """Return the time of day; 24:00 is the next midnight, second 60 (a leap second) the 59th.

    Raises ValueError for a time no clock shows.
    """
    hours, minutes, seconds = (int(part or 0) for part in (hour, minute, second))
    if half:
        if not 1 <= hours <= 12:
            raise ValueError(hour)
        hours = hours % 12 + (12 if half.lower() == "p" else 0)
    of_day = timedelta(
        hours=hours,
        minutes=minutes,
        seconds=min(seconds, 59),
        microseconds=int((fraction or "0")[:6].ljust(6, "0")),
    )
    if minutes > 59 or seconds > 60 or of_day > timedelta(days=1):
        raise ValueError(hour)
    return of_day


def _offset(text: str, language: str) -> timedelta:
    """Return how far east of Greenwich the zone in `text` lies; raise ValueError past any zone."""
    number = _OFFSET.search(text)
    if number:
        minutes = int(number[2]) * 60 + int(number[3] or 0)
        if minutes > _FARTHEST or int(number[3] or 0) > 59:
            raise ValueError(text)
        return timedelta(minutes=minutes if number[1] == "+" else -minutes)
    main = language.lower().partition("-")[0]
    for word in map(str.lower, _WORD.findall(text)):
        minutes_east = _ZONES_BY_LANGUAGE.get((main, word), _ZONES.get(word))
        if minutes_east is not None:
            return timedelta(minutes=minutes_east)
    return timedelta()


def _full_year(year: str) -> int:
    """Complete two or three digits as RFC 5322, 4.3 says."""
    if len(year) == 4:
        return int(year)
    return int(year) + (2000 if int(year) < 50 else 1900)
