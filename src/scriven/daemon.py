"""The composition root: builds the parts, runs them on uvloop, takes them down in reverse."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import gc
import json
import logging
import os
import resource
import secrets
import signal
import sys
import time
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar, cast

import msgspec
import uvloop

from scriven import __version__, methods, paths
from scriven.call import Peer
from scriven.claim import AlreadyRunning, Lock, SocketFile, SocketTaken
from scriven.config import Config, ConfigError, load
from scriven.engine import file
from scriven.engine.batch import timestamp
from scriven.engine.file import UnusableFile
from scriven.engine.sqlite import Engine
from scriven.errors import NotReady, RequestCancelled, ShuttingDown
from scriven.hub import Hub
from scriven.lease_desk import LeaseDesk
from scriven.method import Connection, State
from scriven.methods.daemon import Client, Metrics
from scriven.methods.leases import Lease, Wanted
from scriven.overview import Overview
from scriven.reaper import Reaper
from scriven.rpc import Rpc
from scriven.server import Server
from scriven.subscriptions import Subscriptions
from scriven.tx import Tx

T = TypeVar("T")

log = logging.getLogger("scriven.daemon")

# How often the daemon makes sure that the lock, the socket and the database are still the ones it opened.
SELF_CHECK_SECONDS = 60.0

# What the daemon opens for itself: the database's files, the socket, the log, the loop's own.
OWN_DESCRIPTORS = 64

EXIT_ALREADY_RUNNING = 75
EXIT_CONFIG = 78
EXIT_FAILED = 70


class Daemon:
    """One run of the daemon, from the lock to the last reply. It is what live methods see as the app."""

    def __init__(self, config: Config) -> None:
        self.config = config
        self.instance = secrets.token_hex(8)
        self.started_at = timestamp()
        self.state: State = "starting"
        self.reason: str | None = "the database is being opened"
        self.database_id: str | None = None
        self.schema_version: int | None = None
        self._began = time.monotonic()
        self._stop = asyncio.Event()
        self._hurry = asyncio.Event()
        self._hub = Hub()
        self._engine = Engine(config, self._hub.publish)
        self._reaper = Reaper(self._engine)
        self._subscriptions = Subscriptions(self._engine, self._hub)
        self._leases = LeaseDesk(self._engine)
        self._rpc = Rpc(methods.load(), self._engine, self, self)
        self._rpc.refusal = NotReady("the daemon is starting", retryAfterMs=100)
        self._server = Server(self._rpc, config.limits)
        self._overview = Overview(self._rpc, self._engine, self._server, self._subscriptions, self._hub)

    def uptime(self) -> float:
        """Seconds since it started."""
        return time.monotonic() - self._began

    def traffic(self) -> dict[str, int]:
        """Counters of the running process."""
        return {
            "connections": len(self._server.peers),
            "calls": self._rpc.calls,
            "errors": self._rpc.errors,
            "commits": self._engine.commits,
            "queued": self._engine.queued,
            "wal_bytes": self._engine.wal_bytes(),
            "resident_bytes": _resident_bytes(),
        }

    def clients(self, leases: dict[int, int]) -> list[Client]:
        """Who is connected, with how many leases of its own."""
        return self._overview.clients(leases)

    def metrics(self) -> Metrics:
        """All that is counted."""
        return self._overview.metrics(self.instance, self.started_at)

    async def inspect(self, question: Callable[[Tx], T], connection: Connection) -> T:
        """Run a read on the database's thread, after what that connection asked before."""
        return await self._engine.ask(question, cast("Peer", connection).lane)

    def subscribe(
        self, connection: Connection, topics: tuple[str, ...], workspace_id: str | None, since: int | None
    ) -> tuple[str, int]:
        """Tell a connection of changes; the subscription's id, and the place in the log it begins after."""
        if connection not in self._server.peers:
            raise RequestCancelled("the connection has ended")
        made = self._subscriptions.open(connection, topics, workspace_id, since)
        return made.id, made.position

    def unsubscribe(self, connection: Connection, subscription_id: str) -> bool:
        """End one of its subscriptions."""
        return self._subscriptions.close(connection, subscription_id)

    async def next_commit(self, seen: int, seconds: float) -> None:
        """Wait until there are changes after that place in the log, the daemon ends, or the time is over."""
        waiting = [asyncio.ensure_future(self._hub.newer(seen)), asyncio.ensure_future(self._stop.wait())]
        try:
            await asyncio.wait(waiting, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in waiting:
                task.cancel()

    async def acquire(self, connection: Connection, wanted: Wanted, wait_ms: int) -> Lease:
        """Take a lease for that connection, or wait for it."""
        if self._rpc.refusal is not None:
            raise self._rpc.refusal.with_traceback(None)
        return await self._leases.acquire(cast("Peer", connection), wanted, wait_ms)

    def drained(self, peer: Peer) -> None:
        """A connection reads again."""
        self._subscriptions.drained(peer)

    def gone(self, peer: Peer) -> None:
        """A connection has ended."""
        self._subscriptions.forget(peer)
        self._leases.gone(peer.lane)
        self._reaper.gone(peer.lane)

    def stop(self) -> None:
        """Begin to drain: what is asked from now on is refused. Asked twice, do not wait."""
        if self._stop.is_set():
            self._hurry.set()
        self._stop.set()
        self._become("draining", "the daemon is shutting down")
        self._rpc.refusal = ShuttingDown("the daemon is shutting down", hint="try again after its restart")

    async def run(self, on_ready: Callable[[Daemon], None]) -> None:
        """Serve until `stop`. Raises what keeps it from starting."""
        async with contextlib.AsyncExitStack() as taken_down:
            lock = Lock(self.config.database)
            taken_down.callback(lock.release)
            lock.sign(pid=os.getpid(), instance=self.instance, socket=self.config.socket, version=__version__)
            file.prepare(self.config.database)
            socket_file = SocketFile(self.config.socket)
            taken_down.callback(socket_file.unlink)
            taken_down.push_async_callback(self._engine.close)
            await self._server.listen(socket_file.sock)
            taken_down.push_async_callback(self._drain)
            self.database_id, self.schema_version, self._hub.head = await self._engine.open()
            database = os.stat(self.config.database)
            self._hub.listen(self._subscriptions.heard)
            self._hub.listen(self._leases.heard)
            taken_down.callback(self._leases.stop)
            await self._leases.start()
            if not self._stop.is_set():
                self._become("ready", None)
                self._rpc.refusal = None
            self._hub.listen(self._reaper.heard)
            self._reaper.start()
            taken_down.callback(self._reaper.stop)
            on_ready(self)
            _settle_garbage_collector()
            log.info("ready: pid %d, instance %s, socket %s", os.getpid(), self.instance, self.config.socket)
            checking = asyncio.create_task(self._check_itself(lock, socket_file, database), name="self-check")
            taken_down.callback(checking.cancel)
            await self._stop.wait()

    async def _drain(self) -> None:
        """Finish what is under way, send what is owed."""
        self._server.stop_accepting()
        self._subscriptions.farewell()
        draining = asyncio.create_task(self._server.drain(self.config.drain_seconds))
        hurrying = asyncio.create_task(self._hurry.wait())
        await asyncio.wait((draining, hurrying), return_when=asyncio.FIRST_COMPLETED)
        for task in (draining, hurrying):
            task.cancel()
        await asyncio.gather(draining, hurrying, return_exceptions=True)
        if self._hurry.is_set():
            self._server.hurry()
        await asyncio.sleep(0)

    async def _check_itself(self, lock: Lock, socket_file: SocketFile, database: os.stat_result) -> None:
        """A daemon whose lock, socket or database was taken from under it must not go on beside its successor."""
        while True:
            await asyncio.sleep(SELF_CHECK_SECONDS)
            lost = [
                path
                for path, intact in (
                    (lock.path, lock.intact()),
                    (socket_file.path, socket_file.intact()),
                    (self.config.database, _same(self.config.database, database)),
                )
                if not intact
            ]
            if lost:
                log.error("no longer ours: %s; stopping", ", ".join(lost))
                self.stop()

    def _become(self, state: State, reason: str | None) -> None:
        self.state = state
        self.reason = reason


class Announcement:
    """The start-up pipe: one line of JSON to whoever started us, that we are ready or why not."""

    def __init__(self, fd: int | None) -> None:
        self._fd = fd

    def ready(self, daemon: Daemon) -> None:
        """Say that calls are served."""
        self._say(ready=True, pid=os.getpid(), instance=daemon.instance, socket=daemon.config.socket)

    def failed(self, kind: str, reason: str, **facts: object) -> None:
        """Say why there is no daemon."""
        log.error("%s", reason)
        self._say(ready=False, kind=kind, reason=reason, **facts)

    def _say(self, **facts: object) -> None:
        if self._fd is not None:
            with contextlib.suppress(OSError):
                os.write(self._fd, json.dumps(facts).encode() + b"\n")
            os.close(self._fd)
            self._fd = None


def main(arguments: list[str] | None = None) -> int:
    """Run the daemon in the foreground; its exit code."""
    given = _parser().parse_args(arguments)
    announcement = Announcement(given.ready_fd)
    os.umask(0o077)
    logging.basicConfig(format="%(levelname)s %(name)s: %(message)s", level=logging.INFO, stream=sys.stderr)
    try:
        flags = {"database": given.database, "socket": given.socket, "log_level": given.log_level}
        config = load(paths.config_path(given.config), flags=flags)
    except (ConfigError, paths.PathError) as error:
        announcement.failed("config", str(error))
        return EXIT_CONFIG
    logging.getLogger().setLevel(config.log_level.upper())
    logging.getLogger("aiosqlite").setLevel(logging.WARNING)
    config = _within_descriptors(config)
    try:
        _on_uvloop(_serve(config, announcement))
    except AlreadyRunning as error:
        announcement.failed("already_running", str(error), **error.holder)
        return EXIT_ALREADY_RUNNING
    except SocketTaken as error:
        announcement.failed("socket", str(error))
    except (UnusableFile, OSError) as error:
        announcement.failed("storage", str(error))
    except Exception as error:
        announcement.failed("internal", f"a defect kept the daemon from starting: {type(error).__name__}")
        log.debug("the defect", exc_info=True)
    else:
        return 0
    return EXIT_FAILED


async def _serve(config: Config, announcement: Announcement) -> None:
    daemon = Daemon(config)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, daemon.stop)
    await daemon.run(announcement.ready)
    log.info("stopped")


