"""Subscriptions of the Python clients: every change once and in order, whatever becomes of the daemon meanwhile."""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from typing import Any

import pytest

import scriven
from program import Home
from running import until
from scriven.client import CursorExpired, NotRunning, RemoteError


def crash(home: Home) -> None:
    """End the daemon as a crash would, and start another."""
    os.kill(home.json("status")["pid"], signal.SIGKILL)
    assert home.run("start").code == 0


def values(events: Any, count: int) -> list[Any]:
    return [next(events)["body"]["value"] for _ in range(count)]


def test_an_event_is_a_dict_of_what_changed(standing: Home) -> None:
    with scriven.connect(standing.socket) as s, s.subscribe(["settings.*"]) as events:
        stored = s.settings.set("theme", {"dark": [1, 2.5, None]})
        event = next(events)
        assert event == {
            "cursor": events.cursor,
            "at": stored["updatedAt"],
            "topic": "settings.set",
            "workspaceId": "global",
            "body": stored,
        }


def test_calls_and_events_do_not_meet(standing: Home) -> None:
    with scriven.connect(standing.socket) as s, s.subscribe(["settings.set"]) as events:
        for number in range(50):
            assert s.settings.set("n", number)["value"] == number
        assert values(events, 50) == list(range(50))


def test_topics_and_a_workspace_choose(standing: Home) -> None:
    with scriven.connect(standing.socket) as s:
        workspace = s.workspaces.open(standing.root)["id"]
        with s.subscribe(["settings.s?t", "app.*"], workspace_id=workspace) as events:
            s.settings.set("other", 1)
            s.settings.set("own", 1, workspace_id=workspace)
            s.settings.delete("own", workspace_id=workspace)
            s.events.publish("app.built", {"ok": True}, workspace_id=workspace)
            assert [next(events)["topic"] for _ in range(2)] == ["settings.set", "app.built"]


def test_since_a_cursor_what_came_after_it_comes_first(standing: Home) -> None:
    with scriven.connect(standing.socket) as s:
        with s.subscribe(["settings.set"]) as events:
            for number in range(5):
                s.settings.set("n", number)
            assert values(events, 2) == [0, 1]
            seen = events.cursor
        with s.subscribe(["settings.set"], since=seen) as events:
            s.settings.set("n", 5)
            assert values(events, 4) == [2, 3, 4, 5]


@pytest.mark.parametrize("end", [lambda home: home.run("restart"), crash], ids=["restart", "kill -9"])
def test_a_daemon_that_ends_and_comes_back_is_not_noticed(running: Home, end: Callable[[Home], Any]) -> None:
    with scriven.connect(running.socket) as s, s.subscribe(["settings.set"]) as events:
        s.settings.set("n", 0)
        s.settings.set("n", 1)
        assert values(events, 1) == [0]
        end(running)
        s.settings.set("n", 2)
        assert values(events, 2) == [1, 2]


def test_changes_under_crashes_come_once_and_in_order(running: Home) -> None:
    count = 300

    def write() -> None:
        with scriven.connect(running.socket, wait=20) as s:
            for number in range(count):
                s.settings.set("n", number, idempotency_key=f"subscription-test-{number}")

    with scriven.connect(running.socket) as s, s.subscribe(["settings.set"]) as events:
        writer = threading.Thread(target=write)
        writer.start()
        told = []
        for number in range(count):
            if number in (40, 120):
                crash(running)
            told.append(next(events))
        writer.join()
    assert [event["body"]["value"] for event in told] == list(range(count))
    places = [int(event["cursor"][1:]) for event in told]
    assert places == sorted(set(places))


def test_a_daemon_that_is_not_there_is_waited_for(home: Home, running: Home) -> None:
    with scriven.connect(running.socket) as s:
        running.run("stop")
        starter = threading.Timer(0.1, home.run, ["start"])
        starter.start()
        with s.subscribe(["settings.set"]) as events:
            s.settings.set("n", 1)
            assert values(events, 1) == [1]
        starter.join()


def test_waiting_ends_when_it_was_bounded(running: Home) -> None:
    with scriven.connect(running.socket) as s, s.subscribe(wait=0.05) as events:
        running.run("stop")
        with pytest.raises(NotRunning, match=running.socket):
            next(events)
        assert list(events) == []
        with pytest.raises(NotRunning):
            s.subscribe(wait=0)


def test_what_the_daemon_declines_is_raised(standing: Home) -> None:
    with scriven.connect(standing.socket) as s, pytest.raises(RemoteError) as told:
        s.subscribe(["settings and more"])
    assert told.value.data["path"] == "$.topics[0]"


