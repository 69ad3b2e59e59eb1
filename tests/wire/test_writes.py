"""Writes of many at once: none is lost, a failing one takes nobody with it, a repeated one happens once."""

from __future__ import annotations

import json
import random
import sqlite3
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from threading import Thread
from typing import Any

import pytest

import specimens
from contract import Contract
from running import Daemon
from specimens import Passage
from wire_client import Wire, call, framed


def stored(daemon: Daemon, sql: str) -> list[tuple[Any, ...]]:
    """What another program reads in the file."""
    with closing(sqlite3.connect(f"file:{daemon.database}?mode=ro", uri=True)) as connection:
        return connection.execute(sql).fetchall()


def idempotent(key: str, /, **params: Any) -> dict[str, Any]:
    return params | {"_meta": {"idempotencyKey": key}}


# Many at once


def test_64_connections_of_200_writes_to_50_keys_add_up(fresh: Daemon, connect: Callable[..., Wire]) -> None:
    wires = [connect(fresh, "lines" if n % 2 else "headers") for n in range(64)]
    rng = random.Random(64)
    made: Counter[str] = Counter()
    failed: list[BaseException] = []
    seen: dict[str, list[int]] = {f"key{n}": [] for n in range(50)}

    def write(wire: Wire, keys: list[str]) -> None:
        try:
            for key in keys:
                seen[key].append(wire.call("settings.set", {"key": key, "value": 1})["revision"])
        except BaseException as error:  # noqa: BLE001 - a thread's failure is the test's
            failed.append(error)

    threads = []
    for wire in wires:
        keys = [f"key{rng.randrange(50)}" for _ in range(200)]
        made.update(keys)
        threads.append(Thread(target=write, args=(wire, keys)))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed
    found = {item["key"]: item["revision"] for item in wires[0].call("settings.list", {"limit": 1000})["items"]}
    assert found == made
    for key, revisions in seen.items():
        assert sorted(revisions) == list(range(1, made[key] + 1))
    status = wires[0].call("daemon.status")
    assert status["traffic"]["errors"] == 0
    assert status["counts"]["head"] == 64 * 200
    # Fewer commits than writes: those that wait share one.
    assert status["traffic"]["commits"] < 64 * 200


def test_conditional_writes_of_many_never_both_win(fresh: Daemon, connect: Callable[..., Wire]) -> None:
    wires = [connect(fresh) for _ in range(8)]
    won: list[int] = []

    def increment(wire: Wire) -> None:
        for _ in range(20):
            while True:
                now = wire.call("settings.get", {"key": "counter"}) or {"value": 0, "revision": 0}
                wanted = {"key": "counter", "value": now["value"] + 1, "ifRevision": now["revision"]}
                if "result" in wire.ask("settings.set", wanted):
                    won.append(now["value"] + 1)
                    break

    threads = [Thread(target=increment, args=(wire,)) for wire in wires]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(won) == list(range(1, 161))
    assert wires[0].call("settings.get", {"key": "counter"})["revision"] == 160


# The same again


def test_a_repeated_call_gets_the_first_reply_and_happens_once(wire: Wire) -> None:
    key = f"repeat-{wire.framing}"
    params = idempotent(key, key=key, value={"a": [1, 2.0, None]})
    first = wire.call("settings.set", params)
    again = [wire.call("settings.set", params) for _ in range(3)]
    assert again == [first] * 3
    assert wire.call("settings.get", {"key": key})["revision"] == 1


def test_a_repeated_call_gets_the_first_reply_also_after_a_later_write(wire: Wire) -> None:
    key = f"later-{wire.framing}"
    first = wire.call("settings.set", idempotent(key, key=key, value=1))
    wire.call("settings.set", {"key": key, "value": 2})
    assert wire.call("settings.set", idempotent(key, key=key, value=1)) == first
    assert wire.call("settings.get", {"key": key})["value"] == 2


@pytest.mark.parametrize(
    ("method", "params"),
    [
        ("settings.set", {"key": "other", "value": 1}),
        ("settings.set", {"key": "used", "value": 2}),
        ("settings.set", {"key": "used", "value": 1, "ifRevision": 1}),
        ("settings.delete", {"key": "used"}),
    ],
)
def test_a_key_used_for_another_call_is_a_conflict(wire: Wire, method: str, params: dict[str, Any]) -> None:
    wire.call("settings.set", idempotent("used", key="used", value=1))
    before = wire.call("settings.get", {"key": "used"})
    error = wire.fail(method, idempotent("used", **params))
    assert (error["data"]["kind"], error["data"]["path"]) == ("conflict", "$._meta.idempotencyKey")
    assert wire.call("settings.get", {"key": "used"}) == before
    assert wire.call("settings.get", {"key": "other"}) is None


