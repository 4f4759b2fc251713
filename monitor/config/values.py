"""Texts become the values that options hold: durations, sizes, rates, flags, names. Pure.

Every scalar arrives as text; a reader here decides what it means. A message may quote the text
only in `message`; `discreet` is said where the text came from outside the file.
"""

import re
from collections.abc import Collection, Sequence
from datetime import timedelta

from pydantic_core import PydanticCustomError

from monitor.config.problems import Code, did_you_mean, nearest, quote

LONGEST_NAME = 100
LONGEST_DURATION = timedelta(days=36_500)
LONGEST_TIMEOUT = timedelta(minutes=5)  # a poll must end well before its lease does
LARGEST_SIZE = 2**40
LARGEST_COUNT = 1_000_000
LARGEST_WEIGHT = 100
MOST_TOGETHER = 10

_UNITS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}
_DURATION = re.compile(r"(?:\d{1,12}(?:\.\d{1,6})?[smhd])+")
_PART = re.compile(r"([\d.]+)([smhd])")
_WORDED = re.compile(r"(\d+(?:\.\d+)?)\s*([smhd])(?:[a-z]*)", re.IGNORECASE)
_SIZE = re.compile(r"(\d{1,12}(?:\.\d{1,6})?)\s*([KMG])(i?)B", re.IGNORECASE)
_RATE = re.compile(r"(\d{1,6}(?:\.\d{1,6})?)\s*/\s*([mhd])")
_YES = frozenset({"true", "yes", "on"})
_NO = frozenset({"false", "no", "off"})
_DIGITS = "write it in digits alone, as in 2"
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8})*")


def wrong(
    code: Code,
    message: str,
    advice: str = "",
    *,
    discreet: str = "",
    at: str | int | None = None,
    on_value: bool = False,
    beside: str = "",
    span: tuple[int, int] | None = None,
    near: Collection[str] = (),
) -> PydanticCustomError:
    """Return the error a validator raises.

    `discreet` is the message that quotes nothing, where `message` does. `at` is the item or the
    key that is meant (with `on_value` the key's value), `beside` another option of the mapping
    that this one stands in, `span` a part of a text. `near` are the words that the text may be a
    slip of; the one nearest to it is better advice than `advice`.
    """
    context = {
        "code": code,
        "message": message,
        "advice": advice,
        "discreet": discreet,
        "at": at,
        "on_value": on_value,
        "beside": beside,
        "span": span,
        "near": near,
    }
    return PydanticCustomError("problem", "{message}", context)


def text_of(value: object, what: str) -> str:
    """Return a value that must be text, or raise what it is instead of `what`."""
    if value is None:
        raise wrong(Code.EMPTY_VALUE, "no value is given here", f"{what} is expected")
    if not isinstance(value, str):
        kind = "a list" if isinstance(value, list) else "a mapping"
        raise wrong(Code.WRONG_TYPE, f"{what} is expected here, not {kind}", "write one text")
    return value.strip()


def read_duration(value: object) -> timedelta:
    """Return a duration written as 90s, 15m, 6h, 3d or 1h30m; more than nothing."""
    duration = read_pause(value)
    if not duration:
        message = "a duration of nothing has no effect here"
        raise wrong(Code.BAD_DURATION, message, "as in 90s, 15m, 6h, 3d")
    return duration


def read_pause(value: object) -> timedelta:
    """Return a duration that may be 0s."""
    text = text_of(value, "a duration")
    if not _DURATION.fullmatch(text):
        raise _no_duration(text)
    seconds = sum(float(number) * _UNITS[unit] for number, unit in _PART.findall(text))
    if seconds > LONGEST_DURATION.total_seconds():
        message = f"this is longer than {LONGEST_DURATION.days} days"
        raise wrong(Code.BAD_DURATION, message, "write less: nothing here lasts for ever")
    return timedelta(seconds=seconds)


def read_timeout(value: object) -> timedelta:
    """Return a duration of 5 minutes at most."""
    timeout = read_duration(value)
    if timeout > LONGEST_TIMEOUT:
        longest = write_duration(LONGEST_TIMEOUT)
        advice = "a server that needs longer is asked again with the next poll"
        raise wrong(Code.BAD_DURATION, f"a poll may take {longest} at most", advice)
    return timeout


def write_duration(duration: timedelta) -> str:
    """Return a duration as people write it: the largest unit that leaves no rest."""
    seconds = duration.total_seconds()
    unit = next((u for u in "dhm" if seconds and not seconds % _UNITS[u]), "s")
    return f"{seconds / _UNITS[unit]:.6f}".rstrip("0").rstrip(".") + unit


def read_every(value: object) -> timedelta | None:
    """Return a fixed interval, or None for `adaptive`."""
    text = text_of(value, "adaptive or a duration")
    if text == "adaptive":
        return None
    if nearest(text, ["adaptive"]):
        message = f"{quote(text)} is neither adaptive nor a duration"
        discreet = "this is neither adaptive nor a duration"
        raise wrong(Code.BAD_DURATION, message, "did you mean “adaptive”?", discreet=discreet)
    return read_duration(text)


def _no_duration(text: str) -> PydanticCustomError:
    if re.fullmatch(r"\d+(?:\.\d+)?", text):
        choices = [f"{text}{unit}" for unit in "smhd"]
        message = f"{text} of what? write a unit: {', '.join(choices[:3])} or {choices[3]}"
        discreet = "this duration needs a unit: s, m, h or d"
        return wrong(Code.BAD_DURATION, message, "as in 90s, 15m, 6h, 3d", discreet=discreet)
    worded = _WORDED.fullmatch(text)
    advice = f"did you mean {worded[1]}{worded[2].lower()}?" if worded else "as in 90s, 15m, 6h, 3d"
    message = f"{quote(text)} is not a duration"
    return wrong(Code.BAD_DURATION, message, advice, discreet="this is not a duration")


