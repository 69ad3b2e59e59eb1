"""The parts of messages: texts, calls of tools, files and whatever else there is, kept as they were written."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b
from typing import Annotated

from msgspec import Meta, Raw, Struct

from scriven import part_types
from scriven.errors import Conflict, InvalidParams, LimitExceeded, NotFound
from scriven.method import Params, Record, Revision, Timestamp, WorkspaceId, method
from scriven.methods import sessions
from scriven.methods.sessions import SessionId
from scriven.search import scope_word
from scriven.tx import Tx

PART_BYTES = 4 * 1024 * 1024
TOGETHER_BYTES = 12 * 1024 * 1024
PARTS = 10_000

MessageId = Annotated[
    str,
    Meta(min_length=1, max_length=128, description="A message's id.", examples=["msg_019b3f2c7a41c0ffee5eed42"]),
]
PartId = Annotated[
    str,
    Meta(min_length=1, max_length=128, description="A part's id.", examples=["prt_019b3f2c7a41c0ffee5eed42"]),
]
Body = Annotated[
    Raw,
    Meta(
        description="A JSON object with a `type`. It is kept as written.",
        examples=[{"type": "text", "text": "The parser is fixed."}],
    ),
]


class Part(Record):
    """A stored part. `part` is the object as it was given, with an `id` before everything else if it had none."""

    id: PartId
    message_id: MessageId
    type: Annotated[str, Meta(description="The object's own `type`.", examples=["text"])]
    part: Body
    created_at: Timestamp
    updated_at: Timestamp
    revision: Revision


class PartsGet(Params):
    id: PartId


class PartsPut(Params):
    message_id: MessageId
    part: Body


class PartsDelta(Params):
    message_id: MessageId
    part_id: PartId
    field: Annotated[str, Meta(min_length=1, max_length=128, description="The field that grows.", examples=["text"])]
    delta: Annotated[str, Meta(max_length=262_144, description="What comes at its end.", examples=[" And so on."])]


class PartsDelete(Params):
    id: PartId


class PartDelta(Record):
    """The body of a `parts.delta` event: what a field grew by. It is told, not stored."""

    part_id: PartId
    message_id: MessageId
    session_id: SessionId
    field: str
    delta: str


class PartTold(Record):
    """The stored part that a delta goes with."""

    id: PartId
    revision: Revision


class PartDeletion(Record):
    """Whether there was something to delete."""

    deleted: bool


class DeletedPart(Record):
    """The body of a `parts.delete` event."""

    id: PartId
    message_id: MessageId
    session_id: SessionId
    revision: Revision


class Home(Record):
    """Where a message belongs."""

    session_id: SessionId
    workspace_id: WorkspaceId
    role: str


class Ready(Struct, frozen=True):
    """A part that may be stored: checked, and with an id. See part_types.Read."""

    id: str
    type: str
    data: Raw
    said: str | None
    searched: str


class Row(Struct, frozen=True):
    """A part as it is stored and indexed."""

    id: str
    message_id: str
    position: int
    type: str
    data: Raw
    scope: str
    searched: str
    at: str


class Owner(Record):
    """The message a part belongs to."""

    id: str
    message_id: str


class Extent(Record):
    """What a message's parts amount to."""

    count: int
    bytes: int
    next_position: int


class Data(Record):
    """A part as it was given."""

    data: Raw


# What a subscriber is told.
EVENTS: dict[str, type[Record]] = {"parts.put": Part, "parts.delta": PartDelta, "parts.delete": DeletedPart}

COLUMNS = "id, message_id, type, data AS part, created_at, updated_at, revision"

GET = f"SELECT {COLUMNS} FROM parts WHERE id = :id"

TOLD = "SELECT id, revision FROM parts WHERE id = :part_id AND message_id = :message_id"

HOME = """
    SELECT messages.session_id, sessions.workspace_id, messages.role
    FROM messages JOIN sessions ON sessions.id = messages.session_id
    WHERE messages.id = :message_id
"""

OWNERS = (
    "SELECT id, message_id FROM parts WHERE id IN (SELECT value FROM json_each(:ids)) AND message_id <> :message_id"
)

EXTENT = """
    SELECT count(*) AS count, coalesce(sum(length(CAST(data AS BLOB))), 0) AS bytes,
        coalesce(max(position), 0) + 1 AS next_position
    FROM parts WHERE message_id = :message_id
"""

