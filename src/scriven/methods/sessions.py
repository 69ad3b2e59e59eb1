"""Sessions of agents: who works where, whether it is busy, how it began and ended."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Literal

from msgspec import UNSET, Meta, Raw, UnsetType
from msgspec.structs import asdict
from msgspec.structs import replace as changed

from scriven.errors import Conflict, InvalidParams, LimitExceeded, NotFound
from scriven.merge_patch import merged
from scriven.method import (
    GLOBAL,
    IfRevision,
    Page,
    Params,
    Record,
    Revision,
    Timestamp,
    WorkspaceId,
    conflict,
    method,
    object_within,
)
from scriven.methods import logs, workspaces
from scriven.paging import Paged, page
from scriven.tx import Tx

METADATA_BYTES = 1024 * 1024

SessionId = Annotated[
    str,
    Meta(min_length=1, max_length=128, description="A session's id.", examples=["ses_019b3f2c7a41c0ffee5eed42"]),
]
Title = Annotated[str, Meta(max_length=1024, description="What people call it.", examples=["Fix the parser"])]
Agent = Annotated[str, Meta(min_length=1, max_length=128, description="Who works in it.", examples=["build"])]
Origin = Annotated[str, Meta(min_length=1, max_length=128, description="What began it.", examples=["user_initiated"])]
Trigger = Annotated[
    str,
    Meta(min_length=1, max_length=64, description="`explicit`, `timeout`, `browser_close` …", examples=["explicit"]),
]
Summary = Annotated[str, Meta(max_length=65_536, description="What it came to.", examples=["The parser is fixed."])]
Metadata = Annotated[Raw, Meta(description="A JSON object of the clients' own.", examples=[{"branch": "main"}])]
SessionStatus = Annotated[Literal["idle", "busy", "retry"], Meta(description="What it is doing.", examples=["busy"])]
IdleTimeout = Annotated[
    int,
    Meta(ge=1, le=31_536_000, description="End it after so many seconds in which nothing happens.", examples=[1800]),
]
Active = Annotated[bool, Meta(description="Only those that have not ended, or only those that have.")]


class Session(Record):
    """A stretch of work by an agent. `lastActive` is when anything last happened in it: messages, todos, logs."""

    id: SessionId
    workspace_id: WorkspaceId
    parent_id: SessionId | None
    title: Title | None
    agent: Agent | None
    source: Origin | None
    status: SessionStatus
    summary: Summary | None
    metadata: Metadata
    started_at: Timestamp
    ended_at: Timestamp | None
    end_trigger: Trigger | None
    archived_at: Timestamp | None
    idle_timeout_s: IdleTimeout | None
    last_active: Timestamp
    updated_at: Timestamp
    revision: Revision


class SessionsStart(Params):
    id: SessionId | None = None
    workspace_id: Annotated[WorkspaceId, Meta(description="A workspace; its parent's, else `global`.")] | None = None
    parent_id: SessionId | None = None
    title: Title | None = None
    agent: Agent | None = None
    source: Origin | None = None
    metadata: Metadata | UnsetType = UNSET
    idle_timeout_s: IdleTimeout | None = None
    replace: Annotated[bool, Meta(description="End the workspace's and agent's other active sessions first.")] = False


class SessionsCurrent(Params):
    workspace_id: WorkspaceId = GLOBAL
    agent: Agent | None = None
    create: Annotated[bool, Meta(description="Start one when there is none.")] = True
    idle_timeout_s: IdleTimeout | None = None


class SessionsGet(Params):
    id: SessionId


class SessionsList(Paged):
    workspace_id: (
        Annotated[WorkspaceId, Meta(description="Only of this workspace; all when it is left out.")] | None
    ) = None
    parent_id: Annotated[SessionId, Meta(description="Only the children of this session.")] | None = None
    agent: Agent | None = None
    active: Active | None = None
    archived: Annotated[bool, Meta(description="Those that were archived, instead of the others.")] = False
    search: (
        Annotated[
            str, Meta(max_length=256, description="Only titles and summaries with this text.", examples=["parser"])
        ]
        | None
    ) = None


class SessionsUpdate(Params):
    id: SessionId
    title: Title | UnsetType | None = UNSET
    status: SessionStatus | UnsetType = UNSET
    summary: Summary | UnsetType | None = UNSET
    metadata: Annotated[Metadata, Meta(description="A JSON merge patch (RFC 7396) of it.")] | UnsetType = UNSET
    archived: Annotated[bool, Meta(description="Put it away, or take it out again.")] | UnsetType = UNSET
    if_revision: IfRevision | None = None


class SessionsEnd(Params):
    id: SessionId
    trigger: Trigger = "explicit"
    summary: Summary | None = None


class SessionsDelete(Params):
    id: SessionId


class SessionDeletion(Record):
    """Whether there was something to delete."""

    deleted: bool


class DeletedSession(Record):
    """The body of a `sessions.delete` event."""

    id: SessionId
    workspace_id: WorkspaceId


COLUMNS = """
    id, workspace_id, parent_id, title, agent, source, status, summary, metadata, started_at, ended_at, end_trigger,
    archived_at, idle_timeout_s, active_at AS last_active, updated_at, revision
