"""A batch of calls as one transaction, on the connection's own thread: one COMMIT, each call isolated."""

from __future__ import annotations

import hashlib
import logging
import sqlite3
import time
from datetime import UTC, datetime
from typing import Any

import msgspec
from msgspec import Raw, Struct

from scriven.call import Call
from scriven.errors import (
    Busy,
    CallError,
    Conflict,
    DeadlineExceeded,
    LimitExceeded,
    RequestCancelled,
    StorageError,
    defect,
)
from scriven.tx import Change, Tx

log = logging.getLogger("scriven.engine")

# A batch that has run this long is ended, so that nobody in it waits for all of it, nor do its results pile up.
BATCH_NS = 20_000_000

# SQLite asks whether to go on every so many of its virtual machine's steps, about every millisecond.
PROGRESS_STEPS = 100_000

ADD_CHANGE = "INSERT INTO changes (seq, at, topic, workspace_id, body) VALUES (?, ?, ?, ?, ?)"
FIND_REPLY = "SELECT method, digest, reply FROM idempotency WHERE key = ?"
KEEP_REPLY = "INSERT INTO idempotency (key, method, digest, reply, at) VALUES (?, ?, ?, ?, ?)"

_STORAGE = {
    sqlite3.SQLITE_FULL: "the disk is full",
    sqlite3.SQLITE_IOERR: "the disk failed to read or write",
    sqlite3.SQLITE_CORRUPT: "the database is damaged",
    sqlite3.SQLITE_NOTADB: "the file is not a database any more",
    sqlite3.SQLITE_READONLY: "the database cannot be written",
    sqlite3.SQLITE_CANTOPEN: "the database's files cannot be opened",
    sqlite3.SQLITE_NOMEM: "out of memory",
}


_HELD = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


class Undo(Exception):
    """A call failed after it had written, without a savepoint to go back to: the batch has to run again."""


class Report(Struct, frozen=True):
    """What became of a batch: how many of its calls ran, what they changed, and how long the last COMMIT took."""

    ran: int
    changes: list[Change]
    committed: bool
    commit_ns: int = 0


