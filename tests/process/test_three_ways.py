"""Every method of every noun that keeps state: by the command line, from Python and through socat, with one outcome."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable
from typing import Any

import pytest

import scriven
from contract import Contract
from program import Home
from scriven.derived.cli_table import NOUNS

TEXT = {"id": "prt_1", "type": "text", "text": "The parser drops the last line of a file."}
TODO = {"content": "Write the test", "status": "pending", "priority": "high"}

# Each step finds what those before it have made. `{dir}` is a directory, `{memory}` and `{log}` are ids.
STEPS: list[tuple[str, dict[str, Any]]] = [
    ("workspaces.open", {"projectDir": "{dir}", "name": "engine"}),
    ("sessions.start", {"id": "s1", "title": "Fix", "agent": "build", "metadata": {"n": 1.5}, "idleTimeoutS": 3600}),
    ("sessions.start", {"id": "s2", "parentId": "s1"}),
    ("sessions.current", {"agent": "build"}),
    ("sessions.get", {"id": "s1"}),
    ("sessions.update", {"id": "s1", "metadata": {"branch": "main"}, "archived": False, "ifRevision": 1}),
    ("sessions.list", {"active": True, "search": "fix", "limit": 5}),
    ("messages.append", {"sessionId": "s1", "id": "m1", "role": "user", "parts": [TEXT], "metadata": {"a": [1]}}),
    ("messages.append", {"sessionId": "s1", "id": "m2", "role": "assistant", "parentId": "m1"}),
    ("parts.put", {"messageId": "m2", "part": {"id": "prt_2", "type": "text", "text": "It is fixed."}}),
    ("parts.delta", {"messageId": "m2", "partId": "prt_2", "field": "text", "delta": " Really."}),
    ("messages.get", {"id": "m2"}),
    ("parts.get", {"id": "prt_2"}),
    ("messages.update", {"id": "m2", "metadata": {"cost": 0}, "completedAt": "2026-01-31T09:30:00.000Z"}),
    ("messages.list", {"sessionId": "s1", "limit": 10}),
    ("messages.search", {"query": "where is the parser?", "role": "user"}),
    ("parts.delete", {"id": "prt_2"}),
    ("messages.delete", {"id": "m2"}),
    ("todos.set", {"sessionId": "s1", "todos": [TODO]}),
    ("todos.get", {"sessionId": "s1"}),
    ("memory.remember", {"content": "Prefers brief answers", "category": "preference", "tags": ["style"]}),
    ("memory.get", {"id": "{memory}"}),
    ("memory.search", {"query": "answers", "scope": "all", "tags": ["style"]}),
    ("memory.list", {"category": "preference"}),
    ("memory.update", {"id": "{memory}", "metadata": {"by": "ada"}}),
    ("memory.forget", {"ids": ["{memory}"]}),
    ("memory.restore", {"ids": ["{memory}"]}),
    ("memory.observe", {"pattern": "brief_answers", "patternType": "communication_style", "evidence": "Said so"}),
    ("context.get", {"query": "answers", "maxTokens": 200}),
    ("memory.purge", {"olderThanDays": 30}),
    ("logs.append", {"eventType": "topic_change", "eventData": {"topic": "tests"}, "sessionId": "s1"}),
    ("logs.get", {"id": "{log}"}),
    ("logs.list", {"sessionId": "s1", "order": "asc"}),
    ("logs.days", {"timezone": "Europe/Berlin"}),
    ("state.export", {"limit": 1000}),
    ("state.import", {"records": [{"kind": "setting", "key": "theme", "value": "dark"}]}),
    ("sessions.end", {"id": "s1", "summary": "Done"}),
    ("sessions.delete", {"id": "s2"}),
]  # fmt: skip

NEW_EVERY_TIME = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+Z|\d{4}-\d\d-\d\d|(?<=_)[0-9a-f]{24}")


def by_command(home: Home, method: str, params: dict[str, Any]) -> Any:
    noun, verb = method.split(".")
    of_field = {value["field"]: value for value in NOUNS[noun]["verbs"][verb]["values"]}
    line = [noun, verb]
    for field, value in params.items():
        word, kind = of_field[field]["word"], of_field[field]["type"]
        if kind == "flag":
            line.append(f"--{word}" if value else f"--no-{word}")
        else:
            line.append(f"--{word}={json.dumps(value) if kind in ('json', 'texts') else value}")
    return home.json(*line)


def by_python(home: Home, method: str, params: dict[str, Any]) -> Any:
    noun, verb = method.split(".")
    with scriven.connect(home.socket) as client:
        named = {
            re.sub(r"([A-Z])", lambda found: f"_{found[1].lower()}", name): value for name, value in params.items()
        }
        return getattr(getattr(client, noun), verb if verb != "import" else "import_")(**named)


def by_socat(home: Home, method: str, params: dict[str, Any]) -> Any:
    request = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
    program = ["socat", "-t30", "-", f"UNIX-CONNECT:{home.socket}"]
    ended = subprocess.run(program, input=json.dumps(request), capture_output=True, text=True, timeout=60, check=True)
    return json.loads(ended.stdout)["result"]


def outcomes(home: Home, call: Callable[[Home, str, dict[str, Any]], Any]) -> list[Any]:
    """What every step gives."""
    known = {"dir": home.root, "memory": "", "log": ""}
    results = []
    for method, params in STEPS:
        filled = json.loads(re.sub(r"\{(dir|memory|log)\}", lambda found: known[found[1]], json.dumps(params)))
        result = call(home, method, filled)
        if method == "memory.remember":
            known["memory"] = result["entry"]["id"]
        if method == "logs.append":
            known["log"] = result["id"]
        results.append(result)
    return results


def same_every_time(home: Home, result: Any) -> str:
    return NEW_EVERY_TIME.sub("*", json.dumps(result, sort_keys=True)).replace(home.root, "DIR")


@pytest.fixture(scope="module")
def through_socat(new_home: Callable[[], Home]) -> list[str]:
    home = new_home()
    return [same_every_time(home, result) for result in outcomes(home, by_socat)]


def test_the_steps_use_every_method_of_these_nouns() -> None:
    nouns = ("sessions", "messages", "parts", "todos", "memory", "context", "logs", "state")
    assert {f"{noun}.{verb}" for noun in nouns for verb in NOUNS[noun]["verbs"]} == {
        method for method, _ in STEPS if method != "workspaces.open"
    }


@pytest.mark.parametrize("call", [by_command, by_python], ids=["command line", "Python"])
def test_every_step_gives_what_it_gives_through_socat(
    call: Callable[[Home, str, dict[str, Any]], Any],
    component: Callable[[str], str],
    new_home: Callable[[], Home],
    contract: Contract,
    request: pytest.FixtureRequest,
) -> None:
    component("socat")
    through_socat = request.getfixturevalue("through_socat")
    home = new_home()
    results = outcomes(home, call)
    for (method, _), result in zip(STEPS, results, strict=True):
        contract.check_reply(method, {"jsonrpc": "2.0", "id": 1, "result": result})
    assert [same_every_time(home, result) for result in results] == through_socat
