"""One call on its way: what is asked, by whom, until when, and what became of it."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from itertools import count
from typing import Any, Literal, Protocol

from msgspec import Raw, Struct, field

from scriven.errors import CallError
from scriven.method import Params


class Call:
    """One call on its way through the engine. The engine sets `result` or `error`, then calls `finish`.

    `origin` is for whoever made the call: where its reply goes. `began`, `started`, `ended` are when the call came,
    when it had its turn and when that was over; 0 for what has not been. They and `deadline` are nanoseconds of
    the monotonic clock: whole numbers are counted at less cost.
    """

    __slots__ = (
        "began",
        "cancelled",
        "deadline",
        "ended",
        "error",
        "finish",
        "handler",
        "id",
        "lane",
        "name",
        "origin",
        "params",
        "progress",
        "result",
        "started",
        "writes",
    )

    def __init__(  # noqa: PLR0913 - these are what a call is
        self,
        name: str,
        handler: Callable[[Any, Any], Any],
        params: Params | None,
        *,
        writes: bool,
        deadline: int,
        lane: Lane,
        finish: Callable[[Call], None],
        began: int = 0,
        id: Raw | None = None,  # noqa: A002 - the protocol's word
        origin: Any = None,
    ) -> None:
        self.name = name
        self.handler = handler
        self.params = params
        self.writes = writes
        self.deadline = deadline
        self.lane = lane
        self.finish = finish
        self.id = id
        self.origin = origin
        self.began = began
        self.started = 0
        self.ended = 0
        self.progress: Reporter | None = None
        self.cancelled = False
        self.result: Any = None
        self.error: CallError | None = None


class Lane(Struct, eq=False):
    """The waiting calls of one connection, in the order they were sent; none is taken while `held`.

    `number` tells the connection from all others of this run of the daemon; `begun` counts its calls.
    """

    calls: deque[Call]
    held: bool = False
    begun: int = 0
    number: int = field(default_factory=count(1).__next__)


class Reporter(Protocol):
    """Tells a caller how far its call has come, until `end`."""

    def __call__(self, done: int, total: int) -> None: ...
    def end(self) -> None: ...


class Peer(Protocol):
    """The connection a frame came from."""

    access: Literal["read", "write"]
    client: str | None
    version: str | None
    pid: int | None
    lane: Lane
    in_flight: int
    origin: Origin | None

    def reply(self, message: bytes) -> None:
        """Send one message, framed as this peer's framing asks."""
        ...

    def tell(self, *messages: bytes) -> None:
        """Send notifications, as far as `spare` allows."""
        ...

    def spare(self, size: int = 0) -> bool:
        """Whether there is room for notifications of that many bytes."""
        ...

    def stalled(self) -> bool:
        """Whether it has not read what it was sent, so that there is no room until it has."""
        ...

    def finished(self) -> None:
        """A call of this peer has ended."""
        ...

    def hold(self) -> None:
        """Receive no further frames until `release`, so that effects keep the order of sending."""
        ...

    def release(self) -> None:
        """Receive frames again."""
        ...


class Origin(Struct, eq=False):
    """Where a call came from, where its reply goes, and what is to know that it has ended."""

    peer: Peer
    send: Callable[[bytes], None]
    ended: Callable[[], None]
    room: Callable[[int], bool] | None = None
