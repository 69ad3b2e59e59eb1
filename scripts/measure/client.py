"""One client of the demonstration: writes settings for some seconds and reports what came of it, call by call."""

from __future__ import annotations

import json
import os
import random
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack, closing

Write = Callable[[str, str], None]


class CallFailedError(Exception):
    """The call did not take effect; the text says why."""


def command_line(socket: str, _: ExitStack) -> Write:
    """The command, started anew for every call, as a shell script or a hook does."""
    program = os.path.join(os.path.dirname(sys.executable), "scriven")

    def write(key: str, value: str) -> None:
        ended = subprocess.run(
            [program, "settings", "set", key, json.dumps(value), "--socket", socket],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
        if ended.returncode:
            raise CallFailedError(ended.stderr.strip().partition("\n")[0])

    return write


def python(socket: str, until_end: ExitStack) -> Write:
    """The Python client, on one connection."""
    import scriven
    from scriven.client import RemoteError

    client = until_end.enter_context(scriven.connect(socket))

    def write(key: str, value: str) -> None:
        try:
            client.settings.set(key, value)
        except RemoteError as error:
            raise CallFailedError(str(error)) from None

    return write


def socat(socket: str, until_end: ExitStack) -> Write:
    """Lines of JSON through socat, with nothing of ours in between."""
    command = ["socat", "-", f"UNIX-CONNECT:{socket}"]
    pipe = until_end.enter_context(subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True))
    assert pipe.stdin is not None
    assert pipe.stdout is not None
    send, receive = pipe.stdin, pipe.stdout

    def write(key: str, value: str) -> None:
        params = {"key": key, "value": value}
        send.write(json.dumps({"jsonrpc": "2.0", "id": 1, "method": "settings.set", "params": params}) + "\n")
        send.flush()
        reply = json.loads(receive.readline())
        if "error" in reply:
            raise CallFailedError(reply["error"]["message"])

    return write


def sqlite(address: str, until_end: ExitStack) -> Write:
    """The database file itself, opened by every process, as tools without a daemon do."""
    import direct_sqlite

    path, _, timeout = address.rpartition(":")
    connection = until_end.enter_context(closing(direct_sqlite.open_file(path, timeout=float(timeout))))

    def write(key: str, value: str) -> None:
        try:
            connection.execute("BEGIN IMMEDIATE")
            row = {"key": key, "value": json.dumps(value), "now": "2026-01-31T09:30:00.000Z"}
            connection.execute(direct_sqlite.UPSERT, row).fetchall()
            connection.execute("COMMIT")
        except sqlite3.OperationalError as error:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise CallFailedError(str(error)) from None

    return write


KINDS = {"cli": command_line, "python": python, "socat": socat, "sqlite": sqlite}


def main(kind: str, address: str, seconds: float, keys: int, seed: int) -> None:
    """Say `ready`, wait for a line, write until the time is over, report as one line of JSON."""
    with ExitStack() as until_end:
        write = KINDS[kind](address, until_end)
        print("ready", flush=True)
        sys.stdin.readline()
        report = work(write, kind, seconds, keys, seed)
    print(json.dumps(report), flush=True)


def work(write: Write, kind: str, seconds: float, keys: int, seed: int) -> dict[str, object]:
    """The milliseconds of each call that took effect, the errors of those that did not, and the writes of each key."""
    choose = random.Random(seed)  # noqa: S311 - which setting comes next is no secret
    times: list[float] = []
    errors: Counter[str] = Counter()
    writes: Counter[str] = Counter()
    end = time.perf_counter() + seconds
    while (begin := time.perf_counter()) < end:
        key = f"demo.{choose.randrange(keys):02}"
        try:
            write(key, f"{kind} {seed}, call {len(times)}")
        except CallFailedError as error:
            errors[str(error)] += 1
        else:
            times.append(round((time.perf_counter() - begin) * 1000, 3))
            writes[key] += 1
    return {"times": times, "errors": errors, "writes": writes}


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], float(sys.argv[3]), int(sys.argv[4]), int(sys.argv[5]))
