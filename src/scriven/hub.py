"""Changes to whoever listens, after their commit and in its order."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from scriven.errors import defect
from scriven.tx import Change


class Hub:
    """`head` is the newest place in the change log that everybody may know of."""

    def __init__(self) -> None:
        self.head = 0
        self._listeners: dict[Callable[[list[Change]], None], None] = {}
        self._waiting: set[asyncio.Future[None]] = set()

    def listen(self, listener: Callable[[list[Change]], None]) -> Callable[[], None]:
        """Be given the changes of every commit from now on. Returns what ends it."""
        self._listeners[listener] = None
        return lambda: self._listeners.pop(listener, None)

    def publish(self, changes: list[Change]) -> None:
        """Hand on the changes of one commit."""
        self.head = changes[-1].seq
        for listener in list(self._listeners):
            try:
                listener(changes)
            except Exception as error:  # noqa: BLE001 - one listener's defect must not keep the others from hearing
                defect("hub", error)
        for waiting in self._waiting:
            if not waiting.done():
                waiting.set_result(None)

    async def newer(self, seen: int) -> None:
        """Wait until there are changes after that place."""
        while self.head <= seen:
            waiting = asyncio.get_running_loop().create_future()
            self._waiting.add(waiting)
            try:
                await waiting
            finally:
                self._waiting.discard(waiting)