def test_a_failing_call_leaves_its_key_free(wire: Wire) -> None:
    key = f"free-{wire.framing}"
    failing = idempotent(key, key=key, value=1, ifRevision=7)
    assert wire.fail("settings.set", failing)["data"]["kind"] == "conflict"
    assert wire.fail("settings.set", failing)["data"]["kind"] == "conflict"
    assert wire.call("settings.set", idempotent(key, key=key, value=2))["revision"] == 1


def test_a_repetition_in_the_same_batch_happens_once(wire: Wire) -> None:
    key = f"batch-{wire.framing}"
    wire.send([call(n, "settings.set", idempotent(key, key=key, value=1)) for n in range(20)])
    assert [reply["result"]["revision"] for reply in wire.message()] == [1] * 20


def test_a_transaction_is_repeated_as_a_whole(wire: Wire) -> None:
    key = f"whole-{wire.framing}"
    calls = [{"method": "settings.set", "params": {"key": key, "value": n}} for n in range(3)]
    first = wire.call("transaction.run", idempotent(key, calls=calls))
    assert [result["revision"] for result in first["results"]] == [1, 2, 3]
    assert wire.call("transaction.run", idempotent(key, calls=calls)) == first
    assert wire.call("settings.get", {"key": key})["revision"] == 3


@pytest.mark.parametrize("crash", [False, True])
def test_a_key_outlives_the_daemon(start: Callable[..., Daemon], connect: Callable[..., Wire], crash: bool) -> None:
    daemon = start().ready()
    first = connect(daemon).call("settings.set", idempotent("outlives", key="k", value="v"))
    daemon.kill() if crash else daemon.stop()
    wire = connect(start().ready())
    assert wire.call("settings.set", idempotent("outlives", key="k", value="v")) == first
    assert wire.call("settings.get", {"key": "k"})["revision"] == 1
    assert wire.fail("settings.set", idempotent("outlives", key="k", value="w"))["data"]["kind"] == "conflict"


# One commit, many fates


@pytest.fixture
def lab(start: Callable[..., Daemon]) -> Daemon:
    """A daemon with calls that fail after they have written; its log may tell of their defects."""
    return start(program=(specimens.__file__,), errors_expected=True).ready()


def test_in_one_commit_only_the_failing_calls_fail(
    lab: Daemon, connect: Callable[..., Wire], extended: Contract, passage: Passage
) -> None:
    rng = random.Random(11)
    keeper = connect(lab, judge=extended)
    wires = [connect(lab, judge=extended) for _ in range(4)]
    keeper.request("gate.write", {"directory": passage.directory})
    fates: dict[tuple[int, int], tuple[str, str]] = {}
    replies: list[dict[Any, Any]] = [{} for _ in wires]
    with passage.held():
        for index, wire in enumerate(wires):
            sent = b""
            for n in range(100):
                key = f"w{index}-{n}"
                fate, method, params = rng.choice(
                    [
                        ("stored", "settings.set", {"key": key, "value": n}),
                        ("stored", "transaction.run", {"calls": [_set(key, n), _set(key, n)]}),
                        ("conflict", "settings.set", {"key": key, "value": n, "ifRevision": 5}),
                        ("invalid_params", "settings.set", {"key": "", "value": n}),
                        ("not_found", "settings.set", {"key": key, "value": n, "workspaceId": "absent"}),
                        ("conflict", "transaction.run", {"calls": [_set(key, n), _set(key, n, ifRevision=9)]}),
                        ("method_not_found", "transaction.run", {"calls": [_set(key, n), {"method": "no.method"}]}),
                        ("conflict", "botch.write", {"key": key, "how": "call"}),
                        ("internal_error", "botch.write", {"key": key, "how": "sql"}),
                        ("internal_error", "botch.write", {"key": key, "how": "defect"}),
                        ("read", "settings.get", {"key": key}),
                    ]
                )
                fates[index, n] = (fate, key)
                sent += framed(wire.encoded(call(n, method, params), malformed=True), "lines")
            wire.raw(sent + framed(wire.encoded(call("all here", "daemon.health")), "lines"))
            while "all here" not in replies[index]:
                _keep(replies[index], wire.message())
    for index, wire in enumerate(wires):
        while len(replies[index]) < 101:
            _keep(replies[index], wire.message())
        for n in range(100):
            reply = replies[index][n]
            fate, _ = fates[index, n]
            found = reply["error"]["data"]["kind"] if "error" in reply else "result"
            assert found == ("result" if fate in ("stored", "read") else fate), reply
            if "error" in reply:
                assert reply["error"]["data"]["outcome"] == "none"
    assert keeper.message()["result"] is True
    expected = {key for fate, key in fates.values() if fate == "stored"}
    assert {key for (key,) in stored(lab, "SELECT key FROM settings")} == expected
    changes = stored(lab, "SELECT seq, topic, json_extract(body, '$.key') FROM changes ORDER BY seq")
    assert [seq for seq, _, _ in changes] == list(range(1, len(changes) + 1))
    logged = [key for _, topic, key in changes if topic == "settings.set"]
    assert set(logged) == expected
    for index in range(len(wires)):
        numbers = [int(key.split("-")[1]) for key in logged if key.startswith(f"w{index}-")]
        assert numbers == sorted(numbers), "the log keeps the order of each connection"


