"""How records come in: each kind is compared with what is stored, then added, put in its place, or left out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Literal

from msgspec import UNSET, Raw, Struct, UnsetType
from msgspec.structs import fields
from msgspec.structs import replace as changed

from scriven import entries, observations
from scriven.entries import Entry
from scriven.errors import InvalidParams, NotFound
from scriven.method import GLOBAL, object_within
from scriven.methods import logs, messages, sessions, settings, todos, workspaces
from scriven.methods.logs import Log
from scriven.methods.messages import Message
from scriven.methods.sessions import GET as STORED_SESSION
from scriven.methods.sessions import Session
from scriven.methods.settings import Setting
from scriven.methods.state.records import (
    LogState,
    MemoryState,
    MessageState,
    ObservationState,
    Scoped,
    SessionState,
    SettingState,
    StateRecord,
    TodosState,
    WorkspaceState,
    alike,
)
from scriven.methods.todos import Todos, TodosGet
from scriven.observations import Observation
from scriven.recall import content_hash
from scriven.tx import Tx

Fate = Literal["added", "updated", "present"]
Verdict = tuple[Fate, str]

# What a record is compared by: the later one stands. Nothing that is stored is older than this.
Age = tuple[str, ...]


class Standing(Struct, frozen=True):
    """What is stored under a message's id."""

    updated_at: str
    revision: int


class Holder(Struct, frozen=True):
    """A memory with a record's id, or with its content in its workspace."""

    id: str
    workspace_id: str
    content_hash: str
    updated_at: str
    last_accessed: str
    revision: int


class Whereabouts(Struct, frozen=True):
    """Where a session or an observation lies."""

    workspace_id: str


MESSAGE = "SELECT updated_at, revision FROM messages WHERE id = :id"
SESSION = "SELECT workspace_id FROM sessions WHERE id = :id"

HOLDERS = """
    SELECT id, workspace_id, content_hash, updated_at, last_accessed, revision FROM memory_entries
    WHERE id = :id OR (workspace_id = :workspace_id AND content_hash = :content_hash)
"""

OBSERVATION = "SELECT workspace_id FROM observations WHERE id = :id"


class Arrivals:
    """The records of one call on their way in. `supposing` takes a session that is not there for one that will be."""

    def __init__(self, tx: Tx, *, supposing: bool) -> None:
        self.tx = tx
        self._supposing = supposing
        self._scopes: dict[tuple[str | None, str | None], str] = {}
        self._sessions: dict[str, str] = {}

    def take(self, record: StateRecord) -> Verdict:
        """What becomes of a record, and in which workspace. Raises CallError when it cannot be taken.

        Everything is checked before anything of it is stored.
        """
        for name, path in _moments[type(record)]:
            _exists(getattr(record, name), path, _longest if isinstance(record, SessionState) else _nothing)
        return _TAKERS[type(record)](self, record)

    def scope(self, record: Scoped) -> str:
        """The workspace a record belongs to; made, where only its directory is known. Raises NotFound."""
        named = (record.workspace_id, record.project_dir)
        if named not in self._scopes:
            self._scopes[named] = self._scope(*named)
        return self._scopes[named]

    def session(self, session_id: str | None) -> str | None:
        """The workspace of a session, if there is that session."""
        if session_id is None:
            return None
        if session_id not in self._sessions:
            found = self.tx.one(SESSION, None, Whereabouts, id=session_id)
            if found is None:
                return None
            self._sessions[session_id] = found.workspace_id
        return self._sessions[session_id]

    def home(self, session_id: str) -> str:
        """The workspace of a session that has to be there. Raises NotFound."""
        found = self.session(session_id)
        if found is None:
            if not self._supposing:
                raise NotFound("there is no such session", path="$.sessionId")
            found = _session(self, SessionState(id=session_id, started_at=self.tx.now))[1]
        return found

    def _scope(self, workspace_id: str | None, project_dir: str | None) -> str:
        if workspace_id is not None and workspaces.known(self.tx, workspace_id) is not None:
            return workspace_id
        if project_dir is None:
            if workspace_id is not None:
                raise NotFound("there is no such workspace", path="$.workspaceId")
            return GLOBAL
        place = workspaces.canonical_path(project_dir, "$.projectDir")
        found = workspaces.at(self.tx, place)
        if found is None:
            found = workspaces.fresh(self.tx, place, workspace_id)
            workspaces.add(self.tx, found)
        return found.id


