"""Measures Scriven beside its peers, in one run and in turns, and prints the ratios that its design promises."""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import platform
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from statistics import median
from typing import Literal, NamedTuple

import direct_sqlite
import fan_out
import growth
import import_bench
import load
import locomo
import postgres
import servers
from sample import Sample
from table import Line, as_json, markdown

VALUE = json.dumps({"text": "a setting of about one hundred bytes, such as an editor or an agent keeps, and no more"})
ROWS = (1, 3, 4, 5, 7)

# Processes that already want a processor when we begin, from which on the numbers are doubtful.
BUSY = 0.5


Server = subprocess.Popen[bytes]


class Run(NamedTuple):
    """One invocation: where it works, how long it measures, and what it notes beside the table."""

    directory: str
    rounds: int
    seconds: float
    starts: int
    notes: list[str]


class Peer(NamedTuple):
    """Who is measured beside Scriven, and its rounds."""

    name: str
    samples: list[Sample]


def main() -> int:
    """Run the rows that were asked for; 1 when a budget is not met."""
    arguments = _arguments()
    if arguments.locomo:
        table, met = locomo.run(arguments.locomo, arguments.directory)
        print(table)
        return 0 if met else 1
    if arguments.growth or arguments.imported:
        report, met = (
            growth.run(arguments.directory, arguments.growth)
            if arguments.growth
            else import_bench.run(arguments.directory, arguments.imported)
        )
        print(report)
        return 0 if met else 1
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
        run.notes.append(
            f"{_machine()}; one fdatasync of 4 KiB in {arguments.directory} takes {_fsync(directory):.0f} µs"
        )
        if (before := os.getloadavg()[0]) > BUSY:
            run.notes.append(f"other programs kept the machine busy (load {before:.1f} at the start): read with care")
        for row in arguments.rows:
            measure = {1: durable_writes, 3: one_reader, 4: many_readers, 5: program_start, 7: subscribers}[row]
            lines += measure(run)
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
    with contextlib.ExitStack() as stack:
        daemon = stack.enter_context(servers.daemon(run.directory))
        server = None
        if postgres.programs() is None:
            run.notes.append("row 1 lacks PostgreSQL: postgres and pgbench were not found (Debian: postgresql)")
        else:
            server = stack.enter_context(postgres.cluster(os.path.dirname(run.directory)))
        database = os.path.join(run.directory, "direct.db")
        direct_sqlite.create(database)
        return [line for clients in (16, 64) for line in _writers(run, clients, daemon, database, server)]


def _writers(run: Run, clients: int, daemon: Server, database: str, server: postgres.Cluster | None) -> Iterator[Line]:
    requests = _sets(clients)
    contestants: dict[str, Callable[[], Sample]] = {
        "Scriven": lambda: load.closed_loop(_socket(run), requests, run.seconds, daemon),
        "SQLite": lambda: direct_sqlite.closed_loop(database, clients, VALUE, run.seconds),
    }
    if server is not None:
        contestants["PostgreSQL"] = lambda: postgres.closed_loop(server, clients, VALUE, run.seconds)
    what = f"settings.set, {clients} clients"
    results = in_turns(run, what, contestants)
    ours = results["Scriven"]
    direct = Peer(f"SQLite, {clients} processes", results["SQLite"])
    yield _rates(1, what, ours, direct, at_least=2)
    yield _times(1, f"{what}: waiting", ours, direct, "waiting", at_most=0.2)
    yield _times(1, f"{what}: p99", ours, direct, "p99")
    if server is not None:
        served = Peer(f"PostgreSQL {server.version}, pgbench", results["PostgreSQL"])
        yield _rates(1, what, ours, served, at_least=1)
        yield _times(1, f"{what}: p99", ours, served, "p99")


def one_reader(run: Run) -> list[Line]:
    """Row 3: how long one call takes beside an echo of its bytes on the same loop."""
    what = "settings.get, 1 client"
    ours, echo = _reads_and_echoes(run, what, 1)
    return [_times(3, f"{what}: p50", ours, echo, "p50", at_most=3)]


