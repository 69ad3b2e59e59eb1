"""What was said in a session, message by message, with its parts; listed from the newest back, and searched."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, Meta, Raw, UnsetType
from msgspec.structs import replace as changed

from scriven.errors import Conflict, InvalidParams, LimitExceeded, NotFound
from scriven.method import (
    WHOLE,
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
from scriven.methods import logs, parts, sessions
from scriven.methods.parts import MessageId, PartId
from scriven.methods.sessions import SessionId
from scriven.paging import Paged, page
from scriven.search import CANDIDATES, Hit, match, match_each, outside, scope_word, snippet, with_neighbours
from scriven.tx import Tx

# With the parts it has to fit in one message of the protocol.
METADATA_BYTES = 3 * 1024 * 1024

# What lies outside a workspace is counted up to this.
ELSEWHERE = 100

Role = Annotated[
    Literal["user", "assistant", "system", "tool"],
    Meta(description="Who speaks.", examples=["user"]),
]
Metadata = Annotated[
    Raw, Meta(description="A JSON object of the clients' own. It is kept as written.", examples=[{"model": "large"}])
]
Parts = Annotated[
    list[Raw],
    Meta(
        max_length=parts.PARTS,
        description="JSON objects with a `type`, in their order. Each is kept as written.",
        examples=[[{"type": "text", "text": "The parser is fixed."}]],
    ),
]
ParentId = Annotated[MessageId, Meta(description="The message it answers.")]


class Message(Record):
    """One message of a session. A part has an `id`; it was added, before everything else, to one that had none."""

    id: MessageId
    session_id: SessionId
    role: Role
    parent_id: ParentId | None
    metadata: Metadata
    parts: Parts
    created_at: Timestamp
    completed_at: Timestamp | None
    updated_at: Timestamp
    revision: Revision


class MessagesAppend(Params):
    session_id: SessionId
    role: Role
    parts: Parts | UnsetType = UNSET
    id: MessageId | None = None
    parent_id: ParentId | None = None
    metadata: Metadata | UnsetType = UNSET


class MessagesGet(Params):
    id: MessageId


class MessagesList(Paged):
    session_id: SessionId


class MessagesUpdate(Params):
    id: MessageId
    metadata: Annotated[Metadata, Meta(description="In place of the whole metadata.")] | UnsetType = UNSET
    completed_at: (
        Annotated[Timestamp, Meta(description="When it was complete; null when it is not.")] | UnsetType | None
    ) = UNSET
    if_revision: IfRevision | None = None


class MessagesDelete(Params):
    id: MessageId


class MessageDeletion(Record):
    """Whether there was something to delete."""

    deleted: bool


class DeletedMessage(Record):
    """The body of a `messages.delete` event."""

    id: MessageId
    session_id: SessionId
    revision: Revision


class MessagesSearch(Params):
    query: Annotated[
        str, Meta(min_length=1, max_length=4096, description="What is looked for, in any words.", examples=["parser"])
    ]
    workspace_id: Annotated[WorkspaceId, Meta(description="Only sessions of this workspace.")] | None = None
    session_id: Annotated[SessionId, Meta(description="Only this session.")] | None = None
    role: Annotated[Role, Meta(description="Only what this one said.")] | None = None
    limit: Annotated[int, Meta(ge=1, le=100, description="At most this many.", examples=[10])] = 10


class FoundMessage(Record):
    """A message that a search found, by itself or by what stands beside it, with its part that fits best."""

    message_id: MessageId
    session_id: SessionId
    role: Role
    created_at: Timestamp
    part_id: PartId | None
    score: Annotated[float, Meta(description="More is better; scores of one search compare.", examples=[7.25])]
    snippet: Annotated[str, Meta(description="Text of the part, around the words.", examples=["… the parser is …"])]


class MessagesFound(Record):
    """What a search found, the best first."""

    items: list[FoundMessage]
    elsewhere: Annotated[
        int,
        Meta(
            ge=0,
            le=ELSEWHERE,
            description="How many parts match outside the workspace asked for, counted up to 100.",
            examples=[0],
        ),
    ]


class PlacedMessage(Message):
    """A message and its place in the session."""

    position: int


class SpokenMessage(Message):
    """A message and what its text parts say; null when that has not changed."""

    content: str | None


class Tally(Record):
    """How many there are."""

    count: int


# What a subscriber is told.
EVENTS = {"messages.append": Message, "messages.update": Message, "messages.delete": DeletedMessage}

COLUMNS = """
    messages.id, messages.session_id, messages.role, messages.parent_id, messages.metadata,
    (SELECT '[' || coalesce(group_concat(data, ','), '') || ']'
        FROM (SELECT data FROM parts WHERE message_id = messages.id ORDER BY position)) AS parts,
    messages.created_at, messages.completed_at, messages.updated_at, messages.revision
