"""What this daemon can be asked: its interface, described by itself."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import Annotated

import msgspec
from msgspec import Meta, Raw

from scriven.method import Live, Params, method

Document = Annotated[
    Raw,
    Meta(
        description="An OpenRPC document.",
        examples=[{"openrpc": "1.3.2", "info": {"title": "Scriven", "version": "0.1.0"}, "methods": []}],
    ),
]


class RpcDiscover(Params):
    pass


@method("live", since=1)
async def discover(live: Live, p: RpcDiscover) -> Document:
    """This interface as an OpenRPC 1.3 document."""
    return _document()


@cache
def _document() -> Raw:
    """On one line, as a newline frame has to be."""
    derived = resources.files("scriven.derived").joinpath("openrpc.json").read_bytes()
    return Raw(msgspec.json.format(derived, indent=-1))
