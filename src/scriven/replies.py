"""The replies to the calls of one batch, gathered until all have ended."""

from __future__ import annotations

import asyncio

from scriven.call import Origin, Peer


class Replies:
    """In the order of the calls, while `open` of them are under way."""

    def __init__(self, peer: Peer, calls: int, limit: int) -> None:
        self._peer = peer
        self._replies: list[bytes | None] = [None] * calls
        self._limit = limit
        self._size = 0
        self._all_ended = asyncio.Event()
        self.open = 0

    def origin(self, index: int) -> Origin:
        """Where the call at that index has its reply put."""

        def put(message: bytes) -> None:
            self._replies[index] = message

        def ended() -> None:
            self.open -= 1
            self._peer.finished()
            self._all_ended.set()

        return Origin(self._peer, put, ended, self._room)

    def _room(self, size: int) -> bool:
        """Take up that many bytes, if they are there. The first reply always fits: alone it would be sent as well."""
        fits = not self._size or self._size + size <= self._limit
        self._size += size if fits else 0
        return fits

    async def settled(self) -> None:
        """Wait until every call begun so far has ended."""
        while self.open:
            self._all_ended.clear()
            await self._all_ended.wait()

    def send(self) -> None:
        """Send the replies, if there are any: notifications have none."""
        replies = [message for message in self._replies if message is not None]
        if replies:
            self._peer.reply(b"[" + b",".join(replies) + b"]")
