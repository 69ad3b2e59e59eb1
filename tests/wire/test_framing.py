"""Messages as bytes: cut anywhere, ended in any way, in either framing, and what is said when one cannot be read."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from running import Daemon, Directory
from wire_client import Framing, Wire, call, framed

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


def test_a_message_may_come_one_byte_at_a_time(wire: Wire) -> None:
    for byte in ask_health(wire, 1):
        wire.raw(bytes([byte]))
    assert wire.reply(1)["result"]["state"] == "ready"


def test_several_messages_may_come_in_one_write(wire: Wire) -> None:
    wire.raw(ask_health(wire, *range(5)))
    for id_ in range(5):
        wire.reply(id_)


def test_a_write_may_end_in_the_middle_of_the_next_message(wire: Wire) -> None:
    both = ask_health(wire, 1, 2)
    for cut in (1, len(both) // 2, len(both) // 2 + 1, len(both) - 1):
        wire.raw(both[:cut])
        wire.raw(both[cut:])
        wire.reply(1)
        wire.reply(2)
        both = ask_health(wire, 1, 2)


def test_the_last_line_needs_no_newline(connect: Callable[..., Wire]) -> None:
    wire = connect()
    wire.raw(ask_health(wire, 1).rstrip(b"\n"))
    wire.half_close()
    wire.reply(1)
    assert wire.at_end()


def test_who_says_everything_and_half_closes_still_reads_every_reply(wire: Wire) -> None:
    wire.raw(ask_health(wire, *range(200)))
    wire.half_close()
    for id_ in range(200):
        wire.reply(id_)
    assert wire.at_end()


def test_half_closing_without_a_word_ends_the_connection(connect: Callable[..., Wire]) -> None:
    wire = connect()
    wire.half_close()
    assert wire.at_end()


def test_a_message_cut_off_by_the_end_is_told_about(wire: Wire) -> None:
    whole = ask_health(wire, 1)
    wire.raw(whole[: len(whole) - 10])
    wire.half_close()
    assert wire.message()["error"]["code"] == -32700
    assert wire.at_end()


@pytest.mark.parametrize("start", [b"C", b"Content", b"GE"])
def test_a_connection_that_ends_before_its_framing_is_known_is_told(connect: Callable[..., Wire], start: bytes) -> None:
    wire = connect()
    wire.raw(start)
    wire.half_close()
    assert read_line(wire)["error"]["code"] == -32700
    assert wire.at_end()


# White space


def test_lines_may_end_in_carriage_return_and_newline(connect: Callable[..., Wire]) -> None:
    wire = connect()
    wire.raw(b"".join(wire.encoded(call(id_, "daemon.health")) + b"\r\n" for id_ in (1, 2)))
    wire.reply(1)
    wire.reply(2)


@pytest.mark.parametrize("blank", [b"\n", b"\r\n", b"  \n\t\n\n"])
def test_empty_lines_are_no_messages(connect: Callable[..., Wire], blank: bytes) -> None:
    wire = connect()
    wire.raw(blank)
    wire.raw(ask_health(wire, 1) + blank + ask_health(wire, 2) + blank)
    wire.reply(1)
    wire.reply(2)
    wire.alive()


def test_blanks_around_a_message_do_not_matter(connect: Callable[..., Wire]) -> None:
    wire = connect()
    wire.raw(b" \t " + wire.encoded(call(1, "daemon.health")) + b" \t \n")
    wire.reply(1)


# The limit


@pytest.mark.parametrize("cut", [False, True])
@pytest.mark.parametrize(("size", "taken"), [(LIMIT - 1, True), (LIMIT, True), (LIMIT + 1, False)])
def test_a_message_has_at_most_as_many_bytes_as_the_limit_says(
    connect: Callable[..., Wire], narrow: Daemon, framing: Framing, *, size: int, taken: bool, cut: bool
) -> None:
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


def test_a_carriage_return_does_not_count_however_the_bytes_come(connect: Callable[..., Wire], narrow: Daemon) -> None:
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
) -> None:
    wire = connect(narrow, framing)
    wire.frame(b'{"jsonrpc":"2.0","id":1,"method":"settings.set","params":{"key":"k","value":"' + b"x" * 5_000_000)
    assert wire.message()["error"]["data"]["kind"] == "limit_exceeded"
    wire.alive()


# Other protocols


@pytest.mark.parametrize("bytewise", [False, True])
@pytest.mark.parametrize("verb", VERBS)
def test_http_gets_one_line_that_says_it_is_not(connect: Callable[..., Wire], verb: str, bytewise: bool) -> None:
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


@pytest.mark.parametrize(
    "start", [b"\x16\x03\x01\x02\x00\x01\x00\x01", b"SSH-2.0-OpenSSH_9.6\r\n", b'"hello"\n', b"42\n", b"null\n"]
)
def test_any_other_beginning_is_told_what_is_spoken_here(connect: Callable[..., Wire], start: bytes) -> None:
    wire = connect()
    wire.raw(start)
    assert wire.message()["error"]["data"]["kind"] == "parse_error"
    assert wire.at_end()
