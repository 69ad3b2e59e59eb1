"""The daemon as the program it is: started in a directory of its own, waited for by its pipe, ended by its pid."""

from __future__ import annotations

import json
import os
import select
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from typing import Any

PATIENCE = 30.0

# Variables that would lead a daemon under test to somebody's real files.
_LEADING = ("SCRIVEN_", "XDG_", "LISTEN_", "NOTIFY_SOCKET")


class Daemon:
    """One process. `announced` is the line of its ready pipe; `errors_expected` lets its log hold errors."""

    everyone: list[Daemon] = []  # noqa: RUF012 - one list for the run, for the check at its end

    def __init__(
        self,
        directory: str,
        *arguments: str,
        environment: Mapping[str, str] | None = None,
        program: tuple[str, ...] = ("-m", "scriven.daemon"),
        errors_expected: bool = False,
        umask: int = -1,
    ) -> None:
        self.directory = directory
        self.database = os.path.join(directory, "d", "a.db")
        self.socket = os.path.join(directory, "s")
        self.errors_expected = errors_expected
        self.announced: dict[str, Any] = {}
        self._log_path = os.path.join(directory, f"log-{len(Daemon.everyone)}")
        self._ready, told = os.pipe()
        ours = {name: value for name, value in os.environ.items() if not name.startswith(_LEADING)}
        if not any(argument == "--database" for argument in arguments):
            arguments = ("--database", self.database, *arguments)
        if not any(argument == "--socket" for argument in arguments):
            arguments = ("--socket", self.socket, *arguments)
        with open(self._log_path, "wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, *program, "--ready-fd", str(told), *arguments],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                pass_fds=(told,),
                cwd=directory,
                env=ours | {"SCRIVEN_CONFIG": os.path.join(directory, "config.toml")} | dict(environment or {}),
                umask=umask,
                start_new_session=True,
            )
        os.close(told)
        Daemon.everyone.append(self)

    def announcement(self) -> dict[str, Any]:
        """Wait for the line of the ready pipe."""
        if self._ready >= 0:
            line = b""
            until = time.monotonic() + PATIENCE
            while not line.endswith(b"\n"):
                readable, _, _ = select.select([self._ready], [], [], max(0, until - time.monotonic()))
                data = os.read(self._ready, 65536) if readable else b""
                if not data:
                    break
                line += data
            os.close(self._ready)
            self._ready = -1
            assert line, f"the daemon said nothing: {self.log()}"
            self.announced = json.loads(line)
        return self.announced

    def ready(self) -> Daemon:
        """Wait until it serves."""
        said = self.announcement()
        assert said["ready"], said
        return self

    def refused(self) -> dict[str, Any]:
        """Wait until it says why it does not start, and has ended."""
        said = self.announcement()
        self.errors_expected = True
        assert not said["ready"], said
        self.wait()
        return said

    def terminate(self) -> None:
        """Ask it to drain."""
        os.kill(self.process.pid, signal.SIGTERM)

    def wait(self) -> int:
        """Its exit code."""
        return self.process.wait(PATIENCE)

    def stop(self) -> int:
        """Drain and wait, if it still runs."""
        if self.process.poll() is None:
            self.terminate()
        return self.wait()

    def kill(self) -> None:
        """End it as a crash would."""
        if self.process.poll() is None:
            self.process.kill()
        self.wait()

    def release(self) -> None:
        """Let go of everything, whatever state it is in."""
        if self._ready >= 0:
            os.close(self._ready)
            self._ready = -1
        if self.process.poll() is None:
            self.terminate()
            try:
                self.process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
                raise

    def log(self) -> str:
        """What it has logged."""
        with open(self._log_path, encoding="utf-8", errors="replace") as log:
            return log.read()

    def complaints(self) -> list[str]:
        """Lines of its log that no healthy run has."""
        if self.errors_expected:
            return []
        wrong = ("ERROR", "CRITICAL", "Traceback", "Warning:", "never retrieved", "never awaited")
        return [line for line in self.log().splitlines() if any(word in line for word in wrong)]

    def resident_bytes(self) -> int:
        """Memory in use, where the system tells."""
        with open(f"/proc/{self.process.pid}/statm", encoding="ascii") as statm:
            return int(statm.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


class Directory:
    """A short directory of one test: a Unix socket's path has 103 bytes."""

    def __init__(self) -> None:
        self.path = tempfile.mkdtemp(prefix="scr", dir="/tmp")

    def remove(self) -> None:
        """With everything in it."""
        shutil.rmtree(self.path)


def until(condition: Callable[[], bool], what: str) -> None:
    """Wait for something that only asking again can tell; fail by name at the deadline."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, f"never came: {what}"
        select.select([], [], [], 0.005)


def contents(directory: str) -> dict[str, bytes]:
    """Every file under a directory, byte by byte, without the logs of the daemons."""
    found = {}
    for root, _, names in os.walk(directory):
        for name in names:
            path = os.path.join(root, name)
            if not name.startswith("log-") and stat.S_ISREG(os.lstat(path).st_mode):
                with open(path, "rb") as opened:
                    found[path] = opened.read()
    return found


def one_line(said: dict[str, Any]) -> str:
    """The reason, as a person is given it: no traceback, no class names."""
    reason = said["reason"]
    assert "Traceback" not in reason
    assert "Error" not in reason
    return str(reason)
