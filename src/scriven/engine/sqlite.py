"""Group commit on the one connection: calls that arrive while its thread is busy share the next transaction."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import time
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

import aiosqlite

from scriven.call import Call, Lane
from scriven.config import Config
from scriven.engine import file, upkeep
from scriven.engine.batch import Report, Runner
from scriven.engine.gather import Gathering
from scriven.engine.queue import Queue
from scriven.errors import NotReady, RequestCancelled, defect
from scriven.metrics import Histogram
from scriven.tx import Change, Tx

T = TypeVar("T")

BATCH_CALLS = 512

# How long nothing was written before the log is moved into the file and old rows go.
IDLE_SECONDS = 2.0


class Engine:
    """The one connection. `on_commit` is given the changes of every commit, after its calls have finished."""

    def __init__(self, config: Config, on_commit: Callable[[list[Change]], None]) -> None:
        self._config = config
        self._on_commit = on_commit
        self._queue = Queue()
        self._running: list[Call] = []
        self._gathering = Gathering()
        self._work = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()
        self._connection: aiosqlite.Connection | None = None
        self._runner: Runner | None = None
        self._pump: asyncio.Task[None] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._upkeep_due = False
        self.commits = 0
        self.batch_calls = Histogram()
        self.commit_microseconds = Histogram()

    async def open(self) -> tuple[str, int, int]:
        """Open and migrate the file; the database's id, its schema version and the newest place in its change log.

        Raises UnusableFile.
        """
        path = self._config.database
        self._connection = await aiosqlite.Connection(lambda: file.connect(path), 64)
        self._runner = await self._on_thread(lambda: Runner(self._raw))
        self._pump = asyncio.create_task(self._run(), name="engine")
        database_id, schema_version = await self._on_thread(lambda: _identity(self._raw))
        return database_id, schema_version, self._runner.head

    def submit(self, call: Call) -> None:
        """Queue a call; its `finish` is called on the loop once its batch is committed."""
        self._queue.put(call)
        self._idle.clear()
        self._work.set()

    def cancel(self, call: Call) -> None:
        """Cancel what has not been committed: a waiting call ends now, a running read soon, a running write not."""
        call.cancelled = True
        if self._queue.withdraw(call):
            call.error = RequestCancelled("the call was cancelled before it began")
            call.finish(call)

    def hold(self, lane: Lane) -> None:
        """Begin none of a lane's calls until `release`: nobody reads the replies to those before them."""
        self._queue.hold(lane)

    def release(self, lane: Lane) -> None:
        """Begin them again."""
        self._queue.release(lane)
        self._work.set()

    def under_way(self, lane: Lane) -> list[Call]:
        """The calls of a lane that wait or run."""
        return [*lane.calls, *(call for call in self._running if call.lane is lane)]

    @property
    def queued(self) -> int:
        """How many calls wait or run."""
        return len(self._queue) + len(self._running)

    async def ask(self, question: Callable[[Tx], T], lane: Lane, *, writes: bool = False) -> T:
        """Run a read or write of our own, in a lane like every other call."""
        if self._pump is None:
            raise NotReady("the database is not open")
        answer: asyncio.Future[T] = asyncio.get_running_loop().create_future()

        def finish(call: Call) -> None:
            if not answer.done():
                if call.error is not None:
                    answer.set_exception(call.error)
                else:
                    answer.set_result(call.result)

        deadline = time.monotonic_ns() + self._config.limits.deadline_ms * 1_000_000
        self.submit(
            Call(
                "ask",
                lambda tx, _: question(tx),
                None,
                writes=writes,
                deadline=deadline,
                lane=lane,
                finish=finish,
            )
        )
        return await answer

    async def idle(self) -> None:
        """Wait until nothing waits or runs."""
        await self._idle.wait()

    async def close(self) -> None:
        """Finish what is queued, move the log into the file, close. Further calls are not accepted."""
        if self._connection is None:
            return
        if self._pump is not None:
            await self.idle()
            self._pump.cancel()
            await asyncio.gather(self._pump, return_exceptions=True)
            self._pump = None
        if self._timer is not None:
            self._timer.cancel()
        if self._runner is not None:
            await self._on_thread(lambda: _checkpoint(self._raw))
        await self._connection.close()
        self._connection = None

    def wal_bytes(self) -> int:
        """The size of the write-ahead log."""
        try:
            return os.stat(f"{self._config.database}-wal").st_size
        except OSError:
            return 0

    async def _run(self) -> None:
        assert self._runner is not None
        run = self._runner.run
        while True:
            await self._work.wait()
            self._work.clear()
            while self._queue.ready:
                await self._gathering.wait(self._queue)
                await self._step(run)
            if self._upkeep_due:
                self._upkeep_due = await self._on_thread(self._upkeep)
                if self._upkeep_due:
                    self._work.set()
            if not len(self._queue):
                self._idle.set()

    async def _step(self, run: Callable[[list[Call]], Report]) -> None:
        batch = self._running = self._queue.take(BATCH_CALLS)
        try:
            report = await self._on_thread(lambda: run(batch))
        except Exception as error:  # noqa: BLE001 - a defect of the engine ends its batch, not the daemon
            for call in batch:
                call.error = defect(call.name, error)
            report = Report(len(batch), [], committed=False)
        self._running = []
        if report.ran < len(batch):
            self._queue.put_back(batch[report.ran :])
            del batch[report.ran :]
        for call in batch:
            _finish(call)
        self._gathering.answered(batch)
        self.batch_calls.add(report.ran)
        if report.committed:
            self.commits += 1
            self.commit_microseconds.add(report.commit_ns // 1000)
            self._plan_upkeep()
        if report.changes:
            self._on_commit(report.changes)

    def _plan_upkeep(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = asyncio.get_running_loop().call_later(IDLE_SECONDS, self._begin_upkeep)

    def _begin_upkeep(self) -> None:
        self._timer = None
        self._upkeep_due = True
        self._work.set()

    def _upkeep(self) -> bool:
        # Another program's lock is no reason to keep the calls that come waiting as well.
        self._raw.execute("PRAGMA busy_timeout = 0")
        try:
            return upkeep.step(self._raw, self._config.retention)
        except sqlite3.Error:
            return False
        finally:
            self._raw.execute(f"PRAGMA busy_timeout = {file.BUSY_MS}")

    @property
    def _raw(self) -> sqlite3.Connection:
        assert self._connection is not None
        return self._connection._conn  # noqa: SLF001 - aiosqlite has no public name for it

    def _on_thread(self, function: Callable[[], T]) -> Coroutine[Any, Any, T]:
        """Run a whole function on the connection's thread: one hop, and no await inside a transaction."""
        assert self._connection is not None
        return self._connection._execute(function)  # type: ignore[no-untyped-call] # noqa: SLF001 - pinned, see docs


def _finish(call: Call) -> None:
    try:
        call.finish(call)
    except Exception as error:  # noqa: BLE001 - a reply that cannot be made must not keep the others from theirs
        defect(call.name, error)


def _identity(connection: sqlite3.Connection) -> tuple[str, int]:
    return (
        connection.execute("SELECT database_id FROM identity").fetchone()[0],
        connection.execute("PRAGMA user_version").fetchone()[0],
    )


def _checkpoint(connection: sqlite3.Connection) -> None:
    try:
        connection.execute("PRAGMA optimize")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    except sqlite3.Error:
        # The log is complete without it; the next start reads it.
        return
