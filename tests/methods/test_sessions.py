"""Sessions: how they begin and end, who is the current one, what belongs to whom, and what a client leaves behind."""

from __future__ import annotations

import json
from typing import Any

import pytest

from scriven import reaper
from scriven.errors import Conflict, InvalidParams, LimitExceeded, NotFound
from scriven.tx import Tx


@pytest.fixture
def workspace(run: Any, tmp_path: Any) -> str:
    return str(run("workspaces.open", projectDir=str(tmp_path))["id"])


def ids(page: dict[str, Any]) -> list[str]:
    return [session["id"] for session in page["items"]]


def logged(run: Any, event_type: str) -> list[Any]:
    rows = run.rows("SELECT session_id, event_type, event_data FROM daily_logs ORDER BY number")
    return [(session, json.loads(data)) for session, kind, data in rows if kind == event_type]


def by_itself(run: Any, what: Any) -> Any:
    """Something the daemon does by itself, in a transaction of its own."""
    run.ticks += 1
    tx = Tx(run.connection.execute, run.now, len(run.changes) + 1)
    outcome = what(tx)
    run.changes += tx.changes
    return outcome


def test_a_session_that_was_started_is_got_as_it_is(run: Any) -> None:
    started = run(
        "sessions.start", id="ses_1", title="Fix", agent="build", source="cli", metadata={"b": 1}, idleTimeoutS=60
    )
    assert started == {
        "id": "ses_1",
        "workspaceId": "global",
        "parentId": None,
        "title": "Fix",
        "agent": "build",
        "source": "cli",
        "status": "idle",
        "summary": None,
        "metadata": {"b": 1},
        "startedAt": run.now,
        "endedAt": None,
        "endTrigger": None,
        "archivedAt": None,
        "idleTimeoutS": 60,
        "lastActive": run.now,
        "updatedAt": run.now,
        "revision": 1,
    }
    assert run("sessions.get", id="ses_1") == started


def test_a_start_and_its_log_are_one(run: Any) -> None:
    run("sessions.start", id="a", source="morning_briefing")
    run("sessions.start", id="b")
    assert logged(run, "session_start") == [("a", {"source": "morning_briefing"}), ("b", {"source": "user_initiated"})]


def test_an_id_that_is_taken_is_a_conflict_with_the_session_that_has_it(run: Any) -> None:
    run("sessions.start", id="a", title="first")
    with pytest.raises(Conflict) as failure:
        run("sessions.start", id="a", title="second")
    current: Any = failure.value.details["current"]
    assert (failure.value.details["path"], current.title) == ("$.id", "first")
    assert len(logged(run, "session_start")) == 1


def test_a_child_belongs_to_its_parents_workspace(run: Any, workspace: str) -> None:
    parent = run("sessions.start", workspaceId=workspace)
    child = run("sessions.start", parentId=parent["id"])
    assert (child["parentId"], child["workspaceId"]) == (parent["id"], workspace)
    with pytest.raises(InvalidParams) as failure:
        run("sessions.start", parentId=parent["id"], workspaceId="global")
    assert failure.value.details["path"] == "$.workspaceId"


@pytest.mark.parametrize(("field", "path"), [("workspaceId", "$.workspaceId"), ("parentId", "$.parentId")])
def test_what_a_session_belongs_to_has_to_exist(run: Any, field: str, path: str) -> None:
    with pytest.raises(NotFound) as failure:
        run("sessions.start", **{field: "nowhere"})
    assert failure.value.details["path"] == path


def test_metadata_is_kept_byte_for_byte_and_is_an_object(run: Any) -> None:
    run.raw("sessions.start", b'{"id":"a","metadata":{ "n": 1.00, "n": 2 }}')
    assert b'"metadata":{ "n": 1.00, "n": 2 }' in run.raw("sessions.get", b'{"id":"a"}')
    with pytest.raises(InvalidParams) as failure:
        run("sessions.start", metadata=[1])
    assert failure.value.details["path"] == "$.metadata"
    with pytest.raises(LimitExceeded):
        run("sessions.start", metadata={"x": "y" * 1024 * 1024})


def test_whoever_asks_gets_the_same_current_session(run: Any, workspace: str) -> None:
    first = run("sessions.current", workspaceId=workspace)
    assert [run("sessions.current", workspaceId=workspace)["id"] for _ in range(3)] == [first["id"]] * 3
    assert run("sessions.current")["id"] != first["id"]
    assert len(logged(run, "session_start")) == 2


def test_without_create_there_may_be_no_current_session(run: Any) -> None:
    assert run("sessions.current", create=False) is None
    started = run("sessions.start")
    assert run("sessions.current", create=False)["id"] == started["id"]


def test_the_current_session_of_an_agent_is_its_own(run: Any) -> None:
    ours, theirs = run("sessions.current", agent="build"), run("sessions.current", agent="plan")
    assert ours["id"] != theirs["id"]
    assert run("sessions.current", agent="build")["id"] == ours["id"]
    assert run("sessions.current")["id"] == ours["id"]


