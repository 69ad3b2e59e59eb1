"""What the command line says when no daemon can be reached: one text, one exit code, for each cause."""

from __future__ import annotations

import contextlib
import errno
import os
import platform
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator

import pytest

from program import Home
from scriven.client.errors import (
    BacklogFull,
    NotRunning,
    PermissionDenied,
    Sandboxed,
    StaleSocket,
    Unreachable,
    unreachable,
)


@contextlib.contextmanager
def listening(home: Home, backlog: int = 8) -> Iterator[socket.socket]:
    """A socket at the daemon's place that is not a daemon."""
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(home.socket)
        server.listen(backlog)
        yield server
    os.unlink(home.socket)


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        (errno.ENOENT, NotRunning),
        (errno.ENOTDIR, NotRunning),
        (errno.ECONNREFUSED, StaleSocket),
        (errno.EACCES, PermissionDenied),
        (errno.EPERM, Sandboxed),
        (errno.EAGAIN, BacklogFull),
        (errno.EMFILE, Unreachable),
    ],
)
def test_every_cause_has_its_class_and_names_the_path(number: int, kind: type[Unreachable]) -> None:
    told = unreachable(OSError(number, os.strerror(number)), "/run/x/scriven.sock")
    assert type(told) is kind
    assert "/run/x/scriven.sock" in told.message
    assert told.hint


def test_a_stale_socket_is_told_and_left_alone(home: Home) -> None:
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(home.socket)
    done = home.run("settings", "list")
    assert done.code == 69
    assert done.err == f"scriven: the daemon is not running: nobody listens on {home.socket}\n  scriven start\n"
    assert os.path.exists(home.socket)
    os.unlink(home.socket)


def test_a_socket_of_somebody_else_is_told_with_its_owner_and_mode(home: Home) -> None:
    as_user = os.geteuid() or 65534
    with listening(home):
        os.chmod(home.root, 0o755)
        os.chmod(home.socket, 0)
        # Modules are imported first: the other user may not be able to read them.
        done = _python(
            home,
            "import os; import scriven.cli, scriven.cli.arguments, scriven.cli.ask, scriven.client.connection; "
            f"os.geteuid() == 0 and os.setuid({as_user}); raise SystemExit(scriven.cli.main(['settings', 'list']))",
        )
    assert done.returncode == 77, done.stderr
    assert done.stderr.startswith(
        f"scriven: permission denied on {home.socket}: it belongs to user {os.geteuid()}, its mode is 0000, "
        f"you are user {as_user}\n"
    )


def test_a_sandbox_is_told_apart_from_a_daemon_that_does_not_run(running: Home) -> None:
    done = _python(running, SANDBOX.format(number=_number_of_connect()))
    if done.returncode == 42:
        pytest.skip("this system does not let a process sandbox itself")
    assert done.returncode == 77, done.stderr
    assert done.stderr.startswith(f"scriven: a sandbox forbids this process to connect to {running.socket}\n")
    assert running.run("status").code == 0


def test_a_full_backlog_is_told_to_be_tried_again(home: Home) -> None:
    with listening(home, backlog=0), contextlib.ExitStack() as waiting:
        while True:
            client = waiting.enter_context(socket.socket(socket.AF_UNIX))
            client.setblocking(False)
            try:
                client.connect(home.socket)
            except BlockingIOError:
                break
            except ConnectionRefusedError:
                pytest.skip("here a full backlog refuses, like a stale socket")
        done = home.run("settings", "list")
    assert done.code == 75
    assert done.err == f"scriven: too many programs are connecting to {home.socket} at this moment\n  try again\n"


def test_a_backlog_that_empties_in_time_is_no_error(running: Home) -> None:
    # The real daemon accepts as fast as it can; a burst of commands has to get through.
    burst = [
        subprocess.Popen([*running.program, "settings", "list"], stdout=subprocess.DEVNULL, env=running.environment)
        for _ in range(12)
    ]
    assert [one.wait(30) for one in burst] == [0] * len(burst)


