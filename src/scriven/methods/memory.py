"""What agents remember across sessions: each thing once, found by its words, forgotten softly."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, Meta, Raw, UnsetType, field
from msgspec.structs import replace as changed

from scriven import entries, observations, recall
from scriven.entries import (
    COLUMNS,
    GET,
    METADATA_BYTES,
    TAGS,
    Category,
    Content,
    Entry,
    EntryId,
    Metadata,
    PurgedEntries,
    Source,
    Tag,
    Tags,
    check_content,
    find,
    restated,
)
from scriven.errors import Conflict, InvalidParams, LimitExceeded, NotFound
from scriven.method import (
    GLOBAL,
    IfRevision,
    Page,
    Params,
    Record,
    WorkspaceId,
    conflict,
    method,
    object_within,
)
from scriven.methods import sessions, workspaces
from scriven.methods.sessions import SessionId
from scriven.observations import Evidence, Observation, Pattern, PatternType, Tally, check_pattern
from scriven.paging import Paged, fitting, page
from scriven.search import match, outside, scope_word, snippet
from scriven.tx import Tx

# For the nouns that hold entries whole.
add, replace, fade = entries.add, entries.replace, entries.fade

# What lies outside the scope of a search is counted up to this.
ELSEWHERE = 100

EntryIds = Annotated[
    list[EntryId],
    Meta(min_length=1, max_length=1000, description="Entries.", examples=[["mem_019b3f2c7a41c0ffee5eed42"]]),
]
AllOfTags = Annotated[list[Tag], Meta(max_length=TAGS, description="Only what has all of these.", examples=[["style"]])]
Scope = Annotated[
    Literal["workspace+global", "workspace", "all"],
    Meta(description="Where to look: the workspace and what is global, it alone, or everywhere.", examples=["all"]),
]


class MemoryRemember(Params):
    content: Content
    category: Category = "fact"
    source: Source = recall.EXPLICIT
    workspace_id: WorkspaceId = GLOBAL
    tags: Tags = field(default_factory=list)
    metadata: Metadata | UnsetType = UNSET


class Remembered(Record):
    """An entry as it is now, and what became of it."""

    entry: Entry
    outcome: Annotated[
        Literal["created", "seen", "revived", "upgraded"],
        Meta(
            description="New; known already; forgotten and now back; inferred until now and from now on explicit.",
            examples=["created"],
        ),
    ]


class MemorySearch(Params):
    query: Annotated[
        str, Meta(min_length=1, max_length=4096, description="What is looked for, in any words.", examples=["brief"])
    ]
    workspace_id: WorkspaceId = GLOBAL
    scope: Scope = "workspace+global"
    category: Category | None = None
    tags: AllOfTags = field(default_factory=list)
    limit: Annotated[int, Meta(ge=1, le=100, description="At most this many.", examples=[10])] = 10


class FoundEntry(Record):
    """An entry that has words of the query."""

    entry: Entry
    score: Annotated[float, Meta(description="More is better; scores of one search compare.", examples=[7.25])]
    snippet: Annotated[str, Meta(description="Its text around the words.", examples=["… brief answers"])]


class EntriesFound(Record):
    """What a search found, the best first."""

    items: list[FoundEntry]
    elsewhere: Annotated[
        int,
        Meta(
            ge=0,
            le=ELSEWHERE,
            description="How many more match in workspaces outside the scope, counted up to 100.",
            examples=[0],
        ),
    ]


class MemoryGet(Params):
    id: EntryId


class MemoryList(Paged):
    workspace_id: WorkspaceId = GLOBAL
    category: Category | None = None
    source: Source | None = None
    tags: AllOfTags = field(default_factory=list)
    deleted: Annotated[bool, Meta(description="What was forgotten, instead of what was not.")] = False


class MemoryUpdate(Params):
    id: EntryId
    content: Content | UnsetType = UNSET
    category: Category | UnsetType = UNSET
    tags: Annotated[Tags, Meta(description="In place of all its tags.")] | UnsetType = UNSET
    metadata: Annotated[Metadata, Meta(description="In place of the whole metadata.")] | UnsetType = UNSET
    if_revision: IfRevision | None = None


class MemoryForget(Params):
    ids: EntryIds


class MemoryForgotten(Record):
    """How many entries were forgotten; those that were already, or never were there, do not count."""

    forgotten: Annotated[int, Meta(ge=0, description="Entries.", examples=[1])]


class MemoryRestore(Params):
    ids: EntryIds


class MemoryRestored(Record):
    """How many entries were restored; those that were not forgotten do not count."""

    restored: Annotated[int, Meta(ge=0, description="Entries.", examples=[1])]


class MemoryPurge(Params):
    workspace_id: WorkspaceId = GLOBAL
    older_than_days: Annotated[
        int, Meta(ge=0, le=36_500, description="Only what was forgotten that long ago.", examples=[30])
    ] = 30


class MemoryPurged(Record):
    """How many forgotten entries are gone for good."""

    purged: Annotated[int, Meta(ge=0, description="Entries.", examples=[1])]


class MemoryObserve(Params):
    pattern: Pattern
    pattern_type: PatternType
    evidence: Evidence | None = None
    workspace_id: WorkspaceId = GLOBAL
    session_id: SessionId | None = None


class Observed(Record):
    """How often a pattern was seen lately, and what follows from it."""

    count: Annotated[int, Meta(ge=1, description="Within the last 7 days, this one included.", examples=[1])]
    inferred: Annotated[Entry | None, Meta(description="The preference it has become, the third time.")]


# What a subscriber is told.
EVENTS = {
    **dict.fromkeys(("memory.remember", "memory.update", "memory.forget", "memory.restore"), Entry),
    "memory.purge": PurgedEntries,
    "memory.observe": Observation,
}

COUNT = "SELECT count(*) AS count FROM (SELECT 1 FROM memory_search WHERE memory_search MATCH :match LIMIT 100)"

FILTERED = """
    (:category IS NULL OR category = :category) AND (:source IS NULL OR source = :source)
    AND NOT EXISTS (
        SELECT 1 FROM json_each(:tags)
        WHERE json_each.value NOT IN (SELECT value FROM json_each(memory_entries.tags)))