ADD = """
    INSERT INTO parts (id, message_id, position, type, data, created_at, updated_at)
    VALUES (:id, :message_id, :position, :type, :data, :at, :at)
"""

SET = f"""
    UPDATE parts SET type = :type, data = :data, updated_at = :at, revision = revision + 1
    WHERE id = :id
    RETURNING {COLUMNS}
"""

DELETE = "DELETE FROM parts WHERE id = :id"
CLEAR = "DELETE FROM parts WHERE message_id = :message_id"

INDEX = """
    INSERT INTO parts_search (rowid, scope, content)
    VALUES ((SELECT number FROM parts WHERE id = :id), :scope, :searched)
"""
UNINDEX = "DELETE FROM parts_search WHERE rowid = (SELECT number FROM parts WHERE id = :id)"

SAID = "SELECT data FROM parts WHERE message_id = :message_id AND type = 'text' ORDER BY position"

REFRESH = """
    UPDATE messages SET content = coalesce(:content, content), updated_at = :now, revision = revision + 1
    WHERE id = :message_id
"""


@method("read", since=1, raises=(NotFound,))
def get(tx: Tx, p: PartsGet) -> Part:
    """A part by its id."""
    found = tx.one(GET, p, Part)
    if found is None:
        raise NotFound("there is no such part", path="$.id")
    return found


@method("write", since=1, raises=(Conflict, InvalidParams, LimitExceeded, NotFound))
def put(tx: Tx, p: PartsPut) -> Part:
    """Store a part of a message: in place of the one with its `id`, else after all others.

    A part has at most 4 MiB, those of a message 12 MiB together. One without an `id` gets one. What a known `type`
    must hold is checked; unknown types, and fields nobody knows, are kept as they are.
    """
    home = home_of(tx, p.message_id)
    ready = _ready(p.part, "$.part", tx.new_id("prt"), strict=True)
    stored = tx.one(GET, ready, Part)
    if stored is not None and stored.message_id != p.message_id:
        raise Conflict("a part of another message has that id", path="$.part.id", current=stored)
    extent = tx.all(EXTENT, p, Extent)[0]
    replaced = 0 if stored is None else len(memoryview(stored.part))
    _within_together(extent.bytes - replaced + len(memoryview(ready.data)), "$.part")
    words = scope(home.workspace_id, home.session_id, home.role)
    row = _row(ready, p.message_id, extent.next_position, words, tx.now)
    if stored is None:
        if extent.count >= PARTS:
            raise LimitExceeded(f"a message has at most {PARTS} parts", path="$.part", limit=PARTS)
        _insert(tx, row)
        part = Part(ready.id, p.message_id, ready.type, ready.data, tx.now, tx.now, 1)
    else:
        tx.run(UNINDEX, row)
        part = tx.all(SET, row, Part)[0]
        _index(tx, row)
    _refresh(tx, p.message_id, spoken="text" in {part.type, stored.type if stored else None})
    sessions.touch(tx, home.session_id)
    tx.emit("parts.put", part, home.workspace_id)
    return part


@method("write", since=1, raises=(NotFound,))
def delta(tx: Tx, p: PartsDelta) -> PartTold:
    """Tell subscribers that a field of a part grows, in order with every other change. Nothing is stored.

    What came is stored when the part is put anew, whole.
    """
    home = home_of(tx, p.message_id)
    told = tx.one(TOLD, p, PartTold)
    if told is None:
        raise NotFound("the message has no such part", path="$.partId", hint="put the part before its deltas")
    grown = PartDelta(p.part_id, p.message_id, home.session_id, p.field, p.delta)
    tx.emit("parts.delta", grown, home.workspace_id, durable=False)
    return told


@method("write", since=1)
def delete(tx: Tx, p: PartsDelete) -> PartDeletion:
    """Delete a part of a message."""
    stored = tx.one(GET, p, Part)
    if stored is None:
        return PartDeletion(deleted=False)
    home = home_of(tx, stored.message_id)
    tx.run(DELETE, p)
    _refresh(tx, stored.message_id, spoken=stored.type == "text")
    sessions.touch(tx, home.session_id)
    tx.emit("parts.delete", DeletedPart(p.id, stored.message_id, home.session_id, stored.revision), home.workspace_id)
    return PartDeletion(deleted=True)


