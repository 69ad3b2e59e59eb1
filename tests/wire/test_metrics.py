"""daemon.metrics: what is counted is what was done, by whatever way it came."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from running import Daemon, until
from scriven.metrics import Histogram
from specimens import Passage
from wire_client import Wire

# Reached by the clock, so that it is so on any machine.
HELD_SECONDS = 0.05


def of(metrics: dict[str, Any], method: str) -> dict[str, Any]:
    """What is told of one method."""
    (found,) = (each for each in metrics["methods"] if each["method"] == method)
    return dict(found)


def hold() -> None:
    began = time.monotonic()
    until(lambda: time.monotonic() > began + HELD_SECONDS, "that time")


def test_a_daemon_that_did_nothing_counted_nothing(fresh: Daemon, connect: Callable[..., Wire]) -> None:
    metrics = connect(fresh).call("daemon.metrics")
    assert (metrics["instance"], metrics["methods"], metrics["errors"]) == (fresh.announced["instance"], [], {})
    assert metrics["subscribers"] == []
    assert metrics["bytesOut"] == 0


def test_calls_and_errors_are_counted_by_method_and_kind(fresh: Daemon, connect: Callable[..., Wire]) -> None:
    wire = connect(fresh)
    wire.call("settings.set", {"key": "a", "value": 1})
    wire.call("settings.set", ["b", 2])
    wire.notify("settings.set", {"key": "c", "value": 3})
    wire.fail("settings.set", {"key": "a", "value": 1, "ifRevision": 9})
    wire.fail("settings.set", ["a", 1, "global", 9])
    wire.fail("settings.set", {"key": ""}, malformed=True)
    wire.fail("settings.set", [], malformed=True)
    wire.notify("settings.set", {"key": "", "value": 1}, malformed=True)
    wire.notify("settings.set", {"key": "a", "value": 1, "ifRevision": 9})
    wire.fail("workspaces.get", {"id": "ws_absent"})
    metrics = wire.call("daemon.metrics")
    sets = of(metrics, "settings.set")
    assert sets["calls"] == 9
    assert sets["errors"] == {"conflict": 3, "invalid_params": 3}
    assert sets["waitUs"]["count"] == sets["runUs"]["count"] == 6, "those that ran"
    assert of(metrics, "workspaces.get")["errors"] == {"not_found": 1}
    assert [each["method"] for each in metrics["methods"]] == ["settings.set", "workspaces.get"]
    assert metrics["errors"] == {}
    assert wire.call("daemon.status")["traffic"]["errors"] == 7
    assert of(wire.call("daemon.metrics"), "daemon.metrics")["calls"] == 1


def test_what_is_a_call_of_no_method_is_counted_too(fresh: Daemon, connect: Callable[..., Wire]) -> None:
    wire = connect(fresh)
    wire.frame(b"{")
    wire.frame(b"[]")
    wire.frame(b"[1]")
    wire.frame(b'{"jsonrpc":"2.0","method":7}')
    for _ in range(4):
        wire.next_bytes()
    wire.fail("no.method", malformed=True)
    metrics = wire.call("daemon.metrics")
    assert metrics["errors"] == {"parse_error": 1, "invalid_request": 3, "method_not_found": 1}
    assert metrics["methods"] == []


def test_waiting_and_running_are_told_apart(attach: Callable[..., Wire], passage: Passage) -> None:
    keeper, wire = attach(), attach()
    before = of_or_none(wire.call("daemon.metrics"), "workspaces.list")
    assert before is None
    keeper.request("gate.read", {"directory": passage.directory})
    with passage.held():
        waiting = wire.request("workspaces.list", {})
        wire.alive()
        hold()
    wire.reply(waiting)
    keeper.message()
    metrics = wire.call("daemon.metrics")
    gate, listed = of(metrics, "gate.read"), of(metrics, "workspaces.list")
    held = HELD_SECONDS * 1_000_000
    assert gate["runUs"]["max"] >= held
    assert listed["waitUs"]["max"] >= held > listed["runUs"]["max"]
    assert listed["waitUs"]["p50"] >= held / 2, "estimated within a power of two"
    assert listed["waitUs"]["sum"] == listed["waitUs"]["max"], "of one call"


def of_or_none(metrics: dict[str, Any], method: str) -> dict[str, Any] | None:
    return next((each for each in metrics["methods"] if each["method"] == method), None)


def test_a_live_call_runs_as_long_as_it_waits_for_others(fresh: Daemon, connect: Callable[..., Wire]) -> None:
    wire = connect(fresh)
    wire.call("events.wait", {"topics": ["absent.*"], "timeoutMs": 30})
    waited = of(wire.call("daemon.metrics"), "events.wait")
    assert waited["runUs"]["sum"] >= 30_000 > waited["waitUs"]["sum"]


def test_a_call_that_was_cancelled_while_it_waited_has_no_times(attach: Callable[..., Wire], passage: Passage) -> None:
    keeper, wire = attach(), attach()
    keeper.request("gate.read", {"directory": passage.directory})
    with passage.held():
        waiting = wire.request("todos.get", {"sessionId": "absent"})
        wire.notify("$/cancelRequest", {"id": waiting})
        wire.reply(waiting)
    keeper.message()
    told = of(wire.call("daemon.metrics"), "todos.get")
    assert (told["calls"], told["errors"], told["runUs"]["count"]) == (1, {"request_cancelled": 1}, 0)
    assert told["waitUs"]["buckets"] == []


def test_calls_that_share_a_commit_are_one_batch(attach: Callable[..., Wire], passage: Passage) -> None:
    keeper, writers = attach(), [attach() for _ in range(20)]
    before = keeper.call("daemon.metrics")
    keeper.request("gate.read", {"directory": passage.directory})
    with passage.held():
        for number, wire in enumerate(writers):
            wire.request("settings.set", {"key": f"batch.{number}", "value": 1})
            wire.alive()
    for wire in writers:
        wire.message()
    keeper.message()
    after = keeper.call("daemon.metrics")
    assert after["batchCalls"]["max"] >= 20
    assert after["batchCalls"]["sum"] - before["batchCalls"]["sum"] >= 21
    assert 1 <= after["commits"] - before["commits"] < 20
    assert after["commitUs"]["count"] == after["commits"]
    assert after["commitUs"]["max"] > 0


def test_every_byte_is_counted_once(fresh: Daemon, connect: Callable[..., Wire]) -> None:
    wire = connect(fresh)
    asked = b'{"jsonrpc":"2.0","id":1,"method":"daemon.metrics"}'
    first = exchange(wire, asked)
    size = len(wire.last) + 1
    assert first["bytesIn"] == len(asked) + 1
    other = connect(fresh, "headers")
    other.call("settings.set", {"key": "a", "value": "x" * 100_000})
    sent = len(other.last) + len(b"Content-Length: \r\n\r\n") + len(str(len(other.last)))
    second = exchange(wire, asked)
    assert second["bytesOut"] == first["bytesOut"] + size + sent
    assert second["bytesIn"] > first["bytesIn"] + len(asked) + 100_000


def exchange(wire: Wire, asked: bytes) -> dict[str, Any]:
    wire.expect("1", "daemon.metrics")
    wire.frame(asked)
    return dict(wire.message()["result"])


def test_who_listens_is_told_with_its_lag(fresh: Daemon, connect: Callable[..., Wire]) -> None:
    writing, stalled = connect(fresh), connect(fresh)
    begun = stalled.call("events.subscribe", {"topics": ["*"]})
    number = writing.call("daemon.clients")[1]["id"]
    told = {"id": begun["subscription"], "client": number, "lag": 0}
    assert writing.call("daemon.metrics")["subscribers"] == [told]
    calls = [{"method": "settings.set", "params": {"key": "k", "value": "x" * 3000}}] * 1000
    for _ in range(3):
        writing.call("transaction.run", {"calls": calls})
    (behind,) = writing.call("daemon.metrics")["subscribers"]
    assert 0 < behind["lag"] <= 3000


@settings(max_examples=60)
@given(st.lists(st.integers(0, 2**40), min_size=1, max_size=60))
def test_a_percentile_is_estimated_to_a_factor_of_two(numbers: list[int]) -> None:
    histogram = Histogram()
    for number in numbers:
        histogram.add(number)
    assert (sum(histogram.counts), histogram.total, histogram.maximum) == (len(numbers), sum(numbers), max(numbers))
    for share in (0.5, 0.9, 0.99, 1.0):
        rank = max(0, -int(-share * len(numbers) // 1) - 1)
        true, told = sorted(numbers)[rank], histogram.quantile(share)
        assert true / 2 <= told <= max(2 * true, 0)
    assert histogram.quantile(0.5) <= histogram.quantile(0.9) <= histogram.quantile(0.99) <= histogram.maximum


def test_of_nothing_every_percentile_is_zero() -> None:
    assert [Histogram().quantile(share) for share in (0.5, 0.99)] == [0, 0]
