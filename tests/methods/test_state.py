"""state.import: what is known again, what stands, and where it belongs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from every_kind import (
    EARLY,
    EVERY,
    LATE,
    LATER,
    LOG,
    MEMORY,
    MESSAGE,
    OBSERVATION,
    SESSION,
    SETTING,
    TODOS,
    WORKSPACE,
    Given,
    bring,
    counts,
    everything,
    exported,
    only,
)

# What comes in


def test_every_kind_comes_in_and_is_there_for_its_noun(run: Any) -> None:
    parts: list[Given] = [
        {"type": "text", "text": "Hello"},
        {"type": "unheard-of", "deep": {"b": 1, "a": [2]}, "id": "p"},
    ]
    message = MESSAGE | {"parts": parts, "metadata": {"model": "large"}, "parentId": "m0", "completedAt": LATE}
    session = SESSION | {"title": "Parser", "agent": "build", "endedAt": LATE, "endTrigger": "explicit"}
    memory = MEMORY | {"tags": ["drinks"], "seenCount": 3, "lastAccessed": LATER, "metadata": {"from": "chat"}}
    log = LOG | {"sessionId": "s", "eventData": {"topic": "tea"}}
    given = [WORKSPACE | {"name": "engine"}, SETTING, session, TODOS, message, memory, OBSERVATION, log]
    assert counts(bring(run, *given)) == (8, 0, 0, 0)
    assert run("workspaces.get", id="ws_1")["name"] == "engine"
    assert run("settings.get", key="theme")["value"] == "dark"
    started = run("sessions.get", id="s")
    assert (started["title"], started["endedAt"]) == ("Parser", LATE)
    assert (started["status"], started["lastActive"]) == ("idle", LATE)
    assert run("todos.get", sessionId="s")["todos"] == TODOS["todos"]
    (said,) = run("messages.list", sessionId="s")["items"]
    assert said["parts"][0].items() >= parts[0].items()
    assert said["parts"][1] == parts[1]
    assert (said["metadata"], said["parentId"], said["completedAt"]) == ({"model": "large"}, "m0", LATE)
    (entry,) = run("memory.list")["items"]
    assert (entry["content"], entry["tags"], entry["seenCount"]) == ("Tea, not coffee", ["drinks"], 3)
    assert run("memory.search", query="coffee")["items"][0]["entry"]["id"] == entry["id"]
    assert run("messages.search", query="hello")["items"][0]["messageId"] == "m"
    assert run("logs.list", sessionId="s")["items"][0]["eventData"] == {"topic": "tea"}
    assert run.rows("SELECT id, pattern FROM observations") == [("o", "asks for short answers")]


def test_importing_twice_changes_nothing(run: Any) -> None:
    assert counts(bring(run, *EVERY)) == (8, 0, 0, 0)
    before, told = everything(run), len(run.changes)
    assert counts(bring(run, *EVERY)) == (0, 0, 8, 0)
    assert everything(run) == before
    assert len(run.changes) == told


def test_a_record_twice_in_one_call_is_there_the_second_time(run: Any) -> None:
    assert counts(bring(run, *EVERY, *EVERY)) == (8, 0, 8, 0)


NEWER = [
    (WORKSPACE, {"name": "moved"}, "name"),
    (SETTING, {"value": "light"}, "value"),
    (SESSION | {"updatedAt": EARLY}, {"title": "New"}, "title"),
    (TODOS, {"todos": []}, "todos"),
    (MESSAGE | {"updatedAt": EARLY}, {"parts": [{"type": "text", "text": "Anew", "id": "p"}]}, "parts"),
    (MEMORY | {"updatedAt": EARLY}, {"tags": ["hot"]}, "tags"),
]
every_newer = pytest.mark.parametrize(("record", "change", "field"), NEWER, ids=lambda given: str(given)[:24])


@every_newer
def test_a_newer_record_takes_the_place_of_what_is_stored(run: Any, record: Any, change: Any, field: str) -> None:
    bring(run, SESSION, record)
    before = only(run, record["kind"])
    assert counts(bring(run, record | change | {"updatedAt": LATE})) == (0, 1, 0, 0)
    after = only(run, record["kind"])
    assert after[field] == change[field]
    assert after["revision"] == before.get("revision", 1) + 1
    assert counts(bring(run, record | change | {"updatedAt": LATE})) == (0, 0, 1, 0)


@every_newer
def test_a_record_as_old_or_older_leaves_what_is_stored(run: Any, record: Any, change: Any, field: str) -> None:
    bring(run, SESSION, record | {"updatedAt": LATE})
    before = everything(run)
    for moment in (EARLY, LATE):
        assert counts(bring(run, record | change | {"updatedAt": moment})) == (0, 0, 1, 0)
    assert everything(run) == before, field


@pytest.mark.parametrize("record", [LOG, OBSERVATION])
def test_what_happened_is_never_rewritten(run: Any, record: Any) -> None:
    bring(run, record)
    before = everything(run)
    changed = {"eventType": "other", "timestamp": LATE} if record is LOG else {"createdAt": LATE}
    assert counts(bring(run, record | changed)) == (0, 0, 1, 0)
    assert everything(run) == before


def test_a_setting_without_a_time_never_replaces_one_that_is_there(run: Any) -> None:
    timeless = {"kind": "setting", "key": "theme", "value": "light"}
    assert counts(bring(run, timeless)) == (1, 0, 0, 0)
    assert counts(bring(run, timeless | {"value": "dark"})) == (0, 0, 1, 0)
    assert run("settings.get", key="theme")["value"] == "light"


def test_a_session_in_which_more_happened_since_is_newer(run: Any) -> None:
    bring(run, SESSION | {"updatedAt": EARLY, "lastActive": EARLY})
    assert counts(bring(run, SESSION | {"updatedAt": EARLY, "lastActive": LATE})) == (0, 1, 0, 0)
    assert run("sessions.get", id="s")["lastActive"] == LATE


def test_a_session_at_work_is_not_stopped_by_a_newer_record_of_it(run: Any) -> None:
    run("sessions.start", id="s")
    run("sessions.update", id="s", status="busy")
    assert counts(bring(run, SESSION | {"updatedAt": "2027-01-01T00:00:00.000Z"})) == (0, 1, 0, 0)
    assert run("sessions.get", id="s")["status"] == "busy"


def test_a_memory_is_known_by_its_content_in_its_workspace(run: Any) -> None:
    bring(run, MEMORY | {"id": "first"})
    assert counts(bring(run, MEMORY | {"id": "second", "content": "  TEA, not  coffee."})) == (0, 0, 1, 0)
    assert counts(bring(run, MEMORY | {"id": "first", "projectDir": "/home/ada/engine"})) == (1, 0, 0, 0)
    ids = [record["id"] for record in exported(run) if record["kind"] == "memory"]
    assert ids[0] == "first"
    assert len(set(ids)) == 2


def test_a_memory_whose_content_changed_is_known_by_its_id(run: Any) -> None:
    bring(run, MEMORY | {"id": "first"})
    assert counts(bring(run, MEMORY | {"id": "first", "content": "Milk", "updatedAt": LATE})) == (0, 1, 0, 0)
    assert [entry["content"] for entry in run("memory.list")["items"]] == ["Milk"]
    assert run("memory.search", query="coffee")["items"] == []


def test_what_was_forgotten_comes_in_forgotten(run: Any) -> None:
    bring(run, MEMORY | {"deletedAt": LATE})
    assert run("memory.list")["items"] == []
    assert run("memory.search", query="coffee")["items"] == []
    assert [entry["deletedAt"] for entry in run("memory.list", deleted=True)["items"]] == [LATE]


def test_messages_stand_in_the_order_they_came_in(run: Any) -> None:
    bring(run, SESSION, *(MESSAGE | {"id": name} for name in "zab"))
    bring(run, MESSAGE | {"id": "z", "updatedAt": LATE}, MESSAGE | {"id": "0"})
    assert [message["id"] for message in run("messages.list", sessionId="s")["items"]] == ["z", "a", "b", "0"]


# Where it belongs


def test_a_directory_becomes_one_workspace_though_it_is_gone(run: Any) -> None:
    bring(run, *(MEMORY | {"content": name, "projectDir": "/home/ada/gone/./engine"} for name in "ab"))
    bring(run, LOG | {"projectDir": "/home/ada/gone/engine"})
    (made,) = run("workspaces.list")["items"]
    assert (made["projectDir"], made["name"]) == ("/home/ada/gone/engine", "engine")
    assert len(run("memory.list", workspaceId=made["id"])["items"]) == 2
    assert len(run("logs.list", workspaceId=made["id"])["items"]) == 1


def test_a_directory_leads_to_the_workspace_that_has_it(run: Any, home: Path) -> None:
    (home / "real").mkdir()
    (home / "link").symlink_to(home / "real")
    opened = run("workspaces.open", projectDir=str(home / "real"))["id"]
    bring(run, SETTING | {"projectDir": str(home / "link")})
    assert run("settings.get", key="theme", workspaceId=opened)["workspaceId"] == opened
    assert len(run("workspaces.list")["items"]) == 1


def test_the_id_of_a_workspace_counts_more_than_its_directory(run: Any) -> None:
    bring(run, WORKSPACE)
    bring(run, SETTING | {"workspaceId": "ws_1", "projectDir": "/home/ada/elsewhere"})
    assert only(run, "setting")["workspaceId"] == "ws_1"


def test_a_workspace_that_is_known_by_its_directory_alone_is_made_under_its_id(run: Any) -> None:
    bring(run, SETTING | {"workspaceId": "ws_9", "projectDir": "/home/ada/engine"})
    assert run("workspaces.get", id="ws_9")["projectDir"] == "/home/ada/engine"


def test_a_workspace_that_has_another_id_here_keeps_it(run: Any) -> None:
    bring(run, SETTING | {"projectDir": "/home/ada/engine"})
    here = only(run, "workspace")["id"]
    assert counts(bring(run, WORKSPACE, LOG | {"workspaceId": "ws_1", "projectDir": "/home/ada/engine"}))[3] == 0
    assert [record["id"] for record in exported(run) if record["kind"] == "workspace"] == [here]
    assert only(run, "log")["workspaceId"] == here


def test_a_workspace_that_moved_brings_its_new_directory_and_the_old_one(run: Any) -> None:
    bring(run, WORKSPACE)
    moved = {"projectDir": "/home/ada/motor", "aliases": ["/home/ada/engine"], "updatedAt": LATE}
    assert counts(bring(run, WORKSPACE | moved)) == (0, 1, 0, 0)
    assert run("workspaces.get", id="ws_1")["projectDir"] == "/home/ada/motor"
    assert run("workspaces.resolve", path="/home/ada/engine")["id"] == "ws_1"


def test_a_workspace_never_takes_the_directory_of_another(run: Any) -> None:
    bring(run, WORKSPACE, WORKSPACE | {"id": "ws_2", "projectDir": "/home/ada/motor"})
    taken = {"projectDir": "/home/ada/motor", "aliases": ["/home/ada/motor"], "name": "new", "updatedAt": LATE}
    assert counts(bring(run, WORKSPACE | taken)) == (0, 1, 0, 0)
    stored = run("workspaces.get", id="ws_1")
    assert (stored["projectDir"], stored["name"]) == ("/home/ada/engine", "new")
    assert run("workspaces.resolve", path="/home/ada/motor")["id"] == "ws_2"


def test_what_names_no_workspace_is_global(run: Any) -> None:
    bring(run, MEMORY, SETTING, LOG, SESSION, OBSERVATION)
    assert {record["workspaceId"] for record in exported(run)} == {"global"}


def test_a_log_lies_in_the_workspace_of_its_session(run: Any) -> None:
    bring(run, WORKSPACE, SESSION | {"workspaceId": "ws_1"}, LOG | {"sessionId": "s", "workspaceId": "global"})
    assert only(run, "log")["workspaceId"] == "ws_1"


@pytest.mark.parametrize("record", [LOG, OBSERVATION])
def test_a_log_and_an_observation_outlive_their_session(run: Any, record: Any) -> None:
    assert counts(bring(run, record | {"sessionId": "gone"})) == (1, 0, 0, 0)
    assert "sessionId" not in only(run, record["kind"])


def test_a_session_is_taken_without_a_parent_that_is_not_there(run: Any) -> None:
    assert counts(bring(run, SESSION | {"parentId": "gone"})) == (1, 0, 0, 0)
    assert run("sessions.get", id="s")["parentId"] is None


def test_a_session_has_no_parent_in_another_workspace(run: Any) -> None:
    bring(run, WORKSPACE, SESSION, SESSION | {"id": "child", "parentId": "s", "workspaceId": "ws_1"})
    assert run("sessions.get", id="child")["parentId"] is None


def test_no_session_becomes_its_own_ancestor(run: Any) -> None:
    bring(run, SESSION, SESSION | {"id": "child", "parentId": "s"}, SESSION | {"id": "self", "parentId": "self"})
    bring(run, SESSION | {"parentId": "child", "updatedAt": LATE})
    parents = {session["id"]: session["parentId"] for session in run("sessions.list")["items"]}
    assert parents == {"s": None, "child": "s", "self": None}


# What is told


def test_one_event_tells_of_all_that_came_into_a_workspace(run: Any) -> None:
    bring(run, WORKSPACE, SESSION | {"workspaceId": "ws_1"}, MESSAGE, SETTING, SETTING | {"key": "font"}, LOG, LOG)
    assert [(change.topic, change.workspace_id, json.loads(bytes(change.body))) for change in run.changes] == [
        ("state.import", "ws_1", {"workspaceId": "ws_1", "added": 3, "updated": 0}),
        ("state.import", "global", {"workspaceId": "global", "added": 3, "updated": 0}),
    ]


# A dry run


def test_a_dry_run_says_what_would_be_and_changes_nothing(run: Any) -> None:
    bring(run, WORKSPACE, SESSION | {"updatedAt": EARLY})
    before, told = everything(run), len(run.changes)
    records = [*EVERY, SESSION | {"updatedAt": LATE}, MESSAGE | {"role": "nobody"}]
    records += [MEMORY | {"projectDir": "/home/ada/new"}, MEMORY | {"projectDir": "/home/ada/new"}]
    supposed = bring(run, *records, dryRun=True)
    assert everything(run) == before
    assert len(run.changes) == told
    assert bring(run, *records) == supposed
    assert counts(supposed) == (7, 1, 3, 1)


def test_a_dry_run_takes_a_session_for_granted_that_an_earlier_call_would_have_brought(run: Any) -> None:
    assert counts(bring(run, MESSAGE, TODOS, MESSAGE | {"id": "n", "role": "nobody"}, dryRun=True)) == (2, 0, 0, 1)
    assert exported(run) == []


def test_a_line_of_sessions_of_any_length_comes_in_and_goes_with_its_workspace(run: Any) -> None:
    length = 1200
    line = [SESSION | {"id": f"s{number:04}", "projectDir": "/gone/far"} for number in range(length)]
    line = [record | {"parentId": f"s{number - 1:04}"} if number else record for number, record in enumerate(line)]
    for number in range(0, length, 600):
        assert counts(bring(run, *line[number : number + 600])) == (600, 0, 0, 0)
    assert run("sessions.get", id=f"s{length - 1:04}")["parentId"] == f"s{length - 2:04}"
    workspace = run("sessions.get", id="s0000")["workspaceId"]
    assert run("workspaces.delete", id=workspace, force=True) == {"deleted": True}
    assert run.rows("SELECT count(*) FROM sessions") == [(0,)]
