"""Ids, versions and members of the envelope: what is echoed, what is refused, what is left alone."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from wire_client import FRAMINGS, Framing, Wire, call

IDS = [
    "0",
    "-1",
    "18446744073709551616",
    str(2**70),
    str(-(2**70)),
    "1.5",
    "1.0",
    "1e3",
    "1e400",
    '""',
    '"a"',
    '"\\u00e9\\n\\""',
    '"\\u0000"',
    "null",
]


@pytest.mark.parametrize("id_", IDS)
def test_an_id_comes_back_as_it_was_sent(wire: Wire, id_: str) -> None:
    wire.frame(f'{{"jsonrpc":"2.0","id":{id_},"method":"settings.get","params":{{"key":"absent"}}}}'.encode())
    assert wire.next_bytes() == b'{"jsonrpc":"2.0","id":%b,"result":null}' % id_.encode()
    wire.alive()


@pytest.mark.parametrize("id_", ["true", "false", "{}", "[]", '{"a":1}', "[1]"])
@pytest.mark.parametrize("method", ["daemon.health", "nothing.there"])
def test_an_id_of_another_type_is_refused(wire: Wire, id_: str, method: str) -> None:
    wire.frame(f'{{"jsonrpc":"2.0","id":{id_},"method":"{method}"}}'.encode())
    reply = wire.message()
    assert (reply["id"], reply["error"]["data"]["kind"], reply["error"]["data"]["path"]) == (
        None, "invalid_request", "id",
    )  # fmt: skip
    wire.alive()


ENVELOPES = {
    "no version": ('{"id":5,"method":"daemon.health"}', 5, "jsonrpc"),
    "version 1": ('{"jsonrpc":"1.0","id":5,"method":"daemon.health"}', 5, "jsonrpc"),
    "a version that is a number": ('{"jsonrpc":2.0,"id":5,"method":"daemon.health"}', 5, "jsonrpc"),
    "no method": ('{"jsonrpc":"2.0","id":5}', 5, "method"),
    "a method that is null": ('{"jsonrpc":"2.0","id":5,"method":null}', 5, "method"),
    "params that are text": ('{"jsonrpc":"2.0","id":5,"method":"daemon.health","params":"x"}', 5, "params"),
    "params that are null": ('{"jsonrpc":"2.0","id":5,"method":"daemon.health","params":null}', 5, "params"),
    "params that are a number": ('{"jsonrpc":"2.0","id":5,"method":"daemon.health","params":1}', 5, "params"),
    "a reply": ('{"jsonrpc":"2.0","id":5,"result":1}', 5, "method"),
    "an empty object": ("{}", None, "jsonrpc"),
}


@pytest.mark.parametrize("what", ENVELOPES)
def test_a_bad_envelope_names_the_member_and_keeps_the_id(wire: Wire, what: str) -> None:
    text, id_, path = ENVELOPES[what]
    wire.frame(text.encode())
    reply = wire.message()
    assert (reply["id"], reply["error"]["code"], reply["error"]["data"]["path"]) == (id_, -32600, path)
    wire.alive()


@pytest.mark.parametrize("framing", FRAMINGS)
def test_a_version_written_with_escapes_is_the_same_version(connect: Callable[..., Wire], framing: Framing) -> None:
    wire = connect(framing=framing)
    text = rb'{"jsonrpc":"\u0032.0","id":%d,"method":"daemon.health"%b}'
    for id_, more in ((1, b""), (2, b',"params":{}'), (3, b',"params":[]')):
        wire.encoded(call(id_, "daemon.health"))
        wire.frame(text % (id_, more))
        wire.reply(id_)


def test_members_nobody_knows_are_left_alone(wire: Wire) -> None:
    wire.encoded(call(1, "daemon.health"))
    wire.frame(b'{"jsonrpc":"2.0","id":1,"method":"daemon.health","traceparent":"00-1","params":{}}')
    wire.reply(1)
