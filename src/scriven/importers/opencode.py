"""opencode's database, read while opencode may be writing to it; its older folder of JSON files through the same door.

What opencode writes meanwhile comes the next time. Of its accounts, credentials and shares no row is read.
"""

from __future__ import annotations

import glob
import os
from collections.abc import Iterator
from typing import Any

from scriven.importers import opencode_records as records
from scriven.importers.database import Database
from scriven.importers.json_text import value_of
from scriven.importers.opencode_storage import Folder
from scriven.importers.source import Gap, Record, Source, Unreadable

# The columns that are read, as far as a database has them, in the order its interface names what they hold.
COLUMNS = {
    "project": ("id", "worktree", "name", "time_created", "time_updated"),
    "session": (
        *("id", "slug", "project_id", "workspace_id", "directory", "path", "parent_id", "title", "agent", "model"),
        *("version", "summary_additions", "summary_deletions", "summary_files", "summary_diffs", "share_url"),
        *("cost", "tokens_input", "tokens_output", "tokens_reasoning", "tokens_cache_read", "tokens_cache_write"),
        *("metadata", "revert", "permission", "time_created", "time_updated", "time_compacting", "time_archived"),
    ),
    "message": ("id", "session_id", "time_created", "time_updated", "data"),
    "part": ("id", "message_id", "session_id", "time_updated", "data"),
    "todo": ("session_id", "position", "content", "status", "priority", "time_updated"),
    "session_message": ("session_id",),
}
# Without these, a table is none of opencode's.
NEEDED = {
    "project": {"id", "worktree"},
    "session": {"id"},
    "message": {"id", "session_id", "data"},
    "part": {"id", "message_id", "data"},
    "todo": {"session_id", "position", "content", "status"},
    "session_message": {"session_id"},
}
# A session's columns that hold a plain value, by the name its interface gives it.
PLAIN = {
    "id": "id",
    "slug": "slug",
    "project_id": "projectID",
    "workspace_id": "workspaceID",
    "directory": "directory",
    "path": "path",
    "parent_id": "parentID",
    "title": "title",
    "agent": "agent",
    "version": "version",
    "cost": "cost",
}
JSON = ("model", "metadata", "revert", "permission")
TODO = ("content", "status", "priority")
TIMES = ("created", "updated", "compacting", "archived")
COUNTS = ("additions", "deletions", "files")
TOKENS = ("input", "output", "reasoning")
CACHE = ("read", "write")

PROJECTS = "SELECT {columns} FROM project"
PARENTS = "SELECT id, {parent_id} AS parent_id FROM session ORDER BY {time_created}, id"
SESSION = "SELECT {columns} FROM session WHERE id = ?"
ACTIVE = "SELECT max({time_created}) AS active FROM message WHERE session_id = ?"
MESSAGE_IDS = "SELECT id FROM message WHERE session_id = ?"
MESSAGES = "SELECT {columns} FROM message WHERE session_id = ? ORDER BY {time_created}, id"
PARTS = "SELECT {columns} FROM part WHERE message_id = ? ORDER BY id"
TODOS = "SELECT {columns} FROM todo WHERE session_id = ? ORDER BY position"
STRAY_MESSAGES = "SELECT id FROM message WHERE session_id NOT IN (SELECT id FROM session)"
STRAY_PARTS = "SELECT id FROM part WHERE message_id NOT IN (SELECT id FROM message)"
NEWER_FORM = """
    SELECT DISTINCT session_id AS id FROM session_message AS newer
    WHERE NOT EXISTS (SELECT 1 FROM message WHERE message.session_id = newer.session_id)
"""

COUNT = "SELECT count({}) AS count FROM {}"
COUNTED = {"project": "*", "session": "*", "message": "*", "todo": "DISTINCT session_id"}

