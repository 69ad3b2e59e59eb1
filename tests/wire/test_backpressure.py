"""Who asks and does not read costs bounded memory and delays nobody, and gets every reply in the end."""

from __future__ import annotations

import select
from collections.abc import Callable
from threading import Thread

import pytest

import specimens
from contract import Contract
from running import Daemon, until
from specimens import Passage
from wire_client import Wire, call, framed

MIB = 1024 * 1024


def fill(wire: Wire, data: bytes) -> bytes:
    """Send until the daemon stops reading; what it did not take."""
    wire.sock.setblocking(False)
    left = memoryview(data)
    stuck = 0
    while left and stuck < 200:
        try:
            left = left[wire.sock.send(left) :]
            stuck = 0
        except BlockingIOError:
            stuck += 1
            select.select([], [wire.sock], [], 0.005)
    wire.sock.settimeout(30)
    return bytes(left)


def test_fifty_thousand_unread_requests_cost_little_and_are_all_answered_in_order(
    fresh: Daemon, connect: Callable[..., Wire]
) -> None:
    greedy, other = connect(fresh), connect(fresh)
    other.call("settings.set", {"key": "k", "value": "x" * 400})
    before = fresh.resident_bytes()
    data = b"".join(framed(greedy.encoded(call(n, "settings.get", {"key": "k"})), "lines") for n in range(50_000))
    left = fill(greedy, data)
    assert left, "the daemon read requests whose replies nobody reads without end"
    assert fresh.resident_bytes() - before < 64 * MIB
    for n in range(50):
        assert other.call("settings.set", {"key": "other", "value": n})["revision"] == n + 1
    rest = Thread(target=greedy.raw, args=(left,))
    rest.start()
    for n in range(50_000):
        assert greedy.message()["id"] == n
    rest.join()
    assert fresh.resident_bytes() - before < 64 * MIB
    greedy.alive()


def test_large_replies_that_nobody_reads_cost_little_too(fresh: Daemon, connect: Callable[..., Wire]) -> None:
    greedy, other = connect(fresh), connect(fresh)
    other.call("settings.set", {"key": "large", "value": "x" * (MIB - 100)})
    before = fresh.resident_bytes()
    data = b"".join(framed(greedy.encoded(call(n, "settings.get", {"key": "large"})), "lines") for n in range(400))
    left = fill(greedy, data)
    for n in range(50):
        assert other.call("settings.set", {"key": "other", "value": n})["revision"] == n + 1
    assert fresh.resident_bytes() - before < 150 * MIB
    rest = Thread(target=greedy.raw, args=(left,))
    rest.start()
    for n in range(400):
        assert greedy.message()["id"] == n
    rest.join()


@pytest.mark.parametrize("kind", ["live", "refused"])
def test_who_does_not_read_is_not_read_from_also_where_the_database_is_not_asked(
    fresh: Daemon, connect: Callable[..., Wire], kind: str
) -> None:
    greedy, other = connect(fresh), connect(fresh)
    greedy.alive()
    before = fresh.resident_bytes()
    one = framed(b'{"jsonrpc":"2.0","id":1,"method":"daemon.hello"}' if kind == "live" else b"nonsense", "lines")
    assert fill(greedy, one * 300_000), "the daemon read on"
    assert fresh.resident_bytes() - before < 32 * MIB
    other.alive()


def test_a_connection_with_its_calls_in_flight_is_not_read_from_and_loses_nothing(
    start: Callable[..., Daemon], connect: Callable[..., Wire], extended: Contract, passage: Passage
) -> None:
    daemon = start(program=(specimens.__file__,), environment={"SCRIVEN_LIMITS_CALLS_IN_FLIGHT": "10"}).ready()
    keeper, wire, other = (connect(daemon, judge=extended) for _ in range(3))
    assert wire.call("daemon.hello")["limits"]["callsInFlight"] == 10
    keeper.request("gate.read", {"directory": passage.directory})
    with passage.held():
        messages = [call(n, "settings.set", {"key": "k", "value": n}) for n in range(100)]
        wire.raw(b"".join(framed(wire.encoded(message), "lines") for message in messages))
        # A live call is answered at once unless ten calls are before it: the hundred have to be done first.
        wire.request("daemon.health")
        other.alive()
    for n in range(100):
        assert wire.reply(n)["result"]["value"] == n
    assert wire.message()["result"]["state"] == "ready"
    keeper.message()


def test_a_batch_larger_than_the_calls_in_flight_is_still_one_batch(
    start: Callable[..., Daemon], connect: Callable[..., Wire]
) -> None:
    daemon = start(environment={"SCRIVEN_LIMITS_CALLS_IN_FLIGHT": "10"}).ready()
    wire = connect(daemon)
    wire.send([call(n, "settings.set", {"key": "k", "value": n}) for n in range(200)])
    assert [reply["result"]["revision"] for reply in wire.message()] == list(range(1, 201))
    wire.alive()


@pytest.mark.parametrize("batch", [False, True])
def test_one_call_is_answered_before_the_thousands_another_connection_sent_first(
    connect: Callable[..., Wire], batch: bool
) -> None:
    busy, single = connect(), connect()
    if batch:
        sent = b"".join(
            framed(
                busy.encoded([call(f"{b}-{n}", "settings.set", {"key": "busy", "value": n}) for n in range(1000)]),
                "lines",
            )
            for b in range(5)
        )
    else:
        sent = b"".join(
            framed(busy.encoded(call(n, "settings.set", {"key": "busy", "value": n})), "lines") for n in range(5000)
        )
    feeder = Thread(target=busy.raw, args=(sent,))
    seen: list[int] = []

    def read() -> None:
        while len(seen) < (5 if batch else 5000):
            busy.message()
            seen.append(len(seen))

    reader = Thread(target=read)
    feeder.start()
    reader.start()
    until(lambda: bool(seen), "the busy connection's first reply")
    single.call("settings.set", {"key": "single", "value": 1})
    answered_before = len(seen)
    feeder.join()
    reader.join()
    assert answered_before < (5 if batch else 5000)


def test_a_call_does_not_wait_for_all_the_slow_reads_another_connection_sent_first(attach: Callable[..., Wire]) -> None:
    greedy, other = attach(), attach()
    messages = [call(n, "slow.read", {"steps": 100_000}) for n in range(500)]
    greedy.raw(b"".join(framed(greedy.encoded(message), "lines") for message in messages))
    greedy.message()
    # All of them together take several times as long as this call has.
    other.call("settings.set", {"key": "small", "value": 1, "_meta": {"deadlineMs": 3000}})
    greedy.close()
    other.alive()
