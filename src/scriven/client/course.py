"""One subscription through all of its connections: what it asks, how far it has come, what it waits for. No I/O."""

from __future__ import annotations

import time

from scriven import __version__
from scriven.client import messages
from scriven.client.connection import FIRST_PAUSE, LONGEST_PAUSE
from scriven.client.errors import (
    BacklogFull,
    CursorExpired,
    NotAnswering,
    NotRunning,
    ProtocolError,
    RemoteError,
    ScrivenError,
)

PASSING = ("storage_error", "limit_exceeded")

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

    from scriven.derived import records

    class Event(records.Event, total=False):
        """A change. `missed` is how many changes that are in no log were not told before it."""

        missed: int


def params_of(topics: Sequence[str], workspace_id: str | None, since: str | None) -> dict[str, Any]:
    """The params of `events.subscribe`; None is what was left out."""
    return {"topics": list(topics), "workspaceId": workspace_id, "since": since}


class Ended(Exception):
    """The daemon ended the subscription, with the cursor to go on from."""


class Course:
    """The params of `events.subscribe`, and the place up to which everything was told.

    `away` is called once with what stands in the way when the daemon cannot be reached, and with None when it is back.
    """

    def __init__(
        self,
        path: str,
        asked: dict[str, Any],
        *,
        client: str | None,
        wait: float | None,
        away: Callable[[ScrivenError | None], None] | None = None,
    ) -> None:
        self.cursor: str | None = asked.get("since")
        self._path = path
        self._asked = asked
        self._client = client
        self._wait = wait
        self._away = away
        self._told_away = False
        self._database: str | None = None
        self._resuming = False
        self._begun_at: float | None = None
        self._lost_at: float | None = None
        self._pause = FIRST_PAUSE

    def hello(self) -> bytes:
        """The first frame of a connection."""
        return messages.hello(0, self._client, __version__, "read")

    def subscribe(self, greeting: dict[str, Any]) -> bytes:
        """The second frame, once the first is answered."""
        found = messages.outcome(greeting)
        database = found["database"]["id"] if isinstance(found, dict) and "database" in found else None
        since = self.cursor
        if database is not None and self._database not in (None, database):
            since = None  # a cursor is a place in one database's log
        self._resuming = since is not None
        self._database = self._database or database
        asked = {name: value for name, value in {**self._asked, "since": since}.items() if value is not None}
        return messages.request(1, "events.subscribe", messages.text_of(asked))

    def begun(self, reply: dict[str, Any]) -> None:
        """The subscription is there. Raises CursorExpired when it is not the continuation of what was."""
        try:
            found = messages.outcome(reply)
        except RemoteError as error:
            if error.kind == "cursor_expired":
                raise CursorExpired(error.data.get("head")) from None
            raise
        if not isinstance(found, dict) or not isinstance(found.get("cursor"), str):
            raise ProtocolError("the reply to events.subscribe has no cursor")
        if not self._resuming and self.cursor is not None:
            raise CursorExpired(found["cursor"])
        self.cursor = found["cursor"]
        self._begun_at = time.monotonic()
        self._lost_at = None
        if self._told_away and self._away is not None:
            self._away(None)
        self._told_away = False

    def told(self, message: dict[str, Any]) -> Event | None:
        """The event of a notification; None for another message. Raises Ended."""
        params = message.get("params")
        if not isinstance(params, dict):
            return None
        if message["method"] == "events.closed":
            self.cursor = params.get("cursor", self.cursor)
            raise Ended
        if message["method"] != "events.event":
            return None
        params.pop("subscription", None)
        event: Event = message["params"]
        self.cursor = event["cursor"]
        return event

    def failed(self, error: ScrivenError | None) -> float:
        """How many seconds to pause before the next attempt. Raises the error that no waiting mends, or for too long.

        `error` is None when the connection ended without a word.
        """
        now = time.monotonic()
        if self._begun_at is not None:
            # Who is hung up on again and again must not come back again and again at once.
            if now - self._begun_at > LONGEST_PAUSE:
                self._pause = FIRST_PAUSE
            self._begun_at = None
        if self._lost_at is None:
            self._lost_at = now
        if error is not None and not self._may_pass(error):
            raise error
        if self._wait is not None and now + self._pause - self._lost_at > self._wait:
            raise error or NotRunning(f"the daemon on {self._path} hung up: it is ending", "scriven start")
        if error is not None and self._away is not None and not self._told_away:
            self._told_away = True
            self._away(error)
        pause = self._pause
        self._pause = min(pause * 2, LONGEST_PAUSE)
        return pause

    def _may_pass(self, error: ScrivenError) -> bool:
        if isinstance(error, RemoteError):
            # What happens to a subscription that was there may be over soon; at its begin it is for the caller to see.
            return error.retryable or (error.kind in PASSING and self._database is not None)
        return isinstance(error, NotRunning | BacklogFull | NotAnswering)
