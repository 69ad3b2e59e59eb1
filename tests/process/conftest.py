"""Directories for the installed program, with and without a daemon."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

import pytest

from program import Home
from seeds import IDUMB, JARVIS, Drizzle


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


@pytest.fixture(scope="module")
def new_home() -> Iterator[Callable[[], Home]]:
    """Makes directories with a daemon each, for the tests of a module."""
    with ExitStack() as stack:
        yield lambda: _started(stack.enter_context(contextmanager(_made)()))


@pytest.fixture(scope="session")
def drizzle(component: Callable[[str], str], installed: Callable[[str, str], None]) -> Drizzle:
    """The programs that write and read databases as iDumb and Jarvis do."""
    return Drizzle(component, installed)


@pytest.fixture(scope="session")
def of_idumb(drizzle: Drizzle, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A database of iDumb; to be copied by who changes it."""
    return drizzle.write("idumb", tmp_path_factory.mktemp("idumb") / "idumb.db", IDUMB)


@pytest.fixture(scope="session")
def of_jarvis(drizzle: Drizzle, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A database of Jarvis; to be copied by who changes it."""
    return drizzle.write("jarvis", tmp_path_factory.mktemp("jarvis") / "jarvis.db", JARVIS)


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
