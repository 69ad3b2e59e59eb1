"""Messages: appended in order, kept byte for byte, listed from the newest back, and found by what they say."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from scriven.errors import Conflict, InvalidParams, LimitExceeded, NotFound
from scriven.methods import messages
from scriven.tx import Tx

MEBIBYTE = 1024 * 1024

# What decoding and encoding again would change.
VERBATIM = [
    '{"type":"text","id":"p","text":"a\\u00e9\\/b","more":1.0}',
    '{ "type" : "text" , "id" : "p" , "text" : "" , "n" : [ 1e2 , -0 , 0.1000 ] }',
    '{"id":"p","type":"hologram","n":123456789012345678901234567890,"e":1e999}',
    '{"id":"p","type":"text","text":"one","text":"two"}',
    '{"id":"p","type":"text","text":"\\u0000 👩‍🚀"}',
    '{"z":1,"type":"step-start","id":"p","a":{"b":[]}}',
]


@pytest.fixture
def session(run: Any) -> str:
    return str(run("sessions.start")["id"])


@pytest.fixture
def workspace(run: Any, home: Any) -> str:
    return str(run("workspaces.open", projectDir=str(home))["id"])


def said(text: str, **more: Any) -> dict[str, Any]:
    return {"type": "text", "text": text} | more


def texts(page: dict[str, Any]) -> list[str]:
    return [message["parts"][0]["text"] for message in page["items"]]


def say(run: Any, session: str, *words: str, role: str = "user") -> list[str]:
    """A message for each text; their ids."""
    return [str(run("messages.append", sessionId=session, role=role, parts=[said(text)])["id"]) for text in words]


def path(failure: Any) -> object:
    return failure.value.details["path"]


def test_a_message_comes_back_as_it_was_appended_with_its_parts_in_order(run: Any, session: str) -> None:
    parts = [said("one", id="p1"), {"type": "step-start", "id": "p0"}, said("two", id="p2")]
    stored = run(
        "messages.append", sessionId=session, id="m1", role="assistant", parentId="m0", metadata={"k": 1}, parts=parts
    )
    assert stored == {
        "id": "m1",
        "sessionId": session,
        "role": "assistant",
        "parentId": "m0",
        "metadata": {"k": 1},
        "parts": parts,
        "createdAt": run.now,
        "completedAt": None,
        "updatedAt": run.now,
        "revision": 1,
    }
    assert run("messages.get", id="m1") == stored
    assert run("messages.list", sessionId=session) == {"items": [stored], "nextCursor": None}


def test_a_message_needs_no_more_than_a_role(run: Any, session: str) -> None:
    stored = run("messages.append", sessionId=session, role="system")
    assert (stored["id"][:4], stored["parts"], stored["metadata"]) == ("msg_", [], {})


@pytest.mark.parametrize("part", VERBATIM)
def test_a_part_is_kept_byte_for_byte(run: Any, session: str, part: str) -> None:
    asked = f'{{"sessionId":"{session}","role":"user","id":"m","parts":[ {part} , {{"type":"x"}}]}}'
    for reply in (run.raw("messages.append", asked.encode()), run.raw("messages.get", b'{"id":"m"}')):
        assert f'"parts":[{part},{{"id":"' in reply.decode()
    assert f'"parts":[{part},{{"id":"' in run.raw("messages.list", f'{{"sessionId":"{session}"}}'.encode()).decode()


@pytest.mark.parametrize("metadata", ['{"a":1.0,"a":2}', '{ "cost" : 1e-2 }', '{"b":"\\u00e9\\u0000","a":[ ]}'])
def test_metadata_is_kept_byte_for_byte(run: Any, session: str, metadata: str) -> None:
    run.raw("messages.append", f'{{"sessionId":"{session}","role":"user","id":"m","metadata":{metadata}}}'.encode())
    assert f'"metadata":{metadata},"parts"' in run.raw("messages.get", b'{"id":"m"}').decode()
    run.raw("messages.update", f'{{"id":"m","metadata":{metadata}}}'.encode())
    assert f'"metadata":{metadata},"parts"' in run.raw("messages.get", b'{"id":"m"}').decode()


def test_a_part_without_an_id_gets_one_before_everything_else_and_no_other_byte_changes(run: Any, session: str) -> None:
    asked = f'{{"sessionId":"{session}","role":"user","parts":[{{ "type":"text", "text":"a" }},{{"type":"x"}}]}}'
    reply = run.raw("messages.append", asked.encode())
    first, second = (part["id"] for part in json.loads(reply)["parts"])
    assert f'"parts":[{{"id":"{first}", "type":"text", "text":"a" }},{{"id":"{second}","type":"x"}}]' in reply.decode()
    assert first != second
    assert run.rows("SELECT id FROM parts ORDER BY position") == [(first,), (second,)]


def test_an_id_that_exists_is_a_conflict_that_carries_the_message(run: Any, session: str) -> None:
    stored = run("messages.append", sessionId=session, role="user", id="m1", parts=[said("first")])
    with pytest.raises(Conflict) as failure:
        run("messages.append", sessionId=session, role="user", id="m1", parts=[said("second")])
    current: Any = failure.value.details["current"]
    assert (path(failure), current.id) == ("$.id", "m1")
    assert [json.loads(bytes(part)) for part in current.parts] == stored["parts"]
    assert len(run.rows("SELECT id FROM messages")) == 1


def test_a_part_id_that_another_message_uses_is_a_conflict_and_nothing_is_stored(run: Any, session: str) -> None:
    run("messages.append", sessionId=session, role="user", id="m1", parts=[said("first", id="p")])
    with pytest.raises(Conflict) as failure:
        run("messages.append", sessionId=session, role="user", id="m2", parts=[said("new"), said("second", id="p")])
    assert path(failure) == "$.parts[1].id"
    assert run.rows("SELECT id FROM messages") == [("m1",)]


def test_a_part_id_used_twice_in_one_message_is_refused(run: Any, session: str) -> None:
    with pytest.raises(InvalidParams) as failure:
        run("messages.append", sessionId=session, role="user", parts=[said("a", id="p"), said("b", id="p")])
    assert path(failure) == "$.parts[1].id"


def test_a_part_that_lacks_what_its_type_must_hold_is_named_by_its_place(run: Any, session: str) -> None:
    state = {"status": "completed", "input": {}, "title": "t", "metadata": {}, "time": {"start": 1, "end": 2}}
    tool = {"type": "tool", "callID": "c", "tool": "bash", "state": state}
    with pytest.raises(InvalidParams) as failure:
        run("messages.append", sessionId=session, role="user", parts=[said("a"), tool])
    assert path(failure) == "$.parts[1].state.output"


@pytest.mark.parametrize(
    ("more", "wrong"),
    [
        ({"role": "robot"}, "$.role"),
        ({"id": ""}, "$.id"),
        ({"id": "x" * 129}, "$.id"),
        ({"metadata": []}, "$.metadata"),
        ({"metadata": None}, "$.metadata"),
        ({"parts": {}}, "$.parts"),
        ({"parts": [1]}, "$.parts[0]"),
        ({"parts": [{"type": "x"}] * 10_001}, "$.parts"),
    ],
)
def test_what_no_message_may_be_is_refused_by_name(run: Any, session: str, more: dict[str, Any], wrong: str) -> None:
    with pytest.raises(InvalidParams) as failure:
        run("messages.append", **({"sessionId": session, "role": "user"} | more))
    assert path(failure) == wrong


@pytest.mark.parametrize("name", ["messages.append", "messages.list"])
def test_a_session_that_does_not_exist_is_named(run: Any, name: str) -> None:
    with pytest.raises(NotFound) as failure:
        run(name, sessionId="nowhere", **({"role": "user"} if name == "messages.append" else {}))
    assert path(failure) == "$.sessionId"


@pytest.mark.parametrize("name", ["messages.get", "messages.update"])
def test_a_message_that_does_not_exist_is_named(run: Any, name: str) -> None:
    with pytest.raises(NotFound) as failure:
        run(name, id="nowhere")
    assert path(failure) == "$.id"


def sized(size: int, **more: Any) -> str:
    """A text part of so many bytes."""
    bare = json.dumps(said("", **more))
    return json.dumps(said("x" * (size - len(bare)), **more))


def append_raw(run: Any, session: str, *parts: str, metadata: str = "{}") -> bytes:
    asked = f'{{"sessionId":"{session}","role":"user","metadata":{metadata},"parts":[{",".join(parts)}]}}'
    return bytes(run.raw("messages.append", asked.encode()))


def test_a_part_of_4_mib_and_parts_of_12_mib_together_are_kept(run: Any, session: str) -> None:
    reply = append_raw(run, session, *(sized(4 * MEBIBYTE, id=f"p{number}") for number in range(3)))
    assert [part["id"] for part in json.loads(reply)["parts"]] == ["p0", "p1", "p2"]


@pytest.mark.parametrize(
    ("parts", "metadata", "wrong"),
    [
        ([10, 4 * MEBIBYTE + 1], 0, ("$.parts[1]", 4 * MEBIBYTE)),
        ([4 * MEBIBYTE] * 3 + [100], 0, ("$.parts", 12 * MEBIBYTE)),
        ([], 3 * MEBIBYTE + 1, ("$.metadata", 3 * MEBIBYTE)),
    ],
)
def test_more_than_the_limits_is_refused_with_the_limit(
    run: Any, session: str, parts: list[int], metadata: int, wrong: tuple[str, int]
) -> None:
    with pytest.raises(LimitExceeded) as failure:
        append_raw(run, session, *map(sized, parts), metadata=sized(metadata))
    assert (path(failure), failure.value.details["limit"]) == wrong
    assert run.rows("SELECT id FROM messages") == []


def test_the_newest_are_listed_the_oldest_of_them_first(run: Any, session: str) -> None:
    say(run, session, *"abcdefg")
    page = run("messages.list", sessionId=session, limit=3)
    assert texts(page) == ["e", "f", "g"]
    page = run("messages.list", sessionId=session, limit=3, cursor=page["nextCursor"])
    assert texts(page) == ["b", "c", "d"]
    page = run("messages.list", sessionId=session, limit=3, cursor=page["nextCursor"])
    assert (texts(page), page["nextCursor"]) == (["a"], None)


def test_a_cursor_stands_while_messages_come_and_go(run: Any, session: str) -> None:
    ids = say(run, session, *"abcdef")
    cursor = run("messages.list", sessionId=session, limit=2)["nextCursor"]
    run("messages.delete", id=ids[4])
    run("messages.delete", id=ids[2])
    say(run, session, "g")
    assert texts(run("messages.list", sessionId=session, cursor=cursor)) == ["a", "b", "d"]


@pytest.mark.parametrize("place", [2**53, -(2**53), 2**63, "a", None, 1.5])
def test_a_cursor_with_a_place_that_no_message_has_is_refused(run: Any, session: str, place: object) -> None:
    cursor = base64.urlsafe_b64encode(json.dumps([place]).encode()).decode().rstrip("=")
    with pytest.raises(InvalidParams) as failure:
        run("messages.list", sessionId=session, cursor=cursor)
    assert path(failure) == "$.cursor"


def test_a_session_lists_only_its_own(run: Any, session: str) -> None:
    other = str(run("sessions.start")["id"])
    say(run, session, "a")
    say(run, other, "b")
    assert texts(run("messages.list", sessionId=session)) == ["a"]


def test_a_page_of_big_messages_ends_before_a_frame_would(run: Any, session: str) -> None:
    for number in range(4):
        append_raw(run, session, sized(3 * MEBIBYTE, id=f"p{number}"))
    page = run("messages.list", sessionId=session)
    assert [message["parts"][0]["id"] for message in page["items"]] == ["p2", "p3"]
    page = run("messages.list", sessionId=session, cursor=page["nextCursor"])
    assert [message["parts"][0]["id"] for message in page["items"]] == ["p0", "p1"]
    assert page["nextCursor"] is None


def test_a_message_bigger_than_a_page_is_a_page_by_itself(run: Any, session: str) -> None:
    big = [sized(4 * MEBIBYTE) for _ in range(3)]
    append_raw(run, session, '{"type":"oldest"}')
    append_raw(run, session, *big)
    append_raw(run, session, '{"type":"newest"}')
    pages: list[list[str]] = []
    cursor = None
    while not pages or cursor:
        page = run("messages.list", sessionId=session, cursor=cursor)
        pages.append([message["parts"][0]["type"] for message in page["items"]])
        cursor = page["nextCursor"]
    assert pages == [["newest"], ["text"], ["oldest"]]


def test_a_list_reads_no_further_back_than_a_page_may_hold(run: Any, session: str) -> None:
    say(run, session, *"abcdef")
    tx = Tx(run.connection.execute, run.now, 1)
    for limit, size, read in ((100, 10**9, 6), (3, 10**9, 3), (100, 150, 3), (100, 1, 2)):
        bounds = {"limit_and_one": limit, "page_bytes": size, "after_position": 100, "session_id": session}
        rows = tx.all(messages.LIST, None, messages.PlacedMessage, **bounds)
        assert [row.position for row in rows] == [6, 5, 4, 3, 2, 1][:read]


def test_a_new_message_stands_last_also_after_one_before_it_has_gone(run: Any, session: str) -> None:
    ids = say(run, session, *"abc")
    run("messages.delete", id=ids[0])
    say(run, session, "d")
    assert texts(run("messages.list", sessionId=session)) == ["b", "c", "d"]


def test_a_list_asks_no_more_for_many_messages_than_for_one(run: Any, session: str) -> None:
    say(run, session, *map(str, range(30)))
    asked: list[str] = []
    run.connection.set_trace_callback(asked.append)
    counts = []
    for limit in (1, 30):
        asked.clear()
        run("messages.list", sessionId=session, limit=limit)
        counts.append(len(asked))
    run.connection.set_trace_callback(None)
    assert counts[0] == counts[1]


def test_an_update_replaces_the_metadata_and_leaves_the_rest(run: Any, session: str) -> None:
    stored = run("messages.append", sessionId=session, role="user", metadata={"a": 1, "b": 2}, parts=[said("x")])
    updated = run("messages.update", id=stored["id"], metadata={"c": 3})
    assert updated == stored | {"metadata": {"c": 3}, "updatedAt": run.now, "revision": 2}
    assert run("messages.get", id=stored["id"]) == updated


def test_a_message_is_completed_and_may_become_incomplete_again(run: Any, session: str) -> None:
    (id_,) = say(run, session, "x")
    moment = "2026-01-31T09:30:00.000Z"
    assert run("messages.update", id=id_, completedAt=moment)["completedAt"] == moment
    assert run("messages.update", id=id_, metadata={})["completedAt"] == moment
    assert run("messages.update", id=id_, completedAt=None)["completedAt"] is None


def test_a_message_is_complete_at_a_moment_that_exists(run: Any, session: str) -> None:
    id_ = run("messages.append", sessionId=session, role="user")["id"]
    for moment in ("2026-02-30T00:00:00.000Z", "٢٠٢٦-01-31T09:30:00.000Z"):
        with pytest.raises(InvalidParams) as failure:
            run("messages.update", id=id_, completedAt=moment)
        assert failure.value.details["path"] == "$.completedAt"


def test_an_update_of_another_revision_is_a_conflict_and_changes_nothing(run: Any, session: str) -> None:
    (id_,) = say(run, session, "x")
    assert run("messages.update", id=id_, metadata={"a": 1}, ifRevision=1)["revision"] == 2
    with pytest.raises(Conflict) as failure:
        run("messages.update", id=id_, metadata={"a": 2}, ifRevision=1)
    current: Any = failure.value.details["current"]
    assert current.revision == 2
    assert run("messages.get", id=id_)["metadata"] == {"a": 1}


def test_a_deleted_message_takes_its_parts_and_what_is_searched_with_it(run: Any, session: str) -> None:
    first, second = say(run, session, "zebra", "zebra")
    assert run("messages.delete", id=first) == {"deleted": True}
    assert run("messages.delete", id=first) == {"deleted": False}
    assert [item["messageId"] for item in run("messages.search", query="zebra")["items"]] == [second]
    assert len(run.rows("SELECT id FROM parts")) == len(run.rows("SELECT rowid FROM parts_search")) == 1


def test_a_deleted_session_takes_its_messages_with_it(run: Any, session: str) -> None:
    say(run, session, "zebra")
    run("sessions.delete", id=session)
    for table in ("messages", "parts", "parts_search"):
        assert run.rows(f"SELECT rowid FROM {table}") == []


def test_the_content_column_is_what_the_text_parts_say(run: Any, session: str) -> None:
    parts = [said("one"), {"type": "reasoning", "text": "hm", "time": {"start": 1}}, said("two\0")]
    run("messages.append", sessionId=session, role="user", parts=parts)
    assert run.rows("SELECT content FROM messages") == [("one\ntwo ",)]


def test_every_write_is_told_with_its_workspace_and_makes_the_session_active(run: Any, workspace: str) -> None:
    session = str(run("sessions.start", workspaceId=workspace)["id"])
    before = len(run.changes)
    stored = run("messages.append", sessionId=session, role="user", id="m", parts=[said("x")])
    assert run("sessions.get", id=session)["lastActive"] == stored["createdAt"]
    updated = run("messages.update", id="m", metadata={"a": 1})
    assert run("sessions.get", id=session)["lastActive"] == updated["updatedAt"]
    run("messages.delete", id="m")
    told = [(change.topic, change.workspace_id, json.loads(bytes(change.body))) for change in run.changes[before:]]
    assert told == [
        ("messages.append", workspace, stored),
        ("messages.update", workspace, updated),
        ("messages.delete", workspace, {"id": "m", "sessionId": session, "revision": 2}),
    ]
