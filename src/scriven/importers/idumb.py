"""iDumb's dashboard: its settings and projects, from its SQLite file or from its settings export.

Its settings are how one person likes the dashboard (theme, font size, default model), whichever project it was started
in: they become global settings. A row of `workspace_config` becomes the workspace of its directory.

iDumb keeps text alone and puts JSON in it for some keys. Text that is a JSON object or array becomes that value; any
other text stays what it is: `{"providerID":"x"}` becomes an object, `dark` stays "dark", and `14` stays "14".
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

from scriven.importers import json_text, moments
from scriven.importers.database import MAGIC, Database, LostError, Row
from scriven.importers.source import Gap, Record, Source, Unreadable

# Below a project: the dashboard was started in one or the other.
PLACES = (".idumb/data/idumb.db", "app/.idumb/data/idumb.db")

SETTINGS = ("key", "value", "updated_at")
WORKSPACES = ("project_dir", "name", "last_opened", "config")

EXPORT_BYTES = 64 * 1024 * 1024
EXPORT_VERSION = "1.0"
NEITHER = "this is neither iDumb's database nor its settings export"


def found() -> list[str]:
    """Its databases in this directory and in those above it, as far as the repository goes."""
    places = dict.fromkeys(os.path.join(directory, place) for directory in _project() for place in PLACES)
    return [place for place in places if os.path.isfile(place)]


def read(path: str) -> Source:
    """Open its database or its settings export, told apart by how they begin. Raises Unreadable, or OSError."""
    with open(path, "rb") as file:
        is_database = file.read(len(MAGIC)) == MAGIC
    return _Tables(path) if is_database else _Export(path)


class _Tables:
    """The database. `total` and `done` count rows."""

    def __init__(self, path: str) -> None:
        self.done = 0
        self._path = path
        with Database(path) as database:
            missing = {"key", "value"} - database.tables.get("settings", set())
            if missing:
                raise Unreadable("this is not iDumb's database: it has no table settings with key and value")
            self.total = database.count("settings") + database.count("workspace_config")

    def __iter__(self) -> Iterator[Record | Gap]:
        with Database(self._path) as database:
            yield from self._each(database.rows("workspace_config", WORKSPACES), _workspace)
            yield from self._each(database.rows("settings", SETTINGS), _setting)
            yield from database.left({}, ("settings", "workspace_config"))

    def _each(self, rows: Iterator[Row], made: Any) -> Iterator[Record | Gap]:
        for row in rows:
            self.done += 1
            try:
                yield made(row)
            except LostError as lost:
                yield Gap(row.where, str(lost))
            yield from row.gaps


class _Export:
    """The export. `total` and `done` count settings."""

    def __init__(self, path: str) -> None:
        self.done = 0
        with open(path, "rb") as file:
            text = file.read(EXPORT_BYTES + 1)
        if len(text) > EXPORT_BYTES:
            raise Unreadable(f"{NEITHER}: it is over {EXPORT_BYTES // 1024 // 1024} MiB")
        try:
            document = json_text.value_of(text.decode("utf-8-sig"))
        except ValueError:
            raise Unreadable(f"{NEITHER}: it is no JSON") from None
        if not isinstance(document, dict) or not isinstance(document.get("settings"), list):
            raise Unreadable(f"{NEITHER}: it has no list of settings")
        if document.get("version") != EXPORT_VERSION:
            raise Unreadable(f"the export is not of version {EXPORT_VERSION}")
        self._settings: list[Any] = document["settings"]
        self._exported_at: Any = document.get("exportedAt")
        self.total = len(self._settings)

    def __iter__(self) -> Iterator[Record | Gap]:
        """Each as of the moment of the export: no other time is known. Of entries with one key the last counts."""
        exported_at = moments.of_text(self._exported_at) if isinstance(self._exported_at, str) else None
        if exported_at is None:
            yield Gap("$.exportedAt", "it is no time; the settings come without")
        last = {entry["key"]: index for index, entry in enumerate(self._settings) if _is_entry(entry)}
        for index, entry in enumerate(self._settings):
            self.done += 1
            where = f"$.settings[{index}]"
            if not _is_entry(entry):
                yield Gap(where, "it is not a key with a value")
            elif last[entry["key"]] != index:
                yield Gap(where, "a later entry has the same key")
            else:
                value = entry["value"]
                setting = {
                    "kind": "setting",
                    "key": entry["key"],
                    "value": _value(value) if isinstance(value, str) else value,
                }
                yield setting | ({"updatedAt": exported_at} if exported_at else {})


def _setting(row: Row) -> Record:
    setting = {"kind": "setting", "key": row.text("key"), "value": _value(row.text("value"))}
    updated_at = row.moment_or_none("updated_at")
    return setting | ({"updatedAt": updated_at} if updated_at else {})


def _workspace(row: Row) -> Record:
    directory = row.text("project_dir")
    if not os.path.isabs(directory):
        raise LostError("project_dir is not an absolute path")
    workspace: Record = {"kind": "workspace", "projectDir": directory}
    if name := row.text_or_none("name"):
        workspace["name"] = name
    if opened := row.moment_or_none("last_opened"):
        workspace["lastOpened"] = opened
    if config := row.text_or_none("config"):
        value = _value(config)
        if isinstance(value, dict):
            workspace["config"] = value
        else:
            row.gaps.append(Gap(row.where, "config is not a JSON object; it comes without"))
    return workspace


def _value(text: str) -> Any:
    """The JSON object or array that a text is, else the text."""
    try:
        value = json_text.value_of(text)
    except ValueError:
        return text
    return value if isinstance(value, dict | list) else text


def _is_entry(entry: Any) -> bool:
    return isinstance(entry, dict) and isinstance(entry.get("key"), str) and "value" in entry


def _project() -> Iterator[str]:
    """This directory, and those above it up to the root of its repository, if it is in one."""
    here = directory = os.getcwd()
    above = [here]
    while not os.path.exists(os.path.join(directory, ".git")):
        parent = os.path.dirname(directory)
        if parent == directory:
            return iter([here])
        directory = parent
        above.append(directory)
    return iter(above)
