"""What iDumb and Jarvis stored comes along: settings, projects, sessions, messages, memory, observations and logs."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from program import Home
from scriven.importers import idumb, jarvis
from scriven.importers.source import Gap
from seeds import IDUMB_RECORDS, JARVIS, Drizzle, everything, gaps, kinds


def test_settings_and_projects_of_idumb_come_with_their_times_and_their_json(of_idumb: str) -> None:
    assert everything(idumb.read(of_idumb)) == IDUMB_RECORDS


def test_an_export_of_idumb_gives_what_its_database_gives(tmp_path: Path) -> None:
    export = {
        "version": "1.0",
        "exportedAt": "2026-02-12T10:46:32.123Z",
        "settings": [
            {"key": "theme", "value": "light"},
            {"key": "default-model", "value": '{"modelID":"x"}'},
            {"key": "size", "value": 14},
            {"key": 7, "value": "x"},
            {"key": "theme", "value": "dark"},
        ],
    }
    path = tmp_path / "settings.json"
    path.write_text("\ufeff" + json.dumps(export), encoding="utf-8")
    at = {"updatedAt": "2026-02-12T10:46:32.123Z"}
    assert everything(idumb.read(str(path))) == [
        Gap("$.settings[0]", "a later entry has the same key"),
        {"kind": "setting", "key": "default-model", "value": {"modelID": "x"}, **at},
        {"kind": "setting", "key": "size", "value": 14, **at},
        Gap("$.settings[3]", "it is not a key with a value"),
        {"kind": "setting", "key": "theme", "value": "dark", **at},
    ]


def test_everything_that_jarvis_remembers_comes_and_what_cannot_is_told(of_jarvis: str) -> None:
    found = everything(jarvis.read(of_jarvis))
    records = kinds(found)
    ended, open_ = records["session"]
    assert {name: ended[name] for name in ended if name != "id"} == {
        "kind": "session",
        "title": None,
        "source": "jarvis",
        "summary": "Planned the week.",
        "startedAt": "2026-02-12T08:00:00.000Z",
        "endedAt": "2026-02-12T08:31:00.250Z",
        "endTrigger": "browser_close",
        "idleTimeoutS": None,
        "lastActive": "2026-02-12T08:31:00.250Z",
        "updatedAt": "2026-02-12T08:31:00.250Z",
    }
    # Active as long as Jarvis itself would have thought so: the last thing in it is a log.
    assert (open_["startedAt"], open_["endedAt"]) == ("2026-02-12T09:00:00.000Z", None)
    assert (open_["idleTimeoutS"], open_["lastActive"]) == (1800, "2026-02-12T09:40:00.000Z")
    assert [
        (message["sessionId"], message["role"], message["parts"], message["createdAt"])
        for message in records["message"]
    ] == [
        (ended["id"], "user", [{"type": "text", "text": "Good morning"}], "2026-02-12T08:00:01.000Z"),
        (ended["id"], "assistant", [{"type": "text", "text": "Hello\n😀"}], "2026-02-12T08:00:02.000Z"),
        (open_["id"], "user", [{"type": "text", "text": "Next"}], "2026-02-12T09:30:00.000Z"),
    ]
    assert [{name: entry[name] for name in entry if name != "id"} for entry in records["memory"]] == [
        {
            "kind": "memory",
            "content": "Therapy on Thursdays at 2pm",
            "category": "fact",
            "source": "user_explicit",
            "createdAt": "2026-02-10T07:00:00.000Z",
            "updatedAt": "2026-02-10T07:00:00.000Z",
            "lastAccessed": "2026-02-12T08:00:00.500Z",
            "deletedAt": None,
        },
        {
            "kind": "memory",
            "content": "Prefers brief responses!!!",
            "category": "preference",
            "source": "jarvis_inferred",
            "createdAt": "2026-02-09T07:00:00.000Z",
            "updatedAt": "2026-02-11T07:00:00.000Z",
            "lastAccessed": "2026-02-09T07:00:00.000Z",
            "deletedAt": "2026-02-11T07:00:00.000Z",
        },
        {
            "kind": "memory",
            "content": "Wanders",
            "category": "mood",
            "source": "guess",
            "createdAt": "2026-02-09T07:00:00.000Z",
            "updatedAt": "2026-02-09T07:00:00.000Z",
            "lastAccessed": "2026-02-09T07:00:00.000Z",
            "deletedAt": None,
        },
    ]
    assert [
        (seen["pattern"], seen["patternType"], seen["evidence"], seen["sessionId"], seen["createdAt"])
        for seen in records["observation"]
    ] == [
        ("prefers_mornings", "scheduling", "asked at 8", ended["id"], "2026-02-12T08:10:00.000Z"),
        ("terse", "communication_style", None, None, "2026-02-12T08:11:00.000Z"),
    ]
    assert [(log["eventType"], log["eventData"], log["sessionId"], log["timestamp"]) for log in records["log"]] == [
        ("session_start", {"source": "morning_briefing"}, ended["id"], "2026-02-12T08:00:00.000Z"),
        ("tool_invocation", {"value": [1]}, open_["id"], "2026-02-12T09:40:00.000Z"),
        ("user_state", {"value": "so so"}, None, "2026-02-12T09:41:00.000Z"),
        ("topic_change", None, None, "2026-02-12T09:42:00.000Z"),
        ("user_state", {}, None, "2026-02-12T09:43:00.000Z"),
    ]
    assert gaps(found) == [
        Gap("sessions 3", "started_at is no time"),
        Gap("messages 4", "its session is not in the file, or could not be read"),
        Gap("memory_entries 4", "created_at is no time"),
        Gap("daily_logs 5", "its session is not in the file, or could not be read; it comes without"),
        Gap("behavior_rules, 1 row", "Scriven keeps no rules of behaviour"),
        Gap("memory_embeddings, 2 rows", "Scriven searches by words and keeps no vectors"),
    ]


def test_ids_depend_on_what_was_stored_and_not_on_where_it_lies(of_jarvis: str, tmp_path: Path) -> None:
    copy = tmp_path / "elsewhere.db"
    copy.write_bytes(Path(of_jarvis).read_bytes())
    first, again, there = (everything(jarvis.read(path)) for path in (of_jarvis, of_jarvis, str(copy)))
    assert first == again == there
    ids = [record["id"] for records in kinds(first).values() for record in records]
    assert len(set(ids)) == len(ids) == 15


def test_a_jarvis_of_the_first_days_comes_without_what_came_later(drizzle: Drizzle, tmp_path: Path) -> None:
    path = drizzle.write("jarvis", tmp_path / "jarvis.db", JARVIS)
    with closing(sqlite3.connect(path)) as other:
        other.execute("PRAGMA foreign_keys = OFF")
        for table in ("messages", "observations", "behavior_rules"):
            other.execute(f"DROP TABLE {table}")
        other.execute("ALTER TABLE memory_entries DROP COLUMN deleted_at")
        other.execute("ALTER TABLE memory_entries DROP COLUMN last_accessed")
        other.commit()
    records = kinds(everything(jarvis.read(path)))
    assert sorted(records) == ["log", "memory", "session"]
    assert [(entry["content"], entry["deletedAt"], entry["lastAccessed"]) for entry in records["memory"]] == [
        ("Therapy on Thursdays at 2pm", None, "2026-02-10T07:00:00.000Z"),
        ("Prefers brief responses!!!", None, "2026-02-09T07:00:00.000Z"),
        ("Wanders", None, "2026-02-09T07:00:00.000Z"),
    ]


@pytest.mark.parametrize(
    ("told", "moment"),
    [
        ("2026-02-12T10:46:32.123Z", "2026-02-12T10:46:32.123Z"),
        ("2026-02-12T10:46:32Z", "2026-02-12T10:46:32.000Z"),
        ("2026-02-12 10:46:32", "2026-02-12T10:46:32.000Z"),
        ("2026-02-12T10:46", "2026-02-12T10:46:00.000Z"),
        ("2026-02-12T11:46:32.123+01:00", "2026-02-12T10:46:32.123Z"),
        ("2026-02-12T05:16:32.123999-0530", "2026-02-12T10:46:32.123Z"),
        ("2026-02-12", None),
        ("2026-02-30T10:46:32Z", None),
        ("0001-01-01T00:00:00+10:00", None),
        ("1770893192", None),
        ("", None),
        ("2026-02-12T10:46:32Z ", None),
    ],
)
def test_a_time_is_brought_to_one_spelling_or_told_of(
    told: str, moment: str | None, of_jarvis: str, tmp_path: Path
) -> None:
    path = tmp_path / "jarvis.db"
    path.write_bytes(Path(of_jarvis).read_bytes())
    with closing(sqlite3.connect(path)) as other:
        other.execute("UPDATE daily_logs SET timestamp = ? WHERE id = 1", (told,))
        other.commit()
    found = everything(jarvis.read(str(path)))
    if moment is None:
        assert Gap("daily_logs 1", "timestamp is no time") in found
    else:
        assert kinds(found)["log"][0]["timestamp"] == moment


def test_what_is_no_text_is_told_of_by_its_place_alone(of_jarvis: str, tmp_path: Path) -> None:
    path = tmp_path / "jarvis.db"
    path.write_bytes(Path(of_jarvis).read_bytes())
    with closing(sqlite3.connect(path)) as other:
        other.execute("UPDATE memory_entries SET content = x'ff00' WHERE id = 1")
        other.execute("UPDATE memory_entries SET content = CAST(x'ff41' AS TEXT) WHERE id = 2")
        other.execute("UPDATE sessions SET summary = x'ff' WHERE id = 1")
        other.execute("UPDATE memory_entries SET deleted_at = 'once' WHERE id = 3")
        other.commit()
    found = everything(jarvis.read(str(path)))
    assert [gap for gap in gaps(found) if gap.where in {"sessions 1", *(f"memory_entries {n}" for n in (1, 2, 3))}] == [
        Gap("sessions 1", "summary is not text; it comes without"),
        Gap("memory_entries 1", "content is not text"),
        Gap("memory_entries 2", "content is not text"),
        # It would come back to life without it.
        Gap("memory_entries 3", "deleted_at is no time"),
    ]
    assert kinds(found)["session"][0]["summary"] is None


def _state(export: str) -> list[str]:
    """The records of an export. Its first line says when it was made."""
    return export.splitlines()[1:]


def counts(told: dict[str, Any], outcome: str) -> dict[str, int]:
    """How many of each kind had an outcome; those that had another are 0."""
    return {kind: numbers[outcome] for kind, numbers in told["kinds"].items()}


@pytest.mark.parametrize(
    ("system", "brought"),
    [
        ("idumb", {"workspace": 3, "setting": 6}),
        ("jarvis", {"session": 2, "message": 3, "memory": 3, "observation": 2, "log": 5}),
    ],
)
def test_one_command_brings_it_and_the_same_command_again_changes_nothing(
    system: str, brought: dict[str, int], running: Home, of_idumb: str, of_jarvis: str
) -> None:
    path = {"idumb": of_idumb, "jarvis": of_jarvis}[system]
    nothing = dict.fromkeys(brought, 0)
    empty = running.run("export").out
    dry = running.json("import", system, path, "--dry-run")
    assert (counts(dry, "added"), counts(dry, "skipped"), dry["dryRun"]) == (brought, nothing, True)
    assert _state(running.run("export").out) == _state(empty)
    first = running.json("import", system, path)
    assert (counts(first, "added"), counts(first, "skipped"), first["complete"]) == (brought, nothing, True)
    assert first["reasons"] == dry["reasons"]
    # What Jarvis left open ends now, lest it do so between one look and the next.
    assert running.json("sessions", "current", "--no-create") is None
    stored = running.run("export").out
    assert _state(stored) != _state(empty)
    again = running.json("import", system, path)
    assert (counts(again, "present"), counts(again, "added"), counts(again, "updated")) == (brought, nothing, nothing)
    assert _state(running.run("export").out) == _state(stored)


def test_what_idumb_stored_is_there_by_its_names(running: Home, of_idumb: str) -> None:
    done = running.run("import", "idumb", of_idumb)
    assert done.code == 0, done
    # What cannot be brought is told by its place and the reason.
    assert "workspace_config 3" in done.out + done.err
    assert "project_dir is not an absolute path" in done.out + done.err
    model = running.json("settings", "get", "default-model")
    assert model["value"] == {"providerID": "opencode", "modelID": "kimi-k2.5-free"}
    assert model["updatedAt"] == "2026-02-12T10:46:32.000Z"
    assert running.json("settings", "get", "font-size")["value"] == "14"
    projects = {item["projectDir"]: item for item in running.json("workspaces", "list")["items"]}
    assert projects.keys() == {"/p/engine", "/p/page", "/p/odd"}
    assert projects["/p/engine"]["config"] == {"model": "large"}
    assert projects["/p/engine"]["lastOpened"] == "2026-02-12T10:46:32.000Z"


def test_what_jarvis_remembered_is_found_and_what_it_left_open_is_not_current(running: Home, of_jarvis: str) -> None:
    running.json("import", "jarvis", of_jarvis)
    assert running.json("sessions", "current", "--no-create") is None
    ended = {session["startedAt"]: session for session in running.json("sessions", "list")["items"]}
    assert ended["2026-02-12T09:00:00.000Z"]["endTrigger"] == "timeout"
    assert ended["2026-02-12T09:00:00.000Z"]["endedAt"] == "2026-02-12T10:10:00.000Z"
    morning = ended["2026-02-12T08:00:00.000Z"]
    assert (morning["summary"], morning["source"]) == ("Planned the week.", "jarvis")
    assert (morning["lastActive"], morning["status"]) == ("2026-02-12T08:31:00.250Z", "idle")
    texts = [message["parts"][0]["text"] for message in running.json("messages", "list", morning["id"])["items"]]
    assert texts == ["Good morning", "Hello\n😀"]
    [hit] = running.json("memory", "search", "thursday")["items"]
    assert hit["entry"]["content"] == "Therapy on Thursdays at 2pm"
    assert hit["entry"]["contentHash"].startswith("74e8f47ce79de151")
    assert running.json("memory", "search", "brief responses")["items"] == []
    assert running.json("memory", "remember", "prefers brief responses")["outcome"] == "revived"
