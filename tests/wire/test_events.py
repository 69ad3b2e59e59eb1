"""Events over the socket: every change once and in order, live and from the log, with no seam between."""

from __future__ import annotations

import json
from collections.abc import Callable
from itertools import count
from typing import Any

import pytest

from contract import Contract
from running import Daemon, until
from wire_client import Framing, Wire, call


def put(wire: Wire, key: str, value: Any = 1) -> None:
    wire.call("settings.set", {"key": key, "value": value})


def told(wire: Wire, count: int) -> list[dict[str, Any]]:
    """The params of the next notifications."""
    return [json.loads(wire.next_bytes())["params"] for _ in range(count)]


def keys(events: list[dict[str, Any]]) -> list[str]:
    return [event["body"]["key"] for event in events]


def test_a_change_is_told_as_it_was_stored(fresh: Daemon, connect: Callable[..., Wire]) -> None:
    listening, writing = connect(fresh), connect(fresh)
    begun = listening.call("events.subscribe", {"topics": ["settings.*"]})
    stored = writing.call("settings.set", {"key": "theme", "value": "dark"})
    (event,) = told(listening, 1)
    assert event == {
        "subscription": begun["subscription"],
        "cursor": "c1",
        "at": stored["updatedAt"],
        "topic": "settings.set",
        "workspaceId": "global",
        "body": stored,
    }


def test_only_what_was_asked_for_is_told(fresh: Daemon, connect: Callable[..., Wire], directory: str) -> None:
    listening, writing = connect(fresh), connect(fresh)
    workspace = writing.call("workspaces.open", {"projectDir": directory})["id"]
    listening.call("events.subscribe", {"topics": ["settings.s?t", "app.build.*"], "workspaceId": workspace})
    put(writing, "global")
    writing.call("settings.set", {"key": "own", "value": 1, "workspaceId": workspace})
    writing.call("settings.delete", {"key": "own", "workspaceId": workspace})
    writing.call("events.publish", {"topic": "app.build.done", "body": 7, "workspaceId": workspace})
    writing.call("events.publish", {"topic": "app.other", "body": 7, "workspaceId": workspace})
    writing.call("settings.set", {"key": "last", "value": 1, "workspaceId": workspace})
    assert [event["topic"] for event in told(listening, 3)] == ["settings.set", "app.build.done", "settings.set"]


def test_with_a_cursor_what_was_missed_comes_first_and_the_rest_follows(
    fresh: Daemon, connect: Callable[..., Wire]
) -> None:
    listening, writing = connect(fresh), connect(fresh)
    for number in range(1200):
        put(writing, f"k{number:04}")
    begun = listening.call("events.subscribe", {"topics": ["*"], "since": "c200"})
    assert begun["cursor"] == "c200"
    for number in range(1200, 1300):
        put(writing, f"k{number:04}")
    events = told(listening, 1100)
    assert keys(events) == [f"k{number:04}" for number in range(200, 1300)]
    assert [event["cursor"] for event in events] == [f"c{number}" for number in range(201, 1301)]


def test_a_reader_that_stalls_gets_everything_once_it_reads_again(fresh: Daemon, connect: Callable[..., Wire]) -> None:
    stalled, writing = connect(fresh), connect(fresh)
    stalled.call("events.subscribe", {"topics": ["settings.set"]})
    before = fresh.resident_bytes()
    for start in range(0, 8000, 100):
        numbers = range(start, start + 100)
        calls = [{"method": "settings.set", "params": {"key": f"k{n}", "value": "x" * 1000}} for n in numbers]
        writing.call("transaction.run", {"calls": calls})
    assert fresh.resident_bytes() - before < 24 * 1024 * 1024
    assert keys(told(stalled, 8000)) == [f"k{n}" for n in range(8000)]


def test_a_call_beside_a_flood_of_events_is_answered(fresh: Daemon, connect: Callable[..., Wire]) -> None:
    listening = connect(fresh)
    listening.call("events.subscribe", {"topics": ["*"]})
    listening.send({"jsonrpc": "2.0", "id": "own", "method": "settings.set", "params": {"key": "own", "value": 1}})
    seen = [json.loads(listening.next_bytes()) for _ in range(2)]
    assert {message.get("id", message.get("method")) for message in seen} == {"own", "events.event"}


@pytest.mark.parametrize("cursor", ["c99", "c999999999999999999"])
def test_a_cursor_the_log_never_had_is_expired(fresh: Daemon, connect: Callable[..., Wire], cursor: str) -> None:
    wire = connect(fresh)
    put(wire, "a")
    for method, params in (("subscribe", {"topics": ["*"]}), ("history", {}), ("wait", {"topics": ["*"]})):
        error = wire.fail(f"events.{method}", params | {"since": cursor})
        assert (error["data"]["kind"], error["data"]["head"]) == ("cursor_expired", "c1")


