"""Content-Length headers as LSP has them: what is taken, and what loses the framing."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from wire_client import Wire, call, framed


def health(id_: Any) -> bytes:
    return json.dumps(call(id_, "daemon.health")).encode()


def ask_health(wire: Wire, *ids: Any) -> bytes:
    """Calls as bytes of the connection's framing, known to the client."""
    return b"".join(framed(wire.encoded(call(id_, "daemon.health")), wire.framing) for id_ in ids)


def test_header_names_may_be_in_any_case_and_have_blanks(connect: Callable[..., Wire]) -> None:
    for head in (b"content-length:%d", b"CONTENT-LENGTH:   %d", b"Content-length: %d ", b"cOnTeNt-LeNgTh:\t%d"):
        wire = connect(framing="headers")
        text = wire.encoded(call(1, "daemon.health"))
        wire.raw(head % len(text) + b"\r\n\r\n" + text)
        wire.reply(1)


@pytest.mark.parametrize(
    "kind",
    [
        b"application/vscode-jsonrpc; charset=utf-8",
        b"application/vscode-jsonrpc; charset=utf8",
        b'application/json; charset="UTF-8"',
        b"application/json",
    ],
)
@pytest.mark.parametrize("first", [True, False])
def test_a_content_type_may_come_before_or_after_the_length(
    connect: Callable[..., Wire], kind: bytes, first: bool
) -> None:
    wire = connect(framing="headers")
    text = wire.encoded(call(1, "daemon.health"))
    length, content_type = b"Content-Length: %d\r\n" % len(text), b"Content-Type: %b\r\n" % kind
    wire.raw((content_type + length if first else length + content_type) + b"\r\n" + text)
    wire.reply(1)


def test_another_charset_is_refused_and_the_connection_goes_on(connect: Callable[..., Wire]) -> None:
    wire = connect(framing="headers")
    text = health(1)
    wire.raw(b"Content-Length: %d\r\nContent-Type: x; charset=utf-16\r\n\r\n%b" % (len(text), text))
    reply = wire.message()
    assert (reply["id"], reply["error"]["data"]["kind"]) == (None, "invalid_request")
    wire.alive()


def test_a_length_of_nothing_is_no_json(connect: Callable[..., Wire]) -> None:
    wire = connect(framing="headers")
    wire.frame(b"")
    assert wire.message()["error"]["data"]["kind"] == "parse_error"
    wire.alive()


def test_a_length_in_characters_instead_of_bytes_is_told_and_never_answered_in_silence(
    connect: Callable[..., Wire],
) -> None:
    wire = connect(framing="headers")
    text = b'{"jsonrpc":"2.0","id":1,"method":"settings.get","params":{"key":"\xc3\xa9\xc3\xa9"}}'
    wire.raw(b"Content-Length: %d\r\n\r\n%b" % (len(text.decode()), text))
    assert wire.message()["error"]["data"]["kind"] == "parse_error"


LOST = {
    "a negative length": b"Content-Length: -5\r\n\r\n",
    "a length that is no number": b"Content-Length: five\r\n\r\n",
    "a length with a sign": b"Content-Length: +5\r\n\r\n",
    "an empty length": b"Content-Length: \r\n\r\n",
    "a length beyond all numbers": b"Content-Length: 99999999999999999999\r\n\r\n",
    "no length": b"Content-Type: application/json\r\n\r\n",
    "a header without a colon": b"Content-Length 5\r\n\r\n",
    "newlines without carriage returns": b"Content-Length: 5\n\n{}",
    "headers without an end": b"Content-Length: 5\r\n" + b"X-More: x\r\n" * 2000,
}


@pytest.mark.parametrize("behind", [False, True])
@pytest.mark.parametrize("what", LOST)
def test_headers_that_lose_the_framing_are_told_before_the_connection_ends(
    connect: Callable[..., Wire], what: str, behind: bool
) -> None:
    wire = connect(framing="headers")
    if behind:
        wire.raw(ask_health(wire, 1) + LOST[what])
        wire.reply(1)
    else:
        wire.raw(LOST[what])
    reply = wire.message()
    assert (reply["id"], reply["error"]["data"]["kind"]) == (None, "invalid_request")
    assert wire.at_end()


def test_calls_that_came_before_the_framing_was_lost_are_answered_before_that_is_told(
    connect: Callable[..., Wire],
) -> None:
    wire = connect(framing="headers")
    calls = [wire.encoded(call(n, "settings.set", {"key": "before", "value": n})) for n in range(100)]
    wire.raw(b"".join(framed(text, "headers") for text in calls) + b"Content-Length: -5\r\n\r\n")
    for n in range(100):
        assert wire.reply(n)["result"]["value"] == n
    assert wire.message()["error"]["data"]["kind"] == "invalid_request"
    assert wire.at_end()


def test_headers_that_lose_the_framing_are_told_however_the_bytes_come(connect: Callable[..., Wire]) -> None:
    wire = connect(framing="headers")
    for byte in b"Content-Length: -5\r\n\r\n":
        wire.raw(bytes([byte]))
    assert wire.message()["error"]["data"]["kind"] == "invalid_request"
    assert wire.at_end()


def test_a_connection_keeps_the_framing_it_began_with(connect: Callable[..., Wire]) -> None:
    wire = connect(framing="lines")
    wire.alive()
    wire.raw(framed(health(1), "headers"))
    assert wire.message()["error"]["data"]["kind"] == "parse_error"


def test_lines_on_a_connection_of_headers_lose_the_framing(connect: Callable[..., Wire]) -> None:
    wire = connect(framing="headers")
    wire.alive()
    wire.raw(framed(health(1), "lines") + b"\r\n\r\n")
    assert wire.message()["error"]["data"]["kind"] == "invalid_request"
    assert wire.at_end()
