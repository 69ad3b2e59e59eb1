"""Workspaces: opened, listed, configured, moved and deleted."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from places import made
from scriven.errors import Conflict, Forbidden, InvalidParams, LimitExceeded, NotFound

# RFC 7396, appendix A: what is there, the patch, what results. Only patches of objects apply to a config.
MERGES = [
    ({"a": "b"}, {"a": "c"}, {"a": "c"}),
    ({"a": "b"}, {"b": "c"}, {"a": "b", "b": "c"}),
    ({"a": "b"}, {"a": None}, {}),
    ({"a": "b", "b": "c"}, {"a": None}, {"b": "c"}),
    ({"a": ["b"]}, {"a": "c"}, {"a": "c"}),
    ({"a": "c"}, {"a": ["b"]}, {"a": ["b"]}),
    ({"a": {"b": "c"}}, {"a": {"b": "d", "c": None}}, {"a": {"b": "d"}}),
    ({"a": [{"b": "c"}]}, {"a": [1]}, {"a": [1]}),
    ({"a": "foo"}, {"a": None, "b": [None]}, {"b": [None]}),
    ({"e": None}, {"a": 1}, {"e": None, "a": 1}),
    ({}, {"a": {"bb": {"ccc": None}}}, {"a": {"bb": {}}}),
]


def test_a_directory_opened_twice_is_one_workspace(run: Any, home: Path) -> None:
    first = run("workspaces.open", projectDir=made(home, "engine"))
    second = run("workspaces.open", projectDir=str(home / "engine"))
    assert second["id"] == first["id"]
    assert second["lastOpened"] > first["lastOpened"]


def test_a_new_workspace_is_named_after_its_directory(run: Any, home: Path) -> None:
    opened = run("workspaces.open", projectDir=made(home, "engine"))
    assert opened == {
        "id": opened["id"],
        "name": "engine",
        "projectDir": str(home / "engine"),
        "config": {},
        "revision": 1,
        "createdAt": run.now,
        "updatedAt": run.now,
        "lastOpened": run.now,
    }


def test_a_name_given_while_opening_sticks(run: Any, home: Path) -> None:
    place = made(home, "engine")
    run("workspaces.open", projectDir=place, name="Analytical")
    assert run("workspaces.open", projectDir=place)["name"] == "Analytical"
    assert run("workspaces.open", projectDir=place, name="Difference")["name"] == "Difference"


def test_opening_again_does_not_raise_the_revision(run: Any, home: Path) -> None:
    place = made(home, "engine")
    run("workspaces.open", projectDir=place)
    assert run("workspaces.open", projectDir=place)["revision"] == 1


def test_the_root_directory_can_be_a_workspace(run: Any) -> None:
    assert run("workspaces.open", projectDir="/")["name"] == "/"


def test_an_unknown_id_is_not_found(run: Any, home: Path) -> None:
    for name, more in (("get", {}), ("update", {"name": "x"}), ("relink", {"projectDir": str(home)})):
        with pytest.raises(NotFound) as failure:
            run(f"workspaces.{name}", id="ws_absent", **more)
        assert failure.value.details["path"] == "$.id"


def test_the_list_has_the_one_opened_last_first_and_never_global(run: Any, home: Path) -> None:
    a, b, c = (run("workspaces.open", projectDir=made(home, name)) for name in "abc")
    run("workspaces.open", projectDir=str(home / "a"))
    listed = run("workspaces.list")
    assert [item["id"] for item in listed["items"]] == [a["id"], c["id"], b["id"]]
    assert listed["nextCursor"] is None


def test_workspaces_opened_at_the_same_time_page_without_loss(run: Any, home: Path) -> None:
    calls = [{"method": "workspaces.open", "params": {"projectDir": made(home, str(n))}} for n in range(9)]
    opened = {item["id"] for item in run("transaction.run", calls=calls)["results"]}
    seen: list[str] = []
    cursor = None
    while cursor is not None or not seen:
        page = run("workspaces.list", limit=2, cursor=cursor)
        seen += [item["id"] for item in page["items"]]
        cursor = page["nextCursor"]
    assert sorted(seen) == sorted(opened)


@pytest.mark.parametrize(("stored", "patch", "result"), MERGES)
def test_a_config_patch_merges_as_rfc_7396_shows(run: Any, home: Path, stored: Any, patch: Any, result: Any) -> None:
    opened = run("workspaces.open", projectDir=made(home, "engine"))
    run.connection.execute("UPDATE workspace_config SET config = ? WHERE id = ?", (json.dumps(stored), opened["id"]))
    assert run("workspaces.update", id=opened["id"], config=patch)["config"] == result
    assert run("workspaces.get", id=opened["id"])["config"] == result


@pytest.mark.parametrize("patch", ["c", ["c"], None, 1, True])
def test_a_patch_that_is_no_object_is_refused(run: Any, home: Path, patch: Any) -> None:
    opened = run("workspaces.open", projectDir=made(home, "engine"))
    with pytest.raises(InvalidParams) as failure:
        run("workspaces.update", id=opened["id"], config=patch)
    assert failure.value.details["path"] == "$.config"


def test_a_patch_keeps_the_numbers_it_does_not_touch(run: Any, home: Path) -> None:
    opened = run("workspaces.open", projectDir=made(home, "engine"))
    big = 123456789012345678901234567890
    run("workspaces.update", id=opened["id"], config={"big": big})
    updated = run("workspaces.update", id=opened["id"], config={"other": 1})
    assert updated["config"] == {"big": big, "other": 1}


def test_a_config_over_1_mib_is_refused(run: Any, home: Path) -> None:
    opened = run("workspaces.open", projectDir=made(home, "engine"))
    run("workspaces.update", id=opened["id"], config={"a": "x" * (600 * 1024)})
    with pytest.raises(LimitExceeded) as failure:
        run("workspaces.update", id=opened["id"], config={"b": "x" * (600 * 1024)})
    assert failure.value.details["path"] == "$.config"
    assert "b" not in run("workspaces.get", id=opened["id"])["config"]


def test_an_update_touches_only_what_it_names(run: Any, home: Path) -> None:
    opened = run("workspaces.open", projectDir=made(home, "engine"))
    run("workspaces.update", id=opened["id"], config={"a": 1})
    renamed = run("workspaces.update", id=opened["id"], name="Analytical")
    assert (renamed["name"], renamed["config"], renamed["revision"]) == ("Analytical", {"a": 1}, 3)


def test_an_update_with_a_wrong_revision_is_a_conflict(run: Any, home: Path) -> None:
    opened = run("workspaces.open", projectDir=made(home, "engine"))
    with pytest.raises(Conflict) as failure:
        run("workspaces.update", id=opened["id"], name="x", ifRevision=2)
    current: Any = failure.value.details["current"]
    assert current.id == opened["id"]
    assert run("workspaces.get", id=opened["id"])["name"] == "engine"


def test_the_global_scope_can_be_configured(run: Any) -> None:
    assert run("workspaces.update", id="global", config={"a": 1})["config"] == {"a": 1}
    assert run("workspaces.get", id="global")["projectDir"] is None


def test_a_workspace_follows_its_directory(run: Any, home: Path) -> None:
    opened = run("workspaces.open", projectDir=made(home, "old"))
    run("settings.set", key="k", value=1, workspaceId=opened["id"])
    (home / "old").rename(home / "new")
    relinked = run("workspaces.relink", id=opened["id"], projectDir=str(home / "new"))
    assert (relinked["projectDir"], relinked["revision"]) == (str(home / "new"), 2)
    assert run("workspaces.resolve", path=str(home / "new" / "src"))["id"] == opened["id"]


def test_the_old_path_stays_an_alias(run: Any, home: Path) -> None:
    opened = run("workspaces.open", projectDir=made(home, "old"))
    run("workspaces.relink", id=opened["id"], projectDir=made(home, "new"))
    assert run("workspaces.resolve", path=str(home / "old" / "src"))["id"] == opened["id"]
    assert run("workspaces.open", projectDir=str(home / "old"))["id"] == opened["id"]


def test_a_workspace_can_move_back(run: Any, home: Path) -> None:
    opened = run("workspaces.open", projectDir=made(home, "old"))
    run("workspaces.relink", id=opened["id"], projectDir=made(home, "new"))
    back = run("workspaces.relink", id=opened["id"], projectDir=str(home / "old"))
    assert back["projectDir"] == str(home / "old")
    assert run("workspaces.resolve", path=str(home / "new"))["id"] == opened["id"]
    assert run.rows("SELECT project_dir FROM workspace_aliases") == [(str(home / "new"),)]


def test_linking_a_workspace_to_where_it_is_changes_nothing(run: Any, home: Path) -> None:
    opened = run("workspaces.open", projectDir=made(home, "engine"))
    changes = len(run.changes)
    assert run("workspaces.relink", id=opened["id"], projectDir=str(home / "engine")) == opened
    assert len(run.changes) == changes


def test_the_directory_of_another_workspace_cannot_be_taken(run: Any, home: Path) -> None:
    one = run("workspaces.open", projectDir=made(home, "one"))
    two = run("workspaces.open", projectDir=made(home, "two"))
    with pytest.raises(Conflict) as failure:
        run("workspaces.relink", id=one["id"], projectDir=str(home / "two"))
    current: Any = failure.value.details["current"]
    assert current.id == two["id"]


def test_the_alias_of_another_workspace_cannot_be_taken(run: Any, home: Path) -> None:
    one = run("workspaces.open", projectDir=made(home, "one"))
    run("workspaces.relink", id=one["id"], projectDir=made(home, "moved"))
    two = run("workspaces.open", projectDir=made(home, "two"))
    with pytest.raises(Conflict):
        run("workspaces.relink", id=two["id"], projectDir=str(home / "one"))


def test_the_global_scope_has_no_directory_and_cannot_go(run: Any, home: Path) -> None:
    with pytest.raises(Forbidden):
        run("workspaces.relink", id="global", projectDir=str(home))
    with pytest.raises(Forbidden):
        run("workspaces.delete", id="global", force=True)


def test_an_empty_workspace_is_deleted(run: Any, home: Path) -> None:
    opened = run("workspaces.open", projectDir=made(home, "engine"))
    assert run("workspaces.delete", id=opened["id"]) == {"deleted": True}
    assert run("workspaces.delete", id=opened["id"]) == {"deleted": False}
    assert run("workspaces.resolve", path=str(home / "engine")) is None


def test_a_workspace_that_holds_records_is_not_deleted_unasked(run: Any, home: Path) -> None:
    opened = run("workspaces.open", projectDir=made(home, "engine"))
    run("settings.set", key="k", value=1, workspaceId=opened["id"])
    with pytest.raises(Conflict) as failure:
        run("workspaces.delete", id=opened["id"])
    assert failure.value.details["held"] == {"settings": 1}
    assert run("workspaces.get", id=opened["id"]) == opened


def test_what_a_workspace_holds_is_counted_kind_by_kind(run: Any, home: Path) -> None:
    workspace_id = run("workspaces.open", projectDir=made(home, "engine"))["id"]
    session_id = run("sessions.start", workspaceId=workspace_id)["id"]
    run("messages.append", sessionId=session_id, role="user")
    run("memory.remember", content="Tea", workspaceId=workspace_id)
    run("memory.observe", pattern="Tea", patternType="workflow", workspaceId=workspace_id)
    with pytest.raises(Conflict) as failure:
        run("workspaces.delete", id=workspace_id)
    assert failure.value.details["held"] == {"sessions": 1, "memory": 1, "observations": 1, "logs": 1}
    assert run("workspaces.delete", id=workspace_id, force=True) == {"deleted": True}
    tables = ("sessions", "messages", "memory_entries", "memory_search", "observations", "daily_logs")
    assert [run.rows(f"SELECT count(*) FROM {table}") for table in tables] == [[(0,)]] * len(tables)


def test_force_deletes_what_belongs_to_it_and_its_aliases(run: Any, home: Path) -> None:
    opened = run("workspaces.open", projectDir=made(home, "old"))
    run("workspaces.relink", id=opened["id"], projectDir=made(home, "new"))
    run("settings.set", key="k", value=1, workspaceId=opened["id"])
    run("settings.set", key="k", value=2)
    assert run("workspaces.delete", id=opened["id"], force=True) == {"deleted": True}
    assert [row["workspaceId"] for row in run("settings.list")["items"]] == ["global"]
    assert run.rows("SELECT count(*) FROM settings") == [(1,)]
    assert run.rows("SELECT count(*) FROM workspace_aliases") == [(0,)]


def test_a_directory_opened_after_its_deletion_is_a_new_workspace(run: Any, home: Path) -> None:
    opened = run("workspaces.open", projectDir=made(home, "engine"))
    run("workspaces.delete", id=opened["id"])
    assert run("workspaces.open", projectDir=str(home / "engine"))["id"] != opened["id"]


def test_every_change_is_told_in_the_scope_of_its_workspace(run: Any, home: Path) -> None:
    opened = run("workspaces.open", projectDir=made(home, "old"))
    run("workspaces.update", id=opened["id"], name="x")
    run("workspaces.relink", id=opened["id"], projectDir=made(home, "new"))
    run("workspaces.delete", id=opened["id"])
    assert [change.topic for change in run.changes] == [
        "workspaces.open",
        "workspaces.update",
        "workspaces.relink",
        "workspaces.delete",
    ]
    assert {change.workspace_id for change in run.changes} == {opened["id"]}
