"""The yardstick of rows 3 and 4: uvloop and msgspec decode and encode the bytes of a call, and nothing more."""

from __future__ import annotations

import asyncio
import os
import sys
from typing import cast

import msgspec
import uvloop


class Echo(asyncio.Protocol):
    """Answers each line with what it says, decoded and encoded again."""

    def __init__(self) -> None:
        self._rest = b""
        self._decode = msgspec.json.Decoder().decode
        self._encode = msgspec.json.Encoder().encode

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports are none of asyncio's classes, so there is nothing to check.
        self._write = cast("asyncio.WriteTransport", transport).write

    def data_received(self, data: bytes) -> None:
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in lines:
            self._write(self._encode(self._decode(line)) + b"\n")


async def serve(path: str) -> None:
    """Serve on that socket until standard input ends."""
    loop = asyncio.get_running_loop()
    ended = asyncio.Event()
    loop.add_reader(0, ended.set)
    server = await loop.create_unix_server(Echo, path)
    os.write(1, b"ready\n")
    await ended.wait()
    server.close()


if __name__ == "__main__":
    uvloop.run(serve(sys.argv[1]))
