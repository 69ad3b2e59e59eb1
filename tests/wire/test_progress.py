"""`$/progress`: a caller that names a token hears how far its long call has come, and nothing after the reply."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from typing import Any

import pytest

from every_kind import MESSAGE, SESSION, counts
from running import Daemon
from specimens import Passage
from wire_client import Framing, Wire

# Whatever the machine: it is busy by the clock.
LONG = 1000

WORDS = " ".join(f"word{number}" for number in range(700))


def heard(wire: Wire, id_: int) -> tuple[list[dict[str, Any]], Any]:
    """The params of what is told before the reply of that id, and the reply."""
    told: list[dict[str, Any]] = []
    while True:
        message = json.loads(wire.next_bytes())
        if "id" in message:
            assert message["id"] == id_, message
            return told, message
        assert message["method"] == "$/progress", message
        assert set(message) == {"jsonrpc", "method", "params"}
        told.append(message["params"])


def steps(told: list[dict[str, Any]], token: object) -> list[int]:
    """How much was done each time."""
    assert [params["token"] for params in told] == [token] * len(told)
    assert all(set(params) == {"token", "value"} and set(params["value"]) == {"done", "total"} for params in told)
    return [params["value"]["done"] for params in told]


def grows(done: list[int]) -> bool:
    return all(before < after for before, after in itertools.pairwise(done))


def test_a_long_import_tells_how_many_records_are_done(
    fresh: Daemon, connect: Callable[..., Wire], framing: Framing
) -> None:
    wire = connect(fresh, framing)
    parts = [{"type": "text", "text": WORDS}, {"type": "text", "text": WORDS}]
    records = [SESSION, *(MESSAGE | {"id": f"m{number}", "parts": parts} for number in range(999))]
    asked = wire.request("state.import", {"records": records, "_meta": {"progressToken": "import-1"}})
    told, reply = heard(wire, asked)
    assert counts(reply["result"]) == (1000, 0, 0, 0)
    done = steps(told, "import-1")
    assert done
    assert grows(done)
    assert {params["value"]["total"] for params in told} == {1000}
    assert 0 < done[0] <= done[-1] < 1000
    wire.alive()


@pytest.mark.parametrize("token", [7, -(2**53 - 1), "ein Vorgang", "x" * 128])
def test_a_token_comes_back_as_it_was_given(attach: Callable[..., Wire], token: Any) -> None:
    wire = attach()
    told, reply = heard(wire, wire.request("march.write", {"milliseconds": 350, "_meta": {"progressToken": token}}))
    assert reply["result"] is True
    assert grows(steps(told, token))
    assert told
    wire.alive()


def test_it_is_told_about_ten_times_a_second(attach: Callable[..., Wire]) -> None:
    wire = attach()
    told, _ = heard(wire, wire.request("march.write", {"milliseconds": LONG, "_meta": {"progressToken": 1}}))
    assert 3 <= len(told) <= 10
    wire.alive()


def test_a_transaction_tells_of_its_calls_and_not_of_what_they_do_inside(attach: Callable[..., Wire]) -> None:
    wire = attach()
    calls = [{"method": "march.write", "params": {"milliseconds": LONG // 4}}] * 4
    told, reply = heard(wire, wire.request("transaction.run", {"calls": calls, "_meta": {"progressToken": 1}}))
    assert reply["result"]["results"] == [True] * 4
    done = steps(told, 1)
    assert {params["value"]["total"] for params in told} == {4}
    assert grows(done)
    assert set(done) <= {1, 2, 3, 4}
    assert len(done) >= 2


def test_who_names_no_token_hears_nothing(attach: Callable[..., Wire]) -> None:
    wire = attach()
    assert heard(wire, wire.request("march.write", {"milliseconds": 300})) == (
        [],
        {"jsonrpc": "2.0", "id": 1, "result": True},
    )
    wire.alive()


def test_a_call_that_is_short_tells_nothing(wire: Wire) -> None:
    params = {"calls": [], "_meta": {"progressToken": "short"}}
    assert wire.call("transaction.run", params) == {"results": []}
    wire.alive()


def test_a_call_that_begins_anew_tells_no_step_twice(attach: Callable[..., Wire], passage: Passage) -> None:
    """A batch in which another call fails after it wrote runs again, each call by itself."""
    keeper, marching, failing = attach(), attach(), attach()
    keeper.request("gate.read", {"directory": passage.directory})
    with passage.held():
        asked = marching.request("march.write", {"milliseconds": 350, "_meta": {"progressToken": "again"}})
        marching.alive()
        failing.request("botch.write", {"key": "again", "how": "call"})
        failing.alive()
    told, reply = heard(marching, asked)
    assert reply["result"] is True
    assert grows(steps(told, "again"))
    assert told
    assert "error" in failing.message()
    keeper.message()


def test_each_call_of_a_batch_has_its_own_token(attach: Callable[..., Wire]) -> None:
    wire = attach()
    wire.send(
        [
            {
                "jsonrpc": "2.0",
                "id": token,
                "method": "march.write",
                "params": {"milliseconds": 300, "_meta": {"progressToken": token}},
            }
            for token in ("a", "b")
        ]
    )
    told = []
    while isinstance(message := json.loads(wire.next_bytes()), dict):
        told.append(message["params"]["token"])
    assert [reply["id"] for reply in message] == ["a", "b"]
    assert set(told) == {"a", "b"}
    assert sorted(told) == told, "one after the other"


def test_another_connection_hears_nothing_of_it(attach: Callable[..., Wire]) -> None:
    marching, other = attach(), attach()
    asked = marching.request("march.write", {"milliseconds": 300, "_meta": {"progressToken": "mine"}})
    other.alive()
    assert other.call("settings.get", {"key": "absent"}) is None
    told, _ = heard(marching, asked)
    assert told
    other.alive()


@pytest.mark.parametrize("token", ["", "x" * 129, 2**53, 1.5, True, [], {}])
def test_a_token_is_a_short_text_or_a_whole_number(wire: Wire, token: Any) -> None:
    error = wire.fail("settings.get", {"key": "k", "_meta": {"progressToken": token}}, malformed=True)
    assert (error["data"]["kind"], error["data"]["path"]) == ("invalid_params", "$._meta.progressToken")
    assert wire.call("settings.get", {"key": "k", "_meta": {"progressToken": None}}) is None