"""

GET = f"SELECT {COLUMNS} FROM sessions WHERE id = :id"

ADD = """
    INSERT INTO sessions (id, workspace_id, parent_id, title, agent, source, status, summary, metadata, started_at,
        ended_at, end_trigger, archived_at, idle_timeout_s, active_at, updated_at, revision, live)
    VALUES (:id, :workspace_id, :parent_id, :title, :agent, :source, :status, :summary, :metadata, :started_at,
        :ended_at, :end_trigger, :archived_at, :idle_timeout_s, :last_active, :updated_at, :revision, :live)
"""

REPLACE = """
    UPDATE sessions
    SET parent_id = :parent_id, title = :title, agent = :agent, source = :source, status = :status,
        summary = :summary, metadata = :metadata, started_at = :started_at, ended_at = :ended_at,
        end_trigger = :end_trigger, archived_at = :archived_at, idle_timeout_s = :idle_timeout_s,
        active_at = :last_active, updated_at = :updated_at, revision = :revision
    WHERE id = :id
"""

CURRENT = f"""
    SELECT {COLUMNS} FROM sessions
    WHERE workspace_id = :workspace_id
      AND live = 1 AND ended_at IS NULL AND archived_at IS NULL AND parent_id IS NULL
    ORDER BY active_at DESC, id DESC LIMIT 1
"""
CURRENT_OF_AGENT = f"""
    SELECT {COLUMNS} FROM sessions
    WHERE workspace_id = :workspace_id AND agent = :agent
      AND live = 1 AND ended_at IS NULL AND archived_at IS NULL AND parent_id IS NULL
    ORDER BY active_at DESC, id DESC LIMIT 1
"""
RIVALS = f"""
    SELECT {COLUMNS} FROM sessions
    WHERE workspace_id = :workspace_id AND agent IS :agent
      AND live = 1 AND ended_at IS NULL AND archived_at IS NULL AND parent_id IS NULL
    ORDER BY started_at
"""

FILTERED = """
    (active_at, id) < (:after_last_active, :after_id)
    AND (archived_at IS NOT NULL) = :archived
    AND (:agent IS NULL OR agent = :agent)
    AND (:active IS NULL OR (ended_at IS NULL) = :active)
    AND (:search IS NULL OR instr(lower(coalesce(title, '') || char(10) || coalesce(summary, '')), lower(:search)))
    ORDER BY active_at DESC, id DESC LIMIT :limit_and_one
"""
LIST = f"SELECT {COLUMNS} FROM sessions WHERE {FILTERED}"
LIST_OF_WORKSPACE = f"SELECT {COLUMNS} FROM sessions WHERE workspace_id = :workspace_id AND {FILTERED}"
LIST_OF_PARENT = f"""
    SELECT {COLUMNS} FROM sessions
    WHERE parent_id = :parent_id AND (:workspace_id IS NULL OR workspace_id = :workspace_id) AND {FILTERED}
