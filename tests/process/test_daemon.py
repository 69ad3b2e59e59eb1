"""The daemon as a program: one of it, on files that are its own, started and crashed in every way."""

from __future__ import annotations

import json
import os
import socket
import sqlite3
import stat
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from functools import partial

import pytest

from running import Daemon, contents, one_line, until
from scriven import claim
from wire_client import Wire

EXIT_ALREADY_RUNNING = 75
EXIT_CONFIG = 78
EXIT_FAILED = 70


# One of it


def test_it_says_that_it_is_ready_with_what_a_client_needs(fresh: Daemon, connect: Callable[..., Wire]) -> None:
    said = fresh.announced
    assert said == {"ready": True, "pid": fresh.process.pid, "instance": said["instance"], "socket": fresh.socket}
    greeting = connect(fresh).call("daemon.hello")
    assert (greeting["pid"], greeting["instance"]) == (said["pid"], said["instance"])


def test_of_fifty_started_at_once_one_runs_and_the_others_name_it(
    start: Callable[..., Daemon], connect: Callable[..., Wire]
) -> None:
    daemons = [start() for _ in range(50)]
    said = [daemon.announcement() for daemon in daemons]
    running = [daemon for daemon, line in zip(daemons, said, strict=True) if line["ready"]]
    assert len(running) == 1
    [winner] = running
    for daemon, line in zip(daemons, said, strict=True):
        if daemon is not winner:
            daemon.errors_expected = True
            assert daemon.wait() == EXIT_ALREADY_RUNNING
            assert (line["kind"], line["pid"]) == ("already_running", winner.process.pid)
            assert str(winner.process.pid) in line["reason"]
            assert winner.socket in line["reason"]
    assert connect(winner).call("daemon.hello")["instance"] == winner.announced["instance"]


def test_a_second_one_leaves_the_first_its_socket_and_its_lock(
    fresh: Daemon, start: Callable[..., Daemon], connect: Callable[..., Wire]
) -> None:
    inode, lock = os.lstat(fresh.socket).st_ino, contents(os.path.dirname(fresh.database))[f"{fresh.database}.lock"]
    wire = connect(fresh)
    second = start()
    assert second.refused()["kind"] == "already_running"
    assert second.process.returncode == EXIT_ALREADY_RUNNING
    assert os.lstat(fresh.socket).st_ino == inode
    assert contents(os.path.dirname(fresh.database))[f"{fresh.database}.lock"] == lock
    wire.alive()
    connect(fresh).alive()


def test_a_daemon_of_another_database_does_not_take_a_live_socket(
    fresh: Daemon, start: Callable[..., Daemon], connect: Callable[..., Wire]
) -> None:
    inode = os.lstat(fresh.socket).st_ino
    other = start("--database", os.path.join(fresh.directory, "e", "b.db"))
    said = other.refused()
    assert said["kind"] == "socket"
    assert fresh.socket in one_line(said)
    assert "another" in said["reason"]
    assert other.process.returncode == EXIT_FAILED
    assert os.lstat(fresh.socket).st_ino == inode
    connect(fresh).alive()


def test_a_socket_that_a_crash_left_is_replaced(start: Callable[..., Daemon], connect: Callable[..., Wire]) -> None:
    first = start().ready()
    first.kill()
    assert stat.S_ISSOCK(os.lstat(first.socket).st_mode)
    connect(start().ready()).alive()


def test_the_lock_of_a_dead_daemon_is_no_lock(start: Callable[..., Daemon], connect: Callable[..., Wire]) -> None:
    first = start().ready()
    first.kill()
    with open(f"{first.database}.lock") as lock:
        assert json.load(lock)["pid"] == first.process.pid
    second = start().ready()
    with open(f"{first.database}.lock") as lock:
        assert json.load(lock)["pid"] == second.process.pid
    connect(second).alive()


def test_whoever_comes_second_waits_for_the_first_to_write_its_name(directory: str) -> None:
    path = os.path.join(directory, "d", "a.db")
    stale = subprocess.Popen(["true"])
    stale.wait()
    first = claim.Lock(path)
    first.sign(pid=stale.pid, socket="/nowhere")
    signing = threading.Timer(0.1, lambda: first.sign(pid=os.getpid(), socket="/here"))
    signing.start()
    with pytest.raises(claim.AlreadyRunning, match=f"pid {os.getpid()}, socket /here"):
        claim.Lock(path)
    signing.join()
    first.release()


def test_what_is_no_socket_is_never_removed_from_the_sockets_path(directory: str, start: Callable[..., Daemon]) -> None:
    for make in (
        lambda path: open(path, "w").close(),
        os.mkdir,
        lambda path: os.symlink("/etc/passwd", path),
        os.mkfifo,
    ):
        path = os.path.join(directory, "s")
        make(path)
        before = os.lstat(path)
        daemon = start()
        said = daemon.refused()
        assert said["kind"] == "socket"
        assert path in one_line(said)
        assert os.path.samestat(os.lstat(path), before)
        os.rename(path, f"{path}{before.st_ino}")


