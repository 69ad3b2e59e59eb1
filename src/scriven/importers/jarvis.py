"""Jarvis's memory, from its SQLite file: entries, sessions with their messages, observations and logs.

Jarvis has one memory and no projects: all of it is global. Its ids are numbers of one file; here each becomes text made
from the table, the number and the time of the row, so that the same row always has the same id. A session it left open
ends here as it would have there, after half an hour in which nothing happens. Files of every age are read: a table or a
column that came later may be missing. A summary that was added to a session some time after its end is not noticed when
the file is imported again.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import unquote

from scriven.importers import json_text, moments
from scriven.importers.database import Database, LostError, Row
from scriven.importers.source import Gap, Record, Source, Unreadable

# Below the directory it was started in, when $DATABASE_URL names no file.
PLACES = ("local.db", "jarvis.db")

# What every Jarvis has had.
FIRST = ("daily_logs", "memory_entries", "sessions")

TABLES = {
    "sessions": ("id", "started_at", "ended_at", "end_trigger", "summary"),
    "messages": ("id", "session_id", "role", "content", "created_at"),
    "memory_entries": ("id", "content", "category", "source", "created_at", "last_accessed", "deleted_at"),
    "observations": ("id", "session_id", "pattern", "pattern_type", "evidence", "created_at"),
    "daily_logs": ("id", "session_id", "event_type", "event_data", "timestamp"),
}
LEFT = {
    "conversation_evaluations": "Scriven keeps no marks for conversations",
    "behavior_rules": "Scriven keeps no rules of behaviour",
    "academy_progress": "Scriven keeps no progress of lessons",
    "memory_embeddings": "Scriven searches by words and keeps no vectors",
}
# Seconds without anything happening after which Jarvis takes a session for ended.
IDLE_TIMEOUT_S = 1800

NO_SESSION = "its session is not in the file, or could not be read"


def found() -> list[str]:
    """The file that $DATABASE_URL names; without one, `local.db` and `jarvis.db` in this directory."""
    url = os.environ.get("DATABASE_URL", "")
    named = [_path_of(url)] if url.startswith("file:") else PLACES
    return [path for name in named if os.path.isfile(path := os.path.abspath(name))]


def read(path: str) -> Source:
    """Open its file. Raises Unreadable, or OSError."""
    return _Memory(path)


class _Memory:
    """The file. `total` and `done` count rows."""

    def __init__(self, path: str) -> None:
        self.done = 0
        self._path = path
        self._sessions: dict[Any, str] = {}
        self._activity: list[dict[Any, Any]] = []
        with Database(path) as database:
            missing = [table for table in FIRST if table not in database.tables]
            if missing:
                raise Unreadable(f"this is not Jarvis's database: it has no table {', '.join(missing)}")
            self.total = sum(database.count(table) for table in TABLES)

    def __iter__(self) -> Iterator[Record | Gap]:
        made: dict[str, Callable[[Row], Record]] = {
            "sessions": self._session,
            "messages": self._message,
            "memory_entries": _entry,
            "observations": self._observation,
            "daily_logs": self._log,
        }
        with Database(self._path) as database:
            self._activity = [
                database.newest("messages", "session_id", "created_at"),
                database.newest("daily_logs", "session_id", "timestamp"),
            ]
            for table, columns in TABLES.items():
                for row in database.rows(table, columns):
                    self.done += 1
                    try:
                        yield made[table](row)
                    except LostError as lost:
                        yield Gap(row.where, str(lost))
                    yield from row.gaps
            yield from database.left(LEFT, tuple(TABLES))

    def _session(self, row: Row) -> Record:
        number = row.values["id"]
        started_at, ended_at = row.moment("started_at"), row.moment_or_none("ended_at")
        told = [activity.get(number) for activity in self._activity]
        moments_of_it = [moments.of_text(moment) for moment in told if isinstance(moment, str)]
        last_active = max(moment for moment in (started_at, ended_at, *moments_of_it) if moment)
        session: Record = {
            "kind": "session",
            "id": _id("ses", "sessions", row, "started_at"),
            "title": None,
            "source": "jarvis",
            "summary": row.text_or_none("summary"),
            "startedAt": started_at,
            "endedAt": ended_at,
            "endTrigger": row.text_or_none("end_trigger"),
            "idleTimeoutS": None if ended_at else IDLE_TIMEOUT_S,
            "lastActive": last_active,
            "updatedAt": last_active,
        }
        self._sessions[number] = session["id"]
        return session

    def _message(self, row: Row) -> Record:
        session_id = self._sessions.get(row.values["session_id"])
        if session_id is None:
            raise LostError(NO_SESSION)
        created_at = row.moment("created_at")
        return {
            "kind": "message",
            "id": _id("msg", "messages", row, "created_at"),
            "sessionId": session_id,
            "role": row.text("role"),
            "parts": [{"type": "text", "text": row.text("content")}],
            "createdAt": created_at,
            "completedAt": created_at,
            "updatedAt": created_at,
        }

    def _observation(self, row: Row) -> Record:
        return {
            "kind": "observation",
            "id": _id("obs", "observations", row, "created_at"),
            "sessionId": self._session_of(row),
            "pattern": row.text("pattern"),
            "patternType": row.text("pattern_type"),
            "evidence": row.text_or_none("evidence"),
            "createdAt": row.moment("created_at"),
        }

    def _log(self, row: Row) -> Record:
        data = row.text_or_none("event_data")
        return {
            "kind": "log",
            "id": _id("log", "daily_logs", row, "timestamp"),
            "sessionId": self._session_of(row),
            "eventType": row.text("event_type"),
            "eventData": None if data is None else _object(data),
            "timestamp": row.moment("timestamp"),
        }

    def _session_of(self, row: Row) -> str | None:
        """The session of what may as well have none."""
        number = row.values["session_id"]
        if number is not None and number not in self._sessions:
            row.gaps.append(Gap(row.where, f"{NO_SESSION}; it comes without"))
        return self._sessions.get(number)


def _entry(row: Row) -> Record:
    created_at = row.moment("created_at")
    # Without knowing when, it must not come back to life.
    deleted_at = None if row.values["deleted_at"] is None else row.moment("deleted_at")
    return {
        "kind": "memory",
        "id": _id("mem", "memory_entries", row, "created_at"),
        "content": row.text("content"),
        "category": row.text("category"),
        "source": row.text("source"),
        "createdAt": created_at,
        "updatedAt": max(created_at, deleted_at or ""),
        "lastAccessed": row.moment_or_none("last_accessed") or created_at,
        "deletedAt": deleted_at,
    }


def _object(text: str) -> dict[str, Any]:
    """The JSON object that a text is; anything else becomes the `value` of one."""
    try:
        value = json_text.value_of(text)
    except ValueError:
        value = text
    return value if isinstance(value, dict) else {"value": value}


def _id(prefix: str, table: str, row: Row, created: str) -> str:
    """An id that is the same whenever and wherever the row is read."""
    told = "\0".join(("jarvis", table, str(row.values["id"]), str(row.values[created])))
    return f"{prefix}_{hashlib.sha256(told.encode()).hexdigest()[:24]}"


def _path_of(url: str) -> str:
    """The path of a `file:` URL, which may be relative."""
    path = url.removeprefix("file:").partition("?")[0]
    return unquote(path.removeprefix("//") if path.startswith("///") else path)