@pytest.mark.parametrize("gone", ["ended", "archived", "child"])
def test_what_is_ended_archived_or_a_child_is_not_current(run: Any, gone: str) -> None:
    session = run("sessions.start")
    if gone == "ended":
        run("sessions.end", id=session["id"])
    if gone == "archived":
        run("sessions.update", id=session["id"], archived=True)
    if gone == "child":
        parent = run("sessions.start")
        run("sessions.start", parentId=parent["id"])
        run("sessions.end", id=parent["id"])
        run("sessions.end", id=session["id"])
    assert run("sessions.current", create=False) is None


def test_a_current_session_whose_time_has_run_out_is_ended_before_anybody_gets_it(run: Any) -> None:
    old = run("sessions.current", idleTimeoutS=1)
    run.ticks += 1000
    new = run("sessions.current", idleTimeoutS=1)
    ended = run("sessions.get", id=old["id"])
    assert new["id"] != old["id"]
    assert (ended["endTrigger"], ended["endedAt"]) == ("timeout", "2026-01-01T00:00:01.001Z")


def test_something_happening_puts_the_idle_timeout_off(run: Any) -> None:
    session = run("sessions.current", idleTimeoutS=1)
    for _ in range(3):
        run.ticks += 900
        assert run("sessions.current")["id"] == session["id"]


def test_the_daemon_ends_what_is_idle_and_learns_when_the_next_is_due(run: Any) -> None:
    run("sessions.start", id="soon", idleTimeoutS=1)
    run("sessions.start", id="later", idleTimeoutS=3600)
    run("sessions.start", id="never")
    run.ticks += 2000
    assert by_itself(run, reaper.end_expired) == "2026-01-01T01:00:00.002Z"
    assert [run("sessions.get", id=name)["endTrigger"] for name in ("soon", "later", "never")] == [
        "timeout",
        None,
        None,
    ]
    assert logged(run, "session_end") == [("soon", {"duration": 0, "trigger": "timeout"})]
    run("sessions.end", id="later")
    assert by_itself(run, reaper.end_expired) is None


def test_the_first_end_stands_and_is_logged_once(run: Any) -> None:
    run("sessions.start", id="a")
    run.ticks += 150_000
    first = run("sessions.end", id="a", trigger="browser_close", summary="done")
    assert run("sessions.end", id="a", trigger="explicit", summary="again") == first
    assert (first["endTrigger"], first["summary"], first["endedAt"]) == ("browser_close", "done", first["updatedAt"])
    assert logged(run, "session_end") == [("a", {"duration": 2, "trigger": "browser_close"})]


def test_replace_ends_the_sessions_of_that_workspace_and_agent_alone(run: Any, workspace: str) -> None:
    same, other_agent = run("sessions.start", agent="a"), run("sessions.start", agent="b")
    elsewhere = run("sessions.start", agent="a", workspaceId=workspace)
    run("sessions.start", agent="a", replace=True)
    ended = [run("sessions.get", id=one["id"])["endTrigger"] for one in (same, other_agent, elsewhere)]
    assert ended == ["explicit", None, None]


def test_an_update_changes_what_is_given_and_nothing_else(run: Any) -> None:
    before = run("sessions.start", id="a", title="old", metadata={"a": 1, "b": 2})
    after = run("sessions.update", id="a", status="busy", metadata={"b": None, "c": 3})
    assert after == before | {
        "status": "busy",
        "metadata": {"a": 1, "c": 3},
        "revision": 2,
        "updatedAt": run.now,
        "lastActive": run.now,
    }
    assert run("sessions.update", id="a", title=None, ifRevision=2)["title"] is None


def test_a_wrong_revision_is_a_conflict(run: Any) -> None:
    run("sessions.start", id="a")
    with pytest.raises(Conflict) as failure:
        run("sessions.update", id="a", title="x", ifRevision=2)
    assert failure.value.details["path"] == "$.ifRevision"
    assert run("sessions.get", id="a")["title"] is None


def test_a_session_is_put_away_and_taken_out_again(run: Any) -> None:
    run("sessions.start", id="a")
    run("sessions.start", id="b")
    put_away = run("sessions.update", id="a", archived=True)
    assert put_away["archivedAt"] == run.now
    assert run("sessions.update", id="a", archived=True)["archivedAt"] == put_away["archivedAt"]
    assert (ids(run("sessions.list")), ids(run("sessions.list", archived=True))) == (["b"], ["a"])
    run("sessions.update", id="a", archived=False)
    assert ids(run("sessions.list")) == ["a", "b"]


def test_a_list_is_narrowed_by_every_filter(run: Any, workspace: str) -> None:
    run("sessions.start", id="parent", title="Fix the Parser", agent="build", workspaceId=workspace)
    run("sessions.start", id="child", parentId="parent", agent="plan")
    run("sessions.start", id="done", title="100% sure")
    run("sessions.end", id="done", summary="the parser works")
    assert ids(run("sessions.list")) == ["done", "child", "parent"]
    assert ids(run("sessions.list", workspaceId=workspace)) == ["child", "parent"]
    assert ids(run("sessions.list", workspaceId="global")) == ["done"]
    assert ids(run("sessions.list", parentId="parent")) == ["child"]
    assert ids(run("sessions.list", parentId="parent", workspaceId="global")) == []
    assert ids(run("sessions.list", agent="build")) == ["parent"]
    assert ids(run("sessions.list", active=True)) == ["child", "parent"]
    assert ids(run("sessions.list", active=False)) == ["done"]
    assert ids(run("sessions.list", search="PARSER")) == ["done", "parent"]
    assert ids(run("sessions.list", search="0%")) == ["done"]
    assert ids(run("sessions.list", search="_")) == []


