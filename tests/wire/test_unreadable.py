"""Bytes that are no message: not UTF-8, not JSON, nested without end; the connection goes on."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from wire_client import Wire, call


def health(id_: Any) -> bytes:
    return json.dumps(call(id_, "daemon.health")).encode()


def test_a_byte_order_mark_is_refused_at_the_start(connect: Callable[..., Wire]) -> None:
    wire = connect()
    wire.raw(b"\xef\xbb\xbf" + health(1) + b"\n")
    assert wire.message()["error"]["code"] == -32700
    assert wire.at_end()


def test_a_byte_order_mark_is_refused_before_a_later_message(wire: Wire) -> None:
    wire.alive()
    wire.frame(b"\xef\xbb\xbf" + health(1))
    reply = wire.message()
    assert (reply["id"], reply["error"]["code"]) == (None, -32700)
    wire.alive()


NO_UTF8 = {
    "in a value": b'{"jsonrpc":"2.0","id":1,"method":"settings.set","params":{"key":"k","value":"\xff"}}',
    "in a parameter's name": b'{"jsonrpc":"2.0","id":1,"method":"settings.get","params":{"key":"k","\xc3\x28":1}}',
    "in the method": b'{"jsonrpc":"2.0","id":1,"method":"settings.\xe2\x82"}',
    "in the id": b'{"jsonrpc":"2.0","id":"\xf0\x28\x8c\xbc","method":"daemon.health"}',
    "in a member nobody reads": b'{"jsonrpc":"2.0","id":1,"method":"daemon.health","more":"\xed\xa0\x80"}',
    "an overlong form": b'{"jsonrpc":"2.0","id":1,"method":"settings.get","params":{"key":"\xc0\xaf"}}',
    "beyond Unicode": b'{"jsonrpc":"2.0","id":1,"method":"settings.get","params":{"key":"\xf5\x80\x80\x80"}}',
    "in a batch": b'[{"jsonrpc":"2.0","id":1,"method":"settings.get","params":{"key":"\xff"}}]',
}


@pytest.mark.parametrize("where", NO_UTF8)
def test_bytes_that_are_not_utf_8_are_a_parse_error(wire: Wire, where: str) -> None:
    wire.alive()
    wire.frame(NO_UTF8[where])
    reply = wire.message()
    assert (reply["id"], reply["error"]["data"]["kind"]) == (None, "parse_error")
    assert "UTF-8" in reply["error"]["message"]
    wire.alive()


NO_JSON = {
    "nothing but words": b"hello there",
    "a single quote": b"{'jsonrpc':'2.0'}",
    "a comma too many": b'{"jsonrpc":"2.0","id":1,"method":"daemon.health","params":{},}',
    "NaN": b'{"jsonrpc":"2.0","id":1,"method":"settings.set","params":{"key":"k","value":NaN}}',
    "Infinity": b'{"jsonrpc":"2.0","id":1,"method":"settings.set","params":{"key":"k","value":Infinity}}',
    "-Infinity": b'{"jsonrpc":"2.0","id":1,"method":"settings.set","params":{"key":"k","value":[-Infinity]}}',
    "a leading zero": b'{"jsonrpc":"2.0","id":1,"method":"settings.set","params":{"key":"k","value":01}}',
    "a control character": b'{"jsonrpc":"2.0","id":1,"method":"settings.set","params":{"key":"k","value":"\x01"}}',
    "an escape that is none": rb'{"jsonrpc":"2.0","id":1,"method":"settings.set","params":{"key":"k","value":"\q"}}',
    "an escape in the id that is none": rb'{"jsonrpc":"2.0","id":"\q","method":"daemon.health"}',
    "two values": b'{"jsonrpc":"2.0","id":1,"method":"daemon.health"} {}',
    "a NUL byte": b'{"jsonrpc":"2.0","id":1,"method":"daemon.health"}\x00',
    "nesting of 100,000": b'{"jsonrpc":"2.0","id":1,"method":"settings.set","params":{"key":"k","value":%b}}'
    % (b"[" * 100_000 + b"]" * 100_000),
    "a batch nested 100,000 deep": b"[" * 100_000 + b"]" * 100_000,
    "objects nested 100,000 deep": b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
}


@pytest.mark.parametrize("what", NO_JSON)
def test_what_is_no_json_is_a_parse_error_and_the_connection_goes_on(wire: Wire, what: str) -> None:
    wire.alive()
    wire.frame(NO_JSON[what])
    reply = wire.message()
    assert (reply["id"], reply["error"]["data"]["kind"]) == (None, "parse_error")
    wire.alive()


@pytest.mark.parametrize("opening", ["[", '{"a":'])
@pytest.mark.parametrize("batch", [False, True])
def test_at_whatever_depth_the_decoder_gives_up_the_reply_says_so(wire: Wire, opening: str, batch: bool) -> None:
    closing = {"[": "]", '{"a":': "}"}[opening]

    def outcome(depth: int) -> str:
        value = opening * depth + "1" + closing * depth
        text = f'{{"jsonrpc":"2.0","id":7,"method":"settings.set","params":{{"key":"deep","value":{value}}}}}'
        wire.frame(f"[{text}]".encode() if batch else text.encode())
        # As bytes: the decoder of the tests gives up earlier than the daemon's.
        told = re.search(rb'"kind":"([a-z_]+)"', wire.next_bytes())
        return told[1].decode() if told else "stored"

    low, high = 10, 100_000
    assert outcome(low) == "stored"
    assert outcome(high) == "parse_error"
    while high - low > 1:
        middle = (low + high) // 2
        found = outcome(middle)
        assert found in ("stored", "parse_error", "invalid_params")
        low, high = (middle, high) if found == "stored" else (low, middle)
    for depth in range(low - 12, high + 12):
        assert outcome(depth) in ("stored", "parse_error", "invalid_params")
    wire.alive()
