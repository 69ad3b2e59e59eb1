"""However a stream of bytes is cut on its way, the same messages come out of it."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import example, given, settings
from hypothesis import strategies as st

from scriven.errors import CallError
from scriven.framing import Framing, FramingLost, Sniffer

LIMIT = 40

_piece = st.sampled_from(
    [
        b"{}", b"[1]", b'{"a":"\xc3\xa9"}', b"{" + b"x" * 37 + b"}", b"{" + b"x" * 38 + b"}", b"{" + b"x" * 39 + b"}",
        b"{" + b"x" * 90 + b"}", b"\n", b"\r\n", b" ", b"\t", b"\r", b"\n\n", b"Content-Length: 2\r\n\r\n{}",
        b"content-length:40\r\n\r\n" + b"y" * 40, b"Content-Length: 41\r\n\r\n" + b"z" * 41,
        b"Content-Type: x; charset=utf-16\r\nContent-Length: 3\r\n\r\n[1]", b"Content-Length: 0\r\n\r\n",
        b"Content-Length: -1\r\n\r\n", b"Content-Length: 2\n\n{}", b"X: y\r\n\r\n",
        b"GET / HTTP/1.1\r\n", b"G", b"C", b"hello",
    ]
)  # fmt: skip


def messages(chunks: list[bytes]) -> list[object]:
    """What comes out: messages, what is said about those that cannot be taken, and how it ends."""
    sniffer = Sniffer(LIMIT)
    framing: Framing | None = None
    found: list[object] = []
    try:
        for chunk in chunks:
            found += (framing or sniffer).feed(chunk)
            framing = framing or sniffer.chosen
        found += (framing or sniffer).end()
    except FramingLost as lost:
        found += [*lost.frames, lost.error, "lost"]
    return [item.message if isinstance(item, CallError) else item for item in found]


@settings(max_examples=500, deadline=None)
@given(st.lists(_piece, max_size=8).map(b"".join), st.lists(st.integers(0, 400), max_size=6))
@example(b"{" + b"x" * 38 + b"}\r\n", [41])
@example(b"Content-Length: 2\r\n\r\n{}Content-Length: -1\r\n\r\n", [])
def test_cuts_do_not_change_the_messages(data: bytes, places: list[int]) -> None:
    cuts = sorted({0, len(data), *(place for place in places if place < len(data))})
    chunks = [data[start:end] for start, end in pairwise(cuts)]
    assert messages(chunks) == messages([data])


@settings(max_examples=200, deadline=None)
@given(st.lists(_piece, max_size=8).map(b"".join))
def test_single_bytes_make_the_same_messages(data: bytes) -> None:
    assert messages([bytes([byte]) for byte in data]) == messages([data])
