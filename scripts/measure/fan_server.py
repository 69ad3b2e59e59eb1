"""The yardstick of row 7: each line that comes is written to every other connection, an empty one only answered."""

from __future__ import annotations

import os
import select
import socket
import sys


def serve(path: str) -> None:
    """Serve on that socket until standard input ends."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener, select.epoll() as ready:
        listener.bind(path)
        listener.listen(512)
        ready.register(0, select.EPOLLIN | select.EPOLLHUP)
        ready.register(listener.fileno(), select.EPOLLIN)
        peers: dict[int, socket.socket] = {}
        os.write(1, b"ready\n")
        while True:
            for descriptor, _ in ready.poll():
                if descriptor == 0:
                    return
                if descriptor == listener.fileno():
                    peer, _ = listener.accept()
                    peers[peer.fileno()] = peer
                    ready.register(peer.fileno(), select.EPOLLIN)
                elif line := peers[descriptor].recv(65536):
                    for other, peer in peers.items() if line != b"\n" else ():
                        if other != descriptor:
                            peer.send(line)
                    peers[descriptor].send(line)
                else:
                    ready.unregister(descriptor)
                    peers.pop(descriptor).close()


if __name__ == "__main__":
    serve(sys.argv[1])
