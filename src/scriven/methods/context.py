"""What an agent should know when it begins: the memories that matter most, and what happened last, within a budget."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from scriven import entries, recall
from scriven.entries import Category, Content, EntryId, Source
from scriven.errors import NotFound
from scriven.method import GLOBAL, Params, Record, Timestamp, WorkspaceId, method
from scriven.methods.sessions import SessionId, Summary, Title
from scriven.methods.workspaces import require
from scriven.search import match, scope_word
from scriven.tx import Tx

# What a token is taken to be, in characters.
TOKEN = 4

# The freshest of each kind of memory that are looked at: the rest of its kind cannot matter more.
POOL = 50

# How many of the entries that match the query are looked at, and what the best of them gets: more than anything else.
HITS = 50
RELEVANCE = 100

# The last session takes this part of the budget at most.
SESSION_SHARE = 4

HEADING = "User context:\n"
TOLD = {recall.EXPLICIT: "you told me", recall.INFERRED: "inferred"}


class ContextGet(Params):
    workspace_id: WorkspaceId = GLOBAL
    query: Annotated[str, Meta(max_length=4096, description="What it will be about.", examples=["the parser"])] = ""
    max_tokens: Annotated[
        int, Meta(ge=1, le=100_000, description="How long the text may be; a token is 4 characters.", examples=[1000])
    ] = 1000
    max_entries: Annotated[int, Meta(ge=1, le=100, description="At most so many memories.", examples=[10])] = 10


class ContextEntry(Record):
    """A memory that the text holds."""

    id: EntryId
    content: Content
    category: Category
    source: Source
    score: Annotated[int, Meta(description="How much it matters today.", examples=[90])]
    age: Annotated[str, Meta(description="When it was first stated.", examples=["2 weeks ago"])]
    tokens: Annotated[int, Meta(description="What its line costs.", examples=[12])]


class LastSession(Record):
    """The session before: the newest with a summary, else the newest that has ended."""

    id: SessionId
    title: Title | None
    summary: Summary | None
    started_at: Timestamp
    ended_at: Timestamp | None


class Context(Record):
    """A text for an agent to read, and what it was made of."""

    text: Annotated[
        str,
        Meta(
            description="Lines of Markdown; empty when there is nothing to know.",
            examples=["User context:\n- Preference: Prefers brief answers (2 weeks ago, you told me)\n"],
        ),
    ]
    entries: list[ContextEntry]
    total_tokens: Annotated[int, Meta(ge=0, description="What the text costs, never over `maxTokens`.", examples=[120])]
    truncated: Annotated[bool, Meta(description="Whether something was left out or cut to keep within `maxTokens`.")]
    last_session: LastSession | None


class Candidate(Record):
    """An entry as far as it is judged."""

    id: EntryId
    content: str
    content_hash: str
    category: Category
    source: Source
    weight: int
    created_at: Timestamp
    last_accessed: Timestamp


class Kind(Record):
    """Entries of one source and weight: among them the fresher one matters more."""

    source: str
    weight: int


COLUMNS = "id, content, content_hash, category, source, weight, created_at, last_accessed"

NEXT_KIND = """
    SELECT source, weight FROM memory_entries
    WHERE workspace_id = :workspace_id AND deleted_at IS NULL AND (source, weight) > (:source, :weight)
    ORDER BY source, weight LIMIT 1
"""
FRESHEST = f"""
    SELECT {COLUMNS} FROM memory_entries
    WHERE workspace_id = :workspace_id AND source = :source AND weight = :weight AND deleted_at IS NULL
    ORDER BY last_accessed DESC LIMIT :pool
"""
THESE = f"SELECT {COLUMNS} FROM memory_entries WHERE id IN (SELECT value FROM json_each(:ids))"
USED = """
    UPDATE memory_entries SET last_accessed = max(last_accessed, :now)
    WHERE id IN (SELECT value FROM json_each(:ids))
"""
LAST_SESSION = """
    SELECT id, title, summary, started_at, ended_at
    FROM (
        SELECT id, title, nullif(trim(summary), '') AS summary, started_at, ended_at, parent_id, archived_at, active_at
        FROM sessions WHERE workspace_id = :workspace_id ORDER BY active_at DESC, id DESC LIMIT 100
    )
    WHERE parent_id IS NULL AND archived_at IS NULL AND (summary IS NOT NULL OR ended_at IS NOT NULL)
    ORDER BY summary IS NULL, active_at DESC, id DESC LIMIT 1
