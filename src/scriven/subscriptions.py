"""Changes to subscribers: pushed as they are committed, read from the change log by whoever fell behind."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import Any, NamedTuple, Protocol

import msgspec

from scriven.call import Lane
from scriven.errors import CallError, LimitExceeded
from scriven.method import Connection
from scriven.methods.events import Backlog, backlog, cursor_of
from scriven.tx import Change, Tx

# Of one connection.
SUBSCRIPTIONS = 100

# The topics, and the workspace if it is only one.
Interest = tuple[tuple[str, ...], str | None]


class Engine(Protocol):
    """What reads the change log."""

    def ask(self, question: Callable[[Tx], Any], lane: Lane) -> Awaitable[Any]: ...


class Hub(Protocol):
    """What knows the newest place in the change log."""

    head: int


class Subscription:
    """One reader. `position` is the place in the log up to which it has been told everything it asked for.

    While it is `live` commits are pushed to it. Otherwise it reads on in the log, as fast as its connection takes it.
    """

    __slots__ = ("id", "interest", "live", "missed", "peer", "position", "prefix", "reading", "topics", "workspace_id")

    def __init__(
        self, id_: str, peer: Connection, topics: tuple[str, ...], workspace_id: str | None, position: int
    ) -> None:
        self.id = id_
        self.peer = peer
        self.topics = topics
        self.workspace_id = workspace_id
        self.interest: Interest = (topics, workspace_id)
        self.position = position
        self.live = False
        self.reading: asyncio.Task[None] | None = None
        # How many changes that are in no log it was not told of.
        self.missed = 0
        self.prefix = b'{"jsonrpc":"2.0","method":"events.event","params":{"subscription":"%b",' % id_.encode()

    def tell(self, shared: list[bytes]) -> None:
        """Send it events whose part that all subscribers share is encoded already."""
        prefix = self.prefix
        messages = [prefix + part for part in shared]
        if self.missed:
            messages[0] = b'%b"missed":%d,%b' % (prefix, self.missed, shared[0])
            self.missed = 0
        self.peer.tell(*messages)


class Extract(NamedTuple):
    """What some subscribers want of a commit, encoded. `passing` counts what is in no log.

    `size` is how many bytes there has to be room for; one event alone is told however big it is.
    """

    shared: list[bytes]
    size: int
    passing: int


class Commit:
    """The changes of one commit, each encoded once."""

    def __init__(self, changes: list[Change]) -> None:
        self.head = changes[-1].seq
        self._changes = changes
        self._encoded: dict[int, bytes] = {}

    def extract(self, topics: tuple[str, ...], workspace_id: str | None) -> Extract:
        """What those want who asked for these."""
        wanted = [
            (index, change)
            for index, change in enumerate(self._changes)
            if (workspace_id is None or change.workspace_id == workspace_id) and matches(topics, change.topic)
        ]
        shared = [self._shared(index, change) for index, change in wanted]
        size = sum(map(len, shared)) if len(shared) > 1 else 0
        return Extract(shared, size, sum(not change.durable for _, change in wanted))

    def _shared(self, index: int, change: Change) -> bytes:
        if index not in self._encoded:
            self._encoded[index] = shared_part(change.seq, change.at, change.topic, change.workspace_id, change.body)
        return self._encoded[index]


class Subscriptions:
    """All subscriptions of all connections."""

    def __init__(self, engine: Engine, hub: Hub) -> None:
        self._engine = engine
        self._hub = hub
        self._lane = Lane(deque())
        self._of_peer: dict[Connection, dict[str, Subscription]] = {}
        # Those who want the same are told the same.
        self._alike: dict[Interest, set[Subscription]] = {}
        self._last_id = 0

    def open(
        self, peer: Connection, topics: tuple[str, ...], workspace_id: str | None, since: int | None
    ) -> Subscription:
        """Register a reader that continues after a place in the log, or begins with the next commit.

        It is one step with what follows: no commit falls between. Raises LimitExceeded.
        """
        own = self._of_peer.setdefault(peer, {})
        if len(own) >= SUBSCRIPTIONS:
            raise LimitExceeded(f"a connection has at most {SUBSCRIPTIONS} subscriptions", limit=SUBSCRIPTIONS)
        self._last_id += 1
        head = self._hub.head
        made = Subscription(f"sub_{self._last_id}", peer, topics, workspace_id, head if since is None else since)
        own[made.id] = made
        self._alike.setdefault(made.interest, set()).add(made)
        made.live = made.position >= head
        if not made.live:
            self._read_on(made)
        return made

    def close(self, peer: Connection, subscription_id: str) -> bool:
        """End one; False when that connection has none of that id."""
        found = self._of_peer.get(peer, {}).get(subscription_id)
        if found is not None:
            self._remove(found)
        return found is not None

    def forget(self, peer: Connection) -> None:
        """The connection has gone."""
        for subscription in self.of(peer):
            self._remove(subscription)

    def drained(self, peer: Connection) -> None:
        """The connection reads again: those of its subscriptions that are behind go on."""
        for subscription in self._of_peer.get(peer, {}).values():
            if not subscription.live:
                self._read_on(subscription)

    def farewell(self) -> None:
        """The daemon ends: say so to every subscriber, with the cursor to go on from."""
        for peer in list(self._of_peer):
            for subscription in self.of(peer):
                self._dismiss(subscription, "shutting_down")

    def heard(self, changes: list[Change]) -> None:
        """Listens to the hub: the changes of one commit, each encoded once for all."""
        commit = Commit(changes)
        for interest, alike in self._alike.items():
            wanted = commit.extract(*interest)
            for subscription in alike:
                self._push(subscription, wanted, commit.head)

    def of(self, peer: Connection) -> list[Subscription]:
        """The subscriptions of a connection."""
        return list(self._of_peer.get(peer, {}).values())

    def _push(self, subscription: Subscription, wanted: Extract, head: int) -> None:
        """Tell all it wants of a commit at once, if there is room; if not, from here on it reads the log."""
        if subscription.live and (not wanted.shared or subscription.peer.spare(wanted.size)):
            if wanted.shared:
                subscription.tell(wanted.shared)
            subscription.position = head
            return
        subscription.live = False
        subscription.missed += wanted.passing
        if not subscription.peer.stalled():
            self._read_on(subscription)

    def _read_on(self, subscription: Subscription) -> None:
        if subscription.reading is None:
            subscription.reading = asyncio.get_running_loop().create_task(self._read(subscription))

    async def _read(self, subscription: Subscription) -> None:
        try:
            while not subscription.live and await self._page(subscription):
                pass
        except CallError:
            # The storage failed or the daemon ends: the reader learns where it stood.
            self._dismiss(subscription, "storage_error")
        finally:
            subscription.reading = None

    async def _page(self, subscription: Subscription) -> bool:
        """Tell what the log has next. False when its connection has no room, or it has ended."""
        if not await _room(subscription.peer):
            return False
        found: Backlog = await self._engine.ask(
            lambda tx: backlog(tx, subscription.position, subscription.topics, subscription.workspace_id), self._lane
        )
        if found.oldest > subscription.position + 1:
            self._dismiss(subscription, "cursor_expired")
            return False
        for event in found.events:
            if not await _room(subscription.peer):
                return False
            subscription.tell([shared_part(event.seq, event.at, event.topic, event.workspace_id, event.body)])
            subscription.position = event.seq
        subscription.position = found.until
        subscription.live = subscription.position >= self._hub.head
        return True

    def _remove(self, subscription: Subscription) -> None:
        own, alike = self._of_peer[subscription.peer], self._alike[subscription.interest]
        del own[subscription.id]
        alike.discard(subscription)
        if not own:
            del self._of_peer[subscription.peer]
        if not alike:
            del self._alike[subscription.interest]
        if subscription.reading is not None and subscription.reading is not asyncio.current_task():
            subscription.reading.cancel()

    def _dismiss(self, subscription: Subscription, reason: str) -> None:
        self._remove(subscription)
        params = {"subscription": subscription.id, "reason": reason, "cursor": cursor_of(subscription.position)}
        subscription.peer.tell(msgspec.json.encode({"jsonrpc": "2.0", "method": "events.closed", "params": params}))


@lru_cache(maxsize=8192)
def matches(topics: tuple[str, ...], topic: str) -> bool:
    """Whether any of the globs fits the topic."""
    return any(fnmatchcase(topic, pattern) for pattern in topics)


def shared_part(seq: int, at: str, topic: str, workspace_id: str, body: Any) -> bytes:
    """An event's params after `subscription`, and the end of the message."""
    return (
        b"%b}"
        % _encode({"cursor": cursor_of(seq), "at": at, "topic": topic, "workspaceId": workspace_id, "body": body})[1:]
    )


async def _room(peer: Connection) -> bool:
    """Whether a connection takes more. If not, it has not read what was sent, and `drained` is called once it has."""
    while not peer.spare():
        if peer.stalled():
            return False
        # What is told goes out at the end of this turn of the loop.
        await asyncio.sleep(0)
    return True


_encode = msgspec.json.Encoder().encode
