"""What iDumb and Jarvis store, and how it is written: by Drizzle, with their drivers and their tables."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

from scriven.importers.source import Gap, Record, Source

Rows = dict[str, list[dict[str, Any]]]

DRIZZLE = os.path.join(os.path.dirname(__file__), "process", "drizzle")
DRIVERS = {"idumb": "better-sqlite3", "jarvis": "@libsql/client"}
SECONDS = 60

# 2026-02-12T10:46:32Z in milliseconds, which Drizzle stores in seconds.
THEN = 1_770_893_192_000

IDUMB: Rows = {
    "settings": [
        {"key": "default-model", "value": '{"providerID":"opencode","modelID":"kimi-k2.5-free"}', "updatedAt": THEN},
        {"key": "theme", "value": "light", "updatedAt": THEN - 60_000},
        {"key": "font-size", "value": "14", "updatedAt": None},
        {"key": "recent", "value": '["a", 1, null]', "updatedAt": THEN},
        {"key": "note", "value": '{"torn": ', "updatedAt": THEN},
        {"key": "far", "value": '{"n": 1e999}', "updatedAt": THEN},
        {"key": "theme", "value": "dark", "updatedAt": THEN},
    ],
    "workspaceConfig": [
        {"projectDir": "/p/engine", "name": "engine", "lastOpened": THEN, "config": '{"model": "large"}'},
        {"projectDir": "/p/page", "name": None, "lastOpened": None, "config": None},
        {"projectDir": "app", "name": "relative", "lastOpened": THEN, "config": None},
        {"projectDir": "/p/odd", "name": "", "lastOpened": None, "config": "[1]"},
    ],
}
IDUMB_RECORDS: list[Record | Gap] = [
    {
        "kind": "workspace",
        "projectDir": "/p/engine",
        "name": "engine",
        "lastOpened": "2026-02-12T10:46:32.000Z",
        "config": {"model": "large"},
    },
    {"kind": "workspace", "projectDir": "/p/page"},
    Gap("workspace_config 3", "project_dir is not an absolute path"),
    {"kind": "workspace", "projectDir": "/p/odd"},
    Gap("workspace_config 4", "config is not a JSON object; it comes without"),
    {
        "kind": "setting",
        "key": "default-model",
        "value": {"providerID": "opencode", "modelID": "kimi-k2.5-free"},
        "updatedAt": "2026-02-12T10:46:32.000Z",
    },
    {"kind": "setting", "key": "theme", "value": "dark", "updatedAt": "2026-02-12T10:46:32.000Z"},
    {"kind": "setting", "key": "font-size", "value": "14"},
    {"kind": "setting", "key": "recent", "value": ["a", 1, None], "updatedAt": "2026-02-12T10:46:32.000Z"},
    {"kind": "setting", "key": "note", "value": '{"torn": ', "updatedAt": "2026-02-12T10:46:32.000Z"},
    {"kind": "setting", "key": "far", "value": '{"n": 1e999}', "updatedAt": "2026-02-12T10:46:32.000Z"},
]

JARVIS: Rows = {
    "sessions": [
        {
            "startedAt": "2026-02-12T08:00:00.000Z",
            "endedAt": "2026-02-12T08:31:00.250Z",
            "endTrigger": "browser_close",
            "summary": "Planned the week.",
        },
        {"startedAt": "2026-02-12 09:00:00"},
        {"startedAt": "yesterday", "endedAt": "2026-02-11T08:31:00.250Z"},
    ],
    "messages": [
        {"sessionId": 1, "role": "user", "content": "Good morning", "createdAt": "2026-02-12T08:00:01.000Z"},
        {"sessionId": 1, "role": "assistant", "content": "Hello\n😀", "createdAt": "2026-02-12T08:00:02.000Z"},
        {"sessionId": 2, "role": "user", "content": "Next", "createdAt": "2026-02-12T10:30:00+01:00"},
        {"sessionId": 3, "role": "user", "content": "Lost", "createdAt": "2026-02-12T10:30:00.000Z"},
    ],
    "memoryEntries": [
        {
            "content": "Therapy on Thursdays at 2pm",
            "contentHash": "74e8f47ce79de151",
            "category": "fact",
            "source": "user_explicit",
            "createdAt": "2026-02-10T07:00:00.000Z",
            "lastAccessed": "2026-02-12T08:00:00.5Z",
        },
        {
            "content": "Prefers brief responses!!!",
            "contentHash": "e36eb0f9c0607af4",
            "category": "preference",
            "source": "jarvis_inferred",
            "createdAt": "2026-02-09T07:00:00.000Z",
            "deletedAt": "2026-02-11T07:00:00.000Z",
        },
        {"content": "Wanders", "category": "mood", "source": "guess", "createdAt": "2026-02-09T07:00:00.000Z"},
        {"content": "When?", "category": "fact", "source": "user_explicit", "createdAt": "1770893192"},
    ],
    "observations": [
        {
            "pattern": "prefers_mornings",
            "patternType": "scheduling",
            "evidence": "asked at 8",
            "sessionId": 1,
            "createdAt": "2026-02-12T08:10:00.000Z",
        },
        {"pattern": "terse", "patternType": "communication_style", "createdAt": "2026-02-12T08:11:00.000Z"},
    ],
    "dailyLogs": [
        {
            "sessionId": 1,
            "eventType": "session_start",
            "eventData": '{"source":"morning_briefing"}',
            "timestamp": "2026-02-12T08:00:00.000Z",
        },
        {"sessionId": 2, "eventType": "tool_invocation", "eventData": "[1]", "timestamp": "2026-02-12T09:40:00.000Z"},
        {"eventType": "user_state", "eventData": "so so", "timestamp": "2026-02-12T09:41:00.000Z"},
        {"eventType": "topic_change", "eventData": None, "timestamp": "2026-02-12T09:42:00.000Z"},
        {"sessionId": 3, "eventType": "user_state", "eventData": "{}", "timestamp": "2026-02-12T09:43:00.000Z"},
    ],
    "behaviorRules": [
        {"rule": "Be kind", "category": "tone", "source": "seed", "createdAt": "2026-02-12T08:00:00.000Z"}
    ],
    "memoryEmbeddings": [{"memoryId": 1, "embedding": "[1, 2, 3]"}, {"memoryId": 2, "embedding": "[3, 2, 1]"}],
}


class Drizzle:
    """The Node programs beside the tests. What they need is demanded of a `component` and of what is `installed`."""

    def __init__(self, component: Callable[[str], str], installed: Callable[[str, str], None]) -> None:
        self._component = component
        self._installed = installed

    def program(self, name: str, driver: str, *arguments: str) -> list[str]:
        """One of them, as a command."""
        node = self._component("node")
        self._installed(os.path.join(DRIZZLE, "node_modules", driver), driver)
        return [node, os.path.join(DRIZZLE, name), *arguments]

    def write(self, system: str, path: str | Path, rows: Rows, *, crash: bool = False) -> str:
        """Write a database as a system does; `crash` leaves its log beside it. Gives its path."""
        program = self.program("write.cjs", DRIVERS[system], system, str(path), *["--crash"] * crash)
        ended = subprocess.run(
            program, input=json.dumps(rows), capture_output=True, text=True, timeout=SECONDS, check=False
        )
        assert (ended.returncode, ended.stdout, ended.stderr) == (-signal.SIGKILL if crash else 0, "", "")
        return str(path)


def everything(source: Source) -> list[Record | Gap]:
    """All of it; at the end it has counted what it said it would."""
    found = list(source)
    assert source.done == source.total
    return found


def kinds(found: list[Record | Gap]) -> dict[str, list[Record]]:
    by_kind: dict[str, list[Record]] = {}
    for item in found:
        if not isinstance(item, Gap):
            by_kind.setdefault(item["kind"], []).append(item)
    return by_kind


def gaps(found: list[Record | Gap]) -> list[Gap]:
    return [item for item in found if isinstance(item, Gap)]
