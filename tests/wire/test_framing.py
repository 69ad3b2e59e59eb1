"""Messages as bytes: cut anywhere, ended in any way, in either framing, and what is said when one cannot be read."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from typing import Any

import pytest
from running import Daemon, Directory
from wire_client import FRAMINGS, Framing, Wire, call, framed

LIMIT = 8192

VERBS = ("GET", "POST", "PUT", "HEAD", "DELETE", "OPTIONS", "PATCH", "CONNECT", "TRACE", "PRI")


@pytest.fixture(scope="module")
def narrow() -> Iterator[Daemon]:
    """A daemon that takes messages of at most LIMIT bytes."""
    with ExitStack() as stack:
        made = Directory()
        stack.callback(made.remove)
        daemon = Daemon(made.path, environment={"SCRIVEN_LIMITS_FRAME_BYTES": str(LIMIT)})
        stack.callback(daemon.release)
        yield daemon.ready()
        assert not daemon.complaints(), daemon.complaints()


def padded(size: int, id_: str = "padded") -> bytes:
    """A valid call of exactly that many bytes."""
    text = json.dumps(call(id_, "settings.get", {"key": "theme"})).encode()
    return text[:-1] + b" " * (size - len(text)) + b"}"


def health(id_: Any) -> bytes:
    return json.dumps(call(id_, "daemon.health")).encode()


def ask_health(wire: Wire, *ids: Any) -> bytes:
    """Calls as bytes of the connection's framing, known to the client."""
    return b"".join(framed(wire.encoded(call(id_, "daemon.health")), wire.framing) for id_ in ids)


def read_line(wire: Wire) -> Any:
    """One newline-delimited message, whatever the connection's framing."""
    wire.framing = "lines"
    return wire.message()


# Cuts


def test_a_message_may_come_one_byte_at_a_time(wire: Wire):
    for byte in ask_health(wire, 1):
        wire.raw(bytes([byte]))
    assert wire.reply(1)["result"]["state"] == "ready"


def test_several_messages_may_come_in_one_write(wire: Wire):
    wire.raw(ask_health(wire, *range(5)))
    for id_ in range(5):
        wire.reply(id_)