def test_of_many_that_want_a_dead_socket_at_once_one_gets_it(directory: str) -> None:
    path = os.path.join(directory, "s")
    for _ in range(30):
        with socket.socket(socket.AF_UNIX) as dead:
            dead.bind(path)
        got: list[claim.SocketFile] = []
        together = threading.Barrier(8)

        def want(got: list[claim.SocketFile] = got, together: threading.Barrier = together) -> None:
            together.wait()
            with suppress(claim.SocketTaken):
                got.append(claim.SocketFile(path))

        threads = [threading.Thread(target=want) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for mine in got:
            assert mine.intact()
            mine.unlink()
            mine.sock.close()
        assert len(got) == 1


@contextmanager
def _opening(first: Daemon, start: Callable[..., Daemon]) -> Iterator[Daemon]:
    """The daemon after that one, listening, and waiting for its database until the block ends."""
    first.stop()
    with closing(sqlite3.connect(first.database, isolation_level=None)) as other:
        other.execute("PRAGMA journal_mode = DELETE")
        other.execute("BEGIN EXCLUSIVE")
        daemon = start()
        until(lambda: _listens(daemon.socket), "the socket")
        yield daemon
        other.execute("ROLLBACK")


def test_while_the_database_is_being_opened_health_is_answered_and_calls_are_told_to_wait(
    start: Callable[..., Daemon], connect: Callable[..., Wire]
) -> None:
    first = start().ready()
    connect(first).call("settings.set", {"key": "k", "value": 1})
    with _opening(first, start) as daemon:
        wire = connect(daemon)
        assert wire.call("daemon.health")["state"] == "starting"
        assert wire.call("daemon.hello")["database"]["id"] is None
        for method, params in (("settings.get", {"key": "k"}), ("settings.set", {"key": "k", "value": 2})):
            data = wire.fail(method, params)["data"]
            assert (data["kind"], data["retryable"], data["outcome"]) == ("not_ready", True, "none")
        assert wire.fail("daemon.status")["data"]["kind"] == "not_ready"
    daemon.ready()
    assert wire.call("daemon.health")["state"] == "ready"
    assert wire.call("settings.get", {"key": "k"})["value"] == 1


def test_a_signal_while_the_database_is_being_opened_ends_it(start: Callable[..., Daemon]) -> None:
    first = start().ready()
    with _opening(first, start) as daemon:
        daemon.terminate()
    assert daemon.wait() == 0


def test_a_lock_whose_file_was_taken_away_is_not_intact(directory: str) -> None:
    lock = claim.Lock(os.path.join(directory, "d", "a.db"))
    try:
        assert lock.intact()
        os.rename(lock.path, f"{lock.path}.away")
        assert not lock.intact()
        with open(lock.path, "w"):
            pass
        assert not lock.intact()
    finally:
        lock.release()


def test_a_socket_whose_path_was_taken_is_not_intact_and_not_unlinked(directory: str) -> None:
    ours = claim.SocketFile(os.path.join(directory, "s"))
    try:
        assert ours.intact()
        os.unlink(ours.path)
        assert not ours.intact()
        with socket.socket(socket.AF_UNIX) as another:
            another.bind(ours.path)
            assert not ours.intact()
            ours.unlink()
            assert os.path.exists(ours.path)
    finally:
        ours.sock.close()


@pytest.mark.parametrize("what", ["lock", "socket", "database"])
def test_a_daemon_whose_files_were_taken_away_ends_by_itself(start: Callable[..., Daemon], what: str) -> None:
    program = "import sys; from scriven import daemon; daemon.SELF_CHECK_SECONDS = 0.05; sys.exit(daemon.main())"
    daemon = start(program=("-c", program), errors_expected=True).ready()
    os.unlink({"lock": f"{daemon.database}.lock", "socket": daemon.socket, "database": daemon.database}[what])
    assert daemon.wait() == 0
    assert "no longer ours" in daemon.log()


# Crashes


def test_after_a_crash_amid_sixteen_writers_every_acknowledged_write_is_there(
    start: Callable[..., Daemon], connect: Callable[..., Wire]
) -> None:
    daemon = start().ready()
    acknowledged: list[list[int]] = [[] for _ in range(16)]
    wires = [connect(daemon) for _ in range(16)]

    def write(index: int) -> None:
        try:
            for n in range(100_000):
                setting = wires[index].call("settings.set", {"key": f"w{index}", "value": n})
                assert setting["revision"] == n + 1
                acknowledged[index].append(n)
        except (EOFError, OSError):
            return

    threads = [threading.Thread(target=write, args=(index,)) for index in range(16)]
    for thread in threads:
        thread.start()
    until(lambda: all(len(done) > 40 for done in acknowledged), "forty writes of each")
    daemon.kill()
    for thread in threads:
        thread.join()
    again = start().ready()
    wire = connect(again)
    for index, done in enumerate(acknowledged):
        found = wire.call("settings.get", {"key": f"w{index}"})
        # The crash may have come between a commit and its reply, at most once for each writer.
        assert found["value"] in (done[-1], done[-1] + 1)
        assert found["revision"] == found["value"] + 1
    head = wire.call("daemon.status")["counts"]["head"]
    assert head == sum(wire.call("settings.get", {"key": f"w{index}"})["revision"] for index in range(16))
    again.stop()
    with closing(sqlite3.connect(again.database)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


@pytest.mark.soak
def test_a_hundred_crashes_lose_nothing(start: Callable[..., Daemon], connect: Callable[..., Wire]) -> None:
    acknowledged = [0]

    def write(wire: Wire) -> None:
        with suppress(EOFError, OSError):
            while True:
                stored = wire.call("settings.set", {"key": "k", "value": acknowledged[-1] + 1})
                acknowledged.append(stored["value"])

    for crash in range(100):
        daemon = start().ready()
        wire = connect(daemon)
        found = wire.call("settings.get", {"key": "k"}) or {"value": 0}
        assert found["value"] in (acknowledged[-1], acknowledged[-1] + 1)
        acknowledged[:] = [found["value"]]
        writer = threading.Thread(target=write, args=(wire,))
        writer.start()
        until(partial(_longer, acknowledged, crash % 30), "some writes")
        daemon.kill()
        writer.join()


def _longer(items: list[int], count: int) -> bool:
    return len(items) > count


def _listens(path: str) -> bool:
    with socket.socket(socket.AF_UNIX) as probe:
        return probe.connect_ex(path) == 0
