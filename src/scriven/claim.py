"""What makes this daemon the only one: the lock beside the database, and the socket's path under that lock."""

from __future__ import annotations

import errno
import fcntl
import json
import os
import socket
import stat
import time

from scriven.engine.file import UnusableFile, private
from scriven.process import alive

# How long whoever holds the lock may take to write its name into it.
SIGNING_SECONDS = 1.0


class AlreadyRunning(Exception):
    """Another daemon holds the lock; `holder` is what it wrote about itself."""

    def __init__(self, holder: dict[str, object]) -> None:
        self.holder = holder
        pid = holder.get("pid", "unknown")
        super().__init__(f"a daemon already runs for this database: pid {pid}, socket {holder.get('socket')}")


class SocketTaken(Exception):
    """The socket's path cannot be used; the text says why."""


class Lock:
    """An flock on a file that is never unlinked: one daemon for one database, until its process ends."""

    def __init__(self, database: str) -> None:
        self.path = f"{database}.lock"
        os.makedirs(os.path.dirname(self.path), mode=0o700, exist_ok=True)
        private(os.path.dirname(self.path))
        try:
            self._fd = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        except OSError as error:
            raise UnusableFile(f"{self.path} cannot be opened: {error.strerror}") from None
        try:
            fcntl.flock(self._fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = self._holder()
            os.close(self._fd)
            raise AlreadyRunning(holder) from None

    def sign(self, **facts: object) -> None:
        """Write who holds it, for people and for whoever comes second."""
        text = json.dumps(facts).encode() + b"\n"
        os.ftruncate(self._fd, 0)
        os.pwrite(self._fd, text, 0)

    def intact(self) -> bool:
        """Whether the path still leads to the file that is locked."""
        try:
            return os.path.samestat(os.fstat(self._fd), os.stat(self.path))
        except OSError:
            return False

    def release(self) -> None:
        """Give it up. The file stays."""
        os.close(self._fd)

    def _holder(self) -> dict[str, object]:
        """What the holder wrote. One that has only just locked it has yet to write; what stands there is another's."""
        until = time.monotonic() + SIGNING_SECONDS
        while not _lives((holder := self._read()).get("pid")) and time.monotonic() < until:
            time.sleep(0.01)
        return holder

    def _read(self) -> dict[str, object]:
        try:
            found = json.loads(os.pread(self._fd, 65536, 0))
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}


class SocketFile:
    """The socket's path, bound by us; unlinked at the end only if it is still ours."""

    def __init__(self, path: str) -> None:
        self.path = path
        directory = os.path.dirname(path)
        os.makedirs(directory, mode=0o700, exist_ok=True)
        private(directory)
        # Between the look at the path and the listening, nobody else may look: a bound socket that does not
        # listen yet refuses connections as a dead one does. The lock beside the database does not keep out
        # a daemon of another database.
        turn = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            fcntl.flock(turn, fcntl.LOCK_EX)
            _clear(path)
            self.sock = _listening(path)
        finally:
            os.close(turn)
        self._made = os.lstat(path)
        self.sock.settimeout(0)

    def intact(self) -> bool:
        """Whether the path still leads to our socket."""
        try:
            return os.path.samestat(self._made, os.lstat(self.path))
        except OSError:
            return False

    def unlink(self) -> None:
        """Remove the path, if it is ours."""
        if self.intact():
            os.unlink(self.path)


def _lives(pid: object) -> bool:
    return isinstance(pid, int) and pid > 0 and alive(pid)


def _listening(path: str) -> socket.socket:
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    before = os.umask(0o177)
    try:
        sock.bind(path)
        sock.listen()
    except OSError as error:
        sock.close()
        raise SocketTaken(f"{path} cannot be bound: {error.strerror}") from None
    finally:
        os.umask(before)
    return sock


def _clear(path: str) -> None:
    """Remove a dead socket. Only a refused connection proves that nobody listens."""
    try:
        found = os.lstat(path)
    except FileNotFoundError:
        return
    if not stat.S_ISSOCK(found.st_mode):
        raise SocketTaken(f"{path} exists and is not a socket; move it away or set SCRIVEN_SOCKET")
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.settimeout(1)
        try:
            probe.connect(path)
        except ConnectionRefusedError:
            os.unlink(path)
            return
        except OSError as error:
            if error.errno == errno.ENOENT:
                return
            raise SocketTaken(f"{path} cannot be tried: {error.strerror}") from None
    raise SocketTaken(
        f"{path} is served by another program or by a daemon with another database; set SCRIVEN_SOCKET to another path"
    )
