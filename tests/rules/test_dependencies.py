"""What we take from dependencies that they do not promise: a new release that takes it away is seen here first."""

# ruff: noqa: SLF001 - names that are not public are what this file is about

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import Callable
from typing import Any

import aiosqlite
import jsonrpcserver
import pytest
from jsonrpcserver.dispatcher import dispatch_to_response_pure
from oslash.either import Left, Right


def on_a_connection(ask: Callable[[aiosqlite.Connection], Any]) -> Any:
    """What that coroutine gives, on a connection opened as the engine opens it."""

    async def run() -> Any:
        connection = await aiosqlite.Connection(lambda: sqlite3.connect(":memory:", isolation_level=None), 64)
        try:
            return await ask(connection)
        finally:
            await connection.close()

    return asyncio.run(run())


def test_aiosqlite_runs_a_whole_function_on_the_connection_s_own_thread() -> None:
    async def ask(connection: aiosqlite.Connection) -> tuple[int, int]:
        first = await connection._execute(threading.get_ident)  # type: ignore[no-untyped-call]
        return first, await connection._execute(threading.get_ident)  # type: ignore[no-untyped-call]

    first, second = on_a_connection(ask)
    assert first == second != threading.get_ident()


def test_aiosqlite_runs_one_function_after_another_in_the_order_they_were_given() -> None:
    async def ask(connection: aiosqlite.Connection) -> list[int]:
        done: list[int] = []
        await asyncio.gather(*(connection._execute(done.append, n) for n in range(100)))  # type: ignore[no-untyped-call]
        return done

    assert on_a_connection(ask) == list(range(100))


def test_aiosqlite_passes_an_exception_on_and_works_on() -> None:
    async def ask(connection: aiosqlite.Connection) -> Any:
        def fail() -> None:
            raise LookupError("ours")

        with pytest.raises(LookupError, match="ours"):
            await connection._execute(fail)  # type: ignore[no-untyped-call]
        return await connection._execute(lambda: 7)  # type: ignore[no-untyped-call]

    assert on_a_connection(ask) == 7


def test_aiosqlite_gives_the_connection_that_the_standard_library_made() -> None:
    async def ask(connection: aiosqlite.Connection) -> Any:
        raw = connection._conn
        assert isinstance(raw, sqlite3.Connection)
        return await connection._execute(lambda: raw.execute("SELECT 7").fetchone())  # type: ignore[no-untyped-call]

    assert on_a_connection(ask) == (7,)


def served(method: str) -> Any:
    """What jsonrpcserver gives for a request that is decoded and judged already."""
    request: Any = {"jsonrpc": "2.0", "method": method, "params": ["given"], "id": 1}
    same: Any = lambda it: it  # noqa: E731 - a cast and a function in one line
    return dispatch_to_response_pure(
        request=request,
        deserializer=same,
        validator=same,
        methods={
            "good": lambda context, given: jsonrpcserver.Success([context, given]),
            "bad": lambda context, given: jsonrpcserver.Error(-32002, "no", [context, given]),
        },
        context="context",
        post_process=same,
    )


def test_jsonrpcserver_routes_with_our_decoder_and_validator_and_hands_the_context_on() -> None:
    response = served("good")
    assert isinstance(response, Right)
    assert response._value.result == ["context", "given"]


def test_an_error_of_jsonrpcserver_holds_what_the_method_said() -> None:
    response = served("bad")
    assert isinstance(response, Left)
    assert (response._error.code, response._error.message) == (-32002, "no")
    assert response._error.data == ["context", "given"]


def test_a_method_that_jsonrpcserver_does_not_know_is_an_error_of_its_own() -> None:
    response = served("absent")
    assert isinstance(response, Left)
    assert response._error.code == -32601
