"""What tests of the running program share: real daemons, raw connections, and the check that none is left behind."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from contract import Contract, published
from running import Daemon, Directory
from wire_client import FRAMINGS, Framing, Wire


@pytest.fixture(scope="session")
def contract() -> Contract:
    """The published interface."""
    return published()


@pytest.fixture(scope="session", autouse=True)
def nothing_left_behind() -> Iterator[None]:
    """At the end of the run, no daemon of it is alive."""
    yield
    left = [daemon.process.pid for daemon in Daemon.everyone if daemon.process.poll() is None]
    for daemon in Daemon.everyone:
        daemon.release()
    assert not left, f"daemons were still alive: {left}"


@pytest.fixture
def directory() -> Iterator[str]:
    """A short, private, empty directory."""
    with ExitStack() as stack:
        made = Directory()
        stack.callback(made.remove)
        yield made.path


def _starting(stack: ExitStack, directory: str) -> Callable[..., Daemon]:
    def finish(daemon: Daemon) -> None:
        daemon.release()
        assert not daemon.complaints(), daemon.complaints()

    def start(*arguments: str, **options: Any) -> Daemon:
        daemon = Daemon(directory, *arguments, **options)
        stack.callback(finish, daemon)
        return daemon

    return start


@pytest.fixture
def start(directory: str) -> Iterator[Callable[..., Daemon]]:
    """Starts daemons in `directory`; each is ended, and its log read for errors. See running.Daemon."""
    with ExitStack() as stack:
        yield _starting(stack, directory)


@pytest.fixture(scope="module")
def daemon() -> Iterator[Daemon]:
    """One daemon for the tests of a module."""
    with ExitStack() as stack:
        made = Directory()
        stack.callback(made.remove)
        yield _starting(stack, made.path)().ready()


@pytest.fixture
def fresh(start: Callable[..., Daemon]) -> Daemon:
    """A daemon for this test alone."""
    return start().ready()


@pytest.fixture
def connect(request: pytest.FixtureRequest, contract: Contract) -> Iterator[Callable[..., Wire]]:
    """Opens raw connections, to the module's daemon unless another is given."""
    with ExitStack() as stack:

        def open_one(daemon: Daemon | None = None, framing: Framing = "lines", judge: Contract | None = None) -> Wire:
            to: Daemon = daemon or request.getfixturevalue("daemon")
            return stack.enter_context(Wire(to.socket, judge or contract, framing))

        yield open_one


@pytest.fixture(params=FRAMINGS)
def framing(request: pytest.FixtureRequest) -> Framing:
    """Each framing in turn."""
    chosen: Framing = request.param
    return chosen


@pytest.fixture
def wire(connect: Callable[..., Wire], framing: Framing) -> Wire:
    """A connection to the module's daemon, in each framing in turn."""
    return connect(framing=framing)


@pytest.fixture(scope="session")
def component() -> Callable[[str], str]:
    """The path of a program the tests talk to. Missing, it skips by name, and fails where CI=true."""

    def find(name: str) -> str:
        found = shutil.which(name)
        if found is None:
            _lacking(name)
        return found or ""

    return find


@pytest.fixture(scope="session")
def installed() -> Callable[[str, str], None]:
    """Demands files the tests need that a package manager puts there, in the same way."""

    def demand(path: str, name: str) -> None:
        if not os.path.exists(path):
            _lacking(name)

    return demand


def _lacking(what: str) -> None:
    if os.environ.get("CI") == "true":
        pytest.fail(f"{what} is not installed")
    pytest.skip(f"{what} is not installed")
