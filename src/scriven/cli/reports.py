"""What the command line says of itself and of the daemon: status, version, socket-path, completion."""

from __future__ import annotations

import json
import os

from scriven import __version__
from scriven.cli import failures, moments, words
from scriven.cli.ask import connection_of
from scriven.cli.failures import UsageError
from scriven.cli.layout import Page, pairs, visible
from scriven.cli.output import print_json, print_lines
from scriven.client import messages
from scriven.client.errors import NotRunning, RemoteError
from scriven.paths import socket_path

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from scriven.cli.arguments import Given
    from scriven.client.connection import Connection

# A person waits; what does not answer by then is not well.
PATIENCE = 5.0
# What `daemon.status` counts besides the records it holds.
NOT_RECORDS = ("head", "databaseBytes", "freeBytes")


def status(given: Given) -> int:
    """Whether the daemon runs, and what it holds. 0 when it is ready, 69 when it does not run, 75 when not ready."""
    _no_values(given)
    connection = connection_of(given, PATIENCE)
    try:
        found, frame = _live(connection, "daemon.status")
    except RemoteError as error:
        if not error.retryable:
            raise
        found, frame = _live(connection, "daemon.health")
    connection.close()
    if "json" in given.options:
        print_json(messages.result_text(frame))
    else:
        print_lines(_status_lines(found, Page()))
    return failures.OK if found["state"] == "ready" else failures.TRY_AGAIN


def version(given: Given) -> int:
    """This command's version and the daemon's. A daemon that does not run is no failure."""
    _no_values(given)
    daemon: dict[str, Any] | None = None
    try:
        connection = connection_of(given, PATIENCE)
        daemon, _ = _live(connection, "daemon.hello")
        connection.close()
    except NotRunning:
        pass
    if "json" in given.options:
        about = None if daemon is None else {name: daemon[name] for name in ("version", "protocol", "pid", "instance")}
        print_json(json.dumps({"version": __version__, "protocol": messages.PROTOCOL, "daemon": about}))
        return failures.OK
    running = "not running" if daemon is None else f"{visible(str(daemon['version']))} (pid {daemon['pid']})"
    print_lines(pairs([("scriven", __version__), ("daemon", running)], Page()))
    if daemon is not None and daemon["version"] != __version__:
        failures.say("the daemon is another version than this command", "scriven restart")
    return failures.OK


def own_version() -> int:
    """This command's version, whatever the daemon does."""
    print_lines([f"scriven {__version__}"])
    return failures.OK


def socket(given: Given) -> int:
    """Where the daemon listens."""
    _no_values(given)
    path = socket_path(given.text("socket"))
    print_json(json.dumps({"socketPath": path})) if "json" in given.options else print_lines([path])
    return failures.OK


def completion(given: Given) -> int:
    """The completion script of a shell."""
    if len(given.values) != 1 or given.values[0] not in words.SHELLS:
        raise UsageError(f"completion takes {', '.join(words.SHELLS[:-1])} or {words.SHELLS[-1]}")
    from scriven import derived

    path = os.path.join(os.path.dirname(derived.__file__), f"completion.{given.values[0]}")
    with open(path, encoding="utf-8") as script:
        print_lines(script.read().splitlines())
    return failures.OK


def _live(connection: Connection, method: str) -> tuple[Any, bytes]:
    """A question about the daemon, which is safe to repeat."""
    reply, frame = connection.call(method, None, read=True)
    return messages.outcome(reply), frame


def _status_lines(found: dict[str, Any], page: Page) -> list[str]:
    rows = [("pid", str(found["pid"])), ("instance", visible(found["instance"]))]
    if "version" not in found:
        rows += [("started", moments.full(found["startedAt"]))]
        return [page.bold(f"scriven is {found['state']}: {visible(found.get('reason') or '')}"), *pairs(rows, page)]
    counts, traffic, database = found["counts"], found["traffic"], found["database"]
    rows = [
        ("version", visible(found["version"])),
        ("up", f"{moments.span(found['uptimeSeconds'])}, since {moments.full(found['startedAt']).partition(' (')[0]}"),
        *rows,
        ("socket", visible(found["socket"])),
        ("database", f"{visible(database['path'])} ({_size(counts['databaseBytes'])})"),
        ("holds", _counted(counts, [name for name in counts if name not in NOT_RECORDS])),
        ("has served", _counted(traffic, ["calls", "errors", "commits"])),
        ("connections", f"{traffic['connections']:,}, {traffic['queued']:,} calls waiting"),
        ("memory", _size(traffic["residentBytes"])),
    ]
    return [page.bold(f"scriven is {found['state']}"), *pairs(rows, page)]


def _counted(numbers: dict[str, int], names: list[str]) -> str:
    return ", ".join(f"{numbers[name]:,} {name if numbers[name] != 1 else name.removesuffix('s')}" for name in names)


def _size(count: float) -> str:
    for unit in ("B", "KiB", "MiB"):
        if count < 1024:
            return f"{count:.0f} {unit}" if unit == "B" else f"{count:.1f} {unit}"
        count /= 1024
    return f"{count:.1f} GiB"


def _no_values(given: Given) -> None:
    if given.values:
        raise UsageError(f"{given.words[0]} takes no value", f"scriven {given.words[0]} --help")
