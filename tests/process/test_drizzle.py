"""Drizzle, with the tables of iDumb and Jarvis, reads Scriven's own file while its daemon writes to it."""

from __future__ import annotations

import json
import select
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import IO, Any

import pytest

from running import PATIENCE, Daemon
from scriven.client import connect
from scriven.client.blocking import Client
from seeds import Drizzle

Rows = list[dict[str, Any]]


@pytest.fixture
def daemon(start: Callable[..., Daemon]) -> Daemon:
    return start().ready()


@pytest.fixture
def reader(drizzle: Drizzle, daemon: Daemon) -> Iterator[subprocess.Popen[str]]:
    """The Node program, which reads by now."""
    program = drizzle.program("read.cjs", "better-sqlite3", daemon.database)
    with subprocess.Popen(program, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def out_of(reader: subprocess.Popen[str]) -> IO[str]:
    assert reader.stdout is not None
    return reader.stdout


def written(s: Client, directory: str, followed: Callable[[], bool]) -> dict[str, Any]:
    """One write after another, until the reader has seen some of them happen; then one of each kind."""
    until = time.monotonic() + PATIENCE
    count = 0
    while not followed():
        assert time.monotonic() < until, "the reader saw nothing change"
        s.settings.set(f"count.{count}", count)
        count += 1
    project = s.workspaces.open(directory, name="engine")
    project = s.workspaces.update(project["id"], config={"model": "large"})
    session = s.sessions.start(source="morning_briefing")
    message = s.messages.append(session["id"], "user", parts=[{"type": "text", "text": "Good morning 😀"}])
    entry = s.memory.remember("Therapy on Thursdays at 2pm")["entry"]
    gone = s.memory.remember("Prefers brief responses!!!", category="preference", source="jarvis_inferred")["entry"]
    s.memory.forget([gone["id"]])
    s.memory.observe("prefers_mornings", "scheduling", evidence="asked at 8", session_id=session["id"])
    log = s.logs.append("user_state", event_data={"sentiment": "calm"}, session_id=session["id"])
    session = s.sessions.end(session["id"], trigger="browser_close", summary="Planned the week.")
    theme = s.settings.set("theme", "dark")
    model = s.settings.set("default-model", {"providerID": "opencode", "modelID": "x"})
    s.settings.set("finished", True)
    return {
        "count": count,
        "project": project,
        "session": session,
        "message": message,
        "entry": entry,
        "gone": s.memory.get(gone["id"]),
        "log": log,
        "theme": theme,
        "model": model,
    }


def by(rows: Rows, name: str, value: Any) -> dict[str, Any]:
    [row] = [row for row in rows if row[name] == value]
    return row


def seconds(moment: str) -> dict[str, str]:
    """A time as it comes through a column of Unix seconds: a Date without the milliseconds."""
    return {"date": f"{moment[:19]}.000Z"}


def test_drizzle_reads_what_the_daemon_writes_by_the_names_it_knows(
    daemon: Daemon, reader: subprocess.Popen[str]
) -> None:
    assert out_of(reader).readline() == "reading\n"
    with closing(connect(daemon.socket)) as s:
        wrote = written(s, daemon.directory, lambda: bool(select.select([out_of(reader)], [], [], 0)[0]))
    rest, complaints = reader.communicate(timeout=PATIENCE)
    assert (reader.returncode, complaints) == (0, "")
    followed, last = rest.splitlines()
    assert followed == "followed"
    tables: dict[str, Rows] = json.loads(last)

    settings = tables["settings"]
    assert len(settings) == wrote["count"] + 3
    for setting, value in ((wrote["theme"], '"dark"'), (wrote["model"], '{"providerID":"opencode","modelID":"x"}')):
        row = by(settings, "key", setting["key"])
        assert (row["value"], row["updatedAt"]) == (value, seconds(setting["updatedAt"]))
        assert isinstance(row["id"], int)

    project = wrote["project"]
    assert by(tables["workspaceConfig"], "projectDir", project["projectDir"]) == {
        "id": project["id"],
        "projectDir": daemon.directory,
        "name": "engine",
        "lastOpened": seconds(project["lastOpened"]),
        "config": '{"model":"large"}',
    }

    session = wrote["session"]
    assert tables["sessions"] == [
        {
            "id": session["id"],
            "startedAt": session["startedAt"],
            "endedAt": session["endedAt"],
            "endTrigger": "browser_close",
            "summary": "Planned the week.",
        }
    ]
    assert tables["messages"] == [
        {
            "id": wrote["message"]["id"],
            "sessionId": session["id"],
            "role": "user",
            "content": "Good morning 😀",
            "createdAt": wrote["message"]["createdAt"],
        }
    ]
    for entry in (wrote["entry"], wrote["gone"]):
        names = ("id", "content", "contentHash", "category", "source", "createdAt", "lastAccessed", "deletedAt")
        assert by(tables["memoryEntries"], "id", entry["id"]) == {name: entry[name] for name in names}
    assert wrote["gone"]["deletedAt"] is not None
    [observation] = tables["observations"]
    del observation["id"], observation["createdAt"]
    assert observation == {
        "pattern": "prefers_mornings",
        "patternType": "scheduling",
        "evidence": "asked at 8",
        "sessionId": session["id"],
    }
    assert [(log["eventType"], json.loads(log["eventData"])) for log in tables["dailyLogs"]] == [
        ("session_start", {"source": "morning_briefing"}),
        ("user_state", {"sentiment": "calm"}),
        ("session_end", {"duration": 0, "trigger": "browser_close"}),
    ]
    log = by(tables["dailyLogs"], "eventType", "user_state")
    assert (log["id"], log["sessionId"], log["timestamp"]) == (
        wrote["log"]["id"],
        session["id"],
        wrote["log"]["timestamp"],
    )
