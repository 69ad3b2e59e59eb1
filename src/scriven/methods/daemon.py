"""The daemon itself: who it is, how it is, how it ends."""

from __future__ import annotations

import os
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from scriven import __version__
from scriven.errors import Busy, DeadlineExceeded, Mismatch, NotReady, ShuttingDown, StorageError
from scriven.method import App, Live, Params, Record, State, Timestamp, method
from scriven.tx import Tx

PROTOCOL = (1, 1)

Instance = Annotated[str, Meta(max_length=64, description="Another one at every start.", examples=["9f86d081884c7d65"])]
Version = Annotated[str, Meta(description="The version of the daemon.", examples=[__version__])]
Pid = Annotated[int, Meta(description="The process.", examples=[4242])]
Stage = Annotated[State, Meta(description="Calls are served in `ready`.", examples=["ready"])]
Generation = Annotated[int, Meta(ge=1, le=1000)]
Span = Annotated[
    tuple[Generation, Generation],
    Meta(description="The oldest and newest protocol it speaks.", examples=[list(PROTOCOL)]),
]
Socket = Annotated[str, Meta(description="Where it listens.", examples=["/run/user/1000/scriven/scriven.sock"])]
DatabaseId = Annotated[
    str,
    Meta(max_length=64, description="Of this file, whatever its path.", examples=["0c8a1e6f5b7d4e92a3f1c6d8b0e7f254"]),
]


class Expected(Struct, rename="camel", forbid_unknown_fields=True, frozen=True):
    """What the caller believes it is talking to."""

    database_id: DatabaseId | None = None
    instance: Instance | None = None


class DaemonHello(Params):
    client: Annotated[str, Meta(max_length=128, description="Who is calling, for people.")] | None = None
    version: Annotated[str, Meta(max_length=64, description="The caller's own version.")] | None = None
    protocol: Span | None = None
    expect: Annotated[Expected | None, Meta(description="Fail with `mismatch` unless these are so.")] = None
    access: Annotated[
        Literal["read", "write"] | None,
        Meta(description="`read` gives up the right to write, for this connection and for good."),
    ] = None


class Limits(Record):
    """What the daemon accepts."""

    frame_bytes: Annotated[int, Meta(description="Of one message.", examples=[16 * 1024 * 1024])]
    batch_calls: Annotated[int, Meta(description="Calls in one batch.", examples=[1000])]
    calls_in_flight: Annotated[
        int, Meta(description="Calls of one connection under way; beyond it is not read from.", examples=[1000])
    ]
    connections: Annotated[int, Meta(description="Connections at once.", examples=[1024])]
    deadline_ms: Annotated[int, Meta(description="The longest a call may take.", examples=[30_000])]


class Database(Record):
    """The file behind the daemon. `id` and `schemaVersion` are null while it is being opened."""

    path: Annotated[str, Meta(description="Where it lies.", examples=["/home/ada/.local/share/scriven/scriven.db"])]
    id: DatabaseId | None
    schema_version: Annotated[int, Meta(description="The last migration it has had.", examples=[1])] | None


class Greeting(Record):
    """Who answers, and what it accepts."""

    name: Annotated[str, Meta(examples=["scriven"])]
    version: Version
    protocol: Span
    pid: Pid
    instance: Instance
    started_at: Timestamp
    state: Stage
    socket: Socket
    database: Database
    limits: Limits
    access: Literal["read", "write"]


class DaemonHealth(Params):
    pass


class Health(Record):
    """Whether calls are being served."""

    state: Stage
    pid: Pid
    instance: Instance
    started_at: Timestamp
    reason: Annotated[str | None, Meta(description="Why it is not ready.")]


class DaemonStatus(Params):
    pass


class Counts(Record):
    """How many records there are, and how big the file is.

    Logs and parts are left out: there may be millions, and everybody would wait while they are counted.
    """

    settings: int
    workspaces: int
    sessions: int
    messages: int
    memory: Annotated[int, Meta(description="What is remembered, and what was forgotten and can be restored.")]
    changes: int
    head: Annotated[int, Meta(description="The newest place in the change log.")]
    database_bytes: int
    free_bytes: Annotated[int, Meta(description="Bytes of the file that hold nothing at the moment.")]


