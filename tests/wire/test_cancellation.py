"""Cancelled calls and calls whose deadline passes: each gets exactly one reply, and it tells what became of it."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest

import specimens
from running import Daemon, until
from specimens import Passage
from wire_client import Wire, call


def cancel(wire: Wire, id_: object) -> None:
    wire.notify("$/cancelRequest", {"id": id_})


def kind(reply: dict[str, Any]) -> str:
    return str(reply["error"]["data"]["kind"]) if "error" in reply else "result"


@pytest.fixture
def gated(attach: Callable[..., Wire], passage: Passage) -> Callable[[], Wire]:
    """Sends a call that stands in the gate, from a connection of its own."""

    def send(method: str = "gate.read") -> Wire:
        keeper = attach()
        keeper.request(method, {"directory": passage.directory})
        return keeper

    return send


def test_a_waiting_call_is_cancelled_at_once(
    attach: Callable[..., Wire], gated: Callable[..., Wire], passage: Passage
) -> None:
    wire, keeper = attach(), gated()
    with passage.held():
        waiting = wire.request("settings.set", {"key": "cancelled", "value": 1})
        read = wire.request("settings.get", {"key": "cancelled"})
        cancel(wire, waiting)
        assert kind(wire.reply(waiting)) == "request_cancelled"
        cancel(wire, read)
        assert kind(wire.reply(read)) == "request_cancelled"
    assert "result" in keeper.message()
    assert wire.call("settings.get", {"key": "cancelled"}) is None
    wire.alive()


def test_cancelling_the_first_of_two_waiting_calls_leaves_the_second(
    attach: Callable[..., Wire], gated: Callable[..., Wire], passage: Passage
) -> None:
    wire, keeper = attach(), gated()
    with passage.held():
        first = wire.request("settings.set", {"key": "second", "value": 1})
        second = wire.request("settings.set", {"key": "second", "value": 2})
        cancel(wire, first)
        assert kind(wire.reply(first)) == "request_cancelled"
    assert wire.reply(second)["result"]["value"] == 2
    keeper.message()


def test_a_running_read_is_ended(attach: Callable[..., Wire], passage: Passage) -> None:
    wire = attach()
    slow = wire.request("slow.read", {"directory": passage.directory})
    with passage.held():
        pass
    cancel(wire, slow)
    assert kind(wire.reply(slow)) == "request_cancelled"
    wire.alive()


def test_a_running_write_is_not_cut_and_tells_its_result(attach: Callable[..., Wire], passage: Passage) -> None:
    wire = attach()
    writing = wire.request("gate.write", {"directory": passage.directory})
    with passage.held():
        cancel(wire, writing)
        wire.alive()
    assert wire.reply(writing)["result"] is True


def test_a_cancelled_read_does_not_disturb_the_writes_committed_with_it(
    attach: Callable[..., Wire], gated: Callable[..., Wire], passage: Passage, directory: str
) -> None:
    reader, writer, keeper = attach(), attach(), gated()
    second = Passage(f"{directory}/second")
    with passage.held():
        before = writer.request("settings.set", {"key": "beside", "value": "before"})
        writer.alive()
        slow = reader.request("slow.read", {"directory": second.directory})
        reader.alive()
        after = writer.request("settings.set", {"key": "beside", "value": "after"})
        writer.alive()
    with second.held():
        pass
    cancel(reader, slow)
    assert kind(reader.reply(slow)) == "request_cancelled"
    assert writer.reply(before)["result"]["value"] == "before"
    assert writer.reply(after)["result"]["value"] == "after"
    keeper.message()
    assert reader.call("settings.get", {"key": "beside"})["value"] == "after"


@pytest.mark.parametrize(
    "params", [{"id": 404}, {"id": None}, {"id": "x"}, {}, [], {"id": {}}, {"id": True}, [1], None]
)
def test_cancelling_what_is_not_under_way_is_silent(wire: Wire, params: Any) -> None:
    wire.notify("$/cancelRequest", params)
    wire.alive()
    cancel(wire, 1)
    wire.alive()


def test_another_connection_cannot_cancel_a_call_of_the_same_id(
    attach: Callable[..., Wire], gated: Callable[..., Wire], passage: Passage
) -> None:
    mine, other, keeper = attach(), attach(), gated()
    with passage.held():
        waiting = mine.request("settings.set", {"key": "mine", "value": 1})
        live = mine.request("daemon.status")
        mine.alive()
        for id_ in (waiting, live):
            cancel(other, id_)
        other.alive()
    assert "result" in mine.reply(waiting)
    assert "result" in mine.reply(live)
    keeper.message()


@pytest.mark.parametrize(
    ("id_", "named"),
    [('"a"', '"\\u0061"'), ("1180591620717411303424", "1180591620717411303424"), ("1e400", "1e400"), ("null", "null")],
)
def test_an_id_of_any_form_can_be_cancelled(
    attach: Callable[..., Wire], gated: Callable[..., Wire], passage: Passage, id_: str, named: str
) -> None:
    wire, keeper = attach(), gated()
    with passage.held():
        text = f'{{"jsonrpc":"2.0","id":{id_},"method":"settings.get","params":{{"key":"k"}}}}\n'
        notice = f'{{"jsonrpc":"2.0","method":"$/cancelRequest","params":{{"id":{named}}}}}\n'
        wire.expect(id_, "settings.get")
        wire.raw((text + notice).encode())
        wire.message()
        assert f'"id":{id_},'.encode() in wire.last
        assert b"request_cancelled" in wire.last
    keeper.message()


def test_a_call_of_an_odd_id_does_not_keep_another_from_being_cancelled(
    attach: Callable[..., Wire], gated: Callable[..., Wire], passage: Passage
) -> None:
    wire, keeper = attach(), gated()
    with passage.held():
        wire.expect("1e999", "settings.get")
        wire.raw(b'{"jsonrpc":"2.0","id":1e999,"method":"settings.get","params":{"key":"k"}}\n')
        waiting = wire.request("settings.get", {"key": "k"})
        cancel(wire, waiting)
        assert kind(wire.reply(waiting)) == "request_cancelled"
    wire.message()
    keeper.message()


def test_a_live_call_that_waits_is_cancelled(
    attach: Callable[..., Wire], gated: Callable[..., Wire], passage: Passage
) -> None:
    wire, keeper = attach(), gated()
    with passage.held():
        status = wire.request("daemon.status")
        cancel(wire, status)
        assert kind(wire.reply(status)) == "request_cancelled"
    keeper.message()
    assert kind(wire.ask("daemon.status")) == "result"


def test_a_wait_for_events_is_cancelled_and_the_connection_goes_on(attach: Callable[..., Wire]) -> None:
    wire, writer = attach(), attach()
    waiting = wire.request("events.wait", {"topics": ["settings.*"]})
    wire.alive()
    cancel(wire, waiting)
    assert kind(wire.reply(waiting)) == "request_cancelled"
    again = wire.request("events.wait", {"topics": ["settings.*"]})
    wire.alive()
    writer.call("settings.set", {"key": "waited", "value": 1})
    assert wire.reply(again)["result"]["items"][0]["body"]["key"] == "waited"


def test_a_cancelled_transaction_that_runs_is_made_whole_and_says_so(
    attach: Callable[..., Wire], passage: Passage
) -> None:
    wire = attach()
    calls = [
        {"method": "settings.set", "params": {"key": "whole.a", "value": 1}},
        {"method": "gate.write", "params": {"directory": passage.directory}},
        {"method": "settings.set", "params": {"key": "whole.b", "value": 2}},
    ]
    running = wire.request("transaction.run", {"calls": calls})
    with passage.held():
        cancel(wire, running)
        wire.alive()
    assert len(wire.reply(running)["result"]["results"]) == 3
    assert len(wire.call("settings.list", {"prefix": "whole."})["items"]) == 2


def test_a_cancelled_transaction_that_waits_leaves_nothing(
    attach: Callable[..., Wire], gated: Callable[..., Wire], passage: Passage
) -> None:
    wire, keeper = attach(), gated()
    with passage.held():
        calls = [{"method": "settings.set", "params": {"key": f"none.{n}", "value": n}} for n in range(3)]
        waiting = wire.request("transaction.run", {"calls": calls})
        cancel(wire, waiting)
        reply = wire.reply(waiting)
        assert (kind(reply), reply["error"]["data"]["outcome"]) == ("request_cancelled", "none")
    assert wire.call("settings.list", {"prefix": "none."})["items"] == []
    keeper.message()


def test_a_call_inside_a_batch_can_be_cancelled(
    attach: Callable[..., Wire], gated: Callable[..., Wire], passage: Passage
) -> None:
    wire, keeper = attach(), gated()
    with passage.held():
        wire.send([call("a", "settings.get", {"key": "k"}), call("b", "settings.get", {"key": "k"})])
        cancel(wire, "a")
        wire.alive()
    first, second = wire.message()
    assert kind(first) == "request_cancelled"
    assert kind(second) == "result"
    keeper.message()


def test_a_storm_of_cancellations_leaves_every_call_with_one_reply(
    attach: Callable[..., Wire], gated: Callable[..., Wire], passage: Passage
) -> None:
    wire, keeper = attach(), gated()
    with passage.held():
        ids = [wire.request("settings.set", {"key": f"storm{n}", "value": n}) for n in range(300)]
        for id_ in ids[::2]:
            cancel(wire, id_)
            cancel(wire, id_)
    replies = {reply["id"]: kind(reply) for reply in (wire.message() for _ in ids)}
    assert sorted(replies) == ids
    assert all(replies[id_] == "result" for id_ in ids[1::2])
    stored = {item["key"] for item in wire.call("settings.list", {"prefix": "storm", "limit": 1000})["items"]}
    assert stored == {f"storm{n}" for n, id_ in enumerate(ids) if replies[id_] == "result"}
    keeper.message()


def test_who_hangs_up_ends_its_own_reads_and_keeps_its_writes(
    attach: Callable[..., Wire], gated: Callable[..., Wire], passage: Passage
) -> None:
    leaving, staying, keeper = attach(), attach(), gated()
    with passage.held():
        leaving.request("slow.read")
        leaving.request("settings.set", {"key": "left", "value": "kept"})
        leaving.alive()
        leaving.close()
    # Were the read not ended, it would hold the database for minutes and this for longer than anybody waits.
    until(lambda: staying.call("settings.get", {"key": "left"}) is not None, "the write of who hung up")
    keeper.message()


def test_who_hangs_up_while_its_read_runs_ends_it(attach: Callable[..., Wire], passage: Passage) -> None:
    leaving, staying = attach(), attach()
    leaving.request("slow.read", {"directory": passage.directory})
    with passage.held():
        pass
    leaving.close()
    assert staying.call("settings.get", {"key": "absent"}) is None


def test_who_half_closes_keeps_its_reads(attach: Callable[..., Wire], passage: Passage) -> None:
    wire = attach()
    read = wire.request("gate.read", {"directory": passage.directory})
    with passage.held():
        wire.half_close()
    assert wire.reply(read)["result"] is True
    assert wire.at_end()


# Deadlines


def test_a_deadline_that_passes_while_the_call_waits_is_told_and_nothing_is_written(
    attach: Callable[..., Wire], gated: Callable[..., Wire], passage: Passage
) -> None:
    wire, keeper = attach(), gated()
    with passage.held():
        late = wire.request("settings.set", {"key": "late", "value": 1, "_meta": {"deadlineMs": 1}})
        patient = wire.request("settings.set", {"key": "late", "value": 2, "_meta": {"deadlineMs": 60_000}})
        began = time.monotonic()
        until(lambda: time.monotonic() > began + 0.01, "ten milliseconds")
        wire.alive()
    reply = wire.reply(late)
    assert kind(reply) == "deadline_exceeded"
    assert (reply["error"]["data"]["outcome"], reply["error"]["data"]["retryable"]) == ("none", True)
    assert wire.reply(patient)["result"]["revision"] == 1
    keeper.message()


def test_a_write_that_runs_past_its_deadline_is_not_cut_and_tells_its_result(
    attach: Callable[..., Wire], passage: Passage
) -> None:
    wire = attach()
    writing = wire.request("gate.write", {"directory": passage.directory, "_meta": {"deadlineMs": 500}})
    with passage.held():
        began = time.monotonic()
        until(lambda: time.monotonic() > began + 0.55, "the deadline")
        wire.alive()
    assert wire.reply(writing)["result"] is True


def test_a_wait_for_events_ends_at_its_deadline(attach: Callable[..., Wire]) -> None:
    wire = attach()
    error = wire.fail("events.wait", {"topics": ["absent.*"], "_meta": {"deadlineMs": 50}})
    assert error["data"]["kind"] == "deadline_exceeded"
    wire.alive()


def test_a_running_read_ends_at_its_deadline(attach: Callable[..., Wire]) -> None:
    wire = attach()
    assert wire.fail("slow.read", {"_meta": {"deadlineMs": 50}})["data"]["kind"] == "deadline_exceeded"
    wire.alive()


def test_a_read_that_runs_with_writes_ends_at_its_deadline_and_they_stand(
    attach: Callable[..., Wire], gated: Callable[..., Wire], passage: Passage
) -> None:
    wire, keeper = attach(), gated()
    with passage.held():
        first = wire.request("settings.set", {"key": "stand", "value": 1})
        slow = wire.request("slow.read", {"_meta": {"deadlineMs": 200}})
        last = wire.request("settings.set", {"key": "stand", "value": 2})
        wire.alive()
    assert wire.reply(first)["result"]["value"] == 1
    replies = [wire.message(), wire.message()]
    assert {reply["id"]: kind(reply) for reply in replies} == {slow: "deadline_exceeded", last: "result"}
    keeper.message()


def test_nobody_gets_more_time_than_the_daemon_allows(
    start: Callable[..., Daemon], connect: Callable[..., Wire], extended: Any
) -> None:
    daemon = start(program=(specimens.__file__,), environment={"SCRIVEN_LIMITS_DEADLINE_MS": "50"}).ready()
    wire = connect(daemon, judge=extended)
    assert wire.fail("slow.read")["data"]["kind"] == "deadline_exceeded"
    assert wire.fail("slow.read", {"_meta": {"deadlineMs": 60_000}})["data"]["kind"] == "deadline_exceeded"
