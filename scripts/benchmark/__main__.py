"""Measures Scriven beside its peers, in one run and in turns, and prints the ratios that its design promises."""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import platform
import shutil
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from statistics import median
from typing import NamedTuple

import direct_sqlite
import load
import postgres
import servers
from sample import Sample
from table import Line, as_json, markdown

VALUE = json.dumps({"text": "a setting of about one hundred bytes, such as an editor or an agent keeps, and no more"})
ROWS = (1, 3, 4, 5)


class Run(NamedTuple):
    """One invocation: where it works, how long it measures, and what it notes beside the table."""

    directory: str
    rounds: int
    seconds: float
    starts: int
    notes: list[str]


def main() -> int:
    """Run the rows that were asked for; 1 when a budget is not met."""
    arguments = _arguments()
    directory = tempfile.mkdtemp(prefix="scr", dir=arguments.directory)
    run = Run(
        directory,
        rounds=arguments.rounds or (3 if arguments.quick else 5),
        seconds=1.0 if arguments.quick else 3.0,
        starts=15 if arguments.quick else 60,
        notes=[],
    )
    lines: list[Line] = []
    try:
        run.notes.append(f"{_machine()}; one fdatasync of 4 KiB in {arguments.directory} takes {_fsync(directory):.0f} µs")
        for row in arguments.rows:
            lines += {1: durable_writes, 3: one_reader, 4: many_readers, 5: program_start}[row](run)
    except servers.CannotStartError as error:
        print(f"bench: {error}", file=sys.stderr)
        return 70
    finally:
        shutil.rmtree(directory, ignore_errors=True)
    print(markdown(lines))
    print(
        f"\nMedians of {run.rounds} rounds of {run.seconds:g} s in turns; `rounds` is how far their ratios lie apart.\n"
        "p99: 99 of 100 calls took no longer. Waiting: of callers who come at any moment, 99 of 100 wait no longer\n"
        "for a call under way to end, so that one process shut out for seconds shows beside another's burst of calls.\n"
    )
    print("\n".join(f"* {note}" for note in run.notes))
    if arguments.json:
        with open(arguments.json, "w", encoding="utf-8") as file:
            json.dump({"lines": as_json(lines), "notes": run.notes}, file, indent=2, ensure_ascii=False)
    return 1 if any(line.met is False for line in lines) else 0


def durable_writes(run: Run) -> list[Line]:
    """Row 1: each client writes a key of its own, a reply meaning that it is on disk.

    Scriven also appends each change to its log, in the same commit; the peers only do the upsert.
    """
    lines = []
    with contextlib.ExitStack() as stack:
        daemon = stack.enter_context(servers.daemon(run.directory))
        server = None
        if postgres.programs() is None:
            run.notes.append("row 1 lacks PostgreSQL: postgres and pgbench were not found (Debian: postgresql)")
        else:
            server = stack.enter_context(postgres.cluster(os.path.dirname(run.directory)))
        database = os.path.join(run.directory, "direct.db")
        direct_sqlite.create(database)
        for clients in (16, 64):
            requests = [_request("settings.set", key=f"bench.{n}", value=json.loads(VALUE)) for n in range(clients)]
            contestants: dict[str, Callable[[], Sample]] = {
                "Scriven": lambda requests=requests: load.closed_loop(_socket(run), requests, run.seconds),
                "direct": lambda clients=clients: direct_sqlite.closed_loop(database, clients, VALUE, run.seconds),
            }
            if server is not None:
                contestants["postgres"] = lambda server=server, clients=clients: postgres.closed_loop(
                    server, clients, VALUE, run.seconds
                )
            with _busy(run, f"settings.set from {clients} connections", daemon) as taken:
                results = in_turns(run, contestants, taken)
            what = f"settings.set, {clients} clients"
            ours, direct = results["Scriven"], results["direct"]
            peer = f"SQLite directly, {clients} processes"
            if server is not None:
                theirs, name = results["postgres"], f"PostgreSQL {server.version}, pgbench"
                lines.append(_rates(1, what, name, ours, theirs, at_least=1))
            lines.append(_rates(1, what, peer, ours, direct, at_least=2))
            lines.append(_times(1, f"{what}: waiting", peer, ours, direct, "waiting", at_most=0.2))
            lines.append(_times(1, f"{what}: p99", peer, ours, direct, "p99"))
            if server is not None:
                lines.append(_times(1, f"{what}: p99", name, ours, theirs, "p99"))
    return lines


def one_reader(run: Run) -> list[Line]:
    """Row 3: how long one call takes beside an echo of its bytes on the same loop."""
    with _served(run) as (daemon, _):
        with _busy(run, "settings.get from 1 connection", daemon) as taken:
            ours, theirs = _reads_and_echoes(run, 1, taken)
    return [_times(3, "settings.get, 1 connection: p50", "echo on uvloop", ours, theirs, "p50", at_most=3)]


def many_readers(run: Run) -> list[Line]:
    """Row 4: how many calls a second beside an echo of their bytes on the same loop."""
    with _served(run) as (daemon, _):
        with _busy(run, "settings.get from 64 connections", daemon) as taken:
            ours, theirs = _reads_and_echoes(run, 64, taken)
    return [_rates(4, "settings.get, 64 connections", "echo on uvloop", ours, theirs, at_least=0.4)]


def program_start(run: Run) -> list[Line]:
    """Row 5: the command line as a process, beside the interpreter doing nothing."""
    program = os.path.join(os.path.dirname(sys.executable), "scriven")
    with _served(run):
        environment = {**os.environ, "SCRIVEN_SOCKET": _socket(run)}
        ours, theirs = [], []
        for _ in range(run.starts):
            ours.append(_start([program, "settings", "get", "bench.0", "--json"], environment))
            theirs.append(_start([sys.executable, "-c", "pass"], environment))
    return [Line(5, "scriven settings get", "ms", "python -c pass", ours, theirs, at_most=3)]


def in_turns(
    run: Run, contestants: dict[str, Callable[[], Sample]], taken: list[Sample]
) -> dict[str, list[Sample]]:
    """Every contestant once a round, each round beginning with another one; ours are also put into `taken`."""
    results: dict[str, list[Sample]] = {name: [] for name in contestants}
    names = list(contestants)
    for turn in range(run.rounds):
        first = turn % len(names)
        for name in names[first:] + names[:first]:
            result = contestants[name]()
            if result.errors:
                run.notes.append(f"{name}: {result.errors} calls failed in round {turn + 1}")
            results[name].append(result)
    taken += results["Scriven"]
    return results


def _reads_and_echoes(run: Run, connections: int, taken: list[Sample]) -> tuple[list[Sample], list[Sample]]:
    requests = [_request("settings.get", key=f"bench.{n}") for n in range(connections)]
    results = in_turns(
        run,
        {
            "Scriven": lambda: load.closed_loop(_socket(run), requests, run.seconds),
            "echo": lambda: load.closed_loop(os.path.join(run.directory, "echo.sock"), requests, run.seconds),
        },
        taken,
    )
    return results["Scriven"], results["echo"]


@contextlib.contextmanager
def _served(run: Run) -> Iterator[tuple[object, object]]:
    """The daemon, its settings stored, and the echo server."""
    with servers.daemon(run.directory) as daemon, servers.echo(run.directory) as echo:
        load.once(_socket(run), [_request("settings.set", key=f"bench.{n}", value=json.loads(VALUE)) for n in range(64)])
        yield daemon, echo


if __name__ == "__main__":
    sys.exit(main())