COLUMN_NOT_JSON = "its {} is not JSON, and stayed behind"
DAMAGED = "the database is damaged where it lies"
ONLY_NEWER = "its messages are only in the form of opencode 2, which is not read"
STRAYS = (
    ("message", STRAY_MESSAGES, "message", records.NO_SESSION),
    ("part", STRAY_PARTS, "part", records.NO_MESSAGE),
    ("session_message", NEWER_FORM, "session", ONLY_NEWER),
)

Row = dict[str, Any]


def found() -> list[str]:
    """The databases of opencode on this machine; the older folder of JSON files where there is none."""
    data = os.path.join(os.environ.get("XDG_DATA_HOME") or os.path.expanduser("~/.local/share"), "opencode")
    named = os.environ.get("OPENCODE_DB") or ":memory:"
    places = [] if named == ":memory:" else [os.path.join(data, named)]
    places += [os.path.join(data, "opencode.db"), *sorted(glob.glob(os.path.join(glob.escape(data), "opencode-*.db")))]
    databases: dict[str, str] = {}
    for place in filter(os.path.isfile, places):
        databases.setdefault(os.path.realpath(place), place)
    storage = os.path.join(data, "storage")
    return list(databases.values()) or ([storage] if os.path.isdir(storage) else [])


def read(path: str) -> Source:
    """A database, a storage folder, or the directory that holds either. Raises Unreadable."""
    if not os.path.isdir(path):
        return Store(path)
    database = os.path.join(path, "opencode.db")
    if os.path.isfile(database):
        return Store(database)
    inner = os.path.join(path, "storage")
    return Folder(inner if os.path.isdir(inner) else path)


class Store:
    """One database. `total` and `done` count projects, sessions, messages and lists of todos."""

    def __init__(self, path: str) -> None:
        self.total = 0
        self.done = 0
        self._path = path
        with Database(path) as database:
            self.total = Tables(database).count()

    def __iter__(self) -> Iterator[Record | Gap]:
        """Everything of one moment: projects, sessions with parents first, then what is in each session."""
        self.done = 0
        with Database(self._path) as database:
            tables = Tables(database)
            self.total = tables.count()
            projects = records.Projects()
            yield from projects.take(map(_project, self._counted(tables.rows("project", PROJECTS))))
            parents = records.parents_first({row["id"]: row["parent_id"] for row in tables.rows("session", PARENTS)})
            for session_id, parent in parents.items():
                yield from self._session(tables, session_id, parent, projects)
            for session_id in parents:
                try:
                    yield from self._messages(tables, session_id)
                    yield from self._todos(tables, session_id)
                except Unreadable:
                    yield Gap(f"session {session_id}", DAMAGED)
            yield from _strays(tables)
            yield from database.stirred()
        self.done = self.total

    def _counted(self, rows: Iterator[Row]) -> Iterator[Row]:
        for row in rows:
            yield row
            self.done += 1

    def _session(
        self, tables: Tables, session_id: str, parent: str | None, projects: records.Projects
    ) -> Iterator[Record | Gap]:
        for row in self._counted(tables.rows("session", SESSION, session_id)):
            yield from _broken_columns(row)
            info = _info(row)
            (active,) = next(tables.rows("message", ACTIVE, session_id), {"": None}).values()
            yield from records.session(info, projects.directory_of(info), parent, active)

    def _messages(self, tables: Tables, session_id: str) -> Iterator[Record | Gap]:
        others = {row["id"] for row in tables.rows("message", MESSAGE_IDS, session_id)}
        for row in self._counted(tables.rows("message", MESSAGES, session_id)):
            data = _object(row["data"])
            if data is None:
                yield Gap(f"message {row['id']}", records.NOT_JSON)
                continue
            parts = []
            changed = records.newest(row.get("time_created"), row.get("time_updated"))
            for part in tables.rows("part", PARTS, row["id"]):
                held = _object(part["data"])
                if held is None:
                    yield Gap(f"part {part['id']}", records.NOT_JSON)
                else:
                    parts.append({**held, "id": part["id"], "sessionID": session_id, "messageID": row["id"]})
                    changed = records.newest(changed, part.get("time_updated"))
            info = {**data, "id": row["id"], "sessionID": session_id}
            yield from records.message(info, parts, others, changed)

    def _todos(self, tables: Tables, session_id: str) -> Iterator[Record | Gap]:
        rows = list(tables.rows("todo", TODOS, session_id))
        if rows:
            listed = [{name: row[name] for name in TODO if row.get(name) is not None} for row in rows]
            yield records.todos(session_id, listed, records.newest(*(row.get("time_updated") for row in rows)))
            self.done += 1