def test_an_unsubscribed_reader_is_told_nothing_more(fresh: Daemon, connect: Callable[..., Wire]) -> None:
    listening, writing = connect(fresh), connect(fresh)
    first = listening.call("events.subscribe", {"topics": ["*"]})["subscription"]
    second = listening.call("events.subscribe", {"topics": ["*"]})["subscription"]
    assert listening.call("events.unsubscribe", {"subscription": first}) == {"unsubscribed": True}
    assert listening.call("events.unsubscribe", {"subscription": first}) == {"unsubscribed": False}
    put(writing, "a")
    put(writing, "b")
    assert [event["subscription"] for event in told(listening, 2)] == [second] * 2


def test_what_is_only_told_takes_no_place_in_the_log(fresh: Daemon, connect: Callable[..., Wire]) -> None:
    listening, writing = connect(fresh), connect(fresh)
    listening.call("events.subscribe", {"topics": ["*"]})
    put(writing, "a")
    published = writing.call("events.publish", {"topic": "app.tick", "body": {"n": 1}, "durable": False})
    assert published["cursor"] == "c1"
    heard = [(event["topic"], event["cursor"]) for event in told(listening, 2)]
    assert heard == [("settings.set", "c1"), ("app.tick", "c1")]
    assert [item["topic"] for item in writing.call("events.history", {})["items"]] == ["settings.set"]


def test_history_goes_through_the_log_page_by_page(fresh: Daemon, connect: Callable[..., Wire]) -> None:
    wire = connect(fresh)
    for number in range(7):
        put(wire, f"k{number}")
    seen, since = [], None
    while True:
        page = wire.call("events.history", {"limit": 3} | ({"since": since} if since else {}))
        seen += page["items"]
        since = page["nextCursor"]
        if since is None:
            break
    assert keys(seen) == [f"k{number}" for number in range(7)]
    assert page["head"] == "c7"


def test_a_wait_ends_with_the_change_it_waited_for(fresh: Daemon, connect: Callable[..., Wire]) -> None:
    waiting, writing = connect(fresh), connect(fresh)
    waiting.send(
        {"jsonrpc": "2.0", "id": 1, "method": "events.wait", "params": {"topics": ["settings.set"], "timeoutMs": 20000}}
    )
    # Whether it has begun to wait cannot be seen, so that there is something to hear of until it has ended.
    numbers = count()
    while not waiting.has_come():
        put(writing, f"k{next(numbers)}")
    waited = json.loads(waiting.next_bytes())["result"]
    assert keys(waited["items"]) == [f"k{int(item['cursor'][1:]) - 1}" for item in waited["items"]]
    assert waited["cursor"] == waited["items"][-1]["cursor"]


def test_a_wait_that_nothing_ends_gives_a_cursor_to_go_on_with(fresh: Daemon, connect: Callable[..., Wire]) -> None:
    wire = connect(fresh)
    put(wire, "a")
    assert wire.call("events.wait", {"topics": ["*"], "timeoutMs": 1}) == {"items": [], "cursor": "c1"}
    put(wire, "b")
    assert keys(wire.call("events.wait", {"topics": ["*"], "since": "c1"})["items"]) == ["b"]


def test_a_daemon_that_ends_says_goodbye_with_the_cursor_to_go_on_from(
    start: Callable[..., Daemon], connect: Callable[..., Wire], contract: Contract
) -> None:
    del contract
    ending = start().ready()
    wire = connect(ending)
    begun = wire.call("events.subscribe", {"topics": ["*"]})
    ending.stop()
    closed = json.loads(wire.next_bytes())
    assert (closed["method"], closed["params"]) == (
        "events.closed",
        {"subscription": begun["subscription"], "reason": "shutting_down", "cursor": "c0"},
    )


def test_a_wait_ends_when_the_daemon_does(start: Callable[..., Daemon], connect: Callable[..., Wire]) -> None:
    ending = start().ready()
    wire, other = connect(ending), connect(ending)
    id_ = wire.request("events.wait", {"topics": ["*"], "timeoutMs": 20_000})
    until(lambda: other.call("daemon.status")["traffic"]["calls"] >= 2, "the wait has begun")
    ending.stop()
    assert wire.reply(id_)["result"] == {"items": [], "cursor": "c0"}


