"""What the database does while nobody waits: forget what is old, give pages back, move the log into the file."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime, timedelta

from scriven.config import Retention

# One step deletes at most this many rows, so that a call that comes meanwhile waits for milliseconds.
STEP_ROWS = 2000
STEP_PAGES = 500

# The newest change always stays: the next one's place follows from it. Only the beginning of the log goes, up to the
# first change that is young enough: were the clock set back, a hole after it would be missed by who reads on there.
OLD_CHANGES = """
    WITH oldest AS MATERIALIZED (SELECT seq, at >= ? AS young FROM changes WHERE seq > 0 ORDER BY seq LIMIT ?)
    DELETE FROM changes
    WHERE seq < coalesce((SELECT min(seq) FROM oldest WHERE young), (SELECT max(seq) + 1 FROM oldest))
      AND seq < (SELECT max(seq) FROM changes)
"""
SURPLUS_CHANGES = """
    DELETE FROM changes
    WHERE seq <= (SELECT max(seq) FROM changes) - ?
      AND seq IN (SELECT seq FROM changes WHERE seq > 0 ORDER BY seq LIMIT ?)
"""
OLD_LOGS = """
    DELETE FROM daily_logs
    WHERE number IN (SELECT number FROM daily_logs WHERE timestamp < ? ORDER BY timestamp LIMIT ?)
"""
# By their numbers, which count what was stored: ages say nothing of how many there are, and counting them takes long.
SURPLUS_LOGS = """
    DELETE FROM daily_logs
    WHERE number <= (SELECT max(number) FROM daily_logs) - ?
      AND number IN (SELECT number FROM daily_logs WHERE number > 0 ORDER BY number LIMIT ?)
"""
OLD_KEYS = "DELETE FROM idempotency WHERE key IN (SELECT key FROM idempotency WHERE at < ? ORDER BY at LIMIT ?)"


def step(connection: sqlite3.Connection, retention: Retention) -> bool:
    """Do a little of it. True when there is more to do."""
    now = datetime.now(UTC)
    deleted = [
        connection.execute(sql, (bound, STEP_ROWS)).rowcount
        for sql, bound in (
            (OLD_CHANGES, _before(now, timedelta(days=retention.changes_days))),
            (SURPLUS_CHANGES, retention.changes_rows),
            (OLD_KEYS, _before(now, timedelta(hours=retention.idempotency_hours))),
            (OLD_LOGS, _before(now, timedelta(days=retention.logs_days))),
            (SURPLUS_LOGS, retention.logs_rows),
        )
    ]
    free = connection.execute("PRAGMA freelist_count").fetchone()[0]
    if free > STEP_PAGES:
        connection.execute(f"PRAGMA incremental_vacuum({STEP_PAGES})").fetchall()
    if max(deleted) == STEP_ROWS or free > 2 * STEP_PAGES:
        return True
    connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
    return False


def _before(now: datetime, age: timedelta) -> str:
    return (now - age).isoformat(timespec="milliseconds").replace("+00:00", "Z")