def read_size(value: object) -> int:
    """Return a size in bytes, written as 500KB, 20MB or 1GiB."""
    text = text_of(value, "a size")
    found = _SIZE.fullmatch(text)
    if found is None:
        if re.fullmatch(r"\d+(?:\.\d+)?", text):
            message = f"{text} of what? write a unit: {text}KB, {text}MB or {text}GB"
        else:
            message = f"{quote(text)} is not a size"
        raise wrong(Code.BAD_SIZE, message, "as in 500KB or 20MB", discreet="this is not a size")
    step = 1024 if found[3] else 1000
    size = float(found[1]) * step ** (" KMG".index(found[2].upper()))
    if not 1000 <= size <= LARGEST_SIZE:
        message = "a size lies between 1KB and 1024GiB"
        raise wrong(Code.BAD_SIZE, message, "as in 500KB or 20MB")
    return int(size)


def read_rate(value: object) -> float:
    """Return how often in an hour, written as 1/h, 4/d or 2/m."""
    text = text_of(value, "a rate")
    found = _RATE.fullmatch(text)
    if found is None or not float(found[1]):
        advice = "write how often in an hour, a day or a minute: 1/h, 4/d or 2/m"
        message = f"{quote(text)} is not a rate"
        raise wrong(Code.BAD_RATE, message, advice, discreet="this is not a rate")
    return float(found[1]) * 3_600 / _UNITS[found[2]]


def read_flag(value: object) -> bool:
    """Return yes or no."""
    text = text_of(value, "yes or no")
    if text.lower() not in _YES | _NO:
        message, discreet = f"{quote(text)} is neither yes nor no", "this is neither yes nor no"
        raise wrong(Code.BAD_FLAG, message, "write yes or no", discreet=discreet)
    return text.lower() in _YES


def read_count(value: object, largest: int = LARGEST_COUNT) -> int:
    """Return a whole number from 1 to 1,000,000, or to `largest`."""
    text = text_of(value, "a whole number")
    if not re.fullmatch(r"[0-9]{1,7}", text) or not 1 <= int(text) <= largest:
        message = f"{quote(text)} is not a whole number from 1 to {largest}"
        discreet = f"this is not a whole number from 1 to {largest}"
        raise wrong(Code.BAD_NUMBER, message, _DIGITS, discreet=discreet)
    return int(text)


def read_few(value: object) -> int:
    """Return a whole number from 1 to 10."""
    return read_count(value, MOST_TOGETHER)


def read_weight(value: object) -> float:
    """Return a number above 0, at most 100."""
    text = text_of(value, "a number")
    if not re.fullmatch(r"\d{1,3}(\.\d{1,6})?", text) or not 0 < float(text) <= LARGEST_WEIGHT:
        message = f"{quote(text)} is not a number above 0 and up to {LARGEST_WEIGHT}"
        discreet = f"this is not a number above 0 and up to {LARGEST_WEIGHT}"
        raise wrong(Code.BAD_NUMBER, message, "as in 2 or 0.5", discreet=discreet)
    return float(text)


def read_name(value: object) -> str:
    """Return a name that can stand in an address, a log line and a command."""
    text = text_of(value, "a name")
    if not text:
        raise wrong(Code.BAD_NAME, "a name may not be empty", "write a short name")
    if len(text) > LONGEST_NAME:
        message = f"a name has at most {LONGEST_NAME} characters"
        raise wrong(Code.BAD_NAME, message, "shorten it; description: takes a longer text")
    if not text.isprintable():
        message = "a name may not hold line ends or invisible characters"
        raise wrong(Code.BAD_NAME, message, "type it again, on one line")
    return text


def read_key(value: object) -> str:
    """Return the name of a watchlist, entity or notifier, which stands in addresses of pages."""
    text = read_name(value)
    if text != value:
        message = "a name may not begin or end with a blank"
        raise wrong(Code.BAD_NAME, message, f"write {quote(text)}")
    if "/" in text:
        raise wrong(Code.BAD_NAME, "this name may not hold “/”", "write “-” instead")
    return text


def read_language(value: object) -> str:
    """Return a language code, in lower case (BCP 47)."""
    text = text_of(value, "a language code")
    if not _LANGUAGE.fullmatch(text):
        message = f"{quote(text)} is not a language code"
        discreet = "this is not a language code"
        raise wrong(Code.BAD_LANGUAGE, message, "as in en, es or pt-BR", discreet=discreet)
    return text.lower()


def either(words: Sequence[str]) -> str:
    """Return words to choose from: “a, b or c”."""
    return " or ".join(filter(None, (", ".join(words[:-1]), *words[-1:])))


def one_of(word: str, known: Sequence[str], at: str | None = None) -> PydanticCustomError:
    """Return the error for a word that is none of those possible; `at` is the option it is of."""
    choices = ", ".join(known)
    return wrong(
        Code.NOT_ONE_OF,
        f"{quote(word)} is not one of {choices}",
        did_you_mean(word, known) or f"write {either(known)}",
        discreet=f"this is not one of {choices}",
        at=at,
        on_value=at is not None,
    )


def refuse_nothing(value: object) -> object:
    """Refuse an option that is written without a value; leaving it out is another thing."""
    if value is None:
        advice = "write one, or remove the line"
        raise wrong(Code.EMPTY_VALUE, "no value is given here", advice)
    return value