def _workspace(into: Arrivals, given: WorkspaceState) -> Verdict:
    """Known by its id, else by its directory."""
    tx = into.tx
    config = _object(given.config, workspaces.CONFIG_BYTES, "$.config")
    old = [workspaces.canonical_path(path, f"$.aliases[{index}]") for index, path in enumerate(given.aliases)]
    stored = None if given.id is None else workspaces.known(tx, given.id)
    place = None if stored is None else stored.project_dir
    if given.id != GLOBAL:
        if given.project_dir is None:
            raise InvalidParams("$.projectDir is required", path="$.projectDir")
        wanted = workspaces.canonical_path(given.project_dir, "$.projectDir")
        holder = workspaces.at(tx, wanted)
        if holder is None:
            place = wanted
        elif stored is None:
            stored, place = holder, holder.project_dir
        elif stored.id == holder.id:
            place = wanted
    written = given.updated_at or given.created_at or ""
    # Where nobody ever wrote to it, the row `global` is as old as its file, and says nothing.
    untouched = stored is not None and stored.id == GLOBAL and stored.revision == 1
    if stored is not None and untouched:
        fate: Fate = "updated" if given.revision > 1 else "present"
    else:
        fate = _fate(
            None if stored is None else (stored.updated_at, stored.last_opened), (written, given.last_opened or "")
        )
    base = stored or workspaces.fresh(tx, place or "", given.id)
    came = changed(
        base,
        name=given.name or base.name,
        project_dir=place,
        config=config,
        revision=_revision(given.revision, None if untouched else stored),
        created_at=given.created_at or written or base.created_at if stored is None or untouched else base.created_at,
        updated_at=written or base.updated_at,
        last_opened=given.last_opened or written or base.last_opened,
    )
    if fate == "added":
        workspaces.add(tx, came, old)
    elif fate == "updated":
        workspaces.replace(tx, came, old)
    return fate, came.id


def _setting(into: Arrivals, given: SettingState) -> Verdict:
    settings.within_limit(given.value, "$.value")
    scope = into.scope(given)
    stored = settings.own(into.tx, scope, given.key)
    written = given.updated_at or given.created_at or ""
    fate = _fate(None if stored is None else (stored.updated_at,), (written,))
    if fate != "present":
        came = alike(
            Setting,
            given,
            workspace_id=scope,
            revision=_revision(given.revision, stored),
            created_at=given.created_at or written or into.tx.now,
            updated_at=written or into.tx.now,
        )
        settings.replace(into.tx, came)
    return fate, scope


def _session(into: Arrivals, given: SessionState) -> Verdict:
    tx = into.tx
    metadata = _object(given.metadata, sessions.METADATA_BYTES, "$.metadata")
    stored = tx.one(STORED_SESSION, None, Session, id=given.id)
    scope = into.scope(given) if stored is None else stored.workspace_id
    written = given.updated_at or given.ended_at or given.started_at
    active = given.last_active or written
    fate = _fate(None if stored is None else (stored.updated_at, stored.last_active), (written, active))
    if fate != "present":
        came = alike(
            Session,
            given,
            workspace_id=scope,
            metadata=metadata,
            parent_id=given.parent_id if _may_descend(into, given, scope, stored) else None,
            status="idle" if stored is None else stored.status,
            last_active=active,
            updated_at=written,
            revision=_revision(given.revision, stored),
        )
        if fate == "added":
            sessions.add(tx, came, live=False)
        else:
            sessions.replace(tx, came)
    return fate, scope


def _may_descend(into: Arrivals, given: SessionState, scope: str, stored: Session | None) -> bool:
    """Whether the parent is there, in the same workspace, and no descendant of the session itself."""
    above = given.parent_id if into.session(given.parent_id) == scope else None
    if above is None or above == given.id:
        return False
    if stored is None or stored.parent_id == above:
        return True
    while above is not None and above != given.id:
        above = sessions.require(into.tx, above).parent_id
    return above is None


def _todos(into: Arrivals, given: TodosState) -> Verdict:
    tx = into.tx
    scope = into.home(given.session_id)
    stored = todos.get(tx, TodosGet(given.session_id))
    before = None if stored.revision == 0 else stored
    fate = _fate(None if before is None else (before.updated_at or "",), (given.updated_at or "",))
    if fate != "present":
        revision = _revision(given.revision, before)
        todos.replace(tx, Todos(given.session_id, given.todos, given.updated_at or tx.now, revision))
    return fate, scope


