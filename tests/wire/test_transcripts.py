"""Transcripts over the socket: many clients append to one session at once, and every byte of a part comes back."""

from __future__ import annotations

import json
import random
import sqlite3
from collections.abc import Callable
from contextlib import closing
from typing import Any

import pytest

from running import Daemon
from wire_client import Wire

CLIENTS = 8
EACH = 60

VERBATIM = [
    b'{"id":"%b","type":"text","text":"caf\\u00e9 \\/ \\u0000","n":1.0}',
    b'{"n":123456789012345678901234567890,"type":"hologram" , "id":"%b", "e":[1e999 ,-0.0 ] }',
    '{"id":"%b","type":"reasoning","text":"日本 👩‍🚀","text":"twice","time":{"start":1e3}}'.encode(),
    b'{"id":"%b","type":"tool","callID":"c","tool":"t","state":{"status":"pending","input":{"b":1,"a":2},"raw":""}}',
]


def text(words: str, **more: Any) -> dict[str, Any]:
    return {"type": "text", "text": words} | more


def stored(daemon: Daemon, sql: str) -> list[tuple[Any, ...]]:
    """What another program reads in the file."""
    with closing(sqlite3.connect(f"file:{daemon.database}?mode=ro", uri=True)) as connection:
        return connection.execute(sql).fetchall()


def listed(wire: Wire, session: str, limit: int) -> list[dict[str, Any]]:
    """A whole session, page by page from the newest back."""
    found: list[dict[str, Any]] = []
    params: dict[str, Any] = {"sessionId": session, "limit": limit}
    while True:
        page = wire.call("messages.list", params)
        found = page["items"] + found
        if page["nextCursor"] is None:
            return found
        params["cursor"] = page["nextCursor"]


def test_clients_that_append_to_one_session_at_once_lose_nothing_and_each_keeps_its_order(
    fresh: Daemon, connect: Callable[..., Wire]
) -> None:
    wires = [connect(fresh) for _ in range(CLIENTS)]
    session = wires[0].call("sessions.start")["id"]
    rng = random.Random(5)
    for number, wire in enumerate(wires):
        for turn in range(EACH):
            parts = [text(f"{number} {turn}", id=f"p{number}-{turn}")] + [{"type": "step-start"}] * rng.randrange(3)
            wire.request("messages.append", {"sessionId": session, "role": "user", "parts": parts})
    replies = {}
    for wire in wires:
        for _ in range(EACH):
            message = wire.message()["result"]
            replies[message["id"]] = message
    messages = listed(wires[0], session, 37)
    assert len(messages) == len(replies) == CLIENTS * EACH
    assert {message["id"]: message for message in messages} == replies
    order = [tuple(map(int, message["parts"][0]["text"].split())) for message in messages]
    for number in range(CLIENTS):
        assert [turn for client, turn in order if client == number] == list(range(EACH))
    places = [place for (place,) in stored(fresh, "SELECT position FROM messages ORDER BY position")]
    assert places == list(range(1, CLIENTS * EACH + 1))
    logged = stored(fresh, "SELECT body ->> '$.id' FROM changes WHERE topic = 'messages.append' ORDER BY seq")
    assert [id_ for (id_,) in logged] == [message["id"] for message in messages]


def test_of_clients_that_append_the_same_id_one_succeeds_and_the_others_are_given_its_message(
    fresh: Daemon, connect: Callable[..., Wire]
) -> None:
    wires = [connect(fresh) for _ in range(CLIENTS)]
    session = wires[0].call("sessions.start")["id"]
    for turn in range(10):
        for number, wire in enumerate(wires):
            parts = [text(str(number))]
            wire.request("messages.append", {"sessionId": session, "role": "user", "id": f"m{turn}", "parts": parts})
    replies = [[wire.message() for _ in range(10)] for wire in wires]
    for turn in range(10):
        (winner,) = (each[turn]["result"] for each in replies if "result" in each[turn])
        told = [each[turn]["error"]["data"]["current"] for each in replies if "error" in each[turn]]
        assert told == [winner] * (CLIENTS - 1)


