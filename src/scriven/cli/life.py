"""The daemon's life as the command line leads it: start, stop, restart, and running it in the foreground."""

from __future__ import annotations

import json
import os
import sys
import time

from scriven.cli import detach, failures
from scriven.cli.failures import Failure, UsageError
from scriven.cli.layout import visible
from scriven.cli.output import print_json, print_lines
from scriven.cli.words import CHOICES, DAEMON, FOREGROUND, PATHS
from scriven.client import messages
from scriven.client.connection import Connection
from scriven.client.errors import NotRunning, OutcomeUnknown
from scriven.paths import log_path, socket_path
from scriven.process import alive

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from scriven.cli.arguments import Given

# How long a start or a stop may take: migrating a big file, or finishing long calls.
PATIENCE = 60.0
# A daemon that runs says hello at once.
HELLO_SECONDS = 5.0
# How soon after taking the database a daemon listens.
OTHER_SECONDS = 1.0


def run(word: str, given: Given) -> int:
    """`start`, `stop`, `restart`, or `daemon` with no verb."""
    if given.values:
        raise UsageError(f"{word} takes no value", f"scriven {word} --help")
    for name, choices in CHOICES.items():
        if given.text(name) not in (None, *choices):
            raise UsageError(f"--{name} takes {', '.join(choices[:-1])} or {choices[-1]}")
    if word == "daemon":
        _become_daemon(given)
    path = socket_path(given.text("socket"))
    until = time.monotonic() + given.seconds("timeout", PATIENCE)
    if word == "stop":
        return _stop(given, path, until)
    if word == "restart":
        return _restart(given, path, until)
    return _start(given, path, until)


def _start(given: Given, path: str, until: float) -> int:
    running = _greeting(path, until)
    if running is not None and running["state"] == "draining":
        _wait_until_gone(path, running, until)
        running = None
    if running is None:
        running = _launch(given, path, until)
        return _tell_running(given, running, "scriven is running", started=running.pop("started"))
    _same_database(given, running)
    return _tell_running(given, running, "scriven was running already", started=False)


def _stop(given: Given, path: str, until: float) -> int:
    running = _greeting(path, until)
    if running is not None:
        _end(path, running, until)
    if "json" in given.options:
        print_json(json.dumps({"stopped": running is not None, "pid": running and running["pid"]}))
    elif running is None:
        print_lines(["scriven was not running"])
    else:
        print_lines([f"scriven has stopped: pid {running['pid']}"])
    return failures.OK


def _restart(given: Given, path: str, until: float) -> int:
    before = _greeting(path, until)
    if before is not None:
        # It goes on with the file it had, wherever that was said.
        given.options.setdefault("database", str(before["database"]["path"]))
        _end(path, before, until)
    after = _launch(given, path, until)
    started = after.pop("started")
    if before is not None and before["instance"] == after["instance"]:
        raise Failure("the daemon that answers is still the old one", "scriven status")
    return _tell_running(given, after, "scriven is running anew", started=started)


def _become_daemon(given: Given) -> None:
    """Run the daemon in place of this process."""
    line = [sys.executable, "-P", "-m", "scriven.daemon"]
    for name, _, _ in (*FOREGROUND, ("socket", "", "")):
        value = given.text(name)
        if value is not None:
            line += [f"--{name}", value]
    sys.stdout.flush()
    os.execv(sys.executable, line)  # noqa: S606 - no shell is wanted


def _launch(given: Given, path: str, until: float) -> dict[str, Any]:
    """Start a daemon and wait until it is ready; who it is, and under `started` whether it is ours."""
    options = ["--socket", path]
    for name, _, _ in DAEMON:
        value = given.text(name)
        if value is not None:
            options += [f"--{name}", os.path.abspath(value) if name in PATHS else value]
    log = log_path()
    while True:
        said, code = detach.launch(options, log, until)
        if said is None and code is None:
            raise Failure("the daemon is still starting", f"its log: {log}", failures.TRY_AGAIN)
        if said is None:
            raise Failure(f"the daemon ended while starting, with exit code {code}", f"its log: {log}")
        if said.get("ready") is True:
            return {"started": True, **{name: said[name] for name in ("pid", "instance", "socket")}}
        if said.get("kind") == "already_running" and not _elsewhere(said, path) and time.monotonic() < until:
            # Another start was quicker, and its daemon counts. If it ended meanwhile, ours is tried again.
            other = _wait_for_other(path, until)
            if other is None:
                continue
            _same_database(given, other)
            return {"started": False, **other}
        reason = visible(str(said.get("reason") or "no reason given"))
        raise Failure(f"the daemon did not start: {reason}", f"its log: {log}")


def _elsewhere(holder: dict[str, Any], path: str) -> bool:
    """Whether the daemon that has the database listens on another socket."""
    pid, socket = holder.get("pid"), holder.get("socket")
    known = isinstance(pid, int) and isinstance(socket, str) and alive(pid)
    return known and os.path.realpath(str(socket)) != os.path.realpath(path)


def _wait_for_other(path: str, until: float) -> dict[str, Any] | None:
    """The daemon that another start is bringing up on this socket, or None when it does not come."""
    appears = min(until, time.monotonic() + OTHER_SECONDS)
    while True:
        running = _greeting(path, until)
        if running is not None and running["state"] != "starting":
            return running
        if time.monotonic() >= (appears if running is None else until):
            return None
        time.sleep(0.02)


def _greeting(path: str, until: float) -> dict[str, Any] | None:
    """Who answers, or None when no daemon runs."""
    connection = Connection(path, timeout=max(0.1, min(HELLO_SECONDS, until - time.monotonic())))
    try:
        reply, _ = connection.call("daemon.hello", None, read=True)
    except NotRunning:
        return None
    finally:
        connection.close()
    greeting: dict[str, Any] = messages.outcome(reply)
    return greeting


def _same_database(given: Given, running: dict[str, Any]) -> None:
    """Raise Failure when a database was asked for and another one is served."""
    wanted = given.text("database")
    served = running["database"]["path"]
    if wanted is not None and os.path.realpath(wanted) != os.path.realpath(served):
        raise Failure(f"the daemon that runs serves another database: {visible(served)}", "scriven stop, then start")


def _end(path: str, running: dict[str, Any], until: float) -> None:
    """Ask the daemon to drain, and wait until its process is gone."""
    connection = Connection(path, timeout=max(0.1, until - time.monotonic()))
    try:
        with detach.Process(running["pid"]) as process:
            try:
                reply, _ = connection.call("daemon.shutdown", None, read=False)
                messages.outcome(reply)
            except NotRunning:
                pass
            except OutcomeUnknown:
                pass  # it ended before it could say so; the wait below finds out
            ended = connection.wait_for_end(until - time.monotonic()) and process.wait(until - time.monotonic())
    finally:
        connection.close()
    if not ended:
        raise Failure(
            f"the daemon is still finishing calls: pid {running['pid']}", "scriven status", failures.TRY_AGAIN
        )


def _wait_until_gone(path: str, running: dict[str, Any], until: float) -> None:
    with detach.Process(running["pid"]) as process:
        if not process.wait(until - time.monotonic()):
            raise Failure(f"the daemon on {path} is still ending: pid {running['pid']}", None, failures.TRY_AGAIN)


def _tell_running(given: Given, running: dict[str, Any], sentence: str, *, started: bool) -> int:
    who = {name: running[name] for name in ("pid", "instance", "socket")}
    if "json" in given.options:
        print_json(json.dumps({"started": started, **who}))
    else:
        print_lines([f"{sentence}: pid {who['pid']}, socket {visible(who['socket'])}"])
    return failures.OK
