"""What the daemon gives, as types. Derived; do not edit."""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypedDict


class CallMeta(TypedDict):
    """What a caller may say about the call itself."""

    idempotencyKey: NotRequired[str | None]
    deadlineMs: NotRequired[int | None]
    actor: NotRequired[str | None]
    progressToken: NotRequired[str | int | None]


class Client(TypedDict):
    """A connection, and who is at its other end."""

    id: int
    pid: int | None
    command: str | None
    client: str | None
    version: str | None
    access: Literal["read", "write"]
    connectedAt: str
    calls: int
    inFlight: int
    subscriptions: list[ClientSubscription]
    leases: int


class ClientSubscription(TypedDict):
    """What a client listens to. `lag` is how many changes, wanted or not, it has still to be told of."""

    id: str
    topics: list[str]
    workspaceId: str | None
    cursor: str
    lag: int


class Context(TypedDict):
    """A text for an agent to read, and what it was made of."""

    text: str
    entries: list[ContextEntry]
    totalTokens: int
    truncated: bool
    lastSession: LastSession | None


class ContextEntry(TypedDict):
    """A memory that the text holds."""

    id: str
    content: str
    category: str
    source: str
    score: int
    age: str
    tokens: int


class Counts(TypedDict):
    """How many records there are, and how big the file is.

Logs and parts are left out: there may be millions, and everybody would wait while they are counted."""

    settings: int
    workspaces: int
    sessions: int
    messages: int
    memory: int
    changes: int
    head: int
    databaseBytes: int
    freeBytes: int


class Database(TypedDict):
    """The file behind the daemon. `id` and `schemaVersion` are null while it is being opened."""

    path: str
    id: str | None
    schemaVersion: int | None


class DeletedMessage(TypedDict):
    """The body of a `messages.delete` event."""

    id: str
    sessionId: str
    revision: int


class DeletedPart(TypedDict):
    """The body of a `parts.delete` event."""

    id: str
    messageId: str
    sessionId: str
    revision: int


class DeletedSession(TypedDict):
    """The body of a `sessions.delete` event."""

    id: str
    workspaceId: str


class DeletedSetting(TypedDict):
    """The body of a `settings.delete` event."""

    key: str
    workspaceId: str
    revision: int


class DeletedWorkspace(TypedDict):
    """The body of a `workspaces.delete` event."""

    workspaceId: str
    projectDir: str | None


class Distribution(TypedDict):
    """How numbers are spread. `buckets` has the zeros, the ones, then those from 2 to 3, from 4 to 7, and so on.

The percentiles are estimated from the buckets."""

    p50: int
    p90: int
    p99: int
    max: int
    count: int
    sum: int
    buckets: list[int]


class EntriesFound(TypedDict):
    """What a search found, the best first."""

    items: list[FoundEntry]
    elsewhere: int


class Entry(TypedDict):
    """Something remembered. `deletedAt` tells that it was forgotten; until it is purged it can be restored."""

    id: str
    workspaceId: str
    content: str
    contentHash: str
    category: str
    source: str
    tags: list[str]
    metadata: Any
    seenCount: int
    createdAt: str
    updatedAt: str
    lastAccessed: str
    deletedAt: str | None
    revision: int


class EntryPage(TypedDict):
    """One page of a list."""

    items: list[Entry]
    nextCursor: str | None


class Event(TypedDict):
    """A change. A body that was too long for the log is `{ref: {noun, id, revision}}`."""

    cursor: str
    at: str
    topic: str
    workspaceId: str
    body: Any


class Expected(TypedDict):
    """What the caller believes it is talking to."""

    databaseId: NotRequired[str | None]
    instance: NotRequired[str | None]


class ExportedSetting(TypedDict):
    """A value as exports carry it."""

    key: str
    value: Any


class Farewell(TypedDict):
    """The daemon has begun to drain."""

    stopping: bool
    pid: int


class FoundEntry(TypedDict):
    """An entry that has words of the query."""

    entry: Entry
    score: float
    snippet: str


class FoundMessage(TypedDict):
    """A message that a search found, by itself or by what stands beside it, with its part that fits best."""

    messageId: str
    sessionId: str
    role: Literal["assistant", "system", "tool", "user"]
    createdAt: str
    partId: str | None
    score: float
    snippet: str


