"""Many subscribers, some of which never read, while many write: nobody misses a change and the daemon stays small."""

from __future__ import annotations

import json
import selectors
import socket
import sqlite3
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing

import pytest

from contract import Contract
from running import PATIENCE, Daemon
from wire_client import Wire

MEBIBYTE = 1024 * 1024


class Subscriber:
    """Reads a stream as fast as it comes, and keeps of it how much it was and what it came to."""

    def __init__(self, daemon: Daemon, contract: Contract, stack: ExitStack) -> None:
        self.wire = stack.enter_context(Wire(daemon.socket, contract))
        subscription = self.wire.call("events.subscribe", {"topics": ["settings.*"]})["subscription"]
        self.beginning = (
            f'{{"jsonrpc":"2.0","method":"events.event","params":{{"subscription":"{subscription}",'.encode()
        )
        self.events = 0
        self.sum = 0
        self._rest = b""

    def read(self) -> None:
        """Take what has come."""
        data = self.wire.sock.recv(MEBIBYTE)
        assert data, "the daemon hung up"
        whole, newline, self._rest = (self._rest + data).rpartition(b"\n")
        # What is left is the same for all of them.
        lines = (whole + newline).replace(self.beginning, b"")
        self.events += lines.count(b"\n")
        self.sum = zlib.crc32(lines, self.sum)


class Writer:
    """Sets a key of its own again and again, one call under way."""

    def __init__(self, daemon: Daemon, contract: Contract, stack: ExitStack, key: str, calls: int) -> None:
        self.wire = stack.enter_context(Wire(daemon.socket, contract))
        self.left = calls
        self._request = {"jsonrpc": "2.0", "id": 1, "method": "settings.set", "params": {"key": key, "value": "x" * 60}}
        self._encoded = json.dumps(self._request).encode() + b"\n"
        self.wire.raw(self._encoded)

    def read(self) -> None:
        """Take the reply; call again."""
        reply = self.wire.next_bytes()
        assert b'"result":' in reply, reply
        self.left -= 1
        if self.left:
            self.wire.raw(self._encoded)


def logged(daemon: Daemon) -> Iterator[bytes]:
    """The log as a subscriber is told it, without what is its own."""
    asked = "SELECT seq, at, topic, workspace_id, body FROM changes WHERE seq > 0 ORDER BY seq"
    with closing(sqlite3.connect(f"file:{daemon.database}?mode=ro", uri=True)) as connection:
        for seq, at, topic, workspace, body in connection.execute(asked):
            told = f'"cursor":"c{seq}","at":"{at}","topic":"{topic}","workspaceId":"{workspace}","body":{body}}}}}\n'
            yield told.encode()


def serve(peers: dict[socket.socket, Subscriber | Writer], done: Callable[[], bool], after: Callable[[], None]) -> None:
    """Let each read what comes to it until all is done."""
    with selectors.DefaultSelector() as ready:
        for sock in peers:
            ready.register(sock, selectors.EVENT_READ)
        while not done():
            events = ready.select(PATIENCE)
            assert events, "nothing came any more"
            for key, _ in events:
                peers[key.fileobj].read()  # type: ignore[index] # every key is one of the sockets
            after()


def storm(daemon: Daemon, contract: Contract, *, readers: int, stalled: int, writers: int, changes: int) -> None:
    """All of it, the daemon's memory being measured all the while."""
    with ExitStack() as stack:
        reading = [Subscriber(daemon, contract, stack) for _ in range(readers - stalled)]
        asleep = [Subscriber(daemon, contract, stack) for _ in range(stalled)]
        before = most = daemon.resident_bytes()
        share, more = divmod(changes, writers)
        writing = [Writer(daemon, contract, stack, f"k{n}", share + (n < more)) for n in range(writers)]

        def measure() -> None:
            nonlocal most
            most = max(most, daemon.resident_bytes())

        def all_written() -> bool:
            return not any(one.left for one in writing) and all(one.events == changes for one in reading)

        busy: list[Subscriber | Writer] = [*reading, *writing]
        serve({one.wire.sock: one for one in busy}, all_written, measure)
        assert not any(one.events for one in asleep)
        serve({one.wire.sock: one for one in asleep}, lambda: all(one.events == changes for one in asleep), measure)
        expected = 0
        for line in logged(daemon):
            expected = zlib.crc32(line, expected)
        assert {one.sum for one in [*reading, *asleep]} == {expected}
        assert most - before < 64 * MEBIBYTE, f"{(most - before) / MEBIBYTE:.0f} MiB"


@pytest.mark.soak
def test_every_subscriber_gets_every_change_and_those_that_sleep_cost_nothing(
    fresh: Daemon, contract: Contract
) -> None:
    storm(fresh, contract, readers=200, stalled=10, writers=64, changes=20_000)
