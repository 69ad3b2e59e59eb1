"""daemon.clients: who is connected, what each has asked for, listens to and holds."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest

from running import Daemon, until
from wire_client import Wire

# Connects, says so, and stays until its input ends.
PROBE = """
import socket, sys
peer = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
peer.connect(sys.argv[1])
print("connected", flush=True)
sys.stdin.read()
"""

linux = pytest.mark.skipif(sys.platform != "linux", reason="/proc tells what a process runs")


def row(wire: Wire, id_: int) -> dict[str, Any]:
    """What is told of one connection."""
    (found,) = (client for client in wire.call("daemon.clients") if client["id"] == id_)
    return dict(found)


def test_a_connection_finds_itself_among_the_clients(fresh: Daemon, connect: Callable[..., Wire]) -> None:
    wire = connect(fresh)
    wire.call("settings.set", {"key": "a", "value": 1})
    wire.call("settings.get", {"key": "a"})
    (own,) = wire.call("daemon.clients")
    assert own.pop("pid") == os.getpid()
    assert own.pop("command") is not None or sys.platform != "linux"
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", own.pop("connectedAt"))
    assert own == {
        "id": own["id"],
        "client": None,
        "version": None,
        "access": "write",
        "calls": 3,
        "inFlight": 1,
        "subscriptions": [],
        "leases": 0,
    }


def test_a_client_is_called_what_it_called_itself(fresh: Daemon, connect: Callable[..., Wire]) -> None:
    first, second = connect(fresh), connect(fresh)
    first.call("daemon.hello", {"client": "dashboard", "version": "1.2.3", "access": "read"})
    second.call("daemon.hello", {})
    told = second.call("daemon.clients")
    assert [(one["client"], one["version"], one["access"]) for one in told] == [
        ("dashboard", "1.2.3", "read"),
        (None, None, "write"),
    ]
    assert told[0]["id"] < told[1]["id"]
    assert told[0]["connectedAt"] <= told[1]["connectedAt"]


@linux
@pytest.mark.parametrize("name", ["probe", "a-program-of-a-very-long-name"])
def test_a_client_is_known_by_its_program_until_it_goes(
    fresh: Daemon, connect: Callable[..., Wire], directory: str, name: str
) -> None:
    wire = connect(fresh)
    script = os.path.join(directory, name)
    with open(script, "w", encoding="utf-8") as file:
        file.write(f"#!{sys.executable}\n{PROBE}")
    os.chmod(script, 0o755)
    with subprocess.Popen([script, fresh.socket], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as program:
        assert program.stdout is not None
        assert program.stdout.readline() == b"connected\n"
        until(lambda: len(wire.call("daemon.clients")) == 2, "the program's connection")
        _, other = wire.call("daemon.clients")
        assert (other["pid"], other["command"]) == (program.pid, name)
        assert (other["calls"], other["inFlight"]) == (0, 0)
        program.communicate()
    until(lambda: len(wire.call("daemon.clients")) == 1, "its end")


def test_calls_under_way_are_counted(fresh: Daemon, connect: Callable[..., Wire]) -> None:
    asking, waiting = connect(fresh), connect(fresh)
    for _ in range(3):
        waiting.request("events.wait", {"topics": ["absent.*"]})
    waiting.alive()
    other = asking.call("daemon.clients")[1]
    assert (other["calls"], other["inFlight"]) == (4, 3)


def test_a_subscription_is_told_with_what_it_has_still_to_hear(fresh: Daemon, connect: Callable[..., Wire]) -> None:
    writing, stalled = connect(fresh), connect(fresh)
    workspace = writing.call("workspaces.open", {"projectDir": fresh.directory})["id"]
    begun = stalled.call("events.subscribe", {"topics": ["settings.*", "todos.set"]})
    narrow = stalled.call("events.subscribe", {"topics": ["*"], "workspaceId": workspace})
    id_ = writing.call("daemon.clients")[1]["id"]

    def subscriptions() -> list[dict[str, Any]]:
        return list(row(writing, id_)["subscriptions"])

    assert subscriptions() == [
        {
            "id": begun["subscription"],
            "topics": ["settings.*", "todos.set"],
            "workspaceId": None,
            "cursor": "c1",
            "lag": 0,
        },
        {"id": narrow["subscription"], "topics": ["*"], "workspaceId": workspace, "cursor": "c1", "lag": 0},
    ]
    calls = [{"method": "settings.set", "params": {"key": "k", "value": "x" * 3000}}] * 1000
    for _ in range(3):
        writing.call("transaction.run", {"calls": calls})
    behind, other = subscriptions()
    assert behind["lag"] > 0
    assert int(behind["cursor"][1:]) + behind["lag"] == 3001
    assert (other["cursor"], other["lag"]) == ("c3001", 0)
    for _ in range(3000):
        assert json.loads(stalled.next_bytes())["params"]["subscription"] == begun["subscription"]
    until(lambda: [each["lag"] for each in subscriptions()] == [0, 0], "the reader to have caught up")


def test_leases_that_end_with_a_connection_are_counted(fresh: Daemon, connect: Callable[..., Wire]) -> None:
    holding, asking = connect(fresh), connect(fresh)
    held = [holding.call("leases.acquire", {"name": f"build-{number}"}) for number in range(2)]
    holding.call("leases.acquire", {"name": "lasting", "ttlMs": 60_000})
    assert [client["leases"] for client in asking.call("daemon.clients")] == [2, 0]
    holding.call("leases.release", {"name": "build-0", "token": held[0]["token"]})
    assert [client["leases"] for client in asking.call("daemon.clients")] == [1, 0]