class Greeting(TypedDict):
    """Who answers, and what it accepts."""

    name: str
    version: str
    protocol: list[int]
    pid: int
    instance: str
    startedAt: str
    state: Literal["degraded", "draining", "ready", "starting"]
    socket: str
    database: Database
    limits: Limits
    access: Literal["read", "write"]


class Health(TypedDict):
    """Whether calls are being served."""

    state: Literal["degraded", "draining", "ready", "starting"]
    pid: int
    instance: str
    startedAt: str
    reason: str | None


class History(TypedDict):
    """Changes, the oldest first. `nextCursor` is null when there is no more; `head` is the newest place there is."""

    items: list[Event]
    nextCursor: str | None
    head: str


class LastSession(TypedDict):
    """The session before: the newest with a summary, else the newest that has ended."""

    id: str
    title: str | None
    summary: str | None
    startedAt: str
    endedAt: str | None


class Lease(TypedDict):
    """Something that is held. Without `expiresAt` it ends with the connection that took it."""

    name: str
    workspaceId: str
    holder: str
    token: int
    acquiredAt: str
    expiresAt: str | None
    note: str | None


class LeasePage(TypedDict):
    """One page of a list."""

    items: list[Lease]
    nextCursor: str | None


class LeaseRelease(TypedDict):
    """Whether there was something to release."""

    released: bool


class Limits(TypedDict):
    """What the daemon accepts."""

    frameBytes: int
    batchCalls: int
    callsInFlight: int
    connections: int
    deadlineMs: int


class Log(TypedDict):
    """Something that happened."""

    id: str
    workspaceId: str
    sessionId: str | None
    eventType: str
    eventData: Any | None
    timestamp: str


class LogDay(TypedDict):
    """How much happened on a day."""

    day: str
    total: int
    byType: dict[str, int]


class LogPage(TypedDict):
    """One page of a list."""

    items: list[Log]
    nextCursor: str | None


class LogState(TypedDict):
    """Something that happened."""

    kind: Literal["log"]
    id: str
    eventType: str
    timestamp: str
    sessionId: NotRequired[str | None]
    eventData: NotRequired[Any]
    workspaceId: NotRequired[str | None]
    projectDir: NotRequired[str | None]


class MemoryForgotten(TypedDict):
    """How many entries were forgotten; those that were already, or never were there, do not count."""

    forgotten: int


class MemoryPurged(TypedDict):
    """How many forgotten entries are gone for good."""

    purged: int


class MemoryRestored(TypedDict):
    """How many entries were restored; those that were not forgotten do not count."""

    restored: int


class MemoryState(TypedDict):
    """A memory. What tells it from others is its content, in its workspace."""

    kind: Literal["memory"]
    content: str
    category: str
    source: str
    createdAt: str
    id: NotRequired[str | None]
    tags: NotRequired[list[str]]
    metadata: NotRequired[Any]
    seenCount: NotRequired[int]
    updatedAt: NotRequired[str | None]
    lastAccessed: NotRequired[str | None]
    deletedAt: NotRequired[str | None]
    revision: NotRequired[int]
    workspaceId: NotRequired[str | None]
    projectDir: NotRequired[str | None]


class Message(TypedDict):
    """One message of a session. A part has an `id`; it was added, before everything else, to one that had none."""

    id: str
    sessionId: str
    role: Literal["assistant", "system", "tool", "user"]
    parentId: str | None
    metadata: Any
    parts: list[Any]
    createdAt: str
    completedAt: str | None
    updatedAt: str
    revision: int


class MessageDeletion(TypedDict):
    """Whether there was something to delete."""

    deleted: bool


class MessagePage(TypedDict):
    """One page of a list."""

    items: list[Message]
    nextCursor: str | None


class MessageState(TypedDict):
    """A message with its parts, in their order."""

    kind: Literal["message"]
    id: str
    sessionId: str
    role: Literal["assistant", "system", "tool", "user"]
    createdAt: str
    parentId: NotRequired[str | None]
    metadata: NotRequired[Any]
    parts: NotRequired[list[Any]]
    completedAt: NotRequired[str | None]
    updatedAt: NotRequired[str | None]
    revision: NotRequired[int]


