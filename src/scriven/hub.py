"""Changes to whoever listens, after their commit and in its order."""

from __future__ import annotations

from collections.abc import Callable

from scriven.tx import Change


class Hub:
    """`head` is the newest place in the change log that everybody may know of."""

    def __init__(self) -> None:
        self.head = 0
        self._listeners: dict[Callable[[list[Change]], None], None] = {}

    def listen(self, listener: Callable[[list[Change]], None]) -> Callable[[], None]:
        """Be given the changes of every commit from now on. Returns what ends it."""
        self._listeners[listener] = None
        return lambda: self._listeners.pop(listener, None)

    def publish(self, changes: list[Change]) -> None:
        """Hand on the changes of one commit."""
        self.head = changes[-1].seq
        for listener in list(self._listeners):
            listener(changes)
