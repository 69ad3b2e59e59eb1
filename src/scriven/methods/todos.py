"""The todo list of a session: written whole, read whole, each todo kept as its author wrote it."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta, Raw, Struct

from scriven.errors import Conflict, InvalidParams, LimitExceeded, NotFound
from scriven.method import WHOLE, Params, Record, Timestamp, conflict, invalid, method, object_within
from scriven.methods.sessions import SessionId, touch
from scriven.tx import Tx

TODO_BYTES = 64 * 1024

# All of them together, so that a list that was written can also be read in one frame.
LIST_BYTES = 8 * 1024 * 1024


class TodoShape(Struct, frozen=True):
    """What every todo has; whatever else it has is kept as well."""

    content: Annotated[str, Meta(min_length=1, max_length=4096)]
    status: Annotated[str, Meta(min_length=1, max_length=64)]
    priority: Annotated[str, Meta(max_length=64)] | None = None
    id: Annotated[str, Meta(max_length=128)] | None = None


_shape = msgspec.json.Decoder(TodoShape).decode

Todo = Annotated[
    Raw,
    Meta(
        description=(
            "A JSON object of at most 64 KiB, kept as written: `content` of 1 to 4096 characters, `status` of 1 to 64, "
            "perhaps `priority` and `id`, which are texts, and anything else."
        ),
        examples=[{"content": "Fix the parser", "status": "pending"}],
    ),
]
TodoList = Annotated[
    list[Todo],
    Meta(
        max_length=1000,
        description=(
            "The todos in their order, at most 8 MiB together. Each is an object with `content` and `status`, perhaps "
            "`priority` and `id`, and anything else."
        ),
        examples=[[{"content": "Fix the parser", "status": "pending"}]],
    ),
]


class Todos(Record):
    """The todo list of a session."""

    session_id: SessionId
    todos: TodoList
    updated_at: Annotated[Timestamp, Meta(description="When it was last set; null when it never was.")] | None
    revision: Annotated[int, Meta(ge=0, description="Grows by one every time it is set; 0 before.", examples=[1])]


class TodosSet(Params):
    session_id: SessionId
    todos: TodoList
    if_revision: (
        Annotated[
            int,
            Meta(ge=0, le=WHOLE, description="Fail unless this is the stored revision; 0: never set.", examples=[1]),
        ]
        | None
    ) = None


class TodosGet(Params):
    session_id: SessionId


class ListState(Record):
    """What a session knows of its todo list."""

    workspace_id: str
    updated_at: str | None
    revision: int


class StoredTodo(Record):
    """A row of a list."""

    data: Raw


# What a subscriber is told.
EVENTS: dict[str, type[Record]] = {"todos.set": Todos}

STATE = """
    SELECT workspace_id, todos_updated_at AS updated_at, todos_revision AS revision
    FROM sessions WHERE id = :session_id
"""

LIST = "SELECT data FROM todos WHERE session_id = :session_id ORDER BY position"

MARK = "UPDATE sessions SET todos_revision = :revision, todos_updated_at = :updated_at WHERE id = :session_id"

CLEAR = "DELETE FROM todos WHERE session_id = :session_id"

ADD = """
    INSERT INTO todos (session_id, position, content, status, priority, data)
    VALUES (:session_id, :position, :content, :status, :priority, :data)
"""


@method("write", since=1, raises=(Conflict, InvalidParams, LimitExceeded, NotFound))
def set(tx: Tx, p: TodosSet) -> Todos:  # noqa: A001 - the name is the address
    """Replace the todo list of a session by another one, which may be empty."""
    state = _state(tx, p.session_id)
    if p.if_revision is not None and p.if_revision != state.revision:
        raise conflict(_list(tx, p.session_id, state))
    todos = Todos(p.session_id, p.todos, tx.now, state.revision + 1)
    replace(tx, todos)
    touch(tx, p.session_id)
    tx.emit("todos.set", todos, state.workspace_id)
    return todos


@method("read", since=1, raises=(NotFound,))
def get(tx: Tx, p: TodosGet) -> Todos:
    """The todo list of a session, empty when it was never set."""
    return _list(tx, p.session_id, _state(tx, p.session_id))


def replace(tx: Tx, todos: Todos) -> None:
    """Store a complete list in place of the one its session has. Tells nobody; the session has to exist.

    Raises InvalidParams and LimitExceeded with the path of the todo at fault.
    """
    shapes = [_checked(todo, f"$.todos[{index}]") for index, todo in enumerate(todos.todos)]
    if sum(len(memoryview(todo)) for todo in todos.todos) > LIST_BYTES:
        raise LimitExceeded("$.todos is over 8 MiB", path="$.todos", limit=LIST_BYTES)
    tx.run(MARK, todos)
    tx.run(CLEAR, todos)
    for position, (todo, shape) in enumerate(zip(todos.todos, shapes, strict=True)):
        tx.run(ADD, shape, session_id=todos.session_id, position=position, data=todo)


def _state(tx: Tx, session_id: str) -> ListState:
    state = tx.one(STATE, None, ListState, session_id=session_id)
    if state is None:
        raise NotFound("there is no such session", path="$.sessionId", hint="scriven sessions list")
    return state


def _list(tx: Tx, session_id: str, state: ListState) -> Todos:
    stored = tx.all(LIST, None, StoredTodo, session_id=session_id)
    return Todos(session_id, [todo.data for todo in stored], state.updated_at, state.revision)


def _checked(todo: Raw, path: str) -> TodoShape:
    object_within(todo, TODO_BYTES, path)
    try:
        shape = _shape(todo)
    except msgspec.DecodeError as error:
        raise invalid(str(error), path) from None
    except RecursionError:
        raise InvalidParams(f"{path} is nested too deeply", path=path) from None
    for name in ("content", "status", "priority", "id"):
        if "\0" in (getattr(shape, name) or ""):
            raise InvalidParams(f"{path}.{name} holds a NUL character", path=f"{path}.{name}")
    return shape
