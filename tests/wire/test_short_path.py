"""The plain call's short path and jsonrpcserver answer alike: the same bytes to both, whatever they are."""

from __future__ import annotations

import asyncio
import json
import os
import random
import re
from collections import deque
from collections.abc import Callable, Iterator
from typing import Any, Literal

import pytest
import uvloop
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contract import Contract
from running import Directory
from scriven import methods
from scriven.call import Lane, Origin
from scriven.config import load
from scriven.daemon import Daemon
from scriven.engine import file
from scriven.engine.sqlite import Engine
from scriven.rpc import Rpc

# What two daemons may answer differently: moments, ids, references, where their files are.
_OWN = re.compile(
    rb'("(?:ref|instance|found)":)?"(?:\d{4}-\d\d-\d\dT[0-9:.]+Z|[a-z]+_[0-9a-f]{24}|[0-9a-f]{8}|[0-9a-f]{16}|/tmp/scr[^"]*)"'
)


class Peer:
    """A connection without its socket: it collects replies and tells when nothing is under way."""

    def __init__(self) -> None:
        self.access: Literal["read", "write"] = "write"
        self.client: str | None = None
        self.version: str | None = None
        self.pid: int | None = None
        self.lane = Lane(deque())
        self.in_flight = 0
        self.origin: Origin | None = None
        self.replies: list[bytes] = []
        self.quiet = asyncio.Event()

    def reply(self, message: bytes) -> None:
        self.replies.append(message)

    def tell(self, *messages: bytes) -> None:
        """Replies are what is compared."""

    def spare(self, size: int = 0) -> bool:
        return size == 0

    def stalled(self) -> bool:
        return False

    def finished(self) -> None:
        self.in_flight -= 1
        self.quiet.set()

    def hold(self) -> None:
        """Messages are given one at a time anyway."""

    def release(self) -> None:
        """The same."""


class Side:
    """One of the two: an engine on a file of its own, and the dispatcher over it."""

    def __init__(self, directory: str, *, short: bool) -> None:
        config = load(
            os.path.join(directory, "none.toml"),
            environment={},
            flags={"database": os.path.join(directory, "d", f"{short}.db"), "socket": os.path.join(directory, "s")},
        )
        file.prepare(config.database)
        self.engine = Engine(config, lambda _: None)
        self.rpc = Rpc(methods.load(), self.engine, Daemon(config))
        self.rpc.short = short
        self.peer = Peer()

    async def answer(self, frame: bytes) -> list[bytes]:
        """What that message is answered, once it is done."""
        self.peer.replies = []
        self.rpc.receive(self.peer, frame)
        while self.peer.in_flight:
            self.peer.quiet.clear()
            await self.peer.quiet.wait()
        return [_OWN.sub(rb'\1"own"', reply) for reply in self.peer.replies]


class Pair:
    """Both sides on one loop."""

    def __init__(self, directory: str, contract: Contract) -> None:
        self.runner = asyncio.Runner(loop_factory=uvloop.new_event_loop)
        self.contract = contract
        self.sides = [Side(directory, short=short) for short in (True, False)]
        for side in self.sides:
            self.runner.run(side.engine.open())

    def same(self, frame: bytes) -> bytes:
        """Hand it to both; their answer, which has to be one."""
        short, long = (self.runner.run(side.answer(frame)) for side in self.sides)
        assert short == long, frame
        for reply in short:
            self._judge(json.loads(reply))
        return b"\n".join(short)

    def renew(self) -> None:
        """Go on with new connections."""
        for side in self.sides:
            side.peer = Peer()

    def close(self) -> None:
        for side in self.sides:
            self.runner.run(side.engine.close())
        self.runner.close()

    def _judge(self, message: Any) -> None:
        for reply in message if isinstance(message, list) else [message]:
            if "error" in reply:
                kind = reply["error"]["data"]["kind"]
                assert kind != "internal_error", reply
                assert reply["error"]["code"] == self.contract.errors[kind]["code"]


@pytest.fixture(scope="module")
def pair(contract: Contract) -> Iterator[Pair]:
    made = Directory()
    both = Pair(made.path, contract)
    yield both
    both.close()
    made.remove()


NAMES = [*sorted(methods.load()), "no.method", "", "settings", "$/progress", "$/cancelRequest", "rpc.x"]
WORDS: list[Callable[[random.Random], Any]] = [
    lambda rng: rng.randrange(-3, 2000),
    lambda rng: rng.choice(["theme", "", "a" * 257, "é", "global", "1.0", "x\u0000", "/tmp", "/nowhere", "relative"]),
    lambda rng: rng.choice([True, False, None, 1.5, 2**70, -0.0]),
    lambda rng: [rng.randrange(9) for _ in range(rng.randrange(4))],
    lambda rng: {rng.choice(["key", "value", "a"]): rng.randrange(9)},
]
FIELDS = [
    "key",
    "value",
    "workspaceId",
    "ifRevision",
    "prefix",
    "effective",
    "limit",
    "cursor",
    "version",
    "settings",
    "replace",
    "projectDir",
    "name",
    "id",
    "path",
    "config",
    "force",
    "calls",
    "client",
    "protocol",
    "access",
    "expect",
    "_meta",
    "more",
]
LIKELY: list[Callable[[random.Random], tuple[str, Any]]] = [
    lambda rng: ("settings.set", {"key": f"k{rng.randrange(5)}", "value": rng.randrange(99)}),
    lambda rng: ("settings.set", {"key": f"k{rng.randrange(5)}", "value": 1, "ifRevision": rng.randrange(5)}),
    lambda rng: ("settings.set", [f"k{rng.randrange(5)}", {"nested": [1, 2.0, None]}]),
    lambda rng: ("settings.get", {"key": f"k{rng.randrange(7)}"}),
    lambda rng: ("settings.get", [f"k{rng.randrange(7)}", "global"]),
    lambda rng: ("settings.list", {"limit": rng.randrange(1, 4)}),
    lambda rng: ("settings.delete", {"key": f"k{rng.randrange(5)}"}),
    lambda rng: (
        "settings.set",
        {"key": "i", "value": rng.randrange(2), "_meta": {"idempotencyKey": f"i{rng.randrange(9)}"}},
    ),
    lambda rng: (
        "transaction.run",
        {"calls": [{"method": "settings.set", "params": {"key": "t", "value": 1}}] * rng.randrange(3)},
    ),
    lambda rng: ("workspaces.open", {"projectDir": rng.choice(["/", "/tmp", "/usr/../tmp", "nope"])}),
    lambda _: ("workspaces.resolve", {"path": "/tmp/x/y"}),
    lambda rng: ("daemon.health", rng.choice([None, {}, []])),
    lambda rng: ("daemon.hello", {"client": "test", "access": rng.choice(["read", "write", None])}),
]


