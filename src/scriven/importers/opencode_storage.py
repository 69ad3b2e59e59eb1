"""The folder of JSON files in which opencode kept its state before it had a database: one file an object.

Ids come from the names of files and folders, not from what is in them, as in opencode's own move to a database.
"""

from __future__ import annotations

import os
from collections.abc import Generator, Iterator
from typing import Any

from scriven.importers import opencode_records as records
from scriven.importers.json_text import value_of
from scriven.importers.source import Gap, Record, Unreadable

NOT_A_LIST = "it is not a JSON list"
NOT_READ = "it cannot be read"

SUFFIX = ".json"


class Folder:
    """One folder. `total` and `done` count the files of projects, sessions, messages and lists of todos."""

    def __init__(self, path: str) -> None:
        self.total = 0
        self.done = 0
        self._root = os.path.abspath(path)
        if not os.path.isdir(os.path.join(self._root, "session")):
            raise Unreadable("this is no storage folder of opencode: it has no folder session")
        self._survey()

    def __iter__(self) -> Iterator[Record | Gap]:
        """Projects, sessions with parents first, then what is in each session."""
        sessions = self._survey()
        projects = records.Projects()
        known: list[dict[str, Any] | None] = []
        for name in self._names("project"):
            known.append((yield from self._object("project", name)))
            self.done += 1
        yield from projects.take(project for project in known if project)
        infos: dict[str, dict[str, Any]] = {}
        for session_id, project_id in sessions.items():
            info = yield from self._object("session", project_id, session_id)
            if info:
                infos[session_id] = {**info, "projectID": project_id}
            self.done += 1
        parents = records.parents_first({each: _parent(info) for each, info in infos.items()})
        for session_id, parent in parents.items():
            info = infos[session_id]
            yield from records.session(info, projects.directory_of(info), parent, None)
        for session_id in parents:
            yield from self._messages(session_id)
            yield from self._todos(session_id, infos[session_id])
        yield from self._strays({*infos})
        self.done = self.total

    def _survey(self) -> dict[str, str]:
        """Count everything; the sessions by id, with the project each lies in."""
        self.done = 0
        sessions = {name: project for project in self._folders("session") for name in self._names("session", project)}
        self.total = len(sessions) + len(self._names("project"))
        self.total += sum(len(self._names("message", name)) for name in sessions)
        self.total += len({*self._names("todo")} & {*sessions})
        return sessions

    def _messages(self, session_id: str) -> Iterator[Record | Gap]:
        infos = []
        for name in self._names("message", session_id):
            info = yield from self._object("message", session_id, name)
            if info:
                infos.append({**info, "sessionID": session_id})
            self.done += 1
        others = {info["id"] for info in infos}
        for info in sorted(infos, key=lambda info: (records.newest(_times(info).get("created")) or 0, info["id"])):
            parts = []
            for name in self._names("part", info["id"]):
                part = yield from self._object("part", info["id"], name)
                if part:
                    parts.append({**part, "sessionID": session_id, "messageID": info["id"]})
            yield from records.message(info, parts, others, _changed(info, parts))

    def _todos(self, session_id: str, info: dict[str, Any]) -> Iterator[Record | Gap]:
        if not os.path.exists(self._path("todo", session_id)):
            return
        self.done += 1
        listed = yield from self._content("todo", session_id)
        if isinstance(listed, list):
            yield records.todos(session_id, listed, _times(info).get("updated"))
        elif listed is not None:
            yield Gap(self._where("todo", session_id), NOT_A_LIST)

    def _strays(self, sessions: set[str]) -> Iterator[Gap]:
        """What refers to something that is not there."""
        messages = set()
        for session_id in self._folders("message"):
            names = self._names("message", session_id)
            messages |= {*names}
            if session_id not in sessions:
                yield from (Gap(self._where("message", session_id, name), records.NO_SESSION) for name in names)
        for session_id in self._names("todo"):
            if session_id not in sessions:
                yield Gap(self._where("todo", session_id), records.NO_SESSION)
        for message_id in self._folders("part"):
            if message_id not in messages:
                names = self._names("part", message_id)
                yield from (Gap(self._where("part", message_id, name), records.NO_MESSAGE) for name in names)

    def _object(self, *names: str) -> Generator[Gap, None, dict[str, Any] | None]:
        """What a file holds, under the id that its name is; None after the gap that tells why not."""
        value = yield from self._content(*names)
        if isinstance(value, dict):
            return {**value, "id": names[-1]}
        if value is not None:
            yield Gap(self._where(*names), records.NOT_JSON)
        return None

    def _content(self, *names: str) -> Generator[Gap, None, Any]:
        try:
            with open(self._path(*names), encoding="utf-8") as opened:
                value = value_of(opened.read())
        except OSError:
            yield Gap(self._where(*names), NOT_READ)
            return None
        except ValueError:
            value = ...
        if value is None or value is ...:
            yield Gap(self._where(*names), records.NOT_JSON)
            return None
        return value

    def _path(self, *names: str) -> str:
        return os.path.join(self._root, *names) + SUFFIX

    def _where(self, *names: str) -> str:
        return "/".join(names) + SUFFIX

    def _names(self, *folder: str) -> list[str]:
        """The ids that the files of a folder are named by, in order."""
        return sorted(name.removesuffix(SUFFIX) for name in self._listed(*folder) if name.endswith(SUFFIX))

    def _folders(self, *folder: str) -> list[str]:
        return [name for name in self._listed(*folder) if os.path.isdir(os.path.join(self._root, *folder, name))]

    def _listed(self, *folder: str) -> list[str]:
        try:
            return sorted(os.listdir(os.path.join(self._root, *folder)))
        except (FileNotFoundError, NotADirectoryError):
            return []


def _parent(info: dict[str, Any]) -> str | None:
    parent = info.get("parentID")
    return parent if isinstance(parent, str) else None


def _times(holder: dict[str, Any]) -> dict[str, Any]:
    time = holder.get("time")
    return time if isinstance(time, dict) else {}


def _changed(info: dict[str, Any], parts: list[dict[str, Any]]) -> Any:
    """When anything of a message was last written, as far as it says."""
    holders = [info, *parts, *(part["state"] for part in parts if isinstance(part.get("state"), dict))]
    return records.newest(*(time for holder in holders for time in _times(holder).values()))
