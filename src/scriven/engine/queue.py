"""Calls that wait for the database: a lane for each connection, taken from in turn."""

from __future__ import annotations

from collections import deque

from scriven.call import Call, Lane


class Queue:
    """All lanes. A batch takes one call from each in turn, so that no connection waits behind another's thousand."""

    def __init__(self) -> None:
        self._ready: deque[Lane] = deque()
        self._again: deque[Call] = deque()
        self._length = 0

    def __len__(self) -> int:
        return self._length

    def put(self, call: Call) -> None:
        """Add a call at the end of its lane."""
        calls = call.lane.calls
        if not calls:
            self._ready.append(call.lane)
        calls.append(call)
        self._length += 1

    def put_back(self, calls: list[Call]) -> None:
        """Return calls that a batch had no time for; they are taken first."""
        self._again.extendleft(reversed(calls))
        self._length += len(calls)

    def take(self, limit: int) -> list[Call]:
        """The next batch, at most `limit` calls."""
        batch: list[Call] = []
        while self._again and len(batch) < limit:
            batch.append(self._again.popleft())
        while self._ready and len(batch) < limit:
            lane = self._ready.popleft()
            batch.append(lane.calls.popleft())
            if lane.calls:
                self._ready.append(lane)
        self._length -= len(batch)
        return batch

    def withdraw(self, call: Call) -> bool:
        """Take a call back out; False when it is no longer waiting."""
        if call in self._again:
            self._again.remove(call)
        elif call in call.lane.calls:
            call.lane.calls.remove(call)
            if not call.lane.calls:
                self._ready.remove(call.lane)
        else:
            return False
        self._length -= 1
        return True
