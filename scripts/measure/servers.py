"""Starts what is measured over a socket, what it is measured beside, and others at work; and ends it again."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator

STOP_SECONDS = 15


class CannotStartError(Exception):
    """Something to be measured did not start; the text says why."""


@contextlib.contextmanager
def daemon(directory: str) -> Iterator[subprocess.Popen[bytes]]:
    """The daemon, on `directory`/d.sock and a database of its own; gives the process."""
    reader, writer = os.pipe()
    log_path = os.path.join(directory, "daemon.log")
    with open(log_path, "wb") as log:
        process = subprocess.Popen(
            [
                *(sys.executable, "-m", "scriven.daemon", "--ready-fd", str(writer), "--log-level", "warning"),
                *("--database", os.path.join(directory, "scriven.db")),
                *("--socket", os.path.join(directory, "d.sock")),
                *("--config", os.path.join(directory, "absent.toml")),
            ],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            pass_fds=(writer,),
            cwd=directory,
        )
    os.close(writer)
    try:
        with open(reader, "rb") as ready:
            answer = json.loads(ready.readline() or "{}")
        if not answer.get("ready"):
            with open(log_path, encoding="utf-8", errors="replace") as log_text:
                raise CannotStartError(f"the daemon did not start: {answer.get('reason') or log_text.read()[-2000:]}")
        yield process
    finally:
        _end(process)


@contextlib.contextmanager
def echo(directory: str) -> Iterator[subprocess.Popen[bytes]]:
    """The echo server, on `directory`/echo.sock; gives the process."""
    with _until_its_input_ends("echo_server.py", os.path.join(directory, "echo.sock")) as process:
        yield process


@contextlib.contextmanager
def fan(directory: str) -> Iterator[subprocess.Popen[bytes]]:
    """The server that writes each line to everybody else, on `directory`/fan.sock; gives the process."""
    with _until_its_input_ends("fan_server.py", os.path.join(directory, "fan.sock")) as process:
        yield process


@contextlib.contextmanager
def crowd(path: str, *numbers: int) -> Iterator[subprocess.Popen[bytes]]:
    """Writers, subscribers that read, subscribers that do not and writes a second, see crowd.py; gives the process."""
    with _until_its_input_ends("crowd.py", path, *map(str, numbers)) as process:
        yield process


@contextlib.contextmanager
def _until_its_input_ends(name: str, *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    program = os.path.join(os.path.dirname(os.path.abspath(__file__)), name)
    process = subprocess.Popen([sys.executable, program, *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdout is not None
    try:
        if process.stdout.readline() != b"ready\n":
            raise CannotStartError(f"{name} did not start")
        yield process
    finally:
        process.stdout.close()
        assert process.stdin is not None
        process.stdin.close()
        _end(process)


def divided() -> tuple[set[int], set[int]]:
    """Processors for the load generator, and the others for the servers; both empty where they cannot be chosen."""
    if sys.platform != "linux" or len(os.sched_getaffinity(0)) < 2:
        return set(), set()
    usable = os.sched_getaffinity(0)
    return {max(usable)}, usable - {max(usable)}


@contextlib.contextmanager
def on_processors(which: set[int]) -> Iterator[None]:
    """Run on these alone, as does every process that is started meanwhile; on any when `which` is empty."""
    if sys.platform != "linux" or not which:
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, which)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def cpu_seconds(process: subprocess.Popen[bytes]) -> float | None:
    """The processor time it has used so far, where the system tells (Linux)."""
    try:
        with open(f"/proc/{process.pid}/stat", encoding="ascii", errors="replace") as stat:
            fields = stat.read().rpartition(")")[2].split()
    except OSError:
        return None
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
