"""The asyncio client: many calls in flight on one connection, each awaited by its own task."""

from __future__ import annotations

import asyncio
from socket import socket as Socket  # noqa: N812 - a class
from typing import TYPE_CHECKING, Any, Literal, cast

from scriven import __version__
from scriven.client import messages
from scriven.client.aio_subscription import Subscription
from scriven.client.connection import (
    ATTEMPTS,
    FIRST_PAUSE,
    LONGEST_PAUSE,
    TIMEOUT,
    Lost,
    attempt,
    new_socket,
    patience,
)
from scriven.client.course import Course, params_of
from scriven.client.errors import (
    NotRunning,
    ProtocolError,
    ScrivenError,
    not_answering,
    outcome_unknown,
)
from scriven.derived.access import READS
from scriven.derived.aio_nouns import Nouns
from scriven.paths import socket_path

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence
    from typing import Self

Reply = asyncio.Future[dict[str, Any]]

# Above this many unsent bytes a caller waits before it adds more.
UNSENT_BYTES = 1024 * 1024


def connect(
    socket: str | None = None,
    *,
    client: str | None = None,
    access: Literal["read", "write"] | None = None,
    timeout: float = TIMEOUT,
    wait: float = 0.0,
) -> Client:
    """A client to enter with `async with`, or to `await`; the arguments are those of `scriven.connect`."""
    return Client(socket, client=client, access=access, timeout=timeout, wait=wait)


class Client(Nouns):
    """A connection to the daemon, with a noun for each part of the interface: `await s.settings.get("theme")`.

    Calls take effect in the order they were made, and need not wait for each other: any number may be in flight.
    Cancelling a task cancels its call. After a restart of the daemon the next call connects again.
    """

    def __init__(
        self,
        socket: str | None = None,
        *,
        client: str | None = None,
        access: Literal["read", "write"] | None = None,
        timeout: float = TIMEOUT,
        wait: float = 0.0,
    ) -> None:
        """Prepare; it connects when entered, awaited or first called. See `connect`."""
        super().__init__(self._call)
        self.greeting: dict[str, Any] = {}
        self._path = socket_path(socket)
        self._hello = (client, access)
        self._timeout = timeout
        self._wait = wait
        self._line: _Line | None = None
        self._connecting = asyncio.Lock()

    async def call(
        self,
        method: str,
        params: dict[str, Any] | list[Any] | None = None,
        *,
        idempotency_key: str | None = None,
        deadline_ms: int | None = None,
    ) -> Any:
        """The result of a method by its name: what the nouns do, for names known only at run time.

        Raises what `scriven.client.blocking.Client.call` raises.
        """
        text = messages.params_of(params, idempotency_key, deadline_ms)
        timeout = self._timeout if deadline_ms is None else max(self._timeout, deadline_ms / 1000 + 5)
        reply = await self._repeat(method, text, timeout, keyed=idempotency_key is not None)
        return messages.outcome(reply)

    async def _repeat(self, method: str, text: str | None, seconds: float, *, keyed: bool) -> dict[str, Any]:
        """Send a call, again where that is safe; its reply."""
        read = method in READS
        perhaps_done = False
        for number in range(1, ATTEMPTS + 1):
            try:
                line = await self._connected()
            except ScrivenError as error:
                if perhaps_done:
                    raise outcome_unknown(method, self._path, keyed=keyed) from error
                raise
            messages.refuse_oversize(text, self.greeting)
            try:
                return await line.exchange(method, text, seconds)
            except TimeoutError:
                if read:
                    raise not_answering(self._path, seconds, None) from None
                raise outcome_unknown(method, self._path, keyed=keyed) from None
            except Lost as lost:
                if isinstance(line.said, ProtocolError):
                    raise line.said from None
                perhaps_done = perhaps_done or (lost.delivered and not read)
                if perhaps_done and (number == ATTEMPTS or not keyed):
                    raise outcome_unknown(method, self._path, keyed=keyed) from line.said
                if read and line.said is not None:
                    raise line.said from None
        raise ProtocolError(f"what listens on {self._path} hangs up on every call", "scriven status")

    def subscribe(
        self,
        topics: Sequence[str] = ("*",),
        *,
        workspace_id: str | None = None,
        since: str | None = None,
        wait: float | None = None,
    ) -> Subscription:
        """Changes as they come, on a connection of their own: `async for event in client.subscribe(["settings.*"])`.

        It begins when it is first iterated, entered with `async with`, or awaited. For the rest it is as
        `scriven.client.blocking.Client.subscribe`.
        """
        asked = params_of(topics, workspace_id, since)
        course = Course(self._path, asked, client=self._hello[0], wait=wait)
        return Subscription(self._path, course, timeout=self._timeout)

    async def close(self) -> None:
        """Hang up. Calls in flight end as lost ones do; subscriptions go on."""
        line, self._line = self._line, None
        if line is not None:
            await line.close()

    async def __aenter__(self) -> Self:
        await self._connected()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    def __await__(self) -> Generator[Any, None, Self]:
        return self.__aenter__().__await__()

    async def _call(
        self, method: str, params: dict[str, Any], idempotency_key: str | None, deadline_ms: int | None
    ) -> Any:
        return await self.call(method, params, idempotency_key=idempotency_key, deadline_ms=deadline_ms)

    async def _connected(self) -> _Line:
        """The line, made anew when the last one ended."""
        if self._line is not None and not self._line.ended:
            return self._line
        async with self._connecting:
            if self._line is None or self._line.ended:
                self._line = await self._connect()
            return self._line

    async def _connect(self) -> _Line:
        loop = asyncio.get_running_loop()
        until = loop.time() + self._wait
        while True:
            connected = await _dial(self._path, until - loop.time())
            _, line = await loop.create_unix_connection(_Line, sock=connected)
            try:
                self.greeting = await self._greet(line)
            except Lost:
                if loop.time() >= until:
                    raise NotRunning(f"the daemon on {self._path} hung up: it is ending", "scriven start") from None
            except BaseException:
                await line.close()
                raise
            else:
                # While it starts it answers, and serves nothing yet.
                if self.greeting.get("state") != "starting" or loop.time() >= until:
                    return line
            await line.close()
            await asyncio.sleep(FIRST_PAUSE)

    async def _greet(self, line: _Line) -> dict[str, Any]:
        name, access = self._hello
        try:
            reply = await line.send(0, messages.hello(0, name, __version__, access), self._timeout)
        except TimeoutError:
            raise not_answering(self._path, self._timeout, None) from None
        except Lost:
            if line.said is not None:
                raise line.said from None
            raise
        greeting: dict[str, Any] = messages.outcome(reply)
        return greeting