class Traffic(Record):
    """What the process has done since it started."""

    connections: int
    calls: int
    errors: int
    commits: int
    queued: Annotated[int, Meta(description="Calls that wait for the database right now.")]
    wal_bytes: int
    resident_bytes: int


class Status(Record):
    """The daemon at a glance."""

    state: Stage
    version: Version
    pid: Pid
    instance: Instance
    started_at: Timestamp
    uptime_seconds: int
    socket: Socket
    database: Database
    counts: Counts
    traffic: Traffic


class DaemonShutdown(Params):
    pass


class Farewell(Record):
    """The daemon has begun to drain."""

    stopping: bool
    pid: Pid


COUNTS = """
    SELECT (SELECT count(*) FROM settings) AS settings,
           (SELECT count(*) FROM workspace_config WHERE id <> 'global') AS workspaces,
           (SELECT count(*) FROM sessions) AS sessions,
           (SELECT count(*) FROM messages) AS messages,
           (SELECT count(*) FROM memory_entries) AS memory,
           (SELECT count(*) FROM changes) AS changes,
           (SELECT coalesce(max(seq), 0) FROM changes) AS head,
           (SELECT page_count FROM pragma_page_count) * (SELECT page_size FROM pragma_page_size) AS database_bytes,
           (SELECT freelist_count FROM pragma_freelist_count) * (SELECT page_size FROM pragma_page_size) AS free_bytes
"""


@method("live", since=1, raises=(Mismatch,))
async def hello(live: Live, p: DaemonHello) -> Greeting:
    """Introduce a client and learn who answers, which protocol it speaks and what it accepts.

    Optional: a connection may call anything without it. It answers in every state of the daemon.
    """
    app, connection = live.app, live.connection
    if p.protocol is not None and not (p.protocol[0] <= PROTOCOL[1] and PROTOCOL[0] <= p.protocol[1]):
        raise Mismatch(
            "the client and the daemon share no protocol version",
            path="$.protocol",
            daemon=list(PROTOCOL),
            hint="scriven restart, after an upgrade; else upgrade the older of the two",
        )
    if p.expect is not None:
        _compare("databaseId", p.expect.database_id, app.database_id)
        _compare("instance", p.expect.instance, app.instance)
    if p.client is not None:
        connection.client = p.client
    if p.access == "read":
        connection.access = "read"
    return Greeting(
        name="scriven",
        version=__version__,
        protocol=PROTOCOL,
        pid=os.getpid(),
        instance=app.instance,
        started_at=app.started_at,
        state=app.state,
        socket=app.config.socket,
        database=_database(app),
        limits=Limits(**msgspec.structs.asdict(app.config.limits)),
        access=connection.access,
    )


@method("live", since=1)
async def health(live: Live, p: DaemonHealth) -> Health:
    """Whether calls are being served.

    It never waits for the database.
    """
    app = live.app
    return Health(state=app.state, pid=os.getpid(), instance=app.instance, started_at=app.started_at, reason=app.reason)


@method("live", since=1, raises=(Busy, DeadlineExceeded, NotReady, ShuttingDown, StorageError))
async def status(live: Live, p: DaemonStatus) -> Status:
    """The daemon at a glance: the file, what it holds, what has been done."""
    app = live.app
    counts = await app.inspect(_count, live.connection)
    return Status(
        state=app.state,
        version=__version__,
        pid=os.getpid(),
        instance=app.instance,
        started_at=app.started_at,
        uptime_seconds=int(app.uptime()),
        socket=app.config.socket,
        database=_database(app),
        counts=counts,
        traffic=Traffic(**app.traffic()),
    )


@method("live", since=1)
async def shutdown(live: Live, p: DaemonShutdown) -> Farewell:
    """Drain and end: calls under way are finished, later ones get `shutting_down`."""
    live.app.stop()
    return Farewell(stopping=True, pid=os.getpid())


def _count(tx: Tx) -> Counts:
    counts = tx.one(COUNTS, None, Counts)
    assert counts is not None
    return counts


def _database(app: App) -> Database:
    return Database(path=app.config.database, id=app.database_id, schema_version=app.schema_version)


def _compare(field: str, expected: str | None, found: str | None) -> None:
    if expected is not None and expected != found:
        raise Mismatch(f"the daemon's {field} is another one", path=f"$.expect.{field}", found=found)
