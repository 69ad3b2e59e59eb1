"""Who may connect, and how many."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable

import pytest

from running import Daemon, until
from scriven import server
from wire_client import Wire

# What a process of another user does: connect, and print what it is told.
STRANGER = """
import os, socket, sys
os.setgroups([])
os.setgid(65534)
os.setuid(65534)
with socket.socket(socket.AF_UNIX) as peer:
    peer.settimeout(30)
    peer.connect(sys.argv[1])
    try:
        peer.sendall(b'{"jsonrpc":"2.0","id":1,"method":"daemon.health"}\\n')
    except BrokenPipeError:
        pass
    told = b""
    while True:
        try:
            data = peer.recv(65536)
        except ConnectionResetError:
            break
        if not data:
            break
        told += data
sys.stdout.buffer.write(told)
"""


@pytest.fixture
def few(start: Callable[..., Daemon]) -> Daemon:
    """A daemon that takes three connections."""
    return start(environment={"SCRIVEN_LIMITS_CONNECTIONS": "3"}).ready()


def test_one_connection_too_many_is_told_and_closed_and_the_others_go_on(
    few: Daemon, connect: Callable[..., Wire]
) -> None:
    inside = [connect(few) for _ in range(3)]
    for wire in inside:
        wire.alive()
    outside = connect(few)
    reply = outside.message()
    assert (reply["id"], reply["error"]["code"]) == (None, -32003)
    assert (reply["error"]["data"]["kind"], reply["error"]["data"]["limit"]) == ("limit_exceeded", 3)
    assert outside.at_end()
    for wire in inside:
        wire.alive()


def test_where_the_system_allows_few_open_files_there_are_as_many_connections_as_fit_and_the_next_is_told(
    start: Callable[..., Daemon], connect: Callable[..., Wire]
) -> None:
    program = (
        "import resource, sys; resource.setrlimit(resource.RLIMIT_NOFILE, (40, 80));"
        "from scriven import daemon; sys.exit(daemon.main())"
    )
    daemon = start(program=("-c", program)).ready()
    inside = [connect(daemon) for _ in range(16)]
    assert inside[0].call("daemon.hello")["limits"]["connections"] == 16
    for wire in inside:
        wire.alive()
    outside = connect(daemon)
    assert outside.message()["error"]["data"]["kind"] == "limit_exceeded"
    assert outside.at_end()
    for wire in inside:
        wire.alive()


def test_a_connection_that_ends_leaves_its_place(few: Daemon, connect: Callable[..., Wire]) -> None:
    for ending in ("close", "half-close", "lost framing", "reset"):
        inside = [connect(few) for _ in range(3)]
        for wire in inside:
            wire.alive()
        if ending == "close":
            inside[0].close()
        elif ending == "half-close":
            inside[0].half_close()
            assert inside[0].at_end()
        elif ending == "lost framing":
            inside[0].close()
            inside[0] = _free(few, connect)
            inside[0].close()
        else:
            inside[0].request("daemon.health")
            inside[0].close()
        _free(few, connect).close()
        for wire in inside[1:]:
            wire.alive()
            wire.close()
        for wire in [_free(few, connect) for _ in range(3)]:
            wire.close()


def test_a_thousand_connections_one_after_the_other_leave_nothing_behind(
    daemon: Daemon, connect: Callable[..., Wire]
) -> None:
    descriptors = f"/proc/{daemon.process.pid}/fd"
    if not os.path.isdir(descriptors):
        pytest.skip("/proc is not there")
    wire = connect()
    wire.alive()
    before = len(os.listdir(descriptors))
    for n in range(1000):
        with socket.socket(socket.AF_UNIX) as peer:
            peer.connect(daemon.socket)
            if n % 3:
                method = b"daemon.status" if n % 2 else b"workspaces.list"
                peer.sendall(b'{"jsonrpc":"2.0","id":1,"method":"%b"}\n' % method)
            if n % 3 == 2:
                peer.recv(10)
    until(lambda: wire.call("daemon.status")["traffic"]["connections"] == 1, "the last connection's end")
    assert len(os.listdir(descriptors)) <= before


def test_the_traffic_counts_connections(fresh: Daemon, connect: Callable[..., Wire]) -> None:
    wires = [connect(fresh) for _ in range(5)]
    for wire in wires:
        wire.alive()
    assert wires[0].call("daemon.status")["traffic"]["connections"] == 5


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_another_user_is_refused_even_where_the_modes_would_let_it_in(
    fresh: Daemon, connect: Callable[..., Wire]
) -> None:
    os.chmod(fresh.directory, 0o755)
    os.chmod(fresh.socket, 0o777)
    told = subprocess.run([sys.executable, "-c", STRANGER, fresh.socket], capture_output=True, check=False, timeout=60)
    assert told.returncode == 0, told.stderr.decode()
    reply = json.loads(told.stdout)
    assert (reply["id"], reply["error"]["code"], reply["error"]["data"]["kind"]) == (None, -32009, "forbidden")
    assert "uid 65534" in fresh.log()
    connect(fresh).alive()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_another_user_does_not_reach_the_socket_by_its_modes(fresh: Daemon) -> None:
    os.chmod(fresh.directory, 0o755)
    told = subprocess.run([sys.executable, "-c", STRANGER, fresh.socket], capture_output=True, check=False, timeout=60)
    assert b"PermissionError" in told.stderr
    assert not told.stdout


def test_the_peer_of_a_socket_pair_is_this_user() -> None:
    one, other = socket.socketpair()
    with one, other:
        assert server.peer_process(one) == (os.geteuid(), os.getpid())


def _free(daemon: Daemon, connect: Callable[..., Wire]) -> Wire:
    """A connection that was let in: the place of one that ended may take a moment to be free."""
    found: list[Wire] = []

    def let_in() -> bool:
        wire = connect(daemon)
        wire.request("daemon.health")
        reply = wire.message()
        if reply["id"] is None:
            return False
        found.append(wire)
        return True

    until(let_in, "a free place")
    return found[0]