"""

GET = f"SELECT {COLUMNS} FROM messages WHERE id = :id"

# Message by message from the newest back, so that no more is read than a page may hold.
LIST = f"""
    WITH RECURSIVE back (id, position, bytes, taken) AS (
        SELECT NULL, :after_position, 0, 0
        UNION ALL
        SELECT messages.id, messages.position,
            bytes + length(CAST(metadata AS BLOB))
                + (SELECT coalesce(sum(length(CAST(data AS BLOB))), 0) FROM parts WHERE message_id = messages.id),
            taken + 1
        FROM back JOIN messages ON session_id = :session_id AND messages.position = (
            SELECT max(older.position) FROM messages AS older
            WHERE older.session_id = :session_id AND older.position < back.position)
        WHERE taken < :limit_and_one AND (bytes <= :page_bytes OR taken = 1)
    )
    SELECT {COLUMNS}, messages.position FROM back JOIN messages ON messages.id = back.id
    ORDER BY messages.position DESC
"""

ADD = """
    INSERT INTO messages (id, session_id, position, role, parent_id, content, metadata, created_at, completed_at,
        updated_at, revision)
    VALUES (:id, :session_id, (SELECT coalesce(max(position), 0) + 1 FROM messages WHERE session_id = :session_id),
        :role, :parent_id, :content, :metadata, :created_at, :completed_at, :updated_at, :revision)
    ON CONFLICT (id) DO NOTHING
"""

REPLACE = """
    UPDATE messages
    SET role = :role, parent_id = :parent_id, content = coalesce(:content, content), metadata = :metadata,
        created_at = :created_at, completed_at = :completed_at, updated_at = :updated_at, revision = :revision
    WHERE id = :id AND session_id = :session_id
"""

DELETE = "DELETE FROM messages WHERE id = :id RETURNING id, session_id, revision"

# Of a word met too often the newest.
FIND = """
    SELECT parts.number, messages.session_id, messages.position, size
    FROM (
        SELECT rowid AS found, length(content) AS size FROM parts_search
        WHERE parts_search MATCH :match ORDER BY rowid DESC LIMIT :candidates
    )
    CROSS JOIN parts ON parts.number = found
    CROSS JOIN messages ON messages.id = parts.message_id
"""

# The places in the order they are given in, until there are enough; some may have no message, or one of another role.
SHOW = """
    SELECT messages.id AS message_id, messages.session_id, messages.role, messages.created_at,
        parts.id AS part_id,
        json_extract(json_each.value, '$[2]') AS score,
        substr(coalesce(parts_search.content, messages.content), 1, 65536) AS snippet
    FROM json_each(:places)
    CROSS JOIN messages ON messages.session_id = json_extract(json_each.value, '$[0]')
        AND messages.position = json_extract(json_each.value, '$[1]')
    LEFT JOIN parts ON parts.number = coalesce(json_extract(json_each.value, '$[3]'),
        (SELECT number FROM parts WHERE message_id = messages.id ORDER BY position LIMIT 1))
    LEFT JOIN parts_search ON parts_search.rowid = parts.number
    WHERE :role IS NULL OR messages.role = :role
    LIMIT :limit
