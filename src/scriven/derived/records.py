"""What the daemon gives, as types. Derived; do not edit."""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypedDict


class CallMeta(TypedDict):
    """What a caller may say about the call itself."""

    idempotencyKey: NotRequired[str | None]
    deadlineMs: NotRequired[int | None]
    actor: NotRequired[str | None]


class Counts(TypedDict):
    """How many records there are, and how big the file is."""

    settings: int
    workspaces: int
    changes: int
    head: int
    databaseBytes: int
    freeBytes: int


class Database(TypedDict):
    """The file behind the daemon. `id` and `schemaVersion` are null while it is being opened."""

    path: str
    id: str | None
    schemaVersion: int | None


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


class Limits(TypedDict):
    """What the daemon accepts."""

    frameBytes: int
    batchCalls: int
    callsInFlight: int
    connections: int
    deadlineMs: int


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


class SettingsFile(TypedDict):
    """All values of one scope, in the form iDumb's dashboard exports."""

    version: Literal["1.0"]
    exportedAt: str
    settings: list[ExportedSetting]


class SettingsImported(TypedDict):
    """What an import did."""

    imported: int
    deleted: int


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
