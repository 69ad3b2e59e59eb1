"""Requests of one connection take effect in the order they were sent, whatever their kind."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from running import Daemon
from wire_client import Wire, call, framed


def test_pipelined_writes_take_effect_in_order_and_reads_between_them_see_them(wire: Wire):
    key = f"pipeline-{wire.framing}"
    for n in range(500):
        wire.request("settings.set", {"key": key, "value": n})
        wire.request("settings.get", {"key": key})
    for n in range(500):
        assert wire.reply(2 * n + 1)["result"]["revision"] == n + 1
        assert wire.reply(2 * n + 2)["result"]["value"] == n


def test_every_kind_of_call_keeps_the_order(wire: Wire):
    rng = random.Random(7)
    key = f"kinds-{wire.framing}"
    kinds = ("plain", "positional", "notification", "batch", "transaction", "live", "refused")
    sent, expected, order = b"", {}, 0
    for n in range(400):
        kind = rng.choice(kinds)
        named = {"key": key, "value": n}
        message: Any
        match kind:
            case "plain":
                message = call(n, "settings.set", named)
            case "positional":
                message = call(n, "settings.set", [key, n])
            case "notification":
                message = call(n, "settings.set", named)
                del message["id"]
            case "batch":
                message = [call(n, "settings.set", named), call(f"read-{n}", "settings.get", {"key": key})]
            case "transaction":
                message = call(n, "transaction.run", {"calls": [{"method": "settings.set", "params": named}]})
            case "live":
                message = call(n, "daemon.health")
            case _:
                message = call(n, "settings.set", named | {"ifRevision": 9999})
        if kind not in ("live", "refused"):
            order += 1
            if kind != "notification":
                expected[n] = order
        sent += framed(wire.encoded(message), wire.framing)
    sent += framed(wire.encoded(call("end", "settings.get", {"key": key})), wire.framing)
    wire.raw(sent)
    found, last = {}, None
    while last is None or len(found) < len(expected):
        message = wire.message()
        for reply in message if isinstance(message, list) else [message]:
            if reply["id"] == "end":
                last = reply["result"]["revision"]
            elif isinstance(reply["id"], str):
                n = int(reply["id"].removeprefix("read-"))
                assert reply["result"]["value"] == n
                assert reply["result"]["revision"] == expected[n]
            elif "revision" in (reply.get("result") or {}):
                found[reply["id"]] = reply["result"]["revision"]
            elif "results" in (reply.get("result") or {}):
                found[reply["id"]] = reply["result"]["results"][0]["revision"]
    assert found == expected
    assert last == order


def test_a_status_sees_what_the_same_connection_wrote_before_it_and_nothing_later(
    fresh: Daemon, connect: Callable[..., Wire]
):
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


def test_giving_up_the_right_to_write_takes_effect_in_its_place(connect: Callable[..., Wire]):
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


def test_what_one_connection_was_answered_every_other_reads(connect: Callable[..., Wire]):
    writer, readers = connect(), [connect() for _ in range(4)]
    for n in range(100):
        writer.call("settings.set", {"key": "seen", "value": n})
        assert readers[n % 4].call("settings.get", {"key": "seen"})["value"] == n
