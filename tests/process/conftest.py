"""Directories for the installed program, with and without a daemon."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator

import pytest

from program import Home


@pytest.fixture
def home() -> Iterator[Home]:
    """Directories with no daemon."""
    yield from _made()


@pytest.fixture
def running(home: Home) -> Home:
    """The same, with a daemon that was started by the program."""
    return _started(home)


@pytest.fixture(scope="module")
def standing() -> Iterator[Home]:
    """A running daemon that the tests of a module share: each leaves alone what the others look at."""
    for home in _made():
        yield _started(home)


def _made() -> Iterator[Home]:
    root = tempfile.mkdtemp(prefix="scr", dir="/tmp")
    home = Home(root)
    yield home
    home.end()
    shutil.rmtree(root)


def _started(home: Home) -> Home:
    done = home.run("start")
    assert done.code == 0, done
    return home
