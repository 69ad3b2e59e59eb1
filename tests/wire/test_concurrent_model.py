"""Clients that do anything at once: what is stored is what the change log says, and what each of them was told."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from itertools import count
from threading import Barrier, Thread
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from running import Daemon
from wire_client import Wire

CLIENTS = 4

CONTENT = st.sampled_from(["Tea at four", "tea AT four!", "No meetings", "Ships on Friday"])
OPERATIONS = st.one_of(
    st.tuples(st.just("remember"), CONTENT, st.sampled_from(["user_explicit", "jarvis_inferred"])),
    st.tuples(st.just("forget"), CONTENT),
    st.tuples(st.just("current"), st.sampled_from(["build", "plan"])),
    st.tuples(st.just("append"), st.text(alphabet="abc ", max_size=5)),
    st.tuples(st.just("end"), st.sampled_from(["explicit", "timeout"])),
)
SCHEDULES = st.lists(st.lists(OPERATIONS, max_size=8), min_size=CLIENTS, max_size=CLIENTS)

numbers = count()


class Client:
    """One connection that works through its list; `told` is what it was told, in its order."""

    def __init__(self, wire: Wire, workspace: str, transcript: str) -> None:
        self.wire = wire
        self.workspace = workspace
        self.transcript = transcript
        self.told: list[tuple[str, Any]] = []

    def work(self, operations: list[Any]) -> None:
        for kind, *values in operations:
            self.told.append((kind, getattr(self, kind)(*values)))

    def remember(self, content: str, source: str) -> Any:
        return self.wire.call("memory.remember", {"content": content, "source": source, "workspaceId": self.workspace})

    def forget(self, content: str) -> Any:
        found = self.wire.call("memory.search", {"query": content, "workspaceId": self.workspace, "scope": "workspace"})
        ids = [item["entry"]["id"] for item in found["items"]]
        return self.wire.call("memory.forget", {"ids": ids}) if ids else None

    def current(self, agent: str) -> Any:
        return self.wire.call("sessions.current", {"agent": agent, "workspaceId": self.workspace})

    def append(self, text: str) -> Any:
        parts = [{"type": "text", "text": text}]
        return self.wire.call("messages.append", {"sessionId": self.transcript, "role": "user", "parts": parts})

    def end(self, trigger: str) -> Any:
        return self.wire.call("sessions.end", {"id": self.transcript, "trigger": trigger})


def changes(daemon: Daemon, workspace: str) -> list[tuple[str, Any]]:
    """The change log of one workspace, in the order of commits."""
    asked = "SELECT topic, body FROM changes WHERE workspace_id = ? ORDER BY seq"
    with closing(sqlite3.connect(f"file:{daemon.database}?mode=ro", uri=True)) as connection:
        return [(topic, json.loads(body)) for topic, body in connection.execute(asked, (workspace,))]


@settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(schedules=SCHEDULES)
def test_whatever_clients_do_at_once_the_state_is_what_the_log_says_and_what_they_were_told(
    daemon: Daemon, connect: Callable[..., Wire], tmp_path_factory: Any, schedules: list[list[Any]]
) -> None:
    wires = [connect(daemon) for _ in range(CLIENTS)]
    place = tmp_path_factory.mktemp(f"w{next(numbers)}")
    workspace = wires[0].call("workspaces.open", {"projectDir": str(place)})["id"]
    transcript = wires[0].call("sessions.start", {"workspaceId": workspace, "agent": "transcript"})["id"]
    clients = [Client(wire, workspace, transcript) for wire in wires]
    at_once(clients, schedules)
    told = [(kind, reply) for client in clients for kind, reply in client.told if reply is not None]
    log = changes(daemon, workspace)

    sessions = {body["id"]: body for topic, body in log if topic.startswith("sessions.")}
    for agent in ("build", "plan"):
        assert len({reply["id"] for kind, reply in told if kind == "current" and reply["agent"] == agent}) <= 1
    for session_id, body in sessions.items():
        stored = wires[0].call("sessions.get", {"id": session_id})
        assert stored | {"lastActive": ""} == body | {"lastActive": ""}
    assert len({reply["endedAt"] for kind, reply in told if kind == "end"}) <= 1

    messages = wires[0].call("messages.list", {"sessionId": transcript})["items"]
    assert messages == [body for topic, body in log if topic == "messages.append"]
    place_of = {message["id"]: index for index, message in enumerate(messages)}
    for client in clients:
        own = [place_of[reply["id"]] for kind, reply in client.told if kind == "append"]
        assert own == sorted(own)
    assert len(messages) == sum(kind == "append" for kind, _ in told)

    listed = [wires[0].call("memory.list", {"workspaceId": workspace, "deleted": deleted}) for deleted in (False, True)]
    entries = {entry["id"]: entry for page in listed for entry in page["items"]}
    seen = Counter(reply["entry"]["contentHash"] for kind, reply in told if kind == "remember")
    assert Counter({entry["contentHash"]: entry["seenCount"] for entry in entries.values()}) == seen
    created = [reply["entry"]["id"] for kind, reply in told if kind == "remember" and reply["outcome"] == "created"]
    assert sorted(created) == sorted(entries)
    explicit = {reply["entry"]["id"] for kind, reply in told if kind == "remember" and is_explicit(reply)}
    assert {entry["id"] for entry in entries.values() if entry["source"] == "user_explicit"} == explicit
    for wire in wires:
        wire.close()


def is_explicit(reply: Any) -> bool:
    return bool(reply["entry"]["source"] == "user_explicit")


def at_once(clients: list[Client], schedules: list[list[Any]]) -> None:
    barrier = Barrier(len(clients))
    failed: list[BaseException] = []

    def run(client: Client, operations: list[Any]) -> None:
        barrier.wait()
        try:
            client.work(operations)
        except BaseException as error:  # noqa: BLE001 - a thread's failure is the test's
            failed.append(error)

    threads = [Thread(target=run, args=pair) for pair in zip(clients, schedules, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed
