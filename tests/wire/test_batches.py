"""Batches: judged element by element, run in order, answered as one, and no transaction."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from running import Daemon
from wire_client import Wire, call, framed


def writes(count: int, key: str) -> list[dict[str, Any]]:
    return [call(n, "settings.set", {"key": key, "value": n}) for n in range(count)]


def ids(replies: list[dict[str, Any]]) -> list[Any]:
    return [reply["id"] for reply in replies]


def test_a_batch_of_nothing_is_an_invalid_request(wire: Wire) -> None:
    wire.frame(b"[]")
    reply = wire.message()
    assert (reply["id"], reply["error"]["code"]) == (None, -32600)
    wire.alive()


@pytest.mark.parametrize("text", ["[ ]", "[\t]"])
def test_a_batch_of_blanks_is_one_of_nothing(wire: Wire, text: str) -> None:
    wire.frame(text.encode())
    assert wire.message()["error"]["code"] == -32600
    wire.alive()


def test_a_batch_of_one_is_answered_by_an_array_of_one(wire: Wire) -> None:
    wire.send([call("only", "daemon.health")])
    [reply] = wire.message()
    assert reply["id"] == "only"


def test_a_batch_of_a_thousand_takes_effect_in_its_order(wire: Wire) -> None:
    before = (wire.call("settings.get", {"key": "thousand"}) or {"revision": 0})["revision"]
    wire.send(writes(1000, "thousand"))
    replies = wire.message()
    assert ids(replies) == list(range(1000))
    assert [reply["result"]["revision"] for reply in replies] == list(range(before + 1, before + 1001))


def test_a_batch_of_a_thousand_and_one_is_refused_whole(wire: Wire) -> None:
    wire.send(writes(1001, "refused"))
    wire.forget()
    reply = wire.message()
    assert (reply["id"], reply["error"]["data"]["kind"], reply["error"]["data"]["limit"]) == (
        None,
        "limit_exceeded",
        1000,
    )
    assert wire.call("settings.get", {"key": "refused"}) is None


def test_every_element_is_judged_alone(wire: Wire) -> None:
    wire.send(
        [
            call(1, "settings.set", {"key": "alone", "value": 1}),
            7,
            [],
            [call(9, "daemon.health")],
            None,
            {"jsonrpc": "2.0", "id": 2, "method": 5},
            {"jsonrpc": "2.0", "id": True, "method": "daemon.health"},
            call(3, "nothing.there"),
            call(4, "settings.get", {"key": 5}),
            call(5, "settings.get", {"key": "alone"}),
        ],
        malformed=True,
    )
    replies = wire.message()
    assert ids(replies) == [1, None, None, None, None, 2, None, 3, 4, 5]
    assert [reply.get("error", {}).get("code") for reply in replies] == [None] + [-32600] * 6 + [-32601, -32602, None]
    assert replies[-1]["result"]["value"] == 1
    wire.alive()


def test_a_batch_is_no_transaction(wire: Wire) -> None:
    wire.send(
        [
            call(1, "settings.set", {"key": "kept", "value": "first"}),
            call(2, "settings.set", {"key": "kept", "value": "no", "ifRevision": 10_000}),
            call(3, "settings.set", {"key": "kept", "value": "last"}),
        ]
    )
    replies = wire.message()
    assert replies[1]["error"]["data"]["kind"] == "conflict"
    assert replies[1]["error"]["data"]["current"]["value"] == "first"
    assert wire.call("settings.get", {"key": "kept"})["value"] == "last"


def test_a_live_call_in_the_middle_sees_what_came_before_it(fresh: Daemon, connect: Callable[..., Wire]) -> None:
    wire = connect(fresh)
    batch = [call(n, "settings.set", {"key": f"k{n}", "value": n}) for n in range(100)]
    batch.insert(60, call("status", "daemon.status"))
    wire.send(batch)
    replies = wire.message()
    assert ids(replies).index("status") == 60
    assert replies[60]["result"]["counts"]["settings"] == 60


def test_giving_up_the_right_to_write_holds_for_the_rest_of_the_batch(wire: Wire) -> None:
    wire.send(
        [
            call(1, "settings.set", {"key": "right", "value": "had"}),
            call(2, "daemon.hello", {"access": "read"}),
            call(3, "settings.set", {"key": "right", "value": "given up"}),
            call(4, "settings.get", {"key": "right"}),
        ]
    )
    replies = wire.message()
    assert ids(replies) == [1, 2, 3, 4]
    assert replies[2]["error"]["data"]["kind"] == "forbidden"
    assert replies[3]["result"]["value"] == "had"


def test_calls_of_one_id_are_all_answered(wire: Wire) -> None:
    wire.send([call("same", "settings.set", {"key": "twins", "value": n}) for n in range(3)])
    replies = wire.message()
    assert ids(replies) == ["same"] * 3
    assert [reply["result"]["value"] for reply in replies] == [0, 1, 2]


def test_notifications_in_a_batch_take_effect_and_get_no_reply(wire: Wire) -> None:
    quiet = call(0, "settings.set", {"key": "quiet", "value": "noted"})
    del quiet["id"]
    wire.send([quiet, call(1, "settings.get", {"key": "quiet"}), quiet])
    [reply] = wire.message()
    assert reply["result"]["value"] == "noted"


def test_a_batch_of_notifications_gets_nothing_at_all(wire: Wire) -> None:
    quiet = call(0, "settings.set", {"key": "silence", "value": 1})
    del quiet["id"]
    wire.send([quiet] * 50)
    assert wire.call("settings.get", {"key": "silence"})["revision"] % 50 == 0


def test_a_call_after_a_batch_waits_for_the_batch(wire: Wire) -> None:
    key = f"after-{wire.framing}"
    wire.send(writes(300, key))
    wire.request("settings.get", {"key": key})
    batch, single = wire.message(), wire.message()
    if not isinstance(batch, list):
        batch, single = single, batch
    assert single["result"]["revision"] == 300
    assert len(batch) == 300


def test_a_batch_that_ends_in_a_live_call_survives_a_cancellation_right_behind_it(wire: Wire) -> None:
    for _ in range(50):
        batch = wire.encoded([call("last", "daemon.status")])
        cancel = wire.encoded({"jsonrpc": "2.0", "method": "$/cancelRequest", "params": {"id": "last"}})
        wire.raw(framed(batch, wire.framing) + framed(cancel, wire.framing))
        [reply] = wire.message()
        assert reply["id"] == "last"
        assert "result" in reply or reply["error"]["data"]["kind"] == "request_cancelled"
    wire.alive()


def test_the_replies_of_a_batch_have_a_limit_together_and_each_beyond_it_tells_what_happened(
    fresh: Daemon, connect: Callable[..., Wire]
) -> None:
    wire = connect(fresh)
    wire.call("settings.set", {"key": "large", "value": "x" * 1_000_000})
    before = fresh.resident_bytes()
    batch = [call(n, "settings.get", {"key": "large"}) for n in range(300)]
    batch += [call(300, "settings.set", {"key": "small", "value": "x" * 1_000_000})]
    batch += [call(301, "settings.set", {"key": "large", "value": 1, "ifRevision": 9})]
    wire.send(batch)
    replies = wire.message()
    assert ids(replies) == list(range(302))
    assert len(wire.last) <= 16 * 1024 * 1024 + 302 * 300
    answered = [n for n, reply in enumerate(replies) if "result" in reply]
    assert answered == list(range(16))
    told = [reply["error"]["data"] for reply in replies[16:]]
    assert {(data["kind"], data["limit"]) for data in told} == {("limit_exceeded", 16 * 1024 * 1024)}
    assert [data["outcome"] for data in told] == ["none"] * 284 + ["done", "none"]
    assert wire.call("settings.get", {"key": "small"})["revision"] == 1
    assert fresh.resident_bytes() - before < 250_000_000


def test_the_results_of_a_transaction_have_a_limit_and_beyond_it_nothing_happens(wire: Wire) -> None:
    wire.call("settings.set", {"key": "large", "value": "x" * 1_000_000})
    calls: list[dict[str, Any]] = [{"method": "settings.set", "params": {"key": f"not-{wire.framing}", "value": 1}}]
    calls += [{"method": "settings.get", "params": {"key": "large"}}] * 50
    error = wire.fail("transaction.run", {"calls": calls})
    assert (error["data"]["kind"], error["data"]["outcome"]) == ("limit_exceeded", "none")
    assert error["data"]["call"] == 17
    assert wire.call("settings.get", {"key": f"not-{wire.framing}"}) is None


def test_who_hangs_up_on_a_batch_has_it_done_all_the_same(connect: Callable[..., Wire]) -> None:
    wire, other = connect(), connect()
    wire.send([*writes(400, "left"), call("end", "settings.set", {"key": "left-end", "value": 1})])
    wire.half_close()
    assert len(wire.message()) == 401
    assert wire.at_end()
    assert other.call("settings.get", {"key": "left-end"})["revision"] == 1