class Tables:
    """The tables of opencode in a database, by the columns that it has of those that are read."""

    def __init__(self, database: Database) -> None:
        self._ask = database.ask
        self._columns = {table: database.tables.get(table, set()) & {*wanted} for table, wanted in COLUMNS.items()}
        if "session" not in database.tables:
            raise Unreadable("this is no database of opencode: it has no table session")
        for table, needed in NEEDED.items():
            if table in database.tables and not self._columns[table] >= needed:
                raise Unreadable(f"this is no database of opencode that is known: its table {table} has another shape")

    def rows(self, table: str, statement: str, *values: str) -> Iterator[Row]:
        """The rows of a statement; none when there is no such table. `{column}` is NULL where there is none."""
        if there := self._columns[table]:
            columns = {name: name if name in there else "NULL" for name in COLUMNS[table]}
            listed = ", ".join(name for name in COLUMNS[table] if name in there)
            yield from self._ask(statement.format(columns=listed, **columns), *values)

    def count(self) -> int:
        """How many projects, sessions, messages and lists of todos there are."""
        return sum(
            row["count"] for table, counted in COUNTED.items() for row in self.rows(table, COUNT.format(counted, table))
        )


def _strays(tables: Tables) -> Iterator[Gap]:
    """What refers to something that is not there, or is kept in a form that is not read."""
    for table, statement, kind, reason in STRAYS:
        yield from (Gap(f"{kind} {row['id']}", reason) for row in tables.rows(table, statement))


def _object(text: Any) -> dict[str, Any] | None:
    """JSON in a column, or None when it is not an object."""
    try:
        value = value_of(text) if isinstance(text, str) else None
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


def _project(row: Row) -> dict[str, Any]:
    """A project as opencode's interface gives it, as far as it is used."""
    return {**row, "time": {name: row.get(f"time_{name}") for name in TIMES}}


def _info(row: Row) -> dict[str, Any]:
    """A session as opencode's interface gives it. A column of JSON that cannot be read is left out."""
    info = {name: row[column] for column, name in PLAIN.items() if row.get(column) is not None}
    info |= {name: value for name in JSON if (value := _json(row, name)) is not None}
    if isinstance(cost := info.get("cost"), float) and cost.is_integer():
        info["cost"] = int(cost)
    if any(row.get(f"summary_{name}") is not None for name in COUNTS):
        diffs = _json(row, "summary_diffs")
        info["summary"] = {name: row.get(f"summary_{name}") or 0 for name in COUNTS}
        info["summary"] |= {} if diffs is None else {"diffs": diffs}
    if row.get("share_url") is not None:
        info["share"] = {"url": row["share_url"]}
    if "tokens_input" in row:
        count = {name: row.get(f"tokens_{name}") or 0 for name in TOKENS}
        info["tokens"] = count | {"cache": {name: row.get(f"tokens_cache_{name}") or 0 for name in CACHE}}
    info["time"] = {name: row[f"time_{name}"] for name in TIMES if row.get(f"time_{name}") is not None}
    return info


def _json(row: Row, column: str) -> Any:
    """What a column of JSON holds; None when it is empty or cannot be read."""
    try:
        return value_of(row[column]) if isinstance(row.get(column), str) else None
    except ValueError:
        return None


def _broken_columns(row: Row) -> Iterator[Gap]:
    for column in (*JSON, "summary_diffs"):
        if row.get(column) not in {None, "null"} and _json(row, column) is None:
            yield Gap(f"session {row['id']}", COLUMN_NOT_JSON.format(column))
