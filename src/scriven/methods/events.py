"""What happened: every change, in the order of commits, as it comes or from any place in the log on."""

from __future__ import annotations

import time
from functools import partial
from typing import Annotated

from msgspec import Meta

from scriven.errors import (
    Busy,
    CursorExpired,
    InvalidParams,
    LimitExceeded,
    NotFound,
    NotReady,
    ShuttingDown,
    StorageError,
)
from scriven.method import GLOBAL, Json, Live, Params, Record, Timestamp, WorkspaceId, method
from scriven.methods.workspaces import require
from scriven.tx import LARGE_BODY, Tx

# A look into the log reads at most so many changes, and gives at most so many.
WINDOW = 5000
PAGE = 500

# What is told and not kept may be bigger.
PASSING_BODY = 65_536

# What a live method meets that looks into the log.
READS_THE_LOG = (Busy, CursorExpired, NotReady, ShuttingDown, StorageError)

# A call ends after 30 seconds unless the config says otherwise.
LONGEST_WAIT_MS = 25_000

Topic = Annotated[
    str,
    Meta(
        pattern=r"^[A-Za-z0-9_.*?-]{1,80}(?!\n)$",
        max_length=80,
        description="A topic, `noun.verb`; `*` stands for any characters, `?` for one.",
        examples=["settings.*"],
    ),
]
Topics = Annotated[
    list[Topic],
    Meta(min_length=1, max_length=32, description="What to hear of, any of them.", examples=[["settings.*"]]),
]
Cursor = Annotated[
    str,
    Meta(
        pattern=r"^c[0-9]{1,18}(?!\n)$",
        max_length=19,
        description="A place in the change log; opaque.",
        examples=["c42"],
    ),
]
SubscriptionId = Annotated[
    str, Meta(min_length=1, max_length=32, description="A subscription of this connection.", examples=["sub_1"])
]
OnlyWorkspace = Annotated[WorkspaceId, Meta(description="Only of this workspace; all when it is left out.")]
Since = Annotated[Cursor, Meta(description="Go on after this place.")]


class EventsSubscribe(Params):
    topics: Topics
    workspace_id: OnlyWorkspace | None = None
    since: Since | None = None


class Subscribed(Record):
    """A subscription that has begun. Everything after `cursor` comes as `events.event`."""

    subscription: SubscriptionId
    cursor: Cursor


class EventsUnsubscribe(Params):
    subscription: SubscriptionId


class Unsubscribed(Record):
    """Whether there was something to end."""

    unsubscribed: bool


class EventsHistory(Params):
    topics: Annotated[Topics, Meta(description="Only these; all when they are left out.")] | None = None
    workspace_id: OnlyWorkspace | None = None
    since: Annotated[Since, Meta(description="Only what came after this place; all when it is left out.")] | None = None
    limit: Annotated[int, Meta(ge=1, le=PAGE, description="At most this many.", examples=[100])] = 100


class Event(Record):
    """A change. A body that was too long for the log is `{ref: {noun, id, revision}}`."""

    cursor: Cursor
    at: Timestamp
    topic: Annotated[str, Meta(description="`noun.verb`.", examples=["settings.set"])]
    workspace_id: WorkspaceId
    body: Json


class History(Record):
    """Changes, the oldest first. `nextCursor` is null when there is no more; `head` is the newest place there is."""

    items: list[Event]
    next_cursor: Annotated[Cursor | None, Meta(description="Pass it as `since` for the next page.")]
    head: Cursor


class EventsWait(Params):
    topics: Topics
    workspace_id: OnlyWorkspace | None = None
    since: Since | None = None
    timeout_ms: Annotated[
        int, Meta(ge=0, le=LONGEST_WAIT_MS, description="Give up waiting after so long.", examples=[1000])
    ] = 20_000


class Waited(Record):
    """What came; nothing, when the time was over before. Ask again with `cursor`."""

    items: list[Event]
    cursor: Cursor


class EventsPublish(Params):
    topic: Annotated[
        str,
        Meta(
            pattern=r"^app\.[A-Za-z0-9_.-]{1,60}(?!\n)$",
            max_length=64,
            description="`app.` and a name of your own.",
            examples=["app.build.finished"],
        ),
    ]
    body: Json
    workspace_id: WorkspaceId = GLOBAL
    durable: Annotated[bool, Meta(description="Keep it in the log; else only who listens right now hears it.")] = True


class Published(Record):
    """It was told. `cursor` is its place in the log, or the place it was told after when it is not kept."""

    topic: Annotated[str, Meta(examples=["app.build.finished"])]
    cursor: Cursor


class Logged(Record):
    """A change as the log has it."""

    seq: int
    at: Timestamp
    topic: str
    workspace_id: str
    body: Json


class Reach(Record):
    """How far back the log reaches, and its newest place."""

    oldest: int
    head: int


class Backlog(Record):
    """Changes that match, all there are up to the place `until`."""

    events: list[Logged]
    until: int
    oldest: int
    head: int


REACH = """
    SELECT coalesce((SELECT min(seq) FROM changes), 1) AS oldest, coalesce((SELECT max(seq) FROM changes), 0) AS head
"""

