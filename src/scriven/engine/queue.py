"""Calls that wait for the database: a lane for each connection, taken from in turn."""

from __future__ import annotations

from collections import deque

from scriven.call import Call, Lane


class Queue:
    """All lanes. A batch takes one call from each in turn, so that no connection waits behind another's thousand."""

    def __init__(self) -> None:
        # The lanes that have calls and are not held, in their turn.
        self._ready: deque[Lane] = deque()
        self._length = 0

    def __len__(self) -> int:
        return self._length

    @property
    def ready(self) -> int:
        """How many lanes there are to take from."""
        return len(self._ready)

    def put(self, call: Call) -> None:
        """Add a call at the end of its lane."""
        lane = call.lane
        if not lane.calls and not lane.held:
            self._ready.append(lane)
        lane.calls.append(call)
        self._length += 1

    def put_back(self, calls: list[Call]) -> None:
        """Return calls that a batch had no time for; their lanes have the next turns."""
        for call in reversed(calls):
            call.lane.calls.appendleft(call)
        self._length += len(calls)
        turns = dict.fromkeys((call.lane for call in calls if not call.lane.held), None)
        self._ready = deque([*turns, *(lane for lane in self._ready if lane not in turns)])

    def take(self, limit: int) -> list[Call]:
        """The next batch, at most `limit` calls."""
        batch: list[Call] = []
        while self._ready and len(batch) < limit:
            lane = self._ready.popleft()
            batch.append(lane.calls.popleft())
            if lane.calls:
                self._ready.append(lane)
        self._length -= len(batch)
        return batch

    def withdraw(self, call: Call) -> bool:
        """Take a call back out; False when it is no longer waiting."""
        lane = call.lane
        if call not in lane.calls:
            return False
        lane.calls.remove(call)
        if not lane.calls and not lane.held:
            self._ready.remove(lane)
        self._length -= 1
        return True

    def hold(self, lane: Lane) -> None:
        """Take nothing from a lane until it is released."""
        if not lane.held:
            lane.held = True
            if lane.calls:
                self._ready.remove(lane)

    def release(self, lane: Lane) -> None:
        """Take from it again."""
        if lane.held:
            lane.held = False
            if lane.calls:
                self._ready.append(lane)