def test_parts_that_many_clients_put_into_one_message_are_all_there(
    fresh: Daemon, connect: Callable[..., Wire]
) -> None:
    wires = [connect(fresh) for _ in range(CLIENTS)]
    session = wires[0].call("sessions.start")["id"]
    wires[0].call("messages.append", {"sessionId": session, "role": "assistant", "id": "m"})
    for number, wire in enumerate(wires):
        for turn in range(10):
            part = text(f"{turn}", id=f"p{number}-{turn % 5}")
            wire.request("parts.put", {"messageId": "m", "part": part})
    revisions = sorted(wire.message()["result"]["revision"] for wire in wires for _ in range(10))
    assert revisions == [1] * 5 * CLIENTS + [2] * 5 * CLIENTS
    message = wires[0].call("messages.get", {"id": "m"})
    assert message["revision"] == 1 + 10 * CLIENTS
    assert sorted((part["id"], part["text"]) for part in message["parts"]) == sorted(
        (f"p{number}-{turn}", f"{turn + 5}") for number in range(CLIENTS) for turn in range(5)
    )


@pytest.mark.parametrize("part", VERBATIM, ids=["escapes", "numbers", "twice", "order"])
def test_a_part_comes_back_over_the_socket_byte_for_byte(wire: Wire, part: bytes) -> None:
    session = wire.call("sessions.start")["id"].encode()
    message = b"m-" + session
    part = part.replace(b"%b", session)
    calls = [
        ("messages.append", b'{"sessionId":"%b","role":"user","id":"%b","parts":[%b]}' % (session, message, part)),
        ("messages.get", b'{"id":"%b"}' % message),
        ("messages.list", b'{"sessionId":"%b"}' % session),
        ("parts.put", b'{"messageId":"%b","part":%b}' % (message, part)),
        ("messages.get", b'{"id":"%b"}' % message),
    ]
    for number, (method, params) in enumerate(calls):
        wire.expect(f'"{number}"', method)
        wire.frame(b'{"jsonrpc":"2.0","id":"%d","method":"%b","params":%b}' % (number, method.encode(), params))
        wire.message()
        assert part in wire.last, method


def test_deltas_are_answered_and_leave_the_change_log_as_it_was(fresh: Daemon, connect: Callable[..., Wire]) -> None:
    wire = connect(fresh)
    session = wire.call("sessions.start")["id"]
    wire.call("messages.append", {"sessionId": session, "role": "assistant", "id": "m", "parts": [text("", id="p")]})
    before = stored(fresh, "SELECT * FROM changes")
    for number in range(50):
        wire.request("parts.delta", {"messageId": "m", "partId": "p", "field": "text", "delta": f" {number}"})
    for _ in range(50):
        assert wire.message()["result"] == {"id": "p", "revision": 1}
    assert stored(fresh, "SELECT * FROM changes") == before
    whole = text("".join(f" {number}" for number in range(50)), id="p")
    assert wire.call("parts.put", {"messageId": "m", "part": whole})["part"] == whole
    assert [topic for (topic,) in stored(fresh, "SELECT topic FROM changes")][len(before) :] == ["parts.put"]


def test_a_message_and_its_end_are_one_transaction(wire: Wire) -> None:
    session = wire.call("sessions.start")["id"]
    calls = [
        {"method": "messages.append", "params": {"sessionId": session, "role": "user", "id": f"t-{session}"}},
        {"method": "parts.put", "params": {"messageId": f"t-{session}", "part": {"type": "text"}}},
    ]
    error = wire.fail("transaction.run", {"calls": calls})
    assert (error["data"]["path"], error["data"]["call"]) == ("$.part.text", 1)
    assert wire.call("messages.list", {"sessionId": session})["items"] == []


def test_what_is_private_in_a_part_is_not_kept(wire: Wire) -> None:
    session = wire.call("sessions.start")["id"]
    parts = [
        text("before <private>hunter2</private> after"),
        {"type": "future", "deep": [{"er": "<private>x</private>"}]},
    ]
    stored_parts = wire.call("messages.append", {"sessionId": session, "role": "user", "parts": parts})["parts"]
    assert stored_parts[0]["text"] == "before  after"
    assert stored_parts[1]["deep"] == [{"er": ""}]
    assert "hunter2" not in json.dumps(wire.call("messages.search", {"query": "hunter2"}))
