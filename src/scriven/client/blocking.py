"""The blocking client: every noun of the interface on one connection."""

from __future__ import annotations

from scriven import __version__
from scriven.client import messages
from scriven.client.connection import TIMEOUT, Connection
from scriven.derived.access import READS
from scriven.derived.nouns import Nouns
from scriven.paths import socket_path

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any, Literal, Self

    from scriven.client.subscription import Subscription


class Client(Nouns):
    """A connection to the daemon, with a noun for each part of the interface: `client.settings.get("theme")`.

    Results are plain dicts and lists, as on the wire. Threads may share it; their calls go one after another.
    After a restart of the daemon the next call connects again.
    """

    def __init__(
        self,
        socket: str | None = None,
        *,
        client: str | None = None,
        access: Literal["read", "write"] | None = None,
        timeout: float = TIMEOUT,
        wait: float = 0.0,
    ) -> None:
        """Connect and compare protocols. See `scriven.connect`."""
        super().__init__(self._call)
        self._name = client
        self._timeout = timeout
        hello = messages.hello(0, client, __version__, access)
        self._connection = Connection(socket_path(socket), timeout=timeout, wait=wait, hello=hello)
        self._connection.open()

    @property
    def greeting(self) -> dict[str, Any]:
        """What the daemon said of itself at connecting: see `daemon.hello`."""
        return self._connection.greeting or {}

    def call(
        self,
        method: str,
        params: dict[str, Any] | list[Any] | None = None,
        *,
        idempotency_key: str | None = None,
        deadline_ms: int | None = None,
    ) -> Any:
        """The result of a method by its name: what the nouns do, for names known only at run time.

        Raises RemoteError when the daemon says no, OutcomeUnknown when a write's reply was lost, NotAnswering when a
        read's was, NotSendable when the params are not JSON, and Unreachable when there is no daemon any more.
        """
        text = messages.params_of(params, idempotency_key, deadline_ms)
        messages.refuse_oversize(text, self._connection.greeting)
        keyed = idempotency_key is not None
        reply, _ = self._connection.call(method, text, read=method in READS, keyed=keyed, deadline_ms=deadline_ms)
        return messages.outcome(reply)

    def subscribe(
        self,
        topics: Sequence[str] = ("*",),
        *,
        workspace_id: str | None = None,
        since: str | None = None,
        wait: float | None = None,
    ) -> Subscription:
        """Changes as they come, on a connection of their own: `for event in client.subscribe(["settings.*"])`.

        An event is a dict `{cursor, at, topic, workspaceId, body}`. Every change after this call is told, once and in
        order, also those during a restart of the daemon. With `since`, a cursor seen before, those after it come
        first. `topics` are globs. `wait`: how many seconds the daemon may be away, each time; None is for ever.

        Raises CursorExpired when the log does not reach back to where it has to go on, RemoteError when the daemon
        declines, and an Unreachable when waiting is no use.
        """
        from scriven.client.course import Course, params_of
        from scriven.client.subscription import Subscription

        asked = params_of(topics, workspace_id, since)
        course = Course(self._connection.path, asked, client=self._name, wait=wait)
        return Subscription(self._connection.path, course, timeout=self._timeout)

    def close(self) -> None:
        """Hang up. Subscriptions go on."""
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _call(self, method: str, params: dict[str, Any], idempotency_key: str | None, deadline_ms: int | None) -> Any:
        return self.call(method, params, idempotency_key=idempotency_key, deadline_ms=deadline_ms)
