"""Messages out of a stream of bytes: lines of JSON or Content-Length frames, told apart by the first bytes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Protocol

from scriven.errors import CallError, InvalidRequest, LimitExceeded, ParseError

# A message, or what is to be said about one that could not be taken.
Frame = bytes | CallError

HEADER_BYTES = 8192
SNIFF_BYTES = 8

_BLANK = b" \t\r\n"
_HTTP = (b"GET ", b"POST ", b"PUT ", b"HEAD ", b"DELETE ", b"OPTIONS ", b"PATCH ", b"CONNECT ", b"TRACE ", b"PRI ")
_LENGTH = re.compile(rb"[0-9]{1,15}")
_CHARSET = re.compile(rb"charset\s*=\s*\"?([^\s;\"]+)", re.IGNORECASE)


class FramingLost(Exception):
    """Where the next message begins cannot be known any more; `error` is the last thing to say.

    `frames` came whole before that, in the same bytes.
    """

    def __init__(self, error: CallError) -> None:
        super().__init__(error.message)
        self.error = error
        self.frames: list[Frame] = []


class Framing(Protocol):
    """How one connection's messages are cut and joined."""

    def feed(self, data: bytes) -> list[Frame]:
        """The messages that these bytes complete. Raises FramingLost."""
        ...

    def end(self) -> list[Frame]:
        """What the end of the stream completes."""
        ...

    def join(self, messages: Sequence[bytes]) -> bytes:
        """Messages as they are sent."""
        ...


class Sniffer:
    """Waits for the first bytes of a connection. `chosen` is its framing as soon as they tell."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._start = b""
        self.chosen: Framing | None = None

    def feed(self, data: bytes) -> list[Frame]:
        """Look at the first bytes, and pass them on once they tell."""
        self._start = (self._start + data).lstrip(_BLANK)
        first = self._start[:1]
        if first in (b"{", b"["):
            self.chosen = Lines(self._limit)
        elif not first or (len(self._start) < SNIFF_BYTES and b"\n" not in self._start):
            return []
        elif self._start.startswith(_HTTP):
            raise FramingLost(
                ParseError(
                    "this is not an HTTP server: it speaks JSON-RPC 2.0, one JSON object on a line",
                    hint="scriven call daemon.hello",
                )
            )
        elif first in (b"C", b"c"):
            self.chosen = Headers(self._limit)
        else:
            raise FramingLost(
                ParseError(
                    "the first byte has to be `{` or `[`, or begin a Content-Length header",
                    hint="scriven call daemon.hello",
                )
            )
        start, self._start = self._start, b""
        return self.chosen.feed(start)

    def end(self) -> list[Frame]:
        """A connection that ended before it could be told."""
        return [ParseError("the connection ended before a whole message")] if self._start else []


_BREAKS = bytes.maketrans(b"\r\n", b"  ")
# A number is looked for in bytes at a tenth of what a text costs, and this is done for every reply.
_LF, _CR = b"\n\r"


def _on_one_line(message: bytes) -> bytes:
    return message.translate(_BREAKS) if _LF in message or _CR in message else message


class Lines:
    """One JSON value on each line."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._pieces: list[bytes] = []
        self._size = 0
        self._skipping = False

    def feed(self, data: bytes) -> list[Frame]:
        """The lines that these bytes complete. Of one that is too long, the rest is skipped."""
        if not self._pieces and not self._skipping and data.find(b"\n") == len(data) - 1 <= self._limit:
            line = data.strip(_BLANK)
            return [line] if line else []
        frames: list[Frame] = []
        *lines, rest = data.split(b"\n")
        for line in lines:
            if self._skipping:
                self._skipping = False
                continue
            if self._pieces:
                line = b"".join([*self._pieces, line])  # noqa: PLW2901 - the whole of the same line
                self._pieces.clear()
                self._size = 0
            self._add(frames, line)
        if not self._skipping and rest:
            self._pieces.append(rest)
            self._size += len(rest)
            if self._size > self._limit + 1:  # one more may be the carriage return of the line's end
                frames.append(too_large(self._limit))
                self._skipping = True
                self._pieces.clear()
                self._size = 0
        return frames

    def end(self) -> list[Frame]:
        """The last line needs no newline."""
        frames: list[Frame] = []
        self._add(frames, b"".join(self._pieces))
        self._pieces.clear()
        return frames

    def join(self, messages: Sequence[bytes]) -> bytes:
        """One message on each line.

        A value that came by the other framing may hold newlines. They can only stand between its tokens.
        """
        joined = b"\n".join((*messages, b""))
        if _CR not in joined and joined.count(b"\n") == len(messages):
            return joined
        return b"\n".join([*map(_on_one_line, messages), b""])

    def _add(self, frames: list[Frame], line: bytes) -> None:
        line = line.removesuffix(b"\r")
        if len(line) > self._limit:
            frames.append(too_large(self._limit))
        elif line := line.strip(_BLANK):
            frames.append(line)