@pytest.mark.parametrize("size", [3000, 100_000])
def test_a_change_too_long_for_the_log_is_told_as_a_reference(
    fresh: Daemon, connect: Callable[..., Wire], framing: Framing, size: int
) -> None:
    listening, writing = connect(fresh, framing), connect(fresh)
    listening.call("events.subscribe", {"topics": ["*"]})
    put(writing, "k", "first")
    stored = writing.call("settings.set", {"key": "k", "value": "é" * size})
    whole, reference = told(listening, 2)
    assert whole["body"]["value"] == "first"
    assert reference["body"] == {"ref": {"noun": "settings", "id": "k", "revision": 2}}
    assert writing.call("settings.get", {"key": reference["body"]["ref"]["id"]}) == stored
    again = connect(fresh, framing)
    again.call("events.subscribe", {"topics": ["*"], "since": "c0"})
    assert [event["body"] for event in told(again, 2)] == [whole["body"], reference["body"]]


def test_live_events_and_those_from_the_log_are_the_same_bytes(
    fresh: Daemon, connect: Callable[..., Wire], framing: Framing
) -> None:
    live, writing = connect(fresh, framing), connect(fresh)
    live.call("events.subscribe", {"topics": ["*"]})
    for value in ({"b": 1, "a": 1.0}, "é\u2028\n", None, 10**30):
        put(writing, "k", value)
    late = connect(fresh, framing)
    late.call("events.subscribe", {"topics": ["*"], "since": "c0"})
    for _ in range(4):
        assert live.next_bytes().replace(b'"sub_1"', b'"sub_2"') == late.next_bytes()


def test_a_connection_has_at_most_100_subscriptions(fresh: Daemon, connect: Callable[..., Wire]) -> None:
    wire, other = connect(fresh), connect(fresh)
    made = [wire.call("events.subscribe", {"topics": ["*"]})["subscription"] for _ in range(100)]
    assert len(set(made)) == 100
    error = wire.fail("events.subscribe", {"topics": ["*"]})
    assert (error["data"]["kind"], error["data"]["limit"]) == ("limit_exceeded", 100)
    other.call("events.subscribe", {"topics": ["*"]})
    wire.call("events.unsubscribe", {"subscription": made[50]})
    made[50] = wire.call("events.subscribe", {"topics": ["*"]})["subscription"]
    put(other, "a")
    assert sorted(event["subscription"] for event in told(wire, 100)) == sorted(made)


def test_a_subscription_in_a_batch_hears_of_the_calls_after_it_and_not_of_those_before(
    fresh: Daemon, connect: Callable[..., Wire]
) -> None:
    wire = connect(fresh)
    keys_set = [call(key, "settings.set", {"key": key, "value": 1}) for key in ("before", "after")]
    wire.send([keys_set[0], call("begin", "events.subscribe", {"topics": ["*"]}), keys_set[1]])
    # The array may come before the event or after it.
    messages = [json.loads(wire.next_bytes()) for _ in range(2)]
    [replies] = [message for message in messages if isinstance(message, list)]
    [event] = [message["params"] for message in messages if isinstance(message, dict)]
    assert [reply["id"] for reply in replies] == ["before", "begin", "after"]
    assert replies[1]["result"] == {"subscription": event["subscription"], "cursor": "c1"}
    assert event["body"]["key"] == "after"


def test_a_subscription_hears_of_the_call_that_was_sent_right_behind_it(
    fresh: Daemon, connect: Callable[..., Wire]
) -> None:
    wire = connect(fresh)
    for number in range(50):
        topic = f"app.n{number}"
        calls = [
            call(1, "events.subscribe", {"topics": [topic]}),
            call(2, "events.publish", {"topic": topic, "body": number}),
        ]
        wire.raw(b"".join(json.dumps(one).encode() + b"\n" for one in calls))
        messages = [json.loads(wire.next_bytes()) for _ in range(3)]
        [event] = [message["params"] for message in messages if "params" in message]
        assert event["body"] == number


def test_a_connection_that_only_reads_may_listen_and_not_publish(fresh: Daemon, connect: Callable[..., Wire]) -> None:
    reading, writing = connect(fresh), connect(fresh)
    reading.call("daemon.hello", {"access": "read"})
    reading.call("events.subscribe", {"topics": ["*"]})
    assert reading.fail("events.publish", {"topic": "app.x", "body": 1})["data"]["kind"] == "forbidden"
    put(writing, "a")
    assert keys(told(reading, 1)) == ["a"]
    assert keys(reading.call("events.history", {})["items"]) == ["a"]
    assert keys(reading.call("events.wait", {"topics": ["*"], "since": "c0"})["items"]) == ["a"]


def test_a_subscription_of_another_connection_cannot_be_ended(fresh: Daemon, connect: Callable[..., Wire]) -> None:
    listening, other = connect(fresh), connect(fresh)
    begun = listening.call("events.subscribe", {"topics": ["*"]})
    assert other.call("events.unsubscribe", {"subscription": begun["subscription"]}) == {"unsubscribed": False}
    put(other, "a")
    assert keys(told(listening, 1)) == ["a"]
