"""Directories that tests make."""

from __future__ import annotations

from pathlib import Path


def made(*parts: str | Path) -> str:
    """The path of a directory, which exists from now on."""
    place = Path(*parts)
    place.mkdir(parents=True, exist_ok=True)
    return str(place)
