"""opencode's projects, sessions, messages and todos as records, from the objects that its interface gives."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from typing import Any

from scriven.importers.moments import of_milliseconds as moment
from scriven.importers.source import Gap, Record

SYSTEM = "opencode"

# What the daemon takes at the most; what is over it stays behind alone, instead of all that hangs on it.
PART_BYTES = 4 * 1024 * 1024
PARTS_BYTES = 12 * 1024 * 1024
INFO_BYTES = 4 * 1024 * 1024
METADATA_BYTES = 1024 * 1024
TITLE_CHARACTERS = 1024
AGENT_CHARACTERS = 128

# What a session or a message grows by: differences between files, copies of what lies elsewhere.
BULK = (("summary", "diffs"), ("revert", "diff"), ("metadata",), ("structured",), ("system",))

NOT_JSON = "its data is not a JSON object"
NO_SESSION = "its session is not there"
NO_MESSAGE = "its message is not there"
NO_DIRECTORY = "its directory is not a path of this machine: its sessions belong to no workspace"
PARENT_GONE = "its parent is not there: it comes without one"
NO_TYPE = "it has no type"
LARGE_PART = f"larger than the {PART_BYTES // 1024**2} MiB of a part"
LARGE_MESSAGE = f"it makes its message larger than {PARTS_BYTES // 1024**2} MiB"
LARGE_INFO = "too large with its {}, which stayed behind"
LONG_TITLE = f"its title was cut after {TITLE_CHARACTERS:,} characters"

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def newest(*milliseconds: Any) -> int | float | None:
    """The latest of those that are numbers."""
    return max((time for time in milliseconds if isinstance(time, int | float)), default=None)


class Projects:
    """Where the sessions of each project belong."""

    def __init__(self) -> None:
        self._worktrees: dict[str, str | None] = {"global": None}

    def take(self, projects: Iterable[dict[str, Any]]) -> Iterator[Record | Gap]:
        """One record for each directory, of the project that was used last there."""
        by_directory = {}
        for project in sorted(projects, key=lambda project: newest(*_times(project)) or 0):
            worktree = project.get("worktree")
            if not isinstance(worktree, str) or not os.path.isabs(worktree):
                self._worktrees[project["id"]] = None
                yield Gap(f"project {project['id']}", NO_DIRECTORY)
            elif project["id"] == "global" or worktree == "/":
                self._worktrees[project["id"]] = None
            else:
                self._worktrees[project["id"]] = worktree
                by_directory[worktree] = project
        for worktree, project in by_directory.items():
            time = project.get("time") or {}
            yield _given(
                kind="workspace",
                projectDir=worktree,
                name=project.get("name") or None,
                createdAt=moment(time.get("created")),
                updatedAt=moment(newest(*_times(project))),
            )

    def directory_of(self, session: dict[str, Any]) -> str | None:
        """The directory of a session's project; without one, its own."""
        directory = session.get("directory")
        if session.get("projectID") in self._worktrees:
            directory = self._worktrees[session["projectID"]]
        return directory if isinstance(directory, str) and os.path.isabs(directory) and directory != "/" else None


def session(info: dict[str, Any], project_dir: str | None, parent: str | None, active: Any) -> Iterator[Record | Gap]:
    """A session. Its metadata is what opencode says of it beyond the fields that every session has."""
    where = f"session {info['id']}"
    time = _object(info.get("time"))
    metadata = {name: value for name, value in info.items() if name not in {"id", "title", "agent", "parentID"}}
    title, agent = info.get("title"), info.get("agent")
    if parent is None and info.get("parentID") is not None:
        metadata["parentID"] = info["parentID"]
        yield Gap(where, PARENT_GONE)
    if isinstance(title, str) and len(title) > TITLE_CHARACTERS:
        metadata["title"], title = title, title[:TITLE_CHARACTERS]
        yield Gap(where, LONG_TITLE)
    if not isinstance(agent, str) or not 0 < len(agent) <= AGENT_CHARACTERS:
        metadata |= {} if agent is None else {"agent": agent}
        agent = None
    yield from _fitted(metadata, METADATA_BYTES, where)
    started = moment(time.get("created")) or moment(active) or moment(0)
    yield _given(
        kind="session",
        id=info["id"],
        projectDir=project_dir,
        parentId=parent,
        title=title,
        agent=agent,
        source=SYSTEM,
        metadata=metadata,
        startedAt=started,
        archivedAt=moment(time.get("archived")),
        lastActive=moment(newest(time.get("updated"), active)) or started,
        updatedAt=moment(time.get("updated")) or started,
    )


def message(
    info: dict[str, Any], parts: Iterable[dict[str, Any]], others: set[str], changed: Any
) -> Iterator[Record | Gap]:
    """A message with its parts. Its metadata is opencode's whole `info`."""
    where = f"message {info['id']}"
    time = _object(info.get("time"))
    kept = []
    total = 0
    for part in parts:
        size = _size(part)
        if not isinstance(part.get("type"), str):
            yield Gap(f"part {part['id']}", NO_TYPE)
        elif size > PART_BYTES or total + size > PARTS_BYTES:
            yield Gap(f"part {part['id']}", LARGE_PART if size > PART_BYTES else LARGE_MESSAGE)
        else:
            kept.append(part)
            total += size
    metadata = dict(info)
    yield from _fitted(metadata, INFO_BYTES, where)
    created = moment(time.get("created")) or moment(changed) or moment(0)
    parent = info.get("parentID")
    yield _given(
        kind="message",
        id=info["id"],
        sessionId=info["sessionID"],
        role=info.get("role"),
        parentId=parent if isinstance(parent, str) and parent in others else None,
        metadata=metadata,
        parts=kept,
        createdAt=created,
        completedAt=moment(time.get("completed")),
        updatedAt=moment(changed) or created,
    )


def todos(session_id: str, listed: list[Any], changed: Any) -> Record:
    """The todos of a session."""
    return _given(kind="todos", sessionId=session_id, todos=listed, updatedAt=moment(changed))


def parents_first(parents: dict[str, str | None]) -> dict[str, str | None]:
    """Sessions by id, each after its parent. A parent that is not among them, or is its own ancestor, is None."""
    ordered: dict[str, str | None] = {}
    for each in parents:
        chain = []
        at: str | None = each
        while at is not None and at in parents and at not in ordered and at not in chain:
            chain.append(at)
            at = parents[at]
        for child in reversed(chain):
            ordered[child] = parent if (parent := parents[child]) in ordered else None
    return ordered


def _times(project: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(_object(project.get("time")).values())


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _given(**fields: Any) -> Record:
    return {name: value for name, value in fields.items() if value is not None}


def _size(value: Any) -> int:
    try:
        return len(_encode(value).encode(errors="replace"))
    except RecursionError:
        return 0  # whoever sends it tells that it is nested too deeply


def _fitted(metadata: dict[str, Any], limit: int, where: str) -> Iterator[Gap]:
    """Take out what makes it too large."""
    for *path, name in BULK:
        if _size(metadata) <= limit:
            return
        holder = _object(metadata.get(path[0])) if path else metadata
        if name in holder:
            without = {key: value for key, value in holder.items() if key != name}
            if path:
                metadata[path[0]] = without
            else:
                del metadata[name]
            yield Gap(where, LARGE_INFO.format(".".join((*path, name))))
