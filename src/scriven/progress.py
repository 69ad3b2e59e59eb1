"""`$/progress`: how far a long call has come, told to its caller while it runs."""

from __future__ import annotations

import asyncio
import time

import msgspec

from scriven.call import Peer

# Nothing is told sooner after the call came, or after what was told last.
EVERY_SECONDS = 0.1


class Progress:
    """Called on the database's thread with how much is done, of how much. `end` it before the reply is sent."""

    __slots__ = ("_due", "_ended", "_loop", "_peer", "_reached", "_token")

    def __init__(self, token: str | int, peer: Peer) -> None:
        self._token = token
        self._peer = peer
        self._loop = asyncio.get_running_loop()
        self._due = time.monotonic() + EVERY_SECONDS
        self._reached = 0
        self._ended = False

    def __call__(self, done: int, total: int) -> None:
        """Tell it, if it is time. A call that has to begin anew tells no step twice."""
        now = time.monotonic()
        if now < self._due or done <= self._reached:
            return
        self._due = now + EVERY_SECONDS
        self._reached = done
        self._loop.call_soon_threadsafe(self._tell, done, total)

    def end(self) -> None:
        """Tell nothing more."""
        self._ended = True

    def _tell(self, done: int, total: int) -> None:
        if not self._ended and self._peer.spare():
            params = {"token": self._token, "value": {"done": done, "total": total}}
            self._peer.tell(msgspec.json.encode({"jsonrpc": "2.0", "method": "$/progress", "params": params}))