class MessagesFound(TypedDict):
    """What a search found, the best first."""

    items: list[FoundMessage]
    elsewhere: int


class MethodMetrics(TypedDict):
    """What became of the calls of a method. Times are in microseconds."""

    method: str
    calls: int
    errors: dict[str, int]
    waitUs: Distribution
    runUs: Distribution


class Metrics(TypedDict):
    """What the process has counted since `startedAt`."""

    instance: str
    startedAt: str
    bytesIn: int
    bytesOut: int
    commits: int
    commitUs: Distribution
    batchCalls: Distribution
    errors: dict[str, int]
    methods: list[MethodMetrics]
    subscribers: list[SubscriberMetrics]


class Observation(TypedDict):
    """A pattern seen once; the body of a `memory.observe` event."""

    id: str
    workspaceId: str
    pattern: str
    patternType: str
    evidence: str | None
    sessionId: str | None
    createdAt: str


class ObservationState(TypedDict):
    """Something that was noticed, and may become a memory when it is noticed again."""

    kind: Literal["observation"]
    id: str
    pattern: str
    patternType: str
    createdAt: str
    evidence: NotRequired[str | None]
    sessionId: NotRequired[str | None]
    workspaceId: NotRequired[str | None]
    projectDir: NotRequired[str | None]


class Observed(TypedDict):
    """How often a pattern was seen lately, and what follows from it."""

    count: int
    inferred: Entry | None


class Part(TypedDict):
    """A stored part. `part` is the object as it was given, with an `id` before everything else if it had none."""

    id: str
    messageId: str
    type: str
    part: Any
    createdAt: str
    updatedAt: str
    revision: int


class PartDeletion(TypedDict):
    """Whether there was something to delete."""

    deleted: bool


class PartDelta(TypedDict):
    """The body of a `parts.delta` event: what a field grew by. It is told, not stored."""

    partId: str
    messageId: str
    sessionId: str
    field: str
    delta: str


class PartTold(TypedDict):
    """The stored part that a delta goes with."""

    id: str
    revision: int


class Published(TypedDict):
    """It was told. `cursor` is its place in the log, or the place it was told after when it is not kept."""

    topic: str
    cursor: str


class PurgedEntries(TypedDict):
    """The body of a `memory.purge` event."""

    workspaceId: str
    purged: int
    olderThanDays: int


class Remembered(TypedDict):
    """An entry as it is now, and what became of it."""

    entry: Entry
    outcome: Literal["created", "revived", "seen", "upgraded"]


class Session(TypedDict):
    """A stretch of work by an agent. `lastActive` is when anything last happened in it: messages, todos, logs."""

    id: str
    workspaceId: str
    parentId: str | None
    title: str | None
    agent: str | None
    source: str | None
    status: Literal["busy", "idle", "retry"]
    summary: str | None
    metadata: Any
    startedAt: str
    endedAt: str | None
    endTrigger: str | None
    archivedAt: str | None
    idleTimeoutS: int | None
    lastActive: str
    updatedAt: str
    revision: int


class SessionDeletion(TypedDict):
    """Whether there was something to delete."""

    deleted: bool


class SessionPage(TypedDict):
    """One page of a list."""

    items: list[Session]
    nextCursor: str | None


class SessionState(TypedDict):
    """A session. It is idle when it comes in."""

    kind: Literal["session"]
    id: str
    startedAt: str
    parentId: NotRequired[str | None]
    title: NotRequired[str | None]
    agent: NotRequired[str | None]
    source: NotRequired[str | None]
    summary: NotRequired[str | None]
    metadata: NotRequired[Any]
    endedAt: NotRequired[str | None]
    endTrigger: NotRequired[str | None]
    archivedAt: NotRequired[str | None]
    idleTimeoutS: NotRequired[int | None]
    lastActive: NotRequired[str | None]
    updatedAt: NotRequired[str | None]
    revision: NotRequired[int]
    workspaceId: NotRequired[str | None]
    projectDir: NotRequired[str | None]


