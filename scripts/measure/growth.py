"""Measures how much longer calls take over a file ten times as big, whose workspaces are as big as before.

The bigger file has 50 workspaces of 2,000 memories and 20,000 logs each, 100,000 and 1,000,000 together; the smaller
one has 5 of them. What a call about one workspace costs should not tell which file it is. `state.import` fills both.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import random
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import scriven
import servers
from sample import Sample, sample
from table import Line, markdown

ROW = 6
WORKSPACES = (50, 5)
MEMORIES, LOGS = 2000, 20_000

# Logs lie within so many days; `logs.days` counts the last 30.
DAYS = 60

TOGETHER = 1000
ROUNDS = 5

# A share of a second in microseconds: what a search may take (p50, p99).
SEARCH_BUDGETS = (5_000.0, 25_000.0)

# Calls whose answer is as big in either file may take so many times as long in the bigger one.
AT_MOST = 2.0

EVENTS = ("session_start", "session_end", "tool_invocation", "topic_change", "user_state")
CATEGORIES = ("preference", "fact", "pattern")


class File(NamedTuple):
    """One of the two: where its daemon listens, and its workspaces."""

    socket: str
    workspaces: list[str]
    daemon: subprocess.Popen[bytes]


class Question(NamedTuple):
    """A call that is measured. `grows` when its answer is about everything, and so may take longer."""

    what: str
    method: str
    params: Callable[[random.Random, str], dict[str, Any]]
    grows: bool = False
    calls: int = 200


QUESTIONS = (
    Question("memory.search", "memory.search", lambda rng, where: {"workspaceId": where, "query": words(rng, 2, 6)}),
    Question("memory.list", "memory.list", lambda _, where: {"workspaceId": where}),
    Question("logs.list", "logs.list", lambda _, where: {"workspaceId": where}),
    Question("logs.days", "logs.days", lambda _, where: {"workspaceId": where}),
    Question("context.get", "context.get", lambda rng, where: {"workspaceId": where, "query": words(rng, 2, 6)}),
    Question("logs.list of all", "logs.list", lambda *_: {}),
    Question("logs.days of all", "logs.days", lambda *_: {}, grows=True, calls=10),
)


def run(directory: str, share: float) -> tuple[str, bool]:
    """The table and notes as Markdown, and whether every budget is met. `share` makes each workspace smaller."""
    memories, logs = max(1, int(MEMORIES * share)), max(1, int(LOGS * share))
    notes = []
    with contextlib.ExitStack() as stack:
        files = []
        for workspaces in WORKSPACES:
            place = stack.enter_context(tempfile.TemporaryDirectory(prefix="scr", dir=directory))
            daemon = stack.enter_context(servers.daemon(place))
            begin = time.perf_counter()
            names = _fill(os.path.join(place, "d.sock"), workspaces, memories, logs)
            files.append(File(os.path.join(place, "d.sock"), names, daemon))
            records, seconds = workspaces * (memories + logs), time.perf_counter() - begin
            size = sum(os.path.getsize(os.path.join(place, name)) for name in os.listdir(place)) / 2**20
            notes.append(
                f"{workspaces} workspaces, {workspaces * memories:,} memories, {workspaces * logs:,} logs: "
                f"{size:,.0f} MiB, imported at {records / seconds:,.0f} records a second"
            )
        lines = [line for question in QUESTIONS for line in _compared(question, *files)]
    table = markdown(lines)
    head = f"Scriven: the bigger file; its peer: the smaller one. Medians of {ROUNDS} rounds, in turns."
    listed = "\n".join(f"* {note}" for note in notes)
    return f"{table}\n\n{head}\n\n{listed}\n", all(line.met is not False for line in lines)


def words(rng: random.Random, least: int, most: int) -> str:
    """Made-up words, few of which make up most of any text, as in a language."""
    return " ".join(rng.choices(_VOCABULARY, cum_weights=_WEIGHTS, k=rng.randint(least, most)))


def _vocabulary() -> list[str]:
    syllables = [consonant + vowel for consonant in "bdfgklmnprstvz" for vowel in "aeiou"]
    rng = random.Random(1)  # noqa: S311 - the same words in every run
    made = dict.fromkeys("".join(rng.choices(syllables, k=rng.randint(2, 4))) for _ in range(30_000))
    return list(made)[:20_000]


_VOCABULARY = _vocabulary()
_WEIGHTS = list(itertools.accumulate(1 / (rank + 10) for rank in range(len(_VOCABULARY))))


def _fill(path: str, workspaces: int, memories: int, logs: int) -> list[str]:
    """Import everything; the ids of the workspaces."""
    with scriven.connect(path, timeout=120) as client:
        for records in _batches(_records(workspaces, memories, logs)):
            done = client.state.import_(records)
            if done["skipped"]:
                raise RuntimeError(f"a record was skipped: {done['skipped'][0]['reason']}")
    return [f"ws_{number}" for number in range(workspaces)]


def _batches(records: Iterator[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    while batch := list(itertools.islice(records, TOGETHER)):
        yield batch


def _records(workspaces: int, memories: int, logs: int) -> Iterator[dict[str, Any]]:
    """Memories and logs lie as they come about: those of one workspace among those of all others."""
    rng = random.Random(workspaces)  # noqa: S311 - the same file in every run
    now = datetime.now(UTC)
    names = [f"ws_{number}" for number in range(workspaces)]
    for name in names:
        yield {"kind": "workspace", "id": name, "projectDir": f"/home/ada/{name}"}
    for number in range(memories):
        for name in names:
            yield {
                "kind": "memory",
                "workspaceId": name,
                "content": f"{words(rng, 10, 30)} {number}",
                "category": rng.choice(CATEGORIES),
                "source": "user_explicit",
                "createdAt": _moment(now - timedelta(days=rng.random() * DAYS)),
            }
    for number in range(logs):
        moment = _moment(now - timedelta(days=DAYS * (1 - number / logs)))
        for name in names:
            yield {
                "kind": "log",
                "id": f"{name}.{number}",
                "workspaceId": name,
                "eventType": rng.choice(EVENTS),
                "eventData": {"toolName": words(rng, 1, 1), "success": True},
                "timestamp": moment,
            }


def _moment(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _compared(question: Question, big: File, small: File) -> Iterator[Line]:
    rng = random.Random(question.what)  # noqa: S311 - the same questions in every run
    ours: list[Sample] = []
    theirs: list[Sample] = []
    for turn in range(ROUNDS):
        for samples, file in ((ours, big), (theirs, small))[:: 1 if turn % 2 else -1]:
            samples.append(_asked(file, question, rng))
    peer = f"{WORKSPACES[1]} workspaces of {WORKSPACES[0]}"
    at_most = None if question.grows else AT_MOST
    for figure, bound in (("p50", at_most), ("p99", None)):
        own, other = ([getattr(one, figure) for one in samples] for samples in (ours, theirs))
        yield Line(ROW, f"{question.what}: {figure}", "µs", peer, own, other, at_most=bound)
    if question.method == "memory.search":
        for figure, budget in zip(("p50", "p99"), SEARCH_BUDGETS, strict=True):
            own = [getattr(one, figure) for one in ours]
            yield Line(ROW, f"{question.what}: {figure}", "µs", "what it may take", own, [budget] * ROUNDS, at_most=1)


def _asked(file: File, question: Question, rng: random.Random) -> Sample:
    """One round of calls, each of a workspace and about words chosen anew."""
    latencies = []
    begin = time.perf_counter()
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as peer:
        peer.connect(file.socket)
        for _ in range(question.calls):
            params = question.params(rng, rng.choice(file.workspaces))
            request = {"jsonrpc": "2.0", "id": 1, "method": question.method, "params": params}
            line = json.dumps(request).encode() + b"\n"
            sent = time.perf_counter_ns()
            peer.sendall(line)
            reply = bytearray()
            while not reply.endswith(b"\n"):
                received = peer.recv(1 << 20)
                if not received:
                    raise RuntimeError("the daemon closed the connection")
                reply += received
            latencies.append(time.perf_counter_ns() - sent)
            if b'"error":{"code"' in reply[:200]:
                raise RuntimeError(f"a call failed: {reply[:500].decode(errors='replace')}")
    return sample(latencies, question.calls, time.perf_counter() - begin)