def many_readers(run: Run) -> list[Line]:
    """Row 4: how many calls a second beside an echo of their bytes on the same loop."""
    what = "settings.get, 64 clients"
    ours, echo = _reads_and_echoes(run, what, 64)
    if not all(one.server for one in (*ours, *echo.samples)):
        return [_rates(4, what, ours, echo, at_least=0.4)]
    # Either server takes all of its processor, so that on a quiet machine the two lines agree. Where other programs
    # take from it, the rates tell how much was left for whom; what a second of processor time does is judged then.
    own, theirs = ([one.rate / (one.server or 1) for one in samples] for samples in (ours, echo.samples))
    return [
        _rates(4, what, ours, echo),
        Line(4, f"{what}: by processor time", "/s", echo.name, own, theirs, at_least=0.4),
    ]


def program_start(run: Run) -> list[Line]:
    """Row 5: the command line as a process, beside the interpreter doing nothing."""
    program = os.path.join(os.path.dirname(sys.executable), "scriven")
    with servers.daemon(run.directory):
        load.once(_socket(run), _sets(1))
        environment = {**os.environ, "SCRIVEN_SOCKET": _socket(run)}
        ours, theirs = [], []
        for _ in range(run.starts):
            ours.append(_start([program, "settings", "get", "bench.0"], environment))
            theirs.append(_start([sys.executable, "-c", "pass"], environment))
    return [Line(5, "scriven settings get", "ms", "python -c pass", ours, theirs, at_most=3)]


def subscribers(run: Run) -> list[Line]:
    """Row 7: one write told to 200, beside its bytes written to 200 sockets; and others' calls meanwhile."""
    requests = [_request("settings.get", key=f"bench.{index}") for index in range(fan_out.CLIENTS)]
    return [
        fan_out.told(run.directory, run.rounds, _sets(1)[0]),
        *fan_out.beside(run.directory, run.rounds, run.seconds, requests, _sets(fan_out.CLIENTS)),
    ]


def in_turns(run: Run, what: str, contestants: dict[str, Callable[[], Sample]]) -> dict[str, list[Sample]]:
    """Every contestant once a round, each round beginning with another one."""
    results: dict[str, list[Sample]] = {name: [] for name in contestants}
    names = list(contestants)
    for turn in range(run.rounds):
        first = turn % len(names)
        for name in names[first:] + names[:first]:
            results[name].append(contestants[name]())
    for name, samples in results.items():
        if failed := sum(one.errors for one in samples):
            run.notes.append(f"{what}: {failed} calls to {name} failed")
        idle = [one.idle for one in samples if one.idle is not None]
        server = [one.server for one in samples if one.server is not None]
        if idle:
            busy = f", the server busy {median(server):.0%}" if server else ""
            run.notes.append(f"{what}, {name}: the load generator was idle {median(idle):.0%}{busy}")
    return results


def _reads_and_echoes(run: Run, what: str, clients: int) -> tuple[list[Sample], Peer]:
    """On two processors the generator has one and the server the other.

    Where the kernel puts a lone client beside its server, waking it costs a tenth of what it costs across processors;
    left to itself it changes its mind from round to round, and the rounds would tell nothing.
    """
    requests = [_request("settings.get", key=f"bench.{index}") for index in range(clients)]
    echo_socket = os.path.join(run.directory, "echo.sock")
    generator, others = servers.divided()
    with contextlib.ExitStack() as stack:
        with servers.on_processors(others):
            daemon = stack.enter_context(servers.daemon(run.directory))
            echo = stack.enter_context(servers.echo(run.directory))
        stack.enter_context(servers.on_processors(generator))
        load.once(_socket(run), _sets(clients))
        results = in_turns(
            run,
            what,
            {
                "Scriven": lambda: load.closed_loop(_socket(run), requests, run.seconds, daemon),
                "echo": lambda: load.closed_loop(echo_socket, requests, run.seconds, echo),
            },
        )
    return results["Scriven"], Peer("echo on uvloop", results["echo"])


