"""Scriven's own export, read back: newline JSON, each record passed on as it is written."""

from __future__ import annotations

import json
import os
import stat
import sys
from collections.abc import Iterator
from typing import IO, Any, NoReturn

from scriven.importers.source import Gap, Record, Unreadable, Written

VERSION = 1
# A record has to fit a call; what is longer is no line of an export.
LINE_BYTES = 64 * 1024 * 1024


def read(path: str) -> Export:
    """Open an export; `-` is standard input. Raises Unreadable, or OSError."""
    if path == "-":
        if sys.stdin is None:
            raise Unreadable("standard input is closed")
        return Export(sys.stdin.buffer, path, 0)
    file = open(path, "rb")  # noqa: SIM115 - the source closes it when it has been read
    found = os.fstat(file.fileno())
    try:
        return Export(file, path, found.st_size if stat.S_ISREG(found.st_mode) else 0)
    except Unreadable:
        file.close()
        raise


class Export:
    """The lines of an export as records. `total` and `done` count bytes; the total of a pipe is not known: 0."""

    def __init__(self, file: IO[bytes], path: str, size: int) -> None:
        self.total = size
        self.done = 0
        self._file = file
        self._path = path
        try:
            head = json.loads(self._line() or b"")
        except (ValueError, RecursionError):
            head = None
        if not isinstance(head, dict) or head.get("kind") != "scriven" or not isinstance(head.get("version"), int):
            raise Unreadable("this is no export of Scriven: its first line does not say so")
        if head["version"] != VERSION:
            raise Unreadable(f"this export has version {head['version']}, and this Scriven reads version {VERSION}")

    def __iter__(self) -> Iterator[Record | Gap]:
        """Every line as a record, or as a gap with the number of the line."""
        number = 1
        with self._file:
            while (line := self._line()) is not None:
                number += 1
                if line.strip():
                    yield self._record(line, f"{self._path}:{number}")

    def _record(self, line: bytes, where: str) -> Record | Gap:
        if len(line) >= LINE_BYTES:
            return Gap(where, f"a line longer than {LINE_BYTES:,} bytes")
        record = self._decoded(line)
        if not isinstance(record, dict) or not isinstance(record.get("kind"), str):
            torn = not line.endswith(b"\n")
            return Gap(where, "the file ends in the middle of this line" if torn else "this line is no record")
        return Written(record, line.decode().strip())

    def _line(self) -> bytes | None:
        """The next line, cut where it is longer than any can be; None at the end."""
        line = self._file.readline(LINE_BYTES)
        if not line:
            return None
        self.done += len(line)
        rest = line
        while len(rest) == LINE_BYTES and not rest.endswith(b"\n"):
            rest = self._file.readline(LINE_BYTES)
            self.done += len(rest)
        return line

    def _decoded(self, line: bytes) -> Any:
        """What a line holds, or None."""
        try:
            return _DECODER.decode(line.decode())
        except (ValueError, RecursionError):
            return None


def _no_constant(_: str) -> NoReturn:
    raise ValueError


# Numbers are judged and not made: the text is what is sent.
_DECODER = json.JSONDecoder(parse_int=len, parse_float=len, parse_constant=_no_constant)
