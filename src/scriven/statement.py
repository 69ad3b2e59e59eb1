"""SQL with named parameters: Structs bound to it by name, rows made into Structs by position."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from operator import attrgetter
from typing import Any, TypeVar

import msgspec
from msgspec import Raw, Struct

T = TypeVar("T", bound=Struct)

Columns = Sequence[Sequence[Any]]

_encode = msgspec.json.Encoder().encode

# A quoted text, a comment, or a parameter; only the last has a group.
_PARAMETER = re.compile(r"'(?:[^']|'')*'|--[^\n]*|(?<![:\w]):([a-z_][a-z0-9_]*)")


@lru_cache(maxsize=1024)
def parse(sql: str) -> tuple[str, tuple[str, ...]]:
    """SQL with named parameters as SQL with positional ones, and the names in their order."""
    names: list[str] = []

    def positional(found: re.Match[str]) -> str:
        if found[1] is None:
            return found[0]
        names.append(found[1])
        return "?"

    return _PARAMETER.sub(positional, sql), tuple(names)


@lru_cache(maxsize=1024)
def binder(sql: str, shape: type[Struct]) -> Callable[[Any], Sequence[Any]] | None:
    """How a Struct of that type fills the parameters, if its fields alone do."""
    _, names = parse(sql)
    fields = {info.name: info.type for info in msgspec.structs.fields(shape)}
    if not names or any(name not in fields for name in names):
        return None
    get = attrgetter(*names) if len(names) > 1 else lambda params: (getattr(params, names[0]),)
    convert = [index for index, name in enumerate(names) if not _is_plain(fields[name])]
    if not convert:
        return get

    def bind(params: Any) -> Sequence[Any]:
        values = list(get(params))
        for index in convert:
            values[index] = bound(values[index])
        return values

    return bind


def bound(value: Any) -> Any:
    """A field as SQL stores it: JSON and nested Structs as their text."""
    if value is None or isinstance(value, str | int | float):
        return value
    if isinstance(value, Raw):
        return str(value, "utf-8")
    return _encode(value).decode()


_readers: dict[tuple[str, type], Callable[[Sequence[Any]], Any]] = {}


def reader(sql: str, row: type[T], columns: Columns) -> Callable[[Sequence[Any]], T]:
    """How a row of this statement becomes that Struct; the names are compared the first time."""
    found = _readers.get((sql, row))
    if found is None:
        names = tuple(column[0] for column in columns)
        if names != tuple(info.name for info in msgspec.structs.fields(row)):
            raise TypeError(f"{row.__name__} has other fields than its SQL has columns: {names}")
        found = _readers[sql, row] = _reader(row)
    return found


def _reader(row: type[Any]) -> Callable[[Sequence[Any]], Any]:
    convert = [
        (index, decode)
        for index, info in enumerate(msgspec.structs.fields(row))
        if (decode := _from_sql(info.type)) is not None
    ]
    if not convert:
        return lambda values: row(*values)

    def read(values: Sequence[Any]) -> Any:
        fields = list(values)
        for index, decode in convert:
            if fields[index] is not None:
                fields[index] = decode(fields[index])
        return row(*fields)

    return read


def _from_sql(kind: Any) -> Callable[[Any], Any] | None:
    """What undoes `bound` for a field of this type, if it needs undoing."""
    for member in _members(kind):
        if isinstance(member, msgspec.inspect.RawType):
            return Raw
        if isinstance(member, msgspec.inspect.BoolType):
            return bool
        if not isinstance(member, _PLAIN):
            return msgspec.json.Decoder(kind).decode
    return None


_PLAIN = (
    msgspec.inspect.StrType,
    msgspec.inspect.IntType,
    msgspec.inspect.FloatType,
    msgspec.inspect.NoneType,
    msgspec.inspect.LiteralType,
)


def _is_plain(kind: Any) -> bool:
    return all(isinstance(member, (*_PLAIN, msgspec.inspect.BoolType)) for member in _members(kind))


def _members(kind: Any) -> list[msgspec.inspect.Type]:
    """The members of a union, or the one type, without their annotations."""
    plain = msgspec.inspect.type_info(kind)
    members = list(plain.types) if isinstance(plain, msgspec.inspect.UnionType) else [plain]
    return [member.type if isinstance(member, msgspec.inspect.Metadata) else member for member in members]