class Setting(TypedDict):
    """A stored value."""

    key: str
    value: Any
    workspaceId: str
    revision: int
    createdAt: str
    updatedAt: str


class SettingDeletion(TypedDict):
    """Whether there was something to delete."""

    deleted: bool


class SettingPage(TypedDict):
    """One page of a list."""

    items: list[Setting]
    nextCursor: str | None


class SettingState(TypedDict):
    """A value of a workspace, or a global one."""

    kind: Literal["setting"]
    key: str
    value: Any
    revision: NotRequired[int]
    createdAt: NotRequired[str | None]
    updatedAt: NotRequired[str | None]
    workspaceId: NotRequired[str | None]
    projectDir: NotRequired[str | None]


class SettingsFile(TypedDict):
    """All values of one scope, in the form iDumb's dashboard exports."""

    version: Literal["1.0"]
    exportedAt: str
    settings: list[ExportedSetting]


class SettingsImported(TypedDict):
    """What an import did."""

    imported: int
    deleted: int


class SkippedRecord(TypedDict):
    """A record that was not taken."""

    index: int
    reason: str


class StateArrival(TypedDict):
    """The body of a `state.import` event: what came into one workspace with one call."""

    workspaceId: str
    added: int
    updated: int


class StateImported(TypedDict):
    """What became of the records."""

    added: int
    updated: int
    present: int
    skipped: list[SkippedRecord]


class StatePage(TypedDict):
    """Records, each after those it refers to."""

    items: list[SettingState | WorkspaceState | SessionState | TodosState | MessageState | MemoryState | ObservationState | LogState]
    nextCursor: str | None


class Status(TypedDict):
    """The daemon at a glance."""

    state: Literal["degraded", "draining", "ready", "starting"]
    version: str
    pid: int
    instance: str
    startedAt: str
    uptimeSeconds: int
    socket: str
    database: Database
    counts: Counts
    traffic: Traffic


class Subscribed(TypedDict):
    """A subscription that has begun. Everything after `cursor` comes as `events.event`."""

    subscription: str
    cursor: str


class SubscriberMetrics(TypedDict):
    """A subscription; `lag` is how many changes it has still to be told of."""

    id: str
    client: int
    lag: int


class Todos(TypedDict):
    """The todo list of a session."""

    sessionId: str
    todos: list[Any]
    updatedAt: str | None
    revision: int


class TodosState(TypedDict):
    """The todo list of a session."""

    kind: Literal["todos"]
    sessionId: str
    todos: list[Any]
    updatedAt: NotRequired[str | None]
    revision: NotRequired[int]


class Traffic(TypedDict):
    """What the process has done since it started."""

    connections: int
    calls: int
    errors: int
    commits: int
    queued: int
    walBytes: int
    residentBytes: int


class TransactionCall(TypedDict):
    """One call of the transaction."""

    method: str
    params: NotRequired[Any]


class TransactionResult(TypedDict):
    """The result of every call, in their order."""

    results: list[Any]


class Unsubscribed(TypedDict):
    """Whether there was something to end."""

    unsubscribed: bool


class Waited(TypedDict):
    """What came; nothing, when the time was over before. Ask again with `cursor`."""

    items: list[Event]
    cursor: str


class Workspace(TypedDict):
    """A project. The row `global` is the scope of what belongs to none; it has no directory."""

    id: str
    name: str | None
    projectDir: str | None
    config: Any
    revision: int
    createdAt: str
    updatedAt: str
    lastOpened: str


class WorkspaceDeletion(TypedDict):
    """Whether there was something to delete."""

    deleted: bool


class WorkspacePage(TypedDict):
    """One page of a list."""

    items: list[Workspace]
    nextCursor: str | None


class WorkspaceState(TypedDict):
    """A workspace. Only `global` has no directory; `aliases` are those it had before."""

    kind: Literal["workspace"]
    id: NotRequired[str | None]
    projectDir: NotRequired[str | None]
    name: NotRequired[str | None]
    aliases: NotRequired[list[str]]
    config: NotRequired[Any]
    revision: NotRequired[int]
    createdAt: NotRequired[str | None]
    updatedAt: NotRequired[str | None]
    lastOpened: NotRequired[str | None]
