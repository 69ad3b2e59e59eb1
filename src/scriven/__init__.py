"""Scriven: one small daemon per user that owns the state coding agents share."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from scriven.client import aio as aio
    from scriven.client import connect as connect

__version__ = "0.1.0"
__all__ = ["__version__", "aio", "connect"]


def __getattr__(name: str) -> object:
    """`connect` and `aio` on first use, so that importing the package imports nothing heavy."""
    if name == "connect":
        from scriven.client import connect

        return connect
    if name == "aio":
        import importlib

        return importlib.import_module("scriven.client.aio")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
