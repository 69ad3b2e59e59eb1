"""Whatever readers, writers and the daemon go through, each reader is told the log: all, once, in order."""

from __future__ import annotations

import json
import random
import sqlite3
from collections.abc import Callable
from contextlib import ExitStack, closing
from fnmatch import fnmatchcase
from typing import Any

import pytest

from contract import Contract
from running import Daemon
from wire_client import FRAMINGS, Framing, Wire, call, framed

KEYS = 6
TOPICS = (["*"], ["settings.*", "app.end"], ["settings.set", "app.*"], ["settings.delete", "app.end"])
PASSING = "app.passing"
PIPELINED = 600_000


class Place:
    """The daemon, as often as it is started."""

    def __init__(self, start: Callable[..., Daemon], contract: Contract) -> None:
        self.contract = contract
        self._start = start
        self.daemon = start().ready()

    def restart(self, *, gently: bool) -> None:
        if gently:
            assert self.daemon.stop() == 0
        else:
            self.daemon.kill()
        self.daemon = self._start().ready()

    def connect(self, framing: Framing = "lines") -> Wire:
        return Wire(self.daemon.socket, self.contract, framing)


class Writer:
    """Sends calls without waiting for the replies. `done` is what it was told is on disk, by topic, key, revision."""

    def __init__(self, place: Place, stack: ExitStack) -> None:
        self.wire = stack.enter_context(place.connect())
        self.done: list[tuple[str, str, int]] = []
        self._open: list[str] = []
        self._owed = 0

    def send(self, calls: list[tuple[str, dict[str, Any]]]) -> None:
        encoded = b"".join(framed(json.dumps(call(1, *one)).encode(), "lines") for one in calls)
        if self._owed + len(encoded) > PIPELINED:
            # Who reads no replies is not read from at last, and would wait here for ever.
            self.collect()
        self._owed += len(encoded)
        self._open += [method for method, _ in calls]
        self.wire.raw(encoded)

    def collect(self) -> None:
        """Take the replies, as far as there are any."""
        self._owed = 0
        try:
            while self._open:
                reply = json.loads(self.wire.next_bytes())
                method = self._open.pop(0)
                if "result" in reply:
                    self._note(method, reply["result"])
                else:
                    assert reply["error"]["data"]["kind"] == "shutting_down", reply
        except (EOFError, ConnectionError):
            self._open.clear()

    def _note(self, method: str, result: Any) -> None:
        if method == "settings.set":
            self.done.append((method, result["key"], result["revision"]))
        elif method == "transaction.run":
            for one in result["results"]:
                self._note("settings.set", one)


class Reader:
    """Goes on from the last event that it has taken, through every connection it gets."""

    def __init__(self, place: Place, rng: random.Random, stack: ExitStack, cursor: str) -> None:
        self.cursor = cursor
        self.topics = rng.choice(TOPICS)
        self.taken: list[tuple[str, str, Any]] = []
        self.ended = False
        self._framing: Framing = rng.choice(FRAMINGS)
        self._place = place
        self._stack = stack
        self._wire: Wire | None = None
        self._subscription = ""

    def leave(self) -> None:
        """Hang up, whatever is still unread."""
        if self._wire is not None:
            self._wire.close()
            self._wire = None

    def subscribe(self) -> None:
        """Connect, or end the subscription, and go on where it is."""
        fresh = self._wire is None
        if fresh:
            self._wire = self._stack.enter_context(self._place.connect(self._framing))
        try:
            if not fresh and self._subscription:
                self._ask("events.unsubscribe", {"subscription": self._subscription})
            begun = self._ask("events.subscribe", {"topics": self.topics, "since": self.cursor})
            self._subscription = begun["subscription"]
        except (EOFError, ConnectionError):
            self.leave()

    def read(self, messages: int) -> None:
        """Take at most so many that have come."""
        try:
            while self._wire is not None and messages and self._wire.has_come():
                self._take(json.loads(self._wire.next_bytes()))
                messages -= 1
        except (EOFError, ConnectionError):
            self.leave()

    def finish(self) -> None:
        """Read up to the end of the schedule."""
        while not self.ended:
            try:
                if self._wire is None:
                    self.subscribe()
                else:
                    self._take(json.loads(self._wire.next_bytes()))
            except (EOFError, ConnectionError):
                self.leave()
        self.leave()

    def _ask(self, method: str, params: dict[str, Any]) -> Any:
        assert self._wire is not None
        self._wire.send(call(1, method, params))
        while "id" not in (message := json.loads(self._wire.next_bytes())):
            self._take(message)
        return message["result"]

    def _take(self, message: Any) -> None:
        params = message["params"]
        assert params["subscription"] == self._subscription, "an event of a subscription that had ended"
        if message["method"] == "events.closed":
            assert params["reason"] == "shutting_down"
            assert int(params["cursor"][1:]) >= int(self.cursor[1:])
            self._subscription = ""
            self.leave()
            return
        if params["topic"] == PASSING:
            assert int(params["cursor"][1:]) >= int(self.cursor[1:])
            return
        self.taken.append((params["cursor"], params["topic"], params["body"]))
        self.cursor = params["cursor"]
        self.ended = params["topic"] == "app.end"