def test_a_write_may_end_in_the_middle_of_the_next_message(wire: Wire):
    both = ask_health(wire, 1, 2)
    for cut in (1, len(both) // 2, len(both) // 2 + 1, len(both) - 1):
        wire.raw(both[:cut])
        wire.raw(both[cut:])
        wire.reply(1)
        wire.reply(2)
        both = ask_health(wire, 1, 2)


def test_the_last_line_needs_no_newline(connect: Callable[..., Wire]):
    wire = connect()
    wire.raw(ask_health(wire, 1).rstrip(b"\n"))
    wire.half_close()
    wire.reply(1)
    assert wire.at_end()


def test_who_says_everything_and_half_closes_still_reads_every_reply(wire: Wire):
    wire.raw(ask_health(wire, *range(200)))
    wire.half_close()
    for id_ in range(200):
        wire.reply(id_)
    assert wire.at_end()


def test_half_closing_without_a_word_ends_the_connection(connect: Callable[..., Wire]):
    wire = connect()
    wire.half_close()
    assert wire.at_end()


def test_a_message_cut_off_by_the_end_is_told_about(wire: Wire):
    whole = ask_health(wire, 1)
    wire.raw(whole[: len(whole) - 10])
    wire.half_close()
    assert wire.message()["error"]["code"] == -32700
    assert wire.at_end()


@pytest.mark.parametrize("start", [b"C", b"Content", b"GE"])
def test_a_connection_that_ends_before_its_framing_is_known_is_told(connect: Callable[..., Wire], start: bytes):
    wire = connect()
    wire.raw(start)
    wire.half_close()
    assert read_line(wire)["error"]["code"] == -32700
    assert wire.at_end()


# White space


def test_lines_may_end_in_carriage_return_and_newline(connect: Callable[..., Wire]):
    wire = connect()
    wire.raw(b"".join(wire.encoded(call(id_, "daemon.health")) + b"\r\n" for id_ in (1, 2)))
    wire.reply(1)
    wire.reply(2)


@pytest.mark.parametrize("blank", [b"\n", b"\r\n", b"  \n\t\n\n"])
def test_empty_lines_are_no_messages(connect: Callable[..., Wire], blank: bytes):
    wire = connect()
    wire.raw(blank)
    wire.raw(ask_health(wire, 1) + blank + ask_health(wire, 2) + blank)
    wire.reply(1)
    wire.reply(2)
    wire.alive()


def test_blanks_around_a_message_do_not_matter(connect: Callable[..., Wire]):
    wire = connect()
    wire.raw(b" \t " + wire.encoded(call(1, "daemon.health")) + b" \t \n")
    wire.reply(1)


# Bytes that are no message


def test_a_byte_order_mark_is_refused_at_the_start(connect: Callable[..., Wire]):
    wire = connect()
    wire.raw(b"\xef\xbb\xbf" + health(1) + b"\n")
    assert read_line(wire)["error"]["code"] == -32700
    assert wire.at_end()


def test_a_byte_order_mark_is_refused_before_a_later_message(wire: Wire):
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
def test_bytes_that_are_not_utf_8_are_a_parse_error(wire: Wire, where: str):
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
def test_what_is_no_json_is_a_parse_error_and_the_connection_goes_on(wire: Wire, what: str):
    wire.alive()
    wire.frame(NO_JSON[what])
    reply = wire.message()
    assert (reply["id"], reply["error"]["data"]["kind"]) == (None, "parse_error")
    wire.alive()


@pytest.mark.parametrize("opening", ["[", '{"a":'])
@pytest.mark.parametrize("batch", [False, True])
def test_at_whatever_depth_the_decoder_gives_up_the_reply_says_so(
    wire: Wire, request: pytest.FixtureRequest, opening: str, batch: bool
):
    # The daemon's decoder goes deeper than the one of the tests does by itself.
    request.addfinalizer(partial(sys.setrecursionlimit, sys.getrecursionlimit()))
    sys.setrecursionlimit(20_000)
    closing = {"[": "]", '{"a":': "}"}[opening]

    def outcome(depth: int) -> Any:
        value = opening * depth + "1" + closing * depth
        text = '{"jsonrpc":"2.0","id":7,"method":"settings.set","params":{"key":"deep","value":%s}}' % value
        wire.encoded(call(7, "settings.set", {"key": "deep", "value": 1}))
        wire.frame(f"[{text}]".encode() if batch else text.encode())
        reply = wire.message()
        if isinstance(reply, list):
            [reply] = reply
        return reply["error"]["data"]["kind"] if "error" in reply else "stored"

    low, high = 10, 5000
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


# The limit


@pytest.mark.parametrize("cut", [False, True])
@pytest.mark.parametrize(("size", "taken"), [(LIMIT - 1, True), (LIMIT, True), (LIMIT + 1, False)])
def test_a_message_has_at_most_as_many_bytes_as_the_limit_says(
    connect: Callable[..., Wire], narrow: Daemon, framing: Framing, size: int, taken: bool, cut: bool
):
    wire = connect(narrow, framing)
    wire.encoded(call("padded", "settings.get", {"key": "theme"}))
    message = framed(padded(size), framing)
    for piece in (message[:5000], message[5000:-1], message[-1:]) if cut else (message,):
        wire.raw(piece)
    reply = wire.message()
    if taken:
        assert reply["result"] is None
    else:
        assert reply["id"] is None
        assert reply["error"]["data"] | {"hint": ""} == {
            "kind": "limit_exceeded", "retryable": False, "outcome": "none", "limit": LIMIT, "hint": "",
        }  # fmt: skip
    wire.alive()


def test_a_carriage_return_does_not_count_however_the_bytes_come(connect: Callable[..., Wire], narrow: Daemon):
    for cut in (LIMIT - 1, LIMIT, LIMIT + 1, LIMIT + 2):
        wire = connect(narrow)
        wire.alive()
        message = padded(LIMIT) + b"\r\n"
        wire.encoded(call("padded", "settings.get", {"key": "theme"}))
        wire.raw(message[:cut])
        wire.raw(message[cut:])
        assert "result" in wire.reply("padded")


def test_of_a_message_far_over_the_limit_nothing_is_kept_and_the_next_is_served(
    connect: Callable[..., Wire], narrow: Daemon, framing: Framing
):
    wire = connect(narrow, framing)
    wire.frame(b'{"jsonrpc":"2.0","id":1,"method":"settings.set","params":{"key":"k","value":"' + b"x" * 5_000_000)
    assert wire.message()["error"]["data"]["kind"] == "limit_exceeded"
    wire.alive()


# Content-Length


def test_header_names_may_be_in_any_case_and_have_blanks(connect: Callable[..., Wire]):
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
def test_a_content_type_may_come_before_or_after_the_length(connect: Callable[..., Wire], kind: bytes, first: bool):
    wire = connect(framing="headers")
    text = wire.encoded(call(1, "daemon.health"))
    length, content_type = b"Content-Length: %d\r\n" % len(text), b"Content-Type: %b\r\n" % kind
    wire.raw((content_type + length if first else length + content_type) + b"\r\n" + text)
    wire.reply(1)


def test_another_charset_is_refused_and_the_connection_goes_on(connect: Callable[..., Wire]):
    wire = connect(framing="headers")
    text = health(1)
    wire.raw(b"Content-Length: %d\r\nContent-Type: x; charset=utf-16\r\n\r\n%b" % (len(text), text))
    reply = wire.message()
    assert (reply["id"], reply["error"]["data"]["kind"]) == (None, "invalid_request")
    wire.alive()


def test_a_length_of_nothing_is_no_json(connect: Callable[..., Wire]):
    wire = connect(framing="headers")
    wire.frame(b"")
    assert wire.message()["error"]["data"]["kind"] == "parse_error"
    wire.alive()


def test_a_length_in_characters_instead_of_bytes_is_told_and_never_answered_in_silence(connect: Callable[..., Wire]):
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
):
    wire = connect(framing="headers")
    if behind:
        wire.raw(ask_health(wire, 1) + LOST[what])
        wire.reply(1)
    else:
        wire.raw(LOST[what])
    reply = wire.message()
    assert (reply["id"], reply["error"]["data"]["kind"]) == (None, "invalid_request")
    assert wire.at_end()


