"""How the log is written: one line a record, times in UTC, secrets masked, floods thinned.

What a feed, a server or a person wrote into a record can't begin a line of its own or steer a
terminal: control characters, line and paragraph separators, bidi controls and lone surrogates are
written as escapes in every format.
"""

import json
import logging
import math
import re
import sys
import time
import traceback
from collections import OrderedDict
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO
from urllib.parse import quote

MASK = "***"
SHORTEST_SECRET = 4  # characters; masking shorter ones would make the log unreadable
QUIET_LOGGERS = ("httpx", "httpcore", "apscheduler", "uvicorn", "asyncio", "alembic", "watchfiles")
REPEAT_SECONDS = 10.0
REPEATS_KEPT = 1000
FRAMES_SHOWN = 3  # of a traceback, the innermost first

_UNSAFE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff]"
)
_SHORT = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}
_BARE = re.compile(r'[^\s"=\\]+')
_OWN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "color_message"}
_secrets: re.Pattern[str] | None = None


def configure(
    level: str,
    format: str,  # noqa: A002 - the configuration's word
    stream: TextIO | None = None,
    *,
    monotonic: Callable[[], float] = time.monotonic,
) -> None:
    """Send every record at `level` and above to `stream` (stderr) in the given format.

    `auto` is `text` on a terminal and `logfmt` elsewhere. Calling it again replaces the earlier
    choice. Libraries' loggers speak from warning upwards.
    """
    stream = stream or sys.stderr
    if format == "auto":
        format = "text" if stream.isatty() else "logfmt"  # noqa: A001 - the same word, settled
    handler = logging.StreamHandler(stream)
    handler.setFormatter(_Line(_LAYOUTS[format]))
    handler.addFilter(_Thinning(monotonic))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for name in QUIET_LOGGERS:
        logging.getLogger(name).setLevel(max(logging.WARNING, root.level))


def register_secrets(values: Iterable[str]) -> None:
    """Mask these values, and the ways URLs and `repr` spell them, from now on in every record.

    Replaces the values registered before.
    """
    global _secrets  # noqa: PLW0603 - the log is one for the process, and so is what it hides
    spellings = {
        spelling
        for value in values
        if len(value) >= SHORTEST_SECRET
        for spelling in (value, quote(value), quote(value, safe=""), repr(value)[1:-1])
    }
    longest_first = sorted(spellings, key=len, reverse=True)
    _secrets = re.compile("|".join(map(re.escape, longest_first))) if spellings else None


def redact(text: str) -> str:
    """Return the text with every registered secret masked."""
    return _secrets.sub(MASK, text) if _secrets else text


def escape(text: str) -> str:
    """Return the text as one line that can't steer a terminal."""
    return _UNSAFE.sub(lambda found: _SHORT.get(found[0]) or f"\\u{ord(found[0]):04x}", text)


class _Thinning(logging.Filter):
    """Lets a repeated warning or error through once in ten seconds, with a count of the rest.

    Repeated means: the same logger and message template with the same texts among its extras
    or, where there are none, with the same arguments. Numbers among the extras may differ.
    """

    def __init__(self, monotonic: Callable[[], float]) -> None:
        super().__init__()
        self._monotonic = monotonic
        self._last: OrderedDict[tuple[object, ...], tuple[float, int]] = OrderedDict()

    def filter(self, record: logging.LogRecord) -> bool:
        if not logging.WARNING <= record.levelno < logging.CRITICAL:
            return True
        what = (record.name, str(record.msg), _about(record) or repr(record.args))
        now = self._monotonic()
        written, held_back = self._last.get(what, (-math.inf, 0))
        if now - written < REPEAT_SECONDS:
            self._last[what] = (written, held_back + 1)
            return False
        self._last[what] = (now, 0)
        self._last.move_to_end(what)
        if len(self._last) > REPEATS_KEPT:
            self._last.popitem(last=False)
        if held_back:
            record.repeated = held_back
        return True


class _Line(logging.Formatter):
    """Gathers a record's parts, masks them, and lays them out on one line."""

    def __init__(self, layout: Callable[[dict[str, object]], str]) -> None:
        super().__init__()
        self._layout = layout

    def format(self, record: logging.LogRecord) -> str:
        parts: dict[str, object] = {
            "time": _rfc3339(record.created),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        parts |= _extras(record)
        if record.exc_info and record.exc_info[1]:
            fault = record.exc_info[1]
            parts["error"] = f"{type(fault).__name__}: {fault}"
            parts["at"] = _where(fault)
            parts["trace"] = "".join(traceback.format_exception(fault))
        return self._layout({name: _masked(value) for name, value in parts.items()})


def _extras(record: logging.LogRecord) -> dict[str, object]:
    return {name: value for name, value in vars(record).items() if name not in _OWN}


def _about(record: logging.LogRecord) -> str:
    texts = {name: value for name, value in _extras(record).items() if isinstance(value, str)}
    return repr(texts) if texts else ""


def _masked(value: object) -> object:
    return value if value is None or isinstance(value, bool | int | float) else redact(str(value))


def _where(fault: BaseException) -> str:
    frames = traceback.extract_tb(fault.__traceback__)[: -FRAMES_SHOWN - 1 : -1]
    return " < ".join(f"{f.name} {Path(f.filename).name}:{f.lineno}" for f in frames)


def _rfc3339(seconds: float) -> str:
    stamp = datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds")
    return stamp.removesuffix("+00:00") + "Z"


def _text(parts: dict[str, object]) -> str:
    stamp, level = parts.pop("time"), f"{parts.pop('level'):<7}"
    logger, message = parts.pop("logger"), escape(str(parts.pop("message")))
    parts.pop("trace", None)  # `at` says as much as fits a line
    head = f"{stamp} {level} {str(logger).removeprefix('monitor.')}: {message}"
    return "  ".join([head, *_pairs(parts)])


def _logfmt(parts: dict[str, object]) -> str:
    return " ".join(_pairs({"msg" if name == "message" else name: v for name, v in parts.items()}))


def _pairs(parts: dict[str, object]) -> list[str]:
    return [f"{name}={_value(value)}" for name, value in parts.items()]


def _value(value: object) -> str:
    text = "" if value is None else str(value)
    if _BARE.fullmatch(text):
        return escape(text)
    return '"' + escape(text.replace("\\", "\\\\").replace('"', '\\"')) + '"'


def _json(parts: dict[str, object]) -> str:
    return escape(json.dumps(parts, ensure_ascii=False))


_LAYOUTS: dict[str, Callable[[dict[str, object]], str]] = {
    "text": _text,
    "logfmt": _logfmt,
    "json": _json,
}
