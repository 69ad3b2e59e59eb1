"""Leases to whoever asked first: who waits for which, and what is freed when its time or its holder has gone."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import deque
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any, Protocol

import msgspec

from scriven.call import Lane, Peer
from scriven.errors import CallError, ShuttingDown
from scriven.methods import leases
from scriven.methods.leases import Attempt, Lease, Wanted
from scriven.process import program
from scriven.tx import Change, Tx

log = logging.getLogger("scriven.leases")

# Sleep no longer than this before looking again: clocks are set, machines are suspended.
LONGEST_SLEEP = 3600.0

# What could not be freed, because the storage failed, is tried again after so long.
RETRY_SECONDS = 1.0

# The daemon is ready after so long, whatever the storage does.
PATIENCE_SECONDS = 5.0

FREES = frozenset(("leases.release", "leases.expire"))
TIMES = frozenset(("leases.acquire", "leases.renew"))

Key = tuple[str, str]


class Engine(Protocol):
    """What runs a write of our own."""

    def ask(self, question: Callable[[Tx], Any], lane: Lane, *, writes: bool = False) -> Awaitable[Any]: ...


class Told(msgspec.Struct, rename="camel"):
    """What is read of an event's body."""

    name: str
    expires_at: str | None


class LeaseDesk:
    """The storage decides who holds a lease. The desk keeps the queue for each, and asks for its first."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._lane = Lane(deque())
        self._queues: dict[Key, deque[asyncio.Event]] = {}
        # Connections that may hold leases which end with them.
        self._asked: set[int] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._timer: asyncio.TimerHandle | None = None
        self._planned: str | None = None
        self._stopped = False

    async def start(self) -> None:
        """Free what ended with the connections of an earlier run, before any of this one has its number."""
        await asyncio.wait((self._do(leases.begin_anew, self._lane, self._plan),), timeout=PATIENCE_SECONDS)

    def stop(self) -> None:
        """Serve nobody any more: who waits is told, what is held is freed at the next start."""
        self._stopped = True
        if self._timer is not None:
            self._timer.cancel()
        for task in self._tasks:
            task.cancel()
        for queue in self._queues.values():
            for called in queue:
                called.set()

    async def acquire(self, peer: Peer, wanted: Wanted, wait_ms: int) -> Lease:
        """Take a lease, or wait for it behind those who wait already. Raises Conflict, NotFound, ShuttingDown."""
        until = asyncio.get_running_loop().time() + wait_ms / 1000
        key = (wanted.workspace_id, wanted.name)
        wanted = msgspec.structs.replace(wanted, holder=wanted.holder or _name(peer.pid), connection=peer.lane.number)
        self._asked.add(peer.lane.number)
        # In its own lane: after what the connection has sent, before what it sends next.
        made = await self._attempt(wanted, peer.lane, may_take=key not in self._queues)
        if made.lease is None and wait_ms:
            made = await self._in_turn(wanted, key, until)
        if made.lease is None:
            raise leases.taken(made.current)
        return made.lease

    def gone(self, lane: Lane) -> None:
        """A connection has ended: what it held without an end of its own is free."""
        if lane.number in self._asked and not self._stopped:
            self._asked.discard(lane.number)
            # In its own lane: after what the connection has sent.
            self._do(lambda tx: leases.release_all(tx, lane.number), lane)

    def heard(self, changes: list[Change]) -> None:
        """Listens to the hub."""
        for change in changes:
            if change.topic in FREES:
                self._call((change.workspace_id, _told(change.body).name))
            elif change.topic in TIMES:
                self._plan(_told(change.body).expires_at)
            elif change.topic == "workspaces.delete":
                for key in self._queues:
                    if key[0] == change.workspace_id:
                        self._call(key)

    async def _in_turn(self, wanted: Wanted, key: Key, until: float) -> Attempt:
        """Wait in the queue. Its first asks at once, and again whenever the lease may have become free."""
        called = asyncio.Event()
        queue = self._queues.setdefault(key, deque())
        queue.append(called)
        try:
            while True:
                if self._stopped:
                    raise ShuttingDown("the daemon is shutting down", hint="try again after its restart")
                if queue[0] is called:
                    called.clear()
                    made = await self._attempt(wanted, self._lane, may_take=True)
                    if made.lease is not None:
                        return made
                try:
                    async with asyncio.timeout_at(until):
                        await called.wait()
                except TimeoutError:
                    return await self._attempt(wanted, self._lane, may_take=False)
        finally:
            queue.remove(called)
            if queue:
                queue[0].set()
            else:
                del self._queues[key]

    def _call(self, key: Key) -> None:
        """Tell the first of a queue to ask."""
        if key in self._queues:
            self._queues[key][0].set()

    async def _attempt(self, wanted: Wanted, lane: Lane, *, may_take: bool) -> Attempt:
        """Ask the storage. What it gives when nobody waits for it any more is given back first of all."""
        made: list[Attempt] = []

        def ask(tx: Tx) -> Attempt:
            made[:] = [leases.attempt(tx, wanted, may_take=may_take)]
            return made[0]

        try:
            answer: Attempt = await self._engine.ask(ask, lane, writes=True)
        except asyncio.CancelledError:
            # It may be done by now, or will be: in the same lane, this comes after it.
            undoing = self._insist(lambda tx: leases.give_back(tx, wanted, made), lane)
            await _to_the_end(asyncio.get_running_loop().create_task(undoing))
            raise
        return answer

    # What nobody asks for

    def _plan(self, at: str | None) -> None:
        """See to it that what ends then is ended then."""
        if at is None or self._stopped or (self._planned is not None and self._planned <= at):
            return
        if self._timer is not None:
            self._timer.cancel()
        self._planned = at
        seconds = max(0.0, datetime.fromisoformat(at).timestamp() - time.time())
        self._timer = asyncio.get_running_loop().call_later(min(seconds, LONGEST_SLEEP), self._expire)

    def _expire(self) -> None:
        self._planned = self._timer = None
        self._do(leases.expire, self._lane, self._plan)

    def _do(
        self, what: Callable[[Tx], Any], lane: Lane, then: Callable[[Any], None] | None = None
    ) -> asyncio.Task[None]:
        async def run() -> None:
            outcome = await self._insist(what, lane)
            if then is not None:
                then(outcome)

        task = asyncio.get_running_loop().create_task(run())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _insist(self, what: Callable[[Tx], Any], lane: Lane) -> Any:
        """Run a write until it is done: a lease that nobody frees would be held for ever."""
        while True:
            try:
                return await self._engine.ask(what, lane, writes=True)
            except CallError as error:
                log.warning("could not free leases: %s", error.message)
            if self._stopped:
                return None
            await asyncio.sleep(RETRY_SECONDS)


async def _to_the_end(task: asyncio.Task[Any]) -> None:
    """Wait for it, whoever gives up on the waiting meanwhile."""
    while not task.done():
        try:
            await asyncio.shield(task)
        except asyncio.CancelledError:
            continue


def _name(pid: int | None) -> str:
    """Of a client that has not said who it is."""
    if pid is None:
        return "unknown"
    return f"{(program(pid) or 'process')[:100]} (pid {pid})"


_told = msgspec.json.Decoder(Told).decode
