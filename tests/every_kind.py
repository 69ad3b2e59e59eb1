"""A record of every kind, for tests of what `state.import` takes and `state.export` gives."""

from __future__ import annotations

from typing import Any

EARLY = "2025-01-31T09:30:00.000Z"
LATE = "2025-02-01T09:30:00.000Z"
LATER = "2025-02-02T09:30:00.000Z"

Given = dict[str, Any]

SESSION: Given = {"kind": "session", "id": "s", "startedAt": EARLY}
MESSAGE: Given = {"kind": "message", "id": "m", "sessionId": "s", "role": "user", "createdAt": EARLY}
TODOS: Given = {
    "kind": "todos",
    "sessionId": "s",
    "todos": [{"content": "Fix it", "status": "pending"}],
    "updatedAt": EARLY,
}
MEMORY: Given = {
    "kind": "memory",
    "content": "Tea, not coffee",
    "category": "preference",
    "source": "user_explicit",
    "createdAt": EARLY,
}
OBSERVATION: Given = {
    "kind": "observation",
    "id": "o",
    "pattern": "asks for short answers",
    "patternType": "communication_style",
    "createdAt": EARLY,
}
LOG: Given = {"kind": "log", "id": "l", "eventType": "topic_change", "timestamp": EARLY}
SETTING: Given = {"kind": "setting", "key": "theme", "value": "dark", "updatedAt": EARLY}
WORKSPACE: Given = {"kind": "workspace", "id": "ws_1", "projectDir": "/home/ada/engine", "updatedAt": EARLY}

EVERY = [WORKSPACE, SETTING, SESSION, TODOS, MESSAGE, MEMORY, OBSERVATION, LOG]


def bring(store: Any, *records: Any, **more: Any) -> Any:
    """Import them in one call."""
    return store("state.import", records=list(records), **more)


def counts(result: Any) -> tuple[int, int, int, int]:
    """Added, updated, present, skipped."""
    return result["added"], result["updated"], result["present"], len(result["skipped"])


def exported(store: Any, limit: int = 1000, **more: Any) -> list[Any]:
    """All pages of an export."""
    items: list[Any] = []
    cursor = None
    while True:
        page = store("state.export", limit=limit, cursor=cursor, **more)
        assert len(page["items"]) <= limit
        items += page["items"]
        cursor = page["nextCursor"]
        if cursor is None:
            return items
        assert page["items"], "only the last page may be empty"


def everything(store: Any) -> list[list[tuple[Any, ...]]]:
    """Every row of every table that has state."""
    tables = ["workspace_config", "workspace_aliases", "settings", "sessions", "messages", "parts", "todos"]
    tables += ["memory_entries", "observations", "daily_logs", "parts_search", "memory_search"]
    return [store.rows(f"SELECT * FROM {table}") for table in tables]


def only(store: Any, kind: str) -> Any:
    """The one record of a kind."""
    (found,) = [record for record in exported(store) if record["kind"] == kind]
    return found
