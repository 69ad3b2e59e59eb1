"""The load: connections that each send a request, await its reply and send it again, at little cost to themselves."""

from __future__ import annotations

import contextlib
import select
import socket
import subprocess
import sys
import time
from collections.abc import Callable

from sample import Sample, sample
from servers import cpu_seconds

# How long the replies to the last calls may take.
DRAIN_SECONDS = 10


def closed_loop(
    path: str, requests: list[bytes], seconds: float, server: subprocess.Popen[bytes], *, warm_up: float = 0.3
) -> Sample:
    """One connection for each request, one call under way on each. The socket speaks newline frames."""
    with contextlib.ExitStack() as stack:
        peers = [stack.enter_context(socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)) for _ in requests]
        for peer in peers:
            peer.connect(path)
        used = _Used(server)
        begin = time.perf_counter_ns() + int(warm_up * 1e9)
        end = begin + int(seconds * 1e9)
        if len(peers) == 1:
            result = _ping_pong(peers[0], requests[0], begin, end, used)
        else:
            result = _many(peers, requests, begin, end, used)
        return result._replace(idle=1 - used.ours / seconds, server=used.server and used.server / seconds)


def once(path: str, requests: list[bytes]) -> None:
    """Each request once, one after the other, none of which may fail."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as peer:
        peer.connect(path)
        with peer.makefile("rwb") as stream:
            for request in requests:
                stream.write(request)
                stream.flush()
                reply = stream.readline()
                if b'"result":' not in reply:
                    raise RuntimeError(f"a call failed: {reply.decode(errors='replace').strip()}")


class _Used:
    """Processor time within what is measured: this process's and the server's, in seconds."""

    def __init__(self, server: subprocess.Popen[bytes]) -> None:
        self._process = server
        self.ours = 0.0
        self.server: float | None = None

    def begin(self) -> None:
        self.ours, self.server = -time.process_time(), cpu_seconds(self._process)

    def end(self) -> None:
        self.ours += time.process_time()
        now = cpu_seconds(self._process)
        self.server = None if now is None or self.server is None else now - self.server


def _ping_pong(peer: socket.socket, request: bytes, begin: int, end: int, used: _Used) -> Sample:
    """A blocking exchange: nothing but two system calls stands between the clock and the peer."""
    clock, send, receive = time.perf_counter_ns, peer.sendall, peer.recv
    latencies: list[int] = []
    errors = 0
    measuring = False
    while (sent := clock()) < end:
        if not measuring and sent >= begin:
            measuring = True
            used.begin()
            sent = clock()
        send(request)
        reply = _some(receive(65536))
        while not reply.endswith(b"\n"):
            reply += _some(receive(65536))
        now = clock()
        if measuring:
            latencies.append(now - sent)
            errors += b'"error":' in reply
    used.end()
    return sample(latencies, len(latencies), (end - begin) / 1e9, errors=errors)


def _many(peers: list[socket.socket], requests: list[bytes], begin: int, end: int, used: _Used) -> Sample:
    """All connections on one epoll (or kqueue); a reply is complete when what came ends its line."""
    clock = time.perf_counter_ns
    ready = _poller(peers)
    lines = {peer.fileno(): (peer.recv, peer.send, request) for peer, request in zip(peers, requests, strict=True)}
    sent: dict[int, int] = {}
    latencies: list[int] = []
    errors = calls = 0
    for descriptor, (_, send, request) in lines.items():
        sent[descriptor] = clock()
        send(request)
    # What is next to happen, and when.
    marks = [(end, used.end), (begin, used.begin)]
    while sent:
        arrived = ready()
        if not arrived:
            raise RuntimeError(f"{len(sent)} calls got no reply within {DRAIN_SECONDS} s")
        if marks and clock() >= marks[-1][0]:
            marks.pop()[1]()
        for descriptor in arrived:
            receive, send, request = lines[descriptor]
            reply = _some(receive(65536))
            if not reply.endswith(b"\n"):
                continue
            now = clock()
            if sent[descriptor] >= begin:
                latencies.append(now - sent[descriptor])
            errors += b'"error":' in reply
            if now < end:
                calls += now >= begin
                sent[descriptor] = now
                send(request)
            else:
                del sent[descriptor]
    if marks:
        used.end()
    return sample(latencies, calls, (end - begin) / 1e9, errors=errors)


def _poller(peers: list[socket.socket]) -> Callable[[], list[int]]:
    """A function that waits and gives the descriptors that can be read."""
    if sys.platform == "linux":
        epoll = select.epoll()
        for peer in peers:
            epoll.register(peer.fileno(), select.EPOLLIN)
        return lambda: [descriptor for descriptor, _ in epoll.poll(DRAIN_SECONDS)]
    queue = select.kqueue()
    queue.control([select.kevent(peer.fileno(), select.KQ_FILTER_READ) for peer in peers], 0)
    return lambda: [event.ident for event in queue.control(None, len(peers), DRAIN_SECONDS)]


def _some(received: bytes) -> bytes:
    if not received:
        raise RuntimeError("the peer closed a connection")
    return received
