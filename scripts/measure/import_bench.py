"""Measures `scriven import scriven FILE` on a file of many messages: how many a second, and how much memory it takes.

Beside it, SQLite alone: the rows that came of it, written into an empty file by one process that does nothing else.
"""

from __future__ import annotations

import contextlib
import json
import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from typing import Any, NamedTuple

import servers
from scriven.engine import file

SESSION_MESSAGES = 200
# A commit of the peer has as many messages as a call of the importer.
TOGETHER = 500

MOMENT = "2026-01-31T09:30:00.000Z"
SAID = "The parser reads one token ahead, which is why the grammar has to say what may follow a name. "
FOUND = "src/parser.py:120: expected a name, found a number\n"


class Taken(NamedTuple):
    """One run of the importer: its seconds, and the most memory it held, in MiB."""

    seconds: float
    resident: float
    counts: dict[str, int]


def run(directory: str, messages: int) -> tuple[str, bool]:
    """A report, and whether everything came, once."""
    with tempfile.TemporaryDirectory(prefix="scr", dir=directory) as place:
        path = os.path.join(place, "export.jsonl")
        with open(path, "w", encoding="utf-8") as export:
            export.writelines(json.dumps(record) + "\n" for record in _records(messages))
        with servers.daemon(place) as daemon:
            before = _peak(daemon.pid)
            first = _import(place, path)
            after = _peak(daemon.pid)
            again = _import(place, path)
        alone = _alone(place)
        size = os.path.getsize(path) / 2**20
    lines = [
        f"{messages:,} messages with two parts each, a file of {size:,.0f} MiB:",
        "",
        f"* imported in {first.seconds:.1f} s: {messages / first.seconds:,.0f} messages a second",
        f"* SQLite alone takes {alone:.1f} s for the same rows, commits and index: ratio {first.seconds / alone:.2f}",
        f"* again, when all of it is there: {again.seconds:.1f} s, {messages / again.seconds:,.0f} messages a second",
        f"* memory at the most: the importer {first.resident:.0f} MiB, the daemon {_mib(after)} MiB",
        f"  (before that {_mib(before)} MiB)",
    ]
    come = first.counts == {"added": messages, "updated": 0, "present": 0, "skipped": 0}
    kept = again.counts == {"added": 0, "updated": 0, "present": messages, "skipped": 0}
    return "\n".join(lines), come and kept


def _records(messages: int) -> Iterator[dict[str, Any]]:
    """An export, as `scriven export` writes it."""
    yield {"kind": "scriven", "version": 1, "exportedAt": MOMENT}
    for number in range(-(-messages // SESSION_MESSAGES)):
        yield {"kind": "session", "id": f"ses_{number}", "startedAt": MOMENT, "projectDir": "/home/ada/engine"}
    for number in range(messages):
        state = {
            "status": "completed",
            "input": {"pattern": f"name {number % 977}"},
            "output": FOUND * 8,
            "title": "grep",
            "metadata": {},
            "time": {"start": number, "end": number + 1},
        }
        yield {
            "kind": "message",
            "id": f"msg_{number}",
            "sessionId": f"ses_{number // SESSION_MESSAGES}",
            "role": "assistant" if number % 2 else "user",
            "createdAt": MOMENT,
            "parts": [
                {"id": f"prt_{number}.0", "type": "text", "text": f"{SAID * 3}{number}"},
                {"id": f"prt_{number}.1", "type": "tool", "callID": f"{number}", "tool": "grep", "state": state},
            ],
        }


def _import(place: str, path: str) -> Taken:
    """Run the program, as a person would."""
    program = os.path.join(os.path.dirname(sys.executable), "scriven")
    command = [program, "import", "scriven", path, "--json", "--socket", os.path.join(place, "d.sock")]
    begin = time.perf_counter()
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        said = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    seconds = time.perf_counter() - begin
    if process.returncode:
        raise RuntimeError(f"the import ended with {process.returncode}")
    unit = 1 if sys.platform == "darwin" else 1024
    return Taken(seconds, usage.ru_maxrss * unit / 2**20, json.loads(said)["kinds"]["message"])


def _peak(pid: int) -> float | None:
    """The most memory a process has held so far, in MiB, where the system tells (Linux)."""
    with contextlib.suppress(OSError), open(f"/proc/{pid}/status", encoding="ascii", errors="replace") as status:
        for line in status:
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
    return None


def _mib(size: float | None) -> str:
    return "?" if size is None else f"{size:.0f}"


def _alone(place: str) -> float:
    """How many seconds SQLite takes for the rows that the daemon wrote, in as many commits."""
    target = file.connect(os.path.join(place, "alone.db"))
    with (
        contextlib.closing(target),
        contextlib.closing(sqlite3.connect(f"file:{os.path.join(place, 'scriven.db')}?mode=ro", uri=True)) as source,
    ):
        for table in ("workspace_config", "sessions"):
            target.executemany(*_copied(source, target, table))
        messages, parts, texts = (_copied(source, target, table) for table in ("messages", "parts", "parts_search"))
        begin = time.perf_counter()
        for at in range(0, len(messages[1]), TOGETHER):
            target.execute("BEGIN IMMEDIATE")
            target.executemany(messages[0], messages[1][at : at + TOGETHER])
            target.executemany(parts[0], parts[1][2 * at : 2 * (at + TOGETHER)])
            target.executemany(texts[0], texts[1][2 * at : 2 * (at + TOGETHER)])
            target.execute("COMMIT")
        return time.perf_counter() - begin


def _copied(source: sqlite3.Connection, target: sqlite3.Connection, table: str) -> tuple[str, list[tuple[Any, ...]]]:
    """A statement that writes rows of that table, and the rows."""
    names = [name for _, name, *_ in target.execute(f"PRAGMA table_info({table})")]
    if table == "parts_search":
        names = ["rowid", *names]
    listed, marks = ", ".join(names), ", ".join("?" for _ in names)
    rows = source.execute(f"SELECT {listed} FROM {table} ORDER BY rowid").fetchall()
    return f"INSERT OR IGNORE INTO {table} ({listed}) VALUES ({marks})", rows
