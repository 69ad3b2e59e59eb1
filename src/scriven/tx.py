"""What a handler is given: one · all · run · emit, inside a transaction that is already open."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, Protocol, TypeVar

import msgspec
from msgspec import Raw, Struct

from scriven.method import GLOBAL, Record

T = TypeVar("T")

# A body over this many bytes is logged as a reference, so that the log never becomes the biggest table.
LARGE_BODY = 4096


class Cursor(Protocol):
    """The part of a DB-API cursor that a transaction uses."""

    @property
    def description(self) -> Any: ...
    @property
    def rowcount(self) -> int: ...
    def fetchone(self) -> Any: ...
    def fetchall(self) -> list[Any]: ...


class Change(Struct, frozen=True):
    """One thing that happened, as the change log keeps it. `seq` is its place in the order of commits."""

    seq: int
    at: str
    topic: str
    workspace_id: str
    body: Raw


class Tx:
    """One transaction. SQL takes named parameters: a keyword given here, else a field of `params`, else `:now`."""

    __slots__ = ("_execute", "_next_seq", "changes", "now")

    def __init__(self, execute: Callable[[str, Sequence[Any]], Cursor], now: str, next_seq: int) -> None:
        self._execute = execute
        self._next_seq = next_seq
        self.now = now
        self.changes: list[Change] = []

    def one(self, sql: str, params: Struct | None, row: type[T], **named: object) -> T | None:
        """The first row as a Struct, or None."""
        cursor = self._ask(sql, params, named)
        values = cursor.fetchone()
        if values is None:
            return None
        return reader(sql, row, cursor)(values)

    def all(self, sql: str, params: Struct | None, row: type[T], **named: object) -> list[T]:
        """Every row as a Struct."""
        cursor = self._ask(sql, params, named)
        read = reader(sql, row, cursor)
        return [read(values) for values in cursor.fetchall()]

    def run(self, sql: str, params: Struct | None = None, **named: object) -> int:
        """Execute a statement that gives no rows; how many it touched."""
        return self._ask(sql, params, named).rowcount

    def emit(self, topic: str, body: Record, workspace_id: str | None = None) -> None:
        """Append to the change log, in this transaction; subscribers hear of it after COMMIT."""
        if workspace_id is None:
            workspace_id = getattr(body, "workspace_id", GLOBAL)
        encoded = _encode(body)
        if len(encoded) > LARGE_BODY:
            reference = {
                "noun": topic.partition(".")[0],
                "id": getattr(body, body.__struct_fields__[0]),
                "revision": getattr(body, "revision", None),
            }
            encoded = _encode({"ref": reference})
        seq = self._next_seq + len(self.changes)
        self.changes.append(Change(seq, self.now, topic, workspace_id, Raw(encoded)))

    def new_id(self, prefix: str) -> str:
        """A fresh id whose text sorts by the time it was made."""
        return f"{prefix}_{time.time_ns() // 1_000_000:012x}{os.urandom(6).hex()}"

    def _ask(self, sql: str, params: Struct | None, named: dict[str, Any]) -> Cursor:
        text, names = statement(sql)
        return self._execute(
            text,
            [
                bound(named[name] if name in named else self.now if name == "now" else getattr(params, name))
                for name in names
            ],
        )


_encode = msgspec.json.Encoder().encode
_PARAMETER = re.compile(r"'(?:[^']|'')*'|--[^\n]*|(?<![:\w]):([a-z_][a-z0-9_]*)")


@lru_cache(maxsize=1024)
def statement(sql: str) -> tuple[str, tuple[str, ...]]:
    """SQL with named parameters as SQL with positional ones, and the names in their order."""
    names: list[str] = []

    def positional(found: re.Match[str]) -> str:
        if found[1] is None:
            return found[0]
        names.append(found[1])
        return "?"

    return _PARAMETER.sub(positional, sql), tuple(names)


def bound(value: Any) -> Any:
    """A field as SQL stores it: JSON and nested Structs as their text."""
    if value is None or isinstance(value, str | int | float):
        return value
    if isinstance(value, Raw):
        return str(value, "utf-8")
    return _encode(value).decode()


_readers: dict[tuple[str, type], Callable[[Sequence[Any]], Any]] = {}


def reader(sql: str, row: type[T], cursor: Cursor) -> Callable[[Sequence[Any]], T]:
    """How a row of this statement becomes that Struct: by position, names compared once."""
    found = _readers.get((sql, row))
    if found is None:
        columns = tuple(column[0] for column in cursor.description)
        if columns != row.__struct_fields__:  # type: ignore[attr-defined]
            raise TypeError(f"{row.__name__} has other fields than its SQL has columns: {columns}")
        found = _readers[sql, row] = _reader(row)
    return found


def _reader(row: type[Any]) -> Callable[[Sequence[Any]], Any]:
    convert = {
        index: decode
        for index, info in enumerate(msgspec.structs.fields(row))
        if (decode := _from_sql(info.type)) is not None
    }
    if not convert:
        return lambda values: row(*values)

    def read(values: Sequence[Any]) -> Any:
        fields = list(values)
        for index, decode in convert.items():
            if fields[index] is not None:
                fields[index] = decode(fields[index])
        return row(*fields)

    return read


def _from_sql(kind: Any) -> Callable[[Any], Any] | None:
    """What undoes `bound` for a field of this type, if it needs undoing."""
    plain = msgspec.inspect.type_info(kind)
    members = plain.types if isinstance(plain, msgspec.inspect.UnionType) else (plain,)
    for member in members:
        while isinstance(member, msgspec.inspect.Metadata):
            member = member.type
        if isinstance(member, msgspec.inspect.RawType):
            return Raw
        if isinstance(member, msgspec.inspect.BoolType):
            return bool
        if isinstance(member, msgspec.inspect.ListType | msgspec.inspect.DictType | msgspec.inspect.StructType):
            return msgspec.json.Decoder(kind).decode
    return None
