"""Everything a client can be told: one class for each thing that a caller would do something else about."""

from __future__ import annotations

import errno
import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class ScrivenError(Exception):
    """What every error of the client is. `hint` is the next thing to do, or None."""

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class NotSendable(ScrivenError, ValueError):
    """The params cannot be written as JSON, or are larger than the daemon accepts. Nothing was sent."""


class Unreachable(ScrivenError):
    """No connection could be made. Nothing was sent."""


class NotRunning(Unreachable):
    """There is no socket: no daemon runs."""


class StaleSocket(NotRunning):
    """There is a socket and nobody listens on it: the daemon ended without tidying up."""


class PermissionDenied(Unreachable):
    """The socket's owner or mode forbids it (EACCES)."""


class Sandboxed(PermissionDenied):
    """A sandbox or security module forbids it (EPERM); the daemon may well be running."""


class BacklogFull(Unreachable):
    """The daemon runs, and too many others are connecting at this moment (EAGAIN)."""


class NotAnswering(ScrivenError):
    """A connection was made and no reply came in time. The call was a read, or none was made."""


class ProtocolError(ScrivenError):
    """What came back is not JSON-RPC 2.0, or not an answer to what was asked."""


class OutcomeUnknown(ScrivenError):
    """The call was sent and its reply was lost: it may have taken effect or not."""


class RemoteError(ScrivenError):
    """The daemon's own error. `code` and `data` are as on the wire."""

    def __init__(self, code: int, message: str, data: dict[str, Any] | None = None) -> None:
        data = data if isinstance(data, dict) else {}
        super().__init__(message, data.get("hint"))
        self.code = code
        self.data = data

    @property
    def kind(self) -> str:
        """The error's name, such as `conflict`."""
        return str(self.data.get("kind", "error"))

    @property
    def retryable(self) -> bool:
        """Whether the same call may succeed later."""
        return self.data.get("retryable") is True

    @property
    def outcome(self) -> str:
        """Whether the write happened: `none`, `done` or `unknown`."""
        return str(self.data.get("outcome", "unknown"))


class CursorExpired(ScrivenError):
    """The change log does not reach back to where a subscription was to go on: some changes cannot be told any more.

    `head` is the newest place in the log: read the state anew, then subscribe with `since=error.head`.
    """

    def __init__(self, head: str | None) -> None:
        super().__init__(
            "the change log does not reach back to that cursor", "read the state anew, then go on from `head`"
        )
        self.head = head


def unreachable(error: OSError, path: str) -> Unreachable:
    """What a failed connect means, and what to do about it."""
    if error.errno in (errno.ENOENT, errno.ENOTDIR):
        return NotRunning(f"the daemon is not running: there is no socket at {path}", "scriven start")
    if error.errno == errno.ECONNREFUSED:
        return StaleSocket(f"the daemon is not running: nobody listens on {path}", "scriven start")
    if error.errno == errno.EACCES:
        return PermissionDenied(
            f"permission denied on {path}{_ownership(path)}",
            "run this as the user whose daemon it is, or name another socket with --socket or SCRIVEN_SOCKET",
        )
    if error.errno == errno.EPERM:
        return Sandboxed(
            f"a sandbox forbids this process to connect to {path}",
            f"allow it the Unix socket {path}; the daemon may be running: ask outside, with: scriven status",
        )
    if error.errno == errno.EAGAIN:
        return BacklogFull(f"too many programs are connecting to {path} at this moment", "try again")
    return Unreachable(f"cannot connect to {path}: {error.strerror or 'no reason given'}", "scriven status")


def not_answering(path: str, seconds: float, pid: int | None) -> NotAnswering:
    """The daemon took the connection and says nothing."""
    who = "" if pid is None else f" (pid {pid})"
    return NotAnswering(
        f"what listens on {path}{who} has not answered for {seconds:g} s",
        "it may be busy: try again with a longer timeout; if it stays so, end that process and run: scriven start",
    )


def outcome_unknown(method: str, path: str, *, keyed: bool) -> OutcomeUnknown:
    """The reply to a write was lost."""
    return OutcomeUnknown(
        f"the connection to {path} was lost before the reply: {method} may have taken effect or not",
        "call it again with the same idempotency key: it takes effect once"
        if keyed
        else "read the state before calling it again; with an idempotency key a call is safe to repeat",
    )


def _ownership(path: str) -> str:
    """Whose the socket is, as far as this user may see."""
    try:
        found = os.stat(path)
    except OSError:
        return f": user {os.geteuid()} may not enter its directory"
    return f": it belongs to user {found.st_uid}, its mode is {found.st_mode & 0o7777:04o}, you are user {os.geteuid()}"
