"""The Unix socket: who may connect, whose turn it is, and when a peer is not read from."""

from __future__ import annotations

import asyncio
import errno
import logging
import os
import select
import socket
import struct
import sys
import time
from collections import deque
from typing import Any, Literal, Protocol, cast

from scriven.call import Lane
from scriven.config import Limits
from scriven.envelope import NULL, failure
from scriven.errors import CallError, Forbidden, LimitExceeded
from scriven.framing import Frame, Framing, FramingLost, Lines, Sniffer

log = logging.getLogger("scriven.server")

# A connection gives way to the others after this many messages.
TURN = 64

# A peer that leaves this many bytes of replies unread is not read from.
UNREAD_BYTES = 1024 * 1024

# Notifications of one turn of the loop; with more than this to come, a peer is served from the change log.
TOLD_BYTES = 256 * 1024


class Receiver(Protocol):
    """What takes the messages of a connection."""

    def receive(self, peer: Connection, frame: bytes) -> None:
        """Take one message and answer it by `peer.reply`."""
        ...

    def pause(self, peer: Connection) -> None:
        """The connection does not read its replies."""
        ...

    def resume(self, peer: Connection) -> None:
        """The connection reads again."""
        ...

    def forget(self, peer: Connection) -> None:
        """Nobody reads the connection's replies any more."""
        ...


class Server:
    """All connections of the socket."""

    def __init__(self, receiver: Receiver, limits: Limits) -> None:
        self.receiver = receiver
        self.limits = limits
        self.peers: set[Connection] = set()
        self.bytes_in = 0
        self.bytes_out = 0
        self._listener: asyncio.Server | None = None
        self._quiet = asyncio.Event()
        self._unflushed: list[Connection] = []

    async def listen(self, sock: socket.socket) -> None:
        """Accept connections on a socket that is bound already."""
        loop = asyncio.get_running_loop()
        # cleanup_socket would unlink the path at the end, even one that is another's (cpython#133354).
        self._listener = await loop.create_unix_server(  # type: ignore[call-arg] # uvloop takes it on every Python
            lambda: Connection(self), sock=sock, backlog=512, cleanup_socket=False
        )

    def stop_accepting(self) -> None:
        """Close the listening socket. Never `wait_closed`: it waits for idle peers (cpython#104344)."""
        if self._listener is not None:
            self._listener.close()

    async def drain(self, seconds: float) -> None:
        """Wait until no peer has a call under way and all have read their replies; abort those that take longer."""
        try:
            async with asyncio.timeout(seconds):
                while any(peer.in_flight for peer in self.peers):
                    await self._change()
                for peer in list(self.peers):
                    peer.close()
                while self.peers:
                    await self._change()
        except TimeoutError:
            log.warning("calls were still under way, or replies unread, after %g s", seconds)
            self.hurry()

    async def _change(self) -> None:
        self._quiet.clear()
        await self._quiet.wait()

    def hurry(self) -> None:
        """Abort what is still open."""
        for peer in list(self.peers):
            peer.abort()

    def flush_soon(self, peer: Connection) -> None:
        """Send that peer's replies at the end of this turn of the loop, with all the others'."""
        if not self._unflushed:
            asyncio.get_running_loop().call_soon(self._flush)
        self._unflushed.append(peer)

    def _flush(self) -> None:
        peers, self._unflushed = self._unflushed, []
        for peer in peers:
            peer.flush()

    def changed(self) -> None:
        """A peer may have become quiet."""
        self._quiet.set()


