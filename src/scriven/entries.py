"""An entry of memory: what it is made of, and how it is stored, found again, forgotten and left to fade."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Raw
from msgspec.structs import replace as changed

from scriven import recall
from scriven.errors import InvalidParams, LimitExceeded
from scriven.method import Record, Revision, Timestamp, WorkspaceId
from scriven.search import scope_word
from scriven.tx import Tx

CONTENT_BYTES = 64 * 1024
METADATA_BYTES = 1024 * 1024
TAGS = 64

# What fades in one call, so that whoever comes meanwhile waits for milliseconds.
FADE_ROWS = 500

EntryId = Annotated[
    str,
    Meta(min_length=1, max_length=128, description="An entry's id.", examples=["mem_019b3f2c7a41c0ffee5eed42"]),
]
Content = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=CONTENT_BYTES,
        description="What to remember, at most 64 KiB.",
        examples=["Prefers brief answers"],
    ),
]
Category = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=64,
        description="`preference`, `fact`, `pattern`, or a word of the clients' own.",
        examples=["preference"],
    ),
]
Source = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=64,
        description="`user_explicit`, `jarvis_inferred`, or a word of the clients' own. Only what is inferred fades.",
        examples=["user_explicit"],
    ),
]
Tag = Annotated[str, Meta(min_length=1, max_length=64, description="A word to file it under.", examples=["style"])]
Tags = Annotated[list[Tag], Meta(max_length=TAGS, description="Words to file it under.", examples=[["style"]])]
Metadata = Annotated[Raw, Meta(description="A JSON object of the clients' own.", examples=[{"from": "review"}])]


Digest = Annotated[
    str,
    Meta(
        description="SHA-256, in hex, of what it says without case, gaps and end marks.",
        examples=["abcf31c71ffc3d7121ccbbaf72d3fae783e8c427b3fb828d0e9f5d237cc64229"],
    ),
]


class Entry(Record):
    """Something remembered. `deletedAt` tells that it was forgotten; until it is purged it can be restored."""

    id: EntryId
    workspace_id: WorkspaceId
    content: Content
    content_hash: Digest
    category: Category
    source: Source
    tags: Tags
    metadata: Metadata
    seen_count: Annotated[int, Meta(ge=1, description="How often it was stated.", examples=[1])]
    created_at: Timestamp
    updated_at: Timestamp
    last_accessed: Annotated[Timestamp, Meta(description="When it was last stated, restored, or given as context.")]
    deleted_at: Timestamp | None
    revision: Revision


class PurgedEntries(Record):
    """The body of a `memory.purge` event."""

    workspace_id: WorkspaceId
    purged: int
    older_than_days: int


class HitEntry(Entry):
    """An entry with what the index says of it."""

    score: float


COLUMNS = """
    id, workspace_id, content, content_hash, category, source, tags, metadata, seen_count, created_at, updated_at,
    last_accessed, deleted_at, revision
"""

GET = f"SELECT {COLUMNS} FROM memory_entries WHERE id = :id"
SAME = f"SELECT {COLUMNS} FROM memory_entries WHERE workspace_id = :workspace_id AND content_hash = :content_hash"

ADD = """
    INSERT INTO memory_entries (id, workspace_id, content, content_hash, category, source, tags, metadata, seen_count,
        created_at, updated_at, last_accessed, deleted_at, revision)
    VALUES (:id, :workspace_id, :content, :content_hash, :category, :source, :tags, :metadata, :seen_count,
        :created_at, :updated_at, :last_accessed, :deleted_at, :revision)
"""

REPLACE = """
    UPDATE memory_entries
    SET content = :content, content_hash = :content_hash, category = :category, source = :source, tags = :tags,
        metadata = :metadata, seen_count = :seen_count, created_at = :created_at, updated_at = :updated_at,
        last_accessed = :last_accessed, deleted_at = :deleted_at, revision = :revision
    WHERE id = :id
