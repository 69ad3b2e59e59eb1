"""The hub: whoever listens is told of every commit, after it and in its order."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections import deque
from contextlib import closing

from scriven import methods
from scriven.call import Call, Lane
from scriven.config import Config
from scriven.engine import file
from scriven.engine.sqlite import Engine
from scriven.hub import Hub
from scriven.tx import Change


async def _done(engine: Engine, lane: Lane, params: bytes, name: str = "settings.set") -> Call:
    method = methods.load()[name]
    ended: asyncio.Future[Call] = asyncio.get_running_loop().create_future()
    engine.submit(
        Call(
            method.name,
            method.handler,
            method.decode(params),
            writes=True,
            deadline=time.monotonic_ns() + 30_000_000_000,
            lane=lane,
            finish=ended.set_result,
        )
    )
    return await ended


def test_a_listener_is_told_of_commits_in_order_and_of_nothing_that_failed_or_came_after_it_left(
    directory: str,
) -> None:
    async def told() -> tuple[list[Change], int]:
        config = Config(f"{directory}/hub/a.db", f"{directory}/s")
        file.prepare(config.database)
        hub, heard, lane = Hub(), list[Change](), Lane(deque())
        engine = Engine(config, hub.publish)
        _, _, hub.head = await engine.open()
        leave = hub.listen(heard.extend)
        calls = await asyncio.gather(
            *(_done(engine, lane, params) for params in (b'["a",1]', b'["a",2,"global",7]', b'["b",1]', b'["a",3]'))
        )
        assert [call.error is None for call in calls] == [True, False, True, True]
        leave()
        await _done(engine, lane, b'["c",1]')
        await engine.close()
        return heard, hub.head

    heard, head = asyncio.run(told())
    assert [(change.seq, change.topic) for change in heard] == [(seq, "settings.set") for seq in (1, 2, 3)]
    assert [bytes(change.body)[:10] for change in heard] == [b'{"key":"a"', b'{"key":"b"', b'{"key":"a"']
    assert head == 4


def test_what_is_only_told_is_heard_in_order_and_is_not_in_the_log(directory: str) -> None:
    grown = b'{"messageId":"m","partId":"p","field":"text","delta":"x"}'
    calls = [
        ("sessions.start", b'{"id":"s"}'),
        ("messages.append", b'{"sessionId":"s","role":"user","id":"m","parts":[{"type":"text","text":"","id":"p"}]}'),
        ("parts.delta", grown),
        ("parts.delta", grown),
        ("settings.set", b'["a",1]'),
        ("parts.delta", grown),
    ]

    async def told() -> tuple[list[Change], int, list[tuple[int, str]]]:
        config = Config(f"{directory}/hub/a.db", f"{directory}/s")
        file.prepare(config.database)
        hub, heard, lane = Hub(), list[Change](), Lane(deque())
        engine = Engine(config, hub.publish)
        await engine.open()
        hub.listen(heard.extend)
        await asyncio.gather(*(_done(engine, lane, params, name) for name, params in calls))
        await _done(engine, lane, grown, "parts.delta")
        await _done(engine, lane, b'["a",2]')
        await engine.close()
        with closing(sqlite3.connect(config.database)) as connection:
            return heard, hub.head, connection.execute("SELECT seq, topic FROM changes ORDER BY seq").fetchall()

    heard, head, logged = asyncio.run(told())
    assert [(change.seq, change.topic) for change in heard if change.durable] == logged
    assert [seq for seq, _ in logged] == list(range(1, len(logged) + 1))
    order = [change.topic for change in heard]
    assert order[-7:] == [
        "messages.append",
        "parts.delta",
        "parts.delta",
        "settings.set",
        "parts.delta",
        "parts.delta",
        "settings.set",
    ]
    assert [change.seq for change in heard] == sorted(change.seq for change in heard)
    assert head == heard[-1].seq == len(logged)
