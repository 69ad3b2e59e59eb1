"""The hub: whoever listens is told of every commit, after it and in its order."""

from __future__ import annotations

import asyncio
import time
from collections import deque

from scriven import methods
from scriven.call import Call, Lane
from scriven.config import Config
from scriven.engine import file
from scriven.engine.sqlite import Engine
from scriven.hub import Hub
from scriven.tx import Change


async def _stored(engine: Engine, lane: Lane, params: bytes) -> Call:
    method = methods.load()["settings.set"]
    ended: asyncio.Future[Call] = asyncio.get_running_loop().create_future()
    engine.submit(
        Call(
            method.name,
            method.handler,
            method.decode(params),
            writes=True,
            deadline=time.monotonic() + 30,
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
            *(_stored(engine, lane, params) for params in (b'["a",1]', b'["a",2,"global",7]', b'["b",1]', b'["a",3]'))
        )
        assert [call.error is None for call in calls] == [True, False, True, True]
        leave()
        await _stored(engine, lane, b'["c",1]')
        await engine.close()
        return heard, hub.head

    heard, head = asyncio.run(told())
    assert [(change.seq, change.topic) for change in heard] == [(seq, "settings.set") for seq in (1, 2, 3)]
    assert [bytes(change.body)[:10] for change in heard] == [b'{"key":"a"', b'{"key":"b"', b'{"key":"a"']
    assert head == 4