def _rates(row: int, what: str, ours: list[Sample], peer: Peer, *, at_least: float | None = None) -> Line:
    theirs = [one.rate for one in peer.samples]
    return Line(row, what, "/s", peer.name, [one.rate for one in ours], theirs, at_least=at_least)


def _times(
    row: int,
    what: str,
    ours: list[Sample],
    peer: Peer,
    figure: Literal["p50", "p99", "waiting"],
    *,
    at_most: float | None = None,
) -> Line:
    own, other = ([getattr(one, figure) for one in samples] for samples in (ours, peer.samples))
    return Line(row, what, "µs", peer.name, own, other, at_most=at_most)


def _sets(count: int) -> list[bytes]:
    return [_request("settings.set", key=f"bench.{index}", value=json.loads(VALUE)) for index in range(count)]


def _request(method: str, **params: object) -> bytes:
    return json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}).encode() + b"\n"


def _socket(run: Run) -> str:
    return os.path.join(run.directory, "d.sock")


def _start(command: list[str], environment: dict[str, str]) -> float:
    """How many milliseconds the program takes from its start to its end."""
    begin = time.perf_counter()
    process = os.posix_spawn(
        command[0], command, environment, file_actions=[(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)]
    )
    _, status = os.waitpid(process, 0)
    taken = time.perf_counter() - begin
    if status:
        raise servers.CannotStartError(f"{' '.join(command)} ended with {os.waitstatus_to_exitcode(status)}")
    return taken * 1000


def _fsync(directory: str) -> float:
    """The median of how many microseconds the disk takes to make a page durable."""
    taken = []
    with open(os.path.join(directory, "fsync"), "wb", buffering=0) as file:
        file.write(b"x" * 4096)
        os.fsync(file.fileno())
        for _ in range(50):
            os.pwrite(file.fileno(), b"y" * 4096, 0)
            begin = time.perf_counter()
            getattr(os, "fdatasync", os.fsync)(file.fileno())
            taken.append((time.perf_counter() - begin) * 1e6)
    return median(taken)


def _machine() -> str:
    return (
        f"{platform.system()} {platform.machine()}, {os.cpu_count()} processors, Python {platform.python_version()}, "
        f"SQLite {sqlite3.sqlite_version}"
    )


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/bench", description=__doc__)
    parser.add_argument("--rows", type=_rows, default=ROWS, metavar="1,3", help="which rows to measure; all by default")
    parser.add_argument("--quick", action="store_true", help="short rounds: a first look, not a result")
    parser.add_argument("--rounds", type=int, metavar="N", help="how many rounds")
    parser.add_argument("--json", metavar="FILE", help="also write every round to a file")
    parser.add_argument("--locomo", metavar="FILE", help="measure searches on LoCoMo's locomo10.json instead")
    parser.add_argument(
        "--growth",
        type=float,
        nargs="?",
        const=1.0,
        metavar="SHARE",
        help="compare a file of 100,000 memories and 1,000,000 logs with a tenth of it instead; SHARE shrinks both",
    )
    parser.add_argument(
        "--import",
        dest="imported",
        type=int,
        nargs="?",
        const=100_000,
        metavar="MESSAGES",
        help="measure an import of so many messages instead; %(const)s by default",
    )
    parser.add_argument(
        "--directory",
        default="/var/tmp",  # noqa: S108 - /tmp may be memory, where nothing is durable; the files lie in a new 0700 directory
        help="the disk to measure on; %(default)s by default",
    )
    return parser.parse_args()


def _rows(text: str) -> tuple[int, ...]:
    rows = tuple(int(row) for row in text.split(",") if row.isdigit())
    if not rows or not set(rows) <= set(ROWS):
        raise argparse.ArgumentTypeError(f"the rows are {', '.join(map(str, ROWS))}")
    return rows


if __name__ == "__main__":
    sys.exit(main())
