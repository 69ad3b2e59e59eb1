"""The Python clients against a real daemon: typed nouns, losses, retries, threads, forks, many calls at once."""

from __future__ import annotations

import asyncio
import contextlib
import json
import math
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

import scriven
from program import Home
from scriven.client import (
    NotAnswering,
    NotRunning,
    NotSendable,
    OutcomeUnknown,
    ProtocolError,
    RemoteError,
)

GREETING = {"name": "scriven", "limits": {"frameBytes": 1 << 20}, "instance": "stand-in"}


def test_nouns_take_positions_and_names_and_send_what_was_given(running: Home) -> None:
    with scriven.connect(running.socket, client="tests") as client:
        stored = client.settings.set("theme", {"dark": [1, 2.5, None]}, if_revision=0)
        assert client.settings.get(key="theme") == stored
        assert client.settings.get("nothing") is None
        assert client.call("settings.get", ["theme"]) == stored
        page = client.settings.list(prefix="th", limit=1)
        assert (page["items"], page["nextCursor"]) == ([stored], None)
        assert client.settings.import_("1.0", [{"key": "a", "value": 1}], replace=True) == {"imported": 1, "deleted": 1}
        assert client.greeting["pid"] == client.daemon.health()["pid"]


def test_the_error_of_the_daemon_is_raised_with_its_data(running: Home) -> None:
    with scriven.connect(running.socket) as client:
        client.settings.set("theme", 1)
        with pytest.raises(RemoteError, match="another revision is stored") as told:
            client.settings.set("theme", 2, if_revision=9)
    assert (told.value.code, told.value.kind, told.value.retryable, told.value.outcome) == (
        -32002,
        "conflict",
        False,
        "none",
    )
    assert told.value.data["current"]["revision"] == 1


_itself: list[Any] = []
_itself.append(_itself)


@pytest.mark.parametrize(
    ("value", "path"),
    [
        (math.nan, "$.value is not a finite number"),
        ({"a": [1, {"b": -math.inf}]}, "$.value.a[1].b is not a finite number"),
        ("secret \ud800", "$.value holds text that is not Unicode"),
        ({"\udfff": 1}, "$.value has a name that is not text"),
        (b"secret", "$.value is a bytes"),
        (_itself, "$.value[0] contains itself"),
        ("x" * (16 << 20), "the params are larger than the 16777216 bytes"),
    ],
)
def test_what_is_not_json_is_refused_before_it_is_sent_and_named(running: Home, value: Any, path: str) -> None:
    with scriven.connect(running.socket) as client:
        with pytest.raises(NotSendable) as told:
            client.settings.set("key", value)
        assert told.value.message.startswith(path)
        assert "secret" not in told.value.message
        assert client.settings.get("key") is None


def test_large_values_come_and_go_whole(running: Home) -> None:
    value = "é" * 500_000
    with scriven.connect(running.socket) as client:
        client.settings.set("large", value)
        found = client.settings.get("large")
    assert found is not None
    assert found["value"] == value


def test_a_number_longer_than_python_reads_comes_as_a_decimal(running: Home) -> None:
    digits = "9" * 5000
    assert running.run("settings", "set", "long", "-", stdin=digits).code == 0
    with scriven.connect(running.socket) as client:
        found = client.settings.get("long")
    assert found is not None
    assert str(found["value"]) == digits


def test_a_connection_that_gave_up_writing_cannot_write(running: Home) -> None:
    with scriven.connect(running.socket, access="read") as client:
        assert client.settings.get("theme") is None
        with pytest.raises(RemoteError) as told:
            client.settings.set("theme", 1)
    assert told.value.kind == "forbidden"


def test_after_a_restart_the_next_call_connects_again(running: Home) -> None:
    with scriven.connect(running.socket) as client:
        client.settings.set("n", 1)
        running.run("restart")
        assert client.settings.set("n", 2)["revision"] == 2
        assert client.greeting["instance"] == running.json("status")["instance"]


def test_a_missing_daemon_is_told_at_once_and_waited_for_when_asked(home: Home) -> None:
    with pytest.raises(NotRunning, match=home.socket):
        scriven.connect(home.socket)
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(scriven.connect, home.socket, wait=30)
        home.run("start")
        with waiting.result(30) as client:
            assert client.daemon.health()["state"] == "ready"


def test_threads_share_a_client(running: Home) -> None:
    with scriven.connect(running.socket) as client, ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: client.settings.set("shared", 1), range(200)))
        found = client.settings.get("shared")
    assert found is not None
    assert found["revision"] == 200


