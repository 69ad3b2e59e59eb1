"""Todos: a list is replaced whole or not at all, and each todo comes back byte for byte."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest

from scriven.errors import CallError, Conflict, InvalidParams, LimitExceeded, NotFound
from scriven.methods import todos
from scriven.tx import Tx

KIBIBYTE = 1024
TODO = {"content": "Fix the parser", "status": "pending"}


@pytest.fixture
def session(run: Any) -> str:
    return str(run("sessions.start")["id"])


def sized(size: int) -> dict[str, str]:
    """A todo of that many bytes in the compact form in which it is sent."""
    return {**TODO, "note": "x" * (size - len(json.dumps({**TODO, "note": ""})))}


def refused(run: Any, error: type[CallError], **params: object) -> Any:
    with pytest.raises(error) as failure:
        run("todos.set", **params)
    return failure.value.details["path"]


def test_a_session_that_never_had_todos_has_none(run: Any, session: str) -> None:
    assert run("todos.get", sessionId=session) == {
        "sessionId": session,
        "todos": [],
        "updatedAt": None,
        "revision": 0,
    }


def test_a_list_that_was_set_is_got(run: Any, session: str) -> None:
    given = [TODO, {"content": "And test it", "status": "in_progress", "priority": "high", "id": "2", "tags": ["a"]}]
    stored = run("todos.set", sessionId=session, todos=given)
    assert stored == {"sessionId": session, "todos": given, "updatedAt": run.now, "revision": 1}
    assert run("todos.get", sessionId=session) == stored


@pytest.mark.parametrize(
    "todo",
    [
        '{"status":"x","content":"y"}',
        '{ "content" : "y", "status":"x" }',
        '{"content":"\\u00e9\\/","status":"x","n":1.0,"e":1e2}',
        '{"content":"a","content":"b","status":"x"}',
        '{"content":"y","status":"x","priority":null,"id":null,"more":{"deep":[{}]}}',
        '{"content":"y","status":"x","n":"\\u0000"}',
    ],
)
def test_a_todo_comes_back_as_it_was_written(run: Any, session: str, todo: str) -> None:
    run.raw("todos.set", f'{{"sessionId":"{session}","todos":[{todo}]}}'.encode())
    assert f'"todos":[{todo}],"updatedAt"' in run.raw("todos.get", f'{{"sessionId":"{session}"}}'.encode()).decode()


def test_the_columns_of_a_todo_are_there_for_other_readers(run: Any, session: str) -> None:
    run("todos.set", sessionId=session, todos=[{**TODO, "priority": "high"}, TODO])
    assert run.rows("SELECT position, content, status, priority FROM todos") == [
        (0, "Fix the parser", "pending", "high"),
        (1, "Fix the parser", "pending", None),
    ]


def test_setting_replaces_the_whole_list(run: Any, session: str) -> None:
    run("todos.set", sessionId=session, todos=[TODO, TODO, TODO])
    shorter = run("todos.set", sessionId=session, todos=[{**TODO, "status": "completed"}])
    assert run("todos.get", sessionId=session) == shorter
    empty = run("todos.set", sessionId=session, todos=[])
    assert (empty["todos"], empty["revision"]) == ([], 3)
    assert run.rows("SELECT * FROM todos") == []


def test_lists_of_two_sessions_do_not_touch(run: Any, session: str) -> None:
    other = run("sessions.start")["id"]
    run("todos.set", sessionId=session, todos=[TODO])
    run("todos.set", sessionId=other, todos=[])
    assert run("todos.get", sessionId=session)["todos"] == [TODO]
    assert run("todos.get", sessionId=other)["revision"] == 1


def test_the_right_revision_lets_a_list_pass_and_a_wrong_one_is_a_conflict(run: Any, session: str) -> None:
    run("todos.set", sessionId=session, todos=[TODO], ifRevision=0)
    stored = run("todos.set", sessionId=session, todos=[TODO], ifRevision=1)
    for wrong in (0, 1, 3):
        with pytest.raises(Conflict) as failure:
            run("todos.set", sessionId=session, todos=[], ifRevision=wrong)
        assert failure.value.details["path"] == "$.ifRevision"
        assert json.loads(msgspec.json.encode(failure.value.details["current"])) == stored
    assert run("todos.get", sessionId=session) == stored


@pytest.mark.parametrize(
    ("todo", "path"),
    [
        ("text", "$.todos[1]"),
        ([], "$.todos[1]"),
        (None, "$.todos[1]"),
        ({"status": "pending"}, "$.todos[1].content"),
        ({"content": "y"}, "$.todos[1].status"),
        ({"content": "", "status": "pending"}, "$.todos[1].content"),
        ({"content": "x" * 4097, "status": "pending"}, "$.todos[1].content"),
        ({"content": 1, "status": "pending"}, "$.todos[1].content"),
        ({"content": "a\0b", "status": "pending"}, "$.todos[1].content"),
        ({"content": "y", "status": ""}, "$.todos[1].status"),
        ({"content": "y", "status": "x" * 65}, "$.todos[1].status"),
        ({"content": "y", "status": "x", "priority": 1}, "$.todos[1].priority"),
        ({"content": "y", "status": "x", "id": 7}, "$.todos[1].id"),
    ],
)
def test_what_is_wrong_with_a_todo_is_named_and_nothing_is_stored(
    run: Any, session: str, todo: object, path: str
) -> None:
    before = run("todos.set", sessionId=session, todos=[TODO])
    assert refused(run, InvalidParams, sessionId=session, todos=[TODO, todo]) == path
    assert run("todos.get", sessionId=session) == before


def test_content_and_status_have_their_longest_forms(run: Any, session: str) -> None:
    most = {"content": "é" * 4096, "status": "é" * 64, "priority": "é" * 64, "id": "é" * 128}
    assert run("todos.set", sessionId=session, todos=[most])["todos"] == [most]


def test_what_is_private_in_a_todo_is_not_stored(run: Any, session: str) -> None:
    kept = run("todos.set", sessionId=session, todos=[{**TODO, "content": "Call <private>555</private> back"}])
    assert "555" not in json.dumps(kept)
    assert "555" not in str(run.rows("SELECT * FROM todos"))
    hidden = [TODO, {**TODO, "content": "<private>all of it</private>"}]
    assert refused(run, InvalidParams, sessionId=session, todos=hidden) == "$.todos[1].content"


def test_a_todo_of_64_kib_is_kept_and_a_byte_more_is_refused(run: Any, session: str) -> None:
    run("todos.set", sessionId=session, todos=[sized(64 * KIBIBYTE)])
    assert refused(run, LimitExceeded, sessionId=session, todos=[sized(64 * KIBIBYTE + 1)]) == "$.todos[0]"


def test_todos_of_8_mib_together_are_kept_and_a_byte_more_is_refused(run: Any, session: str) -> None:
    most = [sized(64 * KIBIBYTE)] * 127 + [sized(32 * KIBIBYTE)] * 2
    assert len(run("todos.set", sessionId=session, todos=most)["todos"]) == 129
    assert refused(run, LimitExceeded, sessionId=session, todos=[*most[:-1], sized(32 * KIBIBYTE + 1)]) == "$.todos"


def test_a_list_has_at_most_1000_todos(run: Any, session: str) -> None:
    assert len(run("todos.set", sessionId=session, todos=[TODO] * 1000)["todos"]) == 1000
    assert refused(run, InvalidParams, sessionId=session, todos=[TODO] * 1001) == "$.todos"


@pytest.mark.parametrize(("name", "more"), [("todos.set", {"todos": []}), ("todos.get", {})])
def test_a_session_that_does_not_exist_has_no_list(run: Any, name: str, more: dict[str, Any]) -> None:
    with pytest.raises(NotFound) as failure:
        run(name, sessionId="nowhere", **more)
    assert failure.value.details["path"] == "$.sessionId"


def test_a_list_goes_with_its_session(run: Any, session: str) -> None:
    run("todos.set", sessionId=session, todos=[TODO])
    run("sessions.delete", id=session)
    assert run.rows("SELECT * FROM todos") == []


def test_setting_is_something_that_happens_in_the_session(run: Any, session: str) -> None:
    run("todos.set", sessionId=session, todos=[])
    assert run("sessions.get", id=session)["lastActive"] == "2026-01-01T00:00:00.002Z"


def test_a_list_is_told_in_the_workspace_of_its_session(run: Any, tmp_path: Any) -> None:
    workspace = run("workspaces.open", projectDir=str(tmp_path))["id"]
    session = run("sessions.start", workspaceId=workspace)["id"]
    stored = run("todos.set", sessionId=session, todos=[TODO])
    assert (run.changes[-1].topic, run.changes[-1].workspace_id) == ("todos.set", workspace)
    assert json.loads(bytes(run.changes[-1].body)) == stored


def test_a_long_list_is_told_by_reference(run: Any, session: str) -> None:
    run("todos.set", sessionId=session, todos=[TODO] * 200)
    reference = {"noun": "todos", "id": session, "revision": 1}
    assert json.loads(bytes(run.changes[-1].body)) == {"ref": reference}


def test_a_complete_list_is_stored_as_it_is_and_told_to_nobody(run: Any, session: str) -> None:
    run("todos.set", sessionId=session, todos=[TODO])
    active = run("sessions.get", id=session)["lastActive"]
    tx = Tx(run.connection.execute, run.now, 1)
    todo = msgspec.Raw(b'{"content":"old","status":"done"}')
    todos.replace(tx, todos.Todos(session, [todo], "2020-01-01T00:00:00.000Z", 7))
    assert tx.changes == []
    assert run("todos.get", sessionId=session) == {
        "sessionId": session,
        "todos": [{"content": "old", "status": "done"}],
        "updatedAt": "2020-01-01T00:00:00.000Z",
        "revision": 7,
    }
    assert run("sessions.get", id=session)["lastActive"] == active
