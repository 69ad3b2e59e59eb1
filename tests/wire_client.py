"""A raw client of the socket: any bytes in either framing; what is sent and what comes back is held to the contract."""

from __future__ import annotations

import json
import re
import select
import socket
from collections import defaultdict, deque
from types import TracebackType
from typing import Any, Literal, NoReturn, Self

from contract import Contract

Framing = Literal["lines", "headers"]
FRAMINGS: tuple[Framing, ...] = ("lines", "headers")

# Nothing here is waited for by sleeping; a reply that has not come by then never will.
PATIENCE = 30.0


class Wire:
    """One connection. Requests are checked before they are sent unless they are raw; replies always are."""

    def __init__(self, path: str, contract: Contract, framing: Framing = "lines") -> None:
        self.framing: Framing = framing
        self.last: bytes = b""
        self._contract = contract
        self._asked: defaultdict[str, deque[str]] = defaultdict(deque)
        self._next_id = 0
        self._buffer = bytearray()
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(PATIENCE)
        try:
            self.sock.connect(path)
        except OSError:
            self.sock.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Hang up."""
        self.sock.close()

    # Sending

    def raw(self, data: bytes) -> None:
        """Send bytes as they are."""
        self.sock.sendall(data)

    def frame(self, text: bytes, framing: Framing | None = None) -> None:
        """Send bytes as one message, whatever they hold."""
        self.raw(framed(text, framing or self.framing))

    def encoded(self, message: Any, *, malformed: bool = False) -> bytes:
        """A message, a batch of them, checked and remembered for its reply, as bytes."""
        for request in message if isinstance(message, list) else [message]:
            if not malformed:
                self._contract.check_request(request)
            if isinstance(request, dict) and "id" in request and isinstance(request.get("method"), str):
                self._asked[json.dumps(request["id"])].append(request["method"])
        return json.dumps(message).encode()

    def expect(self, id_: str, method: str) -> None:
        """Say what the reply of that id, as JSON text, will answer: for calls that are sent as bytes."""
        self._asked[json.dumps(json.loads(id_))].append(method)

    def forget(self) -> None:
        """Say that nothing sent so far will be answered under its id."""
        self._asked.clear()

    def next_bytes(self) -> bytes:
        """The next message as it came, not judged: for replies that no parser keeps exactly."""
        self.last = self._read_line() if self.framing == "lines" else self._read_body()
        return self.last

    def send(self, message: Any, *, malformed: bool = False) -> None:
        """Send a message or a batch. `malformed` says that it breaks the contract on purpose."""
        self.frame(self.encoded(message, malformed=malformed))

    def request(self, method: str, params: Any = None, **options: Any) -> int:
        """Send a call; its id."""
        self._next_id += 1
        self.send(call(self._next_id, method, params), **options)
        return self._next_id

    def notify(self, method: str, params: Any = None, **options: Any) -> None:
        """Send a notification."""
        message = call(0, method, params)
        del message["id"]
        self.send(message, **options)

    def half_close(self) -> None:
        """Say that nothing more will be sent."""
        self.sock.shutdown(socket.SHUT_WR)

    # Receiving

    def message(self) -> Any:
        """The next message, checked; `last` has its bytes."""
        message = json.loads(self.next_bytes(), parse_constant=_refuse_constant)
        replies = message if isinstance(message, list) else [message]
        assert replies, "an empty array is no reply"
        for reply in replies:
            asked = self._asked.get(json.dumps(reply["id"]))
            self._contract.check_reply(asked.popleft() if asked else None, reply)
        return message

    def reply(self, id_: object) -> Any:
        """The next message, which has to be the reply of that id."""
        reply = self.message()
        assert reply["id"] == id_, reply
        return reply

    def ask(self, method: str, params: Any = None, **options: Any) -> Any:
        """A call and its reply, whole."""
        return self.reply(self.request(method, params, **options))

    def call(self, method: str, params: Any = None, **options: Any) -> Any:
        """A call and its result."""
        reply = self.ask(method, params, **options)
        assert "result" in reply, reply
        return reply["result"]

    def fail(self, method: str, params: Any = None, **options: Any) -> Any:
        """A call and its error."""
        reply = self.ask(method, params, **options)
        assert "error" in reply, reply
        return reply["error"]

    def has_come(self) -> bool:
        """Whether there is something to read now, be it that the daemon has hung up."""
        return bool(self._buffer) or bool(select.select([self.sock], [], [], 0)[0])

    def at_end(self) -> bool:
        """Whether the daemon has hung up, with nothing more to read. Waits for the one or the other."""
        if self._buffer:
            return False
        try:
            data = self.sock.recv(65536)
        except ConnectionResetError:
            return True
        self._buffer += data
        return not data

    def alive(self) -> None:
        """Prove that the connection is in step: the very next message answers this call."""
        assert self.call("daemon.health")["state"] == "ready"

    def _read_line(self) -> bytes:
        searched = 0
        while (end := self._buffer.find(b"\n", searched)) < 0:
            searched = len(self._buffer)
            self._fill()
        line = bytes(self._buffer[:end])
        del self._buffer[: end + 1]
        assert line, "an empty line is no message"
        return line

    def _read_body(self) -> bytes:
        while (end := self._buffer.find(b"\r\n\r\n")) < 0:
            self._fill()
        head = bytes(self._buffer[:end])
        found = re.fullmatch(rb"Content-Length: ([0-9]+)", head)
        assert found, f"not a header: {head[:80]!r}"
        wanted = end + 4 + int(found[1])
        while len(self._buffer) < wanted:
            self._fill()
        body = bytes(self._buffer[end + 4 : wanted])
        del self._buffer[:wanted]
        return body

    def _fill(self) -> None:
        data = self.sock.recv(262_144)
        if not data:
            raise EOFError(f"hung up after {bytes(self._buffer[:200])!r}")
        self._buffer += data


def call(id_: object, method: str, params: Any = None) -> dict[str, Any]:
    """A request."""
    message: dict[str, Any] = {"jsonrpc": "2.0", "id": id_, "method": method}
    if params is not None:
        message["params"] = params
    return message


def framed(text: bytes, framing: Framing) -> bytes:
    """A message's bytes as that framing sends them."""
    if framing == "lines":
        return text + b"\n"
    return b"Content-Length: %d\r\n\r\n%b" % (len(text), text)


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")
