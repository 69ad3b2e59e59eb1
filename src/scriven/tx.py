"""What a handler is given: one · all · run · emit, inside a transaction that is already open."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Protocol, TypeVar

import msgspec
from msgspec import Raw, Struct

from scriven.errors import InvalidParams
from scriven.method import GLOBAL, Record
from scriven.statement import binder, bound, parse, reader

T = TypeVar("T", bound=Struct)

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
    """One thing that happened, as the change log keeps it. `seq` is its place in the order of commits.

    What is not `durable` is only told, not kept: it has the `seq` of the last durable change before it.
    """

    seq: int
    at: str
    topic: str
    workspace_id: str
    body: Raw
    durable: bool = True


class Tx:
    """One transaction. SQL takes named parameters: a keyword given here, else a field of `params`, else `:now`."""

    __slots__ = ("_execute", "_next_seq", "_report", "caller", "changes", "now")

    def __init__(
        self,
        execute: Callable[[str, Sequence[Any]], Cursor],
        now: str,
        next_seq: int,
        caller: int | None = None,
        report: Callable[[int, int], None] | None = None,
    ) -> None:
        self._execute = execute
        self._next_seq = next_seq
        self._report = report
        # The connection that asks, by its number in this run of the daemon; none for the daemon itself.
        self.caller = caller
        self.now = now
        self.changes: list[Change] = []

    def one(self, sql: str, params: Struct | None, row: type[T], **named: object) -> T | None:
        """The first row as a Struct, or None."""
        cursor = self._ask(sql, params, named)
        values = cursor.fetchone()
        if values is None:
            return None
        return reader(sql, row, cursor.description)(values)

    def all(self, sql: str, params: Struct | None, row: type[T], **named: object) -> list[T]:
        """Every row as a Struct."""
        cursor = self._ask(sql, params, named)
        read = reader(sql, row, cursor.description)
        return [read(values) for values in cursor.fetchall()]

    def each(self, sql: str, params: Struct | None, row: type[T], **named: object) -> Iterator[T]:
        """Row after row as a Struct, each read when it is asked for."""
        cursor = self._ask(sql, params, named)
        read = reader(sql, row, cursor.description)
        while (values := cursor.fetchone()) is not None:
            yield read(values)

    def run(self, sql: str, params: Struct | None = None, **named: object) -> int:
        """Execute a statement that gives no rows; how many it touched."""
        return self._ask(sql, params, named).rowcount

    def emit(self, topic: str, body: Record | Raw, workspace_id: str | None = None, *, durable: bool = True) -> None:
        """Append to the change log, in this transaction; subscribers hear of it after COMMIT.

        What is not `durable` they hear alone: it takes no place in the log, and its body is told whole.
        """
        if workspace_id is None:
            workspace_id = getattr(body, "workspace_id", GLOBAL)
        encoded = _encode(body)
        if durable and not isinstance(body, Raw) and len(encoded) > LARGE_BODY:
            reference = {
                "noun": topic.partition(".")[0],
                "id": getattr(body, body.__struct_fields__[0]),
                "revision": getattr(body, "revision", None),
            }
            encoded = _encode({"ref": reference})
        self._next_seq += durable
        self.changes.append(Change(self._next_seq - 1, self.now, topic, workspace_id, Raw(encoded), durable))

    def progress(self, done: int, total: int) -> None:
        """Tell the caller how far the call has come, if it asked for that. Call it often: most of it is left out."""
        if self._report is not None:
            self._report(done, total)

    def reporting(self) -> Callable[[int, int], None]:
        """`progress` for whoever runs other handlers in this transaction: what they report is not the whole."""
        report, self._report = self._report, None
        return report or _unheard

    def new_id(self, prefix: str) -> str:
        """A fresh id whose text sorts by the time it was made."""
        return f"{prefix}_{time.time_ns() // 1_000_000:012x}{os.urandom(6).hex()}"

    def _ask(self, sql: str, params: Struct | None, named: dict[str, Any]) -> Cursor:
        text, names = parse(sql)
        bind = None if named or params is None else binder(sql, type(params))
        values = bind(params) if bind is not None else [self._value(name, params, named) for name in names]
        try:
            return self._execute(text, values)
        except OverflowError:
            wide = next(name for name, value in zip(names, values, strict=True) if _is_wide(value))
            path = f"$.{_on_the_wire(wide, params)}"
            raise InvalidParams(f"{path} does not fit in 64 bits", path=path) from None

    def _value(self, name: str, params: Struct | None, named: dict[str, Any]) -> Any:
        if name in named:
            return bound(named[name])
        return self.now if name == "now" else bound(getattr(params, name))


_encode = msgspec.json.Encoder().encode


def _unheard(done: int, total: int) -> None:
    """Nobody asked."""


def _on_the_wire(name: str, params: Struct | None) -> str:
    fields = () if params is None else msgspec.structs.fields(params)
    return next((info.encode_name for info in fields if info.name == name), name)


def _is_wide(value: object) -> bool:
    return isinstance(value, int) and not -(2**63) <= value < 2**63