"""
LIST = f"""
    SELECT {COLUMNS} FROM memory_entries
    WHERE workspace_id = :workspace_id AND deleted_at IS NULL
      AND (last_accessed, id) < (:after_last_accessed, :after_id) AND {FILTERED}
    ORDER BY last_accessed DESC, id DESC LIMIT :limit_and_one
"""
LIST_FORGOTTEN = f"""
    SELECT {COLUMNS} FROM memory_entries
    WHERE workspace_id = :workspace_id AND deleted_at IS NOT NULL
      AND (deleted_at, id) < (:after_deleted_at, :after_id) AND {FILTERED}
    ORDER BY deleted_at DESC, id DESC LIMIT :limit_and_one
"""

PURGE = """
    DELETE FROM memory_entries
    WHERE workspace_id = :workspace_id AND deleted_at IS NOT NULL AND deleted_at <= :before
"""


@method("write", since=1, raises=(InvalidParams, LimitExceeded, NotFound))
def remember(tx: Tx, p: MemoryRemember) -> Remembered:
    """Remember something, once in a workspace, whatever its case, spacing or end marks.

    Said again, an entry keeps its first content, category and metadata; tags are added, `seenCount` grows, what was
    forgotten is back, and what was inferred becomes explicit when the user says it.
    """
    check_content(p.content)
    if p.metadata is not UNSET:
        object_within(p.metadata, METADATA_BYTES, "$.metadata")
    workspaces.require(tx, p.workspace_id)
    stored = find(tx, p.workspace_id, p.content)
    entry = _new(tx, p) if stored is None else restated(tx, stored, p.source, p.tags)
    if stored is None:
        add(tx, entry)
    else:
        replace(tx, entry)
    tx.emit("memory.remember", entry)
    if stored is None:
        return Remembered(entry, "created")
    if stored.deleted_at is not None:
        return Remembered(entry, "revived")
    return Remembered(entry, "seen" if entry.source == stored.source else "upgraded")


@method("read", since=1, raises=(NotFound,))
def search(tx: Tx, p: MemorySearch) -> EntriesFound:
    """Entries that have any of the words of a query, whatever their form, the best first.

    They are fewer than `limit` where they would have over 8 MiB together. `elsewhere` tells whether workspaces outside
    the scope have more.
    """
    workspaces.require(tx, p.workspace_id)
    narrow = [[scope_word("c", p.category)]] if p.category is not None else []
    narrow += [[scope_word("t", tag)] for tag in p.tags]
    names = [p.workspace_id, GLOBAL] if p.scope == "workspace+global" else [p.workspace_id]
    home = [scope_word("w", name) for name in dict.fromkeys(names)]
    everywhere = p.scope == "all"
    expression = match(p.query, narrow if everywhere else [home, *narrow])
    if expression is None:
        return EntriesFound([], 0)
    found, _ = fitting(entries.matching(tx, expression, p.limit), p.limit)
    beyond = None if everywhere else outside(p.query, home, narrow)
    elsewhere = 0 if beyond is None else tx.all(COUNT, None, Tally, match=beyond)[0].count
    return EntriesFound([_found(hit, p.query) for hit in found], elsewhere)


@method("read", since=1, raises=(NotFound,))
def get(tx: Tx, p: MemoryGet) -> Entry:
    """An entry by its id, also a forgotten one."""
    found = tx.one(GET, p, Entry)
    if found is None:
        raise NotFound("there is no such entry", path="$.id", hint="scriven memory list")
    return found


@method("read", since=1, raises=(NotFound,))
def list_(tx: Tx, p: MemoryList) -> Page[Entry]:
    """The entries of a workspace, the one used last first; forgotten ones by when they were."""
    workspaces.require(tx, p.workspace_id)
    by = {"deleted_at" if p.deleted else "last_accessed": "~", "id": "~"}
    return page(tx, LIST_FORGOTTEN if p.deleted else LIST, p, Entry, by=by)


@method("write", since=1, raises=(Conflict, InvalidParams, LimitExceeded, NotFound))
def update(tx: Tx, p: MemoryUpdate) -> Entry:
    """Change what is given. To say what another entry of the workspace says already is a conflict that carries it."""
    stored = get(tx, MemoryGet(p.id))
    if p.if_revision is not None and p.if_revision != stored.revision:
        raise conflict(stored)
    if p.metadata is not UNSET:
        object_within(p.metadata, METADATA_BYTES, "$.metadata")
    content = stored.content if p.content is UNSET else p.content
    if p.content is not UNSET:
        check_content(content)
        other = find(tx, stored.workspace_id, content)
        if other is not None and other.id != stored.id:
            hint = None if other.deleted_at is None else "that one was forgotten: restore it, or purge it"
            raise Conflict("another entry says that already", path="$.content", current=other, hint=hint)
    entry = changed(
        stored,
        content=content,
        content_hash=stored.content_hash if p.content is UNSET else recall.content_hash(content),
        category=stored.category if p.category is UNSET else p.category,
        tags=stored.tags if p.tags is UNSET else list(dict.fromkeys(p.tags)),
        metadata=stored.metadata if p.metadata is UNSET else p.metadata,
        updated_at=tx.now,
        revision=stored.revision + 1,
    )
    replace(tx, entry)
    tx.emit("memory.update", entry)
    return entry


@method("write", since=1)
def forget(tx: Tx, p: MemoryForget) -> MemoryForgotten:
    """Forget entries: no list, search or context has them any more, until they are restored or said again."""
    stored = [tx.one(GET, None, Entry, id=entry_id) for entry_id in dict.fromkeys(p.ids)]
    kept = [entry for entry in stored if entry is not None and entry.deleted_at is None]
    for entry in kept:
        entries.forget(tx, entry)
    return MemoryForgotten(len(kept))


@method("write", since=1)
def restore(tx: Tx, p: MemoryRestore) -> MemoryRestored:
    """Take back that entries were forgotten."""
    stored = [tx.one(GET, None, Entry, id=entry_id) for entry_id in dict.fromkeys(p.ids)]
    forgotten = [entry for entry in stored if entry is not None and entry.deleted_at is not None]
    for entry in forgotten:
        # As fresh as if it were said again: an inferred one would fade at once.
        back = changed(entry, deleted_at=None, last_accessed=tx.now, updated_at=tx.now, revision=entry.revision + 1)
        replace(tx, back)
        tx.emit("memory.restore", back)
    return MemoryRestored(len(forgotten))


@method("write", since=1, raises=(NotFound,))
def purge(tx: Tx, p: MemoryPurge) -> MemoryPurged:
    """Delete for good what was forgotten in a workspace some time ago."""
    workspaces.require(tx, p.workspace_id)
    purged = tx.run(PURGE, p, before=recall.days_before(tx.now, p.older_than_days))
    if purged:
        tx.emit("memory.purge", PurgedEntries(p.workspace_id, purged, p.older_than_days))
    return MemoryPurged(purged)


@method("write", since=1, raises=(InvalidParams, NotFound))
def observe(tx: Tx, p: MemoryObserve) -> Observed:
    """Note a pattern in what the user does; seen for the third time within 7 days, it becomes an inferred preference.

    Then its observations are cleared. What the user has said explicitly stays explicit.
    """
    check_pattern(p.pattern)
    workspaces.require(tx, p.workspace_id)
    if p.session_id is not None:
        sessions.require(tx, p.session_id)
    seen = Observation(tx.new_id("obs"), p.workspace_id, p.pattern, p.pattern_type, p.evidence, p.session_id, tx.now)
    observations.add(tx, seen)
    tx.emit("memory.observe", seen)
    count = observations.count(tx, seen)
    if count < observations.ENOUGH:
        return Observed(count, None)
    observations.clear(tx, seen)
    preference = MemoryRemember(
        content=p.pattern,
        category="preference",
        source=recall.INFERRED,
        workspace_id=p.workspace_id,
        metadata=Raw(msgspec.json.encode({"patternType": p.pattern_type, "evidence": p.evidence})),
    )
    return Observed(count, remember(tx, preference).entry)


def _new(tx: Tx, p: MemoryRemember) -> Entry:
    return Entry(
        id=tx.new_id("mem"),
        workspace_id=p.workspace_id,
        content=p.content,
        content_hash=recall.content_hash(p.content),
        category=p.category,
        source=p.source,
        tags=list(dict.fromkeys(p.tags)),
        metadata=Raw(b"{}") if p.metadata is UNSET else p.metadata,
        seen_count=1,
        created_at=tx.now,
        updated_at=tx.now,
        last_accessed=tx.now,
        deleted_at=None,
        revision=1,
    )


def _found(hit: entries.HitEntry, query: str) -> FoundEntry:
    *entry, score = msgspec.structs.astuple(hit)
    return FoundEntry(Entry(*entry), score, snippet(hit.content, query))