class Headers:
    """The base protocol of LSP: a Content-Length header, an empty line, that many bytes."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._buffer = bytearray()
        self._wanted: int | None = None
        self._skip = 0
        self._refused: CallError | None = None

    def feed(self, data: bytes) -> list[Frame]:
        """The messages that these bytes complete. Of one that is too long, the body is skipped."""
        self._buffer += data
        frames: list[Frame] = []
        try:
            while self._cut(frames):
                pass
        except FramingLost as lost:
            lost.frames = frames
            raise
        return frames

    def end(self) -> list[Frame]:
        """A message that was announced and did not come."""
        if self._wanted is None and not self._buffer.strip(_BLANK):
            return []
        self._buffer.clear()
        return [ParseError("the connection ended before a whole message")]

    def join(self, messages: Sequence[bytes]) -> bytes:
        """Each message after its header."""
        return b"".join(b"Content-Length: %d\r\n\r\n%b" % (len(message), message) for message in messages)

    def _cut(self, frames: list[Frame]) -> bool:
        """Cut off the next message, or what comes before its body; False when more bytes are needed for it."""
        if self._skip:
            skipped = min(self._skip, len(self._buffer))
            del self._buffer[:skipped]
            self._skip -= skipped
            return not self._skip
        if self._wanted is None:
            return self._read_headers(frames)
        if len(self._buffer) < self._wanted:
            return False
        frames.append(self._refused or bytes(self._buffer[: self._wanted]).strip(_BLANK))
        del self._buffer[: self._wanted]
        self._wanted = self._refused = None
        return True

    def _read_headers(self, frames: list[Frame]) -> bool:
        """Read one block of headers, if all of it is there."""
        end = self._buffer.find(b"\r\n\r\n")
        here = self._buffer if end < 0 else self._buffer[:end]
        if len(here) > HEADER_BYTES + (3 if end < 0 else 0) or b"\n\n" in here:
            raise FramingLost(InvalidRequest("headers end with an empty line: CR LF CR LF"))
        if end < 0:
            return False
        length, self._refused = _parsed(bytes(self._buffer[:end]))
        del self._buffer[: end + 4]
        if length > self._limit:
            frames.append(too_large(self._limit))
            self._skip = length
        else:
            self._wanted = length
        return True


def _parsed(block: bytes) -> tuple[int, CallError | None]:
    """The length of a body, and why it cannot be read if it cannot."""
    length: int | None = None
    refused: CallError | None = None
    for line in block.split(b"\r\n"):
        name, colon, value = line.partition(b":")
        name, value = name.strip().lower(), value.strip()
        if not colon:
            raise FramingLost(InvalidRequest("a header is `Name: value`"))
        if name == b"content-length":
            if not _LENGTH.fullmatch(value):
                raise FramingLost(InvalidRequest("Content-Length has to be a number of bytes"))
            length = int(value)
        elif name == b"content-type":
            charset = _CHARSET.search(value)
            if charset and charset[1].lower() not in (b"utf-8", b"utf8"):
                refused = InvalidRequest("the charset has to be utf-8")
    if length is None:
        raise FramingLost(InvalidRequest("there is no Content-Length header"))
    return length, refused


def too_large(limit: int) -> LimitExceeded:
    """What is said about a message over the limit."""
    return LimitExceeded(f"a message has at most {limit} bytes", limit=limit, hint="split it, or page")
