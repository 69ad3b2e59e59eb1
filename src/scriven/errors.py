"""Every error a caller can see: one class, one code, one kind, one sentence."""

from __future__ import annotations

import logging
import secrets
import traceback
from typing import ClassVar, Literal

log = logging.getLogger("scriven")

Outcome = Literal["none", "done", "unknown"]


class CallError(Exception):
    """A call that did not succeed, as its caller is told.

    `message` is one sentence for a person. `data` carries `kind`, `retryable`, `outcome` (whether the
    write happened) and whatever else the class documents. Never a parameter's value.
    """

    code: ClassVar[int]
    kind: ClassVar[str]
    retryable: ClassVar[bool] = False

    def __init__(
        self,
        message: str,
        *,
        outcome: Outcome = "none",
        hint: str | None = None,
        **details: object,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.outcome: Outcome = outcome
        self.hint = hint
        self.details = details

    @property
    def data(self) -> dict[str, object]:
        """What goes into `error.data`."""
        data: dict[str, object] = {
            "kind": self.kind,
            "retryable": self.retryable,
            "outcome": self.outcome,
        }
        if self.hint is not None:
            data["hint"] = self.hint
        return data | self.details


class ParseError(CallError):
    """The bytes are not JSON."""

    code, kind = -32700, "parse_error"


class InvalidRequest(CallError):
    """The JSON is not a JSON-RPC 2.0 request."""

    code, kind = -32600, "invalid_request"


class MethodNotFound(CallError):
    """There is no method of that name."""

    code, kind = -32601, "method_not_found"


class InvalidParams(CallError):
    """The params do not fit the method; `path` names the field."""

    code, kind = -32602, "invalid_params"


class InternalError(CallError):
    """A defect in Scriven; `ref` finds its traceback in the log."""

    code, kind = -32603, "internal_error"


class RequestCancelled(CallError):
    """The caller cancelled it before it was committed."""

    code, kind = -32800, "request_cancelled"


class NotFound(CallError):
    """No record has that id."""

    code, kind = -32001, "not_found"


class Conflict(CallError):
    """Another revision is stored, it exists already, or another holds it; `current` is the stored state."""

    code, kind = -32002, "conflict"


class LimitExceeded(CallError):
    """A frame, a batch, a value or the number of connections is over its `limit`."""

    code, kind = -32003, "limit_exceeded"


class Busy(CallError):
    """The queue is full: try again."""

    code, kind, retryable = -32004, "busy", True


class ShuttingDown(CallError):
    """The daemon is draining: try again after its restart."""

    code, kind, retryable = -32005, "shutting_down", True


class StorageError(CallError):
    """The disk is full, failed, or the database is damaged."""

    code, kind = -32006, "storage_error"


class CursorExpired(CallError):
    """The change log no longer reaches back that far: read the state anew."""

    code, kind = -32007, "cursor_expired"


class DeadlineExceeded(CallError):
    """The call's deadline passed before it was done."""

    code, kind, retryable = -32008, "deadline_exceeded", True


class Forbidden(CallError):
    """This peer, or this connection, may not do that."""

    code, kind = -32009, "forbidden"


class NotReady(CallError):
    """The daemon is starting, migrating or degraded."""

    code, kind, retryable = -32010, "not_ready", True


class Mismatch(CallError):
    """The protocol or the database is another one than expected."""

    code, kind = -32011, "mismatch"


ERRORS: tuple[type[CallError], ...] = (
    ParseError,
    InvalidRequest,
    MethodNotFound,
    InvalidParams,
    InternalError,
    RequestCancelled,
    NotFound,
    Conflict,
    LimitExceeded,
    Busy,
    ShuttingDown,
    StorageError,
    CursorExpired,
    DeadlineExceeded,
    Forbidden,
    NotReady,
    Mismatch,
)


def defect(name: str, error: Exception) -> InternalError:
    """A defect: its traceback goes to the log under a reference, and only the reference to the caller.

    The exception's own text may quote a value, so it is logged at debug level alone.
    """
    ref = secrets.token_hex(4)
    frames = "".join(traceback.format_tb(error.__traceback__))
    log.error("%s failed with %s, ref %s\n%s", name, type(error).__name__, ref, frames)
    log.debug("ref %s: %s", ref, error)
    return InternalError("the daemon failed at this call", ref=ref, hint="the daemon's log has more under that ref")
