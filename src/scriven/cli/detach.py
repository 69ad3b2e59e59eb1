"""A daemon as a process: started apart from this one, its first word awaited, its end awaited."""

from __future__ import annotations

import json
import os
import select
import sys
import time

from scriven.process import alive

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Self

READY_FD = 3


def launch(options: list[str], log: str, until: float) -> tuple[dict[str, Any] | None, int | None]:
    """Start a daemon in a session of its own; what it says of its start, or else the exit code it ended with.

    Nothing of the caller stays open in it, so that `$(scriven start)` returns. Both are None when time is up.
    """
    os.makedirs(os.path.dirname(log), mode=0o700, exist_ok=True)
    log_fd = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    ours, theirs = os.pipe()
    line = [sys.executable, "-P", "-m", "scriven.daemon", "--ready-fd", str(READY_FD), *options]
    pid = os.fork()
    if pid == 0:
        _become(line, log_fd, theirs)
    os.close(theirs)
    os.close(log_fd)
    said = _first_line(ours, until)
    os.close(ours)
    if said is None:
        return None, None
    if said:
        found = json.loads(said)
        return (found if isinstance(found, dict) else {}), None
    _, status = os.waitpid(pid, 0)
    return None, os.waitstatus_to_exitcode(status)


class Process:
    """A process that is to end. Held from before it does, so that its number cannot come to mean another one."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._fd: int | None = None

    def __enter__(self) -> Self:
        if sys.platform == "linux":
            try:
                self._fd = os.pidfd_open(self._pid)
            except OSError:
                self._pid = 0  # it has gone, or lives where this process cannot see it
        return self

    def __exit__(self, *_: object) -> None:
        if self._fd is not None:
            os.close(self._fd)

    def wait(self, seconds: float) -> bool:
        """Whether it ends within that time."""
        seconds = max(0.0, seconds)
        if self._fd is not None:
            return bool(select.select([self._fd], [], [], seconds)[0])
        until = time.monotonic() + seconds
        while self._pid and alive(self._pid):
            if time.monotonic() >= until:
                return False
            time.sleep(0.01)
        return True


def _become(line: list[str], log_fd: int, ready_fd: int) -> None:
    """In the child: let go of all that is the caller's, then be the daemon."""
    try:
        os.setsid()
        os.chdir("/")
        os.umask(0o077)
        # Duplicates first: the numbers 0 to 3 may be the very ones that are to be kept.
        log_fd, ready_fd = (_above(fd) for fd in (log_fd, ready_fd))
        null = _above(os.open(os.devnull, os.O_RDWR))
        for fd, source in ((0, null), (1, null), (2, log_fd), (READY_FD, ready_fd)):
            os.dup2(source, fd)
        os.closerange(READY_FD + 1, os.sysconf("SC_OPEN_MAX"))
        os.execve(sys.executable, line, _environment())  # noqa: S606 - no shell is wanted
    finally:
        os._exit(127)


def _above(fd: int) -> int:
    """The same file under a number that is not about to be overwritten."""
    import fcntl

    return fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, READY_FD + 1)


def _environment() -> dict[str, str]:
    """The environment, its relative paths made absolute: the daemon works in another directory."""
    environment = dict(os.environ)
    for name in ("SCRIVEN_DATABASE", "SCRIVEN_CONFIG", "SCRIVEN_SOCKET", "SCRIVEN_LOG", "PYTHONPATH"):
        if environment.get(name):
            environment[name] = os.pathsep.join(_absolute(part) for part in environment[name].split(os.pathsep))
    return environment


def _absolute(path: str) -> str:
    return os.path.abspath(path) if path else path


def _first_line(fd: int, until: float) -> bytes | None:
    """What comes before the line's end; empty when there is an end and no line, None when time is up."""
    said = b""
    while b"\n" not in said:
        if not select.select([fd], [], [], max(0.0, until - time.monotonic()))[0]:
            return None
        part = os.read(fd, 65536)
        if not part:
            return b""
        said += part
    return said.partition(b"\n")[0]
