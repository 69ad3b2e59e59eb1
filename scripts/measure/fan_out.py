"""Row 7: what subscribers cost: one write told to 200 of them, and what they do to everybody else's calls."""

from __future__ import annotations

import contextlib
import os
import select
import socket
import time
from collections.abc import Iterator
from statistics import median

import crowd
import load
import servers
from sample import Sample
from table import Line

SUBSCRIBERS = 200
ASLEEP = 10
WRITERS = 64
CLIENTS = 8

# Writes a second of all writers together: 20,000 of them take ten seconds.
PACE = 2000
WRITES = 400

# How long an event may take.
PATIENCE = 10.0


def told(directory: str, rounds: int, request: bytes) -> Line:
    """One write: how much later the last of 200 subscribers has it than a lone writer has its reply.

    The peer writes the same bytes to 200 sockets; of its time, too, is taken what a lone writer waits.
    """
    path, yardstick = os.path.join(directory, "d.sock"), os.path.join(directory, "fan.sock")
    generator, others = servers.divided()
    with contextlib.ExitStack() as stack:
        with servers.on_processors(others):
            stack.enter_context(servers.daemon(directory))
            stack.enter_context(servers.fan(directory))
        stack.enter_context(servers.on_processors(generator))
        event = _event(path, request)
        ours, theirs = [], []
        for _ in range(rounds):
            ours.append(_added(path, request, crowd.SUBSCRIBE))
            theirs.append(_added(yardstick, event, b"\n"))
    return Line(7, "settings.set told to 200 subscribers", "µs", "200 sockets written", ours, theirs, at_most=3)


def beside(directory: str, rounds: int, seconds: float, requests: list[bytes], sets: list[bytes]) -> list[Line]:
    """The calls of 8 clients while 64 write, with 200 subscribers of which 10 never read, and with none.

    The budget is for writers that do not ask for all the machine has; where they do, the subscribers' share of it is
    there to be known.
    """
    path = os.path.join(directory, "d.sock")
    lines = []
    with servers.daemon(directory) as daemon:
        load.once(path, sets)
        for writes, at_most in ((PACE, 2), (0, None)):
            ours: list[Sample] = []
            theirs: list[Sample] = []
            for _ in range(rounds):
                for samples, readers, asleep in ((ours, SUBSCRIBERS - ASLEEP, ASLEEP), (theirs, 0, 0)):
                    with servers.crowd(path, WRITERS, readers, asleep, writes):
                        samples.append(load.closed_loop(path, requests, seconds, daemon))
            pace = f"{writes:,} writes a second" if writes else "all the writes there can be"
            what = f"settings.get beside {pace}, 200 subscribers: p99"
            own, other = [one.p99 for one in ours], [one.p99 for one in theirs]
            lines.append(Line(7, what, "µs", "no subscribers", own, other, at_most=at_most))
    return lines


def _added(path: str, request: bytes, greeting: bytes) -> float:
    """Microseconds that 200 listeners add to a write: medians."""
    with _connected(path, 1) as [writer]:
        alone = _median(writer, request, [writer])
        with _connected(path, SUBSCRIBERS) as listening:
            for peer in listening:
                peer.sendall(greeting)
                peer.recv(65536)
            return _median(writer, request, listening) - alone


def _median(writer: socket.socket, request: bytes, listening: list[socket.socket]) -> float:
    """From the write until the last who listens has it."""
    taken = []
    receive = {peer.fileno(): peer.recv for peer in listening}
    ready = select.poll()
    for descriptor in receive:
        ready.register(descriptor, select.POLLIN)
    for _ in range(WRITES):
        left = len(listening)
        begin = time.perf_counter()
        writer.sendall(request)
        while left:
            arrived = ready.poll(PATIENCE * 1000)
            if not arrived:
                raise RuntimeError(f"{left} subscribers were not told within {PATIENCE:g} s")
            left -= sum(receive[descriptor](65536).endswith(b"\n") for descriptor, _ in arrived)
        taken.append((time.perf_counter() - begin) * 1e6)
        if writer not in listening:
            writer.recv(65536)
    return median(taken)


def _event(path: str, request: bytes) -> bytes:
    """The bytes that a subscriber is sent for such a write."""
    with _connected(path, 2) as [writer, peer]:
        peer.sendall(crowd.SUBSCRIBE)
        peer.recv(65536)
        writer.sendall(request)
        writer.recv(65536)
        return peer.recv(65536)


@contextlib.contextmanager
def _connected(path: str, count: int) -> Iterator[list[socket.socket]]:
    with contextlib.ExitStack() as stack:
        peers = [stack.enter_context(socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)) for _ in range(count)]
        for peer in peers:
            peer.settimeout(PATIENCE)
            peer.connect(path)
        yield peers
