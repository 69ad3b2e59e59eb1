"""The rooms: one file a noun. `load()` imports every one and returns the table of methods."""

from __future__ import annotations

import importlib
import pkgutil

from scriven.method import METHODS, Method


def load() -> dict[str, Method]:
    """Import every noun, so that each has entered its methods."""
    for module in pkgutil.iter_modules(__path__):
        importlib.import_module(f"{__name__}.{module.name}")
    return METHODS