def test_the_change_log_tells_exactly_the_writes_that_succeeded_in_their_order(
    fresh: Daemon, connect: Callable[..., Wire]
) -> None:
    wire, rng = connect(fresh), random.Random(3)
    batch = []
    for n in range(300):
        params = {"key": f"k{rng.randrange(10)}", "value": n}
        batch.append(call(n, "settings.set", params | ({"ifRevision": 0} if rng.random() < 0.3 else {})))
    wire.send(batch)
    results = [reply["result"] for reply in wire.message() if "result" in reply]
    expected = [(result["key"], result["revision"], result["value"]) for result in results]
    rows = stored(fresh, "SELECT topic, body FROM changes ORDER BY seq")
    bodies = [json.loads(body) for topic, body in rows if topic == "settings.set"]
    assert [(body["key"], body["revision"], body["value"]) for body in bodies] == expected
    assert len(rows) == len(expected)


def test_a_read_after_a_failed_write_of_the_same_commit_sees_nothing_of_it(
    lab: Daemon, connect: Callable[..., Wire], extended: Contract, passage: Passage
) -> None:
    keeper, wire = connect(lab, judge=extended), connect(lab, judge=extended)
    keeper.request("gate.write", {"directory": passage.directory})
    with passage.held():
        messages = [
            call(1, "botch.write", {"key": "ghost", "how": "sql"}),
            call(2, "settings.get", {"key": "ghost"}),
            call(3, "settings.set", {"key": "ghost", "value": "real", "ifRevision": 0}),
            call(4, "settings.get", {"key": "ghost"}),
        ]
        wire.raw(b"".join(framed(wire.encoded(message), "lines") for message in messages))
    replies = {reply["id"]: reply for reply in (wire.message() for _ in messages)}
    assert replies[2]["result"] is None
    assert replies[3]["result"]["revision"] == 1
    assert replies[4]["result"]["value"] == "real"
    keeper.message()


def test_another_programs_lock_makes_a_write_busy_and_the_daemon_goes_on(
    fresh: Daemon, connect: Callable[..., Wire]
) -> None:
    fresh.errors_expected = True
    wire = connect(fresh)
    wire.call("settings.set", {"key": "k", "value": 1})
    with closing(sqlite3.connect(fresh.database, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        error = wire.fail("settings.set", {"key": "k", "value": 2})
        assert (error["data"]["kind"], error["data"]["retryable"], error["data"]["outcome"]) == ("busy", True, "none")
        # A read waits neither for that lock nor behind anything else that does.
        assert wire.call("settings.get", {"key": "k", "_meta": {"deadlineMs": 3000}})["value"] == 1
        other.execute("ROLLBACK")
    assert wire.call("settings.set", {"key": "k", "value": 3})["revision"] == 2


def _set(key: str, value: int, **more: Any) -> dict[str, Any]:
    return {"method": "settings.set", "params": {"key": key, "value": value} | more}


def _keep(replies: dict[Any, Any], reply: dict[str, Any]) -> None:
    assert reply["id"] not in replies, "two replies to one call"
    replies[reply["id"]] = reply
