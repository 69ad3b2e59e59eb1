"""What is derived from the table of methods: one writer a file, all of them run together."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from pathlib import Path

from scriven.method import Method

DERIVED = Path(__file__).parent.parent / "derived"

_PACKAGE = '"""What `python -m scriven.emit` wrote: never edited by hand."""\n'


def render(methods: dict[str, Method]) -> dict[str, str]:
    """Every derived file: its path under `derived/` and its text."""
    texts = {"__init__.py": _PACKAGE}
    for module in pkgutil.iter_modules(__path__):
        if module.name == "__main__":
            continue
        for path, text in importlib.import_module(f"{__name__}.{module.name}").files(methods).items():
            if path in texts:
                raise ValueError(f"two writers write {path}")
            texts[path] = text
    return texts


def write(methods: dict[str, Method], directory: Path = DERIVED) -> list[str]:
    """Make the directory hold exactly the derived files; the paths that were not so before."""
    texts = render(methods)
    differing = _differing(texts, directory)
    for path in differing:
        if path in texts:
            place = directory / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(texts[path], encoding="utf-8")
        else:
            (directory / path).unlink()
    return differing


def check(methods: dict[str, Method], directory: Path = DERIVED) -> list[str]:
    """The paths that are stale, missing, or no writer's."""
    return _differing(render(methods), directory)


def _differing(texts: dict[str, str], directory: Path) -> list[str]:
    present = set(_present(directory))
    stale = {path for path, text in texts.items() if path not in present or not _holds(directory / path, text)}
    return sorted(stale | (present - texts.keys()))


def _present(directory: Path) -> Iterator[str]:
    for place in directory.rglob("*"):
        if place.is_file() and "__pycache__" not in place.parts:
            yield place.relative_to(directory).as_posix()


def _holds(place: Path, text: str) -> bool:
    return place.read_bytes() == text.encode()