def likely(rng: random.Random, depth: int = 0) -> Any:
    """A message that is nearly always valid."""
    if depth == 0 and rng.random() < 0.08:
        return [likely(rng, 1) for _ in range(rng.randrange(5))]
    if rng.random() < 0.75:
        name, params = rng.choice(LIKELY)(rng)
    else:
        name, params = rng.choice(NAMES), {rng.choice(FIELDS): rng.choice(WORDS)(rng) for _ in range(rng.randrange(4))}
    message: dict[str, Any] = {"jsonrpc": "2.0", "id": rng.choice([1, "a", None, 2**70, -1, 1.5]), "method": name}
    if params is not None:
        message["params"] = params
    if rng.random() < 0.1:
        del message["id"]
    if rng.random() < 0.05:
        message[rng.choice(["jsonrpc", "id", "method", "params", "extra"])] = rng.choice(WORDS)(rng)
    items = list(message.items())
    rng.shuffle(items)
    return dict(items)


TOKENS = [
    b"{",
    b"}",
    b"[",
    b"]",
    b",",
    b":",
    b'"',
    b"\\",
    b"\\u0000",
    b"\\ud800",
    b"\\q",
    b"null",
    b"true",
    b"1",
    b"-",
    b"e9",
    b".5",
    b" ",
    b"\t",
    b"\xff",
    b"\xc3",
    b"\xc3\xa9",
    b"NaN",
    b'"2.0"',
    b'"\\u0032.0"',
    b'"id":1,',
    b'"method":1,',
    b'"params":null,',
    b"\x00",
]


def mutated(rng: random.Random, text: bytes) -> bytes:
    """The same with a few bytes gone, doubled, exchanged or put in."""
    for _ in range(rng.randrange(1, 4)):
        at, length = rng.randrange(len(text) + 1), rng.randrange(0, 6)
        match rng.randrange(4):
            case 0:
                text = text[:at] + text[at + length :]
            case 1:
                text = text[:at] + text[at : at + length] * 2 + text[at + length :]
            case 2:
                text = text[:at] + rng.choice(TOKENS) + text[at:]
            case _:
                text = text[:at] + rng.choice(TOKENS) + text[at + length :]
    return text.strip(b" \t\r\n").replace(b"\n", b" ")


def test_six_thousand_messages_and_mutations_of_them_are_answered_alike(pair: Pair) -> None:
    rng = random.Random(2026)
    kinds: dict[str, int] = {}
    for n in range(6000):
        if n % 25 == 0:
            pair.renew()
        text = json.dumps(
            likely(rng), ensure_ascii=rng.random() < 0.5, separators=rng.choice([(",", ":"), (" , ", " : ")])
        )
        frame = text.encode() if n % 2 else mutated(rng, text.encode())
        answer = pair.same(frame)
        for kind in (
            "result",
            "parse_error",
            "invalid_request",
            "method_not_found",
            "invalid_params",
            "conflict",
            "forbidden",
        ):
            kinds[kind] = kinds.get(kind, 0) + (f'"{kind}"'.encode() in answer)
    # The messages are worth sending: every kind of answer is among them, many times.
    assert min(kinds.values()) >= 20, kinds


_scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8)
)
_json = st.recursive(
    _scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
_params = st.dictionaries(st.sampled_from(FIELDS), _json, max_size=3) | st.lists(_json, max_size=3) | _json
_message = st.fixed_dictionaries(
    {},
    optional={
        "jsonrpc": st.just("2.0") | st.just("2.0") | _json,
        "id": _scalars | _json,
        "method": st.sampled_from(NAMES) | _json,
        "params": _params,
    },
)


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(message=_message | st.lists(_message | _json, max_size=4) | _json, ascii_only=st.booleans())
def test_any_json_at_all_is_answered_alike(pair: Pair, message: Any, ascii_only: bool) -> None:
    pair.renew()
    pair.same(json.dumps(message, ensure_ascii=ascii_only).encode("utf-8", "surrogatepass"))


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=60).map(lambda data: data.replace(b"\n", b"")))
def test_any_bytes_at_all_are_answered_alike(pair: Pair, frame: bytes) -> None:
    pair.same(frame)
