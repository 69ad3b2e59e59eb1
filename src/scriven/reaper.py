"""Ends what nobody else will end: sessions that were left idle or busy, and inferred memory that has faded."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any, Protocol

from msgspec.structs import replace as changed

from scriven.call import Lane
from scriven.engine.batch import timestamp
from scriven.errors import CallError
from scriven.method import Record, Timestamp
from scriven.methods import logs, memory, sessions
from scriven.methods.sessions import COLUMNS, Session
from scriven.tx import Change, Tx

log = logging.getLogger("scriven.reaper")

# Sleep no longer than this before looking again: clocks are set, machines are suspended.
LONGEST_SLEEP = 3600.0
DAY = 86_400.0

# What failed, as when the disk is full, is tried again so much later.
AGAIN = 60.0

# One transaction ends at most so many sessions.
AT_ONCE = 100

# What may bring a session whose timeout runs out earlier than any other's.
BRINGS_A_TIMEOUT = frozenset(("sessions.start", "state.import"))

EXPIRED = f"SELECT {COLUMNS} FROM sessions WHERE expires_at <= :now ORDER BY expires_at LIMIT :at_once"
NEXT_EXPIRY = "SELECT min(expires_at) AS at FROM sessions WHERE expires_at IS NOT NULL"
BUSY = f"SELECT {COLUMNS} FROM sessions WHERE status <> 'idle' AND busy_for = :caller ORDER BY id"
BUSY_FOR_ANYBODY = f"SELECT {COLUMNS} FROM sessions WHERE status <> 'idle' AND busy_for >= 0 ORDER BY busy_for, id"


class Expiry(Record):
    """When the next idle session ends."""

    at: Timestamp | None


class Engine(Protocol):
    """What runs a write of our own."""

    def ask(self, question: Callable[[Tx], Any], lane: Lane, *, writes: bool = False) -> Awaitable[Any]: ...


class Reaper:
    """Its writes go through the engine like everybody's."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._lane = Lane(deque())
        self._stopped = False
        self._timers: dict[str, asyncio.TimerHandle] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def start(self) -> None:
        """The daemon is ready: no connection of an earlier run is left."""
        self._do(lambda tx: release(tx, None, "the daemon started anew"))
        self._expire()
        self._fade()

    def stop(self) -> None:
        """Plan nothing more."""
        self._stopped = True
        for timer in self._timers.values():
            timer.cancel()
        for task in self._tasks:
            task.cancel()

    def heard(self, changes: list[Change]) -> None:
        """Listens to the hub."""
        if any(change.topic in BRINGS_A_TIMEOUT for change in changes):
            self._expire()

    def gone(self, lane: Lane) -> None:
        """A connection has ended. One that made a single call is a program that ends by itself."""
        if lane.begun > 1:
            # In its own lane: after what the connection has sent.
            self._do(lambda tx: release(tx, lane.number, "its client has gone"), lane=lane)

    def _expire(self) -> None:
        def then(following: str | None) -> None:
            seconds = LONGEST_SLEEP if following is None else min(_seconds_until(following), LONGEST_SLEEP)
            self._plan("expire", seconds, self._expire)

        self._plan("expire", AGAIN, self._expire)
        self._do(end_expired, then)

    def _fade(self) -> None:
        self._plan("fade", AGAIN, self._fade)
        self._do(memory.fade, lambda faded: self._plan("fade", DAY if not faded else 0.0, self._fade))

    def _plan(self, name: str, seconds: float, what: Callable[[], None]) -> None:
        if self._stopped:
            return
        if name in self._timers:
            self._timers[name].cancel()
        self._timers[name] = asyncio.get_running_loop().call_later(seconds, what)

    def _do(
        self, what: Callable[[Tx], Any], then: Callable[[Any], None] | None = None, lane: Lane | None = None
    ) -> None:
        if self._stopped:
            return
        task = asyncio.get_running_loop().create_task(self._run(what, then, lane or self._lane))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _run(self, what: Callable[[Tx], Any], then: Callable[[Any], None] | None, lane: Lane) -> None:
        try:
            outcome = await self._engine.ask(what, lane, writes=True)
        except CallError as error:
            log.warning("could not tidy up: %s", error.message)
            return
        if then is not None:
            then(outcome)


def end_expired(tx: Tx) -> str | None:
    """End sessions whose idle timeout has run out; when the next one's does, or None."""
    for session in tx.all(EXPIRED, None, Session, now=tx.now, at_once=AT_ONCE):
        sessions.finish(tx, session, sessions.expiry(session) or tx.now, "timeout")
    following = tx.one(NEXT_EXPIRY, None, Expiry)
    return None if following is None else following.at


def release(tx: Tx, caller: int | None, reason: str) -> None:
    """Make idle what a connection left busy, or what any did, with the reason in a `session_idle` log."""
    for stored in tx.all(BUSY_FOR_ANYBODY if caller is None else BUSY, None, Session, caller=caller):
        session = changed(stored, status="idle", updated_at=tx.now, revision=stored.revision + 1)
        sessions.replace(tx, session)
        logs.write(tx, "session_idle", {"was": stored.status, "reason": reason}, session.id, session.workspace_id)
        tx.emit("sessions.update", session)


def _seconds_until(moment: str) -> float:
    return max(0.0, (datetime.fromisoformat(moment) - datetime.fromisoformat(timestamp())).total_seconds())
