"""States: what is remembered of a source between polls, as its row holds it."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, literal_column, update

from monitor.feeds.servers.answers import MAX_VALIDATOR
from monitor.model import ErrorKind, PollRecord, SourceState
from monitor.store.bulk import Bulk
from monitor.store.columns import Instant, micros, moment, optional_micros
from monitor.store.learned import Learned, encode
from monitor.store.tables import sources

MAX_ERROR = 500

# The columns of a state are named as its fields are.
STATE = [sources.c[name] for name in SourceState.__slots__]
_TIMES = [column.name for column in STATE if isinstance(column.type, Instant)]
_LEARNED = {c.name: c.type.decode for c in STATE if isinstance(c.type, Learned)}


def _save(names: Sequence[str]) -> Bulk:
    now: dict[str, Any] = {name: bindparam(name) for name in names}
    now["poll_seq"] = sources.c.poll_seq + literal_column("1")
    mine = sources.c.id == bindparam("source")
    return Bulk(lambda _: update(sources).where(mine).values(now), names=["source", *names])


# What every poll changes, and what only polls change that taught something: most do not.
_FARED = [
    name
    for name in SourceState.__slots__
    if name not in {"id", "url", "host", "poll_seq", "window", *_LEARNED}
]
_TAUGHT = [*_LEARNED, "window"]
_SAVE = _save(_FARED)
_SAVE_ALL = _save([*_FARED, *_TAUGHT])


def save_states(connection: Connection, records: Iterable[PollRecord]) -> None:
    """Write what each poll changed about its source, and move its number on."""
    fared, taught = [], []
    for record in records:
        row = _state_row(record.state)
        if record.learned:
            taught.append(row + _taught_row(record.state))
        else:
            fared.append(row)
    _SAVE(connection, fared)
    _SAVE_ALL(connection, taught)


def to_state(row: Sequence[Any]) -> SourceState:
    """Turn a row of STATE, as the driver gives it, into the state it was."""
    values = dict(zip(SourceState.__slots__, row, strict=True))
    for name in _TIMES:
        if (number := values[name]) is not None:
            values[name] = moment(number)
    for name, decode in _LEARNED.items():
        values[name] = decode(values[name])
    if values["error_kind"]:
        values["error_kind"] = ErrorKind(values["error_kind"])
    values["window"] = values["window"] or b""  # a migration can only write text
    return SourceState(**values)


def _state_row(state: SourceState) -> tuple[Any, ...]:
    return (  # in the order of _FARED, after the id
        state.id,
        micros(state.next_poll_at),
        _short(state.etag),
        _short(state.last_modified),
        _short(state.validators_url),
        state.body_hash,
        optional_micros(state.first_success_at),
        optional_micros(state.last_success_at),
        optional_micros(state.last_polled_at),
        optional_micros(state.last_new_at),
        state.failures,
        optional_micros(state.failing_since),
        optional_micros(state.told_failing_at),
        state.error_kind,
        state.error[:MAX_ERROR],
        optional_micros(state.retry_after),
        state.rate,
        optional_micros(state.whole_at),
    )


def _taught_row(state: SourceState) -> tuple[Any, ...]:
    return encode(state.rhythm), encode(state.habits), state.window


def _short(validator: str | None) -> str | None:
    return validator if validator and len(validator) <= MAX_VALIDATOR else None
