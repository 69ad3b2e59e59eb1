"""What tests of the wire share: a daemon that also has the methods of `specimens`, and the gate that keeps it busy."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

import specimens
from contract import Contract
from running import Daemon, Directory
from specimens import Passage
from wire_client import Framing, Wire

PROGRAM = (specimens.__file__,)


@pytest.fixture(scope="session")
def extended() -> Contract:
    """The interface with the methods of `specimens`."""
    return specimens.contract()


@pytest.fixture(scope="module")
def specimen() -> Iterator[Daemon]:
    """A daemon with the methods of `specimens`, for the tests of a module."""
    with ExitStack() as stack:
        made = Directory()
        stack.callback(made.remove)
        daemon = Daemon(made.path, program=PROGRAM)
        stack.callback(daemon.release)
        yield daemon.ready()
        daemon.stop()
        assert not daemon.complaints(), daemon.complaints()


@pytest.fixture
def attach(connect: Callable[..., Wire], specimen: Daemon, extended: Contract) -> Callable[..., Wire]:
    """Opens raw connections to it."""

    def open_one(framing: Framing = "lines") -> Wire:
        return connect(specimen, framing, extended)

    return open_one


@pytest.fixture
def passage(directory: str) -> Passage:
    """A gate that `gate.read` and `gate.write` wait at."""
    return Passage(os.path.join(directory, "gate"))
