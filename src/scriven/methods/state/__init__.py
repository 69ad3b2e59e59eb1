"""Everything that is stored, as records: taken in from other systems and other files, and given out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Annotated, Any, TypeVar

import msgspec
from msgspec import UNSET, Meta, Raw, Struct

from scriven.entries import COLUMNS as ENTRY
from scriven.entries import Entry
from scriven.errors import CallError, NotFound
from scriven.method import Params, Record, WorkspaceId, decoded, method
from scriven.methods import messages, sessions, todos, workspaces
from scriven.methods.logs import COLUMNS as LOG
from scriven.methods.logs import NumberedLog
from scriven.methods.messages import MessagesGet
from scriven.methods.settings import COLUMNS as SETTING
from scriven.methods.settings import Setting
from scriven.methods.state.arrivals import Arrivals, Fate
from scriven.methods.state.records import (
    DECODER,
    LogState,
    MemoryState,
    MessageState,
    ObservationState,
    SessionState,
    SettingState,
    StateRecord,
    TodosState,
    WorkspaceState,
    alike,
)
from scriven.methods.todos import TodosGet
from scriven.methods.workspaces import WorkspacesGet, require
from scriven.observations import Observation
from scriven.paging import PAGE_BYTES, Paged, opened, sealed
from scriven.tx import Tx

Shape = TypeVar("Shape", bound=Struct)

# How many records are read at once, so that a page of big ones is not read whole before it is cut.
READ_AHEAD = 100


class StateImport(Params):
    records: Annotated[
        list[Raw],
        Meta(
            max_length=1000,
            description="Records, each after those it refers to. The result of `state.export` tells what a kind holds.",
            examples=[[{"kind": "setting", "key": "theme", "value": "dark"}]],
        ),
    ]
    dry_run: Annotated[bool, Meta(description="Say what would become of the records, and change nothing.")] = False


class SkippedRecord(Record):
    """A record that was not taken."""

    index: Annotated[int, Meta(ge=0, description="Its place in `records`.", examples=[0])]
    reason: Annotated[str, Meta(description="Why not.", examples=["$.role is required"])]


class StateImported(Record):
    """What became of the records."""

    added: Annotated[int, Meta(ge=0, description="New ones.", examples=[1])]
    updated: Annotated[int, Meta(ge=0, description="Stored in place of an older state.", examples=[0])]
    present: Annotated[int, Meta(ge=0, description="Stored already, as new or newer.", examples=[0])]
    skipped: Annotated[list[SkippedRecord], Meta(description="Those that cannot be taken.", examples=[[]])]


class StateArrival(Record):
    """The body of a `state.import` event: what came into one workspace with one call."""

    workspace_id: WorkspaceId
    added: Annotated[int, Meta(ge=0, description="New records.", examples=[1])]
    updated: Annotated[int, Meta(ge=0, description="Records in place of an older state.", examples=[0])]


class StateExport(Paged):
    workspace_id: (
        Annotated[WorkspaceId, Meta(description="Only what belongs to it; all when it is left out.")] | None
    ) = None


class StatePage(Record):
    """Records, each after those it refers to."""

    items: list[StateRecord]
    next_cursor: Annotated[str | None, Meta(description="Pass it as `cursor` for the next page; null at the end.")]


class Place(Struct, frozen=True):
    """Where a record stands among those of its kind."""

    text: str
    number: int
    id: str


class NumberedEntry(Entry):
    """A memory with its place among all."""

    number: int


# What nobody ever wrote to is as every file has it.
WORKSPACES = """
    SELECT id AS text, 0 AS number, '' AS id FROM workspace_config
    WHERE id > :after_text AND (:workspace_id IS NULL OR id = :workspace_id) AND (id <> 'global' OR revision > 1)
    ORDER BY text LIMIT :rows
"""

SETTINGS = f"""
    SELECT {SETTING} FROM settings
    WHERE (workspace_id, key) > (:after_text, :after_id) AND (:workspace_id IS NULL OR workspace_id = :workspace_id)
    ORDER BY workspace_id, key LIMIT :rows
"""

# Family by family, each by generation. A plus keeps a term from the index: the order of ids is what is needed.
SESSIONS = """
    WITH RECURSIVE family (root, generation, id) AS (
        SELECT id, 0, id FROM (
            SELECT id FROM sessions
            WHERE id >= :after_text AND +parent_id IS NULL AND (:workspace_id IS NULL OR workspace_id = :workspace_id)
            ORDER BY id LIMIT :rows + 1)
        UNION ALL
        SELECT root, generation + 1, sessions.id FROM family JOIN sessions ON sessions.parent_id = family.id
        ORDER BY 1, 2, 3
    )
    SELECT root AS text, generation AS number, id FROM family
    WHERE (root, generation, id) > (:after_text, :after_number, :after_id)
    LIMIT :rows
