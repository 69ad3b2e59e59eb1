"""Changes as they come, for asyncio: a connection of their own, made again whenever it is lost."""

from __future__ import annotations

import asyncio
from collections import deque
from contextlib import suppress
from typing import TYPE_CHECKING, Any, cast

from scriven.client import messages
from scriven.client.connection import READ_BYTES, attempt, new_socket
from scriven.client.course import Course, Ended
from scriven.client.errors import ScrivenError, not_answering

if TYPE_CHECKING:
    from collections.abc import Generator
    from socket import socket as Socket  # noqa: N812 - a class
    from typing import Self

    from scriven.client.course import Event


class Subscription:
    """An iterator over events, each once and in order, through losses of the connection and restarts of the daemon.

    It begins when it is entered, awaited or first iterated; it ends with `close`, at the end of an `async with`, or
    with what is raised. A cancelled wait loses nothing.
    """

    def __init__(self, path: str, course: Course, *, timeout: float) -> None:
        self._path = path
        self._course = course
        self._timeout = timeout
        self._source: _Source | None = None
        self._early: deque[dict[str, Any]] = deque()
        self._closed = False

    @property
    def cursor(self) -> str | None:
        """The place up to which everything was told: pass it as `since` to go on from here another time."""
        return self._course.cursor

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Event:
        """The next event. Raises CursorExpired, Unreachable when `wait` is over or waiting is no use, RemoteError."""
        while not self._closed:
            if self._source is None:
                await self._attempt(self._begin())
            else:
                event = await self._attempt(self._next(self._source))
                if event is not None:
                    return event
        raise StopAsyncIteration

    async def close(self) -> None:
        """End it, and whoever waits for its next event."""
        self._closed = True
        source = self._source
        self._hang_up()
        if source is not None:
            await source.closed()

    def __del__(self) -> None:
        # Left by a `break`: nobody has its name to close it by.
        with suppress(RuntimeError):
            self._hang_up()

    async def __aenter__(self) -> Self:
        while self._source is None and not self._closed:
            await self._attempt(self._begin())
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    def __await__(self) -> Generator[Any, None, Self]:
        return self.__aenter__().__await__()

    async def _attempt(self, step: Any) -> Event | None:
        """Do something with the connection; when it is lost, pause for as long as that deserves."""
        reason: ScrivenError | None = None
        try:
            return cast("Event | None", await step)
        except ScrivenError as error:
            reason = error
        except (OSError, EOFError, Ended):
            pass
        self._hang_up()
        if not self._closed:
            try:
                pause = self._course.failed(reason)
            except ScrivenError:
                self._closed = True
                raise
            await asyncio.sleep(pause)
        return None

    async def _begin(self) -> None:
        self._early.clear()
        refused = attempt(connected := new_socket(), self._path)
        if refused is not None:
            connected.close()
            raise refused
        _, source = await asyncio.get_running_loop().create_unix_connection(_Source, sock=_as_socket(connected))
        try:
            async with asyncio.timeout(self._timeout):
                greeting = await self._asked(source, self._course.hello())
                self._course.begun(await self._asked(source, self._course.subscribe(greeting)))
        except TimeoutError:
            source.close()
            raise not_answering(self._path, self._timeout, None) from None
        except BaseException:
            source.close()
            raise
        if self._closed:
            source.close()
        else:
            self._source = source

    async def _asked(self, source: _Source, frame: bytes) -> dict[str, Any]:
        """The reply to a call."""
        source.send(frame)
        while True:
            message = messages.message(await source.frame())
            if "method" not in message:
                return message
            self._early.append(message)

    async def _next(self, source: _Source) -> Event | None:
        message = self._early.popleft() if self._early else messages.message(await source.frame())
        event: Event | None = self._course.told(message) if "method" in message else messages.outcome(message)
        return event

    def _hang_up(self) -> None:
        source, self._source = self._source, None
        if source is not None:
            source.close()


class _Source(asyncio.Protocol):
    """One connection. It reads no further while much of what came is not taken: the daemon then waits as well."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._received = bytearray()
        self._searched = 0
        self._paused = False
        self._ended = False
        self._news = asyncio.Event()
        self._gone = asyncio.Event()

    def send(self, frame: bytes) -> None:
        """Send it. Raises EOFError."""
        if self._transport is None or self._ended:
            raise EOFError
        self._transport.write(frame)

    async def frame(self) -> bytes:
        """The next message as it came. Raises EOFError."""
        while (end := self._received.find(b"\n", self._searched)) < 0:
            self._searched = len(self._received)
            if self._ended:
                raise EOFError
            self._pause(paused=False)
            self._news.clear()
            await self._news.wait()
        frame = bytes(self._received[:end])
        del self._received[: end + 1]
        self._searched = 0
        return frame

    def close(self) -> None:
        """Hang up."""
        self._ended = True
        self._news.set()
        if self._transport is not None:
            self._transport.abort()

    async def closed(self) -> None:
        """Wait until it is."""
        await self._gone.wait()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports are Transports in all but ancestry.
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        self._received += data
        self._pause(paused=len(self._received) > READ_BYTES and self._received.find(b"\n", self._searched) >= 0)
        self._news.set()

    def connection_lost(self, error: Exception | None) -> None:  # noqa: ARG002 - asyncio's signature
        self._ended = True
        self._news.set()
        self._gone.set()

    def _pause(self, *, paused: bool) -> None:
        if self._transport is not None and paused != self._paused and not self._ended:
            self._paused = paused
            if paused:
                self._transport.pause_reading()
            else:
                self._transport.resume_reading()


def _as_socket(connected: Any) -> Socket:
    """The same socket as the class that asyncio takes."""
    from socket import socket

    return socket(fileno=connected.detach())
