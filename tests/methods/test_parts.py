"""Parts one by one: put, told as they grow, deleted; their message keeps up with them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from scriven.errors import Conflict, InvalidParams, LimitExceeded, NotFound

MEBIBYTE = 1024 * 1024


@pytest.fixture
def session(run: Any) -> str:
    return str(run("sessions.start")["id"])


@pytest.fixture
def message(run: Any, session: str) -> str:
    return str(run("messages.append", sessionId=session, role="assistant", id="m", parts=[text("one", id="p1")])["id"])


def text(words: str, **more: Any) -> dict[str, Any]:
    return {"type": "text", "text": words} | more


def parts(run: Any, message: str) -> list[dict[str, Any]]:
    return list(run("messages.get", id=message)["parts"])


def content(run: Any) -> str:
    return str(run.rows("SELECT content FROM messages WHERE id = 'm'")[0][0])


def found(run: Any, query: str) -> list[str]:
    return [item["partId"] for item in run("messages.search", query=query)["items"]]


def test_a_new_part_comes_after_the_others(run: Any, message: str) -> None:
    put = run("parts.put", messageId=message, part=text("two", id="p0"))
    assert put == {
        "id": "p0",
        "messageId": message,
        "type": "text",
        "part": text("two", id="p0"),
        "createdAt": run.now,
        "updatedAt": run.now,
        "revision": 1,
    }
    assert parts(run, message) == [text("one", id="p1"), text("two", id="p0")]


def test_a_part_of_the_same_id_takes_the_place_of_the_one_before(run: Any, message: str) -> None:
    run("parts.put", messageId=message, part=text("two", id="p2"))
    again = run("parts.put", messageId=message, part={"type": "snapshot", "id": "p1", "snapshot": "s"})
    assert (again["revision"], again["type"], again["createdAt"] < again["updatedAt"]) == (2, "snapshot", True)
    assert parts(run, message) == [{"type": "snapshot", "id": "p1", "snapshot": "s"}, text("two", id="p2")]


@pytest.mark.parametrize(
    "part",
    [
        '{"id":"p1","type":"text","text":"a\\u00e9","n":1.0}',
        '{ "type":"hologram" , "id":"p1" , "n":[1e999,-0] }',
        '{"id":"p1","type":"text","text":"one","text":"two"}',
    ],
)
@pytest.mark.parametrize("fresh", [False, True])
def test_a_part_is_kept_byte_for_byte(run: Any, message: str, part: str, fresh: bool) -> None:
    part = part.replace("p1", "p2") if fresh else part
    reply = run.raw("parts.put", f'{{"messageId":"{message}","part": {part} }}'.encode()).decode()
    assert f'"part":{part},"createdAt"' in reply
    assert part in run.raw("messages.get", b'{"id":"m"}').decode()


def test_a_part_without_an_id_gets_one_before_everything_else(run: Any, message: str) -> None:
    reply = run.raw("parts.put", f'{{"messageId":"{message}","part":{{ "type":"x", "n":1.0 }}}}'.encode()).decode()
    id_ = json.loads(reply)["id"]
    assert f'"part":{{"id":"{id_}", "type":"x", "n":1.0 }},"createdAt"' in reply
    assert id_ != json.loads(run.raw("parts.put", f'{{"messageId":"{message}","part":{{"type":"x"}}}}'.encode()))["id"]


def test_a_part_of_another_message_is_a_conflict_that_carries_it(run: Any, session: str, message: str) -> None:
    other = run("messages.append", sessionId=session, role="user", parts=[text("hers", id="p9")])
    with pytest.raises(Conflict) as failure:
        run("parts.put", messageId=message, part=text("mine", id="p9"))
    current: Any = failure.value.details["current"]
    assert (failure.value.details["path"], current.message_id) == ("$.part.id", other["id"])
    assert parts(run, other["id"]) == [text("hers", id="p9")]


@pytest.mark.parametrize(
    ("part", "path"),
    [
        ({"type": "text"}, "$.part.text"),
        ({"text": "x"}, "$.part.type"),
        ({"type": "tool", "callID": "c", "tool": "t", "state": {"status": "error"}}, "$.part.state.input"),
        ([], "$.part"),
    ],
)
def test_a_part_that_lacks_what_it_must_hold_is_refused_by_its_path(
    run: Any, message: str, part: object, path: str
) -> None:
    with pytest.raises(InvalidParams) as failure:
        run("parts.put", messageId=message, part=part)
    assert failure.value.details["path"] == path


@pytest.mark.parametrize(
    ("name", "more"), [("put", {"part": text("x")}), ("delta", {"partId": "p1", "field": "text", "delta": "x"})]
)
def test_a_message_that_does_not_exist_is_named(run: Any, name: str, more: dict[str, Any]) -> None:
    with pytest.raises(NotFound) as failure:
        run(f"parts.{name}", messageId="nowhere", **more)
    assert failure.value.details["path"] == "$.messageId"


def sized(size: int, id_: str) -> dict[str, Any]:
    return text("x" * (size - len(json.dumps(text("", id=id_)))), id=id_)


def test_a_part_of_4_mib_is_kept_and_a_byte_more_is_refused(run: Any, message: str) -> None:
    run("parts.put", messageId=message, part=sized(4 * MEBIBYTE, "big"))
    with pytest.raises(LimitExceeded) as failure:
        run("parts.put", messageId=message, part=sized(4 * MEBIBYTE + 1, "big"))
    assert (failure.value.details["path"], failure.value.details["limit"]) == ("$.part", 4 * MEBIBYTE)


def test_the_parts_of_a_message_have_12_mib_together_and_one_may_be_put_anew(run: Any, session: str) -> None:
    run("messages.append", sessionId=session, role="user", id="m")
    for number in range(3):
        run("parts.put", messageId="m", part=sized(4 * MEBIBYTE, f"p{number}"))
    run("parts.put", messageId="m", part=sized(4 * MEBIBYTE, "p1"))
    with pytest.raises(LimitExceeded) as failure:
        run("parts.put", messageId="m", part=text("x"))
    assert (failure.value.details["path"], failure.value.details["limit"]) == ("$.part", 12 * MEBIBYTE)


def test_a_message_has_10000_parts_and_no_more(run: Any, session: str) -> None:
    many = [{"type": "x", "id": f"p{number}"} for number in range(10_000)]
    run("messages.append", sessionId=session, role="user", id="m", parts=many)
    run("parts.put", messageId="m", part={"type": "y", "id": "p7"})
    with pytest.raises(LimitExceeded) as failure:
        run("parts.put", messageId="m", part={"type": "x"})
    assert failure.value.details["limit"] == 10_000


def test_the_content_of_the_message_follows_its_text_parts(run: Any, message: str) -> None:
    run("parts.put", messageId=message, part=text("two", id="p2"))
    assert content(run) == "one\ntwo"
    run("parts.put", messageId=message, part=text("ONE", id="p1"))
    assert content(run) == "ONE\ntwo"
    run("parts.put", messageId=message, part={"type": "step-start", "id": "p1"})
    assert content(run) == "two"
    run("parts.delete", id="p2")
    assert content(run) == ""


def test_a_search_follows_the_parts(run: Any, message: str) -> None:
    assert found(run, "one") == ["p1"]
    run("parts.put", messageId=message, part=text("zebra", id="p1"))
    assert (found(run, "one"), found(run, "zebra")) == ([], ["p1"])
    run("parts.put", messageId=message, part={"type": "step-start", "id": "p1"})
    assert found(run, "zebra") == []
    run("parts.put", messageId=message, part=text("giraffe", id="p1"))
    assert found(run, "giraffe") == ["p1"]
    run("parts.delete", id="p1")
    assert found(run, "giraffe") == []
    assert run.rows("SELECT rowid FROM parts_search") == []


def test_the_message_is_another_revision_after_each_write_of_a_part(run: Any, message: str) -> None:
    before = run("messages.get", id=message)
    run("parts.put", messageId=message, part=text("two", id="p2"))
    run("parts.put", messageId=message, part=text("2", id="p2"))
    run("parts.delete", id="p2")
    after = run("messages.get", id=message)
    assert after == before | {"revision": before["revision"] + 3, "updatedAt": after["updatedAt"]}
    assert after["updatedAt"] > before["updatedAt"]


def test_delete_says_whether_there_was_something(run: Any, message: str) -> None:
    assert run("parts.delete", id="p1") == {"deleted": True}
    assert run("parts.delete", id="p1") == {"deleted": False}
    assert parts(run, message) == []


def test_a_delta_is_told_in_order_and_stores_nothing(run: Any, session: str, message: str) -> None:
    before, stored = len(run.changes), run.connection.total_changes
    for word in ("a", "b"):
        told = run("parts.delta", messageId=message, partId="p1", field="text", delta=word)
        assert told == {"id": "p1", "revision": 1}
    assert run.connection.total_changes == stored
    last = run.changes[before - 1].seq
    assert [
        (change.topic, change.seq, change.durable, json.loads(bytes(change.body))) for change in run.changes[before:]
    ] == [
        (
            "parts.delta",
            last,
            False,
            {"partId": "p1", "messageId": message, "sessionId": session, "field": "text", "delta": word},
        )
        for word in ("a", "b")
    ]


def test_a_long_delta_is_told_whole(run: Any, message: str) -> None:
    run("parts.delta", messageId=message, partId="p1", field="text", delta="x" * 100_000)
    assert len(json.loads(bytes(run.changes[-1].body))["delta"]) == 100_000


@pytest.mark.parametrize("part", ["nowhere", "hers"])
def test_a_delta_of_a_part_that_the_message_has_not_is_named(run: Any, session: str, message: str, part: str) -> None:
    run("messages.append", sessionId=session, role="user", parts=[text("x", id="hers")])
    with pytest.raises(NotFound) as failure:
        run("parts.delta", messageId=message, partId=part, field="text", delta="x")
    assert failure.value.details["path"] == "$.partId"


def test_every_write_is_told_with_its_workspace_and_makes_the_session_active(run: Any, home: Any) -> None:
    workspace = run("workspaces.open", projectDir=str(home))["id"]
    session = run("sessions.start", workspaceId=workspace)["id"]
    run("messages.append", sessionId=session, role="user", id="m")
    before = len(run.changes)
    put = run("parts.put", messageId="m", part=text("one", id="p"))
    assert run("sessions.get", id=session)["lastActive"] == put["updatedAt"]
    run("parts.delta", messageId="m", partId="p", field="text", delta="!")
    run("parts.delete", id="p")
    assert run("sessions.get", id=session)["lastActive"] == run.changes[-1].at
    told = [(change.topic, change.workspace_id, json.loads(bytes(change.body))) for change in run.changes[before:]]
    assert [entry[:2] for entry in told] == [(f"parts.{verb}", workspace) for verb in ("put", "delta", "delete")]
    assert told[0][2] == put
    assert told[2][2] == {"id": "p", "messageId": "m", "sessionId": session, "revision": 1}


def test_an_id_made_from_the_place_may_be_taken_already(run: Any, session: str, message: str) -> None:
    made = run("messages.append", sessionId=session, role="user", id="n", parts=[text("one")])["parts"][0]["id"]
    run("messages.delete", id="n")
    run("parts.put", messageId=message, part=text("another", id=made))
    with pytest.raises(Conflict) as failure:
        run("messages.append", sessionId=session, role="user", id="n", parts=[text("one")])
    assert failure.value.details["path"] == "$.parts[0].id"
    record = {"kind": "message", "id": "n", "sessionId": session, "role": "user", "parts": [text("one")]}
    imported = run("state.import", records=[record | {"createdAt": "2026-01-01T00:00:00.000Z"}])
    assert [each["index"] for each in imported["skipped"]] == [0]


def test_what_the_log_of_changes_refers_to_can_be_read(run: Any, message: str) -> None:
    put = run("parts.put", messageId=message, part=text("x" * 5000, id="p1"))
    reference = json.loads(bytes(run.changes[-1].body))["ref"]
    assert reference["noun"] == "parts"
    assert run("parts.get", id=reference["id"]) == put
    with pytest.raises(NotFound) as failure:
        run("parts.get", id="gone")
    assert failure.value.details["path"] == "$.id"
