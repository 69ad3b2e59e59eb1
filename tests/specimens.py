"""A daemon with methods only tests need: those the specification's examples call, a gate, a slow read, a late failure.

Run as a program it is the daemon itself, of the same command line, with these methods beside its own.
"""

from __future__ import annotations

import os
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
from msgspec import Meta

from contract import Contract
from scriven import daemon, methods
from scriven.emit import openrpc
from scriven.errors import Conflict
from scriven.method import METHODS, Access, Handler, Method, Params, Record
from scriven.tx import Tx

if TYPE_CHECKING:
    from collections.abc import Iterator

Number = Annotated[int, Meta(examples=[1])]


class Subtract(Params):
    minuend: Number
    subtrahend: Number


class Some(Params):
    a: Number = 0
    b: Number = 0
    c: Number = 0
    d: Number = 0
    e: Number = 0


class Nothing(Params):
    pass


class Gate(Params):
    directory: Annotated[str, Meta(examples=["/tmp/gate"])]


class Slow(Params):
    steps: Annotated[int, Meta(examples=[1])] = 1_000_000_000
    directory: Annotated[str, Meta(examples=["/tmp/gate"])] | None = None


class March(Params):
    milliseconds: Annotated[int, Meta(examples=[300])]


class Botch(Params):
    key: Annotated[str, Meta(examples=["theme"])]
    how: Annotated[str, Meta(examples=["call"])]


class Botched(Record):
    """What a failing call wrote."""

    key: str
    value: str


class Count(Record):
    """How far a slow read came."""

    steps: Number


SLOW = (
    "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :steps) SELECT count(*) AS steps FROM n"
)
WRITE = """
    INSERT INTO settings (workspace_id, key, value, created_at, written_at)
    VALUES ('global', :key, '"botched"', :now, :now)
"""


def subtract(tx: Tx, p: Subtract) -> Number:  # noqa: ARG001 - a handler's shape
    """The difference."""
    return p.minuend - p.subtrahend


def total(tx: Tx, p: Some) -> Number:  # noqa: ARG001 - a handler's shape
    """The sum."""
    return p.a + p.b + p.c + p.d + p.e


def get_data(tx: Tx, p: Nothing) -> list[Any]:  # noqa: ARG001 - a handler's shape
    """The two values of the examples."""
    return ["hello", 5]


def gate(tx: Tx, p: Gate) -> bool:  # noqa: ARG001 - a handler's shape
    """Say that it runs, then keep the database's thread until it is let go."""
    _pass(p.directory)
    return True


def slow(tx: Tx, p: Slow) -> Count | None:
    """Count in SQL, for minutes unless something ends it. With a directory, wait at its gate first."""
    if p.directory is not None:
        _pass(p.directory)
    return tx.one(SLOW, p, Count)


def march(tx: Tx, p: March) -> bool:
    """Keep the database's thread for a while, and say after each step how far it has come."""
    begun = time.monotonic()
    done = 0
    while time.monotonic() < begun + p.milliseconds / 1000:
        done += 1
        tx.progress(done, 1_000_000_000)
    return True


def botch(tx: Tx, p: Botch) -> bool:
    """Write, emit, then fail: as a call does (`call`), as SQL does (`sql`), or as a defect does (`defect`)."""
    tx.run(WRITE, p)
    tx.emit("settings.set", Botched(p.key, "botched"))
    if p.how == "call":
        raise Conflict("it failed after it wrote", path="$.how")
    if p.how == "sql":
        tx.run("INSERT INTO identity (only, database_id) VALUES (2, 'two')")
    raise RuntimeError(f"the value was {p.key}")


def _pass(directory: str) -> None:
    with open(os.path.join(directory, "entered"), "wb"):
        pass
    with open(os.path.join(directory, "leave"), "rb") as leave:
        leave.read()


def table() -> dict[str, Method]:
    """The additional methods."""
    return {
        method.name: method
        for method in (
            _method("subtract", "read", subtract, Subtract, Number),
            _method("sum", "read", total, Some, Number),
            _method("update", "read", total, Some, Number),
            _method("notify_hello", "read", total, Some, Number),
            _method("notify_sum", "read", total, Some, Number),
            _method("get_data", "read", get_data, Nothing, list[Any]),
            _method("gate.read", "read", gate, Gate, bool),
            _method("gate.write", "write", gate, Gate, bool),
            _method("slow.read", "read", slow, Slow, Count | None),
            _method("slow.write", "write", slow, Slow, Count | None),
            _method("march.write", "write", march, March, bool),
            _method("botch.write", "write", botch, Botch, bool),
        )
    }


def contract() -> Contract:
    """The published interface and these."""
    return Contract(openrpc.document({**methods.load(), **table()}))


class Passage:
    """The gate's other side: two named pipes in a directory."""

    def __init__(self, directory: str) -> None:
        self.directory = directory
        os.makedirs(directory, exist_ok=True)
        for name in ("entered", "leave"):
            if not os.path.exists(os.path.join(directory, name)):
                os.mkfifo(os.path.join(directory, name))

    def entered(self) -> None:
        """Wait until a call stands in the gate."""
        with open(os.path.join(self.directory, "entered"), "rb") as entered:
            entered.read()

    def leave(self) -> None:
        """Let it go."""
        with open(os.path.join(self.directory, "leave"), "wb"):
            pass

    @contextmanager
    def held(self) -> Iterator[None]:
        """A call that was sent stands in the gate within, and goes on after."""
        self.entered()
        try:
            yield
        finally:
            self.leave()


def _method(name: str, access: Access, handler: Handler, params: type[Params], result: Any) -> Method:
    return Method(
        name=name,
        access=access,
        handler=handler,
        params=params,
        result=result,
        since=1,
        raises=(Conflict,),
        summary=handler.__doc__ or "",
        description=handler.__doc__ or "",
        decoder=msgspec.json.Decoder(params),
        fields=tuple(info.encode_name for info in msgspec.structs.fields(params) if info.name != "meta"),
    )


if __name__ == "__main__":
    methods.load()
    METHODS.update(table())
    sys.exit(daemon.main())
