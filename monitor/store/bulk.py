"""Statements for the hot paths: many rows at once, many keys at once, or the same ones all day.

Between a statement and its driver SQLAlchemy does several times the work that SQLite then does.
Here a statement is compiled once and given to the driver itself, in the transaction that the
connection is in. But for Prepared, values go in as the driver takes them and rows come out as it
gives them (columns.py converts).
"""

from collections import namedtuple
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from operator import itemgetter
from typing import Any, TypeVar

from sqlalchemy import BindParameter, Connection, LargeBinary, bindparam
from sqlalchemy.types import TypeEngine

from monitor.store.columns import AnyRow

T = TypeVar("T")

MakeInsert = Callable[[Any], Any]
# Far below what either database takes in one statement; more at once gains nothing.
PORTION = 512
_STEP = 8


class Bulk:
    """A statement for many rows; `build` gets the dialect's `insert`.

    Rows are mappings, or tuples in the order of `names` where every microsecond counts.
    """

    def __init__(
        self, build: Callable[[MakeInsert], Any], *, names: Sequence[str] | None = None
    ) -> None:
        self._build = build
        self._names = names
        self._compiled: dict[str, tuple[str, Callable[[Any], Any]]] = {}

    def __call__(self, connection: Connection, rows: Sequence[Any]) -> None:
        """Run the statement for each row. Every row has the same names, two or more."""
        if not rows:
            return
        dialect = connection.dialect.name
        if dialect not in self._compiled:
            statement = self._build(_insert_of(dialect))
            names = self._names or list(rows[0])
            columns = names if statement.is_insert else None
            sql, order = _compile(connection, statement, columns)
            places = [names.index(name) for name in order] if self._names else order
            self._compiled[dialect] = sql, itemgetter(*places)
        sql, pick = self._compiled[dialect]
        cursor = connection.connection.cursor()
        if len(rows) == 1:
            cursor.execute(sql, pick(rows[0]))
        else:
            cursor.executemany(sql, [pick(row) for row in rows])


class Lookup:
    """A question about many keys; `build` gets a parameter for each of them, for one IN list."""

    def __init__(
        self,
        build: Callable[[Sequence[BindParameter[Any]]], Any],
        *,
        kind: TypeEngine[Any] | None = None,
    ) -> None:
        """Take keys of the database's type `kind`, bytes where it isn't said."""
        self._build = build
        self._kind = kind or LargeBinary()
        self._compiled: dict[tuple[str, int], tuple[str, list[str], list[str]]] = {}

    def __call__(
        self, connection: Connection, keys: Sequence[Any], **values: Any
    ) -> Iterator[tuple[Any, ...]]:
        """Yield the rows for all keys, asking for so many at a time as fit one statement."""
        for portion in portions(keys):
            # Few sizes, so that each is compiled once; a key asked for twice is answered once.
            step = _STEP if len(portion) <= PORTION // _STEP else PORTION // _STEP
            padding = [portion[-1]] * (-len(portion) % step)
            sql, before, after = self._for(connection, len(portion) + len(padding))
            head, tail = [values[name] for name in before], [values[name] for name in after]
            yield from _ask(connection, sql, (*head, *portion, *padding, *tail))

    def _for(self, connection: Connection, size: int) -> tuple[str, list[str], list[str]]:
        known = self._compiled.get((connection.dialect.name, size))
        if not known:
            keys = [bindparam(f"key_{number}", type_=self._kind) for number in range(size)]
            sql, names = _compile(connection, self._build(keys), None)
            first = names.index("key_0")
            known = sql, names[:first], names[first + size :]
            self._compiled[connection.dialect.name, size] = known
        return known


class Select:
    """A question without lists; its values go in by name."""

    def __init__(self, statement: Any) -> None:
        self._statement = statement
        self._compiled: dict[str, tuple[str, list[str]]] = {}

    def __call__(self, connection: Connection, **values: Any) -> Sequence[tuple[Any, ...]]:
        """Return the rows, as the driver gives them."""
        dialect = connection.dialect.name
        if dialect not in self._compiled:
            self._compiled[dialect] = _compile(connection, self._statement, None)
        sql, order = self._compiled[dialect]
        return _ask(connection, sql, tuple([values[name] for name in order]))


@dataclass(frozen=True, slots=True)
class _Ready:
    """A compiled statement, with what converts its values and its rows."""

    sql: str
    values: Sequence[tuple[str, Any, Callable[[Any], Any] | None]]  # name, if not given, converter
    row: Callable[..., Any] | None
    columns: Sequence[Callable[[Any], Any] | None]


class Prepared:
    """A statement that is run often, with a few values by name; an UPDATE sets what it is given.

    Values and rows are converted as SQLAlchemy would, by the types of their columns.
    """

    def __init__(self, statement: Any) -> None:
        self._statement = statement
        self._ready: dict[tuple[str, ...], _Ready] = {}

    def __call__(self, connection: Connection, **values: Any) -> list[AnyRow]:
        """Return the rows, none for an UPDATE; their columns have names."""
        key = (connection.dialect.name, *values)
        ready = self._ready.get(key)
        if ready is None:
            ready = self._ready[key] = _prepare(connection, self._statement, values)
        given = tuple(
            [
                convert(values.get(name, usual)) if convert else values.get(name, usual)
                for name, usual, convert in ready.values
            ]
        )
        make, columns = ready.row, ready.columns
        if make is None:
            connection.connection.cursor().execute(ready.sql, given)
            return []
        return [
            make(*[c(each) if c else each for c, each in zip(columns, row, strict=True)])
            for row in _ask(connection, ready.sql, given)
        ]

    def first(self, connection: Connection, **values: Any) -> AnyRow | None:
        """Return the first row, None where there is none."""
        rows = self(connection, **values)
        return rows[0] if rows else None


def _ask(connection: Connection, sql: str, values: Sequence[Any]) -> Sequence[tuple[Any, ...]]:
    cursor = connection.connection.cursor()
    cursor.execute(sql, values)
    return cursor.fetchall()


def _prepare(connection: Connection, statement: Any, given: Mapping[str, Any]) -> _Ready:
    dialect = connection.dialect
    names = list(given) if statement.is_update else None
    compiled = statement.compile(dialect=dialect, column_keys=names)
    usual = compiled.params
    values = [
        (name, usual[name], compiled.binds[name].type.dialect_impl(dialect).bind_processor(dialect))
        for name in compiled.positiontup
    ]
    if not statement.is_select:
        return _Ready(str(compiled), values, None, ())
    columns = list(statement.selected_columns)
    names = [column.key for column in columns]
    row = namedtuple("Row", names, rename=True)  # type: ignore[misc]  # noqa: PYI024 - made here
    read = [c.type.dialect_impl(dialect).result_processor(dialect, None) for c in columns]
    return _Ready(str(compiled), values, row, read)


def portions(values: Sequence[T]) -> Iterator[Sequence[T]]:
    """Cut values into pieces that fit one statement."""
    for start in range(0, len(values), PORTION):
        yield values[start : start + PORTION]


def _insert_of(dialect: str) -> MakeInsert:
    # Both databases have the same ON CONFLICT, but SQLAlchemy gives each its own construct for it,
    # and the other's takes longer to load than most commands' reads take.
    insert: MakeInsert = import_module(f"sqlalchemy.dialects.{dialect}").insert
    return insert


def _compile(
    connection: Connection, statement: Any, columns: Sequence[str] | None
) -> tuple[str, list[str]]:
    compiled = statement.compile(dialect=connection.dialect, column_keys=columns)
    return str(compiled), compiled.positiontup
