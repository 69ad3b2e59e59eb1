"""Measures what searches find in LoCoMo's conversations: of what answers a question, how much is among the first ten.

LoCoMo (Maharana et al. 2024) has ten long conversations and questions with the turns that answer them. The file is not
part of this project. Each conversation becomes a workspace. Once each of its sessions is a memory, found by
`memory.search`; once each turn is a message, found by `messages.search`. No model is asked anything.
"""

from __future__ import annotations

import json
import os
import re
import tempfile
import time
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import scriven
import servers

Find = Callable[[int, str], list[str]]

FIRST = 10

# Writes that share a transaction while the conversations are loaded.
TOGETHER = 200

HEADER = ("found by", "R@5", "R@10", "MRR", "nothing", "p50", "p99", "at least", "")
NOTE = """\
R@k: the share of the evidence among the first k, averaged over the questions that have evidence; MRR: one by the rank
of the first evidence. Times are a caller's, over the socket. The stop words, and the shares by which a message is found
through its neighbours, were chosen on this very set: read the figures as tuned.
"""


class Question(NamedTuple):
    """What is asked of a conversation, and the turns that answer it."""

    conversation: int
    text: str
    evidence: frozenset[str]


class Result(NamedTuple):
    """What came of all questions at one level; times in milliseconds."""

    method: str
    at_5: float
    at_10: float
    rank: float
    nothing: float
    p50: float
    p99: float
    target: float

    @property
    def met(self) -> bool:
        """Whether enough was found, quickly enough."""
        return self.at_10 >= self.target and self.p50 <= 5


def run(path: str, directory: str) -> tuple[str, bool]:
    """The table as Markdown, and whether it is as good as promised. The file is LoCoMo's locomo10.json."""
    with open(path, encoding="utf-8") as file:
        conversations = json.load(file)
    questions = list(_questions(conversations))
    with (
        tempfile.TemporaryDirectory(prefix="scr", dir=directory) as place,
        servers.daemon(place),
        scriven.connect(os.path.join(place, "d.sock"), timeout=120) as client,
    ):
        workspaces = _load(client, conversations, place)
        results = [
            _measure("memory.search", _sessions(client, workspaces), questions, _session_of, 0.94),
            _measure("messages.search", _turns(client, workspaces), questions, str, 0.75),
        ]
    return f"{len(questions)} questions\n\n{_markdown(results)}\n\n{NOTE}", all(result.met for result in results)


def _questions(conversations: list[Any]) -> Iterator[Question]:
    for number, conversation in enumerate(conversations):
        for asked in conversation["qa"]:
            evidence = frozenset(re.findall(r"D\d+:\d+", " ".join(asked.get("evidence", []))))
            if evidence:
                yield Question(number, asked["question"], evidence)


def _load(client: Any, conversations: list[Any], directory: str) -> list[str]:
    """Everything, through the methods that anybody uses; gives the workspace of each conversation."""
    workspaces, calls = [], []
    for number, one in enumerate(conversations):
        project = os.path.join(directory, f"conversation-{number}")
        os.mkdir(project)
        workspace = client.workspaces.open(project)["id"]
        workspaces.append(workspace)
        for session in _numbered(one["conversation"]):
            session_id = f"{number}/{session}"
            turns = one["conversation"][f"session_{session}"]
            texts = [_text(turn) for turn in turns]
            date = one["conversation"].get(f"session_{session}_date_time", "")
            memory = {"content": "\n".join([date, *texts]), "metadata": {"session": session}, "workspaceId": workspace}
            calls.append({"method": "memory.remember", "params": memory})
            calls.append({"method": "sessions.start", "params": {"id": session_id, "workspaceId": workspace}})
            for turn, text in zip(turns, texts, strict=True):
                message = {"sessionId": session_id, "id": f"{number}/{turn['dia_id']}", "role": "user"}
                parts = [{"type": "text", "text": text}]
                calls.append({"method": "messages.append", "params": {**message, "parts": parts}})
    for begin in range(0, len(calls), TOGETHER):
        client.transaction.run(calls[begin : begin + TOGETHER])
    return workspaces


def _numbered(conversation: dict[str, Any]) -> list[int]:
    return sorted(int(found[1]) for name in conversation if (found := re.fullmatch(r"session_(\d+)", name)))


def _text(turn: dict[str, Any]) -> str:
    """What a turn says, and what its picture shows."""
    shown = f" [{turn['blip_caption']}]" if turn.get("blip_caption") else ""
    return f"{turn['speaker']}: {turn['text']}{shown}"


def _sessions(client: Any, workspaces: list[str]) -> Find:
    def find(conversation: int, text: str) -> list[str]:
        found = client.memory.search(text, workspace_id=workspaces[conversation], scope="workspace", limit=FIRST)
        return [f"D{item['entry']['metadata']['session']}" for item in found["items"]]

    return find


def _turns(client: Any, workspaces: list[str]) -> Find:
    def find(conversation: int, text: str) -> list[str]:
        found = client.messages.search(text, workspace_id=workspaces[conversation], limit=FIRST)
        return [item["messageId"].partition("/")[2] for item in found["items"]]

    return find


def _session_of(turn: str) -> str:
    return turn.partition(":")[0]


def _measure(method: str, find: Find, questions: list[Question], unit: Callable[[str], str], target: float) -> Result:
    at_5 = at_10 = rank = nothing = 0.0
    taken = []
    for question in questions:
        wanted = {unit(turn) for turn in question.evidence}
        begin = time.perf_counter()
        found = find(question.conversation, question.text)
        taken.append((time.perf_counter() - begin) * 1000)
        at_5 += len(wanted & set(found[:5])) / len(wanted)
        at_10 += len(wanted & set(found[:FIRST])) / len(wanted)
        rank += next((1 / place for place, one in enumerate(found, 1) if one in wanted), 0.0)
        nothing += not found
    taken.sort()
    count = len(questions)
    p50, p99 = taken[count // 2], taken[count * 99 // 100]
    return Result(method, at_5 / count, at_10 / count, rank / count, nothing / count, p50, p99, target)


def _markdown(results: list[Result]) -> str:
    rows = [HEADER, tuple("---" for _ in HEADER)]
    for one in results:
        figures = [f"{one.at_5:.1%}", f"{one.at_10:.1%}", f"{one.rank:.3f}", f"{one.nothing:.1%}"]
        times = [f"{one.p50:.2f} ms", f"{one.p99:.2f} ms"]
        rows.append((one.method, *figures, *times, f"{one.target:.0%}, 5 ms", "met" if one.met else "**not met**"))
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)