def prepared(tx: Tx, message_id: str, parts: Sequence[Raw], *, strict: bool = True) -> list[Ready]:
    """All parts of a message, checked before any is stored. One without an `id` gets it from its message and place.

    Raises InvalidParams, LimitExceeded or Conflict with the path of the part at fault.
    """
    if not parts:
        return []
    if len(parts) > PARTS:
        raise LimitExceeded(f"a message has at most {PARTS} parts", path="$.parts", limit=PARTS)
    _within_together(sum(len(memoryview(part)) for part in parts), "$.parts")
    ready = [
        _ready(part, f"$.parts[{index}]", _id_of_place(message_id, index), strict=strict)
        for index, part in enumerate(parts)
    ]
    places: dict[str, int] = {}
    for index, part in enumerate(ready):
        if places.setdefault(part.id, index) != index:
            path = f"$.parts[{index}].id"
            raise InvalidParams(f"{path} is the id of an earlier part too", path=path)
    for owner in tx.all(OWNERS, None, Owner, ids=list(places), message_id=message_id):
        raise Conflict("a part of another message has that id", path=f"$.parts[{places[owner.id]}].id", current=owner)
    return ready


def store(tx: Tx, message_id: str, parts: Sequence[Ready], words: str, at: str) -> None:
    """Store all parts of a message that has none, with that time. `words` is the message's `scope`."""
    for position, part in enumerate(parts, 1):
        _insert(tx, _row(part, message_id, position, words, at))


def clear(tx: Tx, message_id: str) -> None:
    """Delete all parts of a message."""
    tx.run(CLEAR, None, message_id=message_id)


def content(parts: Sequence[Ready]) -> str:
    """What the text parts of a message say, one after the other."""
    return _joined([part.said for part in parts if part.said is not None])


def scope(workspace_id: str, session_id: str, role: str) -> str:
    """The words that narrow a search to a message's workspace, session or role."""
    return f"{scope_word('w', workspace_id)} {scope_word('s', session_id)} {scope_word('r', role)}"


def home_of(tx: Tx, message_id: str, path: str = "$.messageId") -> Home:
    """Where a message belongs. Raises NotFound."""
    home = tx.one(HOME, None, Home, message_id=message_id)
    if home is None:
        raise NotFound("there is no such message", path=path)
    return home


def _ready(part: Raw, path: str, fallback: str, *, strict: bool) -> Ready:
    if len(memoryview(part)) > PART_BYTES:
        raise LimitExceeded(f"{path} is over 4 MiB", path=path, limit=PART_BYTES)
    read = part_types.read(part, path, strict=strict)
    if read.id is not None:
        return Ready(read.id, read.type, part, read.said, read.searched)
    # What has a type is not empty, so that a comma always follows.
    data = Raw(b'{"id":"%b",%b' % (fallback.encode(), bytes(part)[1:]))
    return Ready(fallback, read.type, data, read.said, read.searched)


def _id_of_place(message_id: str, index: int) -> str:
    return f"prt_{blake2b(f'{message_id} {index}'.encode(), digest_size=12).hexdigest()}"


def _within_together(size: int, path: str) -> None:
    if size > TOGETHER_BYTES:
        raise LimitExceeded(
            f"the parts of a message have at most 12 MiB together, with {path} it is more",
            path=path,
            limit=TOGETHER_BYTES,
        )


def _row(part: Ready, message_id: str, position: int, words: str, at: str) -> Row:
    return Row(part.id, message_id, position, part.type, part.data, words, part.searched, at)


def _insert(tx: Tx, row: Row) -> None:
    tx.run(ADD, row)
    _index(tx, row)


def _index(tx: Tx, row: Row) -> None:
    if row.searched:
        tx.run(INDEX, row)


def _refresh(tx: Tx, message_id: str, *, spoken: bool) -> None:
    """A part of the message was written: its own row says so, and what it says if a text part is concerned."""
    said = None
    if spoken:
        texts = tx.all(SAID, None, Data, message_id=message_id)
        read = [part_types.read(text.data, "$", strict=False).said for text in texts]
        said = _joined([text for text in read if text is not None])
    tx.run(REFRESH, None, message_id=message_id, content=said, now=tx.now)


def _joined(texts: Sequence[str]) -> str:
    # NUL ends a text in half the tools that read the file; in the part itself it is escaped.
    return "\n".join(texts).replace("\0", " ")
