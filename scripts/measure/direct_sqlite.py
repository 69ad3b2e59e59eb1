"""The peer without a daemon: processes that each write the same database file themselves, as carefully as they can."""

from __future__ import annotations

import importlib.resources
import multiprocessing
import sqlite3
import time
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Barrier
from typing import NamedTuple

from sample import Sample, sample

UPSERT = """
    INSERT INTO settings (workspace_id, key, value, created_at, written_at) VALUES ('global', :key, :value, :now, :now)
    ON CONFLICT (workspace_id, key) DO UPDATE
    SET value = excluded.value, revision = settings.revision + 1, written_at = excluded.written_at
    RETURNING revision
"""


def create(path: str) -> None:
    """The daemon's own tables, in a file of this peer's own."""
    connection = open_file(path)
    connection.execute("PRAGMA journal_mode = WAL")
    migrations = importlib.resources.files("scriven.migrations") / "sqlite"
    for file in sorted(migrations.iterdir(), key=lambda entry: entry.name):
        if file.name.endswith(".sql"):
            connection.executescript(file.read_text(encoding="utf-8"))
    connection.close()


def closed_loop(path: str, processes: int, value: str, seconds: float, *, warm_up: float = 0.3) -> Sample:
    """Each process writes a key of its own, again and again, one transaction a write."""
    context = multiprocessing.get_context("fork")
    barrier = context.Barrier(processes)
    pipes, workers = [], []
    for index in range(processes):
        ours, theirs = context.Pipe(duplex=False)
        task = _Task(path, f"bench.{index}", value, seconds, warm_up)
        worker = context.Process(target=_write, args=(task, barrier, theirs))
        worker.start()
        theirs.close()
        pipes.append(ours)
        workers.append(worker)
    latencies: list[int] = []
    calls = errors = 0
    for pipe in pipes:
        own, in_time, failed = pipe.recv()
        latencies += own
        calls += in_time
        errors += failed
    for worker in workers:
        worker.join()
    return sample(latencies, calls, seconds, errors=errors)


def open_file(path: str, *, timeout: float = 30.0) -> sqlite3.Connection:
    """busy_timeout first: it is what the change to WAL waits with."""
    connection = sqlite3.connect(path, timeout=timeout, isolation_level=None)
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")
    return connection


class _Task(NamedTuple):
    path: str
    key: str
    value: str
    seconds: float
    warm_up: float


def _write(task: _Task, barrier: Barrier, report: Connection) -> None:
    connection = open_file(task.path)
    execute, clock = connection.execute, time.perf_counter_ns
    row = {"key": task.key, "value": task.value, "now": "2026-01-31T09:30:00.000Z"}
    latencies: list[int] = []
    in_time = failed = 0
    barrier.wait()
    begin = clock() + int(task.warm_up * 1e9)
    end = begin + int(task.seconds * 1e9)
    while (started := clock()) < end:
        try:
            execute("BEGIN IMMEDIATE")
            execute(UPSERT, row).fetchall()
            execute("COMMIT")
        except sqlite3.OperationalError:
            failed += 1
            if connection.in_transaction:
                execute("ROLLBACK")
        now = clock()
        in_time += begin <= now < end
        if started >= begin:
            latencies.append(now - started)
    report.send((latencies, in_time, failed))
    connection.close()