"""

COUNT = "SELECT count(*) AS count FROM (SELECT 1 FROM parts_search WHERE parts_search MATCH :match LIMIT 100)"


@method("write", since=1, raises=(Conflict, InvalidParams, LimitExceeded, NotFound))
def append(tx: Tx, p: MessagesAppend) -> Message:
    """Add a message at the end of a session, with its parts; all of it or nothing.

    An id that exists already is a conflict that carries that message. Metadata has at most 3 MiB, a part 4 MiB, the
    parts together 12 MiB. What a part of a known type must hold is checked; everything else is kept as it is.
    """
    session = sessions.require(tx, p.session_id)
    if p.id is not None and (stored := tx.one(GET, p, Message)) is not None:
        raise Conflict("a message has that id already", path="$.id", current=stored)
    message = _added(
        tx,
        Message(
            id=p.id or tx.new_id("msg"),
            session_id=p.session_id,
            role=p.role,
            parent_id=p.parent_id,
            metadata=Raw(b"{}") if p.metadata is UNSET else p.metadata,
            parts=[] if p.parts is UNSET else p.parts,
            created_at=tx.now,
            completed_at=None,
            updated_at=tx.now,
            revision=1,
        ),
        session.workspace_id,
    )
    sessions.touch(tx, session.id)
    tx.emit("messages.append", message, session.workspace_id)
    return message


@method("read", since=1, raises=(NotFound,))
def get(tx: Tx, p: MessagesGet) -> Message:
    """A message by its id, with its parts."""
    found = tx.one(GET, p, Message)
    if found is None:
        raise NotFound("there is no such message", path="$.id", hint="scriven messages list SESSION-ID")
    return found


@method("read", since=1, raises=(NotFound,))
def list_(tx: Tx, p: MessagesList) -> Page[Message]:
    """The newest messages of a session, the oldest of them first; the cursor leads to those before them."""
    sessions.require(tx, p.session_id)
    found = page(tx, LIST, p, PlacedMessage, by={"position": WHOLE})
    messages = [Message(*msgspec.structs.astuple(placed)[:-1]) for placed in reversed(found.items)]
    return Page(messages, found.next_cursor)


@method("write", since=1, raises=(Conflict, InvalidParams, LimitExceeded, NotFound))
def update(tx: Tx, p: MessagesUpdate) -> Message:
    """Change what is given. Metadata is replaced as a whole and kept as written."""
    stored = get(tx, MessagesGet(p.id))
    if p.if_revision is not None and p.if_revision != stored.revision:
        raise conflict(stored)
    if p.metadata is not UNSET:
        object_within(p.metadata, METADATA_BYTES, "$.metadata")
    if p.completed_at is not UNSET and p.completed_at is not None:
        logs.moment(p.completed_at, "$.completedAt")
    message = changed(
        stored,
        metadata=stored.metadata if p.metadata is UNSET else p.metadata,
        completed_at=stored.completed_at if p.completed_at is UNSET else p.completed_at,
        updated_at=tx.now,
        revision=stored.revision + 1,
    )
    tx.run(REPLACE, _spoken(message, None))
    sessions.touch(tx, message.session_id)
    tx.emit("messages.update", message, sessions.require(tx, message.session_id).workspace_id)
    return message


@method("write", since=1)
def delete(tx: Tx, p: MessagesDelete) -> MessageDeletion:
    """Delete a message and its parts."""
    deleted = tx.one(DELETE, p, DeletedMessage)
    if deleted is None:
        return MessageDeletion(deleted=False)
    sessions.touch(tx, deleted.session_id)
    tx.emit("messages.delete", deleted, sessions.require(tx, deleted.session_id).workspace_id)
    return MessageDeletion(deleted=True)


@method("read", since=1)
def search(tx: Tx, p: MessagesSearch) -> MessagesFound:
    """Messages about the words of a query, the best first: what was said, thought, asked of tools and answered by them.

    A message that has none of the words is found by those beside it. `elsewhere` tells whether another workspace has
    more; without `workspaceId` everything is searched, and it is 0.
    """
    asked = [("w", p.workspace_id), ("s", p.session_id), ("r", p.role)]
    words = {kind: [scope_word(kind, value)] for kind, value in asked if value is not None}
    expression = match(p.query, words.values())
    if expression is None:
        return MessagesFound([], 0)
    each = match_each(p.query, words.values())
    found: list[list[Hit]] = []
    for word in each:
        # What a rare word leaves over is for those after it.
        left = CANDIDATES - sum(map(len, found))
        found.append(tx.all(FIND, None, Hit, match=word, candidates=left // (len(each) - len(found))))
    # What stands beside what a role said is mostly another's.
    places = with_neighbours(found, (4 if p.role is None else 20) * p.limit + 20)
    items = tx.all(SHOW, p, FoundMessage, places=[msgspec.structs.astuple(place) for place in places])
    return MessagesFound(
        [changed(item, snippet=snippet(item.snippet, p.query)) for item in items],
        _elsewhere(tx, p.query, words),
    )


def add(tx: Tx, message: Message) -> Message:
    """Store a complete message at the end of its session, with its parts; as it is stored, each of them has an id.

    Everything is checked before anything is written, but not what a part of a known type must hold: it is history.
    Raises NotFound, Conflict, InvalidParams or LimitExceeded.
    """
    return _added(tx, message, sessions.require(tx, message.session_id).workspace_id, strict=False)


def replace(tx: Tx, message: Message) -> Message:
    """Store a complete message in place of the one with its id, where that stands. Raises what `add` raises."""
    session = sessions.require(tx, message.session_id)
    object_within(message.metadata, METADATA_BYTES, "$.metadata")
    ready = parts.prepared(tx, message.id, message.parts, strict=False)
    if not tx.run(REPLACE, _spoken(message, parts.content(ready))):
        raise Conflict("the message with that id belongs to another session", path="$.sessionId")
    parts.clear(tx, message.id)
    words = parts.scope(session.workspace_id, message.session_id, message.role)
    parts.store(tx, message.id, ready, words, message.created_at)
    return changed(message, parts=[part.data for part in ready])


def _added(tx: Tx, message: Message, workspace_id: str, *, strict: bool = True) -> Message:
    object_within(message.metadata, METADATA_BYTES, "$.metadata")
    ready = parts.prepared(tx, message.id, message.parts, strict=strict)
    if not tx.run(ADD, _spoken(message, parts.content(ready))):
        raise Conflict("a message has that id already", path="$.id")
    words = parts.scope(workspace_id, message.session_id, message.role)
    parts.store(tx, message.id, ready, words, message.created_at)
    return changed(message, parts=[part.data for part in ready])


def _spoken(message: Message, content: str | None) -> SpokenMessage:
    return SpokenMessage(**msgspec.structs.asdict(message), content=content)


def _elsewhere(tx: Tx, query: str, words: dict[str, list[str]]) -> int:
    if "w" not in words:
        return 0
    others = [words["r"]] if "r" in words else []
    return tx.all(COUNT, None, Tally, match=outside(query, words["w"], others))[0].count
