"""Clients that come, go, cancel and send nonsense at random leave a daemon that is whole and idle."""

from __future__ import annotations

import json
import random
import socket
import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from threading import Thread

from running import Daemon, until
from wire_client import Wire, call, framed

CLIENTS = 8
ROUNDS = 60


def message(rng: random.Random, id_: int) -> bytes:
    key = f"k{rng.randrange(20)}"
    kind = rng.randrange(10)
    if kind == 0:
        return rng.randbytes(rng.randrange(1, 30)).replace(b"\n", b"") + b"\n"
    if kind == 1:
        cancel = {"jsonrpc": "2.0", "method": "$/cancelRequest", "params": {"id": rng.randrange(id_ + 1)}}
        return framed(json.dumps(cancel).encode(), "lines")
    if kind == 2:
        batch = [call(id_, "settings.set", {"key": key, "value": n}) for n in range(rng.randrange(1, 30))]
        return framed(json.dumps([*batch, call(id_, "daemon.status")]).encode(), "lines")
    if kind == 3:
        calls = [{"method": "settings.set", "params": {"key": key, "value": 1, "ifRevision": rng.randrange(3)}}] * 3
        return framed(json.dumps(call(id_, "transaction.run", {"calls": calls})).encode(), "lines")
    if kind == 4:
        return framed(json.dumps(call(id_, "settings.list", {"limit": 1000})).encode(), "lines")
    return framed(
        json.dumps(call(id_, "settings.set", {"key": key, "value": "x" * rng.randrange(3000)})).encode(), "lines"
    )


def client(path: str, seed: int) -> None:
    """Connections one after the other; each is left in some way, often in the middle of things."""
    rng = random.Random(seed)
    for _ in range(ROUNDS):
        with socket.socket(socket.AF_UNIX) as peer, suppress(BrokenPipeError, ConnectionResetError):
            peer.settimeout(30)
            peer.connect(path)
            # The first bytes choose the framing; after them anything may come.
            sent = framed(json.dumps(call(0, "daemon.health")).encode(), "lines")
            sent += b"".join(message(rng, id_) for id_ in range(1, rng.randrange(2, 60)))
            peer.sendall(sent[: rng.randrange(1, len(sent))] if rng.random() < 0.3 else sent)
            match rng.randrange(4):
                case 0:
                    peer.recv(rng.randrange(1, 5000))
                case 1:
                    peer.shutdown(socket.SHUT_WR)
                    while peer.recv(65536):
                        pass
                case 2:
                    peer.shutdown(socket.SHUT_RDWR)


def test_after_a_storm_of_clients_the_daemon_is_whole_and_idle(fresh: Daemon, connect: Callable[..., Wire]) -> None:
    wire = connect(fresh)
    clients = [Thread(target=client, args=(fresh.socket, seed)) for seed in range(CLIENTS)]
    for one in clients:
        one.start()
    while any(one.is_alive() for one in clients):
        wire.alive()
        wire.call("settings.get", {"key": "k1"})
    for one in clients:
        one.join()
    until(lambda: wire.call("daemon.status")["traffic"]["connections"] == 1, "the end of the last connection")
    assert wire.call("daemon.status")["traffic"]["queued"] <= 1
    with closing(sqlite3.connect(fresh.database, timeout=0, isolation_level=None)) as other:
        # No transaction was left open: another writer gets the lock at once.
        until(lambda: _locked(other), "the lock")
        other.execute("ROLLBACK")
        [(rows, last)] = other.execute("SELECT count(*), max(seq) FROM changes").fetchall()
        assert rows == last
        [(written,)] = other.execute("SELECT sum(revision) FROM settings").fetchall()
        assert written == rows
    wire.call("settings.set", {"key": "after", "value": 1})
    assert fresh.stop() == 0


def _locked(connection: sqlite3.Connection) -> bool:
    try:
        connection.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError:
        return False
    return True
