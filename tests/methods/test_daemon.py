"""daemon.* and rpc.discover, asked of a real one: they are about the process, so they are tried on the process."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from running import Daemon
from scriven import __version__
from scriven.emit.openrpc import document
from scriven.methods import load
from wire_client import Wire

Connect = Callable[..., Wire]


def test_hello_says_who_answers_and_what_it_accepts(daemon: Daemon, connect: Connect) -> None:
    greeting = connect().call("daemon.hello", {"client": "test", "version": "1"})
    assert (greeting["name"], greeting["version"], greeting["protocol"]) == ("scriven", __version__, [1, 1])
    assert (greeting["pid"], greeting["instance"]) == (daemon.process.pid, daemon.announced["instance"])
    assert (greeting["socket"], greeting["database"]["path"]) == (daemon.socket, daemon.database)
    assert (greeting["state"], greeting["access"]) == ("ready", "write")
    assert greeting["limits"]["frameBytes"] == 16 * 1024 * 1024


@pytest.mark.parametrize("spoken", [[1, 1], [1, 9], [1, 1000]])
def test_hello_agrees_with_a_client_that_speaks_its_protocol(connect: Connect, spoken: list[int]) -> None:
    assert connect().call("daemon.hello", {"protocol": spoken})["protocol"] == [1, 1]


@pytest.mark.parametrize("spoken", [[2, 2], [2, 9], [9, 1]])
def test_hello_tells_a_client_that_does_not(connect: Connect, spoken: list[int]) -> None:
    error = connect().fail("daemon.hello", {"protocol": spoken})
    assert (error["data"]["kind"], error["data"]["path"], error["data"]["daemon"]) == ("mismatch", "$.protocol", [1, 1])


@pytest.mark.parametrize("spoken", [[1], [1, 1, 1], [0, 1], ["1", "1"], 1])
def test_a_protocol_is_a_pair(connect: Connect, spoken: Any) -> None:
    error = connect().fail("daemon.hello", {"protocol": spoken}, malformed=True)
    assert error["data"]["kind"] == "invalid_params"
    assert error["data"]["path"].startswith("$.protocol")


def test_hello_confirms_the_database_and_the_instance_expected(connect: Connect) -> None:
    wire = connect()
    greeting = wire.call("daemon.hello")
    expected = {"databaseId": greeting["database"]["id"], "instance": greeting["instance"]}
    assert wire.call("daemon.hello", {"expect": expected}) == greeting


@pytest.mark.parametrize("field", ["databaseId", "instance"])
def test_hello_tells_which_expectation_is_wrong(connect: Connect, field: str) -> None:
    error = connect().fail("daemon.hello", {"expect": {field: "another"}})
    assert (error["data"]["kind"], error["data"]["path"]) == ("mismatch", f"$.expect.{field}")
    assert "another" not in json.dumps(error["data"])


def test_a_connection_that_gave_up_writing_reads_on_and_never_writes_again(connect: Connect) -> None:
    reader, writer = connect(), connect()
    assert reader.call("daemon.hello", {"access": "read"})["access"] == "read"
    assert reader.call("daemon.hello", {"access": "write"})["access"] == "read"
    for method, params in (
        ("settings.set", {"key": "given-up", "value": 1}),
        ("transaction.run", {"calls": []}),
        ("settings.delete", {"key": "given-up"}),
    ):
        assert reader.fail(method, params)["data"]["kind"] == "forbidden"
    writer.call("settings.set", {"key": "given-up", "value": 2})
    assert reader.call("settings.get", {"key": "given-up"})["value"] == 2


def test_health_is_short_and_of_the_same_instance(daemon: Daemon, connect: Connect) -> None:
    health = connect().call("daemon.health")
    assert health["startedAt"] == connect().call("daemon.hello")["startedAt"]
    del health["startedAt"]
    instance = daemon.announced["instance"]
    assert health == {"state": "ready", "pid": daemon.process.pid, "instance": instance, "reason": None}


def test_status_counts_what_there_is(fresh: Daemon, connect: Connect) -> None:
    wire = connect(fresh)
    before = wire.call("daemon.status")
    assert (before["counts"]["settings"], before["counts"]["workspaces"], before["counts"]["head"]) == (0, 0, 0)
    for key in "aab":
        wire.call("settings.set", {"key": key, "value": 1})
    wire.call("workspaces.open", {"projectDir": fresh.directory})
    wire.fail("workspaces.get", {"id": "ws_absent"})
    after = wire.call("daemon.status")
    counts = after["counts"]
    assert (counts["settings"], counts["workspaces"], counts["changes"], counts["head"]) == (2, 1, 4, 4)
    assert counts["databaseBytes"] >= counts["freeBytes"] >= 0
    assert after["traffic"]["connections"] == 1
    assert after["traffic"]["calls"] - before["traffic"]["calls"] == 6
    assert after["traffic"]["errors"] - before["traffic"]["errors"] == 1
    assert 1 <= after["traffic"]["commits"] - before["traffic"]["commits"] <= 5
    assert after["traffic"]["residentBytes"] > 0


def test_shutdown_answers_and_then_ends_the_process(fresh: Daemon, connect: Connect) -> None:
    wire = connect(fresh)
    assert wire.call("daemon.shutdown") == {"stopping": True, "pid": fresh.process.pid}
    assert fresh.wait() == 0
    assert wire.at_end()


def test_discover_gives_the_document_in_both_framings(wire: Wire) -> None:
    assert wire.call("rpc.discover") == json.loads(json.dumps(document(load())))