def test_a_forked_child_does_not_read_its_parents_replies(running: Home) -> None:
    code = """
import os, scriven
with scriven.connect() as client:
    client.settings.set("n", 0)
    child = os.fork()
    for _ in range(100):
        found = client.settings.set("child" if child == 0 else "parent", 1)
        assert found["key"] == ("child" if child == 0 else "parent")
    if child == 0:
        os._exit(0)
    _, status = os.waitpid(child, 0)
    assert status == 0
    assert client.settings.get("child")["revision"] == client.settings.get("parent")["revision"] == 100
"""
    subprocess.run([sys.executable, "-W", "error", "-c", code], env=running.environment, check=True, timeout=60)


@contextlib.contextmanager
def stand_in(home: Home, *answers: Callable[[dict[str, Any]], bytes | None]) -> Iterator[list[str]]:
    """A server that greets, then answers each call by the next rule; None hangs up. It lists what it was asked."""
    asked: list[str] = []
    rules = iter(answers)

    def serve(peer: socket.socket) -> None:
        with peer, peer.makefile("rwb") as stream:
            for line in stream:
                call = json.loads(line)
                if call["method"] == "daemon.hello":
                    stream.write(_reply(call, GREETING))
                elif "id" in call:
                    asked.append(call["method"])
                    answer = next(rules)(call)
                    if answer is None:
                        return
                    stream.write(answer)
                stream.flush()

    def accept() -> None:
        with contextlib.suppress(OSError):
            while True:
                serve(server.accept()[0])

    with socket.socket(socket.AF_UNIX) as server:
        server.bind(home.socket)
        server.listen()
        answering = threading.Thread(target=accept)
        answering.start()
        yield asked
        server.shutdown(socket.SHUT_RDWR)
        answering.join()
    os.unlink(home.socket)


def _reply(call: dict[str, Any], result: Any) -> bytes:
    return json.dumps({"jsonrpc": "2.0", "id": call["id"], "result": result}).encode() + b"\n"


def _hang_up(_: dict[str, Any]) -> None:
    return None


def _ok(call: dict[str, Any]) -> bytes:
    return _reply(call, {"key": "k", "value": 1})


def _blocking(home: Home, act: Callable[[Any], Any], timeout: float = 10) -> Any:
    with scriven.connect(home.socket, timeout=timeout) as client:
        return act(client)


def _asyncio(home: Home, act: Callable[[Any], Any], timeout: float = 10) -> Any:
    async def run() -> Any:
        async with scriven.aio.connect(home.socket, timeout=timeout) as client:
            return await act(client)

    return asyncio.run(run())


both = pytest.mark.parametrize("through", [_blocking, _asyncio])


@both
def test_a_lost_write_is_not_sent_again_and_its_outcome_is_unknown(home: Home, through: Any) -> None:
    with stand_in(home, _hang_up, _ok) as asked:
        with pytest.raises(OutcomeUnknown, match=r"settings\.set may have taken effect or not"):
            through(home, lambda client: client.settings.set("k", 1))
        assert asked == ["settings.set"]


@both
def test_a_lost_write_with_an_idempotency_key_is_sent_again(home: Home, through: Any) -> None:
    with stand_in(home, _hang_up, _ok) as asked:
        assert through(home, lambda client: client.settings.set("k", 1, idempotency_key="once"))["value"] == 1
        assert asked == ["settings.set"] * 2


@both
def test_a_write_lost_again_and_again_is_given_up_as_unknown(home: Home, through: Any) -> None:
    with stand_in(home, _hang_up, _hang_up, _hang_up) as asked:
        with pytest.raises(OutcomeUnknown) as told:
            through(home, lambda client: client.settings.set("k", 1, idempotency_key="once"))
        assert told.value.hint == "call it again with the same idempotency key: it takes effect once"
        assert asked == ["settings.set"] * 3


@both
def test_a_lost_read_is_sent_again(home: Home, through: Any) -> None:
    with stand_in(home, _hang_up, _ok) as asked:
        assert through(home, lambda client: client.settings.get("k"))["value"] == 1
        assert asked == ["settings.get"] * 2


@both
def test_a_notification_before_the_reply_is_passed_over(home: Home, through: Any) -> None:
    noise = b'{"jsonrpc":"2.0","method":"events.event","params":{}}\n'
    with stand_in(home, lambda call: noise + _ok(call)):
        assert through(home, lambda client: client.settings.get("k"))["value"] == 1


@both
@pytest.mark.parametrize(
    ("act", "kind"),
    [
        (lambda client: client.settings.get("k"), NotAnswering),
        (lambda client: client.settings.set("k", 1), OutcomeUnknown),
    ],
    ids=["read", "write"],
)
def test_no_reply_in_time_leaves_a_read_unanswered_and_a_write_unknown(
    home: Home, through: Any, act: Any, kind: Any
) -> None:
    with stand_in(home, lambda _: b"") as asked:
        with pytest.raises(kind):
            through(home, act, timeout=0.3)
        assert len(asked) == 1


