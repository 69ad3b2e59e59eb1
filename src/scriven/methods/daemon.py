"""The daemon itself: who it is, how it is, how it ends."""

from __future__ import annotations

import os
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from scriven import __version__
from scriven.errors import Busy, DeadlineExceeded, Mismatch, NotReady, ShuttingDown, StorageError
from scriven.method import App, Live, Params, Record, State, Timestamp, WorkspaceId, method
from scriven.methods.events import Cursor, SubscriptionId, Topics
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


class DaemonClients(Params):
    pass


class ClientSubscription(Record):
    """What a client listens to. `lag` is how many changes, wanted or not, it has still to be told of."""

    id: SubscriptionId
    topics: Topics
    workspace_id: WorkspaceId | None
    cursor: Cursor
    lag: Annotated[int, Meta(ge=0, examples=[0])]


class Client(Record):
    """A connection, and who is at its other end."""

    id: Annotated[int, Meta(ge=1, description="Its number in this run of the daemon.", examples=[7])]
    pid: Annotated[int | None, Meta(description="The process that connected, where the system tells.", examples=[4242])]
    command: Annotated[str | None, Meta(description="That process's program, while it lives.", examples=["node"])]
    client: Annotated[str | None, Meta(description="Its name, from `daemon.hello`.", examples=["dashboard"])]
    version: Annotated[str | None, Meta(description="Its version, from `daemon.hello`.", examples=["1.0.0"])]
    access: Literal["read", "write"]
    connected_at: Timestamp
    calls: Annotated[int, Meta(ge=0, description="Begun so far.", examples=[12])]
    in_flight: Annotated[int, Meta(ge=0, description="Under way right now.", examples=[1])]
    subscriptions: list[ClientSubscription]
    leases: Annotated[int, Meta(ge=0, description="Those it holds that end with it.", examples=[0])]


class Bound(Record):
    """How many leases end with a connection."""

    id: int
    leases: int


class DaemonMetrics(Params):
    pass


class Distribution(Record):
    """How numbers are spread. `buckets` has the zeros, the ones, then those from 2 to 3, from 4 to 7, and so on.

    The percentiles are estimated from the buckets.
    """

    p50: Annotated[int, Meta(ge=0, examples=[90])]
    p90: Annotated[int, Meta(ge=0, examples=[120])]
    p99: Annotated[int, Meta(ge=0, examples=[200])]
    max: Annotated[int, Meta(ge=0, examples=[210])]
    count: Annotated[int, Meta(ge=0, examples=[2])]
    sum: Annotated[int, Meta(ge=0, examples=[300])]
    buckets: Annotated[list[int], Meta(examples=[[0, 0, 0, 0, 0, 0, 0, 1, 1]])]


Errors = Annotated[
    dict[str, int],
    Meta(description="How many of each kind.", examples=[{"not_found": 1}]),
]


class MethodMetrics(Record):
    """What became of the calls of a method. Times are in microseconds."""

    method: Annotated[str, Meta(examples=["settings.get"])]
    calls: Annotated[int, Meta(ge=0, description="That have ended, also before they ran.", examples=[3])]
    errors: Errors
    wait_us: Annotated[Distribution, Meta(description="From when a call came to its turn.")]
    run_us: Annotated[Distribution, Meta(description="In the method itself, COMMIT and reply left out.")]


class SubscriberMetrics(Record):
    """A subscription; `lag` is how many changes it has still to be told of."""

    id: SubscriptionId
    client: Annotated[int, Meta(ge=1, description="Its connection: see `daemon.clients`.", examples=[7])]
    lag: Annotated[int, Meta(ge=0, examples=[0])]


class Metrics(Record):
    """What the process has counted since `startedAt`."""

    instance: Instance
    started_at: Timestamp
    bytes_in: Annotated[int, Meta(ge=0, description="From all clients.", examples=[4096])]
    bytes_out: Annotated[int, Meta(ge=0, description="To all clients.", examples=[4096])]
    commits: Annotated[int, Meta(ge=0, examples=[2])]
    commit_us: Annotated[Distribution, Meta(description="How long a COMMIT takes, in microseconds.")]
    batch_calls: Annotated[Distribution, Meta(description="Calls that ran in one transaction, the daemon's own too.")]
    errors: Annotated[Errors, Meta(description="Of messages that were a call of no method.")]
    methods: Annotated[list[MethodMetrics], Meta(description="Those that were called, by name.")]
    subscribers: list[SubscriberMetrics]


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


BOUND = """
    SELECT connection AS id, count(*) AS leases FROM leases WHERE connection >= 0 AND expires_at IS NULL
    GROUP BY connection
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
    if p.version is not None:
        connection.version = p.version
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


@method("live", since=1, raises=(Busy, NotReady, ShuttingDown, StorageError))
async def clients(live: Live, p: DaemonClients) -> list[Client]:
    """Who is connected: the process, what it called itself, what it has under way and listens to.

    In the order of connecting; the connection that asks is among them.
    """
    bound = await live.app.inspect(_bound, live.connection)
    return live.app.clients({each.id: each.leases for each in bound})


@method("live", since=1)
async def metrics(live: Live, p: DaemonMetrics) -> Metrics:
    """What the process has counted: calls, errors and times of each method, batches, commits, who is behind.

    It never waits for the database.
    """
    return live.app.metrics()


@method("live", since=1)
async def shutdown(live: Live, p: DaemonShutdown) -> Farewell:
    """Drain and end: calls under way are finished, later ones get `shutting_down`."""
    live.app.stop()
    return Farewell(stopping=True, pid=os.getpid())


def _count(tx: Tx) -> Counts:
    counts = tx.one(COUNTS, None, Counts)
    assert counts is not None
    return counts


def _bound(tx: Tx) -> list[Bound]:
    return tx.all(BOUND, None, Bound)


def _database(app: App) -> Database:
    return Database(path=app.config.database, id=app.database_id, schema_version=app.schema_version)


def _compare(field: str, expected: str | None, found: str | None) -> None:
    if expected is not None and expected != found:
        raise Mismatch(f"the daemon's {field} is another one", path=f"$.expect.{field}", found=found)