class _Line(asyncio.Protocol):
    """One connection from its first byte to its last."""

    def __init__(self) -> None:
        self.said: ScrivenError | None = None  # what the daemon said of the whole connection before it ended
        self._transport: asyncio.Transport | None = None
        self._received = bytearray()
        self._searched = 0
        self._waiting: dict[int, Reply] = {}
        self._last_id = 0
        self._writable = asyncio.Event()
        self._closed = asyncio.Event()
        self._writable.set()

    @property
    def ended(self) -> bool:
        """Whether it is closed, or about to be."""
        return self._transport is not None and self._transport.is_closing()

    async def exchange(self, method: str, params: str | None, seconds: float) -> dict[str, Any]:
        """Send a call; its reply. Raises Lost or TimeoutError."""
        self._last_id += 1
        return await self.send(self._last_id, messages.request(self._last_id, method, params), seconds)

    async def send(self, id_: int, frame: bytes, seconds: float) -> dict[str, Any]:
        """The same for a frame already made."""
        if self._transport is None or self.ended:
            raise Lost(delivered=False)
        reply: Reply = asyncio.get_running_loop().create_future()
        self._waiting[id_] = reply
        self._transport.write(frame)
        try:
            async with asyncio.timeout(seconds):
                await self._writable.wait()
                return await reply
        except (asyncio.CancelledError, TimeoutError):
            if not self.ended:
                self._transport.write(messages.cancel(id_))
            raise
        finally:
            self._waiting.pop(id_, None)
            if reply.done() and not reply.cancelled():
                reply.exception()  # looked at, or asyncio reports it as forgotten

    async def close(self) -> None:
        """Close, and wait until it is closed."""
        if self._transport is not None:
            self._transport.close()
            await self._closed.wait()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports are Transports in all but ancestry.
        self._transport = cast("asyncio.Transport", transport)
        self._transport.set_write_buffer_limits(high=UNSENT_BYTES)

    def data_received(self, data: bytes) -> None:
        self._received += data
        while (end := self._received.find(b"\n", self._searched)) >= 0:
            frame = bytes(self._received[:end])
            del self._received[: end + 1]
            self._searched = 0
            self._take(frame)
        self._searched = len(self._received)

    def connection_lost(self, error: Exception | None) -> None:  # noqa: ARG002 - asyncio's signature
        self._writable.set()
        self._closed.set()
        for reply in self._waiting.values():
            if not reply.done():
                # How far the loop had got with writing is not known: any call may have arrived.
                reply.set_exception(Lost(delivered=True))

    def pause_writing(self) -> None:
        self._writable.clear()

    def resume_writing(self) -> None:
        self._writable.set()

    def _take(self, frame: bytes) -> None:
        try:
            message = messages.message(frame)
        except ProtocolError as error:
            self._give_up(error)
            return
        if "method" in message:
            return  # a notification: nobody here has subscribed to anything
        id_ = message.get("id")
        if id_ is None:
            try:
                messages.outcome(message)
            except ScrivenError as error:
                self._give_up(error)
            return
        reply = self._waiting.get(id_) if type(id_) is int else None
        if reply is not None and not reply.done():
            reply.set_result(message)

    def _give_up(self, error: ScrivenError) -> None:
        """It is about the connection: end it, and every call on it."""
        self.said = error
        if self._transport is not None:
            self._transport.abort()


async def _dial(path: str, wait: float) -> Socket:
    """A connected socket, as `connection.dial` makes it, without holding up the loop."""
    loop = asyncio.get_running_loop()
    begun = loop.time()
    pause = FIRST_PAUSE
    while True:
        refused = attempt(connected := new_socket(), path)
        if refused is None:
            return Socket(fileno=connected.detach())
        connected.close()
        if loop.time() + pause - begun > patience(refused, wait):
            raise refused
        await asyncio.sleep(pause)
        pause = min(pause * 2, LONGEST_PAUSE)
