"""How other programs speak to the daemon: blocking here, asyncio in `scriven.client.aio`."""

from __future__ import annotations

from scriven.client.errors import (
    BacklogFull,
    CursorExpired,
    NotAnswering,
    NotRunning,
    NotSendable,
    OutcomeUnknown,
    PermissionDenied,
    ProtocolError,
    RemoteError,
    Sandboxed,
    ScrivenError,
    StaleSocket,
    Unreachable,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Literal

    from scriven.client.blocking import Client

__all__ = [
    "BacklogFull",
    "CursorExpired",
    "NotAnswering",
    "NotRunning",
    "NotSendable",
    "OutcomeUnknown",
    "PermissionDenied",
    "ProtocolError",
    "RemoteError",
    "Sandboxed",
    "ScrivenError",
    "StaleSocket",
    "Unreachable",
    "connect",
]


def connect(
    socket: str | None = None,
    *,
    client: str | None = None,
    access: Literal["read", "write"] | None = None,
    timeout: float = 60.0,
    wait: float = 0.0,
) -> Client:
    """A connected client; close it, or use it as a context manager.

    `socket`: the daemon's socket, if not the usual one (see `scriven socket-path`). `client`: who is calling, for
    people who look at the daemon. `access="read"` gives up the right to write. `timeout`: how many seconds a reply
    may take. `wait`: how many seconds to wait for a daemon that is not ready yet; 0 reports it at once.

    Raises NotRunning, PermissionDenied or another Unreachable when no connection can be made, NotAnswering when
    nothing comes back, RemoteError when the daemon declines, and `scriven.paths.PathError` for an impossible path.
    """
    from scriven.client.blocking import Client

    return Client(socket, client=client, access=access, timeout=timeout, wait=wait)
