"""The load: connections that each send a request, await its reply and send it again, at little cost to themselves."""

from __future__ import annotations

import select
import socket
import time

from sample import Sample, sample

DRAIN_SECONDS = 10.0


def closed_loop(path: str, requests: list[bytes], seconds: float, *, warm_up: float = 0.3) -> Sample:
    """One connection for each request, one call under way on each. The socket speaks newline frames."""
    peers = [socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) for _ in requests]
    try:
        for peer in peers:
            peer.connect(path)
        if len(peers) == 1:
            return _ping_pong(peers[0], requests[0], seconds, warm_up)
        return _many(peers, requests, seconds, warm_up)
    finally:
        for peer in peers:
            peer.close()


def _ping_pong(peer: socket.socket, request: bytes, seconds: float, warm_up: float) -> Sample:
    """A blocking exchange: nothing but two system calls stands between the clock and the peer."""
    clock, send, receive = time.perf_counter_ns, peer.sendall, peer.recv
    latencies: list[int] = []
    errors = 0
    begin = clock() + int(warm_up * 1e9)
    end = begin + int(seconds * 1e9)
    cpu = time.process_time()
    sent = clock()
    while sent < end:
        if sent < begin:
            cpu = time.process_time()
        send(request)
        reply = receive(65536)
        while not reply.endswith(b"\n"):
            reply += _more(receive(65536))
        now = clock()
        if sent >= begin:
            latencies.append(now - sent)
            errors += b'"error":' in reply
        sent = clock()
    idle = 1 - (time.process_time() - cpu) / seconds
    return sample(latencies, len(latencies), seconds, errors=errors, idle=idle)


def _many(peers: list[socket.socket], requests: list[bytes], seconds: float, warm_up: float) -> Sample:
    """All connections on one epoll (or kqueue); a reply is complete when what came ends its line."""
    clock = time.perf_counter_ns
    poll, ready = _poller(peers)
    lines = {
        peer.fileno(): (peer.recv, peer.send, request) for peer, request in zip(peers, requests, strict=True)
    }
    sent: dict[int, int] = {}
    latencies: list[int] = []
    errors = calls = 0
    begin = clock() + int(warm_up * 1e9)
    end = begin + int(seconds * 1e9)
    cpu = cpu_end = 0.0
    for descriptor, (_, send, request) in lines.items():
        sent[descriptor] = clock()
        send(request)
    while sent:
        arrived = ready()
        now = clock()
        if not arrived or now > end + int(DRAIN_SECONDS * 1e9):
            raise RuntimeError(f"{len(sent)} calls got no reply")
        if now < begin:
            cpu = time.process_time()
        elif not cpu_end and now >= end:
            cpu_end = time.process_time()
        for descriptor in arrived:
            receive, send, request = lines[descriptor]
            reply = _more(receive(65536))
            if not reply.endswith(b"\n"):
                continue
            now = clock()
            started = sent[descriptor]
            if started >= begin:
                latencies.append(now - started)
                errors += b'"error":' in reply
            calls += begin <= now < end
            if now < end:
                sent[descriptor] = now
                send(request)
            else:
                del sent[descriptor]
    del poll
    return sample(latencies, calls, seconds, errors=errors, idle=1 - (cpu_end - cpu) / seconds)


def _poller(peers: list[socket.socket]):  # type: ignore[no-untyped-def]  # noqa: ANN202 - epoll and kqueue share no type
    """The poll object, to be kept alive, and a function that gives the descriptors that can be read."""
    if hasattr(select, "epoll"):
        epoll = select.epoll()
        for peer in peers:
            epoll.register(peer.fileno(), select.EPOLLIN)
        return epoll, lambda: [descriptor for descriptor, _ in epoll.poll(DRAIN_SECONDS)]
    queue = select.kqueue()
    queue.control([select.kevent(peer.fileno(), select.KQ_FILTER_READ) for peer in peers], 0)
    return queue, lambda: [event.ident for event in queue.control(None, len(peers), DRAIN_SECONDS)]


def _more(received: bytes) -> bytes:
    if not received:
        raise RuntimeError("the peer closed a connection")
    return received