def _message(into: Arrivals, given: MessageState) -> Verdict:
    tx = into.tx
    scope = into.home(given.session_id)
    stored = tx.one(MESSAGE, None, Standing, id=given.id)
    written = given.updated_at or given.completed_at or given.created_at
    fate = _fate(None if stored is None else (stored.updated_at,), (written,))
    if fate != "present":
        metadata = _object(given.metadata, messages.METADATA_BYTES, "$.metadata")
        revision = _revision(given.revision, stored)
        came = alike(Message, given, metadata=metadata, updated_at=written, revision=revision)
        if fate == "added":
            messages.add(tx, came)
        else:
            messages.replace(tx, came)
    return fate, scope


def _memory(into: Arrivals, given: MemoryState) -> Verdict:
    """Known by its content in its workspace, else by its id there: its content may have changed."""
    tx = into.tx
    entries.check_content(given.content)
    metadata = _object(given.metadata, entries.METADATA_BYTES, "$.metadata")
    scope = into.scope(given)
    said = content_hash(given.content)
    holders = tx.all(HOLDERS, None, Holder, id=given.id, workspace_id=scope, content_hash=said)
    here = [holder for holder in holders if holder.workspace_id == scope]
    stored = max(here, key=lambda holder: holder.content_hash == said, default=None)
    written = given.updated_at or given.created_at
    accessed = given.last_accessed or written
    fate = _fate(None if stored is None else (stored.updated_at, stored.last_accessed), (written, accessed))
    if fate != "present":
        own = given.id if given.id and not holders else tx.new_id("mem")
        came = alike(
            Entry,
            given,
            id=own if stored is None else stored.id,
            workspace_id=scope,
            content_hash=said,
            metadata=metadata,
            tags=list(dict.fromkeys(given.tags)),
            updated_at=written,
            last_accessed=accessed,
            revision=_revision(given.revision, stored),
        )
        if fate == "added":
            entries.add(tx, came)
        else:
            entries.replace(tx, came)
    return fate, scope


def _log(into: Arrivals, given: LogState) -> Verdict:
    """In the workspace of its session. One whose session is not there is kept without it."""
    home = into.session(given.session_id)
    scope = home or into.scope(given)
    came = alike(
        Log,
        given,
        workspace_id=scope,
        session_id=None if home is None else given.session_id,
        event_data=None if given.event_data is UNSET or given.event_data == _null else given.event_data,
    )
    return "added" if logs.add(into.tx, came) else "present", scope


def _observation(into: Arrivals, given: ObservationState) -> Verdict:
    """Without its session where that is not there."""
    observations.check_pattern(given.pattern)
    stored = into.tx.one(OBSERVATION, given, Whereabouts)
    if stored is not None:
        return "present", stored.workspace_id
    scope = into.scope(given)
    session_id = None if into.session(given.session_id) is None else given.session_id
    observations.add(into.tx, alike(Observation, given, workspace_id=scope, session_id=session_id))
    return "added", scope


def _object(given: Raw | UnsetType, limit: int, path: str) -> Raw:
    """A JSON object, empty where none is given."""
    if given is UNSET:
        return Raw(b"{}")
    object_within(given, limit, path)
    return given


def _fate(stored: Age | None, given: Age) -> Fate:
    if stored is None:
        return "added"
    return "updated" if given > stored else "present"


def _revision(given: int, stored: Any) -> int:
    """What was stored under the old revision is another thing now, and those who know it have to be told so."""
    return given if stored is None else max(given, stored.revision + 1)


def _exists(moment: str | None, path: str, more: timedelta) -> None:
    try:
        datetime.fromisoformat(moment or "2026-01-01") + more
    except (ValueError, OverflowError):
        raise InvalidParams(f"{path} is a moment that does not exist", path=path) from None


_null = Raw(b"null")

# What is counted from a session's moment has to exist as well: the longest idle timeout is a year.
_longest = timedelta(days=366)
_nothing = timedelta(0)

_TIMES = {
    *("created_at", "updated_at", "last_opened", "started_at", "ended_at", "archived_at", "last_active"),
    *("completed_at", "last_accessed", "deleted_at", "timestamp"),
}

_TAKERS: dict[type, Callable[[Arrivals, Any], Verdict]] = {
    WorkspaceState: _workspace,
    SettingState: _setting,
    SessionState: _session,
    TodosState: _todos,
    MessageState: _message,
    MemoryState: _memory,
    ObservationState: _observation,
    LogState: _log,
}

_moments = {
    kind: [(info.name, f"$.{info.encode_name}") for info in fields(kind) if info.name in _TIMES] for kind in _TAKERS
}