def test_the_session_in_which_something_happened_last_stands_first(run: Any) -> None:
    for name in ("a", "b", "c"):
        run("sessions.start", id=name)
    run("messages.append", sessionId="a", role="user", parts=[{"type": "text", "text": "hello"}])
    assert ids(run("sessions.list")) == ["a", "c", "b"]
    first = run("sessions.list", limit=2)
    assert ids(run("sessions.list", limit=2, cursor=first["nextCursor"])) == ["b"]


def test_deleting_a_session_takes_its_children_and_what_they_hold_but_not_the_logs(run: Any) -> None:
    run("sessions.start", id="parent")
    run("sessions.start", id="child", parentId="parent")
    run("sessions.start", id="grandchild", parentId="child")
    for name in ("parent", "grandchild"):
        run("messages.append", sessionId=name, role="user", parts=[{"type": "text", "text": "hello"}])
        run("todos.set", sessionId=name, todos=[{"content": "write", "status": "pending"}])
    assert run("sessions.delete", id="parent") == {"deleted": True}
    assert run("sessions.delete", id="parent") == {"deleted": False}
    for table in ("sessions", "messages", "parts", "parts_search", "todos"):
        assert run.rows(f"SELECT count(*) FROM {table}") == [(0,)]
    assert run.rows("SELECT DISTINCT session_id FROM daily_logs") == [(None,)]
    gone = [json.loads(bytes(change.body))["id"] for change in run.changes if change.topic == "sessions.delete"]
    assert gone == ["grandchild", "child", "parent"]


@pytest.mark.parametrize("verb", ["get", "update", "end"])
def test_a_session_that_does_not_exist_is_not_found(run: Any, verb: str) -> None:
    with pytest.raises(NotFound) as failure:
        run(f"sessions.{verb}", id="nowhere")
    assert failure.value.details["path"] == "$.id"


def test_what_any_client_left_busy_is_idle_after_a_start_with_the_reason_in_the_log(run: Any) -> None:
    run("sessions.start", id="a")
    run("sessions.start", id="b")
    run.connection.execute("UPDATE sessions SET status = 'retry', busy_for = 7 WHERE id = 'a'")
    by_itself(run, lambda tx: reaper.release(tx, 8, "its client has gone"))
    assert run("sessions.get", id="a")["status"] == "retry"
    by_itself(run, lambda tx: reaper.release(tx, None, "the daemon started anew"))
    assert run("sessions.get", id="a")["status"] == "idle"
    assert logged(run, "session_idle") == [("a", {"was": "retry", "reason": "the daemon started anew"})]
    assert [change.topic for change in run.changes[-1:]] == ["sessions.update"]


def test_every_write_is_told_to_subscribers(run: Any, workspace: str) -> None:
    run("sessions.start", id="a", workspaceId=workspace)
    run("sessions.update", id="a", title="x")
    run("sessions.end", id="a")
    told = [(change.topic, change.workspace_id) for change in run.changes if change.topic.startswith("sessions.")]
    assert told == [(f"sessions.{verb}", workspace) for verb in ("start", "update", "end")]


def test_an_imported_session_is_current_only_once_something_happens_in_it_here(run: Any) -> None:
    record = {"kind": "session", "id": "old", "startedAt": "2025-01-01T00:00:00.000Z"}
    assert run("state.import", records=[record])["added"] == 1
    assert run("sessions.current", create=False) is None
    run("messages.append", sessionId="old", role="user")
    assert run("sessions.current", create=False)["id"] == "old"


@pytest.mark.parametrize("number", ["1e999", "9" * 5000, "1.00", "12345678901234567890123"])
def test_a_patch_leaves_what_it_does_not_name_as_it_was_written(run: Any, number: str) -> None:
    run.raw("sessions.start", b'{"id":"s","metadata":{"a":%b,"b":{"c": 1, "d":2}}}' % number.encode())
    after = run.raw("sessions.update", b'{"id":"s","metadata":{"b":{"c":%b,"d":null}}}' % number.encode())
    assert b'"metadata":{"a":%b,"b":{"c":%b}}' % (number.encode(), number.encode()) in after


def test_a_patch_is_a_merge_patch(run: Any) -> None:
    run("sessions.start", id="s", metadata={"a": {"b": 1}, "c": [1], "d": 4, "e": "text"})
    patch = {"a": {"b": None, "f": {"g": None, "h": {}}}, "c": {"i": None}, "d": [None], "j": None}
    after = run("sessions.update", id="s", metadata=patch)["metadata"]
    assert after == {"a": {"f": {"h": {}}}, "c": {}, "d": [None], "e": "text"}