def _on_uvloop(main: Coroutine[Any, Any, None]) -> None:
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(main)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="scriven daemon", description="Serve the state of this user's agents until SIGTERM."
    )
    parser.add_argument("--database", metavar="PATH", help="the database file")
    parser.add_argument("--socket", metavar="PATH", help="the Unix socket")
    parser.add_argument("--config", metavar="PATH", help="the configuration file")
    parser.add_argument("--log-level", choices=("debug", "info", "warning", "error"), help="the least that is logged")
    parser.add_argument(
        "--ready-fd", type=int, metavar="FD", help="write one line of JSON here once it serves or fails"
    )
    return parser


def _within_descriptors(config: Config) -> Config:
    """Raise the limit of open files as far as the connections need; where it stays lower, take fewer of them.

    A connection beyond the files would be closed by the kernel without a word.
    """
    wanted = config.limits.connections + OWN_DESCRIPTORS
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY or soft >= wanted:
        return config
    soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    if soft == wanted:
        return config
    connections = max(1, soft - OWN_DESCRIPTORS)
    log.warning("the system allows %d open files, which is enough for %d connections", soft, connections)
    limits = msgspec.structs.replace(config.limits, connections=connections)
    return msgspec.structs.replace(config, limits=limits)


def _settle_garbage_collector() -> None:
    """What was built at the start lives as long as the process; what calls leave is freed by reference counts."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


def _resident_bytes() -> int:
    """Memory in use now, where the system tells cheaply; else the most there ever was."""
    try:
        with open("/proc/self/statm", encoding="ascii") as statm:
            return int(statm.read().split()[1]) * resource.getpagesize()
    except OSError:
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak if sys.platform == "darwin" else peak * 1024


def _same(path: str, known: os.stat_result) -> bool:
    try:
        return os.path.samestat(os.stat(path), known)
    except OSError:
        return False


if __name__ == "__main__":
    sys.exit(main())