"""


@method("write", since=1, raises=(NotFound,))
def get(tx: Tx, p: ContextGet) -> Context:
    """What an agent should load when it begins, as one text; it writes no more than that these memories were used.

    A memory of the workspace, or a global one, scores for its category (preference 30, fact 20, pattern 10), its source
    (explicit 20, inferred 10) and its last use (today 50, yesterday 40, a week 30, a month 15, else 5). An inferred one
    loses half of that in each 30 days without use. With a query, what matches gets up to 100 more, the best match 100.
    Equal scores stand by the time they were stated, the newest first. The same state and params give the same bytes.
    """
    require(tx, p.workspace_id)
    room = p.max_tokens * TOKEN
    session = tx.one(LAST_SESSION, p, LastSession)
    farewell, whole = _last_session_line(session, tx.now, room // SESSION_SHARE)
    room -= len(farewell)
    chosen: list[ContextEntry] = []
    text, truncated = "", not whole
    for score, candidate in _ranked(tx, p):
        age = recall.age(recall.days_between(candidate.created_at, tx.now))
        line = _line(candidate, age)
        if len(text or HEADING) + len(line) > room:
            truncated = True
            continue
        text = (text or HEADING) + line
        chosen.append(
            ContextEntry(
                candidate.id, candidate.content, candidate.category, candidate.source, score, age, _tokens(line)
            )
        )
        if len(chosen) == p.max_entries:
            break
    if chosen:
        tx.run(USED, None, ids=[entry.id for entry in chosen])
    text += farewell
    return Context(text, chosen, _tokens(text), truncated, session)


def _ranked(tx: Tx, p: ContextGet) -> list[tuple[int, Candidate]]:
    """The entries worth a look with their scores, the best first, each thing said once."""
    places = list(dict.fromkeys((p.workspace_id, GLOBAL)))
    relevance = _relevance(tx, p.query, places)
    found = tx.all(THESE, None, Candidate, ids=list(relevance))
    for place in places:
        kind = tx.one(NEXT_KIND, None, Kind, workspace_id=place, source="", weight=-1)
        while kind is not None:
            found += tx.all(FRESHEST, kind, Candidate, workspace_id=place, pool=max(POOL, p.max_entries))
            kind = tx.one(NEXT_KIND, kind, Kind, workspace_id=place)
    scored = [
        (
            recall.points(one.weight, one.source, recall.days_between(one.last_accessed, tx.now))
            + relevance.get(one.id, 0),
            one,
        )
        for one in {one.id: one for one in found}.values()
    ]
    scored.sort(key=lambda pair: (pair[0], pair[1].created_at, pair[1].id), reverse=True)
    said: dict[str, tuple[int, Candidate]] = {}
    for score, one in scored:
        said.setdefault(one.content_hash, (score, one))
    return list(said.values())


def _relevance(tx: Tx, query: str, places: list[str]) -> dict[str, int]:
    """Points for the entries that match the query, by their ids."""
    expression = match(query, [[scope_word("w", place) for place in places]])
    hits = [] if expression is None else entries.matching(tx, expression, HITS)
    return {hit.id: int(RELEVANCE * hit.score / hits[0].score) for hit in hits}


def _line(candidate: Candidate, age: str) -> str:
    category, told = recall.one_line(candidate.category), recall.one_line(TOLD.get(candidate.source, candidate.source))
    return f"- {category[:1].upper()}{category[1:]}: {recall.one_line(candidate.content)} ({age}, {told})\n"


def _last_session_line(session: LastSession | None, now: str, room: int) -> tuple[str, bool]:
    """The line of a session within so many characters, and whether nothing of it was left out."""
    if session is None or not (
        told := ": ".join(filter(None, map(recall.one_line, (session.title or "", session.summary or ""))))
    ):
        return "", True
    start = f"Last session ({recall.age(recall.days_between(session.ended_at or session.started_at, now))}): "
    line = f"{start}{told}\n"
    if len(line) <= room:
        return line, True
    cut = line[: max(0, room - 2)].rstrip()
    return (f"{cut}…\n" if len(cut) > len(start) else ""), False


def _tokens(text: str) -> int:
    return -(-len(text) // TOKEN)
