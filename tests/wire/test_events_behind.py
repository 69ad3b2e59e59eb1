"""Subscribers that fall behind: the log serves them at their own pace, as far back as it reaches."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from typing import Any

import pytest

from running import Daemon, until
from wire_client import FRAMINGS, Framing, Wire, call


def fill(wire: Wire, first: int, last: int, size: int = 1000) -> None:
    """Changes of about that size, one place in the log each."""
    for start in range(first, last + 1, 100):
        numbers = range(start, min(start + 100, last + 1))
        calls = [{"method": "settings.set", "params": {"key": f"k{n}", "value": "x" * size}} for n in numbers]
        wire.call("transaction.run", {"calls": calls})


def places(daemon: Daemon) -> tuple[int, int]:
    """The oldest and the newest place in the log."""
    with closing(sqlite3.connect(f"file:{daemon.database}?mode=ro", uri=True)) as connection:
        oldest, newest = connection.execute("SELECT min(seq), max(seq) FROM changes").fetchone()
    return oldest, newest


def told(wire: Wire) -> Any:
    """The next notification."""
    return json.loads(wire.next_bytes())


@pytest.mark.parametrize("framing", FRAMINGS)
def test_two_subscriptions_of_one_connection_both_catch_up(
    fresh: Daemon, connect: Callable[..., Wire], framing: Framing
) -> None:
    writing, listening = connect(fresh), connect(fresh, framing)
    fill(writing, 1, 2000, 3000)
    batch = [call(n, "events.subscribe", {"topics": [topics], "since": "c0"}) for n, topics in enumerate("*?")]
    batch[1]["params"]["topics"] = ["settings.*"]
    listening.send(batch)
    seen: dict[str, list[str]] = {}
    while sum(map(len, seen.values())) < 4000:
        message = told(listening)
        if isinstance(message, dict):
            seen.setdefault(message["params"]["subscription"], []).append(message["params"]["cursor"])
    assert list(seen.values()) == [[f"c{n}" for n in range(1, 2001)]] * 2


def test_who_sleeps_until_the_log_has_forgotten_its_place_is_told_where_it_was(
    start: Callable[..., Daemon], connect: Callable[..., Wire]
) -> None:
    daemon = start(environment={"SCRIVEN_RETENTION_CHANGES_ROWS": "1000"}).ready()
    asleep, writing = connect(daemon), connect(daemon)
    begun = asleep.call("events.subscribe", {"topics": ["*"]})
    fill(writing, 1, 5000)
    until(lambda: places(daemon) == (4001, 5000), "the end of what is over the limit")
    cursor = 0
    while (message := told(asleep))["method"] == "events.event":
        cursor += 1
        assert message["params"]["cursor"] == f"c{cursor}"
    assert (message["method"], message["params"]) == (
        "events.closed",
        {"subscription": begun["subscription"], "reason": "cursor_expired", "cursor": f"c{cursor}"},
    )
    assert 0 < cursor < 4000
    assert asleep.call("events.unsubscribe", {"subscription": begun["subscription"]}) == {"unsubscribed": False}
    error = asleep.fail("events.subscribe", {"topics": ["*"], "since": f"c{cursor}"})
    assert (error["data"]["kind"], error["data"]["oldest"], error["data"]["head"]) == (
        "cursor_expired",
        "c4000",
        "c5000",
    )
    asleep.call("events.subscribe", {"topics": ["*"], "since": error["data"]["oldest"]})
    assert [told(asleep)["params"]["cursor"] for _ in range(1000)] == [f"c{n}" for n in range(4001, 5001)]


def test_changes_that_are_too_old_leave_the_log_and_their_cursors_expire(
    start: Callable[..., Daemon], connect: Callable[..., Wire]
) -> None:
    first = start().ready()
    fill(connect(first), 1, 10)
    first.stop()
    with closing(sqlite3.connect(first.database)) as connection:
        connection.execute("UPDATE changes SET at = '2020-01-01T00:00:00.000Z' WHERE seq <= 6")
        connection.commit()
    second = start(environment={"SCRIVEN_RETENTION_CHANGES_DAYS": "1"}).ready()
    wire = connect(second)
    assert wire.call("events.history", {"since": "c0"})["items"][0]["cursor"] == "c1"
    fill(wire, 11, 11)
    until(lambda: places(second) == (7, 11), "the end of what is too old")
    assert wire.fail("events.wait", {"topics": ["*"], "since": "c5"})["data"]["kind"] == "cursor_expired"
    assert wire.call("events.subscribe", {"topics": ["*"], "since": "c6"})["cursor"] == "c6"
    assert told(wire)["params"]["cursor"] == "c7"


def test_how_much_was_missed_of_what_is_not_kept_is_told_with_the_next_event(
    fresh: Daemon, connect: Callable[..., Wire]
) -> None:
    asleep, writing = connect(fresh), connect(fresh)
    asleep.call("events.subscribe", {"topics": ["app.*"]})
    asleep.call("events.subscribe", {"topics": ["settings.*"]})
    passing = 60
    for number in range(passing):
        body = [number, "x" * 60_000]
        writing.call("events.publish", {"topic": "app.passing", "body": body, "durable": False})
    writing.call("events.publish", {"topic": "app.kept", "body": 0})
    writing.call("settings.set", {"key": "k", "value": 1})
    numbers = []
    while (params := told(asleep)["params"])["topic"] == "app.passing":
        assert "missed" not in params
        assert params["cursor"] == "c0"
        numbers.append(params["body"][0])
    assert numbers == list(range(len(numbers)))
    assert 0 < len(numbers) < passing
    other = told(asleep)["params"]
    events = {params["topic"]: params, other["topic"]: other}
    assert events["app.kept"]["missed"] == passing - len(numbers)
    assert "missed" not in events["settings.set"]
    writing.call("events.publish", {"topic": "app.passing", "body": 1, "durable": False})
    last = told(asleep)["params"]
    assert (last["body"], last["cursor"], "missed" in last) == (1, "c2", False)


def test_a_subscription_that_ends_while_it_catches_up_says_nothing_after_the_reply(
    fresh: Daemon, connect: Callable[..., Wire]
) -> None:
    wire = connect(fresh)
    fill(wire, 1, 6000)
    begun = wire.call("events.subscribe", {"topics": ["*"], "since": "c0"})
    wire.send(call("end", "events.unsubscribe", {"subscription": begun["subscription"]}))
    events = 0
    while "id" not in (message := told(wire)):
        events += 1
        assert message["params"]["cursor"] == f"c{events}"
    assert message["result"] == {"unsubscribed": True}
    assert events < 6000
    wire.forget()
    wire.alive()


def test_a_subscriber_that_catches_up_when_the_daemon_ends_is_told_where_it_was(
    fresh: Daemon, connect: Callable[..., Wire]
) -> None:
    writing, wire = connect(fresh), connect(fresh)
    fill(writing, 1, 6000)
    begun = wire.call("events.subscribe", {"topics": ["*"], "since": "c0"})
    fresh.terminate()
    cursor = 0
    while (message := told(wire))["method"] == "events.event":
        cursor += 1
        assert message["params"]["cursor"] == f"c{cursor}"
    assert message["params"] == {
        "subscription": begun["subscription"],
        "reason": "shutting_down",
        "cursor": f"c{cursor}",
    }
    assert wire.at_end()


def test_a_subscriber_that_says_it_is_done_is_sent_what_it_was_told_and_hung_up_on(
    fresh: Daemon, connect: Callable[..., Wire]
) -> None:
    wire, writing = connect(fresh), connect(fresh)
    wire.call("events.subscribe", {"topics": ["*"]})
    fill(writing, 1, 50)
    wire.half_close()
    assert [told(wire)["params"]["cursor"] for _ in range(50)] == [f"c{n}" for n in range(1, 51)]
    assert wire.at_end()
    until(lambda: writing.call("daemon.status")["traffic"]["connections"] == 1, "the end of the connection")
    fill(writing, 51, 60)
