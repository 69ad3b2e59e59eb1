"""Requests of one connection take effect in the order they were sent, whatever their kind."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from running import Daemon
from wire_client import Wire, call, framed


def test_pipelined_writes_take_effect_in_order_and_reads_between_them_see_them(wire: Wire) -> None:
    key = f"pipeline-{wire.framing}"
    for n in range(500):
        wire.request("settings.set", {"key": key, "value": n})
        wire.request("settings.get", {"key": key})
    for n in range(500):
        assert wire.reply(2 * n + 1)["result"]["revision"] == n + 1
        assert wire.reply(2 * n + 2)["result"]["value"] == n


def _noted(n: int, key: str) -> dict[str, Any]:
    message = call(n, "settings.set", {"key": key, "value": n})
    del message["id"]
    return message


def _in_transaction(n: int, key: str) -> dict[str, Any]:
    return call(n, "transaction.run", {"calls": [{"method": "settings.set", "params": {"key": key, "value": n}}]})


# How a value may be written; each gives one revision.
WAYS: dict[str, Callable[[int, str], Any]] = {
    "plain": lambda n, key: call(n, "settings.set", {"key": key, "value": n}),
    "positional": lambda n, key: call(n, "settings.set", [key, n]),
    "notification": _noted,
    "batch": lambda n, key: [
        call(n, "settings.set", {"key": key, "value": n}),
        call("in", "settings.get", {"key": key}),
    ],
    "transaction": _in_transaction,
}
# What may come between two writes and changes nothing.
BETWEEN: list[Callable[[str], dict[str, Any]]] = [
    lambda _: call("live", "daemon.health"),
    lambda key: call("refused", "settings.set", {"key": key, "value": 0, "ifRevision": 9999}),
]


def test_every_kind_of_call_keeps_the_order(wire: Wire) -> None:
    rng = random.Random(7)
    key = f"kinds-{wire.framing}"
    sent = b""
    for n in range(300):
        message = rng.choice(list(WAYS.values()))(n, key)
        read = call("read", "settings.get", {"key": key})
        for each in (message, rng.choice(BETWEEN)(key), read):
            sent += framed(wire.encoded(each), wire.framing)
    wire.raw(sent)
    seen: list[tuple[int, int]] = []
    while len(seen) < 300:
        reply = wire.message()
        for each in reply if isinstance(reply, list) else [reply]:
            if each["id"] == "read":
                seen.append((each["result"]["value"], each["result"]["revision"]))
            elif each["id"] == "in":
                assert each["result"]["revision"] == each["result"]["value"] + 1
    assert seen == [(n, n + 1) for n in range(300)]


def test_a_status_sees_what_the_same_connection_wrote_before_it_and_nothing_later(
    fresh: Daemon, connect: Callable[..., Wire]
) -> None:
    wire = connect(fresh)
    sent = b""
    for n in range(300):
        sent += framed(wire.encoded(call(n, "settings.set", {"key": f"k{n}", "value": n})), "lines")
        if n in (99, 199):
            sent += framed(wire.encoded(call(f"after {n}", "daemon.status")), "lines")
    wire.raw(sent)
    replies = {reply["id"]: reply for reply in (wire.message() for _ in range(302))}
    assert replies["after 99"]["result"]["counts"]["settings"] == 100
    assert replies["after 199"]["result"]["counts"]["settings"] == 200


def test_giving_up_the_right_to_write_takes_effect_in_its_place(connect: Callable[..., Wire]) -> None:
    for _ in range(20):
        wire = connect()
        messages = [
            call(1, "settings.set", {"key": "place", "value": "before"}),
            call(2, "daemon.hello", {"access": "read"}),
            call(3, "settings.set", {"key": "place", "value": "after"}),
            call(4, "settings.set", ["place", "after"]),
            call(5, "settings.get", {"key": "place"}),
            call(6, "daemon.hello", {"access": "write"}),
            call(7, "settings.delete", {"key": "place"}),
        ]
        wire.raw(b"".join(framed(wire.encoded(message), "lines") for message in messages))
        replies = {reply["id"]: reply for reply in (wire.message() for _ in messages)}
        assert "result" in replies[1]
        assert replies[2]["result"]["access"] == "read"
        for refused in (3, 4, 7):
            assert replies[refused]["error"]["data"]["kind"] == "forbidden"
        assert replies[5]["result"]["value"] == "before"
        assert replies[6]["result"]["access"] == "read"


def test_what_one_connection_was_answered_every_other_reads(connect: Callable[..., Wire]) -> None:
    writer, readers = connect(), [connect() for _ in range(4)]
    for n in range(100):
        writer.call("settings.set", {"key": "seen", "value": n})
        assert readers[n % 4].call("settings.get", {"key": "seen"})["value"] == n
