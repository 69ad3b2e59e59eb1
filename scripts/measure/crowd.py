"""Others at work while somebody is measured: writers, subscribers that read, and subscribers that never do."""

from __future__ import annotations

import contextlib
import json
import os
import selectors
import socket
import sys
import time
from collections import deque
from collections.abc import Callable

SUBSCRIBE = b'{"jsonrpc":"2.0","id":1,"method":"events.subscribe","params":{"topics":["settings.*"]}}\n'
VALUE = "a setting of about one hundred bytes, such as an editor or an agent keeps, and no more"


def main(path: str, writers: int, readers: int, asleep: int, writes: int) -> None:
    """Be busy on that socket until standard input ends: so many writes a second, or as many as can be when 0."""
    with contextlib.ExitStack() as stack, selectors.DefaultSelector() as ready:

        def connected() -> socket.socket:
            peer = stack.enter_context(socket.socket(socket.AF_UNIX, socket.SOCK_STREAM))
            peer.connect(path)
            return peer

        def subscribed() -> socket.socket:
            peer = connected()
            peer.sendall(SUBSCRIBE)
            if b'"result":' not in peer.recv(65536):
                raise RuntimeError("a subscription was refused")
            return peer

        _sleeping = [subscribed() for _ in range(asleep)]
        for _ in range(readers):
            peer = subscribed()
            ready.register(peer, selectors.EVENT_READ, _reader(peer))
        idle = deque(_Writer(connected(), index) for index in range(writers))
        for writer in idle:
            ready.register(writer.peer, selectors.EVENT_READ, writer)
        ready.register(sys.stdin, selectors.EVENT_READ)
        os.write(1, b"ready\n")
        _work(ready, idle, writes)


def _work(ready: selectors.BaseSelector, idle: deque[_Writer], writes: int) -> None:
    """Let who waits read, and who is idle write when its turn has come, until there is input."""
    due = time.monotonic()
    while True:
        while idle and (not writes or due <= time.monotonic()):
            idle.popleft().write()
            due += 1 / (writes or 1)
        for key, _ in ready.select(max(0.0, due - time.monotonic()) if idle else None):
            if key.data is None:
                return
            if key.data():
                idle.append(key.data)


class _Writer:
    """One call under way at most. Called when something has come, it tells whether that was the reply."""

    def __init__(self, peer: socket.socket, index: int) -> None:
        self.peer = peer
        params = {"key": f"crowd.{index}", "value": VALUE}
        request = {"jsonrpc": "2.0", "id": 1, "method": "settings.set", "params": params}
        self._request = json.dumps(request).encode() + b"\n"

    def write(self) -> None:
        self.peer.sendall(self._request)

    def __call__(self) -> bool:
        return self.peer.recv(65536).endswith(b"\n")


def _reader(peer: socket.socket) -> Callable[[], None]:
    def read() -> None:
        peer.recv(1_048_576)

    return read


if __name__ == "__main__":
    main(sys.argv[1], *map(int, sys.argv[2:]))