class Connection(asyncio.Protocol):
    """One peer: its framing, its calls in flight, its unsent replies."""

    def __init__(self, server: Server) -> None:
        self.access: Literal["read", "write"] = "write"
        self.client: str | None = None
        self.version: str | None = None
        self.pid: int | None = None
        self.connected_at = time.time()
        self.lane = Lane(deque())
        self.in_flight = 0
        self.origin: Any = None
        self._server = server
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport | None = None
        self._sniffer = Sniffer(server.limits.frame_bytes)
        self._framing: Framing | None = None
        self._frames: deque[Frame] = deque()
        self._out: list[bytes] = []
        self._told = 0
        self._holds = 0
        self._turn_planned = False
        self._reading = True
        self._clogged = False
        self._ended = False
        self._last_word: CallError | None = None

    # The transport's side

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Look at who it is, and whether there is room."""
        transport = self._transport = cast("asyncio.Transport", transport)
        transport.set_write_buffer_limits(high=UNREAD_BYTES)
        server = self._server
        sock = transport.get_extra_info("socket")
        uid, self.pid = peer_process(sock)
        if uid not in (os.geteuid(), 0):
            log.warning("refused a connection of uid %s", uid)
            self._refuse(Forbidden("only the user who runs the daemon may connect"))
        elif len(server.peers) >= server.limits.connections:
            self._refuse(
                LimitExceeded(
                    f"there are {server.limits.connections} connections already",
                    limit=server.limits.connections,
                    hint="close one; the config's limits.connections sets how many there may be",
                )
            )
        else:
            server.peers.add(self)

    def data_received(self, data: bytes) -> None:
        """Cut messages out of what came and take as many as there is room for."""
        if self._last_word is not None or self._ended:
            return
        self._server.bytes_in += len(data)
        try:
            self._frames.extend((self._framing or self._sniffer).feed(data))
        except FramingLost as lost:
            self._frames.extend(lost.frames)
            self._last_word = lost.error
        if self._framing is None:
            self._framing = self._sniffer.chosen
        self._take()

    def eof_received(self) -> bool:
        """The peer has sent everything; it may still read. A last line without its newline is a message."""
        if self._last_word is None:
            self._frames.extend((self._framing or self._sniffer).end())
        self._ended = True
        if self._hung_up():
            self._server.receiver.forget(self)
        self._take()
        return True

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio's signature
        """The peer has gone."""
        if self in self._server.peers:
            self._server.peers.discard(self)
            self._frames.clear()
            self._server.receiver.forget(self)
        self._transport = None
        self._server.changed()

    def pause_writing(self) -> None:
        """The peer does not read its replies."""
        self._clogged = True
        self._server.receiver.pause(self)
        self._set_reading()

    def resume_writing(self) -> None:
        """The peer has read them."""
        self._clogged = False
        self._server.receiver.resume(self)
        self._take()

    def _hung_up(self) -> bool:
        """Whether the peer has closed its reading side as well; Linux tells, elsewhere only a failing write does."""
        if self._transport is None or sys.platform != "linux":
            return False
        asked = select.poll()
        asked.register(self._transport.get_extra_info("socket").fileno(), 0)
        return any(event & select.POLLHUP for _, event in asked.poll(0))

    # The protocol's side

    def reply(self, message: bytes) -> None:
        """Send a message; those of one turn of the loop go out together."""
        if not self._out:
            self._server.flush_soon(self)
        self._out.append(message)

    def finished(self) -> None:
        """A call has ended: there may be room for the next."""
        self.in_flight -= 1
        if self._frames or not self._reading or self._ended or self._last_word is not None:
            self._plan_turn()
        if not self.in_flight:
            self._server.changed()

    def hold(self) -> None:
        """Take no messages until `release`."""
        self._holds += 1

    def release(self) -> None:
        """Take messages again."""
        self._holds -= 1
        if not self._holds:
            self._take()

    def close(self) -> None:
        """Send what there is and close."""
        self.flush()
        if self._transport is not None:
            self._transport.close()

    def abort(self) -> None:
        """Close without sending."""
        self._server.receiver.forget(self)
        if self._transport is not None:
            self._transport.abort()

    def tell(self, *messages: bytes) -> None:
        """Send notifications, as far as `spare` allows."""
        if not self._out:
            self._server.flush_soon(self)
        self._out += messages
        self._told += len(messages[0]) if len(messages) == 1 else sum(map(len, messages))

    def spare(self, size: int = 0) -> bool:
        """Whether there is room for notifications of that many bytes: replies must not wait behind them."""
        return self._told + size < TOLD_BYTES and not self._clogged and self._transport is not None

    def stalled(self) -> bool:
        """Whether it does not read: there is room again once `drained` is called, if ever."""
        return self._clogged or self._transport is None

    # Turns

    def _take(self) -> None:
        """Take messages while there is room, a turn's worth at most."""
        receive = self._server.receiver.receive
        for _ in range(TURN):
            if not self._frames or not self._has_room():
                break
            frame = self._frames.popleft()
            if isinstance(frame, bytes):
                receive(self, frame)
            else:
                self.reply(failure(NULL, frame))
        else:
            self._plan_turn()
        if self._frames or self.in_flight >= self._server.limits.calls_in_flight or not self._reading:
            self._set_reading()
        if self._ended or self._last_word is not None:
            self._close_when_done()

    def _plan_turn(self) -> None:
        if not self._turn_planned:
            self._turn_planned = True
            self._loop.call_soon(self._planned_turn)

    def _planned_turn(self) -> None:
        self._turn_planned = False
        self._take()

    def _has_room(self) -> bool:
        return not self._holds and not self._clogged and self.in_flight < self._server.limits.calls_in_flight

    def _set_reading(self) -> None:
        wanted = not self._frames and self._has_room() and not self._ended
        if wanted != self._reading and self._transport is not None and not self._transport.is_closing():
            self._reading = wanted
            if wanted:
                self._transport.resume_reading()
            elif not self._ended:
                self._transport.pause_reading()

    def _close_when_done(self) -> None:
        if self._frames or self.in_flight or self._holds:
            return
        if self._last_word is not None:
            self.reply(failure(NULL, self._last_word))
            self._last_word = None
            self._ended = True
        if self._ended:
            self.close()

    def flush(self) -> None:
        """Write the replies that wait."""
        if self._out and self._transport is not None and not self._transport.is_closing():
            sent = (self._framing or _LINES).join(self._out)
            self._server.bytes_out += len(sent)
            self._transport.write(sent)
        self._out.clear()
        self._told = 0

    def _refuse(self, error: CallError) -> None:
        self._ended = True
        self.reply(failure(NULL, error))
        self.close()


_LINES = Lines(0)


def peer_process(sock: socket.socket) -> tuple[int | None, int | None]:
    """The user and the process at the other end of a Unix socket, as the kernel knew them when it connected."""
    try:
        if sys.platform == "darwin":
            # struct xucred: version, uid, then groups (sys/ucred.h); SOL_LOCAL is 0, LOCAL_PEERCRED 1, LOCAL_PEERPID 2.
            _, uid = struct.unpack_from("=II", sock.getsockopt(0, 1, 76))
            pid = sock.getsockopt(0, 2)
        else:
            pid, uid, _ = struct.unpack("=3i", sock.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))
    except OSError as error:
        if error.errno in (errno.ENOTCONN, errno.EINVAL):
            return None, None
        raise
    # A process of another namespace, such as a container's, has no number here.
    return int(uid), int(pid) or None
