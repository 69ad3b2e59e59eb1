"""One socket to the daemon: a call out, its reply back; sent again only where that is safe."""

from __future__ import annotations

import _socket
import os
import sys
import time
from _thread import allocate_lock

from scriven.client import messages
from scriven.client.errors import (
    BacklogFull,
    NotRunning,
    ProtocolError,
    ScrivenError,
    Unreachable,
    not_answering,
    outcome_unknown,
    unreachable,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

# A reply is given up on after this many seconds; the daemon ends a call by itself after 30.
TIMEOUT = 60.0
# A full backlog is a matter of moments, and the daemon is there: that much patience needs no asking.
BACKLOG_PATIENCE = 1.0
FIRST_PAUSE, LONGEST_PAUSE = 0.01, 1.0
ATTEMPTS = 3
READ_BYTES = 256 * 1024


class Lost(Exception):
    """The connection ended before the reply. `delivered`: the daemon may have the whole call."""

    def __init__(self, *, delivered: bool) -> None:
        super().__init__("the connection ended before the reply")
        self.delivered = delivered


class Connection:
    """Calls one after another, from any thread. It connects when first needed, and again after a loss.

    `timeout` is how many seconds a reply may take, `wait` how many a daemon that is not there may take to appear.
    """

    def __init__(self, path: str, *, timeout: float = TIMEOUT, wait: float = 0.0, hello: bytes | None = None) -> None:
        self.path = path
        self.greeting: dict[str, Any] | None = None
        self._timeout = timeout
        self._wait = wait
        self._hello = hello
        self._socket: _socket.socket | None = None
        self._pid = 0
        self._silent: int | None = None  # the process that did not answer in time
        self._received = bytearray()
        self._last_id = 0
        self._lock = allocate_lock()

    def open(self) -> None:
        """Connect, unless connected. Raises Unreachable, NotAnswering, ProtocolError or RemoteError."""
        # A forked child must not read its parent's replies.
        if self._socket is not None and self._pid == os.getpid():
            return
        until = time.monotonic() + self._wait
        while True:
            self.close()
            self._socket = dial(self.path, until - time.monotonic())
            self._pid = os.getpid()
            if self._hello is None:
                return
            greeted = self._greet(self._hello)
            # While it starts it answers, and serves nothing yet.
            if greeted and (self.greeting or {}).get("state") != "starting":
                return
            if time.monotonic() >= until:
                if greeted:
                    return
                raise NotRunning(f"the daemon on {self.path} hung up: it is ending", "scriven start")
            time.sleep(FIRST_PAUSE)

    def call(
        self, method: str, params: str | None, *, read: bool, keyed: bool = False, deadline_ms: int | None = None
    ) -> tuple[dict[str, Any], bytes]:
        """Send a call; its reply, decoded and as it came.

        A lost call is sent again when it is a read or carries an idempotency key; else OutcomeUnknown is raised.
        """
        with self._lock:
            self._last_id += 1
            frame = messages.request(self._last_id, method, params)
            timeout = self._timeout if deadline_ms is None else max(self._timeout, deadline_ms / 1000 + 5)
            perhaps_done = False
            for attempt in range(1, ATTEMPTS + 1):
                try:
                    self.open()
                except ScrivenError as error:
                    if perhaps_done:
                        raise outcome_unknown(method, self.path, keyed=keyed) from error
                    raise
                try:
                    return self._exchange(frame, self._last_id, timeout)
                except TimeoutError:
                    if read:
                        raise not_answering(self.path, timeout, self._silent) from None
                    raise outcome_unknown(method, self.path, keyed=keyed) from None
                except Lost as lost:
                    perhaps_done = perhaps_done or (lost.delivered and not read)
                    if perhaps_done and (attempt == ATTEMPTS or not keyed):
                        raise outcome_unknown(method, self.path, keyed=keyed) from None
            raise ProtocolError(f"what listens on {self.path} hangs up on every call", "scriven status")

    def wait_for_end(self, seconds: float) -> bool:
        """Whether the daemon closes the connection within that time."""
        until = time.monotonic() + seconds
        try:
            while self._receive(until):
                self._received.clear()
        except TimeoutError:
            return False
        except OSError:
            pass
        return True

    def peer_pid(self) -> int | None:
        """The process that listens, where the system tells."""
        if self._socket is None or sys.platform != "linux":
            return None
        credentials = self._socket.getsockopt(_socket.SOL_SOCKET, _socket.SO_PEERCRED, 12)
        return int.from_bytes(credentials[:4], sys.byteorder) or None

    def close(self) -> None:
        """Hang up. A later call connects again."""
        self._received.clear()
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _greet(self, hello: bytes) -> bool:
        """Introduce this client; False when the daemon hung up instead of answering."""
        try:
            reply, _ = self._exchange(hello, 0, self._timeout)
        except Lost:
            return False
        except TimeoutError:
            raise not_answering(self.path, self._timeout, self._silent) from None
        try:
            self.greeting = messages.outcome(reply)
        except Exception:
            self.close()
            raise
        return True

    def _exchange(self, frame: bytes, id_: int, timeout: float) -> tuple[dict[str, Any], bytes]:
        """One frame out, its reply in. Whatever goes wrong, the connection is closed: its state is not known."""
        sent = 0
        until = time.monotonic() + timeout
        try:
            try:
                while sent < len(frame):
                    sent += self._ready(until).send(memoryview(frame)[sent:])
            except (BrokenPipeError, ConnectionResetError):
                # It may have said why before it hung up; that is still to be read.
                if sent == 0:
                    raise
            return self._reply(id_, until)
        except TimeoutError:
            self._silent = self.peer_pid()
            self.close()
            raise
        except (OSError, EOFError):
            self.close()
            # Without its newline a call is complete as well.
            raise Lost(delivered=sent >= len(frame) - 1) from None
        except BaseException:
            self.close()
            raise

    def _reply(self, id_: int, until: float) -> tuple[dict[str, Any], bytes]:
        while True:
            frame = self._frame(until)
            reply = messages.message(frame)
            if "method" in reply:
                continue  # a notification: nobody here has subscribed to anything
            found = reply.get("id")
            if found is None and "error" in reply:
                self.close()  # it is about the connection, which ends with it
            elif type(found) is not int or found != id_:
                raise ProtocolError("the reply is to another call than the one made")
            return reply, frame

    def _frame(self, until: float) -> bytes:
        searched = 0
        while (end := self._received.find(b"\n", searched)) < 0:
            searched = len(self._received)
            if not self._receive(until):
                raise EOFError
        frame = bytes(self._received[:end])
        del self._received[: end + 1]
        return frame

    def _receive(self, until: float) -> int:
        """Read what is there, waiting for it; 0 at the end."""
        part = self._ready(until).recv(READ_BYTES)
        self._received += part
        return len(part)

    def _ready(self, until: float) -> _socket.socket:
        """The socket, its timeout set to what is left. Raises TimeoutError."""
        left = until - time.monotonic()
        if left <= 0:
            raise TimeoutError
        if self._socket is None:
            raise EOFError
        self._socket.settimeout(left)
        return self._socket


def dial(path: str, wait: float) -> _socket.socket:
    """A connected socket. Raises Unreachable, after `wait` seconds when the daemon is not there."""
    begun = time.monotonic()
    pause = FIRST_PAUSE
    while True:
        refused = attempt(socket := new_socket(), path)
        if refused is None:
            return socket
        socket.close()
        if time.monotonic() + pause - begun > patience(refused, wait):
            raise refused
        time.sleep(pause)
        pause = min(pause * 2, LONGEST_PAUSE)


def new_socket() -> _socket.socket:
    """A socket that does not block: a full backlog is then an error to report, not a wait without end."""
    socket = _socket.socket(_socket.AF_UNIX, _socket.SOCK_STREAM)
    socket.settimeout(0)
    return socket


def attempt(socket: _socket.socket, path: str) -> Unreachable | None:
    """Connect once; what stood in the way."""
    try:
        socket.connect(path)
    except OSError as error:
        return unreachable(error, path)
    return None


def patience(refused: Unreachable, wait: float) -> float:
    """How many seconds an obstacle deserves. One that only a person can remove deserves none."""
    if isinstance(refused, BacklogFull):
        return max(wait, BACKLOG_PATIENCE)
    return wait if isinstance(refused, NotRunning) else 0.0
