"""A real store in memory for handlers: migrated, one transaction a call, a clock that ticks a millisecond a call."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from scriven.engine import file
from scriven.methods import load
from scriven.tx import Change, Tx

EPOCH = datetime(2026, 1, 1, tzinfo=UTC)


class Store:
    """Called with a method's name and its params as they are on the wire, it gives what the wire would carry."""

    def __init__(self) -> None:
        self.connection = file.connect(":memory:")
        self.methods = load()
        self.changes: list[Change] = []
        self.ticks = 0

    def __call__(self, name: str, /, **params: object) -> Any:
        """Run a method; its result as plain JSON, or its CallError raised after a rollback."""
        return json.loads(self.raw(name, json.dumps(params).encode()))

    def raw(self, name: str, params: bytes) -> bytes:
        """The same with the very bytes."""
        self.ticks += 1
        tx = Tx(self.connection.execute, self.now, sum(change.durable for change in self.changes) + 1)
        self.connection.execute("BEGIN IMMEDIATE")
        try:
            method = self.methods[name]
            result = method.handler(tx, method.decode(params))
        except BaseException:
            self.connection.execute("ROLLBACK")
            raise
        self.connection.execute("COMMIT")
        self.changes += tx.changes
        return msgspec.json.encode(result)

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """What is stored, asked directly."""
        return self.connection.execute(sql).fetchall()

    @property
    def now(self) -> str:
        """The time of the call that runs, or ran last."""
        moment = EPOCH + timedelta(milliseconds=self.ticks)
        return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


@pytest.fixture
def new_store() -> Iterator[Callable[[], Store]]:
    """Makes empty stores; they are closed at the end."""
    with ExitStack() as stack:

        def make() -> Store:
            store = Store()
            stack.callback(store.connection.close)
            return store

        yield make


@pytest.fixture
def run(new_store: Callable[[], Store]) -> Store:
    """One empty store."""
    return new_store()


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A directory with no link or repository above it."""
    return Path(os.path.realpath(tmp_path))
