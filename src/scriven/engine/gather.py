"""Whom a batch waits for: callers who were just answered are about to call again, and one COMMIT can serve them all."""

from __future__ import annotations

import asyncio
import time

from scriven.call import Call, Lane
from scriven.engine.queue import Queue

# As long as callers keep coming, each within this time of the one before, it goes on; about a COMMIT on a fast disk.
PAUSE_SECONDS = 0.0003
LONGEST_SECONDS = 0.002

# Callers who were answered longer ago are thinking; nobody waits for them.
RECENT_SECONDS = 0.001


class Gathering:
    """The callers of the last two batches: two, because callers can fall into halves that take turns."""

    def __init__(self) -> None:
        self._last: set[Lane] = set()
        self._before: set[Lane] = set()
        self._answered = 0.0

    def answered(self, batch: list[Call]) -> None:
        """Note whose calls have just ended."""
        self._before, self._last = self._last, {call.lane for call in batch}
        self._answered = time.monotonic()

    async def wait(self, queue: Queue) -> None:
        """Wait for them, for a moment. A caller alone waits for nobody."""
        now = time.monotonic()
        if now - self._answered > RECENT_SECONDS:
            return
        expected = len(self._last | self._before)
        end, pause_end, ready = now + LONGEST_SECONDS, now + PAUSE_SECONDS, queue.ready
        while ready < expected and now < min(end, pause_end):
            await asyncio.sleep(0)  # a timer of the loop counts whole milliseconds
            now = time.monotonic()
            if queue.ready > ready:
                ready, pause_end = queue.ready, now + PAUSE_SECONDS