def test_a_listener_that_never_answers_is_named_with_its_process(home: Home) -> None:
    with listening(home):
        read = home.run("settings", "get", "theme", "--timeout", "0.2")
        write = home.run("settings", "set", "theme", "1", "--timeout", "0.2")
        status = home.run("status", "--timeout", "0.2")
        start = home.run("start", "--timeout", "0.2")
    assert (read.code, write.code, status.code, start.code) == (75, 75, 75, 75)
    who = f" (pid {os.getpid()})" if sys.platform == "linux" else ""
    assert read.err.startswith(f"scriven: what listens on {home.socket}{who} has not answered for 0.2 s\n")
    assert write.err.startswith(
        f"scriven: the connection to {home.socket} was lost before the reply: "
        "settings.set may have taken effect or not\n"
    )


@pytest.mark.parametrize(
    ("reply", "code", "message"),
    [
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", 76, "what answers is not JSON-RPC 2.0"),
        (b'{"jsonrpc":"2.0","id":99,"result":null}\n', 76, "the reply is to another call than the one made"),
        (b'{"jsonrpc":"2.0","id":1}\n', 76, "a reply has neither a result nor an error"),
        (b'{"jsonrpc":"2.0","method":"x"}\n{"jsonrpc":"2.0","id":1,"result":{"items":[],"nextCursor":null}}\n', 0, ""),
        (
            b'{"jsonrpc":"2.0","id":null,"error":{"code":-32003,"message":"too many connections"}}\n',
            75,
            "too many connections",
        ),
        (b'{"jsonrpc":"2.0","id":1,"error":{"code":-32004,"message":"busy","data":{"retryable":true}}}\n', 75, "busy"),
        (
            b'{"jsonrpc":"2.0","id":1,"error":{"code":-32009,"message":"no","data":{"kind":"forbidden","outcome":"none"}}}\n',
            77,
            "no",
        ),
        (
            b'{"jsonrpc":"2.0","id":1,"error":{"code":-32011,"message":"old","data":{"kind":"mismatch","outcome":"none"}}}\n',
            76,
            "old",
        ),
        (b"", 76, "hangs up on every call"),
    ],
)
def test_what_comes_back_decides_the_exit_code(home: Home, reply: bytes, code: int, message: str) -> None:
    def serve(server: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                peer, _ = server.accept()
                with peer:
                    peer.recv(65536)
                    peer.sendall(reply)

    with listening(home) as server:
        answering = threading.Thread(target=serve, args=(server,))
        answering.start()
        done = home.run("settings", "list", "--json")
        server.shutdown(socket.SHUT_RDWR)
        answering.join()
    assert done.code == code, done
    assert message in done.err


def test_a_path_too_long_for_a_socket_is_told_before_it_is_tried(home: Home) -> None:
    done = home.run("status", "--socket", "/tmp/" + "x" * 120)
    assert done.code == 2
    assert "a Unix socket allows 103" in done.err
    assert "SCRIVEN_SOCKET" in done.err


def _python(home: Home, code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=30, check=False, env=home.environment
    )


def _number_of_connect() -> int:
    numbers = {"x86_64": 42, "aarch64": 203}
    if sys.platform != "linux" or platform.machine() not in numbers:
        pytest.skip("no seccomp filter is written for this machine")
    return numbers[platform.machine()]


# Let every system call pass but connect(2), which is to fail with EPERM: seccomp(2), a classic BPF program.
SANDBOX = """
import ctypes, struct
program = [(0x20, 0, 0, 0), (0x15, 0, 1, {number}), (0x06, 0, 0, 0x00050001), (0x06, 0, 0, 0x7FFF0000)]
code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *line) for line in program))
class Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("filter", ctypes.c_void_p)]
libc = ctypes.CDLL(None, use_errno=True)
libc.prctl.argtypes = [ctypes.c_int, *[ctypes.c_ulong] * 4]
given = Program(len(program), ctypes.addressof(code))
if libc.prctl(38, 1, 0, 0, 0) or libc.prctl(22, 2, ctypes.addressof(given), 0, 0):
    raise SystemExit(42)
from scriven.cli import main
raise SystemExit(main(["settings", "list"]))
"""