"""

SET_STATUS = "UPDATE sessions SET status = :status, busy_for = :caller WHERE id = :id"
TOUCH = "UPDATE sessions SET active_at = max(active_at, :now), live = 1 WHERE id = :id"
CHILDREN = "SELECT id, workspace_id FROM sessions WHERE parent_id = :id ORDER BY id"
SELF = "SELECT id, workspace_id FROM sessions WHERE id = :id"
DELETE = "DELETE FROM sessions WHERE id = :id"
EVENTS = {
    **dict.fromkeys(("sessions.start", "sessions.update", "sessions.end"), Session),
    "sessions.delete": DeletedSession,
}


@method("write", since=1, raises=(Conflict, InvalidParams, LimitExceeded, NotFound))
def start(tx: Tx, p: SessionsStart) -> Session:
    """Start a session; it is active until it is ended, by `sessions.end` or by its idle timeout.

    An id that exists already is a conflict that carries that session. Writes a `session_start` log.
    """
    if p.metadata is not UNSET:
        object_within(p.metadata, METADATA_BYTES, "$.metadata")
    workspace_id = p.workspace_id
    if p.parent_id is not None:
        parent = require(tx, p.parent_id, "$.parentId")
        workspace_id = workspace_id or parent.workspace_id
        if workspace_id != parent.workspace_id:
            raise InvalidParams("$.workspaceId is not the parent's workspace", path="$.workspaceId")
    workspace_id = workspace_id or GLOBAL
    workspaces.require(tx, workspace_id)
    if p.id is not None and (stored := tx.one(GET, p, Session)) is not None:
        raise Conflict("a session has that id already", path="$.id", current=stored)
    if p.replace:
        for rival in tx.all(RIVALS, p, Session, workspace_id=workspace_id):
            finish(tx, rival, tx.now, "explicit")
    session = Session(
        id=p.id or tx.new_id("ses"),
        workspace_id=workspace_id,
        parent_id=p.parent_id,
        title=p.title,
        agent=p.agent,
        source=p.source,
        status="idle",
        summary=None,
        metadata=Raw(b"{}") if p.metadata is UNSET else p.metadata,
        started_at=tx.now,
        ended_at=None,
        end_trigger=None,
        archived_at=None,
        idle_timeout_s=p.idle_timeout_s,
        last_active=tx.now,
        updated_at=tx.now,
        revision=1,
    )
    add(tx, session)
    logs.write(tx, "session_start", {"source": p.source or "user_initiated"}, session.id, workspace_id)
    tx.emit("sessions.start", session)
    return session


@method("write", since=1, raises=(NotFound,))
def current(tx: Tx, p: SessionsCurrent) -> Session | None:
    """The active session of a workspace, else a new one, or null without `create`. However many ask at once, it is one.

    Active are sessions without a parent that are neither ended nor archived; of several it is the one in which
    something happened last. Asking counts as something happening. An imported session counts once something happens in
    it here.
    """
    workspaces.require(tx, p.workspace_id)
    session = tx.one(CURRENT if p.agent is None else CURRENT_OF_AGENT, p, Session)
    while session is not None and (moment := expiry(session)) is not None and moment <= tx.now:
        finish(tx, session, moment, "timeout")
        session = tx.one(CURRENT if p.agent is None else CURRENT_OF_AGENT, p, Session)
    if session is not None:
        touch(tx, session.id)
        return require(tx, session.id)
    if not p.create:
        return None
    return start(tx, SessionsStart(workspace_id=p.workspace_id, agent=p.agent, idle_timeout_s=p.idle_timeout_s))


@method("read", since=1, raises=(NotFound,))
def get(tx: Tx, p: SessionsGet) -> Session:
    """A session by its id."""
    return require(tx, p.id, "$.id")


@method("read", since=1)
def list_(tx: Tx, p: SessionsList) -> Page[Session]:
    """Sessions, the one in which something happened last first."""
    by = {"last_active": "~", "id": "~"}
    if p.parent_id is not None:
        return page(tx, LIST_OF_PARENT, p, Session, by=by)
    return page(tx, LIST if p.workspace_id is None else LIST_OF_WORKSPACE, p, Session, by=by)


@method("write", since=1, raises=(Conflict, InvalidParams, LimitExceeded, NotFound))
def update(tx: Tx, p: SessionsUpdate) -> Session:
    """Change what is given. A session that is `busy` or in `retry` falls back to `idle` when its client vanishes.

    That holds for the connection which set the status, once it has made more than that one call: a program that
    connects for a single call is gone in any case. When the daemon starts anew, every session is idle.
    """
    stored = require(tx, p.id, "$.id")
    if p.if_revision is not None and p.if_revision != stored.revision:
        raise conflict(stored)
    since = stored.archived_at or tx.now
    metadata = stored.metadata
    if p.metadata is not UNSET:
        metadata = merged(metadata, p.metadata, METADATA_BYTES, "$.metadata")
    session = changed(
        stored,
        title=stored.title if p.title is UNSET else p.title,
        status=stored.status if p.status is UNSET else p.status,
        summary=stored.summary if p.summary is UNSET else p.summary,
        metadata=metadata,
        archived_at=stored.archived_at if p.archived is UNSET else since if p.archived else None,
        last_active=max(stored.last_active, tx.now),
        updated_at=tx.now,
        revision=stored.revision + 1,
    )
    replace(tx, session)
    touch(tx, session.id)
    if p.status is not UNSET:
        tx.run(SET_STATUS, session, caller=tx.caller)
    tx.emit("sessions.update", session)
    return session


@method("write", since=1, raises=(NotFound,))
def end(tx: Tx, p: SessionsEnd) -> Session:
    """End a session. The first end stands: ending it again changes nothing and gives it as it is.

    Writes a `session_end` log with the trigger and the duration in whole minutes.
    """
    stored = require(tx, p.id, "$.id")
    return stored if stored.ended_at is not None else finish(tx, stored, tx.now, p.trigger, p.summary)


@method("write", since=1)
def delete(tx: Tx, p: SessionsDelete) -> SessionDeletion:
    """Delete a session, its messages and todos, and its children with theirs. Its logs stay."""
    family = tx.all(SELF, p, DeletedSession)
    for member in family:
        family += tx.all(CHILDREN, member, DeletedSession)
    for member in reversed(family):
        tx.run(DELETE, member)
        tx.emit("sessions.delete", member)
    return SessionDeletion(deleted=bool(family))


def require(tx: Tx, session_id: str, path: str = "$.sessionId") -> Session:
    """A session by its id. Raises NotFound."""
    session = tx.one(GET, None, Session, id=session_id)
    if session is None:
        raise NotFound("there is no such session", path=path, hint="scriven sessions list")
    return session


def touch(tx: Tx, session_id: str) -> None:
    """Note that something happened in it."""
    tx.run(TOUCH, None, id=session_id, now=tx.now)


def add(tx: Tx, session: Session, *, live: bool = True) -> None:
    """Store a complete session. One that is not `live` is nobody's current one until something happens in it."""
    tx.run(ADD, None, **asdict(session), live=live)


def replace(tx: Tx, session: Session) -> None:
    """Store a complete session in place of the one with its id. Its workspace stays."""
    tx.run(REPLACE, session)


def finish(tx: Tx, stored: Session, at: str, trigger: str, summary: str | None = None) -> Session:
    """End a session at that moment."""
    session = changed(
        stored,
        status="idle",
        summary=summary if summary is not None else stored.summary,
        ended_at=at,
        end_trigger=trigger,
        last_active=at,
        updated_at=tx.now,
        revision=stored.revision + 1,
    )
    replace(tx, session)
    minutes = int((datetime.fromisoformat(at) - datetime.fromisoformat(stored.started_at)).total_seconds() // 60)
    logs.write(tx, "session_end", {"duration": max(0, minutes), "trigger": trigger}, session.id, session.workspace_id)
    tx.emit("sessions.end", session)
    return session


def expiry(session: Session) -> str | None:
    """When its idle timeout runs out, unless something happens in it until then."""
    if session.idle_timeout_s is None:
        return None
    moment = datetime.fromisoformat(session.last_active) + timedelta(seconds=session.idle_timeout_s)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
