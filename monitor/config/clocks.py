"""Texts become times of a day, time zones and cron expressions. Pure."""

import re
from datetime import UTC, datetime, time
from functools import lru_cache
from typing import Annotated, TypeAlias
from zoneinfo import ZoneInfo, available_timezones

from cronsim import CronSim, CronSimError
from pydantic import PlainValidator

from monitor.config.kinds import Words, json_text
from monitor.config.problems import Code, did_you_mean, quote
from monitor.config.values import text_of, wrong

_TIME = re.compile(r"(\d{1,2}):(\d{2})")
_LIKE_TIME = re.compile(r"(\d{1,2})(?:[:.h ]?(\d{2}))?\s*(am|pm|h|uhr)?", re.IGNORECASE)
_FIELDS = 5
_SOME_DAY = datetime(2026, 1, 1, tzinfo=UTC)
_HOURS, _MINUTES = range(24), range(60)
_NOON = 12


def read_time(value: object) -> time:
    """Return a time of day written as 22:00."""
    text = text_of(value, "a time of day")
    found = _TIME.fullmatch(text)
    if found and int(found[1]) in _HOURS and int(found[2]) in _MINUTES:
        return time(int(found[1]), int(found[2]))
    near = _meant(text)
    advice = f"did you mean {quote(near)}?" if near else "write it as in 22:00 or 07:30"
    message, discreet = f"{quote(text)} is not a time of day", "this is not a time of day"
    raise wrong(Code.BAD_TIME, message, advice, discreet=discreet)


def read_zone(value: object) -> str:
    """Return the name of a time zone of the IANA database."""
    text = text_of(value, "a time zone")
    if text == "UTC" or _is_zone(text):
        return text
    message, discreet = f"{quote(text)} is not a time zone", "this is not a time zone"
    raise wrong(Code.BAD_ZONE, message, _nearest_zone(text), discreet=discreet)


def read_cron(value: object) -> str:
    """Return a cron expression of five fields that comes about at some time."""
    text = " ".join(text_of(value, "a cron expression").split())
    advice = "write minute, hour, day, month, weekday, as in 30 7 * * MON-FRI"
    if len(text.split()) != _FIELDS:
        message = f"{quote(text)} is not a cron expression of five fields"
        discreet = "this is not a cron expression of five fields"
        raise wrong(Code.BAD_CRON, message, advice, discreet=discreet)
    try:
        next(CronSim(text, _SOME_DAY))
    except CronSimError as error:
        fault = str(error).removeprefix("Bad ")
        message, discreet = f"{quote(text)} has a wrong {fault}", f"this has a wrong {fault}"
        raise wrong(Code.BAD_CRON, message, advice, discreet=discreet) from None
    except StopIteration:
        message = "no day is like this, so nothing would ever be told"
        raise wrong(Code.BAD_CRON, message, advice) from None
    return text


def _meant(text: str) -> str:
    found = _LIKE_TIME.fullmatch(text)
    if found is None:
        return ""
    hour, minute, half = int(found[1]), int(found[2] or 0), (found[3] or "").lower()
    if half in {"am", "pm"} and hour in range(1, _NOON + 1):
        hour = hour % _NOON + (_NOON if half == "pm" else 0)
    hour = 0 if hour == len(_HOURS) else hour
    return f"{hour:02}:{minute:02}" if hour in _HOURS and minute in _MINUTES else ""


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # none, or one that leads elsewhere
        return False
    return True


def _nearest_zone(text: str) -> str:
    known = _zones()
    # People give the city, or the offset; both lead to a name of the database.
    city = text.casefold().replace(" ", "_")
    found = next((name for name in known if name.rpartition("/")[2].casefold() == city), None)
    if found:
        return f"did you mean {quote(found)}?"
    advice = "write the name of the IANA database, as in Europe/Madrid, or UTC"
    return did_you_mean(text, known) or advice


@lru_cache(maxsize=1)
def _zones() -> tuple[str, ...]:
    """Return the zones named by a region and a place, and the others behind them."""
    return tuple(sorted(available_timezones(), key=lambda name: ("/" not in name, name)))


_CLOCK = r"^([01]?[0-9]|2[0-3]):[0-5][0-9]$"
ClockTime: TypeAlias = Annotated[
    time, PlainValidator(read_time), json_text(_CLOCK), Words("time of day")
]
Zone: TypeAlias = Annotated[
    str, PlainValidator(read_zone), json_text(r"^[A-Za-z0-9_+/-]+$"), Words("time zone")
]
Cron: TypeAlias = Annotated[
    str,
    PlainValidator(read_cron),
    json_text(r"^\s*\S+(\s+\S+){4}\s*$"),
    Words("cron expression"),
]