READ = """
    SELECT seq, at, topic, workspace_id, body FROM changes
    WHERE seq > :after AND seq <= :until AND (:workspace_id IS NULL OR workspace_id = :workspace_id)
      AND EXISTS (SELECT 1 FROM json_each(:topics) WHERE topic GLOB value)
    ORDER BY seq LIMIT :limit
"""


@method("live", since=1, raises=(*READS_THE_LOG, LimitExceeded))
async def subscribe(live: Live, p: EventsSubscribe) -> Subscribed:
    """Hear of changes as `events.event {subscription, cursor, at, topic, workspaceId, body}`, each once and in order.

    With `since` everything after that place comes first, and what follows without a seam. Who reads slowly is served
    from the log, at its own pace. What is not kept in the log (`parts.delta`, `durable` false) may be missed: the next
    event then has `missed`, how many. A subscription ends with its connection, or with one
    `events.closed {subscription, reason, cursor}`: `cursor_expired`, `shutting_down`, `storage_error`.
    """
    reach = await live.app.inspect(_reach, live.connection)
    # Without `since` it begins where the log stands for this call among those of its connection.
    since = reach.head if p.since is None else place_of(p.since)
    _refuse_expired(since, reach)
    id_, begins = live.app.subscribe(live.connection, tuple(p.topics), p.workspace_id, since)
    return Subscribed(id_, cursor_of(begins))


@method("live", since=1)
async def unsubscribe(live: Live, p: EventsUnsubscribe) -> Unsubscribed:
    """End a subscription of this connection. What was sent already may still arrive before the reply."""
    return Unsubscribed(unsubscribed=live.app.unsubscribe(live.connection, p.subscription))


@method("read", since=1, raises=(CursorExpired,))
def history(tx: Tx, p: EventsHistory) -> History:
    """Changes from the log, the oldest first: all it has, or what came after a place."""
    reach = _reach(tx)
    since = reach.oldest - 1 if p.since is None else place_of(p.since)
    if p.since is not None:
        _refuse_expired(since, reach)
    topics = ("*",) if p.topics is None else tuple(p.topics)
    found = backlog(tx, since, topics, p.workspace_id, p.limit)
    more = None if found.until >= found.head else cursor_of(found.until)
    return History([_event(one) for one in found.events], more, cursor_of(found.head))


@method("live", since=1, raises=READS_THE_LOG)
async def wait(live: Live, p: EventsWait) -> Waited:
    """Wait for changes: those after `since`, or after now, as soon as there are any. For shells and other short lives.

    Nothing is missed between two calls when the second has the `cursor` of the first.
    """
    reach = await live.app.inspect(_reach, live.connection)
    since = reach.head if p.since is None else place_of(p.since)
    _refuse_expired(since, reach)
    until = time.monotonic() + p.timeout_ms / 1000
    topics = tuple(p.topics)
    while True:
        look = partial(backlog, after=since, topics=topics, workspace_id=p.workspace_id)
        found = await live.app.inspect(look, live.connection)
        _refuse_expired(since, found)
        since = found.until
        left = until - time.monotonic()
        if found.events or left <= 0 or live.app.state == "draining":
            return Waited([_event(one) for one in found.events], cursor_of(since))
        if since >= found.head:
            await live.app.next_commit(since, left)


@method("write", since=1, raises=(InvalidParams, LimitExceeded, NotFound))
def publish(tx: Tx, p: EventsPublish) -> Published:
    """Tell subscribers something of your own. A body that is kept has at most 4 KiB, one that is not 64 KiB."""
    require(tx, p.workspace_id)
    limit = LARGE_BODY if p.durable else PASSING_BODY
    if len(memoryview(p.body)) > limit:
        raise LimitExceeded(f"$.body is over {limit // 1024} KiB", path="$.body", limit=limit)
    tx.emit(p.topic, p.body, p.workspace_id, durable=p.durable)
    return Published(p.topic, cursor_of(tx.changes[-1].seq))


def backlog(tx: Tx, after: int, topics: tuple[str, ...], workspace_id: str | None, limit: int = PAGE) -> Backlog:
    """What the log has after a place, as far as one look goes."""
    reach = _reach(tx)
    until = min(reach.head, after + WINDOW)
    events = tx.all(
        READ, None, Logged, after=after, until=until, workspace_id=workspace_id, topics=list(topics), limit=limit
    )
    if len(events) == limit:
        until = events[-1].seq
    return Backlog(events, until, reach.oldest, reach.head)


def cursor_of(place: int) -> str:
    """A place in the log, as callers see it."""
    return f"c{place}"


def place_of(cursor: str) -> int:
    """A cursor's place in the log."""
    return int(cursor[1:])


def _reach(tx: Tx) -> Reach:
    return tx.all(REACH, None, Reach)[0]


def _event(logged: Logged) -> Event:
    return Event(cursor_of(logged.seq), logged.at, logged.topic, logged.workspace_id, logged.body)


def _refuse_expired(since: int, reach: Reach | Backlog) -> None:
    if since > reach.head or since + 1 < reach.oldest:
        raise CursorExpired(
            "the change log does not reach back to that cursor",
            path="$.since",
            oldest=cursor_of(reach.oldest - 1),
            head=cursor_of(reach.head),
            hint="read the state anew, then go on from `head`",
        )
