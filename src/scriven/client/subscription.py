"""Changes as they come, blocking: a connection of their own, made again whenever it is lost."""

from __future__ import annotations

import _socket
import time

from scriven.client import messages
from scriven.client.connection import READ_BYTES, TIMEOUT, dial
from scriven.client.course import Course, Ended
from scriven.client.errors import ScrivenError, not_answering

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, Self

    from scriven.client.course import Event

Message = tuple["dict[str, Any]", bytes]


def rest(readable: int | None, seconds: float) -> None:
    """What is done before a read that may wait long (nothing), and in a pause."""
    if readable is None:
        time.sleep(seconds)


class Subscription:
    """An iterator over events, each once and in order, through losses of the connection and restarts of the daemon.

    It ends with `close`, which another thread may call, or at the end of a `with`. What is raised ends it as well.
    """

    def __init__(
        self,
        path: str,
        course: Course,
        *,
        timeout: float = TIMEOUT,
        rest: Callable[[int | None, float], None] = rest,
    ) -> None:
        """Begin: what is changed from here on is told. Raises what `__next__` raises."""
        self._path = path
        self._course = course
        self._timeout = timeout
        self._rest = rest
        self._socket: _socket.socket | None = None
        self._received = bytearray()
        self._early: list[Message] = []  # what came before the reply to events.subscribe
        self._closed = False
        while self._socket is None:
            self._attempt(self._begin)

    @property
    def cursor(self) -> str | None:
        """The place up to which everything was told: pass it as `since` to go on from here another time."""
        return self._course.cursor

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> Event:
        """The next event. Raises CursorExpired, Unreachable when `wait` is over or waiting is no use, RemoteError."""
        taken = self.take()
        if taken is None:
            raise StopIteration
        return taken[0]

    def take(self) -> tuple[Event, bytes] | None:
        """The next event, and its message as it came; None at the end."""
        while not self._closed:
            taken = self._attempt(self._next)
            if taken is not None:
                return taken
        self._hang_up()
        return None

    def close(self) -> None:
        """End it, and whoever waits for its next event."""
        self._closed = True
        socket = self._socket
        if socket is not None:
            try:  # noqa: SIM105 - contextlib would be imported for this alone
                socket.shutdown(_socket.SHUT_RDWR)
            except OSError:
                pass  # the other end was quicker
            self._hang_up()

    def __del__(self) -> None:
        # Left by a `break`: nobody has its name to close it by.
        self._hang_up()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _attempt(self, step: Callable[[], tuple[Event, bytes] | None]) -> tuple[Event, bytes] | None:
        """Do something with the connection; when it is lost, pause for as long as that deserves."""
        reason: ScrivenError | None = None
        try:
            return step()
        except ScrivenError as error:
            reason = error
        except (OSError, EOFError, Ended):
            pass
        except BaseException:
            # Part of a message may be lost: begin again after the last whole one.
            self._hang_up()
            raise
        self._hang_up()
        if not self._closed:
            try:
                pause = self._course.failed(reason)
            except ScrivenError:
                self._closed = True
                raise
            self._rest(None, pause)
        return None

    def _next(self) -> tuple[Event, bytes] | None:
        if self._socket is None:
            self._begin()
        message, frame = self._early.pop(0) if self._early else self._message(None)
        event = self._course.told(message) if "method" in message else messages.outcome(message)
        return None if event is None else (event, frame)

    def _begin(self) -> None:
        self._received.clear()
        self._early.clear()
        self._socket = dial(self._path, 0)
        until = time.monotonic() + self._timeout
        greeting = self._asked(self._course.hello(), until)
        self._course.begun(self._asked(self._course.subscribe(greeting), until))

    def _asked(self, frame: bytes, until: float) -> dict[str, Any]:
        """The reply to a call."""
        socket = self._connected()
        socket.settimeout(self._timeout)
        socket.sendall(frame)
        while True:
            message, received = self._message(until)
            if "method" not in message:
                return message
            self._early.append((message, received))

    def _message(self, until: float | None) -> Message:
        searched = 0
        while (end := self._received.find(b"\n", searched)) < 0:
            searched = len(self._received)
            self._receive(until)
        frame = bytes(self._received[:end])
        del self._received[: end + 1]
        return messages.message(frame), frame

    def _receive(self, until: float | None) -> None:
        socket = self._connected()
        if until is None:
            self._rest(socket.fileno(), 0)
            socket.settimeout(None)
        else:
            left = until - time.monotonic()
            if left <= 0:
                raise not_answering(self._path, self._timeout, None)
            socket.settimeout(left)
        try:
            part = socket.recv(READ_BYTES)
        except TimeoutError:
            raise not_answering(self._path, self._timeout, None) from None
        if not part:
            raise EOFError
        self._received += part

    def _connected(self) -> _socket.socket:
        if self._socket is None:
            raise EOFError
        return self._socket

    def _hang_up(self) -> None:
        socket, self._socket = self._socket, None
        if socket is not None:
            socket.close()
