"""The end: calls under way are answered, later ones told to come again, the file left whole, the socket gone."""

from __future__ import annotations

import os
import signal
import sqlite3
from collections.abc import Callable
from contextlib import closing

import pytest

import specimens
from contract import Contract
from running import Daemon, until
from specimens import Passage
from wire_client import Wire, call, framed


@pytest.fixture
def lab(start: Callable[..., Daemon]) -> Daemon:
    """A daemon with a gate, for this test alone."""
    return start(program=(specimens.__file__,)).ready()


@pytest.fixture
def reach(lab: Daemon, connect: Callable[..., Wire], extended: Contract) -> Callable[[], Wire]:
    """Opens connections to it."""
    return lambda: connect(lab, judge=extended)


def draining(wire: Wire) -> bool:
    return bool(wire.call("daemon.health")["state"] == "draining")


def test_shutdown_is_answered_and_the_daemon_ends_clean(fresh: Daemon, connect: Callable[..., Wire]) -> None:
    wire, idle = connect(fresh), connect(fresh)
    idle.alive()
    for n in range(100):
        wire.call("settings.set", {"key": "k", "value": n})
    assert os.stat(f"{fresh.database}-wal").st_size > 0
    assert wire.call("daemon.shutdown") == {"stopping": True, "pid": fresh.process.pid}
    assert wire.at_end()
    assert idle.at_end()
    assert fresh.wait() == 0
    assert not os.path.lexists(fresh.socket)
    assert not os.path.exists(f"{fresh.database}-wal") or os.stat(f"{fresh.database}-wal").st_size == 0
    with closing(sqlite3.connect(fresh.database)) as file:
        assert file.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert file.execute("SELECT revision FROM settings").fetchone() == (100,)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_clean(fresh: Daemon, connect: Callable[..., Wire], number: signal.Signals) -> None:
    wire = connect(fresh)
    wire.alive()
    os.kill(fresh.process.pid, number)
    assert wire.at_end()
    assert fresh.wait() == 0
    assert not os.path.lexists(fresh.socket)


def test_the_log_is_moved_into_the_file_even_while_another_program_has_it_open(
    fresh: Daemon, connect: Callable[..., Wire]
) -> None:
    wire = connect(fresh)
    wire.call("settings.set", {"key": "k", "value": "x" * 10_000})
    with closing(sqlite3.connect(fresh.database)) as other:
        assert other.execute("SELECT count(*) FROM settings").fetchone() == (1,)
        assert os.stat(f"{fresh.database}-wal").st_size > 10_000
        assert fresh.stop() == 0
        assert os.stat(f"{fresh.database}-wal").st_size == 0


def test_calls_under_way_are_answered_and_later_ones_told_to_come_again(
    lab: Daemon, reach: Callable[[], Wire], passage: Passage
) -> None:
    keeper, waiting, late = reach(), reach(), reach()
    late.call("daemon.health")
    keeper.request("gate.write", {"directory": passage.directory})
    with passage.held():
        before = waiting.request("settings.set", {"key": "k", "value": "before"})
        waiting.alive()
        lab.terminate()
        until(lambda: draining(late), "the drain")
        for method, params in (
            ("settings.set", {"key": "k", "value": "late"}),
            ("settings.get", {"key": "k"}),
            ("transaction.run", {"calls": []}),
        ):
            error = late.fail(method, params)
            data = error["data"]
            assert (error["code"], data["kind"], data["retryable"], data["outcome"]) == (
                -32005,
                "shutting_down",
                True,
                "none",
            )
        late.send([call(1, "settings.get", {"key": "k"}), call(2, "daemon.health")])
        replies = late.message()
        assert replies[0]["error"]["data"]["kind"] == "shutting_down"
        assert replies[1]["result"]["state"] == "draining"
        with pytest.raises((ConnectionRefusedError, FileNotFoundError)):
            reach()
    assert keeper.message()["result"] is True
    assert waiting.reply(before)["result"]["value"] == "before"
    for wire in (keeper, waiting, late):
        assert wire.at_end()
    assert lab.wait() == 0