@both
def test_what_is_not_json_rpc_is_a_protocol_error(home: Home, through: Any) -> None:
    with stand_in(home, lambda _: b"hello\n"), pytest.raises(ProtocolError):
        through(home, lambda client: client.daemon.health())


def test_many_calls_are_in_flight_at_once_and_keep_their_order(running: Home) -> None:
    async def run() -> None:
        async with scriven.aio.connect(running.socket) as client:
            stored = await asyncio.gather(*(client.settings.set("n", number) for number in range(1500)))
            assert [one["revision"] for one in stored] == list(range(1, 1501))
            found = await client.settings.get("n")
            assert found is not None
            assert found["value"] == 1499

    asyncio.run(run())


def test_a_cancelled_task_leaves_the_connection_in_order(running: Home) -> None:
    async def run() -> None:
        async with scriven.aio.connect(running.socket) as client:
            tasks = [asyncio.create_task(client.settings.set("n", number)) for number in range(50)]
            await asyncio.sleep(0)
            for task in tasks[::2]:
                task.cancel()
            ended = await asyncio.gather(*tasks, return_exceptions=True)
            assert all(isinstance(one, asyncio.CancelledError) for one in ended[::2])
            assert [one["value"] for one in ended[1::2] if isinstance(one, dict)] == list(range(1, 50, 2))
            assert (await client.daemon.health())["state"] == "ready"

    asyncio.run(run())


def test_the_asyncio_client_connects_again_after_a_restart(running: Home) -> None:
    async def run() -> None:
        client = await scriven.aio.connect(running.socket)
        await client.settings.set("n", 1)
        await asyncio.to_thread(running.run, "restart")
        assert (await client.settings.set("n", 2))["revision"] == 2
        await client.close()

    asyncio.run(run())


def test_the_asyncio_client_runs_on_uvloop(running: Home) -> None:
    uvloop = pytest.importorskip("uvloop")

    async def run() -> None:
        async with scriven.aio.connect(running.socket) as client:
            await asyncio.gather(*(client.settings.set(f"k{number}", "x" * 100_000) for number in range(50)))
            assert len((await client.settings.list())["items"]) == 50

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(run())


def test_the_asyncio_client_waits_for_a_daemon_when_asked(home: Home) -> None:
    async def run() -> None:
        with pytest.raises(NotRunning):
            await scriven.aio.connect(home.socket)
        starting = asyncio.create_task(asyncio.to_thread(home.run, "start"))
        async with scriven.aio.connect(home.socket, wait=30) as client:
            assert await client.settings.get("theme") is None
        await starting

    asyncio.run(run())


def test_code_that_uses_the_clients_passes_mypy_strict(home: Home) -> None:
    mypy = pytest.importorskip("mypy.api")
    program = f"{home.root}/user.py"
    with open(program, "w", encoding="utf-8") as file:
        file.write(
            """
import scriven

def blocking() -> int:
    with scriven.connect() as client:
        found = client.settings.get("theme", workspace_id="global")
        if found is None:
            return 0
        client.settings.set("theme", found["value"], if_revision=found["revision"], idempotency_key="k")
        client.transaction.run([{"method": "settings.set", "params": {"key": "a", "value": 1}}])
        return found["revision"]

async def running() -> str | None:
    async with scriven.aio.connect() as client:
        return (await client.workspaces.open("/tmp", name="x"))["projectDir"]
"""
        )
    out, _, code = mypy.run(["--strict", "--cache-dir", f"{home.root}/cache", program])
    assert code == 0, out
    with open(program, "a", encoding="utf-8") as file:
        file.write("\nscriven.connect().settings.set('theme')\n")
    out, _, code = mypy.run(["--strict", "--cache-dir", f"{home.root}/cache", program])
    assert code == 1
    assert 'Missing positional argument "value"' in out


def test_the_blocking_client_and_its_nouns_load_nothing_heavy(running: Home) -> None:
    code = (
        "import sys, scriven\n"
        "with scriven.connect() as client: client.settings.set('n', 1)\n"
        "print([name for name in ('asyncio', 'msgspec', 'typing', 'dataclasses', 'socket') if name in sys.modules])"
    )
    paths = [path for path in sys.path if path]
    done = subprocess.run(
        [sys.executable, "-S", "-c", f"import sys; sys.path[:0] = {paths!r}\n{code}"],
        capture_output=True,
        text=True,
        check=True,
        timeout=30,
        env=running.environment,
    )
    assert done.stdout == "[]\n"
