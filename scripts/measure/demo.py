"""Shows sixteen programs of four kinds writing the same settings at once, counts everything, and then does without."""

from __future__ import annotations

import contextlib
import functools
import itertools
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from statistics import median
from typing import Any, NamedTuple

import direct_sqlite
import scriven
import servers

HERE = os.path.dirname(os.path.abspath(__file__))
NODE_PACKAGES = os.path.join(os.path.dirname(os.path.dirname(HERE)), "tests", "process", "node", "node_modules")

KEYS = 32
SECONDS = 3.0
CLIENTS = 16

KINDS = {
    "cli": "scriven settings set, a process a call",
    "python": "Python, scriven.connect()",
    "node": "Node, vscode-jsonrpc",
    "socat": "socat, lines of JSON",
}


class Tally(NamedTuple):
    """What some clients did: how many calls of each took effect, why others failed, milliseconds, writes by key."""

    each: list[int]
    errors: Counter[str]
    times: list[float]
    writes: Counter[str]

    def plus(self, other: Tally) -> Tally:
        """Both together."""
        return Tally(
            self.each + other.each,
            self.errors + other.errors,
            self.times + other.times,
            self.writes + other.writes,
        )

    @property
    def clients(self) -> int:
        """How many clients there were."""
        return len(self.each)

    @property
    def calls(self) -> int:
        """How many calls took effect."""
        return sum(self.each)

    @property
    def failed(self) -> int:
        """How many calls failed."""
        return self.errors.total()


NOTHING = Tally([], Counter(), [], Counter())


class Outcome(NamedTuple):
    """What the store holds afterwards."""

    rows: int
    revisions: dict[str, int]


class ClientFailedError(Exception):
    """A client did not come to its end; the text is its own."""


def main() -> int:
    """Run the demonstration; 1 when a call through the daemon failed or a revision does not add up."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    style = Style(sys.stdout)
    kinds, missing = _present()
    with contextlib.ExitStack() as stack:
        directory = tempfile.mkdtemp(prefix="scr", dir="/var/tmp")
        stack.callback(shutil.rmtree, directory, ignore_errors=True)
        with servers.daemon(directory):
            socket = os.path.join(directory, "d.sock")
            mixed, stored = _through_daemon(
                socket, sorted(itertools.islice(itertools.cycle(kinds), CLIENTS), key=kinds.index)
            )
            _show_kinds(style, mixed, stored, missing)
        rows = []
        for name, address, timeout in (
            ("each opens the file, no busy timeout", "hasty.db", 0.0),
            ("each opens the file, 5 s busy timeout", "patient.db", 5.0),
        ):
            database = os.path.join(directory, address)
            direct_sqlite.create(database)
            tally = _gather(_start_all(["sqlite"] * CLIENTS, f"{database}:{timeout}"))["sqlite"]
            rows.append((name, tally, _stored_in_file(database)))
        os.mkdir(os.path.join(directory, "again"))
        with servers.daemon(os.path.join(directory, "again")):
            socket = os.path.join(directory, "again", "d.sock")
            alike, held = _through_daemon(socket, ["python"] * CLIENTS)
        rows.append(("all ask one Scriven", alike["python"], held))
        _show_side_by_side(style, rows)
    sound = all(tally.failed == 0 for tally in mixed.values()) and _adds_up(_total(mixed), stored)
    return 0 if sound else 1


def _present() -> tuple[list[str], list[str]]:
    """The kinds of clients this machine can run, and a sentence for each it cannot."""
    kinds, missing = ["cli", "python"], []
    if shutil.which("node") is None:
        missing.append("Node is not installed (Debian: apt-get install nodejs npm)")
    elif not os.path.isdir(os.path.join(NODE_PACKAGES, "vscode-jsonrpc")):
        missing.append("vscode-jsonrpc is not installed (npm ci, in tests/process/node)")
    else:
        kinds.append("node")
    if shutil.which("socat") is None:
        missing.append("socat is not installed (Debian: apt-get install socat)")
    else:
        kinds.append("socat")
    return kinds, missing


# The clients


def _through_daemon(socket: str, kinds: list[str]) -> tuple[dict[str, Tally], Outcome]:
    """Let clients of these kinds write at once, then read back what is stored."""
    tallies = _gather(_start_all(kinds, socket))
    with scriven.connect(socket) as client:
        stored = client.settings.list(prefix="demo.", limit=1000)["items"]
    return tallies, Outcome(len(stored), {setting["key"]: setting["revision"] for setting in stored})


def _start_all(kinds: list[str], address: str) -> list[tuple[str, subprocess.Popen[str]]]:
    """Start the clients. Each says when it is ready, so that all can begin at once."""
    clients = []
    for index, kind in enumerate(kinds):
        program = ["node", "node_client.cjs"] if kind == "node" else [sys.executable, "client.py", kind]
        program[1] = os.path.join(HERE, program[1])
        process = subprocess.Popen(
            [*program, address, str(SECONDS), str(KEYS), str(index)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            # Ctrl-C is for us, who end the clients in order.
            start_new_session=True,
            env={**os.environ, "NODE_PATH": NODE_PACKAGES, "SCRIVEN_SOCKET": address},
        )
        clients.append((kind, process))
    return clients


def _gather(clients: list[tuple[str, subprocess.Popen[str]]]) -> dict[str, Tally]:
    """Give the word to begin when all are ready, wait for every one, and add up by kind."""
    tallies: dict[str, Tally] = {}
    with _ended(process for _, process in clients):
        for kind, process in clients:
            assert process.stdout is not None
            if process.stdout.readline() != "ready\n":
                raise ClientFailedError(f"the {kind} client did not start")
        for _, process in clients:
            assert process.stdin is not None
            process.stdin.write("go\n")
            process.stdin.flush()
        for kind, process in clients:
            assert process.stdout is not None
            said = process.stdout.readline()
            if not said:
                raise ClientFailedError(f"the {kind} client ended early")
            report: dict[str, Any] = json.loads(said)
            times = report["times"]
            done = Tally([len(times)], Counter(report["errors"]), times, Counter(report["writes"]))
            tallies[kind] = tallies.get(kind, NOTHING).plus(done)
    return tallies


@contextlib.contextmanager
def _ended(processes: Iterator[subprocess.Popen[str]]) -> Iterator[None]:
    """None of them outlives this, whatever happens; each leads a group of its own, which goes with it."""
    kept = list(processes)
    try:
        yield
    except BaseException:
        for process in kept:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
        raise
    finally:
        for process in kept:
            process.communicate()


def _stored_in_file(path: str) -> Outcome:
    with contextlib.closing(sqlite3.connect(path)) as connection:
        stored = connection.execute("SELECT key, revision FROM settings").fetchall()
    return Outcome(len(stored), dict(stored))


def _total(tallies: dict[str, Tally]) -> Tally:
    return functools.reduce(Tally.plus, tallies.values(), NOTHING)


def _adds_up(tally: Tally, stored: Outcome) -> bool:
    """Whether every key's revision is the number of writes that the clients were told had been made to it."""
    return dict(tally.writes) == stored.revisions


