"""Section 7 of the JSON-RPC 2.0 specification: each example, in each framing, with the specification's own methods."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from wire_client import FRAMINGS, Wire


@pytest.fixture(params=FRAMINGS)
def spec(request: pytest.FixtureRequest, attach: Callable[..., Wire]) -> Wire:
    """A connection to a daemon that has the examples' methods."""
    return attach(request.param)


def error(code: int, id_: object = None) -> dict[str, Any]:
    """A failed reply as the specification writes it; message and data are ours."""
    return {"jsonrpc": "2.0", "error": {"code": code}, "id": id_}


def result(value: object, id_: object) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "result": value, "id": id_}


def reduced(message: Any) -> Any:
    """A reply without what the specification leaves to the server."""
    if isinstance(message, list):
        return [reduced(reply) for reply in message]
    if "error" in message:
        return message | {"error": {"code": message["error"]["code"]}}
    return message


SINGLE = {
    "positional params": ('{"jsonrpc": "2.0", "method": "subtract", "params": [42, 23], "id": 1}', result(19, 1)),
    "positional params, reversed": (
        '{"jsonrpc": "2.0", "method": "subtract", "params": [23, 42], "id": 2}',
        result(-19, 2),
    ),
    "named params": (
        '{"jsonrpc": "2.0", "method": "subtract", "params": {"subtrahend": 23, "minuend": 42}, "id": 3}',
        result(19, 3),
    ),
    "named params, reordered": (
        '{"jsonrpc": "2.0", "method": "subtract", "params": {"minuend": 42, "subtrahend": 23}, "id": 4}',
        result(19, 4),
    ),
    "a method that does not exist": ('{"jsonrpc": "2.0", "method": "foobar", "id": "1"}', error(-32601, "1")),
    "invalid JSON": ('{"jsonrpc": "2.0", "method": "foobar, "params": "bar", "baz]', error(-32700)),
    "an invalid request object": ('{"jsonrpc": "2.0", "method": 1, "params": "bar"}', error(-32600)),
    "a batch of invalid JSON": (
        '[ {"jsonrpc": "2.0", "method": "sum", "params": [1,2,4], "id": "1"}, {"jsonrpc": "2.0", "method" ]',
        error(-32700),
    ),
    "an empty array": ("[]", error(-32600)),
    "an invalid batch, not empty": ("[1]", [error(-32600)]),
    "an invalid batch": ("[1,2,3]", [error(-32600)] * 3),
    "a mixed batch": (
        """[ {"jsonrpc": "2.0", "method": "sum", "params": [1,2,4], "id": "1"},
             {"jsonrpc": "2.0", "method": "notify_hello", "params": [7]},
             {"jsonrpc": "2.0", "method": "subtract", "params": [42,23], "id": "2"},
             {"foo": "boo"},
             {"jsonrpc": "2.0", "method": "foo.get", "params": {"name": "myself"}, "id": "5"},
             {"jsonrpc": "2.0", "method": "get_data", "id": "9"} ]""",
        [
            result(7, "1"),
            result(19, "2"),
            error(-32600),
            error(-32601, "5"),
            result(["hello", 5], "9"),
        ],
    ),
}

SILENT = {
    "a notification": '{"jsonrpc": "2.0", "method": "update", "params": [1,2,3,4,5]}',
    "a notification of a method that does not exist": '{"jsonrpc": "2.0", "method": "foobar"}',
    "a batch of notifications": """[ {"jsonrpc": "2.0", "method": "notify_sum", "params": [1,2,4]},
                                     {"jsonrpc": "2.0", "method": "notify_hello", "params": [7]} ]""",
}


def one_line(text: str) -> bytes:
    return " ".join(text.split("\n")).encode()


@pytest.mark.parametrize("name", SINGLE)
def test_an_example_that_is_answered(spec: Wire, name: str) -> None:
    sent, expected = SINGLE[name]
    _remember(spec, sent)
    spec.frame(one_line(sent))
    assert reduced(spec.message()) == expected
    spec.alive()


@pytest.mark.parametrize("name", SILENT)
def test_an_example_that_is_not_answered(spec: Wire, name: str) -> None:
    spec.frame(one_line(SILENT[name]))
    spec.alive()


def test_a_line_break_inside_a_message_is_white_space_where_the_length_is_told(attach: Callable[..., Wire]) -> None:
    wire = attach("headers")
    sent, expected = SINGLE["a mixed batch"]
    _remember(wire, sent)
    wire.frame(sent.encode())
    assert reduced(wire.message()) == expected


def _remember(wire: Wire, sent: str) -> None:
    """Let the client know the methods of what is sent as it stands, so that it can judge the results."""
    try:
        message = json.loads(sent)
    except ValueError:
        return
    wire.encoded(message, malformed=True)
