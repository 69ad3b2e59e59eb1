"""Another program's SQLite database, read as it stands: no byte of it or of its log is changed."""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
import stat
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from typing import Any, Self
from urllib.parse import quote

from scriven.importers import moments
from scriven.importers.source import Gap, Unreadable

MAGIC = b"SQLite format 3\0"
# Where the header tells the format and the program.
WRITE_AHEAD = (18, b"\2")
APPLICATION = (68, b"SCRV")
# How many seconds to wait for another program's lock.
PATIENCE_S = 5.0
# What stands beside a database and belongs to it.
LOGS = ("", "-wal", "-journal")
# Tables by which SQLite, its kin and its tools keep their own house.
BOOKKEEPING = re.compile(r"(sqlite|__drizzle|libsql|_litestream)_.*|.*_shadow", re.DOTALL)
CHANGED = "it was written to while it was read: run the same command again"

# A virtual table needs its module, which is the other program's.
TABLES = "SELECT name FROM sqlite_schema WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%' ORDER BY name"

LOCKED = "another program holds it locked: try again when that has ended"
SENTENCES = {
    sqlite3.SQLITE_BUSY: LOCKED,
    sqlite3.SQLITE_LOCKED: LOCKED,
    sqlite3.SQLITE_NOTADB: "this is no SQLite database",
    sqlite3.SQLITE_CORRUPT: "the database is damaged",
}
# The log beside it cannot be put to use where it lies.
UNUSABLE = (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM)


class LostError(Exception):
    """A row that cannot be brought along; the text says why."""


class Row:
    """A row of a table. What it has to have and has not makes it lost; of anything else there is a gap."""

    def __init__(self, where: str, values: dict[str, Any]) -> None:
        self.where = where
        self.values = values
        self.gaps: list[Gap] = []

    def text(self, column: str) -> str:
        """Text that has to be there. Raises LostError."""
        value = self.values[column]
        if not isinstance(value, str):
            raise LostError(f"{column} is not text")
        return value

    def text_or_none(self, column: str) -> str | None:
        """Text that may be missing."""
        if self.values[column] is None:
            return None
        try:
            return self.text(column)
        except LostError as lost:
            self.gaps.append(Gap(self.where, f"{lost}; it comes without"))
            return None

    def moment(self, column: str) -> str:
        """ISO 8601 text or Unix seconds that have to be there, as a time. Raises LostError."""
        value = self.values[column]
        moment = moments.of_text(value) if isinstance(value, str) else moments.of_seconds(value)
        if moment is None:
            raise LostError(f"{column} is no time")
        return moment

    def moment_or_none(self, column: str) -> str | None:
        """The same, where it may be missing."""
        if self.values[column] is None:
            return None
        try:
            return self.moment(column)
        except LostError as lost:
            self.gaps.append(Gap(self.where, f"{lost}; it comes without"))
            return None