# What is shown


class Style:
    """Colour for terminals, none for files or where NO_COLOR asks for none."""

    def __init__(self, stream: Any) -> None:
        self._coloured = stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"

    def __call__(self, code: str, text: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self._coloured else text

    def head(self, text: str) -> str:
        """A heading."""
        return self("1", text)

    def faint(self, text: str) -> str:
        """Something beside the point."""
        return self("2", text)

    def judged(self, good: bool, text: str) -> str:  # noqa: FBT001 - the verdict is the value
        """Green or red."""
        return self("32" if good else "31", text)


def _show_kinds(style: Style, tallies: dict[str, Tally], stored: Outcome, missing: list[str]) -> None:
    total = _total(tallies)
    print(
        style.head(f"\n{total.clients} programs write the same {KEYS} settings through one Scriven for {SECONDS:g} s\n")
    )
    columns = ("client", "clients", "calls", "errors", "calls/s", "median", "longest")
    cells = [_cells(KINDS[kind], tally) for kind, tally in tallies.items()]
    _table(style, columns, cells, _cells("together", total))
    for sentence in missing:
        print(style.faint(f"  left out: {sentence}"))
    print()
    print(f"  rows         {style.judged(stored.rows == KEYS, f'{stored.rows} of {KEYS}')}")
    sums = f"{sum(stored.revisions.values()):,} stored, {total.calls:,} counted by the clients"
    good = _adds_up(total, stored)
    print(f"  revisions    {style.judged(good, sums)}: {_verdict(good)}")


def _show_side_by_side(style: Style, rows: list[tuple[str, Tally, Outcome]]) -> None:
    clients = rows[0][1].clients
    print(style.head(f"\nThe same work by {clients} Python processes, with and without Scriven\n"))
    columns = ("how they write", "clients", "writes", "errors", "writes/s", "median", "longest", "each", "revisions")
    cells = [
        (*_cells(name, tally), f"{min(tally.each):,} to {max(tally.each):,}", _verdict(_adds_up(tally, stored)))
        for name, tally, stored in rows
    ]
    _table(style, columns, cells)
    for name, tally, _ in rows:
        for error, count in tally.errors.most_common(3):
            print(style.faint(f"  {name}: {count:,} times {error!r}"))
    print(style.faint("\n  each: the writes of the process that got least done, and of the one that got most."))
    print(style.faint("  Every write is on disk before it is answered: WAL and synchronous=FULL, here and there."))
    print(style.faint("  Scriven also logs each change for subscribers, in the same commit.\n"))


def _verdict(good: bool) -> str:  # noqa: FBT001 - the verdict is the value
    return "add up" if good else "DO NOT ADD UP"


def _cells(name: str, tally: Tally) -> tuple[str, ...]:
    return (
        name,
        str(tally.clients),
        f"{tally.calls:,}",
        f"{tally.failed:,}",
        f"{tally.calls / SECONDS:,.0f}",
        _milliseconds(median(tally.times)) if tally.times else "-",
        _milliseconds(max(tally.times)) if tally.times else "-",
    )


def _milliseconds(value: float) -> str:
    return f"{value:,.1f} ms" if value < 100 else f"{value:,.0f} ms"


def _table(style: Style, columns: tuple[str, ...], rows: list[Any], last: tuple[str, ...] | None = None) -> None:
    every = [columns, *rows, *([last] if last else [])]
    widths = [max(len(row[index]) for row in every) for index in range(len(columns))]

    def line(row: tuple[str, ...]) -> str:
        cells = (
            cell.rjust(width) if index else cell.ljust(width)
            for index, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        return "  " + "   ".join(cells)

    print(style.faint(line(columns)))
    for row in rows:
        print(line(row))
    if last:
        print(style.faint("  " + "─" * (len(line(columns)) - 2)))
        print(style.head(line(last)))


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        # Whoever read has enough; nothing is left to flush either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(141)
    except (ClientFailedError, servers.CannotStartError) as failed:
        print(f"demo: {failed}", file=sys.stderr)
        sys.exit(70)
