"""Patterns that were seen in what a user does, and when one was seen so often that a preference follows."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from scriven import recall
from scriven.errors import InvalidParams
from scriven.method import Record, Timestamp, WorkspaceId
from scriven.tx import Tx

# A pattern seen so often within so many days is taken for a preference.
ENOUGH = 3
DAYS = 7


Pattern = Annotated[
    str, Meta(min_length=1, max_length=1024, description="What was observed.", examples=["Prefers brief answers"])
]
PatternType = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=64,
        description="`communication_style`, `scheduling`, `topic_interest`, `workflow` …",
        examples=["communication_style"],
    ),
]
Evidence = Annotated[
    str, Meta(max_length=4096, description="What shows it.", examples=["Asked three times for less text"])
]


ObservationId = Annotated[str, Meta(min_length=1, max_length=128, description="An observation's id.")]


class Observation(Record):
    """A pattern seen once; the body of a `memory.observe` event."""

    id: ObservationId
    workspace_id: WorkspaceId
    pattern: Pattern
    pattern_type: PatternType
    evidence: Evidence | None
    session_id: str | None
    created_at: Timestamp


class Tally(Record):
    """How many there are."""

    count: int


ADD = """
    INSERT INTO observations (id, workspace_id, pattern, pattern_type, evidence, session_id, created_at)
    VALUES (:id, :workspace_id, :pattern, :pattern_type, :evidence, :session_id, :created_at)
"""
COUNT = """
    SELECT count(*) AS count FROM observations
    WHERE workspace_id = :workspace_id AND pattern_type = :pattern_type AND pattern = :pattern AND created_at >= :since
"""
CLEAR = """
    DELETE FROM observations
    WHERE workspace_id = :workspace_id AND pattern_type = :pattern_type AND pattern = :pattern
"""


def add(tx: Tx, seen: Observation) -> None:
    """Store an observation."""
    tx.run(ADD, seen)


def count(tx: Tx, seen: Observation) -> int:
    """How often its pattern was seen in the week up to now."""
    since = recall.days_before(tx.now, DAYS)
    return tx.all(COUNT, seen, Tally, since=since)[0].count


def clear(tx: Tx, seen: Observation) -> None:
    """Forget how often its pattern was seen."""
    tx.run(CLEAR, seen)


def check_pattern(pattern: str) -> None:
    """Raise InvalidParams when there is nothing to observe."""
    if recall.is_blank(pattern):
        raise InvalidParams("$.pattern is blank", path="$.pattern")