def calls(rng: random.Random, prefix: str, *, heavy: bool) -> list[tuple[str, dict[str, Any]]]:
    """A burst of writes; a heavy one is more than a connection buffers once there are two of them."""

    def one(size: int) -> dict[str, Any]:
        return {"key": f"{prefix}{rng.randrange(KEYS)}", "value": "x" * rng.randrange(size)}

    kind = rng.randrange(8)
    if heavy:
        sets = [{"method": "settings.set", "params": one(3800)} for _ in range(99)]
        return [("transaction.run", {"calls": sets})] * 4
    if kind == 0:
        # One commit that is too much to be told at once.
        return [("transaction.run", {"calls": [{"method": "settings.set", "params": one(7000)} for _ in range(99)]})]
    if kind == 1:
        return [("settings.delete", {"key": one(1)["key"]})]
    if kind == 2:
        return [("events.publish", {"topic": PASSING, "body": rng.random(), "durable": False})] * rng.randrange(1, 9)
    return [("settings.set", one(3000 if kind == 3 else 30)) for _ in range(rng.randrange(1, 40))]


class Run:
    """One random schedule: its writers and readers, and the place in the log where it began."""

    def __init__(self, place: Place, seed: int, stack: ExitStack) -> None:
        self.place = place
        self.rng = random.Random(seed)
        self.prefix = f"s{seed}."
        self.restarts = self.rng.random() < 0.08
        self.heavy = self.rng.random() < 0.1
        self.done: list[tuple[str, str, int]] = []
        self._stack = stack
        with place.connect() as wire:
            self.began = wire.call("events.wait", {"topics": ["*"], "timeoutMs": 0})["cursor"]
        self.writers = [Writer(place, stack) for _ in range(self.rng.randrange(1, 4))]
        self.readers = [Reader(place, self.rng, stack, self.began) for _ in range(self.rng.randrange(1, 5))]

    def step(self) -> None:
        """Something happens."""
        reader, writer = self.rng.choice(self.readers), self.rng.choice(self.writers)
        match self.rng.randrange(9):
            case 0 | 1 | 2 | 3:
                writer.send(calls(self.rng, self.prefix, heavy=self.heavy))
            case 4:
                reader.read(self.rng.choice((1, 10, 1000)))
            case 5 | 6:
                reader.subscribe()
            case 7:
                reader.leave()
            case 8 if self.restarts:
                self.place.restart(gently=self.rng.random() < 0.3)
                self.collect()
                self.writers = [Writer(self.place, self._stack) for _ in self.writers]
            case _:
                writer.collect()

    def collect(self) -> None:
        """Take all replies."""
        for writer in self.writers:
            writer.collect()
            self.done += writer.done
            writer.done.clear()


def schedule(place: Place, seed: int) -> None:
    """One random run, and what has to be true at its end."""
    with ExitStack() as stack:
        run = Run(place, seed, stack)
        for _ in range(run.rng.randrange(5, 25)):
            run.step()
        run.collect()
        with place.connect() as wire:
            wire.call("events.publish", {"topic": "app.end", "body": seed})
            stored = wire.call("settings.list", {"prefix": run.prefix, "limit": 1000})["items"]
        for reader in run.readers:
            reader.finish()
    log = logged(place.daemon, run.began)
    told = {(topic, *identity(body)) for _, topic, body in log if topic == "settings.set"}
    assert set(run.done) <= told, "a change that was acknowledged is not in the log"
    for reader in run.readers:
        wanted = [change for change in log if any(fnmatchcase(change[1], topic) for topic in reader.topics)]
        assert reader.taken == wanted
        if reader.topics == ["*"]:
            assert replayed(reader.taken) == {setting["key"]: setting["revision"] for setting in stored}


def identity(body: Any) -> tuple[str, int]:
    """The key and the revision that an event is about, whether its body is the setting or refers to it."""
    about = body.get("ref", body)
    return about.get("id", about.get("key")), about["revision"]


def replayed(taken: list[tuple[str, str, Any]]) -> dict[str, int]:
    """What a reader knows is stored: each key's revision."""
    state: dict[str, int] = {}
    for _, topic, body in taken:
        if topic == "settings.set":
            key, revision = identity(body)
            state[key] = revision
        elif topic == "settings.delete":
            del state[body["key"]]
    return state


def logged(daemon: Daemon, after: str) -> list[tuple[str, str, Any]]:
    """The log after a place: cursor, topic, body."""
    asked = "SELECT seq, topic, body FROM changes WHERE seq > ? ORDER BY seq"
    with closing(sqlite3.connect(f"file:{daemon.database}?mode=ro", uri=True)) as connection:
        rows = connection.execute(asked, (int(after[1:]),)).fetchall()
    return [(f"c{seq}", topic, json.loads(body)) for seq, topic, body in rows]


def schedules(start: Callable[..., Daemon], contract: Contract, seeds: range) -> None:
    place = Place(start, contract)
    for seed in seeds:
        try:
            schedule(place, seed)
        except BaseException as error:
            error.add_note(f"the schedule's seed is {seed}")
            raise


@pytest.mark.slow
def test_readers_that_come_stall_go_and_return_are_told_the_log(
    start: Callable[..., Daemon], contract: Contract
) -> None:
    schedules(start, contract, range(60))


@pytest.mark.soak
def test_the_same_a_thousand_times(start: Callable[..., Daemon], contract: Contract) -> None:
    schedules(start, contract, range(1000, 2000))