"""

INDEX = """
    INSERT INTO memory_search (rowid, scope, content)
    SELECT number, :words, content FROM memory_entries WHERE id = :id AND deleted_at IS NULL
"""
UNINDEX = "DELETE FROM memory_search WHERE rowid = (SELECT number FROM memory_entries WHERE id = :id)"

FIND = f"""
    WITH hit AS (
        SELECT rowid, rank FROM memory_search
        WHERE memory_search MATCH :match AND rank MATCH 'bm25(0.0, 1.0)' ORDER BY rank LIMIT :limit
    )
    SELECT {COLUMNS}, -hit.rank AS score
    FROM hit CROSS JOIN memory_entries ON memory_entries.number = hit.rowid
    ORDER BY hit.rank, created_at DESC, id DESC
"""

FADED = f"""
    SELECT {COLUMNS} FROM memory_entries
    WHERE source = 'jarvis_inferred' AND deleted_at IS NULL AND last_accessed <= :before
    ORDER BY last_accessed LIMIT :rows
"""


def find(tx: Tx, workspace_id: str, content: str) -> Entry | None:
    """The entry of a workspace that says the same, forgotten or not."""
    return tx.one(SAME, None, Entry, workspace_id=workspace_id, content_hash=recall.content_hash(content))


def matching(tx: Tx, expression: str, limit: int) -> list[HitEntry]:
    """The entries that match an expression of the index, the best first."""
    return tx.all(FIND, None, HitEntry, match=expression, limit=limit)


def add(tx: Tx, entry: Entry) -> None:
    """Store a complete entry, and let it be found unless it is a forgotten one."""
    tx.run(ADD, entry)
    tx.run(INDEX, entry, words=_words(entry))


def replace(tx: Tx, entry: Entry) -> None:
    """Store a complete entry in place of the one with its id. Its workspace stays."""
    tx.run(UNINDEX, entry)
    tx.run(REPLACE, entry)
    tx.run(INDEX, entry, words=_words(entry))


def fade(tx: Tx) -> int:
    """Forget inferred entries that nobody has used for so long that nine tenths have faded; how many, at most 500."""
    faded = tx.all(FADED, None, Entry, before=recall.faded_before(tx.now), rows=FADE_ROWS)
    for entry in faded:
        forget(tx, entry)
    return len(faded)


def restated(tx: Tx, stored: Entry, source: str, tags: list[str]) -> Entry:
    """An entry that is said again: its content, category and metadata stay, and it is as fresh as a new one.

    Only what was inferred changes its source, and only to explicit. Raises LimitExceeded for too many tags.
    """
    united = list(dict.fromkeys([*stored.tags, *tags]))
    if len(united) > TAGS:
        raise LimitExceeded("$.tags would be over 64 with those it has", path="$.tags", limit=TAGS)
    return changed(
        stored,
        source=source if source == recall.EXPLICIT else stored.source,
        tags=united,
        seen_count=stored.seen_count + 1,
        updated_at=tx.now,
        last_accessed=tx.now,
        deleted_at=None,
        revision=stored.revision + 1,
    )


def forget(tx: Tx, entry: Entry) -> None:
    """Let an entry be found no more, until it is restored or said again."""
    forgotten = changed(entry, deleted_at=tx.now, updated_at=tx.now, revision=entry.revision + 1)
    replace(tx, forgotten)
    tx.emit("memory.forget", forgotten)


def _words(entry: Entry) -> str:
    named = [("w", entry.workspace_id), ("c", entry.category), *(("t", tag) for tag in entry.tags)]
    return " ".join(scope_word(kind, value) for kind, value in named)


def check_content(content: str) -> None:
    """Raise InvalidParams when there is nothing to remember, LimitExceeded when it is too much."""
    if recall.is_blank(content):
        raise InvalidParams("$.content is blank", path="$.content")
    if len(content.encode()) > CONTENT_BYTES:
        raise LimitExceeded("$.content is over 64 KiB", path="$.content", limit=CONTENT_BYTES)
