"""What goes wrong, as a person reads it and a script counts it: texts on standard error, and exit codes."""

from __future__ import annotations

import sys

from scriven.client.errors import (
    BacklogFull,
    NotAnswering,
    NotSendable,
    OutcomeUnknown,
    PermissionDenied,
    ProtocolError,
    RemoteError,
    ScrivenError,
    Unreachable,
)

OK = 0
FAILED = 1
USAGE = 2
NOT_RUNNING = 69
TRY_AGAIN = 75
PROTOCOL = 76
NOT_PERMITTED = 77
INTERRUPTED = 130

MEANINGS = (
    (OK, "done"),
    (FAILED, "the call failed, or found nothing"),
    (USAGE, "the command line is wrong"),
    (NOT_RUNNING, "the daemon is not running"),
    (TRY_AGAIN, "try again, or it is not known whether the call took effect"),
    (PROTOCOL, "the daemon and this command do not understand each other"),
    (NOT_PERMITTED, "not permitted"),
)

_CODES: tuple[tuple[type[ScrivenError], int], ...] = (
    (NotSendable, USAGE),
    (PermissionDenied, NOT_PERMITTED),
    (BacklogFull, TRY_AGAIN),
    (NotAnswering, TRY_AGAIN),
    (OutcomeUnknown, TRY_AGAIN),
    (ProtocolError, PROTOCOL),
    (Unreachable, NOT_RUNNING),
)
_KINDS = {
    "forbidden": NOT_PERMITTED,
    "parse_error": PROTOCOL,
    "invalid_request": PROTOCOL,
    "mismatch": PROTOCOL,
}


class Failure(Exception):
    """A command that did not do what it was for. `hint` is what to do next."""

    def __init__(self, message: str, hint: str | None = None, code: int = FAILED) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.code = code


class UsageError(Failure):
    """The command line cannot be understood; `hint` is what to type instead."""

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(message, hint, USAGE)


def code_of(error: ScrivenError) -> int:
    """The exit code of a client's error."""
    if isinstance(error, RemoteError):
        if error.retryable or error.outcome == "unknown":
            return TRY_AGAIN
        return _KINDS.get(error.kind, FAILED)
    return next((code for kind, code in _CODES if isinstance(error, kind)), FAILED)


def hint_of(error: ScrivenError) -> str | None:
    """What a person may do next."""
    if error.hint is None and isinstance(error, RemoteError) and error.kind == "conflict":
        current = error.data.get("current")
        if isinstance(current, dict) and "revision" in current:
            return f"what is stored has revision {current['revision']}"
        if isinstance(current, dict) and "holder" in current:
            from scriven.cli.layout import visible

            return f"{visible(current['holder'])} holds it; --wait-ms waits for it"
    return error.hint


def told(error: Exception) -> int:
    """Tell the user what is wrong; the exit code for it."""
    if isinstance(error, ScrivenError):
        say(error.message, hint_of(error))
        return code_of(error)
    if isinstance(error, Failure):
        say(error.message, error.hint)
        return error.code
    if isinstance(error, OSError):
        say(error.strerror or "the system refused", error.filename and str(error.filename))
        return FAILED
    say(*str(error).split("\n", 1))
    return USAGE


def say(message: str, hint: str | None = None) -> None:
    """A sentence on standard error, and what to do about it."""
    if sys.stderr is None:
        return
    lines = [f"scriven: {message}", *([f"  {hint}"] if hint else [])]
    sys.stderr.write("\n".join(lines) + "\n")