def test_headers_that_lose_the_framing_are_told_however_the_bytes_come(connect: Callable[..., Wire]):
    wire = connect(framing="headers")
    for byte in b"Content-Length: -5\r\n\r\n":
        wire.raw(bytes([byte]))
    assert wire.message()["error"]["data"]["kind"] == "invalid_request"
    assert wire.at_end()


def test_a_connection_keeps_the_framing_it_began_with(connect: Callable[..., Wire]):
    wire = connect(framing="lines")
    wire.alive()
    wire.raw(framed(health(1), "headers"))
    assert wire.message()["error"]["data"]["kind"] == "parse_error"


def test_lines_on_a_connection_of_headers_lose_the_framing(connect: Callable[..., Wire]):
    wire = connect(framing="headers")
    wire.alive()
    wire.raw(framed(health(1), "lines") + b"\r\n\r\n")
    assert wire.message()["error"]["data"]["kind"] == "invalid_request"
    assert wire.at_end()


# Other protocols


@pytest.mark.parametrize("bytewise", [False, True])
@pytest.mark.parametrize("verb", VERBS)
def test_http_gets_one_line_that_says_it_is_not(connect: Callable[..., Wire], verb: str, bytewise: bool):
    wire = connect()
    line = f"{verb} / HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()
    try:
        for piece in [bytes([byte]) for byte in line] if bytewise else [line]:
            wire.raw(piece)
    except (BrokenPipeError, ConnectionResetError):
        assert bytewise
    error = wire.message()["error"]
    assert "not an HTTP server" in error["message"]
    assert wire.at_end()


@pytest.mark.parametrize("start", [b"\x16\x03\x01\x02\x00\x01\x00\x01", b"SSH-2.0-OpenSSH_9.6\r\n", b'"hello"\n', b"42\n", b"null\n"])
def test_any_other_beginning_is_told_what_is_spoken_here(connect: Callable[..., Wire], start: bytes):
    wire = connect()
    wire.raw(start)
    assert wire.message()["error"]["data"]["kind"] == "parse_error"
    assert wire.at_end()


# Ids


IDS = ["0", "-1", "18446744073709551616", str(2**70), str(-(2**70)), "1.5", "1.0", "1e3", "1e400", '""', '"a"', '"\\u00e9\\n\\""', '"\\u0000"', "null"]


@pytest.mark.parametrize("id_", IDS)
def test_an_id_comes_back_as_it_was_sent(wire: Wire, id_: str):
    wire.frame(f'{{"jsonrpc":"2.0","id":{id_},"method":"settings.get","params":{{"key":"absent"}}}}'.encode())
    assert wire.next_bytes() == b'{"jsonrpc":"2.0","id":%b,"result":null}' % id_.encode()
    wire.alive()


@pytest.mark.parametrize("id_", ["true", "false", "{}", "[]", '{"a":1}', "[1]"])
@pytest.mark.parametrize("method", ["daemon.health", "nothing.there"])
def test_an_id_of_another_type_is_refused(wire: Wire, id_: str, method: str):
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
def test_a_bad_envelope_names_the_member_and_keeps_the_id(wire: Wire, what: str):
    text, id_, path = ENVELOPES[what]
    wire.frame(text.encode())
    reply = wire.message()
    assert (reply["id"], reply["error"]["code"], reply["error"]["data"]["path"]) == (id_, -32600, path)
    wire.alive()


@pytest.mark.parametrize("framing", FRAMINGS)
def test_a_version_written_with_escapes_is_the_same_version(connect: Callable[..., Wire], framing: Framing):
    wire = connect(framing=framing)
    text = rb'{"jsonrpc":"\u0032.0","id":%d,"method":"daemon.health"%b}'
    for id_, more in ((1, b""), (2, b',"params":{}'), (3, b',"params":[]')):
        wire.encoded(call(id_, "daemon.health"))
        wire.frame(text % (id_, more))
        wire.reply(id_)


def test_members_nobody_knows_are_left_alone(wire: Wire):
    wire.encoded(call(1, "daemon.health"))
    wire.frame(b'{"jsonrpc":"2.0","id":1,"method":"daemon.health","traceparent":"00-1","params":{}}')
    wire.reply(1)