"""

TODOS = """
    SELECT id AS text, 0 AS number, '' AS id FROM sessions
    WHERE id > :after_text AND todos_revision > 0 AND (:workspace_id IS NULL OR +workspace_id = :workspace_id)
    ORDER BY text LIMIT :rows
"""

# Those of one session: of the next that has any.
MESSAGES = """
    SELECT session_id AS text, position AS number, id FROM messages
    WHERE session_id = (
        SELECT id FROM sessions
        WHERE id >= :after_text AND (:workspace_id IS NULL OR +workspace_id = :workspace_id)
          AND EXISTS (
            SELECT 1 FROM messages
            WHERE session_id = sessions.id AND position > iif(session_id = :after_text, :after_number, -1))
        ORDER BY id LIMIT 1)
      AND position > iif(session_id = :after_text, :after_number, -1)
    ORDER BY position LIMIT :rows
"""

MEMORY = f"""
    SELECT {ENTRY}, number FROM memory_entries
    WHERE number > :after_number AND (:workspace_id IS NULL OR +workspace_id = :workspace_id)
    ORDER BY number LIMIT :rows
"""

OBSERVATIONS = """
    SELECT id, workspace_id, pattern, pattern_type, evidence, session_id, created_at FROM observations
    WHERE id > :after_text AND (:workspace_id IS NULL OR +workspace_id = :workspace_id)
    ORDER BY id LIMIT :rows
"""

LOGS = f"SELECT {LOG} FROM daily_logs WHERE number > :after_number ORDER BY number LIMIT :rows"
LOGS_OF = f"""
    SELECT {LOG} FROM daily_logs
    WHERE workspace_id = :workspace_id AND (timestamp, number) > (:after_text, :after_number)
    ORDER BY timestamp, number LIMIT :rows
