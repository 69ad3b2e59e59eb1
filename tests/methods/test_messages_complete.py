"""Messages that are stored complete, with their times and revisions, as an import brings them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from msgspec import Raw

from scriven.errors import Conflict, InvalidParams, LimitExceeded, NotFound
from scriven.methods import messages
from scriven.tx import Tx


@pytest.fixture
def session(run: Any) -> str:
    return str(run("sessions.start")["id"])


def said(text: str, **more: Any) -> dict[str, Any]:
    return {"type": "text", "text": text} | more


def say(run: Any, session: str, text: str) -> None:
    run("messages.append", sessionId=session, role="user", parts=[said(text)])


def texts(page: dict[str, Any]) -> list[str]:
    return [message["parts"][0]["text"] for message in page["items"]]


def imported(session: str, **more: Any) -> messages.Message:
    given: dict[str, Any] = {
        "id": "m",
        "session_id": session,
        "role": "user",
        "parent_id": None,
        "metadata": Raw(b"{}"),
        "parts": [Raw(b'{"type":"text","text":"zebra"}')],
        "created_at": "2025-01-01T00:00:00.000Z",
        "completed_at": "2025-01-01T00:00:01.000Z",
        "updated_at": "2025-01-01T00:00:02.000Z",
        "revision": 7,
    }
    return messages.Message(**(given | more))


@pytest.fixture
def tx(run: Any) -> Tx:
    return Tx(run.connection.execute, run.now, 1)


def test_a_complete_message_is_added_as_it_is_and_nothing_is_told(run: Any, tx: Tx, session: str) -> None:
    before = run("sessions.get", id=session)
    added = messages.add(tx, imported(session))
    got = run("messages.get", id="m")
    assert (got["createdAt"], got["completedAt"], got["updatedAt"], got["revision"]) == (
        "2025-01-01T00:00:00.000Z",
        "2025-01-01T00:00:01.000Z",
        "2025-01-01T00:00:02.000Z",
        7,
    )
    assert json.loads(bytes(added.parts[0])) == got["parts"][0]
    assert [item["messageId"] for item in run("messages.search", query="zebra")["items"]] == ["m"]
    assert (tx.changes, run("sessions.get", id=session)) == ([], before)


def test_the_ids_of_parts_are_the_same_at_every_import(run: Any, tx: Tx, session: str) -> None:
    first = messages.add(tx, imported(session))
    run("messages.delete", id="m")
    again = messages.add(tx, imported(session))
    other = messages.add(tx, imported(session, id="other"))
    assert bytes(first.parts[0]) == bytes(again.parts[0]) != bytes(other.parts[0])


@pytest.mark.parametrize(
    ("more", "error"),
    [
        ({"id": "taken"}, Conflict),
        ({"session_id": "nowhere"}, NotFound),
        ({"metadata": Raw(b"[]")}, InvalidParams),
        ({"parts": [Raw(b'{"text":"x"}')]}, InvalidParams),
        ({"parts": [Raw(b'{"type":"x","id":"p"}')]}, Conflict),
        ({"parts": [Raw(b'{"type":"x"}')] * 10_001}, LimitExceeded),
    ],
)
def test_what_cannot_be_added_leaves_no_trace(
    run: Any, tx: Tx, session: str, more: dict[str, Any], error: type[Exception]
) -> None:
    run("messages.append", sessionId=session, role="user", id="taken", parts=[said("x", id="p")])
    before = run.connection.total_changes
    with pytest.raises(error):
        messages.add(tx, imported(session, **more))
    assert run.connection.total_changes == before


def test_a_part_of_an_older_shape_is_kept_as_it_was_and_not_searched(run: Any, tx: Tx, session: str) -> None:
    older = [Raw(b'{"id":"a","type":"text","odd":"zebra"}'), Raw(b'{"id":"b","type":"step-finish","cost":null}')]
    messages.add(tx, imported(session, parts=older))
    assert run("messages.get", id="m")["parts"] == [json.loads(bytes(part)) for part in older]
    assert run("messages.search", query="zebra")["items"] == []
    run("parts.put", messageId="m", part=said("giraffe", id="c"))
    assert run.rows("SELECT content FROM messages WHERE id = 'm'") == [("giraffe",)]


def test_a_message_is_replaced_where_it_stands(run: Any, tx: Tx, session: str) -> None:
    say(run, session, "before")
    messages.add(tx, imported(session))
    say(run, session, "after")
    given = [Raw(b'{"type":"text","text":"giraffe","id":"p"}'), Raw(b'{"type":"x"}')]
    for _ in range(2):
        messages.replace(tx, imported(session, revision=8, parts=given))
    assert texts(run("messages.list", sessionId=session)) == ["before", "giraffe", "after"]
    assert run("messages.get", id="m")["revision"] == 8
    assert run("messages.search", query="zebra")["items"] == []
    assert run("messages.search", query="giraffe")["items"][0]["messageId"] == "m"


def test_a_message_is_not_replaced_by_one_of_another_session(run: Any, tx: Tx, session: str) -> None:
    messages.add(tx, imported(session))
    other = str(run("sessions.start")["id"])
    with pytest.raises(Conflict):
        messages.replace(tx, imported(other))
    assert texts(run("messages.list", sessionId=session)) == ["zebra"]
