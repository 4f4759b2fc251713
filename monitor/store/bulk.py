"""Statements for the hot paths: many rows at once, many keys at once.

SQLAlchemy builds each statement anew and converts every value of every row through Python, which
costs as much again as SQLite does. Here a statement is compiled once; values go in as the driver
takes them and rows come out as it gives them (columns.py converts).
"""

from collections.abc import Callable, Iterator, Sequence
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
        connection.exec_driver_sql(sql, [pick(row) for row in rows])


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
    ) -> Iterator[AnyRow]:
        """Yield the rows for all keys, asking for so many at a time as fit one statement."""
        for portion in portions(keys):
            # Few sizes, so that each is compiled once; a key asked for twice is answered once.
            step = _STEP if len(portion) <= PORTION // _STEP else PORTION // _STEP
            padding = [portion[-1]] * (-len(portion) % step)
            sql, before, after = self._for(connection, len(portion) + len(padding))
            head, tail = [values[name] for name in before], [values[name] for name in after]
            yield from connection.exec_driver_sql(sql, (*head, *portion, *padding, *tail))

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

    def __call__(self, connection: Connection, **values: Any) -> Sequence[AnyRow]:
        """Return the rows, as the driver gives them."""
        dialect = connection.dialect.name
        if dialect not in self._compiled:
            self._compiled[dialect] = _compile(connection, self._statement, None)
        sql, order = self._compiled[dialect]
        return connection.exec_driver_sql(sql, tuple([values[name] for name in order])).all()


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
