"""What the interface declares of events is what subscribers are told: every topic, and the record in its body."""

from __future__ import annotations

import json
from importlib import resources
from typing import Any

from jsonschema import Draft202012Validator

import scriven
from places import made
from running import Daemon

DOCUMENT = json.loads(resources.files("scriven.derived").joinpath("openrpc.json").read_text(encoding="utf-8"))


def change_everything(s: Any, directory: str) -> None:
    """Make every change there is, each method's own included."""
    workspace = s.workspaces.open(made(directory, "a"))["id"]
    s.workspaces.update(workspace, name="engine")
    s.workspaces.relink(workspace, made(directory, "b"))
    s.settings.set("theme", "dark")
    s.settings.delete("theme")
    session = s.sessions.start(workspace_id=workspace)["id"]
    s.sessions.update(session, title="Fix it")
    message = s.messages.append(session, "user", parts=[{"type": "text", "text": "hello"}])
    s.messages.update(message["id"], metadata={"cost": 1})
    s.parts.put(message["id"], {"type": "text", "id": "p", "text": "hel"})
    s.parts.delta(message["id"], "p", "text", "lo")
    s.parts.delete("p")
    s.todos.set(session, [{"content": "one", "status": "pending"}])
    s.messages.delete(message["id"])
    s.sessions.end(session)
    s.sessions.delete(session)
    entry = s.memory.remember("Tea, not coffee")["entry"]["id"]
    s.memory.update(entry, category="preference")
    s.memory.forget([entry])
    s.memory.restore([entry])
    s.memory.forget([entry])
    s.memory.purge(older_than_days=0)
    s.memory.observe("asks for short answers", "communication_style")
    s.logs.append("topic_change")
    setting = {"kind": "setting", "key": "k", "value": 1, "updatedAt": "2025-01-31T09:30:00.000Z"}
    s.call("state.import", {"records": [setting]})
    lease = s.leases.acquire("build")
    s.leases.renew("build", lease["token"], ttl_ms=60_000)
    s.leases.release("build", lease["token"])
    s.leases.acquire("brief", ttl_ms=1)
    s.workspaces.delete(workspace, force=True)


def test_every_topic_is_declared_with_the_record_that_its_body_is(fresh: Daemon, directory: str) -> None:
    declared = {event["topic"]: event["body"] for event in DOCUMENT["x-events"]}
    seen: set[str] = set()
    with scriven.connect(fresh.socket) as s, s.subscribe() as events:
        change_everything(s, directory)
        while seen < declared.keys():
            event = next(events)
            assert event["topic"] in declared, event
            seen.add(event["topic"])
            schema = {"components": DOCUMENT["components"], **declared[event["topic"]]}
            Draft202012Validator(schema).validate(event["body"])
