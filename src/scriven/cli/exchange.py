"""`scriven export` writes the whole state as lines of JSON; `scriven import` becomes the program that reads others'."""

from __future__ import annotations

import json
import os
import stat
import sys
import time

from scriven.cli import failures
from scriven.cli.ask import connection_of
from scriven.cli.failures import Failure, UsageError
from scriven.cli.layout import visible
from scriven.cli.output import print_lines
from scriven.cli.words import SYSTEMS
from scriven.client import messages

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, BinaryIO

    from scriven.cli.arguments import Given
    from scriven.client.connection import Connection

VERSION = 1
PAGE = 500
# Nobody is told of an export that is done by then, and a terminal no oftener than so: seconds.
QUIET, EVERY = 1.0, 0.2
CLEAR = "\r\x1b[K"


def run(word: str, given: Given) -> int:
    """`import` or `export`."""
    if word == "import":
        _become_importer(given)
    if len(given.values) > 1:
        raise UsageError("export takes one file", "scriven export [FILE]")
    path = given.values[0] if given.values else "-"
    connection = connection_of(given)
    connection.open()
    if path == "-":
        if sys.stdout is None:
            raise Failure("standard output is closed")
        _Export(connection, given, sys.stdout.buffer).write()
        sys.stdout.flush()
    else:
        _to_file(connection, given, path)
    connection.close()
    return failures.OK


def _become_importer(given: Given) -> None:
    """Run the importing program in place of this process: it may read SQLite, which the command line does not."""
    if not given.values or given.values[0] not in SYSTEMS:
        raise UsageError(f"import takes {', '.join(SYSTEMS[:-1])} or {SYSTEMS[-1]}", "scriven import --help")
    line = [sys.executable, "-P", "-m", "scriven.importers"]
    for name, value in given.options.items():
        line += [f"--{name}"] if value is True else [f"--{name}", str(value)]
    sys.stdout.flush()
    os.execv(sys.executable, [*line, "--", *given.values])  # noqa: S606 - no shell is wanted


def _to_file(connection: Connection, given: Given, path: str) -> None:
    """Write beside the file and rename, so that no half of an export ever has its name."""
    if os.path.exists(path) and not stat.S_ISREG(os.stat(path).st_mode):
        with open(path, "wb") as special:  # a pipe or a device has no place beside it
            _Export(connection, given, special).write()
        return
    path = os.path.realpath(path)
    beside = f"{path}.{os.getpid()}.part"
    try:
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise Failure(f"{path}: {error.strerror}", "scriven export FILE, in a directory you may write to") from None
    try:
        with open(descriptor, "wb") as file:
            export = _Export(connection, given, file)
            export.write()
            file.flush()
            os.fsync(file.fileno())
            size = file.tell()
        os.replace(beside, path)
    except BaseException:
        if os.path.exists(beside):
            os.unlink(beside)
        raise
    print_lines([f"{export.records:,} records, {size:,} bytes: {visible(path)}"])


class _Export:
    """Page after page of records, written as the daemon wrote them."""

    def __init__(self, connection: Connection, given: Given, file: BinaryIO) -> None:
        self.records = 0
        self._connection = connection
        self._params: dict[str, Any] = {"limit": PAGE}
        if given.text("workspace") is not None:
            self._params["workspaceId"] = given.text("workspace")
        self._file = file
        terminal = sys.stderr is not None and sys.stderr.isatty() and os.environ.get("TERM") != "dumb"
        self._next = time.monotonic() + QUIET if terminal else None
        self._told = False

    def write(self) -> None:
        """Write everything. Raises ScrivenError."""
        page = self._page()  # before anything is written: what cannot be exported leaves no file
        self._file.write(f'{{"kind":"scriven","version":{VERSION},"exportedAt":"{_now()}"}}\n'.encode())
        while True:
            items, cursor = items_of(messages.result_text(page))
            self._file.write("".join(f"{item}\n" for item in items).encode())
            self.records += len(items)
            self._tell()
            if cursor is None:
                break
            self._params["cursor"] = cursor
            page = self._page()
        if self._told:
            sys.stderr.write(CLEAR)

    def _page(self) -> bytes:
        """The frame of the next page."""
        reply, frame = self._connection.call("state.export", messages.text_of(self._params), read=True)
        messages.outcome(reply)
        return frame

    def _tell(self) -> None:
        now = time.monotonic()
        if self._next is not None and now >= self._next:
            self._next = now + EVERY
            self._told = True
            sys.stderr.write(f"{CLEAR}{self.records:,} records")
            sys.stderr.flush()


def items_of(page: str) -> tuple[list[str], str | None]:
    """The items of a page as JSON, each as it is written there, and the cursor to the next page."""
    decoder = json.JSONDecoder(parse_int=len, parse_float=len)
    items: list[str] = []
    cursor = None
    at = page.index("{") + 1
    while True:
        name, at = decoder.raw_decode(page, at)
        at = page.index(":", at) + 1
        if name == "items":
            at = page.index("[", at) + 1
            while page[at] != "]":
                begin = at
                _, at = decoder.raw_decode(page, begin)
                items.append(page[begin:at])
                at += page[at] == ","
            at += 1
        else:
            value, at = decoder.raw_decode(page, at)
            cursor = value if name == "nextCursor" else cursor
        if page[at] == "}":
            return items, cursor
        at += 1


def _now() -> str:
    """This moment as `YYYY-MM-DDTHH:MM:SS.sssZ`."""
    now = time.time()
    return f"{time.strftime('%Y-%m-%dT%H:%M:%S', time.gmtime(now))}.{int(now * 1000) % 1000:03}Z"