class Runner:
    """Runs batches on one connection. Every method is called on that connection's thread."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._execute = connection.execute
        self._running: Call | None = None
        # The newest place in the change log that is committed.
        self.head: int = self._execute("SELECT coalesce(max(seq), 0) FROM changes").fetchone()[0]
        connection.set_progress_handler(self._should_stop, PROGRESS_STEPS)

    def run(self, batch: list[Call]) -> Report:
        """Give every call its result or error. Calls beyond `ran` were not begun, for want of time."""
        if not any(call.writes for call in batch):
            return self._read(batch)
        try:
            return self._write(batch, isolated=False)
        except Undo:
            self._roll_back()
        except sqlite3.Error as error:
            return self._after(batch, error)
        try:
            return self._write(batch, isolated=True)
        except sqlite3.Error as error:
            return self._after(batch, error)

    def _read(self, batch: list[Call]) -> Report:
        """Reads take no lock that a writer would wait for; together they take the read lock once."""
        now = timestamp()
        together = len(batch) > 1
        clock = time.monotonic_ns()
        until = clock + BATCH_NS
        ran = 0
        try:
            if together:
                self._execute("BEGIN")
            for call in batch:
                call.started = clock
                self._attempt(call, now, [])
                ran += 1
                call.ended = clock = time.monotonic_ns()
                if clock > until:
                    break
        except sqlite3.Error as error:
            return self._after(batch, error)
        if together:
            self._execute("COMMIT")
        return Report(ran, [], committed=False)

    def _write(self, batch: list[Call], *, isolated: bool) -> Report:
        """Optimistic unless `isolated`: a savepoint is only needed when a call fails after it has written."""
        now = timestamp()
        changes: list[Change] = []
        logged = 0
        until = time.monotonic_ns() + BATCH_NS
        ran = 0
        self._execute("BEGIN IMMEDIATE")
        clock = time.monotonic_ns()
        for call in batch:
            call.started = clock
            if not call.writes:
                logged = self._log(changes, logged)
            if isolated:
                self._execute("SAVEPOINT call")
            before = self._connection.total_changes
            if not self._attempt(call, now, changes) and self._connection.total_changes != before:
                if not isolated:
                    raise Undo
                self._execute("ROLLBACK TO call")
            if isolated:
                self._execute("RELEASE call")
            ran += 1
            call.ended = clock = time.monotonic_ns()
            if clock > until:
                break
        self._log(changes, logged)
        self._execute("COMMIT")
        self.head = changes[-1].seq if changes else self.head
        return Report(ran, changes, committed=True, commit_ns=time.monotonic_ns() - clock)

    def _log(self, changes: list[Change], logged: int) -> int:
        """Append to the change log what is not in it yet: before a read, which has to see it, and before COMMIT."""
        if len(changes) > logged:
            rows = [(c.seq, c.at, c.topic, c.workspace_id, str(c.body, "utf-8")) for c in changes[logged:] if c.durable]
            self._connection.executemany(ADD_CHANGE, rows)
        return len(changes)

    def _after(self, batch: list[Call], error: sqlite3.Error) -> Report:
        """The storage failed under a batch. A lock that is held would be waited for anew by each of its calls."""
        self._roll_back()
        if len(batch) == 1 or primary(error) in _HELD:
            return self._fail(batch, error)
        return self._alone(batch)

    def _alone(self, batch: list[Call]) -> Report:
        """Each call in a transaction of its own, so that the one the storage fails for is the one that fails."""
        changes: list[Change] = []
        for call in batch:
            changes += self.run([call]).changes
        return Report(len(batch), changes, committed=True)

    def _attempt(self, call: Call, now: str, changes: list[Change]) -> bool:
        """Run one call. False when it failed; then nothing it emitted counts."""
        call.result = None
        call.error = None
        if call.cancelled or call.started > call.deadline:
            call.error = _too_late(call)
            return False
        try:
            head = changes[-1].seq if changes else self.head
            tx = Tx(self._execute, now, head + 1, call.lane.number, call.progress)
            self._running = call
            call.result = self._handle(tx, call)
        except CallError as error:
            call.error = error
        except sqlite3.Error as error:
            call.error = self._judge(call, error)
        except Exception as error:  # noqa: BLE001 - whatever a handler raises is its own defect
            call.error = defect(call.name, error)
        else:
            changes += tx.changes
            return True
        finally:
            self._running = None
        return False

    def _handle(self, tx: Tx, call: Call) -> Any:
        meta = call.params.meta if call.params is not None else None
        if meta is None or meta.idempotency_key is None or not call.writes:
            return call.handler(tx, call.params)
        digest = _digest(call)
        stored = self._execute(FIND_REPLY, (meta.idempotency_key,)).fetchone()
        if stored is not None:
            if stored[:2] != (call.name, digest):
                raise Conflict(
                    "that idempotency key was used for another call",
                    path="$._meta.idempotencyKey",
                    hint="a new call needs a new key",
                )
            return Raw(stored[2])
        reply = msgspec.json.encode(call.handler(tx, call.params))
        self._execute(KEEP_REPLY, (meta.idempotency_key, call.name, digest, reply.decode(), tx.now))
        return Raw(reply)

    def _judge(self, call: Call, error: sqlite3.Error) -> CallError:
        """A failed statement as the call's error; a failure of the storage itself is everybody's and goes on up."""
        code = primary(error)
        if code == sqlite3.SQLITE_INTERRUPT:
            if call.cancelled:
                return RequestCancelled("the call was cancelled while it ran")
            return DeadlineExceeded("the call's deadline passed while it ran")
        if code == sqlite3.SQLITE_TOOBIG:
            return LimitExceeded("a value is bigger than the database can hold")
        if code in _STORAGE or code in _HELD:
            raise error
        return defect(call.name, error)

    def _fail(self, batch: list[Call], error: sqlite3.Error) -> Report:
        code = primary(error)
        reason = _STORAGE.get(code)
        log.error("the batch was rolled back: %s (%s)", reason or "sqlite", error.sqlite_errorname)
        for call in batch:
            call.result = None
            if reason is None:
                call.error = Busy("another program holds the database's lock", hint="scriven status")
            else:
                # After a failed sync the log may or may not hold the commit; a full disk certainly does not.
                unsure = call.writes and code == sqlite3.SQLITE_IOERR
                call.error = StorageError(reason, outcome="unknown" if unsure else "none", hint="scriven status")
        return Report(len(batch), [], committed=False)

    def _roll_back(self) -> None:
        if self._connection.in_transaction:
            self._execute("ROLLBACK")

    def _should_stop(self) -> bool:
        """Ends a read at its deadline or cancellation. A write is never cut: it would take the batch with it."""
        call = self._running
        return call is not None and not call.writes and (call.cancelled or time.monotonic_ns() > call.deadline)


def timestamp() -> str:
    """Now, in the one form that compares as text: UTC with milliseconds."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def primary(error: sqlite3.Error) -> int:
    """SQLite's primary result code, which the low byte of the extended one is."""
    return getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF


def _too_late(call: Call) -> CallError:
    if call.cancelled:
        return RequestCancelled("the call was cancelled before it began")
    return DeadlineExceeded("the call's deadline passed while it waited")


def _digest(call: Call) -> str:
    assert call.params is not None
    asked = msgspec.structs.replace(call.params, meta=None)
    return hashlib.blake2b(msgspec.json.encode(asked), digest_size=16).hexdigest()