def test_a_cursor_the_log_does_not_reach_is_told_with_the_way_on(standing: Home) -> None:
    with scriven.connect(standing.socket) as s:
        s.settings.set("n", 1)
        with pytest.raises(CursorExpired) as told:
            s.subscribe(["settings.set"], since="c999999")
        head = s.daemon.status()["counts"]["head"]
        assert told.value.head == f"c{head}"
        with s.subscribe(["settings.set"], since=told.value.head) as events:
            s.settings.set("n", 2)
            assert values(events, 1) == [2]


def test_a_log_that_was_cut_while_the_daemon_was_away_is_told(running: Home) -> None:
    with scriven.connect(running.socket) as s, s.subscribe(["settings.set"]) as events:
        s.settings.set("n", 0)
        assert values(events, 1) == [0]
        running.run("stop")
        with closing(sqlite3.connect(running.database)) as database, database:
            database.execute("UPDATE changes SET seq = seq + 10")
        assert running.run("start").code == 0
        with pytest.raises(CursorExpired) as told:
            next(events)
        assert told.value.head == "c11"
        assert list(events) == []


def test_another_database_is_not_taken_for_the_same(running: Home) -> None:
    with scriven.connect(running.socket) as s, s.subscribe(["settings.set"]) as events:
        s.settings.set("n", 0)
        assert values(events, 1) == [0]
        running.run("stop")
        for name in os.listdir(os.path.dirname(running.database)):
            os.unlink(os.path.join(os.path.dirname(running.database), name))
        assert running.run("start").code == 0
        for number in range(5):
            s.settings.set("n", number)
        with pytest.raises(CursorExpired):
            next(events)


def test_closing_ends_a_wait_in_another_thread(standing: Home) -> None:
    with scriven.connect(standing.socket) as s:
        events = s.subscribe(["settings.set"])
        s.settings.set("n", 1)
        seen: list[Any] = []
        first = threading.Event()

        def listen() -> None:
            for event in events:
                seen.append(event["body"]["value"])
                first.set()

        reader = threading.Thread(target=listen)
        reader.start()
        assert first.wait(30)
        events.close()
        reader.join(30)
        assert (reader.is_alive(), seen) == (False, [1])


def test_a_subscription_that_is_left_hangs_up(standing: Home) -> None:
    with scriven.connect(standing.socket) as s:
        s.settings.set("n", 1)
        before = s.daemon.status()["traffic"]["connections"]
        for event in s.subscribe(["settings.set"], since="c0"):
            assert event["topic"] == "settings.set"
            break
        until(lambda: s.daemon.status()["traffic"]["connections"] == before, "the end of the connection")


def test_the_same_with_asyncio(running: Home) -> None:
    async def main() -> list[Any]:
        async with scriven.aio.connect(running.socket) as s, s.subscribe(["settings.set"]) as events:
            await asyncio.gather(*(s.settings.set("n", number) for number in range(100)))
            told = [(await anext(events))["body"]["value"] for _ in range(60)]
            await asyncio.to_thread(crash, running)
            await s.settings.set("n", 100)
            seen = events.cursor
            async for event in s.subscribe(["settings.set"], since=seen):
                told.append(event["body"]["value"])
                if event["body"]["value"] == 80:
                    break
            return told + [(await anext(events))["body"]["value"] for _ in range(60, 101)]

    assert asyncio.run(main()) == [*range(60), *range(60, 81), *range(60, 101)]


def test_a_wait_that_is_cancelled_loses_nothing(standing: Home) -> None:
    async def main() -> list[Any]:
        async with scriven.aio.connect(standing.socket) as s, s.subscribe(["settings.set"]) as events:
            told = []
            for number in range(30):
                wait = asyncio.ensure_future(anext(events))
                await s.settings.set("n", number)
                if number % 2:
                    wait.cancel()
                await asyncio.wait([wait])
                if not wait.cancelled():
                    told.append(wait.result()["body"]["value"])
            while len(told) < 30:
                told.append((await anext(events))["body"]["value"])
            return told

    assert asyncio.run(main()) == list(range(30))


def test_asyncio_hears_of_an_expired_cursor_and_of_a_missing_daemon(running: Home) -> None:
    async def main() -> None:
        async with scriven.aio.connect(running.socket) as s:
            with pytest.raises(CursorExpired) as told:
                await s.subscribe(["settings.set"], since="c999999")
            assert told.value.head == "c0"
            await asyncio.to_thread(running.run, "stop")
            with pytest.raises(NotRunning):
                await s.subscribe(wait=0)

    asyncio.run(main())