class Database:
    """An open file; a context manager. Everything read of it is of one moment."""

    def __init__(self, path: str) -> None:
        """Raises Unreadable, or OSError."""
        self._path = os.path.realpath(path)
        self._alone: tuple[int, int] | None = None
        with open(self._path, "rb") as file:
            head = file.read(100)
            found = os.fstat(file.fileno())
        if not stat.S_ISREG(found.st_mode) or not head.startswith(MAGIC):
            raise Unreadable("this is no SQLite database")
        if _says(head, APPLICATION):
            raise Unreadable("this is Scriven's own database: `scriven export` writes what `scriven import` reads")
        with _sentences(), ExitStack() as stack:
            if _says(head, WRITE_AHEAD) and not os.path.exists(f"{self._path}-wal"):
                # Nobody has it open. SQLite would put a log beside it merely to read it.
                self._alone = (found.st_size, found.st_mtime_ns)
                self._connection = stack.enter_context(_opened(self._path, "immutable=1"))
            else:
                self._connection = self._with_its_log(stack)
            tables = self._connection.execute(TABLES).fetchall()
            self.tables = {name: self._columns(name) for (name,) in tables if not BOOKKEEPING.fullmatch(name)}
            self._stack = stack.pop_all()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def count(self, table: str) -> int:
        """How many rows a table has: 0 when there is none."""
        if table not in self.tables:
            return 0
        with _sentences():
            # The index of libSQL's vectors is empty to SQLite, which would count it as the smallest.
            query = f"SELECT count(*) FROM {_name(table)} NOT INDEXED"
            return int(self._connection.execute(query).fetchone()[0])

    def rows(self, table: str, columns: tuple[str, ...]) -> Iterator[Row]:
        """The rows of a table in the order they were written, if there is one; a column it lacks is None. Has an id."""
        if table not in self.tables:
            return
        there = self.tables[table]
        wanted = ", ".join(_name(column) if column in there else "NULL" for column in columns)
        with _sentences():
            for number, *values in self._connection.execute(
                f"SELECT rowid, {wanted} FROM {_name(table)} ORDER BY rowid"
            ):
                yield Row(f"{table} {number}", dict(zip(columns, values, strict=True)))

    def ask(self, query: str, *values: str) -> Iterator[dict[str, Any]]:
        """The rows of a query, by the names of its columns."""
        with _sentences():
            cursor = self._connection.execute(query, values)
            names = [column[0] for column in cursor.description]
            for row in cursor:
                yield dict(zip(names, row, strict=True))

    def newest(self, table: str, of: str, column: str) -> dict[Any, Any]:
        """The greatest value of a column for each value of another."""
        if not {of, column} <= self.tables.get(table, set()):
            return {}
        with _sentences():
            query = f"SELECT {_name(of)}, max({_name(column)}) FROM {_name(table)} GROUP BY 1"
            return dict(self._connection.execute(query).fetchall())

    def left(self, reasons: dict[str, str], known: tuple[str, ...]) -> Iterator[Gap]:
        """Tables that nobody takes rows from, and whether the file stood still; to be asked at the end."""
        for table in self.tables:
            if table not in known and (count := self.count(table)):
                where = f"{table}, {count:,} row{'s' if count != 1 else ''}"
                yield Gap(where, reasons.get(table, "a table that this importer does not know"))
        yield from self.stirred()

    def stirred(self) -> Iterator[Gap]:
        """Whether the file stood still, where nothing but that tells that it is of one moment."""
        if self._alone is not None:
            now = os.stat(self._path)
            if self._alone != (now.st_size, now.st_mtime_ns) or os.path.exists(f"{self._path}-wal"):
                yield Gap(self._path, CHANGED)

    def _columns(self, table: str) -> set[str]:
        return {column for (column,) in self._connection.execute("SELECT name FROM pragma_table_xinfo(?)", (table,))}

    def _with_its_log(self, stack: ExitStack) -> sqlite3.Connection:
        """Together with what its log holds; in a copy where that cannot be read in place. Raises sqlite3.Error."""
        try:
            return stack.enter_context(_opened(self._path, "mode=ro"))
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF not in UNUSABLE:
                raise
        copy = os.path.join(stack.enter_context(tempfile.TemporaryDirectory(prefix="scriven-import-")), "copy")
        for log in LOGS:
            if os.path.exists(self._path + log):
                shutil.copyfile(self._path + log, copy + log)
        return stack.enter_context(_opened(copy, "mode=rw"))


@contextmanager
def _opened(path: str, how: str) -> Iterator[sqlite3.Connection]:
    """A connection that sees one moment of the database. Raises sqlite3.Error."""
    uri = f"file:{quote(os.fsencode(path))}?{how}"
    with closing(sqlite3.connect(uri, uri=True, timeout=PATIENCE_S, isolation_level=None)) as connection:
        connection.text_factory = _text
        connection.execute("BEGIN")
        connection.execute("SELECT 1 FROM sqlite_schema").fetchone()
        yield connection


@contextmanager
def _sentences() -> Iterator[None]:
    """What SQLite says, as a sentence for a person."""
    try:
        yield
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR)
        name = getattr(error, "sqlite_errorname", "error")
        raise Unreadable(SENTENCES.get(code & 0xFF, f"SQLite cannot read it: {name}")) from None


def _text(raw: bytes) -> str | bytes:
    """Text as it is; what is not UTF-8 stays bytes, which no column of ours takes."""
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw


def _says(head: bytes, mark: tuple[int, bytes]) -> bool:
    at, what = mark
    return head[at : at + len(what)] == what


def _name(identifier: str) -> str:
    return '"' + identifier.replace('"', '""') + '"'