def test_a_shutdown_behind_other_calls_lets_them_finish(fresh: Daemon, connect: Callable[..., Wire]) -> None:
    wire = connect(fresh)
    messages = [call(n, "settings.set", {"key": "k", "value": n}) for n in range(300)]
    messages += [call("end", "daemon.shutdown"), call("after", "settings.set", {"key": "k", "value": "after"})]
    wire.raw(b"".join(framed(wire.encoded(message), "lines") for message in messages))
    replies = {reply["id"]: reply for reply in (wire.message() for _ in messages)}
    assert all("result" in replies[n] for n in range(300))
    assert replies["end"]["result"]["stopping"] is True
    assert replies["after"]["error"]["data"]["kind"] == "shutting_down"
    assert wire.at_end()
    assert fresh.wait() == 0


def test_a_second_signal_does_not_wait_for_who_does_not_read(fresh: Daemon, connect: Callable[..., Wire]) -> None:
    wire, slow = connect(fresh), connect(fresh)
    wire.call("settings.set", {"key": "large", "value": "x" * 1_000_000})
    slow.raw(b"".join(framed(slow.encoded(call(n, "settings.get", {"key": "large"})), "lines") for n in range(50)))
    slow.sock.recv(1)
    fresh.terminate()
    until(lambda: draining(wire), "the drain")
    fresh.terminate()
    assert fresh.wait() == 0
    assert not os.path.lexists(fresh.socket)


def test_a_second_signal_does_not_wait_for_a_long_read(
    lab: Daemon, reach: Callable[[], Wire], passage: Passage
) -> None:
    wire, other = reach(), reach()
    other.call("daemon.health")
    wire.request("slow.read", {"directory": passage.directory})
    with passage.held():
        lab.terminate()
        until(lambda: draining(other), "the drain")
    lab.terminate()
    assert lab.wait() == 0


def test_who_reads_slowly_gets_all_its_replies_and_the_daemon_ends_as_soon_as_it_has_them(
    start: Callable[..., Daemon], connect: Callable[..., Wire]
) -> None:
    # Were the drain to wait for its time instead of for the reader, the test would fail by its patience.
    daemon = start(environment={"SCRIVEN_DRAIN_SECONDS": "600"}).ready()
    wire, other = connect(daemon), connect(daemon)
    wire.call("settings.set", {"key": "large", "value": "x" * 600_000})
    wire.request("settings.get", {"key": "large"})
    other.alive()
    daemon.terminate()
    assert other.at_end()
    assert len(wire.message()["result"]["value"]) == 600_000
    assert wire.at_end()
    assert daemon.wait() == 0


def test_who_never_reads_is_given_up_after_the_drains_time(
    start: Callable[..., Daemon], connect: Callable[..., Wire]
) -> None:
    daemon = start(environment={"SCRIVEN_DRAIN_SECONDS": "0.2"}).ready()
    wire, slow = connect(daemon), connect(daemon)
    wire.call("settings.set", {"key": "large", "value": "x" * 1_000_000})
    slow.raw(b"".join(framed(slow.encoded(call(n, "settings.get", {"key": "large"})), "lines") for n in range(50)))
    slow.sock.recv(1)
    daemon.terminate()
    assert daemon.wait() == 0
    assert "after 0.2 s" in daemon.log()


def test_a_half_sent_message_does_not_hold_up_the_end(fresh: Daemon, connect: Callable[..., Wire]) -> None:
    wire = connect(fresh)
    wire.alive()
    wire.raw(b'{"jsonrpc":"2.0","id":1,"method":"settings.set","params":{')
    fresh.terminate()
    assert wire.at_end()
    assert fresh.wait() == 0


def test_the_end_does_not_unlink_a_socket_that_is_anothers(fresh: Daemon, connect: Callable[..., Wire]) -> None:
    connect(fresh).alive()
    os.unlink(fresh.socket)
    with open(fresh.socket, "w") as stranger:
        stranger.write("not ours")
    assert fresh.stop() == 0
    with open(fresh.socket) as stranger:
        assert stranger.read() == "not ours"
