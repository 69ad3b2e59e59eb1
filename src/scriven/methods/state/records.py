"""What an export is made of and an import takes: one Struct a kind, each a JSON object that names its `kind`."""

from __future__ import annotations

import typing
from typing import Annotated, Any, TypeAlias, TypeVar

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType, field

from scriven.entries import Category, Content, EntryId, Source, Tags
from scriven.method import WHOLE, AbsolutePath, Json, Key, Timestamp, WorkspaceId
from scriven.methods.logs import EventData, EventType, LogId
from scriven.methods.messages import Role
from scriven.methods.parts import Body, MessageId
from scriven.methods.sessions import Agent, IdleTimeout, Metadata, Origin, SessionId, Summary, Title, Trigger
from scriven.methods.todos import TodoList
from scriven.methods.workspaces import Name
from scriven.observations import Evidence, ObservationId, Pattern, PatternType

Shape = TypeVar("Shape", bound=Struct)

Times = Annotated[int, Meta(ge=1, le=WHOLE, description="Grows by one at every write.", examples=[1])]


@typing.dataclass_transform(frozen_default=True, field_specifiers=(field,))
class RecordState(
    Struct, rename="camel", forbid_unknown_fields=True, frozen=True, omit_defaults=True, tag_field="kind"
):
    """What every kind has: its name, which `kind` tells. A field that has its default is left out."""


class Scoped(RecordState, kw_only=True):
    """What belongs to a workspace: that of `workspaceId` if there is one, else that of `projectDir`, else `global`."""

    workspace_id: WorkspaceId | None = None
    project_dir: AbsolutePath | None = None


class WorkspaceState(RecordState, tag="workspace"):
    """A workspace. Only `global` has no directory; `aliases` are those it had before."""

    id: WorkspaceId | None = None
    project_dir: AbsolutePath | None = None
    name: Name | None = None
    aliases: Annotated[list[AbsolutePath], Meta(max_length=1000)] = field(default_factory=list)
    config: Metadata | UnsetType = UNSET
    revision: Times = 1
    created_at: Timestamp | None = None
    updated_at: Timestamp | None = None
    last_opened: Timestamp | None = None


class SettingState(Scoped, tag="setting"):
    """A value of a workspace, or a global one."""

    key: Key
    value: Json
    revision: Times = 1
    created_at: Timestamp | None = None
    updated_at: Timestamp | None = None


class SessionState(Scoped, tag="session"):
    """A session. It is idle when it comes in."""

    id: SessionId
    started_at: Timestamp
    parent_id: SessionId | None = None
    title: Title | None = None
    agent: Agent | None = None
    source: Origin | None = None
    summary: Summary | None = None
    metadata: Metadata | UnsetType = UNSET
    ended_at: Timestamp | None = None
    end_trigger: Trigger | None = None
    archived_at: Timestamp | None = None
    idle_timeout_s: IdleTimeout | None = None
    last_active: Timestamp | None = None
    updated_at: Timestamp | None = None
    revision: Times = 1


class TodosState(RecordState, tag="todos"):
    """The todo list of a session."""

    session_id: SessionId
    todos: TodoList
    updated_at: Timestamp | None = None
    revision: Times = 1


class MessageState(RecordState, tag="message"):
    """A message with its parts, in their order."""

    id: MessageId
    session_id: SessionId
    role: Role
    created_at: Timestamp
    parent_id: MessageId | None = None
    metadata: Metadata | UnsetType = UNSET
    parts: Annotated[list[Body], Meta(max_length=10_000)] = field(default_factory=list)
    completed_at: Timestamp | None = None
    updated_at: Timestamp | None = None
    revision: Times = 1


class MemoryState(Scoped, tag="memory"):
    """A memory. What tells it from others is its content, in its workspace."""

    content: Content
    category: Category
    source: Source
    created_at: Timestamp
    id: EntryId | None = None
    tags: Tags = field(default_factory=list)
    metadata: Metadata | UnsetType = UNSET
    seen_count: Annotated[int, Meta(ge=1, le=WHOLE, description="How often it was stated.")] = 1
    updated_at: Timestamp | None = None
    last_accessed: Timestamp | None = None
    deleted_at: Timestamp | None = None
    revision: Times = 1


class ObservationState(Scoped, tag="observation"):
    """Something that was noticed, and may become a memory when it is noticed again."""

    id: ObservationId
    pattern: Pattern
    pattern_type: PatternType
    created_at: Timestamp
    evidence: Evidence | None = None
    session_id: SessionId | None = None


class LogState(Scoped, tag="log"):
    """Something that happened."""

    id: LogId
    event_type: EventType
    timestamp: Timestamp
    session_id: SessionId | None = None
    event_data: EventData | UnsetType = UNSET


StateRecord: TypeAlias = (
    SettingState | WorkspaceState | SessionState | TodosState | MessageState | MemoryState | ObservationState | LogState
)

DECODER: msgspec.json.Decoder[StateRecord] = msgspec.json.Decoder(StateRecord)


def alike(shape: type[Shape], source: Struct, **more: Any) -> Shape:
    """Another Struct with the fields of that name, and more."""
    return shape(**{name: getattr(source, name) for name in shape.__struct_fields__ if name not in more}, **more)