"""

BEGIN = "SAVEPOINT supposition"
UNDO = "ROLLBACK TO supposition"


# What a subscriber is told.
EVENTS: dict[str, type[Record]] = {"state.import": StateArrival}


@method("write", since=1)
def import_(tx: Tx, p: StateImport) -> StateImported:
    """Take in records of other systems or another file; a record that is wrong is skipped and harms no other.

    Each is held to what its noun allows. What exists is known again: a session, message, observation or log by its
    `id`, a workspace by its `id` or its directory, a setting by its key, a memory by its content, a todo list by its
    session. It is replaced when the record is newer, by `updatedAt` and then by when it was last used, and otherwise
    left as it is: the same records may come any number of times. A record lies in the workspace of `workspaceId` if
    there is that one, else in that of `projectDir`, which is made if need be and may be a directory that is gone,
    else in `global`. A message or todo list needs its session; a session whose parent is not there, or a log or
    observation whose session is not, is taken without it. A dry run takes a session that is not there for one of an
    earlier call.

    For each workspace that something came into there is one `state.import` event, not one for every record.
    """
    if p.dry_run:
        tx.run(BEGIN)
    into = Arrivals(tx, supposing=p.dry_run)
    fates: dict[Fate, int] = {"added": 0, "updated": 0, "present": 0}
    came: dict[str, dict[Fate, int]] = {}
    skipped = []
    for index, raw in enumerate(p.records):
        tx.progress(index, len(p.records))
        try:
            fate, workspace_id = into.take(decoded(DECODER, raw, "kind"))
        except CallError as error:
            skipped.append(SkippedRecord(index, _reason(error)))
            continue
        fates[fate] += 1
        came.setdefault(workspace_id, dict.fromkeys(fates, 0))[fate] += 1
    if p.dry_run:
        tx.run(UNDO)
    else:
        for workspace_id, each in came.items():
            if each["added"] or each["updated"]:
                tx.emit("state.import", StateArrival(workspace_id, each["added"], each["updated"]))
    return StateImported(**fates, skipped=skipped)


@method("read", since=1, raises=(NotFound,))
def export(tx: Tx, p: StateExport) -> StatePage:
    """Everything, as records that `state.import` takes: workspaces, settings, sessions, todos, messages, memory, logs.

    A page has at most 8 MiB, or one record. It tells what is stored when it is read; what is there from the first page
    to the last is told once. The workspace `global` is left out as long as nobody wrote to it.
    """
    if p.workspace_id is not None:
        require(tx, p.workspace_id)
    stage, place = _begin(p.cursor)
    leaving = Leaving(tx, p)
    items: list[StateRecord] = []
    size = 0
    while stage < len(STAGES):
        found = False
        where = {"after_text": place.text, "after_number": place.number, "after_id": place.id}
        rows = min(p.limit + 1 - len(items), READ_AHEAD)
        for here, record in STAGES[stage](leaving, {**where, "rows": rows}):
            size += len(msgspec.json.encode(record))
            if len(items) == p.limit or (items and size > PAGE_BYTES):
                return StatePage(items, sealed({"stage": stage} | msgspec.structs.asdict(place)))
            items.append(record)
            place = here
            found = True
        if not found:
            stage, place = stage + 1, _start
    return StatePage(items, None)


class Leaving:
    """The records of one page on their way out, kind by kind."""

    def __init__(self, tx: Tx, asked: StateExport) -> None:
        self._tx = tx
        self._asked = asked
        self._directories: dict[str, str | None] = {}

    def workspaces(self, where: dict[str, Any]) -> Iterator[tuple[Place, StateRecord]]:
        """By id."""
        for place in self._tx.all(WORKSPACES, self._asked, Place, **where):
            found = workspaces.get(self._tx, WorkspacesGet(place.text))
            yield place, alike(WorkspaceState, found, aliases=workspaces.aliases(self._tx, found.id))

    def settings(self, where: dict[str, Any]) -> Iterator[tuple[Place, StateRecord]]:
        """By workspace and key."""
        for found in self._tx.all(SETTINGS, self._asked, Setting, **where):
            yield Place(found.workspace_id, 0, found.key), self._scoped(SettingState, found)

    def sessions(self, where: dict[str, Any]) -> Iterator[tuple[Place, StateRecord]]:
        """A session after its parent."""
        for place in self._tx.all(SESSIONS, self._asked, Place, **where):
            yield place, self._scoped(SessionState, sessions.require(self._tx, place.id))

    def todos(self, where: dict[str, Any]) -> Iterator[tuple[Place, StateRecord]]:
        """By session."""
        for place in self._tx.all(TODOS, self._asked, Place, **where):
            yield place, alike(TodosState, todos.get(self._tx, TodosGet(place.text)))

    def messages(self, where: dict[str, Any]) -> Iterator[tuple[Place, StateRecord]]:
        """By session, and as they stand there."""
        for place in self._tx.all(MESSAGES, self._asked, Place, **where):
            yield place, alike(MessageState, messages.get(self._tx, MessagesGet(place.id)))

    def memory(self, where: dict[str, Any]) -> Iterator[tuple[Place, StateRecord]]:
        """In the order they came, also what was forgotten."""
        for found in self._tx.all(MEMORY, self._asked, NumberedEntry, **where):
            yield Place("", found.number, ""), self._scoped(MemoryState, found)

    def observations(self, where: dict[str, Any]) -> Iterator[tuple[Place, StateRecord]]:
        """By id."""
        for found in self._tx.all(OBSERVATIONS, self._asked, Observation, **where):
            yield Place(found.id, 0, ""), self._scoped(ObservationState, found)

    def logs(self, where: dict[str, Any]) -> Iterator[tuple[Place, StateRecord]]:
        """In the order they came, those of one workspace by their time."""
        scoped = self._asked.workspace_id is not None
        for found in self._tx.all(LOGS_OF if scoped else LOGS, self._asked, NumberedLog, **where):
            data = UNSET if found.event_data is None else found.event_data
            yield (
                Place(found.timestamp if scoped else "", found.number, ""),
                self._scoped(LogState, found, event_data=data),
            )

    def _scoped(self, kind: type[Shape], found: Any, **more: Any) -> Shape:
        """With the directory as well, by which another file knows the workspace."""
        if found.workspace_id not in self._directories:
            workspace = workspaces.known(self._tx, found.workspace_id)
            self._directories[found.workspace_id] = None if workspace is None else workspace.project_dir
        return alike(kind, found, project_dir=self._directories[found.workspace_id], **more)


Stage = Callable[[Leaving, dict[str, Any]], Iterator[tuple[Place, StateRecord]]]

STAGES: tuple[Stage, ...] = (
    Leaving.workspaces,
    Leaving.settings,
    Leaving.sessions,
    Leaving.todos,
    Leaving.messages,
    Leaving.memory,
    Leaving.observations,
    Leaving.logs,
)

_start = Place("", -1, "")


def _begin(cursor: str | None) -> tuple[int, Place]:
    if cursor is None:
        return 0, _start
    stage, text, number, id_ = opened(cursor, {"stage": 0, "text": "", "number": 0, "id": ""})
    return max(stage, 0), Place(text, number, id_)


def _reason(error: CallError) -> str:
    path = str(error.details.get("path", "$"))
    return error.message if path in error.message else f"{path}: {error.message}"
